"""What people type where a form asks for a moment."""

import datetime as dt

from bot.dialogue.context import Context
from bot.errors import Refusal
from bot.exchange import moments
from bot.exchange.findings import CellRefused


def moment(ctx: Context) -> dt.datetime:
    """A local moment as it was written, in UTC. Raises `Refusal` (`moment_unreadable`)."""
    try:
        found = moments.moment(ctx.text.strip())
        return found if found.tzinfo else moments.to_utc(found, ctx.desk.office.zone)[0]
    except CellRefused:
        raise Refusal("moment_unreadable") from None
