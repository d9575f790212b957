"""The administrator's desk: files of the university, codes, roles, values in force, health."""

import asyncio
import secrets

from bot.dialogue.context import Context, Handler
from bot.errors import Refusal
from bot.rules import access
from bot.services import administration, registers, uploads
from bot.services.files import Sent
from bot.services.imports import NothingStored
from bot.views import administration as views

FILE, GROUP, PERSON, ONE = "upload", "codes_group", "role_person", "codes_one"


async def desk(ctx: Context) -> None:
    """What there is to do."""
    await ctx.desk.do(administration.enter, ctx.me)
    tables = access.may_see_tables(ctx.me.actor, ctx.me.faculty)
    await ctx.door.show(views.desk(ctx.voice, tables=tables))


async def kinds(ctx: Context) -> None:
    """Which register?"""
    await ctx.desk.do(administration.enter, ctx.me)
    await ctx.door.show(views.kinds(ctx.voice))


async def ask_file(ctx: Context) -> None:
    """The next file is for this register."""
    kind = await ctx.desk.do(uploads.begin, ctx.me, ctx.args[0] if ctx.args else "")
    await ctx.form.open(FILE, kind=kind.value)
    await ctx.door.send(views.ask_file(ctx.voice, kind.value))


async def file(ctx: Context) -> None:
    """The file has come. Words are no file: the question stays open."""
    if ctx.attachment is None:
        raise Refusal("upload_file")
    sent = Sent(
        ctx.attachment.file_id,
        ctx.attachment.kind,
        ctx.attachment.name,
        ctx.attachment.size,
        ctx.attachment.order,
    )
    if sent.kind != "document":
        raise Refusal("upload_file")
    found = await ctx.desk.do(uploads.receive, ctx.me, str(ctx.form_data["kind"]), sent, ctx.origin)
    await ctx.form.close()
    await ctx.door.send(views.received(ctx.voice, found))


async def store(ctx: Context) -> None:
    """Store what was shown: read again, all of it or nothing."""
    upload_id = _upload(ctx)
    job = await ctx.desk.do(uploads.open_job, ctx.me, upload_id)
    if job is not None:
        parsed = await asyncio.to_thread(registers.parse_kept, ctx.desk.office, job.kind, job.sha256)
        try:
            found = await ctx.desk.do(uploads.store, ctx.me, upload_id, parsed)
        except NothingStored as nothing:
            found = await ctx.desk.do(uploads.broke, ctx.me, upload_id, nothing.report)
            await ctx.door.send(views.upload_card(ctx.voice, found))
            return
    else:
        found = await ctx.desk.do(uploads.look, ctx.me, upload_id)
    await ctx.door.show(views.upload_card(ctx.voice, found))


async def drop(ctx: Context) -> None:
    """Not this file."""
    found = await ctx.desk.do(uploads.drop, ctx.me, _upload(ctx))
    await ctx.door.show(views.upload_card(ctx.voice, found))


async def codes(ctx: Context) -> None:
    """Whose codes?"""
    await ctx.desk.do(administration.enter, ctx.me)
    await ctx.door.show(views.codes(ctx.voice))


async def issue(ctx: Context) -> None:
    """Codes of all students, or of all staff."""
    who = ctx.args[0] if ctx.args else ""
    if who not in ("student", "staff"):
        raise Refusal("no_such_group")
    await _issue(ctx, who)


async def ask_group(ctx: Context) -> None:
    """Which group?"""
    await ctx.desk.do(administration.enter, ctx.me)
    await ctx.form.open(GROUP)
    await ctx.door.send(views.ask_words(ctx.voice, "group"))


async def group(ctx: Context) -> None:
    """The group was named."""
    await _issue(ctx, ctx.text.strip() or "-")
    await ctx.form.close()


async def ask_one(ctx: Context) -> None:
    """Whose code?"""
    await ctx.desk.do(administration.enter, ctx.me)
    await ctx.form.open(ONE)
    await ctx.door.send(views.ask_words(ctx.voice, "code"))


async def one(ctx: Context) -> None:
    """The person was named."""
    issued = await ctx.desk.do(administration.one_code, ctx.me, ctx.text, secrets.token_hex(32))
    await ctx.form.close()
    await ctx.door.send(views.one_code(ctx.voice, issued))


async def _issue(ctx: Context, who: str) -> None:
    issued = await ctx.desk.do(administration.invites, ctx.me, who, secrets.token_hex(32))
    await ctx.door.send(views.codes_file(ctx.voice, issued))


async def ask_person(ctx: Context) -> None:
    """Whose roles?"""
    await ctx.desk.do(administration.enter, ctx.me)
    await ctx.form.open(PERSON)
    await ctx.door.send(views.ask_words(ctx.voice, "person"))


async def person(ctx: Context) -> None:
    """The person was named."""
    found = await ctx.desk.do(administration.find, ctx.me, ctx.text)
    await ctx.form.close()
    screen = views.colleague(ctx.voice, found[0]) if len(found) == 1 else views.colleagues(ctx.voice, found)
    await ctx.door.send(screen)


async def roles(ctx: Context) -> None:
    """One of several."""
    found = await ctx.desk.do(administration.colleague, ctx.me, _person(ctx))
    await ctx.door.show(views.colleague(ctx.voice, found))


async def switch(ctx: Context) -> None:
    """A role is given or taken."""
    role, on = (*ctx.args[1:3], "", "")[:2]
    person_id = _person(ctx)
    found = await ctx.desk.do(administration.switch_role, ctx.me, person_id, role, on=on == "1")
    await ctx.door.show(views.colleague(ctx.voice, found))


async def sections(ctx: Context) -> None:
    """The parts of the policy."""
    await ctx.door.show(views.sections(ctx.voice, await ctx.desk.do(administration.sections, ctx.me)))


async def values(ctx: Context) -> None:
    """One part of it."""
    section = ctx.args[0] if ctx.args else ""
    known = await ctx.desk.do(administration.sections, ctx.me)
    if section not in known:
        raise Refusal("no_such_values")
    found = await ctx.desk.do(administration.values, ctx.me, section)
    await ctx.door.show(views.values(ctx.voice, section, found, ctx.number(1) or 0))


async def values_file(ctx: Context) -> None:
    """All of it as a table."""
    found = await ctx.desk.do(administration.values, ctx.me, "")
    await ctx.door.send(views.values_file(ctx.voice, found))


async def health(ctx: Context) -> None:
    """The same facts as `/readyz`."""
    await ctx.desk.do(administration.enter, ctx.me)
    await ctx.door.show(views.health(ctx.voice, await ctx.desk.health()))


def _upload(ctx: Context) -> int:
    found = ctx.number(0)
    if found is None:
        raise Refusal("upload_gone")
    return found


def _person(ctx: Context) -> int:
    found = ctx.number(0)
    if found is None:
        raise Refusal("nobody_found")
    return found


COMMANDS: dict[str, Handler] = {}
TAPS: dict[str, Handler] = {
    "i0": desk,
    "ii": kinds,
    "ik": ask_file,
    "is": store,
    "ix": drop,
    "iv": codes,
    "ij": issue,
    "ig": ask_group,
    "iu": ask_one,
    "ir": ask_person,
    "io": roles,
    "it": switch,
    "ip": sections,
    "iq": values,
    "iw": values_file,
    "ih": health,
}
BEHIND = dict.fromkeys(TAPS, "staff")
FORMS: dict[str, Handler] = {FILE: file, GROUP: group, PERSON: person, ONE: one}
