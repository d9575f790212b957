import datetime as dt

import pytest

from bot.library.check import check
from bot.library.content import CONTENT, load, profiles
from bot.library.policy import load_policy
from bot.rules.vocabulary import Attestation, ExamKind, Level, Role
from tests.support.contents import loaded

STEPS = {
    "test": 5, "test_complex": 5, "test_cyclic": 5, "oral": 8, "written": 7, "project": 6, "mini_project": 6,
    "case": 6, "essay": 7, "creative": 5, "thesis_defence": 16, "complex_exam": 14,
}  # fmt: skip
DURATIONS = {"test": 40, "test_complex": 60, "test_cyclic": 60, "written": 120, "essay": 120}
# Minutes from the start (or, "end", from the end) of the exam until which the work is to be uploaded.
UPLOADS = {
    "written": ("end", -10),
    "essay": ("end", -10),
    "project": ("start", -96 * 60),
    "mini_project": ("start", 0),
    "case": ("start", 0),
}


@pytest.fixture(scope="module")
def ayu():
    return loaded("ayu")


@pytest.fixture(scope="module")
def policy():
    return load_policy("ayu", None, CONTENT)


def test_content__has_nothing_wrong():
    assert check() == []


def test_content__every_profile_loads():
    assert set(profiles()) == {"ayu", "ukgu", "kazmkpu", "kaznmu", "ministry"}
    for profile in profiles():
        assert load(profile).policy.profile == profile


def test_ayu__students_steps_are_those_of_the_source(ayu):
    walks = {
        walk.kind: walk
        for walk in ayu.algorithms.values()
        if walk.phase == "take" and walk.actor == "student"
    }
    assert {kind: len(walk.steps) for kind, walk in walks.items()} == STEPS
    etiquette = [walk for walk in ayu.algorithms.values() if walk.phase == "etiquette"]
    assert [len(walk.steps) for walk in etiquette] == [6]


def test_ayu__every_step_and_trouble_row_has_its_clause(ayu):
    for walk in ayu.algorithms.values():
        assert all(step.clause.startswith("AYU ") for step in walk.steps)
        assert walk.fm_clause.startswith("AYU ") or walk.phase != "take"


def test_ayu__a_students_step_of_uploading_is_bound_to_the_deadline(ayu):
    for kind in UPLOADS:
        steps = ayu.algorithms[f"ayu.{kind}.take"].steps
        assert [step.event for step in steps].count("upload") == 1


def test_ayu__durations(policy):
    found = {
        kind.value: rules.duration_minutes for kind, rules in policy.kinds.items() if rules.duration_minutes
    }
    assert found == DURATIONS


def test_ayu__warnings_are_prescribed_for_two_kinds(policy):
    found = {kind.value: rules.warnings_left for kind, rules in policy.kinds.items() if rules.warnings_left}
    assert found == {"written": (30, 20, 10), "essay": (30, 20, 10)}
    assert policy.kinds[ExamKind.WRITTEN].warnings_clause == "AYU 5.2.3 conduct 7"
    assert policy.kinds[ExamKind.ESSAY].warnings_clause == "AYU 5.2.5 conduct 7"


def test_ayu__upload_moments(policy):
    found = {
        kind.value: (rules.moments["upload"].anchor, rules.moments["upload"].offset / dt.timedelta(minutes=1))
        for kind, rules in policy.kinds.items()
        if "upload" in rules.moments
    }
    assert found == UPLOADS
    assert all(rules.moments["upload"].clause for rules in policy.kinds.values() if "upload" in rules.moments)


def test_ayu__tasks_open_four_hours_before(policy):
    for kind in (ExamKind.MINI_PROJECT, ExamKind.CASE):
        moment = policy.kinds[kind].moments["task_opens"]
        assert (moment.anchor, moment.offset) == ("start", dt.timedelta(hours=-4))


def test_ayu__graduates_are_identified_half_an_hour_before(policy):
    for kind in (ExamKind.THESIS_DEFENCE, ExamKind.COMPLEX_EXAM):
        moment = policy.kinds[kind].moments["identification"]
        assert (moment.anchor, moment.offset) == ("start", dt.timedelta(minutes=-30))


def test_ayu__who_hears_of_a_trouble(policy):
    student = policy.chain(Attestation.INTERIM, "student")
    assert student.steps[:4] == (Role.EXAMINER, Role.METHODIST, Role.REGISTRAR, Role.DEPUTY_DEAN)
    assert student.clause == "AYU 5.1.11"
    staff = policy.chain(Attestation.INTERIM, "staff")
    assert staff.steps == (Role.HEAD_OF_DEPARTMENT, Role.METHODIST, Role.REGISTRAR, Role.DEPUTY_DEAN)
    assert policy.chain(Attestation.FINAL, "student").steps[0] == Role.SECRETARY


@pytest.mark.parametrize("profile", ["ukgu", "kazmkpu", "kaznmu", "ministry"])
def test_others__no_warning_and_no_number_of_ayu_is_borrowed(profile):
    policy = load_policy(profile, None, CONTENT)
    assert not any(rules.warnings_left for rules in policy.kinds.values())
    figures = [figure for rules in policy.kinds.values() for figure in rules.figures.values()]
    assert not any((figure.clause or "").startswith("AYU") for figure in figures)


def test_content__every_word_of_the_vocabulary_has_its_name(ayu):
    words = [
        ("kind", ExamKind),
        ("role", Role),
        ("level", Level),
        ("trouble", ayu.policy.force_majeure.troubles),
    ]
    for language in ayu.languages:
        missing = [f"{family}.{word}" for family, known in words for word in known
                   if not ayu.catalogue.knows(language, f"{family}.{word}")]  # fmt: skip
        assert missing == []


def test_content__words_of_every_step_in_every_language(ayu):
    for walk in ayu.algorithms.values():
        for language in ayu.languages:
            for step in walk.steps:
                words = ayu.words.step(language, step.id)
                assert words.title
                assert words.text
                assert bool(words.at_exam) is bool(words.at_kind) is bool(step.event)
            for note in walk.notes:
                assert ayu.words.note(language, note).text
