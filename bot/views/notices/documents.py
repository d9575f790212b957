"""A document that comes into a chat."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.papers import Made
from bot.rules.parcels import Parcel
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen, bold
from bot.views.speech import Speech
from bot.wire import Upload


def _document(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    made = parcel.about
    assert isinstance(made, Made)
    number = parcel.case.number if parcel.case else ""
    caption = voice.t("document.caption", title=voice.t(f"document.{made.template}"), number=bold(number))
    return Screen(caption, upload=Upload(made.name, made.content))


KINDS: Mapping[str, Render] = {"document": _document}
"""The document itself travels with the message."""
