"""Data at rest under a key (AES-256-GCM): columns that say who people are and what they say, and files.

Off without a key. Each sealed value names its key, so that older keys of the list still open it.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import JSON, Dialect, String, Text
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.errors import ConfigError, EmtihanError
from bot.telemetry import log

R = TypeVar("R")
KEY_BYTES, NONCE_BYTES, ID_LETTERS = 32, 12, 12
WORD = "sealed"
"""The field of a JSON value that holds what is sealed of it."""

MARK = "unreadable"
"""The field of what stands for a JSON value that cannot be opened: where it is stored."""

WRITTEN = frozenset(("text", "words"))
"""Fields of JSON values that hold what a person has written."""

MAGIC = b"emtihan-sealed-1"
FILE = "file"
COUNTED = 10_000
_TOKEN = re.compile(rf"{WORD}:1:([0-9a-f]{{{ID_LETTERS}}}):([A-Za-z0-9_-]+=*)")


class Damaged(EmtihanError, LookupError, DontWrapMixin):
    """What is stored cannot be opened: it was changed, or its key is not among those that are set."""


class Unreadable(dict[str, Any]):
    """Stands for a JSON value that cannot be opened, so that it is in nobody's way.

    What a person has written reads as `word`, what is only looked for is not there, and what must be there
    raises `Damaged`: only who needs it is refused. It is never written in the value's place.
    """

    def __init__(self, place: str, word: str, clear: Mapping[str, Any]) -> None:
        super().__init__(clear, **{MARK: place})
        self._word = word

    def __missing__(self, name: str) -> Any:
        raise Damaged(f"{self[MARK]}: what is stored cannot be opened")

    def get(self, name: str, default: Any = None) -> Any:
        """The same for what is only looked for."""
        return super().get(name, self._word if name in WRITTEN else default)


class Keyring:
    """The keys that are set: the first one seals, every one opens. Values are bound to their place.

    `word`: what stands for a text that cannot be opened; it is what people are shown.
    """

    def __init__(self, keys: Sequence[bytes], word: str = "�") -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._ciphers = {identity(key): AESGCM(key) for key in keys}
        self.newest = identity(keys[0])
        self.word = word
        self.unreadable: set[bytes] = set()
        """Fingerprints of what has been found that cannot be opened."""

    def met(self, stored: str, damaged: Damaged) -> None:
        """Something cannot be opened: said in the log once, and counted."""
        known = len(self.unreadable)
        if known < COUNTED:
            self.unreadable.add(hashlib.sha256(stored.encode("utf-8", "replace")).digest()[:ID_LETTERS])
        if len(self.unreadable) > known:
            log.error("storage.damaged", reason=str(damaged))

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self._ciphers)

    def seal(self, value: bytes, place: str) -> bytes:
        """Under the newest key; never the same twice."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._ciphers[self.newest].encrypt(nonce, value, place.encode())

    def open(self, key: str, sealed: bytes, place: str) -> bytes:
        """Raises `Damaged`."""
        from cryptography.exceptions import InvalidTag

        cipher = self._ciphers.get(key)
        if cipher is None:
            raise Damaged(f"{place}: sealed with the key {key}, which is not among those that are set")
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise Damaged(f"{place}: what is stored was changed and cannot be opened") from None

    def seal_text(self, value: str, place: str) -> str:
        """Nothing stays nothing."""
        if not value:
            return value
        sealed = self.seal(value.encode("utf-8", "surrogatepass"), place)
        return f"{WORD}:1:{self.newest}:{base64.urlsafe_b64encode(sealed).decode()}"

    def open_text(self, value: str, place: str) -> str:
        """What was stored before there was a key is as it is. Raises `Damaged`."""
        found = _TOKEN.fullmatch(value)
        if found is None:
            return value
        try:
            sealed = base64.urlsafe_b64decode(found[2])
        except ValueError:
            raise Damaged(f"{place}: what is stored was changed and cannot be opened") from None
        return self.open(found[1], sealed, place).decode("utf-8", "surrogatepass")

    def seal_json(self, value: Any, place: str, clear: Sequence[str] = ()) -> Any:
        """An object with its content sealed; the fields in `clear` also stand beside it, to be searched."""
        if not value:
            return value
        text = self.seal_text(json.dumps(value, ensure_ascii=False), place)
        return {WORD: text} | {name: value[name] for name in clear if name in value}

    def open_json(self, value: Any, place: str) -> Any:
        """Raises `Damaged`."""
        token = value.get(WORD) if isinstance(value, dict) else None
        if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
            return value
        return json.loads(self.open_text(token, place))

    def shown_text(self, value: str, place: str) -> str:
        """The same as `open_text`; what cannot be opened is the word for it."""
        try:
            return self.open_text(value, place)
        except Damaged as damaged:
            self.met(value, damaged)
            return self.word

    def shown_json(self, value: Any, place: str) -> Any:
        """The same as `open_json`; what cannot be opened is an `Unreadable`."""
        try:
            return self.open_json(value, place)
        except (Damaged, ValueError) as damaged:
            self.met(value[WORD], Damaged(f"{place}: {damaged}"))
            return Unreadable(place, self.word, {name: one for name, one in value.items() if name != WORD})

    def kept_text(self, value: str, place: str) -> str:
        """The same as `seal_text`. Raises `Damaged` for the word that only stands for what is stored."""
        if value == self.word:
            raise Damaged(f"{place}: what is stored cannot be opened and stays as it is")
        return self.seal_text(value, place)

    def kept_json(self, value: Any, place: str, clear: Sequence[str] = ()) -> Any:
        """The same as `seal_json`. Raises `Damaged` as `kept_text`."""
        if isinstance(value, dict) and value.get(MARK):
            raise Damaged(f"{place}: what is stored cannot be opened and stays as it is")
        return self.seal_json(value, place, clear)

    def seal_bytes(self, content: bytes) -> bytes:
        return MAGIC + self.newest.encode() + self.seal(content, FILE)

    def open_bytes(self, content: bytes) -> bytes:
        """Raises `Damaged`."""
        key = sealer(content)
        return content if key is None else self.open(key, content[len(MAGIC) + ID_LETTERS :], FILE)

    def stale(self, stored: Any) -> bool:
        """Whether a value as the database has it is not under the newest key."""
        token = stored.get(WORD, "") if isinstance(stored, dict) else stored
        found = _TOKEN.fullmatch(token) if isinstance(token, str) else None
        return bool(stored) and (found is None or found[1] != self.newest)


def sealer(content: bytes) -> str | None:
    """Which key the bytes of a file are sealed with; None for plain ones."""
    if not content.startswith(MAGIC):
        return None
    return content[len(MAGIC) : len(MAGIC) + ID_LETTERS].decode("ascii", "replace")


def identity(key: bytes) -> str:
    """The name of a key, which tells nothing of it."""
    return hashlib.sha256(b"emtihan key" + key).hexdigest()[:ID_LETTERS]


def new_key() -> str:
    """A key as it is written into a file or the environment."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def read_keys(text: str) -> list[bytes]:
    """The keys of a text, one a line or after a comma, `#` begins a remark.

    Raises `ConfigError` that says which one is none; never the key itself.
    """
    written = [part.strip() for line in text.splitlines() for part in line.partition("#")[0].split(",")]
    keys = []
    for number, word in enumerate(filter(None, written), 1):
        try:
            key = base64.b64decode(word, altchars=b"-_", validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise ConfigError(f"key {number} is none of {KEY_BYTES} bytes: make one with `emtihan key new`")
        keys.append(key)
    if not keys:
        raise ConfigError("there is no key in it: make one with `emtihan key new`")
    return keys


_KEYRINGS: WeakKeyDictionary[Dialect, Keyring] = WeakKeyDictionary()


def use(dialect: Dialect, keyring: Keyring) -> None:
    """What goes through this dialect is sealed and opened. Before its first statement."""
    _KEYRINGS[dialect] = keyring


def keyed(dialect: Dialect) -> bool:
    """Whether what goes through this dialect is sealed, so that the database cannot search it."""
    return dialect in _KEYRINGS


def by_name(session: Session, rows: Sequence[R], order: Callable[[R], Any]) -> Sequence[R]:
    """Rows in the order of names: the database's own, which cannot sort what is sealed."""
    return sorted(rows, key=order) if session.get_bind().dialect in _KEYRINGS else rows


def _through(first: Callable[[Any], Any] | None, then: Callable[[Any], Any] | None) -> Any:
    def process(value: Any) -> Any:
        made = first(value) if first and value is not None else value
        return then(made) if then else made

    return process


class Sealed(TypeDecorator[str]):
    """A text that is sealed where there is a key; without one the same as its plain type, at no cost.

    It cannot be searched or sorted by the database. `place`: TABLE.COLUMN.
    """

    impl = Text
    cache_ok = True

    def __init__(self, place: str, letters: int | None = None) -> None:
        super().__init__()
        self.place = place
        self.letters = letters

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite minds no length; PostgreSQL would cut what is sealed."""
        short = self.letters is not None and dialect.name == "sqlite"
        return String(self.letters) if short else Text()

    def bind_processor(self, dialect: Dialect) -> Any:
        inner, keyring = super().bind_processor(dialect), _KEYRINGS.get(dialect)
        place = self.place
        return inner if keyring is None else _through(lambda value: keyring.kept_text(value, place), inner)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        inner, keyring = super().result_processor(dialect, coltype), _KEYRINGS.get(dialect)
        if keyring is None:
            return inner
        return _through(inner, lambda value: None if value is None else keyring.shown_text(value, self.place))


class SealedJson(TypeDecorator[Any]):
    """A JSON object that is sealed where there is a key, all but a copy of the fields in `clear`."""

    impl = JSON
    cache_ok = True

    def __init__(self, place: str, clear: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.place = place
        self.clear = clear

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """A path into the object is of the JSON's own kind."""
        return self.impl_instance.coerce_compared_value(op, value)

    def bind_processor(self, dialect: Dialect) -> Any:
        inner, keyring = super().bind_processor(dialect), _KEYRINGS.get(dialect)
        if keyring is None:
            return inner
        place, clear = self.place, self.clear
        return _through(lambda value: keyring.kept_json(value, place, clear), inner)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        inner, keyring = super().result_processor(dialect, coltype), _KEYRINGS.get(dialect)
        if keyring is None:
            return inner
        return _through(inner, lambda value: keyring.shown_json(value, self.place))
