"""The secretary's desk: the day's list, a student, the commission, votes; the clock's news, a result."""

import datetime as dt
from collections.abc import Sequence

from bot.rules.casework import OPEN
from bot.rules.exams import ExamBrief
from bot.rules.sittings import (
    ABSENT,
    CHOICES,
    DONE,
    GRADE,
    PAUSED,
    SPEAKING,
    WAITING,
    Ballot,
    ClockNews,
    Defender,
    OwnResult,
    SittingView,
    identified,
    secret_allowed,
)
from bot.views.appeals import clause
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

LABEL_LETTERS = 30
MARKS = {WAITING: "▫️", SPEAKING: "▶️", PAUSED: "⏸", DONE: "✅", ABSENT: "❌"}
ON, OFF = "✅", "▫️"


def entries(voice: Speech, found: Sequence[ExamBrief], now: dt.datetime) -> Screen | None:
    """Sittings of today in which the reader has a part; None when there is none."""
    if not found:
        return None
    rows = [
        [
            Button(
                shorten(f"{voice.when(e.span.start, now)} · {e.subject(voice.language)}", 36),
                pack("ma", e.id),
            )
        ]
        for e in found
    ]
    return Screen(bold(voice.t("sitting.today")), rows)


def sitting(voice: Speech, seen: SittingView, now: dt.datetime) -> Screen:
    """The day at a glance: who is there, the list in its order, what comes next."""
    there = sum(seat.present for seat in seen.seats)
    parts: list[object] = [
        bold(seen.exam.subject(voice.language)),
        voice.t("sitting.head", number=seen.number, time=voice.when(seen.exam.span.start, now)),
        voice.t("sitting.commission", n=there, total=len(seen.seats)),
        voice.t("sitting.no_chair") if seen.rules.needs_chair and not seen.chair_present else None,
        "",
    ]
    parts += [_line(voice, seen, one, now) for one in seen.defenders]
    if seen.announced_at is not None:
        parts += ["", voice.t("sitting.announced", time=voice.moment(seen.announced_at))]
    parts += ["", clause(seen.rules.clause)]
    return Screen(lines(*parts), _rows(voice, seen))


def _line(voice: Speech, seen: SittingView, one: Defender, now: dt.datetime) -> Html:
    minutes = voice.duration(one.used / 60)
    state = voice.t(f"sitting.state.{one.state}", minutes=minutes)
    mark = "🪪" if one.state == WAITING and identified(seen.rules, one.checked) else MARKS[one.state]
    return voice.t("sitting.line", mark=mark, name=one.name, state=state)


def _rows(voice: Speech, seen: SittingView) -> list[list[Button]]:
    rows = [
        [Button(shorten(f"{MARKS[one.state]} {one.name}", LABEL_LETTERS), pack("mb", seen.id, one.person_id))]
        for one in seen.defenders
    ]
    if seen.part == "secretary" and seen.state in OPEN:
        rows.append(
            [
                Button(voice.label("button.commission"), pack("mc", seen.id)),
                Button(voice.label("button.failure_act"), pack("mi", seen.id)),
            ]
        )
        rows.append([Button(voice.label("button.announce"), pack("mj", seen.id), style="success")])
    last = [Button(voice.label("button.refresh"), pack("ma", seen.exam.id))]
    if seen.part == "secretary":
        last.insert(0, Button(voice.label("button.act"), pack("pa", seen.exam.id)))
    return [*rows, last]


def commission(voice: Speech, seen: SittingView) -> Screen:
    """Who of the commission is there?"""
    rows = [
        [
            Button(
                shorten(f"{ON if seat.present else OFF} {seat.name}", LABEL_LETTERS),
                pack("md", seen.id, seat.person_id),
            )
        ]
        for seat in seen.seats
    ]
    rows.append([Button(voice.label("button.done"), pack("ma", seen.exam.id), style="primary")])
    chair = next((seat.name for seat in seen.seats if seat.chair), "—")
    return Screen(lines(bold(voice.t("sitting.who_is_there")), voice.t("sitting.chair", name=chair)), rows)


def student(voice: Speech, seen: SittingView, one: Defender, now: dt.datetime) -> Screen:
    """One student: identification, the clock, votes."""
    parts: list[object] = [bold(one.name), one.group or None, _line(voice, seen, one, now)]
    if one.state == WAITING and seen.rules.checks:
        opens = seen.exam.span.start - seen.rules.lead
        parts.append(voice.t("sitting.identify", time=voice.when(opens, now)))
    if one.identified_at is not None:
        parts.append(voice.t("sitting.identified", time=voice.when(one.identified_at, now)))
    if one.state == SPEAKING and seen.rules.total is not None:
        ends = now + dt.timedelta(seconds=seen.rules.total * 60 - one.used)
        parts.append(voice.t("sitting.ends", time=bold(voice.clock(ends))))
    parts += [line for ballot in one.ballots for line in count(voice, ballot)]
    cited = seen.rules.checks.values() if one.state == WAITING else (seen.rules.clause,)
    parts += ["", clause("; ".join(dict.fromkeys(filter(None, cited))))]
    return Screen(lines(*parts), _student_rows(voice, seen, one))


def _student_rows(voice: Speech, seen: SittingView, one: Defender) -> list[list[Button]]:
    back = [Button(voice.label("button.back"), pack("ma", seen.exam.id))]
    if seen.part != "secretary" or seen.state not in OPEN:
        return [*_settling(voice, seen, one), back]
    if one.state == WAITING:
        rows = [
            [
                Button(
                    f"{ON if what in one.checked else OFF} {voice.label(f'sitting.check.{what}')}",
                    pack("me", seen.id, one.person_id, what),
                )
            ]
            for what in seen.rules.checks
        ]
        rows.append(
            [Button(voice.label("button.defence_begin"), pack("mf", seen.id, one.person_id), style="success")]
        )
        rows.append(
            [
                Button(voice.label("button.earlier"), pack("mg", seen.id, one.person_id)),
                Button(voice.label("button.absent"), pack("mh", seen.id, one.person_id)),
            ]
        )
        return [*rows, back]
    if one.state == ABSENT:
        return [[Button(voice.label("button.came"), pack("mh", seen.id, one.person_id))], back]
    if one.state in (SPEAKING, PAUSED):
        act = "pause" if one.state == SPEAKING else "on"
        label = "button.defence_pause" if one.state == SPEAKING else "button.defence_go_on"
        return [
            [Button(voice.label("button.defence_end"), pack("mk", seen.id, "end"), style="success")],
            [Button(voice.label(label), pack("mk", seen.id, act))],
            back,
        ]
    return [*_openings(voice, seen, one), back]


def _openings(voice: Speech, seen: SittingView, one: Defender) -> list[list[Button]]:
    """Votes that may be opened."""
    opened = {ballot.what for ballot in one.ballots}
    rows = []
    for what in CHOICES:
        if what in opened:
            continue
        rows.append([Button(voice.label(f"button.vote_{what}"), pack("ml", seen.id, one.person_id, what, 0))])
        if secret_allowed(seen.rules, what):
            rows.append(
                [Button(voice.label("button.vote_secret"), pack("ml", seen.id, one.person_id, what, 1))]
            )
    return rows


def _settling(voice: Speech, seen: SittingView, one: Defender) -> list[list[Button]]:
    """Equal votes: the chair chooses between them."""
    if seen.part != "chair" or seen.state not in OPEN:
        return []
    return [
        [Button(_choice(voice, ballot.what, choice), pack("mn", seen.id, one.person_id, ballot.what, choice))]
        for ballot in one.ballots
        for choice in ballot.tied
    ]


def _choice(voice: Speech, what: str, choice: str) -> str:
    return voice.label(f"grade.{choice}") if what == GRADE else voice.label(f"degree.{choice}")


def count(voice: Speech, ballot: Ballot) -> list[Html]:
    """A vote as it stands: who has voted, the count once all have, the result."""
    head = voice.t(f"ballot.{ballot.what}")
    if ballot.waiting:
        return [voice.t("ballot.waits", what=head, names=", ".join(ballot.waiting))]
    counted = ", ".join(f"{_choice(voice, ballot.what, choice)}: {n}" for choice, n in ballot.tally.items())
    said = [f"{name}: {_choice(voice, ballot.what, choice)}" for name, choice in ballot.choices.items()]
    found = [voice.t("ballot.count", what=head, count=counted)]
    if said:
        found.append(voice.t("ballot.open", said="; ".join(said)))
    if ballot.result:
        result = bold(_choice(voice, ballot.what, ballot.result))
        found.append(voice.t("ballot.by_chair" if ballot.by_chair else "ballot.result", result=result))
    elif ballot.tied:
        found.append(voice.t("ballot.tied"))
    return found


def ballot(voice: Speech, seen: SittingView, key: str, now: dt.datetime) -> Screen:
    """A vote for one of the commission: the choices, then who has voted, then the count."""
    person_id, _, what = key.partition(":")
    one = seen.defender(int(person_id))
    found = next((each for each in one.ballots if each.what == what), None) if one else None
    if one is None or found is None:
        return Screen(voice.t("ballot.gone"))
    how = voice.t("ballot.is_secret") if found.secret else voice.t("ballot.is_open")
    text = lines(
        bold(voice.t(f"ballot.{what}")),
        voice.t("ballot.of", name=bold(one.name), exam=seen.exam.subject(voice.language)),
        how,
        *count(voice, found),
        "",
        clause(seen.rules.vote_clause),
    )
    rows = [
        [Button(_choice(voice, what, choice), pack("mm", seen.id, one.person_id, what, choice))]
        for choice in CHOICES[what]
    ]
    return Screen(text, rows if found.mine and seen.state in OPEN else _settling(voice, seen, one))


def clock(voice: Speech, news: ClockNews, now: dt.datetime) -> Screen:
    """So much of the time is gone; when it ends."""
    who = voice.t("clock.own") if news.own else voice.t("clock.of", name=bold(news.student))
    text = lines(
        Html(f"⏰ {bold(voice.t(f'clock.{news.mark}', minutes=voice.duration(news.minutes)))}"),
        who,
        voice.t("clock.ends", time=bold(voice.clock(news.ends_at))) if news.ends_at else None,
        "",
        clause(news.clause),
    )
    return Screen(text)


def own_result(voice: Speech, found: OwnResult) -> Screen:
    """A graduate's result."""
    text = lines(
        bold(voice.t("sitting.result")),
        found.exam.subject(voice.language),
        voice.t("sitting.grade", grade=bold(voice.t(f"grade.{found.grade}"))) if found.grade else None,
        voice.t("sitting.degree", degree=bold(voice.t(f"degree.{found.degree}"))) if found.degree else None,
        "",
        clause(found.clause),
    )
    return Screen(text)


def ask_failure(voice: Speech) -> Screen:
    """What has failed?"""
    return Screen(voice.t("sitting.ask_failure"))


def failure_sent(voice: Speech, seen: SittingView) -> Screen:
    """The act has gone to the whole commission."""
    open_ = Button(voice.label("button.back"), pack("ma", seen.exam.id))
    return Screen(voice.t("sitting.failure_sent", n=len(seen.seats)), [[open_]])
