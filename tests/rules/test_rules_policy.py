"""How long a step of a chain waits, what may be promised, how often a holder is reminded."""

import datetime as dt
from dataclasses import replace

from bot.rules.casework import ACT, ANSWER, ORDER
from bot.rules.files import FileLimits
from bot.rules.policy import Chain, Delivery, KindRules, Moment, Policy
from bot.rules.vocabulary import Attestation, ExamKind
from tests.support.clock import ALMATY
from tests.support.policies import FIVE, governing

DAY = dt.timedelta(days=1)
RULES = governing(
    steps={"dean": DAY}, order=3 * DAY, order_remind=DAY, remind=2 * FIVE, promises={"call": FIVE}
)


def test_patience__is_the_steps_own_else_that_of_all():
    assert [RULES.patience(role) for role in ("dean", "methodist")] == [DAY, FIVE]


def test_promises_and_reminders__of_an_order_are_others():
    assert [RULES.promised(stage) for stage in (ANSWER, ACT)] == [{"call": FIVE}] * 2
    assert list(RULES.promised(ORDER).values()) == [3 * DAY]
    assert list(RULES.promised(ORDER)) != ["call"]
    assert [RULES.reminded(stage) for stage in (ANSWER, ACT, ORDER)] == [2 * FIVE, 2 * FIVE, DAY]


WRITTEN, ORAL = list(ExamKind)[:2]
INTERIM, FINAL = Attestation.INTERIM, Attestation.FINAL
STUDENTS, STAFF = Chain(("dean", "admin"), "X 1"), Chain(("admin",), None)


def moments(zone):
    return {name: Moment(name, "day", n * DAY, (5,), "X 2", zone=zone) for n, name in enumerate("ab")}


def policy(zone=dt.UTC):
    kinds = {kind: KindRules(kind, 60, (5,), None, moments(zone), {}) for kind in (WRITTEN, ORAL)}
    chains = {(INTERIM, "student"): STUDENTS, (INTERIM, "staff"): STAFF, (FINAL, "student"): STAFF}
    delivery = Delivery(3, FIVE, FIVE, FIVE, 10)
    files = FileLimits(("pdf",), 1, 1, 1, 1)
    return Policy(
        "x", "Asia/Almaty", kinds, governing(chains=chains), delivery, 1, 5, None, (), files, leaves={}
    )


def test_chain__is_that_of_the_attestation_and_of_who_reports_else_empty():
    found = policy()
    asked = [(INTERIM, "student"), (INTERIM, "staff"), (FINAL, "student"), (FINAL, "staff"), (INTERIM, "x")]
    nobody = Chain((), None)
    assert [found.chain(*one) for one in asked] == [STUDENTS, STAFF, STAFF, nobody, nobody]


def test_zone__is_that_of_every_midnight_and_nothing_else_changes():
    there = policy().in_zone(ALMATY)
    assert there == policy(ALMATY)
    assert there != policy()
    assert there.in_zone(dt.UTC) == policy()
    assert replace(there, kinds={}) == replace(policy(), kinds={})
