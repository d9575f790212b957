"""The secretary's day: the list, who of the commission is there, identification, the order."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from bot.errors import Refusal
from bot.rules import access
from bot.rules import sittings as rules
from bot.rules.access import Action
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.exams import ExamBrief
from bot.rules.people import Me
from bot.rules.sittings import (
    ABSENT,
    CHECKS,
    DONE,
    PAUSED,
    SPEAKING,
    WAITING,
    Ballot,
    Defender,
    Seat,
    SittingRules,
    SittingView,
)
from bot.rules.vocabulary import ExamKind, Role
from bot.services import casework, day_facts, exams, holders
from bot.services.appeal_facts import moment, name
from bot.services.office import Office
from bot.storage.tables import Case, Exam
from bot.storage.unit import UnitOfWork

KIND = Kind.SITTING.value
SECRETARY, CHAIR, MEMBER = "secretary", "chair", "member"
PARTS = {
    SECRETARY: Role.SECRETARY.value,
    CHAIR: Role.COMMISSION_CHAIR.value,
    MEMBER: Role.COMMISSION_MEMBER.value,
}
_CHECKED_BY = {
    "face": "identified_by",
    "document": "original_document",
    "alone": "alone_in_room",
    "room": "room_shown",
}


def rules_of(office: Office, exam: Exam) -> SittingRules:
    """What the policy in force says of this kind of final attestation."""
    kind = office.policy.kinds.get(ExamKind(exam.kind))
    figures = kind.figures if kind else {}

    def value(figure: str) -> Any:
        found = figures.get(figure)
        return found.value if found else None

    def clause(figure: str) -> str:
        found = figures.get(figure)
        return (found.clause or "") if found else ""

    leaves = office.policy.leaves
    vote, stops = (
        leaves.get("final_attestation.degree_vote"),
        leaves.get("final_attestation.work_stops_without"),
    )
    talk = value("talk_minutes_student")
    return SittingRules(
        checks={one: clause(_CHECKED_BY[one]) for one in CHECKS if value(_CHECKED_BY[one])},
        lead=dt.timedelta(minutes=value("identification_lead_minutes") or 0),
        talk=(talk[0], talk[1]) if talk else None,
        total=value("total_minutes_max"),
        warn=float(leaves["final_attestation.warn_minutes"].value),
        clause="; ".join(filter(None, (clause("talk_minutes_student"), clause("total_minutes_max")))),
        vote=str(vote.value) if vote and vote.value else "",
        vote_clause=(vote.clause or "") if vote else "",
        needs_chair=bool(stops and stops.value),
    )


def part_of(uow: UnitOfWork, exam: Exam, person_id: int | None) -> str:
    """What somebody is at a sitting: secretary, chair, member, '' for nobody of it."""
    held = [part for part, role in PARTS.items() if person_id in holders.of_exam(uow, exam, [role])]
    return held[0] if held else ""


def today(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[tuple[Exam, str]]:
    """Final attestations of the local day in which the reader has a part, with what they are."""
    if me.person_id is None or not me.roles & {Role(role) for role in PARTS.values()}:
        return []
    found = uow.exams.final_between(*day_facts.bounds(office, now.astimezone(office.zone).date()))
    parts = [(exam, part_of(uow, exam, me.person_id)) for exam in found]
    return [(exam, part) for exam, part in parts if part]


def listed(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[ExamBrief]:
    """The same for the screen of staff."""
    return [exams.brief(exam) for exam, _ in today(uow, office, now, me)]


def open_sitting(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> SittingView:
    """The sitting of an exam; its secretary's first look opens it, with the commission and the list.

    Raises `Refusal`: `staff_only`, `exam_gone`, `not_your_exam`, `sitting_closed` (not opened yet).
    """
    person_id = access.require(me.actor, Action.SEE_STAFF)
    exam = uow.exams.get(exam_id)
    if exam is None or exam.cancelled_at is not None or exam.attestation != "final":
        raise Refusal("exam_gone")
    part = part_of(uow, exam, person_id)
    if not part:
        raise Refusal("not_your_exam")
    case = uow.cases.by_origin(rules.key(exam_id))
    if case is None:
        if part != SECRETARY:
            raise Refusal("sitting_closed")
        uow.people.lock(person_id)
        case = uow.cases.by_origin(rules.key(exam_id)) or _open(uow, office, now, person_id, exam)
    _follow_registers(uow, now, case, exam)
    return view(uow, office, now, case, person_id)


def _open(uow: UnitOfWork, office: Office, now: dt.datetime, person_id: int, exam: Exam) -> Case:
    return casework.open_case(
        uow,
        office,
        now,
        kind=Kind.SITTING,
        origin=rules.key(exam.id),
        reporter_id=person_id,
        actor_id=person_id,
        stage="sitting",
        exam_id=exam.id,
        data={"order": [], "present": [], "checked": {}, "times": {}, "ballots": {}, "absent": []},
    )


def _follow_registers(uow: UnitOfWork, now: dt.datetime, case: Case, exam: Exam) -> None:
    """Whoever was appointed or put on the list since belongs to the sitting too.

    Whoever is struck off it leaves, unless they have begun to speak: what happened stays in the protocol.
    """
    chairs = holders.of_exam(uow, exam, [PARTS[CHAIR]])
    members = [p for p in holders.of_exam(uow, exam, [PARTS[MEMBER]]) if p not in chairs]
    students = [person for person, _ in uow.exams.students_of(exam.id)]
    begun = (SPEAKING, PAUSED, DONE)
    order = [p for p in case.data["order"] if p in students or state_of(case, p) in begun]
    order += [p for p in students if p not in order]
    wanted = {"order": order, "chairs": chairs[:1], "members": [*chairs[1:], *members]}
    if case.state in OPEN and any(case.data.get(key) != value for key, value in wanted.items()):
        casework.note(case, **wanted)
    told = uow.cases.told(case)
    for person in {*chairs, *members, *holders.of_exam(uow, exam, [PARTS[SECRETARY]])} - told:
        uow.cases.tell(case, person, now, role="sitting")


def commission(case: Case) -> list[int]:
    """The chair, then the members."""
    return [*case.data.get("chairs", ()), *case.data.get("members", ())]


def present(case: Case) -> list[int]:
    """Those of the commission who are there."""
    return [person for person in commission(case) if person in case.data.get("present", ())]


def led(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    parts: Sequence[str] = (SECRETARY,),
) -> tuple[Case, Exam]:
    """An open sitting for its lead. Raises `Refusal`: `staff_only`, `case_gone`, `not_yours`, `case_over`."""
    person_id = access.require(me.actor, Action.SEE_STAFF)
    case = casework.locked(uow, case_id, Kind.SITTING)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    if exam is None:
        raise Refusal("case_gone")
    if part_of(uow, exam, person_id) not in parts:
        raise Refusal("not_yours")
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    return case, exam


def view(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, me_id: int | None) -> SittingView:
    """A sitting with names. Of a secret vote nobody's choice is in the row, let alone here."""
    exam = uow.exams.get(case.exam_id or 0)
    assert exam is not None, "a sitting is of an exam"
    part = part_of(uow, exam, me_id) if me_id else SECRETARY
    there = present(case)
    return SittingView(
        id=case.id,
        number=case.number,
        exam=exams.brief(exam),
        rules=rules_of(office, exam),
        state=case.state,
        revision=case.revision,
        seats=tuple(
            Seat(p, name(uow, p), p in case.data.get("chairs", ()), p in there) for p in commission(case)
        ),
        defenders=tuple(_defender(uow, now, case, person, me_id) for person in case.data["order"]),
        secretary=name(uow, case.reporter_id),
        announced_at=moment(case, "announced"),
        acts=case.data.get("failures", 0),
        part=part,
    )


def _defender(uow: UnitOfWork, now: dt.datetime, case: Case, person_id: int, me_id: int | None) -> Defender:
    person, data = uow.people.get(person_id), case.data
    seen, times = data["checked"].get(str(person_id), {}), data["times"].get(str(person_id), {})
    return Defender(
        person_id=person_id,
        name=person.full_name if person else "",
        group=person.group_name if person else "",
        checked=tuple(seen.get("what", ())),
        identified_at=dt.datetime.fromisoformat(seen["at"]) if seen.get("at") else None,
        state=state_of(case, person_id),
        began_at=_at(times, "began"),
        ended_at=_at(times, "ended"),
        used=used(times, now),
        ballots=tuple(
            ballot(uow, case, key, kept, me_id)
            for key, kept in data["ballots"].items()
            if key.partition(":")[0] == str(person_id)
        ),
    )


def _at(times: dict[str, Any], key: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(times[key]) if times.get(key) else None


def state_of(case: Case, person_id: int) -> str:
    """Where a student stands."""
    times = case.data["times"].get(str(person_id), {})
    if person_id in case.data.get("absent", ()):
        return ABSENT
    if times.get("ended"):
        return DONE
    if times.get("running"):
        return SPEAKING
    return PAUSED if times.get("began") else WAITING


def used(times: dict[str, Any], now: dt.datetime) -> float:
    """Seconds of a defence so far; a technical break does not count."""
    running = _at(times, "running")
    return float(times.get("used", 0)) + ((now - running).total_seconds() if running else 0)


def ballot(uow: UnitOfWork, case: Case, key: str, kept: dict[str, Any], me_id: int | None) -> Ballot:
    """A vote as it stands."""
    there, voted = present(case), kept["voted"]
    result, tied = rules.counted(kept["tally"])
    whole = bool(there) and set(there) <= set(voted)
    return Ballot(
        what=key.partition(":")[2],
        secret=kept["secret"],
        voters=tuple(name(uow, p) for p in voted),
        waiting=tuple(name(uow, p) for p in there if p not in voted),
        tally=kept["tally"],
        choices={name(uow, int(p)): said for p, said in kept.get("by", {}).items()},
        result=kept.get("settled", "") or (result if whole else ""),
        tied=tied if whole and not kept.get("settled") else (),
        by_chair=bool(kept.get("settled")),
        mine=me_id in there and me_id not in voted,
    )


def attend(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, person_id: int, origin: int
) -> SittingView:
    """One of the commission is there, or not any more (AYU 6.9.2). Refuses as `led`, and `act_moved`."""
    case, _ = led(uow, office, now, me, case_id)
    if person_id not in commission(case):
        raise Refusal("act_moved")
    if casework.log(uow, now, case, Did.TAKEN, actor_id=me.person_id, origin=origin, people=[person_id]):
        there = set(case.data["present"]) ^ {person_id}
        casework.note(case, present=sorted(there))
    return view(uow, office, now, case, me.person_id)


def identify(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    person_id: int,
    what: str,
    origin: int,
) -> SittingView:
    """One thing of a student's identification is looked at, or taken back; with the last they are identified.

    Refuses as `led`, and `student_gone`, `act_moved`, `sitting_early` (before the source's minutes).
    """
    case, exam = led(uow, office, now, me, case_id)
    found = rules_of(office, exam)
    opens = exam.starts_at - found.lead
    if now < opens:
        raise Refusal("sitting_early", time=opens)
    if person_id not in case.data["order"]:
        raise Refusal("student_gone")
    if what not in found.checks:
        raise Refusal("act_moved")
    if casework.log(
        uow, now, case, Did.ACCEPTED, actor_id=me.person_id, origin=origin, people=[person_id], what=what
    ):
        before = case.data["checked"].get(str(person_id), {}).get("what", ())
        checked = [one for one in found.checks if (one == what) != (one in before)]
        whole = rules.identified(found, checked)
        kept = {"what": checked, "at": now.isoformat() if whole else None, "by": me.person_id}
        casework.note(case, checked={**case.data["checked"], str(person_id): kept})
    return view(uow, office, now, case, me.person_id)


def earlier(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, person_id: int, origin: int
) -> SittingView:
    """A student speaks one place earlier. Refuses as `led`, and `student_gone`."""
    case, _ = led(uow, office, now, me, case_id)
    order = list(case.data["order"])
    if person_id not in order:
        raise Refusal("student_gone")
    at = order.index(person_id)
    if at and casework.log(
        uow, now, case, Did.HANDED_OVER, actor_id=me.person_id, origin=origin, people=[person_id]
    ):
        order[at - 1], order[at] = order[at], order[at - 1]
        casework.note(case, order=order)
    return view(uow, office, now, case, me.person_id)


def absent(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, person_id: int, origin: int
) -> SittingView:
    """A student has not come, or has after all.

    Refuses as `led`, and `student_gone`, `sitting_done` for who has spoken.
    """
    case, _ = led(uow, office, now, me, case_id)
    if person_id not in case.data["order"]:
        raise Refusal("student_gone")
    if state_of(case, person_id) not in (WAITING, ABSENT):
        raise Refusal("sitting_done", name=name(uow, person_id))
    if casework.log(uow, now, case, Did.LAPSED, actor_id=me.person_id, origin=origin, people=[person_id]):
        casework.note(case, absent=sorted(set(case.data["absent"]) ^ {person_id}))
    return view(uow, office, now, case, me.person_id)


def register(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[SittingView]:
    """Every sitting, in the order of its number."""
    return [view(uow, office, now, case, None) for case in uow.cases.all(KIND) if case.exam_id]
