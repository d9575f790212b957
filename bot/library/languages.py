"""Languages are the folders of content/ that hold LC_MESSAGES; languages.yaml orders and describes them."""

from dataclasses import dataclass

from bot.library.yamlfiles import Reader

_FILE = "languages.yaml"
MESSAGES = "LC_MESSAGES"


@dataclass(frozen=True, slots=True)
class Language:
    """A language and what languages.yaml says of it: nothing for one that it does not name."""

    code: str
    plural_forms: int | None
    letters: str
    own_letters: str
    dictionary: str = ""


def found(reader: Reader) -> tuple[Language, ...]:
    """The languages of the content, in the order in which they are offered; none is a problem."""
    said = _said(reader)
    codes = {path.parent.name for path in reader.root.glob(f"*/{MESSAGES}")}
    if not codes:
        reader.blame(reader.shown(reader.root), f"no folder holds {MESSAGES}: there is no language to speak")
    order = [code for code in said if code in codes] + sorted(codes - said.keys())
    return tuple(said.get(code, Language(code, None, "", "")) for code in order)


def _said(reader: Reader) -> dict[str, Language]:
    path = reader.root / _FILE
    top = reader.read(path) if path.is_file() else None
    said = {}
    for code, node in (top.fields() if top else {}).items():
        fields = node.fields()
        forms = fields["plural_forms"].value if "plural_forms" in fields else None
        letters, own = (fields[key].text() if key in fields else "" for key in ("letters", "own_letters"))
        if not fields or not (forms is None or isinstance(forms, int)):
            reader.blame(node, f"{code}: must hold plural_forms (a number), letters, own_letters")
            forms = None
        dictionary = fields["dictionary"].text() if "dictionary" in fields else ""
        said[code] = Language(code, forms, letters, own, dictionary)
    return said
