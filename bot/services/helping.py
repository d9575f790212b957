"""Troubleshooting: one fix at a time, its outcome counted, the order learned from the counts."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access, trees
from bot.rules.access import Action
from bot.rules.exams import ExamBrief
from bot.rules.people import Me
from bot.rules.trees import CALL, DEVICES, Desk, Line, Outcome, Problem, Stand, Tried
from bot.rules.vocabulary import PersonKind
from bot.services import exams
from bot.services.office import Office
from bot.storage.tables import HelpPath
from bot.storage.unit import UnitOfWork

WHOLE = ""
"""Stands for the fix in the count of a whole problem."""


def desk(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, scope: str) -> Desk:
    """Who asks: their device, their exam that runs. Raises `Refusal`: `helpers_only` for a caller's scope."""
    row = _path(uow, now, me, scope)
    scripts = access.may(me.actor, Action.HELP_OTHERS)
    return Desk(row.device, _running(uow, now, me, scope), scope, row.language, scripts)


def begin(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, scope: str, problem: Problem) -> Stand:
    """Start a problem anew, or go on with it where it is open already. Refuses as `desk`."""
    row = _path(uow, now, me, scope)
    if row.problem != problem.id:
        row.problem, row.tried, row.counted = problem.id, [], {}
    return _stand(uow, now, me, row, problem)


def use_device(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, scope: str, device: str) -> Desk:
    """Remember which device is used; what was tried on another one begins anew.

    Refuses as `desk`, and `help_gone` for a device that is not known.
    """
    if device not in DEVICES:
        raise Refusal("help_gone")
    row = _path(uow, now, me, scope)
    if row.device != device:
        row.device, row.tried, row.counted = device, [], {}
    return desk(uow, office, now, me, scope)


def use_language(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, scope: str, language: str
) -> Desk:
    """The language in which a caller is spoken to. Refuses as `desk`, and `help_gone` for an unknown one."""
    if language not in office.languages:
        raise Refusal("help_gone")
    row = _path(uow, now, me, scope)
    row.language = language
    return desk(uow, office, now, me, scope)


def open_problem(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, scope: str) -> str:
    """The id of the problem that is open, '' for none."""
    return _path(uow, now, me, scope).problem


def answer(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    scope: str,
    problem: Problem,
    fix: str,
    outcome: Outcome,
) -> Stand:
    """How a fix went: counted once a walk, however often it is said; another answer takes the first's place.

    Refuses as `desk`, and `help_gone` for a fix of another problem: an old button.
    """
    row = _path(uow, now, me, scope)
    if row.problem != problem.id or fix not in {one.id for one in trees.for_device(problem, row.device)}:
        raise Refusal("help_gone")
    kept = [one for one in row.tried if one[0] != fix]
    row.tried = [*kept, [fix, outcome]]
    _count(uow, row, fix, outcome)
    row.updated_at = now
    stand = _stand(uow, now, me, row, problem)
    if stand.solved:
        _count(uow, row, WHOLE, "helped")
    elif stand.fix is None:
        _count(uow, row, WHOLE, "failed")
    return stand


def _count(uow: UnitOfWork, row: HelpPath, fix: str, outcome: Outcome) -> None:
    before = row.counted.get(fix)
    if before == outcome:
        return
    if before is not None:
        uow.helping.count(row.problem, fix, row.device, before, -1)
    uow.helping.count(row.problem, fix, row.device, outcome)
    row.counted = {**row.counted, fix: outcome}


def back(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, scope: str, problem: Problem) -> Stand:
    """The fix before this one is asked about again; at the first one, the problem is left (`help_first`)."""
    row = _path(uow, now, me, scope)
    if row.problem != problem.id or not row.tried:
        raise Refusal("help_first")
    last = str(row.tried[-1][0])
    row.tried = row.tried[:-1]
    stand = _stand(uow, now, me, row, problem)
    return Stand(
        problem, row.device, stand.tried, last, exam=stand.exam, scope=scope, language=row.language,
        left=stand.left,
    )  # fmt: skip


def current(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, scope: str, problem: Problem) -> Stand:
    """Where the reader stands in a problem, without touching it. Refuses as `desk`, and `help_gone`."""
    row = _path(uow, now, me, scope)
    if row.problem != problem.id:
        raise Refusal("help_gone")
    return _stand(uow, now, me, row, problem)


def lines(uow: UnitOfWork, office: Office, now: dt.datetime) -> Sequence[Line]:
    """Every count of outcomes, for the editors."""
    return uow.helping.lines()


def _path(uow: UnitOfWork, now: dt.datetime, me: Me, scope: str) -> HelpPath:
    if scope == CALL:
        access.require_helper(me.actor)
    return uow.helping.path(me.account_id, scope, now)


def _stand(uow: UnitOfWork, now: dt.datetime, me: Me, row: HelpPath, problem: Problem) -> Stand:
    tried = tuple(Tried(fix, outcome) for fix, outcome in row.tried)
    solved = any(one.outcome == "helped" for one in tried)
    ordered = trees.order(problem, row.device, uow.helping.tallies(problem.id, row.device))
    left = [fix for fix in ordered if fix not in {one.fix for one in tried}]
    return Stand(
        problem=problem,
        device=row.device,
        tried=tried,
        fix=None if solved else trees.following(ordered, tried),
        solved=solved,
        exam=_running(uow, now, me, row.scope),
        scope=row.scope,
        language=row.language,
        left=len(left),
    )


def _running(uow: UnitOfWork, now: dt.datetime, me: Me, scope: str) -> ExamBrief | None:
    if me.person_id is None or scope == CALL or me.kind is not PersonKind.STUDENT:
        return None
    found = exams.meant_now(uow, now, me.person_id)
    return next((exam for exam in found if exam.span.phase(now) == "running"), None)
