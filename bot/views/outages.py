"""When it happened: offered moments, and what others are told of the answer."""

import datetime as dt
from html import unescape

from bot.rules.cases import CaseView
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech

AGO = (5, 15, 30)
"""Minutes before the report that are offered."""


def happened(voice: Speech, case: CaseView, now: dt.datetime) -> Screen:
    """When did it happen? One tap, or typed."""
    filed = case.filed_at.replace(second=0, microsecond=0)
    rows = [[Button(voice.label("button.happened_now", time=voice.clock(filed)), _data(case, case.filed_at))]]
    for minutes in AGO:
        at = filed - dt.timedelta(minutes=minutes)
        left = unescape(voice.minutes(minutes))
        label = voice.label("button.happened_ago", left=left, time=voice.clock(at))
        rows.append([Button(label, _data(case, at))])
    number = bold(case.number)
    return Screen(voice.t("outage.when", number=number, time=voice.when(case.filed_at, now)), rows)


def _data(case: CaseView, at: dt.datetime) -> str:
    return pack("js", case.id, int(at.timestamp()))


def both_times(voice: Speech, case: CaseView, now: dt.datetime) -> list[object]:
    """As the reporter says and as it was received; nothing where they said nothing."""
    if case.claimed_at is None:
        return []
    times = {"time": voice.when(case.claimed_at, now), "received": voice.when(case.filed_at, now)}
    return [voice.t("case.claimed", **times)]


def claimed(voice: Speech, case: CaseView, now: dt.datetime) -> Screen:
    """Whoever was told learns when it happened."""
    head = voice.t("card.claimed", number=bold(case.number), name=case.reporter)
    open_it = Button(voice.label("button.open_case"), pack("co", case.id))
    return Screen(lines(head, *both_times(voice, case, now)), [[open_it]])
