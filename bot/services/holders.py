"""Who of the staff an exam's moments and changes concern."""

from collections.abc import Iterable

from bot.rules import escalation
from bot.rules.appeals import AppealRules
from bot.rules.vocabulary import Role
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork


def of_exam(uow: UnitOfWork, exam: Exam, roles: Iterable[str]) -> list[int]:
    """People in these roles for an exam, each once.

    The exam's own examiners and proctor; of every other role those of its department, else of its faculty,
    else of the whole university.
    """
    people: dict[int, None] = {}
    others = []
    for role in roles:
        if role == Role.EXAMINER:
            people.update(dict.fromkeys(uow.exams.examiners_of(exam.id)))
        elif role == Role.PROCTOR:
            people.update({exam.proctor_id: None} if exam.proctor_id else {})
        else:
            others.append(role)
    by_role: dict[str, list[tuple[int, str, str]]] = {}
    for role, person, faculty, department in uow.people.holders(others) if others else ():
        by_role.setdefault(role, []).append((person, faculty, department))
    for candidates in by_role.values():
        people.update(dict.fromkeys(escalation.narrowest(candidates, exam.faculty, exam.department)))
    return list(people)


def of_new_date(uow: UnitOfWork, exam: Exam, student_id: int, rules: AppealRules) -> list[int]:
    """Who hears that a student sits an exam at a time of their own: its holders, the student's adviser.

    Where there is no adviser, or none who can be reached, those hear whom the policy names instead.
    """
    adviser = uow.people.adviser_of(student_id)
    guides = [adviser] if adviser else []
    if not uow.people.reachable(guides):
        guides += of_exam(uow, exam, rules.unguided_told)
    return list(dict.fromkeys([*of_exam(uow, exam, rules.new_date_told), *guides]))
