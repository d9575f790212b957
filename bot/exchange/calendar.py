"""Exams as calendar files."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One exam of a calendar. `sequence` grows with every change, so that a newer file replaces an older."""

    uid: str
    title: str
    start: dt.datetime
    end: dt.datetime
    url: str
    sequence: int
    cancelled: bool = False
    alarms: tuple[dt.timedelta, ...] = ()


def calendar_file(entries: Sequence[Entry], now: dt.datetime, name: str = "") -> bytes:
    """An `.ics` file with times in UTC; alarms so long before each start. `name` is the calendar's title.

    Cancelled exams are in it as cancelled; a file of nothing else asks the calendar to remove them.
    """
    from icalendar import Calendar  # heavy, and most updates do not need it

    gone = bool(entries) and all(entry.cancelled for entry in entries)
    calendar = Calendar()
    calendar.add("prodid", "-//Emtihan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if gone else "PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, now))
    return bytes(calendar.to_ical())


def _event(entry: Entry, now: dt.datetime) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{entry.uid}@emtihan")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", entry.start.astimezone(dt.UTC))
    event.add("dtend", entry.end.astimezone(dt.UTC))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.url:
        event.add("url", entry.url)
    for ahead in () if entry.cancelled else entry.alarms:
        event.add_component(_alarm(entry.title, ahead))
    return event


def _alarm(title: str, ahead: dt.timedelta) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -ahead)
    return alarm
