"""Published results and the appeals against them."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.storage.tables import Case, Exam, ExamGroup, ExamSat, Person, PersonRole, Result

EVERYBODY = ""


class Appeals:
    """Repository of what an appeal is about."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def results_of(self, person: Person) -> list[tuple[Result, Exam]]:
        """A student's published results, one an exam: their own where there is one; the newest first.

        Everybody's result is theirs while they are in a group of the exam, or sat it with a group that they
        have left; their own always.
        """
        mine = select(ExamGroup.exam_id).where(ExamGroup.group_name == person.group_name)
        sat = select(ExamSat.exam_id).where(ExamSat.person_id == person.id)
        theirs = or_(Result.exam_id.in_(mine), Result.exam_id.in_(sat))
        everybodys = (Result.student_key == EVERYBODY) & theirs
        query = (
            select(Result, Exam)
            .join(Exam, Exam.id == Result.exam_id)
            .where(or_(everybodys, Result.student_key == person.ext_id))
            .order_by(Result.published_at.desc())
        )
        found: dict[int, tuple[Result, Exam]] = {}
        for result, exam in self._session.execute(query):
            known = found.get(exam.id)
            if known is None or known[0].student_key == EVERYBODY:
                found[exam.id] = (result, exam)
        return list(found.values())

    def result(self, exam_id: int, student_key: str) -> Result | None:
        query = select(Result).where(Result.exam_id == exam_id, Result.student_key == student_key)
        return self._session.scalar(query)

    def published(self, exams: Collection[int]) -> dict[tuple[int, str], Result]:
        """The results of these exams, by exam and the student's id ('': everybody's)."""
        rows = self._session.scalars(select(Result).where(Result.exam_id.in_(exams)))
        return {(row.exam_id, row.student_key): row for row in rows}

    def groups(self, exams: Collection[int]) -> frozenset[tuple[int, str]]:
        """(exam, group) of who sits these exams."""
        query = select(ExamGroup.exam_id, ExamGroup.group_name).where(ExamGroup.exam_id.in_(exams))
        return frozenset((row[0], row[1]) for row in self._session.execute(query))

    def appealed(self, exams: Collection[int], people: Collection[int]) -> frozenset[tuple[int, int]]:
        """(exam, student) of appeals that were not taken back."""
        query = (
            select(Case.exam_id, Case.reporter_id)
            .where(Case.kind == "appeal", Case.state != "withdrawn")
            .where(Case.exam_id.in_(exams), Case.reporter_id.in_(people))
        )
        return frozenset((int(row[0] or 0), row[1]) for row in self._session.execute(query))

    def students_of(self, exam_id: int) -> Sequence[Person]:
        """Everybody who sits an exam."""
        query = (
            select(Person)
            .join(ExamGroup, ExamGroup.group_name == Person.group_name)
            .where(ExamGroup.exam_id == exam_id, Person.kind == "student")
            .order_by(Person.id)
        )
        return self._session.scalars(query).all()

    def against(self, person_id: int, exam_id: int) -> Sequence[Case]:
        """A student's appeals in an exam that were not taken back, the newest first."""
        query = (
            select(Case)
            .where(Case.kind == "appeal", Case.reporter_id == person_id, Case.exam_id == exam_id)
            .where(Case.state != "withdrawn")
            .order_by(Case.id.desc())
        )
        return self._session.scalars(query).all()

    def outage(self, person_id: int, since: dt.datetime, until: dt.datetime) -> dt.datetime | None:
        """When a student's first report of force majeure inside a span was filed."""
        query = (
            select(Case.filed_at)
            .where(Case.kind == "report", Case.reporter_id == person_id, Case.state != "withdrawn")
            .where(Case.filed_at >= since, Case.filed_at < until)
            .order_by(Case.filed_at)
            .limit(1)
        )
        return self._session.scalar(query)

    def roles(self, people: Iterable[int]) -> dict[int, frozenset[str]]:
        """The roles of these people."""
        found: dict[int, set[str]] = {}
        query = select(PersonRole.person_id, PersonRole.role).where(PersonRole.person_id.in_(list(people)))
        for person_id, role in self._session.execute(query):
            found.setdefault(person_id, set()).add(role)
        return {person_id: frozenset(roles) for person_id, roles in found.items()}
