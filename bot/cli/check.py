"""`check`: is this installation fit to serve?"""

from typing import Annotated

import typer

from bot import config, wiring
from bot.cli import launch as checklist
from bot.errors import EmtihanError
from bot.library import check as content_check
from bot.services import keys
from bot.storage import schema
from bot.storage.engine import Database


def check(
    content_only: Annotated[bool, typer.Option("--content-only", help="Only policies and words.")] = False,
    launch: Annotated[bool, typer.Option("--launch", help="What is still to be decided.")] = False,
    lang: Annotated[str | None, typer.Option(help="Language of the launch questions.")] = None,
) -> None:
    """Check configuration, database, content and policies; print every problem."""
    if launch:
        raise typer.Exit(1 if checklist.launch(config.load(), lang) else 0)
    problems: list[str] = []
    settings = None
    try:
        settings = config.load()
    except EmtihanError as refused:
        problems.append(str(refused))
    policy_file = settings.policy_file if settings and not content_only else None
    profile = settings.profile if settings and policy_file else None
    problems += content_check.check(policy_file=policy_file, profile=profile)
    if settings is not None and not content_only:
        problems += _database(settings)
        if settings.token is None:
            problems.append("EMTIHAN_TOKEN: is not set; the bot cannot be served")
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo("everything is in order")


def _database(settings: config.Settings) -> list[str]:
    try:
        database = Database(settings.database_url.get_secret_value())
    except EmtihanError as refused:
        return [str(refused)]
    try:
        database.ping()
        if not database.is_sqlite or schema.current(database.engine) is not None:
            schema.require_current(database.engine)
            database.transact(keys.need, wiring.keyring(settings))
        with database.engine.connect() as connection:
            locale = schema.require_locale(connection)
    except EmtihanError as refused:
        return [str(refused)]
    finally:
        database.close()
    if locale in ("C", "POSIX"):
        return [f"the database's locale is {locale}: Kazakh letters are not folded; use C.UTF-8 or ICU kk-KZ"]
    return []
