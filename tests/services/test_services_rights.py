"""Forbidden pairs tried through the real dispatcher: past the table of rights, and past it to others."""

import itertools
import json
from zlib import crc32

import pytest
from sqlalchemy import select

from bot.rules import rights
from bot.rules.rights import GUEST, STUDENT, Whose
from bot.rules.vocabulary import Role
from bot.services import helpdesk, people
from bot.storage.tables import Base, Ticket
from handlers import door
from tests.services.test_forgotten_everywhere import NAME, SAID, WORDS, lived
from tests.support.counter import Counter
from tests.support.refusals import refused

__all__ = ["lived"]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Hundreds of taps, each a few small transactions: what is asked does not depend on the database."""

OWN_TABLES = {"accounts", "audit_events", "conversations", "board_keys", "help_paths", "walks", "preferences"}
"""What taps of one's own may leave behind."""

AWAY = {"faculty": "Басқа факультет"}
FACULTY_ROLES = frozenset(Role) - rights.HELPERS - rights.REGISTRARS


@pytest.fixture
def counter(lived, monkeypatch):
    opened = Counter(lived, monkeypatch)
    yield opened
    opened.close()


@pytest.fixture
def refusals(monkeypatch):
    """Codes of what was refused, in their order."""
    found: list[str] = []
    refuse = door._Front._refuse

    async def keep(front, ctx, refusal):
        found.append(refusal.code)
        await refuse(front, ctx, refusal)

    monkeypatch.setattr(door._Front, "_refuse", keep)
    return found


@SQLITE
def test_forbidden__a_pair_of_every_row_through_the_dispatcher(lived, counter, refusals):
    """Which pairs there are is proved of the table itself; here that it is asked, for every route."""
    users = {GUEST: 999_999, STUDENT: lived.student("SX", group="БТ-9", **AWAY).user_id}
    users |= {role: lived.member(f"X{role}", role, department="x", **AWAY).user_id for role in Role}
    counter.tap(users[GUEST], "lang:kk:start")
    roles, before = itertools.cycle(Role), snapshot(lived)
    routes = [(f"/{name}", right) for name, right in rights.COMMANDS.items()]
    tried = 0
    for route, right in [*routes, *rights.TAPS.items()]:
        outside = [name for name in (GUEST, STUDENT) if name not in right.who]
        if not set(Role) <= right.who:
            outside.append(next(role for role in roles if role not in right.who))
        if right.asks or not outside:
            continue
        name = outside[crc32(route.encode()) % len(outside)]
        refusals.clear()
        said = (
            counter.write(users[name], route) if route[0] == "/" else counter.tap(users[name], f"{route}:1:1")
        )
        assert refusals == [rights.refusal_for(right, frozenset({name}))], (route, name)
        assert any(one.method == "sendMessage" for one in said), f"{route} of {name} got no answer"
        tried += 1
    assert tried > 150
    assert changed(before, snapshot(lived)) == {}


@SQLITE
def test_commands__each_is_asked_of_its_row_and_not_of_its_use_case_alone(
    lived, counter, refusals, monkeypatch
):
    """Use-cases refuse by themselves too, in the same words: only another table shows that it is asked."""
    nobodys = rights.Right(frozenset(), Whose.NOBODYS, "admins_only")
    monkeypatch.setattr(rights, "COMMANDS", dict.fromkeys(rights.COMMANDS, nobodys))
    for name in rights.COMMANDS:
        counter.write(lived.examiner.user_id, f"/{name}")
    assert refusals == ["admins_only"] * len(rights.COMMANDS)


@SQLITE
@pytest.mark.parametrize("kind", [STUDENT, "staff"])
def test_whose__outsiders_reach_nothing_by_any_button(lived, counter, kind):
    """A student of another group, and one who holds every role of another faculty, forge every button."""
    if kind == STUDENT:
        outsider, mine = lived.student("SX", group="БТ-9", **AWAY), {STUDENT}
    else:
        outsider, mine = lived.member("XX", *FACULTY_ROLES, department="x", **AWAY), FACULTY_ROLES
    before, reached = snapshot(lived), []
    for route, right in rights.TAPS.items():
        if right.whose is not Whose.NOBODYS and right.who & mine and route != "tn":
            row = lived.case_id + 1 if route[0] in "cj" else 1
            said = counter.tap(outsider.user_id, f"{route}:{row}:1")
            reached += [
                (route, word) for word in (NAME, WORDS, SAID) if any(word in one.words for one in said)
            ]
    assert reached == []
    assert changed(before, snapshot(lived)) == {}


@pytest.mark.parametrize("act", ["give_back", "pause", "not_found", "invite", "resolve"])
def test_ticket__of_one_helper_is_not_in_the_hands_of_who_is_nobody(lived, act):
    """Somebody without a person is not the second helper that a ticket does not have."""
    guest = lived.do(people.meet, 999_999, "ru")
    before = lived.sql(ticket_of)
    with refused("link_first"):
        lived.do(getattr(helpdesk, act), guest, lived.ticket.id)
    with refused("helpers_only"):
        lived.do(getattr(helpdesk, act), lived.me, lived.ticket.id)
    assert lived.sql(ticket_of) == before


def ticket_of(uow):
    ticket = uow.session.scalars(select(Ticket)).one()
    return ticket.state, ticket.holder_id, ticket.second_id, ticket.widen_at, ticket.lease_until


def snapshot(hall):
    """Every row that is not the tapping person's own."""

    def look(uow):
        return {
            table.name: sorted(json.dumps(list(row), default=str) for row in uow.session.execute(query))
            for table in Base.metadata.sorted_tables
            if table.name not in OWN_TABLES
            for query in (select(table),)
        }

    return hall.sql(look)


def changed(before, after):
    return {name: sorted({*after[name]} ^ {*rows}) for name, rows in before.items() if after[name] != rows}
