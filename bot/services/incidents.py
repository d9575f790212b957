"""Many reports of one cause become one incident; each keeps its own record and gets its own answer."""

import datetime as dt
import zoneinfo

from bot.rules import incidents as rules
from bot.rules import rights, workdays
from bot.rules.casework import OPEN, Did
from bot.rules.incidents import EXAM, FACULTY, PLATFORM, IncidentView, Member, Scope
from bot.rules.notices import Rank
from bot.rules.vocabulary import Role
from bot.services import casework, exams, live
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case, Incident
from bot.storage.unit import UnitOfWork

CARD, OVER = "incident_card", "incident_over"
SERIES = "MI"
PAUSE = dt.timedelta(seconds=5)
"""A card that stands in a chat is changed no more often."""

AT_ONCE = (Role.DEAN.value, Role.CALL_CENTER.value)
SHOWN = 30


def watch(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> None:
    """A report that has just been filed joins the incident it belongs to, or makes many reports one.

    Filers wait for each other at the counter of the numbers, so that one cause never makes two incidents.
    """
    mass = office.policy.force_majeure
    if case.trouble not in mass.mass_troubles:
        return
    found = rules.scopes(case.exam_id, _faculty(uow, case), case.trouble, mass.mass_platforms)
    standing = uow.incidents.open((scope.scope, scope.key) for scope in found.values())
    for name in rules.WIDE_FIRST:
        if name in standing:
            _join(uow, office, now, standing[name], [case])
            return
    for name in rules.NARROW_FIRST:
        if name not in found:
            continue
        loose = _loose(uow, office, now, found[name])
        if rules.is_mass((other.reporter_id for other in loose), mass.mass_reports):
            _open(uow, office, now, found[name], loose)
            return


def _faculty(uow: UnitOfWork, case: Case) -> str:
    exam = uow.exams.get(case.exam_id) if case.exam_id is not None else None
    reporter = uow.people.get(case.reporter_id)
    return exam.faculty if exam and exam.faculty else reporter.faculty if reporter else ""


def _loose(uow: UnitOfWork, office: Office, now: dt.datetime, scope: Scope) -> list[Case]:
    mass = office.policy.force_majeure
    since = now - mass.mass_within
    if scope.scope == EXAM:
        found = uow.incidents.loose(since, exam_id=int(scope.key))
    elif scope.scope == FACULTY:
        found = uow.incidents.loose(since, faculty=scope.key)
    else:
        found = uow.incidents.loose(since, troubles=(scope.key,))
    return [case for case in found if case.trouble in mass.mass_troubles]


def _open(uow: UnitOfWork, office: Office, now: dt.datetime, scope: Scope, loose: list[Case]) -> Incident:
    series = f"{SERIES}-{now.astimezone(office.zone):%y}"
    number = f"{series}-{uow.records.next_number(series):05d}"
    incident = uow.incidents.add(
        Incident(number=number, scope=scope.scope, key=scope.key, opened_at=now, revision=0)
    )
    _join(uow, office, now, incident, loose)
    return incident


def declare(
    uow: UnitOfWork, office: Office, now: dt.datetime, trouble: str, person_id: int, until: dt.datetime
) -> Incident:
    """The call centre says that a platform fails many, whether or not reports have come.

    Open reports of it join, later ones join as they come; without any it stays open `until`.
    Call centre, administrators and the deans whom it concerns have its card at once.
    """
    scope = Scope(PLATFORM, trouble)
    standing = uow.incidents.open([(PLATFORM, trouble)]).get(PLATFORM)
    incident = standing or _open(uow, office, now, scope, _loose(uow, office, now, scope))
    incident.declared_by, incident.kept_until = person_id, until
    uow.flush()
    refresh(uow, office, now, incident)
    return incident


def audience(uow: UnitOfWork, office: Office, incident: Incident) -> frozenset[int]:
    """Who sees an incident: whoever was told of one of its reports; of a declared one all who watch.

    A dean watches whose faculty has an exam that runs, or begins before the day or the incident ends.
    """
    told = uow.incidents.told(incident.id)
    if incident.kept_until is None:
        return told
    until = max(incident.kept_until, _day_end(incident.opened_at, office.zone))
    busy = uow.exams.faculties_between(incident.opened_at, until)
    watching = {
        person
        for role, person, faculty, _ in uow.people.holders([*AT_ONCE, Role.ADMIN.value])
        if role != Role.DEAN.value or rules.concerns_dean(faculty, busy)
    }
    return told | uow.people.reachable(watching)


def _day_end(at: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    return workdays.midnight(at.astimezone(zone).date() + dt.timedelta(days=1), zone)


def end(uow: UnitOfWork, office: Office, now: dt.datetime, incident: Incident, person_id: int) -> None:
    """A declared incident is over before its time: nothing joins it any more, everybody hears of it once.

    Its open reports go on, each on its own way; their students hear that it works again.
    """
    incident.closed_at, incident.ended_by = now, person_id
    incident.revision += 1
    uow.flush()
    told = audience(uow, office, incident) - {person_id}
    for person in sorted(told):
        _tell_end(uow, now, incident, person)
    for case in uow.incidents.cases(incident.id, OPEN):
        if case.reporter_id not in told:
            _tell_end(uow, now, incident, case.reporter_id, case.id)
    refresh(uow, office, now, incident)


def _tell_end(
    uow: UnitOfWork, now: dt.datetime, incident: Incident, person_id: int, case_id: int | None = None
) -> None:
    account = uow.people.account_of(person_id)
    if account is not None and account.blocked_at is None:
        uow.notices.owe(
            f"{OVER}:{incident.id}:{person_id}",
            kind=OVER,
            person_id=person_id,
            account_id=account.id,
            case_id=case_id,
            facts={"incident": incident.id},
            rank=int(Rank.ESCALATION),
            due_at=now,
        )


def _join(uow: UnitOfWork, office: Office, now: dt.datetime, incident: Incident, joining: list[Case]) -> None:
    """These reports belong to the incident: dean and call centre know at once, every card shows them."""
    to_show: frozenset[int] = frozenset()
    for case in joining:
        if not uow.incidents.join(incident, case, now):
            continue
        casework.log(uow, now, case, Did.JOINED, incident=incident.number)
        told = uow.cases.told(case)
        at_once = {person: role for role, person in _at_once(uow, case) if person not in told}
        for person, role in at_once.items():
            uow.cases.tell(case, person, now, role)
        to_show = told | at_once.keys()
        casework.status(uow, now, case)
    incident.revision += 1
    if len(joining) != 1:
        refresh(uow, office, now, incident)
        return
    # Of a storm of reports each changes only the cards of those told of it: the others' cards have a button.
    for person in sorted(to_show):
        show_to(uow, now, incident, person)


def _at_once(uow: UnitOfWork, case: Case) -> list[tuple[str, int]]:
    """Dean and call centre of the report's faculty, who can be reached."""
    faculty = _faculty(uow, case)
    holders = [
        (role, person, its)
        for role, person, its, _ in uow.people.holders(AT_ONCE)
        if its in ("", faculty) and person != case.reporter_id
    ]
    reachable = uow.people.reachable(person for _, person, _ in holders)
    return [(role, person) for role, person, _ in holders if person in reachable]


def refresh(uow: UnitOfWork, office: Office, now: dt.datetime, incident: Incident) -> None:
    """Everybody told of any of its reports sees the incident as it stands, in one message that changes."""
    for person in sorted(audience(uow, office, incident)):
        show_to(uow, now, incident, person)


def show_to(uow: UnitOfWork, now: dt.datetime, incident: Incident, person_id: int) -> None:
    """The incident's card for one person: new the first time, later changed, every few seconds at most."""
    live.owe(
        uow,
        now,
        f"incident:{incident.id}",
        CARD,
        person_id,
        Rank.ESCALATION,
        again_at=now + PAUSE,
        facts={"incident": incident.id},
    )


def carries(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, person_id: int) -> bool:
    """Whether the card of the incident that a report belongs to tells this person of it; then it is owed."""
    incident = uow.incidents.of_case(case.id)
    if incident is None or incident.closed_at is not None:
        return False
    show_to(uow, now, incident, person_id)
    return True


def view(
    uow: UnitOfWork, incident: Incident, reader: int | None = None, *, named: bool = True
) -> IncidentView:
    """An incident as its card shows it to a reader (their person id): the open reports first.

    Not `named`: none of them.
    """
    members, subjects = [], {}
    for case in uow.incidents.cases(incident.id, OPEN, SHOWN) if named else ():
        reporter = uow.people.get(case.reporter_id)
        holder = uow.people.get(case.holder_id) if case.holder_id else None
        members.append(
            Member(
                case.id,
                case.number,
                reporter.full_name if reporter else "",
                reporter.group_name if reporter else "",
                case.state,
                holder.full_name if holder else "",
            )
        )
    if incident.scope == EXAM:
        exam = uow.exams.get(int(incident.key))
        if exam is not None:
            subjects = dict(exams.brief(exam).subjects)
    return IncidentView(
        incident.id,
        incident.number,
        incident.scope,
        incident.key,
        incident.opened_at,
        incident.closed_at,
        tuple(members),
        uow.incidents.count(incident.id),
        subjects,
        incident.kept_until is not None,
        _name(uow, incident.ended_by),
        incident.closed_at is None and _may_end(uow, incident, reader),
    )


def _name(uow: UnitOfWork, person_id: int | None) -> str:
    person = uow.people.get(person_id) if person_id else None
    return person.full_name if person else ""


def _may_end(uow: UnitOfWork, incident: Incident, reader: int | None) -> bool:
    if incident.kept_until is None or reader is None:
        return False
    leads = {person for _, person, _, _ in uow.people.holders(sorted(rights.LEADS))}
    return reader == incident.declared_by or reader in leads


def current(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[IncidentView]:
    """Every incident that has not ended."""
    return [view(uow, incident) for incident in uow.incidents.all_open()]


def known(uow: UnitOfWork) -> list[IncidentView]:
    """The same for a banner: without the names."""
    return [view(uow, incident, named=False) for incident in uow.incidents.all_open()]


def finish(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Incidents none of whose reports is open are at their end. Returns how many."""
    ended = 0
    for incident in uow.incidents.all_open():
        kept = incident.kept_until is not None and incident.kept_until > now
        if not kept and not uow.incidents.cases(incident.id, OPEN, 1):
            incident.closed_at, ended = now, ended + 1
            refresh(uow, office, now, incident)
    return ended


def about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> IncidentView | None:
    """The incident that a card speaks of."""
    incident = uow.incidents.get(int(claimed.notice.facts["incident"]))
    return view(uow, incident, claimed.notice.person_id) if incident else None
