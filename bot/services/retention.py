"""What is kept no longer than it is needed: each duty takes a part, and says how many rows that were."""

import datetime as dt
from collections.abc import Callable, Mapping

from bot.services import files
from bot.services.office import Office
from bot.storage.keeping import OF_KIND
from bot.storage.unit import UnitOfWork

BATCH, FILES = 5000, 200


def _before(office: Office, now: dt.datetime, what: str) -> dt.datetime | None:
    """What is older than this is kept no longer; None where the policy sets no term."""
    leaf = office.policy.leaves.get(f"retention.{what}")
    return None if leaf is None or leaf.value is None else now - dt.timedelta(days=leaf.value)


def purge_updates(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget handled updates, wrong codes and forms left open. Returns how many."""
    before = _before(office, now, "updates_days")
    if before is None:
        return 0
    tried = uow.keeping.codes_tried(before, BATCH, dry_run=dry_run)
    forms = uow.keeping.forms(now, before, BATCH, dry_run=dry_run)
    return tried + forms + uow.inbox.purge(before, BATCH, dry_run=dry_run)


def purge_files(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Erase the bytes of files whose case ended longer ago than the policy keeps them.

    The row stays with its checksum, so that a receipt can still be held against a copy. Returns how many.
    """
    before = _before(office, now, "attachments_days")
    if before is None:
        return 0
    old = uow.files.to_erase(now, before, FILES)
    if not dry_run:
        for file in old:
            files.erase(file, now)
    return len(old)


def purge_deliveries(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget messages and uploads that ended longer ago than the register is kept. Returns how many."""
    before = _before(office, now, "deliveries_days")
    if before is None:
        return 0
    uploads = uow.keeping.uploads(before, BATCH, dry_run=dry_run)
    return uploads + uow.notices.purge(before, BATCH, dry_run=dry_run)


def purge_tickets(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget what was said in tickets that ended longer ago than the policy keeps it. Returns how many."""
    before = _before(office, now, "tickets_days")
    if before is None:
        return 0
    blocks = uow.keeping.blocks(before, BATCH, dry_run=dry_run)
    return blocks + uow.talks.purge(before, BATCH, dry_run=dry_run)


def purge_drafts(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Drop submissions that nobody touches any more, with their words and files. Returns how many."""
    before = _before(office, now, "drafts_days")
    old = [] if before is None else uow.keeping.drafts(before, FILES)
    for draft in old if not dry_run else ():
        draft.state, draft.data = "dropped", {}
        for file in uow.files.of_draft(draft.id):
            files.erase(file, now)
            file.name = ""
    return len(old)


def purge_cases(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Empty the words and files of cases that ended longer ago than the policy keeps their kind.

    Numbers, moments, states and decisions stay: they are the registers. Returns how many.
    """
    found = 0
    for kind, term in OF_KIND.items():
        before = _before(office, now, term)
        for case in () if before is None else uow.keeping.cases(kind, before, FILES):
            found += 1
            if not dry_run:
                uow.cases.empty(case)
                files.empty(uow, now, case.id)
                case.emptied_at = now
    return found


def purge_places(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget where readers stood in steps and troubleshooting. Returns how many places."""
    before = _before(office, now, "places_days")
    return 0 if before is None else uow.keeping.places(before, BATCH, dry_run=dry_run)


def purge_codes(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget which account used a code; that it was used is kept. Returns how many."""
    before = _before(office, now, "invites_days")
    return 0 if before is None else uow.keeping.codes_used(before, BATCH, dry_run=dry_run)


def purge_log(uow: UnitOfWork, office: Office, now: dt.datetime, *, dry_run: bool = False) -> int:
    """Forget lines of the security log. Returns how many."""
    before = _before(office, now, "audit_days")
    return 0 if before is None else uow.keeping.log(before, BATCH, dry_run=dry_run)


PURGES: Mapping[str, Callable[..., int]] = {
    "attachments": purge_files,
    "conversations of the help desk": purge_tickets,
    "handled updates": purge_updates,
    "lines of the register of deliveries": purge_deliveries,
    "submissions never sent": purge_drafts,
    "cases, of their words": purge_cases,
    "places in steps": purge_places,
    "accounts of used codes": purge_codes,
    "lines of the security log": purge_log,
}
"""What is purged, and the duty that does it."""
