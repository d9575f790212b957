"""Chats of study groups, and who is in them for certain."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from bot.storage.dialects import affected, insert_new
from bot.storage.tables import (
    Account,
    ChatMember,
    Exam,
    ExamExaminer,
    ExamGroup,
    GroupChat,
    Notice,
    Person,
    Reminder,
)

Standing = tuple[Account, GroupChat]
GROUP = "group"
"""Why somebody's own warning was not sent: the post in their group's chat reached them."""

_LIVE = GroupChat.confirmed_at.is_not(None) & Account.blocked_at.is_(None)


class Chats:
    """Repository of study groups' chats. A chat is an account whose number is negative."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, chat: int) -> Standing | None:
        """The chat with this number of Telegram's."""
        return self._one(Account.user_id == chat)

    def get(self, account_id: int) -> Standing | None:
        return self._one(Account.id == account_id)

    def _one(self, which: ColumnElement[bool]) -> Standing | None:
        row = self._session.execute(
            select(Account, GroupChat).join(GroupChat, GroupChat.account_id == Account.id).where(which)
        ).first()
        return (row[0], row[1]) if row else None

    def add(self, chat: GroupChat) -> None:
        self._session.add(chat)
        self._session.flush()

    def remove(self, account_id: int) -> None:
        """The chat is a study group's no more; nothing is kept of it but that something was owed to it."""
        owed = (Notice.account_id == account_id) & Notice.state.in_(("pending", "sending"))
        affected(self._session, update(Notice).where(owed).values(state="skipped", reason="gone"))
        self._session.execute(delete(Account).where(Account.id == account_id))

    def taught_by(self, person_id: int, ends_after: dt.datetime) -> list[str]:
        """Groups of the exams that somebody examines and that are not over, by name."""
        query = (
            select(ExamGroup.group_name)
            .join(Exam, Exam.id == ExamGroup.exam_id)
            .join(ExamExaminer, ExamExaminer.exam_id == Exam.id)
            .where(ExamExaminer.person_id == person_id, Exam.ends_at > ends_after)
            .where(Exam.cancelled_at.is_(None))
            .distinct()
            .order_by(ExamGroup.group_name)
        )
        return list(self._session.scalars(query))

    def examiners(self, group: str, ends_after: dt.datetime) -> list[int]:
        """Who examines a group next: the examiners of its nearest exam that is not over."""
        nearest = (
            select(Exam.id)
            .join(ExamGroup, ExamGroup.exam_id == Exam.id)
            .where(ExamGroup.group_name == group, Exam.ends_at > ends_after, Exam.cancelled_at.is_(None))
            .order_by(Exam.starts_at, Exam.id)
            .limit(1)
            .scalar_subquery()
        )
        query = select(ExamExaminer.person_id).where(ExamExaminer.exam_id == nearest)
        return list(self._session.scalars(query.order_by(ExamExaminer.position)))

    def language_of(self, group: str) -> str | None:
        """The language of most of a group's students."""
        query = (
            select(Person.language)
            .where(Person.group_name == group, Person.kind == "student")
            .group_by(Person.language)
            .order_by(func.count().desc(), Person.language)
            .limit(1)
        )
        return self._session.scalar(query)

    def of_exams(self, exam_ids: Sequence[int]) -> dict[int, list[Standing]]:
        """Chats that get the posts of each of these exams."""
        query = (
            select(ExamGroup.exam_id, Account, GroupChat)
            .select_from(Account)
            .join(GroupChat, GroupChat.account_id == Account.id)
            .join(ExamGroup, ExamGroup.group_name == GroupChat.group_name)
            .where(ExamGroup.exam_id.in_(exam_ids), _LIVE)
        )
        found: dict[int, list[Standing]] = {}
        for row in self._session.execute(query):
            found.setdefault(row[0], []).append((row[1], row[2]))
        return found

    def _reached(self, since: dt.datetime, *which: ColumnElement[bool]) -> Any:
        """People who are for certain in a chat of their own group that rings."""
        return (
            select(Person.id)
            .join(Account, Account.person_id == Person.id)
            .join(ChatMember, ChatMember.member_id == Account.id)
            .join(GroupChat, GroupChat.account_id == ChatMember.chat_id)
            .where(ChatMember.present.is_(True), ChatMember.checked_at >= since)
            .where(GroupChat.group_name == Person.group_name, GroupChat.rings.is_(True))
            .where(GroupChat.confirmed_at.is_not(None), *which)
        )

    def delay(self, reminder: Reminder, until: dt.datetime, since: dt.datetime) -> int:
        """Who is in a chat that rings waits for the chat's post. Returns how many."""
        blocked = select(Account.id).where(Account.blocked_at.is_not(None))
        reached = self._reached(since, GroupChat.account_id.not_in(blocked))
        return affected(
            self._session,
            update(Notice)
            .where(Notice.reminder_id == reminder.id, Notice.state == "pending")
            .where(Notice.person_id.in_(reached), Notice.due_at < until)
            .values(due_at=until)
            .execution_options(synchronize_session=False),
        )

    def cover(self, reminder_id: int, chat_id: int, since: dt.datetime, now: dt.datetime) -> int:
        """The post of a chat is there, pinned: those who are in it have got their warning. How many."""
        reached = self._reached(since, GroupChat.account_id == chat_id)
        return affected(
            self._session,
            update(Notice)
            .where(Notice.reminder_id == reminder_id, Notice.state == "pending")
            .where(Notice.person_id.in_(reached))
            .values(state="sent", reason=GROUP, finished_at=now)
            .execution_options(synchronize_session=False),
        )

    def hurry(self, reminder_id: int, now: dt.datetime) -> int:
        """The post did not come: those who waited for it are written to now. How many."""
        return affected(
            self._session,
            update(Notice)
            .where(Notice.reminder_id == reminder_id, Notice.state == "pending", Notice.due_at > now)
            .where(Notice.attempts == 0)
            .values(due_at=now)
            .execution_options(synchronize_session=False),
        )

    def note(self, chat_id: int, member_id: int, present: bool, now: dt.datetime) -> None:
        """Somebody is in a chat, or is not, as of now."""
        seen = {"present": present, "checked_at": now}
        fresh = insert_new(self._session, ChatMember).values(chat_id=chat_id, member_id=member_id, **seen)
        if not affected(self._session, fresh):
            mine = (ChatMember.chat_id == chat_id) & (ChatMember.member_id == member_id)
            affected(self._session, update(ChatMember).where(mine).values(**seen))

    def unsure(self, since: dt.datetime, limit: int) -> list[tuple[int, int, int, int]]:
        """(chat, its number, account, its user) of linked students of whom it is not certain any more."""
        known = exists().where(
            ChatMember.chat_id == GroupChat.account_id,
            ChatMember.member_id == Account.id,
            ChatMember.checked_at >= since,
        )
        chat = aliased(Account)
        query = (
            select(GroupChat.account_id, chat.user_id, Account.id, Account.user_id)
            .join(chat, (chat.id == GroupChat.account_id) & chat.blocked_at.is_(None))
            .join(Person, (Person.group_name == GroupChat.group_name) & (Person.kind == "student"))
            .join(Account, Account.person_id == Person.id)
            .where(GroupChat.confirmed_at.is_not(None), GroupChat.rings.is_(True), ~known)
            .limit(limit)
        )
        return [(row[0], row[1], row[2], row[3]) for row in self._session.execute(query)]

    def unchecked(self, since: dt.datetime, limit: int) -> list[tuple[int, int]]:
        """(chat, its number) of chats where it is not known any more what the bot may do."""
        query = (
            select(Account.id, Account.user_id)
            .join(GroupChat, GroupChat.account_id == Account.id)
            .where(_LIVE, (GroupChat.checked_at.is_(None)) | (GroupChat.checked_at < since))
            .limit(limit)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]
