"""Answers of the readiness check."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.storage.sealing import by_name
from bot.storage.tables import ExamGroup, Person, ReadinessAnswer


class ReadinessAnswers:
    """Repository of readiness answers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, person_id: int, exam_id: int) -> dict[str, ReadinessAnswer]:
        """Somebody's answers for an exam, by item."""
        query = select(ReadinessAnswer).where(
            ReadinessAnswer.person_id == person_id, ReadinessAnswer.exam_id == exam_id
        )
        return {row.item: row for row in self._session.scalars(query)}

    def add(self, answer: ReadinessAnswer) -> None:
        self._session.add(answer)

    def forget(self, person_id: int) -> None:
        """Remove somebody's answers."""
        self._session.execute(delete(ReadinessAnswer).where(ReadinessAnswer.person_id == person_id))

    def of_exam(self, exam_id: int) -> dict[int, dict[str, bool]]:
        """Everybody's answers for an exam, by person and item."""
        found: dict[int, dict[str, bool]] = {}
        for row in self._session.scalars(select(ReadinessAnswer).where(ReadinessAnswer.exam_id == exam_id)):
            found.setdefault(row.person_id, {})[row.item] = row.ok
        return found

    def students(self, exam_id: int) -> Sequence[tuple[int, str]]:
        """(person, name) of everybody who sits an exam, by name."""
        query = (
            select(Person.id, Person.full_name)
            .join(ExamGroup, ExamGroup.group_name == Person.group_name)
            .where(ExamGroup.exam_id == exam_id, Person.kind == "student")
            .order_by(Person.full_name)
        )
        rows = by_name(self._session, self._session.execute(query).all(), lambda row: row[1])
        return [(row[0], row[1]) for row in rows]
