"""An algorithm on the phone: one step at a time, in one message edited in place."""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.rules import walk
from bot.rules.exams import ExamBrief
from bot.rules.policy import KindRules, Policy, Sourced
from bot.rules.vocabulary import Attestation, ExamKind
from bot.rules.walk import Algorithm, Step, WalkView
from bot.views.exams import link_buttons
from bot.views.screen import Button, Html, Screen, bold, lines, pack, safe
from bot.views.speech import Speech

_UNIT = re.compile(r"_(working_days|academic_hours|minutes|hours|days|weeks|months)(?:_|$)")
_CLOCK = {"minutes": 1, "hours": 60}  # in minutes; other units have a message each


def kinds(
    voice: Speech, algorithms: Sequence[Algorithm], today: Sequence[ExamBrief], *, by_staff: bool
) -> Screen:
    """Choose an algorithm: my exams of today first, then every kind; staff without walks read these."""
    buttons = [_open(voice, algorithm) for algorithm in algorithms]
    only_students = voice.t("steps.only_students") if by_staff else None
    text = lines(only_students, voice.t("steps.choose"))
    return Screen(text, [*_exams(voice, today), *_pairs(buttons)])


def silent(
    voice: Speech, phones: Sequence[str], exam: ExamBrief, rules: Sequence[Algorithm], now: dt.datetime
) -> Screen:
    """An exam of a kind that no rule describes step by step: whom to ask, its links, the general rules."""
    text = lines(
        bold(exam.subject(voice.language)),
        _when(voice, exam, now),
        "",
        voice.t("steps.silent"),
        lines(voice.t("help.phones"), *phones) if phones else None,
    )
    links = link_buttons(voice, exam, ("meeting", "lms"))
    rows = [links] if links else []
    back = [Button(voice.label("button.other_steps"), pack("wr"))]
    return Screen(text, [*rows, *_pairs([_open(voice, algorithm) for algorithm in rules]), back])


def duties(voice: Speech, phases: Sequence[str], today: Sequence[ExamBrief]) -> Screen:
    """What somebody of the staff wants to do: at an exam of today, or in general."""
    buttons = [Button(voice.label(f"walk.{phase}"), pack("wr", phase)) for phase in phases]
    return Screen(voice.t("steps.what"), [*_exams(voice, today), *_pairs(buttons)])


def duty(voice: Speech, phase: str, algorithms: Sequence[Algorithm]) -> Screen:
    """One duty: of which kind of exam."""
    buttons = [_open(voice, algorithm) for algorithm in algorithms]
    text = lines(bold(voice.t(f"walk.{phase}")), voice.t("steps.choose"))
    return Screen(text, [*_pairs(buttons), [_all_duties(voice)]])


def duties_at(voice: Speech, exam: ExamBrief, algorithms: Sequence[Algorithm], now: dt.datetime) -> Screen:
    """One exam: what somebody of the staff wants to do there."""
    buttons = [
        Button(voice.label(f"walk.{algorithm.phase}"), pack("wk", algorithm.id, exam.id, None))
        for algorithm in algorithms
    ]
    text = lines(bold(exam.subject(voice.language)), _when(voice, exam, now), voice.t("steps.what"))
    return Screen(text, [*_pairs(buttons), [_all_duties(voice)]])


def _when(voice: Speech, exam: ExamBrief, now: dt.datetime) -> Html:
    time = voice.span(exam.span.start, exam.span.end, now)
    return voice.t("exams.line", kind=voice.t(f"kind.{exam.kind}"), time=time)


def _exams(voice: Speech, today: Sequence[ExamBrief]) -> list[list[Button]]:
    return [
        [Button(f"📍 {exam.subject(voice.language)}"[:40], pack("wx", exam.id), style="primary")]
        for exam in today
    ]


def _open(voice: Speech, algorithm: Algorithm) -> Button:
    return Button(voice.label(_title(algorithm)), pack("wk", algorithm.id, None, None))


def _all_duties(voice: Speech) -> Button:
    return Button(voice.label("button.back"), pack("wr"))


def _pairs(buttons: Sequence[Button]) -> list[list[Button]]:
    return [list(buttons[index : index + 2]) for index in range(0, len(buttons), 2)]


def step(voice: Speech, policy: Policy, view: WalkView, now: dt.datetime) -> Screen:
    """The step the reader stands at, with its clock time, its links and its clause."""
    algorithm, place, exam = view.algorithm, view.place, view.exam
    current = algorithm.steps[place.position]
    words = voice.words.step(voice.language, current.id)
    params = {**figures(voice, policy, algorithm, exam), **own_figures(voice, policy, current)}
    length = len(algorithm.steps)
    mark = "✅ " if place.position in place.done else ""
    text = lines(
        voice.t("steps.head", name=_name(voice, view), k=place.position + 1, n=length),
        voice.t("steps.general") if algorithm.general else None,
        bold(f"{mark}{words.title}"),
        fill(words.text, params),
        _time(voice, policy, algorithm, current, exam, now),
        *(_told(voice, view) if current.evidence == walk.WARNINGS else ()),
        _prepares(voice, view, current, now),
        *_notes(voice, algorithm, place.position),
        voice.t("steps.finished") if place.finished else None,
        "",
        clause(current.clause),
    )
    clock = [[_clock(voice, view)]] if _may_prepare(view, current, now) else []
    return Screen(text, [*clock, *_rows(voice, view, current)])


def _may_prepare(view: WalkView, current: Step, now: dt.datetime) -> bool:
    """Whether the reader may start their clock: a student, at the step it belongs to, while the exam runs."""
    if current.evidence != walk.PREPARATION or view.exam is None or view.by_staff:
        return False
    return view.exam.span.phase(now) == "running"


def _clock(voice: Speech, view: WalkView) -> Button:
    assert view.exam is not None, "the clock is of an exam"
    data = pack("wy", view.algorithm.id, view.exam.id, view.place.position)
    label = "button.prepare" if view.prepares_until is None else "button.prepare_again"
    return Button(voice.label(label), data, style="primary")


def _prepares(voice: Speech, view: WalkView, current: Step, now: dt.datetime) -> Html | None:
    until = view.prepares_until
    if current.evidence != walk.PREPARATION or until is None or until <= now:
        return None
    return voice.t("prepare.until", time=bold(voice.clock(until)))


def _told(voice: Speech, view: WalkView) -> list[Html]:
    """What the bot itself has done of the step: whom each warning reached."""
    return [
        voice.t("steps.told", left=voice.number(one.minutes), reached=one.reached, total=one.total)
        for one in view.told
    ]


def _name(voice: Speech, view: WalkView) -> Html:
    algorithm, exam = view.algorithm, view.exam
    name = safe(exam.subject(voice.language)) if exam is not None else voice.t(_title(algorithm))
    # A student has one walk an exam; staff have several, told apart by what they do.
    if not view.by_staff or (exam is None and not algorithm.kind):
        return name
    return Html(f"{voice.t(f'walk.{algorithm.phase}')} · {name}")


def _title(algorithm: Algorithm) -> str:
    """The message that names a walk; procedures are many in one phase, each has a name of its own."""
    if algorithm.kind:
        return f"kind.{algorithm.kind}"
    own = algorithm.id.partition(".")[2] if algorithm.phase == "procedure" else algorithm.phase
    return f"walk.{own}"


def _rows(voice: Speech, view: WalkView, current: Step) -> list[list[Button]]:
    algorithm, place, exam = view.algorithm, view.place, view.exam
    at = (algorithm.id, exam.id if exam else None)
    last = place.position == len(algorithm.steps) - 1
    rows: list[list[Button]] = []
    links = link_buttons(voice, exam, (current.link,) if current.link else ())
    if links:
        rows.append(links)
    if place.position in place.done and not last:
        forward = Button(voice.label("button.next"), pack("wk", *at, place.position + 1), style="primary")
    else:
        label = "button.finish" if last else "button.done_next"
        forward = Button(voice.label(label), pack("wd", *at, place.position), style="success")
    if not (place.finished and last):
        rows.append([forward])
    back = [Button(voice.label("button.back"), pack("wk", *at, place.position - 1))] if place.position else []
    rows.append([*back, Button(voice.label("button.whole_list"), pack("wl", *at))])
    if algorithm.kind or exam:
        rows.append([Button(voice.label("button.problem"), pack("wp", *at, place.position), style="danger")])
    return rows


def whole_list(voice: Speech, view: WalkView) -> Screen:
    """All steps with what is done; each opens."""
    algorithm, place, exam = view.algorithm, view.place, view.exam
    rows = []
    for index, item in enumerate(algorithm.steps):
        mark = "✅" if index in place.done else "▶️" if index == place.position else "▫️"
        title = voice.words.step(voice.language, item.id).title
        data = pack("wk", algorithm.id, exam.id if exam else None, index)
        rows.append([Button(f"{mark} {index + 1}. {title}", data)])
    rows.append([Button(voice.label("button.other_steps"), pack("wr"))])
    name = _name(voice, view)
    done = voice.t("steps.progress", done=len(place.done), n=len(algorithm.steps))
    return Screen(lines(bold(name), done), rows)


def _time(
    voice: Speech,
    policy: Policy,
    algorithm: Algorithm,
    current: Step,
    exam: ExamBrief | None,
    now: dt.datetime,
) -> Html | None:
    if not current.event:
        return None
    kind = exam.kind if exam else algorithm.kind
    rules = policy.kinds[ExamKind(kind)] if kind else None
    words = voice.words.step(voice.language, current.id)
    at = walk.step_time(current, rules, exam.span) if rules and exam else None
    if at is not None:
        return Html("⏰ " + fill(words.at_exam, {"time": bold(voice.when(at, now))}))
    moment = rules.moments.get(current.event) if rules else None
    left = voice.duration(abs(moment.offset.total_seconds()) / 60) if moment else Html("")
    return Html("⏰ " + fill(words.at_kind, {"left": left}))


def _notes(voice: Speech, algorithm: Algorithm, position: int) -> list[Html]:
    if position:
        return []
    notes = [voice.words.note(voice.language, note) for note in algorithm.notes]
    general = [lines("", Html(f"ℹ️ {voice.t('steps.general_ask')}"))] if algorithm.general else []
    return [*general, *(lines("", Html(f"ℹ️ {safe(note.text)}"), clause(note.clause)) for note in notes)]


def clause(text: str | None) -> Html | None:
    """The source's clause, last and small."""
    return Html(f"<i>{safe(text)}</i>") if text else None


def fill(template: str, params: Mapping[str, Html]) -> Html:
    """A text of the content with its placeholders filled; its own letters are never markup."""
    return Html(safe(template.rstrip()).format_map(params))


def figures(
    voice: Speech, policy: Policy, algorithm: Algorithm, exam: ExamBrief | None
) -> Mapping[str, Html]:
    """What a step's text may name, ready-made: length, talk, preparation, questions, uniqueness, warnings."""
    rules = policy.kinds.get(ExamKind(algorithm.kind)) if algorithm.kind else None
    if rules is None:
        return {}
    params: dict[str, Html] = {}
    minutes = (exam.span.end - exam.span.start).total_seconds() / 60 if exam else rules.duration_minutes
    if minutes:
        params["duration"] = voice.duration(minutes)
    talk = rules.figures.get("talk_minutes_student")
    if talk is not None and talk.value:
        low, high = talk.value
        params["talk"] = Html(f"{low}–{voice.minutes(high)}")
    prep = rules.figures.get("preparation_minutes_max")
    if prep is not None and prep.value:
        params["prep"] = voice.minutes(int(prep.value))
    params["uniqueness"] = _uniqueness(voice, rules)
    params["questions"] = _questions(voice, rules)
    params["warnings"] = _warnings(voice, rules)
    return params


def _questions(voice: Speech, rules: KindRules) -> Html:
    """How many questions a student gets; a least number, or one for each subject, says so."""
    for name in ("questions", "questions_min", "questions_per_subject"):
        figure = rules.figures.get(name)
        if figure is not None and figure.value is not None:
            return safe(figure.value) if name == "questions" else voice.t(f"unit.{name}", number=figure.value)
    return Html("")


def _warnings(voice: Speech, rules: KindRules) -> Html:
    """«30, 20 and 10 minutes»."""
    if not rules.warnings_left:
        return Html("")
    *others, last = rules.warnings_left
    return voice.listed([*(f"{minutes:g}" for minutes in others), voice.duration(last)])


def own_figures(voice: Speech, policy: Policy, step: Step) -> Mapping[str, Html]:
    """What this step alone names out of the policy: numbers with the unit of their leaf, «10–15 minutes»."""
    return {name: _figure(voice, path, policy.leaves[path].value) for name, path in step.figures}


def _figure(voice: Speech, path: str, value: Any) -> Html:
    low, high = value if isinstance(value, tuple) else (None, value)
    unit = _UNIT.search(path.rpartition(".")[2])
    if unit is None:
        shown = Html(f"{high:g}")
    elif unit[1] in _CLOCK:
        shown = voice.duration(high * _CLOCK[unit[1]])
    else:
        shown = voice.n(f"unit.{unit[1]}", math.ceil(high))
    return shown if low is None else Html(f"{low:g}–{shown}")


def _uniqueness(voice: Speech, rules: KindRules) -> Html:
    silent: Sourced[None] = Sourced(None, None, "source")
    parts = []
    for level in ("bachelor", "master"):
        value = rules.figures.get(f"uniqueness_percent_{level}", silent).value
        if value is not None:
            parts.append(voice.t("unit.uniqueness", level=voice.t(f"level.{level}"), percent=value))
    return Html(", ".join(parts))


def problem(voice: Speech, policy: Policy, view: WalkView) -> Screen:
    """Something is wrong at this step: report it in one tap, or go back."""
    algorithm, place, exam = view.algorithm, view.place, view.exam
    back = Button(
        voice.label("button.back_to_step"),
        pack("wk", algorithm.id, exam.id if exam else None, place.position),
    )
    if exam is None:
        text = lines(_whom_to_tell(voice, policy, algorithm), "", clause(algorithm.fm_clause))
        return Screen(
            text, [[Button(voice.label("button.sos"), pack("menu", "sos"), style="danger")], [back]]
        )
    rows = trouble_rows(voice, policy.force_majeure.troubles, exam.id)
    return Screen(
        lines(bold(voice.t("sos.what")), voice.t("sos.at_once"), "", clause(algorithm.fm_clause)),
        [*rows, [back]],
    )


def _whom_to_tell(voice: Speech, policy: Policy, algorithm: Algorithm) -> Html:
    attestation = Attestation(policy.kinds[ExamKind(algorithm.kind)].figures["attestation"].value)
    of_student = algorithm.actor in walk.OPEN
    chain = policy.chain(attestation, "student" if of_student else "staff").steps
    return voice.t("problem.chain", who=voice.listed([voice.t(f"role.{role}") for role in chain]))


def trouble_rows(voice: Speech, troubles: Sequence[str], exam_id: int | None) -> list[list[Button]]:
    """One button a trouble; the tap on it files the report."""
    return [
        [Button(voice.label(f"trouble.{trouble}"), pack("st", trouble, exam_id), style="danger")]
        for trouble in troubles
    ]
