"""What `/readyz` says is wrong, each over HTTP; `/privacy` and its button; a node that is told to stop."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.app import Application
from bot.errors import ConfigError
from bot.intake.membership import Membership
from bot.rules.auditing import Trouble
from bot.services import administration, belonging, people
from bot.storage.engine import Unavailable
from bot.storage.tables import IncomingUpdate, Node
from tests.conversations.conftest import MORNING
from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.databases import Postgres
from tests.support.hall import Hall
from tests.support.town import Phone, Town


def asked(town: Town, path: str = "/readyz") -> tuple[int, dict[str, Any]]:
    """Status and answer of the health port."""
    assert town.app is not None
    port = town.app.parts.server._runner.addresses[0][1]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


@pytest.fixture(scope="module")
def quiet_town(tmp_path_factory: pytest.TempPathFactory, policy_file: Path) -> Iterator[Town]:
    """A bot that nobody uses: in the shared one reports of other tests may have reached nobody."""
    url = f"sqlite:///{tmp_path_factory.mktemp('quiet') / 'emtihan.db'}"
    with Town(url, clock=HandClock(MORNING), policy_file=policy_file) as opened:
        yield opened


def test_readyz__all_is_well(quiet_town: Town) -> None:
    status, said = asked(quiet_town)
    assert (status, said["ready"], said["problems"]) == (200, True, [])
    assert asked(quiet_town, "/healthz") == (200, {"alive": True})


def telegram(app: Application, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(type(app.parts.wire.pulse), "silent_for", 61.0)


def locale(app: Application, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(app, "_locale", "C")


def keeper(app: Application, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(app.parts.watch, "silent_for", lambda: {"reminders": 3600.0, "retention": 9e9})


def _found(inbox: float, outbox: float, *troubles: tuple[Trouble, int]) -> Any:
    return lambda uow, office, now: (inbox, outbox, troubles)


def late_updates(app: Application, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(administration, "health", _found(61.0, 0.0))


def late_messages(app: Application, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(administration, "health", _found(0.0, 61.0))


def stuck(app: Application, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(administration, "health", _found(0.0, 0.0, (Trouble.NO_TIMER, 2)))


def database(app: Application, patch: pytest.MonkeyPatch) -> None:
    def away(uow: Any, office: Any, now: Any) -> Any:
        raise Unavailable("the database does not answer")

    patch.setattr(administration, "health", away)


def machine(app: Application, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(app.parts, "membership", Membership(app.base.desk))  # which has never been heard of


PROBLEMS = [
    (machine, "this machine is not heard of in the database"),
    (telegram, "Telegram has not answered for 61 seconds"),
    (locale, "the database's locale is C"),
    (keeper, "keeper reminders is silent"),
    (late_updates, "updates or messages are waiting too long"),
    (late_messages, "updates or messages are waiting too long"),
    (stuck, "2 reports: "),
    (database, "the database does not answer"),
]


@pytest.mark.parametrize(("break_it", "said"), PROBLEMS, ids=[each.__name__ for each, _ in PROBLEMS])
def test_readyz__says_what_is_wrong_and_only_that(
    quiet_town: Town, monkeypatch: pytest.MonkeyPatch, break_it: Any, said: str
) -> None:
    assert quiet_town.app is not None
    with monkeypatch.context() as patch:
        break_it(quiet_town.app, patch)
        status, found = asked(quiet_town)
    assert (status, found["ready"]) == (503, False)
    assert [problem for problem in found["problems"] if problem.startswith(said)] == found["problems"] != []
    assert asked(quiet_town)[0] == 200


def copy_of(town: Town, phone: Phone) -> dict[str, Any]:
    """The file that the button of /privacy sends."""
    document = phone.tap("📄 Получить мои данные").last()["document"]
    with urllib.request.urlopen(town.sandbox.url + document["url"]) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_privacy__the_button_sends_ones_own_data_and_nobody_elses(campus: Campus) -> None:
    other = campus.student("ru", full_name="Бөлек Адам")
    other.send("/steps")
    phone = campus.student("ru", full_name="Ахметова Айгерім").send("/privacy")
    assert "Ахметова Айгерім" in phone.text
    said = json.dumps(copy_of(campus.town, phone), ensure_ascii=False)
    assert "Ахметова Айгерім" in said
    assert phone.ext_id in said
    assert "Бөлек" not in said


def test_privacy__a_guest_gets_what_is_kept_of_a_guest(town: Town) -> None:
    phone = town.phone("ru").start().tap("Русский").send("/privacy")
    assert str(phone.user_id) in json.dumps(copy_of(town, phone))


def test_node__told_to_stop_finishes_what_it_holds_and_leaves(
    postgres: Postgres, clock: HandClock, policy_file: Path, tmp_path: Path
) -> None:
    """One of several machines: the answer that is on its way arrives, what waits is left to the others."""
    with (
        postgres.database() as url,
        Town(url, clock=clock, policy_file=policy_file, cluster=True, files_dir=tmp_path) as town,
    ):
        phone = town.phone("ru").start().tap("Русский")
        assert town.sql(_count, Node) == 1
        town.fault("slow_body", phone, seconds=1.5, method="sendMessage")
        before = len(phone.from_bot())
        last = town.calls()[-1]["seq"]
        phone.act("send", text="/help")
        town.until(lambda: town.calls(phone, "sendMessage", last))
        began = time.monotonic()
        town.stop_bot()
        assert time.monotonic() - began < 10
        assert len(phone.from_bot()) == before + 1
        assert town.sql(_count, Node) == 0
        assert town.sql(_waiting) == 0


def _start(town: Town) -> None:
    """Start, and raise what ended the bot, be it a moment later."""
    town.start_bot()
    raise town.until(lambda: town._failures)[0]


def _count(uow: Any, table: Any) -> int:
    from sqlalchemy import func, select

    return int(uow.session.scalar(select(func.count()).select_from(table)))


def _waiting(uow: Any) -> int:
    from sqlalchemy import func, select

    return int(uow.session.scalar(select(func.count()).where(IncomingUpdate.state == "waiting")))


def test_start__with_another_bots_database_is_refused_and_takes_nothing(sqlite_url: str) -> None:
    """Two universities, one deployment: a mistyped setting must not open the other's data."""
    with Hall(sqlite_url) as hall:
        hall.do(people.keep_secret, "11" * 32)
        hall.do(belonging.require_own, 111)
    town = Town(sqlite_url)
    town.sandbox.start()
    try:
        with pytest.raises(ConfigError, match="the database belongs to bot 111"):
            _start(town)
        assert town.calls(method="getUpdates") == []
    finally:
        town.stop_bot()
        town.sandbox.stop()


def test_start__while_the_database_is_away_waits_for_it_and_says_so(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there when the program is built and gone a moment later."""
    away, require_own = [True], belonging.require_own

    def absent(*args: Any) -> None:
        if away[0]:
            raise Unavailable("the database cannot be used: connection refused")
        require_own(*args)

    monkeypatch.setattr(belonging, "require_own", absent)
    monkeypatch.setattr(app, "DATABASE_PAUSES", (0.02,))
    town = Town(sqlite_url)
    town.sandbox.start()
    starting = threading.Thread(target=town.start_bot)
    try:
        starting.start()
        town.until(lambda: town.app is not None and town.app.parts.server._runner.addresses)
        assert asked(town, "/healthz") == (200, {"alive": True})
        town.until(lambda: asked(town)[1]["problems"])
        status, said = asked(town)
        assert (status, said["problems"]) == (503, ["the database cannot be used: connection refused"])
        assert town.calls(method="getUpdates") == []
        away[0] = False
        starting.join(20)
        assert asked(town)[0] == 200
    finally:
        away[0] = False
        starting.join(20)
        town.stop_bot()
        town.sandbox.stop()
