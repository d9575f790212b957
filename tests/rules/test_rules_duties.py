import pytest

from bot.rules.vocabulary import Role
from bot.rules.walk import Algorithm, Step, at_exam, duties, for_exam, offered, open_to, procedures


def algorithm(name, phase, actor, kind="", event=""):
    return Algorithm(name, kind, phase, actor, (Step(f"{name}.1", "X 1", "", event),), (), "")


TAKE_ORAL = algorithm("oral.take", "take", "student", "oral")
TAKE_TEST = algorithm("test.take", "take", "student", "test")
ETIQUETTE = algorithm("etiquette", "etiquette", "all")
PREP = algorithm("oral.prep", "prep", "examiner", "oral")
CONDUCT = algorithm("oral.conduct", "conduct", "examiner", "oral")
PROCTOR = algorithm("proctor", "proctor", "proctor", event="start")
RECORDING = algorithm("recording", "recording", "staff")
EVERYTHING = (ETIQUETTE, CONDUCT, TAKE_ORAL, RECORDING, PREP, TAKE_TEST, PROCTOR)
NOBODY = frozenset()


@pytest.mark.parametrize(
    ("shown", "roles", "is_open"),
    [
        (TAKE_ORAL, NOBODY, True),
        (ETIQUETTE, NOBODY, True),
        (PREP, NOBODY, False),
        (RECORDING, NOBODY, False),
        (PREP, frozenset({Role.EXAMINER}), True),
        (PREP, frozenset({Role.PROCTOR}), False),
        (RECORDING, frozenset({Role.PROCTOR}), True),
        (TAKE_ORAL, frozenset({Role.DEAN}), True),
    ],
    ids=lambda value: (
        getattr(value, "id", None) or str(sorted(value) if isinstance(value, frozenset) else value)
    ),
)
def test_open_to__students_walks_are_everybodys_and_others_their_roles(shown, roles, is_open):
    assert open_to(shown, roles) is is_open


def test_offered__kinds_in_their_order_then_what_has_none():
    assert offered(EVERYTHING, NOBODY) == [TAKE_TEST, TAKE_ORAL, ETIQUETTE]


def test_duties__nothing_to_choose_without_work_of_ones_own():
    assert duties(EVERYTHING, NOBODY) == []
    assert duties((TAKE_ORAL, PREP), frozenset({Role.DEAN})) == []


def test_duties__own_work_first_and_the_students_last():
    both = frozenset({Role.EXAMINER, Role.PROCTOR})
    assert duties(EVERYTHING, both) == ["prep", "conduct", "proctor", "recording", "take", "etiquette"]
    assert duties(EVERYTHING, frozenset({Role.PROCTOR})) == ["proctor", "recording", "take", "etiquette"]


def test_at_exam__of_its_kind_or_on_its_clock():
    examiner, proctor = frozenset({Role.EXAMINER}), frozenset({Role.PROCTOR})
    assert at_exam(EVERYTHING, examiner, "oral") == [PREP, CONDUCT, TAKE_ORAL]
    assert at_exam(EVERYTHING, examiner, "test") == [TAKE_TEST]
    assert at_exam(EVERYTHING, proctor, "oral") == [PROCTOR, TAKE_ORAL]
    assert at_exam(EVERYTHING, proctor, "essay") == [PROCTOR]


def test_for_exam__staff_choose_a_student_has_one_and_silence_is_nothing():
    assert for_exam(EVERYTHING, frozenset({Role.EXAMINER}), "oral") == [PREP, CONDUCT, TAKE_ORAL]
    assert for_exam(EVERYTHING, NOBODY, "oral") == [TAKE_ORAL]
    assert for_exam((TAKE_ORAL, ETIQUETTE), frozenset({Role.EXAMINER}), "oral") == [TAKE_ORAL]
    assert for_exam(EVERYTHING, NOBODY, "essay") == []
    assert for_exam(EVERYTHING, frozenset({Role.EXAMINER}), "essay") == []


def test_procedures__are_what_everybody_may_read_without_a_kind():
    assert procedures(EVERYTHING) == [ETIQUETTE]
