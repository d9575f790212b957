"""Run targets under atheris, each in a process of its own, and say what was found."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
SLOW_SECONDS = 60
MEMORY_MB = 2048


def one(name: str, options: list[str]) -> None:
    """This process becomes the fuzzer of a target."""
    import atheris

    with atheris.instrument_imports(include=["bot", "handlers", "pypdf"], enable_loader_override=False):
        from tests.fuzz.targets import TARGETS
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """Every target for so long; what breaks one is put where the suite replays it."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz")
    asked.add_argument("names", nargs="*")
    asked.add_argument("--minutes", type=float, default=2)
    asked.add_argument("--one", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    arguments = asked.parse_args()
    if arguments.one:
        one(arguments.one[0], arguments.one[1:])
        return 0
    from tests.fuzz.targets import TARGETS

    failed = []
    for name in arguments.names or TARGETS:
        seeds = CORPUS / name
        with tempfile.TemporaryDirectory() as found, tempfile.TemporaryDirectory() as crashes:
            limits = [
                f"-max_total_time={int(arguments.minutes * 60)}",
                f"-timeout={SLOW_SECONDS}",
                f"-rss_limit_mb={MEMORY_MB}",
                f"-artifact_prefix={crashes}/",
                "-print_final_stats=1",
            ]
            command = [sys.executable, "-m", "tests.fuzz", "--one", name, *limits, found, str(seeds)]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            stats = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
            sys.stdout.write(f"{name}: {' '.join(stats) or done.stderr[-300:]}\n")
            for crash in sorted(Path(crashes).iterdir()):
                shutil.copy(crash, seeds / crash.name)
                failed.append(f"{name}/{crash.name}")
                sys.stdout.write(f"{done.stderr[-3000:]}\n{name}: {crash.name} is in {seeds} now\n")
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
