"""A student at an oral exam starts the clock of their preparation from the step."""

from bot.rules.vocabulary import ExamKind
from tests.support.campus import Campus


def test_prepare__from_the_step_the_clock_runs_and_can_begin_anew(campus: Campus) -> None:
    campus.exam(starts_in=-10, kind=ExamKind.ORAL)
    phone = campus.student().send("/steps")
    for _ in range(3):
        phone.tap("✅ Орындадым")
    phone.tap("⏱ Дайындалуды бастадым")
    assert "Дайындық аяқталатын уақыт: 10:20" in phone.text
    assert "⏱ Қайта бастау" in str(phone.last())
