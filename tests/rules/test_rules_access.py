import itertools

import pytest

from bot.errors import Refusal
from bot.rules.access import (
    Action,
    Actor,
    board_scope,
    gate,
    may_change_exam,
    may_end_incident,
    may_send_away,
    news_scope,
    registrar_scope,
    require,
    require_admin,
    require_changer,
    require_helper,
    require_holder,
    require_reporter,
    require_role,
    sees_board,
    speaks_for_staff,
)
from bot.rules.board import Scope
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind, Role

GUEST = Actor(1, None, None, frozenset())
STUDENT = Actor(2, 20, PersonKind.STUDENT, frozenset())
STAFF_WITHOUT_ROLE = Actor(3, 30, PersonKind.STAFF, frozenset())
EVERY_ROLE = [Actor(4, 40, PersonKind.STAFF, frozenset({role})) for role in Role]
STAFF = [STAFF_WITHOUT_ROLE, *EVERY_ROLE]
# A student whose row was somehow given roles is a student all the same.
CROWNED = Actor(5, 50, PersonKind.STUDENT, frozenset(Role))

STUDENT_MAY = {
    Action.FILE_REPORT: True,
    Action.ADD_TO_REPORT: True,
    Action.SEE_EXAMS: True,
    Action.TAKE_REPORT: False,
    Action.SEE_STAFF: False,
    Action.SEE_DELIVERIES: False,
    Action.CHANGE_EXAM: False,
    Action.SEE_BOARD: False,
    Action.APPEAL: True,
    Action.APPLY: True,
    Action.JUDGE_APPEAL: False,
    Action.DRAW_ACT: False,
    Action.HELP_OTHERS: False,
    Action.LEAD_DESK: False,
    Action.ADMINISTER: False,
}


def verdict(actor, action):
    try:
        return require(actor, action)
    except Refusal as refusal:
        return refusal.code


def test_table__speaks_of_every_action():
    assert set(STUDENT_MAY) == set(Action)


@pytest.mark.parametrize("action", list(Action))
def test_guest__may_nothing_that_is_not_open_to_all(action):
    assert verdict(GUEST, action) == "link_first"


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("actor", [STUDENT, CROWNED], ids=["student", "student-with-roles"])
def test_student__may_what_the_table_says(actor, action):
    assert verdict(actor, action) == (actor.person_id if STUDENT_MAY[action] else "staff_only")


@pytest.mark.parametrize(
    ("actor", "action"),
    list(itertools.product(STAFF, Action)),
    ids=lambda value: value.value if isinstance(value, Action) else "-".join(value.roles) or "no-role",
)
def test_staff__of_every_role_may_every_action_on_what_is_theirs(actor, action):
    assert verdict(actor, action) == actor.person_id


@pytest.mark.parametrize("actor", [GUEST, STUDENT, CROWNED, *STAFF], ids=lambda a: str(a.account_id))
def test_holder__only_staff_whom_the_report_was_told_to(actor):
    def code(told):
        try:
            return require_holder(actor, frozenset(told))
        except Refusal as refusal:
            return refusal.code

    if actor.kind is PersonKind.STAFF:
        assert code({actor.person_id, 99}) == actor.person_id
        assert code({99}) == code(()) == "not_yours"
    else:
        expected = "link_first" if actor is GUEST else "staff_only"
        assert code({20, 50}) == code(()) == expected


@pytest.mark.parametrize("actor", [STUDENT, *STAFF], ids=lambda a: str(a.account_id))
def test_reporter__adds_only_to_their_own(actor):
    assert require_reporter(actor, actor.person_id) == actor.person_id
    with pytest.raises(Refusal) as refused:
        require_reporter(actor, 99)
    assert refused.value.code == "not_yours"


@pytest.mark.parametrize("actor", [GUEST, STUDENT, CROWNED, *STAFF], ids=lambda a: str(a.account_id))
def test_exam__is_changed_by_its_examiners_and_by_the_deans_of_its_faculty(actor):
    def may(examiners, own, its):
        allowed = may_change_exam(actor, frozenset(examiners), own, its)
        if allowed:
            assert require_changer(actor, frozenset(examiners), own, its) == actor.person_id
        else:
            with pytest.raises(Refusal, match=r"link_first|staff_only|not_your_exam"):
                require_changer(actor, frozenset(examiners), own, its)
        return allowed

    staff = actor.kind is PersonKind.STAFF
    dean = staff and bool(actor.roles & {Role.DEAN, Role.DEPUTY_DEAN})
    assert may({20, 30, 40, 50}, "A", "B") is staff
    assert may((), "A", "A") is dean
    assert may((), "", "A") is dean
    assert may((), "A", "B") is False


def test_reporter__a_guest_adds_to_nothing():
    with pytest.raises(Refusal) as refused:
        require_reporter(GUEST, 99)
    assert refused.value.code == "link_first"


@pytest.mark.parametrize("actor", [GUEST, STUDENT, CROWNED, *STAFF], ids=lambda a: str(a.account_id))
def test_administration__is_for_administrators_of_the_staff_alone(actor):
    def code():
        try:
            return require_admin(actor)
        except Refusal as refusal:
            return refusal.code

    if actor.kind is not PersonKind.STAFF:
        assert code() == ("link_first" if actor is GUEST else "staff_only")
    else:
        assert code() == (actor.person_id if Role.ADMIN in actor.roles else "admins_only")


COMMANDS = [
    "start",
    "exams",
    "steps",
    "sos",
    "my",
    "staff",
    "help",
    "lang",
    "privacy",
    "cancel",
    "text",
    "media",
]


@pytest.mark.parametrize("asked", ["", *COMMANDS])
@pytest.mark.parametrize("actor", [GUEST, STUDENT, STAFF_WITHOUT_ROLE], ids=["guest", "student", "staff"])
@pytest.mark.parametrize("consented", [True, False], ids=["agreed", "not-agreed"])
def test_gate__language_is_asked_first_but_an_emergency_never_waits(actor, asked, consented):
    found = gate(actor, asked, chosen=False, consented=consented)
    if asked not in ("start", "lang", "sos", ""):
        assert found == "language"
    else:
        assert found == "open"


@pytest.mark.parametrize(
    ("actor", "asked", "consented", "expected"),
    [
        *((STUDENT, asked, False, "consent") for asked in ("exams", "my", "staff")),
        *((STAFF_WITHOUT_ROLE, asked, False, "consent") for asked in ("exams", "my", "staff")),
        *(
            (STUDENT, asked, False, "open")
            for asked in ("sos", "steps", "help", "privacy", "start", "cancel")
        ),
        *((STUDENT, asked, True, "open") for asked in COMMANDS),
        *((GUEST, asked, False, "open") for asked in COMMANDS),
    ],
)
def test_gate__consent_stands_before_personal_functions_of_linked_people(actor, asked, consented, expected):
    assert gate(actor, asked, chosen=True, consented=consented) == expected


def test_me__is_the_actor_that_the_rules_see():
    me = Me(7, 100, "kk", True, True, 70, PersonKind.STAFF, "T1", "Аты", "", "", frozenset({Role.DEAN}))
    assert me.actor == Actor(7, 70, PersonKind.STAFF, frozenset({Role.DEAN}))
    assert Me(8, 101, "kk", False, False).actor == Actor(8, None, None, frozenset())


@pytest.mark.parametrize("actor", [GUEST, STUDENT, CROWNED, *STAFF], ids=lambda a: str(a.account_id))
@pytest.mark.parametrize("lead", [False, True])
def test_helper__only_staff_with_a_role_of_the_help_desk(actor, lead):
    allowed = {Role.CALL_CENTER, Role.ADMIN} | (set() if lead else {Role.VOLUNTEER})

    def code():
        try:
            return require_helper(actor, lead=lead)
        except Refusal as refusal:
            return refusal.code

    if actor.person_id is None:
        assert code() == "link_first"
    elif actor.kind is PersonKind.STAFF and actor.roles & allowed:
        assert code() == actor.person_id
    else:
        assert code() == ("leads_only" if lead else "helpers_only")


def answer(rule, *arguments):
    try:
        return rule(*arguments)
    except Refusal as refusal:
        return refusal.code


BOARD_OF_ALL = {
    Role.ADMIN, Role.CALL_CENTER, Role.DEAN, Role.DEPUTY_DEAN,
    Role.HEAD_OF_DEPARTMENT, Role.METHODIST, Role.REGISTRAR,
}  # fmt: skip
BOARD_OF_OWN = {Role.EXAMINER, Role.PROCTOR, Role.SECRETARY}


@pytest.mark.parametrize("actor", EVERY_ROLE, ids=lambda actor: next(iter(actor.roles)))
def test_scopes__each_office_has_its_own_part_of_the_university(actor):
    [role] = actor.roles
    sees = Scope("F") if role in BOARD_OF_ALL else Scope(own=True) if role in BOARD_OF_OWN else "staff_only"
    assert answer(board_scope, actor, "F") == sees
    assert sees_board(actor) is (role in BOARD_OF_ALL | BOARD_OF_OWN)
    registrar = role in {Role.REGISTRAR, Role.ADMIN}
    assert answer(registrar_scope, actor, "F") == (Scope("F") if registrar else "staff_only")
    dean = role in {Role.DEAN, Role.DEPUTY_DEAN, Role.ADMIN}
    assert answer(news_scope, actor, "F") == (Scope("F") if dean else "deans_only")
    assert speaks_for_staff(actor) is dean
    assert answer(require_role, actor, frozenset({Role.DEAN})) == (40 if role is Role.DEAN else "staff_only")


@pytest.mark.parametrize("rule", [board_scope, registrar_scope, news_scope])
def test_scopes__are_of_staff(rule):
    assert answer(rule, GUEST, "F") == "link_first"
    assert answer(rule, STUDENT, "F") == answer(rule, CROWNED, "F") == "staff_only"
    assert answer(require_role, CROWNED, frozenset(Role)) == "staff_only"
    assert not speaks_for_staff(CROWNED)
    assert not sees_board(STUDENT)


DEAN = Actor(6, 60, PersonKind.STAFF, frozenset({Role.DEAN}))
EXAMINER = Actor(7, 70, PersonKind.STAFF, frozenset({Role.EXAMINER}))


@pytest.mark.parametrize(
    ("actor", "faculty", "person", "theirs", "may"),
    [
        (EXAMINER, "F", 70, "F", True),
        (EXAMINER, "F", 70, "G", True),
        (EXAMINER, "F", 71, "F", False),
        (DEAN, "F", 71, "F", True),
        (DEAN, "F", 71, "G", False),
        (DEAN, "", 71, "G", True),
        (CROWNED, "F", 50, "F", False),
        (CROWNED, "", 71, "F", False),
        (GUEST, "", 71, "F", False),
    ],
)
def test_may_send_away__oneself_and_the_deanery_its_own(actor, faculty, person, theirs, may):
    assert may_send_away(actor, faculty, person, theirs) is may


@pytest.mark.parametrize(
    ("actor", "declared_by", "may"),
    [
        (EXAMINER, 70, True),
        (EXAMINER, 71, False),
        (EXAMINER, None, False),
        (Actor(8, 80, PersonKind.STAFF, frozenset({Role.CALL_CENTER})), 70, True),
        (STUDENT, 20, False),
        (CROWNED, 70, False),
        (GUEST, None, False),
    ],
)
def test_may_end_incident__who_declared_it_and_the_call_centre(actor, declared_by, may):
    assert may_end_incident(actor, declared_by) is may


def test_require__a_guest_is_asked_to_link_and_a_student_sent_away():
    everybody = frozenset({20, 50, 60, 70})
    assert answer(require_changer, GUEST, everybody, "", "") == "link_first"
    assert answer(require_changer, STUDENT, everybody, "", "") == "staff_only"
    assert answer(require_changer, EXAMINER, frozenset({71}), "F", "G") == "not_your_exam"
    assert answer(require_reporter, GUEST, 20) == "link_first"
    assert answer(require_reporter, STUDENT, 20) == 20
    assert answer(require_reporter, STUDENT, 21) == "not_yours"
