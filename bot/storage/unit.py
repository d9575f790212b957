"""One unit of work: a session and the repositories over it. It never commits; its owner does."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from bot.storage.appeals import Appeals
from bot.storage.board import Boards
from bot.storage.broadcasts import Broadcasts
from bot.storage.casefiles import CaseFiles
from bot.storage.cases import Cases
from bot.storage.casework import Absences, CaseTimers, Incidents
from bot.storage.chats import Chats
from bot.storage.conduct import Conduct
from bot.storage.deskchats import DeskChats
from bot.storage.drafts import Drafts
from bot.storage.exams import Exams
from bot.storage.helping import Helping
from bot.storage.inbox import Inbox
from bot.storage.keeping import Keeping
from bot.storage.nodes import Nodes
from bot.storage.notices import Notices
from bot.storage.owned import Owned
from bot.storage.people import People
from bot.storage.readiness import ReadinessAnswers
from bot.storage.records import Records
from bot.storage.rehearsals import Rehearsals
from bot.storage.reminders import Reminders
from bot.storage.talks import Talks
from bot.storage.tickets import Tickets
from bot.storage.tour import Tours
from bot.storage.uploads import Uploads
from bot.storage.walks import Walks
from bot.storage.waves import Waves


class Looking(Session):
    """A session that changes nothing: what is not a question is refused before it is sent."""


@event.listens_for(Looking, "do_orm_execute")
def _only_questions(asked: ORMExecuteState) -> None:
    if not asked.is_select:
        raise RuntimeError("a work that only looks wants to change something")


@event.listens_for(Looking, "before_flush")
def _nothing_to_store(*_: object) -> None:
    raise RuntimeError("a work that only looks wants to store something")


class UnitOfWork:
    """All a use-case sees of the database; everything in it is stored together or not at all."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @contextmanager
    def aside(self) -> Iterator[None]:
        """A part that may fail alone: what it changed is undone, the rest of the transaction stands."""
        with self.session.begin_nested():
            yield

    def flush(self) -> None:
        """Send what is pending to the database, inside the transaction."""
        self.session.flush()

    @cached_property
    def people(self) -> People:
        return People(self.session)

    @cached_property
    def exams(self) -> Exams:
        return Exams(self.session)

    @cached_property
    def reminders(self) -> Reminders:
        return Reminders(self.session)

    @cached_property
    def chats(self) -> Chats:
        return Chats(self.session)

    @cached_property
    def desk_chats(self) -> DeskChats:
        return DeskChats(self.session)

    @cached_property
    def waves(self) -> Waves:
        return Waves(self.session)

    @cached_property
    def nodes(self) -> Nodes:
        return Nodes(self.session)

    @cached_property
    def notices(self) -> Notices:
        return Notices(self.session)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.session)

    @cached_property
    def cases(self) -> Cases:
        return Cases(self.session)

    @cached_property
    def appeals(self) -> Appeals:
        return Appeals(self.session)

    @cached_property
    def files(self) -> CaseFiles:
        return CaseFiles(self.session)

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(self.session)

    @cached_property
    def case_timers(self) -> CaseTimers:
        return CaseTimers(self.session)

    @cached_property
    def absences(self) -> Absences:
        return Absences(self.session)

    @cached_property
    def incidents(self) -> Incidents:
        return Incidents(self.session)

    @cached_property
    def conduct(self) -> Conduct:
        return Conduct(self.session)

    @cached_property
    def rehearsals(self) -> Rehearsals:
        return Rehearsals(self.session)

    @cached_property
    def walks(self) -> Walks:
        return Walks(self.session)

    @cached_property
    def helping(self) -> Helping:
        return Helping(self.session)

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(self.session)

    @cached_property
    def talks(self) -> Talks:
        return Talks(self.session)

    @cached_property
    def readiness(self) -> ReadinessAnswers:
        return ReadinessAnswers(self.session)

    @cached_property
    def boards(self) -> Boards:
        return Boards(self.session)

    @cached_property
    def owned(self) -> Owned:
        return Owned(self.session)

    @cached_property
    def uploads(self) -> Uploads:
        return Uploads(self.session)

    @cached_property
    def broadcasts(self) -> Broadcasts:
        return Broadcasts(self.session)

    @cached_property
    def keeping(self) -> Keeping:
        return Keeping(self.session)

    @cached_property
    def records(self) -> Records:
        return Records(self.session)

    @cached_property
    def tour(self) -> Tours:
        return Tours(self.session)
