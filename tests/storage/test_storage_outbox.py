"""Owed messages, timers and their expansion."""

import datetime as dt

import pytest
from sqlalchemy import select

from bot.storage.reminders import Expansion
from bot.storage.tables import Notice, Person, Reminder
from tests.support import rows
from tests.support.rows import NOW

LEASE = dt.timedelta(seconds=60)


def minutes(number):
    return dt.timedelta(minutes=number)


def owe(uow, key, account_id, rank=40, due=NOW, **values):
    return uow.notices.owe(key, kind="news", rank=rank, due_at=due, account_id=account_id, **values)


def claimed(database, now=NOW, limit=100):
    return database.transact(lambda uow: [c.notice.key for c in uow.notices.claim(now, LEASE, limit)])


def states(database):
    rows_ = database.transact(lambda uow: uow.session.execute(select(Notice.key, Notice.state)).all())
    return dict(rows_)


@pytest.fixture
def account_id(database):
    return database.transact(rows.add_reader)[1]


def test_owe__nobody_is_owed_a_message_twice(database, account_id):
    first = database.transact(owe, "k", account_id, facts={"n": 1})
    second = database.transact(owe, "k", account_id, facts={"n": 2})
    assert (first, second) == (True, False)
    assert database.transact(lambda uow: uow.session.scalar(select(Notice.facts))) == {"n": 1}


def test_claim__most_urgent_first_then_the_longest_due_then_the_first_owed(database, account_id):
    def begin(uow):
        owe(uow, "news", account_id, 40, NOW - minutes(60))
        owe(uow, "warning-late", account_id, 10, NOW)
        owe(uow, "warning-early", account_id, 10, NOW - minutes(1))
        owe(uow, "warning-late-second", account_id, 10, NOW)
        owe(uow, "escalation", account_id, 20, NOW - minutes(30))

    database.transact(begin)
    order = ["warning-early", "warning-late", "warning-late-second", "escalation", "news"]
    assert claimed(database, limit=2) == order[:2]
    assert claimed(database) == order[2:]
    assert claimed(database) == []


def test_claim__only_what_is_due_and_pending(database, account_id):
    def begin(uow):
        owe(uow, "due", account_id)
        owe(uow, "later", account_id, due=NOW + dt.timedelta(microseconds=1))
        for state in ("sent", "failed", "skipped", "unreachable", "sending"):
            owe(uow, state, account_id, state=state)

    database.transact(begin)
    assert claimed(database) == ["due"]
    assert claimed(database, NOW + dt.timedelta(microseconds=1)) == ["later"]


def test_claim__brings_all_that_the_truth_depends_on(database):
    def begin(uow):
        person_id, account_id = rows.add_reader(uow)
        exam = uow.exams.add(rows.exam())
        reminder = rows.reminder(exam.id)
        uow.reminders.add(reminder)
        uow.flush()
        more = {"person_id": person_id, "exam_id": exam.id, "reminder_id": reminder.id}
        owe(uow, "full", account_id, 10, **more)
        owe(uow, "plain", uow.people.add_account(rows.account(101)).id)

    database.transact(begin)
    full, plain = database.transact(lambda uow: uow.notices.claim(NOW, LEASE, 10))
    assert (full.person.ext_id, full.exam.ext_id, full.reminder.rule) == ("S1", "E1", "left")
    assert (full.notice.state, full.notice.attempts, full.notice.leased_until) == ("sending", 1, NOW + LEASE)
    assert (plain.account.user_id, plain.person, plain.exam, plain.reminder) == (101, None, None, None)


def test_claim__a_message_without_an_account_is_never_taken(database, account_id):
    database.transact(owe, "gone", None)
    database.transact(owe, "there", account_id)
    assert claimed(database) == ["there"]
    assert states(database) == {"gone": "pending", "there": "sending"}
    assert database.transact(lambda uow: uow.notices.oldest_due(NOW)) is None


def test_lease__a_dead_senders_messages_are_given_back_when_it_is_over(database, account_id):
    database.transact(owe, "k", account_id)
    claimed(database)

    def sweep(uow, now):
        return uow.notices.sweep(now)

    assert database.transact(sweep, NOW + LEASE - dt.timedelta(seconds=1)) == 0
    assert claimed(database, NOW + LEASE) == []
    assert database.transact(sweep, NOW + LEASE) == 1
    assert claimed(database, NOW + LEASE) == ["k"]
    assert database.transact(lambda uow: uow.session.scalar(select(Notice.attempts))) == 2


def test_lease__at_the_start_of_the_only_process_everything_held_is_owed_again(database, account_id):
    for key in ("one", "two"):
        database.transact(owe, key, account_id)
    claimed(database, limit=1)
    assert database.transact(lambda uow: uow.notices.release_all()) == 1
    assert states(database) == {"one": "pending", "two": "pending"}


def test_finish__a_final_state_holds_no_lease_and_a_bounded_reason(database, account_id):
    database.transact(owe, "k", account_id)

    def end(uow):
        [found] = uow.notices.claim(NOW, LEASE, 1)
        uow.notices.finish(found.notice, "failed", NOW, "Bad Request: ұзын " * 100)

    database.transact(end)
    notice = database.transact(lambda uow: uow.session.scalar(select(Notice)))
    assert (notice.state, notice.finished_at, notice.leased_until) == ("failed", NOW, None)
    assert len(notice.reason) == 200


def test_owe_again__what_is_still_of_use_to_somebody_reachable_now(database):
    def begin(uow):
        person_id, account_id = rows.add_reader(uow)
        other_id, _ = rows.add_reader(uow, 101, "S2")
        common = {"state": "unreachable", "reason": "not_linked", "finished_at": NOW}
        owe(uow, "useful", None, use_by=NOW + minutes(1), person_id=person_id, attempts=3, **common)
        owe(uow, "late", None, use_by=NOW, person_id=person_id, **common)
        owe(uow, "timeless", None, person_id=person_id, **common)
        owe(uow, "sent", None, use_by=NOW + minutes(1), person_id=person_id, state="sent")
        owe(uow, "others", None, use_by=NOW + minutes(1), person_id=other_id, **common)
        return person_id, account_id

    person_id, account_id = database.transact(begin)
    assert database.transact(lambda uow: uow.notices.owe_again(person_id, account_id, NOW)) == 1
    assert {key for key, state in states(database).items() if state == "pending"} == {"useful"}
    [found] = database.transact(lambda uow: uow.notices.claim(NOW, LEASE, 10))
    assert (found.notice.key, found.account.id, found.notice.attempts) == ("useful", account_id, 1)
    assert (found.notice.reason, found.notice.finished_at) == ("", None)


def test_oldest_due__is_the_longest_waiting_of_what_is_due(database, account_id):
    assert database.transact(lambda uow: uow.notices.oldest_due(NOW)) is None
    for key, ago in (("a", 3), ("b", 7), ("c", -1)):
        database.transact(owe, key, account_id, 40, NOW - minutes(ago))
    assert database.transact(lambda uow: uow.notices.oldest_due(NOW)) == NOW - minutes(7)


# Timers


def lay(uow):
    """An exam of two groups: two students linked, one who blocked the bot, one not linked, strangers."""
    uow_people = [
        rows.person("S1"),
        rows.person("S2"),
        rows.person("S3", group_name="АЖ-23-2"),
        rows.person("S4"),
        rows.person("S5", group_name="ИС-23-1"),
        rows.person("T1", "staff", group_name="АЖ-23-1"),
    ]
    ids = rows.add_people(uow, *uow_people)
    for number, person_id in enumerate([ids[0], ids[2], ids[4], ids[5]]):
        uow.people.add_account(rows.account(100 + number, person_id))
    uow.people.add_account(rows.account(200, ids[1], blocked_at=NOW))
    exam = uow.exams.add(rows.exam())
    uow.exams.set_groups(exam.id, ["АЖ-23-1", "АЖ-23-2"])
    reminder = rows.reminder(exam.id)
    uow.reminders.add(reminder)
    uow.flush()
    return reminder.id


def expand(uow, reminder_id):
    return uow.reminders.expand([uow.session.get(Reminder, reminder_id)], Expansion("warning", 10))


def expanded(uow):
    query = select(Person.ext_id, Notice.state, Notice.reason).join(Notice, Notice.person_id == Person.id)
    return {row[0]: (row[1], row[2]) for row in uow.session.execute(query.order_by(Notice.id))}


def test_expand__one_message_a_student_and_the_unreachable_are_marked(database):
    reminder_id = database.transact(lay)
    assert database.transact(expand, reminder_id) == 4
    assert database.transact(expanded) == {
        "S1": ("pending", ""),
        "S2": ("unreachable", "blocked"),
        "S3": ("pending", ""),
        "S4": ("unreachable", "not_linked"),
    }
    for notice in database.transact(lambda uow: uow.session.scalars(select(Notice)).all()):
        assert (notice.kind, notice.rank, notice.due_at, notice.use_by) == (
            "warning",
            10,
            NOW,
            NOW + minutes(10),
        )
        assert (notice.finished_at is None) is (notice.state == "pending")
        assert (notice.facts, notice.attempts, notice.reminder_id) == ({}, 0, reminder_id)


def test_expand__again_brings_nobody_twice_but_whoever_is_new(database):
    reminder_id = database.transact(lay)
    assert [database.transact(expand, reminder_id) for _ in range(2)] == [4, 0]
    database.transact(lambda uow: rows.add_people(uow, rows.person("S9")))
    assert database.transact(expand, reminder_id) == 1


def test_expand__of_a_later_revision_is_another_message(database):
    reminder_id = database.transact(lay)
    database.transact(expand, reminder_id)

    def move(uow):
        uow.session.get(Reminder, reminder_id).revision = 2

    database.transact(move)
    assert database.transact(expand, reminder_id) == 4


def test_drop_stale__unsent_messages_of_an_earlier_revision_are_skipped(database):
    reminder_id = database.transact(lay)
    database.transact(expand, reminder_id)

    def move(uow, revision):
        reminder = uow.session.get(Reminder, reminder_id)
        reminder.revision = revision
        return uow.reminders.drop_stale(reminder.exam_id, revision)

    assert database.transact(move, 1) == 0
    assert database.transact(move, 11) == 2
    assert database.transact(expanded)["S1"] == ("skipped", "moved")
    database.transact(expand, reminder_id)
    assert database.transact(move, 1) == 2, "revision 1 is not revision 11"


def finish(uow, ext_id, state, reason=""):
    query = select(Notice).join(Person, Person.id == Notice.person_id).where(Person.ext_id == ext_id)
    for notice in uow.session.scalars(query):
        uow.notices.finish(notice, state, NOW, reason)


def test_unreported__a_warning_is_reported_once_when_nobody_waits_any_more(database):
    reminder_id = database.transact(lay)
    database.transact(expand, reminder_id)

    def unreported(uow):
        return [reminder.id for reminder in uow.reminders.unreported("left", 10)]

    def mark(uow, state="expanded", reason=""):
        reminder = uow.session.get(Reminder, reminder_id)
        reminder.state, reminder.reason = state, reason

    assert database.transact(unreported) == []
    database.transact(mark)
    assert database.transact(unreported) == []
    database.transact(finish, "S1", "sent")
    assert database.transact(unreported) == []
    database.transact(finish, "S3", "failed", "Bad Request")
    assert database.transact(unreported) == [reminder_id]
    assert database.transact(lambda uow: uow.reminders.unreported("step:upload", 10)) == []
    database.transact(mark, reason="reported")
    assert database.transact(unreported) == []


def test_missed__names_those_not_reached_in_this_revision_only(database):
    reminder_id = database.transact(lay)
    database.transact(expand, reminder_id)
    database.transact(finish, "S1", "sent")
    database.transact(finish, "S3", "failed", "Bad Request")

    def move(uow):
        uow.session.get(Reminder, reminder_id).revision = 2

    def missed(uow):
        reminder = uow.session.get(Reminder, reminder_id)
        found = [(name, reason) for _, name, reason in uow.reminders.missed(reminder)]
        return found, uow.reminders.counts(reminder)

    names, counts = database.transact(missed)
    assert names == [
        ("Құрманғазы S2", "blocked"),
        ("Құрманғазы S3", "Bad Request"),
        ("Құрманғазы S4", "not_linked"),
    ]
    assert counts == {"sent": 1, "failed": 1, "unreachable": 2}
    database.transact(move)
    assert database.transact(missed) == ([], {})
    database.transact(expand, reminder_id)
    names, counts = database.transact(missed)
    assert [name for name, _ in names] == ["Құрманғазы S2", "Құрманғазы S4"]
    assert counts == {"pending": 2, "unreachable": 2}
