"""Walking through an algorithm: progress is kept per reader and exam."""

import datetime as dt
from dataclasses import replace

from bot.errors import Refusal
from bot.rules import access, walk
from bot.rules.access import Action
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind, Role
from bot.rules.walk import Algorithm, Place, WalkView
from bot.services import exam_cards, exam_day, exams, preparation
from bot.services.office import Office
from bot.storage.tables import Exam, Walk
from bot.storage.unit import UnitOfWork

START = "start"


def open_walk(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, algorithm_id: str, exam_id: int | None
) -> WalkView:
    """Where the reader stands, at the start for a new walk.

    Raises `Refusal`: `walk_gone`; for an exam also `link_first`, `not_your_exam`, `exam_gone`.
    """
    row, view = _load(uow, office, now, me, algorithm_id, exam_id)
    while not uow.walks.move(row, row.position, row.done, now, finished=False):
        uow.walks.read_again(row)
        view = replace(view, place=_place(row, len(view.algorithm.steps)))
    return view


def step(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    algorithm_id: str,
    exam_id: int | None,
    position: int,
    *,
    done: bool,
) -> WalkView:
    """Mark step `position` done and show the next, or (`done` false) just show it. Refuses as `open_walk`."""
    row, view = _load(uow, office, now, me, algorithm_id, exam_id)
    length = len(view.algorithm.steps)
    move = walk.mark_done if done else walk.go
    place = move(view.place, position, length)
    while not uow.walks.move(row, place.position, place.done, now, finished=place.finished):
        uow.walks.read_again(row)
        place = move(_place(row, length), position, length)
    if done and 0 <= position < length:
        _begun(uow, office, now, me, view, position)
    return replace(view, place=place)


def _begun(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, view: WalkView, position: int) -> None:
    """The proctor's step at the start of an exam says that it began on time (AYU 5.1.5)."""
    if view.exam is None or view.algorithm.actor != Role.PROCTOR:
        return
    span = view.exam.span
    exam = uow.exams.get(view.exam.id)
    if view.algorithm.steps[position].event == START and exam and span.start <= now < span.end:
        exam_day.mark_begun(uow, office, now, exam, me.person_id, on_time=True)


def _load(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, algorithm_id: str, exam_id: int | None
) -> tuple[Walk, WalkView]:
    algorithm = office.algorithms.get(algorithm_id)
    if algorithm is None or not walk.open_to(algorithm, me.roles):
        raise Refusal("walk_gone")
    brief = None
    subject = algorithm_id
    if exam_id is not None:
        subject = f"{algorithm_id}@{exam_id}"
        exam, row = _at_exam(uow, now, me, subject, exam_id)
        if algorithm.kind not in ("", exam.kind):
            raise Refusal("walk_gone")
        brief = exams.brief(exam)
    else:
        row = uow.walks.find(me.account_id, subject)
    if row is None:
        row = uow.walks.add(
            Walk(
                account_id=me.account_id,
                subject=subject,
                exam_id=exam_id,
                position=0,
                done=[],
                updated_at=now,
            )
        )
    length = len(algorithm.steps)
    told = exam_cards.told_so_far(uow, exam_id) if exam_id is not None and _shows_told(algorithm) else ()
    if exam_id is not None and told and not exam_cards.still_to_tell(uow, exam_id):
        ticked = {index for index, item in enumerate(algorithm.steps) if item.evidence == walk.WARNINGS}
        row.done = sorted({*row.done, *ticked})
    place = _place(row, length)
    view = WalkView(algorithm, place, brief, by_staff=me.kind is PersonKind.STAFF, told=tuple(told))
    return row, _prepared(uow, me, view)


def _at_exam(
    uow: UnitOfWork, now: dt.datetime, me: Me, subject: str, exam_id: int
) -> tuple[Exam, Walk | None]:
    """The exam and the reader's walk there. The register of deliveries shows who opened the steps after a
    message about the exam.
    """
    person_id = access.require(me.actor, Action.SEE_EXAMS)
    found = uow.walks.at_exam(me.account_id, subject, exam_id, person_id)
    exam = exams.admit(uow, person_id, found.exam, sits=found.sits)
    if found.unheard:
        uow.conduct.acted(exam_id, person_id, now)
    return exam, found.walk


def _place(row: Walk, length: int) -> Place:
    done = frozenset(int(i) for i in row.done if int(i) < length)
    return Place(walk.clamp(row.position, length), done, finished=len(done) == length)


def _prepared(uow: UnitOfWork, me: Me, view: WalkView) -> WalkView:
    """With the reader's own clock, where the walk has one."""
    if view.exam is None or me.person_id is None or view.by_staff:
        return view
    if not any(item.evidence == walk.PREPARATION for item in view.algorithm.steps):
        return view
    return replace(view, prepares_until=preparation.until(uow, view.exam.id, me.person_id))


def _shows_told(algorithm: Algorithm) -> bool:
    return any(item.evidence == walk.WARNINGS for item in algorithm.steps)
