"""The call centre answers a spike, and a helper the question whether they are there, over real HTTP."""

import re
from collections.abc import Iterator

import pytest

from bot.rules.trees import OWN, Fix, Problem
from bot.rules.vocabulary import Role
from bot.services import dispatch, helping, people, shifts, spikes, tickets
from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Phone

DECLARE, DISMISS = "🔴 Объявить общим сбоем", "Это не общий сбой"


@pytest.fixture(autouse=True)
def quiet(campus: Campus) -> Iterator[None]:
    """Nobody waits, nobody is on duty, nothing is many people's trouble, before and after."""
    campus.town.sql(_clear, campus.town.desk.clock())
    yield
    campus.town.sql(_clear, campus.town.desk.clock())


def _clear(uow: object, now: object) -> None:
    from sqlalchemy import update

    from bot.storage.tables import DeskSpike, Shift, Ticket

    session = uow.session  # type: ignore[attr-defined]
    session.execute(update(Ticket).values(state="resolved", lease_until=None, widen_at=None, problem=""))
    session.execute(update(Shift).values(ended_at=now))
    session.execute(update(DeskSpike).values(closed_at=now, open_key=None))


def asked(campus: Campus, platform: str, count: int = 5) -> list[Phone]:
    """So many students have asked for a person, all with the same trouble."""
    desk, found = campus.town.desk, []
    for _ in range(count):
        phone = campus.student("kk")
        me = desk.do_now(people.meet, phone.user_id, "")
        desk.do_now(helping.begin, me, OWN, Problem(f"{platform}.no_entry", platform, (Fix("any"),)))
        desk.do_now(tickets.open_own, me, "conference", 10**9 + phone.user_id)
        found.append(phone)
    campus.town.settle()
    return found


def spike(campus: Campus, platform: str, lead: Phone) -> int:
    """The proposal has come to the call centre: its message."""
    asked(campus, platform)
    campus.town.desk.do_now(spikes.watch)
    campus.town.settle()
    (card,) = [m for m in lead.from_bot() if "🔺" in m["text"]]
    return int(card["message_id"])


def news(phone: Phone, part: str) -> list[str]:
    return [text for text in phone.texts() if part in text]


def test_spike__declared_and_ended_by_the_call_centre(campus: Campus) -> None:
    lead = campus.member(Role.CALL_CENTER, language="ru")
    dean = campus.member(Role.DEAN, language="ru")
    campus.exam(starts_in=-30)
    card = spike(campus, "teams", lead)
    lead.tap(DECLARE, message_id=card)
    assert "Объявлен общий сбой: MI-26-" in lead.message(card)["text"]
    assert DECLARE not in lead.labels(lead.message(card))
    incident = next(m for m in lead.from_bot() if "🔴 Общий сбой MI-26-" in m["text"])
    assert len(news(dean, "🔴 Общий сбой MI-26-")) == 1
    (which,) = re.findall(r"MI-26-\d+", lead.message(card)["text"])
    assert f"🔴 Общий сбой {which}" in lead.send("/queue").text
    number = incident["message_id"]
    dean_card = next(m for m in dean.from_bot() if "Общий сбой MI-26-" in m["text"])
    assert "Сбой устранён" not in dean.labels(dean_card)
    lead.tap("Сбой устранён", message_id=number)
    assert "Завершить общий сбой MI-26-" in lead.message(number)["text"]
    lead.tap("Да, устранён", message_id=number)
    assert "✅ Завершён" in lead.message(number)["text"]
    assert "Сбой устранён" not in lead.labels(lead.message(number))
    campus.town.settle()
    assert len(news(dean, "✅ Общий сбой MI-26-")) == 1
    assert news(lead, "✅ Общий сбой MI-26-") == []
    assert which not in lead.send("/queue").text


def test_spike__is_none_says_the_call_centre(campus: Campus) -> None:
    lead = campus.member(Role.CALL_CENTER, language="ru")
    card = spike(campus, "webex", lead)
    lead.tap(DISMISS, message_id=card)
    shown = lead.message(card)
    assert "Отмечено: это не общий сбой." in shown["text"]
    assert {DECLARE, DISMISS}.isdisjoint(lead.labels(shown))
    dean = campus.member(Role.DEAN, language="ru")
    assert dean.forge(f"sd:{campus.town.sql(_last_spike)}")["answered"]
    assert "Это только для call-центра." in dean.text


def _last_spike(uow: object) -> int:
    from sqlalchemy import func, select

    from bot.storage.tables import DeskSpike

    return int(uow.session.scalar(select(func.max(DeskSpike.id))))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("label", "said"), [("✅ Я здесь", "🟢 Вы на дежурстве"), ("Закончить дежурство", "Вы не на дежурстве")]
)
def test_still_there__is_answered_by_one_tap(campus: Campus, clock: HandClock, label: str, said: str) -> None:
    helper = campus.member(Role.VOLUNTEER, language="ru").send("/duty on")
    clock.move(seconds=1)
    asked(campus, "meet", 3)
    clock.move(minutes=3)
    campus.town.desk.do_now(dispatch.offer)
    campus.town.desk.do_now(shifts.watch)
    campus.town.settle()
    question = next(m for m in helper.from_bot() if "Вы здесь?" in m["text"])
    helper.tap(label, message_id=question["message_id"])
    assert said in helper.message(question["message_id"])["text"]
    assert helper.send("/duty").text.startswith(said)
    clock.move(minutes=6)
    campus.town.desk.do_now(shifts.watch)
    assert said in helper.send("/duty").text
