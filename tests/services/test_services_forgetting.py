import datetime as dt

import pytest
from sqlalchemy import select

from bot.errors import EmtihanError
from bot.exchange.rows import ResultRow
from bot.rules.vocabulary import Role
from bot.services import (
    cases,
    conversations,
    forgetting,
    imports,
    inbox,
    outbox,
    people,
    readiness,
    retention,
    timers,
    walks,
)
from bot.storage.tables import Base, IncomingUpdate, Notice, Result, Walk
from tests.support.clock import local
from tests.support.people import exam, member, student
from tests.support.refusals import refused
from tests.support.scenes import scene

NINE = local("2026-12-21 09:00")
NAME, WORDS, PLACE = "Қожахмет Ұлжан", "Жарық өшті, Абай көшесі 5", "6B06101-ерекше"
SECRET = "00" * 32


@scene
def lived(hall):
    """A student who has done everything that leaves a trace, and an examiner."""
    hall.examiner = hall.member("T1")
    hall.add_students(student("S1", full_name=NAME, programme=PLACE), student("S2"))
    hall.reader = hall.join("S1")
    hall.other = hall.join("S2")
    hall.add_exams(exam("E1", NINE))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 10:30")
    hall.wire.blocked.add(hall.reader.user_id)
    hall.tick()
    hall.tick()
    assert any(NAME in message.text for message in hall.sent()), "the examiner was told who was not reached"
    hall.wire.blocked.clear()
    hall.do(people.set_blocked, hall.reader.user_id, False)
    hall.tick()
    hall.do(walks.step, hall.reader, "ayu.written.take", hall.exam_id, 0, done=True)
    hall.do(readiness.answer, hall.reader, hall.exam_id, 0, ok=False)
    hall.case = hall.do(cases.file, hall.reader, "internet", hall.exam_id, hall.origin())
    hall.do(cases.add_note, hall.reader, hall.case.id, hall.origin(), text=WORDS, file_id="AgACAgIAAxk")
    hall.do(imports.results, [ResultRow(2, "E1", "S1", local("2026-12-22 14:00"))])
    key = f"1:{hall.reader.user_id}:{hall.reader.user_id}:"
    hall.do(conversations.put, key, "note", {"draft": WORDS})
    update = {"update_id": 1, "message": {"chat": {"id": hall.reader.user_id}, "text": WORDS}}
    hall.do(inbox.store, 1, [update])
    hall.do(people.note_wrong_code, hall.reader, 5)
    hall.tick()
    hall.sent()
    return hall


def everything(hall):
    """Every value of every row, as text."""

    def look(uow):
        return [
            f"{table.name}.{column}: {value}"
            for table in Base.metadata.sorted_tables
            for row in uow.session.execute(select(table)).mappings()
            for column, value in row.items()
        ]

    return hall.sql(look)


def test_forget__nothing_keeps_the_persons_name_words_or_account(lived):
    traces = (NAME, WORDS, PLACE, "AgACAgIAAxk", str(lived.reader.user_id))
    before = everything(lived)
    assert all(any(trace in value for value in before) for trace in traces)
    assert lived.do(forgetting.forget, "S1") == 1
    left = [value for value in everything(lived) if any(trace in value for trace in traces)]
    assert left == []
    after = everything(lived)
    assert [value for value in after if value.endswith(": S1")] == []
    assert f"readiness_answers.person_id: {lived.reader.person_id}" in before
    assert f"readiness_answers.person_id: {lived.reader.person_id}" not in after


def test_forget__the_registers_keep_their_numbers_times_and_states(lived):
    before = lived.do(cases.register)[0]
    owed = "pending"
    delivered = [
        (line.kind, line.due_at, "skipped" if line.state == owed else line.state)
        for line in lived.do(outbox.register)
    ]
    lived.do(forgetting.forget, "S1")
    case = lived.do(cases.register)[0]
    assert (case.number, case.filed_at, case.state) == (before.number, before.filed_at, before.state)
    assert case.reporter == forgetting.ERASED
    assert [(line.kind, line.due_at, line.state) for line in lived.do(outbox.register)] == delivered
    assert len(lived.sql(lambda uow: uow.session.scalars(select(Result)).all())) == 1


def test_forget__leaves_everybody_else_as_they_were(lived):
    lived.do(walks.step, lived.other, "ayu.written.take", lived.exam_id, 0, done=True)
    lived.do(readiness.answer, lived.other, lived.exam_id, 0, ok=True)
    lived.do(forgetting.forget, "S1")
    assert lived.do(people.meet, lived.other.user_id, "") == lived.other
    assert lived.do(walks.open_walk, lived.other, "ayu.written.take", lived.exam_id).place.done == {0}
    assert lived.do(readiness.open_check, lived.other, lived.exam_id).answers[0][1] is True
    assert lived.sql(lambda uow: len(uow.session.scalars(select(Walk)).all())) == 1


def test_forget__the_account_is_a_stranger_and_the_code_is_dead(lived):
    lived.add_students(student("S3"))
    issued = lived.do(people.issue_invites, secret=SECRET)
    code = next(invite.code for invite in issued if invite.ext_id == "S3")
    lived.do(forgetting.forget, "S3")
    me = lived.do(people.meet, 900, "ru")
    with refused("code_wrong"):
        lived.do(people.link, me, code, 1)
    lived.do(forgetting.forget, "S1")
    me = lived.do(people.meet, lived.reader.user_id, "ru")
    assert (me.person_id, me.chosen, me.consented) == (None, False, False)


def test_forget__nobody_is_invited_in_the_erased_persons_place(lived):
    lived.do(forgetting.forget, "S1")
    assert [invite.ext_id for invite in lived.do(people.issue_invites, secret=SECRET)] == []


def owed(hall):
    """States of everything that was ever owed to the student."""
    query = select(Notice.state).where(Notice.person_id == hall.reader.person_id)
    return hall.sql(lambda uow: set(uow.session.scalars(query)))


def test_forget__what_was_still_owed_is_not_sent_and_holds_nothing_up(lived):
    lived.clock.now = local("2026-12-21 10:40")
    lived.do(timers.fire)
    lived.do(forgetting.forget, "S1")
    lived.tick()
    assert lived.reader.user_id not in {message.user_id for message in lived.sent()}
    lived.clock.move(minutes=5)
    lived.tick()
    assert lived.do(outbox.lag)[1] == 0.0
    assert "skipped" in owed(lived)
    assert not owed(lived) & {"pending", "sending"}


def test_forget__what_is_being_sent_at_that_moment_ends_too(lived):
    lived.clock.now = local("2026-12-21 10:40")
    lived.do(timers.fire)
    lived.do(outbox.claim, 100)
    lived.do(forgetting.forget, "S1")
    lived.clock.move(minutes=2)
    lived.do(outbox.sweep)
    assert not owed(lived) & {"pending", "sending"}


def test_forget__a_member_of_staff_holds_no_role_any_more(hall):
    hall.add_staff(member("T2", Role.DEAN))
    person = hall.person("T2")
    hall.do(forgetting.forget, "T2")
    assert hall.sql(lambda uow: uow.people.roles_of(person.id)) == frozenset()
    assert hall.sql(lambda uow: list(uow.people.holders(["dean"]))) == []


def test_forget__an_id_in_both_registers_is_two_entries(hall):
    hall.add_students(student("7"))
    hall.add_staff(member("7"))
    assert hall.do(forgetting.forget, "7") == 2


def test_forget__nobody_has_that_id(hall):
    hall.add_students(student("S1"))
    for ext_id in ("", "S9", "%", "S_", "s1", "'; DELETE FROM people; --"):
        with pytest.raises(EmtihanError, match="nobody has the id"):
            hall.do(forgetting.forget, ext_id)
    assert hall.person("S1").full_name == "Студент S1"


def test_forget__whoever_comes_again_by_the_file_is_a_new_person(hall):
    hall.add_students(student("S1"))
    before = hall.person("S1").id
    hall.do(forgetting.forget, "S1")
    report = hall.add_students(student("S1", full_name=NAME))
    assert (report.added, report.changed) == (1, 0)
    assert hall.person("S1").id != before


# Retention


def handled(hall, number, days_ago):
    hall.do(inbox.store, 1, [{"update_id": number, "message": {"chat": {"id": 5}}}])
    if days_ago is None:
        return

    def finish(uow):
        row = uow.session.scalar(select(IncomingUpdate).where(IncomingUpdate.update_id == number))
        row.state, row.finished_at = "done", hall.clock() - dt.timedelta(days=days_ago)

    hall.sql(finish)


def kept(hall):
    return hall.sql(
        lambda uow: list(uow.session.scalars(select(IncomingUpdate.update_id).order_by(IncomingUpdate.id)))
    )


def test_purge__handled_updates_after_the_policys_days_waiting_ones_never(hall):
    for number, days in ((1, 14.01), (2, 13.99), (3, None), (4, 400)):
        handled(hall, number, days)
    assert hall.do(retention.purge_updates, dry_run=True) == 2
    assert kept(hall) == [1, 2, 3, 4]
    assert hall.do(retention.purge_updates) == 2
    assert kept(hall) == [2, 3]
    assert hall.do(retention.purge_updates) == 0


def test_purge__as_many_days_as_the_operators_file_says(governed):
    hall = governed("retention: {updates_days: 2}")
    for number, days in ((1, 2.1), (2, 1.9)):
        handled(hall, number, days)
    hall.do(retention.purge_updates)
    assert kept(hall) == [2]


def test_purge__nothing_until_the_university_decides(governed):
    hall = governed("retention: {updates_days: null}")
    handled(hall, 1, 4000)
    assert hall.do(retention.purge_updates) == 0
    assert kept(hall) == [1]
