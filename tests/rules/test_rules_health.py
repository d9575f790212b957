"""What `/readyz` answers."""

import pytest

from bot.rules.auditing import Trouble
from bot.rules.health import LAG_LIMIT_SECONDS, Around, Health, Worry

WELL = {"started": True}


@pytest.mark.parametrize(
    ("changes", "ready", "problems"),
    [
        ({}, True, []),
        ({"started": False}, False, []),
        ({"inbox_lag": LAG_LIMIT_SECONDS}, True, []),
        ({"inbox_lag": LAG_LIMIT_SECONDS + 1}, False, ["updates or messages are waiting too long"]),
        ({"outbox_lag": LAG_LIMIT_SECONDS + 1}, False, ["updates or messages are waiting too long"]),
        ({"silent": ("reminders",)}, False, ["keeper reminders is silent"]),
        ({"troubles": ((Trouble.FAILED, 2),)}, False, [f"2 reports: {Trouble.FAILED.sentence}"]),
        ({"unavailable": "it is away"}, False, ["it is away"]),
        (
            {"more": (Around(Worry.TELEGRAM, "90"),)},
            False,
            ["Telegram has not answered for 90 seconds"],
        ),
    ],
)
def test_health__is_ready_or_says_why_not(changes, ready, problems):
    said = Health(**{**WELL, **changes}).said()
    assert (said["ready"], said["problems"]) == (ready, problems)


def test_health__says_everything_at_once_the_database_first():
    said = Health(
        started=True, inbox_lag=99.12345, outbox_lag=0.00151, silent=("a", "b"),
        troubles=((Trouble.NO_TIMER, 1),), unavailable="away", more=(Around(Worry.MACHINE),),
    ).said()  # fmt: skip
    assert said == {
        "ready": False,
        "problems": [
            "away", f"1 reports: {Trouble.NO_TIMER.sentence}", "updates or messages are waiting too long",
            "keeper a is silent", "keeper b is silent", Around(Worry.MACHINE).sentence,
        ],
        "inbox_lag_seconds": 99.123,
        "outbox_lag_seconds": 0.002,
    }  # fmt: skip


@pytest.mark.parametrize("worry", Worry)
def test_worry__is_a_sentence_that_is_filled(worry):
    assert "{" not in Around(worry, "x").sentence
