"""How clauses are cited: the forms of citations.yaml, and a citation taken apart."""

import re

from bot.library.yamlfiles import Reader

CITATIONS = "citations.yaml"
Forms = dict[str, re.Pattern[str]]

_SOURCE = re.compile(r"([A-Z]{3,}) +(.+)")
_NUMBER = re.compile(r"(\d+(?:\.\d+)*) ")
_OF_A_NUMBER = re.compile(r"(?:prep|conduct|take|note|row|FM)\b")


def forms(reader: Reader) -> Forms:
    """What a part of a citation looks like, by the prefix of its source."""
    top = reader.read(reader.root / CITATIONS)
    found = {}
    for prefix, node in (top.fields() if top else {}).items():
        try:
            found[prefix] = re.compile("|".join(f"(?:{item.text()})" for item in node.items()))
        except re.error as failure:
            reader.blame(node, f"{prefix}: is not a list of regular expressions: {failure}")
    return found


def miscited(clause: str, known: Forms) -> str:
    """Why a citation is not one, empty when it is. `;` parts it; a part may name another source."""
    source = ""
    for part in clause.split(";"):
        first, _, rest = part.strip().partition(" ")
        if first in known:
            source, body = first, rest
        else:
            body = part.strip()
        if not source:
            return f"{first} is not a source of {CITATIONS}"
        if not known[source].fullmatch(body):
            return f"{body or 'nothing'} is not a form in which {source} is cited"
    return ""


def parts(clause: str) -> tuple[str, ...]:
    """Every clause that a citation names, in full: «X 5.2 take 4; conduct 6» names X 5.2 conduct 6 too."""
    source = number = ""
    found = []
    for part in clause.split(";"):
        body = part.strip()
        named = _SOURCE.fullmatch(body)
        if named:
            source, body, number = named[1], named[2], ""
        if number and _OF_A_NUMBER.match(body):
            body = f"{number} {body}"
        own = _NUMBER.match(body)
        number = own[1] if own else number if _OF_A_NUMBER.match(body) else ""
        found.append(f"{source} {body}".strip())
    return tuple(found)
