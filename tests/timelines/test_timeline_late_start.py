"""An exam of which nobody says that it began: its people are asked, then the dean hears it (AYU 5.1.5)."""

import pytest

from bot.errors import Refusal
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import exam_day, walks
from bot.wire import ApiUnreachable
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.timelines import at, jump
from tests.support.wire import Message

ASKED, LATE = "емтихан басталды ма?", "Басталғаны расталмаған емтихандар"


def laid(hall: Hall, *names: str) -> list[int]:
    hall.examiner = hall.member("T1")
    hall.proctor = hall.member("P1", Role.PROCTOR)
    hall.dean = hall.member("D1", Role.DEAN)
    hall.add_students(student("S1"))
    jump(hall, "08:59")
    hall.add_exams(*(exam(name, at("09:00"), proctor="P1") for name in names or ("E1",)))
    jump(hall, "09:00")
    hall.sent()
    return hall.sql(
        lambda uow: [row.id for row in sorted(uow.exams.by_ext().values(), key=lambda e: e.ext_id)]
    )


def got(hall: Hall, me: Me, part: str) -> list[Message]:
    return [message for message in hall.sent() if message.user_id == me.user_id and part in message.text]


def test_silence__examiner_and_proctor_are_asked_once_then_the_dean(watched: Hall) -> None:
    laid(watched)
    jump(watched, "09:04:50")
    assert not [m for m in watched.sent() if ASKED in m.text]
    jump(watched, "09:05")
    asked = {m.user_id for m in watched.sent() if ASKED in m.text}
    assert asked == {watched.examiner.user_id, watched.proctor.user_id}
    jump(watched, "09:09:50")
    assert not [m for m in watched.sent() if LATE in m.text or ASKED in m.text]
    jump(watched, "09:10")
    (late,) = got(watched, watched.dean, LATE)
    assert "Топ: АЖ-23-1. Оқытушы мен проктор: Қызметкер T1, Қызметкер P1" in late.text
    assert "AYU 5.1.5" in late.text
    jump(watched, "09:40")
    assert not [m for m in watched.sent() if LATE in m.text or ASKED in m.text]


def test_said_in_time__nobody_is_asked(watched: Hall) -> None:
    (exam_id,) = laid(watched)
    jump(watched, "09:02")
    watched.do(exam_day.begun, watched.proctor, exam_id, on_time=True)
    for moment in ("09:05", "09:10", "09:30"):
        jump(watched, moment)
    assert not [m for m in watched.sent() if LATE in m.text or ASKED in m.text]


def test_proctors_own_step__says_it_too(watched: Hall) -> None:
    (exam_id,) = laid(watched)
    steps = watched.office.algorithms["ayu.proctor"].steps
    index = next(i for i, step in enumerate(steps) if step.event == "start")
    watched.do(walks.step, watched.proctor, "ayu.proctor", exam_id, index, done=True)
    for moment in ("09:05", "09:10"):
        jump(watched, moment)
    assert not [m for m in watched.sent() if LATE in m.text or ASKED in m.text]


def test_answered_after_the_question__the_dean_does_not_hear(watched: Hall) -> None:
    (exam_id,) = laid(watched)
    jump(watched, "09:05")
    jump(watched, "09:07")
    watched.do(exam_day.begun, watched.examiner, exam_id, on_time=False)
    jump(watched, "09:10")
    assert got(watched, watched.dean, LATE) == []
    day, by = watched.sql(lambda uow: uow.conduct.days([exam_id])[exam_id])
    assert (day.started_at, by) == (at("09:07"), "Қызметкер T1")


def test_many_exams__one_message_that_changes_as_they_begin(watched: Hall) -> None:
    first, second = laid(watched, "E1", "E2")
    jump(watched, "09:05")
    jump(watched, "09:10")
    (late,) = got(watched, watched.dean, LATE)
    assert f"{LATE}: 2." in late.text
    watched.do(exam_day.begun, watched.examiner, first, on_time=False)
    jump(watched, "09:11")
    (changed,) = got(watched, watched.dean, LATE)
    assert changed.edits is not None
    assert f"{LATE}: 1." in changed.text
    assert "Басталды: 09:10" in changed.text
    watched.do(exam_day.begun, watched.examiner, second, on_time=True)
    jump(watched, "09:12")
    (all_begun,) = got(watched, watched.dean, "Барлық емтихан басталды")
    assert all_begun.edits == changed.edits


def test_moved_before_it_began__the_new_time_counts(watched: Hall) -> None:
    laid(watched)
    watched.add_exams(exam("E1", at("10:00"), proctor="P1"))
    for moment in ("09:05", "09:10", "10:04"):
        jump(watched, moment)
    assert not [m for m in watched.sent() if LATE in m.text or ASKED in m.text]
    jump(watched, "10:05")
    assert [m for m in watched.sent() if ASKED in m.text]


def test_asleep_at_the_start__the_question_has_its_time_first(watched: Hall) -> None:
    laid(watched)
    jump(watched, "09:30")
    assert {m.user_id for m in watched.sent() if ASKED in m.text or LATE in m.text} == {
        watched.examiner.user_id, watched.proctor.user_id
    }  # fmt: skip
    jump(watched, "09:35")
    assert len(got(watched, watched.dean, LATE)) == 1


def test_well_under_way__nobody_is_asked_whether_it_began(watched: Hall) -> None:
    laid(watched)
    watched.add_students(student("S2", group="БТ-1"))
    watched.clock.now = at("09:59:59")
    watched.add_exams(exam("E2", at("09:00"), groups=("БТ-1",)), exam("E3", at("08:59"), groups=("БТ-1",)))
    watched.tick()
    asked = watched.sql(
        lambda uow: {
            row.ext_id: uow.conduct.days([row.id]).get(row.id) for row in uow.exams.by_ext().values()
        }
    )
    assert {name for name, day in asked.items() if day is not None and day[0].asked_at is not None} == {
        "E1",
        "E2",
    }
    assert len(got(watched, watched.examiner, ASKED)) == 2


def test_question__that_waits_for_the_line_too_long_is_not_asked(watched: Hall) -> None:
    laid(watched)
    watched.wire.down = ApiUnreachable("reset")
    jump(watched, "09:06")
    watched.clock.now = at("10:00:30")
    watched.wire.down = None
    watched.tick()
    assert not got(watched, watched.examiner, ASKED)


def test_said_too_early_or_after_the_end__is_refused(watched: Hall) -> None:
    (exam_id,) = laid(watched)
    watched.clock.now = at("08:30")
    with pytest.raises(Refusal, match="start_early"):
        watched.do(exam_day.begun, watched.examiner, exam_id, on_time=True)
    watched.clock.now = at("11:00")
    with pytest.raises(Refusal, match="start_over"):
        watched.do(exam_day.begun, watched.examiner, exam_id, on_time=True)


def test_no_dean_linked__whoever_hears_when_nobody_can(watched: Hall) -> None:
    watched.member("T1")
    admin = watched.member("A1", Role.ADMIN)
    watched.add_students(student("S1"))
    jump(watched, "08:59")
    watched.add_exams(exam("E1", at("09:00")))
    for moment in ("09:05", "09:10"):
        jump(watched, moment)
    assert len(got(watched, admin, LATE)) == 1
