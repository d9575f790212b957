"""/steps of every university, kind of exam and role: no screen is empty or says what is not so."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from bot.library.content import Content, profiles
from bot.rules import walk
from bot.rules.exams import ExamBrief, Span
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.rules.walk import START, WalkView
from bot.views import walks
from bot.views.screen import DATA_LIMIT, TEXT_LIMIT, Screen
from bot.views.speech import Speakers, Speech
from tests.support.contents import loaded

NOW = dt.datetime(2026, 12, 21, 5, 0, tzinfo=dt.UTC)
PHONES = ("+7 700 000 00 00",)
READERS: tuple[frozenset[Role], ...] = (frozenset(), *(frozenset({role}) for role in Role))
GRADUATION = (ExamKind.THESIS_DEFENCE, ExamKind.COMPLEX_EXAM)
OWN_FOR_STUDENTS = {
    "ayu": set(ExamKind),
    "ministry": set(GRADUATION),
    "ukgu": {ExamKind.TEST, ExamKind.ORAL, ExamKind.CREATIVE},
    "kazmkpu": {ExamKind.TEST, ExamKind.ORAL, ExamKind.WRITTEN, *GRADUATION},
    "kaznmu": {ExamKind.WRITTEN},
}
GENERAL_FOR_STUDENTS = {"ukgu": set(GRADUATION), "kaznmu": set(GRADUATION)}


@pytest.fixture(scope="module", params=profiles())
def content(request: pytest.FixtureRequest) -> Content:
    return loaded(request.param)


def voices(content: Content) -> list[Speech]:
    return Speakers(content.catalogue, content.words, ZoneInfo("Asia/Almaty")).all()


def an_exam(kind: ExamKind) -> ExamBrief:
    return ExamBrief(
        id=7,
        ext_id="E7",
        subjects={"kk": "Деректер қоры", "ru": "Базы данных"},
        kind=kind,
        attestation=Attestation.FINAL if kind in GRADUATION else Attestation.INTERIM,
        span=Span(NOW, NOW + dt.timedelta(hours=2)),
        meeting_url="https://example.org/meeting",
        lms_url="https://example.org/lms",
        revision=1,
    )


def fits(screen: Screen, voice: Speech) -> None:
    assert screen.text.strip()
    assert "{" not in screen.text
    assert len(screen.text) <= TEXT_LIMIT
    assert screen.rows, screen.text
    for row in screen.rows:
        for button in row:
            assert button.label.strip(), voice.language
            assert button.url or 0 < len(button.data.encode()) <= DATA_LIMIT


def test_kinds__each_has_own_steps_the_ministrys_or_silence(content: Content) -> None:
    profile = content.policy.profile
    own, general = set(), set()
    for kind in ExamKind:
        for algorithm in walk.for_exam(content.algorithms.values(), frozenset(), kind):
            (general if algorithm.general else own).add(kind)
    assert own == OWN_FOR_STUDENTS[profile]
    assert general == GENERAL_FOR_STUDENTS.get(profile, set())


def test_steps__at_every_exam_for_every_role_in_every_language(content: Content) -> None:
    algorithms = content.algorithms.values()
    for voice in voices(content):
        for kind in ExamKind:
            exam = an_exam(kind)
            for roles in READERS:
                mine = walk.for_exam(algorithms, roles, kind)
                if len(mine) > 1:
                    fits(walks.duties_at(voice, exam, mine, NOW), voice)
                if not mine:
                    screen = walks.silent(voice, PHONES, exam, walk.procedures(algorithms), NOW)
                    fits(screen, voice)
                    assert PHONES[0] in screen.text
                for algorithm in mine:
                    assert walk.open_to(algorithm, roles)
                    assert algorithm.kind in ("", kind)
                    view = WalkView(algorithm, START, exam, by_staff=bool(roles))
                    screen = walks.step(voice, content.policy, view, NOW)
                    fits(screen, voice)
                    assert (voice.t("steps.general") in screen.text) is algorithm.general
                    fits(walks.whole_list(voice, view), voice)


def test_choice__is_never_empty_and_names_no_work_of_others(content: Content) -> None:
    algorithms = content.algorithms.values()
    for voice in voices(content):
        for roles in READERS:
            phases = walk.duties(algorithms, roles)
            if phases:
                fits(walks.duties(voice, phases, []), voice)
                for phase in phases:
                    seen = [a for a in walk.offered(algorithms, roles) if a.phase == phase]
                    fits(walks.duty(voice, phase, seen), voice)
            else:
                listed = walk.offered(algorithms, frozenset())
                screen = walks.kinds(voice, listed, [], by_staff=bool(roles))
                fits(screen, voice)
                assert (voice.t("steps.only_students") in screen.text) is bool(roles)


def test_labels__of_one_choice_differ(content: Content) -> None:
    for voice in voices(content):
        for screen in (
            walks.kinds(voice, walk.offered(content.algorithms.values(), frozenset()), [], by_staff=False),
            *(walks.duties(voice, walk.duties(content.algorithms.values(), roles), []) for roles in READERS),
        ):
            labels = [button.label for row in screen.rows for button in row]
            assert len(set(labels)) == len(labels)


def test_trouble__at_every_step_walk_says_whom_to_tell(content: Content) -> None:
    for voice in voices(content):
        for algorithm in content.algorithms.values():
            if algorithm.kind:
                view = WalkView(algorithm, START, None, by_staff=algorithm.actor not in walk.OPEN)
                fits(walks.problem(voice, content.policy, view), voice)
