"""A Telegram group becomes the chat of a study group: one pinned post there serves those who are in it."""

import datetime as dt
from collections.abc import Iterable, Sequence

from bot.errors import Refusal
from bot.rules import chats as rules
from bot.rules.chats import Answer, ChatView, GroupPost, Question
from bot.rules.notices import Rank
from bot.rules.parcels import Sent
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.chats import Standing
from bot.storage.notices import Claimed
from bot.storage.tables import Account, GroupChat, Notice, Reminder
from bot.storage.unit import UnitOfWork

POST = "group_warning"
ASKED = "chat_asked"
KEEPS = 2
"""What is known of a membership is asked anew after one part in so many of its time."""


def link(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, chat: int, group: str) -> ChatView:
    """Link a Telegram group to a study group, or ask its examiner to. Saying it twice is once.

    `group` may be empty: a student's own, an examiner's only one. Raises `Refusal`: `link_first`,
    `chat_not_yours`, `chat_which` (an examiner of several groups), `chat_taken` (another group's chat),
    `chat_of_helpers`.
    """
    group = _group(uow, now, me, group)
    examines = me.person_id is not None and group in uow.chats.taught_by(me.person_id, now)
    standing = rules.require_link(me.actor, group, me.group, examines=examines)
    found = uow.chats.find(chat)
    if uow.desk_chats.find(chat) is not None:
        raise Refusal("chat_of_helpers")
    if found is not None and found[1].group_name != group:
        raise Refusal("chat_taken", group=found[1].group_name)
    account, row = found or _add(uow, office, now, me, chat, group)
    if row.confirmed_at is None and standing == "linked":
        _confirm(uow, now, row, me)
    if row.confirmed_at is None:
        _ask(uow, now, account, row)
    return _view(uow, row)


def _group(uow: UnitOfWork, now: dt.datetime, me: Me, group: str) -> str:
    if group or me.person_id is None:
        return group
    if me.kind is PersonKind.STUDENT:
        return me.group
    taught = uow.chats.taught_by(me.person_id, now)
    if len(taught) != 1:
        raise Refusal("chat_which", groups=", ".join(taught) or "–")
    return taught[0]


def _add(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, chat: int, group: str
) -> tuple[Account, GroupChat]:
    language = uow.chats.language_of(group)
    account = uow.people.account(chat) or uow.people.add_account(
        Account(
            user_id=chat,
            language=language if language in office.languages else office.languages[0],
            consent_version=0,
            created_at=now,
        )
    )
    uow.flush()
    account.blocked_at = None
    row = GroupChat(account_id=account.id, group_name=group, asked_by=me.person_id, asked_at=now)
    uow.chats.add(row)
    uow.records.audit(now, "chat_asked", me.account_id, group=group)
    return account, row


def _ask(uow: UnitOfWork, now: dt.datetime, account: Account, row: GroupChat) -> None:
    for examiner in uow.chats.examiners(row.group_name, now):
        reader = uow.people.account_of(examiner)
        if reader is not None:
            uow.notices.owe(
                f"chat_asked:{account.id}:{row.asked_at.timestamp():.0f}:{examiner}",
                kind=ASKED,
                person_id=examiner,
                account_id=reader.id,
                facts={"chat": account.id},
                rank=int(Rank.REMINDER),
                due_at=now,
            )


def _confirm(uow: UnitOfWork, now: dt.datetime, row: GroupChat, me: Me) -> None:
    row.confirmed_at, row.confirmed_by = now, me.person_id
    uow.records.audit(now, "chat_linked", me.account_id, group=row.group_name)


def _view(uow: UnitOfWork, row: GroupChat) -> ChatView:
    asker = uow.people.get(row.asked_by) if row.asked_by else None
    return ChatView(
        row.account_id,
        row.group_name,
        "linked" if row.confirmed_at else "asked",
        asker.full_name if asker else "",
    )


def confirm(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, chat_id: int) -> ChatView:
    """An examiner of the group lets its chat be linked; the chat is told. Twice is once.

    Raises `Refusal`: `link_first`, `staff_only`, `chat_gone`, `chat_not_yours`.
    """
    account, row = _theirs(uow, now, me, chat_id)
    if row.confirmed_at is None:
        _confirm(uow, now, row, me)
        key = f"chat_linked:{account.id}:{row.asked_at.timestamp():.0f}"
        uow.notices.owe(key, kind="chat_linked", account_id=account.id, rank=int(Rank.REMINDER), due_at=now)
    return _view(uow, row)


def refuse(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, chat_id: int) -> ChatView:
    """An examiner of the group says no: nothing is kept of the chat. Refuses as `confirm`."""
    _, row = _theirs(uow, now, me, chat_id)
    view = _view(uow, row)
    uow.chats.remove(chat_id)
    uow.records.audit(now, "chat_unlinked", me.account_id, group=row.group_name)
    return view


def _theirs(uow: UnitOfWork, now: dt.datetime, me: Me, chat_id: int) -> tuple[Account, GroupChat]:
    found = uow.chats.get(chat_id)
    taught = uow.chats.taught_by(me.person_id, now) if me.person_id is not None else []
    rules.require_confirm(me.actor, examines=found is None or found[1].group_name in taught)
    if found is None:
        raise Refusal("chat_gone")
    return found


def unlink(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, chat: int) -> str:
    """End it; everybody is written to singly again. Returns the group.

    Raises `Refusal`: `link_first`, `chat_gone` (not linked), `chat_not_yours`.
    """
    found = uow.chats.find(chat)
    if found is None:
        raise Refusal("chat_gone")
    row = found[1]
    examines = me.person_id is not None and row.group_name in uow.chats.taught_by(me.person_id, now)
    rules.require_unlink(me.actor, examines=examines, asked_by=row.asked_by)
    uow.chats.remove(row.account_id)
    uow.records.audit(now, "chat_unlinked", me.account_id, group=row.group_name)
    return row.group_name


def bot_is(uow: UnitOfWork, office: Office, now: dt.datetime, chat: int, present: bool, rings: bool) -> None:
    """The bot's own place in a group has changed: it was thrown out, let in, or given the right to pin."""
    found = uow.chats.find(chat)
    standing = found or uow.desk_chats.find(chat)
    if standing is not None:
        standing[0].blocked_at = None if present else standing[0].blocked_at or now
    if found is not None:
        found[1].rings, found[1].checked_at = present and rings, now


def seen(
    uow: UnitOfWork, office: Office, now: dt.datetime, chat: int, users: Iterable[tuple[int, bool]]
) -> None:
    """(Telegram user, whether they are in the group now). Of people who are no readers nothing is kept."""
    found = uow.chats.find(chat)
    for user, present in users if found else ():
        account = uow.people.account(user)
        if found and account is not None and account.person_id is not None:
            uow.chats.note(found[1].account_id, account.id, present, now)


def migrate(uow: UnitOfWork, office: Office, now: dt.datetime, old: int, new: int) -> None:
    """A group has become a supergroup: it has another number from now on."""
    account = uow.people.account(old)
    if account is None:
        return
    later = uow.people.account(new)
    if later is not None and later.id != account.id:
        uow.chats.remove(later.id)
        uow.flush()
    account.user_id, account.blocked_at = new, None


def questions(uow: UnitOfWork, office: Office, now: dt.datetime, limit: int) -> list[Question]:
    """What has to be asked of Telegram again, before what is known grows too old to count as certain."""
    since = now - office.policy.delivery.member_known / KEEPS
    asked = [Question(chat_id, chat) for chat_id, chat in uow.chats.unchecked(since, limit)]
    rows = uow.chats.unsure(since, limit - len(asked)) if limit > len(asked) else []
    return asked + [Question(chat_id, chat, member, user) for chat_id, chat, member, user in rows]


def answered(uow: UnitOfWork, office: Office, now: dt.datetime, answers: Sequence[Answer]) -> None:
    """Keep what Telegram said."""
    for answer in answers:
        question = answer.question
        if question.member_id is None:
            bot_is(uow, office, now, question.chat, answer.present, answer.rings)
        elif uow.chats.get(question.chat_id) is not None:
            uow.chats.note(question.chat_id, question.member_id, answer.present, now)


def post(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    reminders: Sequence[Reminder],
    due_at: dt.datetime | None = None,
) -> int:
    """Owe the chats of the exams' groups their post; who is in one for certain waits for it a little.

    Returns how many posts. One that does not arrive, or cannot be pinned, spares nobody their own message.
    """
    standing = uow.chats.of_exams([reminder.exam_id for reminder in reminders])
    limits, owed = office.policy.delivery, 0
    for reminder in reminders if standing else ():
        found, begins = standing.get(reminder.exam_id, ()), due_at or reminder.due_at
        for account, _ in found:
            owed += uow.notices.owe(
                f"reminder:{reminder.id}:{reminder.revision}:g{account.id}",
                kind=POST,
                account_id=account.id,
                reminder_id=reminder.id,
                exam_id=reminder.exam_id,
                rank=int(Rank.WARNING),
                due_at=begins,
                use_by=reminder.use_by,
            )
        if any(row.rings for _, row in found):
            uow.chats.delay(reminder, begins + limits.group_grace, now - limits.member_known)
    return owed


def _to_pin(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> GroupPost:
    found = uow.chats.get(claimed.account.id)
    return GroupPost(found[1].pinned_id if found else None)


def _landed(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice, sent: Sent) -> None:
    found = uow.chats.get(notice.account_id) if notice.account_id else None
    if found is None or notice.reminder_id is None:
        return
    row = found[1]
    if not sent.pinned:
        row.rings = False
        uow.chats.hurry(notice.reminder_id, now)
        return
    row.pinned_id = sent.message_id
    if row.rings:
        uow.chats.cover(notice.reminder_id, row.account_id, now - office.policy.delivery.member_known, now)


def _lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    if notice.reminder_id is not None:
        uow.chats.hurry(notice.reminder_id, now)


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> ChatView | None:
    found: Standing | None = uow.chats.get(claimed.notice.facts.get("chat", claimed.account.id))
    return _view(uow, found[1]) if found else None


def _is_settled(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    found = uow.chats.get(claimed.notice.facts["chat"])
    return "gone" if found is None else "answered" if found[1].confirmed_at else ""


def _is_gone(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    return "" if uow.chats.get(claimed.account.id) else "gone"


LETTERS = {
    POST: Letter(untrue=_is_gone, about=_to_pin, lost=_lost, landed=_landed),
    ASKED: Letter(untrue=_is_settled, about=_about),
    "chat_linked": Letter(untrue=_is_gone, about=_about),
}
