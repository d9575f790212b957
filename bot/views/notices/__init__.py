"""Messages that come by themselves, rendered at the moment they go out: one family of kinds a file."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.parcels import Parcel
from bot.rules.policy import Policy
from bot.rules.walk import Algorithm
from bot.views.notices import (
    absences,
    acts,
    administration,
    aftermath,
    appeals,
    applications,
    bundles,
    cases,
    chats,
    day_reports,
    digests,
    documents,
    exam_day,
    exams,
    files,
    people,
    rehearsal,
    sittings,
    tickets,
)
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Screen
from bot.views.speech import Speech

FAMILIES = (
    absences,
    rehearsal,
    exams,
    cases,
    chats,
    files,
    documents,
    exam_day,
    appeals,
    applications,
    tickets,
    acts,
    day_reports,
    sittings,
    administration,
    aftermath,
    digests,
    people,
)
KINDS: Mapping[str, Render] = {kind: render for family in FAMILIES for kind, render in family.KINDS.items()}


class Notices:
    """Renders every kind of notice; an unknown kind raises `KeyError`."""

    def __init__(self, policy: Policy, algorithms: Mapping[str, Algorithm]) -> None:
        self._setting = Setting(policy, algorithms)

    def knows(self, kind: str) -> bool:
        """Whether this program can render a kind; a newer one beside it may owe more kinds."""
        return kind in KINDS

    def render(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        """The screen of a notice as things stand now."""
        if parcel.also:
            return bundles.together(self._setting, voice, parcel, now, KINDS)
        return KINDS[parcel.kind](self._setting, voice, parcel, now)
