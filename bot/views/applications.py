"""Applications: which form, its draft, its review, the student's status, the card of whoever decides."""

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.rules.applications import DENIED, GRANTED, ApplicationView, FormDraft, FormWords
from bot.rules.casework import OPEN
from bot.views.appeals import asked_again, clause, files
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

TEXT_SHOWN = 600


def offered(voice: Speech, found: Sequence[tuple[str, FormWords]]) -> Screen:
    """Which form?"""
    rows = [[Button(words.title, pack("fo", form_id))] for form_id, words in found]
    return Screen(bold(voice.t("apply.which")), rows)


def _words(voice: Speech, words: Mapping[str, FormWords]) -> FormWords | None:
    return words.get(voice.language)


def draft(voice: Speech, view: FormDraft, now: dt.datetime) -> Screen:
    """What the application holds by now; whatever is sent next belongs to it."""
    words = view.words[voice.language]
    reason = words.reasons[view.reason] if view.reason else voice.t("appeal.not_chosen")
    exam = view.exam.subject(voice.language) if view.exam else voice.t("appeal.not_chosen")
    text = lines(
        bold(words.title),
        words.hint,
        "",
        voice.t("apply.reason", reason=reason),
        voice.t("apply.exam", exam=exam) if view.form.exam else None,
        voice.t("appeal.words", n=len(view.text)) if view.text else voice.t("appeal.no_words"),
        *files(voice, view.files),
        words.proofs[view.reason] if view.reason else None,
        voice.t("apply.last_date", date=voice.date(view.last_date)) if view.last_date else None,
        voice.t("appeal.write_here"),
        "",
        clause(view.form.clause),
    )
    first = [Button(voice.label("button.reason"), pack("fr", view.id))]
    if view.form.exam:
        first.append(Button(voice.label("button.which_exam"), pack("fe", view.id)))
    rows = [
        first,
        [
            Button(voice.label("button.form_pdf"), pack("fp", view.id, "pdf")),
            Button(voice.label("button.form_docx"), pack("fp", view.id, "docx")),
        ],
        [Button(voice.label("button.review"), pack("fv", view.id), style="primary")],
        [Button(voice.label("button.drop"), pack("fq", view.id), style="danger")],
    ]
    return Screen(text, rows)


def reasons(voice: Speech, view: FormDraft) -> Screen:
    """Why? One tap."""
    words = view.words[voice.language]
    rows = [[Button(words.reasons[one], pack("fs", view.id, one))] for one in view.form.reasons]
    return Screen(bold(voice.t("appeal.which_ground")), [*rows, [_back(voice, view)]])


def which_exam(voice: Speech, view: FormDraft, now: dt.datetime) -> Screen:
    """Which exam is it about?"""
    rows = [
        [
            Button(
                shorten(f"{voice.when(exam.span.start, now)} · {exam.subject(voice.language)}", 36),
                pack("fx", view.id, exam.id),
            )
        ]
        for exam in view.exams
    ]
    head = voice.t("apply.which_exam") if rows else voice.t("exams.none")
    return Screen(head, [*rows, [_back(voice, view)]])


def _back(voice: Speech, view: FormDraft) -> Button:
    return Button(voice.label("button.back"), pack("fd", view.id))


def review(voice: Speech, view: FormDraft, now: dt.datetime) -> Screen:
    """The whole of it before it is sent."""
    words = view.words[voice.language]
    text = lines(
        bold(voice.t("appeal.review")),
        words.request,
        voice.t("apply.reason", reason=words.reasons[view.reason]),
        voice.t("apply.exam", exam=view.exam.subject(voice.language)) if view.exam else None,
        shorten(view.text, TEXT_SHOWN),
        *files(voice, view.files),
    )
    submit = Button(voice.label("button.submit"), pack("fy", view.id, view.stamp), style="success")
    return Screen(text, [[submit], [_back(voice, view)]])


def status(voice: Speech, view: ApplicationView, now: dt.datetime) -> Screen:
    """The student's own application as it stands now."""
    text = lines(
        voice.t("apply.status", number=bold(view.number), time=voice.moment(view.filed_at)),
        *_about(voice, view),
        _stage(voice, view),
        *files(voice, view.files),
        *asked_again(voice, view.files, view.state),
        "",
        clause(view.form.clause),
    )
    rows = _papers(voice, view)
    if view.state in OPEN:
        rows.insert(0, [Button(voice.label("button.add_file"), pack("aa", view.id))])
        withdraw = Button(voice.label("button.withdraw"), pack("fw", view.id, view.revision), style="danger")
        rows.append([withdraw])
    return Screen(text, rows)


def _papers(voice: Speech, view: ApplicationView) -> list[list[Button]]:
    """What came with it, and what happened with it."""
    documents = Button(voice.label("button.documents"), pack("ao", view.id))
    history = Button(voice.label("button.timeline"), pack("wt", view.id))
    return [[documents, history] if view.files else [history]]


def _about(voice: Speech, view: ApplicationView) -> list[Html | str | None]:
    words = _words(voice, view.words)
    reason = words.reasons.get(view.reason, "") if words else ""
    return [
        words.title if words else view.form.id,
        voice.t("apply.reason", reason=reason) if reason else None,
        voice.t("apply.exam", exam=view.exam.subject(voice.language)) if view.exam else None,
    ]


def _stage(voice: Speech, view: ApplicationView) -> Html:
    if view.state == "withdrawn":
        return voice.t("apply.is_withdrawn")
    if view.outcome:
        words = _words(voice, view.words)
        return lines(
            bold(voice.t(f"apply.outcome.{view.outcome}")),
            voice.t("apply.answer", answer=shorten(view.answer, TEXT_SHOWN)),
            voice.t("appeal.new_date", time=bold(voice.moment(view.new_date))) if view.new_date else None,
            words.decisions.get(view.outcome) if words else None,
        )
    due = voice.end(view.due) if view.due else "—"
    who = voice.t(f"role.{view.addressee}") if view.addressee else "—"
    return voice.t("apply.waits", who=who, time=bold(due))


def card(voice: Speech, view: ApplicationView, now: dt.datetime) -> Screen:
    """What whoever decides sees."""
    text = lines(
        voice.t("apply.card", number=bold(view.number), time=voice.moment(view.filed_at)),
        voice.t("card.who", name=bold(view.student), group=view.group or "—"),
        *_about(voice, view),
        shorten(view.text, TEXT_SHOWN),
        *files(voice, view.files),
        "",
        _stage(voice, view),
        clause(view.form.clause),
    )
    rows = _papers(voice, view)
    if view.decides:
        grant = Button(voice.label("button.vote_for"), pack("fg", view.id, GRANTED), style="success")
        deny = Button(voice.label("button.vote_against"), pack("fg", view.id, DENIED), style="danger")
        rows.append([grant, deny])
    if view.answered and view.outcome and view.new_date is not None and view.new_date > now:
        rows.append([Button(voice.label("button.mend_date"), pack("az", view.id))])
    rows.append([Button(voice.label("button.refresh"), pack("fk", view.id))])
    return Screen(text, rows)


def waiting(voice: Speech, found: Sequence[ApplicationView], now: dt.datetime) -> Screen | None:
    """Applications that wait for the reader; None when none does."""
    return _listed(voice, found, voice.t("apply.desk"), [pack("fk", view.id) for view in found])


def mine(voice: Speech, found: Sequence[ApplicationView], now: dt.datetime) -> Screen | None:
    """The student's own; None when there is none."""
    return _listed(voice, found, voice.t("apply.my"), [pack("fl", view.id) for view in found])


def _listed(
    voice: Speech, found: Sequence[ApplicationView], head: Html, data: Sequence[str]
) -> Screen | None:
    if not found:
        return None
    parts: list[object] = [bold(head)]
    for view in found:
        parts += [
            "",
            voice.t("apply.line", number=bold(view.number), name=view.student),
            *_about(voice, view),
        ]
        parts.append(_stage(voice, view))
    return Screen(lines(*parts), [[Button(view.number, one)] for view, one in zip(found, data, strict=True)])
