"""Digests of deans as they go out."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.digests import Digest
from bot.rules.papers import Made
from bot.rules.parcels import Parcel
from bot.views.digests import digest, week
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen
from bot.views.speech import Speech


def _digest(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, Digest)
    return digest(voice, parcel.about, now)


def _week(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, Made)
    return week(voice, parcel.about)


KINDS: Mapping[str, Render] = {"digest": _digest, "digest_week": _week}
