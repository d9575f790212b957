"""The administrator's desk: files, codes, roles, values in force, health."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.exchange.writer import table_bytes
from bot.rules.administration import Colleague, Value
from bot.rules.health import Health
from bot.rules.uploads import KINDS, UploadView, Wrong
from bot.rules.vocabulary import Role
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.wire import Upload

SHOWN = 5
PAGE = 20
ON, OFF = "✅", "▫️"
WRONG = {
    "id_long": "id", "id_empty": "id", "id_number": "id", "id_list": "id", "number_long": "id",
    "name_letters": "name", "name_short": "name", "name_long": "name", "label_empty": "name",
    "label_long": "name", "marks": "name", "control": "name",
    "date": "date", "date_time": "date", "date_year": "date", "date_in_text": "date", "logical": "date",
    "time": "time", "time_date": "time", "time_seconds": "time", "time_skipped": "time", "offset": "time",
    "moment": "moment", "moment_time": "moment",
    "list_empty": "empty", "empty": "empty", "role_empty": "empty",
    "level_unknown": "word", "role_unknown": "word", "kind_unknown": "word", "attestation_unknown": "word",
    "language_unknown": "word", "attestation_kind": "attestation",
    "course": "number", "duration": "number", "duration_needed": "duration", "url": "url", "url_long": "url",
    "repeated": "repeated", "column_twice": "heading", "column_merged": "heading", "column_missing": "column",
    "row_long": "row", "row_short": "row", "encrypted": "password",
    "workbook_damaged": "damaged", "workbook_large": "damaged", "sheet_large": "damaged",
    "not_table": "format", "encoding": "format", "nul": "format", "letters_lost": "format",
    "file_unreadable": "damaged", "file_missing": "damaged", "file_large": "large", "rows_many": "large",
    "file_empty": "nothing", "rows_none": "nothing",
    "unknown_exam": "exam", "unknown_student": "student", "unknown_staff": "staff", "unknown_group": "group",
    "other_faculty": "faculty",
    "more": "more",
    "odd_duration": "odd_duration", "no_proctor": "no_proctor", "holiday": "holiday",
    "group_deserted": "deserted", "left_out": "left_out", "too_many_at_once": "crowd",
    "cancelled_here": "kept_here", "moved_here": "kept_here", "column_unknown": "unused",
    "sheets": "sheets", "head_without_department": "head", "attestation_rare": "rare", "time_twice": "twice",
}  # fmt: skip
"""What is wrong with a cell or a file -> its words `wrong.<word>`."""

SECTIONS = (
    "timezone", "consent", "invites", "delivery", "timetable",
    "reminders", "exam_day", "warnings", "force_majeure", "help_desk",
    "appeals", "attachments", "retention", "calendar", "phones",
    "readiness", "launch", "final_attestation", "reports", "systems",
    "facts", "incomplete_grade", "grading", "conduct", "distance_study",
    "individual_schedule", "practice", "retake", "digests", "registrar",
)  # fmt: skip
"""Parts of a policy that have a name of their own; any other is called as the policy calls it."""


def words_of(code: str) -> str:
    """Which words say what is wrong."""
    return WRONG.get(code, "other")


def desk(voice: Speech, *, tables: bool = False) -> Screen:
    """All that an administrator may do; `tables`: read them too."""
    rows = [
        [Button(voice.label("button.admin_files"), pack("ii"), style="primary")],
        [Button(voice.label("button.admin_news"), pack("n0"))],
        [
            Button(voice.label("button.admin_codes"), pack("iv")),
            Button(voice.label("button.admin_roles"), pack("ir")),
        ],
        [
            Button(voice.label("button.admin_values"), pack("ip")),
            Button(voice.label("button.admin_health"), pack("ih")),
        ],
        *([[Button(voice.label("button.admin_tables"), pack("bd", "tables"))]] if tables else []),
    ]
    return Screen(lines(bold(voice.t("admin.title")), voice.t("admin.hint")), rows)


def with_administration(voice: Speech, screen: Screen) -> Screen:
    """The same screen with the way to this desk below."""
    return replace(screen, rows=[*screen.rows, [Button(voice.label("button.admin"), pack("i0"))]])


def back(voice: Speech) -> list[Button]:
    """The way back to the desk."""
    return [Button(voice.label("button.back"), pack("i0"))]


def kinds(voice: Speech) -> Screen:
    """Which register is the file for?"""
    rows = [[Button(voice.label(f"upload.kind.{kind}"), pack("ik", kind))] for kind in KINDS]
    return Screen(lines(bold(voice.t("upload.which")), voice.t("upload.promise")), [*rows, back(voice)])


def ask_file(voice: Speech, kind: str) -> Screen:
    """Send it now."""
    text = lines(bold(voice.t(f"upload.kind.{kind}")), voice.t("upload.send"))
    return Screen(text, [[Button(voice.label("button.back"), pack("ii"))]])


def received(voice: Speech, upload: UploadView) -> Screen:
    """It is being read."""
    return Screen(voice.t("upload.received", name=bold(upload.name or "—")))


def upload_card(voice: Speech, upload: UploadView) -> Screen:
    """What storing would change, with the button that does it; or what is wrong, with a file of all of it."""
    head = lines(bold(voice.t(f"upload.kind.{upload.kind}")), voice.t("upload.file", name=upload.name or "—"))
    if upload.state == "refused":
        return _refused(voice, head, upload)
    counts = voice.t(
        "upload.counts", added=bold(upload.added), changed=bold(upload.changed), unchanged=upload.unchanged
    )
    state = voice.t(f"upload.state.{upload.state}")
    text = lines(head, "", state, counts if upload.state != "dropped" else None, *_notes(voice, upload.notes))
    if upload.state != "checked":
        return Screen(text, [back(voice)])
    if not upload.added and not upload.changed:
        return Screen(lines(head, "", voice.t("upload.same"), counts), [back(voice)])
    store = Button(voice.label("button.upload_store"), pack("is", upload.id), style="success")
    return Screen(text, [[store], [Button(voice.label("button.upload_drop"), pack("ix", upload.id))]])


def _notes(voice: Speech, notes: Sequence[Wrong]) -> list[object]:
    said = [
        voice.t("upload.note", line=one.line, text=_said(voice, one)) if one.line else _said(voice, one)
        for one in notes[:SHOWN]
    ]
    more = [voice.n("upload.more_notes", len(notes) - SHOWN)] if len(notes) > SHOWN else []
    return ["", *said, *more] if said else []


def _refused(voice: Speech, head: Html, upload: UploadView) -> Screen:
    first = [_line(voice, one) for one in upload.problems[:SHOWN]]
    text = lines(
        head, "", voice.n("upload.refused", max(1, upload.rejected)), *first, "", voice.t("upload.mend")
    )
    again = Button(voice.label("button.upload_again"), pack("ik", upload.kind), style="primary")
    rows = [[again], back(voice)]
    headers = [voice.label(f"upload.column.{name}") for name in ("line", "column", "value", "wrong")]
    table = [(one.line or "", one.column, one.value, _plain(voice, one)) for one in upload.problems]
    name = f"{upload.kind}-{voice.label('upload.errors')}.xlsx"
    return Screen(text, rows, upload=Upload(name, table_bytes(".xlsx", headers, table)))


def _line(voice: Speech, one: Wrong) -> Html:
    if not one.line:
        return _said(voice, one)
    return voice.t("upload.problem", line=one.line, column=one.column or "—", text=_said(voice, one))


def _said(voice: Speech, one: Wrong) -> Html:
    return voice.t(f"wrong.{words_of(one.code)}", value=one.value or "—")


def _plain(voice: Speech, one: Wrong) -> str:
    return voice.label(f"wrong.{words_of(one.code)}", value=one.value or "—")


def codes(voice: Speech) -> Screen:
    """Whose codes?"""
    rows = [
        [Button(voice.label("button.codes_students"), pack("ij", "student"))],
        [Button(voice.label("button.codes_staff"), pack("ij", "staff"))],
        [
            Button(voice.label("button.codes_group"), pack("ig")),
            Button(voice.label("button.codes_one"), pack("iu")),
        ],
        back(voice),
    ]
    return Screen(lines(bold(voice.t("codes.title")), voice.t("codes.hint")), rows)


def codes_file(voice: Speech, issued: Sequence[Any]) -> Screen:
    """The codes as a file; a message when everybody has joined."""
    if not issued:
        return Screen(voice.t("codes.nobody"), [back(voice)])
    headers = [voice.label(f"codes.column.{name}") for name in ("id", "name", "code", "link")]
    table = [(one.ext_id, one.full_name, one.code, one.link) for one in issued]
    name = f"{voice.label('codes.file')}.xlsx"
    content = table_bytes(".xlsx", headers, table)
    text = lines(voice.n("codes.issued", len(issued)), voice.t("codes.care"))
    return Screen(text, [back(voice)], upload=Upload(name, content))


def one_code(voice: Speech, issued: Sequence[Any]) -> Screen:
    """One person's code, to be handed on at once."""
    parts: list[object] = []
    for one in issued:
        parts += [bold(one.full_name), one.ext_id, Html(f"<code>{one.code}</code>"), one.link or None, ""]
    return Screen(lines(*parts, voice.t("codes.moves"), voice.t("codes.care")), [back(voice)])


def ask_words(voice: Speech, what: str) -> Screen:
    """Asks for a group's or a person's name."""
    return Screen(voice.t(f"admin.ask.{what}"), [back(voice)])


def colleagues(voice: Speech, found: Sequence[Colleague]) -> Screen:
    """Which of them?"""
    rows = [[Button(f"{one.name} · {one.ext_id}", pack("io", one.id))] for one in found]
    return Screen(voice.t("roles.which"), [*rows, back(voice)])


def colleague(voice: Speech, one: Colleague) -> Screen:
    """A member of staff, each role a switch."""
    place = " · ".join(part for part in (one.faculty, one.department) if part)
    linked = voice.t("roles.linked" if one.linked else "roles.not_linked")
    text = lines(bold(one.name), one.ext_id, place or None, linked, "", voice.t("roles.hint"))
    switches = [
        Button(
            f"{ON if role in one.roles else OFF} {voice.label(f'role.{role}')}",
            pack("it", one.id, role.value, int(role not in one.roles)),
        )
        for role in Role
    ]
    return Screen(text, [*([switch] for switch in switches), back(voice)])


def sections(voice: Speech, counts: Mapping[str, int]) -> Screen:
    """The parts of the policy."""
    buttons = [Button(f"{_section(voice, name)} · {n}", pack("iq", name, 0)) for name, n in counts.items()]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    whole = [Button(voice.label("button.values_file"), pack("iw"))]
    return Screen(lines(bold(voice.t("values.title")), voice.t("values.hint")), [*rows, whole, back(voice)])


def _section(voice: Speech, name: str) -> str:
    head, _, kind = name.partition(".")
    if kind and head == "kinds":
        return voice.label(f"kind.{kind}")
    return voice.label(f"values.of.{head}") if head in SECTIONS else head


def values(voice: Speech, section: str, found: Sequence[Value], page: int) -> Screen:
    """One part's values, each with its clause."""
    first = max(0, min(page, (len(found) - 1) // PAGE)) * PAGE
    shown = found[first : first + PAGE]
    head = bold(_section(voice, section))
    turn = []
    if first:
        turn.append(Button("‹", pack("iq", section, first // PAGE - 1)))
    if first + PAGE < len(found):
        turn.append(Button("›", pack("iq", section, first // PAGE + 1)))
    text = lines(head, *(_value(voice, one, section) for one in shown))
    return Screen(text, [turn, [Button(voice.label("button.back"), pack("ip"))]])


def _value(voice: Speech, one: Value, section: str) -> Html:
    name = one.path.removeprefix(f"{section}.")
    source = one.clause or voice.t(f"mark.{one.mark}")
    return voice.t(
        "values.line", name=Html(f"<code>{name}</code>"), value=bold(_shown(voice, one.value)), source=source
    )


def _shown(voice: Speech, value: Any) -> str:
    if value is None:
        return voice.label("values.silent")
    if isinstance(value, bool):
        return voice.label("values.yes" if value else "values.no")
    if isinstance(value, int | float):
        return voice.number(value)
    if isinstance(value, tuple | list):
        return ", ".join(_shown(voice, part) for part in value) or "—"
    return str(value)


def values_file(voice: Speech, found: Sequence[Value]) -> Screen:
    """All values as a file."""
    headers = [voice.label(f"values.column.{name}") for name in ("name", "value", "clause", "mark")]
    table = [
        (one.path, _shown(voice, one.value), one.clause, voice.label(f"mark.{one.mark}")) for one in found
    ]
    content = table_bytes(".xlsx", headers, table)
    return Screen(
        voice.n("values.whole", len(found)), upload=Upload(f"{voice.label('values.file')}.xlsx", content)
    )


def health(voice: Speech, found: Health) -> Screen:
    """Whether all is well, and what is not."""
    again = [Button(voice.label("button.refresh"), pack("ih"))]
    parts: list[object] = [bold(voice.t("health.good" if found.ready else "health.bad"))]
    if found.unavailable:
        parts.append(voice.t("health.database"))
    else:
        parts.append(voice.t("health.lag.inbox", n=voice.number(round(found.inbox_lag, 1))))
        parts.append(voice.t("health.lag.outbox", n=voice.number(round(found.outbox_lag, 1))))
    parts += [voice.t("health.silent", name=name) for name in found.silent]
    parts += [
        voice.t("health.reports", n=n, what=voice.t(f"audit.{trouble}")) for trouble, n in found.troubles
    ]
    parts += [voice.t("health.late")] if found.late else []
    parts += [voice.t(f"health.around.{one.worry}", of=one.of) for one in found.more]
    return Screen(lines(*parts), [again, back(voice)])
