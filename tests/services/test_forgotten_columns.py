"""Every column of every table is filled for somebody who is then forgotten: what is left is judged here.

A table or a column that is new is filled, too: whoever adds it empties it when its person is forgotten,
or says here why it may keep what it holds.
"""

import datetime as dt
import itertools
import json
import re

import pytest
import sqlalchemy as sa

from bot.services import files, forgetting
from bot.storage.tables import Base
from tests.support.people import exam, student

OTHERS = (
    "exams",
    "exam_groups",
    "wave_starts",
    "counters",
    "meta",
    "nodes",
    "duties",
    "paces",
    "fix_outcomes",
)
"""Tables that are of nobody: the timetable, the installation, what is only counted."""

WORDS = frozenset(
    (
        "action",
        "attestation",
        "device",
        "file_kind",
        "group_name",
        "item",
        "kind",
        "language",
        "number",
        "outcome",
        "part",
        "problem",
        "platform",
        "role",
        "rule",
        "scope",
        "stage",
        "state",
        "trouble",
        "type",
    )
)
"""Columns of closed words and of the registers' numbers, wherever they stand."""

KEPT = {
    "audit_events.detail": "numbers and closed words",
    "broadcasts.audience": "a faculty or a group",
    "broadcasts.counted": "numbers",
    "broadcasts.texts": "news of the university, told under its name",
    "case_files.reason": "a closed word",
    "case_timers.reason": "why a handler failed",
    "cases.chain": "numbers of staff, roles, states",
    "desk_spikes.open_key": "a platform",
    "drafts.subject": "a number or a form's name",
    "exam_changes.detail": "times",
    "exam_days.digest": "a hash",
    "incidents.key": "an exam, a faculty, a platform",
    "notices.key": "numbers and closed words",
    "reminders.reason": "a closed word",
    "shifts.groups": "closed words",
    "shifts.languages": "languages",
    "ticket_messages.album": "Telegram's number of an album",
    "tickets.tried": "ids of fixes",
    "uploads.report": "of the university's file; erased with it by its own term",
}
"""What stays of a person's rows, and why."""


@pytest.fixture
def somebody(hall):
    hall.add_students(student("S1"))
    hall.me = hall.join("S1")
    hall.member("T1")
    assert not hall.add_exams(exam("E1", hall.clock() + dt.timedelta(days=1))).problems
    return hall


class Filler:
    """A row in each table, of one person as far as it can be, with a trace of its own in each column."""

    def __init__(self, hall, uow):
        self.hall, self.session = hall, uow.session
        self.numbers, self.traces = itertools.count(7_000), {}
        exam_id = uow.exams.by_ext()["E1"].id
        self.first = {"people": hall.me.person_id, "accounts": hall.me.account_id, "exams": exam_id}

    def fill(self):
        for table in Base.metadata.sorted_tables:
            if table.name in OTHERS:
                continue
            if table.name in self.first:
                continue
            row = {column.name: self.value(table, column) for column in table.columns}
            self.session.execute(sa.insert(table).values(row))
            [key, *_] = table.primary_key
            self.first[table.name] = row[key.name]

    def value(self, table, column):
        name = f"{table.name}.{column.name}"
        known = {
            "case_files.sha256": "a" * 64,
            "cases.kind": "report",
            "results.student_key": "S1",
            "ticket_events.action": "note",
            "exam_changes.person_key": self.hall.me.person_id,
            "inbox.chat_key": self.hall.me.user_id,
            "conversations.key": f"1:{self.hall.me.user_id}:{self.hall.me.user_id}:::x",
        }
        if name in known:
            return known[name]
        if column.foreign_keys:
            return self.first.get(next(iter(column.foreign_keys)).column.table.name)
        kind = column.type.python_type if not isinstance(column.type, sa.types.TypeDecorator) else None
        if isinstance(column.type, sa.JSON) or "Json" in type(column.type).__name__:
            trace = self.trace(name)
            return [trace] if self.is_list(table, column) else {"text": trace}
        if type(column.type).__name__ == "Utc":
            return self.hall.clock()
        if kind in (int, float):
            return next(self.numbers)
        if kind is bool:
            return False
        return self.closed(table, column) or self.trace(name)

    def trace(self, name):
        trace = f"t{next(self.numbers)}t"
        self.traces[trace] = name
        return trace

    @staticmethod
    def is_list(table, column):
        [model] = [one.class_ for one in Base.registry.mappers if one.local_table is table]
        return "list" in str(model.__annotations__[column.name])

    @staticmethod
    def closed(table, column):
        for check in table.constraints:
            if isinstance(check, sa.CheckConstraint):
                found = re.match(rf"{column.name} = '(\w+)'", str(check.sqltext))
                if found:
                    return found[1]
        return None


def left(hall, traces):
    def look(uow):
        everything = [
            json.dumps(value, default=str, ensure_ascii=False)
            for table in Base.metadata.sorted_tables
            for row in uow.session.execute(sa.select(table)).mappings()
            for value in row.values()
        ]
        return "\n".join(everything)

    said = hall.sql(look)
    return {name for trace, name in traces.items() if trace in said}


def test_columns__of_a_forgotten_person_are_emptied_or_judged_here(somebody):
    hall = somebody

    def fill(uow):
        filler = Filler(hall, uow)
        filler.fill()
        return filler.traces

    traces = hall.sql(fill)
    assert left(hall, traces) == set(traces.values())
    hall.do(forgetting.forget, "S1")
    hall.do(files.erase_due)
    free = {name for name in left(hall, traces) if name.partition(".")[2] not in WORDS}
    assert sorted(free - set(KEPT)) == []
    assert sorted(set(KEPT) - free) == []
