"""The cost of a tick and of expanding one timer to many people."""

import datetime as dt
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from bench import campus
from bench.figures import Figure
from bot.services import timers
from bot.storage.tables import Reminder

PEOPLE = 5000
FEW, MANY = 1000, 100_000
ROUNDS, TICKS = 15, 40


def tick() -> list[Figure]:
    """One tick with nothing due, among few and among many stored timers, turn about."""
    with campus.base() as few, campus.base() as many:
        for opened, count in ((few, FEW), (many, MANY)):
            campus.fill(opened, 10)
            exam_id = campus.exam(opened, ends_at=campus.NOW + dt.timedelta(days=3))
            campus.timers(opened, exam_id, count, first_due=campus.NOW + dt.timedelta(days=1))
        costs: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for opened, taken in zip((few, many), costs, strict=True):
                began = time.perf_counter()
                for _ in range(TICKS):
                    opened.desk.do_now(timers.fire)
                taken.append((time.perf_counter() - began) / TICKS)
    least, most = (statistics.median(taken) for taken in costs)
    name = f"one tick, nothing due: {MANY:,} stored timers against {FEW:,}"
    return [Figure(name, f"{most * 1e6:.0f} µs against {least * 1e6:.0f} µs", most / least, "< 1.3")]


def expand() -> list[Figure]:
    """One timer to five thousand people, against a bare INSERT … SELECT of the same rows, turn about.

    The bare one writes the same columns into a table with the same keys and indexes, knowing everything
    already: it looks for no timer, judges nothing and checks no foreign key.
    """
    with campus.base() as opened:
        campus.fill(opened, PEOPLE)
        exam_id = campus.exam(opened, ends_at=campus.NOW + dt.timedelta(minutes=30))
        campus.timers(opened, exam_id, 1, first_due=campus.NOW - dt.timedelta(seconds=1))
        opened.database.transact(_bare_tables)
        ours, same, least = [], [], []
        for _ in range(ROUNDS):
            opened.database.transact(_again)
            ours.append(_seconds(lambda: opened.desk.do_now(timers.fire)))
            same.append(_seconds(lambda: opened.database.transact(_do, BARE_SAME)))
            least.append(_seconds(lambda: opened.database.transact(_do, BARE)))
            opened.database.transact(lambda uow: [uow.session.execute(text(gone)) for gone in EMPTIED])
    mine, theirs, bare = statistics.median(ours), statistics.median(same), statistics.median(least)
    name = f"one timer expanded to {PEOPLE:,} people, found and judged, against a bare INSERT … SELECT"
    speed = f"{PEOPLE / mine:,.0f} rows/s against"
    alike = "of the same rows, same keys and indexes, without foreign keys"
    return [
        Figure(f"{name} {alike}", f"{speed} {PEOPLE / theirs:,.0f}", theirs / mine, ">= 0.5"),
        Figure(f"{name} of four short columns, one index", f"{speed} {PEOPLE / bare:,.0f}", bare / mine, ""),
    ]  # fmt: skip


BARE_TABLE = (
    "CREATE TABLE bare (reminder_id INTEGER, person_id INTEGER, due TEXT, state TEXT,"
    " UNIQUE (reminder_id, person_id))"
)
BARE = "INSERT INTO bare SELECT 1, id, '2026-12-21', 'pending' FROM people"
BARE_SAME = (
    "INSERT INTO same (key, kind, person_id, account_id, reminder_id, exam_id, facts, rank, due_at, use_by,"
    " state, attempts, reason, live, again)"
    " SELECT 'reminder:1:1:' || p.id, 'warning', p.id, a.id, 1, 1, '{}', 10, '2026-12-21 04:59:59.000000',"
    " '2026-12-23 04:59:59.000000', 'pending', 0, '', 0, 0 FROM exam_groups g"
    " JOIN people p ON p.group_name = g.group_name AND p.kind = 'student'"
    " LEFT JOIN accounts a ON a.person_id = p.id WHERE g.exam_id = 1"
)
EMPTIED = ("DELETE FROM bare", "DELETE FROM same", "DELETE FROM notices")
RULES = re.compile(r",\s*CONSTRAINT (?:ck|fk)_[^\n]*?(?=,\s*CONSTRAINT|\n\))", re.DOTALL)


def _bare_tables(uow: Any) -> None:
    """`bare`, and `same`: the outbox as the database has it, without its foreign keys and checks."""
    made = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'notices' AND sql IS NOT NULL"
    uow.session.execute(text(BARE_TABLE))
    for kind, name, sql in uow.session.execute(text(made)).all():
        if kind == "table":
            uow.session.execute(text(RULES.sub("", sql).replace("notices", "same")))
        else:
            uow.session.execute(text(sql.replace(name, f"same_{name}").replace(" ON notices", " ON same")))


def _again(uow: Any) -> None:
    uow.session.get(Reminder, 1).state = "pending"


def _do(uow: Any, statement: str) -> None:
    uow.session.execute(text(statement))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
