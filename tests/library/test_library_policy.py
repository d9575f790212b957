import datetime as dt
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.errors import ContentError
from bot.library.layers import stack
from bot.library.policy import load_policy
from bot.library.yamlfiles import Reader
from bot.rules.policy import Sourced
from bot.rules.vocabulary import Attestation, ExamKind

CONTRACT = """\
force_majeure:
  acknowledge_minutes: 5                          # per step of the chain; fractions allowed
  mass_incident: {reports: 5, within_minutes: 10}
warnings:
  minutes_left: {written: [30, 20, 10], essay: [30, 20, 10]}
help_desk:
  claim_minutes: 3                                # unclaimed: more volunteers, then the call centre
  lease_minutes: 5                                # a silent helper loses the ticket
appeals:
  interim: {window_hours: 48, sitting_hours: 48}  # or window_working_days, sitting_working_days
"""


@pytest.fixture
def operator(shelf, tmp_path):
    """Loads the toy profile with an operator's file of this text."""

    def load(text):
        path = tmp_path / "operator.yaml"
        path.write_text(text, encoding="utf-8")
        return load_policy("toy", path, shelf.root)

    return load


def problems(call, *args):
    with pytest.raises(ContentError) as caught:
        call(*args)
    return caught.value.problems


def test_load__layers_are_laid_over_one_another(shelf):
    policy = load_policy("toy", None, shelf.root)
    written = policy.kinds[ExamKind.WRITTEN]
    assert (policy.profile, policy.timezone) == ("toy", "Asia/Almaty")
    assert set(policy.kinds) == set(ExamKind)
    assert written.duration_minutes == 120
    assert written.warnings_left == (30, 20, 10)
    assert written.warnings_clause == "TOY 1"
    assert set(written.moments) == {"begins", "join", "readiness", "upload", "sheet"}
    assert policy.kinds[ExamKind.ORAL].duration_minutes is None
    assert policy.kinds[ExamKind.ORAL].warnings_left == ()
    assert policy.chain(Attestation.INTERIM, "student").steps[0] == "examiner"


def test_load__figures_carry_their_source(shelf):
    figures = load_policy("toy", None, shelf.root).kinds[ExamKind.WRITTEN].figures
    assert figures["duration_minutes"] == Sourced(120, "TOY 2", "source")
    assert figures["attempts"] == Sourced(1, "TOY 2", "derived")
    assert figures["uses"] == Sourced(("lms", "meeting"), None, "chosen")
    assert not any("." in name for name in figures)


def test_load__whoever_must_act_is_told(shelf):
    moments = load_policy("toy", None, shelf.root).kinds[ExamKind.WRITTEN].moments
    upload, sheet = moments["upload"], moments["sheet"]
    assert (upload.anchor, upload.offset, upload.offers, upload.clause) == (
        "end", dt.timedelta(minutes=-10), (5,), "TOY 3",
    )  # fmt: skip
    assert (sheet.offset, sheet.tell, upload.tell) == (dt.timedelta(hours=24), ("examiner",), ("student",))


def test_overlay__contract_example_is_accepted(operator):
    policy = operator(CONTRACT)
    assert policy.kinds[ExamKind.ESSAY].warnings_left == (30, 20, 10)


def test_overlay__empty_file_changes_nothing(operator, shelf):
    assert operator("# nothing yet\n") == load_policy("toy", None, shelf.root)


def test_overlay__plain_value_loses_the_clause(operator):
    policy = operator("kinds: {written: {duration_minutes: 90}}\nwarnings: {minutes_left: {written: [15]}}\n")
    written = policy.kinds[ExamKind.WRITTEN]
    assert written.figures["duration_minutes"] == Sourced(90, None, "chosen")
    assert (written.duration_minutes, written.warnings_left, written.warnings_clause) == (90, (15,), None)


def test_overlay__own_clause_is_kept(operator):
    policy = operator("kinds: {written: {duration_minutes: {value: 90, clause: OUR 3, mark: source}}}")
    assert policy.kinds[ExamKind.WRITTEN].figures["duration_minutes"] == Sourced(90, "OUR 3", "source")


def test_overlay__fractions(operator):
    policy = operator(
        "force_majeure: {acknowledge_minutes: 0.05}\nwarnings: {minutes_left: {written: [0.1, 0.05]}}\n"
        "kinds: {written: {events: {upload: {offset_minutes: -0.5, offer_minutes_before: [0.25]}}}}\n"
    )
    upload = policy.kinds[ExamKind.WRITTEN].moments["upload"]
    assert policy.force_majeure.acknowledge == dt.timedelta(seconds=3)
    assert policy.kinds[ExamKind.WRITTEN].warnings_left == (0.1, 0.05)
    assert (upload.offset, upload.offers) == (dt.timedelta(seconds=-30), (0.25,))


def test_overlay__offset_in_another_unit_replaces_the_old_one(operator):
    upload = operator("kinds: {written: {events: {upload: {offset_hours: -1}}}}").kinds[ExamKind.WRITTEN]
    assert upload.moments["upload"].offset == dt.timedelta(hours=-1)
    assert upload.moments["upload"].clause is None


def test_overlay__offers_alone_leave_the_moment_its_clause(operator):
    upload = operator("kinds: {written: {events: {upload: {offer_minutes_before: [1]}}}}").kinds[
        ExamKind.WRITTEN
    ]
    assert (upload.moments["upload"].offers, upload.moments["upload"].clause) == ((1,), "TOY 3")


def test_overlay__new_event_and_phones(operator):
    policy = operator(
        "phones: ['+7 700 000 00 00']\n"
        "kinds: {oral: {events: {draw: "
        "{anchor: start, offset_minutes: 5, class: reminder, offer_minutes_before: []}}}}\n"
    )
    assert policy.phones == ("+7 700 000 00 00",)
    assert policy.kinds[ExamKind.ORAL].moments["draw"].offset == dt.timedelta(minutes=5)


def test_overlay__chain_and_troubles(operator):
    policy = operator(
        "force_majeure:\n  troubles: [internet, other]\n  chains: {interim: {student: [proctor, dean]}}\n"
    )
    assert policy.force_majeure.troubles == ("internet", "other")
    assert policy.chain(Attestation.INTERIM, "student").steps == ("proctor", "dean")
    assert policy.chain(Attestation.INTERIM, "student").clause is None
    assert policy.chain(Attestation.INTERIM, "staff").steps


REFUSED = {
    "over": (
        "warnings:\n  minutes_left:\n    written: 700\n",
        "operator.yaml:3: warnings.minutes_left.written: 700 is not a list",
    ),
    "over in a list": (
        "warnings: {minutes_left: {written: [700]}}",
        ":1: warnings.minutes_left.written: 700 is over 600",
    ),
    "under": (
        "force_majeure: {acknowledge_minutes: 0}",
        "force_majeure.acknowledge_minutes: 0 is under 0.01",
    ),
    "negative": ("help_desk: {claim_minutes: -3}", "help_desk.claim_minutes: -3 is under 0.01"),
    "text for a number": (
        "force_majeure: {acknowledge_minutes: soon}",
        "acknowledge_minutes: soon is not a number",
    ),
    "comma": ("force_majeure: {acknowledge_minutes: '0,5'}", "acknowledge_minutes: 0,5 is not a number"),
    "flag for a number": (
        "force_majeure: {acknowledge_minutes: yes}",
        "acknowledge_minutes: yes is not a number",
    ),
    "list for a number": (
        "force_majeure: {acknowledge_minutes: [5]}",
        "acknowledge_minutes: a list is not a number",
    ),
    "nothing": ("force_majeure: {acknowledge_minutes: }", "force_majeure.acknowledge_minutes: needs a value"),
    "fraction of a count": (
        "kinds: {written: {attempts: 1.5}}",
        "kinds.written.attempts: 1.5 is not a whole number",
    ),
    "fraction of a minute": (
        "kinds: {written: {duration_minutes: 60.5}}",
        "duration_minutes: 60.5 is not a whole number",
    ),
    "twice": ("warnings: {minutes_left: {written: [30, 30]}}", "minutes_left.written: names something twice"),
    "pair": (
        "kinds: {oral: {talk_minutes_student: [7]}}",
        "talk_minutes_student: a list is not a pair [from, to]",
    ),
    "pair upside down": (
        "kinds: {oral: {talk_minutes_student: [7, 5]}}",
        "talk_minutes_student: 7 is over 5",
    ),
    "flag": ("kinds: {oral: {proctoring: 1}}", "kinds.oral.proctoring: 1 is not true or false"),
    "word": (
        "force_majeure: {inform: in_turns}",
        "inform: in_turns is not one of in_turn, all; is in_turn meant?",
    ),
    "odd word": ("force_majeure: {troubles: [Свет]}", "troubles: Свет is not a word of small Latin letters"),
    "role": ("force_majeure: {nobody: [deen]}", "force_majeure.nobody: deen is not a role; is dean meant?"),
    "one role": (
        "appeals: {interim: {addressee: rector}}",
        "appeals.interim.addressee: rector is not a role",
    ),
    "date": (
        "incomplete_grade: {horizon_date: 2026-02-30}",
        "horizon_date: 2026-02-30 is not a date such as",
    ),
    "zone": ("timezone: Asia/Astana", "timezone: Asia/Astana is not a time zone such as Asia/Almaty"),
    "zone outside": ("timezone: ../../etc/passwd", "is not a time zone such as Asia/Almaty"),
    "unquoted phone": ("phones: [+77001234567]", "phones: 77001234567 is not a text: put it in quotes"),
    "empty chain": ("force_majeure: {chains: {final: {staff: []}}}", "chains.final.staff: may not be empty"),
    "no troubles": ("force_majeure: {troubles: []}", "force_majeure.troubles: may not be empty"),
    "nobody at all": ("force_majeure: {nobody: []}", "force_majeure.nobody: may not be empty"),
    "retry": (
        "delivery: {retry_first_seconds: 60, retry_longest_seconds: 5}",
        "retry_first_seconds: is over",
    ),
    "probe": (
        "delivery: {probe_longest_seconds: 31}",
        "delivery.probe_longest_seconds: 31 is over 30",
    ),
    "offset": (
        "kinds: {written: {events: {upload: {offset_minutes: 5000}}}}",
        "offset_minutes: 5000 is over 1440",
    ),
    "two offsets": (
        "kinds: {written: {events: {upload: {offset_minutes: 5, offset_hours: 1}}}}",
        "kinds.written.events.upload: needs one of offset_minutes and offset_hours",
    ),
    "offset taken away": (
        "kinds: {written: {events: {upload: {offset_minutes: null}}}}",
        "needs one of offset_minutes",
    ),
    "half an event": (
        "kinds: {written: {events: {uplaod: {offset_minutes: 5}}}}",
        "events.uplaod.anchor: is missing",
    ),
    "anchor": (
        "kinds: {written: {events: {upload: {anchor: middle}}}}",
        "anchor: middle is not one of start, end",
    ),
    "leaf with more": (
        "kinds: {written: {attempts: {value: 1, unit: times}}}",
        "a leaf has value, clause, mark and row, not unit",
    ),
    "leaf without value": (
        "kinds: {written: {attempts: {clause: OUR 1}}}",
        "kinds.written.attempts: has no value",
    ),
    "mark": (
        "kinds: {written: {attempts: {value: 1, mark: sure}}}",
        "mark must be one of source, chosen, derived",
    ),
    "source of no clause": (
        "kinds: {written: {attempts: {value: 1, mark: source}}}",
        "is marked source but names no clause",
    ),
    "value of a mapping": (
        "kinds: {written: {attempts: {value: {a: 1}}}}",
        "must be a plain value or a list",
    ),
    "list of mappings": ("warnings: {minutes_left: {written: [{a: 1}]}}", "must be a list of plain values"),
    "given twice": (
        "timezone: Asia/Almaty\ntimezone: Asia/Almaty",
        "operator.yaml:2: timezone is given twice",
    ),
    "twice by a dotted name": (
        "help_desk.claim_minutes: 3\nhelp_desk: {claim_minutes: 4}",
        "claim_minutes: is given twice",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_overlay__refused_with_line_and_reason(operator, name):
    text, expected = REFUSED[name]
    found = problems(operator, text)
    assert any(expected in problem for problem in found), found
    assert all(re.match(r".*operator\.yaml:\d+: ", problem) for problem in found)


HINTS = {
    "force_majeure: {acknowledge_minute: 5}": "force_majeure.acknowledge_minutes",
    "force_majure: {acknowledge_minutes: 5}": "force_majeure.acknowledge_minutes",
    "acknowledge_minutes: 5": "force_majeure.acknowledge_minutes",
    "force_majeure: {acknowledge_minutes: {minutes: 5}}": "force_majeure.acknowledge_minutes",
    "warnings: {minutes_lefts: {written: [5]}}": "warnings.minutes_left.written",
    "warnings: {minutes_left: {writen: [5]}}": "written",
    "kinds: {writen: {duration_minutes: 5}}": "written",
    "kinds: {written: {duration: 5}}": "kinds.written.duration_minutes",
    "kinds: {oral: {duration_minute: 5}}": "kinds.oral.duration_minutes",
    "appeals: {interm: {window_hours: 5}}": "interim",
    "force_majeure: {chains: {interim: {students: [dean]}}}": "student",
    "help_desk: {claim_minutes_: 5}": "help_desk.claim_minutes",
}


@pytest.mark.parametrize("text", HINTS)
def test_overlay__unknown_name_is_refused_with_the_nearest(operator, text):
    found = problems(operator, text)
    assert len(found) == 1
    assert f"is {HINTS[text]} meant?" in found[0]


def test_overlay__unlike_anything(operator):
    assert problems(operator, "colour: blue") == [
        next(p for p in problems(operator, "colour: blue") if p.endswith("colour: is not known to a policy"))
    ]


def test_overlay__all_problems_at_once(operator):
    found = problems(
        operator, "help_desk: {claim_minutes: 0, lease_minutes: 0}\nphone: x\nconsent: {version: 0}\n"
    )
    assert len(found) == 4


def test_overlay__hours_set_aside_the_working_days_of_a_lower_layer(shelf):
    shelf.write(
        "policies/upper.yaml", "profile: upper\nextends: toy\nappeals: {interim: {window_hours: 24}}\n"
    )
    shelf.add(
        "policies/toy.yaml",
        "appeals: {interim: {window_working_days: {value: 2, clause: TOY 8, mark: source}}}\n",
    )
    leaves = stack(Reader(shelf.root), "upper").leaves
    assert leaves["appeals.interim.window_hours"].value == 24
    assert "appeals.interim.window_working_days" not in leaves


def test_load__layer_that_keeps_silent_leaves_the_lower_one(shelf):
    shelf.write("policies/upper.yaml", "profile: upper\nextends: toy\n")
    policy = load_policy("upper", None, shelf.root)
    assert policy.kinds == load_policy("toy", None, shelf.root).kinds


def test_load__null_takes_a_number_away(shelf):
    shelf.write(
        "policies/upper.yaml", "profile: upper\nextends: toy\nkinds: {written: {duration_minutes: null}}\n"
    )
    assert load_policy("upper", None, shelf.root).kinds[ExamKind.WRITTEN].duration_minutes is None


BAD_PROFILES = {
    "unknown parent": (
        "profile: bad\nextends: bse\n",
        "content/policies/bad.yaml:2: there is no policy 'bse'; is base meant?",
    ),
    "circle": (
        "profile: bad\nextends: bad\n",
        "content/policies/bad.yaml:2: extends: bad is among those that extend it",
    ),
    "name": (
        "profile: good\nextends: base\n",
        "content/policies/bad.yaml:1: profile: must be bad, as the file is named",
    ),
    "no name": ("extends: base\n", "profile: must be bad, as the file is named"),
    "outside": ("profile: bad\nextends: ../../secret\n", "there is no policy '../../secret'"),
    "unknown leaf": (
        "profile: bad\nextends: base\nkinds:\n  oral: {durations: 5}\n",
        "content/policies/bad.yaml:4: kinds.oral.durations: is not known",
    ),
    "not YAML": ("profile: bad\nextends: [\n", "content/policies/bad.yaml:3: is not YAML"),
}


@pytest.mark.parametrize("name", BAD_PROFILES)
def test_load__bad_profile(shelf, name):
    text, expected = BAD_PROFILES[name]
    shelf.write("policies/bad.yaml", text)
    found = problems(load_policy, "bad", None, shelf.root)
    assert any(expected in problem for problem in found), found


def test_load__missing_chain_and_missing_leaf(shelf):
    base = (shelf.root / "policies/base.yaml").read_text("utf-8")
    lines = [
        line
        for line in base.splitlines()
        if "claim_minutes" not in line and "commission_chair, dean" not in line
    ]
    shelf.write("policies/base.yaml", "\n".join(lines))
    found = problems(load_policy, "toy", None, shelf.root)
    assert any("help_desk.claim_minutes: is missing" in problem for problem in found)
    assert any("force_majeure.chains.final.staff: is missing" in problem for problem in found)


def test_load__unknown_profile_names_the_nearest(shelf):
    assert "there is no policy 'toi'; is toy meant?" in problems(load_policy, "toi", None, shelf.root)[0]


def test_load__bad_ranges(shelf):
    shelf.write("policies/ranges.yaml", "timezone: {type: zoned}\nphones: {type: texts, least: 3}\n")
    found = problems(load_policy, "toy", None, shelf.root)
    assert any("content/policies/ranges.yaml:1: timezone: is not a rule" in problem for problem in found)
    assert any("content/policies/ranges.yaml:2: phones: is not a rule" in problem for problem in found)


def test_load__missing_operators_file(shelf, tmp_path):
    found = problems(load_policy, "toy", tmp_path / "no.yaml", shelf.root)
    assert found == [f"{tmp_path}/no.yaml: cannot be read: No such file or directory"]


YAMLISH = st.text(alphabet="abc:-[]{},&*!|>'\"#% \n\t1.~?<", max_size=60)
NAMES = (
    "force_majeure kinds written events upload value clause mark chains interim student duration_minutes "
    "phones warnings minutes_left offset_minutes timezone x"
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(raw=st.binary(max_size=60) | YAMLISH.map(str.encode) | TREES.map(lambda tree: repr(tree).encode()))
@example(raw=b"kinds: {written: {events: {value: 5}}}")
@example(raw=b"kinds: 5")
@example(raw=b"{kinds: {written: []}, phones: {a: []}}")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_overlay__whatever_it_holds_is_accepted_or_refused(shelf, tmp_path, raw):
    path = tmp_path / "fuzz.yaml"
    path.write_bytes(raw)
    try:
        load_policy("toy", path, shelf.root)
    except ContentError as refused:
        found = refused.problems
    else:
        found = ["accepted"]
    assert found
