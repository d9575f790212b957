"""Photos and screenshots that came with a case become one PDF, a page each, for whoever decides."""

import datetime as dt
from collections.abc import Iterator, Sequence

from bot.exchange.paper import PDF
from bot.exchange.photos import TYPES, bundle, fits
from bot.exchange.pictures import Broken
from bot.rules.files import KEPT
from bot.services import files
from bot.services.office import Office
from bot.storage.sealing import Damaged
from bot.storage.tables import Case, CaseFile
from bot.storage.unit import UnitOfWork

ROLE = "photos"
BYTES_MAX = 45 * 1024 * 1024
"""A bot may send no more than 50 MB at once: a longer series becomes several PDFs."""


def merge(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> int:
    """Make the PDFs of a case's pictures as they are now. Returns how many there are; one picture needs none.

    A picture that a page cannot hold as it came stays a file of its own. Doing it again changes nothing.
    """
    present = uow.files.of_case(case.id)
    pictures = [file for file in present if not file.made and file.type in TYPES and file.state == KEPT]
    wanted = [_made(office, series) for series in _series(pictures)] if len(pictures) > 1 else []
    made = [content for content in wanted if content is not None]
    hashes = {office.files.put(content): content for content in made}
    for old in present:
        if old.made and old.role == ROLE and old.state == KEPT and old.sha256 not in hashes:
            files.erase(old, now)
    kept = {file.sha256 for file in present if file.made and file.state == KEPT}
    for number, (sha256, content) in enumerate(hashes.items(), 1):
        if sha256 not in kept:
            part = f"-{number}" if len(hashes) > 1 else ""
            _keep(uow, now, case, f"{case.number}-photos{part}.pdf", sha256, len(content))
    return len(hashes)


def _series(pictures: Sequence[CaseFile]) -> Iterator[list[CaseFile]]:
    """The pictures in their order, so many at once as one message may carry."""
    series: list[CaseFile] = []
    for file in pictures:
        if series and sum(one.size for one in series) + file.size > BYTES_MAX:
            yield series
            series = []
        series.append(file)
    yield series


def _made(office: Office, series: Sequence[CaseFile]) -> bytes | None:
    try:
        found = [office.files.read(file.sha256) for file in series]
        whole = [content for content in found if content is not None and fits(content)]
        return bundle(whole) if whole else None
    except (Broken, Damaged):
        return None


def _keep(uow: UnitOfWork, now: dt.datetime, case: Case, name: str, sha256: str, size: int) -> None:
    uow.files.add(
        CaseFile(
            case_id=case.id,
            owner_id=case.reporter_id,
            role=ROLE,
            made=True,
            name=name,
            state=KEPT,
            type=PDF,
            size=size,
            pages=None,
            sha256=sha256,
            added_at=now,
        )
    )
