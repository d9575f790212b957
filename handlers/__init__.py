"""The router: what is offered, in one visible order, the fallback last."""

from collections.abc import Mapping

from aiogram import Router

from bot.dialogue.context import Handler
from handlers import door, exams, fallback, readiness, reports, start, walks

FAMILIES = (start, exams, walks, readiness, reports)
"""Command families in the order in which they are asked."""


def _merged(table: str) -> dict[str, Handler]:
    merged: dict[str, Handler] = {}
    for family in FAMILIES:
        entries: Mapping[str, Handler] = getattr(family, table, {})
        twice = merged.keys() & entries.keys()
        assert not twice, f"two handlers for {twice}"
        merged.update(entries)
    return merged


COMMANDS = _merged("COMMANDS")
TAPS = _merged("TAPS")
FORMS = _merged("FORMS")


def build_router() -> Router:
    """A router of two dictionaries (commands and tap prefixes), the forms, and the fallback."""
    return door.build(
        door.Table(
            commands=COMMANDS,
            taps=TAPS,
            forms=FORMS,
            text=fallback.text,
            command=fallback.command,
            media=fallback.media,
            edited=fallback.edited,
            old_button=fallback.old_button,
        )
    )
