"""The message that leads to the board."""

from dataclasses import replace

from bot.rules.board import KEY_LIFE
from bot.views.screen import Button, Screen, lines, pack
from bot.views.speech import Speech

MINUTE_SECONDS = 60


def offer(voice: Speech, url: str) -> Screen:
    """The board's one-time link: a button where Telegram takes such an address, else the address itself."""
    text = voice.t("board.offer", minutes=_minutes())
    if url.startswith("https://"):
        here = url.partition("/board/")[0] + "/board/app"
        app = Button(voice.label("button.open_board_here"), app=here, style="primary")
        return Screen(text, [[app], [Button(voice.label("button.open_board"), url=url)]])
    return Screen(lines(text, "", url))


def offer_tables(voice: Speech, url: str) -> Screen:
    """The one-time link to the tables; they want a wide screen, so it opens in a browser."""
    text = voice.t("tables.offer", minutes=_minutes())
    if url.startswith("https://"):
        return Screen(text, [[Button(voice.label("button.open_board"), url=url)]])
    return Screen(lines(text, "", url))


def _minutes() -> int:
    return round(KEY_LIFE.total_seconds() / MINUTE_SECONDS)


def with_board(voice: Speech, screen: Screen) -> Screen:
    """The same screen with the way to the board below."""
    return replace(screen, rows=[*screen.rows, [Button(voice.label("button.board"), pack("bd"))]])
