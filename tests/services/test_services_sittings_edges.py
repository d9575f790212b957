"""A day of defences at its edges: taps too early, twice, about strangers, when nobody speaks any more."""

import pytest

from bot.rules.sittings import DONE, PAUSED, SPEAKING, WAITING
from bot.rules.vocabulary import Attestation, ExamKind
from bot.services import ballots, defences, sittings
from tests.services.test_services_sittings import all_there, asked, peopled, ready, seen, spoken, vote
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.refusals import code_of, refused

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused, and to whom, does not depend on the database."""


@pytest.fixture
def day(hall):
    return peopled(hall)


def speaking(day):
    all_there(day)
    ready(day, day.first)
    day.do(defences.begin, day.secretary, day.case_id, day.first.person_id, day.origin())
    return day.first.person_id


def actions(day):
    return [event.action for event in day.sql(lambda uow: uow.cases.events(day.case_id))]


def test_open__nobody_but_the_secretary_is_the_first_to_look(day):
    values = {"kind": ExamKind.THESIS_DEFENCE, "attestation": Attestation.FINAL, "examiners": ()}
    day.add_exams(exam("E2", local("2026-12-21 12:00"), duration_min=60, **values))
    later = day.sql(lambda uow: uow.exams.by_ext()["E2"].id)
    with refused("sitting_closed"):
        day.do(sittings.open_sitting, day.chair, later)
    assert day.do(sittings.open_sitting, day.secretary, later).part == "secretary"
    assert day.do(sittings.open_sitting, day.chair, later).part == "chair"


def test_open__of_no_exam_or_no_final_one_is_refused(day):
    day.member("T1")
    day.add_exams(exam("E3", local("2026-12-21 12:00")))
    interim = day.sql(lambda uow: uow.exams.by_ext()["E3"].id)
    for exam_id in (404, interim):
        assert code_of(day, sittings.open_sitting, day.secretary, exam_id) == "exam_gone"


@pytest.mark.parametrize("whose", ["dean", "stranger", "nobody"])
def test_strangers__belong_to_no_seat_and_no_place_of_the_list(day, whose):
    stranger = day.student("S9", group="БТ-1")
    number = {"dean": day.dean.person_id, "stranger": stranger.person_id, "nobody": 404}[whose]
    day.clock.now = local("2026-12-21 09:30")
    about = (day.secretary, day.case_id, number)
    before = seen(day)
    assert code_of(day, sittings.attend, *about, day.origin()) == "act_moved"
    assert code_of(day, sittings.identify, *about, "face", day.origin()) == "student_gone"
    assert code_of(day, sittings.earlier, *about, day.origin()) == "student_gone"
    assert code_of(day, sittings.absent, *about, day.origin()) == "student_gone"
    assert code_of(day, ballots.open_ballot, *about, "grade", day.origin(), secret=False) == "act_moved"
    assert seen(day) == before


def test_taps__of_one_update_count_once(day):
    day.clock.now = local("2026-12-21 09:30")
    first, origin = day.first.person_id, day.origin()
    for _ in range(2):
        day.do(sittings.attend, day.secretary, day.case_id, day.chair.person_id, origin)
    assert [seat.present for seat in seen(day).seats] == [True, False, False]
    origin = day.origin()
    for _ in range(2):
        day.do(sittings.identify, day.secretary, day.case_id, first, "face", origin)
    assert seen(day).defender(first).checked == ("face",)
    origin = day.origin()
    for _ in range(2):
        day.do(sittings.absent, day.secretary, day.case_id, first, origin)
    assert seen(day).defender(first).state == "absent"


def test_attend__a_second_tap_takes_it_back(day):
    for there in (True, False):
        day.do(sittings.attend, day.secretary, day.case_id, day.chair.person_id, day.origin())
        assert seen(day).seats[0].present is there


def test_identify__only_what_the_source_asks_for(day):
    day.clock.now = local("2026-12-21 09:30")
    about = (day.secretary, day.case_id, day.first.person_id)
    assert code_of(day, sittings.identify, *about, "fingerprint", day.origin()) == "act_moved"


def test_absent__is_nobody_who_has_spoken(day):
    person = speaking(day)
    about = (day.secretary, day.case_id, person)
    assert code_of(day, sittings.absent, *about, day.origin()) == "sitting_done"
    day.do(defences.end, day.secretary, day.case_id, day.origin())
    assert code_of(day, sittings.absent, *about, day.origin()) == "sitting_done"
    assert seen(day).defender(person).state == DONE


def test_earlier__the_first_of_the_list_stays_the_first(day):
    view = day.do(sittings.earlier, day.secretary, day.case_id, day.first.person_id, day.origin())
    assert [one.name for one in view.defenders] == ["Студент S1", "Студент S2"]
    assert "handed_over" not in actions(day)


def test_clock__begins_stops_goes_on_and_ends_once_an_update(day):
    all_there(day)
    ready(day, day.first)
    person = day.first.person_id
    for work, more, state in (
        (defences.begin, (person,), SPEAKING),
        (defences.pause, (), PAUSED),
        (defences.go_on, (), SPEAKING),
        (defences.end, (), DONE),
    ):
        origin = day.origin()
        for _ in range(2):
            view = day.do(work, day.secretary, day.case_id, *more, origin)
            assert view.defender(person).state == state
            day.clock.move(minutes=1)
    assert [actions(day).count(one) for one in ("outage_ended", "outage_began", "round", "kept")] == [1] * 4
    assert seen(day).defender(day.other.person_id).state == WAITING


def test_clock__that_is_asked_for_too_late_says_that_nobody_speaks(day):
    speaking(day)
    day.do(defences.end, day.secretary, day.case_id, day.origin())
    for work in (defences.pause, defences.go_on, defences.end):
        assert code_of(day, work, day.secretary, day.case_id, day.origin()) == "sitting_nobody"


def test_warning__of_a_defence_that_ended_while_it_was_on_its_way_is_not_sent(day):
    speaking(day)
    day.tick()
    day.sent()
    marks = day.sql(lambda uow: uow.case_timers.pending(day.case_id))
    day.clock.now = min(marks.values())
    day.do(lambda uow, office, now: defences.mark(uow, office, now, uow.cases.get(day.case_id), min(marks)))
    day.do(defences.end, day.secretary, day.case_id, day.origin())
    day.deliver()
    assert not [m for m in day.sent() if "минут" in m.text]


def test_failure__has_an_end(day):
    text = "я" * (defences.ACT_LETTERS + 1)
    assert code_of(day, defences.failure, day.secretary, day.case_id, text, 1) == "act_text_long"


def test_ballot__needs_the_commission_is_asked_once_and_is_seen_by_who_has_a_part(day):
    speaking(day)
    day.do(defences.end, day.secretary, day.case_id, day.origin())
    for one in (day.chair, day.second, day.third):
        day.do(sittings.attend, day.secretary, day.case_id, one.person_id, day.origin())
    with refused("sitting_no_chair"):
        asked(day, day.first, "grade")
    all_there(day)
    with refused("act_moved"):
        asked(day, day.first, "beauty")
    for _ in range(2):
        asked(day, day.first, "grade")
        vote(day, day.chair, day.first, "grade", "good") if not ballots_of(day)[0].voters else None
    assert ballots_of(day)[0].tally == {"good": 1}, "asked again, nothing is lost"
    with refused("not_yours"):
        day.do(ballots.look, day.dean, day.case_id)


def ballots_of(day):
    return seen(day).defender(day.first.person_id).ballots


def test_tie__settled_by_one_update_is_settled_once_and_nobody_votes_after_the_end(day):
    all_there(day)
    day.do(sittings.attend, day.secretary, day.case_id, day.third.person_id, day.origin())
    ready(day, day.first)
    spoken(day, day.first)
    asked(day, day.first, "grade")
    vote(day, day.chair, day.first, "grade", "good")
    vote(day, day.second, day.first, "grade", "excellent")
    origin = day.origin()
    for _ in range(2):
        day.do(ballots.settle, day.chair, day.case_id, day.first.person_id, "grade", "good", origin)
    assert (ballots_of(day)[0].result, actions(day).count("raised")) == ("good", 1)

    def close(uow):
        uow.cases.get(day.case_id).state = "closed"

    day.sql(close)
    with refused("case_over"):
        vote(day, day.second, day.first, "grade", "good")


def test_struck_off__who_has_begun_stays_in_the_protocol_and_who_has_not_leaves(day):
    all_there(day)
    third = day.student("S3")
    day.do(sittings.open_sitting, day.secretary, day.exam_id)
    ready(day, day.first, day.other)
    spoken(day, day.first)
    day.do(defences.begin, day.secretary, day.case_id, day.other.person_id, day.origin())
    for one in ("S1", "S2", "S3"):
        day.add_students(student(one, group="БТ-9"))
    left = day.do(sittings.open_sitting, day.secretary, day.exam_id)
    assert [(one.person_id, one.state) for one in left.defenders] == [
        (day.first.person_id, DONE),
        (day.other.person_id, SPEAKING),
    ]
    assert third.person_id not in {one.person_id for one in left.defenders}
    day.do(defences.end, day.secretary, day.case_id, day.origin())
    assert seen(day).defender(day.other.person_id).state == DONE
