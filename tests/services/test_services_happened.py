"""«It happened at …»: both times are kept and shown, as claimed and as received."""

import datetime as dt

from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.services import case_papers, cases, decisions, outages
from tests.services.test_services_documents import docx_text, pdf_text
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import refused
from tests.support.scenes import scene

NINE, FILED = local("2026-12-21 09:00"), local("2026-12-21 09:30")


@scene
def case(hall):
    """Filed at half past nine; examiner and dean have accounts."""
    hall.reader = hall.student("S1")
    hall.examiner = hall.member("T1")
    hall.dean = hall.member("T4", Role.DEAN, department="")
    hall.add_exams(exam("E1", NINE))
    hall.clock.now = FILED
    number = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    found = hall.do(cases.file, hall.reader, "internet", number, hall.origin())
    hall.tick()
    hall.sent()
    return found


def happened(hall, case, at, me=None, origin=None):
    return hall.do(outages.happened, me or hall.reader, case.id, origin or hall.origin(), at)


def test_both_times__in_status_card_history_and_lost_minutes(hall, case):
    hall.clock.move(minutes=5)
    origin = hall.origin()
    happened(hall, case, local("2026-12-21 09:10"), origin=origin)
    happened(hall, case, local("2026-12-21 09:10"), origin=origin)
    shown = hall.do(cases.show, hall.reader, case.id)
    assert (shown.claimed_at, shown.filed_at) == (local("2026-12-21 09:10"), FILED)
    assert shown.lost == 25, "from ten past nine until now"
    hall.tick()
    got = hall.sent()
    wanted = "Болған уақыты: 09:10. Хабарлама түскен уақыт: 09:30."
    assert [m.user_id for m in got if wanted in m.text].count(hall.examiner.user_id) == 1
    _, lines = hall.do(cases.history, hall.examiner, case.id)
    [line] = [line for line in lines if line.did == "claimed"]
    assert line.since == local("2026-12-21 09:10")


def test_refused__after_the_report_a_day_before_by_another_and_at_the_end(hall, case):
    hall.clock.move(minutes=5)
    for wrong in (FILED + dt.timedelta(minutes=1), FILED - dt.timedelta(hours=25)):
        with refused("time_wrong"):
            happened(hall, case, wrong)
    with refused("not_yours"):
        happened(hall, case, NINE, me=hall.student("S2"))
    hall.do(decisions.withdraw, hall.reader, case.id, hall.origin())
    with refused("case_over"):
        happened(hall, case, NINE)


def papers_of(hall, case, role):
    """(language, text as it reads) of the documents of a case, PDF and DOCX."""
    rows = hall.sql(lambda uow: [f for f in uow.files.of_case(case.id) if f.role == role])
    read = {"pdf": pdf_text, "docx": docx_text}
    return [(f.name.rpartition("-")[2][:2], read[f.type](hall.office.files.read(f.sha256))) for f in rows]


CLAIMED = {
    "kk": "Болған уақыты (хабарлаушының айтуынша) 2026 ж. 21 желтоқсан, 09:10",
    "ru": "Случилось (со слов сообщившего) 21 декабря 2026 г., 09:10",
}
RECEIVED = {
    "kk": "Хабарлама түскен уақыт 2026 ж. 21 желтоқсан, 09:30",
    "ru": "Сообщение получено 21 декабря 2026 г., 09:30",
}


def say_both(texts, languages):
    assert sorted(language for language, _ in texts) == sorted(2 * languages)
    for language, text in texts:
        plain = text.replace("\u202f", " ").replace("\xa0", " ").replace(": ", " ")
        assert CLAIMED[language] in plain
        assert RECEIVED[language] in plain


def test_both_times__in_the_history_as_pdf_and_docx(hall, case):
    hall.clock.move(minutes=5)
    happened(hall, case, local("2026-12-21 09:10"))
    hall.do(case_papers.on_request, hall.examiner, case.id, case_papers.HISTORY)
    say_both(papers_of(hall, case, case_papers.HISTORY), ["kk"])


def test_history__of_a_report_without_a_claimed_time_claims_none(hall, case):
    hall.do(case_papers.on_request, hall.examiner, case.id, case_papers.HISTORY)
    for _, text in papers_of(hall, case, case_papers.HISTORY):
        assert "(хабарлаушының айтуынша) көрсетілмеген" in text.replace(": ", " ")


def test_both_times__in_the_act_of_a_technical_failure(hall):
    reader, secretary = hall.student("S1"), hall.member("T5", Role.SECRETARY, department="")
    hall.member("T6", Role.COMMISSION_CHAIR, department="")
    hall.add_exams(exam("E1", NINE, kind=ExamKind.COMPLEX_EXAM, attestation=Attestation.FINAL, examiners=()))
    hall.clock.now = FILED
    number = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    filed = hall.do(cases.file, reader, "internet", number, hall.origin())
    hall.clock.move(minutes=5)
    happened(hall, filed, local("2026-12-21 09:10"), me=reader)
    hall.do(decisions.decide, secretary, filed.id, hall.origin(), Ruling(Verdict.RESUMED))
    hall.do(decisions.send_act, secretary, filed.id, hall.origin(), None)
    say_both(papers_of(hall, filed, case_papers.ACT), ["kk", "ru"])
