"""How a report ends, and what the clock of an outage says."""

import datetime as dt

from bot.rules.cases import CaseView
from bot.views.screen import Html, bold
from bot.views.speech import Speech


def outcome(voice: Speech, case: CaseView, now: dt.datetime) -> list[object]:
    """The decision: what, the new time or the reason, by whom, when."""
    if case.state == "withdrawn":
        return [voice.t("case.withdrawn", time=voice.when(case.ended_at or now, now))]
    if not case.outcome:
        return [voice.t(f"case.state.{case.state}")]
    facts = {
        "time": bold(voice.when(case.at, now)) if case.at else "",
        "order": case.order,
        "reason": case.reason,
    }
    by = voice.t("case.decided_by", name=case.decided_by, time=voice.when(case.ended_at or now, now))
    return [voice.t(f"outcome.{case.outcome}", **facts), by if case.decided_by else None]


def application(voice: Speech, case: CaseView, now: dt.datetime) -> Html | None:
    """Whether the student has applied for the order, while it is needed."""
    if case.stage != "order" or case.state not in ("waiting", "taken"):
        return None
    if case.applied_at is None:
        return voice.t("case.not_applied")
    return voice.t("case.applied", time=voice.when(case.applied_at, now))


def clock(voice: Speech, case: CaseView, now: dt.datetime) -> list[object]:
    """Since when it is gone, the minutes lost and given back, until when the regulation lets one go on."""
    outage, said = case.outage, []
    running = outage.running
    if running is not None and running != case.filed_at and case.state in ("waiting", "taken"):
        said.append(voice.t("outage.running", time=voice.when(running, now)))
    if case.lost:
        said.append(voice.t("outage.lost", left=voice.minutes(case.lost)))
    if outage.given:
        said.append(voice.t("outage.given", left=voice.minutes(outage.given)))
    if outage.resume_by is not None and outage.resume_by > now and case.state in ("waiting", "taken"):
        left = voice.duration((outage.resume_by - now).total_seconds() // 60)
        said.append(voice.t("outage.resume", time=bold(voice.when(outage.resume_by, now)), left=left))
        said.append(voice.t("outage.test_left", left=voice.minutes(case.left or 0)))
    return list(said)
