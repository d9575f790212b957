"""How many are due when, and the waves that begin before their moment."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import String, case, cast, delete, func, literal, select
from sqlalchemy.orm import Session

from bot.rules.warnings import COHORT
from bot.rules.waves import Load, Wave
from bot.storage.dialects import unindexed
from bot.storage.tables import Account, ExamExtra, ExamGroup, Person, Reminder, WaveStart


class Waves:
    """Repository of waves."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def loads(
        self, rule: str, after: dt.datetime, until: dt.datetime | None = None, *, linked: bool = True
    ) -> list[Load]:
        """How many people there are at each moment for which timers of a rule are still pending.

        Students with more time are counted where their own timers stand. `linked`: only those who can be
        reached now.
        """
        account = (Account.person_id == Person.id) & Account.blocked_at.is_(None)
        mine = (ExamExtra.exam_id == Reminder.exam_id) & (ExamExtra.person_id == Person.id)
        minutes = func.coalesce(ExamExtra.minutes, 0)
        theirs = case((minutes == 0, rule), else_=literal(f"{rule}{COHORT}") + cast(minutes, String))
        query = (
            select(Reminder.due_at, func.count())
            .join(ExamGroup, ExamGroup.exam_id == Reminder.exam_id)
            .join(Person, (Person.group_name == ExamGroup.group_name) & (unindexed(Person.kind) == "student"))
            .outerjoin(ExamExtra, mine)
            .where(Reminder.state == "pending", Reminder.due_at > after, Reminder.rule == theirs)
            .group_by(Reminder.due_at)
            .order_by(Reminder.due_at)
        )
        if linked:
            query = query.join(Account, account)
        if until is not None:
            query = query.where(Reminder.due_at <= until)
        return [Load(row[0], row[1]) for row in self._session.execute(query)]

    def keep(self, waves: Iterable[Wave], now: dt.datetime) -> int:
        """Write down the waves that begin early, in place of what was planned of them; the past is forgotten.

        One that has begun goes on as it began. Returns how many are new or begin at another time.
        """
        self._session.execute(delete(WaveStart).where(WaveStart.due_at <= now))
        changed = 0
        for wave in waves:
            row = self._session.get(WaveStart, wave.due_at)
            if row is None and wave.begins_at < wave.due_at:
                row = WaveStart(due_at=wave.due_at, begins_at=wave.begins_at, people=wave.people)
                self._session.add(row)
                changed += 1
            elif row is not None and now < row.begins_at != wave.begins_at:
                row.begins_at, row.people = wave.begins_at, wave.people
                changed += 1
        return changed

    def begun(self, by: dt.datetime) -> dict[dt.datetime, dt.datetime]:
        """Moments ahead of `by` whose waves have begun, with when they did."""
        query = select(WaveStart).where(WaveStart.begins_at <= by, WaveStart.due_at > by)
        return {row.due_at: row.begins_at for row in self._session.scalars(query)}
