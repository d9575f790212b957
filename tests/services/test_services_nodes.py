"""Several machines: who holds what, who takes over, and that who wakes up does nothing twice."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.rules.parcels import Sent
from bot.services import chats, inbox, nodes, outbox
from bot.services.office import Node
from bot.storage.tables import ChatMoment, IncomingUpdate, Notice
from bot.storage.tables import Node as NodeRow
from tests.support.clock import local
from tests.support.people import exam, member, student
from tests.support.scenes import scene

BOT, CHAT = 1, 5


class Machine:
    """One of several processes over the same rows."""

    def __init__(self, hall):
        self._hall = hall
        policy = hall.desk.office.policy
        delivery = replace(policy.delivery, per_chat=dt.timedelta(seconds=1))
        policy = replace(policy, delivery=delivery)
        self._office = replace(hall.desk.office, node=Node(), policy=policy)
        self._office.node.id = self.do(nodes.join, "here")

    @property
    def id(self):
        return self._office.node.id

    def do(self, work, *args, **kwargs):
        now = self._hall.clock()
        return self._hall.desk.database.transact(lambda uow: work(uow, self._office, now, *args, **kwargs))


@scene
def owing(hall):
    """A warning is due to one student."""
    hall.add_staff(member("T1"))
    hall.add_students(student("S1"))
    hall.reader = hall.join("S1")
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    hall.clock.now = local("2026-12-21 10:30")
    hall.do(outbox.sweep)
    from bot.services import timers

    hall.do(timers.fire)
    return hall


def silence(hall, machine):
    """The machine has said nothing for longer than the others wait."""

    def long_ago(uow):
        row = uow.session.get(NodeRow, machine.id)
        row.beat_at -= nodes.SILENT + dt.timedelta(seconds=1)

    hall.sql(long_ago)


def notice(hall):
    return hall.sql(lambda uow: uow.session.query(Notice).filter(Notice.kind == "warning").one())


def test_silent__its_messages_go_to_another_and_its_own_results_count_no_more(owing):
    first, second = Machine(owing), Machine(owing)
    (parcel,) = first.do(outbox.claim, 10)
    assert second.do(outbox.claim, 10) == []
    silence(owing, first)
    assert second.do(nodes.beat, second.id)
    assert notice(owing).state == "pending"
    (again,) = second.do(outbox.claim, 10)
    assert again.notice_id == parcel.notice_id
    first.do(outbox.settle, [Sent(parcel.notice_id, "held")])
    assert (notice(owing).state, notice(owing).leased_by) == ("sending", second.id)
    second.do(outbox.settle, [Sent(parcel.notice_id, "sent", message_id=9)])
    first.do(outbox.settle, [Sent(parcel.notice_id, "trouble")])
    assert (notice(owing).state, notice(owing).message_id) == ("sent", 9)


@pytest.mark.parametrize("kind", ["warning", chats.POST], ids=["plain", "more_hangs_on_it"])
def test_silent__what_it_had_sent_is_believed_while_nobody_else_sends_it(owing, kind):
    first, second = Machine(owing), Machine(owing)
    (parcel,) = first.do(outbox.claim, 10)
    owing.sql(lambda uow: setattr(uow.notices.get(parcel.notice_id), "kind", kind))
    silence(owing, first)
    second.do(nodes.beat, second.id)
    first.do(outbox.settle, [Sent(parcel.notice_id, "sent", message_id=7)])
    row = owing.sql(lambda uow: uow.notices.get(parcel.notice_id))
    assert (row.state, row.message_id) == ("sent", 7)


def test_living__are_counted_without_the_silent_and_those_who_left(owing):
    first, second, third = Machine(owing), Machine(owing), Machine(owing)
    assert first.do(nodes.living) == 3
    silence(owing, second)
    first.do(nodes.beat, first.id)
    third.do(nodes.leave, third.id)
    assert first.do(nodes.living) == 1


def test_silent__hears_that_it_was_given_up_and_a_living_one_does_not(owing):
    first, second = Machine(owing), Machine(owing)
    assert first.do(nodes.beat, first.id)
    silence(owing, first)
    assert second.do(nodes.beat, second.id)
    assert not first.do(nodes.beat, first.id)
    assert not first.do(nodes.lead, "poller")


def _updates(hall, *numbers, chat=CHAT):
    rows = [{"update_id": n, "message": {"chat": {"id": chat}, "text": "x"}} for n in numbers]
    hall.do(inbox.store, BOT, rows)
    return hall.sql(
        lambda uow: [row[0] for row in uow.session.query(IncomingUpdate.id).order_by(IncomingUpdate.id)]
    )


def claimed(machine, room=10, **how):
    return [row.row_id for row in machine.do(inbox.claim, BOT, room, **how)]


def test_update__of_a_chat_is_taken_in_order_by_one_at_a_time(hall):
    first, second = Machine(hall), Machine(hall)
    early, late = _updates(hall, 1, 2)
    assert claimed(second) == [early]
    assert claimed(first) == claimed(second) == []
    second.do(inbox.done, [early])
    assert claimed(first) == [late]
    assert claimed(second) == []
    first.do(inbox.done, [late])
    assert claimed(second) == claimed(first) == []


def test_update__of_a_silent_node_goes_to_another_and_is_its_own_no_more(hall):
    first, second = Machine(hall), Machine(hall)
    (row,) = _updates(hall, 1)
    assert claimed(first) == [row]
    assert first.do(inbox.still_ours, row)
    silence(hall, first)
    second.do(nodes.beat, second.id)
    assert claimed(first) == [], "it lives no more, and takes nothing"
    assert claimed(second) == [row]
    assert not first.do(inbox.still_ours, row)
    assert claimed(first, again=True) == []
    assert second.do(inbox.still_ours, row)


def test_update__that_a_node_may_not_know_it_has_is_given_to_it_again_and_to_no_other(hall):
    first, second = Machine(hall), Machine(hall)
    early, _ = _updates(hall, 1, 2)
    assert claimed(first) == [early]
    assert claimed(first, again=True) == [early]
    assert claimed(second, again=True) == []


def test_update__of_many_chats_is_shared_out_so_many_at_a_time_the_longest_waiting_first(hall):
    first, second = Machine(hall), Machine(hall)
    for number in range(1, 8):
        rows = _updates(hall, number, chat=number)
    assert claimed(first, 3) == rows[:3]
    assert claimed(second, 3) == rows[3:6]
    assert claimed(first, 3) == rows[6:]


def test_update__of_who_sits_an_exam_goes_first_but_a_place_is_for_who_has_waited_longest(owing):
    machine = Machine(owing)
    for number in range(1, 11):
        _updates(owing, number, chat=number)
    _updates(owing, 11, chat=owing.reader.user_id)
    chats = [row.chat_key for row in machine.do(inbox.claim, BOT, 3)]
    assert chats == [1, 2, owing.reader.user_id]
    assert [row.chat_key for row in machine.do(inbox.claim, BOT, 3)] == [3, 4, 5]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_update__that_is_being_taken_is_not_waited_for_others_are_taken_meanwhile(hall):
    first, second = Machine(hall), Machine(hall)
    for number in range(1, 6):
        rows = _updates(hall, number, chat=number)

    def takes_and_dawdles(uow, office, now):
        mine = inbox.claim(uow, office, now, BOT, 3)
        return [row.row_id for row in mine], claimed(second, 3)

    assert first.do(takes_and_dawdles) == (rows[:3], rows[3:])
    assert claimed(second, 3) == []


def test_first_served__the_urgent_but_some_places_are_for_others():
    urgent, others = list(range(100, 140)), list(range(33))
    assert inbox.first_served([*others[:2], *urgent[:31]], urgent[:32], 32) == [*urgent[:30], 0, 1]
    assert inbox.first_served(others, urgent, 32) == [*urgent[:28], 0, 1, 2, 3]
    assert inbox.first_served(others, [], 32) == others[:32]
    assert inbox.first_served(urgent[:33], urgent[:32], 32) == [*urgent[:31], urgent[32]]
    assert inbox.first_served([1, 100], [100], 1) == [1]


def test_duty__is_one_nodes_until_it_leaves(hall):
    first, second = Machine(hall), Machine(hall)
    assert first.do(nodes.lead, "poller")
    assert first.do(nodes.lead, "poller")
    assert not second.do(nodes.lead, "poller")
    assert second.do(nodes.lead, "roll")
    first.do(nodes.leave, first.id)
    assert second.do(nodes.lead, "poller")


def test_pace__moments_are_given_once_and_a_pause_holds_for_all(hall):
    first, second = Machine(hall), Machine(hall)
    assert first.do(nodes.draw, "p", 10, 0.5) == pytest.approx(0, abs=0.2)
    assert second.do(nodes.draw, "p", 1, 0.5) == pytest.approx(5, abs=0.5)
    assert second.do(nodes.draw, "other", 1, 0.5) == pytest.approx(0, abs=0.2)
    first.do(nodes.pause, "p", 30)
    assert second.do(nodes.draw, "p", 1, 0.5) > 29


def _owes_more(hall):
    """The reader of the warning is owed something else; both are due."""
    reader = hall.reader

    def write(uow):
        account = uow.people.account(reader.user_id)
        row = {"kind": "gone", "account_id": account.id, "rank": 5, "due_at": hall.clock()}
        uow.notices.owe("more", **row)

    hall.sql(write)


def _passed(hall):
    """So long ago did somebody write to the chat that the next may."""

    def earlier(uow):
        for row in uow.session.query(ChatMoment):
            row.free_at -= dt.timedelta(seconds=10)

    hall.sql(earlier)


def test_chat__that_one_machine_writes_to_or_has_just_written_to_is_left_alone_by_the_other(owing):
    first, second = Machine(owing), Machine(owing)
    (parcel,) = first.do(outbox.claim, 10)
    _owes_more(owing)
    assert second.do(outbox.claim, 10) == [], "it is being written to"
    first.do(outbox.settle, [Sent(parcel.notice_id, "sent", message_id=9)])
    assert second.do(outbox.claim, 10) == [], "it was written to a moment ago"
    _passed(owing)
    assert len(second.do(outbox.claim, 10)) == 1


def test_chat__that_asked_one_machine_for_a_pause_gets_it_from_all(owing):
    first, second = Machine(owing), Machine(owing)
    (parcel,) = first.do(outbox.claim, 10)
    first.do(outbox.settle, [Sent(parcel.notice_id, "flood", retry_after=30)])
    _owes_more(owing)
    _passed(owing)
    assert second.do(outbox.claim, 10) == []
    assert [one.kind for one in first.do(outbox.claim, 10)] == ["gone"], (
        "who was told so keeps to it by itself"
    )


def test_chat__that_one_machine_answers_gets_nothing_from_the_other_meanwhile(owing):
    first, second = Machine(owing), Machine(owing)
    _updates(owing, 1, chat=owing.reader.user_id)
    (row,) = claimed(first)
    assert second.do(outbox.claim, 10) == []
    first.do(inbox.done, [row])
    assert second.do(outbox.claim, 10) == []
    _passed(owing)
    assert len(second.do(outbox.claim, 10)) == 1


def test_chat__moments_that_are_over_are_kept_no_longer(owing):
    machine = Machine(owing)
    (parcel,) = machine.do(outbox.claim, 10)
    machine.do(outbox.settle, [Sent(parcel.notice_id, "sent", message_id=9)])
    machine.do(nodes.beat, machine.id)
    assert owing.sql(lambda uow: uow.session.query(ChatMoment).count()) == 1
    _passed(owing)
    machine.do(nodes.beat, machine.id)
    assert owing.sql(lambda uow: uow.session.query(ChatMoment).count()) == 0
