"""What comes by itself: reminders on and off, quiet hours."""

from bot.rules.policy import Quiet
from bot.rules.preferences import SWITCHES, Wishes
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech

HOUR = 60
CHOICES = ((22, 7), (23, 8), (21, 9))
"""Quiet hours that are offered, from and to."""


def settings(voice: Speech, wishes: Wishes) -> Screen:
    """The reader's wishes as they stand, each with the button that changes it."""
    rows = []
    for switch in SWITCHES:
        on = wishes.wants(switch)
        mark = "✅" if on else "⬜"
        label = f"{mark} {voice.label(f'settings.{switch}')}"
        rows.append([Button(label, pack("zo", switch, int(not on)))])
    quiet = wishes.quiet if wishes.quiet and wishes.quiet.since != wishes.quiet.until else None
    choices = [Quiet(since * HOUR, until * HOUR) for since, until in CHOICES]
    rows.append([Button(_hours(c), pack("zq", c.since, c.until)) for c in choices if c != quiet])
    if quiet is not None:
        rows.append([Button(voice.label("settings.no_quiet"), pack("zq", 0, 0))])
    text = lines(
        bold(voice.t("settings.title")),
        "",
        voice.t("settings.warnings"),
        voice.t("settings.quiet", time=_hours(quiet)) if quiet else voice.t("settings.never_quiet"),
    )
    return Screen(text, rows)


def _hours(quiet: Quiet) -> str:
    return f"{_clock(quiet.since)}–{_clock(quiet.until)}"


def _clock(minutes: int) -> str:
    return f"{minutes // HOUR:02}:{minutes % HOUR:02}"
