"""Several notices of the same minute in one message."""

import datetime as dt
from collections.abc import Mapping

from bot.rules.parcels import Parcel
from bot.views.exams import shorten
from bot.views.notices.setting import Render, Setting, exam_of
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

BUTTON_ROWS = 8


def together(
    setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime, kinds: Mapping[str, Render]
) -> Screen:
    """A notice and all that it carries: their texts one below the other, each button once."""
    parcels = (parcel, *parcel.also)
    if all(each.kind == "readiness" for each in parcels):
        return _readiness(voice, parcels, now)
    screens = [kinds[each.kind](setting, voice, each, now) for each in parcels]
    rows: list[list[Button]] = []
    seen: set[Button] = set()
    for row in (row for screen in screens for row in screen.rows):
        fresh = [button for button in row if button not in seen]
        seen.update(fresh)
        rows += [fresh] if fresh else []
    return Screen(Html("\n\n".join(screen.text.strip() for screen in screens)), rows[:BUTTON_ROWS])


def _readiness(voice: Speech, parcels: tuple[Parcel, ...], now: dt.datetime) -> Screen:
    exams = [exam_of(parcel) for parcel in parcels]
    listed = [
        voice.t(
            "due.readiness_one",
            time=bold(voice.when(exam.span.start, now)),
            exam=exam.subject(voice.language),
        )
        for exam in exams
    ]
    text = lines(voice.n("due.readiness_many", len(exams)), *listed, "", voice.t("due.readiness_check"))
    rows = [
        [Button(shorten(exam.subject(voice.language)), pack("rb", exam.id), style="primary")]
        for exam in exams[:BUTTON_ROWS]
    ]
    return Screen(text, rows)
