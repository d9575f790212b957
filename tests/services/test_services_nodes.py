"""Several machines: who holds what, who takes over, and that who wakes up does nothing twice."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.rules.parcels import Sent
from bot.services import inbox, nodes, outbox
from bot.services.office import Node
from bot.storage.tables import IncomingUpdate, Notice
from bot.storage.tables import Node as NodeRow
from tests.support.clock import local
from tests.support.people import exam, member, student

BOT, CHAT = 1, 5


class Machine:
    """One of several processes over the same rows."""

    def __init__(self, hall):
        self._hall = hall
        self._office = replace(hall.desk.office, node=Node())
        self._office.node.id = self.do(nodes.join, "here")

    @property
    def id(self):
        return self._office.node.id

    def do(self, work, *args, **kwargs):
        now = self._hall.clock()
        return self._hall.desk.database.transact(lambda uow: work(uow, self._office, now, *args, **kwargs))


@pytest.fixture
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


def test_silent__what_it_had_sent_is_believed_while_nobody_else_sends_it(owing):
    first, second = Machine(owing), Machine(owing)
    (parcel,) = first.do(outbox.claim, 10)
    silence(owing, first)
    second.do(nodes.beat, second.id)
    first.do(outbox.settle, [Sent(parcel.notice_id, "sent", message_id=7)])
    assert (notice(owing).state, notice(owing).message_id) == ("sent", 7)


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


def test_update__of_a_chat_is_taken_in_order_by_one_at_a_time(hall):
    first, second = Machine(hall), Machine(hall)
    early, late = _updates(hall, 1, 2)
    assert second.do(inbox.take, late).row_id == early
    assert first.do(inbox.take, early) == "held"
    second.do(inbox.done, early)
    assert first.do(inbox.take, early) is None
    assert first.do(inbox.take, late).row_id == late
    assert second.do(inbox.take, late) == "held"
    first.do(inbox.done, late)
    assert second.do(inbox.take, late) is None


def test_update__of_a_silent_node_goes_to_another_and_is_its_own_no_more(hall):
    first, second = Machine(hall), Machine(hall)
    (row,) = _updates(hall, 1)
    assert first.do(inbox.take, row).row_id == row
    assert first.do(inbox.still_ours, row)
    silence(hall, first)
    second.do(nodes.beat, second.id)
    assert second.do(inbox.take, row).row_id == row
    assert not first.do(inbox.still_ours, row)
    assert first.do(inbox.take, row) == "held"
    assert second.do(inbox.still_ours, row)


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
