"""A link of an exam that is near changes in the file: whom it concerns hears it once."""

import pytest

from bot.services import timetable, walks
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.scenes import scene

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NINE = local("2026-12-21 09:00")
HEAD, USE, ASK = "сілтемесі өзгерді", "Жаңасы төменде", "деканаттан сұраңыз"
NEW, NEWER = "https://meet.example/new", "https://meet.example/newer"


@scene
def faculty(hall: Hall) -> Hall:
    """A student, one of another group, an examiner; the exam begins in an hour."""
    hall.me = hall.student("S1")
    hall.other = hall.student("S2", group="ИС-23-1")
    hall.examiner = hall.member("T1")
    hall.add_exams(exam("E1", NINE))
    hall.tick()
    hall.sent()
    return hall


def test_link__changed_is_told_once_with_the_new_one_to_tap(faculty):
    for _ in range(2):
        faculty.add_exams(exam("E1", NINE, meeting_url=NEW))
        faculty.tick()
    told = faculty.expect((faculty.me, HEAD), (faculty.examiner, HEAD))
    for message in told:
        assert USE in message.text
        assert ASK not in message.text
        assert message.buttons == ["Zoom-ды ашу", "Емтихандарым"]


def test_link__of_the_learning_system_is_told_too(faculty):
    faculty.add_exams(exam("E1", NINE, lms_url="https://lms.example/other"))
    faculty.tick()
    faculty.expect((faculty.me, USE), (faculty.examiner, USE))


def test_link__that_is_gone_says_whom_to_ask(faculty):
    faculty.add_exams(exam("E1", NINE, meeting_url=""))
    faculty.tick()
    told = faculty.expect((faculty.me, ASK), (faculty.examiner, ASK))
    assert all(USE not in message.text for message in told)


def test_link__changed_twice_before_it_is_told_is_told_as_it_stands(faculty):
    for url in (NEW, NEWER):
        faculty.add_exams(exam("E1", NINE, meeting_url=url))
        faculty.clock.move(seconds=1)
    faculty.tick()
    faculty.expect((faculty.me, HEAD), (faculty.examiner, HEAD))


def test_link__changed_back_before_it_is_told_is_nobodys_news(faculty):
    faculty.add_exams(exam("E1", NINE, meeting_url=NEW))
    faculty.clock.move(seconds=1)
    faculty.add_exams(exam("E1", NINE))
    faculty.tick()
    faculty.expect()


def test_link__changed_back_after_it_was_told_is_told_again(faculty):
    for row in (exam("E1", NINE, meeting_url=NEW), exam("E1", NINE)):
        faculty.add_exams(row)
        faculty.tick()
        faculty.expect((faculty.me, HEAD), (faculty.examiner, HEAD))
        faculty.clock.move(seconds=1)


@pytest.mark.parametrize(
    ("moment", "heard"),
    [
        ("2026-12-20 08:59:59", False),
        ("2026-12-20 09:00", True),
        ("2026-12-21 10:59", True),
        ("2026-12-21 11:00", False),
    ],
)
def test_link__is_told_from_a_day_before_the_start_until_the_end(hall, moment, heard):
    me, examiner = hall.student("S1"), hall.member("T1")
    hall.clock.now = local(moment)
    hall.add_exams(exam("E1", NINE))
    hall.deliver()
    hall.sent()
    hall.add_exams(exam("E1", NINE, meeting_url=NEW))
    hall.deliver()
    hall.expect(*([(me, HEAD), (examiner, HEAD)] if heard else []))


def test_link__of_a_moved_exam_goes_with_the_news_of_its_time(faculty):
    faculty.add_exams(exam("E1", local("2026-12-21 09:30"), meeting_url=NEW))
    faculty.tick()
    moved = "уақыты өзгерді"
    faculty.expect((faculty.me, moved), (faculty.examiner, moved))


def test_link__who_comes_and_who_leaves_hear_only_that(faculty):
    faculty.add_exams(exam("E1", NINE, groups=("ИС-23-1",), meeting_url=NEW))
    faculty.tick()
    faculty.expect(
        (faculty.me, "енді кестеңізде жоқ"), (faculty.other, "емтихан қосылды"), (faculty.examiner, HEAD)
    )


def test_link__of_a_demonstration_laid_anew_is_nobodys_news(faculty):
    faculty.do(timetable.laid_anew, [exam("E1", NINE, meeting_url=NEW)])
    faculty.tick()
    faculty.expect()


@pytest.fixture
def week(hall: Hall) -> Hall:
    """The exam is three days away; one of its two students has opened its steps."""
    hall.me, hall.opener = hall.student("S1"), hall.student("S2")
    hall.examiner = hall.member("T1")
    hall.clock.now = local("2026-12-18 10:00")
    hall.add_exams(exam("E1", NINE))
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    algorithm = hall.office.walk_of("written").id
    hall.do(walks.open_walk, hall.opener, algorithm, exam_id)
    hall.deliver()
    hall.sent()
    return hall


def at(hall: Hall, moment: str) -> None:
    hall.clock.now = local(moment)
    hall.deliver()


def told(hall: Hall) -> list[int]:
    return sorted(message.user_id for message in hall.sent() if HEAD in message.text)


def test_far__whoever_has_opened_the_steps_hears_at_once_the_others_a_day_before(week):
    week.add_exams(exam("E1", NINE, meeting_url=NEW))
    at(week, "2026-12-18 10:00:01")
    assert told(week) == [week.opener.user_id]
    at(week, "2026-12-20 08:59:59")
    assert told(week) == []
    at(week, "2026-12-20 09:00")
    assert told(week) == sorted([week.me.user_id, week.examiner.user_id])
    at(week, "2026-12-20 10:00")
    assert told(week) == []


def test_far__changed_again_and_back_is_told_as_it_stands(week):
    for second, url in enumerate((NEW, NEWER, exam("E1", NINE).meeting_url)):
        at(week, f"2026-12-18 10:01:0{second}")
        week.add_exams(exam("E1", NINE, meeting_url=url))
        week.deliver()
        assert told(week) == [week.opener.user_id]
    at(week, "2026-12-20 09:00")
    assert told(week) == [], "the others never saw another"


def test_far__a_link_that_there_was_none_of_is_no_news(week):
    week.add_exams(exam("E2", NINE, meeting_url=""))
    week.add_exams(exam("E2", NINE, meeting_url=NEW))
    at(week, "2026-12-20 09:00")
    assert told(week) == []


def test_far__waits_along_with_an_exam_that_is_put_off(week):
    week.add_exams(exam("E1", NINE, meeting_url=NEW))
    at(week, "2026-12-18 10:00:01")
    week.add_exams(exam("E1", local("2026-12-23 09:00"), meeting_url=NEW))
    at(week, "2026-12-22 08:59:59")
    assert told(week) == [week.opener.user_id]
    at(week, "2026-12-22 09:00")
    assert told(week) == sorted([week.me.user_id, week.examiner.user_id])


def test_far__is_said_at_once_when_the_exam_is_brought_near(week):
    week.add_exams(exam("E1", NINE, meeting_url=NEW))
    at(week, "2026-12-18 10:00:01")
    assert told(week) == [week.opener.user_id]
    week.add_exams(exam("E1", local("2026-12-19 09:00"), meeting_url=NEW))
    week.deliver()
    assert told(week) == sorted([week.me.user_id, week.examiner.user_id])
