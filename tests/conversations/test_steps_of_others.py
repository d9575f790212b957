"""/steps at a university whose rules are silent: the ministry's general procedure, or whom to ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rules.vocabulary import ExamKind, Role
from tests.conversations.conftest import PHONE_LINE
from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Town


@pytest.fixture(scope="module")
def ukgu(tmp_path_factory: pytest.TempPathFactory, clock: HandClock, policy_file: Path) -> Iterator[Town]:
    url = f"sqlite:///{tmp_path_factory.mktemp('ukgu') / 'emtihan.db'}"
    with Town(url, clock=clock, policy_file=policy_file, profile="ukgu") as opened:
        yield opened


@pytest.fixture
def abroad(ukgu: Town, clock: HandClock) -> Campus:
    return Campus(ukgu, clock)


def test_silence__names_whom_to_ask_and_what_holds_for_all(abroad: Campus) -> None:
    abroad.exam(kind=ExamKind.ESSAY, subject_ru="Базы данных", starts_in=240)
    phone = abroad.student("ru").send("/steps")
    assert phone.text.startswith("Базы данных\n")
    assert "Шагов для этого вида экзамена в правилах университета нет" in phone.text
    assert PHONE_LINE in phone.text
    assert "Открыть Zoom" in phone.labels()
    assert "Перенос экзамена" in phone.labels()
    phone.tap("Другие шаги")
    assert phone.labels()[:3] == ["📍 Базы данных", "Тест", "Устный экзамен"]
    phone.tap("📍 Базы данных")
    assert "Шагов для этого вида экзамена в правилах университета нет" in phone.text


def test_graduation__is_the_ministrys_general_procedure_and_says_so(abroad: Campus) -> None:
    abroad.exam(
        kind=ExamKind.THESIS_DEFENCE,
        attestation=abroad.final,
        starts_in=240,
        duration_min=60,
        subject_kk="Қорғау",
    )
    phone = abroad.student().send("/steps")
    assert phone.text.startswith("Қорғау · 1/12 қадам\nМинистрліктің жалпы тәртібі\n")
    assert "деканаттан сұраңыз" in phone.text
    assert "MIN 27; 28" in phone.text
    phone.tap("✅ Орындадым")
    assert "Министрліктің жалпы тәртібі" in phone.text
    assert "деканаттан сұраңыз" not in phone.text


def test_staff__without_steps_of_their_own_are_told_whose_these_are(abroad: Campus) -> None:
    phone = abroad.member(Role.METHODIST).send("/steps")
    assert "Төменде студенттің қадамдары" in phone.text
    phone.tap("Тест")
    assert phone.text.startswith("Студенттің қадамдары · Тест · 1/13 қадам")


def test_examiner__and_proctor_have_what_the_instruction_says_of_them(abroad: Campus) -> None:
    examiner, proctor = abroad.member(), abroad.member(Role.PROCTOR, language="ru")
    abroad.exam(
        examiner,
        proctor=proctor.ext_id,
        starts_in=240,
        kind=ExamKind.ORAL,
        subject_kk="Тарих",
        subject_ru="История",
    )
    examiner.send("/steps").tap("Емтиханды өткізу").tap("✅ Орындадым").tap("✅ Орындадым")
    assert examiner.text.startswith("Емтиханды өткізу · Тарих · 3/6 қадам")
    assert "10–15 минут" in examiner.text
    proctor.send("/steps").tap("Работа проктора").tap("✅ Сделано")
    assert "Отправьте билет студенту в личный чат" in proctor.text


def test_secretary__of_such_a_university_has_the_ministrys_steps(abroad: Campus) -> None:
    phone = abroad.member(Role.SECRETARY, language="ru").send("/steps").tap("Работа секретаря")
    phone.tap("Комплексный экзамен")
    assert "Общий порядок министерства" in phone.text
