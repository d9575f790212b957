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
    draft = uow.drafts.get(draft_id)
    whole = _whole(draft, message_id, text)
    if draft is None or whole is None:
        return None
    if len(whole) > limit:
        raise Refusal("appeal_text_long", limit=limit, now=len(whole))
    _keep(draft, now, message_id, text, whole)
    return appeals.draft_of(uow, office, now, me, draft_id)


def in_application(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, message_id: int, text: str
) -> FormDraft | None:
    """The same of an application. Raises `Refusal`: `draft_gone`, `appeal_text_empty`, `form_text_long`."""
    draft, _, _ = forms.opened(uow, office, me, draft_id)
    whole = _whole(draft, message_id, text)
    if whole is None:
        return None
    if len(whole) > forms.TEXT_LETTERS:
        raise Refusal("form_text_long", limit=forms.TEXT_LETTERS)
    _keep(draft, now, message_id, text, whole)
    return forms.draft_of(uow, office, now, me, draft_id)


def _whole(draft: Draft | None, message_id: int, text: str) -> str | None:
    """The draft's words as they would be now; None when nothing of that message stands in it."""
    whole = drafting.reworded(draft.data, message_id, text.strip()) if draft is not None else None
    if whole is not None and not any(letter.isalpha() for letter in text):
        raise Refusal("appeal_text_empty")
    return whole


def _keep(draft: Draft, now: dt.datetime, message_id: int, text: str, whole: str) -> None:
    said = drafting.pieces(draft.data, message_id, text.strip())
    draft.data, draft.updated_at = {**draft.data, "text": whole, "pieces": said}, now
