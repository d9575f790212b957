"""Where readers stand in the algorithms."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import Walk


class Walks:
    """Repository of walks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, account_id: int, subject: str) -> Walk | None:
        query = select(Walk).where(Walk.account_id == account_id, Walk.subject == subject)
        return self._session.scalar(query.with_for_update())

    def add(self, walk: Walk) -> Walk:
        self._session.add(walk)
        self._session.flush()
        return walk
