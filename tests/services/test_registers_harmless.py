"""Registers of what people wrote: whatever a cell holds, a spreadsheet finds text (B13)."""

import csv
import io
from types import SimpleNamespace

import openpyxl
import pytest

from bot.cli.exports import TABLES, Register
from bot.exchange.writer import table_bytes
from bot.rules.vocabulary import Role
from bot.services import applications, cases, forms, tickets, verdicts
from tests.support.appealing import granted
from tests.support.people import member, student
from tests.support.scenes import scene

LINK = '=HYPERLINK("http://x.example","Ә")'
NASTY = (LINK, "+77010000000", "-1+cmd|' /C calc'!A0", "@SUM(A1:A9)", "\t=1+1", "＝1+1")
BOOKS = (Register.APPEALS, Register.APPLICATIONS, Register.CASES, Register.TICKETS)


@scene
def filled(faculty):
    """People called by formulas, who sent formulas and were answered by them."""
    faculty.member("A1", Role.ADMIN)
    case_id = granted(faculty)
    faculty.add_staff(member("C1", Role.APPEAL_CHAIR, full_name=NASTY[3]))
    faculty.add_students(student("S1", full_name=LINK, group="АЖ-23-1"), student("S2", full_name=NASTY[1]))
    at = {"reason": f"{NASTY[2]} себебі", "grade": "-A"}
    faculty.do(verdicts.decide, faculty.chair, case_id, faculty.origin(), **at)
    draft = faculty.do(forms.begin, faculty.other, "postponement")
    faculty.do(forms.choose, faculty.other, draft.id, exam_id=faculty.exam_id, reason="no_means")
    faculty.do(forms.add, faculty.other, draft.id, faculty.origin(), text=LINK)
    draft = faculty.do(forms.draft_of, faculty.other, draft.id)
    sent = faculty.do(applications.submit, faculty.other, draft.id, draft.stamp, faculty.origin())
    faculty.do(
        applications.answer, faculty.dean, sent, faculty.origin(), outcome="granted", words=f"{NASTY[3]} бол"
    )
    for me in (faculty.me, faculty.other):
        faculty.do(cases.file, me, "internet", faculty.exam_id, faculty.origin())
        faculty.do(tickets.open_own, me, "conference", faculty.origin())
    faculty.sql(lambda uow: _say(uow, case_id, LINK))
    return faculty


@pytest.fixture
def written(filled):
    """As a renderer gets it."""
    return SimpleNamespace(desk=SimpleNamespace(do_now=filled.do, office=filled.office))


def _say(uow, case_id, words):
    case = uow.cases.get(case_id)
    case.data = {**case.data, "text": words}


@pytest.mark.parametrize("register", BOOKS)
def test_register__formulas_stay_text(written, register):
    headers, rows = TABLES[register](written)
    assert rows
    if register in (Register.APPEALS, Register.CASES, Register.TICKETS):
        assert any(LINK in map(str, row) for row in rows)
    sheet = openpyxl.load_workbook(io.BytesIO(table_bytes(".xlsx", headers, rows))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)
    text = table_bytes(".csv", headers, rows).decode("utf-8-sig")
    found = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert any("HYPERLINK" in cell or "+7701" in cell for cell in found)
    assert not [cell for cell in found if cell[:1] in "=+-@\t\r\n＝" and cell]
