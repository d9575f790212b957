"""Messages that keep themselves current: one a subject and reader, changed in place, never repeated."""

import datetime as dt
from typing import Any

from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.services.office import Office
from bot.storage.unit import UnitOfWork


def owe(
    uow: UnitOfWork,
    now: dt.datetime,
    subject: str,
    kind: str,
    person_id: int,
    rank: Rank = Rank.REMINDER,
    **about: Any,
) -> None:
    """The message about `subject` (for example `case:12`) is to show things as they stand now.

    One that stands in the chat already is changed at `again_at`, where that is given, else at once.

    However often it is owed before it goes out, it goes out once. Where none stands in the chat, it is new.
    `about`: `exam_id`, `case_id`, `facts`, `again_at`.
    """
    account = uow.people.account_of(person_id)
    if account is None:
        return
    blocked = account.blocked_at is not None
    uow.notices.owe_live(
        _key(subject, account.id),
        kind=kind,
        person_id=person_id,
        account_id=account.id,
        rank=int(rank),
        due_at=now,
        state="unreachable" if blocked else "pending",
        reason="blocked" if blocked else "",
        **about,
    )


def adopt(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    subject: str,
    kind: str,
    message_id: int,
    **about: Any,
) -> None:
    """A screen that its reader has just been shown is the message about `subject` from now on."""
    uow.notices.adopt(
        _key(subject, me.account_id),
        message_id,
        now,
        kind=kind,
        person_id=me.person_id,
        account_id=me.account_id,
        rank=int(Rank.REMINDER),
        due_at=now,
        **about,
    )


def stands(uow: UnitOfWork, subject: str, person_id: int) -> bool:
    """Whether somebody has ever been shown a message about `subject`."""
    account = uow.people.account_of(person_id)
    return account is not None and uow.notices.known(_key(subject, account.id))


def _key(subject: str, account_id: int) -> str:
    return f"live:{subject}:{account_id}"
