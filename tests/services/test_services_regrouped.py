"""Groups and people of an exam change in the files: nobody is warned of what is not theirs."""

import datetime as dt

import pytest

from bot.exchange.rows import ResultRow
from bot.rules.vocabulary import Role
from bot.services import appeals, imports, people, timers
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam, member, student
from tests.support.refusals import refused
from tests.support.scenes import scene

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NINE = local("2026-12-21 09:00")
GROUP, OTHER = "АЖ-23-1", "ИС-23-1"
LEFT, JOINED, MOVED = "енді кестеңізде жоқ", "емтихан қосылды", "уақыты өзгерді"


@scene
def faculty(hall):
    """Two groups of one linked student; the exam is the first one's."""
    hall.me = hall.student("S1")
    hall.other = hall.student("S2", group=OTHER)
    hall.examiner = hall.member("T1")
    hall.add_exams(exam("E1", NINE))
    hall.clock.now = local("2026-12-21 08:30")
    hall.tick()
    hall.sent()
    return hall


def test_regrouped__who_leaves_and_who_comes_hear_it_once(faculty):
    for _ in range(2):
        faculty.add_exams(exam("E1", NINE, groups=(OTHER,)))
        faculty.tick()
    faculty.expect((faculty.me, LEFT), (faculty.other, JOINED))


def test_regrouped__a_change_that_is_taken_back_at_once_is_not_told(faculty):
    faculty.add_exams(exam("E1", NINE, groups=(OTHER,)))
    faculty.clock.move(seconds=1)
    faculty.add_exams(exam("E1", NINE))
    faculty.tick()
    faculty.expect()


def test_regrouped__who_leaves_a_moved_exam_is_told_the_time_they_knew(faculty):
    faculty.add_exams(exam("E1", local("2026-12-22 15:00"), groups=(OTHER,)))
    faculty.tick()
    told = faculty.expect((faculty.me, LEFT), (faculty.other, MOVED), (faculty.examiner, MOVED))
    mine = next(message.text for message in told if message.user_id == faculty.me.user_id)
    assert "09:00" in mine
    assert "15:00" not in mine


def test_regrouped__another_proctor_and_another_examiner_hear_it(faculty):
    proctor = faculty.member("P1", Role.PROCTOR)
    faculty.member("T2")
    faculty.add_exams(exam("E1", NINE, examiners=("T2",), proctor="P1"))
    faculty.tick()
    heard = [(message.user_id, LEFT in message.text) for message in faculty.sent()]
    assert (faculty.examiner.user_id, True) in heard
    assert (proctor.user_id, False) in heard


def test_regrouped__an_exam_that_is_over_is_told_to_nobody(faculty):
    faculty.clock.now = local("2026-12-21 11:00")
    faculty.add_exams(exam("E1", NINE, groups=(OTHER,)))
    faculty.deliver()
    faculty.expect()


def test_regrouped__a_warning_on_its_way_does_not_reach_who_sits_it_no_longer(faculty):
    faculty.clock.now = local("2026-12-21 10:29:59")
    faculty.do(timers.fire)
    faculty.add_students(student("S1", group=OTHER))
    faculty.clock.now = local("2026-12-21 10:30")
    faculty.deliver()
    faculty.expect()


def test_students__a_group_that_nobody_is_in_any_more_is_noted_while_it_has_exams(faculty):
    def noted(**changes):
        return [note.code for note in faculty.add_students(student("S1", **changes)).notes]

    assert noted(full_name="Басқа Аты") == []
    assert noted(group="ЖАҢА-1") == ["group_deserted"]
    faculty.add_exams(exam("E1", NINE, groups=("ЖАҢА-1",)))
    assert noted(group="ЖАҢА-1") == []
    faculty.clock.now = NINE + dt.timedelta(days=29)
    assert noted(group="ТАҒЫ-1") == ["group_deserted"]
    faculty.add_exams(exam("E1", NINE, groups=("ТАҒЫ-1",)))
    faculty.clock.now = NINE + dt.timedelta(days=31)
    assert noted(group="СОҢҒЫ-1") == []


def test_students__a_group_that_somebody_stays_in_is_not_noted(faculty):
    faculty.add_students(student("S3"))
    assert faculty.add_students(student("S1", group="ЖАҢА-1")).notes == []


def test_result__where_no_source_says_until_when_who_links_later_hears_of_it(database_url):
    with Hall(database_url, profile="kaznmu") as hall:
        hall.add_students(student("S1"))
        hall.add_staff(member("T1"))
        hall.add_exams(exam("E1", NINE))
        hall.clock.now = local("2026-12-22 09:30")
        published = local("2026-12-22 09:00")
        hall.do(imports.results, [ResultRow(line=2, exam_id="E1", student_id=None, published_at=published)])
        hall.tick()
        hall.expect()
        guest = hall.do(people.meet, 555, "kk")
        code = next(one.code for one in hall.do(people.issue_invites, secret="00" * 32) if one.ext_id == "S1")
        me = hall.do(people.link, guest, code, hall.origin())
        hall.tick()
        hall.expect((me, "Деректер қоры"))


def published(hall, student_id):
    at = local("2026-12-21 14:00")
    hall.clock.now = at
    hall.do(imports.results, [ResultRow(line=2, exam_id="E1", student_id=student_id, published_at=at)])
    return hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)


def hears_and_may_appeal(hall, exam_id):
    """The student of the result, who alone of the two has sat the exam."""
    hall.tick()
    hall.expect((hall.me, "нәтижесі жарияланды"))
    assert [one.exam.id for one in hall.do(appeals.mine, hall.me)] == [exam_id]
    assert hall.do(appeals.begin, hall.me, exam_id, hall.origin()).exam.id == exam_id
    with refused("not_your_exam"):
        hall.do(appeals.begin, hall.other, exam_id, hall.origin())


def test_appeal__ones_own_result_stays_ones_own_in_another_group(faculty):
    exam_id = published(faculty, "S1")
    faculty.add_students(student("S1", group=OTHER))
    hears_and_may_appeal(faculty, exam_id)


def test_appeal__whoever_sat_the_exam_with_a_group_they_have_left_hears_of_the_result_and_may_appeal(faculty):
    faculty.clock.now = local("2026-12-21 12:00")
    faculty.add_students(student("S1", group=OTHER))
    exam_id = published(faculty, None)
    hears_and_may_appeal(faculty, exam_id)


@pytest.mark.parametrize("when", ["2026-12-21 08:59", "2027-02-01 09:00"], ids=["ahead", "long_over"])
def test_appeal__an_exam_that_was_not_sat_or_is_long_over_does_not_follow_into_another_group(faculty, when):
    faculty.clock.now = local(when)
    faculty.add_students(student("S1", group=OTHER))
    exam_id = published(faculty, None)
    assert faculty.do(appeals.mine, faculty.me) == []
    with refused("not_your_exam"):
        faculty.do(appeals.begin, faculty.me, exam_id, faculty.origin())


def test_result__of_who_left_their_group_and_came_back_is_told_once(faculty):
    faculty.clock.now = local("2026-12-21 12:00")
    faculty.add_students(student("S1", group=OTHER))
    faculty.add_students(student("S1"))
    published(faculty, None)
    faculty.tick()
    faculty.expect((faculty.me, "нәтижесі жарияланды"))


def test_appeal__that_was_begun_goes_on_after_the_group_has_changed(faculty):
    exam_id = published(faculty, None)
    draft = faculty.do(appeals.begin, faculty.me, exam_id, faculty.origin())
    faculty.add_students(student("S1", group=OTHER))
    faculty.do(appeals.set_ground, faculty.me, draft.id, "grade")
    words = "Екінші сұрақтың жауабы дұрыс еді."
    assert faculty.do(appeals.add_text, faculty.me, draft.id, words, faculty.origin()).text == words
