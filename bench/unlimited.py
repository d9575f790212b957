"""Without any limit: claim, render, send, mark, against a bare aiogram loop of the same concurrency."""

import asyncio
import datetime as dt
import gc
import statistics
import time
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from sqlalchemy import func, select

from bench import campus, stub
from bench.figures import Figure
from bot.clock import system_clock
from bot.delivery.pace import Pace
from bot.delivery.sender import SIDE_BY_SIDE, Sender
from bot.services import timers
from bot.services.office import Desk
from bot.storage.tables import Notice
from bot.telemetry import Metrics
from bot.views.notices import Notices
from bot.wire import Wire

PEOPLE = 3000
ROUNDS = 3
RATE = 1_000_000.0
TOKEN = "42:bench"


def unlimited() -> list[Figure]:
    """Messages a second, both in this run, one after the other several times; and processor time of each."""
    gc.collect()
    gc.freeze()  # the program does this once it serves; here it speeds both sides alike
    ours, theirs = [], []
    with stub.running() as url:
        for _ in range(ROUNDS):
            theirs.append(asyncio.run(_bare(url)))
            ours.append(asyncio.run(_whole(url)))
    name = (
        f"claim, render, send, mark on SQLite against a bare aiogram loop, {SIDE_BY_SIDE} at once, no limit"
    )
    took, bare = (statistics.median(run.took for run in runs) for runs in (ours, theirs))
    busy, light = (statistics.median(run.busy for run in runs) for runs in (ours, theirs))
    ratio = statistics.median(a.took / b.took for a, b in zip(theirs, ours, strict=True))
    return [
        Figure(name, f"{PEOPLE / took:,.0f}/s against {PEOPLE / bare:,.0f}/s", ratio, ">= 1.0, aim 2"),
        Figure(
            "the same: processor time a message, theirs to ours",
            f"{busy / PEOPLE * 1e6:.0f} µs against {light / PEOPLE * 1e6:.0f} µs",
            light / busy,
            ">= 1.0",
        ),
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds on the wall and of the processor, for all messages."""

    took: float
    busy: float


class _Watch:
    def __init__(self) -> None:
        self._wall, self._busy = time.perf_counter(), time.process_time()

    def run(self) -> Run:
        return Run(time.perf_counter() - self._wall, time.process_time() - self._busy)


async def _bare(url: str) -> Run:
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=SIDE_BY_SIDE)
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    text = "⏰ <b>30 minutes left</b>\nDatabases. End: <b>10:50</b>\n\nAYU 5.2.3 conduct 7"
    slots = asyncio.Semaphore(SIDE_BY_SIDE)

    async def send(chat: int) -> None:
        async with slots:
            rows = [
                [InlineKeyboardButton(text="Steps", callback_data=f"wo:ayu.written.take:{chat}:-")],
                [InlineKeyboardButton(text="I have a problem", callback_data=f"sx:{chat}")],
            ]
            await bot.send_message(
                chat,
                text,
                reply_markup=InlineKeyboardMarkup(inline_keyboard=rows),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )

    watch = _Watch()
    await asyncio.gather(*(send(10_000 + n) for n in range(PEOPLE)))
    run = watch.run()
    await bot.session.close()
    return run


async def _whole(url: str) -> Run:
    with campus.base() as opened:
        campus.fill(opened, PEOPLE)
        desk = Desk(opened.database, opened.desk.office, system_clock)
        now = system_clock()
        exam_id = campus.exam(opened, ends_at=now + dt.timedelta(minutes=30))
        campus.timers(opened, exam_id, 1, first_due=now)
        wire = Wire(url, TOKEN)
        await wire.open()
        policy = desk.office.policy
        pace = Pace(RATE, 0, time.monotonic)
        notices = Notices(policy, desk.office.algorithms)
        sender = Sender(desk, wire, notices, opened.voices, pace, Metrics(), BATCH_RATE)
        await desk.do(timers.fire)
        watch = _Watch()
        task = asyncio.ensure_future(sender.run())
        while await opened.database.run(_open):
            await asyncio.sleep(0.01)
        run = watch.run()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await wire.close()
    return run


BATCH_RATE = 1000.0
"""So the sender claims five hundred at once, as it does with paid broadcast."""


def _open(uow: Any) -> int:
    query = select(func.count()).where(Notice.state.in_(("pending", "sending")))
    return int(uow.session.scalar(query))
