"""What a message is: a command, a file, something the chat itself says."""

from aiogram.enums import ContentType
from aiogram.types import (
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberRestricted,
    ChatMemberUnion,
    Message,
)

from bot.dialogue.context import Attachment

PRESENT = frozenset(("creator", "administrator", "member"))
FILES = ("animation", "document", "voice", "video", "video_note", "audio", "sticker")
WRITTEN = frozenset(
    (
        ContentType.UNKNOWN, ContentType.TEXT, ContentType.ANIMATION, ContentType.AUDIO, ContentType.DOCUMENT,
        ContentType.LIVE_PHOTO, ContentType.PAID_MEDIA, ContentType.PHOTO, ContentType.STICKER,
        ContentType.STORY, ContentType.VIDEO, ContentType.VIDEO_NOTE, ContentType.VOICE,
        ContentType.CHECKLIST, ContentType.CONTACT, ContentType.DICE, ContentType.GAME, ContentType.POLL,
        ContentType.VENUE, ContentType.LOCATION, ContentType.RICH_MESSAGE,
    )
)  # fmt: skip
"""What a person puts into a chat. A kind not known yet counts as that: its sender waits for an answer."""


def plain(text: str | None) -> str:
    """What somebody wrote as every database keeps it: no zero byte; half a letter is a question mark."""
    return (text or "").replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def command(text: str) -> tuple[str, tuple[str, ...]]:
    """The command of a message (`/start@name CODE`) and its words, ('', ()) when it is none."""
    if not text.startswith("/"):
        return "", ()
    head, *rest = text.split()
    return head[1:].split("@")[0].lower(), tuple(rest)


def addressee(text: str) -> str:
    """The bot that a command names (`/link@name`), in small letters; '' when it names none."""
    head = next(iter(text.split()), "")
    return head.partition("@")[2].lower()


def attachment(message: Message) -> Attachment | None:
    """The file of a message."""
    if message.photo:
        photo = message.photo[-1]
        return Attachment("photo", photo.file_id, size=photo.file_size or 0, order=message.message_id)
    for kind in FILES:
        file = getattr(message, kind)
        if file is not None:
            name = plain(getattr(file, "file_name", None))
            return Attachment(kind, file.file_id, name, file.file_size or 0, message.message_id)
    return None


def place(message: Message) -> tuple[float, float] | None:
    """North and east of a location."""
    return (message.location.latitude, message.location.longitude) if message.location else None


def is_written(message: Message) -> bool:
    """Whether a person wrote it. What the chat itself says (a pinned message …) waits for no answer."""
    return message.content_type in WRITTEN


def is_ours(message: Message, bot_id: int) -> bool:
    """Whether it is an answer of this bot that its owner has put into the chat by inline mode."""
    return message.via_bot is not None and message.via_bot.id == bot_id


def is_moving(message: Message) -> bool:
    """A live place on the map is edited every few seconds, by nobody."""
    return message.location is not None


def standing(member: ChatMemberUnion) -> tuple[bool, bool]:
    """Whether somebody is in a group, and whether they are an administrator who may pin there."""
    present = member.status in PRESENT or (
        isinstance(member, ChatMemberRestricted) and bool(member.is_member)
    )
    rings = isinstance(member, ChatMemberAdministrator) and bool(member.can_pin_messages)
    return present, rings or isinstance(member, ChatMemberOwner)


def moves(message: Message) -> list[tuple[int, bool]]:
    """(user, whether they are in the group now), as the chat itself says."""
    came = [(user.id, True) for user in message.new_chat_members or ()]
    return came + ([(message.left_chat_member.id, False)] if message.left_chat_member else [])
