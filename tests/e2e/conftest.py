"""A bot process that can be killed, and the warm process that it is forked from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.life import Life
from tests.support.zygote import Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    warm = Zygote()
    yield warm
    warm.close()


@pytest.fixture
def life(tmp_path: Path, zygote: Zygote) -> Iterator[Life]:
    life = Life(tmp_path, zygote)
    yield life
    life.close()
