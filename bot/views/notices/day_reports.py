"""Notices about the reports of a day."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.day_reports import DayAgain, DayReport, DayState
from bot.rules.parcels import Parcel
from bot.views import day_reports as views
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen
from bot.views.speech import Speech


def _seen(parcel: Parcel) -> DayReport:
    assert isinstance(parcel.about, DayReport)
    return parcel.about


def _missing(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return views.missing(voice, _seen(parcel), now)


def _arrived(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return views.arrived(voice, _seen(parcel), now)


def _late(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, DayState)
    return views.late(voice, parcel.about)


def _again(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, DayAgain)
    return views.again(voice, parcel.about)


KINDS: Mapping[str, Render] = {
    "day_report_missing": _missing,
    "day_report": _arrived,
    "day_reports_late": _late,
    "day_report_again": _again,
}
