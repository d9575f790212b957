"""What a person may know of what is kept about them (law 94-V): proof of consent, terms, a copy of it all."""

import datetime as dt
import json

from bot.rules.people import Kept, Me
from bot.services.office import Office
from bot.storage.unit import UnitOfWork

TERMS = (
    "cases", "appeals", "applications", "attachments", "drafts", "tickets", "deliveries", "places",
    "updates", "audit",
)  # fmt: skip
"""Terms of the policy that a person is told, in this order; one without a value is not."""


def kept(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Kept:
    """Which consent was given and when, and for how many days what is kept."""
    account = uow.people.account_by_id(me.account_id)
    days = {}
    for term in TERMS:
        leaf = office.policy.leaves.get(f"retention.{term}_days")
        if leaf is not None and leaf.value is not None:
            days[term] = int(leaf.value)
    version = account.consent_version if account else 0
    return Kept(version, account.consented_at if account else None, days)


def copy(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> bytes:
    """All rows about the reader, as JSON in UTF-8; moments are UTC. That it was asked for is noted.

    Others are in it by number alone. The bytes of files are not: they are in the reader's chat.
    """
    found = uow.owned.of(me.account_id, me.user_id, me.person_id, me.ext_id)
    uow.records.audit(now, "own_data_given", me.account_id)
    said = {"made_at": now.isoformat(), "telegram_id": me.user_id, "rows": found}
    return json.dumps(said, ensure_ascii=False, indent=1, default=_as_text).encode()


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)
