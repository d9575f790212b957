"""The queue of all cases and the history of one."""

import datetime as dt

from bot.rules import windows
from bot.rules.casework import Kind
from bot.rules.worklist import EVERY, KINDS, Asked, Happened, Queue, Timeline, Work
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

YES, NO = "1", "0"


def queue(voice: Speech, found: Queue, now: dt.datetime) -> Screen:
    """A page of the queue with its filters."""
    parts: list[object] = [
        bold(voice.t("work.title")),
        voice.t("work.count", n=found.total, late=found.late),
    ]
    rows = []
    for work in found.works:
        parts += ["", _headline(voice, work, now), *_lines(voice, work, now)]
        if work.mine:
            label = f"{work.number} · {shorten(work.student, 20)}"
            rows.append(
                [Button(label, _card(work.kind, work.id, work.exam_id), style="danger" if work.late else "")]
            )
        elif work.seats:
            rows.append([Button(voice.label("button.seats_of", number=work.number), pack("ah", work.id))])
    if not found.works:
        parts += ["", voice.t("work.none")]
    return Screen(lines(*parts), [*rows, *_filters(voice, found)])


def _headline(voice: Speech, work: Work, now: dt.datetime) -> Html:
    age = voice.roughly(max(1, (now - work.filed_at).total_seconds() / 60))
    mark = "🔴 " if work.late else ""
    kind = voice.t(f"work.kind.{work.kind}")
    return lines(Html(f"{mark}{bold(work.number)} · {kind}"), voice.t("work.age", age=age))


def _lines(voice: Speech, work: Work, now: dt.datetime) -> list[Html | str | None]:
    owner = work.owner or (voice.label(f"role.{work.role}") if work.role else "—")
    return [
        voice.t("card.who", name=work.student, group=work.group or "—"),
        work.subjects.get(voice.language) or next(iter(work.subjects.values()), None),
        voice.t("work.owner", name=owner),
        voice.t("work.due", time=voice.when(windows.said(work.due, voice.zone), now)) if work.due else None,
    ]


def _filters(voice: Speech, found: Queue) -> list[list[Button]]:
    asked = found.asked
    kinds = [
        _switch(
            voice.label(f"work.filter.{KINDS[one].value if one in KINDS else 'any'}"),
            asked.kind == one,
            Asked(one, asked.everybodys, asked.late),
        )
        for one in (EVERY, *KINDS)
    ]
    late = _switch(
        voice.label("work.filter.late"), asked.late, Asked(asked.kind, asked.everybodys, not asked.late)
    )
    switches = [*kinds, late]
    if found.wide:
        mine = Asked(asked.kind, not asked.everybodys, asked.late)
        switches.append(_switch(voice.label("work.filter.all"), asked.everybodys, mine))
    rows = [switches[start : start + 2] for start in range(0, len(switches), 2)]
    turns = [
        Button(sign, data(Asked(asked.kind, asked.everybodys, asked.late, page)))
        for sign, page in (("◀", asked.page - 1), ("▶", asked.page + 1))
        if 0 <= page < found.pages
    ]
    return [*rows, turns] if turns else rows


def _switch(label: str, on: bool, to: Asked) -> Button:
    return Button(f"✓ {label}" if on else label, data(to))


def data(asked: Asked) -> str:
    """What a button carries that asks for this."""
    return pack("wq", asked.kind, YES if asked.everybodys else NO, YES if asked.late else NO, str(asked.page))


def timeline(voice: Speech, found: Timeline, now: dt.datetime) -> Screen:
    """Who did what, and when, oldest first."""
    text = lines(
        bold(voice.t("history.title", number=found.number)),
        *(_happened(voice, line, now, brief=found.brief) for line in found.lines),
    )
    back = (_own if found.brief else _card)(found.kind, found.case_id)
    return Screen(text, [[Button(voice.label("button.back"), back)]])


def _card(kind: str, case_id: int, exam_id: int | None = None) -> str:
    """What opens a case for staff; a sitting is opened by its exam."""
    if kind == Kind.SITTING and exam_id is not None:
        return pack("ma", exam_id)
    if kind == Kind.DAY_REPORT:
        return pack("qg", case_id)
    if kind == Kind.ACT:
        return pack("pv", case_id)
    if kind == Kind.APPEAL:
        return pack("ak", case_id)
    return pack("fk", case_id) if kind == Kind.APPLICATION else pack("co", case_id)


def _own(kind: str, case_id: int) -> str:
    """What opens a case for its student."""
    if kind == Kind.ACT:
        return pack("pv", case_id)
    if kind == Kind.APPEAL:
        return pack("al", case_id)
    return pack("fl", case_id) if kind == Kind.APPLICATION else pack("cv", case_id)


def _happened(voice: Speech, line: Happened, now: dt.datetime, *, brief: bool) -> Html:
    what = voice.t(f"did.{line.did}")
    if line.moment is not None:
        what = voice.t("history.moment", what=what, time=voice.moment(line.moment))
    roles = voice.t(f"role.{line.role}") if line.role else ""
    people = ", ".join(part for part in (line.who, roles, *line.people) if part)
    time = voice.when(line.at, now)
    if brief and not people:
        return voice.t("history.plain", time=time, what=what)
    return voice.t("history.line", time=time, what=what, who=people or "—")
