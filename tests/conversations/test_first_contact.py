"""First contact: language, code, consent, and what a guest may do."""

from typing import Any

import pytest

from bot.rules.vocabulary import PersonKind, Role
from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Phone, Town

KK, RU = "Қазақша", "Русский"
CHOOSE = "Тілді таңдаңыз.\nВыберите язык."
WORDS = {"kk": (KK, "Келісемін", "Емтихандарым"), "ru": (RU, "Согласен", "Мои экзамены")}


def linked_by(town: Town, phone: Phone) -> str:
    """Whose account this is in the registers."""

    def look(uow: Any) -> str:
        account = uow.people.account(phone.user_id)
        person = uow.people.get(account.person_id) if account.person_id else None
        return str(person.ext_id) if person else ""

    found: str = town.sql(look)
    return found


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_first_contact__student_with_a_link_gets_language_consent_and_menu(
    campus: Campus, language: str
) -> None:
    own, agree, exams = WORDS[language]
    ext_id = campus.register_student(full_name="Ахметова Айгерім", language=language)
    phone = campus.town.phone(language).start(campus.town.code(ext_id))
    greeting, question = phone.texts()
    assert "Ахметова Айгерім" in greeting
    assert question == CHOOSE
    assert phone.labels() == [KK, RU]
    asked = phone.last()["message_id"]
    phone.tap(own)
    assert phone.message(asked)["edited"]
    assert phone.labels() == [agree]
    assert phone.text.startswith("Ахметова Айгерім, ")
    phone.tap(agree)
    assert phone.text.startswith(f"Ахметова Айгерім, {campus.group}")
    assert phone.labels()[0] == exams
    assert linked_by(campus.town, phone) == ext_id


def test_first_contact__consent_is_kept_with_its_proof(campus: Campus, clock: HandClock) -> None:
    phone = campus.town.joined(campus.register_student())

    def proof(uow: Any) -> tuple[Any, ...]:
        account = uow.people.account(phone.user_id)
        return account.consent_version, account.consented_at, account.consent_update

    version, moment, update = campus.town.sql(proof)
    assert (version, moment) == (1, clock())
    assert update > 0


@pytest.mark.parametrize(
    ("client", "greeting"),
    [
        ("", "Мұндай код жоқ"),
        ("xx", "Мұндай код жоқ"),
        ("kk-Cyrl-KZ", "Мұндай код жоқ"),
        ("ru-KZ", "Такого кода нет"),
        ("RU", "Такого кода нет"),
        ("ru_RU", "Такого кода нет"),
        ("en", "Мұндай код жоқ"),
    ],
)
def test_first_contact__client_language_is_only_a_default(town: Town, client: str, greeting: str) -> None:
    phone = town.phone(client).start("no-such-code")
    assert phone.texts()[0].startswith(greeting)
    assert phone.text == CHOOSE


def test_first_contact__client_without_a_language_field(town: Town) -> None:
    phone = town.phone("")
    phone.start()
    assert phone.text == CHOOSE
    phone.tap(RU)
    assert phone.texts()[-2].startswith("Дальше пишем по-русски")


@pytest.mark.parametrize("typed", ["Сәлем", "/help", "/steps", "/exams", "/nothing", "/my"])
def test_first_contact__whatever_comes_first_asks_for_the_language(town: Town, typed: str) -> None:
    phone = town.phone("ru").start()
    phone.send(typed)
    assert phone.text == CHOOSE
    phone.tap(RU)
    assert "Қ" not in phone.text
    assert phone.text != CHOOSE


def test_first_contact__the_command_goes_on_after_the_language(town: Town) -> None:
    phone = town.phone("kk").start()
    phone.send("/steps").tap(KK)
    assert phone.text == "Қай емтиханның қадамдары керек?"


def test_consent__stands_before_what_the_language_question_goes_on_to(campus: Campus) -> None:
    campus.exam()
    phone = campus.town.phone("kk").start(campus.town.code(campus.register_student()))
    phone.send("/exams").tap(KK)
    assert "келісіміңіз керек" in phone.text
    phone.tap("Келісемін")
    assert phone.text.startswith("Емтихандарыңыз")


@pytest.mark.parametrize("data", ["menu:exams", "ex:{exam}", "ics:{exam}", "lang:kk:exams", "lang:kk:my"])
def test_consent__no_button_leads_around_it(campus: Campus, data: str) -> None:
    exam = campus.exam()
    phone = campus.town.phone("kk").start(campus.town.code(campus.register_student())).tap(KK)
    phone.forge(data.format(exam=exam))
    assert "келісіміңіз керек" in phone.text
    assert not any(message.get("document") for message in phone.from_bot())


def test_consent__an_emergency_does_not_wait_for_it(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    phone = campus.town.phone("kk").start(campus.town.code(campus.register_student()))
    phone.send("/sos").tap("Интернет жоқ")
    assert "Хабарлама қабылданды" in phone.text
    assert "Форс-мажор" in examiner.text


def test_guest__reads_the_steps_but_cannot_file(town: Town) -> None:
    phone = town.phone("kk").start().tap(KK)
    assert phone.labels() == ["Қадамдар", "Көмек", "Тіл / Язык"]
    phone.send("/steps").tap("Эссе")
    assert "1/7 қадам" in phone.text
    phone.send("/sos")
    assert "хабарлама жіберілмеді" in phone.text
    assert "+7 72533" in phone.text
    phone.send("/my")
    assert "Алдымен аккаунтты байланыстырыңыз" in phone.text
    phone.forge("st:internet:-")
    assert "Алдымен аккаунтты байланыстырыңыз" in phone.text


def test_code__unknown_is_refused_and_the_guest_goes_on(town: Town) -> None:
    phone = town.phone("ru").start().tap(RU)
    phone.send("/start abcdefghijklmnopqrstuvwxyz")
    assert phone.texts()[-2].startswith("Такого кода нет")
    assert "Здесь можно прочитать шаги" in phone.text


@pytest.mark.parametrize(
    "code",
    ["a" * 65, "код", "🙂", "a", "%s", "{name}", "' OR 1=1 --", "<b>", "a b c", "\u200b" * 26, "٣" * 26],
)
def test_code__of_any_odd_shape_is_refused(town: Town, code: str) -> None:
    phone = town.phone("kk").start().tap(KK)
    phone.send(f"/start {code}")
    assert phone.texts()[-2].startswith("Мұндай код жоқ")
    assert linked_by(town, phone) == ""


def test_code__works_in_capitals_and_with_the_bots_name(campus: Campus) -> None:
    ext_id = campus.register_student()
    phone = campus.town.phone("kk").start().tap(KK)
    phone.send(f"/start@emtihan_bot   {campus.town.code(ext_id).upper()}  ")
    assert linked_by(campus.town, phone) == ext_id


def test_code__used_by_another_is_refused(campus: Campus) -> None:
    ext_id = campus.register_student()
    code = campus.town.code(ext_id)
    owner = campus.town.phone("kk").start(code).tap(KK).tap("Келісемін")
    thief = campus.town.phone("kk").start(code)
    assert thief.texts()[0].startswith("Бұл код пайдаланылған")
    assert linked_by(campus.town, owner) == ext_id
    assert linked_by(campus.town, thief) == ""


def test_code__ones_own_again_is_an_answer(campus: Campus) -> None:
    ext_id = campus.register_student(full_name="Серік Нұрлан")
    code = campus.town.code(ext_id)
    phone = campus.town.phone("kk").start(code).tap(KK).tap("Келісемін")
    phone.fresh()
    phone.start(code)
    assert [message["text"].split("\n")[0] for message in phone.fresh()] == [
        "✅ Сізді таныдық: Серік Нұрлан.",
        f"Серік Нұрлан, {campus.group}",
    ]


def test_code__of_another_person_changes_nothing(campus: Campus) -> None:
    other, own = campus.register_student(), campus.register_student(full_name="Әлия Омар")
    phone = campus.town.phone("kk").start(campus.town.code(own)).tap(KK).tap("Келісемін")
    phone.start(campus.town.code(other))
    assert "Әлия Омар" in phone.texts()[-2]
    assert "басқа" in phone.texts()[-2]
    assert linked_by(campus.town, phone) == own
    heir = campus.town.phone("kk").start(campus.town.code(other))
    assert linked_by(campus.town, heir) == other


def test_code__five_wrong_ones_in_an_hour_are_enough(campus: Campus, clock: HandClock) -> None:
    ext_id = campus.register_student()
    code = campus.town.code(ext_id)
    phone = campus.town.phone("kk").start().tap(KK)
    for number in range(5):
        phone.send(f"/start wrong{number}")
        assert phone.texts()[-2].startswith("Мұндай код жоқ")
    phone.send(f"/start {code}")
    assert phone.texts()[-2].startswith("Қате код тым көп енгізілді")
    assert linked_by(campus.town, phone) == ""
    clock.move(minutes=61)
    phone.send(f"/start {code}")
    assert linked_by(campus.town, phone) == ext_id


def test_code__attempts_are_written_down(town: Town) -> None:
    phone = town.phone("kk").start().tap(KK)
    phone.send("/start wrong")

    def refused(uow: Any) -> list[str]:
        from sqlalchemy import select

        from bot.storage.tables import AuditEvent

        account = uow.people.account(phone.user_id)
        query = select(AuditEvent.action).where(AuditEvent.account_id == account.id)
        return list(uow.session.scalars(query))

    assert town.sql(refused) == ["code_refused"]


def test_code__in_a_group_grants_nothing_to_anybody(campus: Campus) -> None:
    code = campus.town.code(campus.register_student())
    phone = campus.town.phone("kk").start().tap(KK)
    group = campus.town.group(phone)
    campus.town.post(
        f"/sandbox/chats/{group}/send", {"from": phone.user_id, "text": f"/start@emtihan_bot {code}"}
    )
    campus.town.settle()
    told = [m["text"] for m in campus.town.get(f"/sandbox/chats/{group}/messages") if m["from"] == "bot"]
    assert told == ["Ботпен жеке чатта сөйлесіңіз.\nНапишите боту в личный чат."]
    assert linked_by(campus.town, phone) == ""


def test_code__of_staff_gives_the_roles_of_that_person_alone(campus: Campus) -> None:
    ext_id = campus.register_member(Role.METHODIST, Role.VOLUNTEER, full_name="Бекова Г.")
    phone = campus.town.joined(ext_id, PersonKind.STAFF)
    assert phone.text.split("\n")[:2] == ["Бекова Г.", "Қызметіңіз: әдіскер және сандық ерікті"]
    assert "Мені күтіп тұр" in phone.labels()


def test_start__without_a_code_is_the_menu_again(campus: Campus) -> None:
    phone = campus.student()
    phone.send("/start")
    assert phone.labels()[0] == "Емтихандарым"
