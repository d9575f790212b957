"""A session over the New Year: month, year and midnight pass while exams run."""

import pytest

from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, jump, just_before, to


@pytest.mark.parametrize(
    ("start", "warned_at", "ends"),
    [
        ("2026-12-31 22:30", "2027-01-01 00:00", "00:30"),
        ("2026-12-31 23:30", "2027-01-01 01:00", "01:30"),
        ("2027-01-31 22:45", "2027-02-01 00:15", "00:45"),
        ("2027-02-28 23:00", "2027-03-01 00:30", "01:00"),
    ],
)
def test_over_midnight__the_warning_comes_to_the_minute_with_the_true_end(
    hall: Hall, start: str, warned_at: str, ends: str
) -> None:
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at(start)))
    jump(hall, just_before(warned_at))
    hall.sent()
    to(hall, warned_at)
    (message,) = hall.expect((student, "30 минут қалды"))
    assert message.at == at(warned_at)
    assert f"<b>{ends}</b>" in message.text


def test_new_years_morning__the_evening_before_is_last_year(hall: Hall) -> None:
    student = hall.student()
    hall.member()
    hall.add_exams(exam("E1", at("2027-01-01 09:00")))
    jump(hall, just_before("2026-12-31 18:00"))
    hall.sent()
    to(hall, "2026-12-31 18:00")
    (message,) = hall.expect((student, "Емтихан жақын"))
    assert "1 қаңтар, 09:00" in message.text
