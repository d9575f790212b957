"""After a commission's last sitting: the chair's report with its term, the sheets, the archive."""

import datetime as dt

from bot.rules.aftermath import MINUTES, REPORT, SHEETS
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.services import aftermath, sitting_papers, sittings
from tests.services.test_services_documents import docx_text, pdf_text
from tests.services.test_services_sittings import all_there, peopled, ready, spoken, voted
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import refused
from tests.support.scenes import scene


@scene
def over(hall):
    """A day of two graduates: one has defended with «excellent», one has not come; results are announced."""
    peopled(hall)
    announced(hall)
    hall.tick()
    hall.after_id = hall.do(aftermath.waiting_for, hall.chair)[0].id
    return hall


def announced(hall):
    all_there(hall)
    ready(hall, hall.first)
    spoken(hall, hall.first)
    voted(hall, hall.first, ("excellent", "excellent", "good"))
    hall.do(sittings.absent, hall.secretary, hall.case_id, hall.other.person_id, hall.origin())
    hall.do(sitting_papers.announce, hall.secretary, hall.case_id, hall.origin())


def about(sent, me):
    return [m.text for m in sent if m.user_id == me.user_id and "CR-26-00001" in m.text and not m.upload]


def done(hall, me, what):
    return hall.do(aftermath.done, me, hall.after_id, what, hall.origin())


def test_announced__chair_and_secretary_hear_what_is_due_with_clause_and_term(over):
    sent = over.sent()
    (chair,), (secretary,) = about(sent, over.chair), about(sent, over.secretary)
    for text in (chair, secretary):
        assert "AYU 6.7.3; 6.9.7" in text
        assert "4 қаңтар" in text, "two weeks after the work has ended"
        assert "AYU 6.9.3" in text
        assert "AYU 6.9.4" in text
    assert not about(sent, over.second)
    assert [task.what for task in over.do(aftermath.show, over.chair, over.after_id).mine] == [REPORT]
    assert [t.what for t in over.do(aftermath.show, over.secretary, over.after_id).mine] == [SHEETS, MINUTES]


def test_report__is_filled_from_the_sittings_in_both_languages(over):
    over.sent()
    origin = over.origin()
    for _ in range(2):
        over.do(aftermath.report, over.chair, over.after_id, origin)
    over.tick()
    got = {m.upload.name: m.upload.content for m in over.sent() if m.upload}
    assert sorted(name.rpartition("-")[2] for name in got) == ["kk.docx", "kk.pdf", "ru.docx", "ru.pdf"]
    texts = {
        name.rpartition("-")[2]: (docx_text if name.endswith("docx") else pdf_text)(got[name]) for name in got
    }
    for kind in ("docx", "pdf"):
        for part in (
            "CR-26-00001",
            "AS-26-00001",
            "Қызметкер C1",
            "Студент S1",
            "AYU 6.7.3",
            "Диплом нөмірі",
            "50",
        ):
            assert part in texts[f"kk.{kind}"], (kind, part)
        for part in ("Отчёт председателя", "Номер диплома", "Студент S1", "2,5"):
            assert part in texts[f"ru.{kind}"], (kind, part)
        annex = texts[f"ru.{kind}"].partition("Приложение")[2]
        assert "Студент S2" not in annex, "who has not come is no graduate"


def test_nobody_else__sees_it_or_says_that_it_is_done(over):
    for one in (over.dean, over.second):
        with refused("not_yours"):
            over.do(aftermath.show, one, over.after_id)
    with refused("staff_only"):
        over.do(aftermath.show, over.first, over.after_id)
    with refused("not_yours"):
        done(over, over.secretary, REPORT)
    with refused("not_yours"):
        over.do(aftermath.report, over.secretary, over.after_id, over.origin())
    with refused("not_yours"):
        done(over, over.chair, SHEETS)
    with refused("act_moved"):
        done(over, over.chair, "x")


def test_done__is_logged_once_and_the_last_one_ends_it(over):
    for me, what in ((over.chair, REPORT), (over.secretary, SHEETS), (over.secretary, MINUTES)):
        first = done(over, me, what)
        again = done(over, me, what)
        assert [t.done_at for t in first.tasks] == [t.done_at for t in again.tasks]
    assert over.do(aftermath.waiting_for, over.chair) == []
    events = over.sql(lambda uow: [e.action for e in uow.cases.events(over.after_id)])
    assert events.count("kept") == 3
    over.sent()
    over.forward(days=30, step_seconds=43_200)
    assert not about(over.sent(), over.secretary)
    assert not about(over.sent(), over.chair)


def test_report_that_is_not_sent__is_asked_for_before_its_day_and_after(over):
    done(over, over.secretary, SHEETS)
    done(over, over.secretary, MINUTES)
    over.tick()
    over.sent()
    start = over.clock()
    heard = []
    for _ in range(40):
        over.forward(days=0.5, step_seconds=43_200)
        heard += [(over.clock() - start) / dt.timedelta(days=1)] * len(about(over.sent(), over.chair))
    assert heard[:3] == [7, 13, 14]
    assert len(heard) > 3, "and every three days when its day is over"
    assert heard[3] <= 17.5


def test_what_has_no_term__is_asked_for_every_three_days(over):
    done(over, over.secretary, SHEETS)
    over.tick()
    over.sent()
    over.forward(days=7, step_seconds=43_200)
    texts = about(over.sent(), over.secretary)
    assert len(texts) == 2
    assert all("✅" in text and "▫️" in text for text in texts)


def test_another_sitting__of_the_same_chair_moves_the_term_and_asks_anew(over):
    done(over, over.secretary, SHEETS)
    values = {"kind": ExamKind.COMPLEX_EXAM, "attestation": Attestation.FINAL, "examiners": ()}
    over.add_exams(exam("E2", local("2026-12-23 10:00"), duration_min=300, **values))
    over.clock.now = local("2026-12-23 09:40")
    over.exam_id = over.sql(lambda uow: uow.exams.by_ext()["E2"].id)
    over.case_id = over.do(sittings.open_sitting, over.secretary, over.exam_id).id
    announced(over)
    seen = over.do(aftermath.show, over.secretary, over.after_id)
    assert [one.ext_id for one in seen.sittings] == ["E1", "E2"]
    assert [task.what for task in seen.mine] == [SHEETS, MINUTES]
    assert seen.tasks[0].due_at == over.clock() + dt.timedelta(weeks=2)
    assert len(over.do(aftermath.waiting_for, over.chair)) == 1


def test_role__is_the_chairs_only_where_the_source_says_so(database_url):
    from tests.support.hall import Hall

    with Hall(database_url, profile="kazmkpu") as opened:
        assert aftermath.owed(opened.office) == {}
    assert Role.COMMISSION_CHAIR == "commission_chair"
