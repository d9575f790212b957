"""A wave of warnings against the sandbox that enforces thirty a second."""

import asyncio
import datetime as dt
import time
from typing import Any

from bench import campus
from bench.figures import Figure
from bot.clock import system_clock
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.sandbox.config import SandboxConfig
from bot.sandbox.thread import SandboxThread
from bot.services import timers
from bot.services.office import Desk
from bot.telemetry import Metrics
from bot.views.notices import Notices
from bot.wire import Wire

PEOPLE = 900
RATE = 30.0


def wave() -> list[Figure]:
    """Everybody delivered: how long against (N-1)/r, the fullest sliding second, refusals for flood."""
    with SandboxThread(SandboxConfig(send_rate=int(RATE))) as running:
        for number in range(1, PEOPLE + 1):
            running.ask(lambda sandbox, n=number: _person(sandbox, 10_000 + n))
        moments, floods = asyncio.run(_send(running))
    moments.sort()
    makespan, ideal = moments[-1] - moments[0], (PEOPLE - 1) / RATE
    fullest = max(sum(1 for m in moments[i:] if m < moments[i] + 1) for i in range(len(moments)))
    name = f"{PEOPLE} people due at once at {RATE:.0f} a second: last one after the first"
    return [
        Figure(name, f"{makespan:.1f} s, {len(moments)} delivered", makespan / ideal, "<= 1.03"),
        Figure("the fullest sliding second of that wave", f"{fullest} messages", fullest / RATE, "<= 1"),
        Figure("429 caused by us in that wave", f"{floods}", None, "0"),
    ]


def _person(sandbox: Any, user_id: int) -> None:
    from bot.sandbox.model import Person

    person = Person(id=user_id, first_name="A", language_code="kk")
    person.started = True
    sandbox.world.people[user_id] = person


async def _send(running: SandboxThread) -> tuple[list[float], int]:
    with campus.base() as opened:
        campus.fill(opened, PEOPLE)
        desk = Desk(opened.database, opened.desk.office, system_clock)
        now = system_clock()
        exam_id = campus.exam(opened, ends_at=now + dt.timedelta(minutes=30))
        campus.timers(opened, exam_id, 1, first_due=now)
        wire = Wire(running.url, running.sandbox.config.token)
        await wire.open()
        policy = desk.office.policy
        pace = Pace(RATE, policy.delivery.margin_percent, time.monotonic)
        notices = Notices(policy, desk.office.algorithms)
        sender = Sender(desk, wire, notices, opened.voices, pace, Metrics(), RATE)
        await desk.do(timers.fire)
        task = asyncio.ensure_future(sender.run())
        calls: list[Any] = []
        while sum(call.status == 200 for call in calls) < PEOPLE:
            await asyncio.sleep(0.5)
            calls = running.ask(
                lambda sandbox: [c for c in sandbox.world.calls.after(0) if c.method == "sendMessage"]
            )
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await wire.close()
    sent = [call.at for call in calls if call.status == 200]
    return sent, sum(call.status == 429 for call in calls)
