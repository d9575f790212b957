import datetime as dt

from icalendar import Calendar

from bot.exchange.calendar import Entry, calendar_file

NOW = dt.datetime(2026, 12, 20, 10, 0, tzinfo=dt.UTC)
START = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)


def entry(uid="E1", **changes):
    values = {
        "title": "Деректер қоры; «а,б»",
        "start": START,
        "end": START + dt.timedelta(hours=2),
        "url": "https://meet.example/room",
        "sequence": 1,
        "alarms": (dt.timedelta(hours=1), dt.timedelta(minutes=10)),
    }
    return Entry(uid=uid, **{**values, **changes})


def read(entries, name=""):
    content = calendar_file(entries, NOW, name)
    return content.decode(), Calendar.from_ical(content)


def test_file__times_are_utc_with_alarms_and_status():
    text, calendar = read([entry()], "Емтихандар")
    (event,) = calendar.walk("VEVENT")
    assert "DTSTART:20261221T040000Z" in text
    assert "DTEND:20261221T060000Z" in text
    assert calendar["method"] == "PUBLISH"
    assert calendar["x-wr-calname"] == "Емтихандар"
    assert event["status"] == "CONFIRMED"
    assert str(event["summary"]) == "Деректер қоры; «а,б»"
    alarms = [alarm["trigger"].dt for alarm in event.walk("VALARM")]
    assert alarms == [dt.timedelta(hours=-1), dt.timedelta(minutes=-10)]


def test_file__a_newer_one_replaces_the_older():
    numbers = [read([entry(sequence=n)])[1].walk("VEVENT")[0] for n in (1, 4)]
    assert [(event["uid"], event["sequence"]) for event in numbers] == [("E1@emtihan", 1), ("E1@emtihan", 4)]


def test_file__of_a_cancelled_exam_asks_to_remove_it():
    _, calendar = read([entry(cancelled=True)])
    (event,) = calendar.walk("VEVENT")
    assert calendar["method"] == "CANCEL"
    assert event["status"] == "CANCELLED"
    assert list(event.walk("VALARM")) == []


def test_file__of_a_session_holds_the_cancelled_ones_as_cancelled():
    _, calendar = read([entry("E1"), entry("E2", cancelled=True)])
    assert calendar["method"] == "PUBLISH"
    assert [event["status"] for event in calendar.walk("VEVENT")] == ["CONFIRMED", "CANCELLED"]
