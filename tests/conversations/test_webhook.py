"""Webhook mode: the secret is asked for, an update is stored before its 200, odd bodies harm nobody."""

import contextlib
import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Phone, Town

SECRET = "correct-horse_battery-staple"
PATH = "/hook/updates"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture(scope="module")
def port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def shared_town(
    tmp_path_factory: pytest.TempPathFactory, clock: HandClock, policy_file: Path, port: int
) -> Iterator[Town]:
    url = f"sqlite:///{tmp_path_factory.mktemp('town') / 'emtihan.db'}"
    with Town(
        url,
        clock=clock,
        policy_file=policy_file,
        webhook_url=f"http://127.0.0.1:{port}{PATH}",
        webhook_secret=SECRET,
        listen=("127.0.0.1", port),
    ) as opened:
        opened.until(lambda: opened.calls(method="setWebhook"))
        yield opened


class Sender:
    """Posts to the webhook as anybody could."""

    def __init__(self, port: int) -> None:
        self._port = port

    def post(self, body: bytes, secret: bytes | None = SECRET.encode(), path: str = PATH) -> int:
        """The status of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.putrequest("POST", path)
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(body)))
            if secret is not None:
                connection.putheader(HEADER, secret)
            connection.endheaders()
            with contextlib.suppress(ConnectionError):  # the server may refuse without reading on
                connection.send(body)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def sender(town: Town, port: int) -> Sender:
    return Sender(port)


def message(number: int, phone: Phone, text: str) -> bytes:
    """An update as Telegram posts it."""
    person = {"id": phone.user_id, "is_bot": False, "first_name": "x"}
    chat = {"id": phone.user_id, "type": "private"}
    body = {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text}
    return json.dumps({"update_id": number, "message": body}).encode()


def stored(town: Town) -> int:
    """How many updates are in the inbox."""

    def count(uow: Any) -> int:
        from sqlalchemy import func, select

        from bot.storage.tables import IncomingUpdate

        return int(uow.session.scalar(select(func.count()).select_from(IncomingUpdate)))

    found: int = town.sql(count)
    return found


@pytest.fixture
def phone(town: Town) -> Phone:
    reader = town.phone("ru").start().tap("Русский")
    reader.fresh()
    return reader


def test_webhook__carries_the_whole_story(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phone = campus.student().send("/sos").tap("Интернет жоқ", times=3)
    examiner.tap("✅ Қабылдаймын")
    assert "Хабарламаңызды қабылдаған" in phone.text
    assert len(campus.cases(phone)) == 1
    assert campus.town.calls(method="getUpdates") == []


def test_webhook__is_set_with_the_secret_and_the_kinds(town: Town) -> None:
    (call,) = town.calls(method="setWebhook")
    assert call["status"] == 200
    assert "callback_query" in call["params"]["allowed_updates"]


@pytest.mark.parametrize(
    "secret",
    [None, b"", b"wrong", SECRET.upper().encode(), SECRET.encode() + b"x", "құпия".encode(), b"\xff\xfe"],
    ids=["none", "empty", "wrong", "case", "longer", "cyrillic", "bytes"],
)
def test_webhook__without_the_secret_nothing_is_taken(
    town: Town, sender: Sender, phone: Phone, secret: bytes | None
) -> None:
    before = stored(town)
    assert sender.post(message(1, phone, "/start"), secret) == 401
    assert stored(town) == before


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nothing", b"\xff\xfe\x00", b"[]", b"5", b"null", b'"x"', b"{}", b'{"update_id": "5"}',
        b'{"update_id": true}', b'{"update_id": null}', b'{"update_id": 1.5}',
        b'{"update_id": 100000000000000000000000}', b"[" * 100_000, b'{"update_id":1,"message":' * 20_000,
    ],
    ids=range(16),
)  # fmt: skip
def test_webhook__what_is_no_update_is_refused(town: Town, sender: Sender, phone: Phone, body: bytes) -> None:
    before = stored(town)
    with capture_logs() as lines:
        assert sender.post(body) == 400
    assert stored(town) == before
    assert not [line for line in lines if line["log_level"] == "error"]
    assert "Что не работает?" in phone.send("/help").text


def test_webhook__five_megabytes_are_too_many(sender: Sender, phone: Phone) -> None:
    assert sender.post(message(2, phone, "x" * (5 << 20))) == 413
    assert "Что не работает?" in phone.send("/help").text


def test_webhook__a_replayed_update_is_taken_once(town: Town, sender: Sender, phone: Phone) -> None:
    update = message(3, phone, "/privacy")
    assert [sender.post(update) for _ in range(3)] == [200] * 3
    phone.settle()
    assert len(phone.fresh()) == 1


def test_webhook__an_update_of_an_unknown_kind_is_acknowledged(
    town: Town, sender: Sender, phone: Phone
) -> None:
    before = stored(town)
    assert sender.post(b'{"update_id": 4, "hologram": {"depth": 3, "from": {"id": 5}}}') == 200
    assert stored(town) == before + 1
    assert "Что не работает?" in phone.send("/help").text


def test_webhook__is_nowhere_else(sender: Sender, phone: Phone) -> None:
    assert sender.post(message(5, phone, "/start"), path="/telegram") == 404


def test_webhook__an_absent_database_asks_to_come_again(
    town: Town, sender: Sender, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.storage.engine import Unavailable
    from bot.storage.inbox import Inbox

    def away(*_: Any) -> int:
        raise Unavailable("the database cannot be used: disk full")

    monkeypatch.setattr(Inbox, "store", away)
    assert sender.post(message(6, phone, "/help")) == 503
    monkeypatch.undo()
    assert sender.post(message(6, phone, "/help")) == 200
    phone.settle()
    assert "Что не работает?" in phone.text
