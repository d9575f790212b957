"""An act by phones: from the exam's card to the student's answer and the dean's signature."""

from bot.rules.vocabulary import Role
from tests.support.campus import Campus


def test_act__from_the_card_to_the_signature(campus: Campus) -> None:
    student = campus.student(language="ru")
    examiner, dean = campus.member(), campus.member(Role.DEAN)
    exam_id = campus.exam(examiner)
    examiner.send("/staff")
    examiner.forge(f"do:{exam_id}")
    examiner.tap("Акт жасау")
    assert "Тәртіп бұзу актісі" in examiner.text
    examiner.tap("Актіні жіберу")
    assert (
        "Студентті таңдаңыз" in examiner.answers[-1].get("text", "") or "Студентті таңдаңыз" in examiner.text
    )
    examiner.forge(f"pc:{_draft(campus)}:0")
    examiner.tap(f"Студент {student.ext_id}")
    assert "Не болды" in examiner.text
    examiner.tap("▫️ Шпаргалка").tap("Дайын")
    examiner.send("Парта астында қағаз болды")
    assert "Парта астында қағаз болды" in examiner.text
    examiner.sends(photo={"size": 2000})
    assert "Актіні жіберу" in examiner.labels()
    examiner.tap("Актіні жіберу")
    told = [m for m in student.from_bot() if "О Вас составлен акт" in str(m.get("text"))][-1]
    assert "Шпаргалка" in told["text"]
    assert "AYU 5.1.5" in told["text"]
    assert any("-act-ru.pdf" in str(m.get("document")) for m in student.from_bot())
    student.tap("Не согласен", message_id=told["message_id"])
    campus.town.until(lambda: any("Напишите пояснение" in text for text in student.texts()))
    student.send("Это был чистый лист")
    student.send("/my")
    assert any("Акты" in text for text in student.texts())
    dean.send("/staff")
    waiting = next(m for m in reversed(dean.from_bot()) if any("VA-" in label for label in dean.labels(m)))
    dean.tap(dean.labels(waiting)[0], message_id=waiting["message_id"])
    card = next(m for m in reversed(dean.from_bot()) if "Қол қоямын" in dean.labels(m))
    assert "Это был чистый лист" in card["text"]
    dean.tap("Қол қоямын", message_id=card["message_id"])
    seen = student.message(told["message_id"])
    assert "Подписан" in str(seen.get("text")) or any("Подписан" in text for text in student.texts())


def _draft(campus: Campus) -> int:
    def look(uow) -> int:  # type: ignore[no-untyped-def]
        from sqlalchemy import func, select

        from bot.storage.tables import Draft

        return int(uow.session.scalar(select(func.max(Draft.id)).where(Draft.kind == "act")) or 0)

    found: int = campus.town.sql(look)
    return found


def test_act__of_somebody_else_is_refused_with_words(campus: Campus) -> None:
    examiner, other = campus.member(), campus.member()
    exam_id = campus.exam(examiner)
    other.forge(f"pa:{exam_id}")
    assert "тек" in other.text or "ғана" in other.text
    student = campus.student()
    student.forge(f"pa:{exam_id}")
    assert student.text
