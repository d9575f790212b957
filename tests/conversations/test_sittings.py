"""A defence by phones: the secretary's taps, the members' votes, the graduate's result."""

from bot.rules.vocabulary import Attestation, ExamKind, Role
from tests.support.campus import Campus
from tests.support.town import Phone


def has(phone: Phone, part: str) -> dict:  # type: ignore[type-arg]
    """The newest message that says or offers this."""
    for message in reversed(phone.from_bot()):
        if part in str(message.get("text") or message.get("caption") or "") or part in phone.labels(message):
            return message
    raise AssertionError(f"no «{part}» in {phone.texts()[-3:]}")


def test_defence__from_the_list_to_the_result(campus: Campus) -> None:
    student = campus.student(language="ru", full_name="Бекова Гүлнар")
    secretary = campus.member(Role.SECRETARY)
    chair, member = campus.member(Role.COMMISSION_CHAIR), campus.member(Role.COMMISSION_MEMBER, language="ru")
    campus.exam(secretary, starts_in=20, kind=ExamKind.THESIS_DEFENCE, attestation=Attestation.FINAL)
    secretary.send("/staff")
    entry = has(secretary, "Бүгінгі отырыстар")
    secretary.tap(secretary.labels(entry)[0], message_id=entry["message_id"])
    secretary.tap("Комиссия")
    for label in [label for label in secretary.labels() if label.startswith("▫️")]:
        secretary.tap(label)
    secretary.tap("Дайын")
    secretary.tap("▫️ Бекова Гүлнар")
    for check in [label for label in secretary.labels() if label.startswith("▫️")]:
        secretary.tap(check)
    assert "Жеке басы тексерілді" in secretary.text
    secretary.tap("▶️ Баяндама басталды").tap("✅ Қорғау аяқталды")
    secretary.tap("✅ Бекова Гүлнар").tap("Бағаға дауыс беру")
    for phone, choice in ((chair, "өте жақсы"), (member, "отлично")):
        ballot = has(phone, choice)
        phone.tap(choice, message_id=ballot["message_id"])
    secretary.tap("Дәрежеге дауыс беру", message_id=has(secretary, "Дәрежеге дауыс беру")["message_id"])
    for phone, choice in ((chair, "берілсін"), (member, "присудить")):
        ballot = has(phone, choice)
        phone.tap(choice, message_id=ballot["message_id"])
    secretary.send("/staff")
    entry = has(secretary, "Бүгінгі отырыстар")
    secretary.tap(secretary.labels(entry)[0], message_id=entry["message_id"])
    secretary.tap("Нәтижені жариялау")
    assert has(secretary, "Нәтиже жарияланды")
    assert "отлично" in str(has(student, "Результат итоговой аттестации")["text"])
    assert any("-protocol-ru.pdf" in str(m.get("document")) for m in member.from_bot())
    student.forge(f"mm:{1}:{1}:grade:excellent")
    assert student.text
