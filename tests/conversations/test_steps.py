"""/steps: one message that walks through an algorithm."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.rules.vocabulary import ExamKind
from tests.support.campus import Campus
from tests.support.town import Phone, Town

KINDS = (
    "test", "test_complex", "test_cyclic", "oral", "written",
    "project", "mini_project", "case", "essay", "creative",
)  # fmt: skip
TOLD_LENGTHS = {"test": 5, "oral": 8, "written": 7, "project": 6, "creative": 5, "essay": 7, "case": 6}
DONE = {"kk": "✅ Орындадым", "ru": "✅ Сделано"}
FINISH = {"kk": "✅ Бәрі бітті", "ru": "✅ Всё готово"}
FINISHED = {"kk": "✅ Барлық қадам орындалды.", "ru": "✅ Все шаги сделаны."}
BACK = {"kk": "Артқа", "ru": "Назад"}
HEAD = {"kk": re.compile(r"· (\d+)/(\d+) қадам$"), "ru": re.compile(r"· шаг (\d+) из (\d+)$")}
KAZAKH = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
SCREEN_LETTERS = 700


@pytest.fixture(scope="module")
def readers(shared_town: Town) -> dict[str, Phone]:
    """A guest of each language."""
    labels = {"kk": "Қазақша", "ru": "Русский"}
    return {name: shared_town.phone(name).start().tap(label) for name, label in labels.items()}


def place(text: str, language: str) -> tuple[int, int]:
    """(step, of how many) as the first line says."""
    found = HEAD[language].search(text.split("\n")[0])
    assert found, text
    return int(found[1]), int(found[2])


def walk_through(phone: Phone, language: str) -> Iterator[str]:
    """Every screen of a walk, from the first on, by its main button."""
    message = phone.last()["message_id"]
    yield phone.text
    while True:
        label = next(x for x in phone.labels() if x in (DONE[language], FINISH[language]))
        phone.tap(label)
        assert phone.last()["message_id"] == message
        yield phone.text
        if label == FINISH[language]:
            return


def kind_label(town: Town, language: str, kind: str) -> str:
    return str(town.app.base.voices[language].label(f"kind.{kind}"))  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("kind", KINDS)
def test_steps__of_a_kind_are_walked_to_the_end_in_one_message(
    town: Town, readers: dict[str, Phone], kind: str, language: str
) -> None:
    phone = readers[language].send("/steps").tap(kind_label(town, language, kind))
    *screens, last = walk_through(phone, language)
    places = [place(screen, language) for screen in screens]
    length = TOLD_LENGTHS.get(kind.removesuffix("_complex").removesuffix("_cyclic"), 6)
    assert places == [(k, length) for k in range(1, length + 1)]
    assert FINISHED[language] in last
    assert FINISH[language] not in phone.labels()
    for screen in screens:
        assert "AYU 5.2." in screen.split("\n")[-1]
        assert not set("{}<>") & set(screen)
        assert len(screen) <= SCREEN_LETTERS, f"{len(screen)} letters"
        assert bool(KAZAKH & set(screen)) == (language == "kk"), screen


def test_steps__offer_ten_kinds_and_the_etiquette(readers: dict[str, Phone], town: Town) -> None:
    phone = readers["kk"].send("/steps")
    kinds = {kind_label(town, "kk", kind) for kind in KINDS}
    etiquette = town.app.base.voices["kk"].label("walk.etiquette")  # type: ignore[union-attr]
    assert kinds | {etiquette} <= set(phone.labels())


def test_etiquette__is_read_without_an_exam_and_has_no_problem_button(readers: dict[str, Phone]) -> None:
    phone = readers["ru"].send("/steps").tap("Цифровой этикет")
    assert place(phone.text, "ru") == (1, 6)
    assert "🔴 Есть проблема" not in phone.labels()


def test_steps__back_next_jump_and_the_whole_list(campus: Campus) -> None:
    phone = campus.student().send("/steps").tap("Эссе")
    message = phone.last()["message_id"]
    assert "Артқа" not in phone.labels()
    phone.tap("✅ Орындадым").tap("✅ Орындадым")
    assert place(phone.text, "kk") == (3, 7)
    phone.tap("Артқа")
    assert place(phone.text, "kk") == (2, 7)
    assert "✅ Бейнеконференцияға (Zoom) қосылыңыз" in phone.text
    phone.tap("Келесі")
    assert place(phone.text, "kk") == (3, 7)
    phone.tap("Барлық қадам")
    assert phone.text == "Эссе\nОрындалды: 2/7"
    marks = [label.split(" ")[0] for label in phone.labels()[:7]]
    assert marks == ["✅", "✅", "▶️", "▫️", "▫️", "▫️", "▫️"]
    phone.tap("▫️ 5.")
    assert place(phone.text, "kk") == (5, 7)
    phone.tap("✅ Орындадым")
    assert place(phone.text, "kk") == (6, 7)
    assert phone.last()["message_id"] == message


def test_steps__the_last_one_done_first_leads_back_to_what_is_left(campus: Campus) -> None:
    phone = campus.student().send("/steps").tap("Тест").tap("Барлық қадам").tap("▫️ 5.")
    phone.tap("✅ Бәрі бітті")
    assert place(phone.text, "kk") == (1, 5)
    for _ in range(4):
        phone.tap("✅ Орындадым")
    assert "✅ Барлық қадам орындалды." in phone.text


def test_steps__a_double_tap_does_one_step(campus: Campus) -> None:
    phone = campus.student().send("/steps").tap("Тест").tap("✅ Орындадым", times=5)
    assert place(phone.text, "kk") == (2, 5)


def test_steps__of_the_exam_that_runs_come_at_once(campus: Campus) -> None:
    campus.exam(starts_in=-30, subject_kk="Деректер қоры")
    campus.exam(starts_in=300, subject_kk="Желілер", kind=ExamKind.ORAL)
    phone = campus.student().send("/steps")
    assert phone.text.startswith("Деректер қоры · 1/7 қадам")
    assert "Жүйені ашу" in phone.labels()


def test_steps__of_two_exams_today_are_a_choice(campus: Campus) -> None:
    campus.exam(starts_in=120, subject_kk="Деректер қоры")
    campus.exam(starts_in=300, subject_kk="Желілер", kind=ExamKind.ORAL, duration_min=60)
    phone = campus.student().send("/steps")
    assert phone.labels()[:2] == ["📍 Деректер қоры", "📍 Желілер"]
    phone.tap("📍 Желілер")
    assert phone.text.startswith("Желілер · 1/8 қадам")


@pytest.mark.parametrize(
    ("language", "line"), [("kk", "⏰ Жүктеу мерзімі: 10:50"), ("ru", "⏰ Срок загрузки: 10:50")]
)
def test_steps__bound_to_the_clock_show_local_time(campus: Campus, language: str, line: str) -> None:
    campus.exam(starts_in=-60)
    phone = campus.student(language).send("/steps")
    for _ in range(4):
        phone.tap(DONE[language])
    assert place(phone.text, language) == (5, 7)
    assert line in phone.text.split("\n")


def test_steps__bound_to_the_clock_name_the_day_when_it_is_not_today(campus: Campus) -> None:
    campus.exam(starts_in=6 * 24 * 60, kind=ExamKind.PROJECT, duration_min=90)
    phone = campus.student().send("/exams").tap("27 желтоқсан").tap("Қадамдар")
    assert "⏰ Жүктеу мерзімі: 23 желтоқсан, 10:00" in phone.text


def test_steps__of_a_bare_kind_show_how_long_before(readers: dict[str, Phone]) -> None:
    phone = readers["kk"]
    phone.forge("wk:ayu.mini_project.take:-:0")
    assert "⏰ Тапсырма емтиханға 4 сағат қалғанда ашылады." in phone.text


def test_steps__progress_is_kept_per_person_and_exam_over_a_restart(campus: Campus) -> None:
    first = campus.exam(starts_in=120)
    second = campus.exam(starts_in=300)
    phone, friend = campus.student(), campus.student()
    phone.forge(f"wo:ayu.written.take:{first}:-")
    phone.tap("✅ Орындадым").tap("✅ Орындадым")
    message = phone.last()["message_id"]
    campus.town.stop_bot()
    campus.town.start_bot()
    phone.tap("✅ Орындадым", message_id=message)
    assert place(phone.text, "kk") == (4, 7)
    assert phone.last()["message_id"] == message
    phone.forge(f"wo:ayu.written.take:{first}:-")
    assert place(phone.text, "kk") == (4, 7)
    phone.forge(f"wo:ayu.written.take:{second}:-")
    assert place(phone.text, "kk") == (1, 7)
    friend.forge(f"wo:ayu.written.take:{first}:-")
    assert place(friend.text, "kk") == (1, 7)


def test_steps__a_tap_made_while_the_bot_was_down_counts(campus: Campus) -> None:
    campus.exam(starts_in=-10)
    phone = campus.student().send("/steps")
    campus.town.stop_bot()
    phone.act("tap", label="✅ Орындадым")
    campus.town.start_bot()
    phone.settle()
    assert place(phone.text, "kk") == (2, 7)


@pytest.mark.parametrize(
    ("language", "problem", "trouble", "filed"),
    [
        ("kk", "🔴 Қиындық бар", "Интернет жоқ", "Хабарлама қабылданды"),
        ("ru", "🔴 Есть проблема", "Нет интернета", "Сообщение принято"),
    ],
)
def test_steps__a_problem_is_filed_in_two_taps(
    campus: Campus, language: str, problem: str, trouble: str, filed: str
) -> None:
    examiner = campus.member(language=language)
    exam = campus.exam(examiner)
    phone = campus.student(language).send("/steps").tap(problem)
    assert "AYU 5.2.3 FM-S" in phone.text
    phone.tap(trouble)
    assert filed in phone.text
    (case,) = campus.cases(phone)
    assert (case.exam_id, case.trouble) == (exam, "internet")
    assert case.number in examiner.text


def test_steps__after_a_problem_the_way_back_is_open(campus: Campus) -> None:
    campus.exam()
    phone = campus.student().send("/steps").tap("✅ Орындадым").tap("🔴 Қиындық бар")
    phone.tap("Қадамға оралу")
    assert place(phone.text, "kk") == (2, 7)
    phone.tap("🔴 Қиындық бар").tap("Интернет жоқ")
    phone.tap("Қадамдар")
    assert place(phone.text, "kk") == (2, 7)
    assert any("Хабарлама қабылданды" in text for text in phone.texts())


def test_steps__a_guest_with_a_problem_learns_the_order_of_people(readers: dict[str, Phone]) -> None:
    phone = readers["ru"].send("/steps").tap("Эссе")
    phone.forge("wp:ayu.essay.take:-:0")
    chain = "преподаватель, методист, офис-регистратор, заместитель декана"
    assert chain in phone.text
    assert phone.labels() == ["🔴 Форс-мажор", "Вернуться к шагу"]


def test_steps__every_button_is_short(town: Town, readers: dict[str, Phone]) -> None:
    def labels(phone: Phone) -> list[str]:
        phone.send("/steps")
        found = phone.labels()
        phone.tap(phone.labels()[0])
        return [*found, *phone.labels()]

    long = [label for phone in readers.values() for label in labels(phone) if len(label) > 24]
    assert not long


def test_steps__the_order_of_a_walk_is_the_sources(town: Town) -> None:
    algorithm: Any = town.desk.office.algorithms["ayu.written.take"]
    assert [step.clause.split(";")[0] for step in algorithm.steps] == [
        f"AYU 5.2.3 take {k}" for k in range(1, 8)
    ]
