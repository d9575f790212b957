"""Registers of what was promised: messages in time, reports taken and decided."""

from bot.cli.registers.table import Table, local
from bot.rules.account import Span
from bot.services import account, outbox
from bot.wiring import Base


def deliveries(base: Base) -> Table:
    """What was sent by itself, and what became of it."""
    headers = (
        "kind", "id", "full_name", "exam", "due_at", "state", "finished_at", "attempts", "reason",
        "minutes", "steps_opened_at", "reported_at",
    )  # fmt: skip
    rows = [
        (
            line.kind,
            line.ext_id,
            line.person,
            line.exam,
            local(base, line.due_at),
            line.state,
            local(base, line.finished_at),
            line.attempts,
            line.reason,
            "" if line.minutes is None else line.minutes,
            local(base, line.acted_at),
            local(base, line.filed_at),
        )
        for line in base.desk.do_now(outbox.register)
    ]
    return headers, rows


def pace(base: Base) -> Table:
    """How fast reports are taken and decided, by faculty; an empty faculty is all together."""
    headers = (
        "faculty", "reports", "open", "taken", "to_take_median", "to_take_worst", "decided",
        "to_decide_median", "to_decide_worst",
    )  # fmt: skip
    rows = [
        (pace.faculty, pace.reports, pace.open, *_figures(pace.to_take), *_figures(pace.to_decide))
        for pace in base.desk.do_now(account.register)
    ]
    return headers, rows


def _figures(span: Span) -> tuple[float | str, ...]:
    return (span.count, *("" if figure is None else figure for figure in (span.median, span.worst)))
