"""What delivery takes and gives back: claimed messages with their truth, and how sending went."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.rules import notices, warnings
from bot.rules.exams import ExamBrief
from bot.rules.parcels import Parcel, Sent
from bot.services import (
    absences,
    act_cases,
    aftermath,
    appeals,
    applications,
    auditor,
    ballots,
    broadcasts,
    bundles,
    cases,
    chains,
    chats,
    commissions,
    day_again,
    day_reports,
    decisions,
    defences,
    digests,
    documents,
    exam_cards,
    exam_day,
    exams,
    files,
    holding,
    incident_desk,
    links,
    moving,
    outages,
    preparation,
    regrouped,
    rehearsal,
    results,
    sitting_papers,
    ticket_letters,
    timers,
    truth,
    uploads,
    wishes,
)
from bot.services.letters import PLAIN, Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Exam, Notice
from bot.storage.unit import UnitOfWork
from bot.telemetry import log

LEASE = dt.timedelta(seconds=60)
LETTERS: Mapping[str, Letter] = {
    **timers.LETTERS,
    **moving.LETTERS,
    **aftermath.LETTERS,
    **chains.LETTERS,
    **holding.LETTERS,
    **absences.LETTERS,
    **decisions.LETTERS,
    **outages.LETTERS,
    **preparation.LETTERS,
    **incident_desk.LETTERS,
    **auditor.LETTERS,
    **chats.LETTERS,
    **files.LETTERS,
    **documents.LETTERS,
    **exam_cards.LETTERS,
    **exam_day.LETTERS,
    **rehearsal.LETTERS,
    **regrouped.LETTERS,
    **links.LETTERS,
    **results.LETTERS,
    **commissions.LETTERS,
    **appeals.LETTERS,
    **applications.LETTERS,
    **ticket_letters.LETTERS,
    **act_cases.LETTERS,
    **day_reports.LETTERS,
    **day_again.LETTERS,
    **ballots.LETTERS,
    **defences.LETTERS,
    **sitting_papers.LETTERS,
    **uploads.LETTERS,
    **broadcasts.LETTERS,
    **digests.LETTERS,
}


def claim(uow: UnitOfWork, office: Office, now: dt.datetime, limit: int) -> list[Parcel]:
    """Take due messages, most urgent first. One that is no longer true is skipped here, with why.

    A row that cannot be read is failed with the reason, so that the rest goes out.
    """
    parcels, same, mine = [], _Same(office), office.node.id
    found = uow.notices.claim(now, LEASE, limit, mine)
    found += uow.notices.along(found, bundles.KINDS, now + bundles.TOGETHER, now + LEASE, mine)
    known = truth.gather(uow, office, now, found, LETTERS)
    for claimed in found:
        if claimed.account.blocked_at is not None:
            _end(uow, office, now, claimed.notice, "unreachable", "blocked")
            continue
        try:
            letter = LETTERS.get(claimed.notice.kind, PLAIN)
            wished = wishes.judge(office, now, claimed, known.wishes)
            if wished.until is not None:
                uow.notices.hold(claimed.notice, wished.until)
                continue
            reason = wished.reason or truth.untrue(office, claimed, now, known)
            reason = reason or letter.untrue(uow, office, now, claimed)
            parcel = None if reason else _parcel(uow, office, now, claimed, letter, same)
        except truth.MISREAD as failure:
            log.exception("outbox.unreadable", notice=claimed.notice.id, kind=claimed.notice.kind)
            _end(uow, office, now, claimed.notice, "failed", f"unreadable: {type(failure).__name__}")
            continue
        if parcel is None:
            uow.notices.finish(claimed.notice, "skipped", now, reason)
        else:
            parcels.append(parcel)
    return bundles.tied(uow, parcels)


class _Same:
    """What is the same for many messages of a claim, made once."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._briefs: dict[tuple[int, int], ExamBrief] = {}
        self._walks: dict[str, str] = {}

    def brief(self, exam: Exam, extra: int) -> ExamBrief:
        """An exam as readers with so many minutes more see it."""
        found = self._briefs.get((exam.id, extra))
        if found is None:
            found = self._briefs[exam.id, extra] = exams.brief(exam, extra)
        return found

    def walk(self, kind: str) -> str:
        """The id of the walk for a kind of exam; '' where there is none."""
        found = self._walks.get(kind)
        if found is None:
            algorithm = self._office.walk_of(kind)
            found = self._walks[kind] = algorithm.id if algorithm else ""
        return found


def _parcel(
    uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed, letter: Letter, same: _Same
) -> Parcel:
    notice, account, person, exam = claimed.notice, claimed.account, claimed.person, claimed.exam
    case = uow.cases.get(notice.case_id) if notice.case_id else None
    language = account.language or (person.language if person else "")
    return Parcel(
        notice_id=notice.id,
        kind=notice.kind,
        user_id=account.user_id,
        language=language if language in office.languages else office.languages[0],
        due_at=claimed.reminder.due_at if claimed.reminder else notice.due_at,
        facts=letter.facts(uow, office, now, notice),
        exam=same.brief(exam, claimed.extra) if exam else None,
        case=cases.view(uow, case, now=now) if case else None,
        walk_id=same.walk(exam.kind) if exam else "",
        rule=warnings.parted(claimed.reminder.rule)[0] if claimed.reminder else "",
        minutes=claimed.reminder.minutes if claimed.reminder else None,
        rank=notice.rank,
        use_by=notice.use_by,
        edits=notice.message_id if notice.live else None,
        about=letter.about(uow, office, now, claimed),
    )


def settle(uow: UnitOfWork, office: Office, now: dt.datetime, results: Sequence[Sent]) -> None:
    """Write down how sending went; what could not be sent is retried later, or its consequence drawn."""
    if office.node.id is not None:
        _say_who_wrote(uow, office, now, office.node.id, results)
    kinds = uow.notices.kinds([sent.notice_id for sent in results])
    carried = uow.notices.carried([number for number, kind in kinds.items() if kind in bundles.KINDS])
    plain = {
        sent.notice_id: sent.message_id
        for sent in results
        if sent.outcome == "sent" and sent.notice_id not in carried and _plain(kinds.get(sent.notice_id))
    }
    if plain:
        uow.notices.arrived(plain, now)
    others = [sent for sent in results if sent.notice_id not in plain]
    found = uow.notices.many([sent.notice_id for sent in others]) if others else {}
    for sent in others:
        notice = found.get(sent.notice_id)
        if notice is None or not _ours(office, notice, sent):
            continue
        for row in (notice, *carried.get(notice.id, ())):
            _settle_one(uow, office, now, row, sent)


def _say_who_wrote(
    uow: UnitOfWork, office: Office, now: dt.datetime, node_id: int, results: Sequence[Sent]
) -> None:
    """Other nodes keep their distance from what this one has just sent, and from what a chat asked for."""
    tried = {sent.notice_id: sent for sent in results if sent.outcome != "held"}
    usual, pauses = office.policy.delivery.per_chat, dict[int, dt.timedelta]()
    for number, chat in uow.notices.chats(list(tried)).items():
        asked = dt.timedelta(seconds=tried[number].retry_after or 0)
        pauses[chat] = max(pauses.get(chat, usual), asked)
    uow.nodes.spoke(node_id, pauses, now)


def _plain(kind: str | None) -> bool:
    """Whether nothing but the row itself hangs on the arrival of such a message."""
    return kind is not None and LETTERS.get(kind, PLAIN).landed is None


def _ours(office: Office, notice: Notice, sent: Sent) -> bool:
    """Whether a result still counts: another node may have taken the message over meanwhile."""
    if notice.state == "pending":
        return office.node.id is None or sent.outcome == "sent"
    return notice.state == "sending" and notice.leased_by == office.node.id


def _settle_one(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice, sent: Sent) -> None:
    if sent.outcome in ("flood", "held", "moved"):
        notice.attempts -= 1
    if sent.moved_to is not None and notice.account_id is not None:
        _move_chat(uow, office, now, notice.account_id, sent.moved_to)
    rules = office.policy.delivery
    following = notices.after_attempt(sent.outcome, notice.attempts, now, rules, sent.retry_after)
    if following.state == "pending":
        notice.state, notice.leased_until = "pending", None
        notice.due_at = following.due_at or notice.due_at
        return
    notice.message_id = sent.message_id or notice.message_id
    if sent.parts:
        notice.facts = {**notice.facts, "parts": list(sent.parts)}
    if following.state == "unreachable":
        _mark_blocked(uow, notice.account_id, now)
    _end(uow, office, now, notice, following.state, sent.reason)
    landed = LETTERS.get(notice.kind, PLAIN).landed
    if following.state == "sent" and landed is not None:
        _draw(uow, notice, lambda: landed(uow, office, now, notice, sent))


def _end(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice, state: str, reason: str) -> None:
    """A final state; what could not be delivered has the consequence that its kind draws."""
    uow.notices.finish(notice, state, now, reason)
    lost = LETTERS.get(notice.kind, PLAIN).lost
    if state != "sent" and lost is not PLAIN.lost:
        _draw(uow, notice, lambda: lost(uow, office, now, notice))


def _draw(uow: UnitOfWork, notice: Notice, consequence: Callable[[], None]) -> None:
    """What follows from a message's fate; of a row that cannot be read nothing does, and no other waits."""
    try:
        with uow.aside():
            consequence()
    except truth.MISREAD:
        log.exception("outbox.unreadable", notice=notice.id, kind=notice.kind)


def _move_chat(uow: UnitOfWork, office: Office, now: dt.datetime, account_id: int, number: int) -> None:
    account = uow.people.account_by_id(account_id)
    if account is not None:
        chats.migrate(uow, office, now, account.user_id, number)


def _mark_blocked(uow: UnitOfWork, account_id: int | None, now: dt.datetime) -> None:
    account = uow.people.account_by_id(account_id) if account_id else None
    if account is not None and account.blocked_at is None:
        account.blocked_at = now


def sweep(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Give back what a dead sender held."""
    return uow.notices.sweep(now)


def take_over(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """At the start of the only process: whatever was being sent when it died is owed again."""
    return uow.notices.release_all()


def next_due_in(
    uow: UnitOfWork, office: Office, now: dt.datetime, at_most: float, since: dt.datetime | None = None
) -> float:
    """Seconds until the next message falls due, `at_most` when none does before.

    `since`: when was looked last; 0 when one has fallen due in between, which nobody has seen yet.
    """
    due = uow.notices.next_due(min(since or now, now))
    return at_most if due is None else max(0.0, min(at_most, (due - now).total_seconds()))


def lag(uow: UnitOfWork, office: Office, now: dt.datetime) -> tuple[float, float]:
    """Seconds that the oldest waiting update and the oldest due message have waited."""
    inbox, outbox = uow.inbox.oldest_waiting(), uow.notices.oldest_due(now)
    return _age(inbox, now), _age(outbox, now)


def _age(moment: dt.datetime | None, now: dt.datetime) -> float:
    return (now - moment).total_seconds() if moment else 0.0


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One line of the register of deliveries.

    A timed one came `minutes` before its moment; its reader opened the steps of its exam at `acted_at` and
    reported a trouble there at `filed_at`.
    """

    kind: str
    person: str
    ext_id: str
    exam: str
    due_at: dt.datetime
    state: str
    finished_at: dt.datetime | None
    attempts: int
    reason: str
    minutes: float | None = None
    acted_at: dt.datetime | None = None
    filed_at: dt.datetime | None = None


def register(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[DeliveryLine]:
    """Every message that was owed, with what became of it, and what its reader did after it."""
    return [
        DeliveryLine(
            notice.kind,
            person.full_name if person else "",
            person.ext_id if person else "",
            exam.ext_id if exam else "",
            notice.due_at,
            notice.state,
            notice.finished_at,
            notice.attempts,
            notice.reason,
            minutes,
            notice.acted_at,
            filed_at,
        )
        for notice, person, exam, minutes, filed_at in uow.notices.register()
    ]
