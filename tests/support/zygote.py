"""Bot processes that start at once: one process has imported everything, each bot is a fork of it.

A bot is a process of its own, with its own memory, connections and fate; only the seconds of importing are
shared. Asked by a line of JSON ({arguments, environment, folder, log}) it answers with the process's number.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from tests.support.shell import ROOT, environment

PATIENCE = 60.0


def main() -> None:
    """The process that is forked. Dead children are nobody's to mourn: they vanish at once."""
    import bot.app
    import bot.cli.serve  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("warm", flush=True)
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            _become_a_bot(json.loads(line))
        print(number, flush=True)


def _become_a_bot(wish: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.update(wish["environment"])
    os.chdir(wish["folder"])
    sys.argv = ["emtihan", *wish["arguments"]]
    from bot.__main__ import main as emtihan

    code = 0
    try:
        emtihan()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        os._exit(code)


class Zygote:
    """The forked process, as a test holds it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.zygote"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self._answer() == "warm"

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def fork(self, *arguments: str, folder: Path, log: Path, **settings: str) -> int:
        """Start `emtihan ARGUMENTS`; its process number."""
        wish = {"arguments": arguments, "environment": settings, "folder": str(folder), "log": str(log)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()


def gone(number: int) -> bool:
    """Whether a process has ended."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


def wait_until_gone(number: int, patience: float = PATIENCE) -> float:
    """Seconds it took to end."""
    began = time.monotonic()
    while not gone(number):
        assert time.monotonic() - began < patience, f"process {number} does not end"
        time.sleep(0.005)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
