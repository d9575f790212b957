"""`emtihan preview`: what an editor sees of a step or a rule."""

import pytest

from bot.cli.preview import Thing, preview
from bot.errors import ContentError


@pytest.fixture(autouse=True)
def _profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMTIHAN_PROFILE", "ayu")


def flat(text: str) -> str:
    """What was printed, without the frames and where the lines were broken."""
    return " ".join(text.replace("│", " ").split())


def test_preview__a_rule_in_every_language(capsys: pytest.CaptureFixture[str]) -> None:
    preview(Thing.RULE, "ayu.appeal.window")
    shown = flat(capsys.readouterr().out)
    assert "Апелляция беру мерзімі" in shown
    assert "Время на апелляцию: 48 часов." in shown
    assert shown.count("AYU 5.1.10") == 2
    assert "Не помогло" in shown


def test_preview__a_rule_in_one_language(capsys: pytest.CaptureFixture[str]) -> None:
    preview(Thing.RULE, "ayu.appeal.window", lang="ru")
    shown = flat(capsys.readouterr().out)
    assert "Срок подачи апелляции" in shown
    assert "Апелляция беру мерзімі" not in shown


def test_preview__a_step_with_its_buttons(capsys: pytest.CaptureFixture[str]) -> None:
    preview(Thing.STEP, "ayu.written.take.5", lang="ru")
    shown = flat(capsys.readouterr().out)
    assert "AYU 5.2.3 take 5" in shown
    assert "✅ Сделано" in shown


def test_preview__a_rule_of_another_university(capsys: pytest.CaptureFixture[str]) -> None:
    preview(Thing.RULE, "ukgu.test.pass", lang="ru")
    assert "UKGU T5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("thing", "name", "lang", "said"),
    [
        (
            Thing.RULE,
            "ayu.apeal.window",
            None,
            "there is no rule ayu.apeal.window; is ayu.appeal.window meant?",
        ),
        (Thing.STEP, "ayu.writen.take.5", None, "is ayu.written.take.5 meant?"),
        (Thing.RULE, "ayu.appeal.window", "en", "there is no language en"),
    ],
)
def test_preview__what_is_not_there(thing: Thing, name: str, lang: str | None, said: str) -> None:
    with pytest.raises(ContentError, match=said.replace("?", r"\?")):
        preview(thing, name, lang)
