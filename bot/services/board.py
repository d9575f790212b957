"""The board: who may look, and a day of exams at a glance."""

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.errors import Refusal
from bot.rules import access, codes, readiness, warnings
from bot.rules.board import (
    APP_FRESH,
    KEY_LIFE,
    SESSION_LIFE,
    Board,
    CaseRow,
    ChainStep,
    Delivered,
    ExamPage,
    ExamRow,
    Scope,
    StudentRow,
)
from bot.rules.exams import Span
from bot.rules.people import Me
from bot.rules.vocabulary import ExamKind
from bot.services import board_desk, chains, exams, people
from bot.services.office import Office
from bot.storage.board import OpenCase
from bot.storage.tables import Account, Exam, Person, Walk
from bot.storage.unit import UnitOfWork

PLACE = "board_url"
TABLES = "tables"
"""Where a link leads an administrator who wants the tables."""


def remember_place(uow: UnitOfWork, office: Office, now: dt.datetime, url: str) -> None:
    """Keep where the board is served, for links to it."""
    uow.records.set_fact(PLACE, url)


def link(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, to: str = "") -> str:
    """An address that opens the board once, soon; `to` TABLES: the tables of it.

    Raises `Refusal`: `link_first`, `staff_only`, for the tables as `look_up`.
    """
    access.board_scope(me.actor, me.faculty)
    if to == TABLES:
        access.require_tables(me.actor, me.faculty)
    key = codes.once()
    uow.boards.add_key(codes.fingerprint(key), me.account_id, now + KEY_LIFE)
    tail = f"?to={TABLES}" if to == TABLES else ""
    return f"{uow.records.fact(PLACE) or ''}/board/enter/{key}{tail}"


def enter(uow: UnitOfWork, office: Office, now: dt.datetime, key: str) -> str:
    """A session for whoever brings a good key; the key is used up. Raises `Refusal` (`board_key`)."""
    account_id = uow.boards.use_key(codes.fingerprint(key), now)
    account = uow.people.account_by_id(account_id) if account_id else None
    if account is None:
        raise Refusal("board_key")
    return _open(uow, office, now, account)


def enter_app(
    uow: UnitOfWork, office: Office, now: dt.datetime, user_id: int, said_at: dt.datetime, proof: str
) -> str:
    """A session for the user of a Mini App, whose signed word the caller has checked.

    The word counts once and while it is fresh. Raises `Refusal`: `board_key`, `link_first`, `staff_only`.
    """
    account = uow.people.account(user_id)
    fingerprint = codes.fingerprint(proof)
    fresh = abs(now - said_at) <= APP_FRESH
    if account is None or not fresh or uow.boards.has_key(fingerprint):
        raise Refusal("board_key")
    uow.boards.add_key(fingerprint, account.id, said_at + 2 * APP_FRESH)
    uow.boards.use_key(fingerprint, now)
    return _open(uow, office, now, account)


def _open(uow: UnitOfWork, office: Office, now: dt.datetime, account: Account) -> str:
    me = people.known(uow, office, account)
    access.board_scope(me.actor, me.faculty)
    session = codes.once()
    uow.boards.add_session(codes.fingerprint(session), account.id, now + SESSION_LIFE)
    uow.records.audit(now, "board_entered", account.id)
    return session


def reader(uow: UnitOfWork, office: Office, now: dt.datetime, session: str) -> Me:
    """Whose browser this is, with the roles of this moment. Raises `Refusal`: `board_key`, `staff_only`."""
    account = uow.boards.account_of(codes.fingerprint(session), now)
    if account is None:
        raise Refusal("board_key")
    me = people.known(uow, office, account)
    access.board_scope(me.actor, me.faculty)
    return me


def look_up(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, page: str = "") -> None:
    """The reader may look at the tables as they are stored; `page` is written down with who looked at it.

    Raises `Refusal`: `link_first`, `staff_only`, `admins_only`, `whole_university`.
    """
    access.require_tables(me.actor, me.faculty)
    if page:
        uow.records.audit(now, "tables_seen", me.account_id, page=page)


def leave(uow: UnitOfWork, office: Office, now: dt.datetime, session: str) -> None:
    """The session is good no more."""
    uow.boards.end_session(codes.fingerprint(session))


def purge(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Remove keys and sessions that are over."""
    return uow.boards.purge(now)


def overview(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    faculty: str = "",
    day: dt.date | None = None,
    pages: Mapping[str, int] | None = None,
) -> Board:
    """A local day (none: today) of what the reader may see; `faculty` narrows it where there is a choice.

    `pages`: which page of a long list is wanted. Raises `Refusal`: `link_first`, `staff_only`.
    """
    scope = access.board_scope(me.actor, me.faculty)
    choice = () if scope.own or scope.faculty else tuple(uow.people.faculties())
    scope = scope.narrowed(faculty if faculty in choice else "")
    shown = day or now.astimezone(office.zone).date()
    start = dt.datetime.combine(shown, dt.time(), office.zone)
    holder = me.person_id if scope.own else None
    rows = uow.boards.exams(start, start + dt.timedelta(days=1), scope.faculty, holder)
    return Board(
        day=shown,
        now=now,
        faculty=scope.faculty,
        faculties=choice,
        exams=_rows(uow, office, now, rows),
        cases=tuple(_case(row) for row in uow.boards.cases(scope.faculty, holder, chains.CLIMB)),
        matters=board_desk.matters(uow, scope.faculty, holder),
        desk=board_desk.desk(uow, now, scope.faculty, holder),
        incidents=board_desk.of_scope(uow, scope, [row.id for row in rows]),
        hours=board_desk.hours(uow, office, start, rows, scope.faculty, holder),
        asked=pages or {},
        tables=access.may_see_tables(me.actor, me.faculty),
    )


def exam(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int) -> ExamPage:
    """One exam with everybody in it. Raises `Refusal`: `link_first`, `staff_only`, `exam_gone`."""
    row = _seen(uow, me, access.board_scope(me.actor, me.faculty), uow.exams.get(exam_id))
    questions = len(_questions(office, row))
    algorithm = office.walk_of(row.kind)
    yes = uow.boards.ready([row.id]).get(row.id, {})
    got: dict[int, dict[float, tuple[str, dt.datetime | None]]] = {}
    for person_id, minutes, state, at in uow.boards.warnings_of(row.id, warnings.LEFT):
        if person_id is not None:
            got.setdefault(person_id, {})[minutes] = (state, at)
    acted = uow.boards.acted(row.id)
    return ExamPage(
        now=now,
        row=_rows(uow, office, now, [row])[0],
        steps=len(algorithm.steps) if algorithm else 0,
        questions=questions,
        students=tuple(
            _student(
                person,
                account,
                walk,
                yes.get(person.id, 0),
                questions,
                got.get(person.id, {}),
                acted.get(person.id),
            )
            for person, account, walk in uow.boards.students(row.id)
        ),
    )


def _seen(uow: UnitOfWork, me: Me, scope: Scope, row: Exam | None) -> Exam:
    """An exam inside the scope; one outside does not exist for the reader."""
    if row is None or row.cancelled_at is not None or (scope.faculty and row.faculty != scope.faculty):
        raise Refusal("exam_gone")
    if scope.own and me.person_id not in (row.proctor_id, *uow.exams.examiners_of(row.id)):
        raise Refusal("exam_gone")
    return row


def _questions(office: Office, row: Exam) -> tuple[str, ...]:
    return readiness.items_for(office.policy, office.policy.kinds.get(ExamKind(row.kind)))


def _student(
    person: Person,
    account: Account | None,
    walk: Walk | None,
    yes: int,
    questions: int,
    got: dict[float, tuple[str, dt.datetime | None]],
    acted: dt.datetime | None,
) -> StudentRow:
    reason = "not_linked" if account is None else "blocked" if account.blocked_at else ""
    return StudentRow(
        name=person.full_name,
        group=person.group_name,
        reason=reason,
        ready=0 < questions <= yes,
        answered=yes,
        step=walk.position if walk else None,
        finished=walk is not None and walk.finished_at is not None,
        acted=max((at for at in (acted, walk.updated_at if walk else None) if at is not None), default=None),
        warnings=got,
    )


def _rows(uow: UnitOfWork, office: Office, now: dt.datetime, rows: Sequence[Exam]) -> tuple[ExamRow, ...]:
    ids = [row.id for row in rows]
    groups, counts, yes = uow.boards.groups(ids), uow.boards.counts(ids), uow.boards.ready(ids)
    finished, reports = uow.boards.finished(ids), uow.boards.reports(ids)
    delivered = uow.boards.delivered(ids, warnings.LEFT)
    found = []
    for row in rows:
        questions = len(_questions(office, row))
        students, linked = counts.get(row.id, (0, 0))
        found.append(
            ExamRow(
                exam=exams.brief(row),
                phase=Span(row.starts_at, row.ends_at).phase(now),
                groups=groups.get(row.id, ()),
                students=students,
                linked=linked,
                ready=sum(0 < questions <= n for n in yes.get(row.id, {}).values()),
                finished=finished.get(row.id, 0),
                reports=reports.get(row.id, 0),
                warnings=tuple(
                    Delivered(minutes, states.get("sent", 0), sum(states.values()))
                    for minutes, states in sorted(delivered.get(row.id, {}).items(), reverse=True)
                ),
            )
        )
    return tuple(found)


def _case(row: OpenCase) -> CaseRow:
    """A report with the times at which the steps ahead will be told unless somebody takes it."""
    case = row.case
    at, steps = row.climbs_at, []
    for rung in case.chain:
        if not rung["people"]:
            continue
        ahead = rung["state"] == "ahead" and case.state == "waiting"
        steps.append(ChainStep(rung["role"], rung["state"], at if ahead else None))
        if ahead and at is not None:
            at += dt.timedelta(minutes=rung["minutes"])
    return CaseRow(
        number=case.number,
        trouble=case.trouble,
        reporter=row.reporter.full_name,
        group=row.reporter.group_name,
        exam=exams.brief(row.exam) if row.exam else None,
        filed_at=case.filed_at,
        state=case.state,
        holder=row.holder.full_name if row.holder else "",
        steps=tuple(steps),
        escalate_at=row.climbs_at if case.state == "waiting" else None,
    )
