"""Every text that we write in a language, with its place: steps, rules, messages; not what people type."""

from collections.abc import Iterator

from bot.library import po
from bot.library.yamlfiles import Node, Reader

SKIPPED_FILES = frozenset({"exchange.yaml", "synonyms.yaml", "forms.yaml"})
"""Words that people type, not words that we write."""

SKIPPED_KEYS = frozenset({"asked", "words"})


def texts(reader: Reader, language: str) -> Iterator[tuple[str, str]]:
    """Place (`file:line`) and text, the YAML files first, then the catalogue."""
    for path in sorted((reader.root / language).rglob("*.yaml")):
        top = reader.read(path) if path.name not in SKIPPED_FILES else None
        if top is not None:
            yield from _leaves(top)
    catalog = po.parsed(reader, language)
    for message in catalog or ():
        if message.id:
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in forms:
                yield f"{reader.shown(po.source(reader.root, language))}:{message.lineno}", str(text)


def _leaves(node: Node) -> Iterator[tuple[str, str]]:
    for key, child in node.fields().items():
        if key not in SKIPPED_KEYS:
            yield from _leaves(child)
    for child in node.items():
        yield from _leaves(child)
    if node.text():
        yield node.where, node.text()
