"""A line of events to one page: packed where the browser takes that, so that a change costs little."""

import zlib

from aiohttp import web

GZIP = 16 + zlib.MAX_WBITS


class Line:
    """Says things over a response that stays open; each is there at once, packed or not."""

    def __init__(self, response: web.StreamResponse, request: web.Request) -> None:
        self._response = response
        self._packer = zlib.compressobj(wbits=GZIP) if _packed(request) else None

    @staticmethod
    def headers(request: web.Request) -> dict[str, str]:
        """What the response has to say of itself before it is opened."""
        return {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"} if _packed(request) else {}

    async def say(self, words: str) -> None:
        """Send words now. Raises `ConnectionResetError` when nobody hears them."""
        said = words.encode()
        if self._packer is not None:
            said = self._packer.compress(said) + self._packer.flush(zlib.Z_SYNC_FLUSH)
        await self._response.write(said)


def _packed(request: web.Request) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")
