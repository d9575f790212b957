"""The help desk as its helpers see it: duty, a ticket's card, the line, ready answers."""

import datetime as dt
import re
from collections.abc import Sequence
from html import unescape

from bot.rules.exams import ExamBrief
from bot.rules.tickets import BlockView, Load, QueueView, RushView, Said, ShiftView, TicketView
from bot.rules.trees import GROUPS
from bot.rules.warnings import minutes_left
from bot.views import desk_load, incidents
from bot.views.exams import shorten
from bot.views.help import tried_lines
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

CANNED = ("hello", "wait", "restart", "screenshot", "which_device", "still", "sos")
"""Ready answers: messages `canned.<name>`, said in the asker's language."""

SAID_LETTERS = 120
ON, OFF = "✅", "▫️"


def duty(voice: Speech, shift: ShiftView, languages: Sequence[str]) -> Screen:
    """On or off duty, and with what."""
    queue = Button(voice.label("button.queue"), pack("menu", "queue"))
    if not shift.on:
        start = Button(voice.label("button.on_duty"), pack("dy", "on"), style="success")
        return Screen(voice.t("duty.off"), [[start], [queue]])
    tongues = [_choice(voice.label(f"tongue.{name}"), name, shift.languages) for name in languages]
    groups = [[_choice(voice.label(f"help.group.{group}"), group, shift.groups)] for group in GROUPS]
    stop = Button(voice.label("button.off_duty"), pack("dy", "off"), style="danger")
    text = lines(bold(voice.t("duty.on")), voice.t("duty.choose"))
    return Screen(text, [tongues, *groups, [queue], [stop]])


def _choice(label: str, what: str, chosen: Sequence[str]) -> Button:
    return Button(f"{ON if not chosen or what in chosen else OFF} {label}", pack("dy", what))


def still_there(voice: Speech) -> Screen:
    """Asks a helper who leaves offers unanswered."""
    stay = Button(voice.label("button.here"), pack("dh"), style="success")
    leave = Button(voice.label("button.off_duty"), pack("dy", "off"), style="danger")
    return Screen(voice.t("duty.still_there"), [[stay], [leave]])


def shift_ended(voice: Speech) -> Screen:
    """No answer came: the shift is over."""
    start = Button(voice.label("button.on_duty"), pack("dy", "on"), style="success")
    return Screen(voice.t("duty.ended"), [[start]])


def card(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """All a helper needs: who, in which language, the exam's clock, what was tried, what was said."""
    text = lines(
        _head(voice, ticket, now),
        _who(voice, ticket),
        _caller(voice, ticket),
        voice.t("desk.whole") if ticket.whole else None,
        _exam(voice, ticket.exam, now),
        *_trouble(voice, ticket),
        *([voice.t("desk.note", text=ticket.note)] if ticket.note else []),
        *_history(voice, ticket.history),
        *_state(voice, ticket),
    )
    return Screen(text, _rows(voice, ticket))


def post(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """A ticket in the helpers' chat: no name, and a button while it waits."""
    state = "desk.post_taken" if ticket.state == "claimed" else "desk.post_over"
    text = lines(
        _head(voice, ticket, now),
        voice.t("desk.tongue", tongue=bold(voice.t(f"tongue.{ticket.language}"))),
        voice.t("desk.whole") if ticket.whole else None,
        _exam(voice, ticket.exam, now),
        *_trouble(voice, ticket),
        *(["", voice.t("desk.left_alone")] if ticket.state == "waiting" and ticket.front else []),
        *(["", voice.t(state)] if ticket.state != "waiting" else []),
    )
    take = Button(voice.label("button.take_ticket"), pack("gc", ticket.id), style="success")
    return Screen(text, [[take]] if ticket.state == "waiting" else [])


def rush(voice: Speech, found: RushView, now: dt.datetime) -> Screen:
    """What waits in the helpers' chat, in one post: the most urgent ones, a button each."""
    if not found.tickets:
        return Screen(voice.t("desk.rush_moved" if found.moved else "desk.rush_over"))
    said: list[object] = []
    for ticket in found.tickets:
        tongue = voice.t(f"tongue.{ticket.language}")
        said += ["", bold(f"🎫 {ticket.number} · {tongue}"), _exam(voice, ticket.exam, now)]
        said += _trouble(voice, ticket)[:1]
    text = lines(
        bold(voice.t("desk.rush", n=len(found.tickets) + found.more)),
        *said,
        *(["", voice.t("desk.rush_more", n=found.more)] if found.more else []),
    )
    return Screen(text, [[Button(f"🙋 {one.number}", pack("gc", one.id))] for one in found.tickets])


def _head(voice: Speech, ticket: TicketView, now: dt.datetime) -> Html:
    return voice.t("desk.head", number=bold(ticket.number), time=voice.when(ticket.opened_at, now))


def _who(voice: Speech, ticket: TicketView) -> Html:
    tongue = voice.t(f"tongue.{ticket.language}")
    if not ticket.asker:
        return voice.t("desk.caller" if ticket.by_phone else "desk.guest", tongue=bold(tongue))
    who = "desk.by_phone" if ticket.by_phone else "desk.who"
    return voice.t(who, name=bold(ticket.asker), group=ticket.asker_group or "—", tongue=bold(tongue))


def _caller(voice: Speech, ticket: TicketView) -> Html | None:
    if not ticket.caller:
        return None
    return voice.t("desk.called_for" if ticket.through else "desk.called_by", name=ticket.caller)


def _exam(voice: Speech, exam: ExamBrief | None, now: dt.datetime) -> Html | None:
    if exam is None:
        return None
    subject = exam.subject(voice.language)
    if exam.span.phase(now) == "running":
        left = voice.minutes(minutes_left(exam.span.end, now))
        return voice.t("desk.exam_runs", exam=subject, left=bold(left))
    if exam.span.phase(now) == "upcoming":
        return voice.t("desk.exam_ahead", exam=subject, time=bold(voice.when(exam.span.start, now)))
    return voice.t("desk.exam_over", exam=subject)


def _trouble(voice: Speech, ticket: TicketView) -> list[object]:
    if ticket.problem not in voice.trees.problems:
        return []
    title = voice.trees.problem(voice.language, ticket.problem).title
    platform = voice.trees.title(voice.language, voice.trees.problems[ticket.problem].platform)
    device = f" · {voice.t(f'help.device.{ticket.device}')}" if ticket.device else ""
    return [Html(f"{bold(f'{platform}: {title}')}{device}"), *tried_lines(voice, ticket.tried)]


def _history(voice: Speech, history: Sequence[Said]) -> list[object]:
    return [voice.t("desk.said" if one.mine else "desk.answered", text=_short(voice, one)) for one in history]


def _short(voice: Speech, said: Said) -> str:
    return shorten(said_text(voice, said.kind, said.text) or voice.label(f"file.{said.kind}"), SAID_LETTERS)


def said_text(voice: Speech, kind: str, text: str, device: str = "") -> str:
    """The words of a message: a ready answer and a fix are said in the reader's language."""
    if kind == "canned":
        return voice.label(f"canned.{text if text in CANNED else CANNED[0]}")
    if kind == "fix":
        if not voice.trees.has_fix(text):
            return text
        fix = voice.trees.fix(voice.language, text)
        return f"{fix.title}\n{fix.on(device)}"
    return "" if kind == "location" else text


def _state(voice: Speech, ticket: TicketView) -> list[object]:
    if ticket.state == "claimed" and not ticket.mine:
        return ["", voice.t("desk.taken")]
    if ticket.state == "claimed":
        return ["", voice.t("desk.talk_phone" if ticket.by_phone else "desk.talk")]
    if ticket.state == "waiting":
        return ["", voice.t("desk.left_alone")] if ticket.front else []
    return ["", voice.t("desk.over")]


def _rows(voice: Speech, ticket: TicketView) -> list[list[Button]]:
    if ticket.state == "waiting":
        return [[Button(voice.label("button.take_ticket"), pack("kc", ticket.id), style="success")]]
    queue = [Button(voice.label("button.queue"), pack("menu", "queue"))]
    if ticket.state != "claimed" or not ticket.mine:
        return [queue]
    resolve = Button(voice.label("button.resolve"), pack("kr", ticket.id), style="success")
    return [
        [
            Button(voice.label("button.canned"), pack("ka", ticket.id)),
            Button(voice.label("button.fixes"), pack("kf", ticket.id)),
        ],
        [
            Button(voice.label("button.pause"), pack("kp", ticket.id)),
            Button(voice.label("button.invite"), pack("ki", ticket.id)),
        ],
        [Button(voice.label("button.more"), pack("km", ticket.id))],
        [resolve],
        queue,
    ]


def more(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """What is done more seldom: handing over, the call centre, a report, giving back, a block."""
    rows = [
        [Button(voice.label("button.not_found"), pack("kn", ticket.id))],
        [Button(voice.label("button.hand_over"), pack("kh", ticket.id))],
        [Button(voice.label("button.to_call_center"), pack("kl", ticket.id))],
        [Button(voice.label("button.file_report"), pack("ks", ticket.id))],
        [Button(voice.label("button.give_back"), pack("kg", ticket.id))],
        [Button(voice.label("button.block"), pack("kb", ticket.id))],
    ]
    return Screen(card(voice, ticket, now).text, [*rows, [_back(voice, ticket.id)]])


def canned(voice: Speech, ticket: TicketView) -> Screen:
    """Ready answers to send."""
    rows = [
        [Button(shorten(voice.label(f"canned.{name}"), 60), pack("kt", ticket.id, name))] for name in CANNED
    ]
    return Screen(voice.t("desk.choose_answer"), [*rows, [_back(voice, ticket.id)]])


def fixes(voice: Speech, ticket: TicketView) -> Screen:
    """Fixes of the ticket's problem to send, those not tried yet first."""
    problem = voice.trees.problems.get(ticket.problem)
    tried = {one.fix for one in ticket.tried}
    listed = sorted((fix.id for fix in problem.fixes), key=lambda fix: fix in tried) if problem else []
    rows = [
        [Button(shorten(voice.trees.fix(voice.language, fix).title, 40), pack("kx", ticket.id, fix))]
        for fix in listed
    ]
    text = voice.t("desk.choose_fix" if rows else "desk.no_fixes")
    return Screen(text, [*rows, [_back(voice, ticket.id)]])


def _back(voice: Speech, ticket_id: int) -> Button:
    return Button(voice.label("button.back"), pack("k0", ticket_id))


def queue(voice: Speech, found: QueueView, now: dt.datetime) -> Screen:
    """Own tickets, the line, and for the call centre the figures."""
    known = incidents.banner(voice, found.incidents)
    parts: list[object] = [bold(voice.t("queue.title")), known, _summary(voice, found.load)]
    rows = []
    for ticket in found.mine:
        parts += ["", voice.t("queue.mine", number=bold(ticket.number), who=_name(voice, ticket))]
        rows.append([Button(f"💬 {ticket.number}", pack("k0", ticket.id), style="primary")])
    for ticket in found.waiting:
        parts += ["", _line(voice, ticket, now)]
        rows.append([Button(f"🙋 {ticket.number}", pack("kv", ticket.id))])
    if found.lead:
        parts += desk_load.figures(voice, found.load)
        rows += [[Button(voice.label("button.chart"), pack("kw"))]] if found.load.opened else []
        if found.load.blocks:
            rows.append([Button(voice.label("button.blocks"), pack("kz"))])
    duty = Button(voice.label("button.duty"), pack("menu", "duty"))
    script = Button(voice.label("button.script"), pack("hh", "c"))
    return Screen(lines(*parts), [*rows, [script], [duty]])


def _summary(voice: Speech, load: Load) -> Html:
    if not load.waiting:
        return voice.t("queue.nobody", duty=load.on_duty)
    longest = voice.duration(max(1, load.longest / 60))
    return voice.t(
        "queue.load", waiting=load.waiting, running=load.running, longest=longest, duty=load.on_duty
    )


def queue_card(voice: Speech, load: Load) -> Screen:
    """For the call centre: more waits than cards can be sent."""
    text = lines(bold(voice.t("queue.title")), _summary(voice, load))
    return Screen(text, [[Button(voice.label("button.queue"), pack("menu", "queue"), style="danger")]])


def _name(voice: Speech, ticket: TicketView) -> str:
    return ticket.asker or voice.label("desk.unknown")


def _line(voice: Speech, ticket: TicketView, now: dt.datetime) -> Html:
    tongue = voice.t(f"tongue.{ticket.language}")
    said = voice.t("queue.line", number=bold(ticket.number), who=_name(voice, ticket), tongue=tongue)
    about = _exam(voice, ticket.exam, now)
    trouble = (
        voice.trees.problem(voice.language, ticket.problem).title
        if ticket.problem in voice.trees.problems
        else None
    )
    return lines(said, trouble, about)


def blocks(voice: Speech, found: Sequence[BlockView], now: dt.datetime) -> Screen:
    """Blocks to look at: keep or lift."""
    if not found:
        return Screen(voice.t("desk.no_blocks"))
    first = found[0]
    text = lines(
        voice.t("desk.block", name=bold(first.asker or voice.label("desk.unknown")), by=first.by),
        voice.when(first.at, now),
        first.reason,
    )
    keep = Button(voice.label("button.keep_block"), pack("ku", first.id, "k"))
    lift = Button(voice.label("button.lift_block"), pack("ku", first.id, "l"), style="success")
    return Screen(text, [[lift, keep]])


def ask_note(voice: Speech, what: str) -> Screen:
    """Asks for the words: a note for the next helper, a reason, a student's id."""
    return Screen(voice.t(f"desk.ask.{what}"))


def lost(voice: Speech, ticket: TicketView) -> Screen:
    """A silent helper has lost the ticket."""
    return Screen(voice.t("desk.lost", number=bold(ticket.number)))


def caller_ticket(voice: Speech, ticket: TicketView, now: dt.datetime) -> Screen:
    """The caller stands in the line."""
    head = voice.t("desk.caller_opened", number=bold(ticket.number), n=ticket.place)
    return Screen(lines(head), [[Button(voice.label("button.queue"), pack("menu", "queue"))]])


def history(voice: Speech, ticket: TicketView) -> str:
    """What was tried and said, as words for a report."""
    parts = [voice.t("desk.from_ticket", number=ticket.number), *_trouble(voice, ticket)]
    parts += _history(voice, ticket.history)
    return unescape(re.sub(r"<[^>]*>", "", "\n".join(str(part) for part in parts)))
