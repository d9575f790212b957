"""What is tried in which order, learned from what has helped others."""

from hypothesis import given
from hypothesis import strategies as st

from bot.rules import trees
from bot.rules.trees import Fix, Line, Problem, Tally, Tried, order

FIXES = tuple(Fix(f"zoom.{name}") for name in "abcde")
PROBLEM = Problem("zoom.stuck", "zoom", FIXES)
IDS = [fix.id for fix in FIXES]

tallies = st.builds(Tally, *(st.integers(0, 200) for _ in range(3)))


def test_order__is_the_editors_while_nothing_is_known():
    assert order(PROBLEM, "", {}) == IDS


def test_order__one_lucky_answer_moves_nothing():
    assert order(PROBLEM, "", {"zoom.b": Tally(helped=1)}) == IDS


def test_order__what_helps_most_comes_first():
    counted = {"zoom.a": Tally(5, 95, 0), "zoom.d": Tally(60, 40, 0)}
    assert order(PROBLEM, "", counted)[0] == "zoom.d"
    assert order(PROBLEM, "", counted)[-1] == "zoom.a"


def test_order__what_nobody_can_do_goes_back():
    assert order(PROBLEM, "", {"zoom.a": Tally(5, 5, 90)})[0] != "zoom.a"


def test_order__only_fixes_for_the_device():
    fixes = (Fix("zoom.a", ("android",)), Fix("zoom.b"), Fix("zoom.c", ("mac", "windows")))
    problem = Problem("zoom.p", "zoom", fixes)
    assert order(problem, "android", {}) == ["zoom.a", "zoom.b"]
    assert order(problem, "mac", {}) == ["zoom.b", "zoom.c"]
    assert order(problem, "", {}) == ["zoom.a", "zoom.b", "zoom.c"]


@given(st.dictionaries(st.sampled_from(IDS), tallies))
def test_order__loses_and_repeats_nothing(counted):
    assert sorted(order(PROBLEM, "", counted)) == IDS


@given(st.dictionaries(st.sampled_from(IDS), tallies), st.sampled_from(IDS))
def test_order__helping_never_moves_a_fix_back_and_failing_never_forward(counted, fix):
    before = counted.get(fix, Tally())
    place = order(PROBLEM, "", counted).index(fix)
    better = counted | {fix: Tally(before.helped + 1, before.failed, before.cant)}
    worse = counted | {fix: Tally(before.helped, before.failed + 1, before.cant)}
    assert order(PROBLEM, "", better).index(fix) <= place <= order(PROBLEM, "", worse).index(fix)


@given(tallies, st.integers(0, 30))
def test_promise__is_a_share(tally, place):
    assert 0 < trees.promise(tally, place) < 1


def test_following__goes_on_to_the_end():
    tried = []
    for fix in IDS:
        assert trees.following(IDS, tried) == fix
        tried.append(Tried(fix, "failed"))
    assert trees.following(IDS, tried) is None


def test_suits__a_problem_of_phones_is_not_offered_on_a_mac():
    phones = Problem("phone.hot", "phone", FIXES, devices=("android", "iphone"))
    assert trees.suits(phones, "android")
    assert trees.suits(phones, "")
    assert not trees.suits(phones, "mac")


def test_dead_ends__are_those_that_more_leave_than_solve():
    lines = [
        Line("a.few", "", "", Tally(0, 4)),
        Line("a.bad", "", "", Tally(2, 9)),
        Line("a.worse", "", "", Tally(0, 9)),
        Line("a.fine", "", "", Tally(30, 9)),
        Line("a.even", "", "", Tally(9, 9)),
        Line("a.just", "", "", Tally(0, 5)),
        Line("a.bad", "a.fix", "", Tally(0, 99)),
    ]
    assert [line.problem for line in trees.dead_ends(lines, 5)] == ["a.worse", "a.bad", "a.just"]
