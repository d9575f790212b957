"""The administrators' tables over HTTP: behind the board's door, in the reader's language, only to look."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.services.office import Desk
from bot.telemetry import log
from bot.views.speech import Speakers, Speech
from bot.web import bridge

if TYPE_CHECKING:
    from starlette.applications import Starlette

BASE = "/board/tables"
FILES = f"{BASE}/statics/"
FRAME = Path(__file__).parent / "frame"
"""Templates of ours that go before the library's: the frame around its pages."""

REFUSED = 400
KEPT = {"Cache-Control": "private, max-age=86400"}


class Tables:
    """Pages of the tables, one application a language, made when somebody first asks for it."""

    def __init__(self, desk: Desk, voices: Speakers, *, secure: bool) -> None:
        self._desk = desk
        self._voices = voices
        self._secure = secure
        self._apps: dict[str, Starlette] = {}
        self._making = asyncio.Lock()

    async def page(self, voice: Speech, request: web.Request) -> web.Response | None:
        """A page or a file of the tables for somebody who may look; None where there is none."""
        app = await self._app(voice)
        scheme = "https" if self._secure else request.scheme
        try:
            response = await bridge.ask(app, request, scheme)
        except web.HTTPException:
            raise
        except Exception as failure:
            # Whatever stands in an address (a key that is none, an odd number) comes here as it pleases.
            log.warning("tables.failed", reason=type(failure).__name__)
            return None
        if response.status >= REFUSED:
            return None
        if request.path.startswith(FILES):
            response.headers.update(KEPT)
        response.enable_compression()
        return response

    async def _app(self, voice: Speech) -> "Starlette":
        async with self._making:
            if voice.language not in self._apps:
                self._apps[voice.language] = await asyncio.to_thread(self._make, voice)
        return self._apps[voice.language]

    def _make(self, voice: Speech) -> "Starlette":
        # Loaded for administrators only: the library and what it stands on take as long as half our start.
        from bot.storage import backoffice

        words = backoffice.Words(voice.label, voice.dated, self._voices.languages)
        return backoffice.build(self._desk.database.reading, words, BASE, FRAME)
