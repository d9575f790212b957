"""The proctor's report of a day: asked for before its time and after it, then the dean hears (AYU 5.1.5)."""

from collections.abc import Iterator

import pytest

from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import day_again, day_reports
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.refusals import refused
from tests.support.timelines import at, jump
from tests.support.wire import Message

ASKED, LATE, ALL = (
    "Күндік есебіңіз жіберілмеген",
    "Проктордың күндік есебі келмеді",
    "Барлық күндік есеп келді",
)


@pytest.fixture
def whole(database_url: str) -> Iterator[Hall]:
    with Hall(database_url, whole=True) as hall:
        hall.member("T1")
        hall.proctor = hall.member("P1", Role.PROCTOR)
        hall.other = hall.member("P2", Role.PROCTOR)
        hall.dean = hall.member("D1", Role.DEAN)
        hall.add_students(student("S1"))
        hall.add_exams(exam("E1", at("09:00"), proctor="P1"), exam("E2", at("14:00"), proctor="P2"))
        jump(hall, "15:59")
        hall.sent()
        yield hall


def got(hall: Hall, me: Me, part: str) -> list[Message]:
    return [message for message in hall.sent() if message.user_id == me.user_id and part in message.text]


def reported(hall: Hall, me: Me) -> None:
    seen = hall.do(day_reports.fill, me)
    hall.do(day_reports.send, me, seen.id, seen.revision, hall.origin())


def test_missing__proctor_at_the_deadline_and_after_it_then_the_dean_once_for_all(whole: Hall) -> None:
    jump(whole, "17:00")
    (offered,) = got(whole, whole.proctor, "есебін")
    assert "Күндік есеп" in offered.buttons
    jump(whole, "18:14:50")
    assert not [m for m in whole.sent() if ASKED in m.text or LATE in m.text]
    jump(whole, "18:15")
    asked = [m for m in whole.sent() if ASKED in m.text]
    assert {m.user_id for m in asked} == {whole.proctor.user_id, whole.other.user_id}
    assert all("18:00" in m.text and "AYU 5.1.5" in m.text for m in asked)
    jump(whole, "19:00")
    messages = whole.sent()
    assert len([m for m in messages if ASKED in m.text]) == 2
    (late,) = [m for m in messages if LATE in m.text]
    assert late.user_id == whole.dean.user_id
    assert "Қызметкер P1, Қызметкер P2" in late.text
    reported(whole, whole.proctor)
    jump(whole, "19:05")
    (changed,) = got(whole, whole.dean, LATE)
    assert changed.edits is not None
    assert "Қызметкер P1, Қызметкер P2" not in changed.text
    reported(whole, whole.other)
    jump(whole, "19:10")
    (done,) = got(whole, whole.dean, ALL)
    assert done.edits == changed.edits
    jump(whole, "23:50")
    assert not [m for m in whole.sent() if ASKED in m.text or LATE in m.text]


def test_sent_in_time__nobody_is_asked(whole: Hall) -> None:
    whole.clock.now = at("16:30")
    for one in (whole.proctor, whole.other):
        reported(whole, one)
    for moment in ("17:00", "18:15", "19:00"):
        jump(whole, moment)
    assert not [m for m in whole.sent() if ASKED in m.text or LATE in m.text or "есебін" in m.text]


def test_exam_moved_later__the_deadline_moves_with_it(whole: Hall) -> None:
    whole.add_exams(exam("E1", at("18:30"), proctor="P1"))
    jump(whole, "18:15")
    assert {m.user_id for m in whole.sent() if ASKED in m.text} == {whole.other.user_id}
    jump(whole, "20:44:50")
    assert not got(whole, whole.proctor, ASKED)
    jump(whole, "20:45")
    assert len(got(whole, whole.proctor, ASKED)) == 1


def test_exam_cancelled__no_report_is_owed(whole: Hall) -> None:
    def cancel(uow) -> None:  # type: ignore[no-untyped-def]
        uow.exams.by_ext()["E1"].cancelled_at = at("16:00")

    whole.sql(cancel)
    for moment in ("18:15", "19:00"):
        jump(whole, moment)
    messages = whole.sent()
    assert {m.user_id for m in messages if ASKED in m.text} == {whole.other.user_id}
    (late,) = [m for m in messages if LATE in m.text]
    assert "P1" not in late.text


def test_asleep_over_the_evening__asked_once_and_told(whole: Hall) -> None:
    jump(whole, "21:00")
    whole.sent()
    jump(whole, "21:01")
    assert not [m for m in whole.sent() if ASKED in m.text]


def test_after_midnight__the_evenings_report_is_still_the_one_to_send(whole: Hall) -> None:
    whole.add_exams(exam("E3", at("21:00"), proctor="P1"))
    whole.clock.now = at("2026-12-22 00:20")
    assert whole.do(day_reports.offered, whole.proctor)[0]
    assert whole.do(day_reports.fill, whole.proctor).day.isoformat() == "2026-12-21"
    reported(whole, whole.proctor)
    assert not whole.do(day_reports.offered, whole.proctor)[0]


def test_opened_again__the_dean_hears_why_and_gets_it_anew(whole: Hall) -> None:
    whole.clock.now = at("16:30")
    seen = whole.do(day_reports.fill, whole.proctor)
    case_id = seen.id
    with refused("day_not_sent"):
        whole.do(day_again.reopen, whole.proctor, case_id, "қате", whole.origin())
    reported(whole, whole.proctor)
    jump(whole, "16:31")
    whole.sent()
    assert whole.do(day_reports.show, whole.proctor, case_id).own
    assert not whole.do(day_reports.show, whole.dean, case_id).own
    for other in (whole.other, whole.dean):
        with refused("not_yours"):
            whole.do(day_again.reopen, other, case_id, "қате", whole.origin())
    with refused("reason_empty"):
        whole.do(day_again.reopen, whole.proctor, case_id, " ", whole.origin())
    origin = whole.origin()
    for _ in range(2):
        again = whole.do(day_again.reopen, whole.proctor, case_id, "Бір студент қатыспаған", origin)
    assert (again.state, again.sent_at, again.mine) == ("waiting", None, True)
    jump(whole, "16:32")
    (told,) = whole.sent()
    assert told.user_id == whole.dean.user_id
    assert "Себебі: Бір студент қатыспаған" in told.text
    assert whole.do(day_reports.offered, whole.proctor)[0]
    whole.do(day_reports.correct, whole.proctor, case_id, seen.lines[0].exam.id, "0")
    reported(whole, whole.proctor)
    jump(whole, "16:33")
    (arrived,) = got(whole, whole.dean, "Проктордың есебі келді")
    assert "Қатысқаны: 0" in arrived.text
    events = whole.sql(lambda uow: [event.action for event in uow.cases.events(case_id)])
    assert events.count("reopened") == 1
    assert events.count("decided") == 2
