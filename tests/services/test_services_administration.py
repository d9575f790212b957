"""Codes, roles and values in force, for administrators alone."""

import pytest

from bot.rules.auditing import Trouble
from bot.rules.health import Around, Health, Worry
from bot.rules.vocabulary import PersonKind, Role
from bot.services import administration, people
from bot.views import administration as views
from tests.support.people import member, student
from tests.support.refusals import code_of

SECRET = "00" * 32


@pytest.fixture
def admin(hall):
    return hall.member("A1", Role.ADMIN)


def test_codes__of_students_of_staff_and_of_one_group(hall, admin):
    hall.add_students(student("S1"), student("S2", group="МТ-23-1"))
    hall.add_staff(member("T1"))
    for who, ids in (("student", {"S1", "S2"}), ("staff", {"T1"}), ("МТ-23-1", {"S2"})):
        found = hall.do(administration.invites, admin, who, SECRET)
        assert {one.ext_id for one in found} == ids
    assert hall.do(people.link, hall.do(people.meet, 900, ""), found[0].code, hall.origin()).ext_id == "S2"
    assert not hall.do(administration.invites, admin, "МТ-23-1", SECRET)
    assert code_of(hall, administration.invites, admin, "ЖОҚ", SECRET) == "no_such_group"


def test_roles__are_given_and_taken_at_once_but_not_ones_own_administration(hall, admin):
    teacher = hall.member("T1", full_name="Қанат Ерланұлы")
    [found] = hall.do(administration.find, admin, "қанат")
    shown = hall.do(administration.switch_role, admin, found.id, "dean", on=True)
    assert shown.roles == {Role.EXAMINER, Role.DEAN}
    assert hall.do(people.meet, teacher.user_id, "").roles == shown.roles
    shown = hall.do(administration.switch_role, admin, found.id, "examiner", on=False)
    assert shown.roles == {Role.DEAN}
    assert code_of(hall, administration.switch_role, admin, admin.person_id, "admin", on=False) == "own_admin"
    assert code_of(hall, administration.switch_role, admin, found.id, "rector", on=True) == "unknown_role"
    assert code_of(hall, administration.find, admin, "жоқ адам") == "nobody_found"
    student_id = hall.student("S1").person_id
    assert code_of(hall, administration.switch_role, admin, student_id, "dean", on=True) == "nobody_found"


def test_values__are_those_in_force_with_their_clause(hall, admin):
    counts = hall.do(administration.sections, admin)
    assert sum(counts.values()) == len(hall.office.policy.leaves)
    found = hall.do(administration.values, admin, "kinds.written")
    entry = next(one for one in found if one.path == "kinds.written.events.entry.offset_hours")
    assert (entry.value, entry.clause) == (24, "AYU 5.2.3 conduct 13")


@pytest.mark.parametrize("role", [Role.DEAN, Role.CALL_CENTER, Role.REGISTRAR])
def test_nobody_else__comes_in(hall, role):
    other = hall.member("X1", role)
    for work, args in (
        (administration.enter, ()),
        (administration.invites, ("student", SECRET)),
        (administration.find, ("x",)),
        (administration.switch_role, (other.person_id, "admin")),
        (administration.sections, ()),
        (administration.values, ("",)),
    ):
        options = {"on": True} if work is administration.switch_role else {}
        assert code_of(hall, work, other, *args, **options) == "admins_only"


def test_codes__a_students_kind_is_a_student(hall, admin):
    hall.add_students(student("S1"))
    [found] = hall.do(administration.invites, admin, "student", SECRET)
    assert found.kind == PersonKind.STUDENT


def test_health__says_for_the_operator_what_it_knows():
    assert Health(started=True).said() == {
        "ready": True,
        "problems": [],
        "inbox_lag_seconds": 0.0,
        "outbox_lag_seconds": 0.0,
    }
    ill = Health(True, 61, 0, ("leases",), ((Trouble.NO_TIMER, 2),), "no database")
    assert not ill.ready
    assert ill.said()["problems"] == [
        "no database",
        "2 reports: nothing would ever happen next",
        "updates or messages are waiting too long",
        "keeper leases is silent",
    ]
    assert not Health(started=False).ready


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("worry", list(Worry))
def test_health__worries_are_read_in_ones_own_language_and_by_an_operator(hall, worry, language):
    ill = Health(True, 61, more=(Around(worry, "77"),))
    (late, said) = ill.said()["problems"]
    assert not ill.ready
    text = views.health(hall.base.voices[language], ill).text
    assert said not in text
    assert late not in text
    assert ("77" in text) == ("77" in said)
    assert text.count("\n") == 4


def test_one_facultys_administrator__acts_on_its_people_alone(hall, admin):
    rector = hall.member("A0", Role.ADMIN, faculty="")
    other = hall.member("T8", faculty="Экономика", full_name="Айгүл Сәкенқызы")
    hall.add_staff(member("T1"), member("T9", faculty="Экономика"))
    hall.add_students(
        student("S1"), student("S2", faculty="Экономика", group="ЭК-1"), student("S3", faculty="Экономика")
    )
    for words in ("T8", "айгүл"):
        assert code_of(hall, administration.find, admin, words) == "nobody_found"
        assert [one.id for one in hall.do(administration.find, rector, words)] == [other.person_id]
    for person_id in (other.person_id, rector.person_id):
        assert code_of(hall, administration.colleague, admin, person_id) == "nobody_found"
        forged = (admin, person_id, "admin")
        assert code_of(hall, administration.switch_role, *forged, on=True) == "nobody_found"
    assert hall.do(people.meet, other.user_id, "").roles == {Role.EXAMINER}
    codes = {
        who: {one.ext_id for one in hall.do(administration.invites, admin, who, SECRET)}
        for who in ("student", "staff", "АЖ-23-1")
    }
    assert codes == {"student": {"S1"}, "staff": {"T1"}, "АЖ-23-1": {"S1"}}
    assert code_of(hall, administration.invites, admin, "ЭК-1", SECRET) == "no_such_group"
    whole = {one.ext_id for one in hall.do(administration.invites, rector, "student", SECRET)}
    assert whole == {"S1", "S2", "S3"}
