"""UKGU's own order: a test's defect is appealed against at once, before any result (UKGU T10, T11)."""

import pytest

from bot.rules.vocabulary import ExamKind, Role
from bot.services import appeals, commissions
from bot.services.files import Sent
from bot.views import appeals as views
from tests.exchange.test_exchange_files import png
from tests.support.appealing import publish
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.refusals import refused


@pytest.fixture
def testing(sqlite_url):
    """A test of UKGU that runs, and an oral exam beside it."""
    with Hall(sqlite_url, profile="ukgu") as hall:
        hall.me = hall.student("S1", language="ru")
        hall.proctor = hall.member("P1", Role.PROCTOR)
        hall.chair = hall.member("C1", Role.APPEAL_CHAIR)
        for ext_id in ("M1", "M2"):
            hall.member(ext_id, Role.APPEAL_MEMBER)
        hall.member("T1", Role.EXAMINER)
        start = local("2026-12-21 09:00")
        hall.add_exams(
            exam("E1", start, kind=ExamKind.TEST, proctor="P1"), exam("E2", start, kind=ExamKind.ORAL)
        )
        hall.ids = {key: row.id for key, row in hall.sql(lambda uow: uow.exams.by_ext()).items()}
        hall.clock.now = local("2026-12-21 09:30")
        hall.tick()
        hall.sent()
        yield hall


def filled(hall, exam_id):
    draft = hall.do(appeals.begin, hall.me, exam_id, hall.origin())
    hall.do(appeals.set_ground, hall.me, draft.id, "two_answers")
    hall.do(appeals.add_text, hall.me, draft.id, "В вопросе 7 верны ответы А и В.", hall.origin())
    return draft.id


def test_early__screenshot_administrator_application_then_the_commission(testing):
    assert [one.exam.ext_id for one in testing.do(appeals.mine, testing.me)] == ["E1"]
    draft_id = filled(testing, testing.ids["E1"])
    with refused("appeal_needs_screenshot"):
        testing.do(appeals.review, testing.me, draft_id)
    testing.wire.files["shot"] = png(6, [b"abc\xff"])
    testing.do(appeals.add_file, testing.me, draft_id, Sent("shot", "document", "1.png"), testing.origin())
    testing.tick()
    draft = testing.do(appeals.review, testing.me, draft_id)
    assert (draft.during, draft.clause, draft.window.closes) == (True, "UKGU T10; T11", None)
    assert draft.grounds == ("two_answers", "question", "language")
    case_id = testing.do(appeals.submit, testing.me, draft_id, draft.stamp, testing.origin())
    testing.tick()
    told = [m.text for m in testing.sent() if m.user_id == testing.proctor.user_id]
    assert any("студентті тесттен шығаруы керек" in text for text in told)
    at = local("2026-12-21 15:00")
    testing.do(commissions.call, testing.chair, case_id, at, testing.origin())
    with refused("appeal_again"):
        testing.do(appeals.begin, testing.me, testing.ids["E1"], testing.origin())


def test_early__not_before_the_test_begins_and_not_for_other_kinds(testing):
    with refused("appeal_not_published"):
        testing.do(appeals.begin, testing.me, testing.ids["E2"], 1)
    testing.clock.now = local("2026-12-21 08:59")
    with refused("appeal_not_published"):
        testing.do(appeals.begin, testing.me, testing.ids["E1"], 1)


def test_early__once_the_result_is_there_its_window_counts(testing):
    draft_id = filled(testing, testing.ids["E1"])
    testing.clock.now = local("2026-12-21 14:00")
    publish(testing)
    seen = testing.do(appeals.draft_of, testing.me, draft_id)
    assert (seen.during, seen.window.closes, seen.clause) == (False, local("2026-12-24 00:00"), "MIN 64")


def test_after_the_least_term__the_appeal_goes_to_its_commission_marked(testing):
    testing.clock.now = local("2026-12-21 14:00")
    publish(testing, exam_id="E2")
    testing.clock.now = local("2026-12-25 10:00")
    [seen] = [one for one in testing.do(appeals.mine, testing.me) if one.exam.ext_id == "E2"]
    screen = views.results(testing.base.voices["ru"], [seen], testing.clock())
    assert "Самый короткий срок" in screen.text
    assert screen.rows
    draft = testing.do(appeals.begin, testing.me, testing.ids["E2"], testing.origin())
    testing.do(appeals.set_ground, testing.me, draft.id, "grade")
    testing.do(appeals.add_text, testing.me, draft.id, "Ответ на второй вопрос был верным.", testing.origin())
    draft = testing.do(appeals.review, testing.me, draft.id)
    case_id = testing.do(appeals.submit, testing.me, draft.id, draft.stamp, testing.origin())
    assert testing.do(commissions.show, testing.chair, case_id).entry == "least"
    testing.tick()
    told = [m.text for m in testing.sent() if m.user_id == testing.chair.user_id]
    assert any("Ең қысқа мерзімнен кейін келді" in text for text in told)
