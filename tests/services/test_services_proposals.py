"""The new date of a decision: looked at before it is stored, mended afterwards, told once, reminded of."""

import datetime as dt

import pytest

from bot.rules.exams import Span
from bot.rules.vocabulary import Role
from bot.services import applications, exams, people, proposals, worklist
from tests.services.test_services_applications import drafted
from tests.services.test_services_documents import pdf_text
from tests.support.appealing import case_of, granted
from tests.support.clock import local
from tests.support.people import exam
from tests.support.refusals import refused

GIVEN, RIGHT = local("2026-12-28 10:00"), local("2026-12-29 15:00")


def proposed(hall, at=GIVEN, grade="", case_id=None):
    case_id = case_id or granted(hall)
    return hall.do(proposals.decision, hall.chair, case_id, "Жаңа күн беріледі", grade, at)


def confirmed(hall, seen, me=None, origin=None):
    case_id, _ = hall.do(proposals.confirm, me or hall.chair, seen.id, seen.turn, origin or hall.origin())
    return case_id


def given(hall):
    """A granted appeal whose new date stands and has been told."""
    case_id = confirmed(hall, proposed(hall))
    hall.tick()
    hall.sent()
    return case_id


def mend(hall, case_id, at=RIGHT, me=None):
    seen = hall.do(proposals.correction, me or hall.chair, case_id, at)
    confirmed(hall, seen, me)
    return seen


def mine(hall, messages):
    return [m.text for m in messages if m.user_id == hall.me.user_id]


def test_review__stores_nothing_and_shows_what_speaks_against_it(faculty):
    faculty.add_exams(exam("E2", local("2026-12-27 11:00")))
    faculty.sent()
    seen = proposed(faculty, at=local("2026-12-27 10:00"))
    assert (seen.at, seen.day_off, seen.clash.ext_id) == (local("2026-12-27 10:00"), True, "E2")
    case = case_of(faculty, seen.case_id)
    assert (case.state, case.data.get("at")) == ("waiting", None)
    assert faculty.do(exams.mine, faculty.me)[0].exam.ext_id == "E2"
    faculty.tick()
    assert not any("шешім шықты" in text for text in mine(faculty, faculty.sent()))
    weekday = proposed(faculty, case_id=seen.case_id)
    assert (weekday.id, weekday.day_off, weekday.clash) == (seen.id, False, None)


def test_confirm__stores_the_last_that_was_typed_and_a_second_tap_the_same(faculty):
    first = proposed(faculty, at=local("2027-12-28 10:00"))
    second = proposed(faculty, case_id=first.case_id)
    with refused("proposal_moved"):
        confirmed(faculty, first)
    with refused("proposal_gone"):
        confirmed(faculty, second, me=faculty.second)
    for _ in range(2):
        confirmed(faculty, second)
    case = case_of(faculty, second.case_id)
    assert (case.state, case.data["at"], case.data["reason"]) == (
        "closed", GIVEN.isoformat(), "Жаңа күн беріледі",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("grade", "at", "code"), [("", local("2026-12-22 09:00"), "sitting_past"), ("", None, "decision_bare")]
)
def test_review__what_cannot_be_stored_is_refused_at_once(faculty, grade, at, code):
    case_id = granted(faculty)
    with refused(code):
        faculty.do(proposals.decision, faculty.chair, case_id, "Негізі бар", grade, at)
    with refused("not_yours"):
        faculty.do(proposals.decision, faculty.second, case_id, "Негізі бар", "85")


def test_mend__moves_the_exam_and_tells_everybody_once(faculty):
    methodist = faculty.member("H1", Role.METHODIST, language="ru")
    case_id = given(faculty)
    before = faculty.do(exams.for_calendar, faculty.me, faculty.exam_id)[0].revision
    seen = mend(faculty, case_id)
    assert (seen.was, seen.at) == (GIVEN, RIGHT)
    confirmed(faculty, seen)
    faculty.tick()
    got = faculty.sent()
    told = [m for m in got if "түзетілді" in m.text or "исправлено" in m.text]
    assert sorted(m.user_id for m in told) == sorted(
        one.user_id for one in (faculty.me, faculty.examiner, methodist)
    )
    for message in told:
        assert "29" in message.text
        assert "28" in message.text
    [card] = faculty.do(exams.mine, faculty.me)
    assert card.exam.span == Span(RIGHT, RIGHT + dt.timedelta(hours=2))
    assert faculty.do(exams.for_calendar, faculty.me, faculty.exam_id)[0].revision > before
    papers = {(m.user_id, m.upload.name) for m in got if m.upload}
    for person in (faculty.chair, faculty.dean, faculty.registrar):
        for language in ("kk", "ru"):
            assert (person.user_id, f"AP-26-00001-correction-1-{language}.pdf") in papers
    [own] = [m.upload.content for m in got if m.upload and m.user_id == faculty.me.user_id]
    for part in ("2026 ж. 28 желтоқсан, 10:00", "2026 ж. 29 желтоқсан, 15:00", "AP-26-00001"):
        assert part in pdf_text(own)


def test_mend__reminders_follow_the_new_time_and_the_old_ones_are_silent(faculty):
    case_id = given(faculty)
    mend(faculty, case_id)
    faculty.tick()
    faculty.sent()
    for at in (
        "27 10:00",
        "28 09:00",
        "28 09:50",
        "28 11:30",
        "28 15:00",
        "29 14:00",
        "29 14:50",
        "29 16:30",
    ):
        faculty.clock.now = local(f"2026-12-{at}")
        faculty.tick()
        said = mine(faculty, faculty.sent())
        assert len(said) == (at in ("28 15:00", "29 14:00", "29 14:50", "29 16:30")), at
    assert "30 минут қалды" in said[0]


def test_mend__there_and_back_reminds_once(faculty):
    case_id = given(faculty)
    mend(faculty, case_id)
    mend(faculty, case_id, at=GIVEN)
    faculty.tick()
    faculty.sent()
    faculty.clock.now = GIVEN - dt.timedelta(hours=1)
    faculty.tick()
    assert len(mine(faculty, faculty.sent())) == 1
    assert case_of(faculty, case_id).data["corrected"] == 2


def test_mend__is_the_chairs_and_only_before_the_sitting(faculty):
    case_id = given(faculty)
    for person, code in (
        (faculty.second, "not_yours"),
        (faculty.dean, "not_yours"),
        (faculty.me, "staff_only"),
    ):
        with refused(code):
            faculty.do(proposals.correction, person, case_id, RIGHT)
    for at, code in ((GIVEN, "date_same"), (local("2026-12-22 09:00"), "sitting_past")):
        with refused(code):
            faculty.do(proposals.correction, faculty.chair, case_id, at)
    seen = faculty.do(proposals.correction, faculty.chair, case_id, RIGHT)
    faculty.clock.now = GIVEN
    with refused("date_begun"):
        confirmed(faculty, seen)


def test_mend__not_an_appeal_that_gave_no_date(faculty):
    case_id = confirmed(faculty, proposed(faculty, at=None, grade="85"))
    with refused("not_now"):
        faculty.do(proposals.standing, faculty.chair, case_id)


def test_mend__is_in_the_history_with_the_right_time(faculty):
    case_id = given(faculty)
    mend(faculty, case_id)
    for reader in (faculty.chair, faculty.me):
        lines = faculty.do(worklist.timeline, reader, case_id).lines
        assert ("corrected", RIGHT) in [(line.did, line.moment) for line in lines]


def test_application__is_reviewed_and_mended_by_who_answered_it(faculty):
    faculty.clock.now = local("2026-12-20 09:00")
    draft = drafted(faculty)
    case_id = faculty.do(applications.submit, faculty.me, draft.id, draft.stamp, faculty.origin())
    seen = faculty.do(proposals.decision, faculty.dean, case_id, "Өкім № 5", "", GIVEN)
    confirmed(faculty, seen, me=faculty.dean)
    with refused("not_yours"):
        faculty.do(proposals.correction, faculty.registrar, case_id, RIGHT)
    faculty.tick()
    faculty.sent()
    mend(faculty, case_id, me=faculty.dean)
    faculty.tick()
    assert [text for text in mine(faculty, faculty.sent()) if "түзетілді" in text and "29 желтоқсан" in text]
    assert faculty.do(exams.one, faculty.me, faculty.exam_id).span.start == RIGHT


@pytest.mark.parametrize(
    ("linked", "reminded"),
    [
        ("27 12:00", ["27 12:00", "28 09:00", "28 09:50", "28 11:30"]),
        ("28 09:20", ["28 09:20", "28 09:50", "28 11:30"]),
    ],
)
def test_linked_late__the_new_date_and_those_reminders_that_are_still_of_use(faculty, linked, reminded):
    """The link is the START of an invite; it comes after the date was given."""
    seen = proposed(faculty)
    faculty.sql(lambda uow: unlink(uow, faculty.me.account_id))
    confirmed(faculty, seen)
    faculty.tick()
    assert not [text for text in mine(faculty, faculty.sent()) if "шешім шықты" in text]
    faculty.clock.now = local(f"2026-12-{linked}")
    newcomer = faculty.do(people.meet, 9001, "kk")
    issued = faculty.do(people.issue_invites, secret="00" * 32)
    code = next(one.code for one in issued if one.ext_id == "S1")
    faculty.do(people.link, newcomer, code, faculty.origin())
    faculty.tick()
    told = [m.text for m in faculty.sent() if m.user_id == 9001]
    assert sum("шешім шықты" in text for text in told) == 1
    got = [linked] if any(text.startswith("⏰") for text in told) else []
    for at in ("28 09:00", "28 09:50", "28 11:30"):
        if at > linked:
            faculty.clock.now = local(f"2026-12-{at}")
            faculty.tick()
            got += [at] * len([m for m in faculty.sent() if m.user_id == 9001])
    assert got == reminded


def unlink(uow, account_id):
    """The account is nobody's any more, as before its START."""
    account = uow.people.account_by_id(account_id)
    account.person_id = None
    invite = uow.people.invite_of(account_id)
    if invite is not None:
        uow.session.delete(invite)
