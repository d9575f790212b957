"""The duties of one machine."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable

from bot.services import (
    auditor,
    board,
    broadcasts,
    case_timers,
    day_reports,
    digests,
    dispatch,
    exam_cards,
    exam_day,
    files,
    outbox,
    registers,
    rehearsal,
    retention,
    shifts,
    spikes,
    tickets,
    timers,
    uploads,
    waves,
)
from bot.services.imports import NothingStored
from bot.services.office import Desk, Office
from bot.storage.unit import UnitOfWork
from scheduler.keeper import Keeper

TICK = 0.5
SECOND = 1.0
CARDS = 2.0
SLOW = 5.0
WAVES = 10.0
AUDIT = 30.0
HOURLY = 3600.0
READING = 300.0
"""A file of the whole university may take so long to read."""


Work = Callable[[UnitOfWork, Office, dt.datetime], int]


def _plain(desk: Desk, work: Work) -> Callable[[], Awaitable[int]]:
    """A duty that is one use-case."""

    async def run() -> int:
        return await desk.do(work)

    return run


def keepers(desk: Desk, per_second: float | None = None) -> list[Keeper]:
    """Everything that comes round. Each is one transaction and may run twice without harm.

    `per_second`: how many messages go out a second; waves begin early accordingly (None: they do not).
    """

    async def reminders() -> int:
        return await _all_due(desk)

    async def of_cases() -> int:
        return await desk.do(case_timers.fire)

    async def early() -> int:
        return await desk.do(waves.plan, per_second) if per_second else 0

    async def missed() -> int:
        return await desk.do(timers.report_missed)

    async def cards() -> int:
        return await desk.do(exam_cards.keep)

    async def starts() -> int:
        return await desk.do(exam_day.ask_due) + await desk.do(exam_day.tell_due)

    async def rehearsals() -> int:
        return await desk.do(rehearsal.probe_due) + await desk.do(rehearsal.tell_due)

    async def leases() -> int:
        return await desk.do(outbox.sweep)

    async def purge() -> int:
        over = (*retention.PURGES.values(), board.purge, uploads.expire)
        return sum([await desk.do(duty) for duty in over])

    return [
        *_of_help_desk(desk),
        *_of_administration(desk),
        Keeper("reminders", TICK, reminders),
        Keeper("waves", WAVES, early),
        Keeper("case_timers", TICK, of_cases),
        Keeper("auditor", AUDIT, _plain(desk, auditor.audit)),
        Keeper("day_reports", AUDIT, _plain(desk, day_reports.lay)),
        Keeper("missed", 1.0, missed),
        Keeper("cards", CARDS, cards),
        Keeper("starts", SLOW, starts),
        Keeper("rehearsals", SLOW, rehearsals),
        Keeper("leases", SLOW, leases),
        Keeper("retention", HOURLY, purge),
        Keeper("erasures", SLOW, _plain(desk, files.erase_due)),
    ]


def _of_help_desk(desk: Desk) -> list[Keeper]:
    """Offers go out, unclaimed tickets find more people, silent helpers lose theirs."""

    async def offers() -> int:
        return await desk.do(dispatch.offer)

    async def unclaimed() -> int:
        return await desk.do(dispatch.widen_due)

    async def silent_helpers() -> int:
        return await desk.do(dispatch.leases_due)

    async def silent_askers() -> int:
        return await desk.do(tickets.unfound_due)

    async def places() -> int:
        return await desk.do(dispatch.places_due)

    async def away() -> int:
        return await desk.do(shifts.watch)

    async def many() -> int:
        return await desk.do(spikes.watch)

    return [
        Keeper("askers_silent", SLOW, silent_askers),
        Keeper("ticket_places", SLOW, places),
        Keeper("helpers_away", SLOW, away),
        Keeper("ticket_spikes", SLOW, many),
        Keeper("ticket_offers", SECOND, offers),
        Keeper("tickets_unclaimed", SECOND, unclaimed),
        Keeper("ticket_leases", SECOND, silent_helpers),
    ]


def _of_administration(desk: Desk) -> list[Keeper]:
    """Files that administrators sent are read, news that go out are followed."""

    async def read() -> int:
        jobs = await desk.do(uploads.arrived)
        for job in jobs:
            parsed = await asyncio.to_thread(registers.parse_kept, desk.office, job.kind, job.sha256)
            try:
                await desk.do(uploads.rehearse, job, parsed)
            except NothingStored as nothing:
                await desk.do(uploads.checked, job.id, nothing.report)
        return len(jobs)

    return [
        Keeper("uploads", SECOND, read, limit=READING),
        Keeper("digests", AUDIT, _plain(desk, digests.owe_due)),
        Keeper("broadcasts", CARDS, _plain(desk, broadcasts.follow)),
    ]


async def _all_due(desk: Desk) -> int:
    """Timers due now, however many: a part at a time, so that nobody waits long for the database."""
    fired = some = await desk.do(timers.fire)
    while some >= timers.BATCH:
        some = await desk.do(timers.fire)
        fired += some
    return fired
