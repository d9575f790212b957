"""Notices about a report: its card, what was added, who took it, where it stands."""

import datetime as dt
from collections.abc import Mapping

from bot.rules import notes
from bot.rules.parcels import Parcel
from bot.views import cases
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech


def _card(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    return cases.card(voice, parcel.case, now, setting.policy.force_majeure.promises)


def _note(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    part = notes.from_facts(parcel.facts)
    if part is None:
        return _card(setting, voice, parcel, now)
    return cases.note(voice, parcel.case, part, dt.datetime.fromisoformat(parcel.facts["at"]), now)


def _taken(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    at = voice.when(case.taken_at or now, now)
    text = lines(
        voice.t("case.taken_news", number=bold(case.number), name=bold(case.holder), time=at),
        cases.promised(voice, case, now),
        voice.t("case.taken_next"),
    )
    return Screen(text, [[Button(voice.label("button.add_note"), pack("cn", case.id))]])


def _status(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    return cases.status(voice, parcel.case, setting.policy.phones, now)


def _headed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime, head: Html) -> Screen:
    """The card under a line that says why it comes now."""
    assert parcel.case is not None
    screen = cases.card(voice, parcel.case, now, setting.policy.force_majeure.promises)
    return Screen(lines(head, "", screen.text), screen.rows)


def _number(parcel: Parcel) -> Html:
    assert parcel.case is not None
    return bold(parcel.case.number)


def _again(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return _headed(setting, voice, parcel, now, voice.t("card.again", number=_number(parcel)))


def _remind(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return _headed(setting, voice, parcel, now, voice.t("card.remind", number=_number(parcel)))


def _lapsed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return _headed(setting, voice, parcel, now, voice.t("card.lapsed", number=_number(parcel)))


def _back(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    screen = cases.status(voice, case, setting.policy.phones, now)
    return Screen(lines(voice.t("case.back", number=bold(case.number)), "", screen.text), screen.rows)


KINDS: Mapping[str, Render] = {
    "case_card": _card,
    "case_note": _note,
    "case_taken": _taken,
    "case_taken_by_other": _card,
    "case_escalated": _status,
    "case_status": _status,
    "case_again": _again,
    "case_remind": _remind,
    "case_lapsed": _lapsed,
    "case_back": _back,
}
