"""What comes by itself about files and news of administrators."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.broadcasts import BroadcastView
from bot.rules.parcels import Parcel
from bot.rules.uploads import UploadView
from bot.views import broadcasts
from bot.views.administration import upload_card
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen
from bot.views.speech import Speech


def _checked(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, UploadView)
    return upload_card(voice, parcel.about)


def _news(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return broadcasts.message(voice, str(parcel.about))


def _account(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, BroadcastView)
    return broadcasts.account(voice, parcel.about, now)


KINDS: Mapping[str, Render] = {"upload_checked": _checked, "broadcast": _news, "broadcast_card": _account}
