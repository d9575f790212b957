"""However many messages are claimed or written down at once, the database is asked as often as for a few."""

import datetime as dt

import pytest
from sqlalchemy import event, select

from bot.exchange.exams import ResultRow
from bot.rules.parcels import Sent
from bot.services import imports, outbox, timers
from bot.storage.tables import Account, Notice, Person
from tests.support.clock import local
from tests.support.people import exam, student

FEW, MANY = 3, 40


class Asked:
    """Counts the statements that a use-case sends."""

    def __init__(self, hall):
        self.count = 0
        self._engine = hall.base.database.engine

    def _one(self, *_):
        self.count += 1

    def __enter__(self):
        event.listen(self._engine, "before_cursor_execute", self._one)
        return self

    def __exit__(self, *_):
        event.remove(self._engine, "before_cursor_execute", self._one)


@pytest.fixture
def crowds(hall):
    """A small group and a large one; each has an exam at 9, the large one's a day later."""
    rows = [
        student(f"{group}{number}", group=group)
        for group, size in (("F", FEW), ("M", MANY))
        for number in range(size)
    ]
    hall.add_students(*rows)

    def join(uow):
        for user, person in enumerate(uow.session.scalars(select(Person.id)), 500):
            uow.session.add(
                Account(
                    user_id=user, person_id=person, language="kk", consent_version=1, created_at=hall.clock()
                )
            )

    hall.sql(join)
    hall.member("T1")
    hall.add_exams(
        exam("E1", local("2026-12-21 09:00"), groups=("F",)),
        exam("E2", local("2026-12-22 09:00"), groups=("M",)),
    )
    return hall


def costs(hall, kind, people):
    """(statements of a claim, of writing down) of what is due now, all of one kind."""
    with Asked(hall) as claiming:
        parcels = hall.do(outbox.claim, 500)
    assert [parcel.kind for parcel in parcels] == [kind] * people
    with Asked(hall) as settling:
        hall.do(outbox.settle, [Sent(parcel.notice_id, "sent", message_id=7) for parcel in parcels])
    rows = hall.sql(lambda uow: uow.notices.many([parcel.notice_id for parcel in parcels]))
    assert {(row.state, row.message_id, row.finished_at) for row in rows.values()} == {
        ("sent", 7, hall.clock())
    }
    return claiming.count, settling.count


def timed(hall, day, clock):
    hall.clock.now = local(f"2026-12-{day} {clock}")
    hall.do(timers.fire)


def published(hall, clock, exam_id):
    hall.clock.now = local(f"2026-12-22 {clock}")
    hall.do(imports.results, [ResultRow(2, exam_id, None, hall.clock())])


def test_cost__of_warnings(crowds):
    timed(crowds, 21, "10:30")
    few = costs(crowds, "warning", FEW)
    timed(crowds, 22, "10:30")
    assert costs(crowds, "warning", MANY) == few


def test_cost__of_reminders_that_may_be_switched_off(crowds):
    timed(crowds, 21, "08:50")
    few = costs(crowds, "step_due", FEW)
    timed(crowds, 21, "18:00")
    assert costs(crowds, "readiness", MANY) == few


def test_cost__of_results(crowds):
    published(crowds, "14:00", "E1")
    few = costs(crowds, "result_open", FEW)
    published(crowds, "14:30", "E2")
    assert costs(crowds, "result_open", MANY) == few


def test_announcing__a_result_to_many_asks_the_database_as_often_as_to_few(crowds):
    def announce(ext_id):
        row = ResultRow(2, ext_id, None, crowds.clock() - dt.timedelta(minutes=1))
        with Asked(crowds) as asked:
            crowds.do(imports.results, [row])
        return asked.count

    assert announce("E1") == announce("E2")
    owed = crowds.sql(lambda uow: list(uow.session.scalars(select(Notice.person_id))))
    assert len(set(owed)) == FEW + MANY
