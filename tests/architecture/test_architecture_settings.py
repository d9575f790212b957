"""Each variable's wrong value stops the program with one line that names the variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import config
from bot.config import PREFIX, Settings
from bot.errors import ConfigError
from bot.storage.engine import Database

SECRET = "Ұ-zyXwvu-secret"
WRONG = {
    "TOKEN": [
        "123456", "123456:", ":letters", "abc:letters", "١٢٣:letters", f"123456:{SECRET} x", "123456:a\tb",
    ],
    "API_URL": [
        "api.telegram.org", "ftp://api.telegram.org", "https://", "http:///x", "https://api telegram.org",
        "http://host:port", "http://host:99999", "http://[::1", "http://host:0",
    ],
    "DATABASE_URL": [
        "mysql://u:p@h/d", "emtihan.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "postgresql:/h/d",
        f"oracle://u:{SECRET}@h/d",
    ],
    "PROFILE": ["AYU", "kaznu", "../ayu"],
    "TIMEZONE": [
        "Asia", "Almaty", "UTC+5", "../../etc/passwd", "Asia/Almaty ", "x" * 300, "a\x1fb", "zone.tab",
    ],
    "SEND_RATE": ["0", "-1", "1001", "fast", "nan", "inf"],
    "PAID_BROADCAST": ["maybe", "2"],
    "CLUSTER": ["maybe", "2"],
    "WEBHOOK_URL": ["bot.example", "https://", "http://host:port"],
    "WEBHOOK_SECRET": [f"{SECRET}", "with space", "x" * 257],
    "PUBLIC_URL": ["bot.example", "https://", "ftp://bot.example"],
    "LISTEN": [
        "8081", ":8081", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:http", "h:²", "h:-1",
    ],
    "LOG": ["xml", "JSON"],
    "POLICY_FILE": ["/nowhere/policy.yaml", "/"],
    "FILES_DIR": ["/etc/passwd"],
    "KEY": ["short", f"{SECRET}", "A" * 43, f"{'A' * 43}=;{'B' * 43}="],
    "KEY_FILE": ["/nowhere/key", "/"],
    "CLAMD": ["clamd", "unix:clamd.ctl", "host:port", "127.0.0.1:"],
}  # fmt: skip
RIGHT = {
    "TOKEN": ["123456:letters_And-digits0"],
    "API_URL": ["http://127.0.0.1:8080", "https://api.telegram.org/", "http://[::1]:8080/base"],
    "DATABASE_URL": [
        "sqlite:////abs/x.db",
        "sqlite:///x.db",
        "postgresql://u:p%40@h:5432/d",
        "postgres:///d",
    ],
    "PROFILE": ["ayu", "ukgu", "kazmkpu", "kaznmu", "ministry"],
    "TIMEZONE": ["Asia/Almaty", "UTC", "Europe/Istanbul"],
    "SEND_RATE": ["0.5", "28", "1000"],
    "PAID_BROADCAST": ["true", "false", "1", "0"],
    "WEBHOOK_SECRET": ["a-Z_9"],
    "LISTEN": ["0.0.0.0:80", "[::1]:8081", "localhost:0"],
    "LOG": ["console", "json"],
    "FILES_DIR": ["/nowhere/files", "/tmp"],
    "KEY": [f"{'A' * 43}=", f"{'A' * 43}=, {'B' * 43}="],
    "CLAMD": ["unix:/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310"],
}


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)


def cases(table):
    return [(name, value) for name, values in table.items() for value in values]


def test_table__speaks_of_every_setting():
    assert {name.lower() for name in WRONG} == set(Settings.model_fields)


@pytest.mark.parametrize(("name", "value"), cases(WRONG))
def test_wrong_value__one_line_names_the_variable(monkeypatch, name, value):
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(ConfigError) as refused:
        config.load(_env_file=None)
    line = str(refused.value)
    assert line.startswith(f"{PREFIX}{name}: ")
    assert "\n" not in line
    assert SECRET not in line
    assert len(line) > len(f"{PREFIX}{name}: ") + 5


@pytest.mark.parametrize(("name", "value"), cases(RIGHT))
def test_right_value__is_taken(monkeypatch, name, value):
    monkeypatch.setenv(PREFIX + name, value)
    config.load(_env_file=None)


def test_defaults__are_the_contracts(monkeypatch):
    settings = config.load(_env_file=None)
    assert settings.token is None
    assert settings.api_url == "https://api.telegram.org"
    assert settings.database_url.get_secret_value() == "sqlite:///var/emtihan.db"
    assert (settings.profile, settings.timezone, settings.send_rate) == ("ayu", None, 28)
    assert (settings.paid_broadcast, settings.webhook_url, settings.policy_file) == (False, None, None)
    assert (settings.listen, settings.log) == (("127.0.0.1", 8081), "console")


def test_empty_value__is_the_default(monkeypatch):
    for name in WRONG:
        monkeypatch.setenv(PREFIX + name, "")
    assert config.load(_env_file=None) == Settings(_env_file=None)


def test_several_wrong_values__are_all_named_in_one_line(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}LOG", "xml")
    monkeypatch.setenv(f"{PREFIX}SEND_RATE", "0")
    with pytest.raises(ConfigError) as refused:
        config.load(_env_file=None)
    assert f"{PREFIX}LOG" in str(refused.value)
    assert f"{PREFIX}SEND_RATE" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_webhook__needs_its_secret_and_the_secret_alone_is_nothing(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}WEBHOOK_URL", "https://bot.example/hook/")
    with pytest.raises(ConfigError, match="EMTIHAN_WEBHOOK_SECRET is needed"):
        config.load(_env_file=None)
    monkeypatch.setenv(f"{PREFIX}WEBHOOK_SECRET", "secret")
    assert config.load(_env_file=None).webhook_url == "https://bot.example/hook"


@pytest.mark.parametrize("url", [f"postgresql://u:{SECRET}@h:port/d", "postgresql://[::1/d"])
def test_database__an_address_that_cannot_be_read_is_named_too(url):
    with pytest.raises(ConfigError, match=r"^EMTIHAN_DATABASE_URL: ") as refused:
        Database(url)
    assert SECRET not in str(refused.value)


def test_secrets__are_in_no_text_of_the_settings(monkeypatch):
    secrets = {
        "TOKEN": "123456:hidden-token",
        "DATABASE_URL": "postgresql://u:hidden-word@h/d",
        "WEBHOOK_SECRET": "hidden-secret",
        "KEY": "hidden_" * 6 + "A=",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(PREFIX + name, value)
    settings = config.load(_env_file=None)
    assert "hidden" not in f"{settings} {settings!r} {settings.model_dump()}"


def test_env_file__is_read_and_the_environment_goes_before_it(monkeypatch, tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("EMTIHAN_LOG=json\nEMTIHAN_SEND_RATE=5\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv(f"{PREFIX}SEND_RATE", "7")
    settings = config.load(_env_file=file)
    assert (settings.log, settings.send_rate) == ("json", 7)


def test_program__stops_with_that_line_and_nothing_else(tmp_path: Path):
    environment = {**os.environ, f"{PREFIX}TIMEZONE": "Asia", f"{PREFIX}TOKEN": "123456:letters"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("EMTIHAN_TIMEZONE: ")


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({}, ""),
        ({"webhook_url": "https://bot.example/hook", "webhook_secret": "s"}, "https://bot.example"),
        ({"public_url": "https://board.example/"}, "https://board.example"),
    ],
)
def test_board__is_where_it_is_said_to_be(settings, place):
    assert config.load(_env_file=None, **settings).board_url == place
