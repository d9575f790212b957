"""Force majeure: a report is filed, added to, followed and listed (AYU 5.1.11)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import Refusal
from bot.rules import access, escalation, notes, outages
from bot.rules.access import Action
from bot.rules.cases import CaseView, Filing, Line, Promise, Rung
from bot.rules.casework import ANSWER, OPEN, Did, Kind
from bot.rules.notes import Part
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import Attestation, PersonKind
from bot.services import casework, chains, clocks, exams, holding, incidents
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

SAME_WITHIN = dt.timedelta(hours=3)
LIST_LIMIT = 10
NOTE_LIMIT = 4096


def prepare(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Filing:
    """What `/sos` offers. Raises `Refusal` (`link_first`)."""
    person_id = access.require(me.actor, Action.FILE_REPORT)
    return Filing(office.policy.force_majeure.troubles, tuple(exams.meant_now(uow, now, person_id)))


def file(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    trouble: str,
    exam_id: int | None,
    origin: int,
) -> CaseView:
    """File and route a report: its chain is frozen, its first reachable step told, in one transaction.

    The same update, or a second tap about the same trouble and exam, gives the report that stands already
    (`fresh` false). Raises `Refusal`: `link_first`, `not_your_exam`, `exam_gone`, `unknown_trouble`,
    `too_many_reports`.
    """
    person_id = access.require(me.actor, Action.FILE_REPORT)
    case = open_report(
        uow, office, now, person_id, trouble, exam_id, origin, actor_id=person_id, party=_party(me)
    )
    return view(uow, case, fresh=case.origin == origin, now=now)


def open_report(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    person_id: int,
    trouble: str,
    exam_id: int | None,
    origin: int,
    *,
    actor_id: int,
    party: str,
) -> Case:
    """The report that stands already for this, or a new one: numbered, frozen, routed, its clock running."""
    if trouble not in office.policy.force_majeure.troubles:
        raise Refusal("unknown_trouble")
    if exam_id is not None:
        exams.require_own(uow, person_id, exam_id)
    uow.people.lock(person_id)
    standing = uow.cases.by_origin(origin) or uow.cases.open_same(
        person_id, exam_id, trouble, now - SAME_WITHIN
    )
    if standing is not None:
        return standing
    _limit(uow, office, now, person_id)
    case = casework.open_case(
        uow,
        office,
        now,
        kind=Kind.REPORT,
        origin=origin,
        reporter_id=person_id,
        actor_id=actor_id,
        stage=ANSWER,
        exam_id=exam_id,
        trouble=trouble,
        about=exam_id,
    )
    case.chain = chains.freeze(uow, office, case, party, _attestation(uow, exam_id))
    clocks.begin(uow, office, now, case, now)
    incidents.watch(uow, office, now, case)
    chains.advance(uow, office, now, case)
    return case


def _party(me: Me) -> str:
    return "student" if me.kind is PersonKind.STUDENT else "staff"


def _attestation(uow: UnitOfWork, exam_id: int | None) -> Attestation:
    exam = uow.exams.get(exam_id) if exam_id is not None else None
    return Attestation(exam.attestation) if exam else Attestation.INTERIM


def _limit(uow: UnitOfWork, office: Office, now: dt.datetime, person_id: int) -> None:
    allowed = office.policy.force_majeure.reports_per_hour
    if uow.cases.filed_since(person_id, now - dt.timedelta(hours=1)) >= allowed:
        raise Refusal("too_many_reports", allowed=allowed, phones=office.policy.phones)


def add_note(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    *,
    text: str = "",
    file_id: str = "",
    file_kind: str = "",
) -> CaseView:
    """Add the reporter's words or a file to their report and pass it on to everybody told so far.

    Raises `Refusal`: `not_yours`, `case_gone`, `case_over`, `note_too_long`.
    """
    case = _open_case(uow, me, case_id)
    if len(text) > NOTE_LIMIT:
        raise Refusal("note_too_long", limit=NOTE_LIMIT)
    detail = {"text": text, "file_id": file_id, "file_kind": file_kind}
    if casework.log(uow, now, case, Did.NOTE, actor_id=case.reporter_id, origin=origin, **detail):
        for addressee in sorted(uow.cases.told(case)):
            _pass_on(uow, now, case, addressee, origin, notes.parts(text, file_id, file_kind))
    return view(uow, case, now=now)


def for_note(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> CaseView:
    """The reader's own open report, before they add to it. Refuses as `add_note`."""
    return view(uow, _open_case(uow, me, case_id), now=now)


def _open_case(uow: UnitOfWork, me: Me, case_id: int) -> Case:
    case = casework.locked(uow, case_id, Kind.REPORT)
    access.require_reporter(me.actor, case.reporter_id)
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    return case


def _pass_on(
    uow: UnitOfWork, now: dt.datetime, case: Case, addressee: int, origin: int, parts: Sequence[Part]
) -> None:
    for part in parts:
        facts = {**part.facts(), "at": now.isoformat()}
        rank = Rank.ESCALATION
        casework.owe(uow, now, case, "case_note", addressee, rank, suffix=f"{origin}.{part.k}", **facts)


def take(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    promise: str = "",
    revision: int | None = None,
) -> CaseView:
    """Acknowledge a report with a promise. Effect and refusals: `holding.take`."""
    before = uow.cases.get(case_id)
    mine = before is not None and before.holder_id == me.person_id and before.holder_id is not None
    return view(
        uow, holding.take(uow, office, now, me, case_id, origin, promise, revision), fresh=not mine, now=now
    )


def mine(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Sequence[CaseView]:
    """The reader's own reports, newest first. Raises `Refusal` (`link_first`)."""
    person_id = access.require(me.actor, Action.FILE_REPORT)
    return [view(uow, case, now=now) for case in uow.cases.of_reporter(person_id, LIST_LIMIT)]


def waiting_for(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Sequence[CaseView]:
    """Open reports that have been told to the reader. Raises `Refusal`: `link_first`, `staff_only`."""
    person_id = access.require(me.actor, Action.SEE_STAFF)
    return [view(uow, case, now=now) for case in uow.cases.waiting_for(person_id, OPEN, LIST_LIMIT)]


def show(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> CaseView:
    """A report for its reporter or somebody told of it. Raises `Refusal`: `case_gone`, `not_yours`."""
    case = casework.locked(uow, case_id, Kind.REPORT)
    if me.person_id != case.reporter_id and me.person_id not in uow.cases.told(case):
        raise Refusal("not_yours")
    return view(uow, case, now=now)


def history(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int
) -> tuple[CaseView, Sequence[Line]]:
    """A report with every line of its history. Raises `Refusal`: `case_gone`, `not_yours`."""
    shown = show(uow, office, now, me, case_id)
    return shown, lines_of(uow, case_id)


def lines_of(uow: UnitOfWork, case_id: int) -> list[Line]:
    """A case's history with names instead of ids."""
    return [
        Line(
            event.at,
            event.action,
            _name(uow, event.actor_id),
            str(event.detail.get("role") or ""),
            tuple(_name(uow, person) for person in event.detail.get("people") or ()),
            _moment(event.detail.get("since")),
        )
        for event in uow.cases.events(case_id)
    ]


def register(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[CaseView]:
    """Every report, in the order of filing."""
    return [view(uow, case, now=now) for case in uow.cases.all()]


def _name(uow: UnitOfWork, person_id: int | None) -> str:
    person = uow.people.get(person_id) if person_id else None
    return person.full_name if person else ""


def view(uow: UnitOfWork, case: Case, *, fresh: bool = True, now: dt.datetime | None = None) -> CaseView:
    """A case with names instead of ids. `now` counts a running outage."""
    outage = outages.read(case.data)
    incident = uow.incidents.of_case(case.id)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    uow.people.read({case.reporter_id, *(p for rung in case.chain for p in (*rung["people"], *rung["told"]))})
    reporter = uow.people.get(case.reporter_id)
    planned = {p for rung in case.chain if rung["state"] == chains.AHEAD for p in rung["people"]}
    away = chains.away_of(uow, planned, now) if now is not None and case.state == "waiting" else {}
    rungs = tuple(_rung(uow, rung, away) for rung in case.chain)
    added = tuple(
        {**event.detail, "at": event.at} for event in uow.cases.events(case.id) if event.action == "note"
    )
    return CaseView(
        id=case.id,
        number=case.number,
        trouble=case.trouble,
        state=case.state,
        filed_at=case.filed_at,
        exam=exams.brief(exam) if exam else None,
        reporter=reporter.full_name if reporter else "",
        reporter_group=reporter.group_name if reporter else "",
        chain=rungs,
        holder=_name(uow, case.holder_id),
        taken_at=case.taken_at,
        notes=added,
        fresh=fresh,
        nobody=case.state == "waiting" and not uow.cases.told(case),
        holder_id=case.holder_id,
        reporter_id=case.reporter_id,
        stage=case.stage,
        outcome=case.outcome,
        revision=case.revision,
        promise=_promise(case),
        ended_at=case.ended_at,
        outage=outage,
        lost=outages.lost(
            outage,
            case.ended_at or now or case.filed_at,
            (exam.starts_at, exam.ends_at) if exam else None,
        ),
        left=outages.left_of_test(
            outage, (exam.starts_at, exam.ends_at), case.ended_at or now or case.filed_at
        )
        if exam and outage.resume_by
        else None,
        at=_moment(case.data.get("at")),
        order=case.data.get("order", ""),
        reason=case.data.get("reason", ""),
        decided_by=_name(uow, case.data.get("decided_by")),
        applied_at=_moment(case.data.get("applied_at")),
        filed_by=_name(uow, case.data.get("filed_by")),
        confirmed="unconfirmed" not in case.data,
        claimed_at=_moment(case.data.get("claimed_at")),
        incident=incident.number if incident else "",
        faculty=exam.faculty if exam and exam.faculty else reporter.faculty if reporter else "",
        first_taken_at=_moment(case.data.get("first_taken_at")) or case.taken_at,
        final=exam is not None and exam.attestation == Attestation.FINAL,
    )


def _rung(uow: UnitOfWork, rung: Mapping[str, Any], away: Mapping[int, int | None]) -> Rung:
    """A step as shown: who was told, or would be as things stand, and for whom they stand in."""
    shown = rung["told"] or escalation.present(rung["people"], away) or rung["people"]
    stand = any(person not in rung["people"] for person in shown)
    instead = [person for person in rung["people"] if person not in shown] if stand else []
    return Rung(
        rung["role"],
        tuple(_name(uow, person) for person in shown),
        rung["state"],
        rung.get("reason", ""),
        bool(rung.get("fallback")),
        tuple(_name(uow, person) for person in instead),
    )


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _promise(case: Case) -> Promise | None:
    made = case.data.get("promise")
    if not made or case.state != "taken":
        return None
    kept = made.get("kept")
    due = dt.datetime.fromisoformat(made["due"])
    return Promise(made["what"], due, dt.datetime.fromisoformat(kept) if kept else None)
