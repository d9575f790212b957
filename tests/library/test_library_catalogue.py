import os
import subprocess
import sys

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.errors import ContentError
from bot.library import languages
from bot.library.catalogue import load_catalogue
from bot.library.yamlfiles import Reader


def load(shelf, *codes):
    reader = Reader(shelf.root)
    return load_catalogue(reader, codes or ("kk", "ru")), reader.problems


def compile_mo(shelf, language, *, older=False):
    source = shelf.root / shelf.po(language)
    with source.open("rb") as file, source.with_suffix(".mo").open("wb") as ready:
        write_mo(ready, read_po(file))
    stamp = source.stat().st_mtime_ns + (-(10**9) if older else 10**9)
    os.utime(source.with_suffix(".mo"), ns=(stamp, stamp))
    return source.with_suffix(".mo")


def test_text__is_filled(shelf):
    catalogue, problems = load(shelf)
    assert not problems
    assert catalogue.languages == ("kk", "ru")
    assert catalogue.text("kk", "hello", name="Айша {x}") == "Сәлем, Айша {x}"
    assert catalogue.text("ru", "button.go") == "Дальше"
    assert catalogue.text("ru", "button.go", spare=1) == "Дальше"


@pytest.mark.parametrize(
    ("n", "expected"),
    [(1, "1 минута"), (2, "2 минуты"), (5, "5 минут"), (11, "11 минут"), (21, "21 минута"), (0, "0 минут")],
)
def test_plural__three_forms(shelf, n, expected):
    assert load(shelf)[0].plural("ru", "minutes", n) == expected
    assert load(shelf)[0].plural("kk", "minutes", n) == f"{n} минут"


def test_plural__with_more_to_fill(shelf, po_plural):
    shelf.add(shelf.po("ru"), po_plural("left", ["{n} у {who}", "{n} и {who}", "{n}, {who}"]))
    assert load(shelf)[0].plural("ru", "left", 3, who="нас") == "3 и нас"


def refused(call, *args, **params):
    with pytest.raises(ContentError) as caught:
        call(*args, **params)
    return str(caught.value)


def test_text__what_is_missing_is_refused_by_name(shelf, po_entry):
    shelf.add(shelf.po("ru"), po_entry("odd", "a { b"))
    shelf.add(shelf.po("ru"), po_entry("empty", ""))
    catalogue, _ = load(shelf)
    assert refused(catalogue.text, "ru", "no.such") == "message no.such is missing in language ru"
    assert refused(catalogue.text, "ru", "empty") == "message empty is missing in language ru"
    assert refused(catalogue.text, "ru", "hello") == "message hello in language ru needs name"
    assert refused(catalogue.text, "de", "hello") == "there is no catalogue in language de"
    assert refused(catalogue.text, "ru", "odd").startswith("message odd in language ru cannot be filled")
    assert refused(catalogue.plural, "ru", "no.such", 1) == "message no.such is missing in language ru"
    assert refused(catalogue.plural, "ru", "hello", 5) == "message hello is missing in language ru"


def test_knows__messages_plural_or_not(shelf):
    catalogue, _ = load(shelf)
    assert catalogue.knows("ru", "hello")
    assert catalogue.knows("ru", "minutes")
    assert not catalogue.knows("ru", "no.such")
    assert not catalogue.knows("de", "hello")


def test_mo__is_used_when_it_is_newer(shelf):
    compile_mo(shelf, "ru")
    stamp = (shelf.root / shelf.po("ru")).stat()
    shelf.change(shelf.po("ru"), "Дальше", "Вперёд")
    os.utime(shelf.root / shelf.po("ru"), ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert load(shelf)[0].text("ru", "button.go") == "Дальше"


def test_mo__stale_is_passed_over(shelf):
    compile_mo(shelf, "ru", older=True)
    shelf.change(shelf.po("ru"), "Дальше", "Вперёд")
    stamp = (shelf.root / shelf.po("ru")).stat().st_mtime_ns + 2 * 10**9
    os.utime(shelf.root / shelf.po("ru"), ns=(stamp, stamp))
    assert load(shelf)[0].text("ru", "button.go") == "Вперёд"


def test_mo__alone_is_enough(shelf):
    compile_mo(shelf, "ru")
    (shelf.root / shelf.po("ru")).unlink()
    catalogue, problems = load(shelf)
    assert (catalogue.text("ru", "button.go"), problems) == ("Дальше", [])
    assert catalogue.plural("ru", "minutes", 2) == "2 минуты"


@pytest.mark.parametrize("raw", [b"", b"not a catalogue", b"\xde\x12\x04\x95" + b"\xff" * 30])
def test_mo__spoilt_gives_way_to_the_po(shelf, raw):
    compile_mo(shelf, "ru").write_bytes(raw)
    catalogue, problems = load(shelf)
    assert (catalogue.text("ru", "button.go"), problems) == ("Дальше", [])
    (shelf.root / shelf.po("ru")).unlink()
    catalogue, problems = load(shelf)
    assert len(problems) == 1
    assert problems[0].startswith("content/ru/LC_MESSAGES/emtihan.mo: is not a compiled catalogue")


def test_mo__fresh_needs_no_babel(shelf):
    for language in ("kk", "ru"):
        compile_mo(shelf, language)
    code = (
        "import sys; from pathlib import Path; from bot.library.content import load; "
        "load('toy', root=Path(sys.argv[1])); "
        "assert not {'babel', 'aiogram', 'sqlalchemy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(shelf.root)], check=True)


BAD = {
    "not utf-8": (b'msgid "a"\nmsgstr "\xff"\n', "content/ru/LC_MESSAGES/emtihan.po:2: is not UTF-8 text"),
    "no catalogue": (
        b'msgid "a"\nmsgstr "x"\nwhat is this\n',
        "content/ru/LC_MESSAGES/emtihan.po:3: is not a catalogue",
    ),
    "bad plural": (
        b'msgid ""\nmsgstr "Plural-Forms: nplurals=x; plural=n;\\n"\n\nmsgid "a"\nmsgstr "b"\n',
        "content/ru/LC_MESSAGES/emtihan.po",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_po__bad_file_is_a_problem_and_no_traceback(shelf, name):
    raw, expected = BAD[name]
    shelf.write(shelf.po("ru"), raw)
    catalogue, problems = load(shelf)
    assert len(problems) == 1
    assert problems[0].startswith(expected)
    assert catalogue.languages == ("kk",)


def test_po__missing(shelf):
    (shelf.root / shelf.po("ru")).unlink()
    assert load(shelf)[1] == ["content/ru/LC_MESSAGES/emtihan.po: cannot be read: No such file or directory"]


def test_po__plural_rule_that_would_run_code_is_refused(shelf):
    shelf.change(shelf.po("kk"), "plural=(n != 1)", "plural=__import__('os')")
    catalogue, problems = load(shelf)
    assert len(problems) == 1
    assert "content/kk/LC_MESSAGES/emtihan.po" in problems[0]
    assert catalogue.languages == ("ru",)


def found(shelf):
    reader = Reader(shelf.root)
    return [language.code for language in languages.found(reader)], reader.problems


def test_languages__in_the_order_of_the_data_file(shelf):
    for code in ("en", "tr", "az"):
        (shelf.root / code / "LC_MESSAGES").mkdir(parents=True)
    assert found(shelf) == (["kk", "ru", "az", "en", "tr"], [])
    (shelf.root / "languages.yaml").unlink()
    assert found(shelf) == (["az", "en", "kk", "ru", "tr"], [])


def test_languages__a_named_one_without_folder_is_not_there(shelf):
    shelf.add("languages.yaml", "uz: {plural_forms: 1}\n")
    assert found(shelf) == (["kk", "ru"], [])


def test_languages__none_is_a_problem(tmp_path):
    codes = languages.found(reader := Reader(tmp_path))
    assert (codes, len(reader.problems)) == ((), 1)
