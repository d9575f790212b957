"""Whoever holds an exam calls a helper: for one student, for one out of reach, for the whole exam."""

from bot.rules.vocabulary import Role
from bot.services import exam_cards, exam_day, helpdesk, talks, tickets
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.refusals import refused
from tests.support.scenes import scene
from tests.support.timelines import at


@scene
def room(hall: Hall) -> Hall:
    """An exam that runs, with its examiner and proctor, and a volunteer on duty."""
    hall.examiner = hall.member("T1", full_name="Оспанова А.")
    hall.proctor = hall.member("P1", Role.PROCTOR)
    hall.volunteer = hall.member("V1", Role.VOLUNTEER)
    hall.one = hall.student("S1", full_name="Ахметова Айгерім")
    hall.add_students(student("S2", full_name="Бекова Гүлнар"))
    hall.add_exams(exam("E1", at("09:00"), proctor="P1"))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = at("09:30")
    hall.do(helpdesk.go_on_duty, hall.volunteer)
    return hall


def call(room, me, student_id=0, origin=None):
    return room.do(tickets.call_to_exam, me, room.exam_id, student_id, origin or room.origin())


def card(room):
    return room.do(exam_cards.show, room.examiner, room.exam_id)


def test_for_one__the_helper_talks_with_the_student_who_hears_of_it(room):
    ticket, own = call(room, room.proctor, room.one.person_id)
    assert (own, ticket.asker, ticket.caller, ticket.whole) == (
        False,
        "Ахметова Айгерім",
        "Қызметкер P1",
        False,
    )
    assert ticket.exam.id == room.exam_id
    room.tick()
    room.expect(
        (room.one, "Сізге көмекші шақырған: Қызметкер P1"), (room.volunteer, "Шақырған: Қызметкер P1")
    )
    room.do(helpdesk.claim, room.volunteer, ticket.id)
    room.do(talks.say, room.one, ticket.id, room.origin(), text="Zoom ашылмайды")
    room.tick()
    assert any("Zoom ашылмайды" in m.text for m in room.sent() if m.user_id == room.volunteer.user_id)


def test_for_one__the_card_shows_who_waits_and_who_is_helped(room):
    assert card(room).helped == ()
    ticket, _ = call(room, room.examiner, room.one.person_id)
    of = {student.name: student.help for student in card(room).students}
    assert of["Ахметова Айгерім"].waiting
    assert of["Бекова Гүлнар"] is None
    before = room.do(exam_cards.show, room.examiner, room.exam_id)
    room.do(helpdesk.claim, room.volunteer, ticket.id)
    assert [one.waiting for one in card(room).helped] == [False]
    assert before.helped != card(room).helped


def test_for_one__called_twice_or_helped_already_is_one_ticket(room):
    first, _ = call(room, room.examiner, room.one.person_id, origin=5)
    again, _ = call(room, room.examiner, room.one.person_id, origin=5)
    other, _ = call(room, room.proctor, room.one.person_id)
    assert (again.id, again.fresh) == (first.id, True)
    assert (other.id, other.fresh) == (first.id, False)


def test_out_of_reach__the_helper_talks_with_whoever_called(room):
    ticket, own = call(room, room.examiner, room.person("S2").id)
    assert (own, ticket.asker, ticket.through) == (True, "Бекова Гүлнар", True)
    room.do(helpdesk.claim, room.volunteer, ticket.id)
    room.do(talks.say, room.examiner, ticket.id, room.origin(), text="Телефоны өшірулі")
    room.tick()
    got = [message.text for message in room.sent() if message.user_id == room.volunteer.user_id]
    assert any("Оспанова А." in text and "Телефоны өшірулі" in text for text in got)


def test_whole__the_caller_asks_and_stands_before_those_without_an_exam(room):
    ticket, own = call(room, room.examiner)
    assert (own, ticket.whole, ticket.asker, ticket.place) == (True, True, "Оспанова А.", 1)
    room.tick()
    room.expect((room.volunteer, "Бүкіл топқа көмек керек"))
    again, _ = call(room, room.examiner)
    assert (again.id, again.fresh) == (ticket.id, False)


def test_whole__then_one_out_of_reach_is_noted_for_the_helper(room):
    ticket, _ = call(room, room.examiner)
    room.do(helpdesk.claim, room.volunteer, ticket.id)
    again, own = call(room, room.examiner, room.person("S2").id)
    assert (again.id, own) == (ticket.id, True)
    assert room.do(helpdesk.open_card, room.volunteer, ticket.id).note == "Бекова Гүлнар"


def test_others__may_not_and_nobody_after_the_end(room):
    stranger = room.member("T9")
    with refused("not_your_exam"):
        call(room, stranger)
    with refused("staff_only"):
        call(room, room.one)
    room.add_students(student("S3", group="OTHER"))
    with refused("student_gone"):
        call(room, room.examiner, room.person("S3").id)
    with refused("student_gone"):
        call(room, room.examiner, 999_999)
    room.clock.now = at("13:00")
    with refused("start_over"):
        call(room, room.examiner)


def test_call__to_come_and_a_helper_are_two_things(room):
    call(room, room.examiner, room.one.person_id)
    room.do(exam_day.call, room.examiner, room.exam_id, room.one.person_id, room.origin())
    one = next(s for s in card(room).students if s.person_id == room.one.person_id)
    assert one.called_at is not None
    assert one.help is not None
