"""Files of a case on their way to somebody who asked: only to those who may see the case, written down."""

import datetime as dt
from dataclasses import dataclass

from bot.errors import Refusal
from bot.rules.files import KEPT, WAITING
from bot.rules.people import Me
from bot.services import casework
from bot.services.office import Office
from bot.storage.tables import CaseFile
from bot.storage.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Served:
    """A file to send: by Telegram's own id of it, or its bytes where it was made here."""

    name: str
    kind: str
    file_id: str
    content: bytes | None


def of_case(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> list[Served]:
    """Everything that was sent with a case or made for it, for its reporter and those told of it.

    Raises `Refusal`: `case_gone`, `not_yours`.
    """
    case = casework.locked(uow, case_id)
    if me.person_id is None or (
        me.person_id != case.reporter_id and me.person_id not in uow.cases.told(case)
    ):
        raise Refusal("not_yours")
    uow.records.audit(now, "files_served", me.account_id, case=case.number)
    found = (_served(office, file) for file in uow.files.of_case(case_id))
    return [one for one in found if one is not None]


def _served(office: Office, file: CaseFile) -> Served | None:
    if file.file_id and file.state in (KEPT, WAITING):
        return Served(file.name, file.file_kind, file.file_id, None)
    content = office.files.read(file.sha256) if file.made and file.state == KEPT else None
    return Served(file.name, "document", "", content) if content is not None else None
