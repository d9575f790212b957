"""The reachability rehearsal: the day before and shortly before, all of an exam are checked in silence."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.errors import Refusal
from bot.rules import access, escalation, rehearsal
from bot.rules.access import Action
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.rehearsal import DAY, PAGE, SOON, Check, Gap, Rehearsal
from bot.rules.vocabulary import Attestation, Role
from bot.services import exams, live, people
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Exam, ExamCheck
from bot.storage.unit import UnitOfWork

BATCH = 20
KIND, PROBE = "rehearsal", "probe"
PARTIES = ("student", "staff")
Held = Mapping[str, Sequence[tuple[int, str, str]]]


def probe_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Send a silent check to all of the exams whose rehearsal begins, unless a message reached them lately.

    An exam so near that its last rehearsal begins has none of the day. Returns how many exams began theirs.
    """
    begun, after = 0, now
    for check in (SOON, DAY):
        before = rehearsal.horizon(check, now, office.policy.conduct, office.zone)
        if before is None:
            continue
        found = uow.rehearsals.to_probe(check, after, before, BATCH)
        after = before if check == SOON else after
        for exam in found:
            uow.rehearsals.probed(exam, check, now)
        _probe(uow, office, now, check, found)
        begun += len(found)
    return begun


def _probe(uow: UnitOfWork, office: Office, now: dt.datetime, check: Check, found: Sequence[Exam]) -> None:
    held = _held(uow, office)
    wanted: dict[int, Exam] = {}
    for _, person, _, _ in uow.conduct.students([exam.id for exam in found]):
        wanted.setdefault(person, found[0])
    for exam in found:
        for _, members in _chain(uow, office, exam, held):
            for person in members:
                wanted.setdefault(person, exam)
    accounts = uow.rehearsals.accounts(wanted)
    open_ones = {person: account for person, account in accounts.items() if account.blocked_at is None}
    since = now - office.policy.conduct.fresh
    fresh = uow.rehearsals.fresh([account.id for account in open_ones.values()], since)
    uow.rehearsals.owe(
        [
            {
                "key": f"{PROBE}:{check}:{_key(office, check, wanted[person])}:{person}",
                "kind": PROBE,
                "person_id": person,
                "account_id": account.id,
                "facts": {},
                "rank": int(Rank.NEWS),
                "due_at": now,
                "use_by": wanted[person].starts_at,
                "state": "pending",
                "attempts": 0,
                "reason": "",
            }
            for person, account in open_ones.items()
            if account.id not in fresh
        ]
    )


def _key(office: Office, check: Check, exam: Exam) -> int:
    if check == SOON:
        return rehearsal.soon_key(exam.starts_at)
    return rehearsal.day_key(exam.starts_at, office.zone)


def tell_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """When the probes had their time: one message a person of whom the bot cannot reach; none if all is well.

    Returns how many are told.
    """
    groups: dict[tuple[Check, int], list[tuple[ExamCheck, Exam]]] = {}
    for row, exam in uow.rehearsals.open():
        check = SOON if row.name == SOON else DAY
        groups.setdefault((check, _key(office, check, exam)), []).append((row, exam))
    told = 0
    for (check, key), rows in groups.items():
        first = min(exam.starts_at for _, exam in rows)
        if now < rehearsal.due([row.probed_at for row, _ in rows], first, office.policy.conduct):
            continue
        for row, _ in rows:
            row.checked_at = now
        told += _tell(uow, office, now, check, key, [exam for _, exam in rows])
    return told


def _tell(
    uow: UnitOfWork, office: Office, now: dt.datetime, check: Check, key: int, found: Sequence[Exam]
) -> int:
    held = _held(uow, office)
    short = _short_of_students(uow, [exam.id for exam in found])
    readers: set[int] = set()
    for exam in found:
        if exam.id in short:
            readers |= {*uow.exams.examiners_of(exam.id), *_nearest(held, Role.METHODIST, exam)}
        if _chain_gaps(uow, office, now, [exam], held):
            readers |= set(_dean(uow, office, held, exam))
    last = max(exam.starts_at for exam in found)
    rank = Rank.ESCALATION if check == SOON else Rank.REMINDER
    for reader in sorted(readers):
        facts = {"check": check, "key": key}
        live.owe(uow, now, f"reach:{check}:{key}", KIND, reader, rank, facts=facts, use_by=last)
    return len(readers)


def _short_of_students(uow: UnitOfWork, ids: Sequence[int]) -> frozenset[int]:
    return frozenset(exam for exam, _, _, reach in uow.conduct.students(ids) if reach)


def _roles(office: Office, attestation: str) -> list[str]:
    """Every role of both chains, in their order."""
    steps = (office.policy.chain(Attestation(attestation), party).steps for party in PARTIES)
    return list(dict.fromkeys(role for chain in steps for role in chain))


def _held(uow: UnitOfWork, office: Office) -> Held:
    roles = {role for attestation in Attestation for role in _roles(office, attestation)}
    wanted = sorted({*roles, Role.METHODIST, Role.DEAN, *office.policy.force_majeure.nobody})
    found: dict[str, list[tuple[int, str, str]]] = {}
    for role, person, faculty, department in uow.people.holders(wanted):
        found.setdefault(role, []).append((person, faculty, department))
    return found


def _nearest(held: Held, role: str, exam: Exam) -> list[int]:
    return escalation.narrowest(held.get(role, ()), exam.faculty, exam.department)


def _dean(uow: UnitOfWork, office: Office, held: Held, exam: Exam) -> list[int]:
    """The exam's dean; where no dean can be reached, whoever hears when nobody can be."""
    for role in (Role.DEAN, *office.policy.force_majeure.nobody):
        reachable = uow.people.reachable(_nearest(held, role, exam))
        if reachable:
            return sorted(reachable)
    return []


def _chain(uow: UnitOfWork, office: Office, exam: Exam, held: Held) -> list[tuple[str, list[int]]]:
    """The steps of an exam's chains with their people; the examiners are those of the timetable."""
    return [
        (role, uow.exams.examiners_of(exam.id) if role == Role.EXAMINER else _nearest(held, role, exam))
        for role in _roles(office, exam.attestation)
    ]


def _chain_gaps(
    uow: UnitOfWork, office: Office, now: dt.datetime, found: Iterable[Exam], held: Held
) -> list[Gap]:
    """Everybody of the exams' chains who cannot be reached, each role and person once."""
    gaps: dict[tuple[str, int | None, str], Gap] = {}
    for exam in found:
        for role, members in _chain(uow, office, exam, held):
            reachable = _at_hand(uow, now, members)
            where = "" if role != Role.EXAMINER else exam.ext_id
            if not members:
                named = exams.brief(exam) if role == Role.EXAMINER else None
                gap = Gap(named, None, "", exam.faculty, "nobody", role, alone=True)
                gaps.setdefault((role, None, where or exam.faculty), gap)
            for person_id in members:
                if person_id in reachable:
                    continue
                person, account = uow.people.get(person_id), uow.people.account_of(person_id)
                reason = "not_linked" if account is None else "blocked" if account.blocked_at else "away"
                gap = Gap(
                    None,
                    person_id,
                    person.full_name if person else "",
                    exam.faculty,
                    reason,
                    role,
                    alone=not reachable,
                )
                gaps.setdefault((role, person_id, ""), gap)
    return list(gaps.values())


def _at_hand(uow: UnitOfWork, now: dt.datetime, members: Sequence[int]) -> frozenset[int]:
    """Those who can be written to; for somebody who is away, whoever stands in can be."""
    away = uow.absences.away(members, now)
    stand_ins = {other for other in away.values() if other is not None}
    reachable = uow.people.reachable({*members, *stand_ins})
    return frozenset(person for person in members if away.get(person, person) in reachable)


def look(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, check: str, key: int, number: int
) -> Rehearsal:
    """The gaps that are the reader's business, as they stand.

    Raises `Refusal`: `link_first`, `staff_only`, `reach_gone`.
    """
    person_id = access.require(me.actor, Action.SEE_STAFF)
    try:
        rehearsal.span_of(SOON if check == SOON else DAY, key, office.zone)
    except ValueError:
        raise Refusal("reach_gone") from None
    return of_reader(uow, office, now, person_id, SOON if check == SOON else DAY, key, number)


def of_reader(
    uow: UnitOfWork, office: Office, now: dt.datetime, reader: int, check: Check, key: int, number: int
) -> Rehearsal:
    """One page: the chain for a dean, the students of their exams for examiners and methodists.

    Exams that have begun are left out as long as others are ahead.
    """
    since, before = rehearsal.span_of(check, key, office.zone)
    held = _held(uow, office)
    found = uow.rehearsals.starting(since, before)
    found = [exam for exam in found if exam.starts_at > now] or found
    mine = [exam for exam in found if reader in _dean(uow, office, held, exam)]
    gaps = _chain_gaps(uow, office, now, mine, held) if mine else []
    theirs = [
        exam
        for exam in found
        if reader in uow.exams.examiners_of(exam.id) or reader in _nearest(held, Role.METHODIST, exam)
    ]
    gaps += _student_gaps(uow, theirs)
    pages = max(1, -(-len(gaps) // PAGE))
    number = max(0, min(number, pages - 1))
    shown = gaps[number * PAGE : (number + 1) * PAGE]
    return Rehearsal(check, key, tuple(_with_link(uow, now, gap) for gap in shown), len(gaps), number, pages)


def _student_gaps(uow: UnitOfWork, found: Sequence[Exam]) -> list[Gap]:
    rows = uow.conduct.students([exam.id for exam in found])
    gaps = []
    for exam in found:
        brief = exams.brief(exam)
        gaps += [
            Gap(brief, person, name, "", reach)
            for exam_id, person, name, reach in rows
            if exam_id == exam.id and reach
        ]
    return gaps


def _with_link(uow: UnitOfWork, now: dt.datetime, gap: Gap) -> Gap:
    """Somebody not linked gets the invite that is theirs already; a new one only where none is valid."""
    if gap.reason != "not_linked" or gap.person_id is None:
        return gap
    invite = people.invite_for(uow, now, gap.person_id)
    return replace(gap, code=invite.code, link=invite.link) if invite else gap


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> Rehearsal:
    facts = claimed.notice.facts
    check: Check = SOON if facts["check"] == SOON else DAY
    reader = claimed.person.id if claimed.person else 0
    return of_reader(uow, office, now, reader, check, int(facts["key"]), 0)


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """All is well by now; a message that stands in the chat says so too."""
    if claimed.notice.message_id is not None:
        return ""
    return "" if _about(uow, office, now, claimed).total else "all_well"


LETTERS = {KIND: Letter(untrue=_untrue, about=_about)}
