"""So many people are due at once that sending takes long: it begins before the minute, and says the truth."""

import dataclasses

from bot.rules import warnings
from bot.services import exam_desk, timers, waves
from bot.services.imports import Report
from bot.storage.unit import UnitOfWork
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.timelines import at, just_before, nothing_until, to

PEOPLE = 60


def crowd(hall: Hall, *, group: str = "АЖ-23-1", people: int = PEOPLE, first: int = 0) -> None:
    for number in range(first, first + people):
        hall.add_students(student(f"S{number}", group=group))
        hall.join(f"S{number}", language="ru")


def plan(hall: Hall, per_second: float = 1.0) -> int:
    changed: int = hall.do(waves.plan, per_second)
    return changed


def test_wave__begins_half_its_length_before_the_minute(hall: Hall) -> None:
    crowd(hall)
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:25", step_seconds=300)
    hall.sent()
    assert plan(hall) == 1
    nothing_until(hall, just_before("10:29:28"), step_seconds=60)
    to(hall, "10:29:30", step_seconds=1)
    got = hall.sent()
    assert len(got) == PEOPLE
    assert all("<b>Осталось 30 минут</b>" in message.text for message in got)
    nothing_until(hall, just_before("10:40"))


def test_wave__is_counted_anew_until_it_begins(hall: Hall) -> None:
    crowd(hall)
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:25", step_seconds=300)
    hall.sent()
    assert plan(hall) == 1
    assert plan(hall) == 0
    crowd(hall, first=PEOPLE, people=20)
    assert plan(hall) == 1
    nothing_until(hall, just_before("10:29:18"), step_seconds=60)
    to(hall, "10:29:20", step_seconds=1)
    assert len(hall.sent()) == PEOPLE + 20


def test_wave__a_moved_exam_does_not_go_out_with_the_wave_of_its_old_minute(hall: Hall) -> None:
    crowd(hall, people=PEOPLE)
    hall.member()
    row = exam("E1", at("09:00"))
    hall.add_exams(row)
    to(hall, "10:29", step_seconds=300)
    plan(hall)
    hall.add_exams(dataclasses.replace(row, starts_at=at("09:30")))
    to(hall, "10:30:30", step_seconds=1)
    assert all("Осталось" not in message.text for message in hall.sent())
    hall.do(timers.fire)
    to(hall, "11:00")
    assert len(hall.sent()) == PEOPLE


def test_wave__few_people_are_told_at_the_moment(hall: Hall) -> None:
    me = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    to(hall, "10:25", step_seconds=300)
    hall.sent()
    assert plan(hall) == 0
    nothing_until(hall, just_before("10:30"))
    to(hall, "10:30")
    hall.expect((me, "30 минут қалды"))


def crowded(report: Report) -> list[str]:
    """What an import says of minutes with too many people."""
    return [note.message for note in report.notes if note.code == "too_many_at_once"]


def test_import__more_people_in_one_minute_than_any_order_can_serve_is_said(hall: Hall) -> None:
    few = dataclasses.replace(hall.office, per_second=0.05)
    hall.desk.office = few
    crowd(hall, people=20)
    hall.member()
    first = hall.add_exams(exam("E1", at("09:00")))
    assert crowded(first) == []
    crowd(hall, people=20, first=20, group="ИС-23-2")
    hall.add_students(student("S99", group="ИС-23-2"))
    second = hall.add_exams(exam("E2", at("10:00"), groups=("ИС-23-2",)), exam("E1", at("10:00")))
    assert len(crowded(second)) == 3
    said = crowded(second)[0]
    assert said.startswith("2026-12-21 11:30: 41 people")
    assert "serve 30 in the 10 minutes" in said
    assert "/link" in said
    assert second.changed == second.added == 1


def test_wave__students_with_more_time_are_counted_at_their_own_minute(hall: Hall) -> None:
    crowd(hall, people=5)
    examiner = hall.member()
    hall.add_exams(exam("E1", at("09:00")))
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    for number in (0, 1):
        slow = hall.person(f"S{number}").id
        hall.do(exam_desk.give, examiner, exam_id, 1, slow, 15, 0, hall.origin())

    def loads(uow: UnitOfWork) -> dict[str, int]:
        found = uow.waves.loads(warnings.LEFT, at("10:29"))
        return {f"{load.due_at.astimezone(hall.office.zone):%H:%M}": load.people for load in found}

    assert hall.sql(loads) == {"10:30": 3, "10:40": 3, "10:45": 2, "10:50": 3, "10:55": 2, "11:05": 2}
