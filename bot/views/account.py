"""The account of reports on a screen."""

import datetime as dt
from collections.abc import Sequence

from bot.rules.account import Pace, Span
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech

SHOWN = 15


def overview(voice: Speech, paces: Sequence[Pace], now: dt.datetime) -> Screen:
    """Every faculty: how many reports, minutes to take and to decide, in the median and at worst."""
    if not paces:
        return Screen(voice.t("account.none"), [_back(voice)])
    parts: list[object] = [bold(voice.t("account.title"))]
    for pace in paces[-SHOWN:]:
        parts += [
            "",
            bold(pace.faculty or voice.t("account.all")),
            voice.t("account.count", n=pace.reports, open=pace.open),
            voice.t("account.taken", **_minutes(voice, pace.to_take)) if pace.to_take.count else None,
            voice.t("account.decided", **_minutes(voice, pace.to_decide)) if pace.to_decide.count else None,
        ]
    return Screen(lines(*parts, "", voice.t("case.as_of", time=voice.clock(now))), [_back(voice)])


def _minutes(voice: Speech, span: Span) -> dict[str, str]:
    return {"median": voice.number(span.median or 0), "worst": voice.number(span.worst or 0)}


def _back(voice: Speech) -> list[Button]:
    return [Button(voice.label("button.refresh"), pack("yr"))]
