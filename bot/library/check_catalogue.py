"""Message catalogues: the same messages in every language, whole, fillable and short enough for Telegram."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.library import po
from bot.library.languages import Language
from bot.library.spelling import faults, lacks_own, names_in, tag_fault
from bot.library.words import placeholders
from bot.library.yamlfiles import Reader

LONGEST = {
    "button": 24,
    "toast": 200,
    "command": 256,
    "bot.name": 64,
    "bot.description": 512,
    "bot.short_description": 120,
}
"""Letters allowed by id or family; what stands here is plain text for Telegram."""
MESSAGE_MAX = 3_500
_MSGID = re.compile(r'msgid "(.+)"\s*')


@dataclass(frozen=True, slots=True)
class Entry:
    """A message of one language: its forms (one, or one for each plural), and where it stands."""

    msgid: str
    forms: tuple[str, ...]
    plural: bool
    where: str

    @property
    def family(self) -> str:
        """What stands before the first point of the id."""
        return self.msgid.partition(".")[0]


Entries = dict[str, Entry]


def check_catalogues(reader: Reader, languages: Sequence[Language]) -> None:
    """Records what is wrong in the catalogue of each language, and between them."""
    letters = "".join(language.letters for language in languages)
    found = {}
    for language in languages:
        entries = _entries(reader, language)
        if entries is None:
            continue
        found[language.code] = entries
        for entry in entries.values():
            _check_entry(reader, language, entry, letters)
        texts = [text for entry in entries.values() for text in entry.forms]
        if language.own_letters and lacks_own(language, texts):
            name = reader.shown(po.source(reader.root, language.code))
            reader.blame(name, f"has no letter of language {language.code}: {language.own_letters}")
    _compare(reader, found)


def _entries(reader: Reader, language: Language) -> Entries | None:
    catalog = po.parsed(reader, language.code)
    if catalog is None:
        return None
    name = reader.shown(po.source(reader.root, language.code))
    if str(catalog.locale_identifier) != language.code:
        reader.blame(name, f"its header's Language is {catalog.locale_identifier}, not {language.code}")
    if language.plural_forms is not None and catalog.num_plurals != language.plural_forms:
        reader.blame(name, f"its header has {catalog.num_plurals} plural forms, not {language.plural_forms}")
    entries = {}
    for message in catalog:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        where = f"{name}:{message.lineno or 1}"
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if len(set(ids)) > 1:
            reader.blame(where, f"{ids[0]}: msgid_plural must be the same id")
        if message.fuzzy:
            reader.blame(where, f"{ids[0]}: is marked fuzzy")
        if message.context:
            reader.blame(where, f"{ids[0]}: msgctxt is not used here")
        if len(ids) > 1 and len(strings) != catalog.num_plurals:
            reader.blame(where, f"{ids[0]}: has {len(strings)} plural forms, not {catalog.num_plurals}")
        entries[ids[0]] = Entry(ids[0], tuple(str(text or "") for text in strings), len(ids) > 1, where)
    _check_twice(reader, language, name)
    return entries


def _check_twice(reader: Reader, language: Language, name: str) -> None:
    """An id given twice: the parser would keep the last one in silence."""
    seen: dict[str, int] = {}
    text = po.source(reader.root, language.code).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        found = _MSGID.fullmatch(line)
        if found and found[1] in seen:
            reader.blame(f"{name}:{number}", f"{found[1]}: is given twice, first on line {seen[found[1]]}")
        elif found:
            seen[found[1]] = number


def _check_entry(reader: Reader, language: Language, entry: Entry, letters: str) -> None:
    limit = LONGEST.get(entry.msgid) or LONGEST.get(entry.family)
    longest = limit or MESSAGE_MAX
    used = names_in(entry.forms) - {"n"}
    for text in entry.forms:
        reasons = list(faults(language, text, letters))
        if not text.strip():
            reasons.append("is empty")
        if text == entry.msgid:
            reasons.append("is its own id")
        if len(text) > longest:
            reasons.append(f"has {len(text)} letters, over {longest}")
        if placeholders(text) is None:
            reasons.append("its braces are not placeholders such as {name}")
        elif names_in([text]) - {"n"} != used:
            reasons.append("its plural forms hold different placeholders")
        if limit and "<" in text:
            reasons.append("is plain text, without HTML")
        elif tag_fault(text):
            reasons.append(tag_fault(text))
        for reason in reasons:
            reader.blame(entry.where, f"{entry.msgid}: {reason}")


def _compare(reader: Reader, found: dict[str, Entries]) -> None:
    """The same ids in every language, plural in all or in none, with the same placeholders."""
    for msgid in dict.fromkeys(msgid for entries in found.values() for msgid in entries):
        having = {code: entries[msgid] for code, entries in found.items() if msgid in entries}
        model = next(iter(having.values()))
        for code in found.keys() - having.keys():
            reader.blame(model.where, f"{msgid}: is missing in the catalogue of {code}")
        for entry in having.values():
            if entry.plural != model.plural:
                reader.blame(entry.where, f"{msgid}: has plural forms in one language and none in another")
            if _names(entry) != _names(model):
                reader.blame(entry.where, f"{msgid}: its placeholders differ from those in {model.where}")


def _names(entry: Entry) -> frozenset[str]:
    return names_in(entry.forms) - ({"n"} if entry.plural else set())
