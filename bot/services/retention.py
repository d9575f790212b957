"""What is kept no longer than it is needed."""

import datetime as dt

from bot.services import files
from bot.services.office import Office
from bot.storage.unit import UnitOfWork

BATCH, FILES = 5000, 200


def purge_updates(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget handled updates that are older than the policy keeps them. Returns how many."""
    days = office.policy.updates_days
    if days is None:
        return 0
    return uow.inbox.purge(now - dt.timedelta(days=days), BATCH, dry_run=dry_run)


def purge_files(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Erase the bytes of files that are older than the policy keeps them and whose case is over.

    The row stays with its checksum, so that a receipt can still be held against a copy. Returns how many.
    """
    leaf = office.policy.leaves.get("retention.attachments_days")
    if leaf is None or leaf.value is None:
        return 0
    old = uow.files.to_erase(now, now - dt.timedelta(days=leaf.value), FILES)
    if not dry_run:
        for file in old:
            files.erase(file, now)
    return len(old)


def purge_deliveries(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget messages that ended longer ago than the policy keeps the register. Returns how many."""
    before = _before(office, now, "deliveries")
    return 0 if before is None else uow.notices.purge(before, BATCH, dry_run=dry_run)


def _before(office: Office, now: dt.datetime, what: str) -> dt.datetime | None:
    """What is older than this is kept no longer; None where the policy sets no term."""
    leaf = office.policy.leaves.get(f"retention.{what}_days")
    return None if leaf is None or leaf.value is None else now - dt.timedelta(days=leaf.value)


def purge_tickets(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget what was said in tickets that ended longer ago than the policy keeps it. Returns how many."""
    leaf = office.policy.leaves.get("retention.tickets_days")
    if leaf is None or leaf.value is None:
        return 0
    return uow.talks.purge(now - dt.timedelta(days=leaf.value), BATCH, dry_run=dry_run)
