from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.appealing import enrolled
from tests.support.hall import Hall


@pytest.fixture
def governed(database_url: str, tmp_path: Path) -> Iterator:
    """Opens a hall under an operator's policy file: `governed("force_majeure: …")`."""
    opened: list[Hall] = []

    def open_hall(text: str, **options) -> Hall:
        file = tmp_path / "policy.yaml"
        file.write_text(text, encoding="utf-8")
        opened.append(Hall(database_url, policy_file=file, **options))
        return opened[-1]

    yield open_hall
    for one in opened:
        one.__exit__(None, None, None)


@pytest.fixture
def faculty(hall: Hall) -> Hall:
    """An exam that is over, its student, examiner and commission; the clock stands at the publication."""
    return enrolled(hall)
