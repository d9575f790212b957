"""Rehearsals: which exams are to be probed, who is to be, and what was found."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.dialects import add_new, insert_new
from bot.storage.tables import Account, Exam, ExamCheck, Notice


class Rehearsals:
    """Repository of rehearsals."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def to_probe(self, check: str, after: dt.datetime, before: dt.datetime, limit: int) -> Sequence[Exam]:
        """Exams that start in a span and were not probed for this start yet, nearest first."""
        done = select(ExamCheck.exam_id).where(
            ExamCheck.exam_id == Exam.id, ExamCheck.name == check, ExamCheck.starts_at == Exam.starts_at
        )
        query = (
            select(Exam)
            .where(Exam.starts_at > after, Exam.starts_at < before, Exam.cancelled_at.is_(None))
            .where(~done.exists())
            .order_by(Exam.starts_at, Exam.id)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def probed(self, exam: Exam, check: str, now: dt.datetime) -> None:
        """Its probes are on their way. Another machine may say so at the same moment: that is once."""
        row = self._session.get(ExamCheck, (exam.id, check))
        if row is None:
            values = {"starts_at": exam.starts_at, "probed_at": now, "checked_at": None}
            add_new(self._session, ExamCheck, exam_id=exam.id, name=check, **values)
        else:
            row.starts_at, row.probed_at, row.checked_at = exam.starts_at, now, None

    def open(self) -> Sequence[tuple[ExamCheck, Exam]]:
        """Rehearsals that were not told yet, of exams as they are laid, the earliest start first."""
        query = (
            select(ExamCheck, Exam)
            .join(Exam, (Exam.id == ExamCheck.exam_id) & (Exam.starts_at == ExamCheck.starts_at))
            .where(ExamCheck.checked_at.is_(None), Exam.cancelled_at.is_(None))
            .order_by(Exam.starts_at, Exam.id)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def starting(self, since: dt.datetime, before: dt.datetime) -> Sequence[Exam]:
        """Exams that start in a span."""
        query = select(Exam).where(Exam.starts_at >= since, Exam.starts_at < before)
        return self._session.scalars(
            query.where(Exam.cancelled_at.is_(None)).order_by(Exam.starts_at, Exam.id)
        ).all()

    def accounts(self, people: Iterable[int]) -> Mapping[int, Account]:
        """Linked accounts by person."""
        query = select(Account).where(Account.person_id.in_(list(people)))
        return {account.person_id: account for account in self._session.scalars(query) if account.person_id}

    def fresh(self, accounts: Iterable[int], since: dt.datetime) -> frozenset[int]:
        """Of these accounts those that got a message since then."""
        query = (
            select(Notice.account_id)
            .where(Notice.state == "sent", Notice.due_at > since, Notice.account_id.in_(list(accounts)))
            .distinct()
        )
        return frozenset(found for found in self._session.scalars(query) if found is not None)

    def owe(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Probes, each once, in one statement."""
        if rows:
            self._session.execute(insert_new(self._session, Notice).values(list(rows)))
