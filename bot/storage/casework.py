"""Timers of cases, absences, and incidents of many reports."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import Update, and_, false, func, or_, select, update
from sqlalchemy.orm import Session

from bot.storage.dialects import add_new
from bot.storage.tables import Absence, Case, CasePerson, CaseTimer, Incident, IncidentCase, Person

OPEN = ("waiting", "taken")


class CaseTimers:
    """Repository of case timers: one a case and rule."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set(self, case: Case, rule: str, due_at: dt.datetime) -> None:
        """Let a rule fall due at a moment; one that is set already moves there."""
        values = {"due_at": due_at, "revision": case.revision, "state": "pending", "reason": ""}
        if not add_new(self._session, CaseTimer, case_id=case.id, rule=rule, **values):
            self._session.execute(self._mine(case, [rule]).values(**values))

    def stop(self, case: Case, *rules: str, reason: str = "") -> None:
        """Let rules (none named: all of the case's) fall due no more."""
        mine = self._mine(case, rules).where(CaseTimer.state == "pending")
        self._session.execute(mine.values(state="stopped", reason=reason[:200]))

    def end(self, timer_id: int, state: str, reason: str = "") -> None:
        """A timer has had its effect, or has failed."""
        mine = update(CaseTimer).where(CaseTimer.id == timer_id)
        self._session.execute(mine.values(state=state, reason=reason[:200]))

    def _mine(self, case: Case, rules: Sequence[str]) -> Update:
        query = update(CaseTimer).where(CaseTimer.case_id == case.id)
        query = query.execution_options(synchronize_session="fetch")
        return query.where(CaseTimer.rule.in_(rules)) if rules else query

    def due(self, now: dt.datetime, limit: int) -> list[tuple[int, int]]:
        """(timer, case) of what is due, longest due first."""
        query = (
            select(CaseTimer.id, CaseTimer.case_id)
            .where(CaseTimer.state == "pending", CaseTimer.due_at <= now)
            .order_by(CaseTimer.due_at, CaseTimer.id)
            .limit(limit)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def get(self, timer_id: int) -> CaseTimer | None:
        """A timer as it stands now."""
        query = select(CaseTimer).where(CaseTimer.id == timer_id)
        return self._session.scalar(query.execution_options(populate_existing=True))

    def of_case(self, case_id: int) -> dict[str, CaseTimer]:
        """A case's timers by rule, whatever their state."""
        query = select(CaseTimer).where(CaseTimer.case_id == case_id)
        rows = self._session.scalars(query.execution_options(populate_existing=True))
        return {timer.rule: timer for timer in rows}

    def pending(self, case_id: int) -> dict[str, dt.datetime]:
        """When each running rule of a case falls due."""
        return {r: t.due_at for r, t in self.of_case(case_id).items() if t.state == "pending"}

    def failed(self, limit: int) -> list[CaseTimer]:
        """Timers whose effect failed, in cases that are open."""
        query = (
            select(CaseTimer)
            .join(Case, Case.id == CaseTimer.case_id)
            .where(CaseTimer.state == "failed", Case.state.in_(OPEN))
            .order_by(CaseTimer.id)
            .limit(limit)
        )
        return list(self._session.scalars(query))


class Absences:
    """Repository of who is away."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, absence: Absence) -> Absence:
        self._session.add(absence)
        self._session.flush()
        return absence

    def away(self, people: Iterable[int], now: dt.datetime) -> dict[int, int | None]:
        """Of these people those who are away now, with who stands in; the latest said counts."""
        query = (
            select(Absence.person_id, Absence.stands_in_id)
            .where(Absence.person_id.in_(list(people)), Absence.from_at <= now, Absence.until_at > now)
            .order_by(Absence.id)
        )
        return {row[0]: row[1] for row in self._session.execute(query)}

    def get(self, absence_id: int) -> Absence | None:
        return self._session.get(Absence, absence_id)

    def standing(self, now: dt.datetime) -> Sequence[Absence]:
        """Everybody's absence that has begun and not ended, the first to end first."""
        query = select(Absence).where(Absence.from_at <= now, Absence.until_at > now)
        return self._session.scalars(query.order_by(Absence.until_at, Absence.id)).all()

    def of_person(self, person_id: int, now: dt.datetime) -> Absence | None:
        """The absence of somebody that has not ended, the latest said."""
        query = select(Absence).where(Absence.person_id == person_id, Absence.until_at > now)
        return self._session.scalar(query.order_by(Absence.id.desc()).limit(1))


class Incidents:
    """Repository of incidents and the reports that belong to them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._of_case: dict[int, Incident] = {}

    def add(self, incident: Incident) -> Incident:
        self._session.add(incident)
        self._session.flush()
        return incident

    def get(self, incident_id: int, *, lock: bool = False) -> Incident | None:
        query = select(Incident).where(Incident.id == incident_id)
        return self._session.scalar(query.with_for_update() if lock else query)

    def open(self, scopes: Iterable[tuple[str, str]]) -> dict[str, Incident]:
        """Of these scopes and their keys the incidents that have not ended, by scope; the latest of each."""
        mine = or_(false(), *(and_(Incident.scope == scope, Incident.key == key) for scope, key in scopes))
        query = select(Incident).where(mine, Incident.closed_at.is_(None)).order_by(Incident.id)
        return {incident.scope: incident for incident in self._session.scalars(query)}

    def all_open(self) -> Sequence[Incident]:
        query = select(Incident).where(Incident.closed_at.is_(None)).order_by(Incident.id)
        return self._session.scalars(query).all()

    def join(self, incident: Incident, case: Case, now: dt.datetime) -> bool:
        """A report belongs to an incident from now on. Returns whether that is new."""
        values = {"case_id": case.id, "incident_id": incident.id, "joined_at": now}
        fresh = add_new(self._session, IncidentCase, **values)
        if fresh:
            self._of_case[case.id] = incident
        return fresh

    def of_case(self, case_id: int) -> Incident | None:
        """The incident that a report belongs to, for good; read once a transaction."""
        known = self._of_case.get(case_id)
        if known is not None and known in self._session:
            return known
        query = select(Incident).join(IncidentCase, IncidentCase.incident_id == Incident.id)
        found = self._session.scalar(query.where(IncidentCase.case_id == case_id))
        if found is not None:
            self._of_case[case_id] = found
        return found

    def cases(
        self, incident_id: int, states: Sequence[str] = (), limit: int | None = None, after: int = 0
    ) -> list[Case]:
        """The reports of an incident after a row, oldest first."""
        query = (
            select(Case)
            .join(IncidentCase, IncidentCase.case_id == Case.id)
            .where(IncidentCase.incident_id == incident_id, Case.id > after)
            .order_by(Case.id)
            .limit(limit)
        )
        return list(self._session.scalars(query.where(Case.state.in_(states)) if states else query))

    def told(self, incident_id: int) -> frozenset[int]:
        """Everybody who was told of any of its reports and could be reached."""
        query = (
            select(CasePerson.person_id)
            .join(IncidentCase, IncidentCase.case_id == CasePerson.case_id)
            .where(IncidentCase.incident_id == incident_id)
            .where(CasePerson.lost_at.is_(None), CasePerson.part == "addressee")
            .distinct()
        )
        return frozenset(self._session.scalars(query))

    def count(self, incident_id: int) -> dict[str, int]:
        """How many reports of an incident stand in which state."""
        query = (
            select(Case.state, func.count())
            .join(IncidentCase, IncidentCase.case_id == Case.id)
            .where(IncidentCase.incident_id == incident_id)
            .group_by(Case.state)
        )
        return {row[0]: row[1] for row in self._session.execute(query)}

    def loose(
        self,
        since: dt.datetime,
        *,
        exam_id: int | None = None,
        faculty: str = "",
        troubles: Sequence[str] = (),
    ) -> list[Case]:
        """Open reports since a moment that belong to no incident: of an exam, a faculty or these troubles."""
        query = (
            select(Case)
            .join(Person, Person.id == Case.reporter_id)
            .outerjoin(IncidentCase, IncidentCase.case_id == Case.id)
            .where(Case.kind == "report", Case.state.in_(OPEN), Case.filed_at >= since)
            .where(IncidentCase.case_id.is_(None))
            .order_by(Case.id)
        )
        if exam_id is not None:
            query = query.where(Case.exam_id == exam_id)
        if faculty:
            query = query.where(Person.faculty == faculty)
        if troubles:
            query = query.where(Case.trouble.in_(troubles))
        return list(self._session.scalars(query))
