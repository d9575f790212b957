"""Where readers stand in the algorithms."""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from bot.storage.dialects import affected
from bot.storage.exams import SITS
from bot.storage.tables import Exam, Notice, Reminder, Walk

_FIND = (
    select(Walk)
    .where(Walk.account_id == bindparam("account"), Walk.subject == bindparam("subject"))
    .with_for_update()
)
_TABLE: Any = Walk.__table__
_UNHEARD = (
    select(Notice.id)
    .join(Reminder, Reminder.id == Notice.reminder_id)
    .where(Reminder.exam_id == bindparam("exam"), Notice.person_id == bindparam("person"))
    .where(Notice.state == "sent", Notice.acted_at.is_(None))
)
_AT_EXAM = (
    select(Exam, SITS.exists(), _UNHEARD.exists(), Walk)
    .select_from(Exam)
    .outerjoin(Walk, and_(Walk.account_id == bindparam("account"), Walk.subject == bindparam("subject")))
    .where(Exam.id == bindparam("exam"))
)
_MOVE = update(_TABLE).where(_TABLE.c.id == bindparam("walk"), _TABLE.c.updated_at == bindparam("seen"))
_MOVE = _MOVE.values({name: bindparam(name) for name in ("position", "done", "finished_at", "updated_at")})


class AtExam(NamedTuple):
    """An exam, whether the reader sits it, whether a message about it was not acted on yet, their walk."""

    exam: Exam | None = None
    sits: bool = False
    unheard: bool = False
    walk: Walk | None = None


class Walks:
    """Repository of walks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, account_id: int, subject: str) -> Walk | None:
        return self._session.scalar(_FIND, {"account": account_id, "subject": subject})

    def opened(self, exam_id: int, accounts: Collection[int]) -> frozenset[int]:
        """Of these accounts those that have opened the steps of an exam."""
        query = select(Walk.account_id).where(Walk.account_id.in_(list(accounts)), Walk.exam_id == exam_id)
        return frozenset(self._session.scalars(query))

    def at_exam(self, account_id: int, subject: str, exam_id: int, person_id: int) -> AtExam:
        """All that a tap on a step of an exam is judged by, in one question."""
        self._session.flush()
        asked = {"account": account_id, "subject": subject, "exam": exam_id, "person": person_id}
        found = self._session.execute(_AT_EXAM, asked).first()
        return AtExam(*found) if found is not None else AtExam()

    def move(
        self, walk: Walk, position: int, done: Collection[int], now: dt.datetime, *, finished: bool
    ) -> bool:
        """Keep where a reader stands; when a walk was finished first is kept.

        False where somebody else has moved it since it was read: then nothing is kept.
        """
        ended = walk.finished_at or (now if finished else None)
        stands = {"position": position, "done": sorted(done), "finished_at": ended, "updated_at": now}
        if not affected(self._session, _MOVE, {"walk": walk.id, "seen": walk.updated_at, **stands}):
            return False
        for name, value in stands.items():
            set_committed_value(walk, name, value)
        return True

    def read_again(self, walk: Walk) -> None:
        """The walk as it stands now; nobody else moves it until the end of the transaction."""
        self._session.refresh(walk, with_for_update=True)

    def add(self, walk: Walk) -> Walk:
        self._session.add(walk)
        self._session.flush()
        return walk
