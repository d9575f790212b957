import pytest

from bot.library import yamlfiles
from bot.library.yamlfiles import Reader, plain


def read(tmp_path, raw, **options):
    path = tmp_path / "content" / "file.yaml"
    path.parent.mkdir()
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    reader = Reader(tmp_path / "content")
    return reader.read(path, **options), reader.problems


def bomb():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    return "\n".join(lines)


BAD = {
    "duplicate": ("a: 1\nb: 2\na: 3\n", "content/file.yaml:3: a is given twice, first on line 1"),
    "deep duplicate": ("a:\n  b: 1\n  b: 2\n", "content/file.yaml:3: b is given twice, first on line 2"),
    "list": ("- a\n- b\n", "content/file.yaml:1: must hold a mapping (name: value)"),
    "text": ("just words\n", "content/file.yaml:1: must hold a mapping (name: value)"),
    "empty": ("# nothing\n", "content/file.yaml:1: must hold a mapping (name: value)"),
    "not utf-8": (b"a: 1\nb: \xd0\xff\n", "content/file.yaml:2: is not UTF-8 text"),
    "cp1251": ("a: сөз".encode("utf-16"), "content/file.yaml:1: is not UTF-8 text"),
    "python tag": ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "content/file.yaml:2: the tag "),
    "own tag": ("a: !secret x\n", "content/file.yaml:1: the tag !secret is not allowed"),
    "tab": ("a:\n\tb: 1\n", "content/file.yaml:2: is not YAML: found character"),
    "unclosed": ("a: [1, 2\nb: 3\n", "content/file.yaml:2: is not YAML: "),
    "unknown alias": ("a: *b\n", "content/file.yaml:1: is not YAML: found undefined alias"),
    "two documents": ("a: 1\n---\nb: 2\n", "content/file.yaml:2: is not YAML: but found another document"),
    "control sign": ("a: 1\nb: \x00\n", "content/file.yaml:2: is not YAML: "),
    "merge key": ("a: &a {x: 1}\nb:\n  <<: *a\n", "content/file.yaml:3: merge keys"),
    "list as a name": ("? [a, b]\n: 1\n", "content/file.yaml:1: a name must be a plain word"),
    "bomb": (bomb(), "values, aliases counted in full"),
    "alias of itself": ("a: &a [1, *a]\n", "content/file.yaml:1: an alias stands inside its own anchor"),
    "deep": ("a: " + "[" * 60 + "]" * 60, "content/file.yaml:1: is nested too deeply"),
    "very deep": ("a: " + "[" * 200_000, "content/file.yaml: is nested too deeply"),
    "very deep dashes": ("a:\n  " + "- " * 200_000, "content/file.yaml: is nested too deeply"),
    "very deep questions": ("? " * 200_000, "content/file.yaml: is nested too deeply"),
    "huge": (b"a: " + b"x" * yamlfiles.MAX_BYTES, "content/file.yaml: is larger than"),
}


@pytest.mark.parametrize("name", BAD)
def test_read__bad_file_is_one_problem_with_its_line(tmp_path, name):
    raw, expected = BAD[name]
    _, problems = read(tmp_path, raw)
    assert len(problems) == 1
    assert expected in problems[0]


def test_read__missing_file_and_folder(tmp_path):
    reader = Reader(tmp_path)
    assert reader.read(tmp_path / "no.yaml") is None
    assert reader.read(tmp_path) is None
    assert [problem.split(": ", 1)[1] for problem in reader.problems] == [
        "cannot be read: No such file or directory",
        "cannot be read: Is a directory",
    ]


def test_read__every_value_knows_its_line(tmp_path):
    node, problems = read(tmp_path, "a: 1\nb:\n  c: [x,\n    y]\n  d: |\n    text\n    more\n")
    assert not problems
    inner = node.fields()["b"].fields()
    assert node.fields()["a"].where == "content/file.yaml:1"
    assert [item.line for item in inner["c"].items()] == [3, 4]
    assert (inner["d"].line, inner["d"].text()) == (5, "text\nmore")


def test_read__alias_is_the_same_value(tmp_path):
    node, problems = read(tmp_path, "a: &a {x: 1}\nb: *a\n")
    assert not problems
    assert node.fields()["b"].fields()["x"].value == 1


def test_read__a_file_is_read_once(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: 1")
    reader = Reader(tmp_path)
    first = reader.read(path)
    path.write_text("a: 2")
    assert reader.read(path) is first


def test_read__empty_file_where_that_is_allowed(tmp_path):
    node, problems = read(tmp_path, "# all is well\n", may_be_empty=True)
    assert (node.fields(), problems) == ({}, [])


def test_read__byte_order_mark_is_nothing(tmp_path):
    node, problems = read(tmp_path, b"\xef\xbb\xbfa: 1\n")
    assert (node.fields()["a"].value, problems) == (1, [])


def test_read__names_that_yaml_takes_for_flags_stay_names(tmp_path):
    node, _ = read(tmp_path, "on: 1\nno: 2\n")
    assert list(node.fields()) == ["on", "no"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5), ("-10", -10), ("0.5", 0.5), (".5", 0.5), ("+7", 7), ("007", 7),
        ("true", True), ("No", False), ("null", None), ("~", None), ("", None),
        ("2020-06-30", "2020-06-30"), ("10:50", "10:50"), ("1e5", "1e5"), (".inf", ".inf"), ("0x10", "0x10"),
        ("9" * 400, "9" * 400), ("none", "none"), ("0,5", "0,5"),
    ],
)  # fmt: skip
def test_plain__numbers_flags_and_nothing_else(text, value):
    found = plain(text)
    assert (found, type(found)) == (value, type(value))


def test_read__quoted_number_stays_text(tmp_path):
    node, _ = read(tmp_path, "a: '5'\n")
    assert node.fields()["a"].value == "5"
