"""Notices about a file that could not be kept: what is wrong, what to do."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.parcels import Parcel
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech


def _problem(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    facts = parcel.facts
    reason = facts["reason"] if facts["state"] == "refused" else "missing"
    name = facts["name"] or voice.t("file.nameless")
    text = lines(
        voice.t("file.problem", name=bold(name)),
        voice.t(f"file.reason.{reason}", megabytes=voice.number(facts["megabytes"]), pages=facts["pages"]),
        voice.t("file.again"),
    )
    return Screen(text, [[Button(voice.label("button.my"), pack("menu", "my"))]])


KINDS: Mapping[str, Render] = {"file_problem": _problem}
