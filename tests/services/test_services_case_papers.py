"""What the documents of a report say, read back from the PDF and the DOCX."""

from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Role
from bot.services import case_papers, cases, decisions, holding, outages
from tests.services.test_services_documents import docx_text, pdf_text
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import refused
from tests.support.scenes import scene

NINE = local("2026-12-21 09:00")


@scene
def faculty(hall):
    """A running exam until eleven; examiner and dean with accounts, a report at half past nine."""
    hall.reader = hall.student("S1")
    hall.examiner, hall.dean = hall.member("T1"), hall.member("T4", Role.DEAN, department="")
    hall.add_exams(exam("E1", NINE))
    hall.clock.now = local("2026-12-21 09:30")
    hall.case = hall.do(cases.file, hall.reader, "internet", _exam(hall), hall.origin())
    return hall


def _exam(hall):
    return hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)


def papers(hall):
    """The text of every document of the report, by its name."""
    found = hall.sql(
        lambda uow: [(f.name, f.type, f.sha256) for f in uow.files.of_case(hall.case.id) if f.made]
    )
    read = {"pdf": pdf_text, "docx": docx_text}
    return {name: read[kind](hall.office.files.read(sha256)) for name, kind, sha256 in found}


def test_certificate__names_every_break_and_the_minutes_of_all(faculty):
    for minutes, origin in ((12, 1), (20, 2), (5, 3)):
        faculty.clock.move(minutes=minutes)
        turn = outages.gone if origin == 2 else outages.back
        faculty.do(turn, faculty.reader, faculty.case.id, faculty.origin())
    with refused("not_yours"):
        faculty.do(case_papers.on_request, faculty.student("S2"), faculty.case.id, case_papers.CERTIFICATE)
    faculty.do(case_papers.on_request, faculty.reader, faculty.case.id, case_papers.CERTIFICATE)
    made = papers(faculty)
    assert len(made) == 2
    for name, text in made.items():
        for part in (faculty.case.number, "Студент S1", "09:30", "09:42", "10:02", "10:07", "17 минут"):
            assert part in text, (name, part)


def test_certificate__of_a_break_that_goes_on_leaves_its_end_open(faculty):
    faculty.clock.move(minutes=7)
    faculty.do(case_papers.on_request, faculty.reader, faculty.case.id, case_papers.CERTIFICATE)
    for text in papers(faculty).values():
        assert "09:30" in text
        assert "7 минут" in text


def test_order_and_application__say_who_what_when_and_by_which_clause(faculty):
    faculty.do(holding.take, faculty.examiner, faculty.case.id, faculty.origin())
    decide(faculty, faculty.examiner, Ruling(Verdict.REFER))
    faculty.do(decisions.apply, faculty.reader, faculty.case.id, faculty.origin())
    order = Ruling(Verdict.ORDER, at=local("2026-12-28 10:00"), number="12-ө")
    decide(faculty, faculty.dean, order)
    made = papers(faculty)
    orders = {name: text for name, text in made.items() if "order" in name}
    rest = {name: text for name, text in made.items() if "order" not in name}
    assert (len(orders), len(rest)) == (4, 2)
    for name, text in made.items():
        for part in (faculty.case.number, "Студент S1", "Қызметкер T4", "AYU"):
            assert part in text, (name, part)
    for name, text in orders.items():
        for part in ("12-ө", "28", "10:00", "2026"):
            assert part in text, (name, part)


def decide(hall, me, ruling):
    return hall.do(decisions.decide, me, hall.case.id, hall.origin(), ruling)
