"""Content is read once a test process: what stands in the same files is the same for every bot of it."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import wiring
from bot.library import hunspell, yamlfiles
from bot.library.content import Content
from bot.rules.policy import Policy
from tests.support import shared


@contextmanager
def content_once() -> Iterator[None]:
    """Content under the same file of an operator is read once a test process; no text is parsed twice."""
    real = wiring.content.load
    once = functools.lru_cache(64)(lambda profile, policy_file, text: real(profile, policy_file))

    def load(profile: str, policy_file: Path | None = None) -> Content:
        there = policy_file is not None and policy_file.is_file()
        return once(profile, policy_file, policy_file.read_bytes() if there else b"")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wiring, "content", SimpleNamespace(load=load))
        for read in ("Papers", "Forms", "Acts"):
            patched.setattr(wiring, read, shared.of_each(getattr(wiring, read)))
        patched.setattr(hunspell, "available", functools.cache(hunspell.available))
        patched.setattr(hunspell, "_unknown", shared.each_word_once(hunspell._unknown))
        patched.setattr(Policy, "in_zone", shared.of_each(Policy.in_zone))
        patched.setattr(yamlfiles, "_parse", functools.cache(yamlfiles._parse))
        yield
