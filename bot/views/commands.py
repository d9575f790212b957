"""The command menu in every language."""

from bot.views.speech import Speech

LISTED = (
    "exams",
    "steps",
    "sos",
    "my",
    "staff",
    "queue",
    "duty",
    "appeal",
    "apply",
    "ask",
    "help",
    "lang",
    "privacy",
    "cancel",
)


def command_list(voice: Speech) -> list[tuple[str, str]]:
    """(command, what it does) in the order of the menu."""
    return [(name, voice.label(f"command.{name}")) for name in LISTED]
