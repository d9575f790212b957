"""This process among several: it says that it lives, and knows when others may have taken over."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from bot.clock import monotonic
from bot.services import nodes
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.telemetry import log


class Membership:
    """Runs until it leaves. A node that was given up joins anew, under another number."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._beat_at = float("-inf")
        self._given_up = asyncio.Event()
        self._living = 1
        self._left = False
        self._speaking = asyncio.Lock()

    def living(self) -> int:
        """How many machines there were at the last look, this one among them."""
        return self._living

    def trusted(self) -> bool:
        """Whether what this node holds is its own for certain: it was heard of just now."""
        return monotonic() - self._beat_at < nodes.TRUSTED_SECONDS

    async def join(self) -> None:
        """Be a node from now on. Raises `Unavailable`."""
        name = f"{socket.gethostname()}:{os.getpid()}"
        asked = monotonic()
        self._desk.office.node.id = await self._desk.do(nodes.join, name)
        self._beat_at = asked
        self._given_up = asyncio.Event()
        log.info("node.joined", node=self._desk.office.node.id, name=name)

    async def leave(self) -> None:
        """End as a node, for good: the others go on with what is left at once.

        A beat that is under way ends first: overtaken, it would take itself for given up and join anew.
        """
        self._left = True
        async with self._speaking:
            number, self._desk.office.node.id = self._desk.office.node.id, None
            if number is not None:
                with contextlib.suppress(Unavailable):
                    await self._desk.do(nodes.leave, number)

    async def run(self) -> None:
        """Say every second that this node lives, until it leaves."""
        while not self._left:
            await asyncio.sleep(nodes.BEAT_SECONDS)
            try:
                async with self._speaking:
                    if not self._left:
                        await self._say()
            except Unavailable as failure:
                log.error("node.unheard", reason=str(failure))

    async def _say(self) -> None:
        asked, number = monotonic(), self._desk.office.node.id
        if number is not None and await self._desk.do(nodes.beat, number):
            self._beat_at = asked
            self._living = max(1, await self._desk.do(nodes.living))
            return
        log.warning("node.given_up", node=number)
        given_up = self._given_up
        await self.join()
        given_up.set()

    async def alone(self, duty: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something that only one node may do, whenever it is this one's turn."""
        while True:
            try:
                mine = await self._desk.do(nodes.lead, duty)
            except Unavailable:
                mine = False
            if mine:
                log.info("node.leads", duty=duty, node=self._desk.office.node.id)
                await self._until_given_up(work)
            await asyncio.sleep(nodes.BEAT_SECONDS)

    async def _until_given_up(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async with asyncio.TaskGroup() as tasks:
            doing = tasks.create_task(work())
            await self._given_up.wait()
            doing.cancel()
