import datetime as dt

import pytest
from sqlalchemy import select

from bot.rules.notices import Rank
from bot.rules.parcels import Sent
from bot.rules.vocabulary import Role
from bot.services import cases, outbox, people, timers
from bot.storage.tables import Account, Notice, Person, Reminder
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.scenes import scene

NINE = local("2026-12-21 09:00")


@scene
def running(hall):
    """A written exam 9–11 with two linked students and an examiner; the clock stands at the first warning."""
    hall.examiner = hall.member("T1")
    hall.one, hall.other = hall.student("S1"), hall.student("S2", language="ru")
    hall.add_students(student("S3"))
    hall.add_exams(exam("E1", NINE))
    hall.clock.now = local("2026-12-21 10:30")
    return hall


def fired(hall):
    """The warnings of this moment, claimed."""
    hall.do(timers.fire)
    return {parcel.user_id: parcel for parcel in hall.do(outbox.claim, 100) if parcel.kind == "warning"}


def settle(hall, parcel, outcome, **more):
    hall.do(outbox.settle, [Sent(parcel.notice_id, outcome, **more)])


def row(hall, parcel):
    return hall.sql(lambda uow: uow.notices.get(parcel.notice_id))


def claimed(hall):
    return [parcel.user_id for parcel in hall.do(outbox.claim, 100)]


def lines(hall, kind="warning"):
    return {line.ext_id: (line.state, line.reason) for line in hall.do(outbox.register) if line.kind == kind}


# What is claimed


def test_claim__a_parcel_holds_the_facts_as_they_stand(running):
    parcel = fired(running)[running.other.user_id]
    assert (parcel.kind, parcel.language, parcel.rule, parcel.walk_id) == (
        "warning", "ru", "left", "ayu.written.take",
    )  # fmt: skip
    assert (parcel.exam.ext_id, parcel.rank, parcel.due_at) == ("E1", Rank.WARNING, running.clock())
    assert parcel.use_by == local("2026-12-21 10:40")
    assert parcel.case is None


def test_claim__the_readers_own_language_goes_before_the_registers(running):
    running.do(people.choose_language, running.other, "kk")

    def unspeak(uow):
        uow.session.scalar(select(Account).where(Account.user_id == running.one.user_id)).language = ""
        uow.session.get(Person, running.one.person_id).language = "xx"

    running.sql(unspeak)
    assert {parcel.language for parcel in fired(running).values()} == {"kk"}


def test_claim__a_claimed_one_is_not_claimed_again_until_its_lease_is_over(running):
    assert len(fired(running)) == 2
    assert claimed(running) == []
    running.clock.move(seconds=59)
    assert running.do(outbox.sweep) == 0
    running.clock.move(seconds=1)
    assert running.do(outbox.sweep) == 2
    assert len(claimed(running)) == 2


def test_claim__at_the_start_of_the_only_process_nothing_is_held_any_more(running):
    fired(running)
    assert running.do(outbox.take_over) == 2
    assert len(claimed(running)) == 2


@pytest.mark.parametrize(
    ("moment", "reason"),
    [("10:40", "superseded"), ("10:59", "superseded"), ("11:00", "ended"), ("12:00", "ended")],
)
def test_claim__a_warning_that_is_no_longer_true_is_skipped_with_why(running, moment, reason):
    running.do(timers.fire)
    running.clock.now = local(f"2026-12-21 {moment}")
    assert claimed(running) == []
    assert lines(running)["S1"] == ("skipped", reason)


def test_claim__a_cancelled_exam_is_warned_of_no_more(running):
    running.do(timers.fire)

    def cancel(uow):
        uow.exams.by_ext()["E1"].cancelled_at = running.clock()

    running.sql(cancel)
    assert claimed(running) == []
    assert lines(running)["S1"] == ("skipped", "cancelled")


def test_fire__a_cancelled_exams_timers_are_skipped(running):
    def cancel(uow):
        uow.exams.by_ext()["E1"].cancelled_at = running.clock()

    running.sql(cancel)
    running.do(timers.fire)
    found = running.sql(lambda uow: uow.session.scalar(select(Reminder).where(Reminder.minutes == 30)))
    assert (found.state, found.reason) == ("skipped", "cancelled")
    assert lines(running) == {}


def test_fire__after_a_pause_only_the_warning_that_is_true_goes_out(running):
    running.clock.now = local("2026-12-21 10:45")
    running.tick()
    warnings = [m for m in running.sent() if m.user_id == running.one.user_id and "15 минут" in m.text]
    assert len(warnings) == 1
    assert lines(running)["S1"] == ("sent", "")
    found = running.sql(
        lambda uow: {r.minutes: r.state for r in uow.session.scalars(select(Reminder)) if r.rule == "left"}
    )
    assert found == {30: "skipped", 20: "expanded", 10: "pending"}


def test_fire__again_at_once_brings_nothing_new(running):
    running.do(timers.fire)
    assert running.do(timers.fire) == 0
    assert len(lines(running)) == 3


def test_claim__a_row_that_cannot_be_read_is_failed_and_the_rest_goes_out(running):
    running.do(timers.fire)

    def spoil(uow):
        notice = uow.session.scalar(select(Notice).where(Notice.person_id == running.one.person_id))
        notice.key = "spoilt"

    running.sql(spoil)
    assert claimed(running) == [running.other.user_id]
    assert lines(running)["S1"][0] == "failed"


@pytest.fixture
def empty_rows(running):
    """A message of every kind there is in which nothing stands, and one that can be read; by their ids."""

    me = running.one

    def owe(uow):
        for kind in (*outbox.LETTERS, "no_kind"):
            uow.notices.owe(
                f"empty:{kind}", kind=kind, person_id=me.person_id, account_id=me.account_id, facts={},
                rank=int(Rank.NEWS), due_at=running.clock(),
            )  # fmt: skip
        uow.flush()
        rows = uow.session.scalars(select(Notice).where(Notice.key.startswith("empty:")))
        return {row.id: row.kind for row in rows}

    running.do(timers.fire)
    running.do(outbox.claim, 100)
    return running.sql(owe)


def ended(hall, rows):
    """How each of these messages stands, by its kind."""
    found = hall.sql(lambda uow: [uow.notices.get(number) for number in rows])
    return {row.kind: (row.state, row.reason) for row in found}


def test_claim__an_empty_row_of_any_kind_holds_up_no_other(running, empty_rows):
    sent = {parcel.notice_id for parcel in running.do(outbox.claim, 500)}
    found = ended(running, empty_rows)
    assert found["no_kind"] == ("sending", "")
    sending = {kind for kind, (state, _) in found.items() if state == "sending"}
    assert sending == {empty_rows[number] for number in sent}
    assert {"failed"} < {state for state, _ in found.values()} <= {"failed", "skipped", "sending"}
    assert all(reason for state, reason in found.values() if state != "sending")


def test_claim__an_empty_row_of_any_kind_for_somebody_who_has_blocked_the_bot_is_unreachable(
    running, empty_rows
):
    def block(uow):
        uow.people.account_by_id(running.one.account_id).blocked_at = running.clock()

    running.sql(block)
    assert running.do(outbox.claim, 500) == []
    assert set(ended(running, empty_rows).values()) == {("unreachable", "blocked")}


# What becomes of it


@pytest.mark.parametrize("outcome", ["sent", "refused", "blocked"])
def test_settle__an_empty_row_of_any_kind_loses_no_other_result(running, empty_rows, outcome):
    running.do(outbox.claim, 500)

    def hold(uow):
        for number in empty_rows:
            uow.notices.get(number).state = "sending"

    running.sql(hold)
    running.do(outbox.settle, [Sent(number, outcome, message_id=number) for number in empty_rows])
    state = {"sent": "sent", "refused": "failed", "blocked": "unreachable"}[outcome]
    assert {found for found, _ in ended(running, empty_rows).values()} == {state}


def test_settle__sent(running):
    parcel = fired(running)[running.one.user_id]
    running.clock.move(seconds=2)
    settle(running, parcel, "sent", message_id=77)
    notice = row(running, parcel)
    assert (notice.state, notice.message_id, notice.finished_at) == ("sent", 77, running.clock())
    assert notice.leased_until is None


def test_settle__trouble_is_tried_again_later_and_later_and_given_up_at_last(running):
    parcel = fired(running)[running.one.user_id]
    pauses = []
    for _ in range(running.office.policy.delivery.attempts_max - 1):
        settle(running, parcel, "trouble", reason="timeout")
        pauses.append((row(running, parcel).due_at - running.clock()).total_seconds())
        assert claimed(running) == []
        running.clock.now = row(running, parcel).due_at
        assert claimed(running) == [running.one.user_id]
    assert pauses == [2, 4, 8, 16, 32]
    settle(running, parcel, "trouble", reason="timeout")
    assert (row(running, parcel).state, row(running, parcel).reason) == ("failed", "timeout")


def test_settle__a_line_that_is_down_is_waited_for(running):
    parcel = fired(running)[running.one.user_id]
    for _ in range(8):
        settle(running, parcel, "down")
        running.clock.now = row(running, parcel).due_at
        assert row(running, parcel).state == "pending"
        assert claimed(running) == [running.one.user_id]


@pytest.mark.parametrize("outcome", ["flood", "held"])
def test_settle__waiting_as_telegram_says_uses_up_no_attempt(running, outcome):
    parcel = fired(running)[running.one.user_id]
    for _ in range(9):
        settle(running, parcel, outcome, retry_after=7.5)
        assert row(running, parcel).due_at == running.clock() + dt.timedelta(seconds=7.5)
        assert row(running, parcel).attempts == 0
        running.clock.move(seconds=7.5)
        assert claimed(running) == [running.one.user_id]
    settle(running, parcel, "sent", message_id=1)
    assert row(running, parcel).state == "sent"


def test_settle__only_the_flooded_chat_waits(running):
    parcels = fired(running)
    settle(running, parcels[running.one.user_id], "flood", retry_after=30)
    settle(running, parcels[running.other.user_id], "sent", message_id=1)
    assert (lines(running)["S1"][0], lines(running)["S2"][0]) == ("pending", "sent")


def test_settle__a_flood_longer_than_the_warning_is_true_ends_it(running):
    parcel = fired(running)[running.one.user_id]
    settle(running, parcel, "flood", retry_after=700)
    running.clock.move(seconds=700)
    assert claimed(running) == []
    assert lines(running)["S1"] == ("skipped", "superseded")


def test_settle__refused_is_not_tried_again(running):
    parcel = fired(running)[running.one.user_id]
    settle(running, parcel, "refused", reason="Bad Request: message is too long")
    assert lines(running)["S1"] == ("failed", "Bad Request: message is too long")


def test_settle__blocked_makes_the_person_unreachable_until_they_come_back(running):
    parcel = fired(running)[running.one.user_id]
    settle(running, parcel, "blocked", reason="Forbidden: bot was blocked by the user")
    assert lines(running)["S1"][0] == "unreachable"
    reachable = running.sql(
        lambda uow: uow.people.reachable([running.one.person_id, running.other.person_id])
    )
    assert reachable == {running.other.person_id}
    running.clock.now = local("2026-12-21 10:40")
    running.do(timers.fire)
    assert [parcel.user_id for parcel in running.do(outbox.claim, 100)] == [running.other.user_id]


def test_settle__a_result_twice_is_once(running):
    parcel = fired(running)[running.one.user_id]
    settle(running, parcel, "sent", message_id=1)
    settle(running, parcel, "blocked")
    assert (row(running, parcel).state, row(running, parcel).message_id) == ("sent", 1)


def test_settle__of_a_message_that_is_gone_is_nothing(running):
    running.do(outbox.settle, [Sent(999_999, "sent", message_id=1)])


def test_settle__a_card_that_cannot_be_delivered_tells_the_next_at_once(running):
    methodist = running.member("T2", Role.METHODIST)
    about = running.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    running.do(cases.file, running.one, "internet", about, 1)
    [card] = [parcel for parcel in running.do(outbox.claim, 100) if parcel.kind == "case_card"]
    assert card.user_id == running.examiner.user_id
    settle(running, card, "blocked")
    cards = [parcel.user_id for parcel in running.do(outbox.claim, 100) if parcel.kind == "case_card"]
    assert cards == [methodist.user_id]


# Being told whom a warning has not reached


def reported(hall):
    hall.tick()
    return [m for m in hall.sent() if m.user_id == hall.examiner.user_id]


def test_missed__the_examiner_hears_once_whom_the_warning_did_not_reach(running):
    running.wire.blocked.add(running.one.user_id)
    running.tick()
    [message] = [*(m for m in running.sent() if m.user_id == running.examiner.user_id), *reported(running)]
    assert "Студент S1" in message.text
    assert "Студент S3" in message.text
    assert "Студент S2" not in message.text
    assert reported(running) == reported(running) == []


def test_missed__nobody_is_told_when_everybody_was_reached(running):
    running.join("S3")
    running.tick()
    running.tick()
    assert {message.user_id for message in running.sent()} == {
        running.one.user_id,
        running.other.user_id,
        104,
    }


def test_missed__of_a_moved_exam_counts_only_its_last_warning(running):
    running.tick()
    running.tick()
    running.add_exams(exam("E1", NINE, duration_min=180))
    running.sent()
    running.clock.now = local("2026-12-21 11:30")
    running.tick()
    running.tick()
    facts = running.sql(
        lambda uow: [
            notice.facts
            for notice in uow.session.scalars(
                select(Notice).where(Notice.kind == "missed").order_by(Notice.id)
            )
        ]
    )
    assert [(fact["reached"], fact["total"], len(fact["missed"])) for fact in facts] == [(2, 3, 1), (2, 3, 1)]


# Watching


def test_lag__is_how_long_the_oldest_has_waited(running):
    assert running.do(outbox.lag) == (0.0, 0.0)
    running.do(timers.fire)
    running.clock.move(seconds=90)
    assert running.do(outbox.lag)[1] == 90.0
    claimed(running)
    assert running.do(outbox.lag)[1] == 0.0


def test_next_due__is_a_moment_ahead_or_as_far_as_one_looks(running):
    assert running.do(outbox.next_due_in, 5.0) == 5.0
    parcel = fired(running)[running.one.user_id]
    settle(running, parcel, "flood", retry_after=2)
    assert running.do(outbox.next_due_in, 5.0) == 2.0
    assert running.do(outbox.next_due_in, 1.0) == 1.0


def test_next_due__is_now_for_what_fell_due_since_the_last_look(running):
    parcel = fired(running)[running.one.user_id]
    settle(running, parcel, "flood", retry_after=2)
    looked = running.clock()
    running.clock.move(seconds=3)
    assert running.do(outbox.next_due_in, 5.0) == 5.0
    assert running.do(outbox.next_due_in, 5.0, looked) == 0.0
    assert running.do(outbox.next_due_in, 5.0, looked + dt.timedelta(seconds=2)) == 5.0


def test_register__says_what_became_of_every_message(running):
    running.wire.blocked.add(running.other.user_id)
    running.tick()
    found = [line for line in running.do(outbox.register) if line.kind == "warning"]
    found.sort(key=lambda line: line.ext_id)
    assert [(line.person, line.ext_id, line.exam, line.state, line.attempts) for line in found] == [
        ("Студент S1", "S1", "E1", "sent", 1),
        ("Студент S2", "S2", "E1", "unreachable", 1),
        ("Студент S3", "S3", "E1", "unreachable", 0),
    ]
