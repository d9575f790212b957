"""The appeal commission changed by hand, and led by somebody else while its chair is away."""

import datetime as dt

import pytest

from bot.exchange.rows import ExamRow
from bot.rules.vocabulary import Role
from bot.services import commissions, imports, seats, timetable, verdicts
from bot.storage.tables import Absence
from tests.support.appealing import called, case_of, enrolled, granted, sat, submitted
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam, member
from tests.support.refusals import refused


@pytest.fixture
def odd(database_url):
    """A university whose commissions have an odd number of members (MIN 65)."""
    with Hall(database_url, profile="ministry") as hall:
        yield enrolled(hall)


def change(hall, by, case_id, out=(), into=()):
    revision = case_of(hall, case_id).revision
    return hall.do(
        seats.change,
        by,
        case_id,
        revision,
        hall.origin(),
        out=[p.person_id for p in out],
        into=[p.person_id for p in into],
    )


def seated(hall, case_id):
    data = case_of(hall, case_id).data
    return [data["chair"], *data["members"]]


def ids(*people):
    return [person.person_id for person in people]


def away(hall, person, stands_in=None, days=7):
    absence = Absence(
        person_id=person.person_id, from_at=hall.clock(), until_at=hall.clock() + dt.timedelta(days=days),
        stands_in_id=stands_in.person_id if stands_in else None,
    )  # fmt: skip
    hall.sql(lambda uow: uow.absences.add(absence))


def test_change__the_newcomer_has_the_place_the_card_and_the_invitation_who_goes_has_no_say(faculty):
    case_id = sat(faculty)
    faculty.do(commissions.vote, faculty.second, case_id, "for", faculty.origin())
    fresh = faculty.member("N1", Role.EXAMINER)
    change(faculty, faculty.chair, case_id, out=[faculty.second], into=[fresh])
    assert seated(faculty, case_id) == ids(faculty.chair, fresh, faculty.third)
    assert case_of(faculty, case_id).data["votes"] == {}
    faculty.tick()
    got = faculty.sent()
    invited = {m.user_id for m in got if m.upload and m.upload.name.endswith(".ics")}
    assert invited == {fresh.user_id}
    with refused("not_yours"):
        faculty.do(commissions.vote, faculty.second, case_id, "for", faculty.origin())
    faculty.do(commissions.vote, fresh, case_id, "against", faculty.origin())


def test_change__who_comes_for_the_chair_is_the_chair(faculty):
    case_id = called(faculty)
    fresh = faculty.member("N1", Role.APPEAL_CHAIR)
    change(faculty, faculty.registrar, case_id, out=[faculty.chair], into=[fresh])
    assert faculty.do(commissions.show, fresh, case_id).part == "chair"
    with refused("not_yours"):
        faculty.do(commissions.to_decide, faculty.chair, case_id)


def test_change__the_same_update_twice_is_done_once_and_an_old_button_not_at_all(faculty):
    case_id = called(faculty)
    fresh, later = faculty.member("N1", Role.EXAMINER), faculty.member("N2", Role.EXAMINER)
    revision, origin = case_of(faculty, case_id).revision, faculty.origin()
    wish = {"out": ids(faculty.second), "into": ids(fresh)}
    faculty.do(seats.change, faculty.chair, case_id, revision, origin, **wish)
    for again in (origin, faculty.origin()):
        with refused("case_moved"):
            faculty.do(seats.change, faculty.chair, case_id, revision, again, **wish)
    with refused("seat_gone"):
        change(faculty, faculty.chair, case_id, out=[faculty.second], into=[later])
    with refused("seat_taken"):
        change(faculty, faculty.chair, case_id, into=[fresh])
    with refused("seat_gone"):
        change(faculty, faculty.chair, case_id, into=[faculty.me])


def test_change__is_not_for_members_the_student_a_dean_or_another_facultys_registrar(faculty):
    case_id = called(faculty)
    faculty.add_staff(member("R9", Role.REGISTRAR, faculty="Заң факультеті"))
    stranger = faculty.member("R9", Role.REGISTRAR, faculty="Заң факультеті")
    for person, code in (
        (faculty.second, "not_yours"),
        (faculty.dean, "not_yours"),
        (stranger, "not_yours"),
        (faculty.me, "staff_only"),
    ):
        with refused(code):
            faculty.do(seats.shown, person, case_id)
        with refused(code):
            change(faculty, person, case_id, out=[faculty.third])


def test_change__never_the_examiner_nor_fewer_than_the_least(faculty):
    case_id = called(faculty)
    with refused("seat_conflict") as said:
        change(faculty, faculty.chair, case_id, out=[faculty.second], into=[faculty.examiner])
    assert said.value.params["reason"] == "examiner"
    with refused("seat_few") as said:
        change(faculty, faculty.chair, case_id, out=[faculty.second])
    assert said.value.params == {"needed": 3}


def test_change__odd_stays_odd_and_the_ministrys_exclusions_hold(odd):
    case_id = called(odd)
    fresh, other = odd.member("N1", Role.EXAMINER), odd.member("N2", Role.EXAMINER)
    with refused("seat_even") as said:
        change(odd, odd.chair, case_id, into=[fresh])
    assert said.value.params == {"clause": "MIN 65"}
    change(odd, odd.chair, case_id, into=[fresh, other])
    assert len(seated(odd, case_id)) == 5
    for role, reason in ((Role.COMMISSION_MEMBER, "commission_member"), (Role.DEAN, "administration")):
        barred = odd.member(f"B-{role}", role)
        with refused("seat_conflict") as said:
            change(odd, odd.chair, case_id, out=[fresh], into=[barred])
        assert said.value.params["reason"] == reason
    odd.clock.now = local("2026-12-22 10:00")
    for person in (odd.second, odd.third, fresh):
        odd.do(commissions.vote, person, case_id, "against", odd.origin())
    assert odd.do(commissions.to_decide, odd.chair, case_id) == "refused"


def test_shown__offers_the_appointed_then_whoever_is_called_so_with_what_bars_them(faculty):
    case_id = called(faculty)
    free = faculty.member("M7", Role.APPEAL_MEMBER)
    found = faculty.do(seats.shown, faculty.chair, case_id)
    assert [seat.person_id for seat in found.offered] == [free.person_id]
    found = faculty.do(seats.shown, faculty.registrar, case_id, "қызметкер t")
    assert [(seat.person_id, seat.conflict) for seat in found.offered] == [
        (faculty.examiner.person_id, "examiner")
    ]


def test_decide__not_with_somebody_who_has_become_the_examiner_since(faculty):
    case_id = granted(faculty)
    row: ExamRow = exam("E1", local("2026-12-21 09:00"), examiners=("T1", "M1"))
    faculty.do(timetable.timetable, [row])
    with refused("seat_conflict"):
        faculty.do(verdicts.decide, faculty.chair, case_id, faculty.origin(), reason="Дұрыс", grade="85")


def test_away__whoever_stands_in_leads_and_decides(faculty):
    case_id = sat(faculty)
    deputy = faculty.member("N1", Role.EXAMINER)
    away(faculty, faculty.chair, deputy)
    for person in (faculty.second, faculty.third):
        faculty.do(commissions.vote, person, case_id, "for", faculty.origin())
    assert seated(faculty, case_id) == ids(deputy, faculty.second, faculty.third)
    assert faculty.do(commissions.to_decide, deputy, case_id) == "granted"


def test_away__without_a_stand_in_or_with_the_examiner_as_one_a_member_leads(faculty):
    case_id = submitted(faculty)
    away(faculty, faculty.chair, faculty.examiner)
    faculty.forward(hours=25, step_seconds=5 * 3600)
    assert seated(faculty, case_id) == ids(faculty.second, faculty.chair, faculty.third)
    called_to = [m for m in faculty.sent() if m.user_id == faculty.second.user_id]
    assert any("отырыс" in m.text.lower() for m in called_to)
    at = local("2026-12-22 20:00")
    faculty.do(commissions.call, faculty.second, case_id, at, faculty.origin())


def test_away__everybody_is_nothing_changes_and_the_dean_hears(faculty):
    case_id = submitted(faculty)
    for person in (faculty.chair, faculty.second, faculty.third):
        away(faculty, person)
    faculty.forward(hours=50, step_seconds=10 * 3600)
    assert seated(faculty, case_id) == ids(faculty.chair, faculty.second, faculty.third)
    assert any(m.user_id == faculty.dean.user_id and "белгіленбеді" in m.text for m in faculty.sent())


def test_import__a_role_that_was_taken_away_since_does_not_unseat_anybody(faculty):
    case_id = called(faculty)
    faculty.do(imports.staff, [member("M1", Role.EXAMINER)])
    faculty.clock.now = local("2026-12-22 10:00")
    faculty.do(commissions.vote, faculty.second, case_id, "for", faculty.origin())
    assert case_of(faculty, case_id).data["votes"] == {str(faculty.second.person_id): "for"}
