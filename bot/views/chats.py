"""The chat of a study group: linked or asked for, and what its examiner is asked. No names in a group."""

from bot.rules.chats import ChatView
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech


def linked(voice: Speech, view: ChatView) -> Screen:
    """What a group reads after /link."""
    if view.standing == "asked":
        return Screen(voice.t("chat.asked", group=bold(view.group)))
    return Screen(lines(voice.t("chat.linked", group=bold(view.group)), "", voice.t("chat.pin")))


def asked(voice: Speech, view: ChatView) -> Screen:
    """What the examiner is asked."""
    text = lines(
        voice.t("chat.ask", group=bold(view.group)),
        voice.t("chat.asker", name=view.asker) if view.asker else None,
        "",
        voice.t("chat.ask_hint"),
    )
    yes = Button(voice.label("button.chat_yes"), pack("gy", view.account_id), style="success")
    no = Button(voice.label("button.chat_no"), pack("gn", view.account_id), style="danger")
    return Screen(text, [[yes], [no]])
