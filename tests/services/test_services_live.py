"""Messages that keep themselves current: new once, then changed in place."""

from bot.rules.parcels import Sent
from bot.rules.vocabulary import Role
from bot.services import cases, live, outbox
from bot.wire import ApiRefused, ApiUnreachable
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.scenes import scene


@scene
def told(hall):
    """An examiner with a live card about a report of their student."""
    hall.examiner, hall.one = hall.member("T1", Role.EXAMINER), hall.student("S1")
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    hall.clock.now = local("2026-12-21 09:30")
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.case = hall.do(cases.file, hall.one, "internet", exam_id, hall.origin())
    hall.tick()
    hall.sent()
    return hall


def owe(hall, person_id=None):
    def write(uow):
        who = person_id or hall.examiner.person_id
        live.owe(uow, hall.clock(), "case:1", "case_card", who, case_id=hall.case.id)

    hall.sql(write)


def test_owed_first__is_new_then_changes_that_message(told):
    owe(told)
    told.tick()
    (first,) = told.sent()
    owe(told)
    told.tick()
    (second,) = told.sent()
    assert (first.edits, second.edits) == (None, len(told.wire.messages) - 1)


def test_owed_often__goes_out_once(told):
    for _ in range(5):
        owe(told)
    told.tick()
    assert len(told.sent()) == 1


def test_owed_while_it_is_sent__goes_out_again_with_the_change(told):
    owe(told)
    (parcel,) = told.do(outbox.claim, 10)
    owe(told)
    told.do(outbox.settle, [Sent(parcel.notice_id, "sent", message_id=77)])
    told.tick()
    (change,) = told.sent()
    assert change.edits == 77
    told.tick()
    assert told.sent() == []


def test_adopted__the_screen_that_was_shown_is_changed(told):
    told.do(live.adopt, told.examiner, "case:1", "case_card", 55, case_id=told.case.id)
    told.tick()
    assert told.sent() == []
    owe(told)
    told.tick()
    assert told.sent()[0].edits == 55


def test_adopted_again__the_newest_screen_is_changed(told):
    for number in (55, 56):
        told.do(live.adopt, told.examiner, "case:1", "case_card", number, case_id=told.case.id)
    owe(told)
    told.tick()
    assert told.sent()[0].edits == 56


def test_removed_by_its_reader__is_sent_anew(told):
    told.do(live.adopt, told.examiner, "case:1", "case_card", 55, case_id=told.case.id)
    told.wire.removed.add(55)
    owe(told)
    told.tick()
    (anew,) = told.sent()
    assert anew.edits is None
    owe(told)
    told.tick()
    assert told.sent()[0].edits == len(told.wire.messages) - 1


def test_unchanged__is_as_good_as_sent(told):
    told.do(live.adopt, told.examiner, "case:1", "case_card", 55, case_id=told.case.id)
    told.wire.failures[told.examiner.user_id] = [ApiRefused(400, "Bad Request: message is not modified: …")]
    owe(told)
    told.tick()
    assert told.sent() == []
    assert {line.state for line in told.do(outbox.register) if line.kind == "case_card"} == {"sent"}


def test_line_down__is_tried_again(told):
    owe(told)
    told.wire.failures[told.examiner.user_id] = [ApiUnreachable("reset")]
    told.tick()
    assert told.sent() == []
    told.forward(minutes=2)
    assert len(told.sent()) == 1


def test_without_an_account__nothing_is_owed(told):
    told.add_students(student("S9"))
    owe(told, told.person("S9").id)
    told.tick()
    assert told.sent() == []
