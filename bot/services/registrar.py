"""The registrar's desk: what is due after exams, figures of marks."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access, figures
from bot.rules.figures import Analysis
from bot.rules.people import Me
from bot.rules.registrar import Entry
from bot.rules.vocabulary import ExamKind
from bot.services import exams
from bot.services.office import Office
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork

BACK = dt.timedelta(days=8)
"""The longest term after an exam's end that a source gives, and a little."""

OVERDUE = dt.timedelta(days=1)
SHOWN = 20


def entries(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[Entry]:
    """What is due after exams of the reader's faculty, the nearest first; what was due a day ago at most.

    Raises `Refusal`: `link_first`, `staff_only`.
    """
    scope = access.registrar_scope(me.actor, me.faculty)
    names = frozenset(office.policy.leaves["registrar.deadlines"].value)
    rows = uow.boards.exams(now - BACK, now, scope.faculty, None)
    found = [entry for row in rows if row.ends_at <= now for entry in _of(office, row, names)]
    return sorted((one for one in found if one.due > now - OVERDUE), key=lambda one: one.due)[:SHOWN]


def _of(office: Office, row: Exam, names: frozenset[str]) -> list[Entry]:
    rules = office.policy.kinds.get(ExamKind(row.kind))
    moments = rules.moments.values() if rules else ()
    return [
        Entry(exams.brief(row), moment.id, row.ends_at + moment.offset, moment.clause or "")
        for moment in moments
        if moment.id in names and moment.anchor == "end"
    ]


def compute(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, text: str) -> tuple[Analysis, str]:
    """Figures of marks as they were sent, and their clause ('' where the sources are silent).

    Raises `Refusal`: `link_first`, `staff_only`, and as `figures.read`.
    """
    access.registrar_scope(me.actor, me.faculty)
    leaf = office.policy.leaves["registrar.marks"]
    if len(text) > 20_000:
        raise Refusal("figures_form")
    return figures.read(text, [int(mark) for mark in leaf.value]), leaf.clause or ""
