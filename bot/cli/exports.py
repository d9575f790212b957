"""`export`: registers as files."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.office import opened
from bot.cli.registers import cases, days, help_desk, promises
from bot.cli.registers.table import Table
from bot.exchange.writer import write_table
from bot.wiring import Base


class Register(StrEnum):
    """A register that can be written."""

    CASES = "cases"
    DELIVERIES = "deliveries"
    APPEALS = "appeals"
    APPLICATIONS = "applications"
    TICKETS = "tickets"
    HELP = "help"
    PACE = "pace"
    ACTS = "acts"
    REPORTS = "reports"
    SITTINGS = "sittings"
    FIGURES = "figures"


def export(
    register: Annotated[Register, typer.Argument(help="Which register.")],
    file: Annotated[Path, typer.Argument(help="The file to write (.xlsx or .csv).")],
) -> None:
    """Write a register; cells that look like formulas are made harmless."""
    with opened() as base:
        headers, rows = TABLES[register](base)
    write_table(file, headers, rows)
    typer.echo(f"wrote {len(rows)} rows to {file}")


TABLES: dict[Register, Callable[[Base], Table]] = {
    Register.CASES: cases.reports,
    Register.DELIVERIES: promises.deliveries,
    Register.APPEALS: cases.appeals,
    Register.APPLICATIONS: cases.applications,
    Register.TICKETS: help_desk.tickets,
    Register.HELP: help_desk.fixes,
    Register.PACE: promises.pace,
    Register.ACTS: cases.acts,
    Register.REPORTS: days.reports,
    Register.SITTINGS: days.sittings,
    Register.FIGURES: days.figures,
}
