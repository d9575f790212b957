"""After a commission's work: whose task is whose, who has graduated, exam and defence together."""

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import aftermath as rules
from bot.rules.aftermath import MINUTES, REPORT, SHEETS, Aftermath, Task
from bot.rules.figures import GROUPS
from bot.rules.sittings import ABSENT, DEGREE, DONE, GRADE, GRADES, WAITING, Ballot, Defender
from tests.support.refusals import refused

NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)
MARKS = (5, 4, 3, 2)
EXAM, THESIS = "complex_exam", "thesis_defence"
LETTERS = dict(zip("egsu", GRADES, strict=True)) | {"-": ""}


def task(what, *, mine=False, done=False):
    return Task(what, "secretary", "", None, NOW if done else None, "N" if done else "", mine)


def aftermath(*tasks):
    return Aftermath(1, "CR-1", 1, "C", (), tasks, leads=False)


def ballot(result, what=GRADE):
    return Ballot(what, False, (), (), {}, {}, result, (), False, False)


def heard(person, result, state=DONE):
    votes = (ballot("yes", DEGREE), ballot(result)) if result else (ballot("yes", DEGREE),)
    return Defender(person, f"N{person}", "G", (), None, state, None, None, 0, votes)


def sitting(kind, *defenders):
    return SimpleNamespace(exam=SimpleNamespace(kind=kind), defenders=defenders)


def of(kind, grades, since=1):
    """People numbered from `since`, each with the first letter of a grade, `-` for none."""
    return sitting(kind, *(heard(since + n, LETTERS[letter]) for n, letter in enumerate(grades)))


def test_tasks__of_the_reader_are_what_they_have_not_done():
    seen = aftermath(task(REPORT), task(SHEETS, mine=True), task(MINUTES, mine=True))
    assert [one.what for one in seen.mine] == [SHEETS, MINUTES]
    assert aftermath(task(REPORT, done=True)).mine == ()


def test_require__a_task_of_the_readers_or_one_that_is_done_already():
    seen = aftermath(task(REPORT), task(SHEETS, mine=True), task(MINUTES, done=True))
    assert rules.require(seen, SHEETS) is seen.tasks[1]
    assert rules.require(seen, MINUTES) is seen.tasks[2]
    for what, code in ((REPORT, "not_yours"), ("x", "act_moved"), ("", "act_moved")):
        with refused(code):
            rules.require(seen, what)


def test_key__is_a_number_of_its_own_for_each_sitting_that_no_update_has_and_stays_it():
    assert rules.key(0) == -5_000_000_000_000_000_000
    assert rules.key(7) == rules.key(0) - 7


def test_grade__is_the_vote_on_the_grade_alone():
    assert rules.grade_of(heard(1, "good")) == "good"
    assert rules.grade_of(heard(1, "")) == ""


def test_counted__everybody_on_the_list_by_grade():
    found = rules.counted(of(EXAM, "eegsu-").defenders, list(MARKS))
    assert (found.total, found.counts, found.marks, found.absent) == (6, (2, 1, 1, 1), MARKS, 1)
    assert rules.counted((), MARKS) is None


@given(st.lists(st.sampled_from("egsu-"), min_size=1, max_size=60))
def test_counted__everybody_is_in_it_once(grades):
    found = rules.counted(of(EXAM, grades).defenders, MARKS)
    assert found.total == len(grades)
    assert sum(found.counts) + found.absent == len(grades)
    assert 0 <= found.quality <= found.success <= 100


def test_by_kind__everybody_of_the_sittings_of_one_kind_in_their_order():
    held = [of(EXAM, "eg"), of(THESIS, "s", 5), of(EXAM, "u", 3)]
    found = {kind: [one.person_id for one in people] for kind, people in rules.by_kind(held).items()}
    assert found == {EXAM: [1, 2, 3], THESIS: [5]}
    assert all(isinstance(people, tuple) for people in rules.by_kind(held).values())
    assert rules.by_kind([]) == {}


@pytest.mark.parametrize(
    ("exam", "defence", "wanted"),
    [
        ("egs", "eeg", {"both_excellent": 1, "excellent_good": 1, "mixed": 1}),
        ("eu-g", "uee-", {"failed": 4}),
        ("gse", "gs", {"both_good": 1, "both_satisfactory": 1}),
        ("", "eg", None),
        ("eg", "", None),
        ("", "", None),
    ],
)
def test_together__counts_whoever_had_exam_and_defence(exam, defence, wanted):
    for held in ([of(EXAM, exam), of(THESIS, defence)], [of(THESIS, defence), of(EXAM, exam)]):
        found = rules.together(held, MARKS)
        if wanted is None:
            assert found == ()
        else:
            assert [name for name, _ in found] == list(GROUPS)
            assert {name: number for name, number in found if number} == wanted


def test_together__of_marks_that_are_not_one_a_grade_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        rules.together([of(EXAM, "e"), of(THESIS, "e")], (5, 4, 3))


def test_together__gathers_the_days_of_one_kind_and_knows_other_people_apart():
    held = [of(EXAM, "e"), of(EXAM, "g", 2), of(THESIS, "g", 2), of(THESIS, "e", 9)]
    assert {name: n for name, n in rules.together(held, MARKS) if n} == {"both_good": 1}


@given(st.lists(st.tuples(st.sampled_from("egsu-"), st.sampled_from("egsu-")), min_size=1, max_size=40))
def test_together__each_is_in_one_group_and_those_that_failed_in_the_last(pairs):
    exam, defence = zip(*pairs, strict=True)
    found = dict(rules.together([of(EXAM, exam), of(THESIS, defence)], MARKS))
    assert sum(found.values()) == len(pairs)
    assert found["failed"] == sum(bool(set(pair) & set("u-")) for pair in pairs)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ([], []),
        ([of(EXAM, "egsu-")], [1, 2, 3]),
        ([of(EXAM, "egu"), of(THESIS, "ueg")], [2]),
        ([of(THESIS, "e", 7), of(EXAM, "s", 3)], [7, 3]),
        ([of(EXAM, "u"), of(THESIS, "e"), of(EXAM, "e")], []),
        ([sitting(EXAM, heard(1, "good", ABSENT), heard(2, "good", WAITING), heard(3, "good"))], [3]),
    ],
)
def test_graduates__have_passed_all_that_they_had_as_they_were_heard(held, wanted):
    assert rules.graduates(held) == wanted


def test_missing__those_who_did_not_come():
    people = (heard(1, "", ABSENT), heard(2, "good"), heard(3, "", ABSENT), heard(4, "", ABSENT))
    assert rules.missing(sitting(EXAM, *people)) == 3
    assert rules.missing(sitting(EXAM)) == 0
