"""The tables. A `state` column is a closed list checked by the database; every moment is UTC."""

from bot.storage.tables.administration import Broadcast, Upload
from bot.storage.tables.base import Base, BigId
from bot.storage.tables.board import BoardKey, BoardSession
from bot.storage.tables.cases import (
    Absence,
    Case,
    CaseEvent,
    CasePerson,
    CaseTimer,
    Incident,
    IncidentCase,
)
from bot.storage.tables.conduct import ExamCheck, ExamDay, StudentCall
from bot.storage.tables.crowds import ChatMember, GroupChat, WaveStart
from bot.storage.tables.delivery import IncomingUpdate, Notice, Reminder
from bot.storage.tables.exams import (
    Exam,
    ExamChange,
    ExamExaminer,
    ExamExtra,
    ExamGroup,
    ExamSat,
    ReadinessAnswer,
    Result,
    Walk,
)
from bot.storage.tables.files import CaseFile, Draft
from bot.storage.tables.helping import FixOutcome, HelpPath
from bot.storage.tables.nodes import ChatMoment, Duty, Node, SharedPace
from bot.storage.tables.people import Account, Adviser, CodeAttempt, Invite, Person, PersonRole, Preference
from bot.storage.tables.records import AuditEvent, Conversation, Counter, Meta
from bot.storage.tables.tickets import (
    DeskChat,
    DeskSpike,
    Shift,
    Ticket,
    TicketBlock,
    TicketCopy,
    TicketEvent,
    TicketMessage,
    TicketOffer,
    TicketPost,
)

__all__ = [
    "Absence",
    "Account",
    "Adviser",
    "AuditEvent",
    "Base",
    "BigId",
    "BoardKey",
    "BoardSession",
    "Broadcast",
    "Case",
    "CaseEvent",
    "CaseFile",
    "CasePerson",
    "CaseTimer",
    "ChatMember",
    "ChatMoment",
    "CodeAttempt",
    "Conversation",
    "Counter",
    "DeskChat",
    "DeskSpike",
    "Draft",
    "Duty",
    "Exam",
    "ExamChange",
    "ExamCheck",
    "ExamDay",
    "ExamExaminer",
    "ExamExtra",
    "ExamGroup",
    "ExamSat",
    "FixOutcome",
    "GroupChat",
    "HelpPath",
    "Incident",
    "IncidentCase",
    "IncomingUpdate",
    "Invite",
    "Meta",
    "Node",
    "Notice",
    "Person",
    "PersonRole",
    "Preference",
    "ReadinessAnswer",
    "Reminder",
    "Result",
    "SharedPace",
    "Shift",
    "StudentCall",
    "Ticket",
    "TicketBlock",
    "TicketCopy",
    "TicketEvent",
    "TicketMessage",
    "TicketOffer",
    "TicketPost",
    "Upload",
    "Walk",
    "WaveStart",
]
