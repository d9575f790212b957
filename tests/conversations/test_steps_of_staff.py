"""/steps for staff: what they do first, then of which exam. Students and guests see what they always saw."""

import pytest

from bot.rules.vocabulary import ExamKind, Role

TEACHER = [
    "Емтиханға дайындық",
    "Емтиханды өткізу",
    "Сайттағы жұмыс",
    "Билетті сайтқа салу",
    "Zoom бейнежазбасы",
    "Студенттің қадамдары",
    "Сандық этикет",
]
OWN_WORK = {
    Role.PROCTOR: "Проктордың жұмысы",
    Role.SECRETARY: "Хатшының жұмысы",
    Role.COMMISSION_CHAIR: "Төрағаның жұмысы",
}
GONE = "Бұл қадамдар ескірген"


def test_examiner__chooses_the_work_then_the_kind(campus):
    phone = campus.member().send("/steps")
    assert "Қандай жұмыс керек?" in phone.text
    assert phone.labels() == TEACHER
    phone.tap("Емтиханды өткізу")
    assert "Қай емтиханның қадамдары керек?" in phone.text
    assert phone.labels()[:3] == ["Тест", "Кешенді тест", "Циклдік тест"]
    phone.tap("Жазбаша емтихан")
    assert "Емтиханды өткізу · Жазбаша емтихан · 1/13 қадам" in phone.text
    assert "AYU 5.2.3 conduct 1" in phone.text


def test_examiner__goes_back_to_the_choice(campus):
    phone = campus.member().send("/steps").tap("Емтиханға дайындық").tap("Артқа")
    assert phone.labels() == TEACHER


def test_examiner__reads_the_students_steps(campus):
    phone = campus.member().send("/steps").tap("Студенттің қадамдары").tap("Жазбаша емтихан")
    assert "Студенттің қадамдары · Жазбаша емтихан · 1/7 қадам" in phone.text


def test_examiner__the_card_of_an_exam_opens_their_own_work(campus):
    phone = campus.member()
    campus.exam(phone, starts_in=240)
    phone.send("/exams").tap("14:00").tap("Қадамдар")
    assert phone.labels() == ["Емтиханға дайындық", "Емтиханды өткізу", "Студенттің қадамдары", "Артқа"]


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COMMISSION_CHAIR])
def test_commission__the_card_of_a_defence_opens_their_own_work(campus, role):
    phone = campus.member(role)
    campus.exam(phone, starts_in=240, kind=ExamKind.THESIS_DEFENCE, attestation=campus.final)
    phone.send("/exams").tap("14:00").tap("Қадамдар")
    assert phone.labels() == [OWN_WORK[role], "Студенттің қадамдары", "Артқа"]
    phone.tap(OWN_WORK[role])
    assert phone.text.startswith(f"{OWN_WORK[role]} · Деректер қоры · 1/")


def test_everybody__the_menu_opens_what_the_command_opens(campus):
    examiner, student = campus.member(), campus.student()
    campus.exam(examiner, starts_in=240)
    for phone in (examiner, student):
        phone.send("/steps")
        by_command = phone.text, phone.labels()
        phone.send("/start").tap("Қадамдар")
        assert (phone.text, phone.labels()) == by_command


def test_student__other_steps_are_behind_the_list_of_all(campus):
    campus.exam(starts_in=240)
    phone = campus.student().send("/steps").tap("Барлық қадам").tap("Басқа қадамдар")
    assert phone.labels()[:2] == ["📍 Деректер қоры", "Тест"]


def test_examiner__work_without_kinds_opens_at_once(campus):
    phone = campus.member().send("/steps").tap("Zoom бейнежазбасы")
    assert "Zoom бейнежазбасы · 1/10 қадам" in phone.text
    assert "🔴 Қиындық бар" not in phone.labels()


def test_examiner__the_one_exam_of_today_opens_at_once_and_carries_its_clock(campus):
    phone = campus.member()
    campus.exam(phone, starts_in=240)
    phone.send("/steps")
    assert phone.labels() == ["Емтиханға дайындық", "Емтиханды өткізу", "Студенттің қадамдары", "Артқа"]
    phone.tap("Артқа")
    assert phone.labels() == ["📍 Деректер қоры", *TEACHER]
    phone.tap("📍 Деректер қоры")
    assert phone.labels() == ["Емтиханға дайындық", "Емтиханды өткізу", "Студенттің қадамдары", "Артқа"]
    phone.tap("Емтиханды өткізу")
    assert "Емтиханды өткізу · Деректер қоры · 1/13 қадам" in phone.text
    for _ in range(5):
        phone.tap("✅ Орындадым")
    assert "Емтиханның аяқталу уақыты: 16:00" in phone.text


def test_examiner__own_trouble_at_an_exam_can_be_reported_from_a_step(campus):
    phone = campus.member()
    campus.exam(phone, starts_in=240)
    phone.send("/steps").tap("Емтиханды өткізу").tap("🔴 Қиындық бар")
    assert "AYU 5.2.3 FM-T" in phone.text
    assert "Интернет жоқ" in phone.labels()


def test_others__see_the_work_of_their_own_role(campus):
    for role, label in OWN_WORK.items():
        phone = campus.member(role).send("/steps")
        assert phone.labels() == [label, "Zoom бейнежазбасы", "Студенттің қадамдары", "Сандық этикет"]


def test_proctor__at_an_exam_is_told_when_it_must_begin(campus):
    phone = campus.member(Role.PROCTOR)
    campus.exam(starts_in=240, proctor=phone.ext_id, kind=ExamKind.TEST)
    phone.send("/steps").tap("Проктордың жұмысы").tap("✅ Орындадым")
    assert "Басталу уақыты: 14:00" in phone.text


def test_secretary__chooses_between_the_two_of_graduation(campus):
    phone = campus.member(Role.SECRETARY).send("/steps").tap("Хатшының жұмысы")
    assert phone.labels() == ["Бітіру жұмысын қорғау", "Кешенді емтихан", "Артқа"]


def test_student__sees_students_walks_only(campus):
    phone = campus.student().send("/steps")
    labels = phone.labels()
    assert not set(labels) & {*TEACHER[:5], *OWN_WORK.values()}
    assert {"Жазбаша емтихан", "Бітіру жұмысын қорғау", "Сандық этикет"} <= set(labels)


def test_student__cannot_forge_the_way_to_the_work_of_staff(campus):
    phone = campus.student().send("/steps")
    for data in ("wr:conduct", "wk:ayu.written.conduct:-:-", "wk:ayu.proctor:-:-"):
        phone.forge(data)
        assert GONE in phone.text


def test_guest__sees_students_walks_only(town):
    phone = town.phone().start().tap("Қазақша").send("/steps")
    assert "Емтиханды өткізу" not in phone.labels()
    assert {"Тест", "Сандық этикет"} <= set(phone.labels())
