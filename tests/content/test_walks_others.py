"""The walks of the other four sources: every row of theirs is there, with its clause and its numbers."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest

from bot.rules import walk
from bot.rules.vocabulary import ExamKind, Role
from bot.rules.walk import START, WalkView
from bot.views import walks as views
from bot.views.speech import Speakers
from tests.support.clock import local
from tests.support.contents import loaded

PREFIX = {"ukgu": "UKGU ", "kazmkpu": "KAZMKPU ", "kaznmu": "KAZNMU ", "ministry": "MIN "}
# Rows by (kind, phase): the step lists of the sources, and what a student may apply for (phase procedure).
ROWS = {
    "ukgu": {
        ("test", "take"): [13],
        ("oral", "take"): [15],
        ("creative", "take"): [14],
        ("oral", "conduct"): [6],
        ("creative", "conduct"): [6],
        ("oral", "proctor"): [4],
        ("creative", "proctor"): [3],
    },
    "kazmkpu": {
        ("test", "take"): [7],
        ("oral", "take"): [7],
        ("written", "take"): [7],
        ("thesis_defence", "take"): [5],
        ("complex_exam", "take"): [5],
        ("", "procedure"): [18, 5, 4, 3, 3],
        ("", "conduct"): [6],
    },
    "kaznmu": {
        ("written", "take"): [8],
        ("written", "prep"): [16],
        ("written", "after"): [13],
        ("written", "sop"): [12],
    },
    "ministry": {
        ("thesis_defence", "take"): [12],
        ("complex_exam", "take"): [11],
        ("thesis_defence", "secretary"): [14],
        ("complex_exam", "secretary"): [14],
        ("", "procedure"): [7, 5, 4, 5, 4, 3],
    },
}
PROCEDURES = {
    "kazmkpu": ["session", "individual_schedule", "retake", "practice", "distance_study"],
    "ministry": ["attestation", "postponement", "incomplete", "summative", "repeat_study", "absence"],
}
ACTORS = {
    "take": "student",
    "procedure": "student",
    "prep": "staff",
    "after": "staff",
    "sop": "staff",
    "conduct": {"ukgu": "examiner", "kazmkpu": "staff"},
    "proctor": "proctor",
    "secretary": "secretary",
}
# Moments of a walk's steps, by the step's own number.
MOMENTS = {
    "ukgu.test.take": {3: "end", 6: "join", 8: "start"},
    "ukgu.oral.take": {2: "join", 7: "entry"},
    "ukgu.creative.take": {4: "videos", 2: "join", 7: "entry"},
    "ukgu.oral.conduct": {1: "join", 6: "entry"},
    "ukgu.creative.conduct": {1: "videos", 2: "join", 6: "entry"},
    "ukgu.oral.proctor": {1: "start"},
    "ukgu.creative.proctor": {1: "start"},
    "kazmkpu.test.take": {3: "join", 4: "start", 5: "end"},
    "kazmkpu.oral.take": {3: "join", 4: "start", 5: "end"},
    "kazmkpu.written.take": {3: "join", 4: "start", 5: "end"},
    "kazmkpu.thesis_defence.take": {1: "start"},
    "kazmkpu.complex_exam.take": {1: "start"},
    "kaznmu.written.take": {3: "join", 4: "start", 6: "end"},
    "kaznmu.written.prep": {9: "materials", 11: "tickets", 12: "examiners"},
    "kaznmu.written.after": {2: "checked", 3: "review", 7: "end", 11: "sheet", 12: "export"},
    "kaznmu.written.sop": {7: "checked", 9: "sheet", 10: "export", 11: "end"},
    "ministry.thesis_defence.take": {3: "start", 4: "identification", 5: "start"},
    "ministry.complex_exam.take": {3: "start", 4: "identification", 5: "start"},
    "ministry.thesis_defence.secretary": {4: "identification", 5: "identification", 6: "start", 7: "start"},
}
# Hours from the exam's start or end.
HOURS = {
    ("ukgu", "creative", "videos"): ("start", -48),
    ("ukgu", "oral", "entry"): ("end", 0),
    ("ukgu", "creative", "entry"): ("end", 0),
    ("kaznmu", "written", "materials"): ("start", -48),
    ("kaznmu", "written", "examiners"): ("start", -48),
    ("kaznmu", "written", "tickets"): ("start", -24),
    ("kaznmu", "written", "review"): ("end", 72),
    ("kaznmu", "written", "checked"): ("end", 72),
    ("kaznmu", "written", "sheet"): ("end", 72),
    ("kaznmu", "written", "export"): ("end", 72),
    ("ministry", "thesis_defence", "identification"): ("start", -0.5),
    ("ministry", "complex_exam", "identification"): ("start", -0.5),
}
# The number, and the clause that says it.
FIGURES = {
    "ukgu": {
        "kinds.test.questions": (20, "UKGU T2"),
        "kinds.test.duration_minutes": (40, "UKGU T3"),
        "kinds.test.admission_points_max": (60, "UKGU T4"),
        "kinds.test.exam_points_max": (40, "UKGU T4"),
        "kinds.test.exam_points_pass": (26, "UKGU T5"),
        "kinds.test.points_per_correct": (2, "UKGU T5"),
        "grading.scale_points": (100, "UKGU T5"),
        "force_majeure.resume_hours_test": (3, "UKGU T8"),
        "force_majeure.resume_same_day_test": (True, "UKGU T8"),
        "force_majeure.resume_keeps_score_test": (True, "UKGU T9"),
        "force_majeure.resume_keeps_time_test": (True, "UKGU T9"),
        "kinds.oral.talk_minutes_student": ((10, 15), "UKGU O5"),
        "kinds.creative.talk_minutes_student": ((10, 15), "UKGU C4"),
        "kinds.oral.resume_within": ("control_period", "UKGU O10"),
        "kinds.creative.resume_within": ("control_period", "UKGU C10"),
        "appeals.interim.form": ("online_screenshot", "UKGU T11"),
        "retention.recordings_kept": ("until_needed", "UKGU O1; C1; C8"),
    },
    "kazmkpu": {
        "grading.scale_points": (100, "KAZMKPU 5.3.4"),
        "calendar.midterm_controls": (1, "KAZMKPU 5.3.3"),
        "calendar.semesters": (2, "KAZMKPU 5.2.7"),
        "retake.fx_attempts": (1, "KAZMKPU 5.3.18"),
        "retake.f_repeats_course": (True, "KAZMKPU 5.3.19"),
        "retake.failures_before_summer": (None, "KAZMKPU 5.3.12"),
        "individual_schedule.grounds": (("illness", "service", "family"), "KAZMKPU 5.3.10"),
        "practice.exemption_documents": (3, "KAZMKPU 5.3.23"),
        "distance_study.categories": (6, "KAZMKPU 5.1.3"),
        "distance_study.trip_months_over": (2, "KAZMKPU 5.1.3(6)"),
        "final_attestation.mode": ("in_person", "KAZMKPU 5.3.25"),
        "conduct.blocked_camera_is_violation": (True, "KAZMKPU App A"),
    },
    "kaznmu": {
        "kinds.written.questions_credits_1": (10, "KAZNMU 3"),
        "kinds.written.questions_credits_3_plus": (40, "KAZNMU 3"),
        "kinds.written.tickets_per_day": ((10, 20), "KAZNMU 5.1"),
        "kinds.written.question_list_discussed_months": (2, "KAZNMU 3"),
        "kinds.written.question_list_approved_months": (2, "KAZNMU proc 1"),
        "kinds.written.question_list_approved_months_least": (1, "KAZNMU 3"),
        "kinds.written.checkers_discussed_months": (2, "KAZNMU 4"),
        "kinds.written.commission_approved_months": (2, "KAZNMU proc 2"),
        "kinds.written.proctors_approved_weeks": (1, "KAZNMU proc 3"),
        "kinds.written.timetable_approved_weeks": (2, "KAZNMU proc 4"),
        "kinds.written.timetable_approved_weeks_summer": (1, "KAZNMU proc 4"),
        "retention.recordings_months": (3, "KAZNMU 5.7"),
        "kinds.written.proctor_review_days": (3, "KAZNMU 5.7(2)"),
        "kinds.written.checking_works_limit": (300, "KAZNMU 5.17"),
        "kinds.written.checking_days_within_limit": (3, "KAZNMU 5.17"),
        "kinds.written.checking_days_above_limit": (5, "KAZNMU 5.17"),
        "kinds.written.sheet_days": ((3, 5), "KAZNMU proc 9; proc 10"),
        "kinds.written.act_commission_min": (3, "KAZNMU 5.8"),
    },
    "ministry": {
        "appeals.interim.window_working_days": (2, "MIN 64"),
        "appeals.final.window_working_days": (2, "MIN 64"),
        "appeals.final.sitting_working_days": (2, "MIN 66"),
        "appeals.final.result_working_days": (1, "MIN 67"),
        "appeals.final.commission_odd": (True, "MIN 65"),
        "appeals.final.commission_excludes": (("commission_member", "administration"), "MIN 65"),
        "final_attestation.sitting_hours_max_per_day": (5, "MIN 21"),
        "kinds.thesis_defence.identification_lead_minutes": (30, "MIN 42"),
        "kinds.thesis_defence.talk_minutes_student": ((7, 10), "MIN 32"),
        "kinds.thesis_defence.total_minutes_max": (15, "MIN 33"),
        "kinds.complex_exam.written_academic_hours_min": (2, "MIN 37"),
    },
}
SILENT = {
    "ukgu": ["kinds.test.attempts", "kinds.oral.duration_minutes", "retention.recordings_days"],
    "kazmkpu": [
        "kinds.test.duration_minutes",
        "kinds.test.attempts",
        "kinds.thesis_defence.total_minutes_max",
    ],
    "kaznmu": [
        "kinds.written.duration_minutes",
        "kinds.written.questions_credits_2",
        "appeals.interim.window_working_days",
    ],
    "ministry": ["retention.recordings_days", "retention.voting_data_days"],
}
SCREEN_LETTERS = 700
NOW = local("2026-12-21 09:00")


@pytest.fixture(scope="module")
def contents():
    return {profile: loaded(profile) for profile in PREFIX}


def number(step):
    return int(step.id.rpartition(".")[2])


def own(content):
    """The walks out of the profile's own source."""
    return [algorithm for algorithm in content.algorithms.values() if not algorithm.general]


@pytest.mark.parametrize("profile", ROWS)
def test_rows__are_those_of_the_source(contents, profile):
    found: dict[tuple[str, str], list[int]] = {}
    for algorithm in own(contents[profile]):
        found.setdefault((algorithm.kind, algorithm.phase), []).append(len(algorithm.steps))
        actor = ACTORS[algorithm.phase]
        assert algorithm.actor == (actor[profile] if isinstance(actor, dict) else actor)
    assert found == ROWS[profile]


@pytest.mark.parametrize("profile", ROWS)
def test_walks__are_the_profiles_own_and_cite_its_source(contents, profile):
    for algorithm in own(contents[profile]):
        assert algorithm.id.startswith(f"{profile}.")
        assert not algorithm.fm_clause or algorithm.fm_clause.startswith(PREFIX[profile])
        for step in algorithm.steps:
            assert step.id.startswith(f"{profile}.")
            assert step.clause.startswith(PREFIX[profile])


@pytest.mark.parametrize(
    ("kind", "letter", "items"), [("test", "T", 13), ("oral", "O", 15), ("creative", "C", 14)]
)
def test_ukgu__every_item_once_and_cited_by_its_number(contents, kind, letter, items):
    steps = contents["ukgu"].algorithms[f"ukgu.{kind}.take"].steps
    assert sorted(map(number, steps)) == list(range(1, items + 1))
    assert all(step.clause.split(";")[0] == f"UKGU {letter}{number(step)}" for step in steps)


def test_ukgu__the_hours_of_a_test_are_said_of_no_other_exam(contents):
    content = contents["ukgu"]
    for language in content.languages:
        test = content.words.placeholders(language, "ukgu.test.take.8")
        assert test == {"resume"}
        for step in (
            "ukgu.oral.take.10",
            "ukgu.oral.take.11",
            "ukgu.creative.take.10",
            "ukgu.creative.take.11",
        ):
            words = content.words.step(language, step)
            assert not re.search(r"\d|\{", words.title + words.text)


def test_kaznmu__the_procedure_has_its_twelve_rows_in_order(contents):
    steps = contents["kaznmu"].algorithms["kaznmu.written.sop"].steps
    assert [step.clause.split(";")[0] for step in steps] == [f"KAZNMU proc {row}" for row in range(1, 13)]


def test_kaznmu__every_clause_of_the_sop_is_somewhere(contents):
    cited = "; ".join(step.clause for a in own(contents["kaznmu"]) for step in a.steps)
    parts = {part.strip().removeprefix("KAZNMU ") for part in cited.split(";")}
    said = {part.split("(")[0] for part in parts}
    # 2 says what a written exam is: the kind itself.
    assert {"1", "3", "4", *(f"5.{n}" for n in range(1, 20))} <= said


def test_kazmkpu__every_clause_on_exams_is_somewhere_but_the_missing_one(contents):
    cited = "; ".join(step.clause for a in contents["kazmkpu"].algorithms.values() for step in a.steps)
    parts = {part.strip().removeprefix("KAZMKPU ").split("(")[0] for part in cited.split(";")}
    assert {f"5.3.{n}" for n in range(1, 34) if n != 9} <= parts
    assert "5.3.9" not in parts


def test_kazmkpu__graduation_borrows_nothing_of_remote_attestation(contents):
    content = contents["kazmkpu"]
    for kind in (ExamKind.THESIS_DEFENCE, ExamKind.COMPLEX_EXAM):
        rules = content.policy.kinds[kind]
        remote = {
            "identification_lead_minutes",
            "alone_in_room",
            "room_shown",
            "recording",
            "talk_minutes_student",
        }
        assert all(rules.figures[name].value is None for name in remote)
        assert rules.figures["uses"].value == ()
        assert not rules.moments["identification"].offers


MINISTRY_ITEMS = (
    "12 13 14 15 16 17 21 22 23 24 25 26 28 29 30 31 32 33 35 36 37 38 39 40 41 42 43 44 45 46 49 50 51 52"
    " 56 57 58 59 60 61 62 63 64 65 66 67 73"
)


def test_ministry__every_item_on_attestation_is_somewhere(contents):
    cited = "; ".join(step.clause for a in contents["ministry"].algorithms.values() for step in a.steps)
    parts = {part.strip().removeprefix("MIN ") for part in cited.split(";")}
    assert set(MINISTRY_ITEMS.split()) <= parts
    assert {"I.1", "I.2", "§10 student"} <= parts
    assert not {"47", "48"} & parts


def test_ministry__walks_stand_where_a_university_is_silent_and_say_whose_they_are(contents):
    for profile in ("ayu", "kazmkpu"):
        assert not [a for a in loaded(profile).algorithms.values() if a.general]
    everything = contents["ministry"].algorithms
    for profile in ("ukgu", "kaznmu"):
        general = [a for a in contents[profile].algorithms.values() if a.general]
        assert {a.id for a in general} == set(everything)
        for algorithm in general:
            assert all(step.clause.startswith("MIN ") for step in algorithm.steps)
            assert not [
                a for a in own(contents[profile]) if (a.kind, a.phase) == (algorithm.kind, algorithm.phase)
            ]


@pytest.mark.parametrize("walk_id", MOMENTS)
def test_moments__steps_on_the_clock_have_theirs(contents, walk_id):
    steps = contents[walk_id.partition(".")[0]].algorithms[walk_id].steps
    assert {number(step): step.event for step in steps if step.event} == MOMENTS[walk_id]


@pytest.mark.parametrize(("profile", "kind", "moment"), HOURS)
def test_moments__fall_where_the_source_says(contents, profile, kind, moment):
    found = contents[profile].policy.kinds[ExamKind(kind)].moments[moment]
    assert (found.anchor, found.offset / dt.timedelta(hours=1)) == HOURS[profile, kind, moment]
    assert (found.clause or "").startswith(PREFIX[profile])


@pytest.mark.parametrize(("profile", "path"), [(p, path) for p, paths in FIGURES.items() for path in paths])
def test_figures__are_those_of_the_source(contents, profile, path):
    found = contents[profile].policy.leaves[path]
    assert (found.value, found.clause) == FIGURES[profile][path]


@pytest.mark.parametrize(("profile", "path"), [(p, path) for p, paths in SILENT.items() for path in paths])
def test_figures__silence_stays_silence(contents, profile, path):
    found = contents[profile].policy.leaves.get(path)
    assert found is None or found.value is None


@pytest.mark.parametrize("profile", ROWS)
def test_steps__a_student_is_offered_the_walks_of_the_profile(contents, profile):
    content = contents[profile]
    shown = walk.offered(content.algorithms.values(), frozenset())
    takes = {kind for kind, phase in ROWS[profile] if phase == "take"}
    of_own = [algorithm for algorithm in shown if not algorithm.general]
    assert {algorithm.kind for algorithm in of_own if algorithm.phase == "take"} == takes
    procedures = [a.id.partition(".")[2] for a in of_own if a.phase == "procedure"]
    assert procedures == PROCEDURES.get(profile, [])
    for kind in takes:
        steps = next(a.steps for a in content.algorithms.values() if (a.kind, a.phase) == (kind, "take"))
        offered = content.policy.kinds[ExamKind(kind)].moments
        for moment in offered.values():
            # What is offered by itself opens the step of that moment, or has a text of its own.
            told = all(content.catalogue.knows(lang, f"due.{moment.id}") for lang in content.languages)
            to_student = bool(moment.offers) and "student" in moment.tell
            assert not to_student or told or walk.bound_to(steps, moment.id) is not None


@pytest.mark.parametrize("profile", ROWS)
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_screens__every_step_can_be_shown_to_every_reader(contents, profile, language):
    content = contents[profile]
    voice = Speakers(content.catalogue, content.words, ZoneInfo("Asia/Almaty"))[language]
    everybody = frozenset(Role)
    names = views.kinds(voice, walk.offered(content.algorithms.values(), frozenset()), [], by_staff=False)
    labels = [button.label for row in names.rows for button in row]
    assert len(set(labels)) == len(labels)
    assert views.duties(voice, walk.duties(content.algorithms.values(), everybody), [])
    for algorithm in content.algorithms.values():
        for position in range(len(algorithm.steps)):
            place = walk.go(START, position, len(algorithm.steps))
            screen = views.step(voice, content.policy, WalkView(algorithm, place, None), NOW)
            assert "{" not in screen.text
            letters = len(re.sub(r"<[^>]*>", "", screen.text))
            assert letters <= SCREEN_LETTERS, (algorithm.steps[position].id, letters)
        assert views.whole_list(voice, WalkView(algorithm, START, None)).rows


SPOKEN = [
    ("ukgu", "ukgu.test.take", 8, "Оған берілетін уақыт: 3 сағат.", "На это даётся: 3 часа."),
    ("ukgu", "ukgu.test.take", 5, "Керегі кемінде 26 балл", "не меньше: 26. Наибольший балл: 40."),
    ("ukgu", "ukgu.oral.take", 5, "Жауап беру уақыты: 10–15 минут.", "Время на ответ: 10–15 минут."),
    ("kaznmu", "kaznmu.written.take", 7, "ең көбі: 3 ай.", "самое большее: 3 месяца."),
    ("kaznmu", "kaznmu.written.prep", 11, "нұсқа саны: 10–20.", "экзамена: 10–20."),
    ("kaznmu", "kaznmu.written.prep", 6, "Жазғы сессияда: 1 апта.", "Для летней сессии: 1 неделя."),
    ("kaznmu", "kaznmu.written.after", 2, "300 не одан аз болса, мерзімі: 3 күн.", "не больше 300: 3 дня."),
    ("kaznmu", "kaznmu.written.after", 11, "мерзімі: 3–5 күн.", "Срок после экзамена: 3–5 дней."),
    ("kazmkpu", "kazmkpu.retake", 1, "ең көбі: 1.", "самое большее: 1."),
    ("ministry", "ministry.complex_exam.take", 8, "2 академиялық сағат.", "2 академических часа."),
    ("ministry", "ministry.attestation", 7, "кемінде: 2 жұмыс күні.", "не меньше: 2 рабочих дня."),
    ("ministry", "ministry.attestation", 7, "мерзім: 1 жұмыс күні.", "Срок ответа: 1 рабочий день."),
]  # fmt: skip


@pytest.mark.parametrize(("profile", "walk_id", "step", "kk", "ru"), SPOKEN)
def test_screens__numbers_come_out_of_the_policy_with_their_unit(contents, profile, walk_id, step, kk, ru):
    content = contents[profile]
    voices = Speakers(content.catalogue, content.words, ZoneInfo("Asia/Almaty"))
    algorithm = content.algorithms[walk_id]
    position = [number(found) for found in algorithm.steps].index(step)
    view = WalkView(algorithm, walk.go(START, position, len(algorithm.steps)), None)
    for language, said in (("kk", kk), ("ru", ru)):
        assert said in views.step(voices[language], content.policy, view, NOW).text
