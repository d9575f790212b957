"""From a faculty to the whole country on PostgreSQL: planning a session, expanding a wave, the ceiling."""

import datetime as dt
import time
from typing import Any

from sqlalchemy import func, select, text

from bench.campus import NOW
from bench.figures import Figure
from bot import config, wiring
from bot.rules.notices import Rank
from bot.services import timers
from bot.storage.reminders import Expansion
from bot.storage.tables import Exam, ExamGroup, Notice, Reminder
from bot.wiring import Base
from tests.support.databases import Postgres

SIZES = (1_000, 10_000, 100_000, 600_000)
GROUP, GROUPS_TOGETHER = 25, 4
AT_ONCE = 10
"""One student in so many sits an exam that ends in the same minute."""

RATE = 30
BATCH = 500

PEOPLE = """
INSERT INTO people
    (kind, ext_id, full_name, language, faculty, department, group_name, programme, level, course)
SELECT 'student', 'S' || i, 'Student ' || i, 'kk', '', '', 'G' || ((i - 1) / :size), '', '', 1
FROM generate_series(1, :students) i
"""
ACCOUNTS = """
INSERT INTO accounts (user_id, person_id, language, consent_version, created_at)
SELECT 10000 + id, id, 'kk', 1, now() FROM people
"""


def growth() -> list[Figure]:
    """Seconds for each size, and the rows a second of the largest against the smallest."""
    figures: list[Figure] = []
    server = Postgres()
    try:
        first: tuple[float, float] | None = None
        for students in SIZES:
            with server.database() as url:
                exams, planned, people, expanded, tick = _measure(url, students)
            first = first or (exams / planned, people / expanded)
            name = f"{students:,} students"
            plan = f"{planned:.1f} s for {exams:,} exams ({exams / planned:,.0f}/s)"
            wave = f"{expanded:.2f} s for {people:,} people ({people / expanded:,.0f}/s)"
            figures += [
                Figure(f"{name}: timers of a session planned", plan, exams / planned / first[0], "about 1"),
                Figure(f"{name}: one wave expanded", wave, people / expanded / first[1], ">= 0.5"),
                Figure(f"{name}: a tick with nothing due", f"{tick * 1000:.1f} ms", None, ""),
            ]
        figures.append(_ceiling(people / expanded))
    finally:
        server.stop()
    return figures


def _ceiling(rows: float) -> Figure:
    sent = RATE * 600
    said = (
        f"{sent:,} people at {RATE}/s and {sent * 1000 // RATE:,} at 1,000/s; expanded in {sent / rows:.1f} s"
    )
    return Figure("the ceiling of one token: people in one minute, wave after wave, ten minutes apart", said)


def _measure(url: str, students: int) -> tuple[int, float, int, float, float]:
    opened = wiring.build(config.load(database_url=url, _env_file=None), lambda: NOW, climb=True)
    try:
        exams = university(opened, students)
        began = time.perf_counter()
        for start in range(0, len(exams), BATCH):
            opened.desk.do_now(_lay, exams[start : start + BATCH])
        planned = time.perf_counter() - began
        opened.database.transact(lambda uow: uow.session.execute(text("ANALYZE")))
        began = time.perf_counter()
        opened.desk.do_now(_expand, exams[: max(1, len(exams) // AT_ONCE)])
        expanded = time.perf_counter() - began
        people = int(opened.database.transact(lambda uow: uow.session.scalar(select(func.count(Notice.id)))))
        began = time.perf_counter()
        for _ in range(20):
            opened.desk.do_now(timers.fire)
        return len(exams), planned, people, expanded, (time.perf_counter() - began) / 20
    finally:
        opened.close()


def careful() -> Postgres:
    """A server that flushes what it commits, as one in earnest does."""
    server = Postgres()
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server._run(f"ALTER SYSTEM RESET {setting}")
    server._run("SELECT pg_reload_conf()")
    return server


def university(opened: Base, students: int) -> list[int]:
    """So many students, linked and agreed, in groups with exams; the exams' ids."""
    opened.database.transact(_people, students)
    exams = _exams(opened, students)
    opened.database.transact(lambda uow: uow.session.execute(text("ANALYZE")))
    return exams


def _people(uow: Any, students: int) -> None:
    uow.session.execute(text(PEOPLE), {"size": GROUP, "students": students})
    uow.session.execute(text(ACCOUNTS))


def _exams(opened: Base, students: int) -> list[int]:
    groups = -(-students // GROUP)

    def write(uow: Any) -> list[int]:
        rows = [
            Exam(
                ext_id=f"E{number}", subject_kk="S", subject_ru="S", kind="written", attestation="interim",
                starts_at=NOW + dt.timedelta(days=1), ends_at=NOW + dt.timedelta(days=1, hours=2),
            )
            for number in range(-(-groups // GROUPS_TOGETHER))
        ]  # fmt: skip
        uow.session.add_all(rows)
        uow.session.flush()
        for number in range(groups):
            exam = rows[number // GROUPS_TOGETHER]
            uow.session.add(ExamGroup(exam_id=exam.id, group_name=f"G{number}"))
        return [row.id for row in rows]

    found: list[int] = opened.database.transact(write)
    return found


def _lay(uow: Any, office: Any, now: dt.datetime, exams: list[int]) -> None:
    for exam in uow.session.scalars(select(Exam).where(Exam.id.in_(exams))):
        timers.lay(uow, office, now, exam)


def _expand(uow: Any, office: Any, now: dt.datetime, exams: list[int]) -> None:
    wanted = select(Reminder).where(
        Reminder.exam_id.in_(exams), Reminder.rule == "left", Reminder.minutes == 30
    )
    found = uow.session.scalars(wanted).all()
    for start in range(0, len(found), timers.BATCH):
        uow.reminders.expand(found[start : start + timers.BATCH], Expansion("warning", int(Rank.WARNING)))
