"""The registrar's desk: terms after exams, figures of marks, and the same as a table."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.exchange.writer import table_bytes
from bot.rules.figures import Analysis, Figures
from bot.rules.registrar import Entry
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.wire import Upload

PARTS = ("exam", "defence")


def with_registrar(voice: Speech, screen: Screen) -> Screen:
    """The same screen with the way to this desk below."""
    return replace(screen, rows=[*screen.rows, [Button(voice.label("button.registrar"), pack("i1"))]])


def entries(voice: Speech, found: Sequence[Entry], now: dt.datetime) -> Screen:
    """What is due after exams, each with its clock time and what is left."""
    said = [_entry(voice, one, now) for one in found] or [voice.t("registrar.nothing")]
    rows = [
        [Button(voice.label("button.figures"), pack("if"), style="primary")],
        [Button(voice.label("button.refresh"), pack("i1"))],
    ]
    return Screen(lines(bold(voice.t("registrar.title")), *said), rows)


def _entry(voice: Speech, one: Entry, now: dt.datetime) -> Html:
    subject = shorten(one.exam.subject(voice.language), 40)
    head = voice.t("registrar.entry", exam=bold(subject), what=voice.t(f"duty.{one.what}"))
    if one.due <= now:
        left = voice.t("registrar.over", time=voice.when(one.due, now))
    else:
        minutes = max(1, (one.due - now).total_seconds() / 60)
        left = voice.t("registrar.left", time=voice.when(one.due, now), left=voice.duration(minutes))
    return lines("", head, left, one.clause or None)


def ask(voice: Speech) -> Screen:
    """How marks are sent."""
    return Screen(lines(bold(voice.t("figures.ask")), voice.t("figures.how")))


def figures(voice: Speech, found: Analysis, clause: str) -> Screen:
    """The figures in words and as a table."""
    two = len(found.parts) > 1
    parts: list[object] = []
    for name, part in zip(PARTS, found.parts, strict=False):
        parts += [bold(voice.t(f"figures.{name}"))] if two else []
        parts += [*_lines(voice, part), ""]
    parts += [voice.t("figures.group", name=voice.t(f"figures.of.{name}"), n=n) for name, n in found.groups]
    text = lines(bold(voice.t("figures.title")), *parts, voice.t("figures.customary"), clause or None)
    again = [Button(voice.label("button.figures"), pack("if"))]
    return Screen(text, [again], upload=Upload(f"{voice.label('figures.file')}.xlsx", _table(voice, found)))


def _lines(voice: Speech, part: Figures) -> list[object]:
    said = [
        voice.t(f"figures.{name}", n=voice.number(round(value, 2)))
        for name, value in (("quality", part.quality), ("success", part.success), ("average", part.average))
    ]
    return [voice.t("figures.all", n=part.total, absent=part.absent), *said]


def _table(voice: Speech, found: Analysis) -> bytes:
    headers = [voice.label(f"figures.column.{name}") for name in ("what", "exam", "defence")]
    first = found.parts[0]
    rows: list[list[object]] = [[voice.label("figures.column.all"), *(part.total for part in found.parts)]]
    rows += [
        [str(mark), *(part.counts[place] for part in found.parts)] for place, mark in enumerate(first.marks)
    ]
    rows += [
        [voice.label(f"figures.column.{name}"), *(round(getattr(part, name), 2) for part in found.parts)]
        for name in ("quality", "success", "average", "absent")
    ]
    rows += [[voice.label(f"figures.of.{name}"), count] for name, count in found.groups]
    return table_bytes(".xlsx", headers if len(found.parts) > 1 else headers[:2], rows)
