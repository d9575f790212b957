"""Erasing a person's data on request (law 94-V): registers keep their numbers, nothing keeps the person."""

import datetime as dt

from bot.errors import EmtihanError
from bot.services import act_cases, files, people
from bot.services.office import Office
from bot.storage.unit import UnitOfWork

ERASED = "—"


def forget(uow: UnitOfWork, office: Office, now: dt.datetime, ext_id: str) -> int:
    """Erase everybody with this id. Returns how many register entries that were.

    Raises `EmtihanError` when nobody has it. Their account is forgotten, their code stops
    working, the words and files of their reports are emptied; numbers, times and states stay.
    """
    found = uow.people.find(ext_id)
    if not found:
        raise EmtihanError(f"nobody has the id {ext_id}")
    for person in found:
        account = uow.people.account_of(person.id)
        if account is not None:
            uow.inbox.forget(account.user_id)
            uow.records.forget_conversations(account.user_id)
        uow.talks.forget(account.id if account else None, person.id)
        uow.people.forget(person)
        uow.cases.forget(person.id)
        files.forget(uow, now, person.id)
        act_cases.forget(uow, now, person.id)
        uow.readiness.forget(person.id)
        name = f"{people.ERASED_ID}{person.id}"
        uow.exams.rename_results(person.ext_id, name)
        person.full_name, person.ext_id = ERASED, name
        person.group_name = person.programme = person.level = ""
        person.faculty = person.department = ""
        person.course = 0
        uow.records.audit(now, "person_forgotten", None, person=person.id)
    return len(found)
