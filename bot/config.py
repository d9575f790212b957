"""Settings from the environment or a `.env` file; a wrong value names its variable (contract, section 3)."""

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.clock import zone
from bot.errors import ConfigError

PREFIX = "EMTIHAN_"
Profile = Literal["ayu", "ukgu", "kazmkpu", "kaznmu", "ministry"]


KEYS = r"[A-Za-z0-9_-]{43}=([,\s]+[A-Za-z0-9_-]{43}=)*"
PAID_RATE = 1000
"""Messages a second as paid broadcast."""


class Settings(BaseSettings):
    """One validated view of the environment. `load` is the way to get one."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    token: SecretStr | None = None
    api_url: str = "https://api.telegram.org"
    database_url: SecretStr = SecretStr("sqlite:///var/emtihan.db")
    profile: Profile = "ayu"
    timezone: str | None = None
    send_rate: Annotated[float, Field(gt=0, le=1000)] = 28
    paid_broadcast: bool = False
    cluster: bool = False
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    public_url: str | None = None
    listen: Annotated[tuple[str, int], NoDecode] = ("127.0.0.1", 8081)
    log: Literal["console", "json"] = "console"
    policy_file: Path | None = None
    files_dir: Path | None = None
    clamd: str | None = None
    key: SecretStr | None = None
    key_file: Path | None = None

    def keys(self) -> str | None:
        """The text with the keys of data at rest, None without any. Raises `ConfigError`."""
        if self.key_file is None:
            return self.key.get_secret_value() if self.key else None
        try:
            return self.key_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as failure:
            reason = getattr(failure, "strerror", None) or "it is no text"
            raise ConfigError(f"EMTIHAN_KEY_FILE: {self.key_file} cannot be read: {reason}") from None

    @property
    def files_folder(self) -> Path:
        """Where the bytes of files are kept: as set, else next to an SQLite database, else `var/files`."""
        if self.files_dir is not None:
            return self.files_dir
        address = self.database_url.get_secret_value()
        database = Path(address.removeprefix("sqlite:///").partition("?")[0])
        return database.parent / "files" if address.startswith("sqlite:///") else Path("var/files")

    @property
    def board_url(self) -> str:
        """Where browsers find this program: as set, else where Telegram does; '' when neither is."""
        if self.public_url or not self.webhook_url:
            return self.public_url or ""
        parts = urlsplit(self.webhook_url)
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("token")
    @classmethod
    def _token_has_two_parts(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", value.get_secret_value()):
            raise ValueError("a bot token is a number, a colon and letters, as @BotFather gave it")
        return value

    @field_validator("api_url", "webhook_url", "public_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or any(map(str.isspace, value)):
            raise ValueError("must start with http:// or https:// and name a server")
        if parts.port == 0:
            raise ValueError("its port is not a number from 1 to 65535")
        return value.rstrip("/")

    @field_validator("webhook_secret")
    @classmethod
    def _secret_that_telegram_takes(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("must be 1 to 256 of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        if value.get_secret_value() in ("sqlite:///", "sqlite:///:memory:"):
            raise ValueError("must name a file, for example sqlite:///var/emtihan.db")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                zone(value)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError(f"{value!r} is not a time zone such as Asia/Almaty") from None
        return value

    @field_validator("listen", mode="before")
    @classmethod
    def _host_and_port(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        host, _, port = value.rpartition(":")
        if not host or not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
            raise ValueError("must be HOST:PORT, for example 127.0.0.1:8081")
        return host.strip("[]"), int(port)

    @field_validator("policy_file", "key_file")
    @classmethod
    def _file_exists(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"there is no file {value}")
        return value

    @field_validator("files_dir")
    @classmethod
    def _folder_or_not_there_yet(cls, value: Path | None) -> Path | None:
        if value is not None and value.exists() and not value.is_dir():
            raise ValueError(f"{value} is no folder")
        return value

    @field_validator("key")
    @classmethod
    def _key_as_it_is_made(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(KEYS, value.get_secret_value()):
            raise ValueError(
                "must be keys as `emtihan key new` makes them, the newest first, with commas between"
            )
        return value

    @field_validator("clamd")
    @classmethod
    def _socket(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"unix:/\S+|\S+:[0-9]{1,5}", value):
            raise ValueError("must be unix:/PATH or HOST:PORT of a ClamAV daemon")
        return value

    @model_validator(mode="after")
    def _cluster_has_a_server(self) -> "Settings":
        if self.cluster and self.database_url.get_secret_value().startswith("sqlite"):
            raise ValueError("EMTIHAN_CLUSTER: several machines need PostgreSQL in EMTIHAN_DATABASE_URL")
        return self

    @model_validator(mode="after")
    def _keys_in_one_place(self) -> "Settings":
        if self.key is not None and self.key_file is not None:
            raise ValueError("EMTIHAN_KEY: is set beside EMTIHAN_KEY_FILE; keep the keys in one of them")
        return self

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> "Settings":
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("EMTIHAN_WEBHOOK_SECRET is needed with EMTIHAN_WEBHOOK_URL")
        return self


def load(**overrides: object) -> Settings:
    """Settings of this process; `overrides` win over the environment.

    Raises `ConfigError`, one line that names the variable.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic validates them
    except ValidationError as failure:
        raise ConfigError("; ".join(_line(error) for error in failure.errors())) from None


def _line(error: object) -> str:
    assert isinstance(error, dict)
    name = "".join(f"{PREFIX}{part.upper()}: " for part in error["loc"][:1])
    reason = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}{reason}"
