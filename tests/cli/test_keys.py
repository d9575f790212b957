"""`emtihan key`: a key is made, what is stored is brought under it, and what is wrong is a sentence."""

import pytest
from typer.testing import CliRunner

from bot import config, wiring
from bot.cli.keys import key
from bot.errors import ConfigError
from bot.storage.sealing import Keyring, new_key, read_keys
from tests.support.rows import person


@pytest.fixture
def installed(sqlite_url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMTIHAN_DATABASE_URL", sqlite_url)
    base = wiring.build(config.load(_env_file=None))
    base.database.transact(lambda uow: uow.session.add(person()))
    base.desk.office.files.put(b"evidence")
    base.close()
    return tmp_path / "key"


def call(*arguments):
    done = CliRunner().invoke(key, arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_key__is_made_and_everything_is_turned_once(installed, monkeypatch):
    made = call("new").strip()
    installed.write_text(f"# today\n{made}\n")
    monkeypatch.setenv("EMTIHAN_KEY_FILE", str(installed))
    name = Keyring(read_keys(made)).newest
    assert "needed: none yet" in call("check")
    assert f"sealed 1 rows and 1 files with the key {name}" in call("turn")
    assert "sealed 0 rows and 0 files" in call("turn")
    assert f"needed: {name}" in call("check")
    installed.write_text(f"{new_key()}\n")
    for command in ("check", "turn"):
        with pytest.raises(ConfigError, match=f"the key {name}, which is not set"):
            call(command)


@pytest.mark.parametrize("text", ["", "not a key", "\udcff"])
def test_key_file__that_holds_none_is_refused_in_one_line(installed, monkeypatch, text):
    installed.write_bytes(text.encode("utf-8", "surrogateescape"))
    monkeypatch.setenv("EMTIHAN_KEY_FILE", str(installed))
    with pytest.raises(ConfigError, match=r"^EMTIHAN_KEY_FILE: ") as refused:
        call("turn")
    assert "\n" not in str(refused.value)


def test_turn__without_a_key_says_how_to_make_one(installed):
    with pytest.raises(ConfigError, match="emtihan key new"):
        call("turn")


def test_keys__in_two_places_are_refused(installed, monkeypatch):
    installed.write_text(new_key())
    monkeypatch.setenv("EMTIHAN_KEY_FILE", str(installed))
    monkeypatch.setenv("EMTIHAN_KEY", new_key())
    with pytest.raises(ConfigError, match="keep the keys in one of them"):
        call("turn")
