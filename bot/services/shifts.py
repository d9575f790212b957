"""A shift has an end: said by its helper, or because nobody answers any more."""

import datetime as dt

from bot.rules.notices import Rank
from bot.services import desk, dispatch, live
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Shift
from bot.storage.unit import UnitOfWork

ASKED, ENDED = "still_there", "shift_ended"


def end(uow: UnitOfWork, office: Office, now: dt.datetime, shift: Shift) -> None:
    """The shift is over; its helper's tickets go to the front of the line, or to the second helper."""
    shift.ended_at = now
    uow.flush()
    for ticket in uow.tickets.held_by(shift.person_id):
        if ticket.holder_id == shift.person_id:
            dispatch.release(uow, office, now, ticket, "shift_over")
        else:
            ticket.second_id = None
            account = uow.people.account_of(shift.person_id)
            if account is not None:
                uow.talks.give_up(ticket.id, account.id)
    dispatch.offer(uow, office, now)


def watch(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Who leaves offers unanswered is asked whether they are there; no answer ends the shift.

    Whoever helps somebody now is left in peace: their lease watches over them. Returns how many shifts moved.
    """
    moved = 0
    for shift in uow.tickets.on_duty():
        if shift.asked_at is not None:
            if shift.asked_at + desk.minutes(office, "still_there") <= now:
                moved += 1
                _give_up(uow, office, now, shift)
        elif _ignores(uow, office, shift):
            moved += 1
            shift.asked_at = now
            live.owe(uow, now, f"shift:{shift.id}", ASKED, shift.person_id, Rank.ESCALATION)
    return moved


def _ignores(uow: UnitOfWork, office: Office, shift: Shift) -> bool:
    since = shift.seen_at or shift.started_at
    if uow.tickets.ignored(shift.person_id, since) < desk.figure(office, "ignored_offers"):
        return False
    return not uow.tickets.held_by(shift.person_id)


def _give_up(uow: UnitOfWork, office: Office, now: dt.datetime, shift: Shift) -> None:
    end(uow, office, now, shift)
    account = uow.people.account_of(shift.person_id)
    if account is not None:
        uow.notices.owe(
            f"{ENDED}:{shift.id}",
            kind=ENDED,
            person_id=shift.person_id,
            account_id=account.id,
            rank=int(Rank.REMINDER),
            due_at=now,
        )


def _answered(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """The question is of no use to somebody who has done something since."""
    shift = uow.tickets.shift_of(claimed.notice.person_id) if claimed.notice.person_id else None
    return "" if shift is not None and shift.asked_at is not None else "answered"


LETTERS = {ASKED: Letter(untrue=_answered)}
