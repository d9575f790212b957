"""From «a person, please» to the end of the conversation, over real HTTP."""

import datetime as dt
from collections.abc import Iterator

import pytest

from bot.rules.vocabulary import Role
from bot.services import incidents
from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Phone

TAKE, PERSON = "🙋 Я помогу", "🙋 Адам керек"


@pytest.fixture
def volunteer(campus: Campus) -> Iterator[Phone]:
    """A volunteer on duty, the only one; after the test nobody waits and nobody is on duty."""
    campus.town.sql(_go_home, campus.town.desk.clock())
    phone = campus.member(Role.VOLUNTEER, language="ru")
    phone.send("/duty on")
    assert "🟢 Вы на дежурстве" in phone.text
    yield phone
    campus.town.sql(_go_home, campus.town.desk.clock())


def _go_home(uow: object, now: object) -> None:
    from sqlalchemy import update

    from bot.storage.tables import Shift, Ticket

    session = uow.session  # type: ignore[attr-defined]
    session.execute(update(Ticket).values(state="resolved", lease_until=None, widen_at=None))
    session.execute(update(Shift).values(ended_at=now))


def talking(campus: Campus, volunteer: Phone) -> Phone:
    """A student whose ticket the volunteer has taken."""
    student = campus.student("kk", full_name="Ахметова Айгерім")
    student.settle().send("/help").tap(PERSON)
    assert any("Көмек сұрауыңыз қабылданды" in text for text in student.texts())
    assert "Ахметова Айгерім" in volunteer.text
    volunteer.tap(TAKE)
    assert any("💬 Сандық ерікті қосылды" in text for text in student.texts())
    student.fresh()
    volunteer.fresh()
    return student


def test_ticket__is_offered_taken_talked_over_and_rated(campus: Campus, volunteer: Phone) -> None:
    student = talking(campus, volunteer)
    card = volunteer.last()["message_id"]
    student.send("Zoom ашылмайды")
    assert volunteer.text.endswith("Ахметова Айгерім\nZoom ашылмайды")
    volunteer.send("Ссылка есть?")
    assert student.text == "💬 Сандық ерікті\nСсылка есть?"
    volunteer.tap("✅ Вопрос решён", message_id=card)
    assert "көмек аяқталды" in student.text
    assert "Бағаңызға рахмет!" in student.tap("5 ⭐").text
    student.send("сөз")
    assert "сөз" not in volunteer.text


def test_talk__messages_sent_at_once_arrive_in_order(campus: Campus, volunteer: Phone) -> None:
    student = talking(campus, volunteer)
    for number in range(5):
        student.act("send", text=f"хабар {number}")
    student.settle()
    said = [m["text"].rpartition("\n")[2] for m in volunteer.fresh()]
    assert said == [f"хабар {number}" for number in range(5)]


def test_talk__an_edit_changes_the_message_that_stands(campus: Campus, volunteer: Phone) -> None:
    student = talking(campus, volunteer)
    student.send("қате")
    number = volunteer.last()["message_id"]
    own = next(m for m in reversed(student.messages()) if m["from"] != "bot")["message_id"]
    student.edit(own, "дұрыс")
    assert volunteer.message(number)["text"].endswith("дұрыс")
    assert volunteer.last()["message_id"] == number


def test_talk__an_album_arrives_as_an_album_and_in_its_place(
    campus: Campus, volunteer: Phone, clock: HandClock
) -> None:
    student = talking(campus, volunteer)
    student.act("send", album=[{"photo": True}, {"photo": True}], text="экран")
    student.act("send", text="міне")
    student.settle()
    clock.move(seconds=2)
    campus.town.until(lambda: volunteer.text.endswith("міне"))
    first, second, last = volunteer.fresh()[-3:]
    assert first["album"] == second["album"] is not None
    assert "Ахметова Айгерім" in first["caption"]
    assert last["message_id"] > second["message_id"]


def test_talk__a_card_number_is_hidden(campus: Campus, volunteer: Phone) -> None:
    student = talking(campus, volunteer)
    student.send("4111 1111 1111 1111")
    assert "🔒 Нөмірді жасырдық" in student.text
    assert volunteer.text.endswith("••••1111")


def test_talk__a_ready_answer_comes_in_the_students_language(campus: Campus, volunteer: Phone) -> None:
    student = talking(campus, volunteer)
    volunteer.tap("Готовый ответ").tap("Пришлите, пожалуйста, снимок экрана.")
    assert student.text == "💬 Сандық ерікті\nЭкранның суретін жіберіңізші."


def test_talk__goes_on_after_a_restart(own_campus: Campus) -> None:
    volunteer = own_campus.member(Role.VOLUNTEER, language="ru").send("/duty on")
    student = talking(own_campus, volunteer)
    own_campus.town.stop_bot()
    student.act("send", text="жоғалмады")
    own_campus.town.start_bot()
    own_campus.town.until(lambda: volunteer.text.endswith("жоғалмады"))


def test_report__by_one_tap_of_the_helper(campus: Campus, volunteer: Phone) -> None:
    campus.exam(starts_in=-60)
    student = talking(campus, volunteer)
    volunteer.tap("Ещё…").tap("🔴 Сообщить о форс-мажоре")
    (case,) = campus.cases(student)
    assert any(case.number in text for text in student.texts())


def test_queue__is_for_helpers(campus: Campus, volunteer: Phone) -> None:
    assert "Очередь просьб" in volunteer.send("/queue").text
    student = campus.student("ru").send("/queue")
    assert student.text == "Это только для цифровых волонтёров и call-центра."


def test_queue__the_call_centre_sees_the_day_as_a_picture(campus: Campus, volunteer: Phone) -> None:
    lead = campus.member(Role.CALL_CENTER, language="ru")
    student = (
        campus.student("kk")
        .send("/help")
        .tap("🎥 Бейнеконференция")
        .tap("Zoom")
        .tap("Zoom-ға кіре алмай тұрмын")
    )
    student.send("/help").tap(PERSON)
    lead.send("/queue").tap("📊 Диаграмма")
    assert lead.last()["photo"]
    assert "Просьбы о помощи" in lead.text


@pytest.mark.parametrize(
    "prefix", ["kc", "kv", "k0", "kr", "kp", "ki", "kg", "ka", "kf", "km", "ks", "kh", "kl", "kb"]
)
def test_desk__taps_of_a_student_are_refused(campus: Campus, volunteer: Phone, prefix: str) -> None:
    student = campus.student("ru").send("/help").tap("🙋 Позвать человека")
    assert student.forge(f"{prefix}:1")["answered"]
    assert (
        student.text
        in (
            "Это только для цифровых волонтёров и call-центра.",
            "Эта просьба о помощи не найдена. Очередь: /queue, помощь: /help",
        )
        or "сейчас это ведёте не Вы" in student.text
    )


def test_helpers_chat__a_ticket_is_taken_there_by_who_is_on_duty(campus: Campus, volunteer: Phone) -> None:
    town = campus.town
    lead, idle = campus.member(Role.CALL_CENTER, language="ru"), campus.member(Role.VOLUNTEER, language="ru")
    chat = town.group(lead, volunteer, idle)
    town.post(f"/sandbox/chats/{chat}/send", {"from": lead.user_id, "text": "/desk"})
    town.settle()
    student = campus.student("kk", full_name="Ахметова Айгерім")
    student.send("/help").tap(PERSON)
    post = town.get(f"/sandbox/chats/{chat}/messages")[-1]
    assert "Айгерім" not in post["text"]

    def take(phone: Phone) -> str:
        wish = {"from": phone.user_id, "label": TAKE, "message_id": post["message_id"]}
        tapped = town.post(f"/sandbox/chats/{chat}/tap", wish)
        town.settle()
        answer = town.get(f"/sandbox/queries/{tapped['query_ids'][-1]}")
        assert answer["answered"]
        return str(answer["text"])

    before = len(idle.messages())
    assert "Сначала начните дежурство" in take(idle)
    assert len(idle.messages()) == before
    assert "личный чат с ботом" in take(volunteer)
    assert any("💬 Сандық ерікті қосылды" in text for text in student.texts())
    assert "Ахметова Айгерім" in volunteer.text
    closed = town.get(f"/sandbox/chats/{chat}/messages")[-1]
    assert (closed["message_id"], "Взято" in closed["text"]) == (post["message_id"], True)
    town.post(f"/sandbox/chats/{chat}/send", {"from": lead.user_id, "text": "/desk off"})
    town.settle()


def test_queue__says_above_the_line_what_trouble_of_many_is_known(campus: Campus, volunteer: Phone) -> None:
    lead = campus.member(Role.CALL_CENTER, language="ru")
    person = campus.town.sql(lambda uow: uow.people.find(lead.ext_id)[0].id)
    now = campus.town.desk.clock()
    made = campus.town.desk.do_now(incidents.declare, "lms", person, now + dt.timedelta(hours=2))
    try:
        said = volunteer.send("/queue").text
        reports = campus.town.sql(lambda uow: len(uow.incidents.cases(made.id)))
        assert f"Общий сбой {made.number}: Не открывается система. Сообщений: {reports}. Уже решают." in said
    finally:
        campus.town.sql(_closed, made.id, now)
    assert made.number not in volunteer.send("/queue").text


def _closed(uow: object, incident_id: int, now: object) -> None:
    uow.incidents.get(incident_id).closed_at = now  # type: ignore[attr-defined]
