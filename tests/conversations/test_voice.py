"""How the bot speaks: /lang, /privacy, /help, /cancel, and every screen of the story in both languages."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from bot.rules.vocabulary import ExamKind, Role
from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Phone, Town

KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)
RUSSIAN = re.compile(
    r"\b(для|это|что|ваш\w*|экзамен\w*|сообщени\w*|нажмите|время|преподаватель|шаг\w*|осталось)\b",
    re.IGNORECASE,
)
BOTH = re.compile("Тілді таңдаңыз\\.\nВыберите язык\\.|Тіл / Язык|Язык / Тіл|Қазақша|Русский")
LONGEST_SCREEN = 600
LONGEST_LABEL = 24
OWN_NAMES = re.compile("FM-26-|:|·|📍|\\d|[▶▫✅].. \\d")
"""Labels that are the name of a thing may be as long as it is."""


def label(town: Town, language: str, name: str) -> str:
    assert town.app is not None
    return town.app.base.voices[language].label(name)


@pytest.fixture
def story(campus: Campus, clock: HandClock) -> Callable[[str], list[Phone]]:
    """Every screen of the main job, seen by a guest, a student, an examiner and a methodist."""

    def play(language: str) -> list[Phone]:
        def press(phone: Phone, name: str, **more: Any) -> Phone:
            return phone.tap(label(campus.town, language, name), **more)

        own = press(campus.town.phone(language).start(), "language.name")
        for command in (
            "help",
            "privacy",
            "exams",
            "sos",
            "my",
            "staff",
            "steps",
            "nothing",
            "cancel",
            "lang",
        ):
            own.send(f"/{command}")
        own.sends(sticker=True).send("/start wrong")
        examiner = campus.member(language=language, full_name="Osp A.")
        methodist = campus.member(Role.METHODIST, language=language, full_name="Bek G.", department="")
        exam = campus.exam(examiner, subject_kk="SQL", subject_ru="SQL")
        campus.exam(examiner, starts_in=1500, subject_kk="PHP", subject_ru="PHP", kind=ExamKind.ESSAY)
        ext_id = campus.register_student(full_name="Akh A.", language=language)
        student = campus.town.joined(ext_id, language=language)
        student.ext_id = ext_id
        for command in ("exams", "my", "privacy", "help", "staff", "nothing", "cancel", "start"):
            student.send(f"/{command}")
        student.send("/exams").tap("09:00")
        press(student, "button.calendar")
        student.send("/steps")
        press(student, "button.whole_list")
        student.send("/steps")
        press(student, "button.problem")
        press(student, "trouble.internet")
        press(student, "button.add_note")
        student.sends(photo=True).sends(sticker=True)
        clock.move(minutes=5, seconds=1)
        campus.town.until(lambda: campus.cases(student)[0].step == 1)
        student.settle()
        press(methodist, "button.take")
        student.send("/my").tap("FM-26-")
        for command in ("staff", "exams", "start", "help"):
            examiner.send(f"/{command}")
        campus.move(exam, minutes=30)
        student.settle()
        return [own, student, examiner, methodist]

    return play


def screens(town: Town, phones: list[Phone], after: int) -> list[tuple[str, list[str]]]:
    """(text, labels) of everything that was sent to these people, or shown in place of something else."""
    chats = {str(phone.user_id) for phone in phones}
    found = []
    for call in town.calls(after=after):
        params = call["params"]
        if params.get("chat_id") in chats and call["status"] == 200 and {"text", "caption"} & params.keys():
            words = unescape(re.sub("<[^>]*>", "", params.get("text") or params["caption"]))
            rows = json.loads(params.get("reply_markup") or "{}").get("inline_keyboard", [])
            found.append((words, [button["text"] for row in rows for button in row]))
    return found


@pytest.mark.parametrize(("language", "foreign"), [("kk", RUSSIAN), ("ru", KAZAKH)], ids=["kk", "ru"])
def test_screens__of_the_whole_story_are_short_and_in_one_language(
    story: Callable[[str], list[Phone]], campus: Campus, language: str, foreign: re.Pattern[str]
) -> None:
    campus.group = f"G-{campus.group[3:]}"
    begun = max((call["seq"] for call in campus.town.calls(method="sendMessage")), default=0)
    seen = screens(campus.town, story(language), begun)
    assert len(seen) > 50
    for text, labels in seen:
        words = BOTH.sub("", "\n".join([text, *labels]))
        assert not foreign.search(words), words
        assert len(text) <= LONGEST_SCREEN, f"{len(text)}: {text}"
        assert not set("{}") & set(text), text
        assert "!" not in text, text
        long = [name for name in labels if len(name) > LONGEST_LABEL and not OWN_NAMES.search(name)]
        assert not long


def test_lang__every_later_message_is_in_the_new_language(campus: Campus) -> None:
    examiner = campus.member(language="kk", full_name="Osp A.")
    campus.exam(examiner)
    student = campus.student("kk", full_name="Akh A.")
    for phone in (student, examiner):
        phone.send("/lang").tap("Русский")
        assert phone.texts()[-2] == "Дальше пишем по-русски. Сменить язык: /lang"
        phone.fresh()
    student.send("/sos").tap("Нет интернета")
    examiner.tap("✅ Беру")
    student.send("/exams").send("/steps")
    seen = [message["text"] for phone in (student, examiner) for message in phone.fresh()]
    assert len(seen) >= 5
    assert not [text for text in seen if KAZAKH.search(text)]
    assert "Ваше сообщение взято" in student.texts()[-3]


def test_lang__sets_the_command_menu_of_this_chat(town: Town) -> None:
    phone = town.phone("kk").start().tap("Русский")
    person = town.get(f"/sandbox/people/{phone.user_id}")
    assert {"command": "exams", "description": "Мои экзамены"} in person["commands"]
    phone.send("/lang").tap("Қазақша")
    person = town.get(f"/sandbox/people/{phone.user_id}")
    assert {"command": "exams", "description": "Менің емтихандарым"} in person["commands"]


def test_menus__and_descriptions_are_there_in_both_languages(town: Town) -> None:
    town.until(lambda: len(town.calls(method="setMyShortDescription")) >= 3)
    state = town.get("/sandbox/state")["bot"]
    assert {"kk", "ru"} <= state["commands"].keys()
    people = [town.phone(language) for language in ("kk", "ru", "en")]
    described = [town.get(f"/sandbox/people/{p.user_id}")["description"] for p in people]
    assert [text.split(" ")[0] for text in described] == ["Қашықтан", "Проведу", "Қашықтан"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("kk", ["Бұл аккаунт мына кісіге тиесілі: Akh A.", "деканатқа"]), ("ru", ["Akh A.", "в деканат"])],
)
def test_privacy__says_whose_account_what_is_kept_and_how_to_erase_it(
    campus: Campus, language: str, said: list[str]
) -> None:
    phone = campus.student(language, full_name="Akh A.").send("/privacy")
    assert all(part in phone.text for part in said)


def test_privacy__of_a_guest_does_not_claim_a_name(town: Town) -> None:
    phone = town.phone("ru").start().tap("Русский").send("/privacy")
    assert phone.text.startswith("Вы гость: хранятся только Ваш номер в Telegram, язык и место в шагах.")


def test_help__names_the_commands_and_a_person(campus: Campus) -> None:
    phone = campus.student("ru").send("/help").tap("Что умеет бот")
    assert {"/exams", "/steps", "/sos", "/my"} <= set(re.findall(r"/\w+", phone.text))
    assert "+7 72533" in phone.text


def test_cancel__without_a_form_is_no_error(campus: Campus) -> None:
    phone = campus.student("ru").send("/cancel")
    assert phone.text == "Открытого вопроса нет. Меню:"
    assert "Мои экзамены" in phone.labels()


def test_help_button__and_the_others_of_the_menu_do_what_they_say(campus: Campus) -> None:
    phone = campus.student("ru").send("/start")
    menu = phone.last()["message_id"]
    heads = {
        "Мои экзамены": "Впереди экзаменов не видно", "Шаги": "Шаги какого экзамена", "Помощь": "Что не",
        "🔴 Форс-мажор": "🔴 Что случилось?", "Мои обращения": "Обращений пока нет", "Язык / Тіл": "Тілді",
        "Напоминания": "Что приходит само",
    }  # fmt: skip
    assert set(heads) == set(phone.labels())
    for button, head in heads.items():
        assert phone.tap(button, message_id=menu).text.startswith(head)
