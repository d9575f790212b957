"""Who is behind an account: first contact, language, consent, linking."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import Refusal
from bot.rules import codes
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind, Role
from bot.services import moving
from bot.services.office import Office
from bot.storage.people import Known
from bot.storage.tables import Account, Invite, Person
from bot.storage.unit import UnitOfWork

SECRET = "invite_secret"  # noqa: S105  (the name of a fact, not a secret)
BOT_NAME = "bot_username"
ERASED_ID = "erased-"
"""How the id of a person begins whose data were erased."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who sends an update, and the question open in its chat ('': none) with what it knows already."""

    me: Me
    form: str
    answers: Mapping[str, Any]


def meet(uow: UnitOfWork, office: Office, now: dt.datetime, user_id: int, client_language: str) -> Me:
    """The reader behind a Telegram user; a first contact makes a guest account.

    Somebody who writes again has unblocked the bot. The client's language is only a default.
    """
    return arrive(uow, office, now, user_id, client_language, "").me


def arrive(
    uow: UnitOfWork, office: Office, now: dt.datetime, user_id: int, client_language: str, chat: str
) -> Arrival:
    """The same with the question that is open in a chat."""
    found = uow.people.known(user_id, chat)
    if found is None:
        uow.people.add_account(Account(user_id=user_id, language="", consent_version=0, created_at=now))
        found = uow.people.known(user_id, chat)
        assert found is not None
    elif found.blocked_at is not None:
        account = uow.people.account(user_id)
        assert account is not None
        _unblock(uow, now, account)
    return Arrival(_me(uow, office, user_id, found, client_language), found.form or "", found.answers or {})


def recognize(
    uow: UnitOfWork, office: Office, now: dt.datetime, asked: Sequence[tuple[int, str, str]]
) -> list[Arrival | None]:
    """`arrive` for many at once, without a change: (Telegram user, client's language, chat) of each.

    None where a first or new contact is to be noted.
    """
    found = uow.people.known_all([(user, chat) for user, _, chat in asked])
    return [
        None
        if one is None or one.blocked_at is not None
        else Arrival(_me(uow, office, user, one, language), one.form or "", one.answers or {})
        for one, (user, language, _) in zip(found, asked, strict=True)
    ]


def known(uow: UnitOfWork, office: Office, account: Account) -> Me:
    """The reader behind an account that does not write just now."""
    return _view(uow, office, account, "")


def _unblock(uow: UnitOfWork, now: dt.datetime, account: Account) -> None:
    """The person can be reached again: what was missed and is still of use is owed after all."""
    if account.blocked_at is None:
        return
    account.blocked_at = None
    if account.person_id is not None:
        uow.notices.owe_again(account.person_id, account.id, now)


def language_of(uow: UnitOfWork, office: Office, now: dt.datetime, user_id: int, client_language: str) -> str:
    """The language of somebody who may never have met the bot; no account is made for them."""
    account = uow.people.account(user_id)
    person = uow.people.get(account.person_id) if account and account.person_id else None
    chosen = account.language if account else ""
    return _language(office, chosen, person.language if person else "", client_language)


def _view(uow: UnitOfWork, office: Office, account: Account, client_language: str) -> Me:
    found = uow.people.known(account.user_id, "")
    assert found is not None
    return _me(uow, office, account.user_id, found, client_language)


def _me(uow: UnitOfWork, office: Office, user_id: int, found: Known, client_language: str) -> Me:
    consented = found.consent_version >= office.policy.consent_version
    language = _language(office, found.language, found.registered_language or "", client_language)
    if found.person_id is None or found.kind is None:
        return Me(found.account_id, user_id, language, bool(found.language), consented)
    kind = PersonKind(found.kind)
    roles = uow.people.roles_of(found.person_id) if kind is PersonKind.STAFF else frozenset[Role]()
    return Me(
        account_id=found.account_id,
        user_id=user_id,
        language=language,
        chosen=bool(found.language),
        consented=consented,
        person_id=found.person_id,
        kind=kind,
        ext_id=found.ext_id or "",
        name=found.name or "",
        group=found.group or "",
        faculty=found.faculty or "",
        roles=roles,
    )


def _language(office: Office, *wishes: str) -> str:
    """The first wish that we speak; `kk-Cyrl-KZ` counts as `kk`. Else the first language there is."""
    for wish in wishes:
        short = wish.replace("_", "-").split("-")[0].lower()
        if short in office.languages:
            return short
    return office.languages[0]


def choose_language(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, language: str) -> Me:
    """Every later message is in this language. Raises `Refusal` (`unknown_language`)."""
    if language not in office.languages:
        raise Refusal("unknown_language")
    account = _account(uow, me)
    account.language = language
    return _view(uow, office, account, language)


def consent(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, origin: int) -> Me:
    """Keep the proof of consent: version, moment and the update that carried it. Saying it twice is once."""
    account = _account(uow, me)
    if account.consent_version < office.policy.consent_version:
        account.consent_version = office.policy.consent_version
        account.consented_at = now
        account.consent_update = origin
        uow.records.audit(now, "consent_given", account.id, version=account.consent_version)
    return _view(uow, office, account, me.language)


def link(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, code: str, origin: int) -> Me:
    """Join this account to the person whose code it is; the code is used up.

    Raises `Refusal`: `code_wrong`, `code_used`, `code_too_many`, `already_linked` (another person's code).
    Wrong codes are counted by `note_wrong_code`, in a transaction of their own.
    """
    account = _account(uow, me)
    wrong = uow.people.wrong_codes(account.id, now - dt.timedelta(hours=1), origin)
    codes.check_attempts(wrong, office.policy.wrong_codes_per_hour)
    code = code.strip().lower()
    invite = uow.people.invite(codes.fingerprint(code)) if codes.plausible(code) else None
    if invite is None:
        raise Refusal("code_wrong")
    if invite.used_by == account.user_id and account.person_id == invite.person_id:
        return _view(uow, office, account, me.language)
    if invite.used_at is not None:
        raise Refusal("code_used")
    if account.person_id is not None and account.person_id != invite.person_id:
        raise Refusal("already_linked", name=me.name)
    earlier = uow.people.account_of(invite.person_id)
    if earlier is not None and earlier.id != account.id:
        if not _takes_along(uow, invite, code):
            raise Refusal("code_used")
        moving.move(uow, office, now, earlier, account, origin)
        account = earlier
    account.person_id = invite.person_id
    invite.used_at, invite.used_by = now, account.user_id
    uow.records.audit(now, "account_linked", account.id, person=invite.person_id)
    uow.notices.owe_again(invite.person_id, account.id, now)
    return _view(uow, office, account, me.language)


def _takes_along(uow: UnitOfWork, invite: Invite, code: str) -> bool:
    """Whether a code was issued to take a linked person to another account."""
    person, key = uow.people.get(invite.person_id), uow.records.fact(SECRET)
    return person is not None and key is not None and code == moving.code(bytes.fromhex(key), person, invite)


def note_wrong_code(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, origin: int) -> None:
    """Count a refused code against the account, once per update."""
    if uow.people.note_wrong_code(me.account_id, origin, now):
        uow.records.audit(now, "code_refused", me.account_id)


def note_denied(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, code: str) -> None:
    """Write down that somebody asked for what is not theirs."""
    uow.records.audit(now, "access_denied", me.account_id, code=code)


def set_blocked(uow: UnitOfWork, office: Office, now: dt.datetime, user_id: int, blocked: bool) -> None:
    """The person has blocked the bot, or let it write again."""
    account = uow.people.account(user_id)
    if account is None:
        return
    if not blocked:
        _unblock(uow, now, account)
    elif account.blocked_at is None:
        account.blocked_at = now


@dataclass(frozen=True, slots=True)
class IssuedInvite:
    """A line of the invites file. `link` is empty while the bot's name is not known."""

    kind: str
    ext_id: str
    full_name: str
    code: str
    link: str


def issue_invites(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    *,
    kind: PersonKind | None = None,
    group: str | None = None,
    faculty: str = "",
    rotate: bool = False,
    bot_username: str = "",
    secret: str,
) -> Sequence[IssuedInvite]:
    """A one-time code for everybody not linked yet. The same codes again, unless `rotate` makes new ones.

    `faculty`: of its people alone.
    """
    key = bytes.fromhex(uow.records.keep_fact(SECRET, secret))
    issued = []
    for person, invite in uow.people.unlinked(kind, group, faculty):
        if person.ext_id.startswith(ERASED_ID):
            continue
        code = _code_for(uow, now, key, person, invite, rotate=rotate)
        link = f"https://t.me/{bot_username}?start={code}" if bot_username else ""
        issued.append(IssuedInvite(person.kind, person.ext_id, person.full_name, code, link))
    return issued


def invite_for(uow: UnitOfWork, now: dt.datetime, person_id: int) -> IssuedInvite | None:
    """The code of somebody not linked, to be handed on; the one they have unless it is used up.

    None for somebody linked or erased, and while this installation has no secret.
    """
    person, key = uow.people.get(person_id), uow.records.fact(SECRET)
    if person is None or key is None or person.ext_id.startswith(ERASED_ID):
        return None
    if uow.people.account_of(person_id) is not None:
        return None
    code = _code_for(uow, now, bytes.fromhex(key), person, uow.people.invite_of(person_id), rotate=False)
    username = uow.records.fact(BOT_NAME)
    link = f"https://t.me/{username}?start={code}" if username else ""
    return IssuedInvite(person.kind, person.ext_id, person.full_name, code, link)


def invite_again(
    uow: UnitOfWork, office: Office, now: dt.datetime, ext_id: str, secret: str, faculty: str = ""
) -> list[IssuedInvite]:
    """A code for everybody with this id, linked or not: with it a linked one moves to another account.

    Until it is used the account they have works on. A linked one's former code works no more. `faculty`: of
    its people alone. Raises `Refusal` (`no_such_person`).
    """
    key = bytes.fromhex(uow.records.keep_fact(SECRET, secret))
    issued = []
    for person in uow.people.find(ext_id):
        if person.ext_id.startswith(ERASED_ID) or (faculty and person.faculty != faculty):
            continue
        invite = uow.people.invite_of(person.id)
        if uow.people.account_of(person.id) is None:
            code = _code_for(uow, now, key, person, invite, rotate=False)
        else:
            if invite is None:
                invite = Invite(person_id=person.id, generation=0, code_hash="", issued_at=now)
                uow.people.add_invite(invite)
            invite.generation += 1
            invite.issued_at, invite.used_at, invite.used_by = now, None, None
            code = moving.code(key, person, invite)
            invite.code_hash = codes.fingerprint(code)
        username = uow.records.fact(BOT_NAME)
        link = f"https://t.me/{username}?start={code}" if username else ""
        issued.append(IssuedInvite(person.kind, person.ext_id, person.full_name, code, link))
        uow.records.audit(now, "code_issued_again", None, person=person.id)
    if not issued:
        raise Refusal("no_such_person")
    return issued


def groups(uow: UnitOfWork, office: Office, now: dt.datetime) -> frozenset[str]:
    """Every study group."""
    return uow.broadcasts.groups()


def keep_secret(uow: UnitOfWork, office: Office, now: dt.datetime, secret: str) -> None:
    """What invite codes are made from, unless this installation has it already."""
    uow.records.keep_fact(SECRET, secret)


def _code_for(
    uow: UnitOfWork, now: dt.datetime, key: bytes, person: Person, invite: Invite | None, *, rotate: bool
) -> str:
    if invite is None:
        invite = Invite(person_id=person.id, generation=1, code_hash="", issued_at=now)
        uow.people.add_invite(invite)
    elif rotate or invite.used_at is not None:
        invite.generation += 1
        invite.issued_at, invite.used_at, invite.used_by = now, None, None
    code = codes.make(key, f"{person.kind}:{person.ext_id}", invite.generation)
    invite.code_hash = codes.fingerprint(code)
    return code


def remember_bot(uow: UnitOfWork, office: Office, now: dt.datetime, username: str) -> None:
    """Keep the bot's name, so that invite links can be written without asking Telegram."""
    uow.records.set_fact(BOT_NAME, username)


def bot_username(uow: UnitOfWork, office: Office, now: dt.datetime) -> str:
    """The bot's name as last seen, '' if it has never run."""
    return uow.records.fact(BOT_NAME) or ""


def _account(uow: UnitOfWork, me: Me) -> Account:
    account = uow.people.account(me.user_id)
    if account is None:
        raise Refusal("start_again")
    return account
