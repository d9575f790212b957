"""ClamAV by its daemon's socket: a file is streamed to it, its answer is one line."""

import asyncio
from pathlib import Path

from bot.errors import EmtihanError

CHUNK = 64 * 1024
PATIENCE_SECONDS = 60
UNIX = "unix:"


class ScanUnavailable(EmtihanError):
    """The daemon did not answer: nothing is known of the file."""


async def scan(address: str, path: Path) -> bool:
    """Whether the file is clean. `address`: `unix:/run/clamav/clamd.ctl` or `host:port`.

    Raises `ScanUnavailable`.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await _open(address)
            try:
                writer.write(b"zINSTREAM\0")
                with path.open("rb") as stream:
                    while block := stream.read(CHUNK):
                        writer.write(len(block).to_bytes(4, "big") + block)
                        await writer.drain()
                writer.write(b"\0\0\0\0")
                await writer.drain()
                answer = await reader.read(4096)
            finally:
                writer.close()
    except (OSError, TimeoutError) as failure:
        raise ScanUnavailable(f"clamd: {type(failure).__name__}") from None
    said = answer.rstrip(b"\0\n")
    if said.endswith(b"OK"):
        return True
    if said.endswith(b"FOUND"):
        return False
    raise ScanUnavailable("clamd: an answer of another kind")


async def _open(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.startswith(UNIX):
        return await asyncio.open_unix_connection(address.removeprefix(UNIX))
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host.strip("[]"), int(port))
