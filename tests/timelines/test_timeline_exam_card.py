"""The live card comes by itself before the start, changes in place, and only when it looks different."""

from bot.rules.people import Me
from bot.rules.vocabulary import ExamKind
from bot.services import cases, exam_cards, readiness, walks
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.timelines import at, jump, to
from tests.support.wire import Message


def laid(hall: Hall, **changes: object) -> int:
    hall.add_exams(exam("E1", at("09:00"), **changes))
    found: int = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    return found


def cards(hall: Hall, me: Me) -> list[Message]:
    """Cards sent or changed since the last look."""
    return [
        message
        for message in hall.sent()
        if message.user_id == me.user_id and "Жағдай уақыты" in message.text
    ]


def test_card__comes_half_an_hour_before_and_says_who_is_ready(watched: Hall) -> None:
    examiner = watched.member()
    watched.student("S1")
    watched.add_students(student("S2"))
    laid(watched)
    jump(watched, "08:29:59")
    watched.expect()
    to(watched, "08:30:10", step_seconds=5)
    (card,) = watched.expect((examiner, "Ботқа қосылған: 1 / 2"))
    assert card.edits is None
    assert "Хабар жетпейді: Студент S2" in card.text
    assert "Дайын: 0. Бірдеңесі жоқ: 0. Жауап бермеген: 2" in card.text


def test_card__changes_in_place_when_somebody_is_ready(watched: Hall) -> None:
    examiner = watched.member()
    me = watched.student("S1")
    exam_id = laid(watched)
    jump(watched, "08:30")
    number = next(n for n, m in enumerate(watched.wire.messages, 1) if m.user_id == examiner.user_id)
    watched.sent()
    for index in range(len(watched.do(readiness.open_check, me, exam_id).answers)):
        watched.do(readiness.answer, me, exam_id, index, ok=True)
    watched.forward(seconds=30, step_seconds=10)
    (card,) = cards(watched, examiner)
    assert (card.edits, "Дайын: 1." in card.text) == (number, True)


def test_card__that_looks_the_same_is_not_sent_again(watched: Hall) -> None:
    examiner = watched.member()
    watched.student("S1")
    laid(watched, kind=ExamKind.TEST)
    jump(watched, "08:30")
    watched.sent()
    to(watched, "08:32:20", step_seconds=20)
    assert cards(watched, examiner) == []
    to(watched, "08:33:00", step_seconds=10)
    assert len(cards(watched, examiner)) == 1


def test_card__changes_at_most_every_so_often_however_much_happens(watched: Hall) -> None:
    examiner = watched.member()
    students = [watched.student(f"S{n}") for n in range(6)]
    exam_id = laid(watched)
    jump(watched, "09:00:30")
    watched.sent()
    algorithm = watched.office.walk_of("written")
    assert algorithm is not None
    seen: list[Message] = []
    for me in students:
        watched.do(walks.step, me, algorithm.id, exam_id, 0, done=True)
        watched.forward(seconds=5, step_seconds=1)
        seen += cards(watched, examiner)
    watched.forward(seconds=25, step_seconds=1)
    seen += cards(watched, examiner)
    assert len(seen) <= 3
    assert "2-қадам – 6" in seen[-1].text


def test_card__shows_who_has_said_that_the_work_is_uploaded(watched: Hall) -> None:
    examiner = watched.member()
    me = watched.student("S1")
    watched.student("S2")
    exam_id = laid(watched)
    jump(watched, "09:20")
    watched.sent()
    algorithm = watched.office.walk_of("written")
    assert algorithm is not None
    upload = next(at for at, step in enumerate(algorithm.steps) if step.event == "upload")
    watched.do(walks.step, me, algorithm.id, exam_id, upload - 1, done=True)
    watched.forward(seconds=40, step_seconds=10)
    assert "Жүктедім деген" not in "".join(card.text for card in cards(watched, examiner))
    watched.do(walks.step, me, algorithm.id, exam_id, upload, done=True)
    watched.forward(seconds=40, step_seconds=10)
    assert "Жүктедім деген: 1" in cards(watched, examiner)[-1].text


def test_card__shows_deliveries_while_they_go_on(watched: Hall) -> None:
    examiner = watched.member()
    watched.student("S1")
    blocker = watched.student("S2")
    watched.add_students(student("S3"))
    laid(watched)
    watched.wire.blocked.add(blocker.user_id)
    jump(watched, "10:29:50")
    watched.sent()
    to(watched, "10:30:40", step_seconds=10)
    shown = cards(watched, examiner)[-1].text
    assert "Ескерту (30 минут): 1 / 3" in shown
    assert "Хабар жетпейді: Студент S2, Студент S3" in shown


def test_card__shows_an_open_report(watched: Hall) -> None:
    examiner = watched.member()
    me = watched.student("S1")
    exam_id = laid(watched)
    jump(watched, "09:10")
    watched.sent()
    watched.do(cases.file, me, "internet", exam_id, watched.origin())
    watched.forward(seconds=30, step_seconds=5)
    shown = cards(watched, examiner)[-1]
    assert "🔴 Ашық хабарлама: 1. Жауап күтуде: 1" in shown.text
    assert "🔴 Хабарлама: 1" in shown.buttons


def test_card__is_not_kept_after_the_day(watched: Hall) -> None:
    examiner = watched.member()
    watched.student("S1")
    laid(watched)
    jump(watched, "12:01")
    watched.sent()
    to(watched, "13:00", step_seconds=300)
    assert cards(watched, examiner) == []


def test_card__goes_to_whoever_holds_the_exam_when_it_goes_out(watched: Hall) -> None:
    former = watched.member("T1")
    other = watched.member("T2")
    watched.student("S1")
    exam_id = laid(watched)
    jump(watched, "08:30")
    watched.sent()
    laid(watched, examiners=("T2",))
    watched.forward(seconds=30, step_seconds=10)
    got = watched.sent()
    assert {message.user_id for message in got} == {former.user_id, other.user_id}
    assert len([message for message in got if message.user_id == former.user_id]) == 1
    assert {message.user_id for message in got if "Жағдай уақыты" in message.text} == {other.user_id}
    assert watched.do(exam_cards.show, other, exam_id).exam.ext_id == "E1"


def test_quiet_policy__only_a_card_that_was_opened_is_kept(hall: Hall) -> None:
    examiner = hall.member()
    watcher = hall.member("T2")
    me = hall.student("S1")
    exam_id = laid(hall, proctor="T2")
    jump(hall, "09:10")
    hall.sent()
    hall.do(exam_cards.adopt, examiner, exam_id, 77)
    algorithm = hall.office.walk_of("written")
    assert algorithm is not None
    hall.do(walks.step, me, algorithm.id, exam_id, 0, done=True)
    hall.forward(seconds=10, step_seconds=1)
    shown = cards(hall, examiner)
    assert {card.edits for card in shown} == {77}
    assert watcher.user_id not in {card.user_id for card in shown}
