"""Looks into a file that a stranger sent: whole, readable, within the limits. Nothing of it is carried out.

`python -m bot.exchange.examine PATH PAGES CPU_SECONDS` does it in a process of its own with little memory and
no more than so many seconds of the processor: then the system ends it.
"""

import contextlib
import json
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path

from bot.exchange.pictures import Broken, check_heic, check_png, read_jpeg
from bot.exchange.sniff import HEAD_BYTES, HEIC, JPG, OLE, PDF, PNG, ZIP, sniff
from bot.rules.files import Verdict

ENTRIES_MAX = 2_000
UNPACKED_MAX = 200 * 1024 * 1024
RATIO_MAX = 200
MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 10
DOCX, DOCX_BODY, MACROS = "docx", "word/document.xml", "vbaproject.bin"
_ENCRYPTED_FLAG = 1
PICTURES = {JPG: read_jpeg, PNG: check_png, HEIC: check_heic}


def examine(path: Path, pages_max: int) -> Verdict:
    """The file's type and pages, or its `problem`.

    empty, unknown, broken, encrypted, old_office, archive, macros, bomb, pages.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        return Verdict("", problem="empty")
    kind = sniff(head)
    if kind == OLE:
        return Verdict("", problem="old_office")
    if kind in PICTURES:
        try:
            PICTURES[kind](path.read_bytes())
        except Broken:
            return Verdict(kind, problem="broken")
        return Verdict(kind, 1)
    if kind == PDF:
        return _pdf(path, pages_max)
    return _docx(path) if kind == ZIP else Verdict("", problem="unknown")


def _pdf(path: Path, pages_max: int) -> Verdict:
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError

    try:
        with path.open("rb") as stream:
            reader = PdfReader(stream, strict=False)
            if reader.is_encrypted and not reader.decrypt(""):
                return Verdict(PDF, problem="encrypted")
            pages = len(reader.pages)
    except FileNotDecryptedError:
        return Verdict(PDF, problem="encrypted")
    except Exception:  # whatever a damaged file does to its reader: it cannot be read
        return Verdict(PDF, problem="broken")
    if not pages:
        return Verdict(PDF, problem="broken")
    return Verdict(PDF, pages, problem="pages" if pages > pages_max else "")


def _docx(path: Path) -> Verdict:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename.lower() for entry in entries}
            if DOCX_BODY not in names:
                return Verdict("", problem="archive")
            return Verdict(DOCX, problem=_packed_problem(entries, names, path.stat().st_size))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return Verdict("", problem="broken")


def _packed_problem(entries: list[zipfile.ZipInfo], names: set[str], size: int) -> str:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES_MAX or unpacked > UNPACKED_MAX or unpacked > RATIO_MAX * max(size, 1):
        return "bomb"
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        return "encrypted"
    return "macros" if any(name.endswith(MACROS) for name in names) else ""


def main(arguments: list[str]) -> None:
    """Print the verdict as JSON."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (int(arguments[2]),) * 2)
    verdict = examine(Path(arguments[0]), int(arguments[1]))
    sys.stdout.write(json.dumps(asdict(verdict)))


if __name__ == "__main__":
    main(sys.argv[1:])
