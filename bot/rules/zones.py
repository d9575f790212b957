"""How far a zone is from UTC, as people write it."""

import datetime as dt


def ahead(moment: dt.datetime, zone: dt.tzinfo) -> dt.timedelta:
    """How far a zone's clocks are ahead of UTC at a moment."""
    return moment.astimezone(zone).utcoffset() or dt.timedelta()


def offset(moment: dt.datetime, zone: dt.tzinfo) -> str:
    """The same in words of no language: `UTC+5`, `UTC-3:30`."""
    minutes = round(ahead(moment, zone).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
