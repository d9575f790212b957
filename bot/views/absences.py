"""Who is away until when, who stands in."""

import datetime as dt
from collections.abc import Sequence

from bot.rules import windows
from bot.rules.absences import Absences, Away, Choice, Colleague, ends
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

NAME = 40
SHOWN = 20


def overview(voice: Speech, seen: Absences, now: dt.datetime) -> Screen:
    """The own absence, those of colleagues, what can be done."""
    rows = []
    if seen.own is None:
        rows.append([Button(voice.label("button.go_away"), pack("yw", seen.me.id))])
    else:
        rows.append([Button(voice.label("button.come_back"), pack("yc", seen.own.id), style="success")])
        rows.append([Button(voice.label("button.change_away"), pack("yw", seen.me.id))])
    for one in seen.others[:SHOWN]:
        label = voice.label("button.ends_away", name=shorten(one.person.name, NAME))
        rows.append([Button(label, pack("yc", one.id))])
    if seen.speaks_for_others:
        rows.append([Button(voice.label("button.send_away"), pack("yf"))])
        rows.append([Button(voice.label("button.account"), pack("yr"))])
    text = lines(
        bold(voice.t("away.title")),
        _line(voice, seen.own, now) if seen.own else voice.t("away.none"),
        *([""] if seen.others else []),
        *(_line(voice, one, now) for one in seen.others[:SHOWN]),
    )
    return Screen(text, rows)


def _line(voice: Speech, away: Away, now: dt.datetime) -> Html:
    said = voice.t("away.until", name=away.person.name, time=voice.when(away.until, now))
    if not away.stands_in:
        return lines(said, voice.t("away.nobody"))
    idle = voice.t("away.idle") if away.idle else None
    return lines(said, voice.t("away.stands_in", name=away.stands_in), idle)


def whom(voice: Speech) -> Screen:
    """Which colleague? By id or name."""
    return Screen(voice.t("away.whom"))


def found(voice: Speech, people: Sequence[Colleague]) -> Screen:
    """Which of those found?"""
    return Screen(voice.t("away.which"), [[Button(_named(one), pack("yw", one.id))] for one in people])


def _named(person: Colleague) -> str:
    return shorten(" · ".join(part for part in (person.name, person.department) if part), 2 * NAME)


def until(voice: Speech, person: Colleague, now: dt.datetime) -> Screen:
    """Until when? One tap, or typed."""
    moments = ends(now, voice.zone)
    last = [windows.said(moment, voice.zone) for moment in moments]
    buttons = [
        Button(
            voice.label("button.until_day", day=voice.day(shown)), pack("yu", person.id, int(at.timestamp()))
        )
        for at, shown in zip(moments, last, strict=True)
    ]
    rows = [[button] for button in buttons]
    return Screen(voice.t("away.when", name=person.name), [*rows, [_back(voice)]])


def stand_in(voice: Speech, choice: Choice, now: dt.datetime) -> Screen:
    """Who stands in? A colleague by one tap, one found by typing, or nobody."""
    key = (choice.person.id, int(choice.until.timestamp()))
    rows = [[Button(_named(one), pack("ys", *key, one.id))] for one in choice.candidates]
    rows.append([Button(voice.label("button.nobody_stands_in"), pack("ys", *key, None))])
    text = voice.t("away.who", name=choice.person.name, time=voice.when(choice.until, now))
    return Screen(text, [*rows, [_back(voice)]])


def _back(voice: Speech) -> Button:
    return Button(voice.label("button.back"), pack("yz"))


def notice(voice: Speech, away: Away, kind: str, now: dt.datetime) -> Screen:
    """What the stand-in, or somebody who was sent away, is told."""
    time = voice.when(away.until, now)
    rows = [[Button(voice.label("button.absences"), pack("yz"))]]
    if kind == "stands_in":
        return Screen(voice.t("away.you_stand_in", name=away.person.name, time=time))
    if kind == "absence_over":
        return Screen(voice.t("away.over", name=away.person.name))
    said = voice.t("away.stands_in", name=away.stands_in) if away.stands_in else voice.t("away.nobody")
    return Screen(lines(voice.t("away.you_are", time=time), said), rows)
