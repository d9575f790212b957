"""Notices about a report: its card, what was added, who took it, where it stands."""

import datetime as dt
from collections.abc import Mapping

from bot.rules import notes
from bot.rules.auditing import Finding
from bot.rules.cases import CaseView
from bot.rules.incidents import IncidentView
from bot.rules.parcels import Parcel
from bot.rules.warnings import minutes_left
from bot.views import cases, endings, incidents, outages
from bot.views.notices.setting import Render, Setting
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.views.walks import clause

AUDITED = 30


def _card(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    return cases.card(voice, parcel.case, now, _promised(setting, parcel.case))


def _promised(setting: Setting, case: CaseView) -> Mapping[str, dt.timedelta]:
    return setting.policy.force_majeure.promised(case.stage)


def _note(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    part = notes.from_facts(parcel.facts)
    if part is None:
        return _card(setting, voice, parcel, now)
    return cases.note(voice, parcel.case, part, dt.datetime.fromisoformat(parcel.facts["at"]), now)


def _taken(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    at = voice.when(case.taken_at or now, now)
    text = lines(
        voice.t("case.taken_news", number=bold(case.number), name=bold(case.holder), time=at),
        cases.promised(voice, case, now),
        voice.t("case.taken_next"),
    )
    return Screen(text, [[Button(voice.label("button.add_note"), pack("cn", case.id))]])


def _status(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    return cases.status(voice, parcel.case, setting.policy.phones, now)


def _headed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime, head: Html) -> Screen:
    """The card under a line that says why it comes now."""
    assert parcel.case is not None
    held = parcel.case.holder_id if parcel.kind in ("case_remind", "case_late") else None
    screen = cases.card(voice, parcel.case, now, _promised(setting, parcel.case), held)
    return Screen(lines(head, "", screen.text), screen.rows)


def _number(parcel: Parcel) -> Html:
    assert parcel.case is not None
    return bold(parcel.case.number)


def _again(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return _headed(setting, voice, parcel, now, voice.t("card.again", number=_number(parcel)))


def _remind(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return _headed(setting, voice, parcel, now, voice.t("card.remind", number=_number(parcel)))


def _lapsed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return _headed(setting, voice, parcel, now, voice.t("card.lapsed", number=_number(parcel)))


def _late(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return _headed(setting, voice, parcel, now, voice.t("card.late", number=_number(parcel)))


def _stuck(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    head = voice.t("card.stuck", number=_number(parcel), name=parcel.case.holder or "—")
    return _headed(setting, voice, parcel, now, head)


def _back(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    screen = cases.status(voice, case, setting.policy.phones, now)
    return Screen(lines(voice.t("case.back", number=bold(case.number)), "", screen.text), screen.rows)


def _decided(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    text = lines(
        voice.t("case.decided", number=bold(case.number)),
        *endings.outcome(voice, case, now),
        voice.t("case.appeal_hint") if case.outcome == "refused" else None,
    )
    return Screen(text, [[Button(voice.label("button.open_case"), pack("cv", case.id))]])


def _closed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    head = voice.t("card.closed", number=bold(case.number), name=case.reporter)
    return Screen(lines(head, *endings.outcome(voice, case, now)))


def _referred(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    apply = Button(voice.label("button.apply_order"), pack("jr", case.id), style="primary")
    leaf = setting.policy.leaves.get("force_majeure.other_day_admission_by")
    text = lines(
        voice.t("case.referred", number=bold(case.number)), "", clause(leaf.clause if leaf else None)
    )
    return Screen(text, [[apply]])


def _applied(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    return _headed(setting, voice, parcel, now, voice.t("card.applied", number=_number(parcel)))


def _act_due(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    send = Button(voice.label("button.send_act"), pack("ja", case.id, case.revision), style="success")
    leaf = setting.policy.leaves.get("final_attestation.technical_act_due")
    text = lines(
        voice.t("act.due", number=bold(case.number), name=case.reporter),
        *endings.outcome(voice, case, now),
        "",
        clause(leaf.clause if leaf else None),
    )
    return Screen(text, [[send]])


def _act(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    text = lines(
        bold(voice.t("act.title", number=case.number)),
        voice.t("card.who", name=bold(case.reporter), group=case.reporter_group or "—"),
        voice.t(f"trouble.{case.trouble}"),
        voice.t("act.filed", time=voice.when(case.filed_at, now)),
        voice.t("sos.about", exam=case.exam.subject(voice.language)) if case.exam else None,
        *endings.clock(voice, case, now),
        *endings.outcome(voice, case, now),
    )
    return Screen(text)


def _act_missed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    return Screen(voice.t("act.missed", number=bold(case.number), name=case.holder or "—"))


def _for_you(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    screen = cases.status(voice, case, setting.policy.phones, now)
    return Screen(lines(voice.t("case.for_you", name=case.filed_by), "", screen.text), screen.rows)


def _outage(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    running = case.outage.running is not None
    head = voice.t("card.gone" if running else "card.back", number=bold(case.number), name=case.reporter)
    open_it = Button(voice.label("button.open_case"), pack("co", case.id))
    return Screen(lines(head, *endings.clock(voice, case, now)), [[open_it]])


def _claimed(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert parcel.case is not None
    return outages.claimed(voice, parcel.case, now)


def _resume(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    until = case.outage.resume_by or now
    leaf = setting.policy.leaves.get("force_majeure.resume_hours_test")
    text = lines(
        voice.t(
            "outage.resume",
            time=bold(voice.when(until, now)),
            left=voice.duration(max(0, (until - now).total_seconds() // 60)),
        ),
        voice.t("outage.test_left", left=voice.minutes(case.left or 0)),
        voice.t("outage.keeps"),
        "",
        clause(leaf.clause if leaf else None),
    )
    return Screen(text)


def _resume_over(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    case = parcel.case
    assert case is not None
    time = voice.when(case.outage.resume_by or now, now)
    leaf = setting.policy.leaves.get("force_majeure.resume_hours_test")
    head = voice.t("outage.resume_over", number=bold(case.number), time=time)
    buttons = [[Button(voice.label("button.open_case"), pack("cv", case.id))]]
    return Screen(lines(head, "", clause(leaf.clause if leaf else None)), buttons)


def _resit(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    exam = parcel.exam
    subject = exam.subject(voice.language) if exam else ""
    at = dt.datetime.fromisoformat(parcel.facts["at"])
    if not parcel.facts["end"] or now < at:
        return Screen(voice.t("resit.before", time=bold(voice.when(at, now)), exam=subject))
    end = dt.datetime.fromisoformat(parcel.facts["end"])
    text = lines(
        Html(f"⏰ <b>{voice.n('warning.left', minutes_left(end, now))}</b>"),
        voice.t("warning.end", exam=subject, time=bold(voice.clock(end))),
    )
    return Screen(text)


def _incident(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, IncidentView)
    return incidents.card(voice, parcel.about, now)


def _incident_over(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    assert isinstance(parcel.about, IncidentView)
    if parcel.case is not None:
        return incidents.over_student(voice, parcel.about, parcel.case.id, parcel.case.number)
    return incidents.over(voice, parcel.about, now)


def _audit(setting: Setting, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
    found = [finding for finding in _findings(parcel.about) if isinstance(finding, Finding)]
    said = [
        voice.t(f"audit.{finding.trouble.value}", number=finding.number, time=voice.when(finding.since, now))
        for finding in found[:AUDITED]
    ]
    head = voice.t("audit.head", n=len(found)) if found else voice.t("audit.clear")
    return Screen(lines(head, *said, "", voice.t("case.as_of", time=voice.clock(now))))


def _findings(about: object) -> tuple[object, ...]:
    return about if isinstance(about, tuple) else ()


KINDS: Mapping[str, Render] = {
    "audit_card": _audit,
    "incident_card": _incident,
    "incident_over": _incident_over,
    "case_card": _card,
    "case_note": _note,
    "case_taken": _taken,
    "case_taken_by_other": _card,
    "case_escalated": _status,
    "case_status": _status,
    "case_again": _again,
    "case_remind": _remind,
    "case_lapsed": _lapsed,
    "case_late": _late,
    "case_stuck": _stuck,
    "case_back": _back,
    "case_decided": _decided,
    "case_closed": _closed,
    "case_referred": _referred,
    "case_applied": _applied,
    "case_act_due": _act_due,
    "case_act": _act,
    "case_act_missed": _act_missed,
    "case_for_you": _for_you,
    "case_outage": _outage,
    "case_claimed": _claimed,
    "case_resume": _resume,
    "case_resume_over": _resume_over,
    "resit": _resit,
}
