"""Taps at their edges, one use-case a line: twice by one update, too late, by somebody else, of nothing."""

import pytest

from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Role
from bot.services import appealed, appeals, behalf, cases, decisions, exam_day, forms, outages, seats, wishes
from bot.services.files import Sent
from tests.exchange.test_exchange_files import pdf
from tests.support.appealing import begun, called, case_of, whole
from tests.support.clock import local
from tests.support.people import student
from tests.support.refusals import code_of, refused
from tests.support.running import reported
from tests.support.running import running as exam_with
from tests.support.scenes import scene

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused, and to whom, does not depend on the database."""


@scene
def running(hall):
    """A running exam, its examiner, proctor and methodist; a student's report that nobody has taken."""
    return reported(exam_with(hall, proctor="P1", methodist="T2"))


def actions(hall):
    return [event.action for event in hall.sql(lambda uow: uow.cases.events(hall.case))]


# The clock of an outage


def test_gone__of_one_update_is_once_and_of_another_runs_already(running):
    running.do(outages.back, running.reader, running.case, 5)
    for _ in range(2):
        assert running.do(outages.gone, running.reader, running.case, 6).id == running.case
    assert actions(running).count("outage_began") == 1
    with refused("outage_runs"):
        running.do(outages.gone, running.reader, running.case, 7)
    running.do(outages.back, running.reader, running.case, 8)
    running.do(outages.gone, running.reader, running.case, 6)
    shown = running.do(cases.show, running.reader, running.case)
    assert shown.outage.running is None, "an update of before opens nothing anew"


def test_minutes__are_the_examiners_to_give_and_only_while_the_exam_runs(running):
    running.clock.move(minutes=12)
    running.tick()
    running.do(outages.back, running.reader, running.case, 5)
    args = (running.case, running.origin(), None)
    assert code_of(running, outages.give_back, running.methodist, *args) == "decides_examiner"
    running.clock.now = local("2026-12-21 11:00")
    assert code_of(running, outages.give_back, running.examiner, *args) == "late_to_give"


# On behalf


def test_behalf__of_one_update_is_filed_once_and_confirmed_once_while_it_is_open(running):
    friend = running.student("S2")
    running.add_students(student("S3"))
    origin = running.origin()
    first, again = (
        running.do(behalf.file, friend, "S3", "electricity", running.exam_id, origin) for _ in range(2)
    )
    running.case = first.id
    assert (again.id, actions(running).count("filed_for")) == (first.id, 1)
    own = running.join("S3")
    for _ in range(2):
        running.do(behalf.confirm, own, first.id, running.origin())
    assert actions(running).count("confirmed") == 1
    ruling = Ruling(Verdict.READMITTED)
    running.do(decisions.decide, running.examiner, first.id, running.origin(), ruling)
    assert code_of(running, behalf.confirm, own, first.id, running.origin()) == "case_over"


def test_behalf__who_has_reported_already_has_no_second_report_and_is_not_said_to_be_filed_for(running):
    friend = running.student("S2")
    found = running.do(behalf.file, friend, "S1", "internet", running.exam_id, running.origin())
    assert (found.id, found.filed_by, found.fresh) == (running.case, "", False)
    assert "filed_for" not in actions(running)


# The exam day


def test_call__is_for_the_exams_own_students(running):
    stranger = running.student("S9", group="БТ-1")
    for one in (stranger.person_id, running.examiner.person_id, 404):
        args = (running.exam_id, one, running.origin())
        assert code_of(running, exam_day.call, running.examiner, *args) == "student_gone"


def test_publish__is_the_examiners(running):
    assert code_of(running, exam_day.publish, running.proctor, running.exam_id) == "examiner_only"


# Wishes


def test_wishes__are_of_people_of_the_registers_and_of_what_there_is(running):
    assert code_of(running, wishes.switch, running.reader, "everything", True) == "unknown_setting"
    first = running.do(wishes.mine, running.reader)
    name = next(iter(wishes.SWITCHES))
    kept = running.do(wishes.switch, running.reader, name, first.wants(name))
    assert kept.wants(name) is first.wants(name), "what is on already stays on"


# Drafts of applications and appeals


def test_form__has_words_and_files_of_a_kind_and_is_thrown_away_whole(running):
    assert code_of(running, forms.begin, running.reader, "no_such_form") == "form_gone"
    draft = running.do(forms.begin, running.reader, "postponement").id
    assert running.do(forms.begin, running.reader, "postponement").id == draft
    about = (running.reader, draft)
    assert code_of(running, forms.add, *about, 1, text="…") == "appeal_text_empty"
    long = "я" * (forms.TEXT_LETTERS + 1)
    assert code_of(running, forms.add, *about, 1, text=long) == "form_text_long"
    assert code_of(running, forms.add, *about, 1, sent=Sent("v", "voice")) == "file_kind"
    running.wire.files["scan"] = pdf()
    running.do(forms.add, *about, running.origin(), sent=Sent("scan", "document", "a.pdf"))
    running.tick()
    (file,) = running.sql(lambda uow: uow.files.of_draft(draft))
    running.do(forms.drop, *about)
    assert running.sql(lambda uow: uow.files.get(file.id)).state == "erased"
    assert code_of(running, forms.drop, *about) == "draft_gone"


def test_appeal__of_an_unknown_ground_or_anothers_file_and_a_draft_thrown_away(faculty):
    draft = whole(faculty)
    assert code_of(faculty, appeals.set_ground, faculty.me, draft.id, "mood") == "unknown_ground"
    assert code_of(faculty, appeals.remove_file, faculty.me, draft.id, 404) == "file_gone"
    (file,) = faculty.sql(lambda uow: uow.files.of_draft(draft.id))
    faculty.do(appeals.drop, faculty.me, draft.id)
    assert faculty.sql(lambda uow: uow.files.get(file.id)).state == "erased"
    assert code_of(faculty, appeals.set_ground, faculty.me, draft.id, "grade") == "draft_gone"
    assert begun(faculty).id != draft.id


def test_seats__of_one_update_are_changed_once_and_not_after_the_end(faculty):
    case_id = called(faculty)
    fresh, revision, origin = faculty.member("N1", Role.EXAMINER), case_of(faculty, case_id).revision, 77
    swap = {"out": [faculty.second.person_id], "into": [fresh.person_id]}
    faculty.do(seats.change, faculty.chair, case_id, revision, origin, **swap)
    moved = case_of(faculty, case_id).revision
    back = {"out": [fresh.person_id], "into": [faculty.second.person_id]}
    faculty.do(seats.change, faculty.chair, case_id, moved, origin, **back)
    assert fresh.person_id in case_of(faculty, case_id).data["members"], "one update, one change"
    faculty.clock.move(minutes=1)
    faculty.do(appealed.withdraw, faculty.me, case_id, moved, faculty.origin())
    assert code_of(faculty, seats.shown, faculty.chair, case_id) == "case_over"
