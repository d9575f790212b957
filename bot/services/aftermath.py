"""After a commission's last sitting: who owes what, until when, asked for until a tap says it is done."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from bot.errors import Refusal
from bot.rules import access
from bot.rules import aftermath as rules
from bot.rules.access import Action
from bot.rules.aftermath import REPORT, TASKS, Aftermath, Task
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.notices import Rank
from bot.rules.papers import Day, Facts, Plain, Said
from bot.rules.people import Me
from bot.rules.policy import Sourced
from bot.rules.sittings import Defender, SittingView
from bot.rules.vocabulary import Role
from bot.services import casework, documents, sittings
from bot.services.appeal_facts import moment, name
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

KIND = Kind.AFTERMATH.value
NEWS = "after_sittings"
DUE, AGAIN = "report_due", "ask_again"
SHOWN = 10
LIST = 500
"""A list of graduates may be long; a document of more is two."""


def _leaf(office: Office, key: str) -> Sourced[Any] | None:
    found = office.policy.leaves.get(f"reports.{key}")
    return found if found is not None and found.value else None


def owed(office: Office) -> dict[str, Sourced[Any]]:
    """What the regulation in force says is due after a commission's work, with who does it."""
    found = {task: _leaf(office, f"{task}_by") for task in TASKS}
    return {task: leaf for task, leaf in found.items() if leaf is not None}


def follow(uow: UnitOfWork, office: Office, now: dt.datetime, sitting: Case) -> None:
    """A sitting is over: what is due after the work of its chair's commission counts from it anew."""
    chair = next(iter(sitting.data.get("chairs", ())), None)
    if chair is None or not owed(office):
        return
    standing = uow.cases.of_reporter(chair, 1, KIND)
    case = standing[0] if standing and standing[0].state in OPEN else _open(uow, office, now, chair, sitting)
    seen = [*case.data["sittings"], sitting.id]
    weeks = _leaf(office, "chair_report_weeks")
    due = now + dt.timedelta(weeks=weeks.value) if weeks else None
    casework.note(case, sittings=seen, done={}, due=due.isoformat() if due else None)
    case.revision += 1
    for person in (chair, sitting.reporter_id):
        uow.cases.tell(case, person, now, role=KIND)
    if due is not None:
        for days in (*_remind_days(office), 0):
            if due - dt.timedelta(days=days) > now:
                uow.case_timers.set(case, f"{DUE}:{days:g}", due - dt.timedelta(days=days))
    _ask_again(uow, office, now, case)
    _tell(uow, office, now, case, suffix=str(case.revision))


def _open(uow: UnitOfWork, office: Office, now: dt.datetime, chair: int, sitting: Case) -> Case:
    return casework.open_case(
        uow,
        office,
        now,
        kind=Kind.AFTERMATH,
        origin=rules.key(sitting.id),
        reporter_id=chair,
        actor_id=sitting.reporter_id,
        data={"sittings": [], "done": {}},
    )


def _remind_days(office: Office) -> Sequence[float]:
    leaf = _leaf(office, "chair_report_remind_days")
    return leaf.value if leaf else ()


def _ask_again(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> None:
    leaf = _leaf(office, "after_ask_days")
    if leaf is not None:
        uow.case_timers.set(case, AGAIN, now + dt.timedelta(days=leaf.value))


def _held(uow: UnitOfWork, case: Case) -> list[Case]:
    found = [uow.cases.get(case_id) for case_id in case.data["sittings"]]
    return [one for one in found if one is not None]


def _doers(uow: UnitOfWork, case: Case, leaf: Sourced[Any]) -> set[int]:
    """Who does a task: the chair of these sittings, else their secretaries."""
    if leaf.value == Role.COMMISSION_CHAIR:
        return {case.reporter_id}
    return {one.reporter_id for one in _held(uow, case)}


def _tell(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, suffix: str, only: str = "") -> None:
    done = case.data["done"]
    people: dict[int, None] = {}
    for task, leaf in owed(office).items():
        if task not in done and only in ("", task):
            people.update(dict.fromkeys(sorted(_doers(uow, case, leaf))))
    for person in people:
        casework.owe(uow, now, case, NEWS, person, Rank.REMINDER, suffix=suffix)


def asked(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The report's day comes nearer, or what has no term is asked for again."""
    casework.log(uow, now, case, Did.REMINDED, rule=rule)
    suffix = f"{case.revision}:{rule}:{now.date().isoformat()}"
    if rule == AGAIN:
        _ask_again(uow, office, now, case)
        due = moment(case, "due")
        for task in owed(office):
            if task != REPORT or due is None or due <= now:
                _tell(uow, office, now, case, suffix, only=task)
        return
    _tell(uow, office, now, case, suffix, only=REPORT)


def view(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, me_id: int | None) -> Aftermath:
    """What is due, as the reader sees it."""
    done = case.data["done"]
    held = [sittings.view(uow, office, now, one, None).exam for one in _held(uow, case) if one.exam_id]
    tasks = []
    for task, leaf in owed(office).items():
        said = done.get(task)
        tasks.append(
            Task(
                what=task,
                role=str(leaf.value),
                clause=leaf.clause or "",
                due_at=moment(case, "due") if task == REPORT else None,
                done_at=dt.datetime.fromisoformat(said["at"]) if said else None,
                done_by=name(uow, said["by"]) if said else "",
                mine=said is None and case.state in OPEN and me_id in _doers(uow, case, leaf),
            )
        )
    return Aftermath(
        id=case.id,
        number=case.number,
        revision=case.revision,
        chair=name(uow, case.reporter_id),
        sittings=tuple(held),
        tasks=tuple(tasks),
        leads=me_id == case.reporter_id,
    )


def _told(uow: UnitOfWork, me: Me, case_id: int) -> tuple[Case, int]:
    person_id = access.require(me.actor, Action.SEE_STAFF)
    case = casework.locked(uow, case_id, Kind.AFTERMATH)
    if person_id not in uow.cases.told(case):
        raise Refusal("not_yours")
    return case, person_id


def show(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> Aftermath:
    """For the chair and the secretaries. Raises `Refusal`: `staff_only`, `case_gone`, `not_yours`."""
    case, person_id = _told(uow, me, case_id)
    return view(uow, office, now, case, person_id)


def waiting_for(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[Aftermath]:
    """Where the reader has still something to do."""
    if me.person_id is None:
        return []
    found = uow.cases.waiting_for(me.person_id, OPEN, SHOWN, KIND)
    views = [view(uow, office, now, case, me.person_id) for case in found]
    return [one for one in views if one.mine]


def done(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, what: str, origin: int
) -> Aftermath:
    """The reader has done a task with their own hands: written down; the last one ends the case.

    A second tap shows the same. Refuses as `show` and `rules.require`.
    """
    case, person_id = _told(uow, me, case_id)
    task = rules.require(view(uow, office, now, case, person_id), what)
    if task.done_at is not None or case.state not in OPEN:
        return view(uow, office, now, case, person_id)
    if casework.log(uow, now, case, Did.KEPT, actor_id=person_id, origin=origin, what=what):
        said = {what: {"at": now.isoformat(), "by": person_id}}
        casework.note(case, done={**case.data["done"], **said})
        case.revision += 1
        if set(owed(office)) <= set(case.data["done"]):
            case.outcome = "done"
            casework.move(uow, now, case, Did.DECIDED, actor_id=person_id, origin=origin)
    return view(uow, office, now, case, person_id)


def report(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int) -> Aftermath:
    """The chair's report, filled from the sittings, in every language, as PDF and to be written on.

    It comes into the chair's chat; asked for again, it is newer. Refuses as `show`; `not_yours` for others.
    """
    case, person_id = _told(uow, me, case_id)
    if person_id != case.reporter_id or REPORT not in owed(office):
        raise Refusal("not_yours")
    if casework.log(uow, now, case, Did.DOCUMENT, actor_id=person_id, origin=origin, template=REPORT):
        facts = _facts(uow, office, now, case)
        order = documents.Order(REPORT, facts, office.languages, documents.BOTH)
        made = documents.issue(uow, office, now, case.id, order, person_id)
        uow.flush()
        documents.send(uow, now, made, [person_id])
    return view(uow, office, now, case, person_id)


def _facts(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> Facts:
    held = [sittings.view(uow, office, now, one, None) for one in _held(uow, case) if one.exam_id]
    marks = [int(mark) for mark in office.policy.leaves["registrar.marks"].value]
    seats = dict.fromkeys(seat.name for one in held for seat in one.seats if not seat.chair)
    starts = [one.exam.span.start for one in held]
    people = [uow.people.get(person) for person in rules.graduates(held)[:LIST]]
    leaf = owed(office)[REPORT]
    return {
        "number": case.number,
        "today": Day(now),
        "chair": name(uow, case.reporter_id),
        "members": ", ".join(seats) or None,
        "secretary": ", ".join(dict.fromkeys(one.secretary for one in held)) or None,
        "from": Day(min(starts)) if starts else None,
        "until": Day(max(starts)) if starts else None,
        "failures": sum(one.acts for one in held),
        "clause": leaf.clause or None,
        "blank": None,
        "sittings": [_sitting(one) for one in held],
        "figures": [_figures(kind, found, marks) for kind, found in rules.by_kind(held).items()],
        "groups": [
            {"what": Said(f"figures.of.{what}"), "number": number}
            for what, number in rules.together(held, marks)
        ],
        "graduates": [
            {"name": one.full_name, "programme": one.programme or "—"} for one in people if one is not None
        ],
    }


def _sitting(one: SittingView) -> dict[str, Plain]:
    return {
        "number": one.number,
        "at": one.exam.span.start,
        "kind": Said(f"kind.{one.exam.kind}"),
        "listed": len(one.defenders),
        "absent": rules.missing(one),
        "failures": one.acts,
    }


def _figures(kind: str, defenders: Sequence[Defender], marks: Sequence[int]) -> dict[str, Plain]:
    found = rules.counted(defenders, marks)
    assert found is not None, "a kind is there because somebody is"
    excellent, good, satisfactory, unsatisfactory = found.counts
    return {
        "kind": Said(f"kind.{kind}"),
        "total": found.total,
        "excellent": excellent,
        "good": good,
        "satisfactory": satisfactory,
        "unsatisfactory": unsatisfactory,
        "absent": found.absent,
        "quality": round(found.quality, 1),
        "success": round(found.success, 1),
        "average": round(found.average, 2),
    }


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> Aftermath | None:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return view(uow, office, now, case, claimed.notice.person_id) if case is not None else None


def _done_already(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    seen = _about(uow, office, now, claimed)
    return "" if seen is not None and seen.mine else "done"


TIMERS = {(KIND, DUE): asked, (KIND, AGAIN): asked}
LETTERS = {NEWS: Letter(about=_about, untrue=_done_already)}
