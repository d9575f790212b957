"""Appeals: open results, the draft, its review, the student's status, the commission's card."""

import datetime as dt
from collections.abc import Sequence

from bot.rules import appeals
from bot.rules.appeals import AppealView, DraftView, OpenResult
from bot.rules.casework import OPEN
from bot.rules.files import KEPT, MISSING, REFUSED, WAITING, FileView, apart
from bot.rules.windows import Window
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

TEXT_SHOWN = 600
NAME_LETTERS = 30
MARKS = {WAITING: "…", KEPT: "✅", MISSING: "⚠️", REFUSED: "⚠️"}


def clause(text: str | None) -> Html | None:
    """The clause, small, at the end."""
    return Html(f"<i>{Html(text)}</i>") if text else None


def cited(text: str | None) -> list[Html | str]:
    """The same below an empty line; nothing where there is no clause."""
    small = clause(text)
    return [] if small is None else ["", small]


def until(voice: Speech, found: Window, now: dt.datetime) -> Html:
    """Until when an appeal may be sent; where the source is silent, whom to ask."""
    if found.said is None:
        return voice.t("appeal.no_term")
    if not found.open_at(now) and found.least:
        return voice.t("appeal.past_least", time=voice.moment(found.said))
    if not found.open_at(now):
        return voice.t("appeal.was_until", time=voice.moment(found.said))
    left = voice.duration(max(1, ((found.closes or found.said) - now).total_seconds() / 60))
    return voice.t("appeal.until", time=bold(voice.moment(found.said)), left=left)


def results(voice: Speech, found: Sequence[OpenResult], now: dt.datetime) -> Screen:
    """Published results with their windows; a button for each that is open."""
    if not found:
        return Screen(voice.t("appeal.none"), [[Button(voice.label("button.my"), pack("menu", "my"))]])
    parts: list[object] = [bold(voice.t("appeal.title"))]
    rows = []
    for one in found:
        subject = one.exam.subject(voice.language)
        parts += ["", bold(subject), until(voice, one.window, now)]
        if one.case_number:
            parts.append(voice.t("appeal.sent_already", number=bold(one.case_number)))
        elif one.window.takes(now) or one.draft_id is not None:
            label = voice.label("button.appeal_go_on") if one.draft_id else voice.label("button.appeal")
            rows.append(
                [Button(f"{label}: {shorten(subject, 24)}", pack("ap", one.exam.id), style="primary")]
            )
    clauses = dict.fromkeys(one.window.clause for one in found if one.window.clause)
    return Screen(lines(*parts, *cited("; ".join(clauses))), rows)


def draft(voice: Speech, view: DraftView, now: dt.datetime) -> Screen:
    """What the appeal holds by now and what it still needs; whatever is sent next belongs to it."""
    chosen = voice.t(f"ground.{view.ground}") if view.ground else voice.t("appeal.not_chosen")
    text = lines(
        voice.t("appeal.draft", exam=bold(view.exam.subject(voice.language))),
        None if view.during else until(voice, view.window, now),
        "",
        voice.t("appeal.ground", ground=chosen),
        voice.t("appeal.words", n=len(view.text)) if view.text else voice.t("appeal.no_words"),
        *files(voice, view.files),
        "",
        voice.t("appeal.during") if view.during else None,
        voice.t(f"appeal.form.{view.form or 'none'}"),
        voice.t("appeal.write_here"),
        *cited(view.clause if view.during else view.window.clause),
    )
    rows = [
        [Button(voice.label("button.ground"), pack("ag", view.id))],
        [
            Button(voice.label("button.form_pdf"), pack("af", view.id, "pdf")),
            Button(voice.label("button.form_docx"), pack("af", view.id, "docx")),
        ],
        [Button(voice.label("button.review"), pack("av", view.id), style="primary")],
    ]
    if view.text or view.files:
        edits = [Button(voice.label("button.clear_text"), pack("ac", view.id))] if view.text else []
        if view.files:
            edits.append(Button(voice.label("button.files"), pack("ai", view.id)))
        rows.insert(2, edits)
    rows.append([Button(voice.label("button.drop"), pack("aq", view.id), style="danger")])
    return Screen(text, rows)


def files(voice: Speech, found: Sequence[FileView]) -> list[Html]:
    """The files, one a line, each with how it stands."""
    sent = [file for file in found if not file.made and file.state in MARKS]
    if not sent:
        return [voice.t("appeal.no_files")]
    listed = [
        voice.t(
            "appeal.file",
            mark=MARKS[file.state],
            name=shorten(file.name or file.type or voice.label("file.nameless"), NAME_LETTERS),
        )
        for file in sent
    ]
    alone = apart(sent)
    return [voice.n("appeal.files", len(sent)), *listed, *([voice.t("appeal.apart")] if alone else [])]


def grounds(voice: Speech, view: DraftView) -> Screen:
    """Why? One tap."""
    rows = [[Button(voice.label(f"ground.{one}"), pack("as", view.id, one))] for one in view.grounds]
    return Screen(bold(voice.t("appeal.which_ground")), [*rows, [_back(voice, view)]])


def _back(voice: Speech, view: DraftView) -> Button:
    return Button(voice.label("button.back"), pack("ad", view.id))


def file_list(voice: Speech, view: DraftView) -> Screen:
    """Which file is to be taken out?"""
    sent = [file for file in view.files if not file.made and file.state in MARKS]
    rows = [
        [Button(f"✖ {shorten(file.name or file.type or '—', 28)}", pack("ar", view.id, file.id))]
        for file in sent
    ]
    return Screen(voice.t("appeal.take_out"), [*rows, [_back(voice, view)]])


def review(voice: Speech, view: DraftView, now: dt.datetime) -> Screen:
    """The whole of it before it is sent."""
    text = lines(
        bold(voice.t("appeal.review")),
        view.exam.subject(voice.language),
        until(voice, view.window, now),
        "",
        voice.t("appeal.ground", ground=voice.t(f"ground.{view.ground}")),
        shorten(view.text, TEXT_SHOWN),
        *files(voice, view.files),
    )
    submit = Button(voice.label("button.submit"), pack("ay", view.id, view.stamp), style="success")
    return Screen(text, [[submit], [_back(voice, view)]])


def drop_ask(voice: Speech, sure: str, keep: str) -> Screen:
    """Whether to throw a draft away; `sure` and `keep`: what either answer calls back."""
    yes = Button(voice.label("button.drop_sure"), sure, style="danger")
    return Screen(voice.t("draft.drop_ask"), [[yes], [Button(voice.label("button.keep"), keep)]])


def dropped(voice: Speech) -> Screen:
    """The draft is gone."""
    return Screen(voice.t("appeal.dropped"))


def status(voice: Speech, view: AppealView, now: dt.datetime) -> Screen:
    """The student's own appeal as it stands now."""
    subject = view.exam.subject(voice.language) if view.exam else "—"
    text = lines(
        voice.t("appeal.status", number=bold(view.number), time=voice.moment(view.filed_at)),
        subject,
        _stage(voice, view, now),
        voice.t(f"appeal.entry.{view.entry}") if view.entry != "in_time" else None,
        *files(voice, view.files),
        *asked_again(voice, view.files, view.state),
        "",
        clause(view.clause),
    )
    rows = []
    if view.state in OPEN:
        rows.append([Button(voice.label("button.add_file"), pack("aa", view.id))])
        if view.sat_at is None or view.sat_at > now:
            rows.append(
                [Button(voice.label("button.withdraw"), pack("aw", view.id, view.revision), style="danger")]
            )
    rows.append(
        [
            Button(voice.label("button.documents"), pack("ao", view.id)),
            Button(voice.label("button.timeline"), pack("wt", view.id)),
        ]
    )
    return Screen(text, rows)


def asked_again(voice: Speech, found: Sequence[FileView], state: str) -> list[Html]:
    """A file that could not be had or used is asked for again, while there is use in it."""
    bad = [file for file in found if file.state in (MISSING, REFUSED)]
    return [voice.t("appeal.send_again")] if bad and state in OPEN else []


def _stage(voice: Speech, view: AppealView, now: dt.datetime) -> Html:
    """Where it stands, what comes next and when."""
    if view.state == "withdrawn":
        return voice.t("appeal.is_withdrawn")
    if view.outcome:
        return _decision(voice, view)
    if view.sat_at is not None:
        return voice.t("appeal.sits_at", time=bold(voice.moment(view.sat_at)), chair=view.chair or "—")
    if view.sitting_by is not None:
        return voice.t("appeal.sits_by", time=bold(voice.end(view.sitting_by)))
    return voice.t("appeal.sits_unknown")


def _decision(voice: Speech, view: AppealView) -> Html:
    follows = None
    if view.new_date is not None:
        follows = voice.t("appeal.new_date", time=bold(voice.moment(view.new_date)))
    elif view.grade:
        follows = voice.t("appeal.new_grade", grade=bold(view.grade))
    return lines(
        bold(voice.t(f"appeal.outcome.{view.outcome}")),
        voice.t("appeal.because", reason=shorten(view.reason, TEXT_SHOWN)),
        follows,
    )


def card(voice: Speech, view: AppealView, now: dt.datetime) -> Screen:
    """What the commission sees: who, what, by when, and what the reader can do."""
    subject = view.exam.subject(voice.language) if view.exam else "—"
    seated = voice.listed([name for name in (view.chair, *view.members) if name]) if view.chair else "—"
    text = lines(
        voice.t("appeal.card", number=bold(view.number), time=voice.moment(view.filed_at)),
        voice.t("card.who", name=bold(view.student), group=view.group or "—"),
        subject,
        voice.t("appeal.ground", ground=voice.t(f"ground.{view.ground}")) if view.ground else None,
        shorten(view.text, TEXT_SHOWN),
        *files(voice, view.files),
        voice.t(f"appeal.entry.{view.entry}") if view.entry != "in_time" else None,
        "",
        voice.t("appeal.commission", names=seated),
        voice.t(f"appeal.problem.{view.problem}") if view.problem else None,
        _stage(voice, view, now),
        *[
            voice.t("appeal.vote_line", name=name, vote=voice.t(f"appeal.vote.{said}"))
            for name, said in view.votes
        ],
    )
    return Screen(text, _card_rows(voice, view, now))


def _card_rows(voice: Speech, view: AppealView, now: dt.datetime) -> list[list[Button]]:
    rows = [
        [
            Button(voice.label("button.documents"), pack("ao", view.id)),
            Button(voice.label("button.timeline"), pack("wt", view.id)),
        ]
    ]
    if view.state not in OPEN:
        mends = view.part == appeals.CHAIR and view.new_date is not None and view.new_date > now
        return [*rows, [Button(voice.label("button.mend_date"), pack("az", view.id))]] if mends else rows
    chair, sits = view.part == appeals.CHAIR, view.sat_at is not None and view.sat_at <= now
    if sits and view.part in (appeals.CHAIR, appeals.MEMBER):
        rows.append(
            [
                Button(voice.label("button.vote_for"), pack("at", view.id, appeals.FOR), style="success"),
                Button(
                    voice.label("button.vote_against"), pack("at", view.id, appeals.AGAINST), style="danger"
                ),
            ]
        )
    if chair and sits:
        rows.append([Button(voice.label("button.decide"), pack("ae", view.id), style="primary")])
    if chair:
        label = "button.call_again" if view.sat_at else "button.call_sitting"
        rows.append([Button(voice.label(label), pack("au", view.id), style="" if view.sat_at else "primary")])
    if chair or view.part == "staff":
        anew = Button(voice.label("button.reseat"), pack("ax", view.id))
        rows.append([Button(voice.label("button.seats"), pack("ah", view.id)), anew] if chair else [anew])
    rows.append([Button(voice.label("button.refresh"), pack("ak", view.id))])
    return rows


def waiting(voice: Speech, found: Sequence[AppealView], now: dt.datetime) -> Screen | None:
    """Appeals that wait for the reader, with age and deadline; None when none does."""
    if not found:
        return None
    parts: list[object] = [bold(voice.t("appeal.desk"))]
    rows = []
    for view in found:
        age = voice.roughly(max(1, (now - view.filed_at).total_seconds() / 60))
        parts += ["", voice.t("appeal.desk_line", number=bold(view.number), name=view.student, age=age)]
        parts.append(_stage(voice, view, now))
        rows.append([Button(view.number, pack("ak", view.id))])
    return Screen(lines(*parts), rows)


def mine(voice: Speech, found: Sequence[AppealView], now: dt.datetime) -> Screen | None:
    """The student's own appeals; None when there is none."""
    if not found:
        return None
    parts: list[object] = [bold(voice.t("appeal.my"))]
    for view in found:
        parts += ["", bold(view.number), view.exam.subject(voice.language) if view.exam else "—"]
        parts.append(_stage(voice, view, now))
    return Screen(lines(*parts), [[Button(view.number, pack("al", view.id))] for view in found])
