"""What a day of exams was like: read from the exams, steps, reports and acts, corrected by the proctor."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from bot.rules.day_reports import ExamLine
from bot.rules.exam_cards import ExamCard
from bot.rules.exams import Span
from bot.rules.policy import Moment
from bot.rules.vocabulary import ExamKind
from bot.services import exam_cards, exams
from bot.services.appeal_facts import name
from bot.services.office import Office
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork

MOMENT = "proctor_report"


def bounds(office: Office, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """A local day, in UTC."""
    start = dt.datetime.combine(day, dt.time(), office.zone).astimezone(dt.UTC)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), office.zone).astimezone(dt.UTC)
    return start, end


def held(uow: UnitOfWork, office: Office, day: dt.date, proctor_id: int | None = None) -> list[Exam]:
    """Exams that start on a local day and have a proctor (this one), in their order."""
    start, end = bounds(office, day)
    found = uow.exams.proctored(start, end)
    return [exam for exam in found if proctor_id in (None, exam.proctor_id)]


def moment_of(office: Office, exam: Exam) -> Moment | None:
    """When the policy wants the proctor's report on an exam; None where the source is silent."""
    rules = office.policy.kinds.get(ExamKind(exam.kind))
    return rules.moments.get(MOMENT) if rules else None


def due_of(office: Office, found: Sequence[Exam]) -> dt.datetime | None:
    """When the report on these exams is due: at the working day's end, never before the last of them ends."""
    moments = [(moment_of(office, exam), exam) for exam in found]
    ends = [Span(exam.starts_at, exam.ends_at).at(moment) for moment, exam in moments if moment is not None]
    return max(ends, default=None)


def lines(
    uow: UnitOfWork, office: Office, now: dt.datetime, found: Sequence[Exam], said: dict[str, Any]
) -> tuple[ExamLine, ...]:
    """The exams as the rows say, and as the proctor has corrected them (`said`, by exam)."""
    cards = exam_cards.build(uow, office, now, list(found))
    return tuple(_line(uow, exam, cards[exam.id], said.get(str(exam.id), {})) for exam in found)


def _line(uow: UnitOfWork, exam: Exam, card: ExamCard, said: dict[str, Any]) -> ExamLine:
    seen = sum(1 for s in card.students if s.position is not None or s.uploaded or s.finished)
    return ExamLine(
        exam=exams.brief(exam),
        groups=tuple(uow.exams.groups_of(exam.id)),
        began_at=card.began.at if card.began else None,
        total=len(card.students),
        present=said.get("present", seen or None),
        reports=len(uow.cases.of_exam(exam.id, "report")),
        acts=tuple(case.number for case in uow.cases.of_exam(exam.id, "act")),
        link=said.get("link", ""),
        proctor=name(uow, exam.proctor_id),
    )
