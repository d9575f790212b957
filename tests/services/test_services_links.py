"""A link of an exam that is near changes in the file: whom it concerns hears it once."""

import pytest

from bot.services import timetable
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NINE = local("2026-12-21 09:00")
HEAD, USE, ASK = "сілтемесі өзгерді", "Жаңасы төменде", "деканаттан сұраңыз"
NEW, NEWER = "https://meet.example/new", "https://meet.example/newer"


@pytest.fixture
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
        ("2026-12-20 08:59", False),
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
