"""AYU's walks of staff and of graduation: every row of the source is there, with its clause."""

from zoneinfo import ZoneInfo

import pytest

from bot.rules import walk
from bot.rules.vocabulary import ExamKind, Role
from bot.rules.walk import START, WalkView
from bot.views import walks as views
from bot.views.screen import TEXT_LIMIT
from bot.views.speech import Speakers
from tests.support.clock import local
from tests.support.contents import loaded

SECTIONS = {
    "test": "5.2.1",
    "test_complex": "5.2.1",
    "test_cyclic": "5.2.1",
    "oral": "5.2.2",
    "written": "5.2.3",
    "project": "5.2.4.1",
    "mini_project": "5.2.4.2",
    "case": "5.2.4.3",
    "essay": "5.2.5",
    "creative": "5.2.6",
}
ROWS = {
    "prep": {
        "test": 8,
        "test_complex": 8,
        "test_cyclic": 8,
        "oral": 9,
        "written": 9,
        "project": 9,
        "mini_project": 9,
        "case": 9,
        "essay": 9,
        "creative": 5,
    },
    "conduct": {
        "test": 7,
        "test_complex": 7,
        "test_cyclic": 7,
        "oral": 11,
        "written": 13,
        "project": 11,
        "mini_project": 12,
        "case": 12,
        "essay": 13,
        "creative": 9,
    },
    "take": {"thesis_defence": 16, "complex_exam": 14},
    "secretary": {"thesis_defence": 16, "complex_exam": 16},
    "chair": {"thesis_defence": 10, "complex_exam": 10},
    "proctor": {"": 6},
    "zoom_recording": {"": 10},
    "materials": {"": 6},
    "lms_work": {"": 8},
}
ESSAY_PREP = ("1", "2", "3", "4", "5", "6", "6bis", "7", "8")
# Clauses with which the rows of graduation begin, in the order of the digest.
DEFENCE = (
    "6.3.1", "6.3.2", "6.10.4", "6.10.4", "6.5.4", "6.5.1", "6.5.5", "6.5.6", "6.3.4", "6.3.4", "6.3.4",
    "6.3.5", "6.3.4", "6.5.9", "6.7.1", "6.8.1",
)  # fmt: skip
COMPLEX = (
    "6.4.1", "6.10.4", "6.10.4", "6.5.4", "6.5.1", "6.5.5", "6.5.6", "6.4.2", "6.4.3", "6.4.4", "6.4.5",
    "6.5.9", "6.7.1", "6.8.1",
)  # fmt: skip
SECRETARY = (
    "6.10.3", "6.10.3", "6.10.3", "6.1", "6.1.4", "6.9.2", "6.5.1", "6.5.8", "6.3.4", "6.3.5", "6(5)",
    "6.6.3", "6.7.2", "6.9.4", "6.9.12", "6.9.3",
)  # fmt: skip
CHAIR = ("6.9.2", "6(3)", "6(4)", "6.5.5", "6.3.5", "6.6.1", "6.6.2", "6.7.1", "6.7.2", "6.7.3")
# Rows that fall on the clock: the policy's moment of the kind, or the exam's own start or end.
MOMENTS = {
    ("test", "prep"): {6: "start"},
    ("oral", "prep"): {6: "start"},
    ("written", "prep"): {6: "start"},
    ("project", "prep"): {3: "start", 5: "upload", 7: "plagiarism_result"},
    ("mini_project", "prep"): {6: "task_opens"},
    ("case", "prep"): {6: "task_opens"},
    ("essay", "prep"): {6: "start"},
    ("creative", "prep"): {2: "topic", 3: "start"},
    ("test", "conduct"): {2: "join", 5: "end"},
    ("oral", "conduct"): {2: "join", 11: "entry"},
    ("written", "conduct"): {2: "join", 6: "end", 7: "end", 8: "upload", 13: "entry"},
    ("project", "conduct"): {2: "join", 11: "entry"},
    ("mini_project", "conduct"): {2: "join", 5: "upload", 12: "entry"},
    ("case", "conduct"): {2: "join", 5: "upload", 12: "entry"},
    ("essay", "conduct"): {2: "join", 6: "end", 7: "end", 8: "upload", 13: "entry"},
    ("creative", "conduct"): {2: "join", 9: "entry"},
    ("thesis_defence", "take"): {5: "start", 6: "identification", 7: "start"},
    ("complex_exam", "take"): {4: "start", 5: "identification", 6: "start"},
    ("thesis_defence", "secretary"): {7: "identification", 8: "start"},
    ("", "proctor"): {2: "start"},
}
ACTORS = {
    "prep": "examiner",
    "conduct": "examiner",
    "materials": "examiner",
    "lms_work": "examiner",
    "proctor": "proctor",
    "secretary": "secretary",
    "chair": "commission_chair",
    "zoom_recording": "staff",
    "take": "student",
}
NOW = local("2026-12-21 09:00")


@pytest.fixture(scope="module")
def ayu():
    return loaded("ayu")


@pytest.fixture(scope="module")
def voices(ayu):
    return Speakers(ayu.catalogue, ayu.words, ZoneInfo("Asia/Almaty"))


def of_phase(ayu, phase):
    return {found.kind: found for found in ayu.algorithms.values() if found.phase == phase}


@pytest.mark.parametrize("phase", ROWS)
def test_rows__are_those_of_the_source(ayu, phase):
    found = {kind: len(one.steps) for kind, one in of_phase(ayu, phase).items()}
    assert found == {**found, **ROWS[phase]}
    assert phase == "take" or found == ROWS[phase]


@pytest.mark.parametrize("phase", ["prep", "conduct"])
@pytest.mark.parametrize("kind", SECTIONS)
def test_rows__of_a_table_begin_with_their_own_clause(ayu, phase, kind):
    steps = of_phase(ayu, phase)[kind].steps
    numbers = ESSAY_PREP if (kind, phase) == ("essay", "prep") else range(1, ROWS[phase][kind] + 1)
    wanted = [f"AYU {SECTIONS[kind]} {phase} {number}" for number in numbers]
    assert [step.clause.split(";")[0] for step in steps] == wanted


@pytest.mark.parametrize(
    ("phase", "kind", "clauses"),
    [
        ("take", "thesis_defence", DEFENCE),
        ("take", "complex_exam", COMPLEX),
        ("secretary", "thesis_defence", SECRETARY),
        ("secretary", "complex_exam", SECRETARY),
        ("chair", "thesis_defence", CHAIR),
        ("chair", "complex_exam", CHAIR),
        ("proctor", "", ("5.1.5",) * 6),
        ("zoom_recording", "", tuple(f"App C, Zoom {number}" for number in range(1, 11))),
        ("materials", "", ("App C",) * 6),
        ("lms_work", "", ("App C",) * 8),
    ],
)
def test_rows__outside_the_tables_begin_with_their_own_clause(ayu, phase, kind, clauses):
    steps = of_phase(ayu, phase)[kind].steps
    assert [step.clause.split(";")[0] for step in steps] == [f"AYU {clause}" for clause in clauses]


@pytest.mark.parametrize(("kind", "phase"), MOMENTS)
def test_rows__on_the_clock_are_bound_to_their_moment(ayu, kind, phase):
    steps = of_phase(ayu, phase)[kind].steps
    assert {n: step.event for n, step in enumerate(steps, 1) if step.event} == MOMENTS[kind, phase]


@pytest.mark.parametrize("phase", ["prep", "conduct"])
@pytest.mark.parametrize("kind", SECTIONS)
def test_trouble__the_teachers_row_of_the_kind(ayu, phase, kind):
    assert of_phase(ayu, phase)[kind].fm_clause == f"AYU {SECTIONS[kind]} FM-T"


def test_actors(ayu):
    for phase, actor in ACTORS.items():
        assert {found.actor for found in of_phase(ayu, phase).values()} == {actor}


def test_moments__of_staff_are_offered_to_no_student(ayu):
    for rules in ayu.policy.kinds.values():
        for name in ("entry", "plagiarism_result"):
            moment = rules.moments.get(name)
            assert moment is None or not moment.offers or "student" not in moment.tell


@pytest.mark.parametrize(
    ("walk_id", "number", "told"),
    [
        ("ayu.oral.conduct", 6, ["7–10 минут", "5–7 минут", "20 минут"]),
        ("ayu.creative.conduct", 5, ["7–10 минут"]),
        ("ayu.written.conduct", 7, ["30, 20, 10 минут"]),
        ("ayu.written.conduct", 13, ["24 сағат"]),
        ("ayu.test.prep", 1, ["кемінде 25"]),
        ("ayu.test_complex.prep", 1, ["әр пәнге 10"]),
        ("ayu.test_cyclic.prep", 5, ["саны: 40"]),
        ("ayu.test.prep", 4, ["40 минут"]),
        ("ayu.test_cyclic.prep", 4, ["1 сағат"]),
        ("ayu.project.prep", 7, ["24 сағат"]),
        ("ayu.project.prep", 8, ["бакалавриат – 50 %, магистратура – 70 %"]),
        ("ayu.mini_project.prep", 6, ["4 сағат", "саны: 1"]),
        ("ayu.thesis_defence.take", 6, ["30 минут"]),
        ("ayu.thesis_defence.take", 9, ["7–10 минут"]),
        ("ayu.thesis_defence.take", 10, ["15 минут"]),
        ("ayu.complex_exam.take", 8, ["2 сағат"]),
        ("ayu.complex_exam.chair", 2, ["5 сағат"]),
        ("ayu.complex_exam.chair", 10, ["2 апта"]),
    ],
)
def test_numbers__of_a_step_come_from_the_policy(ayu, voices, walk_id, number, told):
    shown = screen(ayu, voices["kk"], ayu.algorithms[walk_id], number - 1)
    for part in told:
        assert part in shown.text


def test_screens__of_every_step_fit_one_message_in_every_language(ayu, voices):
    for voice in voices.all():
        for algorithm in ayu.algorithms.values():
            for position in range(len(algorithm.steps)):
                shown = screen(ayu, voice, algorithm, position)
                assert len(shown.text) < TEXT_LIMIT / 3
                assert "{" not in shown.text


def test_phases__have_a_name_on_their_button_in_every_language(ayu):
    roles = frozenset(Role)
    phases = walk.duties(ayu.algorithms.values(), roles)
    assert {*ROWS, "etiquette"} == set(phases)
    for language in ayu.languages:
        names = [ayu.catalogue.text(language, f"walk.{phase}") for phase in phases]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 20 for name in names)


@pytest.mark.parametrize("kind", [ExamKind.THESIS_DEFENCE, ExamKind.COMPLEX_EXAM])
def test_trouble__of_a_graduate_goes_to_the_secretary(ayu, voices, kind):
    graduate = ayu.algorithms[f"ayu.{kind}.take"]
    shown = views.problem(voices["ru"], ayu.policy, WalkView(graduate, START, None))
    assert "Порядок: секретарь комиссии и председатель комиссии." in shown.text


def test_trouble__of_a_teacher_goes_to_the_head_of_department_first(ayu, voices):
    teacher = ayu.algorithms["ayu.written.conduct"]
    shown = views.problem(voices["ru"], ayu.policy, WalkView(teacher, START, None))
    assert "Порядок: заведующий кафедрой, методист, " in shown.text
    assert "AYU 5.2.3 FM-T" in shown.text


def screen(ayu, voice, algorithm, position):
    place = walk.go(START, position, len(algorithm.steps))
    return views.step(voice, ayu.policy, WalkView(algorithm, place, None), NOW)
