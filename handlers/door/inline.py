"""`@bot question` in any chat: the nearest rules, each ready to be sent."""

from typing import Any

from aiogram.types import InlineQuery

from bot.dialogue.enquiries import Enquiries
from bot.views import rules
from bot.views.speech import Speech
from bot.wire import ApiRefused, Line

RESULTS = 5
LETTERS_MIN = 2
CACHE_SECONDS = 30
TOO_LATE = ("query is too old", "QUERY_ID_INVALID")


async def answer(query: InlineQuery, line: Line, voice: Speech, enquiries: Enquiries) -> None:
    """Answer with rules in the reader's language; with nothing for a question that is hardly begun.

    An answer that comes too late is dropped: its reader has typed on.
    """
    results: list[dict[str, Any]] = []
    if len(query.query.strip()) >= LETTERS_MIN:
        results = await _articles(query.query, voice, enquiries)
        enquiries.count("inline", voice.language)
    try:
        answer = {"inline_query_id": query.id, "results": results, "cache_time": CACHE_SECONDS}
        await line.call("answerInlineQuery", {**answer, "is_personal": True})
    except ApiRefused as refused:
        if not any(too_late in refused.description for too_late in TOO_LATE):
            raise


async def _articles(question: str, voice: Speech, enquiries: Enquiries) -> list[dict[str, Any]]:
    found = await enquiries.find(question, voice.language, RESULTS, by_staff=True)
    rulebook = await enquiries.rulebook()
    articles = []
    for entry in found.entries:
        title, line, text = rules.article(voice, rulebook, entry)
        content = {"message_text": text, "parse_mode": "HTML"}
        shown = {"id": entry.id, "title": title, "description": line, "input_message_content": content}
        articles.append({"type": "article", **shown})
    return articles
