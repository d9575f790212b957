"""`invites`: one-time link codes for people not linked yet."""

import json
import secrets
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import typer

from bot import config
from bot.cli.office import opened
from bot.errors import EmtihanError
from bot.exchange.writer import require_writable, write_qr, write_table
from bot.rules.vocabulary import PersonKind
from bot.services import people

HEADERS = ("kind", "id", "full_name", "code", "link")
ASK_SECONDS = 5


def invites(
    out: Annotated[Path, typer.Option(help="The file to write (.csv or .xlsx).")],
    role: Annotated[PersonKind | None, typer.Option(help="Only students, or only staff.")] = None,
    group: Annotated[str | None, typer.Option(help="Only this group.")] = None,
    rotate: Annotated[bool, typer.Option("--rotate", help="New codes; the old ones stop working.")] = False,
    qr: Annotated[Path | None, typer.Option(help="Also write a QR image a person into this folder.")] = None,
) -> None:
    """Write a one-time link code for everybody who is not linked yet."""
    require_writable(out)  # a rotation that nobody could read would only stop the codes in hand
    with opened() as base:
        if group is not None and group not in base.desk.do_now(people.groups):
            raise EmtihanError(f"no student is in group {group}: check the name")
        username = base.desk.do_now(people.bot_username) or _ask_username()
        issued = base.desk.do_now(
            people.issue_invites,
            kind=role,
            group=group,
            rotate=rotate,
            bot_username=username,
            secret=secrets.token_hex(32),
        )
    write_table(out, HEADERS, [(i.kind, i.ext_id, i.full_name, i.code, i.link) for i in issued])
    if qr is not None and username:
        qr.mkdir(parents=True, exist_ok=True)
        for invite in issued:
            write_qr(qr / f"{invite.kind}-{_plain(invite.ext_id)}.png", invite.link)
    if not username:
        typer.echo(
            "the bot's name is not known yet, so links are empty: start the bot once, or set EMTIHAN_TOKEN",
            err=True,
        )
    typer.echo(f"wrote {len(issued)} codes to {out}")


def _plain(ext_id: str) -> str:
    """An id as a file's name."""
    return "".join(letter if letter.isalnum() else "_" for letter in ext_id)


def _ask_username() -> str:
    """The bot's name from the Bot API, '' when it cannot be asked."""
    settings = config.load()
    if settings.token is None:
        return ""
    url = f"{settings.api_url}/bot{settings.token.get_secret_value()}/getMe"
    try:
        with urllib.request.urlopen(url, timeout=ASK_SECONDS) as answer:  # noqa: S310  (http or https, checked)
            return str(json.load(answer)["result"]["username"])
    except (OSError, ValueError, KeyError, urllib.error.URLError):
        return ""
