"""What every command shares: settings become a database, the rules in force and the voices."""

from dataclasses import dataclass

from bot.clock import Clock, system_clock, zone
from bot.config import PAID_RATE, Settings
from bot.errors import ConfigError
from bot.library import content
from bot.library.acts import Acts
from bot.library.appeals import appeal_rules
from bot.library.content import Content
from bot.library.forms import Forms
from bot.library.papers import Papers
from bot.library.workdays import workdays
from bot.rules.vocabulary import Attestation
from bot.services import keys as data_keys
from bot.services.office import Desk, Office
from bot.storage import schema
from bot.storage.engine import Database
from bot.storage.files import FileStore
from bot.storage.sealing import Keyring, read_keys
from bot.views.speech import Speakers


@dataclass
class Base:
    """A database at the right schema, a desk over it, the voices, and the content that they speak of."""

    database: Database
    desk: Desk
    voices: Speakers
    content: Content

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def keyring(settings: Settings) -> Keyring | None:
    """The keys of data at rest, None where there are none. Raises `ConfigError`."""
    text = settings.keys()
    if text is None:
        return None
    try:
        return Keyring(read_keys(text))
    except ConfigError as refused:
        where = "EMTIHAN_KEY_FILE" if settings.key_file else "EMTIHAN_KEY"
        raise ConfigError(f"{where}: {refused}") from None


def build(settings: Settings, clock: Clock = system_clock, *, climb: bool | None = None) -> Base:
    """Raises `ContentError`, `ConfigError`, `SchemaOutdated` or `Unavailable`.

    SQLite is brought to the schema by itself; PostgreSQL is not, unless `climb` says so.
    """
    loaded = content.load(settings.profile, settings.policy_file)
    local = zone(settings.timezone or loaded.policy.timezone)
    keys = keyring(settings)
    if keys is not None:
        said = dict.fromkeys(loaded.catalogue.text(one, "value.unreadable") for one in loaded.languages)
        keys.word = " · ".join(said)
    database = Database(settings.database_url.get_secret_value(), keys)
    database.ping()
    if climb or (climb is None and database.is_sqlite):
        schema.migrate(database.engine)
    else:
        schema.require_current(database.engine)
    try:
        database.transact(data_keys.require, keys)
    except ConfigError:
        database.close()
        raise
    papers = Papers(loaded.root, loaded.languages, loaded.catalogue, local)
    office = Office(
        policy=loaded.policy.in_zone(local),
        algorithms=loaded.algorithms,
        languages=loaded.languages,
        zone=local,
        files=FileStore(settings.files_folder, keys),
        papers=papers,
        appeals={attestation: appeal_rules(loaded.policy, attestation) for attestation in Attestation},
        workdays=workdays(loaded.policy),
        forms=Forms(loaded.root, loaded.languages, loaded.policy.profile),
        acts=Acts(loaded.root, loaded.languages, loaded.policy.profile),
        per_second=PAID_RATE if settings.paid_broadcast else settings.send_rate,
    )
    voices = Speakers(loaded.catalogue, loaded.words, local, lambda: loaded.trees, loaded.letters)
    if keys is not None:
        keys.word = " · ".join(dict.fromkeys(voice.label("value.unreadable") for voice in voices.all()))
    return Base(database, Desk(database, office, clock), voices, loaded)
