"""A city without power: every report numbered, routed and answered, the examiners' phones not flooded."""

from collections import Counter

from sqlalchemy import func, select

from bot.rules.vocabulary import Role
from bot.services import auditor, cases
from bot.storage.tables import Case, CaseTimer, Notice
from tests.support.clock import local
from tests.support.people import exam, student

EXAMS, EACH = 3, 7
CARDS_AT_MOST = 5
"""Of an examiner in the storm's minute: four single cards until it is an incident, then one that changes."""


def test_storm__every_exam_at_once(hall):
    hall.add_students(*(student(f"S{e}-{n}", group=f"G{e}") for e in range(EXAMS) for n in range(EACH)))
    examiners = [hall.member(f"T{e}") for e in range(EXAMS)]
    hall.member("D1", Role.DEAN, department="")
    hall.add_exams(
        *(
            exam(f"E{e}", local("2026-12-21 09:00"), groups=(f"G{e}",), examiners=(f"T{e}",))
            for e in range(EXAMS)
        )
    )
    hall.clock.now = local("2026-12-21 09:30")
    numbers = hall.sql(lambda uow: {ext: found.id for ext, found in uow.exams.by_ext().items()})
    readers = [(e, hall.join(f"S{e}-{n}")) for n in range(EACH) for e in range(EXAMS)]
    filed = []
    for index, (e, me) in enumerate(readers):
        filed.append(hall.do(cases.file, me, "electricity", numbers[f"E{e}"], hall.origin()))
        hall.clock.move(seconds=1)
        if index % 10 == 0:
            hall.tick()
    hall.forward(seconds=10, step_seconds=5)

    count = EXAMS * EACH
    assert [case.number for case in filed] == [f"FM-26-{n + 1:05d}" for n in range(count)]
    assert not any(case.nobody for case in filed), "each was routed at once"
    assert len({case.incident for case in map(_again(hall), filed)}) <= 2
    new = Counter(m.user_id for m in hall.sent() if m.edits is None)
    assert max(new[me.user_id] for me in examiners) <= CARDS_AT_MOST
    running = hall.sql(lambda uow: uow.session.scalar(select(func.count()).select_from(CaseTimer)))
    assert running >= count, "none waits for ever"
    owed = select(func.count()).where(Notice.state.in_(("pending", "sending")), Notice.due_at <= hall.clock())
    assert hall.sql(lambda uow: uow.session.scalar(owed)) == 0
    assert hall.sql(lambda uow: uow.session.scalar(select(func.count(Case.number.distinct())))) == count
    assert hall.do(auditor.audit) == 0


def _again(hall):
    return lambda case: hall.do(cases.show, _reporter(hall, case), case.id)


def _reporter(hall, case):
    from bot.services import people

    return hall.do(
        lambda uow, office, now: people.known(uow, office, uow.people.account_of(case.reporter_id))
    )
