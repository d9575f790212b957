"""The cost of a tick and of expanding one timer to many people."""

import datetime as dt
from typing import Any

from sqlalchemy import text

from bench import campus
from bench.figures import Figure, median_seconds
from bot.services import timers
from bot.storage.tables import Reminder

PEOPLE = 5000
FEW, MANY = 1000, 100_000


def tick() -> list[Figure]:
    """One tick with nothing due, among few and among many stored timers."""
    costs = []
    for count in (FEW, MANY):
        with campus.base() as opened:
            campus.fill(opened, 10)
            exam_id = campus.exam(opened, ends_at=campus.NOW + dt.timedelta(days=3))
            campus.timers(opened, exam_id, count, first_due=campus.NOW + dt.timedelta(days=1))
            costs.append(
                median_seconds(lambda o=opened: [o.desk.do_now(timers.fire) for _ in range(200)]) / 200
            )
    few, many = costs
    name = f"one tick, nothing due: {MANY:,} stored timers against {FEW:,}"
    return [Figure(name, f"{many * 1e6:.0f} µs against {few * 1e6:.0f} µs", many / few, "< 1.3")]


def expand() -> list[Figure]:
    """One timer to five thousand people, against a bare INSERT … SELECT of as many rows."""
    with campus.base() as opened:
        campus.fill(opened, PEOPLE)
        exam_id = campus.exam(opened, ends_at=campus.NOW + dt.timedelta(minutes=30))
        campus.timers(opened, exam_id, 1, first_due=campus.NOW - dt.timedelta(seconds=1))

        def again(uow: Any) -> None:
            uow.session.execute(text("DELETE FROM notices"))
            uow.session.get(Reminder, 1).state = "pending"

        def fire() -> None:
            opened.database.transact(again)
            opened.desk.do_now(timers.fire)

        def only_again() -> None:
            opened.database.transact(again)

        def bare() -> None:
            opened.database.transact(_bare)

        opened.database.transact(
            lambda uow: uow.session.execute(
                text("CREATE TABLE bare (key TEXT PRIMARY KEY, person_id INTEGER, due TEXT, state TEXT)")
            )
        )
        ours = median_seconds(fire) - median_seconds(only_again)
        theirs = median_seconds(bare)
    speed = f"{PEOPLE / ours:,.0f} rows/s against {PEOPLE / theirs:,.0f}"
    return [
        Figure(
            f"one timer expanded to {PEOPLE:,} people, against a bare INSERT … SELECT",
            speed,
            theirs / ours,
            ">= 0.5",
        )
    ]


def _bare(uow: Any) -> None:
    uow.session.execute(text("DELETE FROM bare"))
    uow.session.execute(text("INSERT INTO bare SELECT 'r:' || id, id, '2026-12-21', 'pending' FROM people"))
