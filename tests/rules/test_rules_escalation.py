import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.escalation import Move, Rung, advance, narrowest, present, resolve

NOW = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)
FIVE = dt.timedelta(minutes=5)


def rung(*reachable, role="examiner", people=()):
    return Rung(role, people or reachable, reachable)


@pytest.mark.parametrize(
    ("rungs", "after", "skipped", "step"),
    [
        ([rung(1), rung(2)], -1, (), 0),
        ([rung(1), rung(2)], 0, (), 1),
        ([rung(1), rung(2)], 1, (), None),
        ([rung(1), rung(2)], 7, (), None),
        ([rung(), rung(), rung(3)], -1, (0, 1), 2),
        ([rung(people=(5,)), rung(3)], -1, (0,), 1),
        ([rung(), rung()], -1, (0, 1), None),
        ([rung(1), rung(), rung(3), rung()], 0, (1,), 2),
        ([rung(1), rung(), rung(3), rung()], 2, (3,), None),
        ([], -1, (), None),
    ],
)
def test_advance__to_the_next_step_with_somebody_reachable(rungs, after, skipped, step):
    next_at = NOW + FIVE if step is not None else None
    assert advance(rungs, after, NOW, FIVE) == Move(skipped, step, next_at)


@pytest.mark.parametrize("seconds", [0.6, 0.001, 90.5, 300])
def test_advance__the_next_one_hears_after_any_fraction_of_a_minute(seconds):
    wait = dt.timedelta(seconds=seconds)
    assert advance([rung(1), rung(2)], -1, NOW, wait).next_at == NOW + wait


CHAINS = st.lists(st.lists(st.integers(1, 9), max_size=3, unique=True).map(lambda p: rung(*p)), max_size=7)


@settings(deadline=None)
@given(CHAINS, st.none() | st.integers(-10, 60), st.booleans())
def test_advance__every_step_is_told_once_or_skipped_once_and_the_chain_ends(chain, left, at_once):
    at, told, skipped, now = -1, [], [], NOW
    until = None if left is None else NOW + dt.timedelta(minutes=left)
    for _ in range(len(chain) + 1):
        move = advance(chain, at, now, FIVE, until=until, at_once=at_once)
        skipped += move.skipped
        if move.step is None:
            break
        told += move.told
        at, now = move.told[-1], move.next_at
    assert move.step is None
    assert sorted(told + skipped) == list(range(len(chain)))
    assert told == sorted(told)
    assert all(chain[step].reachable for step in told)
    assert not any(chain[step].reachable for step in skipped)


@pytest.mark.parametrize(
    ("left", "waves"),
    [
        (None, [[0], [1], [2], [3]]),
        (-5, [[0], [1], [2], [3]]),
        (60, [[0], [1], [2], [3]]),
        (20, [[0], [1], [2], [3]]),
        (19, [[0, 1], [2], [3]]),
        (14, [[0, 1, 2], [3]]),
        (9, [[0, 1, 2, 3]]),
        (0.5, [[0, 1, 2, 3]]),
    ],
)
def test_advance__tells_together_what_the_time_left_does_not_allow_in_turn(left, waves):
    chain = [rung(number) for number in range(1, 5)]
    until = None if left is None else NOW + dt.timedelta(minutes=left)
    at, now, seen = -1, NOW, []
    while (move := advance(chain, at, now, FIVE, until=until)).step is not None:
        seen.append(list(move.told))
        at, now = move.told[-1], move.next_at
    assert seen == waves


def test_advance__a_step_has_a_patience_of_its_own():
    short = Rung("examiner", (1,), (1,), dt.timedelta(minutes=2))
    assert advance([short, rung(2)], -1, NOW, FIVE).next_at == NOW + dt.timedelta(minutes=2)


@pytest.mark.parametrize(
    ("people", "away", "found"),
    [
        ([1, 2], {}, [1, 2]),
        ([1], {1: None}, []),
        ([1], {1: 5}, [5]),
        ([1, 5], {1: 5}, [5]),
        ([1], {1: 5, 5: 6}, [6]),
        ([1], {1: 5, 5: None}, []),
        ([1], {1: 5, 5: 1}, []),
        ([1], {1: 1}, []),
    ],
)
def test_present__whoever_stands_in_takes_the_place(people, away, found):
    assert present(people, away) == found


def test_resolve__roles_become_people_in_the_policys_order():
    holders = {"dean": [3], "examiner": [1, 2]}
    assert resolve(["examiner", "methodist", "dean"], holders, frozenset({2, 3}), reporter=9) == [
        Rung("examiner", (1, 2), (2,)),
        Rung("methodist", (), ()),
        Rung("dean", (3,), (3,)),
    ]


def test_resolve__whoever_reports_is_not_their_own_addressee():
    chain = resolve(["examiner", "dean"], {"examiner": [1], "dean": [1, 2]}, frozenset({1, 2}), reporter=1)
    assert [r.people for r in chain] == [(), (2,)]
    assert [r.reachable for r in chain] == [(), (2,)]


IT, ECONOMY = "АТ факультеті", "Экономика факультеті"
DB, NETS = "АЖ кафедрасы", "Желілер кафедрасы"


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([(1, IT, DB), (2, IT, NETS), (3, IT, ""), (4, "", "")], [1]),
        ([(2, IT, NETS), (3, IT, ""), (4, "", "")], [3]),
        ([(2, IT, NETS), (4, "", "")], [2]),
        ([(4, "", ""), (5, ECONOMY, DB)], [4]),
        ([(5, ECONOMY, DB), (6, ECONOMY, "")], []),
        ([(7, "", DB), (3, IT, "")], [7]),
        ([(1, IT, DB), (7, "", DB), (8, IT, DB)], [1, 7, 8]),
        ([], []),
    ],
    ids=[
        "department", "faculty", "another-department-of-the-faculty", "university", "another-faculty",
        "department-without-faculty", "all-of-the-level", "nobody",
    ],
)  # fmt: skip
def test_narrowest__the_departments_own_else_the_facultys_else_the_universitys(candidates, expected):
    assert narrowest(candidates, IT, DB) == expected


@pytest.mark.parametrize(
    ("faculty", "department", "expected"),
    [(IT, "", [2, 3]), ("", DB, [7]), ("", "", [4, 7]), ("Жоқ факультет", "", [4, 7])],
    ids=["no-department", "no-faculty", "neither", "unknown-faculty"],
)
def test_narrowest__an_exam_that_says_less(faculty, department, expected):
    candidates = [(2, IT, NETS), (3, IT, ""), (4, "", ""), (7, "", DB)]
    assert narrowest(candidates, faculty, department) == expected


PLACES = st.sampled_from(["", IT, ECONOMY])
ROOMS = st.sampled_from(["", DB, NETS])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 99), PLACES, ROOMS), max_size=6), PLACES, ROOMS)
def test_narrowest__nobody_of_another_faculty_ever_hears(candidates, faculty, department):
    found = set(narrowest(candidates, faculty, department))
    allowed = {person for person, its, _ in candidates if its in ("", faculty)}
    assert found <= allowed
    if any(not its for _, its, _ in candidates):
        assert found, "the whole university's holders are always the last resort"


@pytest.mark.parametrize(
    ("left", "at_once", "told"),
    [
        (None, True, [0, 1, 2]),
        (None, False, [0]),
        (dt.timedelta(), False, [0]),
        (dt.timedelta(microseconds=1), False, [0, 1, 2]),
        (3 * FIVE, False, [0]),
        (3 * FIVE - dt.timedelta(microseconds=1), False, [0, 1]),
    ],
)
def test_advance__so_many_together_that_the_chain_is_gone_through_in_time(left, at_once, told):
    until = None if left is None else NOW + left
    move = advance([rung(1), rung(2), rung(3)], -1, NOW, FIVE, until=until, at_once=at_once)
    assert list(move.told) == told
