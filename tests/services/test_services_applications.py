"""Applications: forms as data, drafts, the chain that answers in time, the student told."""

import dataclasses
import datetime as dt
import hashlib
import shutil
from types import SimpleNamespace

import pytest

from bot import wiring
from bot.library.citations import parts
from bot.library.content import CONTENT, load, load_profile, load_rulebook, profiles
from bot.library.forms import read_forms
from bot.library.yamlfiles import Reader
from bot.rules.vocabulary import ExamKind, Role
from bot.services import appealed, applications, exams, forms, served
from bot.services.files import Sent
from tests.exchange.test_exchange_files import pdf
from tests.services.test_services_documents import pdf_text
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.refusals import refused
from tests.support.scenes import scene

LANGUAGES = ("kk", "ru")


@scene
def faculty(hall):
    """A student with an exam ahead, a dean and a registrar."""
    hall.me = hall.student("S1")
    hall.other = hall.student("S2")
    hall.dean = hall.member("D1", Role.DEAN)
    hall.registrar = hall.member("R1", Role.REGISTRAR, language="ru")
    hall.admin = hall.member("A1", Role.ADMIN)
    hall.member("T1", Role.EXAMINER)
    hall.add_exams(exam("E1", local("2026-12-22 09:00"), kind=ExamKind.WRITTEN))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.tick()
    hall.sent()
    return hall


def drafted(hall, form="postponement", reason="no_means"):
    draft = hall.do(forms.begin, hall.me, form)
    if hall.office.forms.spec(form).exam:
        hall.do(forms.choose, hall.me, draft.id, exam_id=hall.exam_id)
    hall.do(forms.choose, hall.me, draft.id, reason=reason)
    hall.do(forms.add, hall.me, draft.id, hall.origin(), text="Ауылда интернет жоқ.")
    return hall.do(forms.draft_of, hall.me, draft.id)


def sent(hall, **wishes):
    draft = drafted(hall, **wishes)
    return hall.do(applications.submit, hall.me, draft.id, draft.stamp, hall.origin())


def test_forms__the_profiles_own_with_their_clause(faculty):
    offered = {spec.id: spec.clause for spec in faculty.do(forms.offered, faculty.me)}
    assert offered == {
        "absence": "AYU 6(4)",
        "postponement": "AYU 5.1.9; 5.1.13",
        "repeat": "MIN 16",
        "summative": "AYU 5.1.12",
    }
    with refused("students_only"):
        faculty.do(forms.offered, faculty.dean)


def test_forms__individual_schedule_is_kazmkpus_alone_and_asks_for_its_documents(sqlite_url):
    with Hall(sqlite_url, profile="kazmkpu") as hall:
        hall.me = hall.student("S1")
        draft = drafted(hall, "schedule", "service")
        assert "билетін" in draft.words["kk"].proofs["service"]
        with refused("form_needs_files") as said:
            hall.do(forms.review, hall.me, draft.id)
        assert said.value.params == {"needed": 1}
        hall.wire.files["t"] = pdf()
        hall.do(forms.add, hall.me, draft.id, hall.origin(), sent=Sent("t", "document", "билет.pdf"))
        hall.tick()
        assert hall.do(forms.review, hall.me, draft.id).files


@pytest.mark.parametrize("missing", ["reason", "exam", "text"])
def test_review__names_what_is_missing(faculty, missing):
    draft = faculty.do(forms.begin, faculty.me, "postponement")
    if missing != "reason":
        faculty.do(forms.choose, faculty.me, draft.id, reason="no_means")
    if missing == "text":
        faculty.do(forms.choose, faculty.me, draft.id, exam_id=faculty.exam_id)
    with refused(f"form_needs_{missing}"):
        faculty.do(forms.review, faculty.me, draft.id)


def test_draft__forged_choices_and_strangers_are_refused(faculty):
    draft = drafted(faculty)
    for code, wish in (
        ("unknown_ground", {"reason": "because"}),
        ("exam_gone", {"exam_id": 999_999}),
    ):
        with refused(code):
            faculty.do(forms.choose, faculty.me, draft.id, **wish)
    for work, *arguments in ((forms.draft_of,), (forms.drop,), (applications.submit, draft.stamp, 1)):
        with refused("draft_gone"):
            faculty.do(work, faculty.other, draft.id, *arguments)
    with refused("form_gone"):
        faculty.do(forms.begin, faculty.me, "schedule")


def test_submit__twice_is_one_and_the_first_of_the_chain_hears(faculty):
    draft = drafted(faculty)
    first = faculty.do(applications.submit, faculty.me, draft.id, draft.stamp, faculty.origin())
    assert faculty.do(applications.submit, faculty.me, draft.id, draft.stamp, faculty.origin()) == first
    faculty.tick()
    faculty.expect((faculty.dean, "Өтініш <b>AR-26-00001</b>"))  # the student has the answer to the tap
    assert faculty.do(applications.show, faculty.me, first).addressee == "dean"


def test_submit__gets_a_receipt_with_the_moment_and_every_files_checksum(faculty):
    content = pdf()
    draft = drafted(faculty)
    faculty.wire.files["scan"] = content
    for origin, file_id in ((faculty.origin(), "scan"), (faculty.origin(), "slow")):
        file = Sent(file_id, "document", f"{file_id}.pdf")
        faculty.do(forms.add, faculty.me, draft.id, origin, sent=file)
    draft = faculty.do(forms.draft_of, faculty.me, draft.id)
    case_id = faculty.do(applications.submit, faculty.me, draft.id, draft.stamp, faculty.origin())
    faculty.forward(hours=2, step_seconds=300)
    got = [m for m in faculty.sent() if m.user_id == faculty.me.user_id]
    assert any("Telegram файлды бермеді" in m.text for m in got)
    [receipt] = [m.upload for m in got if m.upload]
    text = pdf_text(receipt.content)
    for part in (
        "AR-26-00001", "Студент S1", "2026 ж. 21 желтоқсан, 08:00", "Деректер қоры", "AYU 5.1.9; 5.1.13",
        "Ауылда интернет жоқ.", "декан", "scan.pdf", "slow.pdf",
    ):  # fmt: skip
        assert part in text, part
    assert hashlib.sha256(content).hexdigest() in text.replace(" ", "")
    again = Sent("again", "document", "slow.pdf")
    faculty.wire.files["again"] = pdf(pages=2)
    with refused("not_yours"):
        faculty.do(appealed.add_to_case, faculty.other, case_id, again, faculty.origin())
    faculty.do(appealed.add_to_case, faculty.me, case_id, again, faculty.origin())
    faculty.forward(seconds=20, step_seconds=5)
    states = [f.state for f in faculty.do(applications.show, faculty.dean, case_id).files if not f.made]
    assert states == ["kept", "missing", "kept"]
    assert len([m for m in faculty.sent() if m.upload]) == 1


def test_receipt__of_what_was_answered_before_its_time_is_given_all_the_same(faculty):
    case_id = sent(faculty)
    faculty.deliver()
    said = {"outcome": "granted", "words": "Рұқсат"}
    faculty.do(applications.answer, faculty.dean, case_id, faculty.origin(), **said)
    faculty.forward(minutes=1)
    mine = [m for m in faculty.sent() if m.user_id == faculty.me.user_id]
    [receipt] = [m.upload for m in mine if m.upload]
    assert "AR-26-00001" in pdf_text(receipt.content)


def test_submit__a_draft_changed_after_its_review_is_reviewed_again(faculty):
    draft = drafted(faculty)
    faculty.do(forms.add, faculty.me, draft.id, faculty.origin(), text="тағы")
    with refused("draft_moved"):
        faculty.do(applications.submit, faculty.me, draft.id, draft.stamp, faculty.origin())


def test_answer__by_whoever_was_told_the_first_stands_and_the_student_hears(faculty):
    case_id = sent(faculty)
    faculty.tick()
    faculty.sent()
    for person, code in ((faculty.registrar, "not_yours"), (faculty.me, "staff_only")):
        with refused(code):
            faculty.do(applications.to_answer, person, case_id)
    for words, code in (("…", "reason_empty"), ("ә" * 4000, "reason_long")):
        with refused(code):
            faculty.do(
                applications.answer, faculty.dean, case_id, faculty.origin(), outcome="granted", words=words
            )
    faculty.do(
        applications.answer,
        faculty.dean,
        case_id,
        faculty.origin(),
        outcome="granted",
        words="Өкім № 5, 28.12",
    )
    faculty.tick()
    said = [m.text for m in faculty.sent() if m.user_id == faculty.me.user_id]
    assert any("жауап келді" in text and "Өкім № 5, 28.12" in text for text in said)
    with refused("case_over"):
        faculty.do(
            applications.answer, faculty.dean, case_id, faculty.origin(), outcome="refused", words="жоқ"
        )
    faculty.forward(hours=120, step_seconds=12 * 3600)
    assert not [m for m in faculty.sent() if "AR-26" in m.text]


def test_late__the_next_of_the_chain_hears_and_at_its_end_the_administrator(faculty):
    case_id = sent(faculty)
    faculty.tick()
    faculty.sent()
    faculty.forward(hours=72, step_seconds=12 * 3600)
    assert faculty.registrar.user_id in {m.user_id for m in faculty.sent() if "AR-26" in m.text}
    faculty.forward(hours=120, step_seconds=12 * 3600)
    assert faculty.admin.user_id in {m.user_id for m in faculty.sent() if "AR-26" in m.text}
    faculty.do(
        applications.answer, faculty.dean, case_id, faculty.origin(), outcome="refused", words="кеш болды"
    )


def test_chain__without_a_reachable_dean_the_registrar_hears_at_once(faculty):
    faculty.sql(
        lambda uow: setattr(uow.people.account_of(faculty.dean.person_id), "blocked_at", faculty.clock())
    )
    sent(faculty)
    faculty.tick()
    assert faculty.registrar.user_id in {m.user_id for m in faculty.sent()}


def test_withdraw__before_an_answer(faculty):
    case_id = sent(faculty)
    view = faculty.do(applications.show, faculty.me, case_id)
    with refused("not_yours"):
        faculty.do(applications.withdraw, faculty.other, case_id, view.revision, 1)
    faculty.do(applications.withdraw, faculty.me, case_id, view.revision, faculty.origin())
    with refused("case_over"):
        faculty.do(applications.to_answer, faculty.dean, case_id)
    with refused("not_yours"):
        faculty.do(served.of_case, faculty.registrar, case_id)


def test_due__is_counted_in_working_days(faculty):
    faculty.clock.now = local("2026-12-31 10:00")
    case_id = sent(faculty)
    due = faculty.do(applications.show, faculty.dean, case_id).due
    assert due.astimezone(faculty.office.zone).date() == dt.date(2027, 1, 7)


def test_paper__is_filled_in_the_readers_language(faculty):
    draft = drafted(faculty)
    for language in LANGUAGES:
        for kind in ("pdf", "docx"):
            made = faculty.do(forms.paper, faculty.me, draft.id, kind, language)
            assert made.name == f"application-form-{language}.{kind}"


def test_content__every_form_is_whole_in_every_language():
    reader = Reader(CONTENT)
    specs, words = read_forms(reader, LANGUAGES)
    assert reader.problems == []
    assert {(language, form) for language in LANGUAGES for form in specs} == set(words)


@pytest.mark.parametrize(
    ("spec", "part"),
    [
        ("profiles: [ayu]\n", "clauses is missing"),
        ("{whole}colour: red\n", "colour is not known"),
        ("{whole}".replace("dean", "king"), "king is no role"),
        ("{whole}".replace("2", "many"), "whole number"),
        ("{whole}".replace("no_means", "no_way"), "stands in one file"),
    ],
)
def test_content__what_is_wrong_is_told(tmp_path, spec, part):
    whole = (
        "profiles: [ayu]\nclauses: {ayu: AYU 5.1.9}\nexam: true\nreasons: {no_means: 0}\nchain: [dean]\n"
        "answer_working_days: 2\n"
    )
    wrong = {"king": ("dean", "king"), "whole": (": 2", ": many"), "stands": ("no_means", "no_way")}
    text = spec.replace("{whole}", whole)
    for mark, (old, new) in wrong.items():
        text = text.replace(old, new) if part.startswith(mark) else text
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "one.yaml").write_text(text)
    for language in LANGUAGES:
        (tmp_path / language / "forms").mkdir(parents=True)
        (tmp_path / language / "forms" / "one.yaml").write_text(
            "title: т\nhint: к\nrequest: с\nreasons: {no_means: а}\nproofs: {no_means: б}\n", "utf-8"
        )
    reader = Reader(tmp_path)
    read_forms(reader, LANGUAGES)
    assert part in "\n".join(reader.problems)


def test_content__a_form_added_by_files_alone_is_offered_sent_and_decided(sqlite_url, tmp_path, monkeypatch):
    """A methodist's three files and no line of Python: a form, and its words in each language."""
    content = tmp_path / "content"
    shutil.copytree(CONTENT, content)
    (content / "forms" / "practice.yaml").write_text(
        "profiles: [ayu]\nclauses: {ayu: AYU 5.1.9}\nexam: false\nreasons: {work: 1, move: 0}\n"
        "chain: [registrar, dean]\nanswer_working_days: 3\n"
    )
    for language, title in (("kk", "Тәжірибеден босату"), ("ru", "Освобождение от практики")):
        (content / language / "forms" / "practice.yaml").write_text(
            f"title: {title}\nhint: А\nrequest: Б\nreasons: {{work: В, move: Г}}\n"
            "proofs: {work: Д, move: Е}\ndecisions: {granted: Бәрі дайын}\n",
            "utf-8",
        )
    real = wiring.content.load
    monkeypatch.setattr(
        wiring, "content", SimpleNamespace(load=lambda *a: dataclasses.replace(real(*a), root=content))
    )
    with Hall(sqlite_url) as hall:
        hall.me, hall.registrar = hall.student("S1"), hall.member("R1", Role.REGISTRAR)
        assert "practice" in {spec.id for spec in hall.do(forms.offered, hall.me)}
        draft = drafted(hall, "practice", "work")
        with refused("form_needs_files"):
            hall.do(forms.review, hall.me, draft.id)
        hall.do(forms.choose, hall.me, draft.id, reason="move")
        draft = hall.do(forms.review, hall.me, draft.id)
        case_id = hall.do(applications.submit, hall.me, draft.id, draft.stamp, hall.origin())
        hall.tick()
        assert any("Тәжірибеден босату" in m.text for m in hall.sent() if m.user_id == hall.registrar.user_id)
        origin = hall.origin()
        hall.do(applications.answer, hall.registrar, case_id, origin, outcome="granted", words="Келісемін")
        hall.tick()
        assert any("Бәрі дайын" in m.text for m in hall.sent() if m.user_id == hall.me.user_id)


def test_content__every_clause_of_forms_and_appeals_can_be_looked_up():
    """What a form or a window cites stands among the rules that `/ask` answers with."""
    reader = Reader(CONTENT)
    known = set()
    for profile in profiles():
        stack = load_profile(reader, profile, None, LANGUAGES).stack
        entries = load_rulebook(reader, stack, LANGUAGES).entries.values()
        known |= {part for entry in entries if entry.clause for part in parts(entry.clause)}
    specs, _ = read_forms(reader, LANGUAGES)
    cited = {clause for spec in specs.values() for clause in spec.clauses.values()}
    for profile in profiles():
        leaves = load(profile).policy.leaves
        cited |= {leaf.clause for name, leaf in leaves.items() if name.startswith("appeals.") and leaf.clause}
    cited |= {clause for name, clause in leaves_of("incomplete_grade.")}
    assert len(cited) > 20
    assert {part for clause in cited for part in parts(clause)} - known == set()


def leaves_of(prefix):
    for profile in profiles():
        for name, leaf in load(profile).policy.leaves.items():
            if name.startswith(prefix) and leaf.clause:
                yield name, leaf.clause


# A new date


@pytest.fixture
def dated(governed):
    """A university that has set the last date of the grade «I»."""
    hall = governed("incomplete_grade: {horizon_date: 2027-01-20}")
    hall.me, hall.dean = hall.student("S1"), hall.member("D1", Role.DEAN)
    hall.examiner = hall.member("T1", Role.EXAMINER)
    hall.add_exams(exam("E1", local("2026-12-22 09:00"), kind=ExamKind.WRITTEN))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    return hall


def answered(hall, case_id, at, outcome="granted", origin=None):
    return hall.do(
        applications.answer, hall.dean, case_id, origin or hall.origin(), outcome=outcome, words="Өкім № 5",
        new_date=local(at),
    )  # fmt: skip


def test_date__a_granted_one_stands_in_exams_and_not_beyond_the_last(dated):
    case_id = sent(dated)
    assert dated.do(forms.begin, dated.me, "postponement").last_date == dt.date(2027, 1, 20)
    for at, code in (("2027-01-21 00:00", "date_beyond"), ("2026-12-01 10:00", "sitting_past")):
        with refused(code):
            answered(dated, case_id, at)
    with refused("not_now"):
        answered(dated, case_id, "2027-01-20 10:00", "refused")
    origin = dated.origin()
    for _ in range(2):
        answered(dated, case_id, "2027-01-20 10:00", origin=origin)
    [mine] = dated.do(exams.mine, dated.me)
    assert (mine.exam.span.start, mine.exam.sitting) == (local("2027-01-20 10:00"), "AR-26-00001")
    dated.tick()
    got = dated.sent()
    assert any("сәрсенбі, 20 қаңтар, 10:00" in m.text for m in got if m.user_id == dated.me.user_id)
    assert any("Емтиханның жаңа уақыты" in m.text for m in got if m.user_id == dated.examiner.user_id)
    dated.forward(hours=30, step_seconds=6 * 3600)
    old = [m.text for m in dated.sent() if m.user_id == dated.me.user_id]
    assert not [text for text in old if "минут қалды" in text]
