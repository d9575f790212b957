"""The live card of an exam, its students one by one, and what whoever holds it may do."""

import datetime as dt
from collections.abc import Sequence

from bot.rules import exam_cards
from bot.rules.exam_cards import ExamCard, Helped, OpenReport, StudentState, Warned
from bot.rules.exams import ExamBrief, MyExam
from bot.views.exams import link_buttons, shorten, state, time_line
from bot.views.screen import Button, Html, Screen, bold, lines, pack, safe
from bot.views.speech import Speech

NAMES_SHOWN = 5
STEPS_SHOWN = 4
PAGE = 8
ON_TIME, LATE = 1, 0


def card(voice: Speech, found: ExamCard, now: dt.datetime) -> Screen:
    """An exam at a glance, as it stands at this moment."""
    exam = found.exam
    text = lines(
        bold(exam.subject(voice.language)),
        time_line(voice, exam, now),
        voice.t("exam_card.cancelled") if found.cancelled else state(voice, _entry(found), now),
        None if found.cancelled else _began(voice, found, now),
        voice.t("exam_card.reachable", n=found.reachable, total=len(found.students)),
        _names(voice, voice.t("exam_card.unreached"), [student.name for student in found.unreached]),
        *(_before(voice, found) if found.phase == "upcoming" else _while(voice, found)),
        _reports_line(voice, found.reports),
        _helped_line(voice, found.helped),
        *(_warned(voice, warned) for warned in found.warned),
        _missed(voice, found),
        _published(voice, found, now),
        "",
        voice.t("exam_card.as_of", time=voice.clock(now)),
    )
    return Screen(text, () if found.cancelled else _rows(voice, found))


def _entry(found: ExamCard) -> MyExam:
    return MyExam(found.exam, found.phase, holds=True)


def _began(voice: Speech, found: ExamCard, now: dt.datetime) -> Html | None:
    if found.began is not None:
        return voice.t("exam_card.began", time=voice.when(found.began.at, now), name=found.began.by or "—")
    return voice.t("exam_card.not_begun") if found.phase == "running" else None


def _names(voice: Speech, head: Html, names: Sequence[str]) -> Html | None:
    """«Not reached: a, b, 3 more»; nothing for nobody."""
    if not names:
        return None
    shown: list[object] = [*names[:NAMES_SHOWN]]
    if len(names) > NAMES_SHOWN:
        shown.append(voice.t("exam_card.more", n=len(names) - NAMES_SHOWN))
    return Html(f"{head} {', '.join(safe(name) for name in shown)}")


def _before(voice: Speech, found: ExamCard) -> list[object]:
    ready, lacking = found.count("ready"), found.count("lacking")
    silent = len(found.students) - ready - lacking
    return [voice.t("exam_card.ready", ready=ready, lacking=lacking, silent=silent)]


def _while(voice: Speech, found: ExamCard) -> list[object]:
    if not found.steps:
        return []
    often = sorted(found.at_step, key=lambda entry: -entry[1])[:STEPS_SHOWN]
    parts = [voice.t("exam_card.step", k=step + 1, n=many) for step, many in sorted(often)]
    parts.append(voice.t("exam_card.unopened", n=found.unopened))
    uploaded, finished = found.count("uploaded"), found.count("finished")
    done = [voice.t("exam_card.uploaded", n=uploaded)] if uploaded else []
    done += [voice.t("exam_card.finished", n=finished)] if finished else []
    return [
        Html(f"{voice.t('exam_card.steps')} {', '.join(parts)}"),
        Html(". ".join(done)) if done else None,
    ]


def _reports_line(voice: Speech, reports: Sequence[OpenReport]) -> Html | None:
    if not reports:
        return None
    waiting = sum(1 for report in reports if report.state == "waiting")
    return voice.t("exam_card.reports", n=len(reports), waiting=waiting)


def _helped_line(voice: Speech, helped: Sequence[Helped]) -> Html | None:
    if not helped:
        return None
    waiting = sum(1 for one in helped if one.waiting)
    return voice.t("exam_card.helped", waiting=waiting, helping=len(helped) - waiting)


def _warned(voice: Speech, warned: Warned) -> Html:
    line = told(voice, warned)
    return Html(f"{line}{voice.t('exam_card.waiting', n=warned.waiting)}") if warned.waiting else line


def told(voice: Speech, warned: Warned) -> Html:
    """«Warning (30 minutes): 27 of 28»."""
    left = voice.t("exam_card.left", n=voice.number(warned.minutes))
    return voice.t("exam_card.warned", left=left, reached=warned.reached, total=warned.total)


def _missed(voice: Speech, found: ExamCard) -> Html | None:
    """Whom the last warning missed, beyond those whom nothing reaches."""
    known = {student.name for student in found.unreached}
    last = found.warned[-1].missed if found.warned else ()
    return _names(voice, voice.t("exam_card.missed"), [name for name, _ in last if name not in known])


def _published(voice: Speech, found: ExamCard, now: dt.datetime) -> Html | None:
    if found.published_at is None:
        return None
    return voice.t("exam_card.published", time=voice.when(found.published_at, now))


def _rows(voice: Speech, found: ExamCard) -> list[list[Button]]:
    exam = found.exam
    rows: list[list[Button]] = []
    if found.began is None and found.phase != "over":
        rows.append([begun_button(voice, exam.id)])
    row = [Button(voice.label("button.students"), pack("ds", exam.id))]
    if found.reports:
        row.append(
            Button(
                voice.label("button.exam_reports", n=len(found.reports)), pack("dr", exam.id), style="danger"
            )
        )
    rows.append(row)
    if found.phase == "over" and found.published_at is None:
        rows.append([Button(voice.label("button.published"), pack("du", exam.id))])
    if found.phase != "over":
        rows.append([Button(voice.label("button.call_helper"), pack("dm", exam.id))])
    changes = [Button(voice.label("button.change"), pack("dx", exam.id))] if found.phase != "over" else []
    rows.append([*changes, Button(voice.label("button.act"), pack("pa", exam.id))])
    rows.append(
        [
            Button(voice.label("button.steps"), pack("dw", exam.id)),
            Button(voice.label("button.refresh"), pack("dc", exam.id)),
        ]
    )
    return rows


def begun_button(voice: Speech, exam_id: int) -> Button:
    """«It began on time»."""
    return Button(voice.label("button.begun"), pack("db", exam_id, ON_TIME), style="success")


def late_button(voice: Speech, exam_id: int) -> Button:
    """«It has begun just now»."""
    return Button(voice.label("button.begun_late"), pack("db", exam_id, LATE))


def open_button(voice: Speech, exam_id: int) -> Button:
    """Opens the card below the message that carries it."""
    return Button(voice.label("button.exam_card"), pack("do", exam_id), style="primary")


def entries(voice: Speech, exams: Sequence[ExamBrief], now: dt.datetime) -> list[list[Button]]:
    """My exams of today, each opens its card."""
    return [
        [
            Button(
                shorten(f"{voice.when(exam.span.start, now)} · {exam.subject(voice.language)}", 36),
                pack("do", exam.id),
            )
        ]
        for exam in exams
    ]


def students(voice: Speech, found: ExamCard, number: int) -> Screen:
    """The exam's students, those who need somebody first, a page at a time."""
    shown, number, pages = exam_cards.page(found.students, number, PAGE)
    exam = found.exam
    parts: list[object] = [
        voice.t("exam_card.students", exam=bold(exam.subject(voice.language)), k=number + 1, n=pages),
        voice.t("exam_card.order"),
    ]
    rows = [
        [Button(f"{_mark(student)} {shorten(student.name, 30)}", pack("dp", exam.id, student.person_id))]
        for student in shown
    ]
    rows.append(turns(voice, number, pages, pack("dt", exam.id, number - 1), pack("dt", exam.id, number + 1)))
    return Screen(lines(*parts), [row for row in rows if row])


def turns(voice: Speech, number: int, pages: int, back: str, on: str) -> list[Button]:
    """Back and on, where there are more pages."""
    row = [Button(voice.label("button.back"), back)] if number else []
    if number + 1 < pages:
        row.append(Button(voice.label("button.next"), on))
    return row


def _mark(student: StudentState) -> str:
    if student.reports:
        return "🔴"
    if student.reach or student.lacking:
        return "❌"
    if student.finished or student.uploaded:
        return "✅"
    return "▫️" if student.position is None else "▶️"


def student(voice: Speech, found: ExamCard, person_id: int, now: dt.datetime) -> Screen | None:
    """One student: reachable, ready, where they stand; None when they do not sit the exam."""
    one = next((student for student in found.students if student.person_id == person_id), None)
    if one is None:
        return None
    exam = found.exam
    text = lines(
        bold(one.name),
        exam.subject(voice.language),
        "",
        _reach_line(voice, one),
        _ready_line(voice, one),
        _step_line(voice, one, found.steps),
        voice.t("exam_card.one_reports", n=one.reports) if one.reports else None,
        _call_line(voice, one, now),
        _help_line(voice, one),
        "",
        voice.t("exam_card.as_of", time=voice.clock(now)),
    )
    rows = []
    if not one.reach and found.phase != "over":
        rows.append([Button(voice.label("button.call"), pack("dq", exam.id, person_id), style="primary")])
    if one.help is None and found.phase != "over":
        rows.append([Button(voice.label("button.call_helper"), pack("dm", exam.id, person_id))])
    rows.append([Button(voice.label("button.students"), pack("dt", exam.id, 0))])
    return Screen(text, rows)


def _reach_line(voice: Speech, one: StudentState) -> Html:
    if not one.reach:
        return voice.t("exam_card.one_reached")
    return voice.t("exam_card.one_unreached", reason=voice.t(f"missed.reason.{one.reach}"))


def _ready_line(voice: Speech, one: StudentState) -> Html | None:
    if one.lacking:
        items = voice.listed([voice.t(f"ready.{item}") for item in one.lacking])
        return voice.t("exam_card.one_lacks", items=items)
    if one.ready is None:
        return None
    return voice.t("exam_card.one_ready")


def _step_line(voice: Speech, one: StudentState, steps: int) -> Html | None:
    if not steps:
        return None
    if one.finished:
        return voice.t("exam_card.one_finished")
    if one.position is None:
        return voice.t("exam_card.one_unopened")
    line = voice.t("exam_card.one_step", k=one.position + 1, n=steps)
    return Html(f"{line} {voice.t('exam_card.one_uploaded')}") if one.uploaded else line


def _call_line(voice: Speech, one: StudentState, now: dt.datetime) -> Html | None:
    if one.called_at is None:
        return None
    if one.answered_at is not None:
        return voice.t("exam_card.one_answered", time=voice.when(one.answered_at, now))
    return voice.t("exam_card.one_called", time=voice.when(one.called_at, now))


def _help_line(voice: Speech, one: StudentState) -> Html | None:
    if one.help is None:
        return None
    number = one.help.number
    if one.help.waiting:
        return voice.t("exam_card.one_waits", number=number)
    return voice.t("exam_card.one_helps", number=number)


def reports(voice: Speech, found: ExamCard, me: int | None) -> Screen:
    """Open reports of the exam; those that came to the reader open."""
    parts: list[object] = [bold(voice.t("exam_card.reports_of", exam=found.exam.subject(voice.language)))]
    rows = []
    for report in found.reports:
        about = voice.t(f"trouble.{report.trouble}")
        place = voice.t(f"case.state.{report.state}")
        parts += ["", Html(f"{bold(report.number)} · {place}")]
        parts.append(voice.t("staff.line", name=report.reporter, about=about))
        if me in report.told:
            rows.append([Button(report.number, pack("co", report.case_id))])
    if not found.reports:
        parts.append(voice.t("staff.none"))
    return Screen(lines(*parts), rows)


def ask_published(voice: Speech, exam: ExamBrief) -> Screen:
    """Are the results really out? The students' time to appeal begins with it."""
    text = voice.t("exam_card.ask_published", exam=bold(exam.subject(voice.language)))
    yes = Button(voice.label("button.published_yes"), pack("dv", exam.id), style="success")
    return Screen(text, [[yes]])


def published(voice: Speech, exam: ExamBrief, at: dt.datetime, now: dt.datetime) -> Screen:
    """The results are out since this moment."""
    subject, time = bold(exam.subject(voice.language)), voice.when(at, now)
    return Screen(voice.t("exam_card.is_published", exam=subject, time=time), [[open_button(voice, exam.id)]])


def answered(voice: Speech, exam: ExamBrief) -> Screen:
    """The student has answered the call: whoever called knows it."""
    subject = bold(exam.subject(voice.language))
    return Screen(voice.t("call.answered", exam=subject), [link_buttons(voice, exam, ("meeting",))])
