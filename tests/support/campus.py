"""One faculty in a town: its students and staff have phones, its exams are laid around the present."""

import dataclasses
import datetime as dt
import itertools
from typing import Any

from bot.exchange.rows import ExamRow
from bot.rules.vocabulary import Attestation, ExamKind, PersonKind, Role
from bot.services import imports, timetable
from tests.support.people import exam, member, student
from tests.support.town import Phone, Town

_numbers = itertools.count(1)


class Campus:
    """Nothing of it is seen by another campus of the same town: chains stay inside the faculty."""

    final = Attestation.FINAL

    def __init__(self, town: Town, clock: Any) -> None:
        self.town = town
        self._clock = clock
        self._number = next(_numbers)
        self._count = itertools.count(1)
        self._rows: dict[int, ExamRow] = {}
        self.faculty = f"{self._number}-факультет"
        self.department = f"{self._number}-кафедра"
        self.group = f"АЖ-{self._number}"

    def register_student(self, **changes: Any) -> str:
        """A student of the registers without a phone; their id."""
        ext_id = f"S{self._number}-{next(self._count)}"
        values = {"group": self.group, "faculty": self.faculty, **changes}
        self.town.desk.do_now(imports.students, [student(ext_id, **values)])
        return ext_id

    def register_member(self, *roles: Role, **changes: Any) -> str:
        """A member of staff of the registers without a phone; their id."""
        ext_id = f"T{self._number}-{next(self._count)}"
        values = {"faculty": self.faculty, "department": self.department, **changes}
        assert values["faculty"] or not self.town.shared, "other tests would tell them of their own troubles"
        self.town.desk.do_now(imports.staff, [member(ext_id, *roles, **values)])
        return ext_id

    def student(self, language: str = "kk", **changes: Any) -> Phone:
        """A student who has linked, chosen and agreed; nothing has been said in the chat yet."""
        return self._joined(self.register_student(language=language, **changes), PersonKind.STUDENT, language)

    def member(self, *roles: Role, language: str = "kk", **changes: Any) -> Phone:
        """A member of staff (an examiner) who has linked, chosen and agreed."""
        ext_id = self.register_member(*roles, language=language, **changes)
        return self._joined(ext_id, PersonKind.STAFF, language)

    def _joined(self, ext_id: str, kind: PersonKind, language: str) -> Phone:
        phone = self.town.enrolled(ext_id, kind, language)
        phone.ext_id = ext_id
        return phone

    def exam(self, *examiners: Phone | str, starts_in: float = -60, **changes: Any) -> int:
        """An exam of the group, `starts_in` minutes from now (two hours long); its row id."""
        if not examiners:
            examiners = (self.register_member(),)
        if not self.town.sql(lambda uow: self.group in uow.exams.known_groups()):
            self.register_student()
        ext_id = f"EX{self._number}-{next(self._count)}"
        values: dict[str, Any] = {
            "groups": (self.group,),
            "examiners": tuple(e if isinstance(e, str) else e.ext_id for e in examiners),
            "faculty": self.faculty,
            "department": self.department,
            "kind": ExamKind.WRITTEN,
            **changes,
        }
        row = exam(ext_id, self._clock() + dt.timedelta(minutes=starts_in), **values)
        found = self._lay(row)
        self._rows[found] = row
        return found

    def _lay(self, row: ExamRow) -> int:
        self.town.desk.do_now(timetable.timetable, [row])
        found: int = self.town.sql(lambda uow: uow.exams.by_ext()[row.exam_id].id)
        return found

    def move(self, exam_id: int, **delta: float) -> None:
        """Import the exam again, at another time."""
        row = self._rows[exam_id]
        self._rows[exam_id] = dataclasses.replace(row, starts_at=row.starts_at + dt.timedelta(**delta))
        self._lay(self._rows[exam_id])

    def cases(self, phone: Phone) -> list[Any]:
        """The rows of a person's reports, oldest first."""

        def look(uow: Any) -> list[Any]:
            person = uow.people.find(phone.ext_id)[0]
            return list(reversed(uow.cases.of_reporter(person.id, 100)))

        found: list[Any] = self.town.sql(look)
        return found
