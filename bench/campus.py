"""A university of any size in a database of its own."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bot import config, wiring
from bot.services import timers as laid
from bot.storage.tables import Account, Exam, ExamGroup, Person, Reminder
from bot.wiring import Base

NOW = dt.datetime(2026, 12, 21, 5, 0, tzinfo=dt.UTC)


@contextmanager
def base(url: str = "") -> Iterator[Base]:
    """An empty database at the current schema, with the AYU rules: the one given, else of SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{Path(folder, 'bench.db')}"
        opened = wiring.build(config.load(database_url=url, _env_file=None), lambda: NOW)
        opened.desk.do_now(laid.follow_policy)  # nothing to lay yet: the timers stand under these rules
        try:
            yield opened
        finally:
            opened.close()


def fill(opened: Base, students: int, *, size: int = 0) -> None:
    """Students in groups G1, G2 … of `size` (0: all in one), each with a linked account that has agreed."""
    people = [
        {
            "kind": "student",
            "ext_id": f"S{i}",
            "full_name": f"Student {i}",
            "language": "kk",
            "group_name": f"G{1 + (i - 1) // size if size else 1}",
        }
        for i in range(1, students + 1)
    ]
    accounts = [
        {
            "user_id": 10_000 + i,
            "person_id": i,
            "language": "kk",
            "consent_version": 1,
            "created_at": NOW,
        }
        for i in range(1, students + 1)
    ]

    def work(uow: Any) -> None:
        uow.session.execute(insert(Person), people)
        uow.session.execute(insert(Account), accounts)

    opened.database.transact(work)


def exam(opened: Base, *, ends_at: dt.datetime, group: str = "G1") -> int:
    """A written exam of the group, without timers. Returns its id."""

    def work(uow: Any) -> int:
        row = Exam(
            ext_id=f"E{group}-{ends_at.timestamp()}",
            subject_kk="Subject",
            subject_ru="Subject",
            kind="written",
            attestation="interim",
            starts_at=ends_at - dt.timedelta(hours=2),
            ends_at=ends_at,
        )
        uow.session.add(row)
        uow.session.flush()
        uow.session.add(ExamGroup(exam_id=row.id, group_name=group))
        return int(row.id)

    found: int = opened.database.transact(work)
    return found


def timers(
    opened: Base, exam_id: int, count: int, *, first_due: dt.datetime, minutes: float = 0, apart: float = 1
) -> None:
    """So many pending warnings, `apart` seconds after one another; the first is of `minutes`."""
    rows = [
        {
            "exam_id": exam_id,
            "rule": "left",
            "minutes": minutes + i,
            "due_at": first_due + dt.timedelta(seconds=i * apart),
            "use_by": first_due + dt.timedelta(days=2),
            "revision": 1,
            "state": "pending",
            "reason": "",
        }
        for i in range(count)
    ]
    opened.database.transact(lambda uow: uow.session.execute(insert(Reminder), rows))
