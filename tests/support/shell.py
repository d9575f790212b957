"""The program as an operator runs it: a process, its exit code, what it says on both channels."""

import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")


def environment(**wishes: str) -> dict[str, str]:
    """Nothing of the developer's own settings, and the code of this tree."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    code = f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'support' / 'site'}"
    return {**kept, "PYTHONPATH": code, "NO_COLOR": "1", "COLUMNS": "200", **wishes}


@dataclass(frozen=True)
class Run:
    """How a command went. `seconds` are those the processor spent on it; `loaded` are its packages.

    Both are known of a command that began alone only.
    """

    code: int
    out: str
    err: str
    seconds: float = 0.0
    loaded: frozenset[str] = frozenset()

    @property
    def last(self) -> str:
        """The last line of the answer."""
        return self.out.strip().splitlines()[-1]


class Warm(Protocol):
    """A process that has imported everything and of which commands are forks."""

    def run(self, *arguments: str, folder: Path, **settings: str) -> tuple[int, str, str]: ...


class Shell:
    """A folder to work in, with a database of its own."""

    def __init__(self, folder: Path, database_url: str, warm: Warm) -> None:
        self.folder = folder
        self.settings = {"EMTIHAN_DATABASE_URL": database_url}
        self._warm = warm

    def run(self, *arguments: str | Path, code: int = 0, alone: bool = False, **settings: str) -> Run:
        """Run a command; its exit code must be `code`, and it never shows a traceback.

        `alone`: in a process that begins with nothing, as an operator's does.
        """
        wishes = {**self.settings, **settings}
        if alone:
            run = self._alone(*map(str, arguments), **wishes)
        else:
            run = Run(*self._warm.run(*map(str, arguments), folder=self.folder, **wishes))
        assert "Traceback" not in run.err + run.out, run.err
        assert run.code == code, f"exit code {run.code}: {run.out}{run.err}"
        return run

    def _alone(self, *arguments: str, **settings: str) -> Run:
        told = self.folder / ".loaded"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env=environment(LOADED_MODULES=str(told), **settings),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=90,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        loaded = frozenset(told.read_text("utf-8").split()) if told.exists() else frozenset()
        told.unlink(missing_ok=True)
        return Run(done.returncode, done.stdout, done.stderr, round(spent, 2), loaded)

    def file(self, name: str, *rows: str, encoding: str = "utf-8") -> Path:
        """A text file of these lines."""
        path = self.folder / name
        path.write_text("\n".join(rows) + "\n", encoding)
        return path
