"""Buttons and handlers: each prefix has its handler, each handler its button, and all data fit."""

from functools import cache

import pytest

import handlers
from bot.library.content import load, profiles
from bot.views import commands, rules
from bot.views.screen import DATA_LIMIT, Button, pack
from tests.support.sources import ROOT, Module

LARGEST = 999_999_999_999_999
VIEWS = [Module(path) for path in sorted((ROOT / "bot" / "views").rglob("*.py"))]


@cache
def packed() -> dict[str, str]:
    """Prefixes that views pack, each with a place where that is."""
    found = {prefix: place for module in VIEWS for place, prefix in module.texts("pack")}
    unread = {prefix: place for prefix, place in found.items() if "?" in prefix or "*" in prefix}
    assert not unread, f"say the prefix where it is packed: {unread}"
    return found


def test_buttons__every_prefix_has_a_handler():
    found = packed()
    handled = handlers.TAPS.keys() | handlers.GROUP_TAPS.keys()
    assert {prefix: found[prefix] for prefix in found.keys() - handled} == {}


def test_handlers__every_prefix_is_on_some_button():
    assert (handlers.TAPS.keys() | handlers.GROUP_TAPS.keys()) - packed().keys() == set()


def test_handlers__a_button_of_a_group_works_in_no_private_chat():
    assert handlers.TAPS.keys() & handlers.GROUP_TAPS.keys() == set()


def test_handlers__what_stands_behind_a_command_is_a_tap_and_a_command():
    assert handlers.BEHIND.keys() <= handlers.TAPS.keys()
    assert set(handlers.BEHIND.values()) <= handlers.COMMANDS.keys()


def test_menu__lists_commands_that_there_are():
    assert set(commands.LISTED) <= handlers.COMMANDS.keys()
    assert set(handlers.COMMANDS) - set(commands.LISTED) - handlers.GROUPS.keys() == {"start"}


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


def test_data__over_the_limit_cannot_be_put_on_a_button():
    assert Button("x", "ұ" * (DATA_LIMIT // 2)).data
    with pytest.raises(ValueError, match="over 64 bytes"):
        Button("x", "ұ" * (DATA_LIMIT // 2) + "x")


@pytest.fixture(scope="module", params=profiles())
def content(request):
    return load(request.param)


def over(*found: str) -> list[str]:
    """Callback data that Telegram would not carry."""
    return [data for data in found if len(data.encode()) > DATA_LIMIT]


def test_data__of_every_algorithm_fits_with_the_largest_exam(content):
    found = [
        pack(prefix, algorithm.id, LARGEST, len(algorithm.steps))
        for algorithm in content.algorithms.values()
        for prefix in packed()
    ]
    assert over(*found) == []
    assert bool(found) is bool(content.algorithms)


def test_data__of_every_trouble_phase_and_rule_fits(content):
    found = [
        *(pack("st", trouble, LARGEST) for trouble in content.policy.force_majeure.troubles),
        *(pack("wr", algorithm.phase) for algorithm in content.algorithms.values()),
        *(pack(rules.NO_HELP, entry) for entry in content.rulebook.entries),
        *(pack(rules.SHOW, entry) for entry in content.rulebook.entries),
    ]
    assert found
    assert over(*found) == []


@pytest.mark.parametrize("prefix", sorted(packed()))
def test_data__of_any_two_largest_rows_and_an_answer_fits(prefix):
    assert over(pack(prefix, LARGEST, LARGEST, 1)) == []


@pytest.mark.parametrize("following", sorted(handlers.COMMANDS))
def test_data__of_first_contact_fits_whatever_was_asked(following):
    assert over(pack("lang", "kk", following), pack("agree", following), pack("menu", following)) == []


def test_pack__a_missing_argument_keeps_its_place():
    assert pack("wk", "ayu.test.take", None, 0) == "wk:ayu.test.take:-:0"
    assert pack("wr") == "wr"
