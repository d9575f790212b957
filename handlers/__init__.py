"""The router: what is offered, in one visible order, the fallback last."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from aiogram import Router

from bot.dialogue.context import Context, Handler
from handlers import (
    absences,
    account,
    acts,
    administration,
    aftermath,
    appeals,
    applications,
    ask,
    board,
    broadcasts,
    casework,
    chats,
    day_reports,
    desk,
    desk_chats,
    door,
    exam_day,
    exams,
    fallback,
    happened,
    helping,
    incidents,
    proposals,
    readiness,
    registrar,
    reports,
    seats,
    settings,
    sittings,
    start,
    talk,
    tickets,
    timetable,
    walks,
    worklist,
)

FAMILIES = (
    start,
    exams,
    timetable,
    settings,
    walks,
    readiness,
    exam_day,
    acts,
    day_reports,
    sittings,
    reports,
    chats,
    board,
    administration,
    aftermath,
    broadcasts,
    registrar,
    appeals,
    applications,
    proposals,
    seats,
    worklist,
    helping,
    tickets,
    desk,
    desk_chats,
    casework,
    incidents,
    absences,
    happened,
    account,
    ask,
)
"""Command families in the order in which they are asked."""


T = TypeVar("T")


def _merged(tables: Iterable[Mapping[str, T]]) -> dict[str, T]:
    merged: dict[str, T] = {}
    for entries in tables:
        twice = merged.keys() & entries.keys()
        assert not twice, f"two entries for {twice}"
        merged.update(entries)
    return merged


def _handlers(table: str) -> dict[str, Handler]:
    return _merged(getattr(family, table, {}) for family in FAMILIES)


COMMANDS = _handlers("COMMANDS")
TAPS = _handlers("TAPS")
FORMS = _handlers("FORMS")
GROUPS: dict[str, Handler] = _handlers("GROUPS")
"""Commands of a group's chat; they are not in the menu of a private one."""

GROUP_TAPS: dict[str, Handler] = _handlers("GROUP_TAPS")
"""Buttons below posts in a group's chat; no other button works there."""

EDITS: dict[str, Handler] = _handlers("EDITS")
"""Forms that read an edited message anew."""

BEHIND: dict[str, str] = _merged(getattr(family, "BEHIND", {}) for family in FAMILIES)
"""Taps that show what a command shows: what stands before the command stands before them."""


async def _edited(ctx: Context) -> None:
    await EDITS.get(ctx.form_name, fallback.edited)(ctx)


def build_router() -> Router:
    """A router of two dictionaries (commands and tap prefixes), the forms, and the fallback."""
    return door.build(
        door.Table(
            commands=COMMANDS,
            taps=TAPS,
            behind=BEHIND,
            forms=FORMS,
            groups=GROUPS,
            group_taps=GROUP_TAPS,
            text=talk.before(ask.free_text),
            command=fallback.command,
            media=talk.before(fallback.media),
            edited=talk.before_edit(_edited),
            old_button=fallback.old_button,
        )
    )
