"""What a member of staff chooses for a report: a decision, a time, a promise, the next to have it."""

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.rules.cases import CaseView, Line, Seat
from bot.rules.decisions import Verdict
from bot.views.cases import promise_label
from bot.views.exams import shorten
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech

LINES_SHOWN = 25
PEOPLE_SHOWN = 12
LABEL = 60


def decisions(voice: Speech, case: CaseView, offered: Sequence[Verdict]) -> Screen:
    """Which decision? Only what the reader may decide."""
    rows = [
        [Button(voice.label(f"verdict.{verdict.value}"), pack("jv", case.id, case.revision, verdict.value))]
        for verdict in offered
    ]
    return Screen(
        voice.t("decide.which", number=bold(case.number), name=bold(case.reporter)),
        [*rows, _back(voice, case)],
    )


def times(voice: Speech, case: CaseView, moments: Sequence[dt.datetime]) -> Screen:
    """When does the student sit the exam again today? One tap, or typed."""
    buttons = [
        Button(voice.clock(at), pack("jt", case.id, case.revision, int(at.timestamp()))) for at in moments
    ]
    rows = [buttons[index : index + 3] for index in range(0, len(buttons), 3)]
    return Screen(voice.t("decide.when", number=bold(case.number)), [*rows, _back(voice, case)])


def promises(voice: Speech, case: CaseView, offered: Mapping[str, dt.timedelta]) -> Screen:
    """What do you promise now?"""
    rows = [
        [Button(promise_label(voice, name, within), pack("jq", case.id, case.revision, name))]
        for name, within in offered.items()
    ]
    return Screen(voice.t("promise.which", number=bold(case.number)), [*rows, _back(voice, case)])


def hand_over(voice: Speech, number: str, seats: Sequence[Seat], key: tuple[int, int]) -> Screen:
    """To whom does it go? A step of the chain, one person of it, or back to the chain."""
    rows = []
    for seat in seats:
        role, alone = voice.label(f"role.{seat.role}"), len(seat.people) == 1
        label = f"{role}: {seat.people[0][1]}" if alone else voice.label("hand.all", role=role)
        rows.append([Button(shorten(label, LABEL), pack("jx", *key, seat.step))])
        if not alone:
            rows += [
                [Button(shorten(f"· {name}", LABEL), pack("jx", *key, seat.step, person))]
                for person, name in seat.people[:PEOPLE_SHOWN]
            ]
    give_back = Button(voice.label("button.report_give_back"), pack("jg", *key))
    text = voice.t("hand.which" if rows else "hand.nobody", number=bold(number))
    return Screen(text, [*rows, [give_back], [Button(voice.label("button.back"), pack("cc", key[0]))]])


def ask(voice: Speech, case: CaseView, verdict: Verdict) -> Screen:
    """What a decision still needs, typed in one message."""
    return Screen(voice.t(f"ask.{verdict.value}", number=bold(case.number)))


def history(voice: Speech, case: CaseView, events: Sequence[Line], now: dt.datetime) -> Screen:
    """Who did what, and when, oldest first."""
    shown = events[-LINES_SHOWN:]
    text = lines(
        bold(voice.t("history.title", number=case.number)),
        *(_line(voice, line, now) for line in shown),
    )
    paper = Button(voice.label("button.paper"), pack("jf", case.id))
    return Screen(text, [[paper], _back(voice, case)])


def _line(voice: Speech, line: Line, now: dt.datetime) -> object:
    time, what = voice.when(line.at, now), voice.t(f"did.{line.did}")
    if line.since is not None:
        what = voice.t("history.said", what=what, time=voice.when(line.since, now))
    roles = voice.t(f"role.{line.role}") if line.role else ""
    people = ", ".join(part for part in (line.who, roles, ", ".join(line.people)) if part)
    return voice.t("history.line", time=time, what=what, who=people or "—")


def _back(voice: Speech, case: CaseView) -> list[Button]:
    return [Button(voice.label("button.back"), pack("cc", case.id))]
