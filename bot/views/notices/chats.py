"""Notices of study groups' chats: the post for all, the question to an examiner, the answer to the chat."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.chats import ChatView
from bot.rules.parcels import Parcel
from bot.views import chats
from bot.views.notices import exams
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen
from bot.views.speech import Speech


def _post(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return Screen(exams.warning(setting, voice, parcel, now).text)


def _asked(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, ChatView)
    return chats.asked(voice, parcel.about)


def _linked(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, ChatView)
    return chats.linked(voice, parcel.about)


KINDS: Mapping[str, Render] = {"group_warning": _post, "chat_asked": _asked, "chat_linked": _linked}
