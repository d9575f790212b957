"""What the bot did is evidence: in the examiner's step, in the register of deliveries."""

from bot.services import cases, outbox, walks
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.timelines import at, jump

CONDUCT = "ayu.written.conduct"


def laid(hall: Hall) -> int:
    hall.examiner, hall.me = hall.member("T1"), hall.student("S1")
    hall.add_students(student("S2"))
    hall.add_exams(exam("E1", at("09:00")))
    jump(hall, "10:29")
    found: int = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    return found


def warning_step(hall: Hall) -> int:
    steps = hall.office.algorithms[CONDUCT].steps
    return next(index for index, step in enumerate(steps) if step.evidence == "warnings")


def test_step__shows_whom_each_warning_reached_and_is_ticked_after_the_last(hall: Hall) -> None:
    exam_id = laid(hall)
    index = warning_step(hall)
    view = hall.do(walks.open_walk, hall.examiner, CONDUCT, exam_id)
    assert (view.told, index in view.place.done) == ((), False)
    jump(hall, "10:30")
    view = hall.do(walks.open_walk, hall.examiner, CONDUCT, exam_id)
    assert [(one.minutes, one.reached, one.total) for one in view.told] == [(30, 1, 2)]
    assert index not in view.place.done
    for moment in ("10:40", "10:50"):
        jump(hall, moment)
    view = hall.do(walks.open_walk, hall.examiner, CONDUCT, exam_id)
    assert [one.minutes for one in view.told] == [30, 20, 10]
    assert index in view.place.done


def test_step__of_an_exam_without_warnings_is_never_ticked(hall: Hall) -> None:
    hall.examiner = hall.member("T1")
    hall.add_students(student("S1"))
    hall.add_exams(exam("E1", at("09:00"), duration_min=5))
    jump(hall, "09:10")
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    view = hall.do(walks.open_walk, hall.examiner, CONDUCT, exam_id)
    assert warning_step(hall) not in view.place.done


def test_register__who_got_a_warning_who_opened_the_steps_and_who_reported(hall: Hall) -> None:
    exam_id = laid(hall)
    jump(hall, "10:30")
    hall.clock.now = at("10:32")
    hall.do(walks.open_walk, hall.me, "ayu.written.take", exam_id)
    hall.clock.now = at("10:34")
    hall.do(walks.step, hall.me, "ayu.written.take", exam_id, 0, done=True)
    hall.do(cases.file, hall.me, "internet", exam_id, hall.origin())
    lines = {line.ext_id: line for line in hall.do(outbox.register) if line.kind == "warning"}
    assert lines.keys() == {"S1", "S2"}
    got, lost = lines["S1"], lines["S2"]
    assert (got.minutes, got.state, got.finished_at) == (30, "sent", at("10:30"))
    assert (got.acted_at, got.filed_at) == (at("10:32"), at("10:34"))
    assert (lost.state, lost.reason, lost.acted_at, lost.filed_at) == (
        "unreachable",
        "not_linked",
        None,
        None,
    )


def test_missed__one_notice_and_another_only_for_somebody_new(hall: Hall) -> None:
    laid(hall)
    jump(hall, "10:30")
    jump(hall, "10:30:05")
    told = [m.text for m in hall.sent() if "Жетпеді" in m.text or "Студент S2" in m.text]
    assert len(told) == 1
    hall.wire.blocked.add(hall.me.user_id)
    for moment in ("10:40", "10:40:05"):
        jump(hall, moment)
    (fresh,) = [m.text for m in hall.sent() if m.user_id == hall.examiner.user_id]
    assert "Студент S1" in fresh
    assert "Студент S2" not in fresh
    for moment in ("10:50", "10:50:05"):
        jump(hall, moment)
    assert [m.text for m in hall.sent() if m.user_id == hall.examiner.user_id] == []
