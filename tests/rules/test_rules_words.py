import dataclasses
import datetime as dt

import pytest

from bot.errors import ContentError, Refusal
from bot.rules import cases, exams, parcels, people, policy, walk
from bot.rules.files import FileLimits
from bot.rules.policy import Chain, Delivery, Policy
from bot.rules.vocabulary import Attestation, ExamKind, Level, PersonKind, Role
from tests.support.policies import governing

CONTRACT = {
    ExamKind: "test test_complex test_cyclic oral written project mini_project case essay creative "
    "thesis_defence complex_exam",
    Attestation: "interim final",
    Level: "bachelor master doctoral",
    Role: "examiner proctor methodist registrar deputy_dean dean head_of_department secretary "
    "commission_chair commission_member appeal_chair appeal_member volunteer call_center admin",
    PersonKind: "student staff",
}

FILES = FileLimits(("pdf",), 20, 10, 50, 6)


@pytest.mark.parametrize("words", list(CONTRACT), ids=lambda words: words.__name__)
def test_vocabulary__is_the_contracts(words):
    assert [word.value for word in words] == CONTRACT[words].split()


def some_policy():
    chains = {(Attestation.INTERIM, "student"): Chain(("examiner",), "AYU 5.1.11")}
    force_majeure = governing(chains=chains)
    delivery = Delivery(6, dt.timedelta(seconds=2), dt.timedelta(seconds=60), dt.timedelta(seconds=1), 2)
    return Policy("ayu", "Asia/Almaty", {}, force_majeure, delivery, 1, 5, 14, (), FILES)


def test_policy__the_chain_of_a_party_is_empty_where_the_source_names_none():
    assert some_policy().chain(Attestation.INTERIM, "student").steps == ("examiner",)
    assert some_policy().chain(Attestation.FINAL, "student") == Chain((), None)
    assert some_policy().chain(Attestation.INTERIM, "staff") == Chain((), None)


RECORDS = [
    found
    for module in (cases, exams, parcels, people, policy, walk)
    for found in vars(module).values()
    if isinstance(found, type) and dataclasses.is_dataclass(found) and found.__module__ == module.__name__
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_records__cannot_be_changed_by_whoever_gets_them(record):
    assert record.__dataclass_params__.frozen


def test_refusal__carries_its_code_and_what_fills_its_message():
    refusal = Refusal("taken_by", name="Айгүл")
    assert (refusal.code, refusal.params) == ("taken_by", {"name": "Айгүл"})
    assert str(refusal) == "taken_by {'name': 'Айгүл'}"
    assert str(Refusal("link_first")) == "link_first"


def test_content_error__is_one_problem_a_line():
    assert str(ContentError(iter(["a.yaml:1: one", "b.yaml:2: two"]))) == "a.yaml:1: one\nb.yaml:2: two"
