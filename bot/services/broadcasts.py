"""News for many: drafted, counted, confirmed, sent last of all, stopped where it is wanted, accounted for."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access
from bot.rules.broadcasts import AUDIENCES, Audience, BroadcastView, Tally, check_text, said, tally
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import live
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Broadcast
from bot.storage.unit import UnitOfWork

NEWS, CARD = "broadcast", "broadcast_card"
RECENT = 5


def choices(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, what: str) -> list[str]:
    """What an audience of this kind may be; empty where it is typed.

    Raises `Refusal`: `link_first`, `staff_only`, `deans_only`, `news_audience`.
    """
    scope = access.news_scope(me.actor, me.faculty)
    if what == "faculty":
        return [scope.faculty] if scope.faculty else uow.broadcasts.faculties()
    if what == "role":
        return ["student", "staff", *Role]
    if what == "language":
        return list(office.languages)
    if what not in AUDIENCES:
        raise Refusal("news_audience")
    return []


def draft(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, what: str, which: str, origin: int
) -> BroadcastView:
    """Begin news for an audience; the same update begins them once. Raises as `choices`."""
    author, faculty = _author(me)
    standing = uow.broadcasts.by_origin(origin)
    if standing is not None:
        return view(uow, standing)
    known = (
        frozenset(choices(uow, office, now, me, what)) if what != "group" else uow.broadcasts.groups(faculty)
    )
    if what != "all" and which not in known:
        raise Refusal("news_audience")
    audience = {"what": what, "which": "" if what == "all" else which, "faculty": faculty}
    row = Broadcast(
        origin=origin, author_id=author, audience=audience, texts={}, state="draft", counted={}, begun_at=now
    )
    return view(uow, uow.broadcasts.add(row))


def write(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, broadcast_id: int, language: str, text: str
) -> BroadcastView:
    """The words in one language. Raises as `choices`, and `news_gone`, `news_empty`, `news_long`."""
    row = _draft(uow, me, broadcast_id)
    if language not in office.languages:
        raise Refusal("unknown_language")
    row.texts = {**row.texts, language: check_text(text)}
    return view(uow, row)


def missing(office: Office, shown: BroadcastView, first: str) -> str:
    """The language whose words are asked for next, the author's own first; '' when all are there."""
    order = [first, *(language for language in office.languages if language != first)]
    return next((language for language in order if language not in shown.texts), "")


def confirm(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, broadcast_id: int) -> BroadcastView:
    """Owe it to everybody of the audience who can be reached, in this transaction; a second tap is no more.

    Raises as `choices`, and `news_gone`, `news_empty` without words, `news_nobody` without readers.
    """
    author, _ = _author(me)
    row = _row(uow, me, broadcast_id, lock=True)
    if row.state == "dropped":
        raise Refusal("news_gone")
    if row.state != "draft":
        return view(uow, row)
    if not row.texts:
        raise Refusal("news_empty")
    audience = Audience(**row.audience)
    meant, _ = uow.broadcasts.count(audience)
    total = uow.broadcasts.expand(row, audience, int(Rank.NEWS), now)
    if not total:
        raise Refusal("news_nobody")
    row.counted = {"meant": meant, "total": total}
    row.state, row.confirmed_at = "going", now
    uow.records.audit(now, "news_sent", me.account_id, broadcast=row.id, people=total, author=author)
    return view(uow, row)


def cancel(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, broadcast_id: int) -> BroadcastView:
    """Drop a draft, or stop what has not gone out yet. Raises as `choices`, and `news_gone`."""
    row = _row(uow, me, broadcast_id, lock=True)
    if row.state == "draft":
        row.state, row.ended_at = "dropped", now
    elif row.state == "going":
        row.state, row.ended_at = "cancelled", now
        stopped = uow.broadcasts.stop(row.id, now)
        uow.records.audit(now, "news_stopped", me.account_id, broadcast=row.id, people=stopped)
    return view(uow, row)


def look(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, broadcast_id: int) -> BroadcastView:
    """How it stands. Raises as `choices`, and `news_gone`."""
    row = _row(uow, me, broadcast_id)
    if row.state == "dropped":
        raise Refusal("news_gone")
    return view(uow, row)


def recent(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[BroadcastView]:
    """The last ones. Raises as `choices`."""
    _, faculty = _author(me)
    return [view(uow, row) for row in uow.broadcasts.recent(RECENT, faculty)]


def adopt(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, broadcast_id: int, message_id: int
) -> None:
    """The account just shown keeps itself current from now on."""
    live.adopt(
        uow, office, now, me, f"news:{broadcast_id}", CARD, message_id, facts={"broadcast": broadcast_id}
    )


def follow(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Bring the accounts of what goes out up to date, and end what has gone out. Returns how many changed."""
    changed = 0
    for row in uow.broadcasts.going():
        before, counted = row.counted, _tally(uow, row)
        fresh = {**before, "sent": counted.sent, "failed": counted.failed}
        if not counted.left:
            row.state, row.ended_at = "done", now
        if fresh != before or row.state == "done":
            row.counted = fresh
            changed += 1
            live.owe(
                uow, now, f"news:{row.id}", CARD, row.author_id, Rank.REMINDER, facts={"broadcast": row.id}
            )
    return changed


def view(uow: UnitOfWork, row: Broadcast) -> BroadcastView:
    """A broadcast with its account; a draft is counted anew."""
    return BroadcastView(
        id=row.id,
        audience=Audience(**row.audience),
        texts=dict(row.texts),
        state=row.state,
        tally=_tally(uow, row),
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
    )


def _tally(uow: UnitOfWork, row: Broadcast) -> Tally:
    if row.confirmed_at is None:
        return Tally(*uow.broadcasts.count(Audience(**row.audience)))
    return tally(uow.broadcasts.states(row.id), row.counted["meant"], row.counted["total"])


def _author(me: Me) -> tuple[int, str]:
    """Who sends, and the faculty that they may reach ('' for all)."""
    scope = access.news_scope(me.actor, me.faculty)
    assert me.person_id is not None
    return me.person_id, scope.faculty


def _row(uow: UnitOfWork, me: Me, broadcast_id: int, *, lock: bool = False) -> Broadcast:
    """A broadcast that the reader may handle; to others it is not there."""
    _, faculty = _author(me)
    row = uow.broadcasts.get(broadcast_id, lock=lock)
    if row is None or (faculty and row.audience.get("faculty", "") != faculty):
        raise Refusal("news_gone")
    return row


def _draft(uow: UnitOfWork, me: Me, broadcast_id: int) -> Broadcast:
    row = _row(uow, me, broadcast_id, lock=True)
    if row.state != "draft":
        raise Refusal("news_gone")
    return row


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    row = uow.broadcasts.get(claimed.notice.facts["broadcast"])
    return "" if row is not None and row.state in ("going", "done") else "cancelled"


def _words(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    row = uow.broadcasts.get(claimed.notice.facts["broadcast"])
    person = claimed.person.language if claimed.person else ""
    language = claimed.account.language or person or office.languages[0]
    return said(row.texts, language) if row is not None else ""


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> BroadcastView:
    row = uow.broadcasts.get(claimed.notice.facts["broadcast"])
    if row is None:
        raise LookupError("news that are gone")
    return view(uow, row)


LETTERS = {NEWS: Letter(untrue=_untrue, about=_words), CARD: Letter(about=_about)}
