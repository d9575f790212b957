"""A request for help as its asker sees it: the line, the conversation, the end."""

import datetime as dt
from collections.abc import Sequence

from bot.rules.exams import ExamBrief
from bot.rules.tickets import TicketView
from bot.rules.warnings import minutes_left
from bot.views.home import urgent
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech

STARS = "⭐"


def status(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """A ticket as it stands now."""
    head = voice.t(
        f"ticket.state.{ticket.state}", number=bold(ticket.number), time=voice.when(ticket.opened_at, now)
    )
    caller = voice.t("ticket.caller", name=ticket.caller) if ticket.caller else None
    text = lines(*_clock(voice, ticket.exam, now), head, caller, *_wait(voice, ticket))
    return Screen(text, [*_sos(voice, ticket.exam, now), *_rows(voice, ticket)])


def opened(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """The request is in: its number, the place in the line, and that one may go on writing."""
    head = voice.t("ticket.opened" if ticket.fresh else "ticket.already", number=bold(ticket.number))
    text = lines(*_clock(voice, ticket.exam, now), head, *_wait(voice, ticket))
    return Screen(text, [*_sos(voice, ticket.exam, now), *_rows(voice, ticket)])


def standing(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """The same in the message that keeps itself current; when it is over it only says so."""
    whole = status(voice, ticket, now)
    return whole if ticket.state in ("waiting", "claimed") else Screen(whole.text)


def _wait(voice: Speech, ticket: TicketView) -> list[object]:
    if ticket.state == "claimed":
        return [voice.t("ticket.write")]
    if ticket.state != "waiting":
        return []
    shown: list[object] = [voice.t("ticket.place", n=ticket.place)]
    if ticket.expected is not None:
        shown.append(voice.t("ticket.expected", time=voice.duration(ticket.expected)))
    if not ticket.on_duty:
        shown += [voice.t("ticket.nobody"), *urgent(voice, ticket.phones)]
    return [*shown, voice.t("ticket.add")]


def _rows(voice: Speech, ticket: TicketView) -> list[list[Button]]:
    if ticket.state in ("waiting", "claimed"):
        rows = (
            [[Button(voice.label("button.refresh"), pack("tv", ticket.id))]]
            if ticket.state == "waiting"
            else []
        )
        return [*rows, [Button(voice.label("button.not_needed"), pack("tx", ticket.id))]]
    if ticket.state == "resolved":
        return [*_stars(ticket), [Button(voice.label("button.reopen"), pack("to", ticket.id))]]
    return []


def _stars(ticket: TicketView) -> list[list[Button]]:
    if ticket.rating is not None:
        return []
    return [[Button(f"{n} {STARS}", pack("tr", ticket.id, n)) for n in range(1, 6)]]


def claimed(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """A helper is here: write."""
    text = lines(voice.t("ticket.claimed", number=bold(ticket.number)), voice.t("ticket.write"))
    return Screen(text, [*_sos(voice, ticket.exam, now), *_rows(voice, ticket)])


def returned(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """The helper is gone; the line knows."""
    text = lines(voice.t("ticket.returned", number=bold(ticket.number)), *_wait(voice, ticket))
    return Screen(text, [*_sos(voice, ticket.exam, now), *_rows(voice, ticket)])


def search(voice: Speech, ticket: TicketView) -> Screen:
    """The helper waits for a word."""
    stop = Button(voice.label("button.not_needed"), pack("tx", ticket.id))
    return Screen(lines(voice.t("ticket.search", number=bold(ticket.number))), [[stop]])


def stays(voice: Speech, ticket: TicketView) -> Screen:
    """Two requests have come together; this one goes on."""
    text = lines(voice.t("ticket.stays", number=bold(ticket.number)), voice.t("ticket.stays.write"))
    return Screen(text, [[Button(ticket.number, pack("tv", ticket.id))]])


def done(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """It is over: how was it, and what if it comes back."""
    text = lines(
        voice.t("ticket.done", number=bold(ticket.number)),
        voice.t("ticket.thanks" if ticket.rating is not None else "ticket.rate"),
    )
    return Screen(text, _rows(voice, ticket))


def reported(voice: Speech, ticket: TicketView) -> Screen:
    """The helper has filed a report of force majeure for the asker."""
    return Screen(voice.t("ticket.reported", number=bold(ticket.case)))


def blocked(voice: Speech, ticket: TicketView) -> Screen:
    """No help by chat for now; a report of force majeure and the phone stay."""
    return Screen(lines(voice.t("ticket.blocked"), *ticket.phones))


def kept(voice: Speech) -> Screen:
    """What was written waits with the ticket."""
    return Screen(voice.t("ticket.kept"))


def hidden(voice: Speech) -> Screen:
    """A number of a person or a card was hidden."""
    return Screen(voice.t("talk.hidden"))


def not_carried(voice: Speech) -> Screen:
    """This kind of message cannot be passed on."""
    return Screen(voice.t("talk.not_carried"))


def mine(voice: Speech, tickets: Sequence[TicketView], now: dt.datetime) -> Screen | None:
    """All my requests for help; None where there are none."""
    if not tickets:
        return None
    said = [
        voice.t(
            f"ticket.state.{ticket.state}", number=bold(ticket.number), time=voice.when(ticket.opened_at, now)
        )
        for ticket in tickets
    ]
    return Screen(lines(*said), [[Button(ticket.number, pack("tv", ticket.id))] for ticket in tickets])


def _clock(voice: Speech, exam: ExamBrief | None, now: dt.datetime) -> list[object]:
    if exam is None or exam.span.phase(now) != "running":
        return []
    left = voice.minutes(minutes_left(exam.span.end, now))
    return [voice.t("help.clock", left=bold(left), time=voice.clock(exam.span.end)), ""]


def _sos(voice: Speech, exam: ExamBrief | None, now: dt.datetime) -> list[list[Button]]:
    if exam is None or exam.span.phase(now) != "running":
        return []
    return [[Button(voice.label("button.sos"), pack("sx", exam.id), style="danger")]]
