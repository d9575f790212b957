"""A commission changed by hand: who sits, who else might, why somebody may not."""

from collections.abc import Sequence

from bot.rules.appeals import Seat, Seats
from bot.views.exams import shorten
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech

NOBODY = 0


def seats(voice: Speech, view: Seats) -> Screen:
    """Who sits; a tap on somebody asks who comes instead."""
    listed = [_seated(voice, index, seat) for index, seat in enumerate(view.seated)]
    text = lines(
        bold(voice.t("seat.title", number=view.number)),
        *(listed or [voice.t("seat.nobody")]),
        voice.t(f"appeal.problem.{view.problem}") if view.problem else None,
        "",
        voice.t("seat.odd") if view.odd else None,
        voice.t("seat.ask"),
    )
    rows = [
        [Button(f"🔁 {shorten(seat.name, 28)}", pack("aj", view.case_id, view.revision, seat.person_id))]
        for seat in view.seated
    ]
    rows.append([Button(voice.label("button.seat_add"), pack("aj", view.case_id, view.revision, NOBODY))])
    return Screen(text, rows)


def _seated(voice: Speech, index: int, seat: Seat) -> object:
    return voice.t("seat.chair" if index == 0 else "seat.member", name=seat.name)


def choose(voice: Speech, view: Seats, out: int, first: int = NOBODY) -> Screen:
    """Who comes? `out`: in whose place, 0 beside the others; `first`: who was chosen to come with them."""
    gone = next((seat.name for seat in view.seated if seat.person_id == out), "")
    free = [seat for seat in view.offered if not seat.conflict and seat.person_id != first]
    text = lines(
        bold(voice.t("seat.title", number=view.number)),
        voice.t("seat.instead", name=gone) if gone else voice.t("seat.second" if first else "seat.beside"),
        *_barred(voice, view.offered),
        None if free else voice.t("seat.none"),
        "",
        voice.t("seat.type"),
    )
    key = (view.case_id, view.revision, out)
    rows = [
        [Button(shorten(seat.name, 34), pack("am", *key, *((first,) if first else ()), seat.person_id))]
        for seat in free
    ]
    if gone and not view.odd:
        rows.append([Button(voice.label("button.seat_out"), pack("am", *key, NOBODY), style="danger")])
    rows.append([Button(voice.label("button.back"), pack("ah", view.case_id))])
    return Screen(text, rows)


def _barred(voice: Speech, offered: Sequence[Seat]) -> list[object]:
    return [
        voice.t("seat.barred", name=seat.name, reason=voice.t(f"seat.conflict.{seat.conflict}"))
        for seat in offered
        if seat.conflict
    ]


def done(voice: Speech) -> Screen:
    """The commission is another one, and no longer the reader's."""
    return Screen(voice.t("seat.done"))
