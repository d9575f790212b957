"""Waves of warnings: the whole program in a process of its own, the sandbox enforcing thirty a second."""

import contextlib
import datetime as dt
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import campus
from bench.figures import Figure
from bot.clock import system_clock
from bot.sandbox.config import SandboxConfig
from bot.sandbox.thread import SandboxThread

RATE = 30
GROUP = 50
UP_SECONDS = 25.0
"""The program is up and has looked ahead by then."""

PATIENCE = 1.6
BLOCKED_EVERY, LOST_OF_HUNDRED = 100, 2
STORMS = (0.2, 0.4, 0.7)
STORM_SECONDS = 2


@dataclass
class Wave:
    """A wave as the server saw it: moments of delivery (seconds), and what else happened."""

    people: int
    due: float
    got: Counter[str] = field(default_factory=Counter)
    at: list[float] = field(default_factory=list)
    own_floods: int = 0
    seen: int = 0

    def look(self, running: SandboxThread) -> int:
        """Take over what is new; how many have got theirs."""
        for call in running.ask(lambda sandbox: sandbox.world.calls.after(self.seen)):
            self.seen = max(self.seen, call["seq"] if call["status"] or call["fault"] else self.seen)
            if call["method"] != "sendMessage":
                continue
            if call["status"] == 200:
                self.got[call["params"]["chat_id"]] += 1
                self.at.append(call["at"])
            self.own_floods += call["status"] == 429 and call["fault"] is None
        return len(self.got)

    @property
    def makespan(self) -> float:
        """From the first to the last, against the physics of the rate."""
        return (max(self.at) - min(self.at)) / ((self.people - 1) / RATE)

    @property
    def fullest(self) -> int:
        """Most messages in any sliding second."""
        times, most, first = sorted(self.at), 0, 0
        for last, moment in enumerate(times):
            while times[first] <= moment - 1:
                first += 1
            most = max(most, last - first + 1)
        return most


class Program:
    """`emtihan run` against the sandbox; it can be killed and started again."""

    def __init__(self, running: SandboxThread, url: str, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(Path.cwd()),
            "EMTIHAN_TOKEN": running.sandbox.config.token,
            "EMTIHAN_API_URL": running.url,
            "EMTIHAN_DATABASE_URL": url,
            "EMTIHAN_LISTEN": "127.0.0.1:0",
            "EMTIHAN_SEND_RATE": str(RATE),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """In a process of its own; what it says goes to a file."""
        with (self._folder / "bot.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self._folder, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        """What a power cut does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            self._process.wait()


@contextlib.contextmanager
def staged(people: int) -> Iterator[tuple[SandboxThread, Program, Wave]]:
    """So many students in groups, one exam a group, all warned at the same minute."""
    lead = people / RATE / 2 + UP_SECONDS
    due = system_clock() + dt.timedelta(seconds=lead + people / 4000)
    config = SandboxConfig(send_rate=RATE, per_chat_rate=1.0, keep_calls=people * 3, keep_events=100)
    with SandboxThread(config) as running, campus.base() as opened, tempfile.TemporaryDirectory() as folder:
        running.ask(lambda sandbox: _phones(sandbox.world, people))
        campus.fill(opened, people, size=GROUP)
        for number in range(-(-people // GROUP)):
            exam_id = campus.exam(opened, ends_at=due + dt.timedelta(minutes=30), group=f"G{number + 1}")
            campus.timers(opened, exam_id, 1, first_due=due, minutes=30.0)
        program = Program(running, str(opened.database.engine.url), Path(folder))
        program.start()
        try:
            yield running, program, Wave(people, due.timestamp())
        finally:
            program.kill()


def _phones(world: Any, people: int) -> None:
    for number in range(1, people + 1):
        world.add_person({"id": 10_000 + number}).started = True


def _until(wave: Wave, running: SandboxThread, wanted: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while wave.look(running) < wanted and time.monotonic() < end:
        time.sleep(0.5)


def _calm(people: int) -> list[Figure]:
    with staged(people) as (running, _, wave):
        _until(wave, running, people, people / RATE * PATIENCE + 2 * UP_SECONDS)
    middle = statistics.median(wave.at) - wave.due
    twice = sum(times > 1 for times in wave.got.values())
    size = f"{people:,} people due in one minute at {RATE} a second"
    done = f"{len(wave.got):,} delivered, {twice} of them twice"
    took = max(wave.at) - min(wave.at)
    return [
        Figure(f"{size}: last after first, to (N-1)/r", f"{took:.1f} s, {done}", wave.makespan, "<= 1.03"),
        Figure("the fullest sliding second of it", f"{wave.fullest} messages", wave.fullest / RATE, "<= 1"),
        Figure("429 caused by us", str(wave.own_floods), None, "0"),
        Figure("the middle of it, after its minute", f"{middle:+.2f} s", None, "within 2 s"),
    ]  # fmt: skip


def wave() -> list[Figure]:
    """Five thousand at thirty a second, in real time."""
    return _calm(5000)


def big_wave() -> list[Figure]:
    """Twenty thousand at thirty a second, in real time: twelve minutes."""
    return _calm(20_000)


def storm(people: int = 5000) -> list[Figure]:
    """The same with floods, broken lines, people who blocked the bot, and a kill -9 in the middle."""
    with staged(people) as (running, program, wave):
        blocked = running.ask(lambda sandbox: _trouble(sandbox.world, people))
        wanted = people - blocked
        for part in STORMS:
            _until(wave, running, int(wanted * part), people / RATE * PATIENCE + 2 * UP_SECONDS)
            if part == STORMS[1]:
                program.kill()
                program.start()
            _flood(running)
        _until(wave, running, wanted, people / RATE * PATIENCE)
    twice = sum(times > 1 for times in wave.got.values())
    lost = wanted - len(wave.got)
    trouble = (
        f"{len(STORMS)} storms of 429, {LOST_OF_HUNDRED} % broken lines, 1 % blocked, kill -9 in the middle"
    )
    took = f"{max(wave.at) - min(wave.at):.1f} s"
    return [
        Figure(f"{people:,} people, {trouble}: last after first, to (N-1)/r", took, wave.makespan, "<= 1.10"),
        Figure("nobody lost", f"{lost} lost of {wanted:,}", None, "0"),
        Figure("twice (in flight at the kill)", str(twice), None, "<= 1"),
        Figure("429 caused by us", str(wave.own_floods), None, "0"),
    ]


def _trouble(world: Any, people: int) -> int:
    wish = {"kind": "reset_before", "method": "sendMessage", "times": None}
    world.faults.add({**wish, "probability": LOST_OF_HUNDRED / 100})
    chosen = range(1, people + 1, BLOCKED_EVERY)
    for number in chosen:
        world.people[10_000 + number].blocked = True
    return len(chosen)


def _flood(running: SandboxThread) -> None:
    """For some seconds everything is answered with 429, as when the whole bot is too fast."""
    wish = {"kind": "429", "method": "sendMessage", "times": None, "retry_after": STORM_SECONDS}
    order = running.ask(lambda sandbox: sandbox.world.faults.add(wish))
    running.ask(lambda sandbox: sandbox.world.faults.first(order))
    time.sleep(STORM_SECONDS)
    running.ask(lambda sandbox: sandbox.world.faults.end(order))
