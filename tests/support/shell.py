"""The program as an operator runs it: a process, its exit code, what it says on both channels."""

import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")


def environment(**wishes: str) -> dict[str, str]:
    """Nothing of the developer's own settings, and the code of this tree."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    code = f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'support' / 'site'}"
    return {**kept, "PYTHONPATH": code, "NO_COLOR": "1", "COLUMNS": "200", **wishes}


@dataclass(frozen=True)
class Run:
    """How a command went. `seconds` are those the processor spent on it; `loaded` are its packages."""

    code: int
    out: str
    err: str
    seconds: float
    loaded: frozenset[str]

    @property
    def last(self) -> str:
        """The last line of the answer."""
        return self.out.strip().splitlines()[-1]


class Shell:
    """A folder to work in, with a database of its own."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.settings = {"EMTIHAN_DATABASE_URL": database_url}

    def run(self, *arguments: str | Path, code: int = 0, **settings: str) -> Run:
        """Run a command; its exit code must be `code`, and it never shows a traceback."""
        told = self.folder / ".loaded"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "bot", *map(str, arguments)],
            cwd=self.folder,
            env=environment(LOADED_MODULES=str(told), **{**self.settings, **settings}),
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
        run = Run(done.returncode, done.stdout, done.stderr, round(spent, 2), loaded)
        assert "Traceback" not in run.err + run.out, run.err
        assert run.code == code, f"exit code {run.code}: {run.out}{run.err}"
        return run

    def file(self, name: str, *rows: str, encoding: str = "utf-8") -> Path:
        """A text file of these lines."""
        path = self.folder / name
        path.write_text("\n".join(rows) + "\n", encoding)
        return path
