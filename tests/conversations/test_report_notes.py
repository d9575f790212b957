"""What is added to a report after it is filed: words of any length, files, albums."""

from typing import Any

import pytest

from tests.support.campus import Campus
from tests.support.town import Phone

ADD = "Толықтыру"
ADDED = "✅ Қосылды"


@pytest.fixture
def examiner(campus: Campus) -> Phone:
    phone = campus.member()
    campus.exam(phone)
    return phone


@pytest.fixture
def reporter(campus: Campus, examiner: Phone) -> Phone:
    """A student whose report has reached the examiner."""
    phone = campus.student(full_name="Ахметова Айгерім").send("/sos").tap("Интернет жоқ")
    examiner.fresh()
    phone.fresh()
    return phone


def notes(campus: Campus, phone: Phone) -> list[dict[str, Any]]:
    """What is kept with the person's newest report."""

    def look(uow: Any) -> list[dict[str, Any]]:
        case = campus.cases(phone)[-1].id
        return [event.detail for event in uow.cases.events(case) if event.action == "note"]

    found: list[dict[str, Any]] = campus.town.sql(look)
    return found


def said(phone: Phone) -> list[str]:
    """Texts and captions that have come since the last look."""
    return [str(m.get("text") or m.get("caption") or "") for m in phone.fresh()]


def test_note__words_are_passed_on(campus: Campus, examiner: Phone, reporter: Phone) -> None:
    reporter.tap(ADD)
    number = campus.cases(reporter)[0].number
    assert reporter.text.startswith(f"{number}: не болғанын жазыңыз")
    reporter.send("Модемді өшіріп қостым\nкөмектеспеді")
    assert reporter.text.startswith(f"{ADDED}: {number}, 10:00.")
    assert said(examiner) == [
        f"💬 {number} толықтырылды, 10:00\nАхметова Айгерім, {campus.group}\n"
        "Модемді өшіріп қостым\nкөмектеспеді"
    ]
    examiner.tap("Хабарламаны ашу")
    assert "💬 10:00: Модемді өшіріп қостым" in examiner.text
    assert "✅ Қабылдаймын" in examiner.labels()


@pytest.mark.parametrize("text", ["ә" * 4000, "сөз " * 1000, "😀" * 4096], ids=["letters", "words", "emoji"])
def test_note__a_long_text_is_kept_and_passed_on_whole(
    campus: Campus, examiner: Phone, reporter: Phone, text: str
) -> None:
    reporter.tap(ADD).send(text)
    assert reporter.text.startswith(ADDED)
    assert [note["text"] for note in notes(campus, reporter)] == [text.strip()]
    parts = said(examiner)
    assert len(parts) in (2, 3)
    assert "".join("".join(part.split("\n", 3)[3] for part in parts).split()) == "".join(text.split())
    assert [part.split("\n")[2] for part in parts] == [
        f"Бөлігі: {k}/{len(parts)}" for k in range(1, len(parts) + 1)
    ]
    examiner.send("/staff").tap("FM-26-")
    assert len(examiner.text) < 700


def test_note__a_text_that_the_program_cut_is_one_answer(
    campus: Campus, examiner: Phone, reporter: Phone
) -> None:
    text = "".join(f"{number:06d} " for number in range(900))
    reporter.tap(ADD)
    reporter.fresh()
    reporter.send(text)
    assert "".join(note["text"] for note in notes(campus, reporter)) == text.strip()
    assert [t[:9] for t in said(reporter)] == [ADDED]
    reporter.send("рахмет")
    assert len(notes(campus, reporter)) == 2


def test_note__html_is_shown_as_it_was_typed(campus: Campus, examiner: Phone, reporter: Phone) -> None:
    text = "<b>қалың</b> </a> &amp; <script>alert(1)</script> <i> {name} %s"
    reporter.tap(ADD).send(text)
    assert said(examiner)[0].endswith(text)
    examiner.tap("Хабарламаны ашу")
    assert text in examiner.text
    reporter.send("/my").tap("FM-26-")
    assert text in reporter.text


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "video", "audio"])
def test_note__a_file_reaches_the_examiner(
    campus: Campus, examiner: Phone, reporter: Phone, kind: str
) -> None:
    reporter.tap(ADD).sends(**{kind: True}, caption="міне <дәлел>")
    assert reporter.text.startswith(ADDED)
    (message,) = examiner.fresh()
    assert message[kind]["file_id"]
    assert message["caption"].endswith("міне <дәлел>")
    sent = next(m for m in reporter.messages() if m.get(kind))
    assert message[kind]["file_unique_id"] == sent[kind]["file_unique_id"]


def test_note__a_round_video_comes_with_its_words_before_it(
    campus: Campus, examiner: Phone, reporter: Phone
) -> None:
    reporter.tap(ADD).sends(video_note=True)
    assert reporter.text.startswith(ADDED)
    words, video = examiner.fresh()
    assert words["text"].endswith("🎬 бейнехабарлама")
    assert video["video_note"]


def test_note__an_album_is_one_answer(campus: Campus, examiner: Phone, reporter: Phone) -> None:
    reporter.tap(ADD)
    reporter.fresh()
    reporter.sends(album=[{"photo": {"caption": "экран"}}, {"photo": True}, {"photo": True}])
    assert [text[:9] for text in said(reporter)] == [ADDED]
    assert len(notes(campus, reporter)) == 3
    assert len([m for m in examiner.fresh() if m.get("photo")]) == 3


def test_note__an_album_in_pieces_and_out_of_order_is_one_answer(
    campus: Campus, examiner: Phone, reporter: Phone
) -> None:
    reporter.tap(ADD)
    reporter.fresh()
    reporter.sends(album=[{"photo": True}] * 3, order=[2, 0, 1], gap_s=0.15)
    campus.town.until(lambda: len(notes(campus, reporter)) == 3)
    reporter.settle()
    assert [text[:9] for text in said(reporter)] == [ADDED]


def test_note__after_an_album_the_form_is_closed(campus: Campus, reporter: Phone) -> None:
    reporter.tap(ADD).sends(album=[{"photo": True}] * 2)
    reporter.send("тағы бір сөз")
    assert reporter.text.startswith("Толықтыру аяқталды")
    reporter.sends(sticker=True)
    assert len(notes(campus, reporter)) == 2
    assert "/my" in reporter.text


@pytest.mark.parametrize("content", ["sticker", "location", "contact", "poll", "dice"])
def test_note__what_cannot_be_added_is_explained_and_the_form_stays(
    campus: Campus, reporter: Phone, content: str
) -> None:
    reporter.tap(ADD)
    wishes: dict[str, dict[str, Any]] = {
        "sticker": {"sticker": True},
        "location": {"location": {"latitude": 43.3, "longitude": 68.2}},
        "contact": {"contact": {"phone_number": "+77000000000", "first_name": "А"}},
        "poll": {"extra": {"poll": POLL}},
        "dice": {"extra": {"dice": {"emoji": "🎲", "value": 3}}},
    }
    reporter.sends(**wishes[content])
    assert reporter.text.startswith("Мұны қосу мүмкін емес")
    reporter.send("Енді сөзбен")
    assert [note["text"] for note in notes(campus, reporter)] == ["Енді сөзбен"]


POLL = {
    "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
    "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
    "allows_revoting": True, "members_only": False,
}  # fmt: skip


def test_note__edited_and_pinned_messages_and_unknown_commands_leave_the_form_open(
    campus: Campus, reporter: Phone
) -> None:
    first = reporter.act("send", text="бірінші")["message_id"]
    reporter.settle().tap(ADD)
    reporter.edit(first, "өзгерген")
    assert reporter.text.startswith("Өзгертілген хабар оқылмайды")
    reporter.send("/nothing")
    assert reporter.text.startswith("Мұндай команда жоқ")
    count = len(reporter.from_bot())
    pinned = {"message_id": 1, "date": 0, "chat": {"id": reporter.user_id, "type": "private"}}
    reporter.sends(extra={"pinned_message": pinned})
    assert len(reporter.from_bot()) == count
    reporter.send("Соңында сөз")
    assert [note["text"] for note in notes(campus, reporter)] == ["Соңында сөз"]


def test_note__when_nobody_was_told_it_does_not_say_that_anybody_sees_it(campus: Campus) -> None:
    campus.exam()
    phone = campus.student().send("/sos").tap("Интернет жоқ").tap(ADD).send("сөз")
    assert phone.text.startswith(ADDED)
    assert "бәрі көреді" not in phone.text
    assert "Қазір ешкімге жеткізе алмадық" in phone.text


def test_note__a_forwarded_message_is_taken_for_what_it_holds(
    campus: Campus, examiner: Phone, reporter: Phone
) -> None:
    first = reporter.act("send", text="жүйе қатесі 503")["message_id"]
    reporter.settle().tap(ADD)
    examiner.fresh()
    reporter.sends(forward=first)
    assert [note["text"] for note in notes(campus, reporter)] == ["жүйе қатесі 503"]
    assert said(examiner)[0].endswith("жүйе қатесі 503")


def test_note__a_command_leaves_the_form(campus: Campus, reporter: Phone) -> None:
    reporter.tap(ADD).send("/exams")
    assert reporter.text.startswith("Емтихандарыңыз")
    reporter.send("бұл енді қосылмайды")
    assert notes(campus, reporter) == []


def test_note__cancel_with_and_without_an_open_form(campus: Campus, reporter: Phone) -> None:
    reporter.tap(ADD).send("/cancel")
    assert reporter.text.startswith("Сұрақ жабылды")
    reporter.send("/cancel")
    assert reporter.text.startswith("Ашық сұрақ жоқ")
    assert notes(campus, reporter) == []


def test_note__the_form_goes_on_after_a_restart(campus: Campus, examiner: Phone, reporter: Phone) -> None:
    reporter.tap(ADD)
    campus.town.stop_bot()
    campus.town.start_bot()
    reporter.send("қайта қосылғаннан кейін")
    assert reporter.text.startswith(ADDED)
    assert said(examiner)[0].endswith("қайта қосылғаннан кейін")


def test_note__the_language_may_change_in_the_middle(campus: Campus, reporter: Phone) -> None:
    reporter.tap(ADD)
    reporter.forge("lang:ru:start")
    reporter.send("дополняю")
    assert reporter.text.startswith("✅ Добавлено")
    assert [note["text"] for note in notes(campus, reporter)] == ["дополняю"]


def test_note__a_taken_report_can_still_be_added_to(campus: Campus, examiner: Phone, reporter: Phone) -> None:
    examiner.tap("✅ Қабылдаймын")
    examiner.fresh()
    reporter.tap(ADD).send("қосылдым")
    assert said(examiner)[0].endswith("қосылдым")


def test_note__a_closed_report_takes_no_words(campus: Campus, reporter: Phone) -> None:
    def close(uow: Any) -> None:
        uow.cases.get(campus.cases(reporter)[0].id).state = "closed"

    number = campus.cases(reporter)[0].number
    reporter.tap(ADD)
    campus.town.sql(close)
    reporter.send("кеш қалды")
    assert reporter.text.startswith(f"{number} хабарламасы жабылған")
    reporter.send("тағы")
    assert not reporter.text.startswith(number)
    reporter.tap(ADD)
    assert reporter.text.startswith(f"{number} хабарламасы жабылған")


def test_note__staff_read_all_that_was_added_before_they_were_told(
    campus: Campus, examiner: Phone, reporter: Phone
) -> None:
    reporter.tap(ADD).sends(photo=True, caption="экран")
    reporter.tap(ADD).send("ұзақ сөз " * 100)
    examiner.send("/staff").tap("FM-26-")
    examiner.fresh()
    examiner.tap("Толықтырулар")
    first, second = examiner.fresh()
    assert first["photo"]
    assert second["text"].endswith(("ұзақ сөз " * 100).strip())


def test_note__begun_in_one_language_is_finished_in_another(
    campus: Campus, examiner: Phone, reporter: Phone
) -> None:
    reporter.tap(ADD).send("/lang").tap("Русский")
    assert reporter.text.endswith("Вопрос выше ждёт ответа. Выйти: /cancel")
    reporter.send("Провод перерезали")
    assert reporter.text.startswith("✅ Добавлено")
    assert [note["text"] for note in notes(campus, reporter)] == ["Провод перерезали"]
    assert said(examiner)[-1].endswith("Провод перерезали")
    reporter.send("/lang").tap("Қазақша")
    assert "/cancel" not in reporter.text
