"""Questions to the rules: looked up off the event loop, counted without a word of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.library.content import Content
from bot.library.rulebook import Entry, Rulebook
from bot.library.search import NEAREST, Hit, Search
from bot.library.trees import Trees
from bot.telemetry import Metrics, log

Outcome = Literal["sure", "unsure", "nothing", "inline", "opened", "no_help", "trouble"]
TROUBLE = 0.55
"""The score from which words that were not said to be a trouble are taken for one."""


@dataclass(frozen=True, slots=True)
class Found:
    """The nearest rules, the best first. `sure`: the first one answers; `meant`: it is a question at all.

    `troubles`: ids of problems of troubleshooting that the words may mean; `trouble`: rather than a question.
    """

    entries: Sequence[Entry]
    sure: bool
    meant: bool
    troubles: Sequence[str] = ()
    trouble: bool = False


class Enquiries:
    """The rules of the profile and the search in them, both read when first needed."""

    def __init__(self, content: Content, metrics: Metrics) -> None:
        self._content = content
        self._metrics = metrics
        self._reading = asyncio.Lock()
        self._search: Search | None = None
        self._troubles: Search | None = None

    async def rulebook(self) -> Rulebook:
        """The rules. Raises `ContentError` as the content does."""
        await self.read()
        return self._content.rulebook

    async def read(self) -> Search:
        """Have the rules, the problems and their indexes ready. Raises `ContentError`."""
        if self._search is None:
            async with self._reading:
                if self._search is None:
                    self._troubles = await asyncio.to_thread(lambda: self._content.trouble_search)
                    self._search = await asyncio.to_thread(lambda: self._content.search)
        return self._search

    async def find(self, question: str, language: str, limit: int = NEAREST, *, by_staff: bool) -> Found:
        """The rules nearest to a question; what speaks to staff alone comes later for everybody else."""
        search = await self.read()
        hits = await asyncio.to_thread(search.find, question, language, limit, by_staff=by_staff)
        entries = [self._content.rulebook.entries[hit.entry_id] for hit in hits]
        troubles = await self.troubles(question, language)
        near = [hit.entry_id for hit in troubles if hit.score >= TROUBLE]
        nearer = bool(near) and (not hits or troubles[0].score > hits[0].score)
        return Found(entries, search.sure(hits), search.meant(hits), near, nearer)

    async def trees(self) -> Trees:
        """Troubleshooting. Raises `ContentError`."""
        await self.read()
        return self._content.trees

    async def troubles(self, words: str, language: str, limit: int = NEAREST) -> list[Hit]:
        """The problems nearest to words, the best first."""
        await self.read()
        assert self._troubles is not None
        return await asyncio.to_thread(self._troubles.find, words, language, limit)

    def count(self, outcome: Outcome, language: str, entry: Entry | None = None) -> None:
        """One more question with this outcome; nothing of the question itself is kept."""
        self._metrics.questions.labels(outcome).inc()
        log.info("question", outcome=outcome, language=language, rule=entry.id if entry else "")
