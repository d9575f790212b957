"""The timetable."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, or_, select, true, update
from sqlalchemy.orm import Session

from bot.storage.dialects import add_many, affected, insert_new
from bot.storage.sealing import by_name
from bot.storage.tables import (
    Account,
    Exam,
    ExamChange,
    ExamExaminer,
    ExamExtra,
    ExamGroup,
    ExamSat,
    Person,
    Result,
)

_GROUPS = select(ExamGroup.group_name).where(ExamGroup.exam_id == bindparam("exam"))
_GROUPS = _GROUPS.order_by(ExamGroup.group_name)
_P, _G = Person.__table__.c, ExamGroup.__table__.c
SITS = (
    select(_P.id)
    .join(ExamGroup.__table__, _G.group_name == _P.group_name)
    .where(_P.id == bindparam("person"), _P.kind == "student", _G.exam_id == bindparam("exam"))
)
"""Whether somebody is a student of one of an exam's groups."""

_SEAT = select(Exam, SITS.exists()).where(Exam.id == bindparam("exam"))
_SAT = (
    select(Exam, ExamExtra.minutes)
    .join(ExamGroup, ExamGroup.exam_id == Exam.id)
    .join(Person, Person.group_name == ExamGroup.group_name)
    .outerjoin(ExamExtra, and_(ExamExtra.exam_id == Exam.id, ExamExtra.person_id == Person.id))
    .where(Person.id == bindparam("person"), Person.kind == "student")
    .where(or_(Exam.ends_at > bindparam("after"), ExamExtra.exam_id.is_not(None)))
    .order_by(Exam.starts_at, Exam.id)
    .limit(bindparam("most"))
)
_SAT_STANDING = _SAT.where(Exam.cancelled_at.is_(None))


class Exams:
    """Repository of exams, the groups that sit them and the people who hold them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[int, Exam] = {}

    def get(self, exam_id: int, *, lock: bool = False) -> Exam | None:
        """An exam; read once a transaction (`lock`: anew, and nobody else changes it until the end)."""
        found = self._session.get(Exam, exam_id, with_for_update=lock or None)
        if found is not None:
            self._kept[exam_id] = found
        return found

    def by_ext(self) -> dict[str, Exam]:
        """All exams by the university's own id."""
        return {exam.ext_id: exam for exam in self._session.scalars(select(Exam))}

    def add(self, exam: Exam) -> Exam:
        self._session.add(exam)
        self._session.flush()
        return exam

    def groups(self) -> dict[int, tuple[str, ...]]:
        """Groups of every exam."""
        found: dict[int, list[str]] = {}
        query = select(ExamGroup.exam_id, ExamGroup.group_name).order_by(ExamGroup.group_name)
        for exam_id, group in self._session.execute(query):
            found.setdefault(exam_id, []).append(group)
        return {exam_id: tuple(groups) for exam_id, groups in found.items()}

    def examiners(self) -> dict[int, tuple[int, ...]]:
        """Examiners of every exam, in the file's order."""
        found: dict[int, list[int]] = {}
        query = select(ExamExaminer.exam_id, ExamExaminer.person_id).order_by(ExamExaminer.position)
        for exam_id, person in self._session.execute(query):
            found.setdefault(exam_id, []).append(person)
        return {exam_id: tuple(people) for exam_id, people in found.items()}

    def examiners_of(self, exam_id: int) -> list[int]:
        query = (
            select(ExamExaminer.person_id)
            .where(ExamExaminer.exam_id == exam_id)
            .order_by(ExamExaminer.position)
        )
        return list(self._session.scalars(query))

    def groups_of(self, exam_id: int) -> list[str]:
        return list(self._session.scalars(_GROUPS, {"exam": exam_id}))

    def sits(self, exam_id: int, person_id: int) -> bool:
        """Whether somebody is a student of one of an exam's groups; what is pending is stored first."""
        self._session.flush()
        return self._session.execute(SITS, {"exam": exam_id, "person": person_id}).first() is not None

    def seat(self, exam_id: int, person_id: int) -> tuple[Exam | None, bool]:
        """An exam and whether somebody sits it, in one question."""
        self._session.flush()
        found = self._session.execute(_SEAT, {"exam": exam_id, "person": person_id}).first()
        if found is None:
            return None, False
        self._kept[exam_id] = found[0]
        return found[0], found[1]

    def keep_sat(self, left: Mapping[int, str], since: dt.datetime, now: dt.datetime) -> None:
        """Students (person -> the group they leave) have sat that group's exams begun by now, ended since."""
        query = (
            select(ExamGroup.group_name, Exam.id)
            .join(Exam, Exam.id == ExamGroup.exam_id)
            .where(Exam.starts_at <= now, Exam.ends_at > since, Exam.cancelled_at.is_(None))
        )
        begun: dict[str, list[int]] = {}
        for group, exam_id in self._session.execute(query):
            begun.setdefault(group, []).append(exam_id)
        rows = [(exam_id, person) for person, group in left.items() for exam_id in begun.get(group, ())]
        add_many(self._session, ExamSat, [{"exam_id": row[0], "person_id": row[1]} for row in rows])

    def sat_before(self, exams: Collection[int]) -> frozenset[tuple[int, int]]:
        """(exam, student) of who sat these exams with a group that they have left since."""
        query = select(ExamSat.exam_id, ExamSat.person_id).where(ExamSat.exam_id.in_(exams))
        return frozenset((row[0], row[1]) for row in self._session.execute(query))

    def extras(self, exam_id: int) -> list[int]:
        """The different numbers of minutes more that students of an exam have."""
        query = select(ExamExtra.minutes).where(ExamExtra.exam_id == exam_id, ExamExtra.minutes > 0)
        return list(self._session.scalars(query.distinct().order_by(ExamExtra.minutes)))

    def extra_of(self, exam_id: int, person_id: int) -> ExamExtra | None:
        """A student's own minutes after an exam's end."""
        return self._session.get(ExamExtra, (exam_id, person_id))

    def extras_by_person(self, exam_id: int) -> dict[int, int]:
        """Students' own minutes of an exam."""
        query = select(ExamExtra.person_id, ExamExtra.minutes).where(ExamExtra.exam_id == exam_id)
        return {row[0]: row[1] for row in self._session.execute(query)}

    def give_extra(self, exam_id: int, person_id: int, minutes: int) -> None:
        """Add to a student's own minutes."""
        row = self.extra_of(exam_id, person_id)
        if row is None:
            self._session.add(ExamExtra(exam_id=exam_id, person_id=person_id, minutes=minutes, revision=1))
        else:
            row.minutes, row.revision = row.minutes + minutes, row.revision + 1
        self._session.flush()

    def log_change(self, exam_id: int, action: str, origin: int, **values: Any) -> bool:
        """Write down a change of the timetable; False when this very one is written down already."""
        new = insert_new(self._session, ExamChange)
        row = {"exam_id": exam_id, "action": action, "origin": origin, "person_key": 0, **values}
        return affected(self._session, new.values(**row)) > 0

    def has_change(self, exam_id: int, origin: int) -> bool:
        """Whether this very tap has changed the exam already."""
        query = select(ExamChange.id).where(ExamChange.exam_id == exam_id, ExamChange.origin == origin)
        return self._session.scalar(query.limit(1)) is not None

    def changes(self, exam_id: int) -> Sequence[ExamChange]:
        """What was changed here of an exam, oldest first."""
        query = select(ExamChange).where(ExamChange.exam_id == exam_id).order_by(ExamChange.id)
        return self._session.scalars(query).all()

    def not_over(self, now: dt.datetime, faculty: str = "", limit: int | None = None) -> Sequence[Exam]:
        """Exams that have not ended nor been cancelled, of a faculty or of all, nearest first."""
        query = select(Exam).where(Exam.ends_at > now, Exam.cancelled_at.is_(None))
        if faculty:
            query = query.where(Exam.faculty.in_((faculty, "")))
        return self._session.scalars(query.order_by(Exam.starts_at, Exam.id).limit(limit)).all()

    def faculties_between(self, start: dt.datetime, end: dt.datetime) -> frozenset[str]:
        """Faculties with an exam that runs at any moment of a span; '' among them for one of no faculty."""
        query = select(Exam.faculty).where(Exam.ends_at > start, Exam.starts_at < end)
        return frozenset(self._session.scalars(query.where(Exam.cancelled_at.is_(None)).distinct()))

    def proctored(self, start: dt.datetime, end: dt.datetime) -> Sequence[Exam]:
        """Exams with a proctor that start in a span, in their order; cancelled ones are none."""
        query = select(Exam).where(Exam.starts_at >= start, Exam.starts_at < end)
        query = query.where(Exam.proctor_id.is_not(None), Exam.cancelled_at.is_(None))
        return self._session.scalars(query.order_by(Exam.starts_at, Exam.id)).all()

    def final_between(self, start: dt.datetime, end: dt.datetime) -> Sequence[Exam]:
        """Final attestations that start in a span, in their order; cancelled ones are none."""
        query = select(Exam).where(Exam.starts_at >= start, Exam.starts_at < end)
        query = query.where(Exam.attestation == "final", Exam.cancelled_at.is_(None))
        return self._session.scalars(query.order_by(Exam.starts_at, Exam.id)).all()

    def ending_after(self, moment: dt.datetime, after: int, limit: int) -> Sequence[Exam]:
        """Exams that end after a moment and are not cancelled, by id, beyond the id `after`."""
        query = select(Exam).where(Exam.ends_at > moment, Exam.cancelled_at.is_(None), Exam.id > after)
        return self._session.scalars(query.order_by(Exam.id).limit(limit)).all()

    def students_of(self, exam_id: int) -> list[tuple[int, str]]:
        """(person, name) of the students of an exam, by name."""
        query = (
            select(Person.id, Person.full_name)
            .join(ExamGroup, ExamGroup.group_name == Person.group_name)
            .where(ExamGroup.exam_id == exam_id, Person.kind == "student")
            .order_by(Person.full_name, Person.id)
        )
        rows = by_name(self._session, self._session.execute(query).all(), lambda row: (row[1], row[0]))
        return [(row[0], row[1]) for row in rows]

    def set_groups(self, exam_id: int, groups: Iterable[str]) -> None:
        self._session.execute(delete(ExamGroup).where(ExamGroup.exam_id == exam_id))
        self._session.add_all(ExamGroup(exam_id=exam_id, group_name=group) for group in groups)

    def set_examiners(self, exam_id: int, people: Iterable[int]) -> None:
        self._session.execute(delete(ExamExaminer).where(ExamExaminer.exam_id == exam_id))
        self._session.add_all(
            ExamExaminer(exam_id=exam_id, person_id=person, position=index)
            for index, person in enumerate(people)
        )

    def sat_by(
        self, person_id: int, ends_after: dt.datetime, limit: int, *, cancelled: bool = False
    ) -> list[tuple[Exam, int]]:
        """A student's exams with their own minutes after its end, nearest first; none for anybody else.

        Those that end after a moment, and those with minutes of their own whenever they end.
        """
        asked = {"after": ends_after, "person": person_id, "most": limit}
        rows = self._session.execute(_SAT if cancelled else _SAT_STANDING, asked)
        return [(exam, minutes or 0) for exam, minutes in rows]

    def held_by(
        self, person_id: int, ends_after: dt.datetime, limit: int, *, cancelled: bool = False
    ) -> Sequence[Exam]:
        """Exams where somebody is examiner or proctor, that end after a moment, nearest first."""
        mine = select(ExamExaminer.exam_id).where(ExamExaminer.person_id == person_id)
        query = (
            select(Exam)
            .where(or_(Exam.id.in_(mine), Exam.proctor_id == person_id), Exam.ends_at > ends_after)
            .where(true() if cancelled else Exam.cancelled_at.is_(None))
            .order_by(Exam.starts_at, Exam.id)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def examined_by(self, person_id: int, now: dt.datetime, limit: int) -> Sequence[Exam]:
        """Exams where somebody is examiner, not over and not cancelled, nearest first."""
        mine = select(ExamExaminer.exam_id).where(ExamExaminer.person_id == person_id)
        query = select(Exam).where(Exam.id.in_(mine), Exam.ends_at > now, Exam.cancelled_at.is_(None))
        return self._session.scalars(query.order_by(Exam.starts_at, Exam.id).limit(limit)).all()

    def concerned(self, exam: Exam) -> list[tuple[int, int]]:
        """(person, account) of everybody linked who sits or holds an exam, each once."""
        sits = (
            select(Person.id)
            .join(ExamGroup, ExamGroup.group_name == Person.group_name)
            .where(ExamGroup.exam_id == exam.id, Person.kind == "student")
        )
        holds = select(ExamExaminer.person_id).where(ExamExaminer.exam_id == exam.id)
        query = (
            select(Account.person_id, Account.id)
            .where(
                or_(
                    Account.person_id.in_(sits),
                    Account.person_id.in_(holds),
                    Account.person_id == exam.proctor_id,
                )
            )
            .where(Account.person_id.is_not(None))
        )
        return [(int(row[0] or 0), row[1]) for row in self._session.execute(query)]

    def results(self) -> dict[tuple[int, str], Result]:
        return {(row.exam_id, row.student_key): row for row in self._session.scalars(select(Result))}

    def rename_results(self, student_key: str, name: str) -> None:
        """A student's results stand under another id from now on."""
        named = update(Result).where(Result.student_key == student_key)
        self._session.execute(named.values(student_key=name))

    def add_result(self, result: Result) -> None:
        self._session.add(result)

    def known_groups(self) -> frozenset[str]:
        """Groups that have at least one student."""
        return frozenset(self._session.scalars(select(Person.group_name).distinct()))
