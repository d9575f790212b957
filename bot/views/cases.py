"""Reports: filing, the reporter's status, the addressee's card."""

import datetime as dt
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from bot.rules import notes
from bot.rules.cases import CaseView, Filing, Rung
from bot.rules.exams import ExamBrief
from bot.rules.walk import Algorithm
from bot.rules.warnings import minutes_left
from bot.views import endings, outages
from bot.views.exam_cards import entries
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack, safe
from bot.views.speech import Speech
from bot.views.walks import trouble_rows

NAMES_SHOWN = 3
NOTE_SHOWN = 300
NOTES_SHOWN = 3
NOTES_AT_ONCE = 10


def filing(voice: Speech, choice: Filing, now: dt.datetime) -> Screen:
    """What has happened? The tap that names it files the report. Asks for the exam only when several run."""
    running = [exam for exam in choice.exams if exam.span.phase(now) == "running"]
    if len(running) > 1:
        rows = [
            [Button(shorten(exam.subject(voice.language), 36), pack("sx", exam.id), style="danger")]
            for exam in running
        ]
        return Screen(bold(voice.t("sos.which_exam")), rows)
    exam = choice.exams[0] if choice.exams else None
    about = voice.t("sos.about", exam=exam.subject(voice.language)) if exam else voice.t("sos.about_none")
    rows = trouble_rows(voice, choice.troubles, exam.id if exam else None)
    rows.append([Button(voice.label("button.sos_for"), pack("sf"))])
    return Screen(lines(bold(voice.t("sos.what")), about, voice.t("sos.at_once")), rows)


def ask_student(voice: Speech) -> Screen:
    """Whose report is it? By the student's id."""
    return Screen(voice.t("sos.for_whom"))


def filing_for(voice: Speech, name: str, ext_id: str, choice: Filing) -> Screen:
    """What has happened to the student? The tap files the report for them."""
    exam = choice.exams[0] if choice.exams else None
    about = voice.t("sos.about", exam=exam.subject(voice.language)) if exam else voice.t("sos.about_none")
    rows = [
        [Button(voice.label(f"trouble.{name}"), pack("sg", name, exam.id if exam else None, ext_id))]
        for name in choice.troubles
    ]
    return Screen(lines(bold(voice.t("sos.for", name=name)), about, voice.t("sos.at_once")), rows)


def filed_for(voice: Speech, case: CaseView, phones: Sequence[str], now: dt.datetime) -> Screen:
    """The report is in: whoever filed it sees its number and who knows."""
    head = "case.filed" if case.fresh else "case.already"
    text = lines(
        voice.t(head, number=bold(case.number), time=voice.when(case.filed_at, now)),
        voice.t("card.who", name=bold(case.reporter), group=case.reporter_group or "—"),
        _about(voice, case),
        *_status(voice, case, now),
        *_nobody(voice, case, phones),
        "",
        voice.t("case.for_told"),
    )
    return Screen(text)


def filed(
    voice: Speech, case: CaseView, phones: Sequence[str], now: dt.datetime, algorithm: Algorithm | None
) -> Screen:
    """The report is in: number, time, who knows, what comes next, and the way back to the exam's steps."""
    head = "case.filed" if case.fresh else "case.already"
    text = lines(
        voice.t(head, number=bold(case.number), time=voice.when(case.filed_at, now)),
        _about(voice, case),
        *_status(voice, case, now),
        *_nobody(voice, case, phones),
        *(["", voice.t("case.add_hint")] if case.state == "waiting" and not case.nobody else []),
    )
    rows = _reporter_rows(voice, case)
    if algorithm is not None and case.exam is not None:
        rows.append([Button(voice.label("button.steps"), pack("wo", algorithm.id, case.exam.id, None))])
    return Screen(text, rows)


def _nobody(voice: Speech, case: CaseView, phones: Sequence[str]) -> list[object]:
    if not case.nobody:
        return []
    return [voice.t("case.nobody"), *phones] if phones else [voice.t("case.nobody_no_phones")]


def _about(voice: Speech, case: CaseView) -> Html:
    trouble = voice.t(f"trouble.{case.trouble}")
    if case.exam is None:
        return trouble
    return voice.t("case.about", trouble=trouble, exam=case.exam.subject(voice.language))


def _status(voice: Speech, case: CaseView, now: dt.datetime) -> list[object]:
    if case.state in ("closed", "withdrawn"):
        return endings.outcome(voice, case, now)
    if case.state == "taken":
        at = voice.when(case.taken_at or now, now)
        return [voice.t("case.taken_by", name=case.holder, time=at), promised(voice, case, now)]
    told = [rung for rung in case.chain if rung.state == "told"]
    return [voice.t("case.told", who=_who(voice, rung)) for rung in told]


def promised(voice: Speech, case: CaseView, now: dt.datetime) -> Html | None:
    """What the holder promised, and by when or when it was done."""
    made = case.promise
    if made is None:
        return None
    what = voice.t(f"promise.{made.what}")
    if made.kept is not None:
        return voice.t("case.promise_kept", what=what, time=voice.when(made.kept, now))
    return voice.t("case.promise", what=what, time=voice.when(made.due, now))


def _ahead(voice: Speech, case: CaseView) -> list[object]:
    """Who hears next, while nobody has answered."""
    if case.state != "waiting":
        return []
    silent = sum(rung.state == "told" for rung in case.chain) > 1
    planned = [
        _who(voice, rung) if rung.instead else voice.t(f"role.{rung.role}")
        for rung in case.chain
        if rung.state == "ahead" and not rung.fallback
    ]
    return [
        voice.t("case.escalated") if silent else None,
        voice.t("case.next", who=voice.listed(planned)) if planned else None,
    ]


def _who(voice: Speech, rung: Rung) -> Html:
    names = list(rung.names[:NAMES_SHOWN])
    if len(rung.names) > NAMES_SHOWN:
        names.append("…")
    shown: object = ", ".join(names)
    if rung.instead:
        shown = voice.t("case.instead", names=shown, whom=", ".join(rung.instead[:NAMES_SHOWN]))
    return Html(f"{voice.t(f'role.{rung.role}')} ({safe(shown)})")


def _reporter_rows(voice: Speech, case: CaseView) -> list[list[Button]]:
    rows = []
    if case.state in ("waiting", "taken"):
        if not case.confirmed:
            rows.append([Button(voice.label("button.confirm"), pack("jc", case.id), style="success")])
        if case.stage == "order" and case.applied_at is None:
            rows.append([Button(voice.label("button.apply_order"), pack("jr", case.id), style="primary")])
        rows.append([Button(voice.label("button.add_note"), pack("cn", case.id))])
        if case.claimed_at is None:
            rows.append([Button(voice.label("button.happened"), pack("jy", case.id))])
        rows.append(
            [Button(voice.label("button.back_again"), pack("jb", case.id), style="success")]
            if case.outage.running is not None
            else [Button(voice.label("button.gone_again"), pack("jo", case.id))]
        )
        if case.stage != "act":
            rows.append([Button(voice.label("button.report_withdraw"), pack("jw", case.id))])
    if case.lost:
        rows.append([Button(voice.label("button.certificate"), pack("je", case.id))])
    rows.append([Button(voice.label("button.refresh"), pack("cv", case.id))])
    return rows


def status(voice: Speech, case: CaseView, phones: Sequence[str], now: dt.datetime) -> Screen:
    """A report as it stands now, for its reporter."""
    text = lines(
        voice.t("case.status", number=bold(case.number), time=voice.when(case.filed_at, now)),
        voice.t("case.filed_by", name=case.filed_by) if case.filed_by else None,
        _about(voice, case),
        *outages.both_times(voice, case, now),
        voice.t("case.incident", number=case.incident) if case.incident else None,
        *endings.clock(voice, case, now),
        *_status(voice, case, now),
        *_ahead(voice, case),
        endings.application(voice, case, now),
        *_nobody(voice, case, phones),
        *_notes(voice, case, now),
        "",
        voice.t("case.as_of", time=voice.clock(now)),
    )
    return Screen(text, _reporter_rows(voice, case))


def my_cases(voice: Speech, cases: Sequence[CaseView], now: dt.datetime) -> Screen:
    """All my reports with their state."""
    if not cases:
        return Screen(voice.t("my.none"))
    parts: list[object] = [bold(voice.t("my.title"))]
    rows = []
    for case in cases:
        state = voice.t(f"case.state.{case.state}")
        parts += [
            "",
            voice.t("my.line", number=bold(case.number), time=voice.when(case.filed_at, now), state=state),
        ]
        parts.append(_about(voice, case))
        rows.append([Button(case.number, pack("cv", case.id))])
    return Screen(lines(*parts), rows)


def ask_note(voice: Speech, case: CaseView) -> Screen:
    """Write words or send a photo; the next message goes to the report."""
    return Screen(voice.t("case.write_note", number=bold(case.number)))


def note_added(voice: Speech, case: CaseView, phones: Sequence[str], now: dt.datetime) -> Screen:
    """The words or the file are with the report, and passed on to whoever was told."""
    text = lines(
        voice.t("case.note_added", number=bold(case.number), time=voice.clock(now)),
        *(_nobody(voice, case, phones) or [voice.t("case.note_seen")]),
    )
    return Screen(text, _reporter_rows(voice, case))


def card(
    voice: Speech,
    case: CaseView,
    now: dt.datetime,
    promises: Mapping[str, dt.timedelta] | None = None,
    reader: int | None = None,
) -> Screen:
    """What the addressee sees: who, what, where, how many minutes are left, and what they can promise."""
    text = lines(
        voice.t("card.head", number=bold(case.number), time=voice.when(case.filed_at, now)),
        voice.t("card.who", name=bold(case.reporter), group=case.reporter_group or "—"),
        voice.t("case.filed_by", name=case.filed_by) if case.filed_by else None,
        _about(voice, case),
        *outages.both_times(voice, case, now),
        _exam_clock(voice, case.exam, now) if case.exam else None,
        *endings.clock(voice, case, now),
        endings.application(voice, case, now),
        *_notes(voice, case, now),
        *_card_state(voice, case, now),
    )
    return Screen(text, _card_rows(voice, case, promises or {}, reader))


def _card_state(voice: Speech, case: CaseView, now: dt.datetime) -> list[object]:
    if case.state == "waiting":
        return []
    if case.state != "taken":
        return ["", *endings.outcome(voice, case, now)]
    at = voice.when(case.taken_at or now, now)
    return ["", voice.t("case.taken_by", name=case.holder, time=at), promised(voice, case, now)]


def _card_rows(
    voice: Speech, case: CaseView, promises: Mapping[str, dt.timedelta], reader: int | None
) -> list[list[Button]]:
    key = (case.id, case.revision)
    take = Button(voice.label("button.take"), pack("ct", *key), style="success")
    refresh = Button(voice.label("button.refresh"), pack("cc", case.id))
    rows = [[take if case.state == "waiting" else refresh]]
    if case.state == "waiting":
        rows += [
            [Button(promise_label(voice, name, within), pack("ct", *key, name))]
            for name, within in list(promises.items())[1:]
        ]
        rows.append([Button(voice.label("button.report_decide"), pack("jd", *key))])
    elif case.state == "taken" and reader == case.holder_id:
        rows = [*_holder_rows(voice, case), [refresh]]
    elif case.state == "taken":
        rows.append([Button(voice.label("button.report_decide"), pack("jd", *key))])
        rows.append([Button(voice.label("button.take_over"), pack("ju", *key))])
    if len(case.notes) > NOTES_SHOWN or any(_is_cut(added) for added in case.notes):
        rows.append([Button(voice.label("button.notes"), pack("cf", case.id))])
    rows.append([Button(voice.label("button.history"), pack("jl", case.id))])
    return rows


def _holder_rows(voice: Speech, case: CaseView) -> list[list[Button]]:
    """What the holder can do: decide, say that the promise is kept, promise anew, pass on."""
    key = (case.id, case.revision)
    if case.stage == "act":
        return [[Button(voice.label("button.send_act"), pack("ja", *key), style="success")]]
    rows = [[Button(voice.label("button.report_decide"), pack("jd", *key), style="success")]]
    if case.lost > case.outage.given and case.outage.running is None:
        label = voice.label("button.give_minutes", n=case.lost - case.outage.given)
        rows.append([Button(label, pack("jm", *key))])
    if case.promise is not None and case.promise.kept is None:
        rows.append([Button(voice.label("button.kept"), pack("jk", *key))])
    rows.append([Button(voice.label("button.promise_anew"), pack("jp", *key))])
    rows.append([Button(voice.label("button.report_hand_over"), pack("jh", *key))])
    return rows


def promise_label(voice: Speech, name: str, within: dt.timedelta) -> str:
    """One tap promises something by a time."""
    left = unescape(voice.duration(within.total_seconds() / 60))
    return voice.label(f"button.promise.{name}", time=left)


def _is_cut(added: Mapping[str, Any]) -> bool:
    """Whether the card shows less than the whole of it."""
    return bool(added.get("file_id")) or len(str(added.get("text") or "")) > NOTE_SHOWN


def note(voice: Speech, case: CaseView, part: notes.Part, at: dt.datetime, now: dt.datetime) -> Screen:
    """What the reporter has added, whole, for somebody who was told."""
    of = voice.t("card.part", k=part.k, n=part.n) if part.n > 1 else None
    text = lines(
        voice.t("card.added", number=bold(case.number), time=voice.when(at, now)),
        voice.t("card.who", name=bold(case.reporter), group=case.reporter_group or "—"),
        of,
        part.text or voice.label(f"file.{part.file_kind or 'document'}"),
    )
    button = Button(voice.label("button.open_case"), pack("co", case.id))
    file = (part.file_kind, part.file_id) if part.file_id else None
    return Screen(text, [[button]] if part.k == part.n else (), file)


def all_notes(voice: Speech, case: CaseView, now: dt.datetime) -> list[Screen]:
    """The last of what was added, whole, oldest first."""
    return [
        note(voice, case, part, added["at"], now)
        for added in case.notes[-NOTES_AT_ONCE:]
        for part in notes.parts(*(str(added.get(name) or "") for name in ("text", "file_id", "file_kind")))
    ]


def _exam_clock(voice: Speech, exam: ExamBrief, now: dt.datetime) -> Html:
    phase = exam.span.phase(now)
    if phase == "running":
        left = voice.minutes(minutes_left(exam.span.end, now))
        return voice.t("card.running", time=voice.when(exam.span.end, now), left=left)
    if phase == "upcoming":
        return voice.t("card.upcoming", time=voice.when(exam.span.start, now))
    return voice.t("card.over", time=voice.when(exam.span.end, now))


def _notes(voice: Speech, case: CaseView, now: dt.datetime) -> list[object]:
    shown: list[object] = []
    kept = [added for added in case.notes if added.get("text") or added.get("file_id")]
    for added in kept[-NOTES_SHOWN:]:
        file = voice.label(f"file.{added['file_kind']}") if added.get("file_kind") else ""
        words = shorten(str(added.get("text") or ""), NOTE_SHOWN)
        body = " ".join(part for part in (file, words) if part)
        shown.append(voice.t("card.note", time=voice.when(added["at"], now), text=body))
    return shown


def staff_desk(
    voice: Speech, waiting: Sequence[CaseView], today: Sequence[ExamBrief], now: dt.datetime
) -> Screen:
    """Open reports that have come to this member of staff, and their exams of today."""
    cards = entries(voice, today, now)
    if not waiting:
        row = [Button(voice.label("button.exams"), pack("menu", "exams")), *_whole(voice)]
        text = lines(voice.t("staff.none"), voice.t("staff.exams") if cards else None)
        return Screen(text, [*cards, row, [_absences(voice)]])
    parts: list[object] = [bold(voice.t("staff.title"))]
    rows = []
    for case in waiting:
        state = voice.t(f"case.state.{case.state}")
        parts += [
            "",
            voice.t("my.line", number=bold(case.number), time=voice.when(case.filed_at, now), state=state),
        ]
        parts.append(voice.t("staff.line", name=case.reporter, about=_about(voice, case)))
        style = "danger" if case.state == "waiting" else ""
        rows.append(
            [Button(f"{case.number} · {shorten(case.reporter, 20)}", pack("cc", case.id), style=style)]
        )
    if cards:
        parts += ["", voice.t("staff.exams")]
    return Screen(lines(*parts), [*rows, *cards, _whole(voice), [_absences(voice)]])


def _absences(voice: Speech) -> Button:
    return Button(voice.label("button.absences"), pack("yz"))


def _whole(voice: Speech) -> list[Button]:
    """The queue of all cases, and the timetable."""
    return [
        Button(voice.label("button.work"), pack("wq")),
        Button(voice.label("button.timetable"), pack("xl", 0)),
    ]
