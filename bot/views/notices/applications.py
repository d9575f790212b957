"""Notices about applications."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.applications import ApplicationView
from bot.rules.parcels import Parcel
from bot.views import applications as views
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen, bold, lines
from bot.views.speech import Speech


def _about(parcel: Parcel) -> ApplicationView:
    assert isinstance(parcel.about, ApplicationView)
    return parcel.about


def _card(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return views.card(voice, _about(parcel), now)


def _status(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return views.status(voice, _about(parcel), now)


def _decided(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    view = _about(parcel)
    screen = views.status(voice, view, now)
    return Screen(lines(voice.t("apply.decided", number=bold(view.number)), "", screen.text), screen.rows)


KINDS: Mapping[str, Render] = {
    "application_card": _card,
    "application_status": _status,
    "application_decided": _decided,
}
