"""Notices about an exam: minutes left, steps that are due, a moved exam, whom a warning did not reach."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

from bot.rules import walk
from bot.rules.exams import ExamBrief
from bot.rules.parcels import Parcel
from bot.rules.vocabulary import ExamKind
from bot.rules.warnings import OFFER, minutes_left
from bot.views.exam_cards import open_button
from bot.views.exams import link_buttons, own_minutes
from bot.views.notices.setting import Render, Setting, exam_of
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.views.walks import clause, fill

Upload = tuple[Literal["by", "now", "over"], dt.datetime]
"""Where the upload stands, and its moment."""


def warning(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    """Minutes left, the end, the clause."""
    exam = exam_of(parcel)
    subject, walk_id = exam.subject(voice.language), parcel.walk_id
    left, upload = minutes_left(exam.span.end, now, parcel.minutes), _upload(setting, exam, now)
    said = (voice.language, exam.id, exam.kind, subject, exam.span.end, walk_id, left, upload)
    return setting.once(said, lambda: _warning(setting, voice, exam, walk_id, left, upload))


def _warning(
    setting: Setting, voice: Speech, exam: ExamBrief, walk_id: str, left: int, upload: Upload | None
) -> Screen:
    text = lines(
        Html(f"⏰ <b>{voice.n('warning.left', left)}</b>"),
        voice.t("warning.end", exam=exam.subject(voice.language), time=bold(voice.clock(exam.span.end))),
        _upload_line(voice, upload) if upload else None,
        "",
        clause(setting.policy.kinds[ExamKind(exam.kind)].warnings_clause),
    )
    rows = []
    if walk_id:
        steps = Button(voice.label("button.steps"), pack("wo", walk_id, exam.id, None), style="primary")
        rows.append([steps])
    rows.append([Button(voice.label("button.sos"), pack("sx", exam.id), style="danger")])
    return Screen(text, rows)


def _upload(setting: Setting, exam: ExamBrief, now: dt.datetime) -> Upload | None:
    """What is to be said of the upload, and its moment; None where the kind has none at its end."""
    upload = setting.policy.kinds[ExamKind(exam.kind)].moments.get("upload")
    if upload is None or upload.anchor != "end":
        return None
    at = exam.span.at(upload)
    ahead = (at - now).total_seconds()
    return "by" if ahead > 60 else "now" if ahead > -60 else "over", at


def _upload_line(voice: Speech, upload: Upload) -> Html:
    state, at = upload
    time = bold(voice.clock(at))
    if state == "by":
        return voice.t("warning.upload_by", time=time)
    return voice.t("warning.upload_now" if state == "now" else "warning.upload_over", time=time)


def _step_due(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam = exam_of(parcel)
    algorithm = setting.algorithms[parcel.walk_id] if parcel.walk_id else None
    moment = setting.policy.kinds[ExamKind(exam.kind)].moments[parcel.rule.removeprefix(OFFER)]
    at = exam.span.at(moment)
    index = walk.bound_to(algorithm.steps, moment.id) if algorithm else None
    if algorithm is None or index is None:
        text = voice.t(f"due.{moment.id}", exam=exam.subject(voice.language), time=bold(voice.when(at, now)))
        return Screen(lines(text, "", clause(moment.clause)), [_links(voice, exam)])
    step = algorithm.steps[index]
    words = voice.words.step(voice.language, step.id)
    text = lines(
        Html(f"⏰ <b>{voice.t('due.step', title=words.title)}</b>"),
        fill(words.at_exam, {"time": bold(voice.when(at, now))}),
        voice.t("due.exam", exam=exam.subject(voice.language)),
        "",
        clause(step.clause),
    )
    button = Button(
        voice.label("button.open_step"), pack("wo", algorithm.id, exam.id, index), style="primary"
    )
    return Screen(text, [[button]])


def _preparation(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam, until = exam_of(parcel), dt.datetime.fromisoformat(parcel.facts["until"])
    if now < until:
        head = voice.n("prepare.left", minutes_left(until, now, parcel.facts["left"]))
    else:
        head = voice.t("prepare.over")
    text = lines(
        Html(f"⏰ <b>{head}</b>"),
        voice.t("prepare.ends", exam=exam.subject(voice.language), time=bold(voice.clock(until))),
    )
    button = Button(voice.label("button.steps"), pack("wo", parcel.walk_id, exam.id, None), style="primary")
    return Screen(text, [[button]] if parcel.walk_id else [])


def _readiness(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam = exam_of(parcel)
    subject, time = bold(exam.subject(voice.language)), bold(voice.when(exam.span.start, now))
    begin = Button(voice.label("button.ready"), pack("rb", exam.id), style="primary")
    return Screen(voice.t("due.readiness", exam=subject, time=time), [[begin]])


def _links(voice: Speech, exam: ExamBrief) -> Sequence[Button]:
    urls = (("meeting", exam.meeting_url), ("lms", exam.lms_url))
    return [Button(voice.label(f"button.open_{name}"), url=url) for name, url in urls if url]


def _moved(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam = exam_of(parcel)
    was = [dt.datetime.fromisoformat(moment) for moment in parcel.facts["was"]]
    before = voice.t("moved.was", time=voice.span(was[0], was[1], now))
    subject = bold(exam.subject(voice.language))
    if exam.cancelled:
        text = lines(voice.t("moved.cancelled", exam=subject), before, voice.t("moved.ask"))
        remove = Button(voice.label("button.calendar"), pack("ics", exam.id))
        return Screen(text, [[remove, Button(voice.label("button.exams"), pack("menu", "exams"))]])
    text = lines(
        voice.t("moved.head", exam=subject),
        voice.t("moved.now", time=bold(voice.span(exam.span.start, exam.span.end, now))),
        own_minutes(voice, exam),
        before,
        voice.t("moved.reminders"),
    )
    return Screen(text, [[Button(voice.label("button.exams"), pack("ex", exam.id))]])


def _link(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam, was = exam_of(parcel), parcel.facts["was"]
    names = ("meeting", "lms")
    changed = [name for name, old, new in zip(names, was, parcel.facts["now"], strict=True) if old != new]
    buttons = link_buttons(voice, exam, changed)
    text = lines(
        voice.t("link.head", exam=bold(exam.subject(voice.language))),
        bold(voice.span(exam.span.start, exam.span.end, now)),
        voice.t("link.use") if buttons else None,
        voice.t("link.ask") if len(buttons) < len(changed) else None,
    )
    rows = [buttons, [Button(voice.label("button.exams"), pack("ex", exam.id))]]
    return Screen(text, [row for row in rows if row])


def _left(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam = exam_of(parcel)
    was = [dt.datetime.fromisoformat(moment) for moment in parcel.facts["span"]]
    span = voice.span(was[0], was[1], now)
    text = lines(voice.t("left.head", exam=bold(exam.subject(voice.language))), span, voice.t("left.ask"))
    return Screen(text, [[Button(voice.label("button.exams"), pack("menu", "exams"))]])


def _joined(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam = exam_of(parcel)
    text = lines(
        voice.t("joined.head", exam=bold(exam.subject(voice.language))),
        bold(voice.span(exam.span.start, exam.span.end, now)),
        voice.t("joined.next"),
    )
    return Screen(text, [[Button(voice.label("button.exams"), pack("ex", exam.id))]])


def _missed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    facts, exam = parcel.facts, exam_of(parcel)
    listed = [
        voice.t("missed.line", name=name, reason=voice.t(f"missed.reason.{_reason(reason)}"))
        for name, reason in facts["missed"]
    ]
    text = lines(
        voice.t("missed.head", exam=bold(exam.subject(voice.language)), n=voice.number(facts["minutes"])),
        voice.t("missed.count", reached=facts["reached"], total=facts["total"]),
        *listed,
        voice.t("missed.more", n=facts["more"]) if facts["more"] else None,
        "",
        voice.t("missed.hint"),
    )
    return Screen(text, [[open_button(voice, exam.id)]])


def _reason(reason: str) -> str:
    return reason if reason in ("not_linked", "blocked") else "failed"


def _duty_due(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    """A moment on which somebody of the staff must act."""
    exam = exam_of(parcel)
    moment = setting.policy.kinds[ExamKind(exam.kind)].moments[parcel.rule.removeprefix(OFFER)]
    at = exam.span.at(moment)
    when = "duty.by" if moment.deadline else "duty.at"
    text = lines(
        Html(f"⏰ <b>{voice.t(f'duty.{moment.id}')}</b>"),
        voice.t("due.exam", exam=exam.subject(voice.language)),
        voice.t(when, time=bold(voice.when(at, now))) if not moment.at_once else None,
        "",
        clause(moment.clause),
    )
    if moment.id == "identification":
        return Screen(text, [[Button(voice.label("button.sitting"), pack("ma", exam.id), style="primary")]])
    if moment.id == "proctor_report":
        return Screen(text, [[Button(voice.label("button.day_report"), pack("qa"), style="primary")]])
    holds = parcel.facts.get("holds")
    return Screen(text, [[Button(voice.label("button.open_exam"), pack("ex", exam.id))]] if holds else ())


KINDS: Mapping[str, Render] = {
    "duty_due": _duty_due,
    "warning": warning,
    "preparation": _preparation,
    "step_due": _step_due,
    "readiness": _readiness,
    "exam_moved": _moved,
    "exam_link": _link,
    "exam_left": _left,
    "exam_joined": _joined,
    "missed": _missed,
}
