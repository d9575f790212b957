import pytest

from bot.errors import ContentError
from bot.library.check import check
from bot.library.content import load, profiles
from bot.rules.vocabulary import ExamKind


def problems(shelf, policy_file=None):
    with pytest.raises(ContentError) as caught:
        load("toy", policy_file, shelf.root)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def test_load__everything_of_a_profile(shelf):
    content = load("toy", root=shelf.root)
    assert content.languages == ("kk", "ru")
    assert content.policy.kinds[ExamKind.WRITTEN].duration_minutes == 120
    step = content.words.step("ru", content.algorithms["toy.written.take"].steps[1].id)
    assert step.title == "Загрузите"
    assert step.text == "Загрузите лист ответа.\nЕсли надо, загрузите снова."
    assert step.at_exam.format(time="10:50") == "Срок: 10:50"
    assert step.at_kind.format(left="10 минут") == "До конца: 10 минут"
    assert content.words.step("kk", "toy.written.take.1").at_exam == ""
    assert content.words.placeholders("kk", "toy.written.take.1") == {"duration"}
    note = content.words.note("kk", "second")
    assert (note.text, note.clause) == ("Екінші құрылғы керек", "TOY 7")
    assert content.catalogue.text("kk", "button.go") == "Өту"


def test_load__is_right_as_a_whole(shelf):
    assert check(shelf.root) == []


def test_profiles__are_policies_that_extend(shelf):
    assert profiles(shelf.root) == ("toy",)


def test_words__unknown_at_use_is_no_key_error(shelf):
    words = load("toy", root=shelf.root).words
    for call in (words.step, words.note):
        with pytest.raises(ContentError):
            call("kk", "no.such")
        with pytest.raises(ContentError):
            call("de", "second")


def test_load__all_problems_of_all_files_at_once(shelf, tmp_path):
    operator = tmp_path / "operator.yaml"
    operator.write_text("help_desk: {claim_minutes: 0}\nforce_majeure: {troubles: [flood]}\n")
    shelf.change("flows/toy.take.yaml", "link: lms}", "link: lsm}")
    shelf.change("kk/steps/toy.yaml", "toy.again.1", "toy.again.2")
    shelf.write(shelf.po("ru"), b"\xff")
    found = "\n".join(problems(shelf, operator))
    assert f"{operator}:1: help_desk.claim_minutes: 0 is under 0.01" in found
    assert "link: lsm is not known; is lms meant?" in found
    assert "toy.again.1: has no words in content/kk/steps; is toy.again.2 meant?" in found
    assert "content/ru/LC_MESSAGES/emtihan.po:1: is not UTF-8 text" in found


def test_load__a_trouble_of_the_operator_needs_its_name(shelf, tmp_path):
    operator = tmp_path / "operator.yaml"
    operator.write_text("force_majeure:\n  troubles: [flood, other]\n")
    assert problems(shelf, operator) == [
        f"{operator}:2: force_majeure.troubles: "
        f"flood has no name, message trouble.flood in language {language}"
        for language in ("kk", "ru")
    ]


def test_load__a_number_that_a_text_names_may_not_be_silent(shelf, tmp_path):
    operator = tmp_path / "operator.yaml"
    operator.write_text("kinds: {written: {duration_minutes: null}}\n")
    line = shelf.line("flows/toy.take.yaml", "id: toy.written.take.1")
    assert problems(shelf, operator) == [
        f"content/flows/toy.take.yaml:{line}: toy.written.take.1: "
        "{duration} of its text has no value for written"
    ]


def name_a_figure(shelf, path):
    """The first step's text names a value of the policy."""
    shelf.change("flows/toy.take.yaml", "clause: TOY 5,", f"clause: TOY 5, figures: {{n: {path}}},")
    for language in ("kk", "ru"):
        shelf.change(f"{language}/steps/toy.yaml", "{duration}.", "{duration}. {n}.")


def test_load__a_step_fills_its_text_from_the_policy(shelf):
    name_a_figure(shelf, "kinds.written.attempts")
    content = load("toy", root=shelf.root)
    assert content.words.placeholders("ru", "toy.written.take.1") == {"duration", "n"}
    assert content.policy.leaves["kinds.written.attempts"].value == 1
    shelf.change("ru/steps/toy.yaml", "Загрузите лист ответа.", "Загрузите лист ответа {n}.")
    assert any("text: {n} is not known here" in problem for problem in problems(shelf))


@pytest.mark.parametrize("path", ["kinds.written.questions", "kinds.written.atempts"])
def test_load__a_figure_of_a_step_needs_its_value_in_the_policy(shelf, path):
    name_a_figure(shelf, path)
    line = shelf.line("flows/toy.take.yaml", "id: toy.written.take.1")
    told = f"content/flows/toy.take.yaml:{line}: toy.written.take.1: {{n}} of its text has no value"
    assert problems(shelf) == [f"{told}, {path} of the policy"]


BAD_WORDS = {
    "no words": (
        "toy.again.1",
        "toy.agan.1",
        "toy.again.1: has no words in content/ru/steps; is toy.agan.1 meant?",
    ),
    "no title": ("title: Снова, ", "", "toy.again.1: title: must be a text"),
    "empty text": ("text: Повторите", "text: ''", "toy.again.1: text: must be a text"),
    "number": ("text: Повторите", "text: 5", "toy.again.1: text: must be a text, in quotes if it looks like"),
    "flag": ("text: Повторите", "text: yes", "toy.again.1: text: must be a text"),
    "list": ("text: Повторите", "text: [Повторите]", "toy.again.1: text: must be a text"),
    "key": (
        "text: Повторите",
        "text: Повторите, titel: x",
        "toy.again.1: titel is not known here; is title meant?",
    ),
    "no at_exam": (
        '  at_exam: "Срок: {time}"\n',
        "",
        "toy.written.take.2: at_exam: is missing, the step is bound to",
    ),
    "no at_kind": ('  at_kind: "До конца: {left}"\n', "", "toy.written.take.2: at_kind: is missing"),
    "no time": ("Срок: {time}", "Срок", "toy.written.take.2: at_exam: must hold {time}"),
    "no moment": ("text: Повторите", "text: x, at_exam: 'В {time}'", "toy.again.1: at_exam: is not needed"),
    "placeholder": (
        "Повторите",
        "'Повторите {time}'",
        "text: {time} is not known here, it may hold {duration}",
    ),
    "in a title": (
        "title: Снова",
        "title: 'Снова {duration}'",
        "title: {duration} is not known here, it holds no",
    ),
    "brace": ("Повторите", "'Повторите {'", "toy.again.1: text: its braces are not placeholders"),
    "format": (
        "Повторите",
        "'Повторите {duration:>9}'",
        "toy.again.1: text: its braces are not placeholders",
    ),
    "attribute": (
        "Повторите",
        "'{duration.__class__}'",
        "toy.again.1: text: its braces are not placeholders",
    ),
    "not a mapping": ("{title: Снова, text: Повторите}", "Снова", "toy.again.1: title: must be a text"),
}


@pytest.mark.parametrize("name", BAD_WORDS)
def test_load__bad_words(shelf, name):
    old, new, expected = BAD_WORDS[name]
    shelf.change("ru/steps/toy.yaml", old, new)
    found = problems(shelf)
    assert any(expected in problem for problem in found), found


def test_load__words_may_stand_in_several_files(shelf):
    shelf.change("ru/steps/toy.yaml", "toy.again.1: {title: Снова, text: Повторите}\n", "")
    shelf.write("ru/steps/toy.again.yaml", "toy.again.1: {title: Снова, text: Повторите}\n")
    assert load("toy", root=shelf.root).words.step("ru", "toy.again.1").title == "Снова"
    shelf.add("ru/steps/toy.yaml", "toy.again.1: {title: Снова, text: Повторите}\n")
    assert any(
        "toy.again.1: is given twice, first in content/ru/steps/toy.yaml" in p for p in problems(shelf)
    )


def test_load__a_note_without_words(shelf):
    (shelf.root / "kk/steps/notes.yaml").unlink()
    found = problems(shelf)
    assert "content/kk/steps/notes.yaml: cannot be read: No such file or directory" in found
    assert "content/flows/toy.take.yaml:2: second: has no words in content/kk/steps" in found


def third(shelf, code="tr"):
    for name in ("steps/toy.yaml", "steps/notes.yaml"):
        shelf.write(f"{code}/{name}", (shelf.root / "ru" / name).read_text("utf-8"))
    shelf.write(shelf.po(code), shelf.catalogue(code, like="ru"))


@pytest.mark.parametrize("code", ["tr", "qq", "en"])
def test_load__a_third_language_is_a_folder(shelf, code):
    third(shelf, code)
    content = load("toy", root=shelf.root)
    assert content.languages == ("kk", "ru", code)
    assert content.words.step(code, "toy.again.1").title == "Снова"
    assert content.catalogue.text(code, "button.go") == "Дальше"
    assert content.catalogue.plural(code, "minutes", 1) == "1 минута"
    assert check(shelf.root) == []


def test_load__a_third_language_must_be_whole(shelf):
    third(shelf)
    shelf.change("tr/steps/toy.yaml", "toy.again.1", "toy.other.1")
    assert any("toy.again.1: has no words in content/tr/steps" in problem for problem in problems(shelf))
