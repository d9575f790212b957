"""An exam day at speed for some minutes: memory, tasks, open files and connections of the program stay level.

`EMTIHAN_SOAK_MINUTES` names how long.
"""

import contextlib
import datetime as dt
import itertools
import os
import re
import socket
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench import campus
from bench.figures import Figure
from bench.wave import Program
from bot.clock import system_clock
from bot.sandbox import phone
from bot.sandbox.config import SandboxConfig
from bot.sandbox.thread import SandboxThread
from bot.storage.tables import IncomingUpdate

MINUTES = 5.0
PEOPLE, GROUP = 400, 50
BEATS_A_SECOND, EACH_BEAT = 5, 4
"""Twenty updates a second."""

UP_SECONDS, SAMPLE_SECONDS = 60.0, 5.0
WARM = 0.25
"""The part of the time after which everything has been loaded."""

SAID = ("/start", "/exams", "/help", "/steps", "/ask zoom", "/my", "/sos", "/privacy")
TASKS = re.compile(r"^emtihan_tasks (\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Sample:
    """The program at a moment: megabytes, tasks of its loop, open files, of those sockets."""

    memory: float
    tasks: int
    files: int
    sockets: int


class Day(Program):
    """The program, watched from outside through /proc and its own metrics."""

    address = ""

    def listen(self) -> None:
        """At a port that is free now, and sending as fast as it can."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            place = f"127.0.0.1:{free.getsockname()[1]}"
        self.address = f"http://{place}"
        self._environment |= {"EMTIHAN_LISTEN": place, "EMTIHAN_SEND_RATE": "1000"}

    def wait(self) -> None:
        """Until it serves."""
        end = time.monotonic() + UP_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                self._tasks()
                return
            time.sleep(0.2)
        raise RuntimeError("the program does not start")

    def sample(self) -> Sample:
        """What it holds now."""
        assert self._process is not None
        place = Path(f"/proc/{self._process.pid}")
        memory = re.search(r"VmRSS:\s+(\d+) kB", (place / "status").read_text("ascii"))
        assert memory is not None
        opened = []
        for link in (place / "fd").iterdir():
            try:
                opened.append(os.readlink(link))
            except FileNotFoundError:
                continue
        sockets = sum(name.startswith("socket:") for name in opened)
        return Sample(int(memory[1]) / 1024, self._tasks(), len(opened), sockets)

    def _tasks(self) -> int:
        with urllib.request.urlopen(f"{self.address}/metrics", timeout=10) as answer:
            found = TASKS.search(answer.read().decode())
        return int(float(found[1])) if found else 0


def soak() -> list[Figure]:
    """People write and tap, warnings go out, and every few seconds the program is looked at."""
    minutes = float(os.environ.get("EMTIHAN_SOAK_MINUTES", MINUTES))
    config = SandboxConfig(send_rate=1000, per_chat_rate=100, keep_calls=2000, keep_events=100)
    with SandboxThread(config) as running, campus.base() as opened, tempfile.TemporaryDirectory() as folder:
        running.ask(lambda sandbox: _phones(sandbox.world))
        _lay(opened, minutes)
        day = Day(running, str(opened.database.engine.url), Path(folder))
        day.listen()
        day.start()
        try:
            day.wait()
            samples, sent = _live(running, day, minutes * 60)
        finally:
            day.kill()
        handled, waiting = opened.database.transact(_handled)
    return _told(minutes, samples, sent, handled, waiting)


def _phones(world: Any) -> None:
    for number in range(1, PEOPLE + 1):
        world.add_person({"id": 10_000 + number}).started = True


def _lay(opened: Any, minutes: float) -> None:
    """Exams that run, a group each, and a warning of one group every few seconds."""
    campus.fill(opened, PEOPLE, size=GROUP)
    now = system_clock()
    for group in range(-(-PEOPLE // GROUP)):
        ends = now + dt.timedelta(minutes=minutes + 60)
        exam_id = campus.exam(opened, ends_at=ends, group=f"G{group + 1}")
        count = int(minutes * 60 // 40)
        campus.timers(opened, exam_id, count, first_due=now + dt.timedelta(seconds=20 + 5 * group), apart=40)


def _live(running: SandboxThread, day: Day, seconds: float) -> tuple[list[Sample], int]:
    samples: list[Sample] = []
    began, next_sample, sent = time.monotonic(), SAMPLE_SECONDS * 2, 0
    acts = _acts()
    while (passed := time.monotonic() - began) < seconds:
        listed = [next(acts) for _ in range(EACH_BEAT)]
        running.ask(lambda sandbox, listed=listed: [_act(sandbox.world, *one) for one in listed])
        sent += EACH_BEAT
        if passed >= next_sample:
            samples.append(day.sample())
            next_sample += SAMPLE_SECONDS
        time.sleep(max(0.0, began + sent / EACH_BEAT / BEATS_A_SECOND - time.monotonic()))
    time.sleep(3)
    samples.append(day.sample())
    return samples, sent


def _acts() -> Iterator[tuple[int, str]]:
    """Everybody in turn, each time the next thing."""
    for turn in itertools.count():
        for number in range(1, PEOPLE + 1):
            yield 10_000 + number, SAID[(turn + number) % len(SAID)]


def _act(world: Any, user: int, text: str) -> None:
    phone.say(world, world.person(user), user, text, None, {})


def _handled(uow: Any) -> tuple[int, int]:
    rows = dict(
        uow.session.execute(select(IncomingUpdate.state, func.count()).group_by(IncomingUpdate.state)).all()
    )
    return int(rows.get("done", 0)), int(sum(rows.values()) - rows.get("done", 0))


def _told(minutes: float, samples: list[Sample], sent: int, handled: int, waiting: int) -> list[Figure]:
    level = samples[int(len(samples) * WARM) :]
    third = max(1, len(level) // 3)

    def ends(name: str) -> tuple[float, float]:
        values = [float(getattr(sample, name)) for sample in level]
        return statistics.median(values[:third]), statistics.median(values[-third:])

    load = f"{minutes:g} minutes, {PEOPLE} people, {sent / minutes / 60:.0f} updates a second, warnings"
    figures = [
        Figure(f"{load}: handled, left", f"{handled:,} of {sent:,}, {waiting}", handled / sent, "1"),
    ]
    for name, unit, wanted in (
        ("memory", " MB", "<= 1.05"), ("tasks", "", "<= 1.1"),
        ("files", "", "<= 1.1"), ("sockets", "", "<= 1.1"),
    ):  # fmt: skip
        first, last = ends(name)
        most = max(getattr(sample, name) for sample in samples)
        said = f"{first:.0f}{unit}, then {last:.0f}{unit}; at most {most:.0f}{unit}"
        figures.append(
            Figure(f"{name}, first and last third after the warm-up", said, last / max(first, 1), wanted)
        )
    return figures
