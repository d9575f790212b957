"""Troubleshooting trees: enough of them, true for the university they are shown at, harmless to an exam."""

from pathlib import Path

import pytest
import yaml

from bot.library.content import CONTENT

DEVICES = ("android", "iphone", "windows", "mac")
PROFILES = ("ayu", "ukgu", "kazmkpu", "kaznmu", "ministry")
LANGUAGES = ("kk", "ru")
SITES = {"dot.ayu.edu.kz": "ayu", "portal.ukgu.kz": "ukgu", "univer.kazmkpu.kz": "kazmkpu"}
PROMISED_PROBLEMS, PROMISED_FIXES = 70, 270


def read(path: Path) -> dict:
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)


def merged(folder: str, key: str) -> dict:
    return {
        name: told for path in (CONTENT / folder).glob("*.yaml") for name, told in read(path)[key].items()
    }


PROBLEMS = merged("trees", "problems")
FIXES = {language: merged(f"{language}/trees", "fixes") for language in LANGUAGES}
RISKS = read(Path(__file__).parent / "trees.yaml")
STEPS = [
    (problem, step if isinstance(step, dict) else {"id": step})
    for problem, told in PROBLEMS.items()
    for step in told["fixes"]
]


def texts(language: str, fix: str) -> list[str]:
    told = FIXES[language][fix]["text"]
    return [text.lower() for text in (told.values() if isinstance(told, dict) else [told])]


def test_trees__are_as_many_as_promised():
    assert len(PROBLEMS) >= PROMISED_PROBLEMS
    assert {step["id"] for _, step in STEPS} == set(FIXES["kk"]) == set(FIXES["ru"])
    assert len(FIXES["kk"]) >= PROMISED_FIXES


@pytest.mark.parametrize("profile", PROFILES)
def test_trees__give_two_ways_at_least_on_every_device_everywhere(profile):
    few = {
        (problem, device)
        for problem, told in PROBLEMS.items()
        for device in told.get("devices", DEVICES)
        if sum(
            device in step.get("devices", DEVICES) and profile in step.get("profiles", PROFILES)
            for owner, step in STEPS
            if owner == problem
        )
        < 2
    }
    assert few == set()


def test_trees__what_one_university_rules_is_shown_only_there():
    cited = [(problem, step) for problem, step in STEPS if "clause" in step]
    assert cited
    for problem, step in cited:
        assert step.get("profiles") == [step["clause"].split()[0].lower()], f"{problem}: {step}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_trees__a_universitys_site_is_named_only_there(language):
    for problem, step in STEPS:
        for site, profile in SITES.items():
            if any(site in text for text in texts(language, step["id"])):
                assert step.get("profiles") == [profile], f"{problem}: {step['id']} names {site}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_trees__what_ends_a_call_or_a_test_says_so(language):
    risks = RISKS[language]
    silent = [
        (fix, text)
        for fix in FIXES[language]
        for text in texts(language, fix)
        if fix not in RISKS["harmless"]
        and any(word in text for word in risks["ends"])
        and not any(word in text for word in risks["warns"])
    ]
    assert silent == []


def test_trees__harmless_ones_are_still_here():
    assert set(RISKS["harmless"]) <= set(FIXES["kk"])
