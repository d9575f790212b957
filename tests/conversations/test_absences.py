"""Absences on phones: from /staff, by taps and typed words, for oneself and for a colleague."""

from bot.rules.vocabulary import Role
from tests.support.campus import Campus


def test_absence__from_the_desk_by_taps_and_back(campus: Campus) -> None:
    examiner = campus.member(full_name="Оспанова А.")
    other = campus.member(full_name="Бекова Г.")
    campus.exam(examiner)
    phone = campus.student()
    examiner.send("/staff").tap("Болмайтын кезім").tap("Мен болмаймын")
    examiner.tap(next(label for label in examiner.labels() if "аяғына дейін" in label)).tap("Бекова")
    assert "Оспанова А.:" in examiner.text
    assert "Хабарламаларды алатын адам: Бекова Г." in examiner.text
    assert "Оспанова А." in other.text
    phone.send("/sos").tap("Интернет жоқ")
    assert "кімнің орнында: Оспанова А." in phone.text
    assert "Форс-мажор" in other.text
    examiner.tap("✅ Мен орнымдамын")
    assert "Сіз орныңыздасыз" in examiner.text


def test_absence__of_a_colleague_typed_by_the_dean_and_wrong_words_explained(campus: Campus) -> None:
    dean = campus.member(Role.DEAN, department="", full_name="Декан Д.")
    examiner = campus.member(full_name="Оспанова А.")
    dean.send("/staff").tap("Болмайтын кезім").tap("Әріптес болмайды")
    dean.send("Ешкім Жоқов")
    assert "табылмады" in dean.text
    dean.send("оспан").tap("Оспанова")
    dean.send("ертең")
    assert "Уақыты көрінбейді" in dean.text
    dean.send("31.12.2030")
    assert "тым ұзақ" in dean.text
    dean.send("31.12")
    dean.tap("Ешкім ауыстырмайды")
    assert "Оспанова А.:" in dean.text
    assert "орныңызда жоқ" in examiner.text
