"""Notices of a sitting: votes, the clock of a defence, a graduate's result."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.parcels import Parcel
from bot.rules.sittings import ClockNews, OwnResult, SittingView
from bot.views import sittings as views
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen
from bot.views.speech import Speech


def _ballot(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, SittingView)
    return views.ballot(voice, parcel.about, parcel.facts["ballot"], now)


def _clock(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, ClockNews)
    return views.clock(voice, parcel.about, now)


def _result(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, OwnResult)
    return views.own_result(voice, parcel.about)


KINDS: Mapping[str, Render] = {"ballot_card": _ballot, "defence_clock": _clock, "defence_result": _result}
