"""Every use-case that somebody can ask for is asked for by strangers, with the numbers of this university.

The strangers: another university's administrator (here nobody), staff with every role of another faculty,
a student of another group. Use-cases are found by reflection, so a new one is asked from its first day.
"""

import ast
import datetime as dt
import importlib
import inspect
import itertools
import pkgutil
from typing import Any

import pytest
import sqlalchemy as sa

import bot.services
from bot.errors import Refusal
from bot.exchange.rows import Parsed
from bot.rules import rights
from bot.rules.decisions import Ruling, Verdict
from bot.rules.people import Me
from bot.rules.trees import Fix, Problem
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.rules.worklist import Asked
from bot.services import (
    absences,
    act_cases,
    acts,
    aftermath,
    applications,
    broadcasts,
    cases,
    casework,
    chats,
    day_reports,
    desk,
    exam_cards,
    forms,
    helpdesk,
    incidents,
    people,
    sittings,
    uploads,
    walks,
)  # fmt: skip
from bot.services.files import Sent
from bot.services.imports import Report
from bot.storage.tables import Base, Case, DeskSpike, Exam, Person, TicketBlock, TicketMessage
from tests.services.test_forgotten_everywhere import lived
from tests.support.people import exam
from tests.support.scenes import scene
from tests.support.sources import ROOT

__all__ = ["lived"]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Who may what does not depend on the database; the calls are thousands."""

HERS = "ҚҰПИЯ"
"""Stands in every name, subject and word of this university."""

AWAY = {"faculty": "Басқа факультет"}
FACULTY_ROLES = frozenset(Role) - rights.HELPERS - rights.REGISTRARS


def use_cases() -> dict[str, Any]:
    """Every function of the services that is done for a reader: `module.name`."""
    found = {}
    for module in pkgutil.iter_modules(bot.services.__path__):
        loaded = importlib.import_module(f"bot.services.{module.name}")
        for name, one in inspect.getmembers(loaded, inspect.isfunction):
            if one.__module__ == loaded.__name__ and not name.startswith("_"):
                parameters = inspect.signature(one).parameters
                if "uow" in parameters and "me" in parameters and parameters["me"].annotation is Me:
                    found[key(one)] = one
    return found


@scene
def town(lived):
    """What there is of a university: cases of every kind, drafts, exams past, running and to come, news."""
    hall = lived
    hall.admin = hall.member("A1", Role.ADMIN, Role.CALL_CENTER, faculty="", department="")
    hall.proctor = hall.member("P1", Role.PROCTOR)
    hall.secretary = hall.member("K1", Role.SECRETARY)
    hall.member("K2", Role.COMMISSION_CHAIR)
    now = hall.clock()
    for name, minutes, values in (
        ("E2", -30, {"proctor": "P1"}),
        ("E3", 24 * 60, {}),
        ("E4", 60, {"kind": ExamKind.THESIS_DEFENCE, "attestation": Attestation.FINAL, "examiners": ()}),
    ):
        row = exam(name, now + dt.timedelta(minutes=minutes), **values)
        assert not hall.add_exams(row).problems
    ids = hall.sql(lambda uow: {name: one.id for name, one in uow.exams.by_ext().items()})
    hall.do(cases.file, hall.other, "internet", ids["E2"], hall.origin())
    hall.do(applications.submit, hall.me, *_application(hall, ids["E3"]), hall.origin())
    _application(hall, ids["E3"])
    draft = hall.do(acts.begin, hall.proctor, "ayu_violation", ids["E2"], hall.origin())
    hall.do(acts.choose_student, hall.proctor, draft.id, hall.other.person_id)
    hall.do(acts.toggle_offence, hall.proctor, draft.id, "device")
    stamp = hall.do(acts.draft_of, hall.proctor, draft.id).stamp
    hall.do(act_cases.submit, hall.proctor, draft.id, stamp, hall.origin())
    hall.do(acts.begin, hall.proctor, "ayu_violation", ids["E2"], hall.origin())
    hall.do(day_reports.fill, hall.proctor)
    sitting = hall.do(sittings.open_sitting, hall.secretary, ids["E4"])
    hall.sql(lambda uow: aftermath.follow(uow, hall.office, now, uow.cases.get(sitting.id)))
    hall.do(absences.declare, hall.dean, hall.examiner.person_id, now + dt.timedelta(days=1), None)
    news = hall.do(broadcasts.draft, hall.admin, "all", "", hall.origin())
    hall.do(broadcasts.write, hall.admin, news.id, "kk", HERS)
    hall.do(uploads.receive, hall.admin, "students", Sent("F1", "document", "list.csv", 3), hall.origin())
    hall.do(chats.link, hall.me, -500, "")
    hall.do(incidents.declare, "electricity", hall.admin.person_id, now + dt.timedelta(hours=1))
    hall.do(walks.open_walk, hall.me, "ayu.written.take", ids["E2"])
    hall.sql(_rows_of_their_own)
    hall.sql(_named)
    hall.rows = hall.sql(_numbers)
    hall._users = 900
    return hall


def _application(hall, exam_id):
    draft = hall.do(forms.begin, hall.me, "postponement")
    hall.do(forms.choose, hall.me, draft.id, exam_id=exam_id)
    hall.do(forms.choose, hall.me, draft.id, reason="no_means")
    hall.do(forms.add, hall.me, draft.id, hall.origin(), text="Ауылда интернет жоқ.")
    return draft.id, hall.do(forms.draft_of, hall.me, draft.id).stamp


def _rows_of_their_own(uow):
    now = dt.datetime(2026, 12, 21, tzinfo=dt.UTC)
    uow.session.add(TicketBlock(account_id=1, at=now, reason=HERS, state="open"))
    uow.session.add(DeskSpike(platform="zoom", open_key="zoom", tickets=5, opened_at=now))


def _named(uow):
    for column in (Person.full_name, Exam.subject_kk, Exam.subject_ru, TicketMessage.text):
        uow.session.execute(sa.update(column.class_).values({column.key: HERS}))


IDS = {
    "case_id": "cases", "exam_id": "exams", "draft_id": "drafts", "ticket_id": "tickets",
    "person_id": "people", "student_id": "people", "absence_id": "absences", "broadcast_id": "broadcasts",
    "upload_id": "uploads", "incident_id": "incidents", "block_id": "ticket_blocks",
    "spike_id": "desk_spikes", "chat_id": "group_chats",
}  # fmt: skip
"""Parameters that name a row of a table: each is asked for with every row."""


ROWS = frozenset({"case", "exam", "spec", "ticket"})
"""Parameters that are a row already."""

PLAIN = {
    "words": "қ", "said": "for", "text": "қ", "reason": "no_means",
    "sent": Sent("F2", "document", "x.pdf", 3),
    "act_id": "ayu_violation", "offence": "device", "who": "students", "secret": "11" * 32, "role": "dean",
    "section": "force_majeure", "what": "all", "kind": "students", "language": "kk", "ground": "grade",
    "outcome": "granted", "choice": "yes", "ext_id": "S1", "trouble": "internet", "chat": -500,
    "group": "АЖ-23-1", "page": "overview", "ruling": Ruling(Verdict.READMITTED), "form_id": "postponement",
    "scope": "own", "problem": Problem("zoom.no_entry", "zoom", (Fix("zoom.fresh_link"),)), "check": "exam",
    "subject": "exam:1", "parts": ("chair",), "stars": 5, "report": Report(), "asked": Asked(),
    "parsed": Parsed("students", [], []), "algorithm_id": "ayu.written.take", "switch": "deadlines",
    "stands_in": None, "new_date": None, "pages": None, "out": (), "into": (), "template": "receipt",
    "after": 0, "step": 0,
}  # fmt: skip
"""What an honest client would send, where its kind alone does not say it."""

BY_KIND = {int: 1, str: "x", bool: True, int | None: None, dt.datetime | None: None}

ANSWERS = frozenset(
    (
        "act_none_here", "act_not_yours", "admins_only", "case_gone", "chat_gone", "chat_not_yours",
        "chat_which", "code_wrong", "day_no_exams", "deans_only", "draft_gone", "exam_gone", "help_first",
        "help_gone", "helpers_only", "leads_only", "link_first", "news_gone", "no_such_colleague",
        "no_such_student", "not_now", "not_your_exam", "not_yours", "proposal_gone", "reach_gone",
        "staff_only", "students_only", "week_empty",
    )
)  # fmt: skip
"""Refusals that say that it is not for them, or the same as of a number that does not exist."""

SHOWN = (
    "the number of a message in one's own chat, after it was shown; what it says is judged when it is owed"
)
OWN = {
    "act_cases.shown": SHOWN,
    "appeal_cards.shown": SHOWN,
    "applications.shown": SHOWN,
    "board.link": "a key of one's own",
    "broadcasts.adopt": SHOWN,
    "broadcasts.draft": "news for one's own faculty",
    "casework.shown": SHOWN,
    "desk.adopt": SHOWN,
    "exam_cards.adopt": SHOWN,
    "forms.begin": "an application of one's own",
    "helping.begin": "one's own path through a problem",
    "helping.desk": "one's own path through a problem",
    "helping.open_problem": "one's own path through a problem",
    "helping.use_language": "one's own path through a problem",
    "live.adopt": SHOWN,
    "people.choose_language": "one's own language",
    "people.consent": "one's own consent",
    "people.note_denied": "what one has tried",
    "people.note_wrong_code": "what one has tried",
    "privacy.copy": "that one's own copy was asked for",
    "tickets.open_own": "help is for everybody",
    "wishes.keep_quiet": "one's own wishes",
    "wishes.switch": "one's own wishes",
}
"""What strangers may write, since it is theirs."""

DESK = {"tickets.open_own": "the help desk is everybody's, and its helpers hear of it"}
"""What may tell others."""

READERLESS = {
    "board.enter": "the one-time key says who it is",
    "board.enter_app": "Telegram's signed word says who it is",
    "board.leave": "ends the session that it names, which nobody can guess",
    "board.reader": "the session's secret says who it is",
    "chats.bot_is": "Telegram says in which chats the bot is",
    "chats.migrate": "Telegram says that a chat has a new number",
    "chats.seen": "Telegram says who is in a chat",
    "conversations.put": "keyed by the chat and the person that the update came from",
    "people.arrive": "finds out who somebody is",
    "people.bot_username": "the bot's own name",
    "people.language_of": "finds out who somebody is",
    "people.recognize": "finds out who somebody is",
    "people.set_blocked": "Telegram says that somebody has blocked the bot",
}
"""What is asked for without a reader, and why it may be."""


def _numbers(uow):
    numbers = {}
    for name, table in IDS.items():
        [key] = Base.metadata.tables[table].primary_key
        numbers[name] = list(uow.session.scalars(sa.select(key).order_by(key)))
        assert numbers[name], f"no row for {name}"
    return numbers


class GivenUp(Exception):
    """Carries what was asked out of a transaction that is given up."""


class Asker:
    """Asks for use-cases on the rows of a university, each in a transaction that is given up."""

    def __init__(self, hall):
        self.hall = hall
        self.rows = hall.rows
        self.before = hall.sql(picture)
        self._wrote = False
        sa.event.listen(hall.desk.database.engine, "before_cursor_execute", self._look)

    def _look(self, connection, cursor, statement, *rest):
        self._wrote = self._wrote or statement.startswith(("INSERT", "UPDATE", "DELETE"))

    def ways(self, work, me):
        """Every row that may be named, people and second ones by a few; who is nobody here names one."""
        named = [name for name in inspect.signature(work).parameters if name in IDS]
        if named and me.person_id is None and key(work) not in OWN:
            return [{name: self.rows[name][0] for name in named}]
        some = [
            self.rows[name][: 2 if number or IDS[name] == "people" else 20]
            for number, name in enumerate(named)
        ]
        return [dict(zip(named, numbers, strict=True)) for numbers in itertools.product(*some)]

    def ask(self, work, me, given):
        """(what became of it, the refusal's code or what was given back, what was written)."""

        def call(uow):
            self._wrote = False
            try:
                said = work(**self._arguments(uow, work, me, given))
                uow.flush()
            except Refusal as refusal:
                raise GivenUp("refused", refusal.code, None) from None
            fresh = difference(self.before, picture(uow)) if self._wrote and key(work) in OWN else None
            raise GivenUp("wrote" if self._wrote else "read", said, fresh)

        with pytest.raises(GivenUp) as given_up:
            self.hall.sql(call)
        return given_up.value.args

    def _arguments(self, uow, work, me, given):
        office, now = self.hall.office, self.hall.clock()
        case = uow.session.get(Case, given["case_id"]) if "case_id" in given else None
        there = {
            "uow": uow, "office": office, "_office": office, "now": now, "me": me, **given,
            "revision": case.revision if case else 1,
        }  # fmt: skip
        parameters = inspect.signature(work).parameters.values()
        there |= {one.name: self._row(uow, work, one.name) for one in parameters if one.name in ROWS}
        return {
            one.name: there[one.name] if one.name in there else self._plain(one)
            for one in parameters
            if one.name in there or (one.default is one.empty and one.kind is not one.VAR_KEYWORD)
        }

    def _row(self, uow, work, name):
        if name == "case":
            kind = "application" if work.__module__.endswith("applications") else "appeal"
            return uow.session.scalars(sa.select(Case).where(Case.kind == kind)).first()
        if name == "exam":
            return uow.session.scalars(sa.select(Exam)).first()
        if name == "spec":
            return self.hall.office.acts.spec("ayu_violation")
        found = desk.require(uow, self.hall.ticket.id)
        return desk.view(uow, self.hall.office, self.hall.clock(), found)

    def _plain(self, one):
        now = self.hall.clock()
        if one.name == "until" and one.annotation is dt.datetime:
            return now + dt.timedelta(days=1)
        if one.name in ("at", "starts_at"):
            return now + dt.timedelta(days=2)
        if one.name == "day":
            return now.date()
        return PLAIN[one.name] if one.name in PLAIN else BY_KIND[one.annotation]


def key(work):
    return f"{work.__module__}.{work.__name__}".removeprefix("bot.services.")


def picture(uow):
    """Every row of every table by the table's name and the row's key."""
    return {
        (table.name, *(row._mapping[c.name] for c in table.primary_key)): row
        for table, every in EVERY_ROW
        for row in uow.session.execute(every)
    }


EVERY_ROW = [(table, sa.select(table)) for table in Base.metadata.sorted_tables]
PEOPLE_OF = {
    table.name: [c.name for c in table.columns for key in c.foreign_keys if key.column.table.name == "people"]
    for table, _ in EVERY_ROW
}
"""By table: columns with the numbers of people."""


def named_by(table, row):
    """The numbers of the people and accounts that a row names."""
    names = {("people", row[name]) for name in PEOPLE_OF[table] if row[name]}
    return names | ({("accounts", row["account_id"])} if row.get("account_id") else set())


def difference(before, after):
    """(tables where something that was there is changed or gone, whom new rows name)."""
    touched = {number[0] for number, row in before.items() if after.get(number) != row}
    fresh = [(number[0], row._mapping) for number, row in after.items() if number not in before]
    return touched, {name for table, row in fresh for name in named_by(table, row)}


@scene
def strangers(town):
    """Who has nothing to do with any of it."""
    return {
        "of another university": town.do(people.meet, 999_999, "kk"),
        "student of another group": town.student("SX", group="БТ-9", **AWAY),
        "staff of another faculty": town.member("XX", *FACULTY_ROLES, department="x", **AWAY),
    }


@SQLITE
def test_strangers__reach_no_row_of_anybody_by_any_use_case(town, strangers):
    asker, wrong, judged, passed = Asker(town), [], set(), set()
    for name, work in use_cases().items():
        for who, me in strangers.items():
            for given in asker.ways(work, me):
                became, said, fresh = asker.ask(work, me, given)
                asked = f"{name} of {who} with {given}"
                if became == "refused":
                    wrong += [f"{asked}: {said} is no answer to a stranger"] if said not in ANSWERS else []
                    passed |= {name} if said != "case_gone" else set()
                    continue
                passed.add(name)
                wrong += [f"{asked}: was shown what is theirs"] if HERS in shown(said) else []
                if became == "wrote" and fresh is None:
                    wrong.append(f"{asked}: changed something; may they? then say so in OWN")
                elif became == "wrote":
                    judged.add(name)
                    wrong += [f"{asked}: {one}" for one in misdone(name, me, *fresh)]
    assert wrong == []
    assert judged == set(OWN), "what is no longer needed goes"
    assert set(use_cases()) - passed == set(), "no row of the town is of the kind that these are about"


def shown(said):
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else repr(said)


def misdone(name, me, touched, named):
    """What a stranger has done to others."""
    mine = {("people", me.person_id), ("accounts", me.account_id)}
    others = {one for one in named if one not in mine}
    return [f"changed {one}" for one in touched - {"accounts", "counters"}] + (
        [f"told of {others}"] if others and name not in DESK else []
    )


@SQLITE
def test_strangers__who_have_noted_a_message_of_their_chat_are_told_nothing_through_it(town, strangers):
    case_id = town.sql(
        lambda uow: max(one.id for one in uow.session.scalars(sa.select(Case)) if one.kind == "report")
    )
    town.tick()
    town.sent()
    for me in strangers.values():
        town.do(casework.shown, me, case_id, 1)
        for exam_id in town.rows["exam_id"]:
            town.do(exam_cards.adopt, me, exam_id, 2)
        town.do(desk.adopt, me, "ticket_own", town.ticket.id, 3)
    town.do(cases.take, town.examiner, case_id, town.origin())
    town.do(helpdesk.resolve, town.helper, town.ticket.id)
    town.forward(minutes=2)
    told = {message.user_id for message in town.sent()}
    assert town.me.user_id in told
    assert not told & {me.user_id for me in strangers.values()}


def test_without_a_reader__only_what_is_listed_can_be_asked_for_from_outside():
    """A use-case that takes no reader cannot ask who they are: each one is judged here."""
    found = set()
    for room in ("handlers", "bot/web", "bot/dialogue"):
        for path in (ROOT / room).rglob("*.py"):
            found |= set(asked_for(ast.parse(path.read_text(encoding="utf-8"))))
    assert len(found) > 200
    assert found - set(use_cases()) == set(READERLESS)


def asked_for(tree):
    """The use-cases that a module names, whatever it calls the services."""
    modules, direct = {}, {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "bot.services":
            modules |= {one.asname or one.name: one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot.services."):
            direct |= {one.asname or one.name: (node.module[13:], one.name) for one in node.names}
    for node in ast.walk(tree):
        pair = direct.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            pair = (modules[node.value.id], node.attr)
        if pair and is_use_case(*pair):
            yield ".".join(pair)


def is_use_case(module, name):
    one = getattr(importlib.import_module(f"bot.services.{module}"), name, None)
    return inspect.isfunction(one) and next(iter(inspect.signature(one).parameters), "") == "uow"
