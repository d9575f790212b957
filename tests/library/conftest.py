import shutil
from pathlib import Path

import pytest

from bot.library.content import CONTENT

TOY_POLICY = """\
profile: toy
extends: base
warnings:
  minutes_left:
    written: {value: [30, 20, 10], clause: TOY 1, mark: source}
kinds:
  written:
    duration_minutes: {value: 120, clause: TOY 2, mark: source}
    attempts: {value: 1, clause: TOY 2, mark: derived}
    events:
      upload:
        {anchor: end, offset_minutes: -10, class: deadline, offer_minutes_before: [5],
         clause: TOY 3, mark: source}
      sheet:
        {anchor: end, offset_hours: 24, class: deadline, offer_minutes_before: [0], actor: examiner,
         clause: TOY 4, mark: source}
"""
TOY_FLOW = """\
notes:
  second: {clause: TOY 7}
walks:
  toy.written.take:
    kind: written
    phase: take
    actor: student
    notes: [second]
    fm: {clause: TOY 6}
    steps:
      - {id: toy.written.take.1, clause: TOY 5, link: lms}
      - {id: toy.written.take.2, clause: TOY 3, event: upload, link: lms}
  toy.essay.take: {kind: test, same_as: toy.written.again}
  toy.written.again: {same_as: toy.written.take, phase: again, steps: [{id: toy.again.1, clause: null}]}
"""
TOY_STEPS = {
    "kk": """\
toy.written.take.1: {title: Сайтқа кіріңіз, text: "Уақыты: {duration}. Өз атыңызды жазыңыз."}
toy.written.take.2:
  title: Жүктеңіз
  text: |
    Жауап парағын жүктеңіз.
    Керек болса, қайта жүктеңіз.
  at_exam: "Мерзімі: {time}"
  at_kind: "Соңына дейін: {left}"
toy.again.1: {title: Қайта, text: Қайталаңыз}
""",
    "ru": """\
toy.written.take.1: {title: Войдите на сайт, text: "Время: {duration}. Напишите своё имя."}
toy.written.take.2:
  title: Загрузите
  text: |
    Загрузите лист ответа.
    Если надо, загрузите снова.
  at_exam: "Срок: {time}"
  at_kind: "До конца: {left}"
toy.again.1: {title: Снова, text: Повторите}
""",
}
TOY_NOTES = {
    "kk": "second: {text: Екінші құрылғы керек}\n",
    "ru": "second: {text: Нужно второе устройство}\n",
}
HEADER = """\
msgid ""
msgstr ""
"Language: {code}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: {forms}\\n"

"""
FORMS = {
    "kk": "nplurals=2; plural=(n != 1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0"
    " : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
}
MESSAGES = {
    "kk": [("hello", "Сәлем, {name}"), ("button.go", "Өту"), ("toast.done", "Дайын, өтті")],
    "ru": [("hello", "Здравствуйте, {name}"), ("button.go", "Дальше"), ("toast.done", "Готово")],
}
PLURALS = {"kk": ["{n} минут", "{n} минут"], "ru": ["{n} минута", "{n} минуты", "{n} минут"]}
TROUBLES = ("electricity", "internet", "conference", "lms", "device", "other")
TROUBLE_WORD = {"kk": "Үзіліс", "ru": "Перебой"}


def entry(msgid, text):
    return f'msgid "{msgid}"\nmsgstr "{text}"\n\n'


def plural_entry(msgid, forms):
    lines = "".join(f'msgstr[{index}] "{form}"\n' for index, form in enumerate(forms))
    return f'msgid "{msgid}"\nmsgid_plural "{msgid}"\n{lines}\n'


class Shelf:
    """A content folder of its own, whole and right until a test spoils it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("base", "ranges"):
            self.write(f"policies/{name}.yaml", (CONTENT / "policies" / f"{name}.yaml").read_text("utf-8"))
        self.write("policies/toy.yaml", TOY_POLICY)
        self.write("flows/toy.take.yaml", TOY_FLOW)
        self.write("citations.yaml", "TOY: ['\\d+']\n")
        shutil.copy(CONTENT / "languages.yaml", root / "languages.yaml")
        for language in ("kk", "ru"):
            self.write(f"{language}/steps/toy.yaml", TOY_STEPS[language])
            self.write(f"{language}/steps/notes.yaml", TOY_NOTES[language])
            self.write(f"{language}/LC_MESSAGES/emtihan.po", self.catalogue(language))

    @staticmethod
    def catalogue(language, like=None):
        like = like or language
        parts = [HEADER.format(code=language, forms=FORMS[like])]
        parts += [entry(msgid, text) for msgid, text in MESSAGES[like]]
        parts += [entry(f"trouble.{trouble}", TROUBLE_WORD[like]) for trouble in TROUBLES]
        parts.append(plural_entry("minutes", PLURALS[like]))
        return "".join(parts)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def change(self, name, old, new):
        text = (self.root / name).read_text("utf-8")
        assert old in text
        return self.write(name, text.replace(old, new))

    def add(self, name, text):
        return self.write(name, (self.root / name).read_text("utf-8") + text)

    def po(self, language):
        return f"{language}/LC_MESSAGES/emtihan.po"

    def line(self, name, part):
        """The number of the first line of a file that holds this part."""
        lines = (self.root / name).read_text("utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if part in line)


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "content")


@pytest.fixture
def po_entry():
    return entry


@pytest.fixture
def po_plural():
    return plural_entry
