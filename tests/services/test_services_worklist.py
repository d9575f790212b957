"""One queue of all cases: filters, owner, age, deadline; a case's history for staff and student."""

import datetime as dt

import pytest

from bot.rules.vocabulary import Role
from bot.rules.worklist import PAGE, Asked, Work, order, page_of
from bot.services import applications, cases, commissions, forms, worklist
from tests.support.appealing import called, granted, submitted
from tests.support.clock import local
from tests.support.refusals import refused


def applied(hall):
    draft = hall.do(forms.begin, hall.me, "postponement")
    hall.do(forms.choose, hall.me, draft.id, exam_id=hall.exam_id)
    hall.do(forms.choose, hall.me, draft.id, reason="no_means")
    draft = hall.do(forms.add, hall.me, draft.id, hall.origin(), text="Интернет жоқ.")
    return hall.do(applications.submit, hall.me, draft.id, draft.stamp, hall.origin())


def numbers(queue):
    return [work.number for work in queue.works]


def test_queue__all_kinds_with_owner_and_deadline_and_filters(faculty):
    submitted(faculty)
    applied(faculty)
    faculty.do(cases.file, faculty.other, "internet", None, faculty.origin())
    faculty.tick()
    found = faculty.do(worklist.queue, faculty.dean, Asked())
    assert set(numbers(found)) == {"AP-26-00001", "AR-26-00001"}
    wide = faculty.do(worklist.queue, faculty.dean, Asked(everybodys=True))
    works = {work.kind: work for work in wide.works}
    assert set(works) == {"report", "appeal", "application"}
    assert (works["appeal"].owner, works["appeal"].due) == (faculty.chair.name, local("2026-12-23 14:00"))
    assert (works["application"].owner, works["application"].about) == (faculty.dean.name, "postponement")
    assert works["report"].due is not None
    assert [works[kind].mine for kind in ("appeal", "application", "report")] == [True, True, False]
    for letter, number in (("a", "AP-26-00001"), ("p", "AR-26-00001"), ("r", "FM-26-00001")):
        asked = Asked(letter, everybodys=True)
        assert numbers(faculty.do(worklist.queue, faculty.dean, asked)) == [number]
    forged = faculty.do(worklist.queue, faculty.dean, Asked("no such kind", everybodys=True, page=10**9))
    assert forged.total == 3


def test_queue__what_is_late_goes_first_until_it_is_mended(faculty):
    case_id = submitted(faculty)
    assert faculty.do(worklist.queue, faculty.dean, Asked(late=True)).works == ()
    faculty.forward(hours=49, step_seconds=24 * 3600)
    faculty.forward(hours=1)
    late = faculty.do(worklist.queue, faculty.dean, Asked(late=True))
    assert (numbers(late), late.late) == (["AP-26-00001"], 1)
    at = faculty.clock() + dt.timedelta(hours=5)
    faculty.do(commissions.call, faculty.chair, case_id, at, faculty.origin())
    assert faculty.do(worklist.queue, faculty.dean, Asked(late=True)).works == ()


def test_queue__only_ones_own_unless_one_runs_the_exams_of_the_faculty(faculty):
    submitted(faculty)
    stranger = faculty.member("D9", Role.DEAN, faculty="Заң факультеті")
    assert faculty.do(worklist.queue, stranger, Asked(everybodys=True)).works == ()
    narrow = faculty.do(worklist.queue, faculty.examiner, Asked(everybodys=True))
    assert (narrow.works, narrow.wide, narrow.asked.everybodys) == ((), False, False)
    [work] = faculty.do(worklist.queue, faculty.registrar, Asked(everybodys=True)).works
    assert (work.mine, work.seats) == (False, True)
    with refused("staff_only"):
        faculty.do(worklist.queue, faculty.me, Asked())


def test_timeline__all_of_it_for_the_commission_and_less_for_the_student(faculty):
    case_id = granted(faculty)
    whole = faculty.do(worklist.timeline, faculty.dean, case_id)
    assert [line.did for line in whole.lines].count("voted") == 3
    assert {line.who for line in whole.lines if line.did == "voted"} == {
        faculty.chair.name, faculty.second.name, faculty.third.name,
    }  # fmt: skip
    [called] = [line for line in whole.lines if line.did == "called"]
    assert called.moment == local("2026-12-22 10:00")
    brief = faculty.do(worklist.timeline, faculty.me, case_id)
    assert [line.did for line in brief.lines][:1] == ["filed"]
    assert "voted" not in {line.did for line in brief.lines}
    assert not {name for line in brief.lines for name in line.people}
    for person in (faculty.other, faculty.examiner, faculty.registrar):
        with refused("not_yours"):
            faculty.do(worklist.timeline, person, case_id)
    with refused("case_gone"):
        faculty.do(worklist.timeline, faculty.dean, 999_999)


def test_timeline__is_open_to_a_student_of_an_application_too(faculty):
    called(faculty)
    case_id = applied(faculty)
    found = faculty.do(worklist.timeline, faculty.me, case_id)
    assert found.lines[0].did == "filed"


def work(number, due=None, late=False):
    filed = local("2026-12-21 09:00") + dt.timedelta(minutes=number)
    return Work(number, f"AP-{number}", "appeal", "", "", "", {}, filed, due, late, "", "", True)


@pytest.mark.parametrize(
    ("page", "shown"), [(0, range(PAGE)), (1, range(PAGE, 2 * PAGE)), (99, range(2 * PAGE, 20))]
)
def test_pages__beyond_the_last_the_last(page, shown):
    found = page_of([work(n) for n in range(20)], Asked(page=page), True)
    assert [one.id for one in found.works] == list(shown)
    assert (found.total, found.pages) == (20, 3)


def test_order__late_then_the_nearest_deadline_then_the_oldest():
    noon = local("2026-12-21 12:00")
    works = [work(1), work(2, noon), work(3, noon - dt.timedelta(hours=1)), work(4, noon, late=True), work(0)]
    assert [one.id for one in order(works)] == [4, 3, 2, 0, 1]
