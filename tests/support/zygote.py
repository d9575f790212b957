"""Bot processes that start at once: one process has imported everything, each bot is a fork of it.

A bot is a process of its own, with its own memory, connections and fate; only the seconds of importing are
shared. Asked by a line of JSON ({arguments, environment, folder, log}) it answers with its number. The
commands of an operator begin in the same way (`run`), where it is not their beginning that is tried.
"""

import asyncio
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from tests.support.shell import ROOT, environment

PATIENCE = 60.0
PLACE = "TEST_NETWORK_PLACE"
"""The network namespace that a bot lives in, where it does not share its parent's."""
CLONE_NEWNET = 0x40000000


def main() -> None:
    """The process that is forked. Dead children are nobody's to mourn: they vanish at once."""
    from tests.support import shared
    from tests.support.reading import content_once

    with content_once(), shared.dialects():
        _warm_up()
        gc.collect()
        gc.freeze()  # what is there before a bot is born is nothing for it to look through
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        print("warm", flush=True)
        for line in sys.stdin:
            number = os.fork()
            if number == 0:
                _become_a_bot(json.loads(line))
            print(number, flush=True)


def _warm_up() -> None:
    """Import everything, and read and build what is the same in every bot."""
    import bot
    from bot import app, telegram_models
    from scheduler.duties import keepers
    from tests.support.hall import Hall

    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__") and "migrations" not in module.name:
            importlib.import_module(module.name)
    telegram_models.build(app.EARLY)
    with tempfile.TemporaryDirectory() as folder, Hall(f"sqlite:///{folder}/warm.db", whole=True) as hall:
        assert hall.base.content.search
        assert hall.base.content.trouble_search
        for keeper in keepers(hall.desk):
            asyncio.run(keeper.run())
        hall.deliver()


def _become_a_bot(wish: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (_opened(wish["log"]), 1), (_opened(wish["errors"]), 2)):
        os.dup2(source, target)
    os.environ.update(wish["environment"])
    if place := os.environ.pop(PLACE, ""):
        _enter(place)
    os.chdir(wish["folder"])
    sys.argv = ["emtihan", *wish["arguments"]]
    from bot.__main__ import main as emtihan

    code = 0
    try:
        emtihan()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if wish["code"]:
            Path(wish["code"]).write_text(str(code))
        os._exit(code)


def _enter(place: str) -> None:
    """Live in a network namespace: what this process opens from now on goes over its cable."""
    handle = os.open(f"/run/netns/{place}", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(handle, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), f"cannot enter {place}")


def _opened(log: str) -> int:
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


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
        return self._begin(arguments, settings, folder, log, log, "")

    def run(self, *arguments: str, folder: Path, **settings: str) -> tuple[int, str, str]:
        """Carry out `emtihan ARGUMENTS`; its exit code, what it said, and what it said of errors."""
        with tempfile.TemporaryDirectory() as kept:
            out, errors, code = (Path(kept, name) for name in ("out", "errors", "code"))
            wait_until_gone(self._begin(arguments, settings, folder, out, errors, code))
            return int(code.read_text()), out.read_text("utf-8"), errors.read_text("utf-8")

    def _begin(
        self,
        arguments: Sequence[str],
        settings: Mapping[str, str],
        folder: Path,
        out: Path,
        errors: Path,
        code: Path | str,
    ) -> int:
        places = {"folder": str(folder), "log": str(out), "errors": str(errors), "code": str(code)}
        wish = {"arguments": arguments, "environment": settings, **places}
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
