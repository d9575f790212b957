"""The reader behind an account."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.rules.access import Actor
from bot.rules.vocabulary import PersonKind, Role


@dataclass(frozen=True, slots=True)
class Me:
    """The reader: their account, language ('' until chosen) and, when linked, the person they are."""

    account_id: int
    user_id: int
    language: str
    chosen: bool
    consented: bool
    person_id: int | None = None
    kind: PersonKind | None = None
    ext_id: str = ""
    name: str = ""
    group: str = ""
    faculty: str = ""
    roles: frozenset[Role] = frozenset()

    @property
    def actor(self) -> Actor:
        """The same reader as the access rules see them."""
        return Actor(self.account_id, self.person_id, self.kind, self.roles)


@dataclass(frozen=True, slots=True)
class Kept:
    """The proof of a consent (version 0: none was asked), and for how many days what is kept."""

    version: int
    consented_at: dt.datetime | None
    days: Mapping[str, int]
