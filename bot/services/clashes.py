"""Doubts about an imported timetable, as notes of its report."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from bot.exchange.rows import ExamRow, Problem
from bot.rules import clashes
from bot.rules.clashes import Clash, Slot
from bot.rules.exams import Span
from bot.services.office import Office
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork

MOST = 200
"""So many notes at most: whoever imports a wrong file needs no more to see it."""
LATELY = dt.timedelta(days=30)
"""So long after an exam its result may still be appealed against."""
NAMED = 10
"""So many exams are named in one note."""
SAID = {
    "group": "group {who} sits {first} and {second} at the same time",
    "examiner": "examiner {who} holds {first} and {second} at the same time",
    "proctor": "proctor {who} watches {first} and {second} at the same time",
}


def doubts(uow: UnitOfWork, office: Office, now: dt.datetime, rows: Sequence[ExamRow]) -> list[Problem]:
    """What is doubtful in the timetable as it stands after these rows; it refuses nothing."""
    lines = {row.exam_id: row.line for row in rows}
    found = [*_left_out(office, uow, now, rows), *_single(office, uow, rows), *_double(uow, now, lines)]
    return sorted(found, key=lambda note: note.line)[:MOST]


def deserted(uow: UnitOfWork, now: dt.datetime, left: Mapping[str, int]) -> Iterator[Problem]:
    """Groups with exams ahead or of late that nobody is in any more; `left`: the line that emptied them."""
    uow.flush()
    empty = left.keys() - uow.exams.known_groups()
    groups, exams = uow.exams.groups(), uow.exams.not_over(now - LATELY)
    for group in sorted(empty, key=lambda one: left[one]):
        ahead = [exam.ext_id for exam in exams if group in groups.get(exam.id, ())]
        if ahead:
            text = (
                f"nobody is in group {group} any more, and it has exams: {', '.join(ahead[:NAMED])};"
                " import the timetable with the group's new name, or nobody is warned and nobody can appeal"
            )
            yield Problem(left[group], "group", "group_deserted", text)


def _left_out(
    office: Office, uow: UnitOfWork, now: dt.datetime, rows: Sequence[ExamRow]
) -> Iterator[Problem]:
    """Exams ahead, of the file's faculties and between its first and last day, that it does not name."""
    named, faculties = {row.exam_id for row in rows}, {row.faculty for row in rows}
    days = {row.starts_at.astimezone(office.zone).date() for row in rows}
    found = [
        exam.ext_id
        for exam in uow.exams.not_over(now)
        if exam.ext_id not in named
        and exam.faculty in faculties
        and min(days) <= exam.starts_at.astimezone(office.zone).date() <= max(days)
    ]
    if found:
        more = f", … (+{len(found) - NAMED})" if len(found) > NAMED else ""
        text = (
            f"'{', '.join(found[:NAMED])}{more}': of these days, and this file does not name them;"
            " they stay and people are warned of them: cancel in the bot what will not be held"
        )
        yield Problem(0, "exam_id", "left_out", text)


def _single(office: Office, uow: UnitOfWork, rows: Sequence[ExamRow]) -> Iterator[Problem]:
    exams = uow.exams.by_ext()
    for row in rows:
        exam = exams[row.exam_id]
        rules = office.policy.kinds.get(row.kind)
        start, end = exam.filed_start or exam.starts_at, exam.filed_end or exam.ends_at
        minutes = round((end - start).total_seconds() / 60)
        wrong = clashes.forbidden_minutes(minutes, rules)
        if wrong is not None:
            text = f"{row.exam_id} lasts {minutes} minutes, {row.kind} has {wrong[0]:g} ({wrong[1]})"
            yield Problem(row.line, "duration_min", "odd_duration", text)
        if not row.proctor and clashes.needs_proctor(rules):
            text = f"{row.exam_id} has no proctor, {row.kind} exams are proctored"
            yield Problem(row.line, "proctor", "no_proctor", text)
        day = exam.starts_at.astimezone(office.zone).date()
        if office.workdays.is_holiday(day):
            yield Problem(row.line, "date", "holiday", f"{row.exam_id}: {day} is a public holiday")
        if exam.cancelled_at is not None:
            text = f"{row.exam_id} was cancelled in the bot and stays so; another time in the file revives it"
            yield Problem(row.line, "exam_id", "cancelled_here", text)
        elif (start, end) != (exam.starts_at, exam.ends_at):
            text = f"{row.exam_id} was moved in the bot and stays so; another time in the file moves it"
            yield Problem(row.line, "date", "moved_here", text)


def _double(uow: UnitOfWork, now: dt.datetime, lines: dict[str, int]) -> Iterator[Problem]:
    for clash in clashes.clashes(_slots(uow, now, lines)):
        yield Problem(_line(clash, lines), f"{clash.what}s", "clash", _text(clash))


def _text(clash: Clash) -> str:
    return SAID[clash.what].format(who=clash.who, first=clash.first, second=clash.second)


def _line(clash: Clash, lines: dict[str, int]) -> int:
    return lines.get(clash.second) or lines.get(clash.first) or 0


def _slots(uow: UnitOfWork, now: dt.datetime, lines: dict[str, int]) -> Iterator[Slot]:
    groups, examiners = uow.exams.groups(), uow.exams.examiners()
    exams: Sequence[Exam] = uow.exams.not_over(now)
    names = uow.people.ext_ids({p for people in examiners.values() for p in people} | _proctors(exams))
    for exam in exams:
        yield Slot(
            exam.ext_id,
            Span(exam.starts_at, exam.ends_at),
            groups.get(exam.id, ()),
            tuple(names[person] for person in examiners.get(exam.id, ())),
            names.get(exam.proctor_id, "") if exam.proctor_id else "",
            exam.ext_id in lines,
        )


def _proctors(exams: Sequence[Exam]) -> set[int]:
    return {exam.proctor_id for exam in exams if exam.proctor_id}
