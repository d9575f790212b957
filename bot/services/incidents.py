"""Many reports of one cause."""

import datetime as dt

from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork


def carries(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, person_id: int) -> bool:
    """Whether the card of the incident that a report belongs to tells this person of it; then it is owed."""
    return False
