"""The dean's day, morning and evening, in few lines."""

import datetime as dt
from dataclasses import replace

from bot.rules.board import ExamRow
from bot.rules.digests import MORNING, Digest
from bot.rules.papers import Made
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.wire import Upload

SHOWN = 6
NEAR = dt.timedelta(hours=24)


def digest(voice: Speech, found: Digest, now: dt.datetime) -> Screen:
    """What is ahead in the morning; what was, and what comes tomorrow, in the evening."""
    day, morning = found.today, found.slot == MORNING
    head = voice.t("digest.morning" if morning else "digest.evening", day=voice.date(day.day))
    listed = _exams(voice, day.exams, today=True) if morning else _evening(voice, found)
    text = lines(
        bold(head),
        *listed,
        *_waiting(voice, found, now),
    )
    board = Button(voice.label("button.board"), pack("bd"), style="primary")
    return Screen(text, [[board], [Button(voice.label("button.staff"), pack("menu", "staff"))]])


def week(voice: Speech, made: Made) -> Screen:
    """The week as a document."""
    return Screen(voice.t("document.week"), upload=Upload(made.name, made.content))


def with_week(voice: Speech, screen: Screen) -> Screen:
    """The same screen with the way to the week's document below."""
    return replace(screen, rows=[*screen.rows, [Button(voice.label("button.week"), pack("iz"))]])


def _evening(voice: Speech, found: Digest) -> list[object]:
    day = found.today
    said: list[object] = []
    if day.exams:
        total = found.delivered + found.missed
        said.append(voice.t("digest.held", n=len(day.exams)))
        said += [voice.t("digest.delivered", n=found.delivered, total=total)] if total else []
    said += [voice.t("digest.filed", n=found.filed)] if found.filed else []
    return said + _exams(voice, found.tomorrow, today=False)


def _exams(voice: Speech, exams: tuple[ExamRow, ...], *, today: bool) -> list[object]:
    if not exams:
        return []
    title = voice.t("digest.exams", n=len(exams)) if today else voice.t("digest.tomorrow", n=len(exams))
    shown = [_exam(voice, row) for row in exams[:SHOWN]]
    more = [voice.n("digest.more", len(exams) - SHOWN)] if len(exams) > SHOWN else []
    return ["", title, *shown, *more]


def _exam(voice: Speech, row: ExamRow) -> Html:
    return voice.t(
        "digest.exam",
        time=voice.clock(row.exam.span.start),
        exam=shorten(row.exam.subject(voice.language), 40),
        groups=", ".join(row.groups),
    )


def _waiting(voice: Speech, found: Digest, now: dt.datetime) -> list[object]:
    """What somebody must do something about."""
    day = found.today
    due = found.due_by(now + NEAR)
    said = [
        voice.t("digest.unreached", n=day.unreached) if day.unreached else None,
        voice.t("digest.reports", n=bold(day.waiting)) if day.waiting else None,
        voice.t("digest.incidents", n=len(day.incidents)) if day.incidents else None,
        voice.t("digest.due", n=bold(due)) if due else None,
        voice.t("digest.desk", n=len(day.desk.waiting)) if day.desk.waiting else None,
    ]
    kept: list[object] = [part for part in said if part is not None]
    return ["", *kept] if kept else ["", voice.t("digest.calm")]
