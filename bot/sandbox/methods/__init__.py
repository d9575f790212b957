"""The methods of the Bot API that the sandbox answers, by lower-case name."""

from collections.abc import Callable

from bot.sandbox.call import Call
from bot.sandbox.methods import answers, chats, editing, identity, sending
from bot.sandbox.model import Json
from bot.sandbox.world import World

Handler = Callable[[World, Call], Json]

_HANDLERS: tuple[dict[str, Handler], ...] = (
    identity.HANDLERS,
    sending.HANDLERS,
    editing.HANDLERS,
    answers.HANDLERS,
    chats.HANDLERS,
)
SERVED_BY_SERVER = ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")
"""Methods about the delivery of updates; the server itself answers them."""

HANDLERS: dict[str, Handler] = {
    name.lower(): handler for handlers in _HANDLERS for name, handler in handlers.items()
}
NAMES: dict[str, str] = {
    name.lower(): name for name in (*SERVED_BY_SERVER, *(name for group in _HANDLERS for name in group))
}
