"""Every row of the sources' time tables is a value of a policy, with its clause and number.

The table is written from the regulations, not from the content: `number` is what the source says (minutes of
an activity, minutes from the start or the end of the exam, hours, days, months), `told` who must hear of it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from bot.library.content import CONTENT
from bot.library.policy import load_policy
from bot.rules.policy import Moment, Policy
from bot.rules.vocabulary import ExamKind

SILENT = None
WORD = "a word"
"""The source says something that is no number."""


@dataclass(frozen=True)
class Row:
    """A leaf: its clause begins with `clause`."""

    clause: str
    number: object


@dataclass(frozen=True)
class Event:
    """A moment of exams of `kinds`: `minutes` from `anchor`."""

    clause: str
    kinds: str
    anchor: str
    minutes: float
    told: Sequence[str]
    cls: str


H = 60
AYU: dict[str, Row | Event] = {
    "A01": Event("AYU 5.1.1", "test oral written essay creative", "start", -10, ["student"], "reminder"),
    "A02": Row("AYU 5.1.5", WORD),
    "A03": Event("AYU 5.1.5", "test oral written essay", "day", 18 * H, ["proctor"], "deadline"),
    "A04": Row("AYU 5.2.1", 40),
    "A05": Row("AYU 5.2.1", 60),
    "A06": Row("AYU 5.2.1", 60),
    "A07": Row("", SILENT),
    "A08": Row("AYU 5.2.2 take 4", 20),
    "A09": Row("AYU 5.2.2 conduct 6", (7, 10)),
    "A10": Row("AYU 5.2.2 take 5", (5, 7)),
    "A11": Event("AYU 5.2.2 conduct 11", "oral", "end", 0, ["examiner"], "at_once"),
    "A12": Row("AYU 5.2.3", 120),
    "A13": Row("AYU 5.2.3 conduct 7", (30, 20, 10)),
    "A14": Row("AYU 5.2.3 conduct 7", (30, 20, 10)),
    "A15": Row("AYU 5.2.3 conduct 7", (30, 20, 10)),
    "A16": Event("AYU 5.2.3 take 5", "written", "end", -10, ["student"], "deadline"),
    "A17": Event("AYU 5.2.3 conduct 13", "written", "end", 24 * H, ["examiner"], "deadline"),
    "A18": Event("AYU 5.2.4.1 take 1", "project", "start", -96 * H, ["student"], "deadline"),
    "A19": Event("AYU 5.2.4.1 prep 7", "project", "start", -24 * H, ["deputy_dean"], "deadline"),
    "A20": Row("AYU 5.2.4.1 take 4", (7, 10)),
    "A21": Event("AYU 5.2.4.1 conduct 11", "project", "end", 0, ["examiner"], "at_once"),
    "A22": Event("AYU 5.2.4.2 take 1", "mini_project", "start", -4 * H, ["student", "examiner"], "reminder"),
    "A23": Event("AYU 5.2.4.2 take 2", "mini_project", "start", 0, ["student"], "deadline"),
    "A24": Row("AYU 5.2.4.2 take 4", (7, 10)),
    "A25": Event("AYU 5.2.4.2 conduct 12", "mini_project", "end", 0, ["examiner"], "at_once"),
    "A26": Row("AYU App D", 4 * H),
    "A27": Event("AYU 5.2.4.3 take 1", "case", "start", -4 * H, ["student", "examiner"], "reminder"),
    "A28": Event("AYU 5.2.4.3 take 2", "case", "start", 0, ["student"], "deadline"),
    "A29": Row("AYU 5.2.4.3 take 4", (7, 10)),
    "A30": Event("AYU 5.2.4.3 conduct 12", "case", "end", 0, ["examiner"], "at_once"),
    "A31": Row("AYU App D", 2 * H),
    "A32": Row("AYU 5.2.5", 120),
    "A33": Row("AYU 5.2.5 conduct 7", (30, 20, 10)),
    "A34": Row("AYU 5.2.5 conduct 7", (30, 20, 10)),
    "A35": Row("AYU 5.2.5 conduct 7", (30, 20, 10)),
    "A36": Event("AYU 5.2.5 take 5", "essay", "end", -10, ["student"], "deadline"),
    "A37": Event("AYU 5.2.5 conduct 13", "essay", "end", 24 * H, ["examiner"], "deadline"),
    "A38": Row("AYU 5.2.6 take 3", (7, 10)),
    "A39": Event("AYU 5.2.6 conduct 9", "creative", "end", 0, ["examiner"], "at_once"),
    "A40": Event("AYU 5.2.6 take 1", "creative", "start", -24 * H, ["student"], "reminder"),
    "A41": Row("AYU 5.1.11", WORD),
    "A42": Row("AYU 5.1.11", WORD),
    "A43": Row("AYU 5.1.9", "2020-06-30"),
    "A44": Row("AYU 5.1.10", 48),
    "A45": Row("AYU 5.1.10", 48),
    "A46": Row("AYU 6(3)", 5),
    "A47": Row("AYU 6(5)", WORD),
    "A48": Row("AYU 6(4)", WORD),
    "A49": Row("AYU 6.1.4", WORD),
    "A50": Row("AYU 6.3.5; 6.4.5", WORD),
    "A51": Row("AYU 6.3.6", (7, 10)),
    "A52": Row("AYU 6.3.7", 15),
    "A53": Row("AYU 6.4.2", 120),
    "A54": Event(
        "AYU 6.5.1", "thesis_defence complex_exam", "start", -30, ["student", "secretary"], "deadline"
    ),
    "A55": Row("AYU 6.5.4", True),
    "A56": Row("AYU 6.7.1", WORD),
    "A57": Row("AYU 6.8.1", 48),
    "A58": Row("AYU 6.8.3", 48),
    "A59": Row("AYU 6.8.4", 1),
    "A60": Row("AYU 6.9.2", WORD),
    "A61": Row("AYU 6.9.7", 2),
    "A62": Row("AYU 6.9.10", 1),
    "A63": Row("AYU 6.9.3; 6.9.4", WORD),
    "A64": Row("AYU 6.5.8", True),
    "A65": Row("AYU 5.1.5", True),
    "A66": Row("AYU 6.7.2", WORD),
    "A67": Row("AYU 6.10.4", WORD),
}
MINISTRY: dict[str, Row | Event] = {
    "M01": Row("MIN I.1; 15", "2020-06-30"),
    "M02": Row("MIN", "2020-06-30"),
    "M03": Row("MIN", "2020-06-30"),
    "M04": Row("MIN 21", 5),
    "M05": Row("MIN 22", WORD),
    "M06": Row("MIN 23", WORD),
    "M07": Row("MIN 31; 40", WORD),
    "M08": Row("MIN 32", (7, 10)),
    "M09": Row("MIN 33", 15),
    "M10": Row("MIN 37", 2),
    "M11": Event(
        "MIN 42",
        "thesis_defence complex_exam",
        "start",
        -30,
        ["student", "secretary", "commission_chair", "commission_member", "head_of_department"],
        "deadline",
    ),
    "M12": Row("MIN 45", True),
    "M13": Row("MIN 61", WORD),
    "M14": Row("MIN 64", 2),
    "M15": Row("MIN 66", 2),
    "M16": Row("MIN 67", 1),
    "M17": Row("MIN 16", WORD),
    "M18": Row("MIN §10", WORD),
    "M19": Row("MIN 52", True),
    "M20": Row("MIN 62", WORD),
}
UKGU: dict[str, Row | Event] = {
    "U01": Row("UKGU T3", 40),
    "U02": Row("UKGU T8", WORD),
    "U03": Row("UKGU T8", 3),
    "U04": Row("UKGU T9", True),
    "U05": Row("UKGU T12; O14; C13", WORD),
    "U06": Row("UKGU O1; C1; C8", WORD),
    "U07": Row("UKGU O5", (10, 15)),
    "U08": Row("UKGU O5", WORD),
    "U09": Row("UKGU O6", WORD),
    "U10": Event("UKGU O7", "oral", "end", 0, ["examiner"], "at_once"),
    "U11": Row("UKGU O10", WORD),
    "U12": Row("UKGU O11", WORD),
    "U13": Event("UKGU C4", "creative", "start", -48 * H, ["examiner", "student"], "deadline"),
    "U14": Row("UKGU C4", (10, 15)),
    "U15": Row("UKGU O3", True),
    "U16": Row("", SILENT),
}
KAZMKPU: dict[str, Row | Event] = {
    "K01": Row("KAZMKPU 5.3.3", WORD),
    "K02": Row("KAZMKPU 5.2.7", 2),
    "K03": Row("KAZMKPU 5.3.11", WORD),
    "K04": Row("KAZMKPU 5.3.18", 1),
    "K05": Row("KAZMKPU 5.3.12", True),
    "K06": Row("KAZMKPU 5.3.32", WORD),
    "K07": Row("KAZMKPU 5.3.29", False),
}
KAZNMU: dict[str, Row | Event] = {
    "N01": Row("KAZNMU 3", 2),
    "N02": Row("KAZNMU 3", 1),
    "N03": Row("KAZNMU proc 2", 2),
    "N04": Row("KAZNMU proc 2", WORD),
    "N05": Row("KAZNMU proc 4", 2),
    "N06": Row("KAZNMU proc 3", 1),
    "N07": Row("KAZNMU proc 5", WORD),
    "N08": Event("KAZNMU 3", "written", "start", -48 * H, ["head_of_department"], "deadline"),
    "N09": Event("KAZNMU 5.1", "written", "start", -24 * H, ["head_of_department"], "deadline"),
    "N10": Event("KAZNMU 5.2", "written", "start", -48 * H, ["head_of_department"], "deadline"),
    "N11": Row("KAZNMU 5.5", WORD),
    "N12": Row("KAZNMU 5.4", True),
    "N13": Row("KAZNMU 5.5", WORD),
    "N14": Row("KAZNMU 5.7", 3),
    "N15": Event("KAZNMU 5.7(2)", "written", "end", 72 * H, ["proctor"], "deadline"),
    "N16": Event("KAZNMU 5.17", "written", "end", 72 * H, ["examiner"], "deadline"),
    "N17": Event("KAZNMU proc 9", "written", "end", 72 * H, ["head_of_department"], "deadline"),
    "N18": Event("KAZNMU proc 10", "written", "end", 72 * H, ["registrar"], "deadline"),
    "N19": Event("KAZNMU 5.19", "written", "end", 24 * H, ["head_of_department"], "deadline"),
    "N20": Event("KAZNMU proc 11", "written", "end", 0, ["proctor"], "at_once"),
    "N21": Row("KAZNMU 5.16", SILENT),
    "N22": Row("KAZNMU proc 12", SILENT),
}
SOURCES = {"ayu": AYU, "ministry": MINISTRY, "ukgu": UKGU, "kazmkpu": KAZMKPU, "kaznmu": KAZNMU}
HOW_MANY = {"ayu": 67, "ministry": 20, "ukgu": 16, "kazmkpu": 7, "kaznmu": 22}
ROWS = [(profile, row) for profile, table in SOURCES.items() for row in table]
POLICIES = {profile: load_policy(profile, None, CONTENT) for profile in SOURCES}


def test_tables__are_whole():
    assert {profile: len(table) for profile, table in SOURCES.items()} == HOW_MANY
    for profile, table in SOURCES.items():
        letter = next(iter(table))[0]
        assert list(table) == [f"{letter}{number:02}" for number in range(1, HOW_MANY[profile] + 1)]


@pytest.mark.parametrize(("profile", "row"), ROWS, ids=[row for _, row in ROWS])
def test_row__is_stated_by_the_policy_with_its_clause(profile, row):
    wanted, policy = SOURCES[profile][row], POLICIES[profile]
    leaves = {path: leaf for path, leaf in policy.leaves.items() if row in leaf.rows}
    assert leaves, f"no value states {row}"
    if isinstance(wanted, Event):
        for kind in wanted.kinds.split():
            check_event(policy, row, kind, wanted)
        return
    said = [leaf for path, leaf in leaves.items() if ".events." not in path]
    assert said, f"{row} is no value"
    for leaf in said:
        if wanted.clause:
            assert leaf.clause is not None
            assert leaf.clause.startswith(wanted.clause)
        assert leaf.mark in ("source", "derived")
        if wanted.number is WORD:
            assert isinstance(leaf.value, str | tuple)
            assert leaf.value
        else:
            assert leaf.value == wanted.number


def check_event(policy: Policy, row: str, kind: str, wanted: Event) -> None:
    names = {
        path.split(".")[3]
        for path, leaf in policy.leaves.items()
        if row in leaf.rows and path.startswith(f"kinds.{kind}.events.")
    }
    assert len(names) == 1, f"{row}: one event of {kind}"
    moment: Moment = policy.kinds[ExamKind(kind)].moments[names.pop()]
    assert (moment.clause or "").startswith(wanted.clause.split(" ")[0])
    assert moment.anchor == wanted.anchor
    assert moment.offset == dt.timedelta(minutes=wanted.minutes)
    assert set(wanted.told) <= set(moment.tell)
    assert moment.deadline is (wanted.cls == "deadline")
    assert moment.at_once is (wanted.cls == "at_once")
    assert moment.offers, f"{row} is offered to nobody"


@pytest.mark.parametrize("profile", SOURCES)
def test_events__have_words_for_each_who_hears_of_them(profile):
    for kind, rules in POLICIES[profile].kinds.items():
        for moment in rules.moments.values():
            assert moment.tell, f"{kind} {moment.id} is told to nobody"
            assert moment.clause or moment.mere, f"{kind} {moment.id}: a duty needs its clause"


@pytest.mark.parametrize("kind", ["test", "oral", "written", "project", "essay", "creative"])
def test_derived__what_students_expect_is_there(kind):
    moments = POLICIES["ayu"].kinds[ExamKind(kind)].moments
    hour, ten, eve = moments["begins"], moments["join"], moments["readiness"]
    assert (hour.anchor, hour.offset, hour.offers) == ("start", dt.timedelta(0), (60,))
    assert (ten.anchor, ten.offset, ten.offers) == ("start", dt.timedelta(minutes=-10), (0,))
    assert (eve.anchor, eve.offset, eve.offers) == ("day", dt.timedelta(hours=-6), (0,))
