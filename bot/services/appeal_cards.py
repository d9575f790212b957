"""Messages about an appeal to its people, each kept current: the commission's cards, the student's status."""

import datetime as dt
from collections.abc import Iterable

from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.services import casework, live
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

CARD, STATUS, INVITE = "appeal_card", "appeal_status", "appeal_invite"


def card(uow: UnitOfWork, now: dt.datetime, case: Case, person_id: int) -> None:
    """Somebody's card of the appeal is to show how it stands now."""
    if person_id not in uow.cases.told(case):
        uow.cases.tell(case, person_id, now)
    live.owe(
        uow, now, f"case:{case.id}", CARD, person_id, Rank.ESCALATION, case_id=case.id, exam_id=case.exam_id
    )


def status(uow: UnitOfWork, now: dt.datetime, case: Case) -> None:
    """The student's message about the appeal is to show how it stands now."""
    subject = f"case:{case.id}"
    live.owe(uow, now, subject, STATUS, case.reporter_id, case_id=case.id, exam_id=case.exam_id)


def shown(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, message_id: int) -> None:
    """The screen that the student has just been shown is their message about the appeal from now on."""
    live.adopt(uow, office, now, me, f"case:{case_id}", STATUS, message_id, case_id=case_id)


def refresh(uow: UnitOfWork, now: dt.datetime, case: Case) -> None:
    """Everybody's message about the appeal is to show how it stands now."""
    for person in sorted(uow.cases.told(case)):
        card(uow, now, case, person)
    status(uow, now, case)


def tell_all(uow: UnitOfWork, now: dt.datetime, case: Case, kind: str) -> None:
    """A message of its own to everybody who was told, and the cards made current."""
    for person in sorted(uow.cases.told(case)):
        casework.owe(uow, now, case, kind, person, Rank.REMINDER, suffix=str(case.revision))
    refresh(uow, now, case)


def invite(uow: UnitOfWork, now: dt.datetime, case: Case, people: Iterable[int]) -> None:
    """These people are invited to the sitting, with a calendar file."""
    for person in people:
        casework.owe(uow, now, case, INVITE, person, Rank.REMINDER, suffix=str(case.revision))
