"""Files of drafts and cases: noted at once, fetched in the background, judged, kept, served, erased."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import Refusal
from bot.rules import files as rules
from bot.rules.files import ERASED, KEPT, MISSING, REFUSED, REMOVED, WAITING, FileView, Verdict
from bot.rules.notices import Rank
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.tables import CaseFile, Notice
from bot.storage.unit import UnitOfWork

LEASE = dt.timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=5), dt.timedelta(minutes=10)
PROBLEM = "file_problem"
TABLE = "upload"
"""The part of a file that an administrator sends to be stored in the registers."""

DISK = "disk"
"""Why a file was not had: there was no room for it here."""

NAME_LETTERS = 120
ERASED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as Telegram announces it. `size`: bytes, 0 where unknown. `order`: the number of its message."""

    file_id: str
    kind: str
    name: str = ""
    size: int = 0
    order: int = 0


@dataclass(frozen=True, slots=True)
class Owed:
    """A file whose bytes are to be fetched. A `table` is looked into by whoever reads it."""

    id: int
    file_id: str
    table: bool = False


def attach(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    owner_id: int,
    sent: Sent,
    origin: int,
    *,
    role: str,
    draft_id: int | None = None,
    case_id: int | None = None,
) -> CaseFile:
    """Note a file that its owner has sent; the same update notes it once. Its bytes come in the background.

    Raises `Refusal`: `files_many`, `file_big`.
    """
    standing = uow.files.by_origin(origin)
    if standing is not None:
        return standing
    limits = office.policy.files
    present = uow.files.of_draft(draft_id) if draft_id else uow.files.of_case(case_id or 0)
    rules.check_count(sum(not f.made and f.state in (WAITING, KEPT, MISSING) for f in present), limits)
    rules.check_size(sent.size, limits)
    return uow.files.add(
        CaseFile(
            origin=origin,
            draft_id=draft_id,
            case_id=case_id,
            owner_id=owner_id,
            role=role,
            name=shown(sent.name),
            file_id=sent.file_id,
            file_kind=sent.kind,
            position=sent.order,
            state=WAITING,
            size=sent.size,
            due_at=now,
            added_at=now,
        )
    )


def shown(name: str) -> str:
    """A name for people to read: one line, no control characters, not too long. It never becomes a path."""
    clean = "".join(letter for letter in name if letter.isprintable()).strip()
    return clean if len(clean) <= NAME_LETTERS else f"{clean[: NAME_LETTERS - 9]}…{clean[-8:]}"


def owed(uow: UnitOfWork, office: Office, now: dt.datetime, limit: int) -> list[Owed]:
    """Files to fetch now; they are the caller's until a lease ends."""
    return [Owed(file.id, file.file_id, file.role == TABLE) for file in uow.files.claim(now, LEASE, limit)]


def judged(
    uow: UnitOfWork, office: Office, now: dt.datetime, id_: int, verdict: Verdict, sha256: str, size: int
) -> None:
    """The bytes are here and have been looked into. A refused file's sender is told why."""
    file = uow.files.get(id_)
    if file is None or file.state != WAITING:
        return
    if sha256 and not office.files.path(sha256).exists():  # erased as another's copy in this very moment
        not_had(uow, office, now, id_, "again")
        return
    file.type, file.pages, file.size, file.due_at = verdict.type, verdict.pages, size, None
    if verdict.problem:
        file.state, file.reason = REFUSED, verdict.problem
        _tell(uow, now, file)
    else:
        file.state, file.sha256, file.reason = KEPT, sha256, ""


def not_had(
    uow: UnitOfWork, office: Office, now: dt.datetime, id_: int, reason: str, *, final: bool = False
) -> None:
    """The file was not had: tried again later; at last it is missing, and asked for again.

    While our own `DISK` is the reason it waits for room, however long: Telegram has the file.
    """
    file = uow.files.get(id_)
    if file is None or file.state != WAITING:
        return
    file.reason = reason
    if final or (reason != DISK and file.attempts >= office.policy.files.tries):
        file.state, file.due_at = MISSING, None
        _tell(uow, now, file)
        return
    file.due_at = now + min(FIRST_PAUSE * (1 << min(file.attempts, 10)), LONGEST_PAUSE)


def _tell(uow: UnitOfWork, now: dt.datetime, file: CaseFile) -> None:
    account = uow.people.account_of(file.owner_id) if file.owner_id else None
    if account is None:
        return
    uow.notices.owe(
        f"file:{file.id}:{file.state}",
        kind=PROBLEM,
        person_id=file.owner_id,
        account_id=account.id,
        case_id=file.case_id,
        facts={"file": file.id},
        rank=int(Rank.REMINDER),
        due_at=now,
    )


def remove(uow: UnitOfWork, office: Office, now: dt.datetime, owner_id: int, id_: int) -> CaseFile:
    """The owner takes a file out of a draft. Raises `Refusal` (`file_gone`)."""
    file = uow.files.get(id_)
    if file is None or file.owner_id != owner_id or file.made or file.case_id is not None:
        raise Refusal("file_gone")
    file.state, file.due_at = REMOVED, None
    return file


def views(uow: UnitOfWork, case_id: int | None = None, draft_id: int | None = None) -> list[FileView]:
    """The files of a case or of a draft that its people see."""
    found = uow.files.of_draft(draft_id) if draft_id else uow.files.of_case(case_id or 0)
    return [view(file) for file in found if file.state != REMOVED]


def view(file: CaseFile) -> FileView:
    """A file as people see it."""
    return FileView(
        id=file.id,
        name=file.name,
        role=file.role,
        state=file.state,
        type=file.type,
        size=file.size,
        pages=file.pages,
        sha256=file.sha256,
        reason=file.reason,
        made=file.made,
        added_at=file.added_at,
    )


def erase(file: CaseFile, now: dt.datetime) -> None:
    """The bytes are to go, once this is stored (`erase_due`); number, type, size and checksum stay."""
    file.state, file.file_id = ERASED, ""
    file.due_at = now if file.sha256 else None


def erase_due(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """The bytes of erased files go, unless another file has the same. Returns how many files that were."""
    due = uow.files.owed_erasure(now, ERASED_AT_ONCE)
    for file in due:
        if not uow.files.others_keep(file):
            office.files.remove(file.sha256)
        file.due_at = None
    return len(due)


def forget(uow: UnitOfWork, now: dt.datetime, person_id: int) -> None:
    """Erase all that a person has sent, and what was made of it, whatever it belongs to; its name too."""
    for file in uow.files.of_owner(person_id):
        erase(file, now)
        file.name = ""
    for draft in uow.drafts.of_person(person_id):
        draft.data = {}
        draft.state = "dropped" if draft.state == "open" else draft.state


def empty(uow: UnitOfWork, now: dt.datetime, case_id: int) -> None:
    """Erase what belongs to a case and what was written in the draft that it was sent from."""
    for file in uow.files.of_case(case_id):
        if file.state != ERASED or file.name:
            erase(file, now)
            file.name = ""
    draft = uow.drafts.of_case(case_id)
    if draft is not None:
        draft.data = {}


def settled(found: Sequence[CaseFile]) -> bool:
    """Whether nothing is on its way any more."""
    return all(file.state != WAITING for file in found)


def _facts(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> dict[str, Any]:
    file = uow.files.get(notice.facts["file"])
    limits = office.policy.files
    draft = uow.drafts.get(file.draft_id) if file and file.draft_id and file.case_id is None else None
    return {
        "draft": draft.kind if draft is not None and draft.state == "open" else "",
        "name": file.name if file else "",
        "reason": file.reason if file else "",
        "state": file.state if file else "",
        "megabytes": limits.megabytes_max,
        "pages": limits.pages_max,
    }


LETTERS = {PROBLEM: Letter(facts=_facts)}
