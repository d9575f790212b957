"""The whole application, state read, written and committed, against a bare aiogram tree."""

import asyncio
import datetime as dt
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from bench import campus, growth
from bench.bare import TOKEN, Silent, bare_tree
from bench.figures import Figure
from bot.dialogue.enquiries import Enquiries
from bot.services import inbox
from bot.services.office import Desk
from bot.storage.gathering import Gathering
from bot.telemetry import Metrics
from bot.wiring import Base
from handlers import build_router
from tests.support.databases import Postgres

READERS = 50
ROUNDS = 12
TAKES = 5
KINDS = {"/start": (0,), "a tap on a step": (1, 2), "/sos": (3,)}
SMALL, LARGE = 1_000, 600_000
MOMENT = int(campus.NOW.timestamp())
Taken = tuple[float, float]
"""Seconds by the clock and of this process."""


class Mute:
    """A line that answers every call at once, as `Silent` does."""

    async def call(self, method: str, payload: dict[str, Any], patience: float | None = None) -> Any:
        return {"message_id": 1} if method in ("sendMessage", "editMessageText") else True


def updates() -> list[dict[str, Any]]:
    """What an exam hour brings: `/start`, taps on steps, `/sos`."""
    listed: list[dict[str, Any]] = []
    for turn in range(ROUNDS):
        for reader in range(1, READERS + 1):
            user = {"id": 10_000 + reader, "is_bot": False, "first_name": "A", "language_code": "kk"}
            chat = {"id": 10_000 + reader, "type": "private", "first_name": "A"}
            number = len(listed) + 1
            kind = turn % 4
            if kind in (0, 3):
                text = "/start" if kind == 0 else "/sos"
                entity = {"type": "bot_command", "offset": 0, "length": len(text)}
                body = {"message_id": number, "date": MOMENT, "chat": chat, "from": user, "text": text}
                listed.append({"update_id": number, "message": {**body, "entities": [entity]}})
            else:
                under = {"message_id": 5, "date": MOMENT, "chat": chat, "text": "step"}
                data = f"wd:ayu.written.take:1:{turn % 7}"
                query = {
                    "id": str(number),
                    "from": user,
                    "chat_instance": "1",
                    "message": under,
                    "data": data,
                }
                listed.append({"update_id": number, "callback_query": query})
    return listed


def spent(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[Taken]]:
    """The work, and what it took."""

    async def measured() -> Taken:
        began, worked = time.perf_counter(), time.process_time()
        await work()
        return time.perf_counter() - began, time.process_time() - worked

    return measured


async def _bare(stream: list[dict[str, Any]]) -> Taken:
    bot, dispatcher = Bot(TOKEN, session=Silent()), bare_tree()

    async def handle(number: int, raw: dict[str, Any]) -> None:
        await dispatcher.feed_update(bot, Update.model_validate(raw, context={"bot": bot}))

    return await spent(lambda: _side_by_side(stream, handle))()


async def _side_by_side(
    stream: list[dict[str, Any]], handle: Callable[[int, dict[str, Any]], Awaitable[None]]
) -> None:
    """Different chats side by side, one chat in order, as both are run in earnest."""
    lanes: dict[int, list[tuple[int, dict[str, Any]]]] = {}
    for number, raw in enumerate(stream, 1):
        lanes.setdefault(inbox.chat_key(raw), []).append((number, raw))

    async def drive(lane: list[tuple[int, dict[str, Any]]]) -> None:
        for number, raw in lane:
            await handle(number, raw)

    await asyncio.gather(*(drive(lane) for lane in lanes.values()))


async def _full(opened: Base, stream: list[dict[str, Any]]) -> Taken:
    bot = Bot(TOKEN)
    dispatcher = Dispatcher(
        disable_fsm=True,
        line=Mute(),
        desk=opened.desk,
        voices=opened.voices,
        enquiries=Enquiries(opened.content, Metrics()),
    )
    dispatcher.include_router(build_router())

    async def work() -> None:
        await handle_all(opened.desk, dispatcher, bot, stream)

    return await spent(work)()


async def handle_all(desk: Desk, dispatcher: Dispatcher, bot: Bot, stream: list[dict[str, Any]]) -> float:
    """Store updates and handle them, as the worker does: so many chats side by side. Seconds."""
    began = time.perf_counter()
    for start in range(0, len(stream), 100):
        await desk.do(inbox.store, 42, stream[start : start + 100])
    done: Gathering[int, None] = Gathering(lambda rows: desk.do(inbox.done, rows))

    async def handle(number: int, raw: dict[str, Any]) -> None:
        update = Update.model_validate(raw, context={"bot": bot})
        await dispatcher.feed_update(bot, update, origin=number)
        await done.put(number)

    await _side_by_side(stream, handle)
    return time.perf_counter() - began


def inbound() -> list[Figure]:
    """Both in turns, each several times; what is said is the median of the turns' ratios."""
    figures: list[Figure] = []
    with campus.base() as opened:
        campus.fill(opened, READERS)
        campus.exam(opened, ends_at=campus.NOW + dt.timedelta(hours=1))
        figures += _against(opened, "SQLite", ">= 1.0")
        figures += [_kind(opened, name, turns) for name, turns in KINDS.items()]
    server = growth.careful()
    try:
        with server.database() as url, campus.base(url) as opened:
            campus.fill(opened, READERS)
            campus.exam(opened, ends_at=campus.NOW + dt.timedelta(hours=1))
            figures += _against(opened, "PostgreSQL", ">= 0.7")
    finally:
        server.stop()
    return figures


def crowd() -> list[Figure]:
    """What an update costs where few are known and where a country is, in turns."""
    server = Postgres()
    try:
        with (
            server.database() as near,
            server.database() as far,
            campus.base(near) as few,
            campus.base(far) as many,
        ):
            growth.university(few, SMALL)
            growth.university(many, LARGE)
            taken = [
                (_turn(few, updates(), turn)[1], _turn(many, updates(), turn)[1]) for turn in range(TAKES + 1)
            ][1:]
    finally:
        server.stop()
    costs = {SMALL: _middle([turn[0] for turn in taken]), LARGE: _middle([turn[1] for turn in taken])}
    (clock, worked), (small_clock, small_worked) = costs[LARGE], costs[SMALL]
    name = f"an update on PostgreSQL with {LARGE:,} students, against {SMALL:,}"
    number = len(updates()) / 1000
    return [
        Figure(
            name, f"{clock / number:.2f} ms against {small_clock / number:.2f}", clock / small_clock, "< 1.2"
        ),
        Figure(
            "the same: processor time of the program",
            f"{worked / number:.2f} ms against {small_worked / number:.2f}",
            worked / small_worked,
            "< 1.2",
        ),
    ]


def _middle(taken: list[Taken]) -> Taken:
    return statistics.median(t[0] for t in taken), statistics.median(t[1] for t in taken)


def _turn(opened: Base, stream: list[dict[str, Any]], turn: int) -> tuple[Taken, Taken]:
    """Bare and full on the same updates, their numbers new in each turn."""
    fresh = [{**raw, "update_id": raw["update_id"] + turn * 100_000} for raw in stream]
    return asyncio.run(_bare(fresh)), asyncio.run(_full(opened, fresh))


def _turns(opened: Base, stream: list[dict[str, Any]], offset: int = 0) -> list[tuple[Taken, Taken]]:
    """Turns after a first one that only makes everything warm."""
    return [_turn(opened, stream, offset + turn) for turn in range(TAKES + 1)][1:]


def _against(opened: Base, base: str, wanted: str) -> list[Figure]:
    stream = updates()
    turns = _turns(opened, stream)
    bare, full = _middle([turn[0] for turn in turns]), _middle([turn[1] for turn in turns])
    clock = statistics.median(b[0] / f[0] for b, f in turns)
    worked = statistics.median(b[1] / f[1] for b, f in turns)
    number = len(stream)
    name = f"update handled, with intake row, state and commit on {base}, against a bare aiogram tree"
    return [
        Figure(name, f"{number / full[0]:,.0f}/s against {number / bare[0]:,.0f}/s", clock, wanted),
        Figure(
            "the same: processor time an update, theirs to ours",
            f"{full[1] / number * 1000:.2f} ms against {bare[1] / number * 1000:.2f} ms",
            worked,
        ),
    ]


def _kind(opened: Base, name: str, turns: tuple[int, ...]) -> Figure:
    """One kind of update alone, on SQLite."""
    stream = [raw for place, raw in enumerate(updates()) if place // READERS % 4 in turns]
    found = _turns(opened, stream, 100 * (1 + turns[0]))
    bare, full = _middle([turn[0] for turn in found]), _middle([turn[1] for turn in found])
    each = 1000 / len(stream)
    ratio = statistics.median(b[1] / f[1] for b, f in found)
    said = f"{full[1] * each:.2f} ms against {bare[1] * each:.2f} ms"
    return Figure(f"of it {name}: processor time on SQLite, theirs to ours", said, ratio)
