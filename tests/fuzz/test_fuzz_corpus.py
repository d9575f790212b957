"""What the fuzzer was given, and whatever broke a target once, is tried again each time."""

import pytest

from tests.fuzz.__main__ import CORPUS
from tests.fuzz.targets import TARGETS

LONG = "questions"
"""Its index takes seconds to make; tests/library try the search."""


@pytest.mark.parametrize("name", sorted(set(TARGETS) - {LONG}))
def test_corpus__of_each_target_holds(name):
    tried = sorted((CORPUS / name).iterdir())
    assert tried
    for path in tried:
        TARGETS[name](path.read_bytes())
