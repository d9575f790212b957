"""One university, one bot, one database, one folder of files: nothing of another's is ever opened."""

import datetime as dt
import hashlib

from bot.errors import ConfigError
from bot.services.office import Office
from bot.services.people import SECRET
from bot.storage.unit import UnitOfWork

BOT = "bot_id"


def require_own(uow: UnitOfWork, office: Office, now: dt.datetime, bot_id: int) -> None:
    """The database and the folder of files are this bot's; ones that are nobody's yet are from now on.

    A new token of the same bot is the same bot. Raises `ConfigError` for what belongs to another.
    """
    owner = uow.records.keep_fact(BOT, str(bot_id))
    if owner != str(bot_id):
        raise ConfigError(
            f"EMTIHAN_TOKEN: is of bot {bot_id}, but the database belongs to bot {owner}. "
            "Each university has a database of its own; to give this one to another bot: "
            "emtihan migrate --new-bot"
        )
    mark = hashlib.sha256((uow.records.fact(SECRET) or "").encode()).hexdigest()[:16]
    if office.files.belongs_to(mark) != mark:
        raise ConfigError(
            "EMTIHAN_FILES_DIR: the folder holds the files of another database; each university has a folder "
            "of its own. If that database is gone for good, remove the file `owner` from the folder"
        )


def release(uow: UnitOfWork) -> None:
    """The next bot that starts with this database has it."""
    uow.records.forget_fact(BOT)
