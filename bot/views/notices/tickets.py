"""Notices of the help desk: offers, the conversation itself, and what becomes of a ticket."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.parcels import Parcel
from bot.rules.tickets import Load, RushView, SpikeView, Talk, TicketView
from bot.views import desk, desk_load, tickets
from bot.views.notices.setting import Render, Setting
from bot.views.screen import CAPTION_LIMIT, TEXT_LIMIT, Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech


def _of(parcel: Parcel) -> TicketView:
    assert isinstance(parcel.about, TicketView)
    return parcel.about


def _card(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return desk.card(voice, _of(parcel), now)


def _post(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return desk.post(voice, _of(parcel), now)


def _rush(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, RushView)
    return desk.rush(voice, parcel.about, now)


def _claimed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return tickets.claimed(voice, _of(parcel), now)


def _returned(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return tickets.returned(voice, _of(parcel), now)


def _done(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return tickets.done(voice, _of(parcel), now)


def _lost(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return desk.lost(voice, _of(parcel))


def _reported(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return tickets.reported(voice, _of(parcel))


def _blocked(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return tickets.blocked(voice, _of(parcel))


def _queue(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, Load)
    return desk.queue_card(voice, parcel.about)


def _search(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return tickets.search(voice, _of(parcel))


def _stays(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return tickets.stays(voice, _of(parcel))


def _place(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return tickets.standing(voice, _of(parcel), now)


def _still_there(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return desk.still_there(voice)


def _shift_ended(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return desk.shift_ended(voice)


def _spike(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, SpikeView)
    return desk_load.spike(voice, parcel.about)


def _failed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return Screen(voice.t("talk.failed"), replies=parcel.facts.get("source"))


def _talk(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    """One message of a conversation: who speaks, then the words, the file or the place."""
    talk = parcel.about
    assert isinstance(talk, Talk)
    who = voice.label("talk.helper") if not talk.by_asker else talk.author or voice.label("desk.unknown")
    head = bold(f"💬 {who}" if talk.to_asker else f"💬 {talk.number} · {who}")
    words = desk.said_text(voice, talk.kind, talk.text, talk.device)
    place = None
    if talk.kind == "location":
        north, _, east = talk.text.partition(",")
        place = (float(north), float(east))
    if talk.parts and parcel.edits is None:
        return _album(talk, head)
    file = (talk.kind, talk.file_id) if talk.file_id else None
    if talk.bare:
        return Screen(lines(words), file=file)
    rows = [] if talk.to_asker else [[Button(talk.number, pack("k0", talk.ticket_id))]]
    room = (CAPTION_LIMIT if file else TEXT_LIMIT) - len(head)
    text = lines(head, words or None) if len(words) < room else lines(words)
    return Screen(text, rows, file, replies=talk.replies, place=place)


def _album(talk: Talk, head: Html) -> Screen:
    """What was sent together arrives together; who speaks stands below the first of it."""
    first = lines(head, talk.parts[0].text or None)
    said = [first, *(lines(part.text) for part in talk.parts[1:])]
    album = [(part.kind, part.file_id, words) for part, words in zip(talk.parts, said, strict=True)]
    return Screen(first, replies=talk.replies, album=album)


KINDS: Mapping[str, Render] = {
    "ticket_card": _card,
    "ticket_post": _post,
    "ticket_rush": _rush,
    "ticket_claimed": _claimed,
    "ticket_returned": _returned,
    "ticket_done": _done,
    "ticket_lost": _lost,
    "ticket_reported": _reported,
    "ticket_blocked": _blocked,
    "queue_card": _queue,
    "ticket_place": _place,
    "ticket_search": _search,
    "ticket_stays": _stays,
    "still_there": _still_there,
    "shift_ended": _shift_ended,
    "desk_spike": _spike,
    "talk": _talk,
    "talk_failed": _failed,
}
