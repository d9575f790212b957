"""Notices of the exam day: its live card, a late start, a student who is called."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.exam_cards import ExamCard, LateStart, LateStarts
from bot.rules.parcels import Parcel
from bot.views import exam_cards
from bot.views.exams import link_buttons
from bot.views.notices.setting import Render, Setting, exam_of
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.views.walks import clause

EXAMS_SHOWN = 15


def _card(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, ExamCard)
    return exam_cards.card(voice, parcel.about, now)


def _question(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam = exam_of(parcel)
    text = lines(
        voice.t("begun.question", exam=bold(exam.subject(voice.language))),
        voice.t("begun.planned", time=bold(voice.when(exam.span.start, now))),
        voice.t("begun.else") if setting.policy.conduct.start_told_to else None,
        "",
        clause(setting.policy.conduct.start_clause),
    )
    rows = [[exam_cards.begun_button(voice, exam.id)], [exam_cards.late_button(voice, exam.id)]]
    return Screen(text, rows)


def _late(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    about = parcel.about
    assert isinstance(about, LateStarts)
    waiting = [late for late in about.exams if late.began_at is None]
    head = "late.head" if waiting else "late.all_begun"
    parts: list[object] = [bold(voice.t(head, time=voice.when(about.start, now), n=len(waiting)))]
    for late in sorted(about.exams, key=lambda late: late.began_at is not None)[:EXAMS_SHOWN]:
        parts += ["", *_late_exam(voice, late, now)]
    if len(about.exams) > EXAMS_SHOWN:
        parts += ["", voice.t("exam_card.more", n=len(about.exams) - EXAMS_SHOWN)]
    parts += [
        "",
        voice.t("exam_card.as_of", time=voice.clock(now)),
        clause(setting.policy.conduct.start_clause),
    ]
    return Screen(lines(*parts))


def _late_exam(voice: Speech, late: LateStart, now: dt.datetime) -> list[Html]:
    subject = bold(late.exam.subject(voice.language))
    who = voice.t("late.who", groups=", ".join(late.groups), names=", ".join(late.holders) or "—")
    if late.began_at is None:
        return [subject, who]
    return [subject, who, voice.t("late.began", time=voice.when(late.began_at, now))]


def _called(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam = exam_of(parcel)
    text = lines(
        bold(voice.t("call.head")),
        voice.t("call.about", exam=exam.subject(voice.language), name=parcel.facts["caller"]),
        voice.t("call.what"),
    )
    rows = [
        link_buttons(voice, exam, ("meeting",)),
        [Button(voice.label("button.coming"), pack("da", exam.id), style="success")],
        [Button(voice.label("button.sos"), pack("sx", exam.id), style="danger")],
    ]
    return Screen(text, [row for row in rows if row])


def _answered(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    facts, exam = parcel.facts, exam_of(parcel)
    at = voice.when(dt.datetime.fromisoformat(facts["at"]), now)
    text = voice.t("call.came", name=bold(facts["name"]), group=facts["group"] or "—", time=at)
    return Screen(lines(text, exam.subject(voice.language)))


KINDS: Mapping[str, Render] = {
    "exam_card": _card,
    "start_question": _question,
    "late_starts": _late,
    "student_called": _called,
    "call_answered": _answered,
}
