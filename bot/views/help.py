"""Troubleshooting on the phone: group, platform, problem, then one fix at a time."""

import datetime as dt
from collections.abc import Sequence

from bot.rules.exams import ExamBrief
from bot.rules.trees import CALL, DEVICES, OWN, Desk, Problem, Stand, Tried, suits
from bot.rules.warnings import minutes_left
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.views.walks import clause

LABEL_LETTERS = 40
MARKS = {"helped": "✅", "failed": "✖️", "cant": "➖"}


def home(voice: Speech, desk: Desk, phones: Sequence[str], now: dt.datetime) -> Screen:
    """What does not work? Groups, a person at any time, and what else the bot can do."""
    if desk.scope == CALL:
        return _script_home(voice, desk)
    contact = lines(voice.t("help.phones"), *phones) if phones else voice.t("help.no_phones")
    text = lines(
        *_clock(voice, desk.exam, now), bold(voice.t("help.what")), voice.t("help.words"), "", contact
    )
    script = Button(voice.label("button.script"), pack("hh", CALL))
    rows = [
        *_sos(voice, desk.exam),
        *_groups(voice, desk.scope),
        [Button(voice.label("button.person"), pack("tn"))],
        *([[script]] if desk.scripts else []),
        [Button(voice.label("button.about_bot"), pack("ha"))],
    ]
    return Screen(text, rows)


def _script_home(voice: Speech, desk: Desk) -> Screen:
    tongue = desk.language or voice.language
    text = lines(bold(voice.t("script.what")), voice.t(f"language.of.{tongue}"), voice.t("help.words"))
    rows = [
        *_groups(voice, desk.scope),
        [Button(voice.label("button.search"), pack("hs"))],
        [Button(voice.label("button.queue"), pack("menu", "queue"))],
        [Button(voice.label("button.caller_language"), pack("hl", _other(voice, tongue)))],
    ]
    return Screen(text, rows)


def _other(voice: Speech, tongue: str) -> str:
    known = sorted({language for language, _ in voice.trees.titles})
    return next((language for language in known if language != tongue), tongue)


def _groups(voice: Speech, scope: str) -> list[list[Button]]:
    return _pairs(
        [
            Button(voice.label(f"help.group.{group}"), pack("hg", group, scope))
            for group in voice.trees.groups()
        ]
    )


def platforms(voice: Speech, desk: Desk, group: str, now: dt.datetime) -> Screen:
    """Which program, system or thing?"""
    buttons = [
        Button(voice.trees.title(voice.language, platform.id), pack("hp", platform.id, desk.scope))
        for platform in voice.trees.of_group(group)
    ]
    text = lines(*_clock(voice, desk.exam, now), bold(voice.t(f"help.group.{group}")), voice.t("help.which"))
    return Screen(text, [*_sos(voice, desk.exam), *_pairs(buttons), [_home(voice, desk.scope)]])


def problems(voice: Speech, desk: Desk, platform: str, now: dt.datetime) -> Screen:
    """What is the matter with it? In the words of the one who has the trouble.

    While an exam runs, what stops it comes first.
    """
    tree = voice.trees.platforms[platform]
    listed = [voice.trees.problems[name] for name in tree.problems]
    if desk.exam is not None:
        listed.sort(key=lambda problem: not problem.urgent)
    rows = [
        [_problem(voice, problem, desk.scope, desk.language)]
        for problem in listed
        if suits(problem, desk.device)
    ]
    text = lines(
        *_clock(voice, desk.exam, now),
        bold(voice.trees.title(voice.language, platform)),
        voice.t("help.matter"),
    )
    back = Button(voice.label("button.back"), pack("hg", tree.group, desk.scope))
    return Screen(text, [*_sos(voice, desk.exam), *rows, [back, _home(voice, desk.scope)]])


def _problem(voice: Speech, problem: Problem, scope: str, language: str = "") -> Button:
    said = voice.trees.problem(language or voice.language, problem.id)
    return Button(shorten(said.title, LABEL_LETTERS), pack("hq", problem.id, scope))


def found(voice: Speech, desk: Desk, hits: Sequence[str], now: dt.datetime) -> Screen:
    """Problems that words may mean."""
    rows = [[_problem(voice, voice.trees.problems[name], desk.scope)] for name in hits]
    head = voice.t("help.found" if rows else "help.not_found")
    text = lines(*_clock(voice, desk.exam, now), head)
    return Screen(text, [*_sos(voice, desk.exam), *rows, [_home(voice, desk.scope)]])


def also(voice: Speech, screen: Screen, hits: Sequence[str]) -> Screen:
    """Another answer, and below it the problem that the words may mean."""
    rows = [[_problem(voice, voice.trees.problems[name], OWN)] for name in hits[:1]]
    return Screen(screen.text, [*screen.rows, *rows])


def which_device(voice: Speech, desk: Desk) -> Screen:
    """Asked once: the way out differs by device."""
    buttons = [
        Button(voice.label(f"help.device.{device}"), pack("hd", device, desk.scope)) for device in DEVICES
    ]
    head = "script.device" if desk.scope == CALL else "help.device"
    return Screen(bold(voice.t(head)), [*_pairs(buttons), [_home(voice, desk.scope)]])


def search_words(voice: Speech) -> Screen:
    """Asks a helper for the caller's words."""
    return Screen(voice.t("script.search"))


def stand(voice: Speech, where: Stand, now: dt.datetime) -> Screen:
    """The fix to try now; or that it worked; or a neighbouring problem and a person."""
    if where.solved:
        return _solved(voice, where)
    if where.fix is None:
        return _end(voice, where, now)
    return _fix(voice, where, where.fix, now)


def _fix(voice: Speech, where: Stand, fix: str, now: dt.datetime) -> Screen:
    tongue = where.language or voice.language
    problem, words = voice.trees.problem(tongue, where.problem.id), voice.trees.fix(tongue, fix)
    if where.scope == CALL:
        body = lines(
            voice.t("script.ask", text=problem.ask) if not where.tried else None,
            voice.t("script.say", text=words.spoken(where.device)),
            "",
            words.on(where.device) if words.say else None,
        )
    else:
        body = lines(words.on(where.device))
    text = lines(
        *_clock(voice, where.exam, now),
        voice.t(
            "help.place", title=problem.title, n=len(where.tried) + 1, total=len(where.tried) + where.left
        ),
        "",
        bold(words.title),
        body,
        *_clause(where, fix),
    )
    return Screen(text, [*_sos(voice, where.exam), *_answers(voice, where, fix)])


def _clause(where: Stand, fix: str) -> list[object]:
    said = next((one.clause for one in where.problem.fixes if one.id == fix and one.clause), "")
    return ["", clause(said or where.problem.clause)] if said or where.problem.clause else []


def _answers(voice: Speech, where: Stand, fix: str) -> list[list[Button]]:
    scope = where.scope
    rows = [
        [Button(voice.label("button.helped"), pack("ho", fix, "h", scope), style="success")],
        [
            Button(voice.label("button.not_helped"), pack("ho", fix, "f", scope)),
            Button(voice.label("button.cannot"), pack("ho", fix, "c", scope)),
        ],
        [Button(voice.label("button.back"), pack("hb", scope)), _person(voice, scope)],
    ]
    if where.device:
        device = voice.label(f"help.device.{where.device}")
        rows.append([Button(voice.label("button.device", device=device), pack("hx", scope))])
    return rows


def _solved(voice: Speech, where: Stand) -> Screen:
    text = lines(voice.t("help.solved"), voice.t("help.back_to_exam") if where.exam else None)
    rows = [[_home(voice, where.scope)]]
    if where.exam is not None:
        rows.insert(0, [Button(voice.label("button.steps"), pack("wx", where.exam.id), style="primary")])
    return Screen(text, rows)


def _end(voice: Speech, where: Stand, now: dt.datetime) -> Screen:
    near = [voice.trees.problems[name] for name in where.problem.leads_to if name in voice.trees.problems]
    text = lines(
        *_clock(voice, where.exam, now),
        bold(voice.t("help.end")),
        voice.t("help.end_near" if near else "help.end_person"),
    )
    person = Button(voice.label("button.person"), pack(_tap(where.scope)), style="primary")
    rows = [
        *_sos(voice, where.exam),
        [person],
        *([_problem(voice, problem, where.scope)] for problem in near),
        [Button(voice.label("button.back"), pack("hb", where.scope)), _home(voice, where.scope)],
    ]
    return Screen(text, rows)


def tried_lines(voice: Speech, tried: Sequence[Tried]) -> list[Html]:
    """What was tried already, a line each, for whoever goes on from there."""
    return [
        lines(f"{MARKS[one.outcome]} {voice.trees.fix(voice.language, one.fix).title}")
        for one in tried
        if voice.trees.has_fix(one.fix)
    ]


def _clock(voice: Speech, exam: ExamBrief | None, now: dt.datetime) -> list[Html | str]:
    """How long the exam that runs still lasts."""
    if exam is None:
        return []
    left = voice.minutes(minutes_left(exam.span.end, now))
    return [voice.t("help.clock", left=bold(left), time=voice.clock(exam.span.end)), ""]


def _sos(voice: Speech, exam: ExamBrief | None) -> list[list[Button]]:
    if exam is None:
        return []
    return [[Button(voice.label("button.sos"), pack("sx", exam.id), style="danger")]]


def _person(voice: Speech, scope: str) -> Button:
    return Button(voice.label("button.person"), pack(_tap(scope)))


def _tap(scope: str) -> str:
    """A ticket for oneself, or for the caller."""
    return "tc" if scope == CALL else "tn"


def _home(voice: Speech, scope: str) -> Button:
    return Button(voice.label("button.all_troubles"), pack("hh", scope))


def _pairs(buttons: Sequence[Button]) -> list[list[Button]]:
    return [list(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
