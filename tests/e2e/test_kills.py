"""Killed at random while people use it, nothing confirmed is lost. `python -m bench kills` runs longer."""

from pathlib import Path

import pytest

from tests.support.databases import Postgres
from tests.support.kills import Kills
from tests.support.machines import Machines
from tests.support.zygote import Zygote

FEW = 5
SEED = 20261221


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_kills__at_random_lose_nothing_that_was_confirmed(
    tmp_path: Path, zygote: Zygote, database_url: str
) -> None:
    url = database_url if database_url.startswith("postgresql") else ""
    lives = Kills(tmp_path, zygote, url, SEED)
    try:
        done = lives.run(FEW)
    finally:
        lives.close()
    assert not done.wrong, str(done)
    assert done.figures["kills"] == FEW
    assert done.figures["confirmed imports"] > 0


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_machines__one_is_killed_and_one_frozen_and_the_others_go_on(
    tmp_path: Path, zygote: Zygote, postgres: Postgres
) -> None:
    with postgres.database() as url:
        machines = Machines(tmp_path, zygote, url, SEED)
        try:
            done = machines.run(1)
        finally:
            machines.close()
    assert not done.wrong, str(done)
    assert done.figures["kills"] == done.figures["frozen"] == 1
    assert done.figures["waves"] == 2
    logs = "".join(log.read_text("utf-8") for log in tmp_path.glob("node*.log"))
    assert "node.taken_over" in logs
    assert "node.given_up" in logs
    assert "Traceback" not in logs
