"""A receipt for what was sent: its number, its moment and the checksum of every file, once those are had."""

import datetime as dt
from collections.abc import Mapping

from bot.rules import files as file_rules
from bot.rules.casework import Did
from bot.rules.notices import Rank
from bot.rules.papers import Fact, Plain
from bot.services import casework, documents, files, photos
from bot.services.documents import Order
from bot.services.office import Office
from bot.storage.tables import Case, CaseFile
from bot.storage.unit import UnitOfWork

RECEIPT = "receipt"
"""The timer's rule."""

WAIT, ALBUM = dt.timedelta(seconds=3), dt.timedelta(seconds=10)
"""How long a receipt waits: for files to be had; for the further parts of what is sent afterwards."""


def soon(uow: UnitOfWork, now: dt.datetime, case: Case, wait: dt.timedelta = WAIT) -> None:
    """The receipt is made as soon as no file is on its way any more."""
    uow.case_timers.set(case, RECEIPT, now + wait)


def owed(uow: UnitOfWork, case: Case) -> bool:
    """Whether the receipt of what was sent has not been made yet."""
    return RECEIPT in uow.case_timers.pending(case.id)


def ready(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> bool:
    """Whether every file is had, or is known to be missing; several photos are one PDF then. Else: later."""
    if not files.settled(_sent(uow, case)):
        soon(uow, now, case)
        return False
    photos.merge(uow, office, now, case)
    return True


def give(
    uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, template: str, facts: Mapping[str, Fact]
) -> None:
    """Make the receipt in its student's language, with the files as they are, and send it."""
    language = documents.language_of(uow, office, case.reporter_id)
    listed = [_line(file) for file in _sent(uow, case) if file.state != file_rules.REMOVED]
    order = Order(template, {**facts, "files": listed}, (language,))
    made = documents.issue(uow, office, now, case.id, order, case.reporter_id)
    documents.send(uow, now, made, [case.reporter_id], Rank.ESCALATION)
    casework.log(uow, now, case, Did.DOCUMENT, template=template)


def _sent(uow: UnitOfWork, case: Case) -> list[CaseFile]:
    return [file for file in uow.files.of_case(case.id) if not file.made]


def _line(file: CaseFile) -> dict[str, Plain]:
    return {"name": file.name or file.file_kind, "size": file.size or None, "sha256": file.sha256 or None}
