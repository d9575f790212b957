import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import Refusal
from bot.rules.vocabulary import Attestation, ExamKind, PersonKind, Role
from bot.services import case_timers, cases, people
from bot.storage.tables import Case
from tests.support.clock import local
from tests.support.people import exam, member, student
from tests.support.refusals import refused

NINE = local("2026-12-21 09:00")
CHAIN = ["examiner", "methodist", "registrar", "deputy_dean", "dean"]


@pytest.fixture
def faculty(hall):
    """A student in a running exam; examiner, methodist and registrar with accounts, the dean without."""
    hall.reader = hall.student("S1")
    hall.examiner = hall.member("T1")
    hall.methodist = hall.member("T2", Role.METHODIST, department="")
    hall.registrar = hall.member("T3", Role.REGISTRAR, faculty="", department="")
    hall.add_staff(member("T4", Role.DEAN, department=""))
    hall.add_exams(exam("E1", NINE))
    hall.exam_id = exam_id(hall)
    hall.clock.now = local("2026-12-21 09:30")
    return hall


def exam_id(hall, ext_id="E1"):
    return hall.sql(lambda uow: uow.exams.by_ext()[ext_id].id)


def file(hall, trouble="internet", *, me=None, about=..., origin=None):
    about = hall.exam_id if about is ... else about
    return hall.do(cases.file, me or hall.reader, trouble, about, origin or hall.origin())


def frozen(hall, case):
    """The chain as it was frozen: role and ids."""

    def look(uow):
        ids = [(rung["role"], rung["people"]) for rung in uow.cases.get(case.id).chain]
        return [(role, [uow.people.get(person).ext_id for person in found]) for role, found in ids]

    return hall.sql(look)


def states(hall, case, me=None):
    chain = hall.do(cases.show, me or hall.reader, case.id).chain
    return {rung.role: rung.state for rung in chain}


def log(hall, case):
    return hall.sql(lambda uow: [event.action for event in uow.cases.events(case.id)])


def due(hall, case):
    """When the next step of the chain hears, if nobody takes the report."""
    return hall.sql(lambda uow: uow.case_timers.pending(case.id).get("climb"))


def rows(hall):
    return hall.sql(lambda uow: len(uow.cases.all()))


# Filing


def test_file__is_numbered_frozen_told_and_logged_in_one_transaction(faculty):
    case = file(faculty)
    assert (case.number, case.state, case.trouble, case.fresh, case.nobody) == (
        "FM-26-00001", "waiting", "internet", True, False,
    )  # fmt: skip
    assert (case.reporter, case.reporter_group, case.exam.ext_id) == ("Студент S1", "АЖ-23-1", "E1")
    assert [rung.role for rung in case.chain] == CHAIN
    assert states(faculty, case)["examiner"] == "told"
    assert log(faculty, case) == ["filed", "step_told"]
    assert due(faculty, case) == faculty.clock() + dt.timedelta(minutes=5)
    faculty.tick()
    [card] = faculty.sent()
    assert (card.user_id, case.number in card.text) == (faculty.examiner.user_id, True)


def test_file__numbers_go_on_and_begin_anew_with_the_local_year(faculty):
    numbers = [file(faculty, trouble).number for trouble in ("internet", "lms")]
    faculty.clock.now = local("2027-01-01 00:00")
    numbers.append(file(faculty, "device", about=None).number)
    assert numbers == ["FM-26-00001", "FM-26-00002", "FM-27-00001"]


def test_file__a_second_tap_gives_the_report_that_stands(faculty):
    first = file(faculty)
    faculty.clock.move(minutes=2)
    second = file(faculty)
    assert (second.id, second.fresh, second.filed_at) == (first.id, False, first.filed_at)
    assert (rows(faculty), log(faculty, first)) == (1, ["filed", "step_told"])


def test_file__the_same_update_again_is_the_same_fresh_report(faculty):
    first = file(faculty, origin=7)
    faculty.do(cases.take, faculty.examiner, first.id, faculty.origin())
    again = file(faculty, origin=7)
    assert (again.id, again.fresh, again.state) == (first.id, True, "taken")
    assert rows(faculty) == 1


def test_file__five_taps_at_once_are_one_report(faculty):
    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(lambda origin: file(faculty, origin=origin).id, range(1, 6)))
    assert len(set(found)) == 1
    assert rows(faculty) == 1


@pytest.mark.parametrize("other", ["trouble", "exam", "no-exam", "later", "closed", "person"])
def test_file__something_else_is_another_report(faculty, other):
    first = file(faculty)
    if other == "trouble":
        second = file(faculty, "electricity")
    elif other == "exam":
        faculty.add_exams(exam("E2", NINE))
        second = file(faculty, about=exam_id(faculty, "E2"))
    elif other == "no-exam":
        second = file(faculty, about=None)
    elif other == "later":
        faculty.clock.move(hours=3, seconds=1)
        second = file(faculty)
    elif other == "closed":
        close(faculty, first)
        second = file(faculty)
    else:
        second = file(faculty, me=faculty.student("S2"))
    assert (second.id != first.id, second.fresh) == (True, True)


def close(hall, case, state="closed"):
    def change(uow):
        uow.cases.get(case.id).state = state

    hall.sql(change)


def test_file__six_in_an_hour_are_enough_and_the_phones_are_named(faculty):
    for trouble in ("electricity", "internet", "conference", "lms", "device", "other"):
        file(faculty, trouble)
        faculty.clock.move(minutes=1)
    with refused("too_many_reports") as caught:
        file(faculty, about=None)
    assert caught.value.params == {"allowed": 6, "phones": faculty.office.policy.phones}
    assert file(faculty).number == "FM-26-00002", "a report that stands is still found"
    faculty.clock.move(minutes=54, seconds=1)
    assert file(faculty, about=None).fresh


def test_file__a_refused_one_leaves_no_trace_not_even_a_number(faculty):
    with refused("unknown_trouble"):
        file(faculty, "bad_mood")
    with refused("exam_gone"):
        file(faculty, about=999_999_999_999_999)
    faculty.add_students(student("S9", group="ИС-23-1"))
    faculty.add_exams(exam("E9", NINE, groups=("ИС-23-1",)))
    with refused("not_your_exam"):
        file(faculty, about=exam_id(faculty, "E9"))
    with refused("link_first"):
        file(faculty, me=faculty.do(people.meet, 9999, "ru"))
    assert rows(faculty) == 0
    assert file(faculty).number == "FM-26-00001"


def test_file__a_forged_trouble_is_refused(faculty):
    for trouble in ("", "INTERNET", "'; DROP TABLE cases; --", "интернет", "x" * 5000):
        with refused("unknown_trouble"):
            file(faculty, trouble)
    assert rows(faculty) == 0


def test_prepare__offers_the_troubles_and_the_exam_that_is_meant(faculty):
    faculty.add_exams(exam("E2", NINE + dt.timedelta(hours=5)))
    found = faculty.do(cases.prepare, faculty.reader)
    assert found.troubles == ("electricity", "internet", "conference", "lms", "device", "other")
    assert [brief.ext_id for brief in found.exams] == ["E1"]
    with refused("link_first"):
        faculty.do(cases.prepare, faculty.do(people.meet, 9999, ""))


# The chain


def test_chain__is_the_exams_own_people_by_department_faculty_and_university(faculty):
    faculty.add_staff(
        member("X1", Role.EXAMINER),
        member("X2", Role.METHODIST, faculty="Экономика", department=""),
        member("X3", Role.REGISTRAR, faculty="Экономика", department=""),
        member("X4", Role.DEPUTY_DEAN, faculty="Экономика"),
    )
    assert frozen(faculty, file(faculty)) == [
        ("examiner", ["T1"]),
        ("methodist", ["T2"]),
        ("registrar", ["T3"]),
        ("deputy_dean", []),
        ("dean", ["T4"]),
    ]


def test_chain__an_exam_without_faculty_takes_the_reporters(faculty):
    faculty.add_staff(member("X2", Role.METHODIST, faculty="Экономика", department=""))
    faculty.add_exams(exam("E2", NINE, faculty="", department=""))
    case = file(faculty, about=exam_id(faculty, "E2"))
    assert dict(frozen(faculty, case))["methodist"] == ["T2"]


def test_chain__a_report_without_an_exam_begins_after_the_examiners(faculty):
    case = file(faculty, about=None)
    assert frozen(faculty, case)[:2] == [("examiner", []), ("methodist", ["T2"])]
    assert states(faculty, case)["examiner"] == "skipped"
    assert states(faculty, case)["methodist"] == "told"


def test_chain__of_the_final_attestation_begins_with_the_secretary(faculty):
    faculty.member("T5", Role.SECRETARY)
    faculty.add_exams(
        exam("E2", NINE, kind=ExamKind.COMPLEX_EXAM, attestation=Attestation.FINAL, duration_min=180)
    )
    case = file(faculty, about=exam_id(faculty, "E2"))
    assert [role for role, _ in frozen(faculty, case)][:2] == ["secretary", "commission_chair"]
    assert states(faculty, case)["secretary"] == "told"


def test_chain__of_staff_is_their_own_and_never_tells_the_reporter(faculty):
    head = faculty.member("T6", Role.HEAD_OF_DEPARTMENT, Role.EXAMINER)
    case = file(faculty, me=faculty.examiner)
    assert [role for role, _ in frozen(faculty, case)][:2] == ["head_of_department", "methodist"]
    assert states(faculty, case, faculty.examiner)["head_of_department"] == "told"
    faculty.add_exams(exam("E2", NINE, examiners=("T6",)))
    other = file(faculty, me=head, about=exam_id(faculty, "E2"))
    assert dict(frozen(faculty, other))["head_of_department"] == []


def test_chain__steps_with_nobody_reachable_are_skipped_at_once(faculty):
    faculty.do(people.set_blocked, faculty.examiner.user_id, True)
    case = file(faculty)
    assert states(faculty, case) == {
        "examiner": "skipped",
        "methodist": "told",
        "registrar": "ahead",
        "deputy_dean": "ahead",
        "dean": "ahead",
    }
    faculty.tick()
    assert [message.user_id for message in faculty.sent()] == [faculty.methodist.user_id]


def test_chain__nobody_reachable_is_said_and_leaves_no_timer(hall):
    hall.reader = hall.student("S1")
    hall.add_staff(member("T1"))
    hall.add_exams(exam("E1", NINE))
    case = hall.do(cases.file, hall.reader, "internet", exam_id(hall), 1)
    assert (case.nobody, case.state) == (True, "waiting")
    assert set(states(hall, case).values()) == {"skipped"}
    assert log(hall, case)[-1] == "chain_ended"
    assert due(hall, case) is None
    hall.forward(minutes=30, step_seconds=600)
    assert hall.sent() == []


def test_chain__when_it_has_nobody_those_for_that_case_are_told(hall):
    hall.reader = hall.student("S1")
    hall.add_staff(member("T1"))
    admin = hall.member("T9", Role.ADMIN, faculty="", department="")
    hall.add_exams(exam("E1", NINE))
    case = hall.do(cases.file, hall.reader, "internet", exam_id(hall), 1)
    assert not case.nobody
    assert states(hall, case)["admin"] == "told"
    hall.tick()
    assert [message.user_id for message in hall.sent()] == [admin.user_id]


def test_chain__is_frozen_against_later_changes_of_the_registers(faculty):
    case = file(faculty)
    before = frozen(faculty, case)
    faculty.add_staff(member("T2", Role.VOLUNTEER), member("X2", Role.METHODIST, department=""))
    faculty.add_exams(exam("E1", NINE, examiners=("X2",)))
    assert frozen(faculty, case) == before
    faculty.clock.move(minutes=5)
    faculty.tick()
    assert faculty.methodist.user_id in [message.user_id for message in faculty.sent()]


# Escalating


def at(hall, **delta):
    """Everybody who got a card at this moment."""
    hall.clock.move(**delta)
    hall.tick()
    return sorted(message.user_id for message in hall.sent() if message.user_id != hall.reader.user_id)


def test_escalation__goes_on_every_five_minutes_until_the_end(faculty):
    case = file(faculty)
    assert at(faculty) == [faculty.examiner.user_id]
    assert at(faculty, minutes=4, seconds=59) == []
    assert at(faculty, seconds=1) == [faculty.methodist.user_id]
    assert at(faculty, minutes=4, seconds=59) == []
    assert at(faculty, seconds=1) == [faculty.registrar.user_id]
    assert at(faculty, minutes=5) == []
    assert log(faculty, case)[-3:] == ["step_skipped", "step_skipped", "chain_ended"]
    assert due(faculty, case) is None
    everybody = sorted(me.user_id for me in (faculty.examiner, faculty.methodist, faculty.registrar))
    assert [at(faculty, minutes=15) for _ in range(4)] == [everybody, everybody, everybody, []]
    late = faculty.member("T7", Role.CALL_CENTER, faculty="", department="")
    assert at(faculty, minutes=15) == [], "somebody new in the registers is not in the frozen chain"
    dean = faculty.join("T4", PersonKind.STAFF)
    assert at(faculty, minutes=15) == [dean.user_id], "somebody of the chain who can be reached by now is"
    assert late.user_id not in at(faculty, hours=5)


def test_escalation__the_reporter_hears_of_each_further_step_once(faculty):
    file(faculty)
    faculty.tick()
    heard = []
    for _ in range(2):
        faculty.clock.move(minutes=5)
        faculty.tick()
        faculty.tick()
        heard.append([m for m in faculty.sent() if m.user_id == faculty.reader.user_id])
    assert [len(messages) for messages in heard] == [1, 1]


def test_escalation__after_a_pause_of_the_program_goes_one_step_not_all(faculty):
    file(faculty)
    faculty.tick()
    faculty.sent()
    assert at(faculty, hours=2) == [faculty.methodist.user_id]
    assert at(faculty, minutes=5) == [faculty.registrar.user_id]


@pytest.mark.parametrize("minutes", [0.05, 1.5])
def test_escalation__fractions_of_a_minute_by_the_operators_file(governed, minutes):
    hall = governed(f"force_majeure: {{acknowledge_minutes: {minutes}}}")
    hall.reader = hall.student("S1")
    first, second = hall.member("T1"), hall.member("T2", Role.METHODIST)
    hall.add_exams(exam("E1", NINE))
    hall.do(cases.file, hall.reader, "internet", exam_id(hall), 1)
    assert at(hall) == [first.user_id]
    assert at(hall, seconds=minutes * 60 - 0.001) == []
    assert at(hall, seconds=0.001) == [second.user_id]


def test_escalation__another_chain_by_the_operators_file(governed):
    hall = governed("force_majeure: {chains: {interim: {student: [dean]}}, nobody: [admin]}")
    hall.reader = hall.student("S1")
    hall.member("T1")
    dean = hall.member("T2", Role.DEAN)
    hall.add_exams(exam("E1", NINE))
    case = hall.do(cases.file, hall.reader, "internet", exam_id(hall), 1)
    assert frozen(hall, case) == [("dean", ["T2"])]
    assert at(hall) == [dean.user_id]


def test_escalation__stops_when_somebody_takes_the_report(faculty):
    case = file(faculty)
    at(faculty)
    faculty.do(cases.take, faculty.examiner, case.id, faculty.origin())
    assert due(faculty, case) is None
    assert at(faculty, minutes=4, seconds=59) == []


# Taking


def test_take__the_reporter_and_everybody_told_learn_who(faculty):
    case = file(faculty)
    at(faculty)
    at(faculty, minutes=5)
    taken = faculty.do(cases.take, faculty.methodist, case.id, faculty.origin())
    assert (taken.state, taken.holder, taken.taken_at, taken.fresh) == (
        "taken", "Қызметкер T2", faculty.clock(), True,
    )  # fmt: skip
    faculty.tick()
    assert sorted((m.user_id, m.edits is not None) for m in faculty.sent()) == sorted(
        [(faculty.reader.user_id, False), (faculty.reader.user_id, True), (faculty.examiner.user_id, False)]
    )


def test_take__a_second_tap_of_the_holder_changes_nothing(faculty):
    case = file(faculty)
    first = faculty.do(cases.take, faculty.examiner, case.id, 7)
    faculty.clock.move(minutes=1)
    for origin in (7, 8):
        again = faculty.do(cases.take, faculty.examiner, case.id, origin)
        assert (again.fresh, again.taken_at) == (False, first.taken_at)
    assert log(faculty, case).count("taken") == 1


def test_take__the_loser_learns_who_was_first(faculty):
    case = file(faculty)
    faculty.clock.move(minutes=5)
    faculty.do(case_timers.fire)
    faculty.do(cases.take, faculty.methodist, case.id, faculty.origin())
    with refused("taken_by") as caught:
        faculty.do(cases.take, faculty.examiner, case.id, faculty.origin())
    assert caught.value.params == {"name": "Қызметкер T2", "at": faculty.clock(), "number": case.number}


def test_take__of_many_at_once_one_wins(faculty):
    for number in range(5):
        faculty.add_staff(member(f"X{number}"))
    everybody = [faculty.join(f"X{number}", PersonKind.STAFF) for number in range(5)]
    faculty.add_exams(exam("E1", NINE, examiners=("T1", *(f"X{number}" for number in range(5)))))
    case = file(faculty)

    def try_it(me):
        try:
            return faculty.do(cases.take, me, case.id, me.user_id).holder
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(try_it, [*everybody, faculty.examiner]))
    assert results.count("taken_by") == 5
    assert log(faculty, case).count("taken") == 1


def test_take__only_by_staff_whom_it_was_told_to(faculty):
    case = file(faculty)
    other = faculty.student("S2")
    guest = faculty.do(people.meet, 9999, "")
    wanted = [
        (faculty.methodist, "not_yours"),
        (faculty.reader, "staff_only"),
        (other, "staff_only"),
        (guest, "link_first"),
    ]
    for me, code in wanted:
        with refused(code):
            faculty.do(cases.take, me, case.id, faculty.origin())
    assert faculty.do(cases.show, faculty.reader, case.id).state == "waiting"


@pytest.mark.parametrize("state", ["closed", "withdrawn"])
def test_take__an_old_report_is_over(faculty, state):
    case = file(faculty)
    close(faculty, case, state)
    with refused("case_over"):
        faculty.do(cases.take, faculty.examiner, case.id, faculty.origin())


@pytest.mark.parametrize("work", [cases.take, cases.add_note])
def test_case_that_is_not_there__is_gone(faculty, work):
    with refused("case_gone"):
        faculty.do(work, faculty.examiner, 999_999_999_999_999, faculty.origin())


# Notes


def note(hall, case, text="Жарық өшті", me=None, origin=None, **more):
    return hall.do(cases.add_note, me or hall.reader, case.id, origin or hall.origin(), text=text, **more)


def test_note__goes_to_everybody_told_and_stays_with_the_report(faculty):
    case = file(faculty)
    at(faculty)
    at(faculty, minutes=5)
    faculty.clock.move(seconds=10)
    seen = note(faculty, case)
    assert [(entry["text"], entry["at"]) for entry in seen.notes] == [("Жарық өшті", faculty.clock())]
    faculty.tick()
    got = faculty.sent()
    assert sorted(m.user_id for m in got) == sorted([faculty.examiner.user_id, faculty.methodist.user_id])
    assert all("Жарық өшті" in message.text for message in got)


def test_note__the_same_update_again_is_one_note(faculty):
    case = file(faculty)
    at(faculty)
    for _ in range(2):
        seen = note(faculty, case, origin=7)
    assert len(seen.notes) == 1
    faculty.tick()
    assert len(faculty.sent()) == 1


def test_note__a_file_is_kept_by_its_id(faculty):
    case = file(faculty)
    seen = note(faculty, case, "", file_id="AgAC", file_kind="photo")
    assert [(e["text"], e["file_id"], e["file_kind"]) for e in seen.notes] == [("", "AgAC", "photo")]


def test_note__any_words_stay_as_they_are(faculty):
    case = file(faculty)
    hostile = [
        "<b>&amp;</b>",
        "'); DROP TABLE cases; --",
        "{0} {name}",
        "😀" * 2048,
        "ӘҒҚҢӨҰҮҺІ",
        "\u202e\u0301\x00",
    ]
    for text in hostile:
        assert note(faculty, case, text).notes[-1]["text"] == text


def test_note__too_long_a_one_is_refused_whole(faculty):
    case = file(faculty)
    with refused("note_too_long"):
        note(faculty, case, "ә" * 4097)
    assert note(faculty, case, "ә" * 4096).notes[0]["text"] == "ә" * 4096


def test_note__only_the_reporters_and_only_while_it_is_open(faculty):
    case = file(faculty)
    for me in (faculty.examiner, faculty.student("S2")):
        with refused("not_yours"):
            note(faculty, case, me=me)
    faculty.do(cases.take, faculty.examiner, case.id, faculty.origin())
    assert len(note(faculty, case).notes) == 1
    close(faculty, case)
    with refused("case_over"):
        note(faculty, case)


# Looking


def test_show__for_the_reporter_and_those_told_only(faculty):
    case = file(faculty)
    for me in (faculty.reader, faculty.examiner):
        assert faculty.do(cases.show, me, case.id).id == case.id
    for me in (faculty.methodist, faculty.student("S2"), faculty.do(people.meet, 9999, "")):
        with refused("not_yours"):
            faculty.do(cases.show, me, case.id)
    with refused("case_gone"):
        faculty.do(cases.show, faculty.reader, 999)


def test_mine__newest_first_and_only_mine(faculty):
    other = faculty.student("S2")
    filed = [file(faculty, trouble).id for trouble in ("internet", "lms")]
    file(faculty, "lms", me=other)
    assert [case.id for case in faculty.do(cases.mine, faculty.reader)] == filed[::-1]
    with refused("link_first"):
        faculty.do(cases.mine, faculty.do(people.meet, 9999, ""))


def test_waiting_for__open_reports_that_were_told_to_the_reader(faculty):
    case, other = file(faculty), file(faculty, "lms")

    def waiting(me):
        return [found.id for found in faculty.do(cases.waiting_for, me)]

    assert waiting(faculty.examiner) == [other.id, case.id]
    assert waiting(faculty.methodist) == []
    faculty.do(cases.take, faculty.examiner, case.id, faculty.origin())
    close(faculty, other)
    assert waiting(faculty.examiner) == [case.id]
    with refused("staff_only"):
        waiting(faculty.reader)


def test_register__every_report_in_the_order_of_filing(faculty):
    filed = [file(faculty, trouble).number for trouble in ("internet", "lms")]
    assert [case.number for case in faculty.do(cases.register)] == filed


# Cards that do not arrive


def test_undelivered__the_next_step_hears_at_once(faculty):
    faculty.wire.blocked.add(faculty.examiner.user_id)
    case = file(faculty)
    assert at(faculty) == [faculty.methodist.user_id]
    assert "not_delivered" in log(faculty, case)
    assert due(faculty, case) == faculty.clock() + dt.timedelta(minutes=5)
    assert at(faculty, minutes=5) == [faculty.registrar.user_id]


def test_undelivered__somebody_else_of_the_step_is_enough(faculty):
    other = faculty.member("T5")
    faculty.add_exams(exam("E1", NINE, examiners=("T1", "T5")))
    faculty.tick()
    faculty.expect((other, "Деректер қоры"))
    faculty.wire.blocked.add(faculty.examiner.user_id)
    file(faculty)
    assert at(faculty) == [other.user_id]
    assert at(faculty, minutes=4, seconds=59) == []


def test_undelivered__everybody_of_the_step_is_not(faculty):
    other = faculty.member("T5")
    faculty.add_exams(exam("E1", NINE, examiners=("T1", "T5")))
    faculty.wire.blocked |= {faculty.examiner.user_id, other.user_id}
    file(faculty)
    assert at(faculty) == [faculty.methodist.user_id]


def test_undelivered__a_card_refused_for_good_counts_too(faculty):
    from bot.wire import ApiRefused

    faculty.wire.failures[faculty.examiner.user_id] = [ApiRefused(400, "Bad Request: something is wrong")]
    file(faculty)
    assert at(faculty) == [faculty.methodist.user_id]


def test_undelivered__blocked_before_it_was_sent_is_no_different(faculty):
    file(faculty)
    faculty.do(people.set_blocked, faculty.examiner.user_id, True)
    assert at(faculty) + at(faculty) == [faculty.methodist.user_id]


def test_undelivered__after_somebody_took_it_changes_nothing(faculty):
    case = file(faculty)
    at(faculty)
    at(faculty, minutes=5)
    faculty.do(cases.take, faculty.examiner, case.id, faculty.origin())
    faculty.do(people.set_blocked, faculty.methodist.user_id, True)
    assert at(faculty) == []
    assert faculty.do(cases.show, faculty.reader, case.id).state == "taken"
    assert faculty.sql(lambda uow: uow.session.get(Case, case.id).step) == 1
