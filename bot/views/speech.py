"""Speaking one language: sentences, plurals, clock times and durations in the configured zone."""

import datetime as dt
import zoneinfo
from collections.abc import Callable, Mapping, Sequence

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.clock import zone
from bot.errors import Refusal
from bot.library.catalogue import Catalogue
from bot.library.trees import Trees
from bot.library.words import Words
from bot.rules import windows, zones
from bot.views.screen import Html, safe

MINUTES_IN_HOUR = 60
MINUTES_IN_DAY = 24 * 60
HOME = zone("Asia/Almaty")
"""All Kazakhstan has one time, that of its capital."""
NO_TREES = Trees({}, {})


class Speech:
    """The program's voice in one language."""

    def __init__(
        self,
        language: str,
        catalogue: Catalogue,
        words: Words,
        zone: zoneinfo.ZoneInfo,
        trees: Callable[[], Trees],
        letters: str = "",
    ) -> None:
        self.language = language
        self._places = {letter: place for place, letter in enumerate(letters)}
        self.words = words
        self._trees = trees
        self._catalogue = catalogue
        self._zone = zone
        self._locale = Locale.parse(language)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone of every local time."""
        return self._zone

    @property
    def trees(self) -> Trees:
        """Troubleshooting and its words, read when first needed."""
        return self._trees()

    def t(self, msgid: str, /, **params: object) -> Html:
        """The sentence with its params filled in, their markup escaped."""
        filled = {key: safe(value) for key, value in params.items()}
        return Html(self._catalogue.text(self.language, msgid, **filled))

    def n(self, msgid: str, number: int, /, **params: object) -> Html:
        """The sentence in the form that the number asks for; `{n}` is the number."""
        filled = {key: safe(value) for key, value in params.items()}
        return Html(self._catalogue.plural(self.language, msgid, number, **filled))

    def label(self, msgid: str, /, **params: object) -> str:
        """A button's or toast's plain text (no markup, nothing escaped)."""
        return self._catalogue.text(self.language, msgid, **params)

    def offset(self, moment: dt.datetime) -> str:
        """How far the configured zone is from UTC at a moment: `UTC+5`, `UTC+5:30`."""
        return zones.offset(moment, self._zone)

    def at_home(self, moment: dt.datetime) -> bool:
        """Whether the configured zone's clocks show what those of Astana show."""
        return zones.ahead(moment, self._zone) == zones.ahead(moment, HOME)

    def clock(self, moment: dt.datetime) -> str:
        """Local clock time, for example 10:50."""
        return format_time(moment.astimezone(self._zone), "HH:mm", locale=self._locale)

    def day(self, moment: dt.datetime) -> str:
        """Local day and month in words."""
        return format_date(moment.astimezone(self._zone).date(), "d MMMM", locale=self._locale)

    def date(self, day: dt.date) -> str:
        """Day, month and day of the week, for example 22 December, Tue."""
        return format_date(day, "d MMMM, EEE", locale=self._locale)

    def when(self, moment: dt.datetime, now: dt.datetime) -> str:
        """The clock time; with the day before it when it is not today."""
        if moment.astimezone(self._zone).date() == now.astimezone(self._zone).date():
            return self.clock(moment)
        return f"{self.day(moment)}, {self.clock(moment)}"

    def moment(self, moment: dt.datetime) -> str:
        """Weekday, day and clock time, for what must stay true when it is read late."""
        local = moment.astimezone(self._zone).date()
        return f"{format_date(local, 'EEEE, d MMMM', locale=self._locale)}, {self.clock(moment)}"

    def end(self, moment: dt.datetime) -> str:
        """The same of an end, as people say it: a day that ends at midnight ends at 23:59."""
        return self.moment(windows.said(moment, self._zone))

    def full(self, moment: dt.datetime) -> str:
        """Weekday, day, month, year and clock time, for what is checked before it is stored."""
        local = moment.astimezone(self._zone).date()
        return f"{format_date(local, 'EEEE, d MMMM y', locale=self._locale)}, {self.clock(moment)}"

    def dated(self, moment: dt.datetime) -> str:
        """Day, month, year and clock time, for what is read years later."""
        local = moment.astimezone(self._zone).date()
        return f"{format_date(local, 'd MMMM y', locale=self._locale)}, {self.clock(moment)}"

    def span(self, start: dt.datetime, end: dt.datetime, now: dt.datetime) -> str:
        """From when to when, the day named when it is not today."""
        return f"{self.when(start, now)}–{self.when(end, start)}"

    def number(self, value: float) -> str:
        """The number as the language writes it: «0,5», and «30» without a fraction."""
        return format_decimal(value, locale=self._locale)

    def minutes(self, number: int) -> Html:
        """«10 minutes» in the right form."""
        return self.n("unit.minutes", number)

    def duration(self, minutes: float) -> Html:
        """Hours and minutes, whole: «2 hours», «1 hour 30 minutes»; never rounded away."""
        whole = round(minutes)
        hours, rest = divmod(whole, MINUTES_IN_HOUR)
        if not hours:
            return self.minutes(whole)
        if not rest:
            return self.n("unit.hours", hours)
        return Html(f"{self.n('unit.hours', hours)} {self.minutes(rest)}")

    def roughly(self, minutes: float) -> Html:
        """Whole days from two days on, for an age or what is far ahead; else as `duration`."""
        days = int(minutes // MINUTES_IN_DAY)
        return self.n("unit.days", days) if days > 1 else self.duration(minutes)

    def listed(self, parts: Sequence[object]) -> Html:
        """«a, b and c»."""
        return Html(format_list([safe(part) for part in parts], locale=self._locale))

    def order(self, text: str) -> list[tuple[int, int]]:
        """What names are sorted by: signs and digits, the language's own alphabet, other letters."""
        places = self._places
        return [
            (1, places[letter]) if letter in places else (2 if letter.isalpha() else 0, ord(letter))
            for letter in text.casefold()
        ]

    def refusal(self, refusal: Refusal, now: dt.datetime) -> Html:
        """What to do, in the reader's words, instead of what the program could not."""
        params = {
            key: self.when(value, now) if isinstance(value, dt.datetime) else value
            for key, value in refusal.params.items()
            if not isinstance(value, tuple)
        }
        return self.t(f"refusal.{refusal.code}", **params)


class Speakers:
    """One voice a language."""

    def __init__(
        self,
        catalogue: Catalogue,
        words: Words,
        zone: zoneinfo.ZoneInfo,
        trees: Callable[[], Trees] = lambda: NO_TREES,
        letters: Mapping[str, str] | None = None,
    ) -> None:
        self.languages = catalogue.languages
        alphabets = letters or {}
        self._voices = {
            name: Speech(name, catalogue, words, zone, trees, _alphabet(name, alphabets))
            for name in catalogue.languages
        }

    def __getitem__(self, language: str) -> Speech:
        return self._voices.get(language) or self._voices[self.languages[0]]

    def all(self) -> list[Speech]:
        """Every voice, in the languages' order."""
        return [self._voices[name] for name in self.languages]


def _alphabet(language: str, alphabets: Mapping[str, str]) -> str:
    """The letters of a language in their order; those of the longest alphabet that holds all of them so.

    Names of one language are read in another: a Kazakh letter has its place among the Russian ones too.
    """
    own = alphabets.get(language, "")
    wider = [all_ for all_ in alphabets.values() if [x for x in all_ if x in own] == list(own)]
    return max(wider, key=len, default=own)
