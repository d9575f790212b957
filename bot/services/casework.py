"""The one place in which a case of any kind is opened, moved, written down, timed and told about."""

import datetime as dt
from typing import Any

from bot.errors import Refusal
from bot.rules import casework
from bot.rules.casework import SERIES, Did, Kind
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.services import live
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

STATUS = "case_status"


def open_case(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    *,
    kind: Kind,
    origin: int,
    reporter_id: int,
    actor_id: int,
    stage: str = "",
    exam_id: int | None = None,
    trouble: str = "",
    data: dict[str, Any] | None = None,
    **detail: Any,
) -> Case:
    """A numbered case (`FM-26-00001`), its first line written. Whom to tell is the kind's own business.

    The number's year is the local one. Two updates never share an `origin`: look for it before.
    """
    series = f"{SERIES[kind]}-{now.astimezone(office.zone):%y}"
    case = uow.cases.add(
        Case(
            number=f"{series}-{uow.records.next_number(series):05d}",
            origin=origin,
            reporter_id=reporter_id,
            exam_id=exam_id,
            trouble=trouble,
            filed_at=now,
            state=casework.WAITING,
            chain=[],
            step=-1,
            kind=kind.value,
            stage=stage,
            data=data or {},
            revision=0,
            outcome="",
        )
    )
    uow.cases.log(case, now, Did.FILED, actor_id=actor_id, origin=origin, **detail)
    return case


def locked(uow: UnitOfWork, case_id: int, kind: Kind | None = None, revision: int | None = None) -> Case:
    """A case that nobody else changes until this transaction ends.

    `revision`: of the button that was tapped. Raises `Refusal`: `case_gone`, and `case_moved` when the case
    has moved since the button was shown.
    """
    case = uow.cases.get(case_id, lock=True)
    if case is None or (kind is not None and case.kind != kind):
        raise Refusal("case_gone")
    if revision is not None and case.revision != revision:
        raise Refusal("case_moved", number=case.number)
    return case


def move(
    uow: UnitOfWork,
    now: dt.datetime,
    case: Case,
    did: Did,
    *,
    actor_id: int | None = None,
    origin: int | None = None,
    **detail: Any,
) -> None:
    """Carry out a transition of the kind's state machine and write it down with the state before and after.

    At a case's end every timer stops; without a holder none is named. Raises `Refusal`: `case_over`,
    `case_moved`.
    """
    state, stage = casework.after(case.kind, case.state, case.stage, did, case.number)
    before = {"was": case.state, "now": state, **({"stage": stage} if stage != case.stage else {})}
    case.state, case.stage, case.revision = state, stage, case.revision + 1
    if state != casework.TAKEN:
        case.holder_id = None if state == casework.WAITING else case.holder_id
    if state not in casework.OPEN:
        case.ended_at = now
        uow.case_timers.stop(case, reason=did)
    uow.cases.log(case, now, did, actor_id=actor_id, origin=origin, **before, **detail)


def log(
    uow: UnitOfWork,
    now: dt.datetime,
    case: Case,
    did: Did,
    *,
    actor_id: int | None = None,
    origin: int | None = None,
    **detail: Any,
) -> bool:
    """Write a line that moves nothing. False when this update has written it already."""
    return uow.cases.log(case, now, did, actor_id=actor_id, origin=origin, **detail)


def note(case: Case, **facts: Any) -> None:
    """Keep facts that only the case's kind knows; None removes one."""
    kept = {**case.data, **facts}
    case.data = {name: value for name, value in kept.items() if value is not None}


def status(uow: UnitOfWork, now: dt.datetime, case: Case, rank: Rank = Rank.ESCALATION) -> None:
    """The reporter's message about the case is to show how it stands now."""
    subject = f"case:{case.id}"
    live.owe(uow, now, subject, STATUS, case.reporter_id, rank, case_id=case.id, exam_id=case.exam_id)


def shown(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, message_id: int) -> None:
    """The screen that the reader has just been shown is their message about the case from now on."""
    live.adopt(uow, office, now, me, f"case:{case_id}", STATUS, message_id, case_id=case_id)


def owe(
    uow: UnitOfWork,
    now: dt.datetime,
    case: Case,
    kind: str,
    person_id: int,
    rank: Rank,
    *,
    suffix: str = "",
    use_by: dt.datetime | None = None,
    **facts: Any,
) -> bool:
    """Write down a message about a case for one person, in this transaction; nobody is owed it twice.

    `use_by`: until then it is owed again when somebody who cannot be reached links or unblocks.
    Returns whether it can be delivered as things stand.
    """
    account = uow.people.account_of(person_id)
    blocked = account is None or account.blocked_at is not None
    uow.notices.owe(
        f"case:{case.id}:{kind}:{suffix}:{person_id}",
        kind=kind,
        person_id=person_id,
        account_id=account.id if account else None,
        case_id=case.id,
        exam_id=case.exam_id,
        facts={"step": case.step, "state": case.state, "turn": case.revision, **facts},
        rank=int(rank),
        due_at=now,
        use_by=use_by,
        state="unreachable" if blocked else "pending",
        reason="" if account and not blocked else "blocked" if account else "not_linked",
    )
    return not blocked
