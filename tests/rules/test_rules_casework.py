"""The state machine of a case as a table: every move from everywhere, allowed or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from bot.rules.casework import ACT, ANSWER, MOVES, OPEN, ORDER, Did, Kind, after

STATES = ("waiting", "taken", "withdrawn", "closed")
STAGES = (ANSWER, ORDER, ACT)
ALLOWED = {
    # (state, stage, what is done): (state, stage) after it, for a report
    **{("waiting", stage, Did.TAKEN): ("taken", stage) for stage in STAGES},
    **{("taken", stage, Did.TAKEN_OVER): ("taken", stage) for stage in STAGES},
    **{("taken", stage, Did.LAPSED): ("waiting", stage) for stage in STAGES},
    **{("taken", stage, Did.RELEASED): ("waiting", stage) for stage in STAGES},
    **{(state, stage, Did.HANDED_OVER): ("waiting", stage) for state in OPEN for stage in STAGES},
    **{(state, stage, Did.DECIDED): ("closed", stage) for state in OPEN for stage in STAGES},
    **{(state, stage, Did.WITHDRAWN): ("withdrawn", stage) for state in OPEN for stage in (ANSWER, ORDER)},
    **{("taken", stage, Did.SOLVED): ("closed", stage) for stage in STAGES},
    **{(state, ANSWER, Did.REFERRED): ("waiting", ORDER) for state in OPEN},
    **{(state, ANSWER, Did.STAGE): ("taken", ACT) for state in OPEN},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("did", list(Did))
def test_report__every_move_from_everywhere(state, stage, did):
    wanted = ALLOWED.get((state, stage, did))
    if wanted is not None:
        assert after(Kind.REPORT, state, stage, did) == wanted
        return
    with pytest.raises(Refusal) as refused:
        after(Kind.REPORT, state, stage, did, "FM-26-00001")
    assert refused.value.code == ("case_moved" if state in OPEN else "case_over")
    assert refused.value.params == {"number": "FM-26-00001"}


@given(st.sampled_from(list(Kind)), st.lists(st.sampled_from(list(Did)), max_size=30))
def test_any_kind__what_is_over_stays_over(kind, acts):
    state, stage, over = "waiting", ANSWER, False
    for did in acts:
        try:
            state, stage = after(kind, state, stage, did)
        except Refusal:
            continue
        assert not over
        over = state not in OPEN


@pytest.mark.parametrize("kind", list(Kind))
def test_any_kind__can_be_taken_decided_and_withdrawn(kind):
    assert {Did.TAKEN, Did.DECIDED, Did.WITHDRAWN, Did.LAPSED} <= MOVES[kind].keys()
