"""Rows of the tables with everything filled that must be."""

import datetime as dt
from typing import Any

from bot.storage.tables import Account, Case, Exam, Person, Reminder
from bot.storage.unit import UnitOfWork

NOW = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)
GROUP = "АЖ-23-1"


def person(ext_id: str = "S1", kind: str = "student", **changes: Any) -> Person:
    values: dict[str, Any] = {
        "full_name": f"Құрманғазы {ext_id}",
        "language": "kk",
        "group_name": GROUP if kind == "student" else "",
    }
    return Person(kind=kind, ext_id=ext_id, **{**values, **changes})


def account(user_id: int, person_id: int | None = None, **changes: Any) -> Account:
    return Account(user_id=user_id, person_id=person_id, created_at=NOW, **changes)


def exam(ext_id: str = "E1", **changes: Any) -> Exam:
    values: dict[str, Any] = {
        "subject_kk": "Деректер қоры",
        "subject_ru": "Базы данных",
        "kind": "written",
        "attestation": "interim",
        "starts_at": NOW,
        "ends_at": NOW + dt.timedelta(hours=2),
    }
    return Exam(ext_id=ext_id, **{**values, **changes})


def reminder(exam_id: int, **changes: Any) -> Reminder:
    values: dict[str, Any] = {
        "rule": "left",
        "minutes": 30.0,
        "due_at": NOW,
        "use_by": NOW + dt.timedelta(minutes=10),
        "revision": 1,
    }
    return Reminder(exam_id=exam_id, **{**values, **changes})


def case(reporter_id: int, origin: int, **changes: Any) -> Case:
    values: dict[str, Any] = {
        "number": f"FM-26-{origin:05d}",
        "trouble": "internet",
        "filed_at": NOW,
        "chain": [],
    }
    return Case(reporter_id=reporter_id, origin=origin, **{**values, **changes})


def add_people(uow: UnitOfWork, *people: Person) -> list[int]:
    """Store people; their ids."""
    for one in people:
        uow.people.add(one)
    uow.people.flush()
    return [one.id for one in people]


def add_reader(uow: UnitOfWork, user_id: int = 100, ext_id: str = "S1", **changes: Any) -> tuple[int, int]:
    """Store a linked student; (person id, account id)."""
    [person_id] = add_people(uow, person(ext_id))
    return person_id, uow.people.add_account(account(user_id, person_id, **changes)).id
