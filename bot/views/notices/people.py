"""Notices about an account itself."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.parcels import Parcel
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen, lines
from bot.views.speech import Speech


def _moved(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return Screen(lines(voice.t("account.moved"), voice.t("account.moved.ask")))


KINDS: Mapping[str, Render] = {"account_moved": _moved}
