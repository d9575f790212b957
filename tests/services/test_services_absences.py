"""Away until …, X stands in: who may say so, who hears in whose place, what happens to what is held."""

import datetime as dt

from bot.rules.casework import WAITING
from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Role
from bot.services import absences, cases, decisions, holding
from tests.support.clock import local
from tests.support.refusals import refused
from tests.support.running import running
from tests.support.scenes import scene

TOMORROW = local("2026-12-23 00:00")


@scene
def faculty(hall):
    """A running exam until eleven; two examiners (the first holds it), methodist, dean; one of elsewhere."""
    running(hall, methodist="T2", dean="T4")
    hall.other = hall.member("T3")
    hall.stranger = hall.member("T9", Role.DEAN, faculty="Басқа факультет", department="")
    return hall


def file(hall):
    return hall.do(cases.file, hall.reader, "internet", hall.exam_id, hall.origin())


def declare(hall, by, whom, stands_in=None, until=TOMORROW):
    return hall.do(absences.declare, by, whom.person_id, until, stands_in and stands_in.person_id)


def told(hall, me):
    return [message.text for message in hall.sent() if message.user_id == me.user_id]


def test_stand_in__hears_in_the_place_of_the_one_who_is_away_and_decides_as_one(faculty):
    declare(faculty, faculty.examiner, faculty.examiner, faculty.other)
    faculty.tick()
    assert any(
        "Сіз енді әріптесіңіздің орнындасыз: Қызметкер T1" in text for text in told(faculty, faculty.other)
    )
    case = file(faculty)
    faculty.tick()
    got = faculty.sent()
    assert any(m.user_id == faculty.other.user_id and case.number in m.text for m in got)
    assert not any(m.user_id == faculty.examiner.user_id for m in got)
    rung = faculty.do(cases.show, faculty.reader, case.id).chain[0]
    assert (rung.names, rung.instead) == (("Қызметкер T3",), ("Қызметкер T1",))
    faculty.do(holding.take, faculty.other, case.id, faculty.origin())
    faculty.do(decisions.decide, faculty.other, case.id, faculty.origin(), Ruling(Verdict.READMITTED))
    assert faculty.do(cases.show, faculty.reader, case.id).outcome == "readmitted"


def test_planned_step__shows_who_stands_in_before_it_is_told(faculty):
    declare(faculty, faculty.methodist, faculty.methodist, faculty.other)
    case = faculty.do(cases.show, faculty.reader, file(faculty).id)
    planned = next(rung for rung in case.chain if rung.role == Role.METHODIST)
    assert (planned.state, planned.names, planned.instead) == ("ahead", ("Қызметкер T3",), ("Қызметкер T2",))


def test_without_a_stand_in__the_next_step_hears_at_once(faculty):
    declare(faculty, faculty.examiner, faculty.examiner)
    case = file(faculty)
    assert [(rung.state, rung.reason) for rung in case.chain[:1]] == [("skipped", "away")]
    assert case.chain[1].state == "told"


def test_leaving__passes_on_what_waits_and_what_is_held(faculty):
    waits = file(faculty)
    faculty.tick()
    faculty.sent()
    declare(faculty, faculty.examiner, faculty.examiner, faculty.other)
    faculty.tick()
    assert any(waits.number in text for text in told(faculty, faculty.other))
    declare(faculty, faculty.examiner, faculty.examiner)
    faculty.do(holding.take, faculty.other, waits.id, faculty.origin())
    declare(faculty, faculty.other, faculty.other)
    row = faculty.sql(lambda uow: uow.cases.get(waits.id))
    assert (row.state, row.holder_id) == (WAITING, None)
    assert faculty.sql(lambda uow: uow.case_timers.pending(waits.id)), "it goes on"


def test_coming_back__ends_it_and_tells_the_stand_in_once(faculty):
    away = declare(faculty, faculty.dean, faculty.examiner, faculty.other)
    faculty.tick()
    assert any("орныңызда жоқ" in text for text in told(faculty, faculty.examiner))
    faculty.do(absences.cancel, faculty.examiner, away.id)
    faculty.do(absences.cancel, faculty.examiner, away.id)
    faculty.tick()
    got = faculty.sent()
    assert [m.user_id for m in got] == [faculty.other.user_id], "the one who said so knows it"
    faculty.clock.move(seconds=1)
    case = file(faculty)
    assert case.chain[0].names == ("Қызметкер T1",)


def test_until__passes_by_itself(faculty):
    declare(
        faculty, faculty.examiner, faculty.examiner, faculty.other, faculty.clock() + dt.timedelta(minutes=5)
    )
    faculty.clock.move(minutes=5)
    assert file(faculty).chain[0].names == ("Қызметкер T1",)


def test_who_may__oneself_the_dean_of_the_faculty_nobody_else(faculty):
    with refused("staff_only"):
        declare(faculty, faculty.reader, faculty.examiner)
    for me in (faculty.other, faculty.stranger):
        with refused("no_such_colleague"):
            declare(faculty, me, faculty.examiner)
    with refused("no_such_colleague"):
        declare(faculty, faculty.dean, faculty.reader)
    away = declare(faculty, faculty.dean, faculty.examiner, faculty.other)
    with refused("no_such_colleague"):
        faculty.do(absences.cancel, faculty.other, away.id)
    seen = faculty.do(absences.overview, faculty.dean)
    assert [(one.person.name, one.stands_in) for one in seen.others] == [("Қызметкер T1", "Қызметкер T3")]
    assert faculty.do(absences.overview, faculty.stranger).others == ()


def test_wrong__ends_and_stand_ins_are_refused(faculty):
    with refused("time_past"):
        declare(faculty, faculty.examiner, faculty.examiner, until=faculty.clock())
    with refused("away_too_long"):
        declare(faculty, faculty.examiner, faculty.examiner, until=faculty.clock() + dt.timedelta(days=93))
    for stand_in in (faculty.examiner, faculty.reader, faculty.stranger):
        with refused("no_such_colleague"):
            declare(faculty, faculty.examiner, faculty.examiner, stand_in)
    declare(faculty, faculty.other, faculty.other)
    with refused("stand_in_away"):
        declare(faculty, faculty.examiner, faculty.examiner, faculty.other)


def test_choice__offers_those_of_the_same_role_first_and_finds_by_name(faculty):
    offered = faculty.do(absences.choice, faculty.examiner, faculty.examiner.person_id, TOMORROW)
    assert offered.candidates[0].name == "Қызметкер T3"
    assert "Қызметкер T9" not in [one.name for one in offered.candidates]
    found = faculty.do(absences.choice, faculty.examiner, faculty.examiner.person_id, TOMORROW, "t4")
    assert [one.name for one in found.candidates] == ["Қызметкер T4"]
    with refused("no_such_colleague"):
        faculty.do(absences.choice, faculty.examiner, faculty.examiner.person_id, TOMORROW, "жоқ адам")
