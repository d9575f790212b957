import pytest

from bot.library.check import check


def test_check__nothing_wrong(shelf):
    assert check(shelf.root) == []


LONG = "а" * 61
BAD_TEXTS = {
    "title": (
        "kk/steps/toy.yaml",
        "title: Қайта",
        f"title: {LONG}",
        "toy.again.1.title: has 61 letters, over 60",
    ),
    "text": ("ru/steps/toy.yaml", "Повторите", "я" * 601, "toy.again.1.text: has 601 letters, over 600"),
    "lines": (
        "ru/steps/toy.yaml",
        "Повторите",
        '"1\\n2\\n3\\n4\\n5\\n6"',
        "toy.again.1.text: has 6 lines, over 5",
    ),
    "html": ("ru/steps/toy.yaml", "Повторите", "<b>Повторите</b>", "is plain text, without HTML or Markdown"),
    "markdown": (
        "ru/steps/toy.yaml",
        "Повторите",
        "'**Повторите**'",
        "is plain text, without HTML or Markdown",
    ),
    "latin c": ("ru/steps/toy.yaml", "Снова", "Cнова", "Latin letters inside a Cyrillic word: [C]нова"),
    "latin i": (
        "kk/steps/toy.yaml",
        "кіріңіз",
        "кiрiңiз",
        "Latin letters inside a Cyrillic word: к[i]р[i]ң[i]з",
    ),
    "alphabet": (
        "kk/steps/toy.yaml",
        "Қайталаңыз",
        "Қайталаӊыз",
        "letters of no alphabet here in Қайталаӊыз: ӊ",
    ),
    "composed": (
        "ru/steps/toy.yaml",
        "Повторите",
        "Повторите свои\u0306",
        "letters put together from two signs",
    ),
    "other language": (
        "kk/steps/toy.yaml",
        "Жауап парағын жүктеңіз.",
        "Загрузите листы своих ответов на сайт сейчас.",
        "",
    ),
    "unused": (
        "ru/steps/toy.yaml",
        "toy.again.1:",
        "toy.never.1: {title: а, text: б}\ntoy.again.1:",
        "toy.never.1: no flow shows this",
    ),
    "placeholders": (
        "ru/steps/toy.yaml",
        "Повторите",
        "'Повторите: {duration}'",
        "toy.again.1.text: its placeholders differ",
    ),
    "left in one": (
        "ru/steps/toy.yaml",
        "До конца: {left}",
        "До конца",
        "toy.written.take.2.at_kind: its placeholders differ",
    ),
    "id": (
        "ru/steps/toy.yaml",
        "toy.again.1",
        "toy.again.9",
        "toy.again.1.title: is missing in ru/steps/toy.yaml",
    ),
    "clause": (
        "flows/toy.take.yaml",
        "clause: TOY 5",
        "clause: TOY V",
        "toy.written.take.1: clause TOY V: V is not a form in which TOY",
    ),
    "source": (
        "flows/toy.take.yaml",
        "clause: TOY 7",
        "clause: TOi 7",
        "second: clause TOi 7: TOi is not a source",
    ),
    "fm": ("flows/toy.take.yaml", "clause: TOY 6", "clause: TOY 6;", "clause TOY 6;: nothing is not a form"),
    "policy clause": (
        "policies/toy.yaml",
        "clause: TOY 3",
        "clause: TOY three",
        "content/policies/toy.yaml:12: clause TOY three:",
    ),
}


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_check__bad_text(shelf, name):
    file, old, new, expected = BAD_TEXTS[name]
    shelf.change(file, old, new)
    found = check(shelf.root)
    if not expected:
        assert found == []  # one Kazakh sentence of the text is left
    else:
        assert any(expected in problem for problem in found), found
        assert all(problem.startswith(("content/", "toy.")) for problem in found)


def test_check__a_kazakh_text_in_russian(shelf):
    text = "Загрузите листы своих ответов на сайт прямо сейчас."
    shelf.change("kk/steps/toy.yaml", "text: Қайталаңыз", f"text: {text}")
    assert any("toy.again.1.text: has none of the letters of language kk" in p for p in check(shelf.root))


def test_check__a_kazakh_file_without_kazakh_letters(shelf):
    shelf.write("kk/steps/notes.yaml", "second: {text: Нужно второе устройство}\n")
    assert "content/kk/steps/notes.yaml: has no letter of language kk: әғқңөұүһі" in check(shelf.root)


def test_check__clauses_of_several_places_and_sources(shelf):
    shelf.write("citations.yaml", "TOY: ['\\d+', 'App [AB]']\nMIN: ['\\d+']\n")
    shelf.change("flows/toy.take.yaml", "clause: TOY 5", "clause: TOY 5; App B; MIN 3; 4")
    assert check(shelf.root) == []
    shelf.change("flows/toy.take.yaml", "MIN 3; 4", "MIN 3; App A")
    assert any("App A is not a form in which MIN is cited" in problem for problem in check(shelf.root))


def test_check__bad_citations_file(shelf):
    shelf.write("citations.yaml", "TOY: ['(']\n")
    assert any("content/citations.yaml:1: TOY: is not a list of regular" in p for p in check(shelf.root))
    (shelf.root / "citations.yaml").unlink()
    assert any("content/citations.yaml: cannot be read" in problem for problem in check(shelf.root))


def test_check__a_file_of_one_language_only(shelf):
    shelf.write("kk/hints/toy.yaml", "a: {q: Сұрақ, words: [қате, ақау]}\n")
    assert check(shelf.root) == ["content/ru/hints/toy.yaml: is missing, another language has it"]
    shelf.write("ru/hints/toy.yaml", "a: {words: [сбой]}\n")
    assert check(shelf.root) == ["content/kk/hints/toy.yaml:1: a.q: is missing in ru/hints/toy.yaml"]


def test_check__flow_file_of_no_policy(shelf):
    shelf.write("flows/tow.take.yaml", "walks: {}\n")
    assert any("content/flows/tow.take.yaml: must be named PROFILE.WHAT.yaml" in p for p in check(shelf.root))


def test_check__broken_policy_is_told(shelf):
    shelf.write("policies/other.yaml", "profile: [\n")
    assert any("content/policies/other.yaml:2: is not YAML" in problem for problem in check(shelf.root))


def test_check__operators_file(shelf, tmp_path):
    operator = tmp_path / "operator.yaml"
    operator.write_text("kinds: {written: {attempts: {value: 2, clause: Our order No 5, mark: source}}}\n")
    assert check(shelf.root, operator) == []
    operator.write_text("help_desk: {claim_minutes: 0}\n")
    assert check(shelf.root, operator) == [f"{operator}:1: help_desk.claim_minutes: 0 is under 0.01"]


def test_check__operators_file_is_laid_over_one_profile(shelf, tmp_path):
    shelf.write("policies/plain.yaml", "profile: plain\nextends: base\n")
    operator = tmp_path / "operator.yaml"
    operator.write_text("kinds: {written: {events: {upload: {offset_minutes: -20}}}}\n")
    assert check(shelf.root, operator, "toy") == []
    assert len(check(shelf.root, operator)) == 3
    assert any("there is no profile toi" in problem for problem in check(shelf.root, operator, "toi"))


BAD_MESSAGES = {
    "missing": (
        'msgid "button.go"\nmsgstr "Дальше"',
        "",
        "content/kk/LC_MESSAGES/emtihan.po:10: button.go: is missing in the catalogue of ru",
    ),
    "more": (
        'msgid "button.go"',
        'msgid "new"\nmsgstr "Новое"\n\nmsgid "button.go"',
        "new: is missing in the catalogue of kk",
    ),
    "empty": ('msgstr "Дальше"', 'msgstr ""', "emtihan.po:10: button.go: is empty"),
    "empty form": ('msgstr[1] "{n} минуты"', 'msgstr[1] ""', "minutes: is empty"),
    "own id": ('msgstr "Дальше"', 'msgstr "button.go"', "button.go: is its own id"),
    "fuzzy": ('msgid "button.go"', '#, fuzzy\nmsgid "button.go"', "button.go: is marked fuzzy"),
    "context": ('msgid "button.go"', 'msgctxt "x"\nmsgid "button.go"', "button.go: msgctxt is not used here"),
    "twice": (
        'msgid "toast.done"',
        'msgid "hello"\nmsgstr "Привет"\n\nmsgid "toast.done"',
        "emtihan.po:13: hello: is given twice, first on line 7",
    ),
    "placeholder": (
        "Здравствуйте, {name}",
        "Здравствуйте, {nam}",
        "hello: its placeholders differ from those in content/kk",
    ),
    "placeholder lost": (
        "Здравствуйте, {name}",
        "Здравствуйте",
        "hello: its placeholders differ from those in content/kk",
    ),
    "brace": ("Здравствуйте, {name}", "Здравствуйте, {name", "hello: its braces are not placeholders"),
    "form differs": ('"{n} минуты"', '"{m} минуты"', "minutes: its plural forms hold different placeholders"),
    "two forms": ('msgstr[2] "{n} минут"\n', "", "minutes: "),
    "plural id": (
        'msgid_plural "minutes"',
        'msgid_plural "minute"',
        "minutes: msgid_plural must be the same id",
    ),
    "header language": ("Language: ru", "Language: kk", "its header's Language is kk, not ru"),
    "button": ('msgstr "Дальше"', f'msgstr "{"я" * 25}"', "button.go: has 25 letters, over 24"),
    "toast": ('msgstr "Готово"', f'msgstr "{"я" * 201}"', "toast.done: has 201 letters, over 200"),
    "message": ("Здравствуйте", "я" * 3500, "hello: has 3508 letters, over 3500"),
    "html in a button": (
        'msgstr "Дальше"',
        'msgstr "<b>Дальше</b>"',
        "button.go: is plain text, without HTML",
    ),
    "open tag": ("Здравствуйте, {name}", "<b>Здравствуйте, {name}", "hello: <b> is not closed"),
    "crossed tags": (
        "Здравствуйте, {name}",
        "<b><i>Здравствуйте</b></i>, {name}",
        "hello: </b> closes nothing",
    ),
    "unknown tag": (
        "Здравствуйте, {name}",
        "Здравствуйте,<br> {name}",
        "hello: the tag <br> is not one of Telegram's",
    ),
    "bare sign": ("Здравствуйте, {name}", "5 < 6, {name}", "hello: a < or > that is no tag"),
    "latin": ("Здравствуйте", "Здpавствуйте", "hello: Latin letters inside a Cyrillic word: Зд[p]авствуйте"),
    "not a catalogue": ('msgid "button.go"', "msgid button.go", "content/ru/LC_MESSAGES/emtihan.po:"),
}


@pytest.mark.parametrize("name", BAD_MESSAGES)
def test_check__bad_message(shelf, name):
    old, new, expected = BAD_MESSAGES[name]
    shelf.change(shelf.po("ru"), old, new)
    found = check(shelf.root)
    assert any(expected in problem for problem in found), found


@pytest.mark.parametrize(
    ("msgid", "longest"),
    [("bot.description", 512), ("bot.short_description", 120), ("bot.name", 64), ("command.sos", 256)],
)
def test_check__telegrams_own_limits(shelf, po_entry, msgid, longest):
    for language in ("kk", "ru"):
        shelf.add(shelf.po(language), po_entry(msgid, "я" * (longest + (language == "ru"))))
    assert [problem for problem in check(shelf.root) if f", over {longest}" in problem] == [
        f"content/ru/LC_MESSAGES/emtihan.po:{shelf.line(shelf.po('ru'), msgid)}: "
        f"{msgid}: has {longest + 1} letters, over {longest}"
    ]


def test_check__plural_forms_may_leave_out_the_number(shelf):
    shelf.change(shelf.po("ru"), 'msgstr[0] "{n} минута"', 'msgstr[0] "одна минута"')
    assert check(shelf.root) == []


def test_check__plural_in_one_language_only(shelf, po_entry, po_plural):
    shelf.add(shelf.po("ru"), po_plural("left", ["осталась {n}", "осталось {n}", "осталось {n}"]))
    shelf.add(shelf.po("kk"), po_entry("left", "{n} қалды"))
    assert any("left: has plural forms in one language" in problem for problem in check(shelf.root))


def test_check__good_html(shelf):
    for language in ("kk", "ru"):
        shelf.change(
            shelf.po(language), ", {name}", ' <b>a <i>{name}</i></b> <a href=\\"https://x.kz\\">x</a> &lt;'
        )
    assert check(shelf.root) == []


def test_check__a_catalogue_without_kazakh_letters(shelf):
    for old, new in (("Сәлем", "Салем"), ("Өту", "Оту"), ("Дайын, өтті", "Дайын"), ("Үзіліс", "Сбой")):
        shelf.change(shelf.po("kk"), old, new)
    assert check(shelf.root) == ["content/kk/LC_MESSAGES/emtihan.po: has no letter of language kk: әғқңөұүһі"]


def test_check__plural_forms_of_the_header(shelf):
    shelf.change(shelf.po("kk"), "nplurals=2; plural=(n != 1)", "nplurals=1; plural=0")
    shelf.change(shelf.po("kk"), 'msgstr[1] "{n} минут"\n', "")
    assert check(shelf.root) == ["content/kk/LC_MESSAGES/emtihan.po: its header has 1 plural forms, not 2"]


def test_check__more_forms_than_the_header_has(shelf):
    shelf.change(shelf.po("kk"), 'msgstr[1] "{n} минут"\n', 'msgstr[1] "{n} минут"\nmsgstr[2] "{n} минут"\n')
    found = check(shelf.root)
    assert len(found) == 1
    assert "emtihan.po:34: is not a catalogue: msg has more translations than num_plurals" in found[0]
