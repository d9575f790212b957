"""Force-majeure cases and their append-only history."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.storage.dialects import affected, insert_new
from bot.storage.tables import Case, CaseEvent, Notice


class Cases:
    """Repository of cases."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, case_id: int, *, lock: bool = False) -> Case | None:
        """A case; `lock` keeps every other writer away from it until this transaction ends."""
        query = select(Case).where(Case.id == case_id)
        return self._session.scalar(query.with_for_update() if lock else query)

    def by_origin(self, origin: int) -> Case | None:
        return self._session.scalar(select(Case).where(Case.origin == origin))

    def add(self, case: Case) -> Case:
        self._session.add(case)
        self._session.flush()
        return case

    def open_same(
        self, reporter_id: int, exam_id: int | None, trouble: str, since: dt.datetime
    ) -> Case | None:
        """The reporter's own open case about the same trouble in the same exam, filed since a moment."""
        query = (
            select(Case)
            .where(Case.reporter_id == reporter_id, Case.trouble == trouble, Case.filed_at >= since)
            .where(Case.state.in_(("waiting", "taken")))
            .where(Case.exam_id.is_(None) if exam_id is None else Case.exam_id == exam_id)
            .order_by(Case.id.desc())
            .limit(1)
        )
        return self._session.scalar(query)

    def filed_since(self, reporter_id: int, since: dt.datetime) -> int:
        query = select(func.count()).where(Case.reporter_id == reporter_id, Case.filed_at >= since)
        return self._session.scalar(query) or 0

    def of_reporter(self, person_id: int, limit: int) -> Sequence[Case]:
        query = select(Case).where(Case.reporter_id == person_id).order_by(Case.id.desc()).limit(limit)
        return self._session.scalars(query).all()

    def to_escalate(self, now: dt.datetime, limit: int) -> Sequence[Case]:
        """Cases nobody took in time, locked for this transaction."""
        query = (
            select(Case)
            .where(Case.state == "waiting", Case.escalate_at <= now)
            .order_by(Case.escalate_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._session.scalars(query).all()

    def waiting_for(self, person_id: int, states: Sequence[str], limit: int) -> list[Case]:
        """Open cases whose frozen chain names this person, newest first."""
        query = select(Case).where(Case.state.in_(states)).order_by(Case.id.desc()).limit(500)
        found = [c for c in self._session.scalars(query) if person_id in told(c)]
        return found[:limit]

    def log(
        self,
        case: Case,
        at: dt.datetime,
        action: str,
        *,
        actor_id: int | None = None,
        origin: int | None = None,
        **detail: Any,
    ) -> bool:
        """Append a line; the same action of the same update is written once. Returns whether it is new."""
        row = insert_new(self._session, CaseEvent).values(
            case_id=case.id, at=at, action=action, actor_id=actor_id, origin=origin, detail=detail
        )
        return affected(self._session, row) > 0

    def forget(self, reporter_id: int) -> None:
        """Empty the words and files of somebody's reports; the lines themselves stay."""
        theirs = select(Case.id).where(Case.reporter_id == reporter_id)
        self._session.execute(
            update(CaseEvent)
            .where(CaseEvent.case_id.in_(theirs), CaseEvent.action == "note")
            .values(detail={})
        )
        self._session.execute(
            update(Notice).where(Notice.case_id.in_(theirs), Notice.kind == "case_note").values(facts={})
        )

    def events(self, case_id: int) -> Sequence[CaseEvent]:
        query = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
        return self._session.scalars(query).all()

    def all(self) -> Sequence[Case]:
        return self._session.scalars(select(Case).order_by(Case.id)).all()


def told(case: Case) -> frozenset[int]:
    """Everybody who has been told of a case so far: the frozen chain up to its present step."""
    return frozenset(p for rung in case.chain[: case.step + 1] for p in rung["told"])
