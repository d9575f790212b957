import pytest

from bot.library.flows import load_flows
from bot.library.policy import load_policy
from bot.library.yamlfiles import Reader
from bot.rules.walk import Step


def load(shelf, *profiles, policy=None):
    reader = Reader(shelf.root)
    return load_flows(reader, profiles or ("toy",), policy), reader.problems


def test_flows__a_walk_as_written(shelf):
    flows, problems = load(shelf)
    walk = flows.algorithms["toy.written.take"]
    assert not problems
    assert (walk.kind, walk.phase, walk.actor) == ("written", "take", "student")
    assert walk.steps == (
        Step("toy.written.take.1", "TOY 5", "lms", ""),
        Step("toy.written.take.2", "TOY 3", "lms", "upload"),
    )
    assert (walk.notes, walk.fm_clause) == (("second",), "TOY 6")
    assert flows.notes == {"second": "TOY 7"}


def test_flows__same_as_takes_what_is_not_said_again(shelf):
    flows, _ = load(shelf)
    again, essay = flows.algorithms["toy.written.again"], flows.algorithms["toy.essay.take"]
    assert (again.kind, again.phase, again.actor, again.notes) == ("written", "again", "student", ("second",))
    assert [step.id for step in again.steps] == ["toy.again.1"]
    assert (essay.id, essay.kind, essay.phase) == ("toy.essay.take", "test", "again")
    assert essay.steps == again.steps


def test_flows__order_of_the_files_is_kept(shelf):
    flows, _ = load(shelf)
    assert list(flows.algorithms) == ["toy.written.take", "toy.essay.take", "toy.written.again"]


def test_flows__those_of_extended_policies_too(shelf):
    shelf.write(
        "flows/base.manners.yaml",
        "notes: {second: {clause: BASE 1}}\n"
        "walks: {base.manners: "
        "{phase: etiquette, actor: all, steps: [{id: base.manners.1, clause: null}]}}\n",
    )
    flows, problems = load(shelf, "base", "toy")
    assert not problems
    assert {"base.manners", "toy.written.take"} <= set(flows.algorithms)
    assert flows.notes["second"] == "TOY 7"
    assert set(load(shelf, "base")[0].algorithms) == {"base.manners"}


MANNERS = (
    "walks: {base.manners: {phase: etiquette, actor: all, steps: [{id: base.manners.1, clause: null}]}}\n"
)


def test_flows__a_file_that_is_not_inherited_stays_with_its_own_policy(shelf):
    shelf.write("flows/base.manners.yaml", "inherited: false\n" + MANNERS)
    flows, problems = load(shelf, "base", "toy")
    assert not problems
    assert not [name for name in flows.algorithms if name.startswith("base.")]
    assert set(load(shelf, "base")[0].algorithms) == {"base.manners"}


@pytest.mark.parametrize(("heirs", "inherits"), [("[toy]", True), ("[low]", False)])
def test_flows__a_file_may_name_who_inherits_it_and_is_general_there(shelf, heirs, inherits):
    shelf.write("policies/low.yaml", "profile: low\nextends: base\n")
    shelf.write("flows/base.manners.yaml", f"inherited: {heirs}\n" + MANNERS)
    flows, problems = load(shelf, "base", "toy")
    assert not problems
    assert ("base.manners" in flows.algorithms) is inherits
    assert not inherits or flows.algorithms["base.manners"].general
    assert not flows.algorithms["toy.written.take"].general
    assert not load(shelf, "base")[0].algorithms["base.manners"].general


def test_flows__who_inherits_is_a_profile(shelf):
    shelf.write("flows/base.manners.yaml", "inherited: [toi]\n" + MANNERS)
    assert load(shelf, "base", "toy")[1] == [
        "content/flows/base.manners.yaml:1: inherited: there is no profile toi; is toy meant?"
    ]


def test_flows__inherited_is_yes_or_no_or_names(shelf):
    shelf.write("flows/base.manners.yaml", "inherited: nobody\n" + MANNERS)
    flows, problems = load(shelf, "base", "toy")
    assert problems == [
        "content/flows/base.manners.yaml:1: inherited: must be true, false or a list of profiles"
    ]
    assert "base.manners" in flows.algorithms


def test_flows__a_step_may_name_figures_of_the_policy(shelf):
    figures = "clause: TOY 5, figures: {n: kinds.written.attempts},"
    shelf.change("flows/toy.take.yaml", "clause: TOY 5,", figures)
    flows, problems = load(shelf)
    assert not problems
    first, second = flows.algorithms["toy.written.take"].steps
    assert (first.figures, second.figures) == ((("n", "kinds.written.attempts"),), ())
    shelf.change("flows/toy.take.yaml", "{n: kinds.written.attempts}", "[kinds.written.attempts]")
    assert any("figures: must be a mapping" in problem for problem in load(shelf)[1])


WALK = "actor: student, phase: take, steps: [{id: toy.x, clause: TOY 1}]"
BAD = {
    "unknown key": (f"toy.a: {{{WALK}, phases: x}}", "toy.a: phases is not known here; is phase meant?"),
    "no steps": ("toy.a: {actor: student, phase: take}", "toy.a: steps: is missing"),
    "no actor": ("toy.a: {phase: take, steps: [{id: toy.x, clause: TOY 1}]}", "toy.a: actor: is missing"),
    "kind": (f"toy.a: {{kind: writen, {WALK}}}", "toy.a: kind: writen is not known; is written meant?"),
    "actor": (
        "toy.a: {same_as: toy.written.take, actor: studnt}",
        "actor: studnt is not known; is student meant?",
    ),
    "same as nothing": (
        "toy.a: {same_as: toy.written.tak}",
        "same_as: there is no walk toy.written.tak; is toy.written.take",
    ),
    "circle": ("toy.a: {same_as: toy.b}\n  toy.b: {same_as: toy.a}", "same_as: there is no walk toy.a"),
    "same as itself": ("toy.a: {same_as: toy.a}", "same_as: there is no walk toy.a"),
    "note": (
        f"toy.a: {{{WALK}, notes: [secnd]}}",
        "note secnd is not among the notes of the flow files; is second meant?",
    ),
    "step twice": (
        "toy.a: {actor: all, phase: take, steps: [{id: toy.again.1, clause: null}]}",
        "toy.again.1: is given twice, first in content/flows/toy.more.yaml:2",
    ),
    "step without id": (
        "toy.a: {actor: all, phase: take, steps: [{clause: null}]}",
        "toy.a: a step needs an id",
    ),
    "step is a word": ("toy.a: {actor: all, phase: take, steps: [login]}", "toy.a: a step needs an id"),
    "step without clause": (
        "toy.a: {actor: all, phase: take, steps: [{id: toy.x}]}",
        "toy.x: clause: is missing",
    ),
    "link": (
        "toy.a: {actor: all, phase: take, steps: [{id: toy.x, clause: null, link: zoom}]}",
        "toy.x: link: zoom is not",
    ),
    "step key": (
        "toy.a: {actor: all, phase: take, steps: [{id: toy.x, clause: null, evnt: end}]}",
        "evnt is not known here; is event",
    ),
    "id": (f"Toy A: {{{WALK}}}", "Toy A: an id is small Latin letters"),
    "walk is a word": ("toy.a: take", "toy.a: steps: is missing"),
}


@pytest.mark.parametrize("name", BAD)
def test_flows__bad_walk_is_told_with_its_line(shelf, name):
    text, expected = BAD[name]
    shelf.write("flows/toy.more.yaml", f"walks:\n  {text}\n")
    _, problems = load(shelf)
    told = [problem for problem in problems if expected in problem]
    assert told, problems
    assert all(problem.startswith("content/flows/toy.") for problem in problems)


def test_flows__walks_that_are_no_mapping(shelf):
    shelf.write("flows/toy.more.yaml", "walks: [a, b]\n")
    assert load(shelf)[1] == ["content/flows/toy.more.yaml:1: walks: must be a mapping"]


def test_flows__a_walk_given_twice_in_two_files(shelf):
    shelf.write("flows/toy.more.yaml", f"walks:\n  toy.written.take: {{{WALK}}}\n")
    assert any("toy.written.take: is given twice, first in content/flows/" in p for p in load(shelf)[1])


def test_flows__an_event_that_the_policy_does_not_have(shelf):
    shelf.change("flows/toy.take.yaml", "event: upload", "event: uplaod")
    policy = load_policy("toy", None, shelf.root)
    _, problems = load(shelf, policy=policy)
    line = shelf.line("flows/toy.take.yaml", "uplaod")
    assert problems == [
        f"content/flows/toy.take.yaml:{line}: toy.written.take.2: "
        "event uplaod is not in the policy of written; is upload meant?"
    ]


def test_flows__an_event_must_be_known_to_the_kind_of_a_same_as(shelf):
    shelf.change("flows/toy.take.yaml", "same_as: toy.written.again", "same_as: toy.written.take")
    policy = load_policy("toy", None, shelf.root)
    _, problems = load(shelf, policy=policy)
    assert [problem.partition(": ")[2] for problem in problems] == [
        "toy.written.take.2: event upload is not in the policy of test"
    ]


@pytest.mark.parametrize("event", ["start", "end", "join", "upload"])
def test_flows__edges_of_the_exam_are_events_of_every_kind(shelf, event):
    shelf.change("flows/toy.take.yaml", "event: upload", f"event: {event}")
    assert load(shelf, policy=load_policy("toy", None, shelf.root))[1] == []
