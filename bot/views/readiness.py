"""The readiness check on the phone: one question at a time, a fix at once, the result at the end."""

from collections.abc import Sequence

from bot.rules.readiness import GroupReadiness, Readiness
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

NAMES_SHOWN = 30
MARKS = {True: "✅", False: "❌", None: "▫️"}


def question(voice: Speech, check: Readiness, index: int) -> Screen:
    """One item: is it there?"""
    item, _ = check.answers[index]
    text = lines(
        voice.t("ready.head", exam=check.exam.subject(voice.language), k=index + 1, n=len(check.answers)),
        bold(voice.t(f"ready.{item}")),
    )
    rows = [
        [
            Button(voice.label("button.yes"), pack("ra", check.exam.id, index, 1), style="success"),
            Button(voice.label("button.no"), pack("ra", check.exam.id, index, 0)),
        ]
    ]
    if index:
        rows.append([Button(voice.label("button.back"), pack("ry", check.exam.id, index - 1))])
    return Screen(text, rows)


def fix(voice: Speech, check: Readiness, index: int) -> Screen:
    """What to do about an item that is missing."""
    item, _ = check.answers[index]
    text = lines(bold(voice.t(f"ready.{item}")), voice.t(f"ready.fix.{item}"))
    rows = [
        [Button(voice.label("button.fixed"), pack("ra", check.exam.id, index, 1), style="success")],
        [Button(voice.label("button.later"), pack("ry", check.exam.id, None))],
    ]
    return Screen(text, rows)


def result(voice: Speech, check: Readiness, phones: Sequence[str]) -> Screen:
    """Ready, or what is missing and whom to ask."""
    exam = check.exam
    head = voice.t("ready.all" if check.ready else "ready.missing", exam=bold(exam.subject(voice.language)))
    listed = [Html(f"{MARKS[answer]} {voice.t(f'ready.{item}')}") for item, answer in check.answers]
    contact: list[object] = []
    if not check.ready:
        contact = ["", voice.t("ready.person"), *phones]
    rows = [
        [Button(voice.t(f"ready.{item}"), pack("ry", exam.id, index))]
        for index, (item, answer) in enumerate(check.answers)
        if answer is False
    ]
    rows.append([Button(voice.label("button.exams"), pack("menu", "exams"))])
    return Screen(lines(head, "", *listed, *contact), rows)


def group(voice: Speech, found: GroupReadiness) -> Screen:
    """For the examiner: how many are ready, who lacks what, who has not answered."""
    parts: list[object] = [
        voice.t("ready.group", exam=bold(found.exam.subject(voice.language))),
        voice.t("ready.count", ready=found.ready, total=found.total),
    ]
    for name, items in found.missing[:NAMES_SHOWN]:
        lacking = voice.listed([voice.t(f"ready.{item}") for item in items])
        parts.append(voice.t("ready.lacks", name=name, items=lacking))
    if found.silent:
        names = ", ".join(found.silent[:NAMES_SHOWN])
        parts += ["", voice.t("ready.silent", n=len(found.silent), names=names)]
    rows = [[Button(voice.label("button.refresh"), pack("ry", found.exam.id, None))]]
    return Screen(lines(*parts), rows)
