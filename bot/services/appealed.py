"""An appeal after it was sent, for its student: listed, given another file, withdrawn."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access
from bot.rules.access import Action
from bot.rules.appeals import AppealView
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.people import Me
from bot.services import appeal_cards, casework, files, receipts
from bot.services.appeal_facts import view
from bot.services.files import Sent
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

LIST_LIMIT = 10
SENT_WITH_FILES = frozenset({Kind.APPEAL, Kind.APPLICATION})


def sent_by(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[AppealView]:
    """The reader's own appeals, newest first. Raises `Refusal` (`link_first`)."""
    person_id = access.require(me.actor, Action.APPEAL)
    found = uow.cases.of_reporter(person_id, LIST_LIMIT, Kind.APPEAL.value)
    return [view(uow, office, case, me) for case in found]


def register(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[AppealView]:
    """Every appeal, in the order of sending."""
    return [view(uow, office, case, None) for case in uow.cases.all(Kind.APPEAL.value)]


def taking_files(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> str:
    """The number of the reader's appeal or application, while it takes files. Refuses as `add_to_case`."""
    return _open(uow, me, case_id).number


def add_to_case(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, sent: Sent, origin: int
) -> str:
    """A file that was missing or refused is sent again, before the decision. Returns the case's number.

    For appeals and applications. Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `files_many`,
    `file_big`, `file_kind`.
    """
    case = _open(uow, me, case_id)
    if sent.kind not in ("document", "photo"):
        raise Refusal("file_kind")
    files.attach(uow, office, now, case.reporter_id, sent, origin, role="attachment", case_id=case.id)
    casework.log(uow, now, case, Did.FILE, actor_id=case.reporter_id, origin=origin)
    receipts.soon(uow, now, case, receipts.ALBUM)
    return case.number


def _open(uow: UnitOfWork, me: Me, case_id: int) -> Case:
    case = casework.locked(uow, case_id)
    access.require_reporter(me.actor, case.reporter_id)
    if case.kind not in SENT_WITH_FILES:
        raise Refusal("case_gone")
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    return case


def own(uow: UnitOfWork, me: Me, case_id: int, revision: int | None = None) -> Case:
    """The reader's own appeal. Raises `Refusal`: `case_gone`, `not_yours`, `case_moved`."""
    case = casework.locked(uow, case_id, Kind.APPEAL, revision)
    access.require_reporter(me.actor, case.reporter_id)
    return case


def withdraw(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, revision: int, origin: int
) -> None:
    """Take an appeal back before its sitting begins; another may be sent while the window is open.

    Raises `Refusal`: `case_gone`, `not_yours`, `case_moved`, `case_over`, `sitting_begun`.
    """
    case = own(uow, me, case_id, revision)
    sat_at = case.data.get("sat_at")
    if sat_at and dt.datetime.fromisoformat(sat_at) <= now:
        raise Refusal("sitting_begun", number=case.number)
    casework.move(uow, now, case, Did.WITHDRAWN, actor_id=case.reporter_id, origin=origin)
    appeal_cards.tell_all(uow, now, case, "appeal_withdrawn")
