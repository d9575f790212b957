import pytest

from bot.library.check import check
from bot.library.citations import parts
from bot.library.content import load
from bot.library.rulebook import Figure

RULES = """\
rules:
  toy.time:
    clause: TOY 2
    roles: [student]
    topics: [time]
    related: [toy.upload]
    figures: {duration: kinds.written.duration_minutes}
  toy.upload:
    clause: TOY 3; 4
    roles: [all]
    topics: [upload]
    figures:
      before: kinds.written.events.upload.offset_minutes
      sheet: kinds.written.events.sheet.offset
"""
WORDS = {
    "kk": """\
toy.time: {title: Емтихан уақыты, answer: "Уақыты: {duration}.", asked: [қанша уақыт, неше сағат, ұзағы]}
toy.upload: {title: Жүктеу мерзімі, answer: "Қоры: {before}, {sheet}.", asked: [қашан, мерзім, парақ]}
""",
    "ru": """\
toy.time: {title: Время экзамена, answer: "Время: {duration}.", asked: [сколько времени, сколько часов, как]}
toy.upload: {title: Срок загрузки, answer: "Запас: {before}, {sheet}.", asked: [когда, срок, листы]}
""",
}


@pytest.fixture
def ruled(shelf):
    """The toy content with two rules."""
    shelf.write("rules/toy_core.yaml", RULES)
    for language, words in WORDS.items():
        shelf.write(f"{language}/rules/toy_core.yaml", words)
    return shelf


def test_rules__nothing_wrong(ruled):
    assert not [problem for problem in check(ruled.root) if "/rules/" in problem]


def test_rules__as_written(ruled):
    rulebook = load("toy", root=ruled.root).rulebook
    entry = rulebook.entries["toy.time"]
    assert (entry.source, entry.clause, entry.roles, entry.topics) == (
        "toy",
        "TOY 2",
        frozenset({"student"}),
        ("time",),
    )
    assert entry.figures == {"duration": Figure(120, "minutes")}
    assert [other.id for other in rulebook.related(entry)] == ["toy.upload"]
    assert rulebook.entries["toy.upload"].clauses == ("TOY 3", "TOY 4")
    assert rulebook.words("ru", "toy.time").title == "Время экзамена"
    assert rulebook.words("kk", "toy.time").asked[1] == "неше сағат"


def test_rules__a_clock_is_found_in_whatever_unit_it_has(ruled):
    rulebook = load("toy", root=ruled.root).rulebook
    assert rulebook.entries["toy.upload"].figures["sheet"] == Figure(24, "hours")


def test_rules__an_operator_changes_the_figures_of_the_own_rules(ruled, tmp_path):
    over = tmp_path / "over.yaml"
    over.write_text("kinds: {written: {duration_minutes: 90}}\n", "utf-8")
    rulebook = load("toy", over, ruled.root).rulebook
    assert rulebook.entries["toy.time"].figures == {"duration": Figure(90, "minutes")}


def test_rules__an_extended_source_keeps_its_own_figures(ruled):
    ruled.write(
        "policies/small.yaml",
        "profile: small\nextends: toy\nkinds: {written: {duration_minutes: {value: 30, clause: null}}}\n",
    )
    rulebook = load("small", root=ruled.root).rulebook
    assert rulebook.profile == "small"
    assert rulebook.entries["toy.time"].figures == {"duration": Figure(120, "minutes")}


BAD = {
    "clause": ("rules/toy_core.yaml", "clause: TOY 2\n", "clause: TAY 2\n", "TAY is not a source"),
    "no clause": ("rules/toy_core.yaml", "    clause: TOY 2\n", "", "toy.time: clause: is missing"),
    "role": ("rules/toy_core.yaml", "[student]", "[studnet]", "studnet is not a role; is student meant?"),
    "no roles": ("rules/toy_core.yaml", "roles: [student]", "roles: []", "roles: must be a list of words"),
    "topic": ("rules/toy_core.yaml", "[time]", "[Time]", "topic Time is not a word of small Latin letters"),
    "key": ("rules/toy_core.yaml", "topics: [time]", "topic: [time]", "topic is not known to a rule"),
    "related": (
        "rules/toy_core.yaml",
        "[toy.upload]",
        "[toy.uplod]",
        "related toy.uplod is no other rule; is toy.upload meant?",
    ),
    "itself": ("rules/toy_core.yaml", "[toy.upload]", "[toy.time]", "related toy.time is no other rule"),
    "figure": (
        "rules/toy_core.yaml",
        "kinds.written.duration_minutes",
        "kinds.written.duration_hour",
        "kinds.written.duration_hour is no value of the policy that can be shown; is kinds.written.duration",
    ),
    "flag": (
        "rules/toy_core.yaml",
        "kinds.written.duration_minutes",
        "kinds.written.events.upload.class.x",
        "is no value of the policy",
    ),
    "id": ("rules/toy_core.yaml", "toy.time:", "other.time:", "other.time: an id is toy.TOPIC.NAME"),
    "title": ("ru/rules/toy_core.yaml", "Время экзамена", "В" * 61, "title: has 61 letters, over 60"),
    "answer": ("ru/rules/toy_core.yaml", "Время: {", "В" * 700 + " {", "answer: has 712 letters, over 700"),
    "html": ("ru/rules/toy_core.yaml", "Время: {", "<b>Время</b>: {", "is plain text"),
    "asked": ("ru/rules/toy_core.yaml", ", сколько часов, как", "", "1 ways to ask, not 3 to 16"),
    "placeholder": (
        "ru/rules/toy_core.yaml",
        "{duration}",
        "{minutes}",
        "{duration} stands in only one of the answer and the rule's figures",
    ),
    "braces": ("ru/rules/toy_core.yaml", "{duration}", "{0}", "its braces are not placeholders"),
    "words": ("ru/rules/toy_core.yaml", "toy.time:", "toy.tiem:", "toy.time: has no words in content/ru"),
    "letters": ("ru/rules/toy_core.yaml", "Время экзамена", "Bремя экзамена", "Latin letters inside a"),
    "one language": (
        "kk/rules/toy_core.yaml",
        'answer: "Уақыты: {duration}."',
        'answr: "Уақыты: {duration}."',
        "answr is not known here; is answer meant?",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_rules__what_is_wrong_is_told(ruled, case):
    name, old, new, said = BAD[case]
    ruled.change(name, old, new)
    problems = check(ruled.root)
    assert any(said in problem for problem in problems), problems


def test_rules__a_file_of_no_policy(ruled):
    ruled.write("rules/nobody.yaml", "rules: {}\n")
    assert any("content/rules/nobody.yaml: must be named after a policy" in p for p in check(ruled.root))


def test_rules__given_twice(ruled):
    ruled.write("rules/toy_more.yaml", RULES)
    said = "toy.time: is given twice, first in content/rules/toy_core.yaml"
    assert any(said in problem for problem in check(ruled.root))


@pytest.mark.parametrize(
    ("clause", "named"),
    [
        ("AYU 5.1.10", ("AYU 5.1.10",)),
        ("AYU 5.2.3 take 4; conduct 6", ("AYU 5.2.3 take 4", "AYU 5.2.3 conduct 6")),
        ("AYU 5.1.2; 5.1.5; MIN 31", ("AYU 5.1.2", "AYU 5.1.5", "MIN 31")),
        ("AYU 5.2.1 note; 5.2.2 note", ("AYU 5.2.1 note", "AYU 5.2.2 note")),
        ("UKGU O7; C7", ("UKGU O7", "UKGU C7")),
        ("AYU App C, Zoom 10", ("AYU App C, Zoom 10",)),
        ("AYU 5.2.2 FM-S", ("AYU 5.2.2 FM-S",)),
    ],
)
def test_citations__every_part_in_full(clause, named):
    assert parts(clause) == named
