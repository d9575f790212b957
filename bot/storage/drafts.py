"""Submissions that are not finished yet."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import Draft


class Drafts:
    """Repository of drafts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, draft_id: int, *, lock: bool = False) -> Draft | None:
        query = select(Draft).where(Draft.id == draft_id)
        return self._session.scalar(query.with_for_update() if lock else query)

    def begin(
        self, person_id: int, kind: str, subject: str, now: dt.datetime, since: dt.datetime | None = None
    ) -> Draft:
        """A new, empty draft. `since`: when it was begun, where that was before `now`."""
        times = {"begun_at": since or now, "updated_at": now}
        draft = Draft(person_id=person_id, kind=kind, subject=subject, data={}, state="open", **times)
        self._session.add(draft)
        self._session.flush()
        return draft

    def open_of(self, person_id: int) -> Sequence[Draft]:
        """A person's unfinished submissions, the one touched last first."""
        query = select(Draft).where(Draft.person_id == person_id, Draft.state == "open")
        return self._session.scalars(query.order_by(Draft.updated_at.desc(), Draft.id.desc())).all()

    def open_about(self, person_id: int, kind: str, subject: str) -> Draft | None:
        return next((d for d in self.open_of(person_id) if (d.kind, d.subject) == (kind, subject)), None)

    def of_person(self, person_id: int) -> Sequence[Draft]:
        return self._session.scalars(select(Draft).where(Draft.person_id == person_id)).all()

    def of_case(self, case_id: int) -> Draft | None:
        return self._session.scalar(select(Draft).where(Draft.case_id == case_id))
