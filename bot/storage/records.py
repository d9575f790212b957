"""Small stores: counters, facts of the installation, open conversations, the audit log."""

import datetime as dt
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.storage.dialects import insert_new
from bot.storage.tables import AuditEvent, Conversation, Counter, Meta


class Records:
    """Repository of counters, meta facts, conversations and audit events."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_number(self, series: str) -> int:
        """The next number of a series, without gaps for committed work; the row lock orders the takers."""
        query = (
            update(Counter)
            .where(Counter.name == series)
            .values(value=Counter.value + 1)
            .returning(Counter.value)
            .execution_options(synchronize_session=False)
        )
        number = self._session.execute(query).scalar_one_or_none()
        if number is None:
            self._session.execute(insert_new(self._session, Counter).values(name=series, value=0))
            number = self._session.execute(query).scalar_one()
        return number

    def fact(self, key: str) -> str | None:
        return self._session.scalar(select(Meta.value).where(Meta.key == key))

    def keep_fact(self, key: str, value: str) -> str:
        """Store a fact unless it is there; returns the one that stands."""
        self._session.execute(insert_new(self._session, Meta).values(key=key, value=value))
        return self.fact(key) or value

    def set_fact(self, key: str, value: str) -> None:
        self.keep_fact(key, value)
        self._session.execute(update(Meta).where(Meta.key == key).values(value=value))

    def forget_fact(self, key: str) -> None:
        self._session.execute(delete(Meta).where(Meta.key == key))

    def set_conversation(self, key: str, state: str, data: dict[str, Any], now: dt.datetime) -> None:
        """Remember which question is open; nothing open leaves no row."""
        if not state and not data:
            self._session.execute(delete(Conversation).where(Conversation.key == key))
            return
        row = self._session.get(Conversation, key)
        if row is None:
            self._session.add(Conversation(key=key, state=state, data=data, touched_at=now))
        else:
            row.state, row.data, row.touched_at = state, data, now

    def forget_conversations(self, user_id: int) -> None:
        """Close whatever form a user has open, with what they typed."""
        self._session.execute(delete(Conversation).where(Conversation.key.like(f"%:{user_id}:{user_id}:%")))

    def audit(self, at: dt.datetime, action: str, account_id: int | None, **detail: Any) -> None:
        self._session.add(AuditEvent(at=at, action=action, account_id=account_id, detail=detail))
