"""Which keys this database needs: one that is sealed is not served without them, and never written plain."""

from collections.abc import Iterator

from bot.errors import ConfigError
from bot.storage import resealing
from bot.storage.engine import Database
from bot.storage.files import FileStore
from bot.storage.sealing import Keyring
from bot.storage.unit import UnitOfWork

SEALED_BY = "sealed_by"


def required(uow: UnitOfWork) -> frozenset[str]:
    """The names of the keys that something may be sealed with."""
    return frozenset((uow.records.fact(SEALED_BY) or "").split())


def need(uow: UnitOfWork, keyring: Keyring | None) -> frozenset[str]:
    """The same, all of them set. Raises `ConfigError` that names the one which is missing, and what to do."""
    standing = required(uow)
    missing = sorted(standing - (keyring.ids if keyring else frozenset()))
    if missing:
        raise ConfigError(
            f"EMTIHAN_KEY_FILE: what is stored sealed with the key {', '.join(missing)}, which is not set. "
            "Put it into the key file (after the newest one, if there is another); it is in no backup, "
            "and without it what is sealed cannot be read"
        )
    return standing


def require(uow: UnitOfWork, keyring: Keyring | None) -> None:
    """The keys that are set open all that is stored; from now on the newest one is needed too.

    Raises `ConfigError` as `need`.
    """
    standing = need(uow, keyring)
    if keyring is not None and keyring.newest not in standing:
        uow.records.set_fact(SEALED_BY, " ".join(sorted(standing | {keyring.newest})))


def turn(raw: Database, files: FileStore, keyring: Keyring) -> Iterator[tuple[int, int]]:
    """Bring everything under the newest key; (rows, files) of each step.

    At last only that key is needed, unless something cannot be opened: it stays as it is, and the others with
    it. `raw`: the database without a keyring. Raises `ConfigError`.
    """
    raw.transact(require, keyring)
    anew = 1
    while anew:
        anew = 0
        for rows in resealing.turn(raw.engine, keyring):
            anew += rows
            yield rows, 0
        for stale in files.turn():
            anew += stale
            yield 0, int(stale)
    if not spoilt(raw, files, keyring):
        raw.transact(lambda uow: uow.records.set_fact(SEALED_BY, keyring.newest))


def spoilt(raw: Database, files: FileStore, keyring: Keyring) -> list[str]:
    """Every value and file that these keys cannot open. `raw`: the database without a keyring."""
    return [*resealing.unreadable(raw.engine, keyring), *(f"file {name}" for name in files.unreadable())]
