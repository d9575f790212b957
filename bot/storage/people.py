"""People, their Telegram accounts, and the invites that join the two."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.rules.policy import Quiet
from bot.rules.preferences import Wishes
from bot.rules.vocabulary import PersonKind, Role
from bot.storage.dialects import affected, insert_new
from bot.storage.rehousing import rehouse
from bot.storage.sealing import by_name
from bot.storage.tables import (
    Account,
    Adviser,
    CodeAttempt,
    Conversation,
    ExamExaminer,
    Invite,
    Notice,
    Person,
    PersonRole,
    Preference,
)

_ACCOUNT_OF = select(Account).where(Account.person_id == bindparam("person"))
_ACCOUNTS = select(Account).where(Account.person_id.in_(bindparam("people", expanding=True)))
_REACHABLE = select(Account.person_id).where(
    Account.person_id.in_(bindparam("people", expanding=True)), Account.blocked_at.is_(None)
)
_A, _P, _C = Account.__table__.c, Person.__table__.c, Conversation.__table__.c
_KNOWN = (
    _A.id, _A.language, _A.consent_version, _A.blocked_at, _A.person_id,
    _P.kind, _P.ext_id, _P.full_name, _P.language, _P.group_name, _P.faculty,
    _C.state, _C.data,
)  # fmt: skip
_ARRIVING = (
    select(*(column.label(f"c{number}") for number, column in enumerate(_KNOWN)))
    .select_from(Account.__table__)
    .outerjoin(Person.__table__, _P.id == _A.person_id)
    .outerjoin(Conversation.__table__, _C.key == bindparam("chat"))
    .where(_A.user_id == bindparam("user"))
)
_KNOWN_ALL = (
    select(_A.user_id, *_KNOWN[:-2])
    .select_from(Account.__table__)
    .outerjoin(Person.__table__, _P.id == _A.person_id)
    .where(_A.user_id.in_(bindparam("users", expanding=True)))
)
_OPEN = select(_C.key, _C.state, _C.data).where(_C.key.in_(bindparam("chats", expanding=True)))
_ROLES = select(PersonRole.role).where(PersonRole.person_id == bindparam("person"))

PART = 500
FEW = 50
"""Of so many people the accounts themselves are read: what is asked of them next costs nothing more."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account, the person behind it (`person_id` None: a guest), the question open in a chat."""

    account_id: int
    language: str
    consent_version: int
    blocked_at: dt.datetime | None
    person_id: int | None
    kind: str | None = None
    ext_id: str | None = None
    name: str | None = None
    registered_language: str | None = None
    group: str | None = None
    faculty: str | None = None
    form: str | None = None
    answers: Mapping[str, Any] | None = None


def in_office(person: Any, exam: Any) -> ColumnElement[bool]:
    """Whether somebody (a column) holds a role, or examines this exam; a student needs neither.

    Whoever was dismissed has no say in what they were once told of.
    """
    student = aliased(Person)
    mine = (ExamExaminer.person_id == person) & (ExamExaminer.exam_id == exam)
    return or_(
        exists().where(PersonRole.person_id == person),
        exists().where(mine),
        exists().where((student.id == person) & (student.kind == PersonKind.STUDENT)),
    )


class People:
    """Repository of people, roles, accounts and invites."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[int, Person] = {}
        self._accounts: dict[int, Account] = {}

    def get(self, person_id: int) -> Person | None:
        """Somebody; read once a transaction."""
        found = self._session.get(Person, person_id)
        if found is not None:
            self._kept[person_id] = found
        return found

    def read(self, people: Iterable[int]) -> None:
        """Read all these at once; `get` then has them."""
        query = select(Person).where(Person.id.in_(set(people) - self._kept.keys()))
        self._kept |= {person.id: person for person in self._session.scalars(query)}

    def lock(self, person_id: int) -> None:
        """Until this transaction ends, whoever else locks the same person waits; anybody may read them."""
        query = select(Person.id).where(Person.id == person_id)
        self._session.execute(query.with_for_update(key_share=True))

    def by_ext(self, kind: PersonKind) -> dict[str, Person]:
        """All people of a register by the university's own id."""
        rows = self._session.scalars(select(Person).where(Person.kind == kind))
        return {person.ext_id: person for person in rows}

    def find(self, ext_id: str, kind: PersonKind | None = None) -> Sequence[Person]:
        query = select(Person).where(Person.ext_id == ext_id)
        return self._session.scalars(query.where(Person.kind == kind) if kind else query).all()

    def staff_like(self, words: str, limit: int, faculty: str = "") -> Sequence[Person]:
        """Members of staff with this id, else with these words in their name, by name; of a faculty alone."""
        folded = words.casefold()
        found = self.find(words, PersonKind.STAFF) or [
            person for person in self.staff(faculty) if folded in person.full_name.casefold()
        ]
        return [person for person in found if faculty in ("", person.faculty)][:limit]

    def add(self, person: Person) -> Person:
        self._session.add(person)
        return person

    def flush(self) -> None:
        """Give new people their ids."""
        self._session.flush()

    def roles(self) -> dict[int, frozenset[Role]]:
        """Roles of everybody who has any."""
        found: dict[int, set[Role]] = {}
        for person_id, role in self._session.execute(select(PersonRole.person_id, PersonRole.role)):
            found.setdefault(person_id, set()).add(Role(role))
        return {person_id: frozenset(roles) for person_id, roles in found.items()}

    def roles_of(self, person_id: int) -> frozenset[Role]:
        return frozenset(Role(role) for role in self._session.scalars(_ROLES, {"person": person_id}))

    def set_roles(self, person_id: int, roles: Iterable[Role]) -> None:
        self._session.execute(delete(PersonRole).where(PersonRole.person_id == person_id))
        self._session.add_all(PersonRole(person_id=person_id, role=role) for role in roles)

    def advisers(self) -> dict[int, int]:
        """Who guides whom: the adviser's id by the student's."""
        return {
            row[0]: row[1] for row in self._session.execute(select(Adviser.person_id, Adviser.adviser_id))
        }

    def adviser_of(self, person_id: int) -> int | None:
        return self._session.scalar(select(Adviser.adviser_id).where(Adviser.person_id == person_id))

    def set_advisers(self, found: Mapping[int, int | None]) -> None:
        """Give students an adviser, None takes theirs away."""
        self._session.execute(delete(Adviser).where(Adviser.person_id.in_(found)))
        self._session.add_all(
            Adviser(person_id=student, adviser_id=adviser) for student, adviser in found.items() if adviser
        )

    def holders(self, roles: Sequence[str]) -> Sequence[Row[str, int, str, str]]:
        """(role, person, faculty, department) of everybody in these roles, in a stable order."""
        query = (
            select(PersonRole.role, Person.id, Person.faculty, Person.department)
            .join(Person, Person.id == PersonRole.person_id)
            .where(PersonRole.role.in_(roles))
            .order_by(Person.id)
        )
        return self._session.execute(query).all()

    def staff_called(self, words: str, limit: int) -> list[int]:
        """Members of staff with this id or these letters in their name, by name."""
        query = select(Person.id, Person.ext_id, Person.full_name).where(Person.kind == PersonKind.STAFF)
        wanted = words.casefold()
        found = [
            row
            for row in by_name(
                self._session,
                self._session.execute(query.order_by(Person.full_name, Person.id)).all(),
                lambda row: (row.full_name, row.id),
            )
            if row.ext_id.casefold() == wanted or wanted in row.full_name.casefold()
        ]
        return [row.id for row in found[:limit]]

    def staff(self, faculty: str) -> Sequence[Person]:
        """Staff of a faculty and of the whole university by name; '' for everybody's."""
        query = select(Person).where(Person.kind == PersonKind.STAFF).order_by(Person.full_name, Person.id)
        query = query.where(Person.faculty.in_((faculty, ""))) if faculty else query
        return by_name(self._session, self._session.scalars(query).all(), lambda row: (row.full_name, row.id))

    def faculties(self) -> list[str]:
        """Faculties that have students, by name."""
        query = select(Person.faculty).where(Person.kind == PersonKind.STUDENT, Person.faculty != "")
        return list(self._session.scalars(query.distinct().order_by(Person.faculty)))

    def reachable(self, people: Iterable[int]) -> frozenset[int]:
        """Of these people those with a linked account that has not blocked the bot."""
        asked = set(people)
        if len(asked) > FEW:
            found = self._session.scalars(_REACHABLE, {"people": sorted(asked)})
            return frozenset(person for person in found if person is not None)
        self.read_accounts(asked)
        known = {person: self.account_read(person) for person in asked}
        return frozenset(
            person for person, account in known.items() if account and account.blocked_at is None
        )

    def serving(self, people: Iterable[int], exam_id: int | None) -> frozenset[int]:
        """Of these people those who are still in office, where a case of this exam is concerned."""
        asked = select(Person.id).where(Person.id.in_(sorted(set(people))))
        return frozenset(self._session.scalars(asked.where(in_office(Person.id, literal(exam_id)))))

    def ext_ids(self, people: Iterable[int]) -> dict[int, str]:
        """What the university calls these people."""
        query = select(Person.id, Person.ext_id).where(Person.id.in_(list(people)))
        return {row[0]: row[1] for row in self._session.execute(query)}

    def wishes(self, person_id: int) -> Wishes:
        """What somebody wants to get by itself; `own` says whether they have chosen."""
        return self.wishes_of([person_id]).get(person_id, Wishes())

    def wishes_of(self, people: Collection[int]) -> dict[int, Wishes]:
        """The same of many at once; who has chosen nothing is not among them."""
        rows = self._session.scalars(select(Preference).where(Preference.person_id.in_(people)))
        return {
            row.person_id: Wishes(row.reminders, row.deadlines, Quiet(row.quiet_from, row.quiet_to), own=True)
            for row in rows
        }

    def keep_wishes(self, person_id: int, wishes: Wishes) -> None:
        """Store what somebody has chosen."""
        quiet = wishes.quiet or Quiet(0, 0)
        row = self._session.get(Preference, person_id)
        if row is None:
            row = Preference(person_id=person_id)
            self._session.add(row)
        row.reminders, row.deadlines = wishes.reminders, wishes.deadlines
        row.quiet_from, row.quiet_to = quiet.since, quiet.until
        self._session.flush()

    def known(self, user_id: int, chat: str) -> Known | None:
        """All that is asked of whoever sends an update, in one query; what is pending is stored first."""
        self._session.flush()
        found = self._session.execute(_ARRIVING, {"user": user_id, "chat": chat}).first()
        return Known(*found) if found is not None else None

    def known_all(self, asked: Sequence[tuple[int, str]]) -> list[Known | None]:
        """The same for many (Telegram user, chat): one query for one, two for any number."""
        if len(asked) == 1:
            return [self.known(*asked[0])]
        self._session.flush()
        users, chats = {user for user, _ in asked}, {chat for _, chat in asked}
        people = {row[0]: row[1:] for row in self._session.execute(_KNOWN_ALL, {"users": list(users)})}
        open_in = {row[0]: row[1:] for row in self._session.execute(_OPEN, {"chats": list(chats)})}
        return [
            Known(*people[user], *open_in.get(chat, ())) if user in people else None for user, chat in asked
        ]

    def account(self, user_id: int) -> Account | None:
        return self._session.scalar(select(Account).where(Account.user_id == user_id))

    def account_of(self, person_id: int) -> Account | None:
        """Somebody's account; read once a transaction."""
        kept = self.account_read(person_id)
        if kept is not None:
            return kept
        found = self._session.scalar(_ACCOUNT_OF, {"person": person_id})
        if found is not None:
            self._accounts[person_id] = found
        return found

    def read_accounts(self, people: Iterable[int]) -> None:
        """Read the accounts of all these at once; `account_of` and `account_read` then have them."""
        unknown = iter(sorted(person for person in people if self.account_read(person) is None))
        while part := list(islice(unknown, PART)):
            for account in self._session.scalars(_ACCOUNTS, {"people": part}):
                if account.person_id is not None:
                    self._accounts[account.person_id] = account

    def account_read(self, person_id: int) -> Account | None:
        """Somebody's account among those read in this transaction; None where it was not read or is none."""
        kept = self._accounts.get(person_id)
        return kept if kept is not None and kept.person_id == person_id and kept in self._session else None

    def account_by_id(self, account_id: int) -> Account | None:
        return self._session.get(Account, account_id)

    def rehouse(self, account: Account, guest: Account) -> None:
        """An account goes over to a guest's chat, and the guest to its own; see `storage/rehousing.py`."""
        rehouse(self._session, account, guest)

    def add_account(self, account: Account) -> Account:
        self._session.add(account)
        self._session.flush()
        return account

    def invite_of(self, person_id: int) -> Invite | None:
        return self._session.scalar(select(Invite).where(Invite.person_id == person_id))

    def invite(self, code_hash: str) -> Invite | None:
        return self._session.scalar(select(Invite).where(Invite.code_hash == code_hash).with_for_update())

    def add_invite(self, invite: Invite) -> None:
        self._session.add(invite)

    def unlinked(
        self, kind: PersonKind | None, group: str | None, faculty: str = ""
    ) -> list[tuple[Person, Invite | None]]:
        """People without an account, with the invite they have. `faculty`: of its people alone."""
        query = (
            select(Person, Invite)
            .outerjoin(Account, Account.person_id == Person.id)
            .outerjoin(Invite, Invite.person_id == Person.id)
            .where(Account.id.is_(None))
            .order_by(Person.kind.desc(), Person.group_name, Person.full_name, Person.id)
        )
        if kind:
            query = query.where(Person.kind == kind)
        if group:
            query = query.where(Person.group_name == group)
        if faculty:
            query = query.where(Person.faculty == faculty)
        rows = by_name(self._session, self._session.execute(query).all(), _register_order)
        return [(row[0], row[1]) for row in rows]

    def forget(self, person: Person) -> None:
        """Remove a person's account, invite and roles; nothing more is owed to them."""
        self._session.execute(
            update(Notice)
            .where(Notice.person_id == person.id, Notice.state.in_(("pending", "sending")))
            .values(state="skipped", reason="forgotten")
        )
        self._session.execute(delete(Account).where(Account.person_id == person.id))
        self._accounts.pop(person.id, None)
        self._session.execute(delete(Invite).where(Invite.person_id == person.id))
        self._session.execute(delete(PersonRole).where(PersonRole.person_id == person.id))
        self._session.execute(
            delete(Adviser).where((Adviser.person_id == person.id) | (Adviser.adviser_id == person.id))
        )

    def wrong_codes(self, account_id: int, since: dt.datetime, before_origin: int) -> int:
        """Wrong codes tried since a moment by earlier updates than `before_origin`."""
        query = select(func.count()).where(
            CodeAttempt.account_id == account_id,
            CodeAttempt.tried_at >= since,
            CodeAttempt.origin != before_origin,
        )
        return self._session.scalar(query) or 0

    def note_wrong_code(self, account_id: int, origin: int, now: dt.datetime) -> bool:
        """Once per update, however often it is handled. Returns whether it is new."""
        row = insert_new(self._session, CodeAttempt)
        return affected(self._session, row.values(account_id=account_id, origin=origin, tried_at=now)) > 0


def _register_order(row: Row[Person, Invite | None]) -> tuple[bool, str, str, int]:
    person = row[0]
    return person.kind == PersonKind.STAFF, person.group_name, person.full_name, person.id
