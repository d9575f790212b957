"""`purge`: what is kept no longer. `person`: one person's data, and their code for another account."""

import secrets
from typing import Annotated

import typer

from bot.cli.office import opened
from bot.errors import EmtihanError, Refusal
from bot.services import files, forgetting, people, retention
from bot.services.office import Desk

person = typer.Typer(help="One person's data.", no_args_is_help=True)


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, erase nothing.")] = False,
) -> None:
    """Apply the retention rules now."""
    said = "would erase" if dry_run else "erased"
    with opened() as base:
        for what, rule in retention.PURGES.items():
            total = 0
            while done := base.desk.do_now(rule, dry_run=dry_run):
                total += done
                if dry_run:
                    break
            typer.echo(f"{said} {total} {what}")
        if not dry_run:
            _erase_bytes(base.desk)


def _erase_bytes(desk: Desk) -> None:
    """What was erased leaves the disk too, now and not when the bot next runs."""
    while desk.do_now(files.erase_due):
        pass


@person.callback()
def _person() -> None:
    """One person's data."""


@person.command("forget")
def forget(
    ext_id: Annotated[str, typer.Argument(metavar="ID", help="The university's id of the person.")],
) -> None:
    """Erase a person's personal data on request; the registers keep their numbers."""
    with opened() as base:
        erased = base.desk.do_now(forgetting.forget, ext_id)
        _erase_bytes(base.desk)
    typer.echo(f"erased the personal data of {erased} register entries with the id {ext_id}")


@person.command("code")
def code(
    ext_id: Annotated[str, typer.Argument(metavar="ID", help="The university's id of the person.")],
) -> None:
    """A code for one person; whoever is linked moves to another Telegram account with it."""
    with opened() as base:
        try:
            issued = base.desk.do_now(people.invite_again, ext_id, secrets.token_hex(32))
        except Refusal:
            raise EmtihanError(f"nobody has the id {ext_id}") from None
    for one in issued:
        typer.echo(
            " ".join(part for part in (one.kind, one.ext_id, one.full_name, one.code, one.link) if part)
        )
