"""How long a step of a chain waits, what may be promised, how often a holder is reminded."""

import datetime as dt

from bot.rules.casework import ACT, ANSWER, ORDER
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
