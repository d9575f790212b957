"""The board's pages: a day or an exam becomes HTML in the reader's language. Templates hold no words."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.rules.board import Board, ExamPage
from bot.views.board.chart import Chart
from bot.views.board.timeline import Timeline
from bot.views.speech import Speech

SECTIONS = ("tiles", "incidents", "reports", "matters", "desk", "exams", "chart")
"""Parts of the day's page that are brought up to date one by one; each is a template of its name."""

EXAM_SECTIONS = ("head", "students")


class Pages:
    """Renders pages. `address` of the static files carries `version`, so that a browser may keep them."""

    def __init__(self, version: str) -> None:
        self._environment = Environment(
            loader=PackageLoader("bot.views.board"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(version=version)

    def day(self, voice: Speech, board: Board, languages: tuple[str, ...]) -> str:
        """The whole page of a day."""
        things = {"board": board, "parts": self.day_sections(voice, board), "link": _link(board)}
        return self._render(voice, "day.html", languages=languages, **things)

    def day_sections(self, voice: Speech, board: Board) -> dict[str, str]:
        """The parts of a day that change, by the id of their element."""
        timeline = Timeline.of(board)
        things = {"board": board, "timeline": timeline, "chart": Chart.of(board), "link": _link(board)}
        return {name: self._render(voice, f"{name}.html", **things) for name in SECTIONS}

    def exam(self, voice: Speech, page: ExamPage, languages: tuple[str, ...]) -> str:
        """The whole page of an exam."""
        parts = self.exam_sections(voice, page)
        return self._render(voice, "exam.html", page=page, parts=parts, languages=languages)

    def exam_sections(self, voice: Speech, page: ExamPage) -> dict[str, str]:
        """The parts of an exam's page that change, by the id of their element."""
        students = sorted(page.students, key=lambda one: (voice.order(one.group), voice.order(one.name)))
        ordered = replace(page, students=tuple(students))
        return {name: self._render(voice, f"{name}.html", page=ordered) for name in EXAM_SECTIONS}

    def door(self, voice: Speech, *, key: str = "", to: str = "", refused: str = "") -> str:
        """Before the board: the way in for a link's key (`to` one of its places), or why there is none."""
        return self._render(voice, "door.html", key=key, to=to, refused=refused)

    def _render(self, voice: Speech, template: str, **things: Any) -> str:
        parts: Mapping[str, str] = things.pop("parts", {})
        things["parts"] = [(name, digest(html), Markup(html)) for name, html in parts.items()]  # noqa: S704
        return self._environment.get_template(template).render(
            v=voice, t=voice.t, n=voice.n, language=voice.language, **things
        )


def digest(html: str) -> str:
    """What tells whether a part has changed."""
    return hashlib.sha256(html.encode()).hexdigest()[:12]


def _link(board: Board) -> Any:
    """The address of another day, or of the same one with other choices and pages."""

    def link(days: int = 0, **changes: int) -> str:
        day = board.day + dt.timedelta(days=days)
        pages = {} if days else {**board.asked, **changes}
        asked = {"day": day.isoformat(), "faculty": board.faculty, **pages}
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    return link
