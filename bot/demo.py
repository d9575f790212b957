"""The demo: the bot against the sandbox, with a sample university laid around the present minute."""

import asyncio
import contextlib
import csv
import datetime as dt
import io
import os
import secrets
import shutil
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from bot import config, telemetry
from bot.errors import ConfigError
from bot.library.content import CONTENT
from bot.sandbox.config import SandboxConfig
from bot.sandbox.server import Sandbox
from bot.sandbox.thread import SandboxThread

SAMPLE = CONTENT / "demo"
DATABASE = Path("var/demo.db")
FILES = Path("var/demo-files")
OPENING_SECONDS = 20.0
STALE_SECONDS = 20.0
FIRST_USER = 5001
ANSWER_SECONDS = 10.0


@dataclass(frozen=True)
class Phone:
    """A phone of the page: the person behind it and whether it opens its invite link by itself."""

    user_id: int
    kind: str
    ext_id: str
    role: str
    language: str
    avatar: str
    joins: bool


def phones() -> list[Phone]:
    """The phones of the sample university."""
    listed = yaml.safe_load((SAMPLE / "phones.yaml").read_text("utf-8"))
    return [
        Phone(
            FIRST_USER + number,
            row["kind"],
            row["id"],
            row["role"],
            row["language"],
            row["avatar"],
            bool(row.get("joins")),
        )
        for number, row in enumerate(listed)
    ]


class Demo:
    """Sandbox, bot and sample university in one process; nothing of it outlives the process."""

    def __init__(self, *, port: int, headless: bool) -> None:
        self._port = port
        self._headless = headless
        self._opened = asyncio.Event()
        self._laid_at: float = 0.0
        self._url = ""

    async def serve(self, load_application: Callable[[], Any]) -> None:
        """Run until cancelled. `load_application` imports what takes seconds, once the page is there.

        Raises `ConfigError` when the port is taken.
        """
        loop = asyncio.get_running_loop()
        thread = SandboxThread(SandboxConfig(timezone="Asia/Almaty"), port=self._port)

        async def opened() -> None:
            loop.call_soon_threadsafe(self._opened.set)

        thread.sandbox.on_first_open = opened
        thread.sandbox.guide = _not_yet
        try:
            self._url = thread.start()
        except OSError as failure:
            raise ConfigError(f"port {self._port} cannot be used ({failure.strerror}): try --port") from None
        try:
            await self._serve(thread.sandbox, load_application)
        finally:
            thread.stop()

    async def _serve(self, sandbox: Sandbox, load_application: Callable[[], Any]) -> None:
        _forget_last_time()
        application = load_application()
        settings = config.load(
            token=sandbox.config.token,
            api_url=self._url,
            database_url=f"sqlite:///{DATABASE}",
            files_dir=FILES,
            webhook_url=None,
            **({} if "EMTIHAN_LISTEN" in os.environ else {"listen": ("127.0.0.1", 0)}),
        )
        telemetry.configure(settings.log, telemetry.QUIET)

        def clock() -> dt.datetime:
            """The sandbox's: who moves it on, moves the bot on."""
            return dt.datetime.fromtimestamp(sandbox.world.clock.now(), dt.UTC)

        app = application(settings, clock)
        self._import(app, ("staff", "students", "timetable"))
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(app.serve())
            tasks.create_task(self._play(app, sandbox))
            await serving

    def _import(self, app: Any, kinds: tuple[str, ...]) -> None:
        from bot.exchange.sample import lay_timetable
        from bot.importing import Kind, store

        office = app.base.desk.office
        with tempfile.TemporaryDirectory() as folder:
            for kind in kinds:
                text = (SAMPLE / f"{kind}.csv").read_text("utf-8")
                if kind == "timetable":
                    text = lay_timetable(text, app.base.desk.clock(), office.zone)
                    self._laid_at = asyncio.get_running_loop().time()
                file = Path(folder, f"{kind}.csv")
                file.write_text(text, "utf-8")
                report = store(app.base, Kind(kind), file, quietly=kind == "timetable")
                if report.problems:
                    raise ConfigError("\n".join(problem.message for problem in report.problems))

    async def _play(self, app: Any, sandbox: Sandbox) -> None:
        """Say where to look; once somebody looks, let the staff join."""
        await app.ready.wait()
        invites = self._codes(app)
        async with aiohttp.ClientSession(self._url) as http:
            await self._make_phones(http, invites)
            sandbox.guide = _guide(app, sandbox)
            print(f"\n  Emtihan is ready: {self._url}/\n  Ctrl-C stops it.\n", flush=True)  # noqa: T201
            if not self._headless:
                await asyncio.to_thread(webbrowser.open, f"{self._url}/")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(OPENING_SECONDS):
                    await self._opened.wait()
            self._lay_anew(app)
            for phone in phones():
                if phone.joins:
                    await _join(http, app, phone)
            await self._opened.wait()
            self._lay_anew(app)

    def _lay_anew(self, app: Any) -> None:
        """The first warning comes within a minute of the first look, however late that is; nobody is told."""
        if asyncio.get_running_loop().time() - self._laid_at > STALE_SECONDS:
            self._import(app, ("timetable",))

    def _codes(self, app: Any) -> dict[tuple[str, str], str]:
        from bot.services import people

        issued = app.base.desk.do_now(people.issue_invites, secret=secrets.token_hex(32))
        return {(invite.kind, invite.ext_id): invite.code for invite in issued}

    async def _make_phones(self, http: aiohttp.ClientSession, invites: dict[tuple[str, str], str]) -> None:
        names = _names()
        for phone in phones():
            surname, _, rest = names[phone.kind, phone.ext_id].partition(" ")
            person = {
                "id": phone.user_id,
                "first_name": rest.split()[0] if rest else surname,
                "last_name": surname if rest else "",
                "language_code": phone.language,
                "role": phone.role,
                "avatar": phone.avatar,
                "start": invites[phone.kind, phone.ext_id],
            }
            await _post(http, "/sandbox/people", person)


async def _not_yet() -> dict[str, Any]:
    """There will be a guide."""
    return {"total": 0}


def _guide(app: Any, sandbox: Sandbox) -> Callable[[], Awaitable[dict[str, Any]]]:
    from bot.touring import Guide

    users = {phone.ext_id: (phone.user_id, phone.language) for phone in phones()}
    return Guide(app, asyncio.get_running_loop(), sandbox, users).now


def _forget_last_time() -> None:
    """The sandbox remembers nothing of the last demo, so the bot must not either."""
    DATABASE.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{DATABASE}{suffix}").unlink(missing_ok=True)
    shutil.rmtree(FILES, ignore_errors=True)


def _names() -> dict[tuple[str, str], str]:
    names = {}
    for kind, file in (("student", "students.csv"), ("staff", "staff.csv")):
        rows = csv.reader(io.StringIO((SAMPLE / file).read_text("utf-8")))
        next(rows)
        names.update({(kind, row[0]): row[1] for row in rows if row})
    return names


async def _join(http: aiohttp.ClientSession, app: Any, phone: Phone) -> None:
    """Open the invite link, choose the language and agree, as the person would.

    A visitor who was quicker with this phone goes on by themselves, and so they do on a slow machine.
    """
    voice = app.base.voices[phone.language]
    chat = f"/sandbox/chats/{phone.user_id}"
    with contextlib.suppress(TimeoutError, aiohttp.ClientResponseError):
        await _post(http, f"{chat}/start", {})
        for label in (voice.label("language.name"), voice.label("button.agree")):
            await _tap_when_there(http, chat, label)


async def _tap_when_there(http: aiohttp.ClientSession, chat: str, label: str) -> None:
    async with asyncio.timeout(ANSWER_SECONDS):
        while True:
            async with http.get(f"{chat}/messages") as answer:
                messages = await answer.json()
            if any(label in _labels(message) for message in messages):
                await _post(http, f"{chat}/tap", {"label": label})
                return
            await asyncio.sleep(0.05)


def _labels(message: dict[str, Any]) -> list[str]:
    rows = (message.get("keyboard") or {}).get("inline") or []
    return [button["text"] for row in rows for button in row]


async def _post(http: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> None:
    async with http.post(path, json=body) as answer:
        answer.raise_for_status()
