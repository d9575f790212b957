"""An incident: one card with all names, and what can be done for all at once."""

import datetime as dt
from collections.abc import Sequence

from bot.rules.decisions import Verdict
from bot.rules.incidents import EXAM, FACULTY, IncidentView
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech


def card(voice: Speech, incident: IncidentView, now: dt.datetime) -> Screen:
    """How many reports, of what, whose; open ones by name."""
    waiting, taken = incident.counts.get("waiting", 0), incident.counts.get("taken", 0)
    shown = [
        voice.t(
            "incident.taken" if member.state == "taken" else "incident.line",
            name=member.name,
            group=member.group or "—",
            number=member.number,
            holder=member.holder,
        )
        for member in incident.members
    ]
    more = waiting + taken - len(shown)
    text = lines(
        voice.t("incident.head", number=bold(incident.number), time=voice.when(incident.opened_at, now)),
        _what(voice, incident),
        _ended(voice, incident, now),
        voice.t("incident.counts", total=incident.total, waiting=waiting, taken=taken),
        "" if shown else None,
        *shown,
        voice.t("incident.more", n=more) if more > 0 else None,
        "",
        voice.t("case.as_of", time=voice.clock(now)),
    )
    rows = []
    if waiting:
        rows.append([Button(voice.label("button.take_all"), pack("ji", incident.id), style="success")])
    if waiting + taken:
        rows.append([Button(voice.label("button.decide_all"), pack("jj", incident.id))])
    if incident.may_end:
        rows.append([Button(voice.label("button.incident_end"), pack("qi", incident.id))])
    rows.append([Button(voice.label("button.refresh"), pack("jn", incident.id))])
    return Screen(text, rows)


def _ended(voice: Speech, incident: IncidentView, now: dt.datetime) -> Html | None:
    if incident.closed_at is None:
        return None
    said = "incident.ended_by" if incident.ended_by else "incident.ended"
    return voice.t(said, time=voice.when(incident.closed_at, now), name=incident.ended_by)


def ask_end(voice: Speech, incident: IncidentView) -> Screen:
    """Is it really over? Everybody who was told will hear of it."""
    yes = Button(voice.label("button.incident_end_yes"), pack("qi", incident.id, "y"), style="danger")
    back = Button(voice.label("button.back"), pack("jn", incident.id))
    text = lines(
        voice.t("incident.ask_end", number=bold(incident.number)),
        _what(voice, incident),
        _open(voice, incident),
    )
    return Screen(text, [[yes], [back]])


def over(voice: Speech, incident: IncidentView, now: dt.datetime) -> Screen:
    """Told once to everybody who had been told of it."""
    head = voice.t(
        "incident.over",
        number=bold(incident.number),
        time=voice.when(incident.closed_at or now, now),
        name=incident.ended_by or "—",
    )
    text = lines(head, _what(voice, incident), _open(voice, incident))
    return Screen(text, [[Button(incident.number, pack("jn", incident.id))]])


def over_student(voice: Speech, incident: IncidentView, case_id: int, number: str) -> Screen:
    """The student of an open report: try again; the report goes on."""
    text = lines(
        voice.t("incident.works_again", what=bold(_what(voice, incident))),
        voice.t("incident.report_goes_on", number=bold(number)),
    )
    return Screen(text, [[Button(voice.label("button.open_case"), pack("cv", case_id))]])


def _open(voice: Speech, incident: IncidentView) -> Html | None:
    still = incident.counts.get("waiting", 0) + incident.counts.get("taken", 0)
    return voice.t("incident.still_open", n=still) if still else None


def _what(voice: Speech, incident: IncidentView) -> Html:
    if incident.scope == EXAM:
        subject = incident.subjects.get(voice.language, "")
        return voice.t("sos.about", exam=subject)
    if incident.scope == FACULTY:
        return voice.t("incident.faculty", name=incident.key)
    return voice.t(f"trouble.{incident.key}")


def decisions(voice: Speech, incident: IncidentView, offered: Sequence[Verdict]) -> Screen:
    """One decision for all of the reader's open reports of the incident."""
    rows = [
        [Button(voice.label(f"verdict.{verdict.value}"), pack("jz", incident.id, verdict.value))]
        for verdict in offered
    ]
    rows.append([Button(voice.label("button.back"), pack("jn", incident.id))])
    return Screen(voice.t("incident.decide", number=bold(incident.number), total=incident.total), rows)


def times(voice: Speech, incident: IncidentView, moments: Sequence[dt.datetime]) -> Screen:
    """When do they all sit the exam again today? One tap, or typed."""
    buttons = [Button(voice.clock(at), pack("zt", incident.id, int(at.timestamp()))) for at in moments]
    rows = [buttons[index : index + 3] for index in range(0, len(buttons), 3)]
    back = [Button(voice.label("button.back"), pack("jn", incident.id))]
    return Screen(voice.t("decide.when", number=bold(incident.number)), [*rows, back])


def decided(voice: Speech, incident: IncidentView, did: int, refused: int, now: dt.datetime) -> Screen:
    """How many were decided, above the card as it stands."""
    whole = card(voice, incident, now)
    return Screen(lines(done(voice, did, refused), "", whole.text), whole.rows)


def done(voice: Speech, did: int, refused: int) -> Html:
    """How many it was applied to, and how many were not the reader's to decide."""
    return lines(voice.t("incident.done", n=did), voice.t("incident.others", n=refused) if refused else None)


def banner(voice: Speech, incidents: Sequence[IncidentView]) -> Html | None:
    """A line for everybody who helps: this is known, it is on its way."""
    if not incidents:
        return None
    said = [
        voice.t("incident.banner", number=bold(one.number), what=_what(voice, one), n=one.total)
        for one in incidents
    ]
    return lines(*said)
