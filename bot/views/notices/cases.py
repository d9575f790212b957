"""Notices about a report: its card, what was added, who took it, where it stands."""

import datetime as dt
from collections.abc import Mapping

from bot.rules import notes
from bot.rules.parcels import Parcel
from bot.views import cases
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech


def _card(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    return cases.card(voice, parcel.case, now)


def _note(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    part = notes.from_facts(parcel.facts)
    if part is None:
        return cases.card(voice, parcel.case, now)
    return cases.note(voice, parcel.case, part, dt.datetime.fromisoformat(parcel.facts["at"]), now)


def _taken(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    at = voice.when(case.taken_at or now, now)
    text = lines(
        voice.t("case.taken_news", number=bold(case.number), name=bold(case.holder), time=at),
        voice.t("case.taken_next"),
    )
    return Screen(text, [[Button(voice.label("button.add_note"), pack("cn", case.id))]])


def _status(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    screen = cases.status(voice, parcel.case, setting.policy.phones, now)
    if parcel.case.nobody:
        return screen
    return Screen(lines(voice.t("case.escalated"), "", screen.text), screen.rows)


KINDS: Mapping[str, Render] = {
    "case_card": _card,
    "case_note": _note,
    "case_taken": _taken,
    "case_taken_by_other": _card,
    "case_escalated": _status,
}
