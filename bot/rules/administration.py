"""What an administrator sees."""

from dataclasses import dataclass
from typing import Any

from bot.rules.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff with their roles; `linked`: whether the bot knows their account."""

    id: int
    ext_id: str
    name: str
    faculty: str
    department: str
    roles: frozenset[Role]
    linked: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the policy in force, with its clause ('' without one) and its mark."""

    path: str
    value: Any
    clause: str
    mark: str
