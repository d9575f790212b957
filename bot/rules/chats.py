"""Chats of study groups: who may link one, and whom its posts reach for certain."""

from dataclasses import dataclass
from typing import Literal

from bot.errors import Refusal
from bot.rules.access import Action, Actor, require
from bot.rules.vocabulary import PersonKind

Standing = Literal["linked", "asked"]


@dataclass(frozen=True, slots=True)
class ChatView:
    """A chat that is linked to a study group, or is to be. `asker`: who asked for it; for staff only."""

    account_id: int
    group: str
    standing: Standing
    asker: str = ""


@dataclass(frozen=True, slots=True)
class GroupPost:
    """A post for a whole chat: it is pinned, in place of the pinned one before."""

    unpins: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """Whether somebody is in a chat, or (`member_id` is None) what the bot itself may do there."""

    chat_id: int
    chat: int
    member_id: int | None = None
    user: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What Telegram said to a question. `rings`: the bot may pin, so that a post is noticed."""

    question: Question
    present: bool
    rings: bool = False


def require_link(actor: Actor, group: str, own_group: str, *, examines: bool) -> Standing:
    """What asking to link a chat to a group comes to.

    An examiner of the group links it. A student of the group asks for it: an examiner has to confirm, so that
    nobody learns of a group's exams, or keeps warnings from it, by a chat of their own.
    Raises `Refusal`: `link_first` for a guest, `chat_not_yours` for everybody else.
    """
    require(actor, Action.SEE_EXAMS)
    if actor.kind is PersonKind.STAFF and examines:
        return "linked"
    if actor.kind is PersonKind.STUDENT and own_group == group:
        return "asked"
    raise Refusal("chat_not_yours")


def require_unlink(actor: Actor, *, examines: bool, asked_by: int | None) -> None:
    """The group's examiners and whoever linked the chat may end it. Raises `Refusal` (`chat_not_yours`)."""
    person = require(actor, Action.SEE_EXAMS)
    if not examines and person != asked_by:
        raise Refusal("chat_not_yours")


def require_confirm(actor: Actor, *, examines: bool) -> int:
    """The examiner who lets a chat be linked.

    Raises `Refusal`: `link_first`, `staff_only`, `chat_not_yours`.
    """
    person = require(actor, Action.SEE_STAFF)
    if not examines:
        raise Refusal("chat_not_yours")
    return person
