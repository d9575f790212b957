"""Random lives: the process is killed some hundred times while people use it, on SQLite and on PostgreSQL.

`EMTIHAN_KILLS` names another number, `EMTIHAN_SEED` another course.
"""

import os
import tempfile
from pathlib import Path

from bench.figures import Figure
from tests.support.databases import Postgres
from tests.support.kills import Kills, Reckoning
from tests.support.machines import Machines
from tests.support.zygote import Zygote

MANY = 150
"""Kills on each database."""

KILLS_A_FREEZE = 15
SEED = "1"


def kills() -> list[Figure]:
    """How often it was killed, what was confirmed meanwhile, and what of it was lost."""
    many, seed = int(os.environ.get("EMTIHAN_KILLS", str(MANY))), int(os.environ.get("EMTIHAN_SEED", SEED))
    zygote, server = Zygote(), Postgres()
    try:
        figures = _told("SQLite", _run(zygote, "", many, seed))
        with server.database() as url:
            figures += _told("PostgreSQL", _run(zygote, url, many, seed + 1))
        with server.database() as url:
            few = max(1, many // KILLS_A_FREEZE)
            figures += _told("three machines", _run(zygote, url, few, seed + 2, Machines))
        return figures
    finally:
        zygote.close()
        server.stop()


def _run(zygote: Zygote, url: str, many: int, seed: int, kind: type[Kills] = Kills) -> Reckoning:
    with tempfile.TemporaryDirectory() as folder:
        lives = kind(Path(folder), zygote, url, seed)
        try:
            return lives.run(many)
        finally:
            lives.close()


def _told(where: str, done: Reckoning) -> list[Figure]:
    for line in done.wrong:
        print(f"{where}: {line}", flush=True)
    figures = [Figure(f"{where}: {name}", f"{value:,}") for name, value in done.figures.items()]
    return [*figures, Figure(f"{where}: lost, doubled or wrong", str(len(done.wrong)), None, "0")]
