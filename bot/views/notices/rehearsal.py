"""Notices of the rehearsal: the silent check, and whom the bot cannot reach."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.parcels import Parcel
from bot.rules.rehearsal import Rehearsal
from bot.views import rehearsal
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Html, Screen
from bot.views.speech import Speech


def _probe(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return Screen(Html(""), action="typing")


def _gaps(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, Rehearsal)
    return rehearsal.gaps(voice, parcel.about, now)


KINDS: Mapping[str, Render] = {"probe": _probe, "rehearsal": _gaps}
