"""One person who sends too much is told so once, and holds up nobody else."""

from handlers.door.crowd import AGAIN, BURST, PER_SECOND, Crowd
from tests.support.campus import Campus
from tests.support.town import Phone, Town

SLOW_DOWN = "Хабарлар тым жиі келіп жатыр."


def flood(phone: Phone, texts: int, photos: int) -> None:
    for number in range(texts):
        phone.act("send", text=f"{number}")
    for _ in range(photos):
        phone.act("send", photo=True)


def test_flood__is_answered_once_and_others_go_on(campus: Campus) -> None:
    campus.exam()
    loud, calm = campus.student(), campus.student()
    calm.send("/exams")
    flood(loud, 150, 20)
    calm.act("tap", label="09:00")
    campus.town.until(lambda: calm.text.startswith("Деректер қоры"), patience=5)
    loud.settle()
    answers = [message["text"] for message in loud.fresh()]
    assert len([text for text in answers if text.startswith(SLOW_DOWN)]) == 1
    assert len(answers) <= BURST + 5


def test_flood__stops_neither_a_report_nor_the_words_added_to_it(campus: Campus) -> None:
    examiner = campus.member()
    campus.exam(examiner)
    loud = campus.student()
    flood(loud, int(BURST) + 10, 0)
    loud.settle()
    assert loud.text.startswith(SLOW_DOWN)
    loud.send("/sos").tap("Интернет жоқ")
    assert "Хабарлама қабылданды" in loud.text
    loud.tap("Толықтыру").send("сөз")
    assert loud.text.startswith("✅ Қосылды")
    assert examiner.text.endswith("сөз")


def test_flood__leaves_buttons_working(town: Town) -> None:
    loud = town.phone("kk").start().tap("Қазақша")
    flood(loud, int(BURST) + 10, 0)
    loud.settle().forge("menu:help")
    assert "Не істемей тұр?" in loud.text


def test_crowd__opens_again_after_the_time_it_names() -> None:
    crowd = Crowd()
    verdicts = [crowd.admits(1, 0.0) for _ in range(int(BURST) + 3)]
    assert verdicts == ["open"] * int(BURST) + ["warn", "closed", "closed"]
    assert crowd.admits(2, 0.0) == "open"
    assert crowd.admits(1, crowd.seconds() - 1) == "closed"
    assert crowd.admits(1, crowd.seconds() + 1) == "open"


def test_crowd__never_holds_up_a_person_who_writes_at_an_even_pace() -> None:
    crowd = Crowd()
    gap = 1 / PER_SECOND
    assert {crowd.admits(1, gap * number) for number in range(1000)} == {"open"}


def test_crowd__forgets_those_who_were_long_ago() -> None:
    crowd = Crowd()
    for user in range(6000):
        crowd.admits(user, float(user))
    assert len(crowd._buckets) <= 5000
    assert AGAIN < BURST
