"""Whom the bot cannot reach before an exam, with the invite link to hand on."""

import datetime as dt

from bot.rules.rehearsal import DAY, Gap, Rehearsal, span_of
from bot.views.exam_cards import turns
from bot.views.screen import Button, Html, Screen, bold, lines, pack, safe
from bot.views.speech import Speech


def gaps(voice: Speech, found: Rehearsal, now: dt.datetime) -> Screen:
    """A page of those whom the bot cannot reach; when there is nobody left, it says so."""
    start, _ = span_of(found.check, found.key, voice.zone)
    head = (
        voice.t("reach.day", day=voice.day(start))
        if found.check == DAY
        else voice.t("reach.soon", time=voice.when(start, now))
    )
    if not found.total:
        text = lines(head, voice.t("reach.all_well"), "", voice.t("exam_card.as_of", time=voice.clock(now)))
        return Screen(text, [_refresh(voice, found)])
    parts: list[object] = [bold(head), voice.t("reach.whom", n=found.total)]
    above: object = None
    for gap in found.gaps:
        if (heading := _heading(voice, gap, now)) != above:
            parts += ["", bold(heading)]
            above = heading
        parts += _lines(voice, gap)
    parts += ["", *_hints(voice, found), voice.t("exam_card.as_of", time=voice.clock(now))]
    turn = turns(
        voice,
        found.number,
        found.pages,
        pack("dk", found.check, found.key, found.number - 1),
        pack("dk", found.check, found.key, found.number + 1),
    )
    return Screen(lines(*parts), [row for row in (turn, _refresh(voice, found)) if row])


def _refresh(voice: Speech, found: Rehearsal) -> list[Button]:
    return [Button(voice.label("button.refresh"), pack("dk", found.check, found.key, found.number))]


def _heading(voice: Speech, gap: Gap, now: dt.datetime) -> str:
    if gap.role:
        return voice.t("reach.chain")
    if gap.exam is None:
        return ""
    return f"{gap.exam.subject(voice.language)} · {voice.when(gap.exam.span.start, now)}"


def _lines(voice: Speech, gap: Gap) -> list[Html]:
    reason = voice.t(f"reach.reason.{gap.reason}")
    who: object = gap.name
    if gap.role:
        role = voice.t(f"role.{gap.role}")
        who = Html(f"{role}, {safe(gap.name)}") if gap.name else role
    found = [voice.t("missed.line", name=who, reason=reason)]
    if gap.link or gap.code:
        found.append(safe(gap.link or gap.code))
    return found


def _hints(voice: Speech, found: Rehearsal) -> list[Html]:
    reasons = {gap.reason for gap in found.gaps}
    hints = [voice.t("reach.hint.link")] if "not_linked" in reasons else []
    hints += [voice.t("reach.hint.blocked")] if "blocked" in reasons else []
    return hints + ([voice.t("reach.hint.alone")] if any(gap.alone for gap in found.gaps) else [])
