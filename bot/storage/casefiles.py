"""Files of cases and drafts: what is owed of Telegram, what is kept, what may be erased."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.storage.dialects import affected
from bot.storage.tables import Case, CaseFile


class CaseFiles:
    """Repository of files; their bytes are in the file store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, file: CaseFile) -> CaseFile:
        self._session.add(file)
        self._session.flush()
        return file

    def get(self, file_id: int) -> CaseFile | None:
        return self._session.get(CaseFile, file_id)

    def by_origin(self, origin: int) -> CaseFile | None:
        return self._session.scalar(select(CaseFile).where(CaseFile.origin == origin))

    def of_case(self, case_id: int) -> Sequence[CaseFile]:
        """All files of a case in their sender's order, what was made for it last."""
        return self._listed(CaseFile.case_id == case_id)

    def of_draft(self, draft_id: int) -> Sequence[CaseFile]:
        return self._listed(CaseFile.draft_id == draft_id)

    def _listed(self, where: object) -> Sequence[CaseFile]:
        query = select(CaseFile).where(where)  # type: ignore[arg-type]  # a comparison of a column
        ordered = query.order_by(CaseFile.made, CaseFile.position, CaseFile.id)
        return self._session.scalars(ordered).all()

    def hand_over(self, draft_id: int, case_id: int) -> None:
        """The files of a draft belong to its case from now on."""
        mine = update(CaseFile).where(CaseFile.draft_id == draft_id)
        affected(self._session, mine.values(case_id=case_id))

    def claim(self, now: dt.datetime, lease: dt.timedelta, limit: int) -> Sequence[CaseFile]:
        """Files whose bytes are owed now; nobody else fetches them until the lease ends."""
        found = self._due("waiting", now, limit)
        for file in found:
            file.due_at = now + lease
            file.attempts += 1
        return found

    def to_erase(self, now: dt.datetime, before: dt.datetime, limit: int) -> Sequence[CaseFile]:
        """Kept files of cases that ended before a moment, and of no case at all that came before it."""
        query = (
            select(CaseFile)
            .outerjoin(Case, Case.id == CaseFile.case_id)
            .where(CaseFile.state == "kept", func.coalesce(Case.ended_at, CaseFile.added_at) < before)
            .where(Case.id.is_(None) | Case.state.not_in(("waiting", "taken", "open")))
            .order_by(CaseFile.id)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def owed_erasure(self, now: dt.datetime, limit: int) -> Sequence[CaseFile]:
        """Erased files whose bytes are still here."""
        return self._due("erased", now, limit)

    def _due(self, state: str, now: dt.datetime, limit: int) -> Sequence[CaseFile]:
        query = (
            select(CaseFile)
            .where(CaseFile.state == state, CaseFile.due_at <= now)
            .order_by(CaseFile.due_at, CaseFile.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._session.scalars(query).all()

    def of_owner(self, person_id: int) -> Sequence[CaseFile]:
        return self._session.scalars(select(CaseFile).where(CaseFile.owner_id == person_id)).all()

    def others_keep(self, file: CaseFile) -> bool:
        """Whether another file has the same content and still needs it."""
        query = (
            select(func.count())
            .where(CaseFile.sha256 == file.sha256, CaseFile.id != file.id)
            .where(CaseFile.state.in_(("kept", "removed")))
        )
        return bool(self._session.scalar(query))
