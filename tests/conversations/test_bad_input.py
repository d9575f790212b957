"""Whatever is typed, sent, tapped or forged: a helpful answer, no spinning button, and the bot goes on."""

from typing import Any

import pytest

from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Phone, Town

NASTY = '<b>Ә</b> & "O\'Neil" </a> {name} %s'
POLL = {
    "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
    "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
    "allows_revoting": True, "members_only": False,
}  # fmt: skip
BYTES = "".join(chr(0x80 + (7 * k) % 0x60) for k in range(32))
HUGE = 10**20
DATA = [
    "", ":", "::::", "st", "st:", "st::", "st:internet", "st:internet:", "st:internet:x", "st:nothing:-",
    "st:internet:-:1", f"st:internet:{HUGE}", "st:internet:-1", "st:internet:１２", "sx", "sx:", "sx:x",
    f"sx:{HUGE}", "ct", "ct:", "ct:-", "ct:1:2:3", f"ct:{HUGE}", "ct:-1", "ct:٣", "ct:99999999", "cv:",
    "cv:1e3", "cc:0", "cn:", "cn:99999999", "co:", "cf:", "cf:x", "ex:", "ex:99999999", f"ex:{HUGE}", "ex:５",
    "ics:", "ics:99999999", "wk", "wk:", "wk:nothing:-:0", "wk:ayu.written.take",
    "wk:ayu.written.take:-:9999", f"wk:ayu.written.take:-:{HUGE}",
    "wk:ayu.written.take:-:-5", "wk:ayu.written.take:99999999:0", "wo::::",
    "wd:ayu.written.take:-:x", "wd:ayu.written.take:-", "wl:", "wl:x:-", "wp:", "wp:ayu.etiquette:-:0",
    "wp:x:1:2", "wx:", "wx:99999999", "wr:nothing", "lang", "lang:", "lang:xx", "lang:ru:nothing",
    "lang:../..:start", "agree", "agree:nothing", "menu", "menu:", "menu:nothing", "menu:start:x", "ry:",
    "ra:", "ra:1:1:1", f"ra:{HUGE}:{HUGE}:{HUGE}", "rb:x", "nothing:1", "ST:internet:-", " st:internet:-",
    BYTES, "\x00", "🙂" * 16, "'; DROP TABLE cases; --", "st:internet:-\n", "%s%s%n", "{0.__class__}",
]  # fmt: skip
MESSAGES: list[dict[str, Any]] = [
    {"text": "/nothing"}, {"text": "/"}, {"text": "//"}, {"text": "/ start"}, {"text": "/START@emtihan_bot"},
    {"text": "/start@other_bot"}, {"text": "/sos 1 2 3"}, {"text": "🙂"}, {"text": "\u202eterces"},
    {"text": "a\u0301" * 500}, {"text": "ә" * 4096}, {"text": "{name} %s {0}"}, {"text": "<b>"},
    {"text": "=HYPERLINK(\"http://x\")"}, {"sticker": True}, {"photo": True}, {"voice": True},
    {"document": {"size": 0 + 1, "file_name": "../../x.exe"}}, {"album": [{"photo": True}, {"photo": True}]},
    {"location": {"latitude": 43.3, "longitude": 68.2}},
    {"contact": {"phone_number": "+77000000000", "first_name": "А"}},
    {"extra": {"poll": POLL}}, {"extra": {"dice": {"emoji": "🎲", "value": 3}}},
    {"extra": {"venue": {"location": {"latitude": 1, "longitude": 1}, "title": "x", "address": "y"}}},
    {"extra": {"something_new": {"a": 1}}}, {"text": "x", "extra": {"effect_id": "1", "new_field": [1, 2]}},
    {"text": "x", "extra": {"via_bot": {"id": 5, "is_bot": True, "first_name": "b"}}},
]  # fmt: skip
SERVICE: list[dict[str, Any]] = [
    {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
    {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    {"write_access_allowed": {}},
    {"new_chat_title": "x"},
    {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "x"}}},
]
UNKNOWN: list[dict[str, Any]] = [
    {"hologram": {"id": "1", "from": {"id": 7001}, "depth": 3}},
    {"hologram": 5},
    {"hologram": {"chat": {"id": HUGE}}},
    {"hologram": {"chat": {"id": True}, "from": {"id": "x"}, "user": None}},
    {"hologram": {"message": {"chat": {"id": -(10**15)}}}},
    {
        "poll_answer": {
            "poll_id": "1",
            "user": {"id": 5, "is_bot": False, "first_name": "x"},
            "option_ids": [],
        }
    },
    {"chat_boost": {"chat": {"id": 1, "type": "private"}}},
    {"message": {}},
    {"message": {"message_id": "x"}},
    {"callback_query": {"id": "1"}},
]


@pytest.fixture(scope="module")
def reader(shared_town: Town) -> Phone:
    """A guest who has chosen Russian: whatever they send, the answer is Russian."""
    return shared_town.phone("kk", "🙂🙂🙂").start().tap("Русский")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """One reader sends all this: they are not held back here."""
    monkeypatch.setattr("handlers.door.crowd.Crowd.admits", lambda *_: "open")


def alive(phone: Phone) -> None:
    """The bot still answers /start with the menu."""
    phone.fresh()
    phone.send("/start")
    (answer,) = phone.fresh()
    assert answer["text"].startswith(("Здесь можно прочитать шаги", "Студент"))


def all_reports(town: Town) -> int:
    return town.sql(lambda uow: len(uow.cases.all()))  # type: ignore[no-any-return]


@pytest.mark.parametrize("data", DATA, ids=range(len(DATA)))
def test_forged_button__of_a_guest_is_answered_and_files_nothing(
    town: Town, reader: Phone, data: str
) -> None:
    before = all_reports(town)
    reader.send("/steps")
    reader.fresh()
    assert reader.forge(data)["answered"]
    assert reader.fresh() or reader.last()["edited"]
    assert "Қ" not in reader.text.replace("Қазақша", "")
    assert all_reports(town) == before
    alive(reader)


def test_forged_button__of_a_student_is_answered_and_files_nothing(campus: Campus) -> None:
    campus.exam()
    student = campus.student("ru").send("/steps")
    for data in DATA:
        assert student.forge(data)["answered"], data
    assert campus.cases(student) == []
    alive(student)


@pytest.mark.parametrize("content", MESSAGES, ids=range(len(MESSAGES)))
def test_message__of_any_kind_gets_a_helpful_answer(reader: Phone, content: dict[str, Any]) -> None:
    reader.fresh()
    reader.sends(**content)
    answers = reader.fresh()
    assert len(answers) == 1
    assert answers[0]["keyboard"]
    assert "error" not in answers[0]["text"].lower()
    alive(reader)


def test_message__an_album_outside_a_form_is_answered_once(reader: Phone) -> None:
    reader.fresh()
    reader.sends(album=[{"photo": True}] * 5)
    assert len(reader.fresh()) == 1


@pytest.mark.parametrize("extra", SERVICE, ids=lambda extra: next(iter(extra)))
def test_service_message__is_not_answered(reader: Phone, extra: dict[str, Any]) -> None:
    reader.fresh()
    reader.sends(extra=extra)
    assert reader.fresh() == []
    alive(reader)


@pytest.mark.parametrize("fields", UNKNOWN, ids=range(len(UNKNOWN)))
def test_unknown_update__is_acknowledged_and_stops_nobody(
    shared_town: Town, reader: Phone, fields: dict[str, Any]
) -> None:
    reader.update(fields)
    alive(reader)
    assert shared_town.get("/sandbox/updates")["waiting"] == []


def test_unknown_update__is_done_with_at_once_and_not_printed(
    town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    town.phone("kk").start().update({"hologram": {"text": "құпия сөз", "from": {"id": 5}}})
    assert "құпия" not in "".join(capfd.readouterr())


def test_unreadable_update__is_kept_as_it_came(shared_town: Town) -> None:
    phone = shared_town.phone("ru").start().tap("Русский")
    phone.update({"message": {"chat": {"id": phone.user_id}, "text": "?"}})

    def kept(uow: Any) -> list[Any]:
        from sqlalchemy import select

        from bot.storage.tables import IncomingUpdate

        return list(uow.session.scalars(select(IncomingUpdate).where(IncomingUpdate.state == "quarantined")))

    row = shared_town.sql(kept)[-1]
    assert row.payload["message"] == {"chat": {"id": phone.user_id}, "text": "?"}
    assert phone.text.startswith("То, что Вы отправили, сохранено")


def test_edited_message__is_answered(reader: Phone) -> None:
    number = reader.act("send", text="привет")["message_id"]
    reader.settle().edit(number, "пока")
    assert reader.text.startswith("Исправленное сообщение не читается")
    alive(reader)


def test_edited_message__a_moving_place_is_not_answered_again_and_again(reader: Phone) -> None:
    place = {"latitude": 43.3, "longitude": 68.2, "live_period": 900}
    reader.sends(location=place)
    sent = next(m for m in reversed(reader.messages()) if m.get("location"))
    reader.fresh()
    api = {
        "message_id": sent["message_id"],
        "date": 1,
        "edit_date": 2,
        "chat": {"id": reader.user_id, "type": "private"},
        "from": {"id": reader.user_id, "is_bot": False, "first_name": "x"},
        "location": place,
    }
    reader.update({"edited_message": api})
    assert reader.fresh() == []


def test_old_button__of_a_form_that_is_no_more_leads_to_the_menu(reader: Phone) -> None:
    answer = reader.forge("dialog-3f2a:next")
    assert answer["text"] == "Эта кнопка устарела. Нынешнее меню ниже."
    assert answer["show_alert"]
    assert reader.labels()[0] == "Шаги"


def test_old_button__works_in_the_new_language(campus: Campus) -> None:
    campus.exam()
    phone = campus.student("kk").send("/exams")
    listed = phone.last()["message_id"]
    phone.send("/steps")
    step = phone.last()["message_id"]
    phone.send("/lang").tap("Русский")
    phone.tap("09:00", message_id=listed)
    assert "Базы данных\nПисьменный экзамен" in phone.text
    phone.tap("✅ Орындадым", message_id=step)
    assert "шаг 2 из 7" in phone.message(step)["text"]


def test_old_button__of_a_deleted_message_still_answers(reader: Phone) -> None:
    answer = reader.forge("menu:help", message_id=1)
    assert answer["answered"]
    assert "Что не работает?" in reader.text


def test_forged_button__of_another_students_exam(campus: Campus, clock: HandClock) -> None:
    other = Campus(campus.town, clock)
    exam = other.exam(subject_kk="Құпия пән")
    phone = campus.student()
    for data in (
        f"ex:{exam}",
        f"ics:{exam}",
        f"sx:{exam}",
        f"st:internet:{exam}",
        f"wx:{exam}",
        f"rb:{exam}",
    ):
        phone.forge(data)
        assert phone.text == "Бұл емтихан Сіздің тізіміңізде жоқ. Тізім: /exams", data
    phone.forge(f"wo:ayu.written.take:{exam}:0")
    assert phone.text == "Бұл емтихан Сіздің тізіміңізде жоқ. Тізім: /exams"
    assert campus.cases(phone) == []
    assert not any("Құпия" in text for text in phone.texts())


def test_names__with_markup_are_shown_as_they_are(campus: Campus) -> None:
    examiner = campus.member(full_name=NASTY)
    campus.exam(examiner, subject_kk=NASTY)
    phone = campus.town.joined(campus.register_student(full_name=NASTY))
    assert any(f"✅ Сізді таныдық: {NASTY}." in text for text in phone.texts())
    assert phone.send("/exams").text.split("\n")[2] == NASTY
    assert phone.tap("09:00").text.startswith(NASTY)
    phone.send("/sos").tap("Интернет жоқ")
    assert f"Хабарланды: оқытушы ({NASTY})" in phone.text
    assert f"{NASTY}, {campus.group}" in examiner.text
    examiner.tap("✅ Қабылдаймын")
    assert f"Хабарламаңызды қабылдаған: {NASTY}" in phone.text
    assert phone.send("/privacy").text.startswith(f"Бұл аккаунт мына кісіге тиесілі: {NASTY}.")


def test_names__of_emoji_alone(campus: Campus) -> None:
    campus.exam(subject_kk="🧮📐", subject_ru="🧮📐")
    phone = campus.student(full_name="🙂🙃")
    assert phone.send("/start").text.startswith("🙂🙃")
    assert "🧮📐" in phone.send("/exams").text


def test_group__bot_says_once_where_to_talk_and_nothing_else(town: Town) -> None:
    phone = town.phone("kk").start().tap("Қазақша")
    group = town.group(phone)
    for text in ("/sos@emtihan_bot", "сәлем", "/nothing", "@emtihan_bot көмек"):
        town.post(f"/sandbox/chats/{group}/send", {"from": phone.user_id, "text": text})
    town.settle()
    told = [m["text"] for m in town.get(f"/sandbox/chats/{group}/messages") if m["from"] == "bot"]
    assert told == ["Ботпен жеке чатта сөйлесіңіз.\nНапишите боту в личный чат."]


def test_group__joining_and_leaving_is_not_talked_about(town: Town) -> None:
    phone = town.phone("kk").start()
    group = town.group(phone)
    member = {"id": 99, "is_bot": False, "first_name": "x"}
    message = {"message_id": 9, "date": 1, "chat": {"id": group, "type": "group", "title": "x"}}
    town.post(
        f"/sandbox/chats/{group}/send", {"update": {"message": {**message, "new_chat_members": [member]}}}
    )
    town.post(
        f"/sandbox/chats/{group}/send", {"update": {"message": {**message, "left_chat_member": member}}}
    )
    town.settle()
    assert [m for m in town.get(f"/sandbox/chats/{group}/messages") if m["from"] == "bot"] == []


def test_inline__is_answered(town: Town) -> None:
    phone = town.phone("kk").start()
    number = town.post(f"/sandbox/chats/{phone.user_id}/inline", {"query": "апелляция"})["inline_query_id"]
    town.settle()
    assert town.get(f"/sandbox/inline/{number}?wait=5")["answered"]


def test_blocked__and_back_again_the_menu_is_there(campus: Campus) -> None:
    phone = campus.student("ru")
    phone.change(blocked=True)
    assert not reachable(campus, phone)
    phone.start()
    assert reachable(campus, phone)
    assert phone.text.startswith("Студент")


def reachable(campus: Campus, phone: Phone) -> bool:
    """Whether the registers think this person can be written to."""

    def look(uow: Any) -> bool:
        person = uow.people.find(phone.ext_id)[0]
        return bool(uow.people.reachable([person.id]))

    found: bool = campus.town.sql(look)
    return found
