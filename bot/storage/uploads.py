"""Files of the university that administrators send."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import CaseFile, Upload


class Uploads:
    """Repository of uploads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, upload: Upload) -> Upload:
        self._session.add(upload)
        self._session.flush()
        return upload

    def get(self, upload_id: int, *, lock: bool = False) -> Upload | None:
        query = select(Upload).where(Upload.id == upload_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return self._session.scalar(query)

    def by_origin(self, origin: int) -> Upload | None:
        return self._session.scalar(select(Upload).where(Upload.origin == origin))

    def arrived(self, limit: int) -> Sequence[tuple[Upload, CaseFile]]:
        """Uploads that wait to be read and whose bytes are here, oldest first."""
        query = (
            select(Upload, CaseFile)
            .join(CaseFile, CaseFile.id == Upload.file_id)
            .where(Upload.state == "waiting", CaseFile.state == "kept")
            .order_by(Upload.id)
            .limit(limit)
        )
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def undecided(self, before: dt.datetime) -> Sequence[Upload]:
        """Sent before a moment and neither stored nor dropped."""
        query = select(Upload).where(Upload.state.in_(("waiting", "checked")), Upload.sent_at < before)
        return self._session.scalars(query.with_for_update(skip_locked=True)).all()
