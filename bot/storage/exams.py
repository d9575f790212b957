"""The timetable."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.storage.tables import Account, Exam, ExamExaminer, ExamGroup, Person, Result


class Exams:
    """Repository of exams, the groups that sit them and the people who hold them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, exam_id: int) -> Exam | None:
        return self._session.get(Exam, exam_id)

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
        query = select(ExamGroup.group_name).where(ExamGroup.exam_id == exam_id)
        return list(self._session.scalars(query.order_by(ExamGroup.group_name)))

    def set_groups(self, exam_id: int, groups: Iterable[str]) -> None:
        self._session.execute(delete(ExamGroup).where(ExamGroup.exam_id == exam_id))
        self._session.add_all(ExamGroup(exam_id=exam_id, group_name=group) for group in groups)

    def set_examiners(self, exam_id: int, people: Iterable[int]) -> None:
        self._session.execute(delete(ExamExaminer).where(ExamExaminer.exam_id == exam_id))
        self._session.add_all(
            ExamExaminer(exam_id=exam_id, person_id=person, position=index)
            for index, person in enumerate(people)
        )

    def sat_by(self, person: Person, ends_after: dt.datetime, limit: int) -> Sequence[Exam]:
        """A student's exams that end after a moment, nearest first."""
        query = (
            select(Exam)
            .join(ExamGroup, ExamGroup.exam_id == Exam.id)
            .where(ExamGroup.group_name == person.group_name, Exam.ends_at > ends_after)
            .where(Exam.cancelled_at.is_(None))
            .order_by(Exam.starts_at, Exam.id)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def held_by(self, person_id: int, ends_after: dt.datetime, limit: int) -> Sequence[Exam]:
        """Exams where somebody is examiner or proctor, that end after a moment, nearest first."""
        mine = select(ExamExaminer.exam_id).where(ExamExaminer.person_id == person_id)
        query = (
            select(Exam)
            .where(or_(Exam.id.in_(mine), Exam.proctor_id == person_id), Exam.ends_at > ends_after)
            .where(Exam.cancelled_at.is_(None))
            .order_by(Exam.starts_at, Exam.id)
            .limit(limit)
        )
        return self._session.scalars(query).all()

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
