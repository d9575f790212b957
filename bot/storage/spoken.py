"""The closed words of the tables' columns, as administrators read them: states, kinds, roles, deeds."""

from collections.abc import Callable, Iterable, Mapping

from bot.rules.casework import Did
from bot.rules.vocabulary import ExamKind, Level, Role

MARKS = ":+"
"""After these a rule says of what, or how much."""

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

NOTICES = frozenset(
    (
        "absence_over", "account_moved", "act_card", "act_late", "act_student", "after_sittings",
        "appeal_call", "appeal_card", "appeal_decided", "appeal_due", "appeal_during", "appeal_invite",
        "appeal_late", "appeal_soon", "appeal_status", "appeal_undecided", "appeal_unreached",
        "appeal_withdrawn", "application_card", "application_decided", "application_status", "audit_card",
        "ballot_card", "broadcast", "broadcast_card", "call_answered", "case_act", "case_act_due",
        "case_act_missed", "case_again", "case_applied", "case_back", "case_card", "case_claimed",
        "case_closed", "case_decided", "case_escalated", "case_for_you", "case_lapsed", "case_late",
        "case_note", "case_outage", "case_referred", "case_remind", "case_resume", "case_resume_over",
        "case_status", "case_stuck", "case_taken", "case_taken_by_other", "chat_asked", "chat_linked",
        "day_report", "day_report_again", "day_report_missing", "day_reports_late", "defence_clock",
        "defence_result", "desk_spike", "digest", "digest_week", "document", "duty_due", "exam_card",
        "exam_joined", "exam_left", "exam_link", "exam_moved", "file_problem", "group_warning",
        "incident_card", "incident_over", "late_starts", "missed", "preparation", "probe", "queue_card",
        "readiness", "rehearsal", "resit", "resit_moved", "resit_told", "result_closing", "result_open",
        "sent_away", "shift_ended", "stands_in", "start_question", "step_due", "still_there",
        "student_called", "talk", "talk_failed", "ticket_blocked", "ticket_card", "ticket_claimed",
        "ticket_done", "ticket_lost", "ticket_place", "ticket_post", "ticket_reported", "ticket_returned",
        "ticket_rush", "ticket_search", "ticket_stays", "upload_checked", "warning",
    )
)  # fmt: skip
"""Kinds of messages that come by themselves: `tables.kind.<word>`."""

REASONS = frozenset(
    (
        "all_well", "answered", "appealed", "away", "begun", "begun_anew", "blocked", "called", "cancelled",
        "changed_back", "confirmed", "ended", "forgotten", "gone", "laid_anew", "linked_again", "muted",
        "no_role", "not_linked", "not_planned", "not_theirs", "nothing", "over", "past", "paused",
        "published_anew", "resit", "superseded",
    )
)  # fmt: skip
"""Why something did not go out or was stopped: `tables.reason.<word>`; what a machine says stays as it is."""

RULES = frozenset(
    (
        "act", "answer", "ask_again", "before", "climb", "confirm", "decide", "due", "late", "left",
        "photos", "promise", "receipt", "remind", "report_due", "result", "resume", "resume_over", "round",
        "sign", "sits", "soon", "step", "talk_end", "talk_soon", "told", "total_end", "total_soon",
    )
)  # fmt: skip
"""Timers by the word before a colon or a plus: `tables.rule.<word>`."""

DEEDS = frozenset(
    (
        "absence_declared", "absence_ended", "access_denied", "account_linked", "account_moved",
        "board_entered", "chat_asked", "chat_linked", "chat_unlinked", "code_issued_again", "code_refused",
        "codes_issued", "consent_given", "desk_chat_linked", "desk_chat_unlinked", "exam_begun",
        "exam_cancelled", "exam_extended", "exam_given", "exam_moved", "file_imported", "files_served",
        "incident_declared", "incident_ended", "news_sent", "news_stopped", "own_data_given",
        "person_forgotten", "results_published", "role_given", "role_taken", "tables_seen",
    )
)  # fmt: skip
"""What is written down for security: `tables.deed.<word>`."""

OF_FILES = frozenset(
    (
        "archive", "big", "bomb", "broken", "disk", "empty", "encrypted", "macros", "missing", "old_office",
        "pages", "scan", "telegram", "unknown", "virus",
    )
)  # fmt: skip
"""Why a file is not kept, or not yet: `tables.file.<word>`."""

WHY = ("notices.reason", "reminders.reason", "case_timers.reason", "inbox.reason")
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
    reasons = {word: label(f"tables.reason.{word}") for word in REASONS}
    rules = {word: label(f"tables.rule.{word}") for word in RULES}
    return {
        **dict.fromkeys(OF_COLUMNS, common),
        "notices.kind": {word: label(f"tables.kind.{word}") for word in NOTICES},
        **dict.fromkeys(WHY, reasons),
        **dict.fromkeys(("reminders.rule", "case_timers.rule"), rules),
        "case_files.reason": {word: label(f"tables.file.{word}") for word in OF_FILES},
        "audit_events.action": {word: label(f"tables.deed.{word}") for word in DEEDS},
        "people.level": {level.value: label(f"level.{level}") for level in Level},
        "person_roles.role": {role.value: label(f"role.{role}") for role in Role},
        "exams.kind": {kind.value: label(f"kind.{kind}") for kind in ExamKind},
        "case_events.action": {did.value: label(f"did.{did}") for did in Did},
    }


def say(said: Mapping[str, str], stored: str) -> str:
    """What is stored as it is said; of `before:24` and `left+15` the word, then the rest as it stands."""
    if stored in said:
        return said[stored]
    word, rest = _parted(stored)
    return f"{said[word]} ({rest})" if word in said and rest else stored


def meant(said: Mapping[str, str], term: str) -> list[str]:
    """What may be stored where a reader looks for `term`, a part of a spoken word."""
    wanted = term.strip().casefold()
    return sorted(stored for stored, word in said.items() if wanted and wanted in word.casefold())


def _parted(stored: str) -> tuple[str, str]:
    place = next((n for n, sign in enumerate(stored) if sign in MARKS), len(stored))
    return stored[:place], stored[place:].lstrip(":")
