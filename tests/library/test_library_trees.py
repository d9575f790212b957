"""Trees of troubleshooting: whole, in both languages, small enough for a phone, each ending with a person."""

import pytest

from bot.library.check import check
from bot.library.content import CONTENT, load
from bot.library.trees import load_trees
from bot.library.yamlfiles import Reader

TREE = """
platform: zoom
group: conference
problems:
  zoom.no_entry:
    urgent: true
    fixes:
      - zoom.check_link
      - {id: zoom.update_app, devices: [android, iphone]}
    leads_to: [zoom.no_sound]
  zoom.no_sound:
    profiles: [toy]
    clause: TOY 5
    fixes: [zoom.update_app]
"""
WORDS = {
    "kk": """
title: Zoom
problems:
  zoom.no_entry: {title: Кіре алмай тұрмын, ask: Сілтеме ашыла ма?, words: [кірмейді, ашылмайды]}
  zoom.no_sound: {title: Дыбыс жоқ, ask: Не естисіз?, words: [естілмейді, дыбыссыз]}
fixes:
  zoom.check_link: {title: Сілтемені тексеріңіз, text: Сілтемені басыңыз., say: Сілтемені басыңыз}
  zoom.update_app:
    title: Жаңартыңыз
    text: {android: Дүкенді ашыңыз., iphone: App Store ашыңыз., windows: Өзін ашыңыз., mac: Өзін ашыңыз.}
""",
    "ru": """
title: Zoom
problems:
  zoom.no_entry: {title: Не могу войти, ask: Открывается ли ссылка?, words: [не пускает, не открывается]}
  zoom.no_sound: {title: Нет звука, ask: Что Вы слышите?, words: [не слышно, без звука]}
fixes:
  zoom.check_link: {title: Проверьте ссылку, text: Нажмите ссылку в карточке., say: Нажмите ссылку}
  zoom.update_app:
    title: Обновите
    text: {android: Откройте магазин., iphone: Откройте App Store., windows: Откройте., mac: Откройте.}
""",
}


@pytest.fixture
def grove(shelf):
    shelf.write("trees/zoom.yaml", TREE)
    for language, text in WORDS.items():
        shelf.write(f"{language}/trees/zoom.yaml", text)
    return shelf


def loaded(shelf, profile="toy"):
    reader = Reader(shelf.root)
    trees = load_trees(reader, profile, ("kk", "ru"))
    assert reader.problems == []
    return trees


def test_trees__whole_ones_are_accepted(grove):
    assert check(grove.root) == []


def test_trees__are_read_with_their_words(grove):
    trees = loaded(grove)
    assert trees.groups() == ["conference"]
    problem = trees.problems["zoom.no_entry"]
    assert (problem.urgent, problem.leads_to) == (True, ("zoom.no_sound",))
    assert [fix.id for fix in problem.fixes] == ["zoom.check_link", "zoom.update_app"]
    assert trees.problem("ru", "zoom.no_entry").title == "Не могу войти"
    assert trees.fix("ru", "zoom.update_app").on("iphone") == "Откройте App Store."
    assert trees.fix("kk", "zoom.check_link").spoken("mac") == "Сілтемені басыңыз"
    assert trees.needs_device("ru", problem)


def test_trees__a_problem_of_another_university_is_left_out(grove):
    grove.change("trees/zoom.yaml", "leads_to: [zoom.no_sound]", "leads_to: []")
    assert list(loaded(grove, "other").problems) == ["zoom.no_entry"]


def test_trees__of_no_device_named_tells_every_way(grove):
    assert loaded(grove).fix("ru", "zoom.update_app").on("").count("Откройте") == 3


MAIN, KK, RU = "trees/zoom.yaml", "kk/trees/zoom.yaml", "ru/trees/zoom.yaml"
SPOILT = {
    "no fix on a device": (MAIN, "      - zoom.check_link\n", "", "zoom.no_entry: has no fix on windows"),
    "leads nowhere": (MAIN, "[zoom.no_sound]", "[zoom.nosound]", "is no other problem; is zoom.no_sound"),
    "device": (MAIN, "iphone]", "ipone]", "devices: ipone is not known; is iphone meant?"),
    "group": (MAIN, "group: conference", "group: video", "group: must be one of conference"),
    "platform": (MAIN, "platform: zoom", "platform: zum", "platform: must be zoom"),
    "key": (MAIN, "urgent: true", "urgnt: true", "urgnt is not known here; is urgent meant?"),
    "not used": (MAIN, "- zoom.check_link", "- zoom.update", "zoom.check_link: no problem uses this fix"),
    "no words": (
        MAIN,
        "- zoom.check_link",
        "- zoom.check_url",
        "zoom.check_url: has no words in content/kk/trees",
    ),
    "long text": (RU, "Нажмите ссылку в карточке.", "я" * 351, "text: has 351 letters, over 350"),
    "long title": (KK, "title: Дыбыс жоқ", f"title: {'ы' * 41}", "title: has 41 letters, over 40"),
    "markup": (RU, "Нажмите ссылку в карточке.", "'<b>Нажмите</b>'", "without HTML or Markdown"),
    "one way to say": (RU, "[не слышно, без звука]", "[не слышно]", "1 ways to say it"),
    "clause": (MAIN, "TOY 5", "TOY five", "clause TOY five"),
    "missing in a language": (KK, ", say: Сілтемені басыңыз", "", "say: is missing in kk/trees/zoom.yaml"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_trees__what_is_wrong_is_told(grove, case):
    name, old, new, told = SPOILT[case]
    grove.change(name, old, new)
    found = check(grove.root)
    assert any(told in problem for problem in found), found


@pytest.mark.parametrize("profile", ["ayu", "ukgu", "kazmkpu", "kaznmu", "ministry"])
def test_trees__of_the_product_load_for_every_university(profile):
    trees = load(profile).trees
    for problem in trees.problems.values():
        for language in ("kk", "ru"):
            assert trees.problem(language, problem.id).title
            assert all(trees.fix(language, fix.id).title for fix in problem.fixes)
    assert CONTENT.is_dir()
