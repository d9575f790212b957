"""The board over HTTP: the way in by a link or as a Mini App, pages, and what changes as it changes."""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.clock import monotonic
from bot.errors import Refusal
from bot.rules.board import PARTS, SESSION_LIFE
from bot.rules.people import Me
from bot.services import board
from bot.services.office import Desk
from bot.storage.engine import Unavailable
from bot.telemetry import log
from bot.views.speech import Speakers, Speech
from bot.web.line import Line
from bot.web.tables import BASE, FILES, Tables

if TYPE_CHECKING:
    from bot.views.board.pages import Pages

STATIC = Path(__file__).parent / "static"
COOKIE, LANGUAGE = "emtihan_board", "emtihan_language"
LOOK_SECONDS = 2.0
"""So often an open page is compared with the database; pages of one scope share one look."""

STREAMS = 200
"""So many pages may listen at once; more are told to look again by themselves."""

FIRST_YEAR, LAST_YEAR = 2000, 2200
YEAR_SECONDS = 365 * 24 * 3600
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; "
        "frame-ancestors 'self' https://web.telegram.org"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
PLACES = {board.TABLES: f"{BASE}/"}
"""Where a link may lead instead of to the day."""

GONE = ("exam_gone", "no_such_page")
SAID = ("admins_only", "whole_university", "no_such_page")
"""What somebody who is inside is told; whoever is not learns only how to come in."""

PRIVATE = {"Cache-Control": "no-store", **SECURITY}

Parts = dict[str, str]
Look = Callable[["Visit"], Awaitable[Parts]]


HAVE_LETTERS = 1000
PAGE = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is inside: who, in which language, and what they asked for."""

    me: Me
    voice: Speech
    request: web.Request

    @property
    def faculty(self) -> str:
        return self.request.query.get("faculty", "")[:200]

    @property
    def day(self) -> date | None:
        """The day asked for; None for today, and for what is no day of ours."""
        try:
            asked = date.fromisoformat(self.request.query.get("day", ""))
        except ValueError:
            return None
        return asked if FIRST_YEAR < asked.year < LAST_YEAR else None

    @property
    def pages(self) -> dict[str, int]:
        """Which pages of long lists were asked for."""
        asked = {name: self.request.query.get(name, "") for name in PARTS}
        return {
            name: int(said)
            for name, said in asked.items()
            if said.isascii() and said.isdigit() and len(said) < 5
        }

    @property
    def have(self) -> dict[str, str]:
        """The parts that the page shows already, by their marks: they are not sent again."""
        said = self.request.query.get("have", "")[:HAVE_LETTERS].split(",")
        return {name: mark for name, _, mark in (one.partition(":") for one in said) if mark}


class BoardSite:
    """Everything under `/board`. `said_by` checks a Mini App's signed word: (user id, moment) or None."""

    def __init__(self, desk: Desk, voices: Speakers, said_by: Callable[[str], Any], *, secure: bool) -> None:
        self._desk = desk
        self._voices = voices
        self._said_by = said_by
        self._secure = secure
        self._tables = Tables(desk, voices, secure=secure)
        self._looks: dict[tuple[object, ...], tuple[float, asyncio.Future[Parts]]] = {}
        self._streams = 0

    def mount(self, app: web.Application) -> None:
        """Add the board's addresses."""
        app.router.add_get("/board", self._inside(self._day))
        app.router.add_get("/board/events", self._inside(self._day_events))
        app.router.add_get("/board/exam/{exam:[0-9]{1,15}}", self._inside(self._exam))
        app.router.add_get("/board/events/{exam:[0-9]{1,15}}", self._inside(self._exam_events))
        app.router.add_get("/board/tables{page:(?:/.*)?}", self._inside(self._look_up))
        app.router.add_get("/board/language/{language:[a-z]{2,3}}", self._speak)
        app.router.add_get("/board/enter/{key:[A-Za-z0-9_-]{20,100}}", self._door)
        app.router.add_post("/board/enter", self._enter)
        app.router.add_get("/board/app", self._app_door)
        app.router.add_post("/board/app", self._enter_app)
        app.router.add_post("/board/leave", self._leave)
        app.router.add_get("/board/static/{name:[a-z.]+}", self._file)

    @cached_property
    def _pages(self) -> "Pages":
        from bot.views.board.pages import Pages

        return Pages(self._version)

    @cached_property
    def _files(self) -> Mapping[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(STATIC.iterdir())}

    @cached_property
    def _version(self) -> str:
        return hashlib.sha256(b"".join(self._files.values())).hexdigest()[:12]

    # In and out

    def _inside(
        self, handler: Callable[[Visit], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            voice = self._guest(request)
            try:
                visit = await self._visit(request)
                voice = visit.voice
                return await handler(visit)
            except Refusal as refusal:
                status = 404 if refusal.code in GONE else 403
                return self._shut_out(voice, status, refusal.code)
            except Unavailable as failure:
                log.error("board.unavailable", reason=str(failure))
                return web.Response(status=503, headers={"Retry-After": "2"})

        return guarded

    async def _visit(self, request: web.Request) -> Visit:
        me: Me = await self._desk.do(board.reader, request.cookies.get(COOKIE, ""))
        wished = request.cookies.get(LANGUAGE, "")
        return Visit(me, self._voices[wished if wished in self._voices.languages else me.language], request)

    def _guest(self, request: web.Request) -> Speech:
        """The voice for somebody who is not inside: their choice, else the first language they read."""
        accepted = request.headers.get("Accept-Language", "").lower().replace(";", ",").split(",")
        wishes = [request.cookies.get(LANGUAGE, ""), *(part.strip()[:2] for part in accepted)]
        return self._voices[next((wish for wish in wishes if wish in self._voices.languages), "")]

    def _shut_out(self, voice: Speech, status: int, why: str = "") -> web.Response:
        return _html(self._pages.door(voice, refused=why if why in SAID else "board_key"), status)

    async def _door(self, request: web.Request) -> web.Response:
        """A link by itself uses nothing up: whoever looks ahead for its reader must not shut them out."""
        to = request.query.get("to", "")
        key, to = request.match_info["key"], to if to in PLACES else ""
        return _html(self._pages.door(self._guest(request), key=key, to=to))

    async def _enter(self, request: web.Request) -> web.Response:
        form = await request.post()
        try:
            session = await self._desk.do(board.enter, str(form.get("key", ""))[:100])
        except Refusal:
            return self._shut_out(self._guest(request), 403)
        place = PLACES.get(str(form.get("to", "")), "/board")
        response = web.Response(status=303, headers={"Location": place, **PRIVATE})
        self._remember(response, session)
        return response

    async def _app_door(self, request: web.Request) -> web.Response:
        return _html(self._pages.door(self._guest(request)))

    async def _enter_app(self, request: web.Request) -> web.Response:
        form = await request.post()
        said = self._said_by(str(form.get("said", "")))
        if said is None:
            return web.Response(status=403, headers=PRIVATE)
        user_id, moment, proof = said
        try:
            session = await self._desk.do(board.enter_app, user_id, moment, proof)
        except Refusal:
            return web.Response(status=403, headers=PRIVATE)
        response = web.Response(status=204, headers=PRIVATE)
        self._remember(response, session)
        return response

    def _remember(self, response: web.Response, session: str) -> None:
        """A Mini App lives in a frame of another site: there a cookie must say that it may."""
        response.set_cookie(
            COOKIE,
            session,
            path="/board",
            httponly=True,
            secure=self._secure,
            samesite="None" if self._secure else "Lax",
            max_age=int(SESSION_LIFE.total_seconds()),
        )

    async def _leave(self, request: web.Request) -> web.Response:
        if request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
            await self._desk.do(board.leave, request.cookies.get(COOKIE, ""))
        return self._shut_out(self._guest(request), 200)

    async def _speak(self, request: web.Request) -> web.Response:
        """Another language for this browser; back to where the reader was."""
        came = request.headers.get("Referer", "")
        back = "/board" + came.partition("/board")[2] if "/board/" in came or "/board?" in came else "/board"
        response = web.Response(status=303, headers={"Location": back.split("#")[0], **PRIVATE})
        if request.match_info["language"] in self._voices.languages:
            language = request.match_info["language"]
            response.set_cookie(LANGUAGE, language, path="/board", max_age=YEAR_SECONDS, samesite="Lax")
        return response

    async def _file(self, request: web.Request) -> web.Response:
        content = self._files.get(request.match_info["name"])
        if content is None:
            raise web.HTTPNotFound
        kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
        kind = kinds[request.match_info["name"].rpartition(".")[2]]
        headers = {"Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable", **SECURITY}
        response = web.Response(body=content, content_type=kind, charset="utf-8", headers=headers)
        response.enable_compression()
        return response

    # Pages

    async def _day(self, visit: Visit) -> web.Response:
        shown = await self._desk.do(board.overview, visit.me, visit.faculty, visit.day, visit.pages)
        return _html(self._pages.day(visit.voice, shown, self._voices.languages))

    async def _exam(self, visit: Visit) -> web.Response:
        page = await self._desk.do(board.exam, visit.me, int(visit.request.match_info["exam"]))
        return _html(self._pages.exam(visit.voice, page, self._voices.languages))

    async def _look_up(self, visit: Visit) -> web.StreamResponse:
        """A page of the administrators' tables; a file of theirs is kept by the browser, and in no log."""
        path = visit.request.path
        page = "" if path.startswith(FILES) else path[len(BASE) :].strip("/")[:100] or "index"
        await self._desk.do(board.look_up, visit.me, page)
        response = await self._tables.page(visit.voice, visit.request)
        if response is None:
            raise Refusal("no_such_page")
        for name, value in PRIVATE.items():
            response.headers.setdefault(name, value)
        return response

    async def _day_events(self, visit: Visit) -> web.StreamResponse:
        async def look(at: Visit) -> Parts:
            shown = await self._desk.do(board.overview, at.me, at.faculty, at.day, at.pages)
            return self._pages.day_sections(at.voice, shown)

        return await self._stream(visit, look)

    async def _exam_events(self, visit: Visit) -> web.StreamResponse:
        async def look(at: Visit) -> Parts:
            page = await self._desk.do(board.exam, at.me, int(at.request.match_info["exam"]))
            return self._pages.exam_sections(at.voice, page)

        return await self._stream(visit, look)

    async def _stream(self, visit: Visit, look: Look) -> web.StreamResponse:
        """Send the parts that have changed, as they change, until the reader goes or may look no more."""
        if self._streams >= STREAMS:
            return web.Response(status=503, headers={"Retry-After": "60"})
        headers = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no", **PRIVATE}
        response = web.StreamResponse(headers={**headers, **Line.headers(visit.request)})
        self._streams += 1
        try:
            await response.prepare(visit.request)
            await self._follow(visit, response, look)
        except (ConnectionResetError, Unavailable):
            pass
        finally:
            self._streams -= 1
        return response

    async def _follow(self, first: Visit, response: web.StreamResponse, look: Look) -> None:
        shown = first.have
        line = Line(response, first.request)
        while True:
            try:
                visit = await self._visit(first.request)
                parts = await self._look(visit, look)
            except Refusal:
                await line.say("event: gone\ndata: -\n\n")
                return
            marks = {name: _digest(html) for name, html in parts.items()}
            fresh = [
                (name, marks[name], html) for name, html in parts.items() if shown.get(name) != marks[name]
            ]
            now = self._desk.clock().isoformat()
            message = f"event: clock\ndata: {now}\n\n"
            if fresh:
                message += f"event: parts\ndata: {json.dumps(fresh, ensure_ascii=False)}\n\n"
            await line.say(message)
            shown = marks
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, visit: Visit, look: Look) -> Parts:
        """What a page shows now; pages that show the same share one look at the database."""
        me, pages = visit.me, tuple(sorted(visit.pages.items()))
        scope = (
            visit.request.path,
            visit.faculty,
            visit.day,
            pages,
            visit.voice.language,
            me.faculty,
            me.roles,
            me.person_id if not me.faculty else None,
        )
        now = monotonic()
        self._looks = {kept: (at, f) for kept, (at, f) in self._looks.items() if now - at < LOOK_SECONDS}
        if scope in self._looks:
            return await asyncio.shield(self._looks[scope][1])
        future: asyncio.Future[Parts] = asyncio.get_running_loop().create_future()
        self._looks[scope] = (now, future)
        try:
            parts = await look(visit)
        except BaseException as failure:
            self._looks.pop(scope, None)
            future.cancel()
            raise failure
        future.set_result(parts)
        return parts


def _digest(html: str) -> str:
    """As a page marks its parts, so that it can tell those that it shows already."""
    from bot.views.board.pages import digest

    return digest(html)


def _html(page: str, status: int = 200) -> web.Response:
    response = web.Response(text=page, content_type="text/html", status=status, headers=PRIVATE)
    response.enable_compression()
    return response
