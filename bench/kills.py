"""Random lives: the process is killed some hundred times while people use it, on SQLite and on PostgreSQL.

Then the same people in bad weather, and on three machines. `--many` names another number, `--seed` another
course.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure
from tests.support.databases import Postgres
from tests.support.kills import Kills, Reckoning
from tests.support.machines import Machines
from tests.support.weather import Weather
from tests.support.zygote import Zygote

MANY = 150
"""Kills on each database."""

KILLS_A_FREEZE = 15
KILLS_A_STORM = 10
SEED = "1"


def kills() -> list[Figure]:
    """How often it was killed, what was confirmed meanwhile, and what of it was lost."""
    many, seed = int(os.environ.get("EMTIHAN_KILLS", str(MANY))), int(os.environ.get("EMTIHAN_SEED", SEED))
    storms, freezes = max(1, many // KILLS_A_STORM), max(1, many // KILLS_A_FREEZE)
    zygote, server = Zygote(), Postgres()
    try:
        figures = _told("SQLite", _run(lambda place: Kills(place, zygote, "", seed), many))
        weather = _run(lambda place: Weather(place, zygote, server, "", seed + 3), storms)
        figures += _told("SQLite in bad weather", weather)
        with server.database() as url:
            done = _run(lambda place: Kills(place, zygote, url, seed + 1), many)
            figures += _told("PostgreSQL", done)
        with server.database() as url:
            done = _run(lambda place: Weather(place, zygote, server, url, seed + 4), storms)
            figures += _told("PostgreSQL in bad weather", done)
        with server.database() as url:
            done = _run(lambda place: Machines(place, zygote, url, seed + 2), freezes)
            figures += _told("three machines", done)
        return figures
    finally:
        zygote.close()
        server.stop()


def _run(begin: Callable[[Path], Kills], many: int) -> Reckoning:
    with tempfile.TemporaryDirectory() as folder:
        lives = begin(Path(folder))
        try:
            return lives.run(many)
        finally:
            lives.close()


def _told(where: str, done: Reckoning) -> list[Figure]:
    for line in done.wrong:
        print(f"{where}: {line}", flush=True)
    print(f"{where}: {str(done).splitlines()[0]}", flush=True)
    figures = [Figure(f"{where}: {name}", f"{value:,}") for name, value in done.figures.items()]
    return [*figures, Figure(f"{where}: lost, doubled or wrong", str(len(done.wrong)), None, "0")]
