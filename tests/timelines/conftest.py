"""Hours in an instant: the clock is moved by hand and everything that comes by itself is looked at."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.hall import Hall


@pytest.fixture
def hall_with(database_url: str, tmp_path: Path) -> Iterator[Callable[[str], Hall]]:
    """Opens a hall under a policy file of the operator's."""
    opened: list[Hall] = []

    def open_with(policy: str) -> Hall:
        file = tmp_path / "policy.yaml"
        file.write_text(policy, "utf-8")
        opened.append(Hall(database_url, policy_file=file))
        return opened[-1]

    yield open_with
    for hall in opened:
        hall.__exit__(None, None, None)
