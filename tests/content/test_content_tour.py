"""The demo's tour: every step has its words, its phone, and buttons that really exist."""

import pytest
import yaml

import handlers
from bot.errors import ContentError
from bot.library.content import CONTENT
from bot.library.tour import load_tour

LANGUAGES = ("kk", "ru")


def test_tour__is_whole_and_its_phones_lie_on_the_table():
    tour = load_tour(LANGUAGES)
    table = {row["id"] for row in yaml.safe_load((CONTENT / "demo" / "phones.yaml").read_text("utf-8"))}
    assert len(tour.steps) > 15
    for step in tour.steps:
        assert {step.phone, *(cue.phone for cue in step.cues if cue.phone)} <= table, step.id
        for title, text in (words.steps[step.id] for words in tour.words.values()):
            assert len(title) <= 40, title
            assert len(text) <= 180, text


def test_tour__taps_and_commands_are_the_programs_own():
    for step in load_tour(LANGUAGES).steps:
        for cue in step.cues:
            if cue.do == "tap":
                assert cue.what.split(":")[0].removesuffix(".*") in handlers.TAPS, cue
            if cue.do == "send":
                assert cue.what.split()[0].removeprefix("/") in handlers.COMMANDS, cue


def test_tour__what_is_missing_is_named(tmp_path):
    for name in ("demo", "kk"):
        (tmp_path / name).mkdir()
    steps = "steps:\n  - {id: a, phone: S1, until: x, cues: [{say: hello}]}\n"
    (tmp_path / "demo" / "tour.yaml").write_text(steps, "utf-8")
    (tmp_path / "kk" / "tour.yaml").write_text("steps: {}\nsay: {}\n", "utf-8")
    with pytest.raises(ContentError) as refused:
        load_tour(["kk"], tmp_path)
    assert "needs a title" in str(refused.value)
    assert "say holds exactly hello" in str(refused.value)
