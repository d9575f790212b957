"""«It happened at …»: both times are kept and shown, as claimed and as received."""

import datetime as dt

import pytest

from bot.rules.vocabulary import Role
from bot.services import cases, decisions, outages
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import refused

NINE, FILED = local("2026-12-21 09:00"), local("2026-12-21 09:30")


@pytest.fixture
def case(hall):
    """Filed at half past nine; examiner and dean have accounts."""
    hall.reader = hall.student("S1")
    hall.examiner = hall.member("T1")
    hall.dean = hall.member("T4", Role.DEAN, department="")
    hall.add_exams(exam("E1", NINE))
    hall.clock.now = FILED
    number = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    found = hall.do(cases.file, hall.reader, "internet", number, hall.origin())
    hall.tick()
    hall.sent()
    return found


def happened(hall, case, at, me=None, origin=None):
    return hall.do(outages.happened, me or hall.reader, case.id, origin or hall.origin(), at)


def test_both_times__in_status_card_history_and_lost_minutes(hall, case):
    hall.clock.move(minutes=5)
    origin = hall.origin()
    happened(hall, case, local("2026-12-21 09:10"), origin=origin)
    happened(hall, case, local("2026-12-21 09:10"), origin=origin)
    shown = hall.do(cases.show, hall.reader, case.id)
    assert (shown.claimed_at, shown.filed_at) == (local("2026-12-21 09:10"), FILED)
    assert shown.lost == 25, "from ten past nine until now"
    hall.tick()
    got = hall.sent()
    wanted = "Болған уақыты: 09:10. Хабарлама түскен уақыт: 09:30."
    assert [m.user_id for m in got if wanted in m.text].count(hall.examiner.user_id) == 1
    _, lines = hall.do(cases.history, hall.examiner, case.id)
    [line] = [line for line in lines if line.did == "claimed"]
    assert line.since == local("2026-12-21 09:10")


def test_refused__after_the_report_a_day_before_by_another_and_at_the_end(hall, case):
    hall.clock.move(minutes=5)
    for wrong in (FILED + dt.timedelta(minutes=1), FILED - dt.timedelta(hours=25)):
        with refused("time_wrong"):
            happened(hall, case, wrong)
    with refused("not_yours"):
        happened(hall, case, NINE, me=hall.student("S2"))
    hall.do(decisions.withdraw, hall.reader, case.id, hall.origin())
    with refused("case_over"):
        happened(hall, case, NINE)
