"""News for many: whom they are for, the words, the preview, how they go."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.rules.broadcasts import AUDIENCES, Audience, BroadcastView
from bot.views.exams import shorten
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech

TITLE_LETTERS = 60


def with_news(voice: Speech, screen: Screen) -> Screen:
    """The same screen with the way to news below."""
    return replace(screen, rows=[*screen.rows, [Button(voice.label("button.admin_news"), pack("n0"))]])


def _home(voice: Speech) -> list[Button]:
    return [Button(voice.label("button.back"), pack("menu", "staff"))]


def _list(voice: Speech) -> list[Button]:
    return [Button(voice.label("button.back"), pack("n0"))]


def start(voice: Speech, recent: Sequence[BroadcastView], now: dt.datetime) -> Screen:
    """Whom for? The last ones below."""
    rows = [[Button(voice.label(f"news.to.{what}"), pack("na", what))] for what in AUDIENCES]
    shown = [[_open(voice, one, now)] for one in recent]
    return Screen(lines(bold(voice.t("news.whom")), voice.t("news.hint")), [*rows, *shown, _home(voice)])


def _open(voice: Speech, one: BroadcastView, now: dt.datetime) -> Button:
    at = voice.when(one.confirmed_at, now) if one.confirmed_at else ""
    return Button(shorten(f"{at} · {audience(voice, one.audience)}", 40), pack("ns", one.id))


def choose(voice: Speech, what: str, found: Sequence[str]) -> Screen:
    """Which faculty, role, language? By its place in the list: names are longer than a button's data."""
    rows = [
        [Button(shorten(_which(voice, what, one), 40), pack("nb", what, at))] for at, one in enumerate(found)
    ]
    return Screen(bold(voice.t(f"news.to.{what}")), [*rows, [Button(voice.label("button.back"), pack("n0"))]])


def ask_group(voice: Speech) -> Screen:
    """Which group?"""
    return Screen(voice.t("news.ask_group"), [[Button(voice.label("button.back"), pack("n0"))]])


def _which(voice: Speech, what: str, which: str) -> str:
    if what == "role":
        return (
            voice.label(f"news.kind.{which}")
            if which in ("student", "staff")
            else voice.label(f"role.{which}")
        )
    if what == "language":
        return voice.label(f"tongue.{which}")
    return which


def audience(voice: Speech, whom: Audience) -> str:
    """«Faculty: …»; with the faculty it stays inside, where it does."""
    name = voice.label(f"news.to.{whom.what}")
    shown = f"{name}: {_which(voice, whom.what, whom.which)}" if whom.which else name
    return f"{shown} · {whom.faculty}" if whom.faculty and whom.what != "faculty" else shown


def ask_words(voice: Speech, shown: BroadcastView, language: str) -> Screen:
    """The words in one language; the same for all where somebody wants that."""
    text = lines(
        bold(audience(voice, shown.audience)),
        _people(voice, shown),
        "",
        voice.t("news.write", tongue=voice.t(f"tongue.{language}")),
    )
    rows = [[Button(voice.label("button.news_same"), pack("nt", shown.id))]] if shown.texts else []
    return Screen(text, [*rows, [_drop(voice, shown)]])


def _drop(voice: Speech, shown: BroadcastView) -> Button:
    return Button(voice.label("button.news_drop"), pack("nx", shown.id))


def _people(voice: Speech, shown: BroadcastView) -> Html:
    return voice.t("news.people", n=bold(shown.tally.total), meant=shown.tally.meant)


def preview(voice: Speech, shown: BroadcastView) -> Screen:
    """The message as each reader will get it, how many they are, and the button that sends it."""
    said = [
        part
        for language, text in shown.texts.items()
        for part in ("", bold(voice.t(f"tongue.{language}")), text)
    ]
    text = lines(bold(voice.t("news.check")), audience(voice, shown.audience), _people(voice, shown), *said)
    send = Button(voice.label("button.news_send", n=shown.tally.total), pack("ng", shown.id), style="success")
    again = Button(voice.label("button.news_again"), pack("nw", shown.id))
    return Screen(text, [[send], [again], [_drop(voice, shown)]])


def account(voice: Speech, shown: BroadcastView, now: dt.datetime) -> Screen:
    """Sent, failed, left; what can still be stopped."""
    title = shorten(next(iter(shown.texts.values()), "").replace("\n", " "), TITLE_LETTERS)
    counted = shown.tally
    text = lines(
        bold(voice.t(f"news.state.{shown.state}")),
        audience(voice, shown.audience),
        title,
        "",
        voice.t("news.sent", n=bold(counted.sent), total=counted.total),
        voice.t("news.failed", n=counted.failed) if counted.failed else None,
        voice.t("news.stopped", n=counted.cancelled) if counted.cancelled else None,
        voice.t("news.left", n=counted.left) if shown.state == "going" else None,
        voice.t("news.at", time=voice.when(shown.ended_at or now, now)),
    )
    rows = [[Button(voice.label("button.refresh"), pack("ns", shown.id))]]
    if shown.state == "going":
        rows.insert(0, [Button(voice.label("button.news_stop"), pack("nc", shown.id), style="danger")])
    return Screen(text, [*rows, _list(voice)])


def dropped(voice: Speech) -> Screen:
    """Nothing goes out."""
    return Screen(voice.t("news.dropped"), [_list(voice)])


def message(voice: Speech, text: str) -> Screen:
    """The news as a reader gets them."""
    return Screen(lines(bold(voice.t("news.head")), "", text))
