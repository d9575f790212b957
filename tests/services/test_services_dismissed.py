"""Who was dismissed, or cannot be told, holds nothing up and has no say any more."""

from bot.services import applications, cases, chains, forms, people
from tests.support.refusals import refused
from tests.support.running import running
from tests.support.scenes import scene


@scene
def faculty(hall):
    """A running exam with its student and examiner, a methodist, a registrar and the dean."""
    running(hall, methodist="T2", registrar="T3", dean="T4")
    hall.tick()
    hall.sent()
    return hall


def dismiss(hall, *staff):
    """The administrator takes every role away; who they are now."""
    hall.sql(lambda uow: [uow.people.set_roles(one.person_id, ()) for one in staff])
    return [hall.do(people.meet, one.user_id, "") for one in staff]


def report(hall):
    return hall.do(cases.file, hall.reader, "internet", hall.exam_id, hall.origin())


def asked(hall):
    """Who has got the card of a report since the last look."""
    return {message.user_id for message in hall.sent() if "Форс-мажор" in message.text}


def applied(hall):
    draft = hall.do(forms.begin, hall.reader, "postponement")
    hall.do(forms.choose, hall.reader, draft.id, exam_id=hall.exam_id)
    hall.do(forms.choose, hall.reader, draft.id, reason="no_means")
    hall.do(forms.add, hall.reader, draft.id, hall.origin(), text="Ауылда интернет жоқ.")
    draft = hall.do(forms.draft_of, hall.reader, draft.id)
    return hall.do(applications.submit, hall.reader, draft.id, draft.stamp, hall.origin())


def told(hall, case_id):
    return hall.sql(lambda uow: uow.cases.told(uow.cases.get(case_id)))


def test_dismissed__a_step_of_the_frozen_chain_costs_no_minute(faculty):
    report(faculty)
    faculty.tick()
    assert asked(faculty) == {faculty.examiner.user_id}
    dismiss(faculty, faculty.methodist)
    faculty.forward(minutes=5)
    assert asked(faculty) == {faculty.registrar.user_id}


def test_dismissed__has_no_say_in_what_they_were_told_of(faculty):
    case = report(faculty)
    faculty.forward(minutes=5)
    assert faculty.methodist.user_id in asked(faculty)
    (me,) = dismiss(faculty, faculty.methodist)
    for work, *more in ((cases.take, faculty.origin()), (cases.show,), (cases.history,)):
        with refused("not_yours"):
            faculty.do(work, me, case.id, *more)
    assert faculty.do(cases.waiting_for, me) == []


def test_dismissed__whoever_examines_the_exam_itself_still_may(faculty):
    case = report(faculty)
    (me,) = dismiss(faculty, faculty.examiner)
    assert faculty.do(cases.take, me, case.id, faculty.origin()).state == "taken"


def test_dismissed__a_report_is_not_handed_to_them(faculty):
    case = report(faculty)
    faculty.do(cases.take, faculty.examiner, case.id, faculty.origin())
    dismiss(faculty, faculty.methodist)
    seats = faculty.sql(lambda uow: chains.seats(uow, faculty.clock(), uow.cases.get(case.id), but=None))
    assert "methodist" not in [seat.role for seat in seats]


def test_dismissed__a_dean_answers_no_application(faculty):
    case_id = applied(faculty)
    (me,) = dismiss(faculty, faculty.dean)
    with refused("not_yours"):
        faculty.do(
            applications.answer, me, case_id, faculty.origin(), outcome="granted", words="Рұқсат етілді."
        )


def test_application__a_card_that_cannot_be_delivered_goes_to_the_next_at_once(faculty):
    faculty.wire.blocked.add(faculty.dean.user_id)
    case_id = applied(faculty)
    assert told(faculty, case_id) == {faculty.dean.person_id}
    faculty.tick()
    assert told(faculty, case_id) == {faculty.registrar.person_id}
    faculty.tick()
    heard = {message.user_id for message in faculty.sent() if "AR-26-00001" in message.text}
    assert heard == {faculty.reader.user_id, faculty.registrar.user_id}


def test_serving__a_student_needs_no_role_and_a_timetable_is_one(faculty):
    people_of = (faculty.reader, faculty.examiner, faculty.methodist)
    dismiss(faculty, faculty.examiner, faculty.methodist)

    def serving(exam_id):
        asked = [one.person_id for one in people_of]
        return faculty.sql(lambda uow: uow.people.serving(asked, exam_id))

    assert serving(faculty.exam_id) == {faculty.reader.person_id, faculty.examiner.person_id}
    assert serving(None) == {faculty.reader.person_id}
