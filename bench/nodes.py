"""One, two and three machines on one PostgreSQL: updates a second through webhooks, dealt out in turn."""

import asyncio
import contextlib
import datetime as dt
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, select

from bench import campus, stub
from bench.figures import Figure
from bot import config, wiring
from bot.clock import system_clock
from bot.services import timers
from bot.storage.tables import IncomingUpdate
from tests.support.databases import Postgres

PEOPLE = 800
EACH = 2
CONNECTIONS = 16
SECRET = "bench-secret"
UP_SECONDS, END_SECONDS = 60.0, 300.0
SAID = ("/start", "/exams")


def nodes() -> list[Figure]:
    """The same updates, each in a new database; every machine is a process of its own on this computer."""
    server = Postgres()
    try:
        alone = _measured(server, 0)
        rates = {count: _measured(server, count) for count in (1, 2, 3)}
    finally:
        server.stop()
    name = (
        f"{PEOPLE * EACH:,} updates of {PEOPLE} people through webhooks, {CONNECTIONS} at a time, until done"
    )
    figures = [Figure(f"{name}: without a cluster", f"{alone:,.0f}/s", alone / rates[1])]
    for count, rate in rates.items():
        said = "1 machine" if count == 1 else f"{count} machines against 1, on {os.cpu_count()} cores"
        figures.append(Figure(said, f"{rate:,.0f}/s", rate / rates[1] if count > 1 else None))
    return figures


def _measured(server: Postgres, count: int) -> float:
    """Updates a second of so many machines; 0: of a bot that serves alone."""
    with server.database() as url, stub.running() as telegram, tempfile.TemporaryDirectory() as folder:
        opened = wiring.build(config.load(database_url=url, _env_file=None), system_clock)
        try:
            while opened.desk.do_now(timers.follow_policy):
                pass
            campus.fill(opened, PEOPLE, size=50)
            for group in range(1, PEOPLE // 50 + 1):
                campus.exam(opened, ends_at=system_clock() + dt.timedelta(minutes=90), group=f"G{group}")
            with _machines(url, telegram, Path(folder), count) as places:
                return asyncio.run(_rate(opened, places))
        finally:
            opened.close()


@contextlib.contextmanager
def _machines(url: str, telegram: str, folder: Path, count: int) -> Iterator[list[str]]:
    children, places = [], []
    for number in range(max(1, count)):
        place = _free()
        places.append(f"http://{place}")
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path.cwd()),
            "EMTIHAN_TOKEN": "42:bench",
            "EMTIHAN_API_URL": telegram,
            "EMTIHAN_DATABASE_URL": url,
            "EMTIHAN_LISTEN": place,
            "EMTIHAN_SEND_RATE": "1000",
            "EMTIHAN_WEBHOOK_URL": "https://bench.example/telegram",
            "EMTIHAN_WEBHOOK_SECRET": SECRET,
            "EMTIHAN_CLUSTER": "1" if count else "0",
        }
        with (folder / f"node{number}.log").open("ab") as log:
            children.append(
                subprocess.Popen(
                    [sys.executable, "-m", "bot", "run"],
                    cwd=folder, env=environment, stdout=log, stderr=log,
                )
            )  # fmt: skip
    try:
        yield places
    finally:
        for child in children:
            child.kill()
            child.wait()


def _free() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


def _updates() -> list[dict[str, Any]]:
    numbers, moment = itertools.count(1), int(system_clock().timestamp())
    listed = []
    for text in SAID[:EACH]:
        for reader in range(1, PEOPLE + 1):
            number = next(numbers)
            user = {"id": 10_000 + reader, "is_bot": False, "first_name": "A", "language_code": "kk"}
            chat = {"id": 10_000 + reader, "type": "private", "first_name": "A"}
            body = {"message_id": number, "date": moment, "chat": chat, "from": user, "text": text}
            entity = {"type": "bot_command", "offset": 0, "length": len(text)}
            listed.append({"update_id": number, "message": {**body, "entities": [entity]}})
    return listed


async def _rate(opened: wiring.Base, places: list[str]) -> float:
    stream, headers = _updates(), {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
        for place in places:
            await _up(session, place)
        turn, waiting = itertools.cycle(places), iter(stream)

        async def deal() -> None:
            for update in waiting:
                async with session.post(f"{next(turn)}/telegram", json=update, headers=headers) as answer:
                    answer.raise_for_status()

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(deal())
        while (done := await asyncio.to_thread(opened.database.transact, _done)) < len(stream):
            if time.perf_counter() - began > END_SECONDS:
                raise RuntimeError(f"{done} of {len(stream)} updates were handled")
            await asyncio.sleep(0.05)
    return len(stream) / (time.perf_counter() - began)


async def _up(session: aiohttp.ClientSession, place: str) -> None:
    end = time.perf_counter() + UP_SECONDS
    while time.perf_counter() < end:
        with contextlib.suppress(aiohttp.ClientError):
            async with session.get(f"{place}/healthz") as answer:
                if answer.status == 200:
                    await asyncio.sleep(3)  # past the start, its rules read
                    return
        await asyncio.sleep(0.2)
    raise RuntimeError("a machine does not start")


def _done(uow: Any) -> int:
    query = select(func.count()).where(IncomingUpdate.state == "done")
    return int(uow.session.scalar(query) or 0)
