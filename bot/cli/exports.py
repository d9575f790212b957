"""`export`: registers as files."""

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.office import opened
from bot.exchange.writer import write_table
from bot.services import cases, outbox
from bot.wiring import Base


class Register(StrEnum):
    """A register that can be written."""

    CASES = "cases"
    DELIVERIES = "deliveries"


Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def export(
    register: Annotated[Register, typer.Argument(help="Which register.")],
    file: Annotated[Path, typer.Argument(help="The file to write (.xlsx or .csv).")],
) -> None:
    """Write a register; cells that look like formulas are made harmless."""
    with opened() as base:
        headers, rows = TABLES[register](base)
    write_table(file, headers, rows)
    typer.echo(f"wrote {len(rows)} rows to {file}")


def _local(base: Base, moment: dt.datetime | None) -> str:
    return moment.astimezone(base.desk.office.zone).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def _cases(base: Base) -> Table:
    headers = ("number", "filed_at", "reporter", "group", "exam", "trouble", "state", "holder", "taken_at")
    rows = [
        (
            case.number,
            _local(base, case.filed_at),
            case.reporter,
            case.reporter_group,
            case.exam.ext_id if case.exam else "",
            case.trouble,
            case.state,
            case.holder,
            _local(base, case.taken_at),
        )
        for case in base.desk.do_now(cases.register)
    ]
    return headers, rows


def _deliveries(base: Base) -> Table:
    headers = (
        "kind", "id", "full_name", "exam", "due_at", "state", "finished_at", "attempts", "reason",
        "minutes", "steps_opened_at", "reported_at",
    )  # fmt: skip
    rows = [
        (
            line.kind,
            line.ext_id,
            line.person,
            line.exam,
            _local(base, line.due_at),
            line.state,
            _local(base, line.finished_at),
            line.attempts,
            line.reason,
            "" if line.minutes is None else line.minutes,
            _local(base, line.acted_at),
            _local(base, line.filed_at),
        )
        for line in base.desk.do_now(outbox.register)
    ]
    return headers, rows


TABLES: dict[Register, Callable[[Base], Table]] = {
    Register.CASES: _cases,
    Register.DELIVERIES: _deliveries,
}
