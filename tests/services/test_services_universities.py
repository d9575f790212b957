"""Several universities in one deployment: one bot, database and folder each; nothing reaches across."""

import errno
import os

import pytest

from bot.errors import ConfigError
from bot.rules import rights
from bot.rules.rights import GUEST
from bot.rules.vocabulary import Role
from bot.services import belonging, board, inbox, people
from bot.storage.files import FileStore
from tests.services.test_forgotten_everywhere import NAME, SAID, WORDS, lived
from tests.services.test_services_rights import changed, snapshot
from tests.support.counter import Counter
from tests.support.hall import Hall
from tests.support.people import member, student
from tests.support.refusals import refused

__all__ = ["lived"]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def other(tmp_path):
    """Another university: another database, another profile."""
    folder = tmp_path / "other"
    folder.mkdir()
    with Hall(f"sqlite:///{folder / 'emtihan.db'}", profile="ukgu") as opened:
        yield opened


@SQLITE
def test_buttons__somebody_who_may_everything_elsewhere_is_a_stranger_here(lived, other, monkeypatch):
    """The other university's administrator, dean and helper in one finds open what is open to a guest."""
    other._users = 900
    boss = other.member("T99", *Role, faculty="").user_id
    here, before, reached = Counter(lived, monkeypatch), snapshot(lived), []
    here.tap(boss, "lang:kk:start")
    open_taps = [route for route, right in rights.TAPS.items() if GUEST in right.who or right.asks]
    open_commands = [name for name, right in rights.COMMANDS.items() if GUEST in right.who or right.asks]
    try:
        for route in open_taps:
            if route not in ("tn", "agree", "lang"):
                reached += shown(here.tap(boss, f"{route}:1:1"), route)
        for command in open_commands:
            reached += shown(here.write(boss, f"/{command}"), command)
    finally:
        here.close()
    assert reached == []
    assert changed(before, snapshot(lived)) == {}


def shown(said, route):
    words = " ".join(one.words for one in said)
    return [(route, word) for word in (NAME, WORDS, SAID) if word in words]


def test_codes__of_one_university_open_nothing_at_another(hall, other):
    """The same ids stand in both registers; the codes are made with each installation's own secret."""
    for one, secret in ((hall, "11" * 32), (other, "22" * 32)):
        one.add_students(student("S1"))
        one.add_staff(member("T1", Role.ADMIN))
        one.codes = {i.ext_id: i.code for i in one.do(people.issue_invites, secret=secret)}
    assert not set(hall.codes.values()) & set(other.codes.values())
    for ext_id in ("S1", "T1"):
        me = hall.do(people.meet, 5, "kk")
        with refused("code_wrong"):
            hall.do(people.link, me, other.codes[ext_id], hall.origin())
    assert hall.do(people.meet, 5, "kk").person_id is None
    assert hall.do(people.link, hall.do(people.meet, 5, "kk"), hall.codes["S1"], hall.origin())


def test_board__a_key_of_one_university_opens_no_other(hall, other):
    boss = other.member("T1", Role.DEAN, faculty="")
    other.do(board.remember_place, "https://board.example")
    key = other.do(board.link, boss).rpartition("/")[2]
    with refused("board_key"):
        hall.do(board.enter, key)
    assert other.do(board.enter, key)


def test_database__is_one_bots_and_a_new_token_of_it_is_the_same(hall):
    hall.do(people.keep_secret, "11" * 32)
    hall.do(belonging.require_own, 111)
    hall.do(belonging.require_own, 111)
    with pytest.raises(ConfigError, match=r"EMTIHAN_TOKEN: is of bot 222, but .* belongs to bot 111"):
        hall.do(belonging.require_own, 222)
    hall.sql(belonging.release)
    hall.do(belonging.require_own, 222)


def test_files__of_two_universities_are_never_in_one_folder(hall, other):
    hall.do(people.keep_secret, "11" * 32)
    other.do(people.keep_secret, "22" * 32)
    hall.do(belonging.require_own, 111)
    other.office.files.root = hall.office.files.root
    with pytest.raises(ConfigError, match="EMTIHAN_FILES_DIR"):
        other.do(belonging.require_own, 222)
    assert other.sql(lambda uow: uow.records.fact(belonging.BOT)) is None, "nothing was taken"


def test_inbox__updates_of_another_bot_are_not_handled(hall):
    update = {"update_id": 1, "message": {"chat": {"id": 5}, "text": "x"}}
    hall.do(inbox.store, 111, [update])
    assert hall.do(inbox.waiting, 222, 0, 10) == []
    assert len(hall.do(inbox.waiting, 111, 0, 10)) == 1


def test_folder__whose_first_owner_was_cut_off_while_writing_is_still_nobodys(tmp_path, monkeypatch):
    store = FileStore(tmp_path / "files")

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space"):
            store.belongs_to("one")
    assert store.belongs_to("two") == "two"
    assert store.belongs_to("one") == "two"
    assert [path.name for path in store.root.iterdir()] == ["owner"]
