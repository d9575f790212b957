import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.rules.vocabulary import Role
from bot.services import exams, people, walks
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.refusals import refused
from tests.support.scenes import scene

NINE = local("2026-12-21 09:00")
WRITTEN = "ayu.written.take"


def hours(number):
    return dt.timedelta(hours=number)


def exam_id(hall, ext_id="E1"):
    return hall.sql(lambda uow: uow.exams.by_ext()[ext_id].id)


def cancel(hall, ext_id):
    def change(uow):
        uow.exams.by_ext()[ext_id].cancelled_at = hall.clock()

    hall.sql(change)


@scene
def faculty(hall):
    """Two groups with a student each, an examiner, a proctor and a dean; the clock stands at 8:00."""
    hall.reader = hall.student("S1")
    hall.stranger = hall.student("S2", group="ИС-23-1")
    hall.examiner, hall.proctor = hall.member("T1"), hall.member("T2", Role.PROCTOR)
    hall.dean = hall.member("T3", Role.DEAN)
    hall.guest = hall.do(people.meet, 9999, "")
    return hall


def mine(hall, me):
    return [(my.exam.ext_id, my.phase, my.holds) for my in hall.do(exams.mine, me)]


def test_mine__nearest_first_with_those_just_over(faculty):
    faculty.add_exams(
        exam("E1", NINE, proctor="T2"),
        exam("E2", NINE - hours(2)),
        exam("E3", NINE + hours(30)),
        exam("E4", NINE - hours(15)),
        exam("E5", NINE - hours(14.9)),
        exam("E6", NINE - hours(3), duration_min=100),
        exam("E7", NINE),
    )
    cancel(faculty, "E7")
    own = [("E5", "over"), ("E6", "over"), ("E2", "running"), ("E1", "upcoming"), ("E3", "upcoming")]
    assert mine(faculty, faculty.reader) == [(*row, False) for row in own]
    assert mine(faculty, faculty.examiner) == [(*row, True) for row in own]
    assert mine(faculty, faculty.proctor) == [("E1", "upcoming", True)]
    assert mine(faculty, faculty.stranger) == mine(faculty, faculty.dean) == []
    with refused("link_first"):
        mine(faculty, faculty.guest)


def test_one__only_an_exam_of_ones_own(faculty):
    faculty.add_exams(exam("E1", NINE, proctor="T2"), exam("E2", NINE))
    for me in (faculty.reader, faculty.examiner, faculty.proctor):
        assert faculty.do(exams.one, me, exam_id(faculty)).ext_id == "E1"
    for me, code in (
        (faculty.stranger, "not_your_exam"),
        (faculty.dean, "not_your_exam"),
        (faculty.guest, "link_first"),
    ):
        with refused(code):
            faculty.do(exams.one, me, exam_id(faculty))
    with refused("not_your_exam"):
        faculty.do(exams.one, faculty.proctor, exam_id(faculty, "E2"))
    cancel(faculty, "E1")
    for number in (exam_id(faculty), 0, -1, 999_999_999_999_999):
        with refused("exam_gone"):
            faculty.do(exams.one, faculty.reader, number)


def test_one__whoever_left_the_group_sees_it_no_more(faculty):
    faculty.add_exams(exam("E1", NINE))
    faculty.add_students(student("S1", group="ИС-23-1"))
    with refused("not_your_exam"):
        faculty.do(exams.one, faculty.reader, exam_id(faculty))


def test_brief__a_subject_in_one_language_serves_both(faculty):
    faculty.add_exams(exam("E1", NINE, subject_kk="", subject_ru="Физика"))
    assert faculty.do(exams.one, faculty.reader, exam_id(faculty)).subjects == {
        "kk": "Физика",
        "ru": "Физика",
    }


def test_today__is_the_local_day_and_what_still_runs(faculty):
    faculty.add_exams(
        exam("E1", local("2026-12-21 00:30"), duration_min=60),
        exam("E2", local("2026-12-21 23:30"), duration_min=60),
        exam("E3", local("2026-12-22 00:00")),
        exam("E4", local("2026-12-20 23:00"), duration_min=600),
    )

    def today(me=faculty.reader):
        return [brief.ext_id for brief in faculty.do(exams.today, me)]

    assert today() == ["E4", "E2"]
    faculty.clock.now = local("2026-12-22 00:10")
    assert today() == ["E2", "E3"]
    assert today(faculty.guest) == today(faculty.stranger) == []


def test_meant_now__the_running_else_the_near(faculty):
    faculty.add_exams(exam("E1", NINE), exam("E2", NINE + hours(3)), exam("E3", NINE + hours(13)))

    def meant():
        return faculty.sql(
            lambda uow: [b.ext_id for b in exams.meant_now(uow, faculty.clock(), faculty.reader.person_id)]
        )

    assert meant() == ["E1", "E2"]
    faculty.clock.now = NINE
    assert meant() == ["E1"]
    faculty.clock.now = NINE + hours(2)
    assert meant() == ["E1", "E2", "E3"]


# Walks


def place(hall, me, about=None, algorithm=WRITTEN):
    view = hall.do(walks.open_walk, me, algorithm, about)
    return view.place.position, sorted(view.place.done), view.place.finished


def step(hall, me, position, about=None, *, done=True, algorithm=WRITTEN):
    view = hall.do(walks.step, me, algorithm, about, position, done=done)
    return view.place.position, sorted(view.place.done), view.place.finished


def test_walk__begins_at_the_first_step_and_goes_on_after_a_pause(faculty):
    assert place(faculty, faculty.reader) == (0, [], False)
    assert step(faculty, faculty.reader, 0) == (1, [0], False)
    assert step(faculty, faculty.reader, 3, done=False) == (3, [0], False)
    assert place(faculty, faculty.reader) == (3, [0], False)


def test_walk__a_step_done_twice_is_done_once(faculty):
    for _ in range(3):
        assert step(faculty, faculty.reader, 2) == (3, [2], False)


@pytest.mark.parametrize(("position", "shown"), [(99, 6), (10**14, 6)])
def test_walk__an_old_button_shows_a_step_that_exists(faculty, position, shown):
    assert step(faculty, faculty.reader, position, done=False) == (shown, [], False)
    assert step(faculty, faculty.reader, position) == (shown, [], False)


def test_walk__to_its_end(faculty):
    length = len(faculty.office.algorithms[WRITTEN].steps)
    for position in range(length):
        found = step(faculty, faculty.reader, position)
    assert found == (length - 1, list(range(length)), True)
    row = faculty.sql(lambda uow: uow.walks.find(faculty.reader.account_id, WRITTEN))
    assert row.finished_at == faculty.clock()
    faculty.clock.move(minutes=1)
    step(faculty, faculty.reader, 0)
    again = faculty.sql(lambda uow: uow.walks.find(faculty.reader.account_id, WRITTEN))
    assert (again.finished_at, again.updated_at) == (row.finished_at, faculty.clock())


def test_walk__steps_of_one_reader_at_the_same_moment_are_all_kept(faculty):
    faculty.add_exams(exam("E1", NINE))
    about, length = exam_id(faculty), len(faculty.office.algorithms[WRITTEN].steps)
    place(faculty, faculty.reader, about)
    barrier = threading.Barrier(length)

    def take(position):
        def work(uow):
            now = faculty.clock() + dt.timedelta(microseconds=position + 1)
            barrier.wait(30)
            return walks.step(uow, faculty.office, now, faculty.reader, WRITTEN, about, position, done=True)

        return faculty.desk.database.transact(work)

    with ThreadPoolExecutor(length) as pool:
        list(pool.map(take, range(length)))
    assert place(faculty, faculty.reader, about)[1:] == (list(range(length)), True)


def test_walk__progress_is_per_reader_and_exam(faculty):
    faculty.add_exams(exam("E1", NINE), exam("E2", NINE + hours(3)), exam("E3", NINE, groups=("ИС-23-1",)))
    first, second, third = (exam_id(faculty, ext_id) for ext_id in ("E1", "E2", "E3"))
    step(faculty, faculty.reader, 0, first)
    step(faculty, faculty.stranger, 4, third)
    assert place(faculty, faculty.reader, first) == (1, [0], False)
    assert place(faculty, faculty.reader, second) == (0, [], False)
    assert place(faculty, faculty.reader) == (0, [], False)
    assert place(faculty, faculty.stranger, third) == (5, [4], False)
    assert place(faculty, faculty.guest) == (0, [], False)


def test_walk__of_an_exam_that_is_not_ones_own_is_refused(faculty):
    faculty.add_exams(exam("E1", NINE))
    about = exam_id(faculty)
    for work in (place, lambda hall, me, number: step(hall, me, 0, number)):
        with refused("not_your_exam"):
            work(faculty, faculty.stranger, about)
        with refused("link_first"):
            work(faculty, faculty.guest, about)
        with refused("exam_gone"):
            work(faculty, faculty.reader, 999_999_999_999_999)


def test_walk__of_another_kind_than_the_exam_is_gone(faculty):
    faculty.add_exams(exam("E1", NINE))
    with refused("walk_gone"):
        place(faculty, faculty.reader, exam_id(faculty), "ayu.test.take")


def test_walk__an_unknown_one_is_gone(faculty):
    for algorithm in ("", "ayu", "ayu.written", "'; DROP TABLE walks; --", "ә" * 500):
        with refused("walk_gone"):
            place(faculty, faculty.reader, None, algorithm)


def test_walk__steps_that_are_no_more_are_forgotten(faculty):
    step(faculty, faculty.reader, 1)

    def spoil(uow):
        row = uow.walks.find(faculty.reader.account_id, WRITTEN)
        row.position, row.done = 50, [1, 50]

    faculty.sql(spoil)
    assert place(faculty, faculty.reader) == (6, [1], False)
