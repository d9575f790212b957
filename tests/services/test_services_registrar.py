"""The registrar's desk: terms after exams by the policy, of the own faculty, for that office alone."""

import io

import pytest

from bot.rules.vocabulary import ExamKind, Role
from bot.services import registrar
from bot.views import registrar as views
from tests.support.clock import local
from tests.support.people import exam, member, student
from tests.support.refusals import code_of

OTHER = "Тарих факультеті"


@pytest.fixture
def office(hall):
    """A written and an oral exam of ours, one of another faculty, one that still runs."""
    hall.registrar = hall.member("R1", Role.REGISTRAR)
    hall.add_students(student("S1"), student("S9", group="ТР-1", faculty=OTHER))
    hall.add_staff(member("T1"), member("T9", faculty=OTHER))
    nine = local("2026-12-21 09:00")
    hall.add_exams(
        exam("E1", nine),
        exam("E2", local("2026-12-21 08:00"), kind=ExamKind.ORAL, groups=("АЖ-23-1",)),
        exam("E3", nine, groups=("ТР-1",), examiners=("T9",), faculty=OTHER),
        exam("E4", local("2026-12-21 11:00")),
    )
    hall.clock.now = local("2026-12-21 12:00")
    return hall


def test_terms__are_the_policys_nearest_first(office):
    found = office.do(registrar.entries, office.registrar)
    assert [(one.exam.ext_id, one.what, one.due, one.clause) for one in found] == [
        ("E2", "entry", local("2026-12-21 10:00"), "AYU 5.2.2 conduct 11"),
        ("E1", "entry", local("2026-12-22 11:00"), "AYU 5.2.3 conduct 13"),
    ]
    shown = views.entries(office.base.voices["kk"], found, office.clock()).text
    assert "🔴 Мерзімі өтті" in shown
    assert "Қалғаны: 23 сағат" in shown


def test_terms__go_a_day_after_they_are_over_and_whole_university_sees_all(office):
    rector = office.member("R0", Role.REGISTRAR, faculty="")
    assert {one.exam.ext_id for one in office.do(registrar.entries, rector)} == {"E1", "E2", "E3"}
    office.clock.now = local("2026-12-23 11:01")
    assert "E1" not in {one.exam.ext_id for one in office.do(registrar.entries, office.registrar)}


def test_figures__come_with_a_table_and_their_clause(office):
    from python_calamine import CalamineWorkbook

    found, clause = office.do(registrar.compute, office.registrar, "5 5\n5 4\n3 -")
    assert clause == "AYU 6.9.5"
    screen = views.figures(office.base.voices["ru"], found, clause)
    assert "Процент качества: 66,67" in screen.text
    rows = CalamineWorkbook.from_filelike(io.BytesIO(screen.upload.content)).get_sheet_by_index(0).to_python()
    assert ["5", 2, 1] in [row[:3] for row in rows]


@pytest.mark.parametrize("role", [Role.DEAN, Role.EXAMINER, Role.CALL_CENTER])
def test_nobody_else__comes_in(office, role):
    other = office.member("X1", role)
    assert code_of(office, registrar.entries, other) == "staff_only"
    assert code_of(office, registrar.compute, other, "20 8 7 4 1") == "staff_only"
