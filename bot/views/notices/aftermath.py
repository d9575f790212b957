"""The notice of what is due after sittings."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.aftermath import Aftermath
from bot.rules.parcels import Parcel
from bot.views import aftermath as views
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen
from bot.views.speech import Speech


def _after(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, Aftermath)
    return views.aftermath(voice, parcel.about, now)


KINDS: Mapping[str, Render] = {"after_sittings": _after}
