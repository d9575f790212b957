"""What an administrator looks after: who is who, codes to hand out, values in force."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access
from bot.rules.administration import Colleague, Value
from bot.rules.auditing import Trouble
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind, Role
from bot.services import auditor, outbox, people
from bot.services.office import Office
from bot.services.people import IssuedInvite
from bot.storage.tables import Person
from bot.storage.unit import UnitOfWork

FOUND_MOST = 8


def enter(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> None:
    """Raises `Refusal` for everybody else: `link_first`, `staff_only`, `admins_only`."""
    access.require_admin(me.actor)


def invites(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, who: str, secret: str
) -> Sequence[IssuedInvite]:
    """Codes of students, of staff, or of one group, for those not linked yet; of the reader's faculty.

    Raises `Refusal` as `enter`, and `no_such_group`.
    """
    scope = access.admin_scope(me.actor, me.faculty)
    group = None if who in tuple(PersonKind) else who
    if group is not None and group not in uow.broadcasts.groups(scope.faculty):
        raise Refusal("no_such_group")
    issued = people.issue_invites(
        uow,
        office,
        now,
        kind=None if group else PersonKind(who),
        group=group,
        faculty=scope.faculty,
        bot_username=people.bot_username(uow, office, now),
        secret=secret,
    )
    uow.records.audit(now, "codes_issued", me.account_id, who=who, people=len(issued))
    return issued


def one_code(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, ext_id: str, secret: str
) -> Sequence[IssuedInvite]:
    """The code of whoever has this id, for another Telegram account where they are linked already.

    Raises `Refusal` as `enter`, and `no_such_person`.
    """
    scope = access.admin_scope(me.actor, me.faculty)
    issued = people.invite_again(uow, office, now, ext_id.strip(), secret, scope.faculty)
    uow.records.audit(now, "codes_issued", me.account_id, who="one", people=len(issued))
    return issued


def find(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, words: str) -> list[Colleague]:
    """Staff of the reader's faculty by id or part of a name, a few. Refuses as `enter`; `nobody_found`."""
    scope = access.admin_scope(me.actor, me.faculty)
    found = uow.people.staff_like(words.strip(), FOUND_MOST, scope.faculty) if words.strip() else []
    if not found:
        raise Refusal("nobody_found")
    return [_colleague(uow, person) for person in found]


def colleague(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, person_id: int) -> Colleague:
    """One of them. Raises `Refusal` as `find`."""
    return _colleague(uow, _staff(uow, me, person_id))


def switch_role(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, person_id: int, role: str, *, on: bool
) -> Colleague:
    """Give or take a role, written down. Raises `Refusal` as `find`, and `unknown_role`, `own_admin`."""
    person = _staff(uow, me, person_id)
    try:
        wanted = Role(role)
    except ValueError:
        raise Refusal("unknown_role") from None
    if person.id == me.person_id and wanted is Role.ADMIN and not on:
        raise Refusal("own_admin")
    roles = set(uow.people.roles_of(person.id))
    changed = roles | {wanted} if on else roles - {wanted}
    if changed != roles:
        uow.people.set_roles(person.id, sorted(changed))
        uow.flush()
        uow.records.audit(
            now, "role_given" if on else "role_taken", me.account_id, person=person.id, role=wanted.value
        )
    return _colleague(uow, person)


def _staff(uow: UnitOfWork, me: Me, person_id: int) -> Person:
    scope = access.admin_scope(me.actor, me.faculty)
    person = uow.people.get(person_id)
    if person is None or person.kind != PersonKind.STAFF or not access.within(scope, person.faculty):
        raise Refusal("nobody_found")
    return person


def _colleague(uow: UnitOfWork, person: Person) -> Colleague:
    return Colleague(
        id=person.id,
        ext_id=person.ext_id,
        name=person.full_name,
        faculty=person.faculty,
        department=person.department,
        roles=uow.people.roles_of(person.id),
        linked=uow.people.account_of(person.id) is not None,
    )


def sections(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> dict[str, int]:
    """How many values each part of the policy has; the kinds of exams are parts of their own."""
    access.require_admin(me.actor)
    counts: dict[str, int] = {}
    for path in office.policy.leaves:
        counts[_section(path)] = counts.get(_section(path), 0) + 1
    return counts


def values(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, section: str) -> list[Value]:
    """The values of one part ('' for all), as they are in force. Raises `Refusal` as `enter`."""
    access.require_admin(me.actor)
    leaves = office.policy.leaves.items()
    return [
        Value(path, leaf.value, leaf.clause or "", leaf.mark)
        for path, leaf in leaves
        if section in ("", _section(path))
    ]


def _section(path: str) -> str:
    head, _, rest = path.partition(".")
    return f"{head}.{rest.partition('.')[0]}" if head == "kinds" else head


def health(
    uow: UnitOfWork, office: Office, now: dt.datetime
) -> tuple[float, float, tuple[tuple[Trouble, int], ...]]:
    """What the database knows of the program's health: lags in seconds, reports that do not go on."""
    inbox, owed = outbox.lag(uow, office, now)
    return inbox, owed, auditor.troubles(uow, office, now)
