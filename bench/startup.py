"""Starting with a hundred thousand pending timers against starting with none."""

import datetime as dt
import json
import statistics
import subprocess
import sys

from bench import campus
from bench.figures import Figure
from bot.clock import system_clock

PENDING = 100_000
ROUNDS = 3
CHILD = """
import json, time, sys
from bot.cli.serve import load_application
application = load_application()
import asyncio
from bot import config, telemetry
telemetry.configure("console", telemetry.QUIET)
from bot.sandbox.thread import SandboxThread
from bot.sandbox.config import SandboxConfig
with SandboxThread(SandboxConfig()) as box:
    began = time.perf_counter()
    app = application(config.load(
        database_url=sys.argv[1], token=box.sandbox.config.token, api_url=box.url,
        listen="127.0.0.1:0", _env_file=None))
    async def main():
        task = asyncio.ensure_future(app.serve())
        while "reminders" not in app.parts.watch.silent_for():
            await asyncio.sleep(0.002)
        took = time.perf_counter() - began
        await asyncio.sleep(2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return took
    took = asyncio.run(main())
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([took, int(most.split()[1])]))
"""


def startup() -> list[Figure]:
    """From building the bot to the end of its first look at the timers; the most memory it took."""
    few, many = [_start(0) for _ in range(ROUNDS)], [_start(PENDING) for _ in range(ROUNDS)]
    first = statistics.median(took for took, _ in many)
    empty = statistics.median(took for took, _ in few)
    memory = statistics.median(size for _, size in many) / statistics.median(size for _, size in few)
    said = f"{first:.2f} s, {empty:.2f} s with none"
    megabytes = f"{statistics.median(size for _, size in many) / 1024:.0f} MB"
    return [
        Figure(f"first tick with {PENDING:,} pending timers", said, first / 2, "<= 1 (2 s)"),
        Figure("memory against the empty bot", megabytes, memory, "<= 1.2"),
    ]


def _start(pending: int) -> tuple[float, int]:
    with campus.base() as opened:
        campus.fill(opened, 1)
        if pending:
            exam_id = campus.exam(opened, ends_at=system_clock() + dt.timedelta(days=9))
            campus.timers(opened, exam_id, pending, first_due=system_clock() + dt.timedelta(days=1))
        url = str(opened.database.engine.url)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, url], capture_output=True, text=True, check=True, timeout=120
        )
    took, size = json.loads(done.stdout.strip().splitlines()[-1])
    return float(took), int(size)
