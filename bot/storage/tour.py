"""What the guided tour of the demo asks of the database. Small tables only: a demo's."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import (
    Account,
    Case,
    CaseEvent,
    CaseFile,
    Conversation,
    Draft,
    Notice,
    Person,
    Result,
    Shift,
    Ticket,
    Walk,
)


class Tours:
    """Repository of the tour."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def joined(self) -> Sequence[str]:
        """Register numbers of those who have linked and agreed."""
        query = select(Person.ext_id).join(Account, Account.person_id == Person.id)
        return self._session.scalars(query.where(Account.consented_at.is_not(None))).all()

    def people(self) -> dict[str, int]:
        """Ids by register number."""
        rows = self._session.execute(select(Person.ext_id, Person.id))
        return {row.ext_id: row.id for row in rows}

    def walks(self) -> Sequence[Walk]:
        return self._session.scalars(select(Walk)).all()

    def sent(self) -> set[str]:
        """Kinds of notices that have gone out."""
        return set(self._session.scalars(select(Notice.kind).where(Notice.state == "sent").distinct()))

    def published(self) -> bool:
        return self._session.scalar(select(Result.id).limit(1)) is not None

    def on_duty(self) -> bool:
        return self._session.scalar(select(Shift.id).where(Shift.ended_at.is_(None)).limit(1)) is not None

    def tickets(self) -> Sequence[Ticket]:
        return self._session.scalars(select(Ticket)).all()

    def drafts(self) -> Sequence[Draft]:
        return self._session.scalars(select(Draft).where(Draft.state == "open")).all()

    def files(self) -> set[int | None]:
        """Drafts that files were sent for."""
        return set(self._session.scalars(select(CaseFile.draft_id).where(CaseFile.draft_id.is_not(None))))

    def questions(self) -> dict[str, str]:
        """The open question of each chat, by the row's key."""
        rows = self._session.execute(select(Conversation.key, Conversation.state))
        return {key: state for key, state in rows if state}

    def cases(self) -> Sequence[Case]:
        return self._session.scalars(select(Case)).all()

    def did(self) -> set[tuple[str, str]]:
        """(kind of case, action) of everything that was ever done to a case."""
        query = select(Case.kind, CaseEvent.action).join(CaseEvent, CaseEvent.case_id == Case.id).distinct()
        return {(kind, action) for kind, action in self._session.execute(query)}
