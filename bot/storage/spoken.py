"""The closed words of the tables' columns, as administrators read them: states, kinds, roles, deeds."""

from collections.abc import Callable, Iterable, Mapping

from bot.rules.casework import Did
from bot.rules.vocabulary import ExamKind, Level, Role

SPOKEN = frozenset(
    (
        "student", "staff", "interim", "final",
        "moved", "extended", "given", "cancelled",
        "report", "appeal", "application", "act", "day_report", "sitting", "aftermath",
        "waiting", "taken", "withdrawn", "closed",
        "filed", "answer", "order", "confirm", "sign", "proctor", "centre",
        "granted", "refused", "readmitted", "same_day", "resumed", "stopped", "solved", "signed", "returned",
        "pending", "done", "failed", "kept", "missing", "removed", "erased",
        "exam", "faculty", "platform", "claimed", "resolved", "blocked",
        "expanded", "skipped", "sending", "sent", "unreachable", "quarantined",
        "draft", "going", "dropped", "checked", "stored",
        "students", "timetable", "results",
    )
)  # fmt: skip
"""Words that more than one column has: `tables.value.<word>`, as a language has by its code."""

OF_COLUMNS = frozenset(
    (
        "people.kind", "people.language", "accounts.language", "tickets.language", "exams.attestation",
        "exam_changes.action", "cases.kind", "cases.state", "cases.stage", "cases.outcome",
        "case_timers.state", "case_files.state", "incidents.scope", "tickets.state", "reminders.state",
        "notices.state", "inbox.state", "broadcasts.state", "uploads.kind", "uploads.state",
    )
)  # fmt: skip
"""Columns that hold them."""


def spoken(label: Callable[..., str], languages: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """By column (`table.column`): what stands there -> how it is said."""
    common = {word: label(f"tables.value.{word}") for word in (*SPOKEN, *languages)}
    return {
        **dict.fromkeys(OF_COLUMNS, common),
        "people.level": {level.value: label(f"level.{level}") for level in Level},
        "person_roles.role": {role.value: label(f"role.{role}") for role in Role},
        "exams.kind": {kind.value: label(f"kind.{kind}") for kind in ExamKind},
        "case_events.action": {did.value: label(f"did.{did}") for did in Did},
    }
