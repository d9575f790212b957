"""A message was edited whose words stand in a draft: they are read anew, nothing else is lost."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import drafting
from bot.rules.appeals import DraftView
from bot.rules.applications import FormDraft
from bot.rules.people import Me
from bot.services import appeals, forms
from bot.services.office import Office
from bot.storage.tables import Draft
from bot.storage.unit import UnitOfWork


def in_appeal(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, message_id: int, text: str
) -> DraftView | None:
    """The draft of an appeal with the new words; None when it holds nothing of that message.

    Raises `Refusal`: `draft_gone`, `appeal_again`, `appeal_text_empty`, `appeal_text_long`.
    """
    limit = appeals.letters_max(uow, office, me, draft_id)
    done = _reword(uow.drafts.get(draft_id), now, message_id, text, "appeal_text_long", limit)
    return appeals.draft_of(uow, office, now, me, draft_id) if done else None


def in_application(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, message_id: int, text: str
) -> FormDraft | None:
    """The same of an application. Raises `Refusal`: `draft_gone`, `appeal_text_empty`, `form_text_long`."""
    draft, _, _ = forms.opened(uow, office, me, draft_id)
    done = _reword(draft, now, message_id, text, "form_text_long", forms.TEXT_LETTERS)
    return forms.draft_of(uow, office, now, me, draft_id) if done else None


def _reword(
    draft: Draft | None, now: dt.datetime, message_id: int, text: str, too_long: str, limit: int
) -> bool:
    words = text.strip()
    whole = drafting.reworded(draft.data, message_id, words) if draft is not None else None
    if draft is None or whole is None:
        return False
    if not any(letter.isalpha() for letter in words):
        raise Refusal("appeal_text_empty")
    if len(whole) > limit:
        raise Refusal(too_long, limit=limit, now=len(whole))
    draft.data = {**draft.data, "text": whole, "pieces": drafting.pieces(draft.data, message_id, words)}
    draft.updated_at = now
    return True
