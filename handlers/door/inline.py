"""`@bot question` in any chat: the nearest rules, each ready to be sent."""

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineQuery, InlineQueryResultArticle, InputTextMessageContent

from bot.dialogue.enquiries import Enquiries
from bot.views import rules
from bot.views.speech import Speech

RESULTS = 5
LETTERS_MIN = 2
CACHE_SECONDS = 30


async def answer(query: InlineQuery, bot: Bot, voice: Speech, enquiries: Enquiries) -> None:
    """Answer with rules in the reader's language; with nothing for a question that is hardly begun.

    An answer that comes too late is dropped: its reader has typed on.
    """
    results: list[InlineQueryResultArticle] = []
    if len(query.query.strip()) >= LETTERS_MIN:
        results = await _articles(query.query, voice, enquiries)
        enquiries.count("inline", voice.language)
    try:
        await bot.answer_inline_query(
            query.id,
            results=list(results),
            cache_time=CACHE_SECONDS,
            is_personal=True,
        )
    except TelegramBadRequest as refused:
        if "query is too old" not in refused.message and "QUERY_ID_INVALID" not in refused.message:
            raise


async def _articles(question: str, voice: Speech, enquiries: Enquiries) -> list[InlineQueryResultArticle]:
    found = await enquiries.find(question, voice.language, RESULTS, by_staff=True)
    rulebook = await enquiries.rulebook()
    articles = []
    for entry in found.entries:
        title, line, text = rules.article(voice, rulebook, entry)
        content = InputTextMessageContent(message_text=text)
        articles.append(
            InlineQueryResultArticle(
                id=entry.id, title=title, description=line, input_message_content=content
            )
        )
    return articles
