from bot.rules.vocabulary import PersonKind, Role
from bot.services import people, staffing
from tests.support.people import FACULTY, member, student

ECONOMY = "Экономика факультеті"


def gaps(hall):
    return {(gap.faculty, gap.role): gap.held for gap in hall.do(staffing.gaps)}


def test_gaps__are_named_for_every_faculty_that_has_students(hall):
    assert gaps(hall) == {}
    hall.add_students(student("S1"), student("S2", faculty=ECONOMY), student("S3", faculty=""))
    found = gaps(hall)
    assert {faculty for faculty, _ in found} == {FACULTY, ECONOMY}
    assert (FACULTY, Role.DEAN) in found
    assert not any(found.values())


def test_gaps__the_examiners_stand_in_the_timetable_and_are_not_looked_at(hall):
    hall.add_students(student("S1"))
    assert (FACULTY, Role.EXAMINER) not in gaps(hall)


def test_gaps__somebody_not_linked_or_who_has_blocked_the_bot_holds_a_role_but_hears_nothing(hall):
    hall.add_students(student("S1"))
    hall.add_staff(member("T1", Role.DEAN))
    assert gaps(hall)[FACULTY, Role.DEAN] is True
    dean = hall.join("T1", PersonKind.STAFF)
    assert (FACULTY, Role.DEAN) not in gaps(hall)
    hall.do(people.set_blocked, dean.user_id, True)
    assert gaps(hall)[FACULTY, Role.DEAN] is True


def test_gaps__a_holder_of_the_whole_university_serves_every_faculty_another_facultys_does_not(hall):
    hall.add_students(student("S1"), student("S2", faculty=ECONOMY))
    hall.member("T1", Role.REGISTRAR, faculty="", department="")
    hall.member("T2", Role.METHODIST, faculty=ECONOMY, department="")
    found = gaps(hall)
    assert not {(FACULTY, Role.REGISTRAR), (ECONOMY, Role.REGISTRAR)} & found.keys()
    assert found[FACULTY, Role.METHODIST] is False
    assert (ECONOMY, Role.METHODIST) not in found
