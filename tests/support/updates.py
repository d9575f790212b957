"""Updates as Telegram gives them."""

from typing import Any


def said(number: int, user: int) -> dict[str, Any]:
    """A person writes to the bot; `number` is the update's and the message's."""
    chat = {"id": user, "type": "private", "first_name": "A"}
    sender = {"id": user, "is_bot": False, "first_name": "A"}
    body = {"message_id": number, "date": 1, "chat": chat, "from": sender, "text": "?"}
    return {"update_id": number, "message": body}
