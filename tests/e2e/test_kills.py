"""Killed at random while people use it, nothing confirmed is lost. `python -m bench kills` runs longer."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import Postgres
from tests.support.kills import Kills
from tests.support.machines import Cabled, Machines
from tests.support.network import Network, NoNetworks
from tests.support.weather import Weather
from tests.support.zygote import Zygote

FEW = 5
TAKEN_OVER_WITHIN = 60.0
"""Seconds; it takes five of silence and one to look, the rest is for a busy machine."""
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


@pytest.fixture
def network() -> Iterator[Network]:
    """Network namespaces at a bridge: needs root and `ip`."""
    with contextlib.ExitStack() as opened:
        try:
            made = opened.enter_context(Network())
            made.place()
        except NoNetworks as why:
            pytest.skip(f"no network namespaces can be made here: {why}")
        yield made


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_machines__one_whose_cable_is_pulled_is_taken_over_and_does_nothing_twice_when_it_is_back(
    tmp_path: Path, zygote: Zygote, postgres: Postgres, network: Network
) -> None:
    with postgres.database() as url:
        machines = Cabled(tmp_path, zygote, url, SEED, network)
        try:
            done = machines.run(1)
        finally:
            machines.close()
    assert not done.wrong, str(done)
    assert done.figures["cuts"] == 1
    assert done.figures["waves"] == 2
    assert machines.taken_over_in < TAKEN_OVER_WITHIN
    logs = "".join(log.read_text("utf-8") for log in tmp_path.glob("node*.log"))
    assert "node.taken_over" in logs
    assert "node.given_up" in logs
    assert "Traceback" not in logs


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_weather__telegram_database_and_disk_fail_at_random_and_nothing_confirmed_is_lost(
    tmp_path: Path, zygote: Zygote, postgres: Postgres, database_url: str
) -> None:
    url = database_url if database_url.startswith("postgresql") else ""
    lives = Weather(tmp_path, zygote, postgres, url, SEED)
    try:
        done = lives.run(1)
    finally:
        lives.close()
    assert not done.wrong, str(done)
    assert done.figures["storms: telegram"] == 1
    assert "Traceback" not in lives.life.log.read_text("utf-8")
