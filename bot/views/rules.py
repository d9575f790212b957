"""Answers out of the rules: one rule with its clause, the nearest ones, the way to a person."""

from collections.abc import Sequence

from bot.library.rulebook import Entry, Rulebook
from bot.views.exams import shorten
from bot.views.figures import said
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.views.walks import clause, fill

LABEL_LETTERS = 40
RELATED_SHOWN = 3
SHOW, NO_HELP = "rl", "rh"
LINE_LETTERS = 100


def answer(voice: Speech, rulebook: Rulebook, entry: Entry) -> Screen:
    """A rule and its clause; then the related rules, and a person for whom it did not help."""
    related = rulebook.related(entry)[:RELATED_SHOWN]
    no_help = Button(voice.label("button.no_help"), pack(NO_HELP, entry.id))
    return Screen(_text(voice, rulebook, entry), [*_choices(voice, rulebook, related), [no_help]])


def nearest(voice: Speech, rulebook: Rulebook, entries: Sequence[Entry]) -> Screen:
    """No answer for certain: says so, and offers the nearest rules."""
    text = voice.t("ask.unsure" if len(entries) == RELATED_SHOWN else "ask.unsure_few")
    none = Button(voice.label("button.none_of_these"), pack(NO_HELP, None))
    return Screen(text, [*_choices(voice, rulebook, entries), [none]])


def besides(voice: Speech, rulebook: Rulebook, screen: Screen, entries: Sequence[Entry]) -> Screen:
    """Another answer, and below it rules that may be meant."""
    return Screen(screen.text, [*screen.rows, *_choices(voice, rulebook, entries)])


def nothing(voice: Speech) -> Screen:
    """No rule is near the question."""
    again = Button(voice.label("button.ask"), pack("menu", "ask"), style="primary")
    return Screen(
        voice.t("ask.nothing"), [[again], [Button(voice.label("button.ask_person"), pack(NO_HELP, None))]]
    )


def question(voice: Speech) -> Screen:
    """Asks what to look for."""
    return Screen(voice.t("ask.question"))


def in_words(voice: Speech) -> Screen:
    """A picture or a voice message cannot be looked up."""
    return Screen(voice.t("ask.in_words"))


def person(voice: Speech, phones: Sequence[str]) -> Screen:
    """Whom to ask when the rules did not help."""
    contact = lines(voice.t("help.phones"), *phones) if phones else voice.t("help.no_phones")
    again = Button(voice.label("button.ask"), pack("menu", "ask"))
    return Screen(lines(voice.t("ask.person"), contact), [[again]])


def article(voice: Speech, rulebook: Rulebook, entry: Entry) -> tuple[str, str, Html]:
    """A rule for another chat: its title, a line of it, and the whole of it."""
    words = rulebook.words(voice.language, entry.id)
    first = _filled(voice, rulebook, entry).partition("\n")[0]
    return words.title, shorten(first, LINE_LETTERS), _text(voice, rulebook, entry)


def _text(voice: Speech, rulebook: Rulebook, entry: Entry) -> Html:
    title = rulebook.words(voice.language, entry.id).title
    return lines(bold(title), _filled(voice, rulebook, entry), "", clause(entry.clause))


def _filled(voice: Speech, rulebook: Rulebook, entry: Entry) -> Html:
    figures = {name: said(voice, figure) for name, figure in entry.figures.items()}
    return fill(rulebook.words(voice.language, entry.id).answer, figures)


def _choices(voice: Speech, rulebook: Rulebook, entries: Sequence[Entry]) -> list[list[Button]]:
    return [
        [Button(shorten(rulebook.words(voice.language, entry.id).title, LABEL_LETTERS), pack(SHOW, entry.id))]
        for entry in entries
    ]
