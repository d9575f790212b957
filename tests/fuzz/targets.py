"""What is tried: bytes in, and what must hold whatever they are. A target raises when it does not."""

import contextlib
import datetime as dt
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from aiogram.types import Update

from bot.dialogue import typed
from bot.dialogue.context import Context
from bot.errors import ConfigError, Refusal
from bot.exchange import photos
from bot.exchange.encoding import decode
from bot.exchange.examine import examine
from bot.exchange.exams import parse_results, parse_timetable
from bot.exchange.findings import FileRefused
from bot.exchange.headings import load_headings
from bot.exchange.people import parse_staff, parse_students
from bot.exchange.pictures import Broken, check_heic, check_png, read_jpeg, read_png
from bot.library import content
from bot.library.search import Search
from bot.rules import codes, notes, privacy
from bot.services import files, inbox
from bot.storage.sealing import Damaged, Keyring, read_keys
from bot.views.screen import bold, lines
from bot.web.mini_app import checker
from handlers.door import reading
from tests.support.sources import ROOT

ALMATY = ZoneInfo("Asia/Almaty")
NOW = dt.datetime(2026, 12, 21, 5, 0, tzinfo=dt.UTC)
LANGUAGES = frozenset({"kk", "ru"})
TOKEN = "42:" + "A" * 35
HEADINGS = cache(lambda: load_headings(ROOT / "content"))
TEXT_MAX = 4096
PARSERS = {
    "students": parse_students,
    "staff": parse_staff,
    "timetable": parse_timetable,
    "results": parse_results,
}


@contextlib.contextmanager
def in_memory(data: bytes) -> Iterator[Path]:
    """A file of these bytes that never reaches a disk."""
    with os.fdopen(os.memfd_create("fuzz"), "wb") as stream:
        stream.write(data)
        stream.flush()
        yield Path(f"/proc/{os.getpid()}/fd/{stream.fileno()}")


def _table(kind: str, data: bytes) -> None:
    with in_memory(data) as path:
        parsed = PARSERS[kind](path, HEADINGS(), LANGUAGES, ALMATY)
    assert parsed.rows or parsed.problems
    assert all(problem.code and problem.message.endswith(".") for problem in parsed.problems)
    assert all("\n" not in problem.message for problem in [*parsed.problems, *parsed.notes])


def tables(data: bytes) -> None:
    """A file of the university: the first byte chooses its kind."""
    _table(list(PARSERS)[data[0] % 4] if data else "students", data[1:])


@cache
def _book() -> dict[str, bytes]:
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["student_id", "full_name", "group", "programme", "faculty", "level", "course"])
        sheet.write_row(1, 0, ["S1", "Ан Ли", "АЖ-1", "6B", "Физика", "bachelor", 3])
    with zipfile.ZipFile(made) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def workbooks(data: bytes) -> None:
    """A part of a workbook is these bytes: the first one chooses which."""
    parts = _book()
    names = ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
    chosen = names[data[0] % len(names)] if data else names[0]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, content_ in parts.items():
            packed.writestr(name, data[1:] if name == chosen else content_)
    _table("students", made.getvalue())


def texts(data: bytes) -> None:
    """The letters of a file in any encoding."""
    with contextlib.suppress(FileRefused):
        decode(data)


def attachments(data: bytes) -> None:
    """What a stranger sends is judged, and nothing is raised."""
    with in_memory(data) as path:
        verdict = examine(path, 50)
    assert verdict.problem or verdict.type


def pdfs(data: bytes) -> None:
    """The same for what says that it is a PDF."""
    attachments(b"%PDF-1.4\n" + data)


def pictures(data: bytes) -> None:
    """A picture's head is read or refused; what fits becomes a page."""
    for read in (read_jpeg, read_png, check_png, check_heic):
        with contextlib.suppress(Broken):
            read(data)
    if photos.fits(data):
        assert photos.bundle([data]).startswith(b"%PDF")


def updates(data: bytes) -> None:
    """An update of any shape is stored under a number, and aiogram takes it or says why not."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not inbox.is_update(value):
        return
    assert -inbox.LARGEST < inbox.chat_key(value) < inbox.LARGEST
    with contextlib.suppress(ValueError):
        update = Update.model_validate(value)
        if update.message is not None:
            reading.attachment(update.message)
            reading.command(update.message.text or "")
            reading.moves(update.message)
            reading.is_written(update.message)


def typing(data: bytes) -> None:
    """What a person types where something is asked, in every form there is."""
    text = data.decode("utf-8", "replace")[:TEXT_MAX]
    office = SimpleNamespace(zone=ALMATY)
    desk = SimpleNamespace(office=office, clock=lambda: NOW)
    for args in (text.split(":"), text.split()):
        ctx = Context.__new__(Context)
        for name, value in {"text": text, "desk": desk, "args": tuple(args)}.items():
            object.__setattr__(ctx, name, value)
        for ask in (typed.moment, typed.words_and_time, lambda c: typed.stamped(c, 0), lambda c: c.number(0)):
            with contextlib.suppress(Refusal):
                ask(ctx)
    command, words = reading.command(text)
    assert command == command.lower() or not command.isascii()
    for word in (text, command, *words):
        assert len(codes.fingerprint(word)) == 64
        if codes.plausible(word):
            assert len(word.encode()) == codes.CODE_LENGTH
    privacy.mask(text)
    shown = files.shown(text)
    assert shown.isprintable()
    assert len(shown) <= files.NAME_LETTERS
    parts = notes.parts(text)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(text.split())
    assert all(notes.units(part.text) <= TEXT_MAX for part in parts)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.said += data


def markup(data: bytes) -> None:
    """Nobody's words become markup of ours, and they are shown as they were written."""
    text = data.decode("utf-8", "replace").replace("\r", "").replace("\0", "")
    reader = _Tags()
    reader.feed(str(lines(text, bold(text))))
    reader.close()
    assert reader.tags == ["b"]
    assert reader.said == f"{text}\n{text}"


@cache
def _search() -> Search:
    return content.load("ayu").search


def questions(data: bytes) -> None:
    """A question about the rules: the nearest rules come, or none."""
    text = data.decode("utf-8", "replace")[:TEXT_MAX]
    hits = _search().find(text, "kk")
    assert all(hit.score > 0 for hit in hits)


def words_of_apps(data: bytes) -> None:
    """What a Mini App says of its user: only Telegram's own word is taken."""
    assert checker(TOKEN)(data.decode("utf-8", "replace")) is None


@cache
def _keyring() -> Keyring:
    return Keyring(read_keys("A" * 43 + "="))


def sealed(data: bytes) -> None:
    """What is stored under a key: opened, plain, or refused."""
    ring, text = _keyring(), data.decode("utf-8", "replace")
    assert ring.open_text(ring.seal_text(text, "t.c"), "t.c") == text
    token = f"sealed:1:{ring.newest}:"
    for stored in (text, token + text):
        with contextlib.suppress(Damaged):
            ring.open_text(stored, "t.c")
        with contextlib.suppress(Damaged):
            ring.open_json({"sealed": stored}, "t.c")
    with contextlib.suppress(Damaged):
        ring.open_bytes(data)
    with contextlib.suppress(ConfigError):
        read_keys(text)


def backups(data: bytes) -> None:
    """A ZIP that is no backup of ours is refused before anything is stored."""
    from sqlalchemy import create_engine

    from bot.errors import EmtihanError
    from bot.storage import archive

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("manifest.json", data)
    engine = create_engine("sqlite://")
    with in_memory(made.getvalue()) as path, tempfile.TemporaryDirectory() as folder:
        try:
            archive.read(engine, Path(folder), path)
        except EmtihanError:
            return
        finally:
            engine.dispose()
    raise AssertionError("it was taken for a backup")


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one
    for one in (
        tables, workbooks, texts, attachments, pdfs, pictures, updates, typing, markup, questions,
        words_of_apps, sealed, backups,
    )
}  # fmt: skip
