"""What a Mini App says of its user, signed by Telegram."""

import datetime as dt
from collections.abc import Callable

from aiogram.utils.web_app import safe_parse_webapp_init_data

Said = tuple[int, dt.datetime, str]
"""Telegram's id of the user, when Telegram said so (UTC), and the signature: a word counts once."""


def checker(token: str) -> Callable[[str], Said | None]:
    """Checks words for a bot; None for one that is not Telegram's, or is about nobody."""

    def check(word: str) -> Said | None:
        try:
            said = safe_parse_webapp_init_data(token, word)
        except (ValueError, KeyError, TypeError):
            return None
        if said.user is None:
            return None
        return said.user.id, said.auth_date.astimezone(dt.UTC), said.hash

    return check
