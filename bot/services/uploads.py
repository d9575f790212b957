"""Files of the university sent to the bot: read once without storing, shown, then stored whole or dropped."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import Refusal
from bot.exchange.rows import Parsed, Problem
from bot.rules import access
from bot.rules.board import Scope
from bot.rules.files import WAITING
from bot.rules.files import check_size as check_bytes
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.uploads import UploadView, Wrong
from bot.rules.vocabulary import PersonKind
from bot.services import files, registers
from bot.services.files import Sent
from bot.services.imports import NothingStored, Report
from bot.services.letters import Letter
from bot.services.office import Office
from bot.services.registers import Kind
from bot.storage.notices import Claimed
from bot.storage.tables import CaseFile, Upload
from bot.storage.unit import UnitOfWork

CHECKED = "upload_checked"
AT_ONCE = 3
PROBLEMS_KEPT, NOTES_KEPT = 1000, 50
_PEOPLE: Mapping[Kind, PersonKind] = {Kind.STUDENTS: PersonKind.STUDENT, Kind.STAFF: PersonKind.STAFF}
_ID: Mapping[Kind, str] = {
    Kind.STUDENTS: "student_id",
    Kind.STAFF: "staff_id",
    Kind.TIMETABLE: "exam_id",
    Kind.RESULTS: "exam_id",
}
_QUOTED = re.compile(r"^'([^']*)'")


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read, by its checksum."""

    id: int
    kind: Kind
    sha256: str


def begin(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, kind: str) -> Kind:
    """What the next file will be. Raises `Refusal`: as `access.require_admin`, and `upload_kind`."""
    access.require_admin(me.actor)
    try:
        return Kind(kind)
    except ValueError:
        raise Refusal("upload_kind") from None


def receive(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, kind: str, sent: Sent, origin: int
) -> UploadView:
    """Note a file; its bytes come in the background, and what it would change is told then.

    The same update notes it once. Raises `Refusal` as `begin`, and `file_big`.
    """
    person = access.require_admin(me.actor)
    found = begin(uow, office, now, me, kind)
    standing = uow.uploads.by_origin(origin)
    if standing is not None:
        return view(uow, standing)
    check_bytes(sent.size, office.policy.files)
    file = uow.files.add(
        CaseFile(
            origin=origin,
            owner_id=person,
            role=files.TABLE,
            name=files.shown(sent.name),
            file_id=sent.file_id,
            file_kind=sent.kind,
            position=sent.order,
            state=WAITING,
            size=sent.size,
            due_at=now,
            added_at=now,
        )
    )
    upload = Upload(
        origin=origin,
        kind=found.value,
        person_id=person,
        file_id=file.id,
        state=WAITING,
        report={},
        sent_at=now,
    )
    return view(uow, uow.uploads.add(upload))


def arrived(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[Job]:
    """Files whose bytes are here and that nobody has read yet."""
    found = uow.uploads.arrived(AT_ONCE)
    return [Job(upload.id, Kind(upload.kind), file.sha256) for upload, file in found]


def rehearse(uow: UnitOfWork, office: Office, now: dt.datetime, job: Job, parsed: Parsed[Any]) -> None:
    """Do all that storing would do. Always raises `NothingStored` with what it would have been."""
    upload = uow.uploads.get(job.id)
    sender = uow.people.get(upload.person_id) if upload is not None else None
    _require_good(uow, job.kind, parsed, Scope(sender.faculty if sender is not None else ""))
    registers.STORE[job.kind](uow, office, now, parsed.rows, dry_run=True)


def _require_good(uow: UnitOfWork, kind: Kind, parsed: Parsed[Any], scope: Scope) -> None:
    """Raises `NothingStored` for rows with problems, and for those outside the sender's faculty."""
    if parsed.problems:
        raise NothingStored(Report(rejected=parsed.rejected, problems=list(parsed.problems)))
    outside = list(_outside(uow, kind, parsed.rows, scope)) if scope.faculty else []
    if outside:
        raise NothingStored(Report(rejected=len(outside), problems=outside))


def _outside(uow: UnitOfWork, kind: Kind, rows: Sequence[Any], scope: Scope) -> Iterator[Problem]:
    """Rows that name another faculty, or whose people and exams are another faculty's as things stand."""
    person = _PEOPLE.get(kind)
    known = uow.people.by_ext(person) if person is not None else uow.exams.by_ext()
    for row in rows:
        standing = known.get(getattr(row, _ID[kind]))
        named = [standing.faculty] if standing is not None else []
        named += [row.faculty] if kind is not Kind.RESULTS else []
        strange = next((one for one in named if not access.within(scope, one)), None)
        if strange is not None:
            said = f"'{strange}' is not the faculty that you administer ('{scope.faculty}')"
            yield Problem(row.line, "faculty", "other_faculty", said)


def checked(uow: UnitOfWork, office: Office, now: dt.datetime, upload_id: int, report: Report) -> None:
    """Keep what the reading found and tell the sender. A file with problems is done with: its bytes go."""
    upload = uow.uploads.get(upload_id, lock=True)
    if upload is None or upload.state != "waiting":
        return
    upload.report = _kept(report)
    upload.state = "refused" if report.problems else "checked"
    if report.problems:
        _finish(uow, now, upload, "refused")
    account = uow.people.account_of(upload.person_id)
    if account is not None:
        uow.notices.owe(
            f"{CHECKED}:{upload.id}",
            kind=CHECKED,
            person_id=upload.person_id,
            account_id=account.id,
            facts={"upload": upload.id},
            rank=int(Rank.ESCALATION),
            due_at=now,
        )


def open_job(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, upload_id: int) -> Job | None:
    """The file to be read again before it is stored; None when it was stored already.

    Raises `Refusal`: as `begin`, and `upload_gone`.
    """
    upload = _mine(uow, me, upload_id)
    if upload.state == "stored":
        return None
    file = uow.files.get(upload.file_id)
    if upload.state != "checked" or file is None or not file.sha256:
        raise Refusal("upload_gone")
    return Job(upload.id, Kind(upload.kind), file.sha256)


def store(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, upload_id: int, parsed: Parsed[Any]
) -> UploadView:
    """Store the file, all of it, in this transaction. A second time changes nothing.

    Raises `NothingStored` when what was good is so no more, and `Refusal` as `open_job`.
    """
    upload = _mine(uow, me, upload_id)
    if upload.state == "stored":
        return view(uow, upload)
    if upload.state != "checked":
        raise Refusal("upload_gone")
    _require_good(uow, Kind(upload.kind), parsed, access.admin_scope(me.actor, me.faculty))
    upload.report = _kept(registers.STORE[Kind(upload.kind)](uow, office, now, parsed.rows))
    shown = view(uow, upload)
    _finish(uow, now, upload, "stored")
    done = {name: upload.report[name] for name in ("added", "changed", "unchanged")}
    uow.records.audit(now, "file_imported", me.account_id, kind=upload.kind, **done)
    return _stated(shown, "stored")


def broke(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, upload_id: int, report: Report
) -> UploadView:
    """What was good when it was shown is so no more: nothing was stored, and it says why."""
    upload = _mine(uow, me, upload_id)
    if upload.state == "checked":
        upload.report = _kept(report)
        _finish(uow, now, upload, "refused")
    return view(uow, upload)


def drop(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, upload_id: int) -> UploadView:
    """The sender does not want it stored; its bytes go. Raises `Refusal` as `open_job`."""
    upload = _mine(uow, me, upload_id)
    if upload.state in ("waiting", "checked"):
        _finish(uow, now, upload, "dropped")
    return view(uow, upload)


def look(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, upload_id: int) -> UploadView:
    """An upload as it stands. Raises `Refusal` as `open_job`."""
    return view(uow, _mine(uow, me, upload_id))


def expire(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """What nobody has confirmed for as long as the policy says is dropped. Returns how many."""
    hours = office.policy.leaves["retention.uploads_hours"].value
    old = uow.uploads.undecided(now - dt.timedelta(hours=hours))
    for upload in old:
        _finish(uow, now, upload, "dropped")
    return len(old)


def view(uow: UnitOfWork, upload: Upload) -> UploadView:
    """An upload as its sender sees it."""
    file, report = uow.files.get(upload.file_id), upload.report
    return UploadView(
        id=upload.id,
        kind=upload.kind,
        name=file.name if file else "",
        state=upload.state,
        **{name: int(report.get(name, 0)) for name in ("added", "changed", "unchanged", "rejected")},
        problems=tuple(Wrong(*found) for found in report.get("problems", ())),
        notes=tuple(Wrong(*found) for found in report.get("notes", ())),
    )


def _mine(uow: UnitOfWork, me: Me, upload_id: int) -> Upload:
    person = access.require_admin(me.actor)
    upload = uow.uploads.get(upload_id, lock=True)
    if upload is None or upload.person_id != person:
        raise Refusal("upload_gone")
    return upload


def _stated(shown: UploadView, state: str) -> UploadView:
    return UploadView(**{name: getattr(shown, name) for name in shown.__slots__} | {"state": state})


def _finish(uow: UnitOfWork, now: dt.datetime, upload: Upload, state: str) -> None:
    upload.state, upload.decided_at = state, now
    file = uow.files.get(upload.file_id)
    if file is not None:
        files.erase(file, now)


def _kept(report: Report) -> dict[str, Any]:
    counts = {name: getattr(report, name) for name in ("added", "changed", "unchanged", "rejected")}
    return {
        **counts,
        "problems": _listed(report.problems[:PROBLEMS_KEPT]),
        "notes": _listed(report.notes[:NOTES_KEPT]),
    }


def _listed(found: Sequence[Problem]) -> list[list[Any]]:
    return [[one.line, one.column, one.code, _value(one.message)] for one in found]


def _value(message: str) -> str:
    """The value that a message begins with, in quotes."""
    quoted = _QUOTED.match(message)
    return quoted[1] if quoted else ""


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> UploadView:
    upload = uow.uploads.get(claimed.notice.facts["upload"])
    if upload is None:
        raise LookupError("an upload that is gone")
    return view(uow, upload)


LETTERS = {CHECKED: Letter(about=_about)}
