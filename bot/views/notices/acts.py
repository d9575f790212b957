"""Notices about acts."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.acts import ActView
from bot.rules.parcels import Parcel
from bot.views import acts as views
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen
from bot.views.speech import Speech


def _view(parcel: Parcel) -> ActView:
    assert isinstance(parcel.about, ActView)
    return parcel.about


def _card(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return views.card(voice, _view(parcel), now)


def _student(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return views.status(voice, _view(parcel), now)


def _late(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return views.late(voice, _view(parcel), now)


KINDS: Mapping[str, Render] = {"act_card": _card, "act_student": _student, "act_late": _late}
