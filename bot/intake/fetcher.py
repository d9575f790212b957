"""Fetches the files that people have sent, in the background at the one pace; looks into each, keeps it."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.exchange.examine import CPU_SECONDS
from bot.intake import clamd
from bot.intake.clamd import ScanUnavailable
from bot.rules.files import Verdict
from bot.rules.notices import Rank
from bot.services import files
from bot.services.files import Owed
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.telemetry import log
from bot.wire import ApiRefused, ApiUnreachable, TooBig, Wire

IDLE_SECONDS = 1.0
AGAIN_SECONDS = 2.0
SIDE_BY_SIDE = 4
EXAMINE_SECONDS = 30
BIG = "file is too big"
Examine = Callable[[Path, int], Awaitable[Verdict]]


async def examine(path: Path, pages_max: int, cpu_seconds: int = CPU_SECONDS) -> Verdict:
    """Look into a file in a process of its own; one that it cannot cope with is broken.

    The process gets `cpu_seconds` of the processor, and ends with the call.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.exchange.examine",
        str(path),
        str(pages_max),
        str(cpu_seconds),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(EXAMINE_SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        return Verdict("", problem="broken")
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    try:
        return Verdict(**json.loads(said))
    except (ValueError, TypeError):
        return Verdict("", problem="broken")


class Fetcher:
    """Runs until it is cancelled. A file that cannot be had is tried again; nothing else waits for it.

    `turn` waits for the next moment of the one pace.
    """

    def __init__(
        self,
        desk: Desk,
        wire: Wire,
        turn: Callable[[int], Awaitable[object]],
        clamd_address: str | None = None,
        examine: Examine = examine,
    ) -> None:
        self._desk = desk
        self._wire = wire
        self._turn = turn
        self._clamd = clamd_address
        self._examine = examine
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Something has been sent."""
        self._news.set()

    async def run(self) -> None:
        """Fetch for ever."""
        while True:
            self._news.clear()
            if not await self.round():
                try:
                    async with asyncio.timeout(IDLE_SECONDS):
                        await self._news.wait()
                except TimeoutError:
                    continue

    async def round(self) -> int:
        """Fetch what is owed now, a few side by side. Returns how many were tried."""
        try:
            owed = await self._desk.do(files.owed, SIDE_BY_SIDE)
            await asyncio.gather(*(self._one(file) for file in owed))
        except Unavailable as failure:
            log.error("files.unavailable", reason=str(failure))
            await asyncio.sleep(AGAIN_SECONDS)
            return 0
        return len(owed)

    async def _one(self, owed: Owed) -> None:
        try:
            await self._fetch(owed)
        except ApiRefused as refused:
            if BIG in refused.description:
                await self._judged(owed, Verdict("", problem="big"))
                return
            log.warning("file.refused", file=owed.id, reason=refused.description)
            await self._desk.do(files.not_had, owed.id, "telegram")
        except TooBig:
            await self._judged(owed, Verdict("", problem="big"))
        except (ApiUnreachable, ScanUnavailable) as failure:
            reason = "scan" if isinstance(failure, ScanUnavailable) else "telegram"
            log.warning("file.not_had", file=owed.id, reason=type(failure).__name__)
            await self._desk.do(files.not_had, owed.id, reason)
        except OSError as failure:
            log.error("files.unwritable", file=owed.id, reason=failure.strerror)
            await self._desk.do(files.not_had, owed.id, files.DISK)

    async def _fetch(self, owed: Owed) -> None:
        await self._turn(Rank.NEWS)
        found = await self._wire.call("getFile", {"file_id": owed.file_id})
        place = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(place, str):
            raise ApiUnreachable("getFile: no path")
        limits, store = self._desk.office.policy.files, self._desk.office.files
        with store.draft() as (path, stream):
            size = await self._wire.download(place, stream, limits.bytes_max)
            stream.flush()
            verdict = Verdict("table") if owed.table else await self._examine(path, limits.pages_max)
            if not owed.table and not verdict.problem and verdict.type not in limits.types:
                verdict = Verdict(verdict.type, problem="unknown")
            if not verdict.problem and self._clamd and not await clamd.scan(self._clamd, path):
                verdict = Verdict(verdict.type, problem="virus")
            sha256 = "" if verdict.problem else await asyncio.to_thread(store.keep, path)
        await self._judged(owed, verdict, sha256, size)

    async def _judged(self, owed: Owed, verdict: Verdict, sha256: str = "", size: int = 0) -> None:
        log.info("file.judged", file=owed.id, type=verdict.type, problem=verdict.problem, size=size)
        await self._desk.do(files.judged, owed.id, verdict, sha256, size)
