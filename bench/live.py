"""Processes as they serve: to the first poll, memory, the webhook's slowest answers, from tap to answer.

The load and the Bot API server are this process; the program, or a bare aiogram bot, is another.
"""

import asyncio
import contextlib
import os
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector, web

from bench import campus
from bench.bare import TOKEN
from bench.figures import Figure
from bench.inbound import MOMENT
from bot.clock import system_clock

SECRET = "s"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
CONNECTIONS, POSTED, TAKES = 16, 4_000, 3
READERS, GROUP = 2_000, 25
RATES = (10, 100, 300)
SECONDS, LARGE_WARM = 15, 200
PENDING, STUDENTS = 100_000, 100_000
UP_SECONDS, SETTLED_SECONDS = 60.0, 5.0
SAID = {"ok": True, "result": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}}
ME = {"ok": True, "result": {"id": 42, "is_bot": True, "first_name": "B", "username": "bench_bot"}}


class Api:
    """A Bot API server that answers at once and remembers when whom."""

    def __init__(self) -> None:
        self.polled = asyncio.Event()
        self.waiting: dict[int, float] = {}
        self.took: list[float] = []

    async def call(self, request: web.Request) -> web.Response:
        """Any method; the first answer to a chat ends its wait."""
        method = request.match_info["method"]
        if method == "getUpdates":
            self.polled.set()
            await asyncio.sleep(1)
            return web.json_response({"ok": True, "result": []})
        if method == "getMe":
            return web.json_response(ME)
        if method in ("editMessageText", "sendMessage"):
            fields = await (request.json() if request.content_type.endswith("json") else request.post())
            begun = self.waiting.pop(int(fields["chat_id"]), None)
            if begun is not None:
                self.took.append(time.perf_counter() - begun)
            return web.json_response(SAID)
        return web.json_response({"ok": True, "result": True})


@contextlib.asynccontextmanager
async def answering() -> AsyncIterator[tuple[Api, str]]:
    """The server, and where."""
    api, app = Api(), web.Application()
    app.router.add_route("*", "/bot{token}/{method}", api.call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield api, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def running(
    folder: Path, api: str, database: str = "", port: int = 0
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program on a database, else a bare aiogram bot; by webhook at a port, else by polling."""
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = ["-m", "bench.bare", api, str(port)]
    if database:
        command = ["-m", "bot", "run"]
        environment |= {
            "EMTIHAN_TOKEN": TOKEN, "EMTIHAN_API_URL": api, "EMTIHAN_DATABASE_URL": database,
            "EMTIHAN_SEND_RATE": "1000", "EMTIHAN_LISTEN": f"127.0.0.1:{port}",
        }  # fmt: skip
        if port:
            environment |= {
                "EMTIHAN_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
                "EMTIHAN_WEBHOOK_SECRET": SECRET,
            }
    with (folder / "bot.log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        yield child
    finally:
        child.kill()
        await child.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _tap(number: int, reader: int) -> dict[str, Any]:
    user = {"id": 10_000 + reader, "is_bot": False, "first_name": "A", "language_code": "kk"}
    chat = {"id": 10_000 + reader, "type": "private", "first_name": "A"}
    under = {"message_id": 5, "date": MOMENT, "chat": chat, "text": "step"}
    exam = 1 + (reader - 1) // GROUP
    query = {"id": str(number), "from": user, "chat_instance": "1", "message": under}
    return {
        "update_id": number,
        "callback_query": {**query, "data": f"wd:ayu.written.take:{exam}:{number % 7}"},
    }


def _readers(opened: Any) -> None:
    campus.fill(opened, READERS, size=GROUP)
    for group in range(READERS // GROUP):
        campus.exam(opened, ends_at=campus.NOW.replace(year=campus.NOW.year + 9), group=f"G{group + 1}")


async def _up(session: ClientSession, url: str) -> None:
    """Until the webhook answers."""
    end = time.monotonic() + UP_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            async with session.post(url, json=_tap(1, 1), headers=HEADERS):
                return
        await asyncio.sleep(0.1)
    raise RuntimeError("it does not start")


Load = Callable[[ClientSession, str, Api], Awaitable[list[float]]]


async def _loaded(load: Load, *, bare: bool) -> list[float]:
    """What a load measures of a program that has just started and is warm."""
    with tempfile.TemporaryDirectory() as folder, campus.base() as opened:
        database = "" if bare else str(opened.database.engine.url)
        await asyncio.to_thread(_readers, opened)
        port = _free_port()
        url = f"http://127.0.0.1:{port}/hook"
        connector = TCPConnector(limit=0)
        async with (
            answering() as (api, address),
            ClientSession(connector=connector) as session,
            running(Path(folder), address, database, port),
        ):
            await _up(session, url)
            for number in range(2, LARGE_WARM):
                async with session.post(url, json=_tap(number, number), headers=HEADERS):
                    pass
            await asyncio.sleep(2)
            return await load(session, url, api)


async def _flood(session: ClientSession, url: str, _: Api) -> list[float]:
    """So many connections, each with its next update as soon as the last is taken: seconds of each."""
    numbers, took = iter(range(1_000, 1_000 + POSTED)), []

    async def drive() -> None:
        for number in numbers:
            began = time.perf_counter()
            async with session.post(url, json=_tap(number, 1 + number % READERS), headers=HEADERS) as answer:
                assert answer.status == 200
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(drive() for _ in range(CONNECTIONS)))
    return took


def _steady(rate: int) -> Load:
    """Taps of different people at chance moments, so many a second: seconds from each tap to its answer."""

    async def load(session: ClientSession, url: str, api: Api) -> list[float]:
        api.waiting.clear()
        api.took.clear()
        chance = random.Random(7)
        tasks, at, count = set(), asyncio.get_running_loop().time(), rate * SECONDS

        async def post(number: int) -> None:
            reader = 1 + number % READERS
            api.waiting[10_000 + reader] = time.perf_counter()
            async with session.post(url, json=_tap(number, reader), headers=HEADERS) as answer:
                assert answer.status == 200

        for number in range(1_000, 1_000 + count):
            at += chance.expovariate(rate)
            await asyncio.sleep(at - asyncio.get_running_loop().time())
            task = asyncio.ensure_future(post(number))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        end = time.monotonic() + 20
        while len(api.took) < count and time.monotonic() < end:
            await asyncio.sleep(0.1)
        return api.took + [float("inf")] * (count - len(api.took))

    return load


def _part(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] * 1000


def webhook() -> list[Figure]:
    """The slowest one in a hundred to be taken, in turns with a bare aiogram bot; each turn a new process."""
    ours, theirs = [], []
    for _ in range(TAKES):
        theirs.append(_part(asyncio.run(_loaded(_flood, bare=True)), 0.99))
        ours.append(_part(asyncio.run(_loaded(_flood, bare=False)), 0.99))
    mine, bare = statistics.median(ours), statistics.median(theirs)
    name = f"webhook, {CONNECTIONS} connections, stored before it is answered: p99, against bare aiogram"
    return [Figure(name, f"{mine:.0f} ms against {bare:.0f} ms", mine / bare, "<= 0.15")]


def answers() -> list[Figure]:
    """From a tap that comes in to its answer at the Bot API, through the whole program."""
    figures = []
    for rate in RATES:
        took = asyncio.run(_loaded(_steady(rate), bare=False))
        said = f"p50 {_part(took, 0.5):.0f} ms, p99 {_part(took, 0.99):.0f} ms, of {len(took):,}"
        figures.append(Figure(f"from tap to answer at {rate} updates a second", said))
    return figures


def _memory(child: int) -> float:
    """Megabytes that a process holds now."""
    with Path(f"/proc/{child}/status").open() as lines:
        found = next(line for line in lines if line.startswith("VmRSS"))
    return int(found.split()[1]) / 1024


async def _open(database: str) -> tuple[float, float]:
    """Seconds to the first poll, and megabytes some seconds later."""
    with tempfile.TemporaryDirectory() as folder:
        async with answering() as (api, address):
            began = time.perf_counter()
            async with running(Path(folder), address, database) as child:
                async with asyncio.timeout(UP_SECONDS):
                    await api.polled.wait()
                took = time.perf_counter() - began
                await asyncio.sleep(SETTLED_SECONDS)
                return took, _memory(child.pid)


def opening() -> list[Figure]:
    """A process of the program against one of bare aiogram, in turns: to the first poll, what it holds."""
    with campus.base() as few, campus.base() as many, campus.base() as crowd:
        campus.fill(few, 1)
        campus.fill(many, 1)
        exam_id = campus.exam(many, ends_at=system_clock().replace(year=system_clock().year + 1))
        first = system_clock().replace(year=system_clock().year + 1)
        campus.timers(many, exam_id, PENDING, first_due=first)
        campus.fill(crowd, STUDENTS, size=GROUP)
        bases = {"bare": "", "few": few, "many": many, "crowd": crowd}
        urls = {name: str(base.database.engine.url) if base else "" for name, base in bases.items()}
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in urls}
        for _ in range(TAKES):
            for name, url in urls.items():
                taken[name].append(asyncio.run(_open(url)))
    took = {name: statistics.median(one[0] for one in all_) for name, all_ in taken.items()}
    held = {name: statistics.median(one[1] for one in all_) for name, all_ in taken.items()}
    figures = []
    for name, what in (("few", "an empty database"), ("many", f"{PENDING:,} pending timers")):
        seconds = f"{took[name]:.2f} s against {took['bare']:.2f} s"
        figures.append(
            Figure(
                f"process to first poll with {what}, against a bare aiogram bot",
                seconds,
                took[name] / took["bare"],
                "<= 1.10",
            )
        )
        memory = f"{held[name]:.0f} MB against {held['bare']:.0f} MB"
        figures.append(Figure("the same: memory", memory, held[name] / held["bare"], "<= 1.15"))
    more = held["crowd"] - held["few"]
    figures.append(Figure(f"memory more for {STUDENTS:,} linked students", f"{more:.1f} MB"))
    return figures
