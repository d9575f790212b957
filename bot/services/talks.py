"""Asker and helper talk through the bot: nobody sees the other's account, the order is kept."""

import datetime as dt
from itertools import zip_longest
from typing import Any
from zlib import crc32

from bot.rules import privacy
from bot.rules.notices import Rank
from bot.rules.parcels import Sent
from bot.rules.people import Me
from bot.rules.tickets import Part, Talk
from bot.services import desk, dispatch
from bot.services.letters import Letter, subject_of
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Account, Notice, Ticket, TicketCopy, TicketMessage
from bot.storage.unit import UnitOfWork

masked = privacy.mask
ALBUM_PARTS = 10
"""So many files are one album in Telegram."""


def talk_of(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, answers: int | None) -> int | None:
    """The ticket that a message of the reader belongs to; None when it is for no ticket.

    That of the message which it `answers`, else the one in which they are talking.
    """
    if answers is not None:
        told = uow.talks.by_shown(me.account_id, answers) or uow.talks.by_source(me.account_id, answers)
        if told is not None and _may_speak(uow, me, told.ticket_id):
            return told.ticket_id
    shift = uow.tickets.shift_of(me.person_id) if me.person_id else None
    if shift is not None and shift.current_id is not None and _may_speak(uow, me, shift.current_id):
        return shift.current_id
    own = uow.tickets.open_of(me.account_id)
    return own.id if own is not None else None


def _may_speak(uow: UnitOfWork, me: Me, ticket_id: int) -> bool:
    ticket = uow.tickets.get(ticket_id)
    if ticket is None or ticket.state not in ("waiting", "claimed"):
        return False
    if ticket.account_id == me.account_id:
        return True
    return me.person_id is not None and me.person_id in (ticket.holder_id, ticket.second_id)


def say(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    ticket_id: int,
    origin: int,
    *,
    kind: str = "text",
    text: str = "",
    file_id: str = "",
    source_id: int | None = None,
    answers: int | None = None,
    album: str = "",
) -> tuple[str, bool]:
    """Add a message to a ticket and send it to everybody else in it, after all that was said before.

    Numbers of persons and cards are hidden before anything is stored. `album`: what was sent together goes
    out together. Returns the ticket's state, and whether something was hidden.
    Raises `Refusal`: `ticket_gone`, `ticket_not_held`.
    """
    ticket = desk.require(uow, ticket_id)
    if not _may_speak(uow, me, ticket_id):
        desk.require_held(uow, me, ticket_id)
    shown, hidden = masked(text)
    told = None
    if answers is not None:
        told = uow.talks.by_shown(me.account_id, answers) or uow.talks.by_source(me.account_id, answers)
    new = uow.talks.add(
        ticket_id=ticket.id,
        at=now,
        account_id=me.account_id,
        origin=origin,
        kind=kind,
        text=shown,
        file_id=file_id,
        source_id=source_id,
        album=album,
        reply_to=told.id if told is not None and told.ticket_id == ticket.id else None,
    )
    message = uow.talks.by_origin(ticket.id, origin)
    if new and message is not None:
        _clock(office, now, ticket, by_asker=ticket.account_id == me.account_id)
        if ticket.account_id != me.account_id:
            desk.seen(uow, now, me.person_id)
        for account_id in _readers(uow, ticket, but=me.account_id):
            uow.talks.add_copy(message, account_id)
            push(uow, office, now, ticket, account_id)
    return ticket.state, hidden


def _clock(office: Office, now: dt.datetime, ticket: Ticket, *, by_asker: bool) -> None:
    """The lease runs while the asker waits for a word, and stands still while the helper does."""
    if ticket.state != "claimed":
        return
    if by_asker:
        ticket.widen_at = None
        ticket.lease_until = ticket.lease_until or now + desk.minutes(office, "lease")
    else:
        ticket.lease_until = None
        ticket.first_reply_at = ticket.first_reply_at or now


def _readers(uow: UnitOfWork, ticket: Ticket, but: int) -> list[int]:
    """Accounts of everybody in a conversation but one."""
    accounts = [ticket.account_id]
    for person_id in (ticket.holder_id, ticket.second_id):
        account = uow.people.account_of(person_id) if person_id else None
        accounts.append(account.id if account else None)
    return [account for account in dict.fromkeys(accounts) if account is not None and account != but]


def carry(
    uow: UnitOfWork, office: Office, now: dt.datetime, goes: Ticket, stays: Ticket, asker: int, *, here: bool
) -> None:
    """What an asker has said in a request that is closed for another of theirs is said there, in its order.

    `asker`: their account. `here`: it was written in the chat from which they go on; an edit still finds it.
    """
    readers, several = _readers(uow, stays, but=asker), uow.talks.of(goes.id)
    theirs = [said for said in several if said.account_id == asker]
    for said in theirs:
        uow.talks.add(
            ticket_id=stays.id,
            at=said.at,
            account_id=asker,
            origin=said.origin,
            kind=said.kind,
            text=said.text,
            file_id=said.file_id,
            source_id=said.source_id if here else None,
            album=said.album,
        )
        message = uow.talks.by_origin(stays.id, said.origin)
        assert message is not None, "written just now"
        for account_id in readers:
            uow.talks.add_copy(message, account_id)
    if theirs:
        _clock(office, now, stays, by_asker=True)
        for account_id in readers:
            push(uow, office, now, stays, account_id)


def bring(uow: UnitOfWork, office: Office, now: dt.datetime, ticket: Ticket, account_id: int) -> None:
    """A helper who comes in, or comes back, gets all that the asker has said, in its order."""
    uow.talks.revive(ticket.id, account_id)
    for message in uow.talks.of(ticket.id):
        if message.account_id != account_id:
            uow.talks.add_copy(message, account_id)
    push(uow, office, now, ticket, account_id)


def push(uow: UnitOfWork, office: Office, now: dt.datetime, ticket: Ticket, account_id: int) -> None:
    """Send a reader's next message, unless one is still on its way to them. An album is gathered first."""
    while (copy := uow.talks.next_copy(ticket.id, account_id)) is not None:
        account = uow.people.account_by_id(account_id)
        if account is None or account.blocked_at is not None:
            if _is_holder(uow, ticket, account):
                _release(uow, office, now, ticket)
                return
            copy.state = "failed"
            _tell_author(uow, now, ticket, copy)
            uow.flush()
            continue
        copy.state = "owed"
        message = uow.talks.get(copy.message_id)
        together = message is not None and message.album and not copy.alone
        wait = desk.figure(office, "album_seconds") if together else 0
        _owe(uow, now + dt.timedelta(seconds=wait), ticket, copy, account.person_id)
        uow.flush()
        return


def _is_holder(uow: UnitOfWork, ticket: Ticket, account: Account | None) -> bool:
    """Whether somebody helps with a ticket as the first."""
    if account is None or ticket.state != "claimed":
        return False
    return account.person_id is not None and account.person_id == ticket.holder_id


def _release(uow: UnitOfWork, office: Office, now: dt.datetime, ticket: Ticket) -> None:
    """A helper who cannot be reached loses the ticket at once; whoever takes it next gets every word."""
    dispatch.release(uow, office, now, ticket, "helper_gone")
    uow.flush()
    dispatch.offer(uow, office, now)


def _key(copy: TicketCopy) -> str:
    return f"live:talk:{copy.id}"


def _owe(
    uow: UnitOfWork, due_at: dt.datetime, ticket: Ticket, copy: TicketCopy, person_id: int | None
) -> None:
    uow.notices.owe_live(_key(copy), **_values(ticket, copy, person_id, due_at))


def _values(ticket: Ticket, copy: TicketCopy, person_id: int | None, due_at: dt.datetime) -> dict[str, Any]:
    return {
        "kind": "talk",
        "person_id": person_id,
        "account_id": copy.account_id,
        "facts": {"ticket": ticket.id, "copy": copy.id},
        "rank": int(Rank.ANSWER),
        "due_at": due_at,
    }


def edit(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, source_id: int, text: str
) -> tuple[bool, bool]:
    """An author has changed a message: it changes in every chat. Returns whether it was one, and hidden.

    A place on the map stays where it was.
    """
    message = uow.talks.by_source(me.account_id, source_id)
    if message is None:
        return False, False
    shown, hidden = masked(text)
    ticket = uow.tickets.get(message.ticket_id)
    if shown != message.text and message.kind != "location" and ticket is not None:
        message.text = shown
        for copy in uow.talks.copies(message.id):
            account = uow.people.account_by_id(copy.account_id)
            goes_along = copy.state == "owed" and copy.lead_id is not None
            reached = account is not None and account.blocked_at is None
            if copy.state in ("sent", "owed") and reached and not goes_along:
                assert account is not None
                _owe(uow, now, ticket, copy, account.person_id)
    return True, hidden


def _landed(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice, sent: Sent) -> None:
    copy = uow.talks.copy(subject_of(notice))
    ticket = uow.tickets.get(copy.ticket_id) if copy else None
    if copy is not None and ticket is not None:
        followers = uow.talks.led_by(copy) if copy.state == "owed" else []
        copy.state, copy.chat_message_id = "sent", notice.message_id
        for part, number in zip_longest(followers, notice.facts.get("parts", [])[1 : len(followers) + 1]):
            part.state, part.chat_message_id = "sent", number
            if number is not None:
                values = _values(ticket, part, notice.person_id, now)
                uow.notices.adopt(_key(part), number, now, **values)
                if _sum_of(uow, part) != notice.facts.get("sums", {}).get(str(part.id)):
                    _owe(uow, now, ticket, part, notice.person_id)
        uow.flush()
        push(uow, office, now, ticket, copy.account_id)


def _sum_of(uow: UnitOfWork, copy: TicketCopy) -> int:
    """By this it is seen that a message was changed while it was on its way in an album."""
    message = uow.talks.get(copy.message_id)
    return crc32(message.text.encode()) if message else 0


def _lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    copy = uow.talks.copy(subject_of(notice))
    ticket = uow.tickets.get(copy.ticket_id) if copy else None
    if copy is None or ticket is None or copy.state != "owed":
        return
    followers = uow.talks.led_by(copy)
    account = uow.people.account_by_id(copy.account_id)
    if account is not None and account.blocked_at is not None and _is_holder(uow, ticket, account):
        for part in (copy, *followers):
            part.state = "failed"
        _release(uow, office, now, ticket)
        return
    if followers:
        # Of an album that was refused each part goes alone: what is not at fault arrives after all.
        for part in (copy, *followers):
            part.state, part.lead_id, part.alone = "waiting", None, True
    else:
        copy.state = "failed"
        _tell_author(uow, now, ticket, copy)
    uow.flush()
    push(uow, office, now, ticket, copy.account_id)


def _tell_author(uow: UnitOfWork, now: dt.datetime, ticket: Ticket, copy: TicketCopy) -> None:
    """Nobody waits for an answer to what was never delivered."""
    message = uow.talks.get(copy.message_id)
    author = uow.people.account_by_id(message.account_id) if message and message.account_id else None
    if message is not None and author is not None:
        desk.tell(uow, now, ticket, "talk_failed", author, suffix=copy.id, source=message.source_id)


def _speaker(uow: UnitOfWork, ticket: Ticket) -> str:
    """Who speaks as the asker: somebody else's name where they asked for a student out of the bot's reach."""
    account = uow.people.account_by_id(ticket.account_id) if ticket.account_id else None
    person_id = account.person_id if account and account.person_id else ticket.person_id
    person = uow.people.get(person_id) if person_id else None
    return person.full_name if person else ""


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> Talk | None:
    copy = uow.talks.copy(int(claimed.notice.facts["copy"]))
    message = uow.talks.get(copy.message_id) if copy else None
    ticket = uow.tickets.get(copy.ticket_id) if copy else None
    if copy is None or message is None or ticket is None:
        return None
    to_asker = copy.account_id == ticket.account_id
    by_asker = message.account_id == ticket.account_id
    parts = _gathered(uow, copy, message, claimed.notice) if claimed.notice.message_id is None else ()
    return Talk(
        ticket_id=ticket.id,
        number=ticket.number,
        to_asker=to_asker,
        kind=message.kind,
        text=message.text,
        file_id=message.file_id,
        author=_speaker(uow, ticket) if by_asker else "",
        device=ticket.device,
        replies=_shown_as(uow, message, copy.account_id),
        by_asker=by_asker,
        parts=parts,
        bare=copy.lead_id is not None,
    )


def _gathered(uow: UnitOfWork, copy: TicketCopy, message: TicketMessage, notice: Notice) -> tuple[Part, ...]:
    """The album that a message leads, as far as it is there; none where it goes alone."""
    if not message.album or copy.alone:
        return ()
    found = uow.talks.album_of(copy, ALBUM_PARTS)
    for part, _ in found:
        if part.id != copy.id:
            part.state, part.lead_id = "owed", copy.id
    notice.facts = {**notice.facts, "sums": {str(part.id): _sum_of(uow, part) for part, _ in found}}
    return tuple(Part(one.kind, one.file_id, one.text) for _, one in found) if len(found) > 1 else ()


def _shown_as(uow: UnitOfWork, message: TicketMessage, account_id: int) -> int | None:
    """The number, in a reader's chat, of the message that this one answers."""
    told = uow.talks.get(message.reply_to) if message.reply_to else None
    if told is None:
        return None
    if told.account_id == account_id:
        return told.source_id
    return next((c.chat_message_id for c in uow.talks.copies(told.id) if c.account_id == account_id), None)


def _gone(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """Words of no conversation any more, or to a helper who has left it: whoever takes it next gets them."""
    copy = uow.talks.copy(int(claimed.notice.facts["copy"]))
    ticket = uow.tickets.get(copy.ticket_id) if copy else None
    if copy is None or ticket is None or uow.talks.get(copy.message_id) is None:
        return "gone"
    open_still = ticket.state in ("waiting", "claimed")
    if copy.state == "owed" and open_still and copy.account_id not in _readers(uow, ticket, but=0):
        for part in (copy, *uow.talks.led_by(copy)):
            part.state = "failed"
        return "left"
    return ""


LETTERS = {"talk": Letter(untrue=_gone, about=_about, landed=_landed, lost=_lost)}
