"""What is kept no longer than it is needed."""

import datetime as dt

from bot.services.office import Office
from bot.storage.unit import UnitOfWork

BATCH = 5000


def purge_updates(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget handled updates that are older than the policy keeps them. Returns how many."""
    days = office.policy.updates_days
    if days is None:
        return 0
    return uow.inbox.purge(now - dt.timedelta(days=days), BATCH, dry_run=dry_run)
