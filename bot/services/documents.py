"""Documents made for a case: filled, kept with it by checksum, sent into chats, opened by those allowed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.exchange import paper as sheets
from bot.rules.files import KEPT
from bot.rules.notices import Rank
from bot.rules.papers import Facts, Made
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import CaseFile
from bot.storage.unit import UnitOfWork

DOCUMENT = "document"
BOTH = (sheets.PDF, sheets.DOCX)


@dataclass(frozen=True, slots=True)
class Order:
    """What to make: a template of content/<language>/documents, its facts, in which languages and formats."""

    template: str
    facts: Facts
    languages: tuple[str, ...]
    formats: tuple[str, ...] = (sheets.PDF,)


def language_of(uow: UnitOfWork, office: Office, person_id: int) -> str:
    """In which language somebody's documents are made: of their chat, else as the registers say."""
    account, person = uow.people.account_of(person_id), uow.people.get(person_id)
    language = (account.language if account else "") or (person.language if person else "")
    return language if language in office.languages else office.languages[0]


def make(office: Office, order: Order) -> list[Made]:
    """The documents of an order, each language in each format. Nothing is stored."""
    made = []
    for language in order.languages:
        paper = office.papers.paper(order.template, language, order.facts)
        for kind in order.formats:
            name = f"{paper.file}-{language}.{kind}"
            made.append(Made(name, sheets.written(paper, kind), order.template))
    return made


def issue(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    case_id: int,
    order: Order,
    owner_id: int | None = None,
) -> list[CaseFile]:
    """Make documents and keep them with a case. `owner_id`: the person whose data they hold."""
    return [uow.files.add(_kept(office, now, case_id, made, owner_id)) for made in make(office, order)]


def _kept(office: Office, now: dt.datetime, case_id: int, made: Made, owner_id: int | None) -> CaseFile:
    return CaseFile(
        case_id=case_id,
        owner_id=owner_id,
        role=made.template,
        made=True,
        name=made.name,
        state=KEPT,
        type=made.name.rpartition(".")[2],
        size=len(made.content),
        sha256=office.files.put(made.content),
        added_at=now,
    )


def send(
    uow: UnitOfWork,
    now: dt.datetime,
    documents: Sequence[CaseFile],
    people: Sequence[int],
    rank: Rank = Rank.REMINDER,
) -> None:
    """Owe documents to people, in this transaction: each goes once into each chat."""
    for person_id in people:
        account = uow.people.account_of(person_id)
        blocked = account is None or account.blocked_at is not None
        for file in documents:
            uow.notices.owe(
                f"{DOCUMENT}:{file.id}:{person_id}",
                kind=DOCUMENT,
                person_id=person_id,
                account_id=account.id if account else None,
                case_id=file.case_id,
                facts={"file": file.id},
                rank=int(rank),
                due_at=now,
                state="unreachable" if blocked else "pending",
                reason="" if account and not blocked else "blocked" if account else "not_linked",
            )


def _untrue(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    file = uow.files.get(claimed.notice.facts["file"])
    return "" if file is not None and file.state == KEPT else "erased"


def _bytes(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> Made:
    file = uow.files.get(claimed.notice.facts["file"])
    content = office.files.read(file.sha256) if file is not None else None
    if file is None or content is None:
        raise LookupError("a document without its bytes")
    return Made(file.name, content, file.role)


LETTERS = {DOCUMENT: Letter(untrue=_untrue, about=_bytes)}
