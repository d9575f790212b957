"""An appeal by phones: from the news of a result to the commission's decision, and what can go wrong."""

import base64
from typing import Any

import pytest

from bot.exchange.rows import ResultRow
from bot.rules.vocabulary import Role
from bot.services import imports
from bot.storage.tables import Draft
from tests.conversations.test_bad_input import POLL
from tests.exchange.test_exchange_files import pdf
from tests.support.campus import Campus
from tests.support.town import Phone


def publish(campus: Campus, exam_id: int) -> None:
    ext_id = campus.town.sql(lambda uow: uow.exams.get(exam_id).ext_id)
    campus.town.desk.do_now(imports.results, [ResultRow(2, ext_id, None, campus.town.desk.clock())])
    campus.town.settle()


@pytest.fixture
def student(campus: Campus) -> Phone:
    """A student whose result has just been published."""
    phone = campus.student()
    exam_id = campus.exam(campus.member(), starts_in=-180)
    publish(campus, exam_id)
    return phone


def scan(name: str) -> dict[str, Any]:
    """A good PDF."""
    content = base64.b64encode(pdf()).decode()
    return {"file_name": name, "mime_type": "application/pdf", "base64": content}


def document(phone: Phone, name: str = "scan.pdf") -> None:
    phone.sends(document=scan(name))


def test_appeal__from_the_news_to_the_receipt_and_the_status(campus: Campus, student: Phone) -> None:
    chair = campus.member(Role.APPEAL_CHAIR)
    campus.member(Role.APPEAL_MEMBER)
    campus.member(Role.APPEAL_MEMBER)
    assert "Емтихан нәтижесі жарияланды" in student.text
    student.tap("Апелляция беру")
    assert "Мәтін жоқ." in student.text
    student.tap("Негізін таңдау").tap("Баға дұрыс қойылмаған")
    student.send("Екінші сұрақтың жауабы дұрыс еді <b>")
    assert "Мәтін: 36 әріп" in student.text
    student.tap("Тексеру")
    assert "сканын не суретін қосыңыз" in student.text
    document(student)
    student.settle()
    student.tap("Тексеру")
    assert "Жібермес бұрын тексеріңіз" in student.text
    assert "жауабы дұрыс еді <b>" in student.text
    student.tap("Жіберу")
    assert any("Апелляция AP-26-" in text for text in student.texts())
    assert any("Апелляция AP-26-" in text for text in chair.texts())
    student.send("/my")
    assert "Апелляцияларыңыз" in student.text
    chair.send("/staff")
    assert "Апелляциялар" in chair.text
    chair.tap("Істер кезегі")
    [queue] = [message for message in chair.from_bot() if "Барлығы: 1" in message.get("text", "")]
    [number] = [label for label in chair.labels(queue) if label.startswith("AP-26-")]
    chair.tap(number).tap("Барысы", message_id=queue["message_id"])
    assert any(" тарихы" in text for text in chair.texts())
    chair.tap("Артқа", message_id=queue["message_id"])
    chair.tap("Құрамын өзгерту", message_id=queue["message_id"])
    assert any("Төраға: " in text for text in chair.texts())
    chair.tap("➕ Мүше қосу").send("Жоқ адам")
    assert "қоюға болатын адам табылмады" in chair.text
    student.tap("Барысы")
    assert any(" тарихы" in text for text in student.texts())


def test_new_date__is_looked_at_before_it_is_stored_and_mended_afterwards(
    campus: Campus, student: Phone
) -> None:
    chair = campus.member(Role.APPEAL_CHAIR)
    student.tap("Апелляция беру").tap("Негізін таңдау").tap("Баға дұрыс қойылмаған").send("Себебі бар")
    document(student)
    student.tap("Тексеру").tap("Жіберу")

    def sit(uow: Any) -> None:
        case = max(uow.cases.all("appeal"), key=lambda one: one.id)
        at, chair_id = case.filed_at.isoformat(), uow.people.find(chair.ext_id)[0].id
        more = {
            "sat_at": at,
            "problem": "",
            "chair": chair_id,
            "members": [],
            "votes": {str(chair_id): "for"},
        }
        case.stage, case.data = "sitting", {**case.data, **more}

    campus.town.sql(sit)
    chair.send("/staff").tap(next(label for label in chair.labels() if label.startswith("AP-26-")))
    chair.tap("Шешім шығару").send("Сұрақ қате құрылған")
    chair.send("2026-12-27 14:00")
    for part in (
        "жексенбі, 27 желтоқсан 2026, 14:00",
        "Бұл — демалыс не мереке күні",
        "Емтиханға дейін: 6 күн",
    ):
        assert part in chair.text
    assert not any("шешім шықты" in text for text in student.texts())
    chair.send("2026-12-28 14:00").tap("✅ Дұрыс, сақтау")
    assert any("шешім шықты" in text and "28 желтоқсан" in text for text in student.texts())
    chair.tap("🗓 Уақытын түзету").send("2026-12-29 14:00")
    assert "Бұрынғысы: дүйсенбі, 28 желтоқсан 2026, 14:00" in chair.text
    chair.tap("✅ Дұрыс, сақтау")
    assert sum("Емтихан уақыты түзетілді" in text for text in student.texts()) == 1
    assert "29 желтоқсан" in student.send("/exams").text


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"sticker": True}, "Құжат не сурет жіберіңіз"),
        ({"location": {"latitude": 43.2, "longitude": 76.9}}, "Құжат не сурет жіберіңіз"),
        ({"voice": {"duration": 3}}, "Құжат не сурет жіберіңіз"),
        ({"text": "👍👍"}, "Себебін сөзбен жазыңыз"),
        (
            {"document": {"file_name": "a.pdf", "mime_type": "application/pdf", "size": 22_000_000}},
            "20 мегабайт",
        ),
    ],
)
def test_draft__what_makes_no_sense_gets_a_hint_and_the_draft_stays(
    student: Phone, content: dict[str, Any], part: str
) -> None:
    student.tap("Апелляция беру")
    student.sends(**content)
    assert part in student.text
    student.send("себебін жазып отырмын")
    assert "Мәтін: 21 әріп" in student.text


@pytest.mark.parametrize(
    "data",
    ["ap:999999", "ap:-", "ad:999999", "av:1:1:1", "ay:999999:1", "ay:x:y", "al:999999", "ak:999999", "at:1",
     "ae:-", "ao:999999", "aw:1", "ar:1:1", "as:1:none", "au:999999", "ax:999999",
     "an:999999:1", "an:1", "az:999999"],
)  # fmt: skip
def test_forged__buttons_are_answered_and_change_nothing(campus: Campus, student: Phone, data: str) -> None:
    before = campus.town.sql(lambda uow: len(uow.cases.all("appeal")))
    student.forge(data)
    assert student.text
    assert campus.town.sql(lambda uow: len(uow.cases.all("appeal"))) == before


def test_appeal__another_groups_exam_and_a_stranger_are_refused(campus: Campus, student: Phone) -> None:
    exam_id = campus.town.sql(lambda uow: max(uow.exams.groups()))
    stranger = campus.student(group="Бөтен-1")
    stranger.forge(f"ap:{exam_id}")
    assert "басқа" in stranger.text or "Сіздің" in stranger.text
    assert "Соңғы айда жарияланған нәтиже табылмады" in stranger.send("/appeal").text


def test_album__of_ten_out_of_order_is_answered_once_and_kept_in_its_order(
    campus: Campus, student: Phone
) -> None:
    student.tap("Апелляция беру")
    student.fresh()
    names = [f"{number}.pdf" for number in range(10)]
    order = [3, 0, 9, 1, 2, 8, 7, 4, 6, 5]
    student.sends(album=[{"document": scan(name)} for name in names], order=order)
    answers = [m for m in student.fresh() if m["from"] == "bot"]
    assert len(answers) <= 2
    student.send("суреттерде бәрі көрінеді")
    assert "10 файл" in student.text
    draft_id = campus.town.sql(lambda uow: max(draft.id for draft in uow.session.query(Draft)))
    kept = campus.town.sql(lambda uow: [file.name for file in uow.files.of_draft(draft_id)])
    assert kept == names


PUZZLING: list[dict[str, Any]] = [
    {"sticker": True}, {"contact": {"phone_number": "+77010000000", "first_name": "А"}},
    {"extra": {"poll": POLL}}, {"extra": {"dice": {"emoji": "🎲", "value": 3}}},
]  # fmt: skip


@pytest.mark.parametrize("form", ["appeal", "application"])
def test_draft__odd_messages_and_an_edited_one_lose_nothing(student: Phone, form: str) -> None:
    """B16: each gets one answer that says what to send; the words stay."""
    if form == "appeal":
        student.tap("Апелляция беру")
    else:
        student.send("/apply").tap("Емтиханды ауыстыру («I»)")
    first = student.act("send", text="бірінші себебі")["message_id"]
    student.settle().send("екінші")
    for content in PUZZLING:
        student.fresh()
        student.sends(**content)
        [answer] = student.fresh()
        assert "Құжат не сурет жіберіңіз" in answer["text"], content
    student.sends(text="үшінші", extra={"via_bot": {"id": 5, "is_bot": True, "first_name": "b"}})
    assert f"Мәтін: {len('бірінші себебі екінші үшінші')} әріп" in student.text
    student.edit(first, "түзетілген себеп")
    assert f"Мәтін: {len('түзетілген себеп екінші үшінші')} әріп" in student.text
    student.edit(first, "👍")
    assert "Себебін сөзбен жазыңыз" in student.text
    other = student.act("send", text="/nothing")["message_id"]
    student.settle().edit(other, "бұл өтініштен емес")
    assert student.text.startswith("Өзгертілген хабар оқылмайды")
    student.send("төртінші")
    assert f"Мәтін: {len('түзетілген себеп екінші үшінші төртінші')} әріп" in student.text


def test_album__in_two_parts_with_a_gap_and_out_of_order_is_answered_once(
    campus: Campus, student: Phone
) -> None:
    """B15; with a gap of three seconds: test_services_appeals."""
    student.tap("Апелляция беру")
    student.fresh()
    student.sends(album=[{"document": scan(f"{n}.pdf")} for n in (0, 1, 2)], order=[2, 1, 0], gap_s=0.2)
    draft_id = campus.town.sql(lambda uow: max(draft.id for draft in uow.session.query(Draft)))

    def kept() -> list[str]:
        found: list[str] = campus.town.sql(lambda uow: [file.name for file in uow.files.of_draft(draft_id)])
        return found

    campus.town.until(lambda: len(kept()) == 3)
    student.settle()
    assert len(student.fresh()) == 1
    assert kept() == ["0.pdf", "1.pdf", "2.pdf"]


def test_draft__is_thrown_away_only_after_a_question(student: Phone) -> None:
    student.tap("Апелляция беру").send("себебін жазып отырмын")
    student.tap("🗑 Жазғанды өшіру")
    assert "өшеді" in student.text
    student.tap("Жоқ, қалсын")
    assert "Мәтін: 21 әріп" in student.text
    student.tap("🗑 Жазғанды өшіру").tap("🗑 Иә, өшіру")
    assert "өшірілді" in student.text


def test_draft__a_contact_is_no_file_and_the_words_stay(student: Phone) -> None:
    student.tap("Апелляция беру")
    student.send("бірінші себебі")
    student.sends(contact={"phone_number": "+77010000000", "first_name": "А"})
    assert "Құжат не сурет жіберіңіз" in student.text
    student.send("екіншісі")
    assert "Мәтін: 23 әріп" in student.text


def test_form__is_a_document_to_print_in_the_readers_language(student: Phone) -> None:
    student.tap("Апелляция беру").tap("Үлгі (DOCX)")
    assert student.last()["document"]["file_name"] == "appeal-form-kk.docx"
    assert pdf()[:5] == b"%PDF-"


def test_window__is_said_with_its_clause(student: Phone) -> None:
    student.send("/appeal")
    assert student.text.endswith("\n\nAYU 5.1.10")
    student.tap("Апелляция беру")
    assert student.text.endswith("\n\nAYU 5.1.10")


def test_file__that_is_refused_says_where_its_draft_is(campus: Campus, student: Phone) -> None:
    student.tap("Апелляция беру")
    student.sends(document={"file_name": "a.exe", "mime_type": "application/pdf", "base64": "aGVsbG8="})
    campus.town.until(lambda: student.text.endswith("Басқа файл жіберіңіз: /appeal"))
    student.tap("Жалғастыру")
    assert student.labels() == ["Жалғастыру: Деректер қоры"]
