"""Who may do what: one table, asked for every tap, command, link and request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.errors import Refusal
from bot.rules import rights
from bot.rules.board import Scope
from bot.rules.rights import BOARD, DEANS, HELPERS, LEADS, OWN_BOARD, REGISTRARS, Right
from bot.rules.vocabulary import PersonKind, Role


class Action(StrEnum):
    """Everything that is not open to all."""

    FILE_REPORT = "file_report"
    TAKE_REPORT = "take_report"
    ADD_TO_REPORT = "add_to_report"
    SEE_EXAMS = "see_exams"
    SEE_STAFF = "see_staff"
    SEE_DELIVERIES = "see_deliveries"
    HELP_OTHERS = "help_others"
    LEAD_DESK = "lead_desk"
    CHANGE_EXAM = "change_exam"
    SEE_BOARD = "see_board"
    APPEAL = "appeal"
    APPLY = "apply"
    JUDGE_APPEAL = "judge_appeal"
    DRAW_ACT = "draw_act"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind an account as the database knows them; a guest has no `person_id`."""

    account_id: int
    person_id: int | None
    kind: PersonKind | None
    roles: frozenset[Role]


LINKED_ONLY = frozenset(
    {Action.APPEAL, Action.APPLY, Action.FILE_REPORT, Action.SEE_EXAMS, Action.ADD_TO_REPORT}
)
DENIALS = frozenset(
    {
        "staff_only", "not_yours", "not_your_exam", "act_not_yours", "helpers_only", "leads_only",
        "admins_only",
    }
)  # fmt: skip
"""Refusals that an honest client does not meet: each is written down."""

STAFF_ONLY = frozenset(
    {
        Action.JUDGE_APPEAL,
        Action.DRAW_ACT,
        Action.TAKE_REPORT,
        Action.SEE_STAFF,
        Action.SEE_DELIVERIES,
        Action.CHANGE_EXAM,
        Action.SEE_BOARD,
        Action.HELP_OTHERS,
        Action.LEAD_DESK,
        Action.ADMINISTER,
    }
)
BY_ROLE = {
    Action.HELP_OTHERS: HELPERS,
    Action.LEAD_DESK: LEADS,
    Action.ADMINISTER: frozenset({Role.ADMIN}),
}

Gate = Literal["open", "language", "consent"]
BEFORE_LANGUAGE = frozenset({"start", "lang", "sos", ""})
PERSONAL = frozenset({"appeal", "apply", "exams", "my", "staff"})


def gate(actor: Actor, asked: str, *, chosen: bool, consented: bool) -> Gate:
    """What stands before a command: the language question at first contact, then consent for linked people.

    A report of force majeure waits for neither: it is an emergency, and consent is asked for after it.
    `asked` is '' for a button's tap, whose owner has been here before.
    """
    if not chosen and asked not in BEFORE_LANGUAGE:
        return "language"
    if actor.person_id is not None and not consented and asked in PERSONAL:
        return "consent"
    return "open"


def persons(actor: Actor) -> frozenset[str]:
    """Whom the table of rights takes somebody for; a student who was given roles stays a student."""
    if actor.person_id is None:
        return frozenset({rights.GUEST})
    if actor.kind is not PersonKind.STAFF:
        return frozenset({rights.STUDENT})
    return frozenset({rights.COLLEAGUE, *actor.roles})


_REFUSED: Mapping[str, Callable[[], Refusal]] = {
    "not_now": lambda: Refusal("not_now"),
    "link_first": lambda: Refusal("link_first"),
    "staff_only": lambda: Refusal("staff_only"),
    "students_only": lambda: Refusal("students_only"),
    "helpers_only": lambda: Refusal("helpers_only"),
    "leads_only": lambda: Refusal("leads_only"),
    "deans_only": lambda: Refusal("deans_only"),
    "admins_only": lambda: Refusal("admins_only"),
}


def admit(actor: Actor, right: Right | None) -> None:
    """Lets pass whom the table of rights lets do this on anything at all; None: it stands in no row.

    Raises `Refusal`: `link_first`, and as the row says; `not_now` for what nobody may.
    """
    code = "not_now" if right is None else rights.refusal_for(right, persons(actor))
    if code:
        raise _REFUSED[code]()


def require(actor: Actor, action: Action) -> int:
    """The actor's person id when their kind may do this at all.

    Raises `Refusal`: `link_first` for a guest, `staff_only` for a student.
    """
    if actor.person_id is None:
        raise Refusal("link_first")
    if action in STAFF_ONLY and actor.kind is not PersonKind.STAFF:
        raise Refusal("staff_only")
    return actor.person_id


def require_role(actor: Actor, roles: frozenset[Role]) -> int:
    """The person id of whoever holds one of these roles. Raises `Refusal`: `link_first`, `staff_only`."""
    person = require(actor, Action.SEE_STAFF)
    if not actor.roles & roles:
        raise Refusal("staff_only")
    return person


def may(actor: Actor, action: Action) -> bool:
    """Whether one of the actor's roles allows this."""
    return actor.kind is PersonKind.STAFF and bool(actor.roles & BY_ROLE[action])


def require_helper(actor: Actor, *, lead: bool = False) -> int:
    """The actor's person id when they help others (`lead`: when they watch over the help desk).

    Raises `Refusal`: `link_first` for a guest, `helpers_only`, `leads_only`.
    """
    if actor.person_id is None:
        raise Refusal("link_first")
    if not may(actor, Action.LEAD_DESK if lead else Action.HELP_OTHERS):
        raise Refusal("leads_only" if lead else "helpers_only")
    return actor.person_id


def may_end_incident(actor: Actor, declared_by: int | None) -> bool:
    """Whether the actor may say that a declared incident is over: who declared it, and the call centre."""
    if actor.person_id is None or actor.kind is not PersonKind.STAFF:
        return False
    return actor.person_id == declared_by or may(actor, Action.LEAD_DESK)


def require_admin(actor: Actor) -> int:
    """The actor's person id when they administer this installation.

    Raises `Refusal`: `admins_only`, and as `require`.
    """
    person = require(actor, Action.ADMINISTER)
    if not may(actor, Action.ADMINISTER):
        raise Refusal("admins_only")
    return person


def admin_scope(actor: Actor, faculty: str) -> Scope:
    """Whose people and files an administrator of `faculty` ('' for the whole university) looks after.

    Raises `Refusal` as `require_admin`.
    """
    require_admin(actor)
    return Scope(faculty)


def within(scope: Scope, faculty: str) -> bool:
    """Whether something of `faculty` lies inside a scope: what is the whole university's only in its own."""
    return not scope.faculty or scope.faculty == faculty


def may_see_tables(actor: Actor, faculty: str) -> bool:
    """Whether the actor may read this installation's tables: administrators of the whole university."""
    return may(actor, Action.ADMINISTER) and not faculty


def require_tables(actor: Actor, faculty: str) -> int:
    """The actor's person id when they may read the tables.

    Raises `Refusal`: `whole_university` for an administrator of one faculty, and as `require_admin`.
    """
    person = require_admin(actor)
    if not may_see_tables(actor, faculty):
        raise Refusal("whole_university")
    return person


def news_scope(actor: Actor, faculty: str) -> Scope:
    """Whom somebody of `faculty` may send news to: their own faculty, with an empty one everybody.

    Raises `Refusal`: `link_first`, `staff_only`, `deans_only` for everybody else.
    """
    require(actor, Action.SEE_STAFF)
    if not actor.roles & rights.DEANERY.who:
        raise Refusal("deans_only")
    return Scope(faculty)


def require_holder(actor: Actor, addressees: frozenset[int]) -> int:
    """The actor's person id when the report was addressed to them.

    Raises `Refusal`: `not_yours` for staff outside the frozen chain, and as `require`.
    """
    person = require(actor, Action.TAKE_REPORT)
    if person not in addressees:
        raise Refusal("not_yours")
    return person


def may_change_exam(actor: Actor, examiners: frozenset[int], faculty: str, exam_faculty: str) -> bool:
    """Whether the actor may move, extend or cancel an exam and give a student of it more time.

    Its examiners may, and the dean and deputy dean of its faculty (`faculty` is the actor's own).
    """
    if actor.person_id is None or actor.kind is not PersonKind.STAFF:
        return False
    return actor.person_id in examiners or (
        bool(actor.roles & DEANS) and (not faculty or faculty == exam_faculty)
    )


def require_changer(actor: Actor, examiners: frozenset[int], faculty: str, exam_faculty: str) -> int:
    """The actor's person id when they may change this exam.

    Raises `Refusal`: `not_your_exam`, and as `require`.
    """
    person = require(actor, Action.CHANGE_EXAM)
    if not may_change_exam(actor, examiners, faculty, exam_faculty):
        raise Refusal("not_your_exam")
    return person


def speaks_for_staff(actor: Actor) -> bool:
    """Whether somebody may declare a colleague's absence at all: dean, deputy dean, administrator."""
    return actor.kind is PersonKind.STAFF and bool(actor.roles & (DEANS | {Role.ADMIN}))


def may_send_away(actor: Actor, faculty: str, person_id: int, their_faculty: str) -> bool:
    """Whether the actor (of `faculty`, '' for the whole university) may say that somebody is away."""
    if actor.kind is not PersonKind.STAFF:
        return False
    own = actor.person_id == person_id
    return own or (speaks_for_staff(actor) and (not faculty or faculty == their_faculty))


def require_reporter(actor: Actor, reporter_id: int) -> int:
    """The actor's person id when the report is their own. Raises `Refusal` (`not_yours`)."""
    person = require(actor, Action.ADD_TO_REPORT)
    if person != reporter_id:
        raise Refusal("not_yours")
    return person


def sees_board(actor: Actor) -> bool:
    """Whether the board concerns somebody at all."""
    return bool(actor.roles & (BOARD | OWN_BOARD))


def registrar_scope(actor: Actor, faculty: str) -> Scope:
    """What of the university somebody of the registrar's office works for ('' for all of it).

    Raises `Refusal`: `link_first`, `staff_only` for everybody else.
    """
    require(actor, Action.SEE_BOARD)
    if not actor.roles & REGISTRARS:
        raise Refusal("staff_only")
    return Scope(faculty)


def board_scope(actor: Actor, faculty: str) -> Scope:
    """What somebody of `faculty` ('' for the whole university) sees on the board.

    Raises `Refusal`: `link_first`, `staff_only` for everybody whom the board does not concern.
    """
    require(actor, Action.SEE_BOARD)
    if actor.roles & BOARD:
        return Scope(faculty)
    if actor.roles & OWN_BOARD:
        return Scope(own=True)
    raise Refusal("staff_only")
