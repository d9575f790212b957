"""Exams as calendar files."""

import datetime as dt


def exam_file(
    *, uid: str, title: str, start: dt.datetime, end: dt.datetime, url: str, revision: int, now: dt.datetime
) -> bytes:
    """One exam as an `.ics` file, times in UTC; a moved one has a higher SEQUENCE and replaces the old."""
    from icalendar import Calendar, Event  # heavy, and most updates do not need it

    event = Event()
    event.add("uid", f"{uid}@emtihan")
    event.add("sequence", revision)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", start.astimezone(dt.UTC))
    event.add("dtend", end.astimezone(dt.UTC))
    event.add("summary", title)
    if url:
        event.add("url", url)
    calendar = Calendar()
    calendar.add("prodid", "-//Emtihan//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
