"""The sender at the real time over a real database: who gets what, when, and what becomes of the rest."""

import asyncio
import datetime as dt
import itertools
import time
from collections.abc import Callable
from typing import Any

import pytest

from bot.clock import system_clock
from bot.rules.notices import Rank
from bot.rules.parcels import Sent
from bot.rules.vocabulary import Role
from bot.services import outbox
from bot.services.cases import file
from bot.wire import ApiDown, ApiRefused, ApiUnreachable
from tests.support.room import Room

RoomOf = Callable[..., Room]

A_BUSY_MACHINE = 5.0
"""Seconds for which other work may hold a test up; the bench measures a quiet machine."""


def flood(seconds: float) -> ApiRefused:
    return ApiRefused(429, f"Too Many Requests: retry after {seconds}", seconds)


def most_in_a_second(times: list[float]) -> int:
    return max(sum(1 for other in times if start <= other < start + 1) for start in times)


@pytest.mark.parametrize("rate", [40])
def test_rate__holds_in_every_second_and_the_wave_is_not_slow(database_url: str, rate: int) -> None:
    room = Room(database_url, rate=rate)
    try:
        users = room.people(80)
        for user in users:
            room.owe(user, rank=Rank.WARNING)
        room.run(room.all_final())
        times = room.wire.times()
        assert most_in_a_second(times) <= rate
        assert times[-1] - times[0] < 79 / rate + A_BUSY_MACHINE
        assert room.wire.counts() == dict.fromkeys(users, 1)
    finally:
        room.close()


def test_chat__gets_one_at_a_time_and_nobody_waits_for_it(room_of: RoomOf) -> None:
    room = room_of(per_chat=0.5)
    patient, *others = room.people(10)
    for _ in range(3):
        room.owe(patient, rank=Rank.WARNING)
    for user in others:
        room.owe(user)
    room.run(room.all_final())
    times = room.wire.times(patient)
    assert len(times) == 3
    assert min(b - a for a, b in itertools.pairwise(times)) >= 0.49
    assert max(max(room.wire.times(user)) for user in others) < times[2]


def test_chat__of_a_call_held_up_on_its_way_is_left_alone_from_its_arrival(
    room_of: RoomOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = room_of(per_chat=0.4)
    [user] = room.people(1)
    call = room.wire.call

    async def slow(*args: Any, **kwargs: Any) -> Any:
        if not room.wire.times():
            await asyncio.sleep(0.3)
        return await call(*args, **kwargs)

    monkeypatch.setattr(room.wire, "call", slow)
    for _ in range(2):
        room.owe(user, rank=Rank.WARNING)
    room.run(room.all_final())
    first, second = room.wire.times(user)
    assert second - first >= 0.39


def test_chat__with_many_messages_does_not_fill_the_queue(room_of: RoomOf) -> None:
    room = room_of(rate=30, per_chat=1)
    chatty, other = room.people(2)
    for _ in range(40):
        room.owe(chatty, rank=Rank.WARNING)
    room.owe(other, rank=Rank.NEWS)
    room.run(room.until(lambda: room.wire.times(other)))
    assert len(room.wire.times(chatty)) <= 4


def test_flood__delays_one_chat_alone(room: Room) -> None:
    users = room.people(20)
    patient = users[0]
    room.wire.plans[patient] = [flood(2)]
    numbers = {user: room.owe(user, rank=Rank.WARNING) for user in users}
    began = time.monotonic()
    assert room.run(room.all_final()) == {"sent": 20}
    assert room.wire.counts() == dict.fromkeys(users, 1)
    assert room.wire.times(patient)[0] - began >= 2
    assert max(room.wire.times(user)[0] for user in users[1:]) - began < 2
    assert len([call for call in room.wire.tried if call.user_id == patient]) == 2
    assert room.notice(numbers[patient]).attempts == 1


def test_flood__of_the_whole_bot_pauses_everybody_and_makes_no_storm(room_of: RoomOf) -> None:
    room = room_of(rate=60)
    users = room.people(60)
    for user in users[10:12]:
        room.wire.plans[user] = [flood(1.0)]
    for user in users:
        room.owe(user, rank=Rank.WARNING)
    assert room.run(room.all_final()) == {"sent": 60}
    assert room.wire.counts() == dict.fromkeys(users, 1)
    refused = [call.at for call in room.wire.tried if call.user_id in users[10:12]][:2]
    quiet = [at for at in room.wire.times() if refused[1] + 0.05 < at < refused[1] + 0.95]
    assert quiet == []
    assert len(room.wire.tried) == 62


def test_flood__outlasting_a_warning_leaves_it_unsent(room: Room) -> None:
    users = room.people(3)
    for user in users[:2]:
        room.wire.plans[user] = [flood(2)]
        room.owe(user, rank=Rank.WARNING)
    use_by = system_clock() + dt.timedelta(seconds=0.6)

    async def scenario() -> None:
        await room.until(lambda: room.pace.paused_for)
        number = await asyncio.to_thread(room.owe, users[2], rank=Rank.WARNING, use_by=use_by)
        room.sender.wake()
        await room.all_final()
        notice = await asyncio.to_thread(room.notice, number)
        assert (notice.state, notice.reason) == ("skipped", "superseded")

    room.run(scenario())
    assert set(room.wire.counts()) == set(users[:2])


def test_waiting__past_its_use_by_is_judged_anew(room_of: RoomOf) -> None:
    room = room_of(rate=4)
    users = room.people(4)
    for user in users[:3]:
        room.owe(user, rank=Rank.WARNING)
    late = room.owe(users[3], use_by=system_clock() + dt.timedelta(seconds=0.4))
    room.run(room.all_final())
    assert room.notice(late).reason == "superseded"
    assert users[3] not in room.wire.counts()


def test_blocked__is_unreachable_and_not_tried_again(room: Room) -> None:
    users = room.people(5)
    room.wire.plans[users[0]] = [ApiRefused(403, "Forbidden: bot was blocked by the user")] * 9
    number = room.owe(users[0])
    for user in users[1:]:
        room.owe(user)
    assert room.run(room.all_final()) == {"sent": 4, "unreachable": 1}
    assert [call.user_id for call in room.wire.tried].count(users[0]) == 1
    account = room.sql(lambda uow: uow.people.account(users[0]))
    assert account.blocked_at is not None
    again = room.owe(users[0])
    room.run(room.all_final())
    assert room.notice(number).reason.startswith("Forbidden")
    assert (room.notice(again).state, room.notice(again).reason) == ("unreachable", "blocked")


@pytest.mark.parametrize("gone", ["Bad Request: chat not found", "Forbidden: user is deactivated"])
def test_gone__is_unreachable_too(room: Room, gone: str) -> None:
    (user,) = room.people(1)
    room.wire.plans[user] = [ApiRefused(int(gone.startswith("Forb")) * 3 + 400, gone)]
    room.owe(user)
    assert room.run(room.all_final()) == {"unreachable": 1}


def test_refused__fails_with_the_reason_and_is_not_repeated(room: Room) -> None:
    (user,) = room.people(1)
    room.wire.plans[user] = [ApiRefused(400, "Bad Request: can't parse entities")] * 2
    number = room.owe(user)
    assert room.run(room.all_final()) == {"failed": 1}
    assert "parse entities" in room.notice(number).reason
    assert len(room.wire.tried) == 1


def test_trouble__is_retried_a_few_times_then_given_up(room: Room) -> None:
    user, other = room.people(2)
    most = room.desk.office.policy.delivery.attempts_max
    room.wire.plans[user] = [ApiUnreachable("sendMessage: TimeoutError")] * (most + 3)
    room.owe(other)
    number = room.owe(user)
    assert room.run(room.all_final()) == {"failed": 1, "sent": 1}
    assert room.notice(number).attempts == most
    assert room.notice(number).reason == "sendMessage: TimeoutError"


@pytest.mark.parametrize("failure", [ApiDown("sendMessage: refused"), ApiRefused(502, "Bad Gateway")])
def test_down__is_never_given_up(room: Room, failure: Exception) -> None:
    (user,) = room.people(1)
    room.wire.plans[user] = [failure] * (room.desk.office.policy.delivery.attempts_max + 4)
    room.owe(user)
    assert room.run(room.all_final()) == {"sent": 1}


@pytest.mark.parametrize("failure", [ApiDown("sendMessage: refused"), ApiRefused(502, "Bad Gateway")])
def test_away__is_asked_by_one_at_a_time_and_everything_follows_the_first(
    room_of: RoomOf, failure: Exception
) -> None:
    room = room_of(retry=0.1)
    users = room.people(120)
    for user in users:
        room.owe(user, rank=Rank.WARNING)
    room.wire.down = failure

    async def scenario() -> None:
        await room.until(lambda: len(room.wire.tried) >= 3)
        began, before = time.monotonic(), len(room.wire.tried)
        await room.until(lambda: len(room.wire.tried) >= before + 3)
        await asyncio.sleep(0.4)
        assert len(room.wire.tried) - before <= (time.monotonic() - began) / 0.1 + 1
        room.wire.down = None
        await room.all_final()

    room.run(scenario())
    assert room.states() == {"sent": 120}
    assert room.wire.counts() == dict.fromkeys(users, 1)


def test_urgent__passes_ahead_of_what_waits(room_of: RoomOf) -> None:
    room = room_of(rate=30)
    users = room.people(46)
    for user in users[:40]:
        room.owe(user, rank=Rank.NEWS)

    async def scenario() -> None:
        await room.until(lambda: len(room.wire.calls) >= 3)
        for user in users[40:]:
            await asyncio.to_thread(room.owe, user, rank=Rank.WARNING)
        room.sender.wake()
        await room.all_final()

    room.run(scenario())
    order = [call.user_id for call in room.wire.calls]
    last_warning = max(order.index(user) for user in users[40:])
    assert last_warning < 30, "the warnings waited for the news"


def test_slow__calls_do_not_stall_the_others(room: Room) -> None:
    users = room.people(90)
    release = asyncio.Event()

    async def slow() -> dict[str, int]:
        await release.wait()
        return {"message_id": 1}

    for user in users[:30]:
        room.wire.plans[user] = [slow]
    for user in users:
        room.owe(user, rank=Rank.WARNING)

    async def scenario() -> None:
        await room.until(lambda: len(room.wire.calls) == 60, 5)
        release.set()
        await room.all_final()

    room.run(scenario())
    assert room.states() == {"sent": 90}


def test_database__away_in_mid_wave_loses_and_doubles_nothing(room_of: RoomOf) -> None:
    room = room_of(rate=100)
    users = room.people(40)
    for user in users:
        room.owe(user, rank=Rank.WARNING)

    def away(count: int) -> None:
        room.desk.away = room.desk.away or count == 10

    room.wire.after_call = away

    async def scenario() -> None:
        await room.until(lambda: room.desk.away)
        # Its leases run out meanwhile, and the keeper gives everything back before the sender is heard.
        await asyncio.to_thread(room.sql, lambda uow: uow.notices.release_all())
        room.wire.after_call = None
        room.desk.away = False
        await room.all_final()

    room.run(scenario())
    assert room.wire.counts() == dict.fromkeys(users, 1)
    assert room.states() == {"sent": 40}


def test_lease__running_out_in_flight_does_not_send_twice(room: Room) -> None:
    (user,) = room.people(1)
    release = asyncio.Event()

    async def slow() -> dict[str, int]:
        await release.wait()
        return {"message_id": 7}

    room.wire.plans[user] = [slow]
    number = room.owe(user)

    async def scenario() -> None:
        await room.until(lambda: room.wire.tried)
        await asyncio.to_thread(room.sql, lambda uow: uow.notices.release_all())
        room.sender.wake()
        await room.until(lambda: room.notice(number).state == "sending")
        release.set()
        await room.all_final()

    room.run(scenario())
    assert len(room.wire.tried) == 1
    assert room.notice(number).message_id == 7


def test_unrenderable__fails_with_a_reason_and_the_rest_goes_out(room: Room) -> None:
    users = room.people(4)
    broken = room.owe(users[1], facts={"was": "no moments"}, rank=Rank.ANSWER)
    for user in (users[0], *users[2:]):
        room.owe(user)
    assert room.run(room.all_final()) == {"failed": 1, "sent": 3}
    assert room.notice(broken).reason == "could not be rendered: ValueError"


def test_newer_kind__is_left_to_the_program_that_knows_it(room: Room) -> None:
    """While a new version runs beside this one, it owes what only it can say."""
    users = room.people(2)
    newer = room.owe(users[0], kind="of_the_next_version", rank=Rank.ANSWER)
    known = room.owe(users[1])

    async def scenario() -> None:
        await room.until(lambda: room.notice(known).state == "sent")
        await room.until(lambda: room.notice(newer).state == "pending")

    room.run(scenario())
    left = room.notice(newer)
    assert (left.attempts, left.reason) == (0, "")
    assert len(room.wire.tried) == 1


def test_unreadable__row_fails_with_a_reason_and_the_rest_goes_out(room: Room) -> None:
    users = room.people(2)
    reminder = room.sql(lambda uow: next(iter(uow.reminders.of_exam(1).values())).id)
    number = room.owe(users[0], kind="warning", reminder_id=reminder, rank=Rank.ANSWER, key="odd")
    room.owe(users[1])
    assert room.run(room.all_final()) == {"failed": 1, "sent": 1}
    assert room.notice(number).reason == "unreadable: IndexError"


@pytest.mark.parametrize("odd", [True, None, [], {"message_id": "x"}])
def test_odd_answer__counts_as_sent(room: Room, odd: object) -> None:
    (user,) = room.people(1)

    async def answer() -> object:
        return odd

    room.wire.plans[user] = [answer]
    number = room.owe(user)
    assert room.run(room.all_final()) == {"sent": 1}
    assert room.notice(number).message_id is None


def test_crash__of_one_flight_does_not_end_the_sender(room: Room) -> None:
    users = room.people(2)
    room.wire.plans[users[0]] = [RuntimeError("a bug")]
    for user in users:
        room.owe(user)
    assert room.run(room.all_final()) == {"sent": 2}


def test_crash__of_a_claim_or_a_settling_does_not_end_the_sender(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = room.people(3)
    claim, settle, failures = outbox.claim, outbox.settle, ["claim"]

    def claims(*args: object) -> object:
        if failures:
            raise ZeroDivisionError(failures.pop())
        return claim(*args)  # type: ignore[arg-type]

    def settles(uow: object, office: object, now: object, results: list[Sent]) -> None:
        if any(result.notice_id == poison for result in results):
            raise ZeroDivisionError
        settle(uow, office, now, results)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "claim", claims)
    monkeypatch.setattr(outbox, "settle", settles)
    poison = room.owe(users[0])
    for user in users[1:]:
        room.owe(user)
    room.run(room.until(lambda: room.states() == {"sent": 2, "sending": 1}))
    assert room.wire.counts() == dict.fromkeys(users, 1)


def test_settling__that_crashes_for_one_result_writes_down_the_others(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = room.people(3)
    numbers = [room.owe(user) for user in users]
    room.sql(outbox.claim, room.desk.office, system_clock(), 10)
    settle = outbox.settle

    def settles(uow: object, office: object, now: object, results: list[Sent]) -> None:
        if any(result.notice_id == numbers[1] for result in results):
            raise ZeroDivisionError
        settle(uow, office, now, results)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "settle", settles)
    results = [Sent(number, "sent", message_id=number) for number in numbers]
    room._runner.run(room.sender._settle(results))
    assert [room.notice(number).state for number in numbers] == ["sent", "sending", "sent"]


def test_database__that_stays_away_is_said_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("bot.delivery.sender.AGAIN_SECONDS", 0)
    monkeypatch.setattr("bot.delivery.sender.log.error", lambda what, **_: said.append(what), raising=False)
    room.desk.away = True

    async def looks() -> None:
        for _ in range(3):
            assert await room.sender._claim(5) == []
        room.desk.away = False
        await room.sender._claim(5)
        room.desk.away = True
        await room.sender._claim(5)

    room._runner.run(looks())
    assert said == ["outbox.unavailable"] * 2, "once each time that it goes"


def test_idle__sender_is_on_the_moment(room: Room, record_property: Callable[[str, object], None]) -> None:
    users = room.people(3)
    after = 0.35
    began = time.monotonic()
    for user in users:
        room.owe(user, after=after)
    owed = time.monotonic()
    room.run(room.all_final())
    worst = max(room.wire.times()) - began - after
    record_property("lateness_seconds", round(worst, 3))
    assert min(room.wire.times()) - owed >= after - (owed - began)
    assert worst < A_BUSY_MACHINE


def test_idle__what_falls_due_between_a_look_and_the_rest_is_not_slept_over(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    (user,) = room.people(1)
    look = room.desk.do

    async def slow(work: object, *args: object) -> object:
        found = await look(work, *args)
        if work is outbox.claim and not found:
            await asyncio.sleep(0.3)
        return found

    monkeypatch.setattr("bot.delivery.sender.IDLE_SECONDS", 3600.0)
    monkeypatch.setattr(room.desk, "do", slow)
    room.owe(user, after=0.2)
    room.run(room.all_final())
    assert room.wire.counts() == {user: 1}


def test_finish__lets_what_is_on_its_way_arrive_and_gives_the_rest_back(room_of: RoomOf) -> None:
    room = room_of(rate=20)
    users = room.people(30)
    release = asyncio.Event()

    async def slow() -> dict[str, int]:
        await release.wait()
        return {"message_id": 1}

    room.wire.plans[users[0]] = [slow]
    for user in users:
        room.owe(user, rank=Rank.WARNING)

    async def scenario() -> int:
        await room.until(lambda: len(room.wire.calls) >= 2)
        finishing = asyncio.ensure_future(room.sender.finish())
        await asyncio.sleep(0)
        assert not finishing.done()
        release.set()
        await finishing
        return len(room.wire.tried)

    tried = room.run(scenario())
    assert room.states() == {"sent": tried, "pending": 30 - tried}
    assert len(room.wire.tried) == tried < 15


def test_card__to_somebody_who_blocked_the_bot_meanwhile_moves_the_report_on(room: Room) -> None:
    (user,) = room.people(1)
    examiner = room.colleague("T1")
    methodist = room.colleague("T2", Role.METHODIST, department="")
    case = room.desk.do_now(file, room.me(user), "internet", room.exam_id(), 1)
    room.sql(lambda uow: setattr(uow.people.account(examiner), "blocked_at", system_clock()))
    room.run(room.all_final())
    events = [event.action for event in room.sql(lambda uow: uow.cases.events(case.id))]
    assert "not_delivered" in events
    assert methodist in room.wire.counts()
    assert examiner not in room.wire.counts()


def test_wake__is_heard_by_an_idle_sender(room: Room) -> None:
    (user,) = room.people(1)

    async def scenario() -> float:
        await asyncio.sleep(0)
        await asyncio.to_thread(room.owe, user)
        began = time.monotonic()
        room.sender.wake()
        await room.until(lambda: room.wire.calls)
        return time.monotonic() - began

    assert room.run(scenario()) < 0.2


def test_metrics__count_every_outcome(room: Room) -> None:
    users = room.people(2)
    room.wire.plans[users[0]] = [ApiRefused(403, "Forbidden: bot was blocked by the user")]
    for user in users:
        room.owe(user)

    def counted() -> dict[str, float]:
        return {
            sample.labels["outcome"]: sample.value
            for metric in room.metrics.registry.collect()
            for sample in metric.samples
            if sample.name == "emtihan_messages_total"
        }

    room.run(room.until(lambda: counted() == {"sent": 1, "blocked": 1}))
