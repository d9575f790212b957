"""After the last sitting: what is due, by whom, until when."""

import datetime as dt
from collections.abc import Sequence

from bot.rules.aftermath import REPORT, Aftermath, Task
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

SHOWN = 8


def waiting(voice: Speech, found: Sequence[Aftermath], now: dt.datetime) -> Screen | None:
    """What the reader has still to do after sittings; None when nothing is."""
    if not found:
        return None
    rows = [[Button(voice.label("button.after", number=one.number), pack("mo", one.id))] for one in found]
    return Screen(bold(voice.t("after.waiting")), rows)


def aftermath(voice: Speech, seen: Aftermath, now: dt.datetime) -> Screen:
    """Everything that is due after these sittings, with the reader's own taps below."""
    held = [
        voice.t("after.sitting", time=voice.when(one.span.start, now), subject=one.subject(voice.language))
        for one in seen.sittings[-SHOWN:]
    ]
    text = lines(
        bold(voice.t("after.title", number=seen.number)),
        *held,
        "",
        *(_task(voice, task, now) for task in seen.tasks),
        "",
        voice.t("after.by_hand") if seen.mine else voice.t("after.all_done"),
    )
    rows = []
    if seen.leads and any(task.what == REPORT for task in seen.tasks):
        rows.append([Button(voice.label("button.after_report"), pack("mp", seen.id), style="primary")])
    rows += [
        [Button(voice.label(f"button.after.{task.what}"), pack("mq", seen.id, task.what))]
        for task in seen.mine
    ]
    return Screen(text, rows)


def _task(voice: Speech, task: Task, now: dt.datetime) -> Html:
    what = voice.t(f"after.task.{task.what}")
    if task.done_at is not None:
        return voice.t("after.done", what=what, time=voice.when(task.done_at, now), name=task.done_by)
    who = voice.t(f"role.{task.role}")
    if task.due_at is None:
        return voice.t("after.open", what=what, who=who, clause=task.clause)
    key = "after.due" if task.due_at > now else "after.late"
    return voice.t(key, what=what, who=who, time=voice.moment(task.due_at), clause=task.clause)
