"""Inbox, conversations, people, exams and cases as they are kept."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from bot.rules.vocabulary import PersonKind, Role
from bot.storage.tables import Absence, Conversation, IncomingUpdate, Invite, Result
from tests.support import rows
from tests.support.rows import NOW


def minutes(number):
    return dt.timedelta(minutes=number)


def count(database, table):
    return database.transact(lambda uow: uow.session.scalar(select(func.count()).select_from(table)))


# The inbox


def store(uow, bot_id, *update_ids, chat=7):
    return uow.inbox.store(bot_id, NOW, [(number, chat, {"update_id": number}) for number in update_ids])


def waiting(database, bot_id, after=0, limit=100):
    return database.transact(lambda uow: [row.update_id for row in uow.inbox.waiting(bot_id, after, limit)])


def test_inbox__an_update_is_kept_once_for_each_bot(database):
    assert database.transact(store, 1, 10, 11) == 2
    assert database.transact(store, 1, 11, 12) == 1
    assert database.transact(store, 1, 10, 10, 11) == 0
    assert database.transact(store, 2, 10) == 1
    assert database.transact(store, 1) == 0
    assert waiting(database, 1) == [10, 11, 12]
    assert waiting(database, 2) == [10]


def test_inbox__waits_in_the_order_it_came_not_by_number(database):
    database.transact(store, 1, 12, 10)
    database.transact(store, 1, 11)
    assert waiting(database, 1) == [12, 10, 11]
    assert waiting(database, 1, limit=1) == [12]
    [first] = database.transact(lambda uow: uow.inbox.waiting(1, 0, 1))
    assert waiting(database, 1, after=first.id) == [10, 11]


def test_inbox__what_is_handled_waits_no_more_and_does_not_come_back(database):
    database.transact(store, 1, 10, 11)

    def finish(uow):
        uow.inbox.waiting(1, 0, 1)[0].state = "done"

    database.transact(finish)
    assert database.transact(store, 1, 10) == 0
    assert waiting(database, 1) == [11]
    assert database.transact(lambda uow: uow.inbox.oldest_waiting()) == NOW


def test_inbox__purges_what_was_finished_before(database):
    database.transact(store, 1, *range(5))

    def finish(uow):
        for row in uow.inbox.waiting(1, 0, 4):
            row.state, row.finished_at = "done", NOW + minutes(row.update_id)

    database.transact(finish)

    def purge(uow, at_most, *, dry_run):
        return uow.inbox.purge(NOW + minutes(3), at_most, dry_run=dry_run)

    assert database.transact(purge, 100, dry_run=True) == 3
    assert count(database, IncomingUpdate) == 5
    assert database.transact(purge, 2, dry_run=False) == 2
    assert database.transact(purge, 100, dry_run=False) == 1
    assert database.transact(purge, 100, dry_run=False) == 0
    assert waiting(database, 1) == [4]


def test_inbox__forgets_what_one_chat_has_sent(database):
    database.transact(store, 1, 10, chat=7)
    database.transact(store, 1, 11, chat=8)
    database.transact(lambda uow: uow.inbox.forget(7))
    found = database.transact(lambda uow: [row.payload for row in uow.inbox.waiting(1, 0, 10)])
    assert found == [{}, {"update_id": 11}]


# Conversations and facts


def test_conversation__goes_there_and_back(database):
    data = {"case": 7, "text": "Қате 😀", "parts": [1, {"a": None}]}

    def ask(uow, state, kept):
        uow.records.set_conversation("1:2:2:", state, kept, NOW)

    def look(uow, key="1:2:2:"):
        row = uow.session.get(Conversation, key)
        return (row.state, row.data) if row else ("", {})

    assert database.transact(look) == ("", {})
    database.transact(ask, "note", data)
    assert database.transact(look) == ("note", data)
    database.transact(ask, "", {"kept": 1})
    assert database.transact(look) == ("", {"kept": 1})
    assert database.transact(look, "1:3:3:") == ("", {})
    database.transact(ask, "", {})
    assert database.transact(look) == ("", {})
    assert count(database, Conversation) == 0


def test_conversation__forgetting_one_user_leaves_the_others(database):
    keys = ["1:22:22:", "1:22:22:5", "1:2:2:", "1:222:222:", "1:-22:22:"]
    for key in keys:
        database.transact(lambda uow, key=key: uow.records.set_conversation(key, "note", {}, NOW))
    database.transact(lambda uow: uow.records.forget_conversations(22))
    left = database.transact(lambda uow: set(uow.session.scalars(select(Conversation.key))))
    assert left == {"1:2:2:", "1:222:222:", "1:-22:22:"}


def test_fact__is_kept_as_it_was_or_set_anew(database):
    assert database.transact(lambda uow: uow.records.fact("k")) is None
    assert database.transact(lambda uow: uow.records.keep_fact("k", "one")) == "one"
    assert database.transact(lambda uow: uow.records.keep_fact("k", "two")) == "one"
    database.transact(lambda uow: uow.records.set_fact("k", "three"))
    assert database.transact(lambda uow: uow.records.fact("k")) == "three"


# People


def test_people__one_id_may_be_a_students_and_a_members(database):
    def begin(uow):
        rows.add_people(uow, rows.person("7"), rows.person("7", "staff"))

    database.transact(begin)

    def find(uow, kind=None):
        return [person.kind for person in uow.people.find("7", kind)]

    assert sorted(database.transact(find)) == ["staff", "student"]
    assert database.transact(find, PersonKind.STAFF) == ["staff"]
    assert set(database.transact(lambda uow: uow.people.by_ext(PersonKind.STUDENT))) == {"7"}


def test_roles__are_replaced_as_a_whole_and_found_by_role(database):
    def begin(uow):
        one, other = rows.add_people(
            uow,
            rows.person("T1", "staff", faculty="АТ", department="АЖ"),
            rows.person("T2", "staff"),
        )
        uow.people.set_roles(one, [Role.EXAMINER, Role.DEAN])
        uow.people.set_roles(other, [Role.DEAN])
        return one, other

    one, other = database.transact(begin)
    roles = database.transact(lambda uow: uow.people.roles())
    assert roles == {one: {Role.EXAMINER, Role.DEAN}, other: {Role.DEAN}}
    holders = database.transact(lambda uow: [tuple(row) for row in uow.people.holders(["dean"])])
    assert holders == [("dean", one, "АТ", "АЖ"), ("dean", other, "", "")]
    database.transact(lambda uow: uow.people.set_roles(one, [Role.METHODIST]))
    assert database.transact(lambda uow: uow.people.roles_of(one)) == {Role.METHODIST}


def test_reachable__is_who_is_linked_and_has_not_blocked_the_bot(database):
    def begin(uow):
        ids = rows.add_people(uow, *(rows.person(f"S{n}") for n in range(3)))
        uow.people.add_account(rows.account(100, ids[0]))
        uow.people.add_account(rows.account(101, ids[1], blocked_at=NOW))
        uow.people.add_account(rows.account(102))
        return ids

    ids = database.transact(begin)
    assert database.transact(lambda uow: uow.people.reachable(ids)) == {ids[0]}
    assert database.transact(lambda uow: uow.people.reachable([])) == frozenset()


def test_unlinked__are_listed_by_register_group_and_name(database):
    def begin(uow):
        people = [
            rows.person("S3", full_name="Б", group_name="Г-2"),
            rows.person("S2", full_name="А", group_name="Г-2"),
            rows.person("S1", full_name="В", group_name="Г-1"),
            rows.person("S4", group_name="Г-1"),
            rows.person("T1", "staff"),
        ]
        ids = rows.add_people(uow, *people)
        uow.people.add_account(rows.account(100, ids[3]))
        uow.people.add_invite(Invite(person_id=ids[0], generation=1, code_hash="h", issued_at=NOW))

    database.transact(begin)

    def unlinked(uow, kind=None, group=None):
        return [(person.ext_id, invite is not None) for person, invite in uow.people.unlinked(kind, group)]

    everybody = [("S1", False), ("S2", False), ("S3", True), ("T1", False)]
    assert database.transact(unlinked) == everybody
    assert database.transact(unlinked, PersonKind.STUDENT) == everybody[:3]
    assert database.transact(unlinked, None, "Г-2") == everybody[1:3]


def test_wrong_codes__are_counted_once_an_update_and_for_an_hour(database):
    _, account_id = database.transact(rows.add_reader)

    def note(uow, origin, moment):
        uow.people.note_wrong_code(account_id, origin, moment)

    for origin, ago in ((1, 61), (2, 60), (3, 5), (3, 5), (4, 0)):
        database.transact(note, origin, NOW - minutes(ago))

    def wrong(uow, origin):
        return uow.people.wrong_codes(account_id, NOW - minutes(60), origin)

    assert database.transact(wrong, 99) == 3
    assert database.transact(wrong, 4) == 2


# Exams


def lay(uow):
    sitting, holding, proctoring, other = rows.add_people(
        uow,
        rows.person("S1"),
        rows.person("T1", "staff"),
        rows.person("T2", "staff"),
        rows.person("S2", group_name="ИС-23-1"),
    )
    exams = [
        uow.exams.add(
            rows.exam(f"E{number}", starts_at=NOW + minutes(start), ends_at=NOW + minutes(start + 60))
        )
        for number, start in enumerate((300, 0, -60, 600))
    ]
    for exam in exams:
        uow.exams.set_groups(exam.id, [rows.GROUP])
        uow.exams.set_examiners(exam.id, [holding])
    exams[1].proctor_id = proctoring
    exams[3].cancelled_at = NOW
    return sitting, holding, proctoring, other


def test_exams__of_a_student_and_of_those_who_hold_them(database):
    sitting, holding, proctoring, other = database.transact(lay)

    def sat(uow, person_id, limit=10):
        return [exam.ext_id for exam, _ in uow.exams.sat_by(person_id, NOW, limit)]

    def held(uow, person_id, limit=10):
        return [exam.ext_id for exam in uow.exams.held_by(person_id, NOW, limit)]

    assert database.transact(sat, sitting) == ["E1", "E0"]
    assert database.transact(sat, sitting, 1) == ["E1"]
    assert database.transact(sat, other) == []
    assert database.transact(held, holding) == ["E1", "E0"]
    assert database.transact(held, proctoring) == ["E1"]


def test_concerned__is_everybody_linked_who_sits_or_holds_an_exam_once(database):
    sitting, holding, proctoring, other = database.transact(lay)

    def link(uow):
        for number, person_id in enumerate((sitting, holding, proctoring, other)):
            uow.people.add_account(rows.account(100 + number, person_id))
        uow.people.add_account(rows.account(200))
        exam = uow.exams.by_ext()["E1"]
        uow.exams.set_examiners(exam.id, [holding, proctoring])

    database.transact(link)

    def concerned(uow):
        return sorted(person for person, _ in uow.exams.concerned(uow.exams.by_ext()["E1"]))

    assert database.transact(concerned) == sorted([sitting, holding, proctoring])


def test_examiners__stand_in_the_files_order(database):
    def begin(uow):
        ids = rows.add_people(uow, *(rows.person(f"T{n}", "staff") for n in range(3)))
        exam = uow.exams.add(rows.exam())
        uow.exams.set_examiners(exam.id, reversed(ids))
        return exam.id, ids

    exam_id, ids = database.transact(begin)
    assert database.transact(lambda uow: uow.exams.examiners_of(exam_id)) == ids[::-1]
    assert database.transact(lambda uow: uow.exams.examiners()) == {exam_id: tuple(ids[::-1])}


def test_results__of_an_exam_and_of_one_student_stand_apart(database):
    def begin(uow):
        exam = uow.exams.add(rows.exam())
        for key in ("", "S1"):
            uow.exams.add_result(Result(exam_id=exam.id, student_key=key, published_at=NOW))
        return exam.id

    exam_id = database.transact(begin)
    assert set(database.transact(lambda uow: uow.exams.results())) == {(exam_id, ""), (exam_id, "S1")}


# Cases


@pytest.fixture
def reporter_id(database):
    return database.transact(rows.add_people, rows.person())[0]


def test_case__is_found_by_the_update_that_filed_it(database, reporter_id):
    database.transact(lambda uow: uow.cases.add(rows.case(reporter_id, 7)))
    assert database.transact(lambda uow: uow.cases.by_origin(7)).number == "FM-26-00007"
    assert database.transact(lambda uow: uow.cases.by_origin(8)) is None


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"state": "taken"}, True),
        ({"state": "closed"}, False),
        ({"state": "withdrawn"}, False),
        ({"trouble": "lms"}, False),
        ({"filed_at": NOW - minutes(60)}, True),
        ({"filed_at": NOW - minutes(61)}, False),
    ],
)
def test_open_same__is_the_reporters_own_open_case_about_the_same(database, reporter_id, changes, found):
    database.transact(lambda uow: uow.cases.add(rows.case(reporter_id, 7, **changes)))

    def same(uow, person_id, exam_id=None):
        return uow.cases.open_same(person_id, exam_id, "internet", NOW - minutes(60)) is not None

    assert database.transact(same, reporter_id) is found
    assert not database.transact(same, reporter_id, 1)
    assert not database.transact(same, reporter_id + 1)


def test_log__the_same_action_of_the_same_update_is_written_once(database, reporter_id):
    case = database.transact(lambda uow: uow.cases.add(rows.case(reporter_id, 7)))

    def log(uow, action, origin=None):
        return uow.cases.log(case, NOW, action, actor_id=reporter_id, origin=origin, text="сөз")

    written = [
        database.transact(log, *line) for line in (("note", 1), ("note", 1), ("note", 2), ("taken", 1))
    ]
    assert written == [True, False, True, True]
    assert [database.transact(log, "step_told") for _ in range(2)] == [True, True]
    lines = database.transact(lambda uow: [event.action for event in uow.cases.events(case.id)])
    assert lines == ["note", "note", "taken", "step_told", "step_told"]


def test_timers__of_cases_are_one_a_rule_and_due_in_order(database, reporter_id):
    def begin(uow):
        case = uow.cases.add(rows.case(reporter_id, 1))
        other = uow.cases.add(rows.case(reporter_id, 2))
        for rule, at in (("climb", 0), ("remind", 5), ("decide", -5)):
            uow.case_timers.set(case, rule, NOW + minutes(at))
        uow.case_timers.set(other, "climb", NOW - minutes(9))
        uow.case_timers.set(other, "climb", NOW - minutes(1))
        return case.id, other.id

    first, second = database.transact(begin)

    def due(uow, limit=10):
        found = uow.case_timers.due(NOW, limit)
        return [(case_id, uow.case_timers.get(timer).rule) for timer, case_id in found]

    assert database.transact(due) == [(first, "decide"), (second, "climb"), (first, "climb")]
    assert database.transact(due, 1) == [(first, "decide")]

    def stop(uow):
        uow.case_timers.stop(uow.cases.get(first), "decide", "climb")
        return uow.case_timers.pending(first)

    assert list(database.transact(stop)) == ["remind"]
    assert database.transact(due) == [(second, "climb")]
    database.transact(lambda uow: uow.case_timers.stop(uow.cases.get(first)))
    assert database.transact(lambda uow: uow.case_timers.pending(first)) == {}


def test_told__is_who_could_be_reached_and_only_addressees(database, reporter_id):
    def look(uow):
        case = uow.cases.add(rows.case(reporter_id, 1))
        first, second, third = rows.add_people(uow, *(rows.person(f"T{n}", "staff") for n in range(3)))
        for person, part in ((first, "addressee"), (second, "addressee"), (third, "filer")):
            uow.cases.tell(case, person, NOW, "examiner", part)
        uow.cases.lose(case, second, NOW)
        before = uow.cases.told(case)
        uow.cases.tell(case, second, NOW)
        return before == {first}, uow.cases.told(case) == {first, second}

    assert database.transact(look) == (True, True)


def test_absences__the_latest_said_counts_while_it_lasts(database, reporter_id):
    def look(uow):
        for ends, stands_in in ((9, None), (9, reporter_id), (0, None)):
            uow.absences.add(
                Absence(
                    person_id=reporter_id, from_at=NOW, until_at=NOW + minutes(ends), stands_in_id=stands_in
                )
            )
        return [uow.absences.away([reporter_id], NOW + minutes(at)) for at in (-1, 0, 9)]

    assert database.transact(look) == [{}, {reporter_id: reporter_id}, {}]
