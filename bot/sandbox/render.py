"""Safe HTML of a text with entities, for the page: every letter escaped, only known tags, only safe links."""

from html import escape

from bot.sandbox.entities import Offsets
from bot.sandbox.model import JsonDict

_PLAIN = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
    "code": ("<code>", "</code>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ('<blockquote class="expandable">', "</blockquote>"),
    "custom_emoji": ('<span class="emoji">', "</span>"),
    "hashtag": ('<span class="hashtag">', "</span>"),
    "phone_number": ('<span class="phone">', "</span>"),
}
_SCHEMES = ("http://", "https://", "tg://", "mailto:")


def _link(url: str) -> tuple[str, str]:
    if "://" not in url and not url.startswith("mailto:"):
        url = f"http://{url}"
    if not url.lower().startswith(_SCHEMES):
        return "<span>", "</span>"
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">', "</a>"


def _tags(entity: JsonDict, inner: str) -> tuple[str, str]:
    kind = entity["type"]
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "pre":
        language = escape(str(entity.get("language", "")))
        return f'<pre><code class="language-{language}">' if language else "<pre><code>", "</code></pre>"
    if kind == "text_link":
        return _link(str(entity.get("url", "")))
    if kind == "url":
        return _link(inner)
    if kind == "email":
        return _link(f"mailto:{inner}")
    if kind == "mention":
        return _link(f"https://t.me/{inner[1:]}")
    if kind == "bot_command":
        return f'<a class="command" href="#" data-command="{escape(inner)}">', "</a>"
    if kind == "date_time":
        return f'<time data-unix="{int(entity.get("unix_time", 0))}">', "</time>"
    return "<span>", "</span>"


def to_html(text: str, entities: list[JsonDict]) -> str:
    """HTML of `text`; line breaks are `<br>`. Entities that overlap are closed and opened again."""
    offsets = Offsets(text)
    spans: list[tuple[int, int, str, str]] = []
    for entity in entities:
        begin = offsets.to_index(entity["offset"])
        end = offsets.to_index(entity["offset"] + entity["length"])
        opening, closing = _tags(entity, text[begin:end])
        spans.append((begin, end, opening, closing))
    marks = sorted({0, len(text), *(span[0] for span in spans), *(span[1] for span in spans)})
    out: list[str] = []
    stack: list[tuple[int, int, str, str]] = []
    for position, mark in enumerate(marks):
        kept: list[tuple[int, int, str, str]] = []
        if any(span[1] == mark for span in stack):
            first = next(index for index, span in enumerate(stack) if span[1] == mark)
            out.extend(span[3] for span in reversed(stack[first:]))
            kept = [span for span in stack[first:] if span[1] != mark]
            stack = stack[:first]
        starting = kept + [span for span in spans if span[0] == mark and span[1] > mark]
        out.extend(span[2] for span in starting)
        stack.extend(starting)
        if position + 1 < len(marks):
            out.append(escape(text[mark : marks[position + 1]]).replace("\n", "<br>"))
    return "".join(out)
