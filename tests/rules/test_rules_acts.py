"""What an act still lacks, where words go, what comes after what."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import acts
from bot.rules.acts import ANSWER, CONFIRM, SIGN, ActDraft, ActSpec, Candidate
from bot.rules.files import KEPT, REFUSED, FileView
from tests.support.refusals import refused

NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)


def spec(**changes):
    values = {
        "id": "x",
        "clause": "AYU 5.1.5",
        "document": "act_violation",
        "attestations": ("interim",),
        "student": True,
        "offences": {"phone": "", "talk": "", "seat": ""},
        "many": True,
        "texts": {"who": True, "note": False},
        "signers": ("proctor", "office", "dean"),
        "signers_from": (),
        "drawn_by": ("proctor",),
        "approver": "dean",
        "answer": True,
        "refusal": "",
    }
    return ActSpec(**{**values, **changes})


def draft(form=None, **changes):
    values = {
        "id": 1,
        "spec": form or spec(),
        "words": {},
        "exam": None,
        "at": NOW,
        "student": "A",
        "students": (),
        "offences": ("phone",),
        "texts": {"who": "B"},
        "members": (Candidate(1, "C"), Candidate(2, "D")),
        "candidates": (),
        "files": (),
        "field": "",
        "stamp": 0,
    }
    return ActDraft(**{**values, **changes})


def test_whole__is_accepted():
    acts.require_whole(draft())
    acts.require_whole(
        draft(spec(offences={}, student=False, texts={}, signers=("one",)), members=(), offences=())
    )


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("act_needs_student", {"student": ""}),
        ("act_needs_offence", {"offences": ()}),
        ("act_needs_text", {"texts": {"note": "said"}}),
        ("act_needs_members", {"members": (Candidate(1, "C"),)}),
    ],
)
def test_missing__is_named(code, changes):
    with refused(code):
        acts.require_whole(draft(**changes))


def test_missing__members_are_counted():
    with refused("act_needs_members") as said:
        acts.require_whole(draft(members=(Candidate(1, "C"),)))
    assert said.value.params == {"needed": 2, "chosen": 1}


def file(name, state):
    return FileView(1, name, "act", state, "pdf", 1, 1, "", "", made=False, added_at=NOW)


@pytest.mark.parametrize(("name", "said"), [("акт.pdf", "акт.pdf"), ("", "—")])
def test_bad_file__is_named(name, said):
    acts.require_whole(draft(files=(file("x", KEPT),)))
    with refused("act_bad_file") as caught:
        acts.require_whole(draft(files=(file("x", KEPT), file(name, REFUSED))))
    assert caught.value.params == {"name": said}


@pytest.mark.parametrize(
    ("given_texts", "chosen", "goes_to"),
    [({}, "", "who"), ({"who": "B"}, "", "note"), ({"who": "B"}, "who", "who"), ({}, "strange", "who")],
)
def test_words__go_to_the_chosen_field_then_the_needed_then_the_last(given_texts, chosen, goes_to):
    assert acts.field_of(spec(), given_texts, chosen) == goes_to
    assert acts.field_of(spec(texts={}), given_texts, chosen) == ""


@given(st.lists(st.sampled_from(["phone", "talk", "seat"])))
def test_offences__tapped_twice_are_gone_and_keep_the_forms_order(taps):
    chosen: tuple[str, ...] = ()
    for tap in taps:
        chosen = acts.toggled(spec(), chosen, tap)
    assert chosen == tuple(name for name in spec().offences if taps.count(name) % 2)


def test_offences__one_of_a_form_that_allows_one():
    assert acts.toggled(spec(many=False), ("phone",), "talk") == ("talk",)
    with refused("act_moved"):
        acts.toggled(spec(), (), "strange")


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        ({}, [CONFIRM, ANSWER, SIGN]),
        ({"approver": ""}, [CONFIRM, ANSWER]),
        ({"answer": False}, [CONFIRM, SIGN]),
        ({"student": False, "approver": ""}, [CONFIRM]),
    ],
)
def test_stages__follow_the_form_to_its_end(changes, order):
    form, stage = spec(**changes), CONFIRM
    for after in [*order[1:], ""]:
        stage = acts.stage_after(form, stage)
        assert stage == after


def test_confirmed__by_everybody_or_not_at_all():
    assert acts.confirmed((1, 2), {1: "yes", 2: "yes"})
    assert not acts.confirmed((1, 2), {1: "yes"})
    assert acts.confirmed((), {})


def test_stages__nothing_comes_after_one_that_the_form_does_not_know():
    assert acts.stage_after(spec(), "closed") == ""


def test_form__of_an_exam_has_the_offences_of_its_kind_and_what_was_chosen_once():
    form = spec(offences_at={"phone": ("oral",), "talk": ("oral", "creative")})
    assert form.at("oral") is form
    assert list(form.at("creative").offences) == ["talk", "seat"]
    assert list(form.at("test").offences) == ["seat"]
    assert list(form.at("test", ["phone"]).offences) == ["phone", "seat"]
