"""The clock of a defence warns speaker, chair and secretary at its minutes (AYU 6.3.6, 6.3.7)."""

from bot.services import defences
from tests.services.test_services_sittings import all_there, peopled, ready
from tests.support.hall import Hall
from tests.support.timelines import at, jump

PASSED = "минут өтті"


def test_clock__speaks_at_its_minutes_to_three_people_and_stops_with_the_defence(hall: Hall) -> None:
    peopled(hall)
    all_there(hall)
    ready(hall, hall.first, hall.other)
    jump(hall, "10:00")
    hall.sent()
    hall.do(defences.begin, hall.secretary, hall.case_id, hall.first.person_id, hall.origin())
    three = {one.user_id for one in (hall.first, hall.chair, hall.secretary)}
    for minute, said in (
        (7, "завершайте"),
        (10, "баяндама уақыты бітті"),
        (13, "бітуге жақын"),
        (15, "қорғау уақыты бітті"),
    ):
        jump(hall, f"10:{minute - 1:02}:59")
        assert not [m for m in hall.sent() if PASSED in m.text]
        jump(hall, f"10:{minute:02}")
        told = [m for m in hall.sent() if PASSED in m.text]
        assert {m.user_id for m in told} == three
        assert all(f"{minute} {PASSED}" in m.text and "10:15" in m.text for m in told)
        assert minute == 7 or all(said in m.text for m in told)
    hall.do(defences.end, hall.secretary, hall.case_id, hall.origin())
    jump(hall, "10:30")
    hall.do(defences.begin, hall.secretary, hall.case_id, hall.other.person_id, hall.origin())
    hall.do(defences.end, hall.secretary, hall.case_id, hall.origin())
    jump(hall, "10:40")
    assert not [m for m in hall.sent() if PASSED in m.text]


def test_clock__that_was_asleep_says_nothing_of_the_past(hall: Hall) -> None:
    peopled(hall)
    all_there(hall)
    ready(hall, hall.first)
    hall.clock.now = at("10:00")
    hall.tick()
    hall.sent()
    hall.do(defences.begin, hall.secretary, hall.case_id, hall.first.person_id, hall.origin())
    hall.do(defences.end, hall.secretary, hall.case_id, hall.origin())
    jump(hall, "10:12")
    assert not [m for m in hall.sent() if PASSED in m.text]
