"""All that is kept about one person, table by table; every reference to a person is judged here."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from bot.storage.tables import Base, Conversation, IncomingUpdate, Result

ABOUT: Mapping[str, tuple[str, ...]] = {
    "people": ("id",),
    "accounts": ("id", "person_id"),
    **dict.fromkeys(
        (
            "absences", "advisers", "case_people", "drafts", "exam_examiners", "exam_extras", "exam_sat",
            "invites", "person_roles", "preferences", "readiness_answers", "shifts",
            "student_calls", "ticket_offers",
        ),
        ("person_id",),
    ),
    **dict.fromkeys(
        ("audit_events", "code_attempts", "help_paths", "ticket_blocks", "ticket_messages", "walks"),
        ("account_id",),
    ),
    "notices": ("person_id", "account_id"),
    "tickets": ("person_id", "account_id"),
    "cases": ("reporter_id",),
    "case_files": ("owner_id",),
    "chat_members": ("member_id",),
    "exams": ("proctor_id",),
}  # fmt: skip
"""Columns that say whose a row is, of a person's or an account's number."""

ELSEWHERE: Mapping[str, str] = {
    "absences.stands_in_id": "about the one who is absent",
    "advisers.adviser_id": "about the one who is guided",
    "board_keys.account_id": "a key of minutes; nothing of it can be read back",
    "board_sessions.account_id": "a key of hours; nothing of it can be read back",
    "case_events.actor_id": "what staff did, told with the case of whom it concerns",
    "broadcasts.author_id": "news of the university, told under its name",
    "cases.holder_id": "about the one who reported",
    "desk_chats.account_id": "a group's chat is nobody's own",
    "desk_chats.linked_by": "about the chat",
    "desk_spikes.answered_by": "about the help desk",
    "exam_changes.actor_id": "about the exam",
    "exam_days.started_by": "about the exam",
    "group_chats.account_id": "a group's chat is nobody's own",
    "group_chats.asked_by": "about the chat",
    "group_chats.confirmed_by": "about the chat",
    "incidents.declared_by": "about the incident",
    "incidents.ended_by": "about the incident",
    "student_calls.caller_id": "about the one who was called",
    "ticket_blocks.by_id": "about the one who was blocked",
    "ticket_blocks.reviewed_by": "about the one who was blocked",
    "ticket_copies.account_id": "a copy of a message that is told once",
    "ticket_events.actor_id": "what helpers did, told with the ticket of whom it concerns",
    "tickets.holder_id": "about the one who asked",
    "tickets.opened_by": "about the one who asked",
    "tickets.second_id": "about the one who asked",
    "uploads.person_id": "a file of the university; erased by its own term",
}
"""References that make a row nobody's own, and why."""

FOLLOWING: Mapping[str, tuple[str, str]] = {
    "case_events": ("case_id", "cases"),
    "ticket_events": ("ticket_id", "tickets"),
}
"""Rows told with those that they belong to."""

HIDDEN = frozenset(
    ("adviser_id", "code_hash", "facts", "holder_id", "second_id", "actor_id", "leased_by", "leased_until")
)
"""Columns left out: secrets, how a message was put together, numbers of other people."""


class Owned:
    """Repository over all tables, for one reader."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(
        self, account_id: int, user_id: int, person_id: int | None, ext_id: str
    ) -> dict[str, list[dict[str, Any]]]:
        """Rows by table, those without any left out."""
        found: dict[str, list[dict[str, Any]]] = {}
        for name, columns in ABOUT.items():
            table = Base.metadata.tables[name]
            asked = (self._match(table, column, account_id, person_id) for column in columns)
            theirs = [match for match in asked if match is not None]
            if theirs:
                self._add(found, table, or_(*theirs))
        for name, (column, owner) in FOLLOWING.items():
            table = Base.metadata.tables[name]
            numbers = [row["id"] for row in found.get(owner, ())]
            self._add(found, table, table.c[column].in_(numbers))
        inbox, forms, results = (table.__table__ for table in (IncomingUpdate, Conversation, Result))
        assert isinstance(inbox, Table)
        assert isinstance(forms, Table)
        assert isinstance(results, Table)
        self._add(found, inbox, inbox.c.chat_key == user_id)
        self._add(found, forms, forms.c.key.like(f"%:{user_id}:{user_id}:%"))
        if ext_id:
            self._add(found, results, results.c.student_key == ext_id)
        return found

    @staticmethod
    def _match(
        table: Table, column: str, account_id: int, person_id: int | None
    ) -> ColumnElement[bool] | None:
        """Whether a row is theirs; None where it could only be a person's and there is none."""
        of_account = column in ("account_id", "member_id") or (table.name, column) == ("accounts", "id")
        number = account_id if of_account else person_id
        return None if number is None else table.c[column] == number

    def _add(self, found: dict[str, list[dict[str, Any]]], table: Table, where: ColumnElement[bool]) -> None:
        rows = self._session.execute(select(table).where(where).order_by(*table.primary_key)).mappings()
        shown = [{str(name): value for name, value in row.items() if name not in HIDDEN} for row in rows]
        if shown:
            found[table.name] = shown
