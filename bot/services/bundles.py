"""What one reader gets in the same minute goes out as one message."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.rules.parcels import Parcel
from bot.storage.notices import carried_by
from bot.storage.unit import UnitOfWork

KINDS = frozenset({"step_due", "readiness", "duty_due"})
TOGETHER = dt.timedelta(minutes=1)


def tied(uow: UnitOfWork, parcels: Sequence[Parcel]) -> list[Parcel]:
    """The same parcels with those of one reader in one: the first carries the others, in the exams' order.

    Whatever becomes of the carrier becomes of them (`Notices.carried`).
    """
    of_reader: dict[int, list[Parcel]] = {}
    for parcel in parcels:
        if parcel.kind in KINDS:
            of_reader.setdefault(parcel.user_id, []).append(parcel)
    carriers = {}
    carried = set()
    for several in of_reader.values():
        first, *others = sorted(several, key=_order)
        carriers[first.notice_id] = replace(first, also=tuple(others))
        for other in others:
            carried.add(other.notice_id)
            uow.notices.carry(other.notice_id, carried_by(first.notice_id))
    return [carriers.get(p.notice_id, p) for p in parcels if p.notice_id not in carried]


def _order(parcel: Parcel) -> tuple[dt.datetime, dt.datetime, int]:
    starts = parcel.exam.span.start if parcel.exam else parcel.due_at
    return starts, parcel.due_at, parcel.notice_id
