"""Messages about rows that are no more: each ends by itself, none goes out or holds up what comes after."""

import datetime as dt
from unittest.mock import Mock

import pytest

from bot.delivery import sender
from bot.services import outbox
from bot.storage.tables import Notice
from tests.support.clock import local

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is judged is the same on each database."""

MOMENT = local("2026-12-21 09:00").isoformat()
GONE = 404
FACTS = {
    **dict.fromkeys(("spike", "ticket", "post", "copy", "upload", "broadcast", "file", "incident"), GONE),
    **dict.fromkeys(("case", "chat", "student", "person", "by", "exam", "absence", "rehearsal"), GONE),
    **dict.fromkeys(("starts_at", "at", "until", "since", "was_at"), MOMENT),
    "date": "2026-12-20",
    "turn": 7,
    "mark": "talk",
    "minutes": 5,
    "left": 0,
    "ballot": "404:grade",
    "missed": [[GONE, "blocked"]],
}
OF_NOTHING = {"audit_card", "file_problem", "missed", "queue_card"}
"""What speaks of no row that could be gone."""


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """A traceback of each costs seconds."""
    for module in (outbox, sender):
        monkeypatch.setattr(module, "log", Mock())


def owed(hall, me):
    """One message of every kind to somebody, all about rows that are not there; the last one is sound."""

    def write(uow):
        values = {"person_id": me.person_id, "account_id": me.account_id, "due_at": hall.clock()}
        for kind in outbox.LETTERS:
            uow.notices.owe(f"{kind}:{me.person_id}", kind=kind, rank=20, facts=FACTS, **values)
        hour = hall.clock() - dt.timedelta(minutes=1)
        uow.notices.owe(
            f"sound:{me.person_id}", kind="shift_ended", rank=40, facts={"at": hour.isoformat()}, **values
        )

    hall.sql(write)


def states(hall, me):
    rows = hall.sql(lambda uow: uow.session.query(Notice).filter(Notice.person_id == me.person_id).all())
    return {row.kind: (row.state, row.reason) for row in rows}


def test_gone__no_kind_of_message_goes_out_and_the_next_one_does(hall):
    helper = hall.member("T1")
    owed(hall, helper)
    hall.deliver()
    found = states(hall, helper)
    assert found.pop("shift_ended")[0] == "sent"
    assert len(found) == len(outbox.LETTERS)
    assert {
        kind: state for kind, state in found.items() if state[0] not in ("skipped", "failed")
    }.keys() <= OF_NOTHING


def test_gone__to_who_has_blocked_the_bot_has_no_consequence_that_fails(hall):
    helper = hall.member("T1")
    owed(hall, helper)

    def block(uow):
        uow.people.account(helper.user_id).blocked_at = hall.clock()

    hall.sql(block)
    hall.deliver()
    assert {state for state, _ in states(hall, helper).values()} == {"unreachable"}
    assert hall.sent() == []
