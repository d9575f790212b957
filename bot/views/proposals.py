"""A decision before it is stored: the date with its weekday and year, and what speaks against it."""

import datetime as dt

from bot.rules.proposals import Proposal
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech


def review(voice: Speech, seen: Proposal, now: dt.datetime) -> Screen:
    """Is this right? A tap stores it, another text takes its place."""
    subject = seen.subjects.get(voice.language) or next(iter(seen.subjects.values()), None)
    text = lines(
        bold(voice.t("proposal.title", number=seen.number)),
        voice.t("card.who", name=seen.student, group=seen.group or "—"),
        subject,
        "",
        *_what(voice, seen, now),
        "",
        voice.t("proposal.else"),
    )
    confirm = Button(voice.label("button.confirm_decision"), pack("an", seen.id, seen.turn), style="success")
    return Screen(text, [[confirm]])


def _what(voice: Speech, seen: Proposal, now: dt.datetime) -> list[object]:
    if seen.at is None:
        return [voice.t("appeal.new_grade", grade=bold(seen.grade))]
    away = voice.roughly(max(1, (seen.at - now).total_seconds() / 60))
    return [
        voice.t("appeal.new_date", time=bold(voice.full(seen.at))),
        voice.t("proposal.away", left=away),
        voice.t("resit.was", time=voice.full(seen.was)) if seen.was else None,
        voice.t("proposal.day_off") if seen.day_off else None,
        voice.t(
            "proposal.clash",
            exam=seen.clash.subject(voice.language),
            time=voice.when(seen.clash.span.start, seen.at),
        )
        if seen.clash
        else None,
    ]


def ask(voice: Speech, number: str, at: dt.datetime) -> Screen:
    """Which date is right? The standing one beside it."""
    return Screen(voice.t("proposal.ask", number=bold(number), time=voice.full(at)))
