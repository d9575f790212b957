"""`python -m bench [NAME …] [--write]`: all benches, or those named.

`--write` renews their parts of BENCHMARKS.md.
"""

import argparse
import os
import platform
import re
from pathlib import Path

from bench import (
    desk,
    due,
    growth,
    inbound,
    kills,
    live,
    nodes,
    reports,
    soak,
    startup,
    timing,
    unlimited,
    wave,
)
from bench.figures import Figure, table
from bot import telemetry

BENCHES = {
    "desk": desk.desk,
    "tick": timing.tick,
    "expand": timing.expand,
    "due": due.due,
    "lateness": due.lateness,
    "startup": startup.startup,
    "inbound": inbound.inbound,
    "crowd": inbound.crowd,
    "webhook": live.webhook,
    "answers": live.answers,
    "opening": live.opening,
    "unlimited": unlimited.unlimited,
    "storm_reports": reports.storm_reports,
    "growth": growth.growth,
    "wave": wave.wave,
    "storm": wave.storm,
    "bigwave": wave.big_wave,
    "nodes": nodes.nodes,
    "kills": kills.kills,
    "soak": soak.soak,
}
"""From quick to slow. In real time: `wave` and `storm` four minutes each, `bigwave` twelve, `soak` five."""

HEAD = """# Benchmarks

Ratios taken in one run; absolute figures depend on the machine.
The command: `make bench ARGS=--write`, or by parts `make bench ARGS="tick expand --write"`.
"""
FILE = Path("BENCHMARKS.md")
PART = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Measure, print, perhaps write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which benches (all)")
    parser.add_argument("--write", action="store_true", help="renew their part of BENCHMARKS.md")
    parser.add_argument("--many", type=int, help="kills: how often on each database")
    parser.add_argument("--seed", type=int, help="kills: another course")
    asked = parser.parse_args()
    for name, value in (("EMTIHAN_KILLS", asked.many), ("EMTIHAN_SEED", asked.seed)):
        if value is not None:
            os.environ[name] = str(value)
    telemetry.configure("console", telemetry.QUIET)
    for name in asked.names or BENCHES:
        found = BENCHES[name]()
        print(f"\n## {name}\n\n{table(found)}", flush=True)
        if asked.write:
            _renew(name, found)


def _renew(name: str, figures: list[Figure]) -> None:
    """Write one bench's part; the others stay as they are."""
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    load = os.getloadavg()[1]
    parts = dict(PART.findall(FILE.read_text("utf-8"))) if FILE.exists() else {}
    parts[name] = f"\n{machine}; load of the machine in these minutes {load:.1f}.\n\n{table(figures)}\n\n"
    body = "".join(f"## {part}\n{parts[part]}" for part in BENCHES if part in parts)
    FILE.write_text(f"{HEAD}\n{body}".rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main()
