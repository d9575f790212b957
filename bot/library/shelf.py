"""Forms that are data: what a form asks stands in one file, its words in one a language."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from bot.errors import ContentError
from bot.library.yamlfiles import Reader

Spec = TypeVar("Spec")
Words = TypeVar("Words")
Found = tuple[dict[str, Spec], dict[tuple[str, str], Words]]
"""Forms by their id, and their words by language and id."""


class Shelf(ABC, Generic[Spec, Words]):
    """The forms of one kind that a profile has, read at their first use. Raises `ContentError` then."""

    def __init__(self, root: Path, languages: Sequence[str], profile: str) -> None:
        self._root, self._languages, self._profile = root, tuple(languages), profile

    @abstractmethod
    def _found(self, reader: Reader, languages: Sequence[str], profile: str) -> Found[Spec, Words]:
        """Every form as far as it is whole; what is wrong stays with the reader."""

    @cached_property
    def _read(self) -> Found[Spec, Words]:
        reader = Reader(self._root)
        found = self._found(reader, self._languages, self._profile)
        if reader.problems:
            raise ContentError(reader.problems)
        return found

    def all(self) -> list[Spec]:
        """Every form of the profile, in the order of their names."""
        return list(self._read[0].values())

    def spec(self, form_id: str) -> Spec | None:
        """A form, None for one that the profile has not."""
        return self._read[0].get(form_id)
