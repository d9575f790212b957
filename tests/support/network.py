"""Machines with network cables: each in a network namespace of its own, at one bridge."""

import asyncio
import contextlib
import itertools
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any

HELLO = 10.0
_numbers = itertools.count()


class NoNetworks(Exception):
    """This machine does not let us make networks; says why."""


def _ip(*arguments: str) -> None:
    tool = shutil.which("ip", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if tool is None:
        raise NoNetworks("there is no `ip` (Debian's package iproute2)")
    done = subprocess.run(
        [tool, *arguments], check=False, capture_output=True, encoding="utf-8", timeout=HELLO
    )
    if done.returncode:
        raise NoNetworks(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


class Network:
    """A bridge that this process listens at, and namespaces with one cable to it each."""

    def __init__(self) -> None:
        own = (os.getpid() + next(_numbers)) % 2**14
        self._name = f"em{own:x}"
        self._subnet = f"10.{192 + own // 256}.{own % 256}"
        self.address = f"{self._subnet}.1"
        self.places: list[str] = []

    def __enter__(self) -> "Network":
        """Raises `NoNetworks`."""
        try:
            _ip("link", "add", self._name, "type", "bridge")
            _ip("addr", "add", f"{self.address}/24", "dev", self._name)
            _ip("link", "set", self._name, "up")
        except NoNetworks:
            self._take_down()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._take_down()

    def _take_down(self) -> None:
        for place in self.places:
            with contextlib.suppress(NoNetworks):
                _ip("netns", "del", place)
        with contextlib.suppress(NoNetworks):
            _ip("link", "del", self._name)

    def place(self) -> str:
        """A new namespace with a cable; its name."""
        number = len(self.places)
        name = f"{self._name}n{number}"
        _ip("netns", "add", name)
        self.places.append(name)
        _ip("link", "add", f"{name}h", "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", f"{name}h", "master", self._name, "up")
        _ip("-n", name, "addr", "add", f"{self._subnet}.{number + 2}/24", "dev", "eth0")
        _ip("-n", name, "link", "set", "eth0", "up")
        _ip("-n", name, "link", "set", "lo", "up")
        return name

    def pull(self, place: str) -> None:
        """Pull the cable out: nothing passes, and no connection is told."""
        _ip("link", "set", f"{place}h", "down")

    def plug(self, place: str) -> None:
        """Put it in again."""
        _ip("link", "set", f"{place}h", "up")


class Relay:
    """Listens for connections and carries them to a Unix socket or a port of this machine.

    `cut` ends those that stand; while it is `closed` nobody gets in.
    """

    def __init__(self, target: str | tuple[str, int], host: str = "127.0.0.1") -> None:
        self._target = target
        self._host = host
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._closed = False
        self.port = 0
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)

    def __enter__(self) -> "Relay":
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(HELLO)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(HELLO)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._carry, self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closed:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await self._open()
        except OSError:
            writer.transport.abort()
            return
        self._lines |= {writer, far_writer}
        try:
            await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))
        finally:
            self._lines -= {writer, far_writer}

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, str):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(*self._target)

    def cut(self, *, closed: bool = False) -> None:
        """Every connection breaks, as a restarted server's do; `closed`: nobody gets in until `open`."""

        async def abort() -> None:
            self._closed = closed
            for line in self._lines:
                line.transport.abort()

        self._do(abort())

    def open(self) -> None:
        """Let people in again."""
        self._closed = False

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        for line in self._lines:
            line.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait(others, timeout=HELLO) if others else None


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.CancelledError):
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


def through(url: str, host: str, port: int) -> str:
    """The URL of a PostgreSQL database behind a socket, by way of a relay; '' for the socket's own."""
    found = re.fullmatch(r"postgresql://([^@]*)@[^/]*/(\w+)\?host=(.+)", url)
    assert found is not None, url
    return f"postgresql://{found[1]}@{host}:{port}/{found[2]}"


def socket_of(url: str) -> str:
    """The path of the Unix socket of a PostgreSQL URL."""
    found = re.fullmatch(r"postgresql://[^?]*\?host=(.+)", url)
    assert found is not None, url
    return f"{found[1]}/.s.PGSQL.5432"
