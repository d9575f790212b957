"""The proctor's report of a day, what the dean sees of all of them, and the deanery's own."""

import datetime as dt

from bot.rules.casework import OPEN
from bot.rules.day_reports import CENTRE, DayAgain, DayReport, DayState, ExamLine
from bot.views.appeals import clause
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

LABEL_LETTERS = 34


def report(voice: Speech, seen: DayReport, now: dt.datetime) -> Screen:
    """The whole day on one screen: what is known, what the proctor may correct, one tap to send."""
    head = "day.centre" if seen.scope == CENTRE else "day.title"
    parts: list[object] = [bold(voice.t(head, day=voice.date(seen.day)))]
    parts.append(voice.t("day.head", number=seen.number, name=seen.author))
    for line in seen.lines:
        parts += ["", *_line(voice, line, now, centre=seen.scope == CENTRE)]
    parts += ["", voice.t("day.remarks", text=seen.remarks) if seen.remarks else None]
    parts += [_state(voice, seen, now), "", clause(seen.clause)]
    return Screen(lines(*parts), _rows(voice, seen))


def _line(voice: Speech, line: ExamLine, now: dt.datetime, *, centre: bool) -> list[object]:
    start = voice.when(line.exam.span.start, now)
    began = voice.when(line.began_at, now) if line.began_at else "—"
    return [
        bold(line.exam.subject(voice.language)),
        voice.t("day.times", groups=", ".join(line.groups) or "—", start=start, began=began),
        voice.t("day.counts", total=line.total, present=_known(line.present), absent=_known(line.absent)),
        voice.t("day.events", reports=line.reports, acts=", ".join(line.acts) or "0"),
        voice.t("day.link", link=line.link) if line.link else None,
        voice.t("day.of_proctor", name=line.proctor or "—", number=line.report or "—") if centre else None,
    ]


def _known(number: int | None) -> str:
    return "—" if number is None else str(number)


def _state(voice: Speech, seen: DayReport, now: dt.datetime) -> Html:
    if seen.scope == CENTRE:
        missing = ", ".join(seen.missing)
        return voice.t("day.centre_missing", names=missing) if missing else voice.t("day.centre_whole")
    if seen.sent_at is not None:
        return voice.t("day.is_sent", time=voice.moment(seen.sent_at), names=", ".join(seen.to) or "—")
    if seen.state not in OPEN:
        return voice.t("day.not_owed")
    return voice.t("day.due", time=bold(voice.moment(seen.due_at))) if seen.due_at else voice.t("day.no_due")


def _rows(voice: Speech, seen: DayReport) -> list[list[Button]]:
    if not seen.mine:
        rows = [[Button(voice.label("button.documents"), pack("qf", seen.id))]]
        return [*rows, [Button(voice.label("button.day_again"), pack("qh", seen.id))]] if seen.own else rows
    rows = [
        [
            Button(
                shorten(f"✏️ {line.exam.subject(voice.language)}", LABEL_LETTERS),
                pack("qb", seen.id, line.exam.id),
            )
        ]
        for line in seen.lines
    ]
    rows.append([Button(voice.label("button.day_remarks"), pack("qc", seen.id))])
    rows.append([Button(voice.label("button.day_send"), pack("qd", seen.id, seen.revision), style="success")])
    return rows


def ask_line(voice: Speech, line: ExamLine) -> Screen:
    """How many came, and where is the recording?"""
    subject = bold(line.exam.subject(voice.language))
    return Screen(voice.t("day.ask_line", exam=subject, total=line.total))


def ask_remarks(voice: Speech) -> Screen:
    """What else?"""
    return Screen(voice.t("day.ask_remarks"))


def ask_again(voice: Speech) -> Screen:
    """Why is it opened again?"""
    return Screen(voice.t("day.ask_again"))


def again(voice: Speech, seen: DayAgain) -> Screen:
    """A report that had arrived is being corrected, for whoever it went to."""
    text = voice.t("day.again", day=voice.date(seen.day), number=bold(seen.number), name=seen.author)
    return Screen(lines(text, voice.t("day.again_why", reason=seen.reason), "", clause(seen.clause)))


def offer(voice: Speech, *, author: bool, state: DayState | None) -> Screen | None:
    """On the desk of staff: my own report, and who has sent theirs; None for whom neither concerns."""
    parts: list[object] = []
    rows: list[list[Button]] = []
    if author:
        parts.append(voice.t("day.offer"))
        rows.append([Button(voice.label("button.day_report"), pack("qa"), style="primary")])
    if state is not None:
        parts.append(_day(voice, state))
        rows.append([Button(voice.label("button.day_centre"), pack("qe", state.day.isoformat()))])
    return Screen(lines(*parts), rows) if parts else None


def _day(voice: Speech, state: DayState) -> Html:
    day = voice.date(state.day)
    return lines(
        voice.t("day.sent_by", day=day, names=", ".join(state.sent) or "—"),
        voice.t("day.missing_from", names=", ".join(state.missing)) if state.missing else None,
    )


def missing(voice: Speech, seen: DayReport, now: dt.datetime) -> Screen:
    """The deadline has passed: the proctor is reminded."""
    due = voice.moment(seen.due_at) if seen.due_at else "—"
    text = lines(voice.t("day.missing", day=voice.date(seen.day), time=due), "", clause(seen.clause))
    return Screen(text, [[Button(voice.label("button.day_report"), pack("qg", seen.id), style="primary")]])


def late(voice: Speech, state: DayState) -> Screen:
    """All that is missing on a day, for whoever it goes to."""
    if not state.missing:
        return Screen(lines(voice.t("day.all_sent", day=voice.date(state.day)), _day(voice, state)))
    text = lines(
        voice.t("day.late", day=voice.date(state.day), names=bold(", ".join(state.missing))),
        voice.t("day.sent_by", day=voice.date(state.day), names=", ".join(state.sent) or "—"),
        "",
        clause(state.clause),
    )
    return Screen(text)


def arrived(voice: Speech, seen: DayReport, now: dt.datetime) -> Screen:
    """A proctor's report, for the dean."""
    text = report(voice, seen, now).text
    rows = [
        [Button(voice.label("button.documents"), pack("qf", seen.id))],
        [Button(voice.label("button.day_centre"), pack("qe", seen.day.isoformat()))],
    ]
    return Screen(lines(voice.t("day.arrived"), text), rows)
