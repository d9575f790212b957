"""What delivery asks of the help desk's notices."""

import datetime as dt

from bot.rules.tickets import Load, TicketView
from bot.services import desk, deskchats, shifts, spikes, supervision, talks
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.unit import UnitOfWork


def _ticket(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> TicketView:
    notice = claimed.notice
    ticket = uow.tickets.get(int(notice.facts["ticket"]))
    assert ticket is not None, "judged before"
    history = notice.kind == "ticket_card"
    return desk.view(uow, office, now, ticket, reader=notice.person_id, history=history)


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    ticket = uow.tickets.get(int(claimed.notice.facts["ticket"]))
    if ticket is None:
        return "gone"
    wanted = {
        "ticket_claimed": "claimed",
        "ticket_returned": "waiting",
        "ticket_search": "claimed",
    }.get(claimed.notice.kind)
    return "" if wanted in (None, ticket.state) else ticket.state


def _load(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> Load:
    return supervision.load(uow, office, now, deep=False)


_TICKET = Letter(untrue=_untrue, about=_ticket)
KINDS = (
    "ticket_card", "ticket_claimed", "ticket_returned", "ticket_done", "ticket_lost", "ticket_reported",
    "ticket_blocked", "ticket_place", "ticket_search", "ticket_stays",
)  # fmt: skip
LETTERS = {
    **dict.fromkeys(KINDS, _TICKET),
    "queue_card": Letter(about=_load),
    **talks.LETTERS,
    **deskchats.LETTERS,
    **shifts.LETTERS,
    **spikes.LETTERS,
}
