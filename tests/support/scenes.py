"""What a file of tests begins with, played once a test process (`Hall.scene`)."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import pytest


def played(play: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of one hall whose play is brought back wherever it begins from the same state."""
    name = f"{play.__module__}.{play.__qualname__}"
    (hall,) = inspect.signature(play).parameters

    @functools.wraps(play)
    def once(*halls: Any, **given: Any) -> Any:
        (stage,) = (*halls, *given.values())
        return stage.scene(name, lambda: play(**{hall: stage}))

    return once


def scene(play: Callable[[Any], Any]) -> Any:
    """A fixture made of one hall: what it does is done once a test process and then brought back."""
    return pytest.fixture(played(play))
