"""Notices about results and appeals."""

import datetime as dt
from collections.abc import Mapping

from bot.exchange.calendar import Entry, calendar_file
from bot.rules.appeals import AppealView
from bot.rules.parcels import Parcel
from bot.views import appeals as views
from bot.views.notices.setting import Render, Setting, exam_of
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.wire import Upload

SITTING_HOURS = 1


def _appeal(parcel: Parcel) -> AppealView:
    assert isinstance(parcel.about, AppealView)
    return parcel.about


def _moment(parcel: Parcel, key: str) -> dt.datetime | None:
    kept = parcel.facts.get(key)
    return dt.datetime.fromisoformat(kept) if kept else None


def _opened(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam, end, strictest = exam_of(parcel), _moment(parcel, "said"), _moment(parcel, "strictest")
    text = lines(
        voice.t("result.open", exam=bold(exam.subject(voice.language))),
        voice.t("result.until", time=bold(voice.moment(end))) if end else voice.t("appeal.no_term"),
        voice.t("result.sooner", time=voice.moment(strictest))
        if strictest and end and strictest < end
        else None,
        "",
        views.clause(parcel.facts.get("clause")),
    )
    return Screen(text, [[Button(voice.label("button.appeal"), pack("ap", exam.id))]])


def _closing(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam, end = exam_of(parcel), _moment(parcel, "said") or now
    closes = parcel.use_by or end
    left = voice.duration(max(1, (closes - now).total_seconds() / 60))
    text = lines(
        voice.t("result.closing", left=left, time=bold(voice.moment(end))),
        exam.subject(voice.language),
        "",
        views.clause(parcel.facts.get("clause")),
    )
    return Screen(text, [[Button(voice.label("button.appeal"), pack("ap", exam.id), style="primary")]])


def _card(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return views.card(voice, _appeal(parcel), now)


def _status(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return views.status(voice, _appeal(parcel), now)


def _headed(voice: Speech, parcel: Parcel, head: Html, now: dt.datetime) -> Screen:
    view = _appeal(parcel)
    screen = views.status(voice, view, now) if view.part == "student" else views.card(voice, view, now)
    return Screen(lines(head, "", screen.text), screen.rows)


def _invite(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    view = _appeal(parcel)
    at = view.sat_at or now
    head = voice.t("appeal.invite", number=bold(view.number), time=bold(voice.moment(at)))
    sitting = Entry(
        uid=view.number,
        title=voice.label("appeal.calendar", number=view.number),
        start=at,
        end=at + dt.timedelta(hours=SITTING_HOURS),
        url="",
        sequence=view.revision,
    )
    calendar = calendar_file([sitting], now)
    rows = [[Button(voice.label("button.open_appeal"), pack("ak", view.id))]]
    return Screen(head, rows, upload=Upload(f"{view.number}.ics", calendar))


def _late(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    view = _appeal(parcel)
    due = voice.end(view.sitting_by) if view.sitting_by else "—"
    return _headed(voice, parcel, voice.t("appeal.late", number=bold(view.number), time=due), now)


def _undecided(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    number = bold(_appeal(parcel).number)
    return _headed(voice, parcel, voice.t("appeal.undecided", number=number), now)


def _due(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    view = _appeal(parcel)
    due = voice.end(view.result_by) if view.result_by else "—"
    return _headed(voice, parcel, voice.t("appeal.due", number=bold(view.number), time=due), now)


def _call(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    number = bold(_appeal(parcel).number)
    return _headed(voice, parcel, voice.t("appeal.call", number=number), now)


def _soon(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    number = bold(_appeal(parcel).number)
    return _headed(voice, parcel, voice.t("appeal.soon", number=number), now)


def _unreached(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    number = bold(_appeal(parcel).number)
    return _headed(voice, parcel, voice.t("appeal.unreached", number=number), now)


def _withdrawn(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    view = _appeal(parcel)
    return Screen(voice.t("appeal.withdrawn_news", number=bold(view.number), name=view.student))


def _decided(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    number = bold(_appeal(parcel).number)
    return _headed(voice, parcel, voice.t("appeal.decided", number=number), now)


def _during(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    view = _appeal(parcel)
    text = lines(
        voice.t("appeal.during_told", number=bold(view.number)),
        voice.t("card.who", name=bold(view.student), group=view.group or "—"),
        exam_of(parcel).subject(voice.language),
        voice.t("appeal.ground", ground=voice.t(f"ground.{view.ground}")),
    )
    return Screen(text)


def _sits_again(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam, case = exam_of(parcel), parcel.case
    assert case is not None
    text = lines(
        voice.t(
            "resit.told", number=bold(case.number), time=bold(voice.moment(_moment(parcel, "at") or now))
        ),
        voice.t("card.who", name=bold(case.reporter), group=case.reporter_group or "—"),
        exam.subject(voice.language),
    )
    return Screen(text)


def _sits_otherwise(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam, case = exam_of(parcel), parcel.case
    assert case is not None
    at, was = _moment(parcel, "at") or now, _moment(parcel, "was") or now
    own = bool(parcel.facts.get("own"))
    text = lines(
        voice.t("resit.moved", number=bold(case.number)),
        None if own else voice.t("card.who", name=bold(case.reporter), group=case.reporter_group or "—"),
        exam.subject(voice.language),
        voice.t("resit.now", time=bold(voice.moment(at))),
        voice.t("resit.was", time=voice.moment(was)),
        voice.t("resit.follows") if own else None,
    )
    return Screen(text, [[Button(voice.label("button.exams"), pack("menu", "exams"))]] if own else [])


KINDS: Mapping[str, Render] = {
    "result_open": _opened,
    "result_closing": _closing,
    "appeal_card": _card,
    "appeal_status": _status,
    "appeal_invite": _invite,
    "appeal_late": _late,
    "appeal_undecided": _undecided,
    "appeal_call": _call,
    "appeal_due": _due,
    "appeal_soon": _soon,
    "appeal_unreached": _unreached,
    "appeal_withdrawn": _withdrawn,
    "appeal_decided": _decided,
    "resit_told": _sits_again,
    "resit_moved": _sits_otherwise,
    "appeal_during": _during,
}
