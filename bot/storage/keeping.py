"""How long what is kept of people is kept: every table is judged here, and what is over goes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, select, update
from sqlalchemy.orm import Session

from bot.storage.dialects import affected
from bot.storage.tables import (
    AuditEvent,
    Base,
    Case,
    CodeAttempt,
    Conversation,
    Draft,
    HelpPath,
    Invite,
    TicketBlock,
    Upload,
    Walk,
)

TERMS: Mapping[str, str] = {
    "audit_events": "audit_days",
    "case_events": "cases_days",
    "case_files": "attachments_days",
    "cases": "cases_days",
    "code_attempts": "updates_days",
    "conversations": "updates_days",
    "drafts": "drafts_days",
    "help_paths": "places_days",
    "inbox": "updates_days",
    "invites": "invites_days",
    "notices": "deliveries_days",
    "ticket_blocks": "tickets_days",
    "ticket_events": "tickets_days",
    "ticket_messages": "tickets_days",
    "uploads": "deliveries_days",
    "walks": "places_days",
}
"""The term of the policy's `retention` after which rows of a table are deleted, or emptied of words."""

OF_KIND: Mapping[str, str] = {
    "report": "cases_days",
    "appeal": "appeals_days",
    "application": "applications_days",
}
"""The same for kinds of case. Acts, reports of days and sittings are the university's own papers."""

KEPT: Mapping[str, str] = {
    **dict.fromkeys(
        ("people", "person_roles", "advisers"), "the register of the university's file; `person forget`"
    ),
    **dict.fromkeys(
        ("accounts", "preferences", "chat_members"), "as long as somebody uses the bot; `person forget`"
    ),
    **dict.fromkeys(
        (
            "exam_changes", "exam_checks", "exam_days", "exam_examiners", "exam_extras", "exam_sat", "exams",
            "readiness_answers", "results", "student_calls",
        ),
        "the register of an exam: a result may be argued about",
    ),
    **dict.fromkeys(
        ("absences", "case_people", "case_timers", "incident_cases", "incidents"),
        "numbers and moments of the registers of cases",
    ),
    **dict.fromkeys(
        ("desk_chats", "desk_spikes", "shifts", "ticket_copies", "ticket_offers", "ticket_posts", "tickets"),
        "numbers and moments of the help desk's register",
    ),
    **dict.fromkeys(
        ("board_keys", "board_sessions", "chat_moments"), "removed by their own end, in seconds or hours"
    ),
    **dict.fromkeys(
        (
            "counters", "duties", "exam_groups", "fix_outcomes", "group_chats", "meta", "nodes", "paces",
            "reminders", "wave_starts",
        ),
        "of nobody",
    ),
    "broadcasts": "news of the university, told under its name",
}  # fmt: skip
"""Tables without a term, and why."""

EMPTIED = ("closed", "withdrawn")


class Keeping:
    """Repository of what is over. Each takes away at most `limit` rows; `dry_run` only counts them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def codes_tried(self, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        return self._delete(CodeAttempt, CodeAttempt.tried_at < before, limit, dry_run=dry_run)

    def forms(self, now: dt.datetime, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        """Questions left open. Those of before moments were written down count from now on."""
        if not dry_run:
            fresh = update(Conversation).where(Conversation.touched_at.is_(None))
            self._session.execute(fresh.values(touched_at=now))
        return self._delete(Conversation, Conversation.touched_at < before, limit, dry_run=dry_run)

    def places(self, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        """Where readers stand in steps and in troubleshooting."""
        walks = self._delete(Walk, Walk.updated_at < before, limit, dry_run=dry_run)
        if dry_run:
            query = select(HelpPath.account_id).where(HelpPath.updated_at < before).limit(limit)
            return walks + len(self._session.execute(query).all())
        return walks + affected(self._session, delete(HelpPath).where(HelpPath.updated_at < before))

    def log(self, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        """The security log."""
        return self._delete(AuditEvent, AuditEvent.at < before, limit, dry_run=dry_run)

    def uploads(self, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        """Files of the university that were decided about; their bytes went then."""
        over = Upload.state.in_(("refused", "stored", "dropped")) & (Upload.decided_at < before)
        return self._delete(Upload, over, limit, dry_run=dry_run)

    def codes_used(self, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        """Whose account used a code. That it was used stays: it must open nothing again."""
        over = Invite.used_by.is_not(None) & (Invite.used_at < before)
        return self._update(Invite, over, limit, {"used_by": None}, dry_run=dry_run)

    def blocks(self, before: dt.datetime, limit: int, *, dry_run: bool) -> int:
        """Why somebody could open no tickets, once they may again."""
        over = (TicketBlock.state == "lifted") & (TicketBlock.reason != "")
        over &= TicketBlock.reviewed_at < before
        return self._update(TicketBlock, over, limit, {"reason": ""}, dry_run=dry_run)

    def drafts(self, before: dt.datetime, limit: int) -> list[Draft]:
        """Submissions never sent that nobody has touched since a moment and that still hold words."""
        words = cast(Draft.__table__.c.data, Text) != "{}"
        query = select(Draft).where(Draft.state != "sent", Draft.updated_at < before)
        query = query.where((Draft.state == "open") | words)
        return list(self._session.scalars(query.order_by(Draft.id).limit(limit)))

    def cases(self, kind: str, before: dt.datetime, limit: int) -> list[Case]:
        """Cases of a kind that ended before a moment and still hold words."""
        query = select(Case).where(Case.kind == kind, Case.state.in_(EMPTIED), Case.emptied_at.is_(None))
        query = query.where(Case.ended_at < before).order_by(Case.id).limit(limit)
        return list(self._session.scalars(query.with_for_update(skip_locked=True)))

    def _over(self, table: type[Base], over: ColumnElement[bool], limit: int) -> list[Any]:
        (key,) = table.__table__.primary_key
        # Unsorted, so that the index of moments finds them: sorted, every row was looked at.
        return list(self._session.scalars(select(key).where(over).limit(limit)))

    def _delete(self, table: type[Base], over: ColumnElement[bool], limit: int, *, dry_run: bool) -> int:
        found = self._over(table, over, limit)
        if found and not dry_run:
            (key,) = table.__table__.primary_key
            self._session.execute(delete(table).where(key.in_(found)))
        return len(found)

    def _update(
        self,
        table: type[Base],
        over: ColumnElement[bool],
        limit: int,
        values: dict[str, Any],
        *,
        dry_run: bool,
    ) -> int:
        found = self._over(table, over, limit)
        if found and not dry_run:
            (key,) = table.__table__.primary_key
            self._session.execute(update(table).where(key.in_(found)).values(values))
        return len(found)
