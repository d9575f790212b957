"""Refusals as tests expect them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.errors import Refusal


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """What happens inside is refused with exactly this code."""
    with pytest.raises(Refusal) as caught:
        yield caught
    assert caught.value.code == code
