"""Notices about a file that could not be kept: what is wrong, what to do."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.parcels import Parcel
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech

GO_ON = {"appeal": ("/appeal", pack("menu", "appeal")), "application": ("/apply", pack("menu", "apply"))}
"""The command that opens a draft again, and its button, by the kind of draft."""


def _problem(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    facts = parcel.facts
    reason = facts["reason"] if facts["state"] == "refused" else "missing"
    command, there = GO_ON.get(facts["draft"], ("", ""))
    name = facts["name"] or voice.t("file.nameless")
    text = lines(
        voice.t("file.problem", name=bold(name)),
        voice.t(f"file.reason.{reason}", megabytes=voice.number(facts["megabytes"]), pages=facts["pages"]),
        voice.t("file.again_draft", command=command) if command else voice.t("file.again"),
    )
    if there:
        return Screen(text, [[Button(voice.label("button.appeal_go_on"), there)]])
    return Screen(text, [[Button(voice.label("button.my"), pack("menu", "my"))]])


KINDS: Mapping[str, Render] = {"file_problem": _problem}
