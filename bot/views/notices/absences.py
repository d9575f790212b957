"""Notices of absences: you stand in, you are away, it is over."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.absences import Away
from bot.rules.parcels import Parcel
from bot.views import absences
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen
from bot.views.speech import Speech


def _render(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, Away)
    return absences.notice(voice, parcel.about, parcel.kind, now)


KINDS: Mapping[str, Render] = {"stands_in": _render, "sent_away": _render, "absence_over": _render}
