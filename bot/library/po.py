"""Message catalogues on disk: the .mo when it is not older than its .po, else the .po compiled in memory."""

import gettext
import io
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from bot.library.languages import MESSAGES
from bot.library.yamlfiles import Reader

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

DOMAIN = "emtihan"


def source(root: Path, language: str) -> Path:
    """Where a language's catalogue is written."""
    return root / language / MESSAGES / f"{DOMAIN}.po"


def translations(reader: Reader, language: str) -> gettext.GNUTranslations | None:
    """A language's messages; None, with the problem recorded, when there are none that can be read."""
    path = source(reader.root, language)
    ready = path.with_suffix(".mo")
    if _fresh(ready, path):
        try:
            return gettext.GNUTranslations(io.BytesIO(ready.read_bytes()))
        except (OSError, ValueError, LookupError, struct.error) as failure:
            if not path.is_file():
                reader.blame(reader.shown(ready), f"is not a compiled catalogue: {failure}")
                return None
    catalog = parsed(reader, language)
    return None if catalog is None else _compiled(reader, path, catalog)


def parsed(reader: Reader, language: str) -> "Catalog | None":
    """The written catalogue; None, with the problem recorded, when it cannot be read."""
    from babel.messages.pofile import (
        PoFileError,
        read_po,
    )  # loads slowly, and only a stale catalogue needs it

    path = source(reader.root, language)
    name = reader.shown(path)
    try:
        text = path.read_bytes()
        text.decode("utf-8")
        return read_po(io.BytesIO(text), locale=language, abort_invalid=True)
    except PoFileError as failure:
        reader.blame(f"{name}:{failure.lineno + 1}", f"is not a catalogue: {failure.args[0]}")
    except UnicodeDecodeError as failure:
        line = failure.object.count(b"\n", 0, failure.start) + 1
        reader.blame(f"{name}:{line}", "is not UTF-8 text")
    except OSError as failure:
        reader.blame(name, f"cannot be read: {failure.strerror or failure}")
    except (ValueError, LookupError, TypeError) as failure:
        reader.blame(name, f"is not a catalogue: {failure}")
    return None


def _fresh(ready: Path, path: Path) -> bool:
    try:
        made = ready.stat().st_mtime_ns
    except OSError:
        return False
    try:
        return made >= path.stat().st_mtime_ns
    except OSError:
        return True


def _compiled(reader: Reader, path: Path, catalog: "Catalog") -> gettext.GNUTranslations | None:
    from babel.messages.mofile import write_mo

    compiled = io.BytesIO()
    try:
        write_mo(compiled, catalog)
        compiled.seek(0)
        return gettext.GNUTranslations(compiled)
    except (ValueError, LookupError, TypeError) as failure:
        reader.blame(reader.shown(path), f"cannot be compiled: {failure}")
        return None
