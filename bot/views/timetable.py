"""Changing an exam: what may be changed, the question before, what was done."""

import datetime as dt
from collections.abc import Callable, Sequence

from bot.rules.exams import ExamBrief
from bot.rules.timetable import Changeable, Student
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

PAGE = 8
DAYS = 8
HOURS = range(8, 21)
IN_ROW = 4


def listed(voice: Speech, exams: Sequence[ExamBrief], page: int, now: dt.datetime) -> Screen:
    """Exams that the reader may change, a page of them."""
    if not exams:
        return Screen(voice.t("change.none"))
    page = min(page, (len(exams) - 1) // PAGE)
    rows = []
    for exam in exams[page * PAGE : (page + 1) * PAGE]:
        label = f"{voice.when(exam.span.start, now)} · {exam.subject(voice.language)}"
        rows.append([Button(shorten(label, 36), pack("xc", exam.id))])
    return Screen(
        bold(voice.t("change.choose")), [*rows, _pages(page, len(exams), lambda to: pack("xl", to))]
    )


def menu(voice: Speech, found: Changeable, minutes: Sequence[int], now: dt.datetime) -> Screen:
    """All that may be changed of an exam."""
    exam = found.exam
    more = [
        Button(voice.label("change.more", n=number), pack("xe", exam.id, exam.revision, number))
        for number in minutes
    ]
    extended = [student for student in found.students if student.extra]
    text = lines(
        *_head(voice, exam, now),
        *(voice.t("change.has_more", name=s.name, left=voice.minutes(s.extra)) for s in extended[:PAGE]),
        voice.n("change.changed", found.changes) if found.changes else None,
        "",
        voice.t("change.what"),
    )
    rows = [
        more,
        [Button(voice.label("change.move"), pack("xm", exam.id, exam.revision), style="primary")],
        [Button(voice.label("change.one"), pack("xg", exam.id, exam.revision, 0))],
        [Button(voice.label("change.cancel"), pack("xk", exam.id, exam.revision), style="danger")],
        [Button(voice.label("button.timetable"), pack("xl", 0))],
    ]
    return Screen(text, [row for row in rows if row])


def confirm_more(voice: Speech, exam: ExamBrief, minutes: int, now: dt.datetime) -> Screen:
    """Really so many minutes more for everybody?"""
    end = exam.span.longer(minutes).end
    text = lines(
        *_head(voice, exam, now),
        "",
        voice.t("change.ask_more", left=voice.minutes(minutes), time=bold(voice.when(end, now))),
        voice.t("change.all_told"),
    )
    return _confirm(voice, text, exam, pack("xf", exam.id, exam.revision, minutes))


def choose_day(voice: Speech, exam: ExamBrief, now: dt.datetime, zone: dt.tzinfo) -> Screen:
    """To which day? Or typed."""
    today = now.astimezone(zone).date()
    days = [today + dt.timedelta(days=ahead) for ahead in range(DAYS)]
    buttons = [Button(voice.date(day), pack("xn", exam.id, exam.revision, day.toordinal())) for day in days]
    text = lines(*_head(voice, exam, now), "", voice.t("change.ask_day"), voice.t("change.or_typed"))
    return Screen(text, [*_in_rows(buttons, 2), [_back(voice, exam)]])


def choose_hour(voice: Speech, exam: ExamBrief, day: dt.date, now: dt.datetime, zone: dt.tzinfo) -> Screen:
    """At which hour of that day? Or typed."""
    moments = [dt.datetime.combine(day, dt.time(hour), zone) for hour in HOURS]
    buttons = [
        Button(voice.clock(moment), pack("xo", exam.id, exam.revision, minute_of(moment)))
        for moment in moments
        if moment > now
    ]
    text = lines(
        *_head(voice, exam, now),
        "",
        voice.t("change.ask_hour", day=bold(voice.date(day))),
        voice.t("change.or_typed"),
    )
    return Screen(text, [*_in_rows(buttons, IN_ROW), [_back(voice, exam)]])


def confirm_move(voice: Speech, exam: ExamBrief, starts_at: dt.datetime, now: dt.datetime) -> Screen:
    """Really to that time?"""
    ends_at = starts_at + (exam.span.end - exam.span.start)
    text = lines(
        *_head(voice, exam, now),
        "",
        voice.t("change.ask_move", time=bold(voice.span(starts_at, ends_at, now))),
        voice.t("change.all_told"),
    )
    return _confirm(voice, text, exam, pack("xp", exam.id, exam.revision, minute_of(starts_at)))


def confirm_cancel(voice: Speech, exam: ExamBrief, now: dt.datetime) -> Screen:
    """Really call it off?"""
    text = lines(*_head(voice, exam, now), "", voice.t("change.ask_cancel"), voice.t("change.all_told"))
    return _confirm(voice, text, exam, pack("xq", exam.id, exam.revision), style="danger")


def choose_student(voice: Speech, found: Changeable, page: int, now: dt.datetime) -> Screen:
    """Whom to give more time? A page of the students."""
    exam, students = found.exam, found.students
    if not students:
        return Screen(voice.t("change.no_students"), [[_back(voice, exam)]])
    page = min(page, (len(students) - 1) // PAGE)
    rows = [
        [Button(shorten(_name(voice, student), 36), pack("xh", exam.id, exam.revision, student.person_id))]
        for student in students[page * PAGE : (page + 1) * PAGE]
    ]
    pages = _pages(page, len(students), lambda to: pack("xg", exam.id, exam.revision, to))
    text = lines(*_head(voice, exam, now), "", voice.t("change.ask_whom"))
    return Screen(text, [*rows, pages, [_back(voice, exam)]])


def choose_minutes(
    voice: Speech, exam: ExamBrief, student: Student, minutes: Sequence[int], now: dt.datetime
) -> Screen:
    """How many minutes more for this student?"""
    key = (exam.id, exam.revision, student.person_id)
    buttons = [
        Button(voice.label("change.more", n=number), pack("xi", *key, number, student.extra))
        for number in minutes
    ]
    text = lines(
        *_head(voice, exam, now),
        bold(student.name),
        voice.t("change.own_end", time=voice.when(exam.span.longer(student.extra).end, now)),
        "",
        voice.t("change.ask_minutes"),
    )
    return Screen(text, [*_in_rows(buttons, IN_ROW), [_back(voice, exam)]])


def confirm_give(voice: Speech, exam: ExamBrief, student: Student, minutes: int, now: dt.datetime) -> Screen:
    """Really more time for this one?"""
    end = exam.span.longer(student.extra + minutes).end
    text = lines(
        *_head(voice, exam, now),
        bold(student.name),
        "",
        voice.t("change.ask_more", left=voice.minutes(minutes), time=bold(voice.when(end, now))),
        voice.t("change.one_told"),
    )
    key = (exam.id, exam.revision, student.person_id, minutes, student.extra)
    return _confirm(voice, text, exam, pack("xj", *key))


def changed(voice: Speech, exam: ExamBrief, now: dt.datetime) -> Screen:
    """The exam as it stands after the change."""
    done = "change.cancelled" if exam.cancelled else "change.done"
    text = lines(voice.t(done), "", *_head(voice, exam, now), "", voice.t("change.telling"))
    row = [Button(voice.label("button.timetable"), pack("xl", 0))]
    return Screen(text, [row if exam.cancelled else [_back(voice, exam), *row]])


def given(voice: Speech, exam: ExamBrief, student: Student, now: dt.datetime) -> Screen:
    """The student's own end after the change."""
    text = lines(
        voice.t("change.done"),
        "",
        bold(exam.subject(voice.language)),
        student.name,
        voice.t("change.own_end", time=bold(voice.when(exam.span.end, now))),
        "",
        voice.t("change.one_told"),
    )
    return Screen(text, [[_back(voice, exam)]])


def minute_of(moment: dt.datetime) -> int:
    """A moment as whole minutes since 1970, for a button."""
    return round(moment.timestamp()) // 60


def _head(voice: Speech, exam: ExamBrief, now: dt.datetime) -> list[Html]:
    return [bold(exam.subject(voice.language)), Html(voice.span(exam.span.start, exam.span.end, now))]


def _name(voice: Speech, student: Student) -> str:
    return f"{student.name} (+{voice.number(student.extra)})" if student.extra else student.name


def _confirm(voice: Speech, text: Html, exam: ExamBrief, data: str, style: str = "success") -> Screen:
    yes = Button(voice.label("change.yes"), data, style=style)
    return Screen(text, [[yes], [_back(voice, exam)]])


def _back(voice: Speech, exam: ExamBrief) -> Button:
    return Button(voice.label("button.back"), pack("xc", exam.id))


def _in_rows(buttons: Sequence[Button], wide: int) -> list[list[Button]]:
    return [list(buttons[index : index + wide]) for index in range(0, len(buttons), wide)]


def _pages(page: int, total: int, to: Callable[[int], str]) -> list[Button]:
    row = [Button("←", to(page - 1))] if page else []
    return [*row, Button("→", to(page + 1))] if page < (total - 1) // PAGE else row
