"""Where readers stand in a problem, and the counts of what helped."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.rules.trees import OUTCOMES, Line, Outcome, Tally
from bot.storage.dialects import insert_new
from bot.storage.tables import FixOutcome, HelpPath


class Helping:
    """Repository of troubleshooting."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def path(self, account_id: int, scope: str, now: dt.datetime) -> HelpPath:
        """A reader's path, locked; an empty one where there was none."""
        row = {"device": "", "language": "", "problem": "", "tried": [], "counted": {}, "updated_at": now}
        new = insert_new(self._session, HelpPath).values(account_id=account_id, scope=scope, **row)
        self._session.execute(new)
        mine = select(HelpPath).where(HelpPath.account_id == account_id, HelpPath.scope == scope)
        return self._session.scalars(mine.with_for_update()).one()

    def count(self, problem: str, fix: str, device: str, outcome: Outcome, by: int = 1) -> None:
        """One more (or, with -1, one fewer) of this outcome."""
        key = {"problem": problem, "fix": fix, "device": device}
        self._session.execute(
            insert_new(self._session, FixOutcome).values(**key, **dict.fromkeys(OUTCOMES, 0))
        )
        column = getattr(FixOutcome, outcome)
        self._session.execute(
            update(FixOutcome)
            .where(FixOutcome.problem == problem, FixOutcome.fix == fix, FixOutcome.device == device)
            .values({column: column + by})
            .execution_options(synchronize_session=False)
        )

    def tallies(self, problem: str, device: str) -> dict[str, Tally]:
        """The counts of a problem's fixes on a device ('' counts those who did not say which)."""
        query = select(FixOutcome).where(FixOutcome.problem == problem, FixOutcome.device == device)
        return {row.fix: _tally(row) for row in self._session.scalars(query)}

    def lines(self) -> Sequence[Line]:
        """Every count."""
        query = select(FixOutcome).order_by(FixOutcome.problem, FixOutcome.fix, FixOutcome.device)
        return [Line(row.problem, row.fix, row.device, _tally(row)) for row in self._session.scalars(query)]


def _tally(row: FixOutcome) -> Tally:
    return Tally(row.helped, row.failed, row.cant)
