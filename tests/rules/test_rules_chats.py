"""Who may link a chat to a study group, confirm that and end it."""

import pytest

from bot.rules import chats as rules
from bot.rules.access import Actor
from bot.rules.vocabulary import PersonKind
from tests.support.refusals import refused

GUEST = Actor(1, None, None, frozenset())
STUDENT = Actor(2, 20, PersonKind.STUDENT, frozenset())
STAFF = Actor(3, 30, PersonKind.STAFF, frozenset())


@pytest.mark.parametrize(
    ("actor", "own_group", "examines", "wanted"),
    [
        (STAFF, "", True, "linked"),
        (STAFF, "", False, "chat_not_yours"),
        (STAFF, "G", False, "chat_not_yours"),
        (STUDENT, "G", False, "asked"),
        (STUDENT, "H", False, "chat_not_yours"),
        (STUDENT, "H", True, "chat_not_yours"),
        (STUDENT, "G", True, "asked"),
        (GUEST, "G", True, "link_first"),
    ],
)
def test_link__an_examiner_links_a_student_of_the_group_asks(actor, own_group, examines, wanted):
    if wanted in ("linked", "asked"):
        assert rules.require_link(actor, "G", own_group, examines=examines) == wanted
        return
    with refused(wanted):
        rules.require_link(actor, "G", own_group, examines=examines)


@pytest.mark.parametrize(
    ("actor", "examines", "asked_by", "code"),
    [
        (STAFF, True, None, ""),
        (STAFF, False, 30, ""),
        (STUDENT, False, 20, ""),
        (STAFF, False, None, "chat_not_yours"),
        (STUDENT, False, 30, "chat_not_yours"),
        (GUEST, True, None, "link_first"),
    ],
)
def test_unlink__by_the_examiners_and_whoever_linked_it(actor, examines, asked_by, code):
    if not code:
        rules.require_unlink(actor, examines=examines, asked_by=asked_by)
        return
    with refused(code):
        rules.require_unlink(actor, examines=examines, asked_by=asked_by)


def test_confirm__by_an_examiner_of_the_group_alone():
    assert rules.require_confirm(STAFF, examines=True) == 30
    for actor, examines, code in (
        (STAFF, False, "chat_not_yours"), (STUDENT, True, "staff_only"), (GUEST, True, "link_first"),
    ):  # fmt: skip
        with refused(code):
            rules.require_confirm(actor, examines=examines)
