"""A day of defences: identification, order, the clock, votes, the technical act, protocol and results."""

import pytest

from bot.rules.sittings import ABSENT, DONE, PAUSED, SPEAKING, WAITING
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.services import ballots, defences, sitting_papers, sittings
from tests.services.test_services_documents import docx_text, pdf_text
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.refusals import refused
from tests.support.scenes import played


@played
def peopled(hall: Hall) -> Hall:
    hall.secretary = hall.member("K1", Role.SECRETARY)
    hall.chair = hall.member("C1", Role.COMMISSION_CHAIR)
    hall.second = hall.member("M1", Role.COMMISSION_MEMBER, language="ru")
    hall.third = hall.member("M2", Role.COMMISSION_MEMBER)
    hall.dean = hall.member("D1", Role.DEAN)
    hall.first, hall.other = hall.student("S1"), hall.student("S2")
    values = {"kind": ExamKind.THESIS_DEFENCE, "attestation": Attestation.FINAL, "examiners": ()}
    hall.clock.now = local("2026-12-21 09:00")
    hall.add_exams(exam("E1", local("2026-12-21 10:00"), duration_min=300, **values))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.case_id = hall.do(sittings.open_sitting, hall.secretary, hall.exam_id).id
    hall.tick()
    hall.sent()
    return hall


@pytest.fixture
def day(hall):
    return peopled(hall)


@pytest.fixture
def ministry(database_url):
    with Hall(database_url, profile="ministry") as opened:
        yield peopled(opened)


def all_there(hall):
    for one in (hall.chair, hall.second, hall.third):
        hall.do(sittings.attend, hall.secretary, hall.case_id, one.person_id, hall.origin())


def ready(hall, *students):
    hall.clock.now = max(hall.clock(), local("2026-12-21 09:30"))
    for student in students:
        for what in hall.do(ballots.look, hall.secretary, hall.case_id).rules.checks:
            hall.do(sittings.identify, hall.secretary, hall.case_id, student.person_id, what, hall.origin())


def spoken(hall, student):
    hall.do(defences.begin, hall.secretary, hall.case_id, student.person_id, hall.origin())
    hall.clock.now = hall.clock() + (local("2026-12-21 00:12") - local("2026-12-21 00:00"))
    hall.do(defences.end, hall.secretary, hall.case_id, hall.origin())


def asked(hall, student, what, *, secret=False):
    hall.do(
        ballots.open_ballot,
        hall.secretary,
        hall.case_id,
        student.person_id,
        what,
        hall.origin(),
        secret=secret,
    )


def vote(hall, me, student, what, choice):
    return hall.do(ballots.vote, me, hall.case_id, student.person_id, what, choice, hall.origin())


def voted(hall, student, grades, degrees=("yes", "yes", "yes"), *, secret=False):
    people = (hall.chair, hall.second, hall.third)
    for what, choices in (("grade", grades), ("degree", degrees)):
        asked(hall, student, what, secret=secret and what == "degree")
        for me, choice in zip(people, choices, strict=True):
            vote(hall, me, student, what, choice)


def seen(hall):
    return hall.do(ballots.look, hall.secretary, hall.case_id)


def test_list__is_the_secretarys_and_the_commissions(day):
    assert [e.ext_id for e in day.do(sittings.listed, day.secretary)] == ["E1"]
    assert day.do(sittings.listed, day.dean) == []
    view = seen(day)
    assert [one.name for one in view.defenders] == ["Студент S1", "Студент S2"]
    assert [(seat.name, seat.chair) for seat in view.seats] == [
        ("Қызметкер C1", True), ("Қызметкер M1", False), ("Қызметкер M2", False)
    ]  # fmt: skip
    assert day.do(sittings.open_sitting, day.secretary, day.exam_id).id == day.case_id
    assert day.do(sittings.open_sitting, day.chair, day.exam_id).part == "chair"
    with refused("not_your_exam"):
        day.do(sittings.open_sitting, day.dean, day.exam_id)
    for one in (day.chair, day.dean):
        with refused("not_yours"):
            day.do(sittings.attend, one, day.case_id, day.second.person_id, day.origin())


def test_identification__opens_thirty_minutes_before_with_the_sources_list(day):
    person = day.first.person_id
    with refused("sitting_early") as said:
        day.do(sittings.identify, day.secretary, day.case_id, person, "face", day.origin())
    assert said.value.params == {"time": local("2026-12-21 09:30")}
    assert seen(day).rules.checks == {
        "face": "AYU 6.5.2", "document": "AYU 6.5.3", "alone": "AYU 6.5.4", "room": "AYU 6.5.5"
    }  # fmt: skip
    ready(day, day.first)
    one = seen(day).defender(person)
    assert one.identified_at == local("2026-12-21 09:30")
    day.do(sittings.identify, day.secretary, day.case_id, person, "room", day.origin())
    assert seen(day).defender(person).identified_at is None


def test_begin__needs_the_chair_and_an_identified_student_and_nobody_else_speaking(day):
    person = day.first.person_id
    with refused("sitting_no_chair"):
        day.do(defences.begin, day.secretary, day.case_id, person, day.origin())
    all_there(day)
    with refused("sitting_unidentified"):
        day.do(defences.begin, day.secretary, day.case_id, person, day.origin())
    ready(day, day.first, day.other)
    day.do(defences.begin, day.secretary, day.case_id, person, day.origin())
    with refused("sitting_speaks"):
        day.do(defences.begin, day.secretary, day.case_id, day.other.person_id, day.origin())
    day.do(defences.end, day.secretary, day.case_id, day.origin())
    with refused("sitting_done"):
        day.do(defences.begin, day.secretary, day.case_id, person, day.origin())
    with refused("sitting_nobody"):
        day.do(defences.end, day.secretary, day.case_id, day.origin())


def test_order__is_changed_by_a_tap_and_who_does_not_come_is_left_out(day):
    person = day.other.person_id
    origin = day.origin()
    for _ in range(2):
        view = day.do(sittings.earlier, day.secretary, day.case_id, person, origin)
    assert [one.name for one in view.defenders] == ["Студент S2", "Студент S1"]
    view = day.do(sittings.absent, day.secretary, day.case_id, person, day.origin())
    assert view.defender(person).state == ABSENT
    view = day.do(sittings.absent, day.secretary, day.case_id, person, day.origin())
    assert view.defender(person).state == WAITING


def test_break__stops_the_clock_and_the_student_goes_on_with_what_was_left(day):
    all_there(day)
    ready(day, day.first)
    start = day.clock()
    day.do(defences.begin, day.secretary, day.case_id, day.first.person_id, day.origin())
    day.forward(minutes=6, step_seconds=60)
    day.do(defences.pause, day.secretary, day.case_id, day.origin())
    day.forward(minutes=20, step_seconds=600)
    assert seen(day).defender(day.first.person_id).state == PAUSED
    assert not [m for m in day.sent() if "минут өтті" in m.text]
    day.do(defences.go_on, day.secretary, day.case_id, day.origin())
    pending = day.sql(lambda uow: uow.case_timers.pending(day.case_id))
    assert {k: (v - day.clock()).total_seconds() / 60 for k, v in pending.items()} == {
        "talk_soon": 1, "talk_end": 4, "total_soon": 7, "total_end": 9
    }  # fmt: skip
    day.forward(minutes=2, step_seconds=60)
    day.do(defences.end, day.secretary, day.case_id, day.origin())
    one = seen(day).defender(day.first.person_id)
    assert (one.state, one.used, one.began_at) == (DONE, 8 * 60, start)


def test_vote__one_each_counted_logged_and_open_where_the_source_wants_it(day):
    all_there(day)
    ready(day, day.first)
    with refused("sitting_not_spoken"):
        asked(day, day.first, "grade")
    spoken(day, day.first)
    with refused("ballot_not_secret"):
        asked(day, day.first, "degree", secret=True)
    asked(day, day.first, "grade")
    day.tick()
    cards = [m for m in day.sent() if any("mm:" in data for data in m.data)]
    assert {m.user_id for m in cards} == {day.chair.user_id, day.second.user_id, day.third.user_id}
    vote(day, day.chair, day.first, "grade", "excellent")
    with refused("ballot_voted"):
        vote(day, day.chair, day.first, "grade", "good")
    for one in (day.secretary, day.dean):
        with refused("not_yours"):
            vote(day, one, day.first, "grade", "good")
    with refused("act_moved"):
        vote(day, day.second, day.first, "grade", "yes")
    vote(day, day.second, day.first, "grade", "good")
    view = vote(day, day.third, day.first, "grade", "good")
    (ballot,) = view.defender(day.first.person_id).ballots
    assert (ballot.result, ballot.tally) == ("good", {"excellent": 1, "good": 2})
    assert ballot.choices["Қызметкер C1"] == "excellent"
    events = day.sql(lambda uow: [e for e in uow.cases.events(day.case_id) if e.action == "voted"])
    assert [(e.actor_id, e.detail["vote"]) for e in events] == [
        (day.chair.person_id, "excellent"), (day.second.person_id, "good"), (day.third.person_id, "good")
    ]  # fmt: skip


def test_vote__handled_twice_by_one_update_counts_once(day):
    all_there(day)
    ready(day, day.first)
    spoken(day, day.first)
    asked(day, day.first, "grade")
    origin = day.origin()
    for _ in range(2):
        day.do(ballots.vote, day.chair, day.case_id, day.first.person_id, "grade", "good", origin)
    assert seen(day).defender(day.first.person_id).ballots[0].tally == {"good": 1}


def test_vote__secret_keeps_no_choice_anywhere_in_its_rows(ministry):
    all_there(ministry)
    ready(ministry, ministry.first)
    spoken(ministry, ministry.first)
    asked(ministry, ministry.first, "degree", secret=True)
    people = (ministry.chair, ministry.second, ministry.third)
    for one, choice in zip(people, ("yes", "no", "yes"), strict=True):
        vote(ministry, one, ministry.first, "degree", choice)
    case = ministry.sql(lambda uow: uow.cases.get(ministry.case_id))
    (kept,) = case.data["ballots"].values()
    assert "by" not in kept
    assert kept["tally"] == {"yes": 2, "no": 1}
    events = ministry.sql(lambda uow: [e for e in uow.cases.events(ministry.case_id) if e.action == "voted"])
    assert [e.actor_id for e in events] == [one.person_id for one in people]
    assert all("vote" not in e.detail for e in events)
    assert seen(ministry).defender(ministry.first.person_id).ballots[0].choices == {}


def test_vote__secret_takes_the_choice_out_of_the_tap_that_was_kept(ministry):
    all_there(ministry)
    ready(ministry, ministry.first)
    spoken(ministry, ministry.first)
    asked(ministry, ministry.first, "degree", secret=True)
    person = ministry.first.person_id
    tap = {"callback_query": {"id": "1", "data": f"mm:{ministry.case_id}:{person}:degree:no"}}

    def kept(uow):
        uow.inbox.store(1, ministry.clock(), [(7, 7, tap)])
        (row,) = uow.inbox.waiting(1, 0, 9)
        return row.id

    origin = ministry.sql(kept)
    for choice in ("no", "-"):
        view = ministry.do(ballots.vote, ministry.chair, ministry.case_id, person, "degree", choice, origin)
    assert view.defender(person).ballots[0].tally == {"no": 1}
    payload = ministry.sql(lambda uow: uow.inbox.get(origin).payload)
    assert payload["callback_query"]["data"] == f"mm:{ministry.case_id}:{person}:degree:-"


def test_tie__is_the_chairs_and_nobody_elses(day):
    all_there(day)
    day.do(sittings.attend, day.secretary, day.case_id, day.third.person_id, day.origin())
    ready(day, day.first)
    spoken(day, day.first)
    asked(day, day.first, "grade")
    vote(day, day.chair, day.first, "grade", "good")
    view = vote(day, day.second, day.first, "grade", "excellent")
    (ballot,) = view.defender(day.first.person_id).ballots
    assert (ballot.result, set(ballot.tied)) == ("", {"good", "excellent"})
    args = (day.case_id, day.first.person_id, "grade")
    for one in (day.secretary, day.second):
        with refused("not_yours"):
            day.do(ballots.settle, one, *args, "good", day.origin())
    with refused("act_moved"):
        day.do(ballots.settle, day.chair, *args, "unsatisfactory", day.origin())
    view = day.do(ballots.settle, day.chair, *args, "excellent", day.origin())
    (ballot,) = view.defender(day.first.person_id).ballots
    assert (ballot.result, ballot.by_chair) == ("excellent", True)


def test_failure__act_goes_to_the_whole_commission_at_once(day):
    all_there(day)
    ready(day, day.first)
    day.do(defences.begin, day.secretary, day.case_id, day.first.person_id, day.origin())
    day.do(defences.pause, day.secretary, day.case_id, day.origin())
    with refused("act_text_empty"):
        day.do(defences.failure, day.secretary, day.case_id, "…", day.origin())
    origin = day.origin()
    for _ in range(2):
        day.do(defences.failure, day.secretary, day.case_id, "Zoom ашылмайды", origin)
    day.tick()
    got = [m for m in day.sent() if m.upload and "-act-" in m.upload.name]
    assert {m.user_id for m in got} == {
        one.user_id for one in (day.chair, day.second, day.third, day.secretary)
    }
    assert len(got) == 4 * 4
    texts = [pdf_text(m.upload.content) for m in got if m.upload.name.endswith("kk.pdf")]
    for part in ("Zoom ашылмайды", "Студент S1", "Қызметкер C1", "AYU 6(5)", "Техникалық ақау"):
        assert all(part in text for text in texts), part


def test_announce__is_after_the_end_with_protocol_results_and_the_appeal_clock(day):
    all_there(day)
    ready(day, day.first)
    with refused("sitting_empty"):
        day.do(sitting_papers.announce, day.secretary, day.case_id, day.origin())
    spoken(day, day.first)
    with refused("sitting_unfinished"):
        day.do(sitting_papers.announce, day.secretary, day.case_id, day.origin())
    voted(day, day.first, ("excellent", "excellent", "good"))
    day.do(sittings.absent, day.secretary, day.case_id, day.other.person_id, day.origin())
    day.tick()
    day.sent()
    for one in (day.chair, day.second):
        with refused("not_yours"):
            day.do(sitting_papers.announce, one, day.case_id, day.origin())
    for _ in range(2):
        view = day.do(sitting_papers.announce, day.secretary, day.case_id, day.origin())
    assert (view.state, view.announced_at) == ("closed", day.clock())
    day.tick()
    sent = day.sent()
    own = [m.text for m in sent if m.user_id == day.first.user_id]
    assert any("өте жақсы" in text and "берілсін" in text and "AYU 6.7.1" in text for text in own)
    assert any("AYU 6.8.1" in text for text in own)
    assert not [m for m in sent if m.user_id == day.other.user_id]
    got = [m for m in sent if m.upload and "-protocol-" in m.upload.name]
    assert {m.user_id for m in got} == {
        one.user_id for one in (day.chair, day.second, day.third, day.secretary)
    }
    by_name = {m.upload.name.rpartition("-")[2]: m.upload.content for m in got}
    for text in (pdf_text(by_name["kk.pdf"]), docx_text(by_name["kk.docx"])):
        for part in (
            "AS-26-00001",
            "Студент S1",
            "Студент S2",
            "келмеді",
            "өте жақсы",
            "берілсін",
            "Қызметкер C1",
            "3 / 3",
        ):
            assert part in text, part
    with refused("case_over"):
        day.do(defences.begin, day.secretary, day.case_id, day.other.person_id, day.origin())
    (row,) = day.do(sittings.register)
    assert [one.state for one in row.defenders] == [DONE, ABSENT]


def test_registers__appointed_and_listed_later_belong_to_the_sitting_too(day):
    day.student("S3")
    late = day.member("M3", Role.COMMISSION_MEMBER)
    view = day.do(sittings.open_sitting, day.secretary, day.exam_id)
    assert [one.name for one in view.defenders][-1] == "Студент S3"
    assert late.name in [seat.name for seat in view.seats]
    assert view.defender(day.first.person_id).state != SPEAKING
