"""The exam card from the phones of examiner, proctor and student."""

import datetime as dt

from bot.rules.vocabulary import Role
from tests.conversations.conftest import MORNING
from tests.support.campus import Campus
from tests.support.clock import ALMATY

STAFF, CHANGE, HELPER = "/staff", "Уақытын өзгерту", "🙋 Көмекші шақыру"


def said(phone) -> str:
    """All that stands in the chat: other messages may have come in between."""
    return "\n".join(phone.texts())


def opened(campus: Campus, phone, starts_in: float = -60, **changes):
    """The card of an exam, from the screen of /staff."""
    exam_id = campus.exam(phone, starts_in=starts_in, **changes)
    start = (MORNING + dt.timedelta(minutes=starts_in)).astimezone(ALMATY)
    phone.send(STAFF).tap(f"{start:%H:%M} · ")
    return exam_id


def test_card__opens_from_staff_with_what_one_may_do(campus):
    examiner, _ = campus.member(), campus.student(full_name="Ахметова Айгерім")
    campus.register_student(full_name="Бекова Гүлнар")
    opened(campus, examiner)
    text = said(examiner)
    assert "Деректер қоры" in text
    assert "Басталғанын әлі ешкім растаған жоқ." in text
    assert "Ботқа қосылған: 1 / 2\nХабар жетпейді: Бекова Гүлнар" in text
    assert examiner.labels(examiner.from_bot()[-1]) == [
        "✅ Уақтылы басталды",
        "Студенттер",
        HELPER,
        CHANGE,
        "Акт жасау",
        "Қадамдар",
        "Жаңарту",
    ]


def test_card__began_on_time_is_written_down_once(campus):
    examiner = campus.member(full_name="Оспанова А.")
    campus.student()
    exam_id = opened(campus, examiner)
    examiner.tap("✅ Уақтылы басталды")
    assert "Басталды: 09:00. Растаған: Оспанова А." in said(examiner)
    assert not any("✅ Уақтылы басталды" in examiner.labels(message) for message in examiner.from_bot())
    examiner.forge(f"db:{exam_id}:0")
    assert "Басталды: 09:00. Растаған: Оспанова А." in said(examiner)


def test_card__too_early_to_have_begun_says_when(campus):
    examiner = campus.member()
    campus.student()
    exam_id = opened(campus, examiner, starts_in=40)
    examiner.forge(f"db:{exam_id}:1")
    assert examiner.answers[-1]["text"] == "Емтихан әлі басталған жоқ. Басталу уақыты: 10:40"


def test_students__pages_one_and_a_call_that_is_answered(campus):
    examiner = campus.member(full_name="Оспанова А.")
    for number in range(9):
        campus.register_student(full_name=f"Ж{number} студент")
    one = campus.student(full_name="Ахметова Айгерім")
    exam_id = opened(campus, examiner)
    examiner.tap("Студенттер")
    assert "1/2" in said(examiner)
    examiner.tap("Келесі").tap("▫️ Ахметова Айгерім")
    assert "Ботқа қосылған." in said(examiner)
    assert "Қадамдарды ашпаған." in said(examiner)
    examiner.tap("Емтиханға шақыру")
    assert "Шақырылды: 10:00. Жауап әлі жоқ." in said(examiner)
    assert "Сізді емтиханға шақырып жатыр." in said(one)
    assert "Шақырған: Оспанова А." in said(one)
    person = campus.town.sql(lambda uow: uow.people.find(one.ext_id)[0].id)
    examiner.forge(f"dq:{exam_id}:{person}")
    assert "Шақырылып қойған: Ахметова Айгерім" in examiner.answers[-1]["text"]
    one.tap("✅ Барамын")
    assert "Жауабыңыз жеткізілді" in said(one)
    assert "шақыруыңызға жауап берді: 10:00" in said(examiner)


def test_students__the_bot_cannot_reach_are_not_called(campus):
    examiner = campus.member()
    ext_id = campus.register_student(full_name="Бекова Гүлнар")
    exam_id = opened(campus, examiner)
    examiner.tap("Студенттер").tap("❌ Бекова Гүлнар")
    assert "Бот жаза алмайды: " in said(examiner)
    assert "Емтиханға шақыру" not in examiner.labels()
    person = campus.town.sql(lambda uow: uow.people.find(ext_id)[0].id)
    examiner.forge(f"dq:{exam_id}:{person}")
    assert "Бот жаза алмайды: Бекова Гүлнар" in examiner.answers[-1]["text"]


def test_helper__is_called_for_a_student_and_for_the_whole_exam(campus):
    examiner, one = campus.member(full_name="Оспанова А."), campus.student(full_name="Ахметова Айгерім")
    opened(campus, examiner)
    card = examiner.last()["message_id"]
    examiner.tap("Студенттер").tap("▫️ Ахметова Айгерім").tap(HELPER)
    assert "🙋 Көмекші шақырылды: H-" in examiner.text
    assert HELPER not in examiner.labels()
    assert "Сізге көмекші шақырған: Оспанова А." in said(one)
    examiner.tap(HELPER, message_id=card)
    assert "Көмек сұрауыңыз қабылданды: H-" in examiner.text
    examiner.tap("Көмек енді керек емес")
    one.tap("Көмек енді керек емес")


def test_results__are_published_by_the_examiner_after_a_question(campus):
    examiner = campus.member(language="ru")
    campus.student()
    exam_id = opened(campus, examiner, starts_in=-130)
    examiner.tap("Результаты вышли")
    assert "С этой минуты идёт срок апелляции." in said(examiner)
    examiner.tap("Да, опубликованы")
    assert "результаты опубликованы. Время: 10:00" in said(examiner)
    rows = campus.town.sql(lambda uow: [r for k, r in uow.exams.results().items() if k[0] == exam_id])
    assert [row.student_key for row in rows] == [""]
    examiner.forge(f"dv:{exam_id}")
    assert len(campus.town.sql(lambda uow: [k for k in uow.exams.results() if k[0] == exam_id])) == 1


def test_others__cannot_forge_their_way_in(campus):
    examiner, one = campus.member(), campus.student()
    proctor, stranger = campus.member(Role.PROCTOR), campus.member()
    exam_id = campus.exam(examiner, proctor=proctor.ext_id)
    person = campus.town.sql(lambda uow: uow.people.find(one.ext_id)[0].id)
    for phone in (one, stranger, proctor, examiner):
        phone.send("/start")
    asked = (f"do:{exam_id}", f"db:{exam_id}:1", f"ds:{exam_id}", f"dp:{exam_id}:{person}", f"dx:{exam_id}",
             f"dq:{exam_id}:{person}", f"dr:{exam_id}", f"dw:{exam_id}", f"dv:{exam_id}")  # fmt: skip
    for number, data in enumerate(asked, 1):
        one.forge(data)
        assert said(one).count("Бұл тек қызметкерлерге арналған.") == number, data
        stranger.forge(data)
    assert said(stranger).count("Бұл емтихан Сіздің тізіміңізде жоқ.") >= len(asked) - 1
    assert "Басталды" not in said(stranger)
    assert "Студенттер" not in said(stranger)
    proctor.forge(f"dv:{exam_id}")
    assert "Нәтижені тек осы емтиханның оқытушысы жариялайды." in said(proctor)
    proctor.forge(f"dp:{exam_id}:999999")
    assert "Бұл студент емтихан тізімінде жоқ." in said(proctor)
    for number, data in enumerate(("do", "do:-", "db:x:1", "dp", "dt:0:zz"), 1):
        examiner.forge(data)
        assert said(examiner).count("Бұл емтихан кестеде жоқ.") == number, data
    examiner.forge("dk:day:99999999999999:0")
    assert "Бұл тексеру ескірген." in said(examiner)
