"""Buttons and handlers: each prefix has its handler, each handler its button, and all data fit."""

import dataclasses
import datetime as dt

import pytest

import handlers
from bot.clock import zone
from bot.library.content import load, profiles
from bot.rules.cases import CaseView, Filing
from bot.rules.exams import ExamBrief, Span
from bot.rules.people import Me
from bot.rules.readiness import GroupReadiness, Readiness
from bot.rules.vocabulary import ExamKind, PersonKind
from bot.rules.walk import Place, WalkView
from bot.views import cases, commands, exams, home, readiness, rules, screen, walks
from bot.views.screen import DATA_LIMIT, Button, Screen
from bot.views.speech import Speakers
from tests.support.sources import ROOT, Module

LARGEST = 999_999_999_999_999
NOW = dt.datetime(2026, 12, 21, 4, 30, tzinfo=dt.UTC)
SPAN = Span(NOW - dt.timedelta(minutes=30), NOW + dt.timedelta(minutes=90))


VIEWS = [Module(path) for path in sorted((ROOT / "bot" / "views").glob("*.py"))]


def packed() -> dict[str, str]:
    """Prefixes that views pack, each with a place where that is."""
    found = {prefix: place for module in VIEWS for place, prefix in module.texts("pack")}
    unread = {prefix: place for prefix, place in found.items() if "?" in prefix or "*" in prefix}
    assert not unread, f"say the prefix where it is packed: {unread}"
    return found


def test_buttons__every_prefix_has_a_handler():
    found = packed()
    assert {prefix: found[prefix] for prefix in found.keys() - handlers.TAPS.keys()} == {}


def test_handlers__every_prefix_is_on_some_button():
    assert handlers.TAPS.keys() - packed().keys() == set()


def test_handlers__what_stands_behind_a_command_is_a_tap_and_a_command():
    assert handlers.BEHIND.keys() <= handlers.TAPS.keys()
    assert set(handlers.BEHIND.values()) <= handlers.COMMANDS.keys()


def test_menu__lists_commands_that_there_are():
    assert set(commands.LISTED) <= handlers.COMMANDS.keys()
    assert set(handlers.COMMANDS) - set(commands.LISTED) == {"start"}


def menu_buttons() -> set[str]:
    """Commands that stand on buttons of the menu."""
    found = set()
    for module in VIEWS:
        for call, assigned in module.calls("pack"):
            if "menu" in module.shapes(call.args[0], assigned):
                found |= set(module.shapes(call.args[1], assigned))
    return found


def test_menu__every_button_is_a_command():
    assert menu_buttons() <= handlers.COMMANDS.keys()
    assert "exams" in menu_buttons()


@pytest.fixture(scope="module", params=profiles())
def content(request):
    return load(request.param)


@pytest.fixture(scope="module")
def voice(content):
    return Speakers(content.catalogue, content.words, zone("Asia/Almaty"))["kk"]


def brief(kind: str) -> ExamBrief:
    return ExamBrief(
        LARGEST,
        "E" * 64,
        {"kk": "Ұ" * 300},
        kind,
        "interim",
        SPAN,
        "https://m.example",
        "https://l.example",
        1,
    )


def data(*screens: Screen) -> list[str]:
    """All callback data; a button over the limit cannot even be made."""
    return [button.data for shown in screens for row in shown.rows for button in row if button.data]


def test_data__over_the_limit_raises_where_it_is_made():
    assert Button("x", "ұ" * (DATA_LIMIT // 2)).data
    with pytest.raises(ValueError, match="over 64 bytes"):
        Button("x", "ұ" * (DATA_LIMIT // 2) + "x")


def test_data__of_every_algorithm_fits_with_the_largest_ids(content, voice):
    longest = 0
    for algorithm in content.algorithms.values():
        exam = brief(algorithm.kind or ExamKind.WRITTEN)
        for position in range(len(algorithm.steps)):
            place = Place(position, frozenset({position - 1} - {-1}), finished=False)
            view = WalkView(algorithm, place, exam)
            shown = [
                walks.step(voice, content.policy, view, NOW),
                walks.whole_list(voice, view),
                walks.problem(voice, content.policy, view),
                walks.duties_at(voice, exam, [algorithm], NOW),
                exams.exam_card(voice, exam, algorithm, NOW),
            ]
            longest = max([longest, *(len(found.encode()) for found in data(*shown))])
    assert not content.algorithms or 40 < longest <= DATA_LIMIT


def reader() -> Me:
    return Me(1, LARGEST, "kk", True, True, LARGEST, PersonKind.STUDENT, "S1", "Аты", "АЖ-1")


def case(state: str = "waiting") -> CaseView:
    return CaseView(
        LARGEST, "FM-26-99999", "internet", state, NOW, brief("written"), "Аты", "АЖ-1", (), "Аты", NOW
    )


def test_data__of_reports_fits_with_the_largest_ids(content, voice):
    troubles = content.policy.force_majeure.troubles
    many = (brief("written"), dataclasses.replace(brief("test"), id=LARGEST - 1))
    shown = [
        cases.filing(voice, Filing(troubles, many), NOW),
        cases.filing(voice, Filing(troubles, many[:1]), NOW),
        cases.status(voice, case(), (), NOW),
        cases.my_cases(voice, [case()], NOW),
        cases.staff_desk(voice, [case(), case("taken")], NOW),
    ]
    assert len(data(*shown)) > len(troubles)


def test_data__of_exams_and_readiness_fits_with_the_largest_ids(voice, content):
    exam = brief("written")
    items = tuple((item, None) for item in content.policy.readiness)
    missing = tuple((item, False) for item in content.policy.readiness)
    shown = [exams.exam_list(voice, [exams.MyExam(exam, "running", holds=False)], NOW)]
    if items:
        shown += [
            readiness.question(voice, Readiness(exam, items), len(items) - 1),
            readiness.fix(voice, Readiness(exam, missing), len(items) - 1),
            readiness.result(voice, Readiness(exam, missing), ()),
            readiness.group(voice, GroupReadiness(exam, 1, 0, (("Аты", content.policy.readiness),), ())),
        ]
    assert data(*shown)


def test_data__of_rules_fits(voice, content):
    longest = max((len(screen.pack(rules.NO_HELP, entry)) for entry in content.rulebook.entries), default=0)
    assert longest <= DATA_LIMIT


@pytest.mark.parametrize("following", sorted(handlers.COMMANDS))
def test_data__of_first_contact_fits_whatever_was_asked(voice, following):
    shown = [home.choose_language([voice], following), home.consent(voice, reader(), following)]
    assert all(found.endswith(f":{following}") for found in data(*shown))
