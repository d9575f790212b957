"""Killed at random while people use it, nothing confirmed is lost. `python -m bench kills` runs longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kills import Kills
from tests.support.zygote import Zygote

FEW = 5
SEED = 20261221


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    warm = Zygote()
    yield warm
    warm.close()


@pytest.mark.slow
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
