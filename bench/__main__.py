"""`python -m bench [NAME …] [--write]`: all benches, or those named; `--write` renews BENCHMARKS.md."""

import argparse
import platform
from pathlib import Path

from bench import desk, inbound, timing, wave
from bench.figures import Figure, table
from bot import telemetry

BENCHES = {
    "desk": desk.desk,
    "tick": timing.tick,
    "expand": timing.expand,
    "inbound": inbound.inbound,
    "wave": wave.wave,
}
HEAD = """# Benchmarks

Ratios taken in one run; absolute figures depend on the machine. The command: `make bench ARGS=--write`.
Machine of this run: {machine}.

{table}
"""


def main() -> None:
    """Measure, print, perhaps write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which benches (all)")
    parser.add_argument("--write", action="store_true", help="renew BENCHMARKS.md")
    asked = parser.parse_args()
    telemetry.configure("console", telemetry.QUIET)
    figures: list[Figure] = []
    for name in asked.names or BENCHES:
        found = BENCHES[name]()
        print(table(found), flush=True)
        figures += found
    if asked.write:
        machine = f"Python {platform.python_version()}, {platform.machine()}, 2 cores"
        Path("BENCHMARKS.md").write_text(HEAD.format(machine=machine, table=table(figures)), "utf-8")


if __name__ == "__main__":
    main()
