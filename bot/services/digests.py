"""Deans and deputies: the day, morning and evening, and the week as a document; nothing where nothing is."""

import datetime as dt
import statistics
from collections.abc import Iterator, Mapping
from typing import Any

from bot.errors import Refusal
from bot.exchange.paper import PDF
from bot.rules import access, warnings
from bot.rules.digests import EVENING, MORNING, WEEK, Digest
from bot.rules.notices import Rank
from bot.rules.papers import Day, Made, Plain
from bot.rules.people import Me
from bot.rules.preferences import quiet_until
from bot.rules.vocabulary import Role
from bot.services import board, documents, people, wishes
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.unit import UnitOfWork

DIGEST, WEEKLY = "digest", "digest_week"
TEMPLATE = "week"
DAYS = 7
DAY = dt.timedelta(days=1)


def owe_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Owe every dean what is due now; a second look owes nothing more. Returns how many are new.

    What was due while the program stood still is owed as long as it is of use. Quiet hours hold it.
    """
    owed = 0
    for slot, at, until in _slots(office, now):
        fact, date = f"digest_{slot}", at.astimezone(office.zone).date().isoformat()
        if not at <= now < until or uow.records.fact(fact) == date:
            continue
        uow.records.set_fact(fact, date)
        for person in _readers(uow, office):
            owed += _owe(uow, office, now, slot, date, person, until)
    return owed


def _slots(office: Office, now: dt.datetime) -> Iterator[tuple[str, dt.datetime, dt.datetime]]:
    """(which, from, until) of the local day in which `now` lies."""
    local = now.astimezone(office.zone)
    midnight = dt.datetime.combine(local.date(), dt.time(), office.zone)
    useful = dt.timedelta(hours=_figure(office, "useful_hours") or 0)
    for slot in (MORNING, EVENING, WEEK):
        hour = _figure(office, f"{slot}_hour")
        if hour is None or (slot == WEEK and local.isoweekday() != _figure(office, "week_day")):
            continue
        at = (midnight + dt.timedelta(hours=hour)).astimezone(dt.UTC)
        yield slot, at, at + useful


def _figure(office: Office, name: str) -> float | None:
    value = office.policy.leaves[f"digests.{name}"].value
    return None if value is None else float(value)


def _roles(office: Office) -> list[str]:
    return [str(role) for role in office.policy.leaves["digests.roles"].value]


def _readers(uow: UnitOfWork, office: Office) -> list[int]:
    return sorted({person for _, person, _, _ in uow.people.holders(_roles(office))})


def _owe(
    uow: UnitOfWork, office: Office, now: dt.datetime, slot: str, date: str, person: int, until: dt.datetime
) -> bool:
    account = uow.people.account_of(person)
    if account is None or account.blocked_at is not None:
        return False
    due = quiet_until(wishes.of(uow, office, person).quiet, now, office.zone) or now
    return due < until and uow.notices.owe(
        f"{DIGEST}:{slot}:{date}:{person}",
        kind=WEEKLY if slot == WEEK else DIGEST,
        person_id=person,
        account_id=account.id,
        facts={"slot": slot, "date": date},
        rank=int(Rank.NEWS),
        due_at=due,
        use_by=until,
    )


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """Why it is not sent: nobody wants it, its reader is no dean any more, there is nothing to tell."""
    person = claimed.notice.person_id
    if person is None or not wishes.of(uow, office, person).reminders:
        return "muted"
    me = people.known(uow, office, claimed.account)
    if not me.roles & {Role(role) for role in _roles(office)}:
        return "not_theirs"
    try:
        empty = (
            not _week(uow, office, claimed)
            if claimed.notice.kind == WEEKLY
            else _of(uow, office, now, claimed).empty
        )
    except Refusal:
        return "not_theirs"
    return "nothing" if empty else ""


def _of(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> Digest:
    me = people.known(uow, office, claimed.account)
    slot, day = claimed.notice.facts["slot"], dt.date.fromisoformat(claimed.notice.facts["date"])
    today = board.overview(uow, office, now, me, "", day)
    tomorrow = board.overview(uow, office, now, me, "", day + DAY).exams if slot == EVENING else ()
    return Digest(slot, today, tomorrow)


def week(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Made:
    """The last seven days as a document, for who asks. Raises `Refusal`: as the board, `week_empty`."""
    access.board_scope(me.actor, me.faculty)
    facts = _facts(uow, office, me, now.astimezone(office.zone).date())
    if facts is None:
        raise Refusal("week_empty")
    return _made(office, facts, me.language)


def _week(uow: UnitOfWork, office: Office, claimed: Claimed) -> Mapping[str, Any] | None:
    me = people.known(uow, office, claimed.account)
    return _facts(uow, office, me, dt.date.fromisoformat(claimed.notice.facts["date"]))


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> Made:
    facts = _week(uow, office, claimed)
    if facts is None:
        raise LookupError("a week without anything")
    return _made(office, facts, people.known(uow, office, claimed.account).language)


def _made(office: Office, facts: Mapping[str, Any], language: str) -> Made:
    return documents.make(office, documents.Order(TEMPLATE, facts, (language,), (PDF,)))[0]


def _facts(uow: UnitOfWork, office: Office, me: Me, last: dt.date) -> Mapping[str, Any] | None:
    """What the document says of the seven days that end with `last`; None where nothing happened."""
    scope = access.board_scope(me.actor, me.faculty)
    holder = me.person_id if scope.own else None
    days: list[dict[str, Plain]] = []
    delivered = missed = 0
    start = dt.datetime.combine(last, dt.time(), office.zone) - (DAYS - 1) * DAY
    for number in range(DAYS):
        since = start + number * DAY
        rows = uow.boards.exams(since, since + DAY, scope.faculty, holder)
        for _, state, count in uow.boards.sent([row.id for row in rows], warnings.LEFT):
            delivered, missed = delivered + count * (state == "sent"), missed + count * (state != "sent")
        filed = uow.boards.filed(since, since + DAY, scope.faculty, holder)
        days.append({"day": Day(since), "exams": len(rows), "reports": len(filed)})
    exams, reports = (sum(int(str(day[name])) for day in days) for name in ("exams", "reports"))
    if not exams and not reports:
        return None
    waits = uow.boards.waits(start, start + DAYS * DAY, scope.faculty)
    return {
        "week": last.strftime("%G-W%V"),
        "faculty": scope.faculty,
        "since": Day(start),
        "until": Day(start + (DAYS - 1) * DAY),
        "exams": exams,
        "reports": reports,
        "taken": len(waits),
        "median": round(statistics.median(waits), 1) if waits else None,
        "worst": round(max(waits), 1) if waits else None,
        "delivered": delivered,
        "missed": missed,
        "days": days,
    }


LETTERS = {DIGEST: Letter(untrue=_untrue, about=_of), WEEKLY: Letter(untrue=_untrue, about=_about)}
