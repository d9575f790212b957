"""Acts: which form, the draft and its choices, the commission's and the student's card, what waits."""

import datetime as dt
from collections.abc import Sequence

from bot.rules import acts
from bot.rules.acts import (
    AGREE,
    ANSWER,
    CONFIRM,
    DISAGREE,
    REFUSE,
    RETURNED,
    SIGN,
    SIGNED,
    ActDraft,
    ActSpec,
    ActView,
)
from bot.rules.casework import OPEN
from bot.views.appeals import clause, files
from bot.views.exam_cards import turns
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

PAGE = 8
LABEL_LETTERS, TEXT_SHOWN = 34, 500
ON, OFF = "✅", "▫️"


def forms(voice: Speech, found: Sequence[tuple[ActSpec, str]], exam_id: int | None) -> Screen:
    """Which form? (form, its title)"""
    rows = [[Button(shorten(title, LABEL_LETTERS), pack("pb", spec.id, exam_id))] for spec, title in found]
    return Screen(bold(voice.t("act.which")), rows)


def draft(voice: Speech, view: ActDraft, now: dt.datetime) -> Screen:
    """What the act holds by now and what it still needs; whatever is written or sent next belongs to it."""
    spec, words = view.spec, view.words[voice.language]
    parts: list[object] = [bold(words.title), view.exam.subject(voice.language) if view.exam else None]
    parts.append(voice.t("act.at", time=voice.when(view.at, now)))
    if spec.student:
        parts.append(voice.t("act.student", name=bold(view.student or "—")))
    if spec.offences:
        chosen = "; ".join(words.offences[one] for one in view.offences)
        parts.append(voice.t("act.offences", what=chosen or "—"))
    parts += [
        voice.t(
            "act.field", label=words.texts[name], text=shorten(view.texts.get(name, "") or "—", TEXT_SHOWN)
        )
        for name in spec.texts
    ]
    if len(spec.signers) > 1:
        names = voice.listed([one.name for one in view.members]) if view.members else "—"
        parts.append(voice.t("act.members", names=names, n=len(view.members), needed=len(spec.signers) - 1))
    parts += [*files(voice, view.files), "", clause(spec.clause), ""]
    if view.field:
        parts.append(voice.t("act.write", label=words.texts[view.field]))
    return Screen(lines(*parts), _draft_rows(voice, view))


def _draft_rows(voice: Speech, view: ActDraft) -> list[list[Button]]:
    spec, words = view.spec, view.words[voice.language]
    rows = []
    if spec.student:
        rows.append([Button(voice.label("button.act_student"), pack("pc", view.id, 0))])
    if spec.offences:
        rows.append([Button(voice.label("button.act_offence"), pack("pe", view.id))])
    if len(spec.signers) > 1:
        rows.append([Button(voice.label("button.act_members"), pack("pg", view.id))])
    written = [name for name in spec.texts if view.texts.get(name)]
    rows += [
        [
            Button(
                shorten(voice.label("button.act_again", label=words.texts[name]), LABEL_LETTERS),
                pack("pi", view.id, name),
            )
        ]
        for name in written
    ]
    rows.append([Button(voice.label("button.act_submit"), pack("ps", view.id, view.stamp), style="success")])
    rows.append([Button(voice.label("button.drop"), pack("pq", view.id), style="danger")])
    return rows


def students(voice: Speech, view: ActDraft, number: int) -> Screen:
    """Whom is it about? A page at a time."""
    pages = max(1, -(-len(view.students) // PAGE))
    number = max(0, min(number, pages - 1))
    shown = view.students[number * PAGE : (number + 1) * PAGE]
    rows = [[Button(shorten(one.name, LABEL_LETTERS), pack("pd", view.id, one.person_id))] for one in shown]
    rows.append(turns(voice, number, pages, pack("pc", view.id, number - 1), pack("pc", view.id, number + 1)))
    rows.append([_back(voice, view)])
    return Screen(bold(voice.t("act.whom")), [row for row in rows if row])


def offences(voice: Speech, view: ActDraft) -> Screen:
    """What happened? Several where the form allows it."""
    words = view.words[voice.language]
    rows = [
        [
            Button(
                f"{ON if one in view.offences else OFF} {shorten(words.offences[one], 40)}",
                pack("pf", view.id, one),
            )
        ]
        for one in view.spec.offences
    ]
    return Screen(bold(voice.t("act.what")), [*rows, [_back(voice, view)]])


def members(voice: Speech, view: ActDraft) -> Screen:
    """Who signs with the drawer? In the order of the form."""
    offices = view.words[voice.language].signers
    named = [*(one.name for one in view.members)]
    listed = [
        voice.t("act.seat", office=offices[office], name=named[n] if n < len(named) else "—")
        for n, office in enumerate(view.spec.signers[1:])
    ]
    rows = [
        [Button(f"{ON} {shorten(one.name, LABEL_LETTERS)}", pack("ph", view.id, one.person_id))]
        for one in view.members
    ]
    if len(view.members) < len(view.spec.signers) - 1:
        rows += [
            [Button(f"{OFF} {shorten(one.name, LABEL_LETTERS)}", pack("ph", view.id, one.person_id))]
            for one in view.candidates
        ]
    return Screen(lines(bold(voice.t("act.who_signs")), *listed), [*rows, [_back(voice, view)]])


def _back(voice: Speech, view: ActDraft) -> Button:
    return Button(voice.label("button.done"), pack("po", view.id), style="primary")


def body(voice: Speech, view: ActView, now: dt.datetime) -> list[object]:
    """What an act says, line by line."""
    words = view.words[voice.language]
    parts: list[object] = [
        bold(words.title),
        voice.t("act.head", number=bold(view.number), time=voice.when(view.at, now)),
        view.exam.subject(voice.language) if view.exam else None,
        voice.t("act.about", number=view.about) if view.about else None,
    ]
    if view.student:
        parts.append(voice.t("card.who", name=bold(view.student), group=view.group or "—"))
    if view.offences:
        parts.append(voice.t("act.offences", what="; ".join(words.offences[one] for one in view.offences)))
    parts += [
        voice.t("act.field", label=words.texts[name], text=shorten(text, TEXT_SHOWN))
        for name, text in view.texts.items()
        if text and name in words.texts
    ]
    parts += [
        voice.t(
            "act.signer",
            office=words.signers[one.office],
            name=one.name or "—",
            said=voice.t(f"act.said.{one.said or 'none'}"),
        )
        for one in view.signers
    ]
    if view.answer:
        parts.append(voice.t("act.answer_is", answer=bold(voice.t(f"act.answer.{view.answer}"))))
    if view.explained:
        parts.append(voice.t("act.explained", text=shorten(view.explained, TEXT_SHOWN)))
    return parts


def _stage(voice: Speech, view: ActView) -> Html:
    """Where it stands and what comes next."""
    if view.outcome:
        said = bold(voice.t(f"act.outcome.{view.outcome}"))
        return lines(said, voice.t("appeal.because", reason=view.reason) if view.reason else None)
    if view.state not in OPEN:
        return voice.t("act.is_done")
    if view.stage == ANSWER and view.answer_by is not None:
        return voice.t("act.waits_answer", time=bold(voice.moment(view.answer_by)))
    if view.stage == SIGN:
        return voice.t(
            "act.waits_sign", role=voice.t(f"role.{view.spec.approver}"), name=view.approver or "—"
        )
    return voice.t("act.waits_confirm")


def card(voice: Speech, view: ActView, now: dt.datetime) -> Screen:
    """An act for its commission and whoever signs it."""
    text = lines(*body(voice, view, now), "", _stage(voice, view), "", clause(view.spec.clause))
    return Screen(text, _card_rows(voice, view))


def _card_rows(voice: Speech, view: ActView) -> list[list[Button]]:
    rows: list[list[Button]] = []
    if view.state in OPEN:
        if view.stage == CONFIRM and view.part in ("member", "drawer") and not view.said:
            row = [Button(voice.label("button.act_confirm"), pack("pk", view.id, "yes"), style="success")]
            if view.part == "member":
                row.append(
                    Button(voice.label("button.act_decline"), pack("pk", view.id, "no"), style="danger")
                )
            rows.append(row)
        rows += [
            [Button(shorten(one.name, LABEL_LETTERS), pack("pl", view.id, one.person_id))]
            for one in view.candidates
        ]
        if view.stage == ANSWER and view.part == "drawer":
            rows.append([Button(voice.label("button.act_refused"), pack("pn", view.id, REFUSE))])
        if view.stage == SIGN and view.part == "approver":
            yes = Button(voice.label("button.act_sign"), pack("pt", view.id, SIGNED), style="success")
            rows.append(
                [yes, Button(voice.label("button.act_return"), pack("pt", view.id, RETURNED), style="danger")]
            )
    history = Button(voice.label("button.history"), pack("wt", view.id))
    rows.append([Button(voice.label("button.documents"), pack("pu", view.id)), history])
    return rows


def status(voice: Speech, view: ActView, now: dt.datetime) -> Screen:
    """An act for the student it is about: what it says, what it leads to, how to answer."""
    words = view.words[voice.language]
    asked = view.state in OPEN and view.stage in (ANSWER, SIGN) and view.answer in ("", "silent")
    asked = asked and view.spec.answer
    text = lines(
        voice.t("act.told"),
        *body(voice, view, now),
        "",
        words.outcome,
        _stage(voice, view),
        voice.t("act.asked") if asked else None,
        "",
        clause(view.spec.clause),
    )
    rows = []
    if asked:
        rows = [
            [Button(voice.label("button.act_agree"), pack("pn", view.id, AGREE), style="success")],
            [Button(voice.label("button.act_disagree"), pack("pn", view.id, DISAGREE), style="danger")],
            [Button(voice.label("button.act_refuse"), pack("pn", view.id, REFUSE))],
        ]
    elif view.spec.answer and (view.state in OPEN or view.answer):
        rows.append([Button(voice.label("button.act_explain"), pack("pp", view.id))])
    rows.append([Button(voice.label("button.documents"), pack("pu", view.id))])
    return Screen(text, rows)


def for_reader(voice: Speech, view: ActView, now: dt.datetime) -> Screen:
    """The student's screen for the student, the card for everybody else."""
    return status(voice, view, now) if view.part == "student" else card(voice, view, now)


def late(voice: Speech, view: ActView, now: dt.datetime) -> Screen:
    """Somebody is waited for."""
    found = card(voice, view, now)
    return Screen(lines(voice.t("act.late", number=bold(view.number)), "", found.text), found.rows)


def waiting(voice: Speech, found: Sequence[ActView], now: dt.datetime) -> Screen | None:
    """Acts that were told to the reader; None when there is none."""
    if not found:
        return None
    parts: list[object] = [bold(voice.t("act.desk"))]
    for view in found:
        parts += [
            "",
            Html(f"{bold(view.number)} · {view.words[voice.language].title}"),
            view.student or None,
            _stage(voice, view),
        ]
    return Screen(lines(*parts), [[Button(view.number, pack("pv", view.id))] for view in found])


def without_exam(voice: Speech, found: Sequence[tuple[ActSpec, str]]) -> Screen | None:
    """Papers that are drawn up without an exam; None where the reader has none."""
    return forms(voice, found, None) if found else None


def ask_reason(voice: Speech) -> Screen:
    """Why is it returned?"""
    return Screen(voice.t("act.ask_reason"))


def ask_words(voice: Speech) -> Screen:
    """The student's own words."""
    return Screen(voice.t("act.ask_words", limit=acts.TEXT_LETTERS))


def dropped(voice: Speech) -> Screen:
    """The draft is gone."""
    return Screen(voice.t("act.dropped"))
