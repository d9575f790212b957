"""Refusals as tests expect them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.errors import Refusal


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """What happens inside is refused with exactly this code."""
    with pytest.raises(Refusal) as caught:
        yield caught
    assert caught.value.code == code


def code_of(hall: Any, work: Any, *args: Any, **kwargs: Any) -> str:
    """With which code a use-case refuses."""
    with pytest.raises(Refusal) as caught:
        hall.do(work, *args, **kwargs)
    return caught.value.code
