"""The tables as administrators may read them: sqladmin over connections that cannot write.

What is a secret, a token's hash, a message's text, a file's name or the content of a case is in no list here.
"""

import datetime as dt
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup
from sqladmin import Admin, ModelView
from sqladmin.helpers import slugify_class_name
from sqlalchemy import ColumnElement, Engine, Select, String, cast, false, or_
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from starlette.applications import Starlette
from starlette.requests import Request

from bot.storage import sealing, tables
from bot.storage.spoken import MARKS, meant, say, spoken

PAGE, PAGES = 25, (10, 25, 50, 100)
KEPT = frozenset({"statics", "index", "list", "details"})
"""All that is left of the library's addresses: nothing that creates, changes, exports or hands out files."""

UI = {
    "Actions": "actions", "Column": "column", "Go Back": "back", "Search": "search", "Select all": "all",
    "Show": "show", "Value": "value", "View": "view", "next": "next", "prev": "previous",
    "Showing %(start)s to %(end)s of %(count)s items": "showing", "%(size)s / Page": "size",
    "board": "board", "menu": "menu", "hint": "hint",
    "language": "language", "reset": "reset",
}  # fmt: skip
"""The library's words, and those of our frame -> ours, `tables.ui.<name>`; what is not here stays English."""

FILLED = {name: f"%({name})s" for name in ("start", "end", "count", "size")}


@dataclass(frozen=True, slots=True)
class Shown:
    """A table with the columns that may be read; `search`: those that are looked through."""

    family: str
    model: type[DeclarativeBase]
    columns: str
    search: str = ""


SHOWN = (
    Shown(
        "people", tables.Person,
        "id ext_id full_name kind language faculty department group_name programme level course",
        "full_name ext_id group_name",
    ),
    Shown("people", tables.PersonRole, "person_id role", "role"),
    Shown("people", tables.Account,
        "id person_id language consent_version consented_at blocked_at created_at"),
    Shown("people", tables.Invite, "id person_id generation issued_at used_at"),
    Shown("people", tables.Absence, "id person_id from_at until_at stands_in_id"),
    Shown(
        "exams", tables.Exam,
        "id ext_id subject_kk subject_ru kind attestation starts_at ends_at faculty department proctor_id"
        " revision cancelled_at",
        "ext_id subject_kk subject_ru faculty",
    ),
    Shown("exams", tables.ExamGroup, "exam_id group_name", "group_name"),
    Shown("exams", tables.ExamExaminer, "exam_id person_id position"),
    Shown("exams", tables.ExamDay, "exam_id starts_at started_at started_by asked_at told_at"),
    Shown("exams", tables.ExamChange, "id exam_id action actor_id at", "action"),
    Shown("exams", tables.GroupChat,
        "account_id group_name asked_by asked_at confirmed_at rings", "group_name"),
    Shown(
        "cases", tables.Case,
        "id number kind trouble state stage outcome step reporter_id exam_id holder_id filed_at taken_at"
        " ended_at revision",
        "number kind state",
    ),
    Shown("cases", tables.CaseEvent, "id case_id at action actor_id", "action"),
    Shown("cases", tables.CaseTimer, "id case_id rule due_at state reason", "rule state reason"),
    Shown("cases", tables.CaseFile,
        "id case_id role made type size pages state reason added_at", "state type"),
    Shown("cases", tables.Incident,
        "id number scope key opened_at closed_at declared_by kept_until", "number key"),
    Shown(
        "desk", tables.Ticket,
        "id number state language group_name problem device exam_id opened_at stage holder_id claimed_at"
        " first_reply_at resolved_at rating",
        "number problem state",
    ),
    Shown("desk", tables.Shift, "id person_id started_at ended_at seen_at"),
    Shown("desk", tables.DeskSpike, "id platform problem tickets opened_at closed_at", "platform"),
    Shown("messages", tables.Reminder,
        "id exam_id rule minutes due_at use_by revision state reason", "rule state reason"),
    Shown(
        "messages", tables.Notice,
        "id kind person_id exam_id case_id rank due_at use_by state attempts finished_at reason",
        "kind state reason",
    ),
    Shown(
        "messages", tables.IncomingUpdate, "id received_at state attempts finished_at reason", "state reason"
    ),
    Shown("messages", tables.Broadcast, "id author_id state begun_at confirmed_at ended_at", "state"),
    Shown("installation", tables.Upload, "id kind person_id state sent_at decided_at", "kind state"),
    Shown("installation", tables.AuditEvent, "id at action account_id", "action"),
    Shown("installation", tables.Node, "id name beat_at", "name"),
    Shown("installation", tables.Duty, "name node_id", "name"),
)  # fmt: skip
_ADDRESSES = {shown.model.__tablename__: slugify_class_name(shown.model.__name__) for shown in SHOWN}


@dataclass(frozen=True, slots=True)
class Words:
    """How a reader is spoken to: words by their key, moments as their zone and language write them.

    `languages`: those that a reader can have.
    """

    label: Callable[..., str]
    moment: Callable[[dt.datetime], str]
    languages: Sequence[str]


def build(reading: Engine, words: Words, base_url: str, templates: Path) -> Starlette:
    """An ASGI application of the tables in one language; `templates` go before the library's.

    `reading` has to be an engine of connections that cannot write (`Database.reading`).
    """
    app = Starlette()
    admin = Admin(
        app,
        session_maker=sessionmaker(bind=reading, class_=Session),
        base_url=base_url,
        title=words.label("tables.title"),
        templates_dir=str(templates),
    )
    values = spoken(words.label, words.languages)
    for shown in SHOWN:
        admin.add_view(_view(shown, words, values, sealed=sealing.keyed(reading.dialect)))
    kept = [route for route in admin.admin.router.routes if getattr(route, "name", "") in KEPT]
    admin.admin.router.routes = kept
    said = {
        english: words.label(f"tables.ui.{name}", **_placeholders(english)) for english, name in UI.items()
    }
    environment: Any = admin.templates.env
    environment.install_gettext_callables(
        lambda english: said.get(english, english),
        lambda one, many, n: one if n == 1 else many,
        newstyle=True,
    )
    return app


def _either(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


def _placeholders(english: str) -> Mapping[str, str]:
    return {name: mark for name, mark in FILLED.items() if mark in english}


def _view(
    shown: Shown, words: Words, values: Mapping[str, Mapping[str, str]], *, sealed: bool
) -> type[ModelView]:
    """`values`: closed words by column. `sealed`: what is sealed can be neither searched nor sorted."""
    columns = shown.columns.split()
    mapped = shown.model.__table__.columns
    open_ones = [one for one in columns if not (sealed and isinstance(mapped[one].type, sealing.Sealed))]
    shape: dict[str, Any] = {
        name: _link(target) for name in columns if (target := _target(mapped[name])) in _ADDRESSES
    }
    shape |= {name: _word(values[at]) for name in columns if (at := str(mapped[name])) in values}
    plain = {type(None): lambda _: "", bool: _yes_no, dt.datetime: words.moment}
    name = words.label(f"tables.of.{shown.model.__tablename__}")
    said = {
        "name": name,
        "name_plural": name,
        "category": words.label(f"tables.family.{shown.family}"),
        "can_create": False,
        "can_edit": False,
        "can_delete": False,
        "can_export": False,
        "can_import": False,
        "column_list": columns,
        "column_details_list": columns,
        "column_labels": {one: words.label(f"tables.column.{one}") for one in columns},
        "column_searchable_list": [one for one in shown.search.split() if one in open_ones],
        "search_query": _searching(
            {name: values[at] for name in columns if (at := str(mapped[name])) in values}
        ),
        "column_sortable_list": open_ones,
        "column_default_sort": [(columns[0], True)],
        "column_formatters": shape,
        "column_formatters_detail": shape,
        "column_type_formatters": plain,
        "column_type_formatters_detail": plain,
        "search_auto_submit": False,
        "page_size": PAGE,
        "page_size_options": list(PAGES),
    }
    made = types.new_class(
        f"{shown.model.__name__}View", (ModelView,), {"model": shown.model}, lambda body: body.update(said)
    )
    assert issubclass(made, ModelView)
    return made


def _target(column: Any) -> str:
    """Which table a column names a row of, '' for one that names none."""
    return next((str(key.column.table.name) for key in column.foreign_keys), "")


def address_of(model: type[DeclarativeBase]) -> str:
    """What a table is called in addresses."""
    return slugify_class_name(model.__name__)


def _link(target: str) -> Callable[[Any, str, Request], Any]:
    identity = _ADDRESSES[target]

    def link(row: Any, name: str, request: Request) -> Any:
        number = getattr(row, name)
        if number is None:
            return ""
        address = request.url_for("admin:details", identity=identity, pk=str(number))
        return Markup('<a href="{}">{}</a>').format(address, number)

    return link


def _word(said: Mapping[str, str]) -> Callable[[Any, str, Request], Any]:
    """A closed word as its reader says it; what is stored shows where it is pointed at."""

    def word(row: Any, name: str, request: Request) -> Any:
        stored = getattr(row, name) or ""
        return Markup('<span title="{}">{}</span>').format(stored, say(said, stored))

    return word


def _searching(words: Mapping[str, Mapping[str, str]]) -> Callable[[Any, Select[Any], str], Select[Any]]:
    """Looks for what is stored, and for what is stored where the reader sees the word: `words` by column."""

    def search(view: Any, stmt: Select[Any], term: str) -> Select[Any]:
        found: list[ColumnElement[bool]] = [false()]
        for name in view.column_searchable_list:
            column = getattr(view.model, name)
            found.append(cast(column, String).ilike(f"%{term}%"))
            several = meant(words.get(name, {}), term)
            found += [column.in_(several)] if several else []
            found += [column.startswith(f"{one}{mark}") for one in several for mark in MARKS]
        return stmt.filter(or_(*found))

    return search


def _yes_no(value: bool) -> str:
    return "✓" if value else "–"
