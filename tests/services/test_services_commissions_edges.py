"""An appeal's commission at its edges: nobody to decide, a chair out of reach, taps twice, too late."""

import datetime as dt

import pytest

from bot.services import commissions, verdicts
from tests.support.appealing import called, case_of, granted, sat, submitted
from tests.support.clock import local
from tests.support.refusals import code_of, refused

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused, and to whom, does not depend on the database."""


def actions(hall, case_id):
    return [event.action for event in hall.sql(lambda uow: uow.cases.events(case_id))]


def timers(hall, case_id):
    return hall.sql(lambda uow: uow.case_timers.pending(case_id))


def heard(hall, me, part):
    return [m for m in hall.sent() if m.user_id == me.user_id and part in m.text]


def unchaired(faculty):
    """A commission that has lost its chair: nobody can call it or decide."""
    case_id = submitted(faculty)

    def spoil(uow):
        case = uow.cases.get(case_id)
        case.data = {**case.data, "problem": "chair"}

    faculty.sql(spoil)
    return case_id


def test_incomplete__is_neither_called_nor_decided(faculty):
    case_id = unchaired(faculty)
    with refused("appeal_incomplete"):
        faculty.do(commissions.call, faculty.chair, case_id, local("2026-12-22 10:00"), faculty.origin())
    with refused("appeal_incomplete"):
        faculty.do(commissions.to_decide, faculty.chair, case_id)
    faculty.do(commissions.reseat, faculty.chair, case_id, faculty.origin())
    faculty.do(commissions.call, faculty.chair, case_id, local("2026-12-22 10:00"), faculty.origin())
    assert case_of(faculty, case_id).stage == "sitting"


def test_call__of_one_update_calls_once(faculty):
    case_id, origin = submitted(faculty), faculty.origin()
    for _ in range(2):
        faculty.do(commissions.call, faculty.chair, case_id, local("2026-12-22 10:00"), origin)
    assert (actions(faculty, case_id).count("called"), case_of(faculty, case_id).revision) == (1, 1)


def test_call__a_minute_before_the_sitting_asks_for_no_reminder_of_an_hour_ago(faculty):
    case_id = submitted(faculty)
    at = faculty.clock() + dt.timedelta(minutes=30)
    faculty.do(commissions.call, faculty.chair, case_id, at, faculty.origin())
    assert set(timers(faculty, case_id)) == {"receipt", "sits", "result", "due:8", "due:2"}


def test_vote__of_one_update_is_said_once(faculty):
    case_id, origin = sat(faculty), faculty.origin()
    for _ in range(2):
        faculty.do(commissions.vote, faculty.second, case_id, "for", origin)
    assert actions(faculty, case_id).count("voted") == 1
    assert code_of(faculty, commissions.vote, faculty.second, case_id, "maybe", 1) == "unknown_vote"


def test_reseat__of_one_update_is_once_keeps_votes_and_is_for_who_was_told(faculty):
    case_id, origin = sat(faculty), faculty.origin()
    faculty.do(commissions.vote, faculty.second, case_id, "for", faculty.origin())
    for _ in range(2):
        seen = faculty.do(commissions.reseat, faculty.chair, case_id, origin)
    assert actions(faculty, case_id).count("round") == 1
    assert dict(case_of(faculty, case_id).data["votes"]) == {str(faculty.second.person_id): "for"}
    assert seen.id == case_id
    assert code_of(faculty, commissions.reseat, faculty.examiner, case_id, 1) == "not_yours"


def test_chair__who_blocks_the_bot_is_the_deans_concern_at_once(faculty):
    faculty.wire.blocked.add(faculty.chair.user_id)
    case_id = submitted(faculty)
    faculty.tick()
    unreached = faculty.sql(
        lambda uow: list(uow.notices.of_kind("appeal_unreached", case_id, faculty.dean.person_id))
    )
    assert [notice.state for notice in unreached] == ["sent"]


def test_member__who_blocks_the_bot_is_lost_alone(faculty):
    faculty.wire.blocked.add(faculty.second.user_id)
    case_id = submitted(faculty)
    faculty.tick()
    assert not faculty.sql(
        lambda uow: list(uow.notices.of_kind("appeal_unreached", case_id, faculty.dean.person_id))
    )
    assert faculty.second.person_id not in faculty.sql(lambda uow: uow.cases.told(uow.cases.get(case_id)))


def test_over__nobody_hears_more_of_a_decided_appeal(faculty):
    case_id = granted(faculty)
    faculty.do(verdicts.decide, faculty.chair, case_id, faculty.origin(), reason="Дұрыс", grade="85")
    assert set(timers(faculty, case_id)) <= {"receipt"}
    for work, more in ((commissions.call, (local("2026-12-23 10:00"),)), (commissions.vote, ("for",))):
        assert code_of(faculty, work, faculty.chair, case_id, *more, faculty.origin()) == "case_over"
    assert code_of(faculty, commissions.to_decide, faculty.chair, case_id) == "case_over"
    assert code_of(faculty, commissions.reseat, faculty.chair, case_id, faculty.origin()) == "case_over"


def test_decide__has_a_reason_with_an_end(faculty):
    case_id = granted(faculty)
    text = "я" * (verdicts.REASON_LETTERS + 1)
    assert (
        code_of(faculty, verdicts.decide, faculty.chair, case_id, faculty.origin(), reason=text, grade="85")
        == "reason_long"
    )


def test_late__after_the_sitting_the_decision_is_asked_for_again_every_day(faculty):
    case_id = called(faculty)
    faculty.clock.now = max(timers(faculty, case_id).values())
    faculty.tick()
    faculty.sent()
    assert case_of(faculty, case_id).data["late"]
    faculty.clock.now += dt.timedelta(hours=24)
    faculty.tick()
    assert heard(faculty, faculty.dean, "AP-26-00001")
