"""Many tickets of one platform in a short time: the call centre is offered to make it a mass incident."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

from bot.errors import Refusal
from bot.rules import access
from bot.rules.exams import Span
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.tickets import SpikeView
from bot.rules.vocabulary import Role
from bot.services import desk, incidents
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import DeskSpike, Ticket
from bot.storage.unit import UnitOfWork

CARD = "desk_spike"
TROUBLES = {"conference": "conference", "lms": "lms", "device": "device", "connection": "internet"}
"""A group of platforms as a report of force majeure names it."""


def within(office: Office) -> dt.timedelta:
    """So long ago opened tickets still count."""
    return desk.minutes(office, "spike.within")


def watch(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Spikes begin, grow and end; each is proposed once, in a card that keeps itself current.

    Different askers count, not tickets. One ends when fewer than half as many ask. Returns how many changed.
    """
    recent = _recent(uow, office, now)
    least, changed = desk.figure(office, "spike.tickets"), 0
    standing = {row.platform: row for row in uow.tickets.open_spikes()}
    for platform, found in recent.items():
        askers = _people(found)
        problem = Counter(ticket.problem for ticket in found).most_common(1)[0][0]
        row = standing.get(platform)
        if row is None and askers >= least:
            row = uow.tickets.begin_spike(platform, now)
        elif row is None or row.tickets == askers or askers < least:
            continue
        if row is not None:
            row.tickets, row.problem, changed = askers, problem, changed + 1
            _show(uow, now, row)
    for platform, row in standing.items():
        if _people(recent.get(platform, ())) * 2 < least:
            row.closed_at, row.open_key, changed = now, None, changed + 1
            _show(uow, now, row)
    return changed


def _people(found: Iterable[Ticket]) -> int:
    """Who asked; callers without an account count one each."""
    return len({ticket.account_id or -ticket.id for ticket in found})


def _recent(uow: UnitOfWork, office: Office, now: dt.datetime) -> dict[str, list[Ticket]]:
    found: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in uow.tickets.since(now - within(office)):
        if ticket.problem:
            found[ticket.problem.partition(".")[0]].append(ticket)
    return found


def _show(uow: UnitOfWork, now: dt.datetime, row: DeskSpike) -> None:
    people = [person for _, person, _, _ in uow.people.holders([Role.CALL_CENTER])]
    people = people or [person for _, person, _, _ in uow.people.holders([Role.ADMIN])]
    for person_id in sorted(set(people)):
        account = uow.people.account_of(person_id)
        if account is not None and account.blocked_at is None:
            uow.notices.owe_live(
                f"live:{CARD}:{row.id}:{account.id}",
                kind=CARD,
                person_id=person_id,
                account_id=account.id,
                facts={"spike": row.id},
                rank=int(Rank.ESCALATION),
                due_at=now,
                again_at=now + incidents.PAUSE,
            )


def declare(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, spike_id: int) -> SpikeView:
    """Make it a mass incident: reports of it join by themselves, whom it concerns knows. Twice is once.

    Raises `Refusal`: `link_first`, `leads_only`, `spike_gone` (over), `spike_not_mass` (no such incident).
    """
    person_id, row = _theirs(uow, me, spike_id)
    if row.incident_id is None:
        trouble = _trouble(uow, office, row)
        if row.closed_at is not None:
            raise Refusal("spike_gone")
        if not trouble:
            raise Refusal("spike_not_mass")
        until = now + dt.timedelta(hours=desk.figure(office, "spike.kept_hours"))
        row.incident_id = incidents.declare(uow, office, now, trouble, person_id, until).id
        row.answered_by, row.answered_at = person_id, now
        uow.records.audit(now, "incident_declared", me.account_id, incident=row.incident_id)
        uow.flush()
        _show(uow, now, row)
    return view(uow, office, now, row)


def dismiss(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, spike_id: int) -> SpikeView:
    """It is nothing of the kind; it is not proposed again while it lasts. Refuses as `declare`."""
    person_id, row = _theirs(uow, me, spike_id)
    if row.answered_at is None:
        row.answered_by, row.answered_at = person_id, now
        _show(uow, now, row)
    return view(uow, office, now, row)


def _theirs(uow: UnitOfWork, me: Me, spike_id: int) -> tuple[int, DeskSpike]:
    person_id = access.require_helper(me.actor, lead=True)
    row = uow.tickets.spike(spike_id)
    if row is None:
        raise Refusal("spike_gone")
    return person_id, row


def _trouble(uow: UnitOfWork, office: Office, row: DeskSpike) -> str:
    """The trouble of reports that is the same for everybody, '' where the platform is none such."""
    group = uow.tickets.group_of(row.problem)
    trouble = TROUBLES.get(group, "")
    return trouble if trouble in office.policy.force_majeure.mass_platforms else ""


def view(uow: UnitOfWork, office: Office, now: dt.datetime, row: DeskSpike) -> SpikeView:
    """A spike as its card shows it."""
    found = _recent(uow, office, now).get(row.platform, [])
    incident = uow.incidents.get(row.incident_id) if row.incident_id else None
    running = [one for one in found if one.exam_id is not None and _runs(uow, one.exam_id, now)]
    return SpikeView(
        row.id,
        row.platform,
        row.problem,
        row.tickets,
        int(within(office).total_seconds() // 60),
        len(running),
        row.closed_at is not None,
        row.answered_at is not None,
        bool(_trouble(uow, office, row)),
        incident.number if incident else "",
    )


def _runs(uow: UnitOfWork, exam_id: int, now: dt.datetime) -> bool:
    exam = uow.exams.get(exam_id)
    if exam is None or exam.cancelled_at is not None:
        return False
    return Span(exam.starts_at, exam.ends_at).phase(now) == "running"


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> SpikeView | None:
    row = uow.tickets.spike(int(claimed.notice.facts["spike"]))
    return view(uow, office, now, row) if row else None


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """One that is over before anybody has heard of it is news to nobody."""
    row = uow.tickets.spike(int(claimed.notice.facts["spike"]))
    if row is None:
        return "gone"
    return "over" if row.closed_at is not None and claimed.notice.message_id is None else ""


LETTERS = {CARD: Letter(untrue=_untrue, about=_about)}
