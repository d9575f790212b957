"""What a report may come to where it stands, whose decision that is, and what a decision must say."""

import datetime as dt
from itertools import pairwise, product
from types import SimpleNamespace

import pytest

from bot.rules import decisions as rules
from bot.rules.casework import ACT, ANSWER, ORDER
from bot.rules.decisions import NUMBER_LETTERS, REASON_LETTERS, Ruling, Verdict
from bot.rules.policy import Sourced
from bot.rules.vocabulary import Attestation, Role
from tests.support.clock import ALMATY, local
from tests.support.policies import governing
from tests.support.refusals import refused

READMITTED, SAME_DAY, REFER, BY_ORDER, REFUSED, RESUMED, STOPPED, SOLVED = Verdict
INTERIM, FINAL = Attestation.INTERIM, Attestation.FINAL
OFFERED = {
    (ANSWER, INTERIM): {READMITTED, SAME_DAY, REFER, SOLVED},
    (ORDER, INTERIM): {BY_ORDER, REFUSED},
    (ACT, INTERIM): set(),
    (ANSWER, FINAL): {RESUMED, STOPPED, SOLVED},
    (ORDER, FINAL): {RESUMED, STOPPED, SOLVED},
    (ACT, FINAL): set(),
}
EXAMINER, DEAN, SECRETARY, CHAIR = Role.EXAMINER, Role.DEAN, Role.SECRETARY, Role.COMMISSION_CHAIR
WHOSE = {
    READMITTED: ({EXAMINER}, "decides_examiner", {"clause": "AYU 1"}),
    SAME_DAY: ({EXAMINER}, "decides_examiner", {"clause": "AYU 1"}),
    BY_ORDER: ({DEAN}, "decides_dean", {"clause": "AYU 2"}),
    REFUSED: ({DEAN}, "decides_dean", {"clause": "AYU 2"}),
    RESUMED: ({SECRETARY, CHAIR}, "decides_commission", {}),
    STOPPED: ({SECRETARY, CHAIR}, "decides_commission", {}),
}
NOW = local("2026-12-21 09:30")
TODAY = dt.date(2026, 12, 21)


def policy(same_day=EXAMINER, other_day=DEAN, clauses=("AYU 1", "AYU 2")):
    """The two offices that the sources name, with their clauses; None: the source is silent."""
    names = ("same_day_admission_by", "other_day_admission_by")
    leaves = {
        f"force_majeure.{name}": Sourced(None, said, "source")
        for name, said in zip(names, clauses or (), strict=False)
    }
    return SimpleNamespace(
        force_majeure=governing(same_day_by=same_day, other_day_by=other_day), leaves=leaves
    )


def stand(verdict):
    """Where a report can come to this: its stage and attestation."""
    return next(place for place, verdicts in OFFERED.items() if verdict in verdicts)


def require(verdict, given, roles=(), *, holds=False, place=None):
    stage, attestation = place or stand(verdict)
    rules.require(verdict, given, stage=stage, attestation=attestation, roles=roles, holds=holds)


@pytest.mark.parametrize(("place", "verdict"), list(product(OFFERED, Verdict)))
def test_offered__nothing_else_where_a_report_stands(place, verdict):
    assert set(rules.offered(*place)) == OFFERED[place]
    given, everything = policy(None, None, ()), {*Role}
    if verdict in OFFERED[place]:
        require(verdict, given, everything, holds=True, place=place)
        return
    with refused("not_now"):
        require(verdict, given, everything, holds=True, place=place)


@pytest.mark.parametrize("verdict", WHOSE)
@pytest.mark.parametrize("role", Role)
def test_require__only_whose_decision_the_source_says_it_is(verdict, role):
    mine, code, params = WHOSE[verdict]
    if role in mine:
        require(verdict, policy(), [role])
        return
    with refused(code) as said:
        require(verdict, policy(), [role], holds=True)
    assert said.value.params == params


@pytest.mark.parametrize("verdict", [READMITTED, SAME_DAY, BY_ORDER, REFUSED, SOLVED])
def test_require__where_the_source_is_silent_whoever_holds_the_report_decides(verdict):
    require(verdict, policy(None, None), holds=True)
    with refused("decides_holder"):
        require(verdict, policy(None, None), [DEAN])


def test_require__anybody_of_the_case_may_refer():
    require(REFER, policy(), [])


def test_require__a_dean_may_be_named_for_the_same_day():
    with refused("decides_dean") as said:
        require(SAME_DAY, policy(same_day=DEAN), [EXAMINER])
    assert said.value.params == {"clause": "AYU 1"}
    with refused("decides_dean") as said:
        require(SAME_DAY, policy(same_day=DEAN, clauses=(None, None)), [EXAMINER])
    assert said.value.params == {"clause": ""}


@pytest.mark.parametrize(
    ("verdict", "said"),
    [(READMITTED, "AYU 1"), (SAME_DAY, "AYU 1"), (BY_ORDER, "AYU 2"), (REFUSED, "AYU 2")],
)
def test_clause__of_the_office_that_decides(verdict, said):
    assert rules.clause(verdict, policy()) == said
    assert rules.clause(verdict, policy(clauses=())) is None


def check(verdict, at=None, number="", reason=""):
    rules.check(Ruling(verdict, local(at) if at else None, number, reason), NOW, TODAY, ALMATY)


@pytest.mark.parametrize(
    ("verdict", "more"),
    [
        (READMITTED, {}), (REFER, {}), (RESUMED, {}), (STOPPED, {}), (SOLVED, {}),
        (SAME_DAY, {"at": "2026-12-21 09:31"}),
        (SAME_DAY, {"at": "2026-12-21 23:59"}),
        (BY_ORDER, {"at": "2026-12-23 09:00", "number": "1"}),
        (BY_ORDER, {"at": "2026-12-23 09:00", "number": "№" * NUMBER_LETTERS}),
        (REFUSED, {"reason": "x"}),
        (REFUSED, {"reason": "ұ" * REASON_LETTERS}),
    ],
)  # fmt: skip
def test_check__a_decision_that_says_all_it_must(verdict, more):
    check(verdict, **more)


@pytest.mark.parametrize(
    ("verdict", "more", "code", "params"),
    [
        (SAME_DAY, {}, "time_past", {}),
        (SAME_DAY, {"at": "2026-12-21 09:30"}, "time_past", {}),
        (SAME_DAY, {"at": "2026-12-20 10:00"}, "time_past", {}),
        (SAME_DAY, {"at": "2026-12-22 00:00"}, "time_not_today", {}),
        (BY_ORDER, {"number": "1"}, "time_past", {}),
        (BY_ORDER, {"at": "2026-12-21 09:30", "number": "1"}, "time_past", {}),
        (BY_ORDER, {"at": "2026-12-23 09:00"}, "order_number", {"limit": NUMBER_LETTERS}),
        (
            BY_ORDER,
            {"at": "2026-12-23 09:00", "number": "1" * (NUMBER_LETTERS + 1)},
            "order_number",
            {"limit": NUMBER_LETTERS},
        ),
        (REFUSED, {}, "reason_needed", {"limit": REASON_LETTERS}),
        (REFUSED, {"reason": "x" * (REASON_LETTERS + 1)}, "reason_needed", {"limit": REASON_LETTERS}),
    ],
)
def test_check__names_what_a_decision_lacks(verdict, more, code, params):
    with refused(code) as said:
        check(verdict, **more)
    assert said.value.params == params


@pytest.mark.parametrize(
    ("now", "first", "last", "count"),
    [
        ("2026-12-21 09:30", "10:00", "12:00", 9),
        ("2026-12-21 09:31", "10:00", "12:00", 9),
        ("2026-12-21 09:44", "10:00", "12:00", 9),
        ("2026-12-21 22:40", "23:00", "23:45", 4),
        ("2026-12-21 23:29", "23:45", "23:45", 1),
    ],
)
def test_slots__are_quarters_of_an_hour_of_today_a_quarter_or_more_ahead(now, first, last, count):
    found = rules.slots(local(now), ALMATY)
    day = now[:10]
    assert (found[0], found[-1], len(found)) == (local(f"{day} {first}"), local(f"{day} {last}"), count)
    assert {later - earlier for earlier, later in pairwise(found)} <= {rules.SLOT}


def test_slots__at_the_end_of_a_day_there_are_none():
    assert rules.slots(local("2026-12-21 23:30"), ALMATY) == []
