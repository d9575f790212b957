"""The table of rights: every route stands in it once, and it lets pass nobody else."""

import pytest

import handlers
from bot.clock import zone
from bot.errors import Refusal
from bot.rules import access, rehearsal, rights
from bot.rules.access import Actor
from bot.rules.rights import GUEST, STUDENT, Right, Whose
from bot.rules.vocabulary import PersonKind, Role

TABLES = [
    (handlers.COMMANDS, rights.COMMANDS),
    (handlers.TAPS, rights.TAPS),
    (handlers.GROUPS, rights.GROUPS),
    (handlers.GROUP_TAPS, rights.GROUP_TAPS),
]
ACTORS = {
    GUEST: Actor(1, None, None, frozenset()),
    STUDENT: Actor(2, 20, PersonKind.STUDENT, frozenset(Role)),
    "colleague": Actor(3, 30, PersonKind.STAFF, frozenset()),
    **{role: Actor(4, 40, PersonKind.STAFF, frozenset({role})) for role in Role},
}
CODES = {
    GUEST: {"link_first"},
    STUDENT: {"staff_only", "helpers_only", "leads_only"},
    "colleague": {
        "staff_only", "students_only", "helpers_only", "leads_only", "admins_only", "deans_only"
    },
}  # fmt: skip


@pytest.mark.parametrize(("handled", "table"), TABLES, ids=["commands", "taps", "groups", "group taps"])
def test_table__has_a_row_for_every_route_and_for_nothing_else(handled, table):
    assert table.keys() == handled.keys(), "say in bot/rules/rights.py who may"


def told(actor, right):
    try:
        access.admit(actor, right)
    except Refusal as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(("handled", "table"), TABLES, ids=["commands", "taps", "groups", "group taps"])
def test_every_pair__is_let_pass_or_refused_as_the_row_says(handled, table):
    for route, right in table.items():
        for name, actor in ACTORS.items():
            code = told(actor, right)
            may = name in right.who or (name not in (GUEST, STUDENT) and "colleague" in right.who)
            assert (code == "") == (may or right.asks), (route, name, code)
            assert not code or code in CODES.get(name, CODES["colleague"]), (route, name, code)


def test_route__that_stands_in_no_row_is_open_to_nobody():
    assert {told(actor, None) for actor in ACTORS.values()} == {"not_now"}


def test_roles__add_up():
    both = Actor(5, 50, PersonKind.STAFF, frozenset({Role.EXAMINER, Role.VOLUNTEER}))
    assert told(both, rights.HELP_DESK) == ""
    assert told(both, rights.ADMINS) == "admins_only"


def test_emergency__is_never_stopped_at_the_door():
    assert {name for name, right in rights.COMMANDS.items() if right.asks} == {"sos"}
    assert {name for name, right in rights.TAPS.items() if right.asks} == {"sx", "sf", "sg", "st"}


def test_rows__nobody_without_a_link_reaches_what_belongs_to_others():
    for table in (rights.COMMANDS, rights.TAPS, rights.GROUPS, rights.GROUP_TAPS):
        for route, right in table.items():
            if GUEST in right.who:
                assert right.whose in (Whose.NOBODYS, Whose.OWN), route
            assert isinstance(right, Right)


@pytest.mark.parametrize("key", [0, 1, 3_652_059, 10**15])
def test_days__at_the_ends_of_time_are_no_days(key):
    """A forged button of the rehearsal's list names any number for a day."""
    with pytest.raises(ValueError, match=r"no day|ordinal"):
        rehearsal.span_of("day", key, zone("Asia/Almaty"))


def test_refusal__tells_a_student_whose_desk_it_is():
    student = frozenset({rights.STUDENT})
    assert rights.refusal_for(rights.HELP_DESK, student) == "helpers_only"
    assert rights.refusal_for(rights.DESK_LEADS, student) == "leads_only"
    assert rights.refusal_for(rights.DEANERY, student) == "staff_only"
    assert rights.refusal_for(Right(rights.STAFF, Whose.FACULTY), student) == "staff_only"


def test_rows__are_one_a_name():
    right = rights.BOARDS
    assert rights._rows((right, "a b")) == {"a": right, "b": right}
    with pytest.raises(AssertionError):
        rights._rows((right, "a"), (right, "b a"))
