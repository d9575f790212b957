"""`import`: files of the university into the database, all of a file or nothing."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.cli.office import opened
from bot.exchange.rows import Problem
from bot.importing import Kind, store
from bot.services.imports import Report
from bot.wiring import Base

SHOWN = 1000


def import_(
    kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8, comma or semicolon) or XLSX.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count, store nothing.")] = False,
) -> None:
    """Import students, staff, the timetable or results. One bad row and nothing is stored."""
    with opened() as base:
        report = load(base, kind, file, dry_run=dry_run)
    _show(report)
    if report.problems:
        raise typer.Exit(1)


def load(base: Base, kind: Kind, file: Path, *, dry_run: bool = False) -> Report:
    """`store` with a moving line on stderr for long files; none where nobody looks."""
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        step = bar.add_task(f"reading {file.name}")

        def say(text: str) -> None:
            bar.update(step, description=text)

        return store(base, kind, file, dry_run=dry_run, say=say)


def _show(report: Report) -> None:
    for problem in report.problems[:SHOWN]:
        typer.echo(_line(problem), err=True)
    if len(report.problems) > SHOWN:
        typer.echo(f"… and {len(report.problems) - SHOWN} more", err=True)
    for note in report.notes[:SHOWN]:
        typer.echo(f"note: {note.message}", err=True)
    typer.echo(
        f"added {report.added}, changed {report.changed}, "
        f"unchanged {report.unchanged}, rejected {report.rejected}"
    )


def _line(problem: Problem) -> str:
    where = f"line {problem.line}" if problem.line else "file"
    return (
        f"{where}, {problem.column}: {problem.message}" if problem.column else f"{where}: {problem.message}"
    )
