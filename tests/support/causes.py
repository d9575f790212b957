"""When something may come due, and what has a cause to be run: what cannot do anything is not run."""

import datetime as dt
import functools
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg as postgresql
from sqlalchemy.dialects.sqlite import pysqlite as sqlite

from bot.storage.tables import Base
from bot.storage.types import Utc
from tests.support.databases import DOORS


def _ahead() -> Any:
    """The earliest moment after `:now` that stands anywhere in the database."""
    columns = [c for table in Base.metadata.tables.values() for c in table.c if isinstance(c.type, Utc)]
    present = sa.select(sa.bindparam("now", type_=Utc()).label("at")).cte("present")  # bound once
    now = sa.select(present.c.at).scalar_subquery()
    each = sa.union_all(*(sa.select(sa.func.min(c).label("at")).where(c > now) for c in columns)).subquery()
    return sa.select(sa.func.min(each.c.at, type_=Utc()))


AHEAD = _ahead()

NEVER = "1 = 0"
"""Of a keeper that a hall's settings leave without work: it plans no waves by itself."""

CAUSES = {
    "reminders": "EXISTS (SELECT 1 FROM reminders WHERE state = 'pending' AND due_at <= :soon)"
    " OR EXISTS (SELECT 1 FROM wave_starts)",
    "waves": NEVER,
    "missed": "EXISTS"
    " (SELECT 1 FROM reminders WHERE state = 'expanded' AND reason = '' AND rule LIKE 'left%')",
    "case_timers": "EXISTS (SELECT 1 FROM case_timers)",
    "auditor": "EXISTS (SELECT 1 FROM cases)",
    "day_reports": "EXISTS (SELECT 1 FROM exams WHERE proctor_id IS NOT NULL)",
    "starts": "EXISTS (SELECT 1 FROM exams)",
    "leases": "EXISTS (SELECT 1 FROM notices WHERE state = 'sending')",
    "erasures": "EXISTS (SELECT 1 FROM case_files)",
    **dict.fromkeys(
        (
            "askers_silent",
            "ticket_places",
            "ticket_spikes",
            "ticket_offers",
            "tickets_unclaimed",
            "ticket_leases",
        ),
        "EXISTS (SELECT 1 FROM tickets)",
    ),
    "helpers_away": "EXISTS (SELECT 1 FROM shifts)",
    "uploads": "EXISTS (SELECT 1 FROM uploads)",
    "broadcasts": "EXISTS (SELECT 1 FROM broadcasts)",
    "sender": "EXISTS (SELECT 1 FROM notices WHERE state = 'pending' AND due_at <= :now)",
}
"""Without such a row a keeper, or the sender, has nothing to do and need not be run."""

UNWATCHED = CAUSES | {
    "starts": NEVER,
    "cards": "EXISTS (SELECT 1 FROM notices WHERE kind = 'exam_card')",
    "rehearsals": "EXISTS (SELECT 1 FROM exam_checks)",
}


Asked = tuple[Any, dict[str, str]]


def asked(causes: dict[str, str]) -> Asked:
    """One query for which causes there are, and what its columns are called."""
    names = {cause: f"c{n}" for n, cause in enumerate(sorted(set(causes.values())))}
    query = sa.text("SELECT " + ", ".join(f"{cause} AS {name}" for cause, name in names.items()))
    moments = [sa.bindparam(name, type_=Utc()) for name in ("now", "soon") if f":{name}" in query.text]
    return query.bindparams(*moments), names


SENDER = asked({"sender": CAUSES["sender"]})
"""Only whether anything is to be sent."""


DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


@functools.cache
def _compiled(query: Any, dialect: str) -> Any:
    return query.compile(dialect=DIALECTS[dialect])


def ask(engine: sa.Engine, url: str, query: Any, **moments: dt.datetime) -> dict[str, Any]:
    """The one row that `query` gives, by column; past sessions, for it is asked as time goes on."""
    compiled = _compiled(query, engine.dialect.name)
    values = {name: compiled._bind_processors[name](moments[name]) for name in compiled.binds}
    if url in DOORS:
        cursor: Any = DOORS[url]().execute(compiled.string, values, prepare=True)
        return dict(zip((column.name for column in cursor.description), cursor.fetchone(), strict=True))
    borrowed = engine.raw_connection()
    try:
        cursor = borrowed.cursor()
        in_order = compiled.positiontup
        cursor.execute(compiled.string, values if in_order is None else [values[name] for name in in_order])
        return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
    finally:
        borrowed.close()


def ahead(engine: sa.Engine, url: str, now: dt.datetime) -> dt.datetime | None:
    """The earliest moment after `now` that any row holds."""
    (found,) = ask(engine, url, AHEAD, now=now).values()
    moment = dt.datetime.fromisoformat(found) if isinstance(found, str) else found
    return moment and (moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment)
