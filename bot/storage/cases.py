"""Cases of every kind, whom they were told to, and their append-only history."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy import case as choice
from sqlalchemy.orm import Session

from bot.rules.erasing import OWN, emptied
from bot.storage.dialects import add_new
from bot.storage.people import in_office
from bot.storage.tables import Case, CaseEvent, CasePerson, Exam, Notice, Person

OPEN = ("waiting", "taken")
NEW_SITTING = ("same_day", "order", "granted")
"""Outcomes that may give somebody a time of their own; `data["at"]` says which."""

_TOLD = (
    select(CasePerson.person_id)
    .join(Case, Case.id == CasePerson.case_id)
    .where(CasePerson.case_id == bindparam("case"), CasePerson.lost_at.is_(None))
    .where(CasePerson.part == "addressee", in_office(CasePerson.person_id, Case.exam_id))
)

_SITTINGS = (
    select(Case)
    .where(Case.reporter_id == bindparam("person"), Case.state == "closed")
    .where(Case.outcome.in_(NEW_SITTING), Case.data["at"].as_string().is_not(None))
    .order_by(Case.ended_at.desc(), Case.id.desc())
)
_SITTING = _SITTINGS.where(Case.exam_id == bindparam("exam")).limit(1)


class Cases:
    """Repository of cases."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[int, set[int]] = {}
        """Of a case that is new in this transaction who was told: nobody else can know of it."""

    def get(self, case_id: int, *, lock: bool = False, wait: bool = True) -> Case | None:
        """A case; `lock` keeps every other writer away from it until this transaction ends.

        Without `wait`, None for one that somebody else has locked.
        """
        query = select(Case).where(Case.id == case_id)
        if lock:
            query = query.with_for_update(skip_locked=not wait).execution_options(populate_existing=True)
        return self._session.scalar(query)

    def by_origin(self, origin: int) -> Case | None:
        return self._session.scalar(select(Case).where(Case.origin == origin))

    def add(self, case: Case) -> Case:
        self._session.add(case)
        self._session.flush()
        self._told[case.id] = set()
        return case

    def open_same(
        self, reporter_id: int, exam_id: int | None, trouble: str, since: dt.datetime
    ) -> Case | None:
        """The reporter's own open case about the same trouble in the same exam, filed since a moment."""
        query = (
            select(Case)
            .where(Case.reporter_id == reporter_id, Case.trouble == trouble, Case.filed_at >= since)
            .where(Case.state.in_(OPEN), Case.kind == "report")
            .where(Case.exam_id.is_(None) if exam_id is None else Case.exam_id == exam_id)
            .order_by(Case.id.desc())
            .limit(1)
        )
        return self._session.scalar(query)

    def filed_since(self, reporter_id: int, since: dt.datetime) -> int:
        query = select(func.count()).where(
            Case.reporter_id == reporter_id, Case.filed_at >= since, Case.kind == "report"
        )
        return self._session.scalar(query) or 0

    def of_reporter(self, person_id: int, limit: int, kind: str = "report") -> Sequence[Case]:
        """Somebody's own cases of a kind, newest first; '' for every kind."""
        query = select(Case).where(Case.reporter_id == person_id).order_by(Case.id.desc()).limit(limit)
        return self._session.scalars(query.where(Case.kind == kind) if kind else query).all()

    def waiting_for(
        self, person_id: int, states: Sequence[str], limit: int | None, kind: str = "report"
    ) -> list[Case]:
        """Cases of a kind that this person was told of and can be reached for, newest first."""
        query = (
            select(Case)
            .join(CasePerson, CasePerson.case_id == Case.id)
            .where(CasePerson.person_id == person_id, CasePerson.lost_at.is_(None))
            .where(Case.state.in_(states), Case.kind == kind, CasePerson.part == "addressee")
            .where(in_office(CasePerson.person_id, Case.exam_id))
            .order_by(Case.id.desc())
            .limit(limit)
        )
        return list(self._session.scalars(query))

    def open_in(self, kinds: Sequence[str], faculty: str, limit: int) -> list[Case]:
        """Open cases of these kinds in a faculty (the exam's, else the reporter's; '': any), oldest first."""
        query = (
            select(Case)
            .join(Person, Person.id == Case.reporter_id)
            .outerjoin(Exam, Exam.id == Case.exam_id)
            .where(Case.state.in_(OPEN), Case.kind.in_(kinds))
            .order_by(Case.id)
            .limit(limit)
        )
        place = choice(((Exam.faculty != "") & Exam.faculty.is_not(None), Exam.faculty), else_=Person.faculty)
        return list(self._session.scalars(query.where(place == faculty) if faculty else query))

    def open_ids(self, limit: int, kind: str = "report") -> list[int]:
        """Open cases of a kind, oldest first."""
        query = select(Case.id).where(Case.state.in_(OPEN), Case.kind == kind).order_by(Case.id)
        return list(self._session.scalars(query.limit(limit)))

    def tell(
        self, case: Case, person_id: int, now: dt.datetime, role: str = "", part: str = "addressee"
    ) -> None:
        """Write down that somebody is told of a case; telling them again makes them reachable again."""
        row = {"case_id": case.id, "person_id": person_id, "part": part, "role": role, "told_at": now}
        if not add_new(self._session, CasePerson, **row):
            again = update(CasePerson).where(CasePerson.case_id == case.id, CasePerson.person_id == person_id)
            self._session.execute(again.values(lost_at=None, part=part))
        fresh = self._told.get(case.id)
        if fresh is not None:
            fresh.discard(person_id)
            fresh |= {person_id} if part == "addressee" else set()

    def lose(self, case: Case, person_id: int, now: dt.datetime) -> None:
        """Write down that somebody could not be reached after all."""
        self._session.execute(
            update(CasePerson)
            .where(CasePerson.case_id == case.id, CasePerson.person_id == person_id)
            .values(lost_at=now)
        )
        self._told.get(case.id, set()).discard(person_id)

    def told(self, case: Case) -> frozenset[int]:
        """Everybody who was told of a case as its addressee, could be reached and is still in office."""
        if case.id in self._told:
            return frozenset(self._told[case.id])
        return frozenset(self._session.scalars(_TOLD, {"case": case.id}))

    def people(self, case: Case) -> list[tuple[CasePerson, Person]]:
        """Everybody who stands beside a case, in the order they were told."""
        query = (
            select(CasePerson, Person)
            .join(Person, Person.id == CasePerson.person_id)
            .where(CasePerson.case_id == case.id)
            .order_by(CasePerson.told_at, CasePerson.person_id)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

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
        row = {"case_id": case.id, "at": at, "action": action, "actor_id": actor_id, "origin": origin}
        return add_new(self._session, CaseEvent, **row, detail=detail)

    def forget(self, reporter_id: int) -> None:
        """Empty the words and files of somebody's own cases; the cases, their lines and numbers stay."""
        mine = select(Case).where(Case.reporter_id == reporter_id, Case.kind.in_(OWN))
        for case in self._session.scalars(mine):
            self.empty(case)

    def empty(self, case: Case) -> None:
        """Empty the words of a case, of its lines and of the messages about it; numbers and moments stay."""
        case.data = emptied(case.data, case.kind)
        self.empty_history(case)

    def empty_history(self, case: Case) -> None:
        """Empty the words in a case's lines and in the messages about it."""
        for event in self._session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)):
            event.detail = emptied(event.detail, case.kind)
        for notice in self._session.scalars(select(Notice).where(Notice.case_id == case.id)):
            notice.facts = emptied(notice.facts, case.kind)

    def acted(self, case_id: int, origin: int, action: str) -> bool:
        """Whether this very update has written such a line already."""
        query = select(CaseEvent.id).where(
            CaseEvent.case_id == case_id, CaseEvent.origin == origin, CaseEvent.action == action
        )
        return self._session.scalar(query.limit(1)) is not None

    def resitting(self, exams: Collection[int], people: Collection[int]) -> frozenset[tuple[int, int]]:
        """(exam, person) of those of them who sit one at another time than the timetable's, by a decision."""
        query = (
            select(Case.exam_id, Case.reporter_id)
            .where(Case.exam_id.in_(exams), Case.reporter_id.in_(people), Case.state == "closed")
            .where(Case.outcome.in_(NEW_SITTING), Case.data["at"].as_string().is_not(None))
        )
        return frozenset((int(row[0] or 0), row[1]) for row in self._session.execute(query))

    def sitting(self, exam_id: int, person_id: int) -> Case | None:
        """The decision by which somebody sits an exam at a time of their own; the latest counts."""
        return self._session.scalar(_SITTING, {"person": person_id, "exam": exam_id})

    def sittings(self, person_id: int) -> dict[int, Case]:
        """The same for all of somebody's exams, by exam."""
        found: dict[int, Case] = {}
        for case in self._session.scalars(_SITTINGS, {"person": person_id}):
            if case.exam_id is not None:
                found.setdefault(case.exam_id, case)
        return found

    def events(self, case_id: int) -> Sequence[CaseEvent]:
        query = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
        return self._session.scalars(query).all()

    def of_day(self, kind: str, stage: str, start: dt.datetime, end: dt.datetime) -> Sequence[Case]:
        """Cases of a kind and stage that were begun in a span or the day after it, in their order."""
        query = select(Case).where(Case.kind == kind, Case.stage == stage, Case.filed_at >= start)
        query = query.where(Case.filed_at < end + dt.timedelta(days=1))
        return self._session.scalars(query.order_by(Case.id)).all()

    def of_exam(self, exam_id: int, kind: str) -> Sequence[Case]:
        """Cases of a kind about an exam, oldest first; withdrawn ones are none."""
        query = select(Case).where(Case.exam_id == exam_id, Case.kind == kind, Case.state != "withdrawn")
        return self._session.scalars(query.order_by(Case.id)).all()

    def times(
        self, kind: str = "report"
    ) -> list[tuple[str, dt.datetime, str | None, dt.datetime | None, str, str]]:
        """(faculty, filed_at, first_taken, ended_at, outcome, state) of every case of a kind.

        The faculty is the exam's, else the reporter's; `first_taken` is a moment in ISO format or None.
        """
        own = func.coalesce(func.nullif(Exam.faculty, ""), Person.faculty)
        taken = Case.data["first_taken_at"].as_string()
        query = (
            select(own, Case.filed_at, taken, Case.ended_at, Case.outcome, Case.state)
            .join(Person, Person.id == Case.reporter_id)
            .outerjoin(Exam, Exam.id == Case.exam_id)
            .where(Case.kind == kind)
        )
        rows = self._session.execute(query.order_by(Case.id))
        return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]

    def all(self, kind: str = "report") -> Sequence[Case]:
        """Every case of a kind, in the order of filing."""
        return self._session.scalars(select(Case).where(Case.kind == kind).order_by(Case.id)).all()
