"""Exams: the list, one exam, what to do next."""

import datetime as dt
from collections.abc import Sequence

from bot.rules.exams import ExamBrief, MyExam
from bot.rules.walk import WalkView
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

LABEL_LETTERS = 28


def shorten(text: str, letters: int = LABEL_LETTERS) -> str:
    """A text that fits a button of a narrow phone."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def exam_list(voice: Speech, exams: Sequence[MyExam], now: dt.datetime) -> Screen:
    """My exams, nearest first, each with its time and state."""
    if not exams:
        return Screen(voice.t("exams.none"), [[Button(voice.label("button.steps"), pack("menu", "steps"))]])
    parts: list[object] = [bold(voice.t("exams.title"))]
    rows = []
    for entry in exams:
        exam = entry.exam
        parts += [
            "",
            bold(exam.subject(voice.language)),
            time_line(voice, exam, now),
            state(voice, entry, now),
            *([own_sitting(voice, exam)] if exam.sitting else []),
        ]
        label = f"{voice.when(exam.span.start, now)} · {exam.subject(voice.language)}"
        rows.append([Button(shorten(label, 36), pack("ex", exam.id))])
    rows.append([Button(voice.label("button.calendar_all"), pack("cal"))])
    return Screen(lines(*parts), rows)


def time_line(voice: Speech, exam: ExamBrief, now: dt.datetime) -> Html:
    """The kind of an exam, from when to when."""
    return voice.t(
        "exams.line",
        kind=voice.t(f"kind.{exam.kind}"),
        time=voice.span(exam.span.start, exam.span.end, now),
    )


def state(voice: Speech, entry: MyExam, now: dt.datetime) -> Html:
    """How long until an exam starts or ends, or that it is over."""
    span = entry.exam.span
    if entry.phase == "over":
        return voice.t("exams.over")
    if entry.phase == "running":
        left = voice.duration(max(1, (span.end - now).total_seconds() / 60))
        return voice.t("exams.running", left=left)
    ahead = (span.start - now).total_seconds() / 60
    if ahead > 48 * 60:
        return voice.n("exams.in_days", round(ahead / (24 * 60)))
    return voice.t("exams.in_time", left=voice.duration(max(1, ahead)))


def exam_card(
    voice: Speech, exam: ExamBrief, view: WalkView | None, now: dt.datetime, *, changeable: bool = False
) -> Screen:
    """One exam: its time, the reader's next step, its links, and the things one may need of it.

    `changeable`: the reader may move, extend or cancel it.
    """
    phase = exam.span.phase(now)
    text = lines(
        bold(exam.subject(voice.language)),
        time_line(voice, exam, now),
        state(voice, MyExam(exam, phase, holds=False), now),
        own_minutes(voice, exam),
        own_sitting(voice, exam),
        _next_step(voice, view) if view and phase != "over" else None,
        "",
        zone(voice, exam.span.start),
    )
    rows = [[Button(voice.label("button.steps"), pack("wn", exam.id), style="primary")]]
    rows.append(link_buttons(voice, exam, ("meeting", "lms")))
    if phase != "over":
        rows.append([Button(voice.label("button.sos"), pack("sx", exam.id), style="danger")])
    if phase == "upcoming":
        rows.append([Button(voice.label("button.ready"), pack("rb", exam.id))])
    if changeable:
        rows.append([Button(voice.label("button.change"), pack("xc", exam.id))])
    calendar = Button(voice.label("button.calendar"), pack("ics", exam.id))
    rows.append([calendar, Button(voice.label("button.exams"), pack("menu", "exams"))])
    return Screen(text, [row for row in rows if row])


def zone(voice: Speech, moment: dt.datetime) -> Html:
    """By which clock the times are: Kazakhstan's own, or how far the configured zone is from UTC."""
    offset = voice.offset(moment)
    return voice.t("exams.zone" if voice.at_home(moment) else "exams.zone_other", offset=offset)


def own_minutes(voice: Speech, exam: ExamBrief) -> Html | None:
    """How many minutes of the exam are the reader's alone."""
    return voice.t("exams.own_minutes", left=voice.minutes(exam.extra)) if exam.extra else None


def own_sitting(voice: Speech, exam: ExamBrief) -> Html | None:
    """That this time is the reader's own, and by which decision."""
    return voice.t("exams.own_sitting", number=exam.sitting) if exam.sitting else None


def _next_step(voice: Speech, view: WalkView) -> Html | None:
    if view.place.finished:
        return None
    step = view.algorithm.steps[view.place.position]
    return voice.t("exams.next_step", title=voice.words.step(voice.language, step.id).title)


def link_buttons(voice: Speech, exam: ExamBrief | None, links: Sequence[str]) -> list[Button]:
    """Buttons that open the conference or the learning system of an exam."""
    urls = {"meeting": exam.meeting_url, "lms": exam.lms_url} if exam else {}
    return [Button(voice.label(f"button.open_{link}"), url=urls[link]) for link in links if urls.get(link)]
