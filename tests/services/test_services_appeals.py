"""Appeals from the published result to the protocol: window, draft, submission, commission, decision."""

import datetime as dt
import hashlib
import io

import pypdf
import pytest

from bot.rules.exams import Span
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.services import (
    appealed,
    appeals,
    commissions,
    exam_day,
    exams,
    people,
    photos,
    proposals,
    served,
    verdicts,
)
from bot.services.files import Sent
from tests.exchange.test_exchange_files import HEIC, jpeg, pdf, png
from tests.services.test_services_documents import docx_text, pdf_text
from tests.support.appealing import (
    CLOSES,
    PUBLISHED,
    begun,
    called,
    case_of,
    granted,
    publish,
    sat,
    submitted,
    whole,
)
from tests.support.clock import local
from tests.support.people import exam, member, student
from tests.support.refusals import refused

# The window


def test_results__every_student_hears_until_when_and_is_reminded_before_the_end(faculty):
    publish(faculty)
    faculty.tick()
    faculty.expect((faculty.me, "сәрсенбі, 23 желтоқсан, 14:00"), (faculty.other, "среда, 23 декабря, 14:00"))
    faculty.forward(hours=24, step_seconds=7200)
    faculty.expect((faculty.me, "24 сағат қалды"), (faculty.other, "осталось: 24 часа"))
    faculty.forward(hours=18, step_seconds=7200)
    faculty.expect((faculty.me, "6 сағат қалды"), (faculty.other, "осталось: 6 часов"))
    faculty.forward(hours=5, step_seconds=3600)
    faculty.expect((faculty.me, "1 сағат қалды"), (faculty.other, "осталось: 1 час"))
    faculty.forward(hours=3, step_seconds=3600)
    faculty.expect()


def test_results__imported_again_or_late_say_nothing_twice(faculty):
    publish(faculty)
    publish(faculty)
    faculty.tick()
    assert len(faculty.sent()) == 2
    publish(faculty, at=local("2026-12-01 10:00"), student_id="S1")
    faculty.tick()
    faculty.expect()


def test_results__published_anew_have_a_new_window_and_the_old_reminders_are_void(faculty):
    publish(faculty)
    faculty.tick()
    faculty.sent()
    faculty.clock.now += dt.timedelta(hours=11)
    publish(faculty, at=faculty.clock())
    faculty.tick()
    faculty.expect((faculty.me, "24 желтоқсан, 01:00"), (faculty.other, "24 декабря, 01:00"))
    faculty.forward(hours=23, step_seconds=23 * 1800)
    faculty.expect()
    faculty.forward(hours=2, step_seconds=3600)
    assert len(faculty.sent()) == 2


def test_results__the_examiner_publishes_by_a_tap_once(faculty):
    assert faculty.do(exam_day.publish, faculty.examiner, faculty.exam_id) == PUBLISHED
    faculty.clock.now += dt.timedelta(minutes=5)
    assert faculty.do(exam_day.publish, faculty.examiner, faculty.exam_id) == PUBLISHED
    faculty.tick()
    told = [m.user_id for m in faculty.sent() if "жарияланды" in m.text or "Опубликован" in m.text]
    assert sorted(told) == sorted([faculty.me.user_id, faculty.other.user_id])


@pytest.mark.parametrize(("moment", "accepted"), [("13:59:59", True), ("14:00:00", False)])
def test_window__the_same_edge_from_every_entry_point(faculty, moment, accepted):
    draft = whole(faculty)
    faculty.clock.now = local(f"2026-12-23 {moment}")
    listed = faculty.do(appeals.mine, faculty.me)[0].window.open_at(faculty.clock())
    assert listed is accepted
    for work in (
        lambda: faculty.do(appeals.begin, faculty.me, faculty.exam_id, faculty.origin()),
        lambda: faculty.do(appeals.begin, faculty.other, faculty.exam_id, faculty.origin()),
        lambda: faculty.do(appeals.submit, faculty.me, draft.id, draft.stamp, faculty.origin()),
    ):
        if accepted:
            work()
        else:
            with refused("appeal_closed") as said:
                work()
            assert said.value.params == {"at": CLOSES, "clause": "AYU 5.1.10"}


def test_window__a_tap_that_came_in_time_is_in_time_however_late_we_are(faculty):
    draft = whole(faculty)
    came = CLOSES - dt.timedelta(seconds=1)
    faculty.sql(lambda uow: uow.inbox.store(1, came, [(77, 7, {})]))
    origin = faculty.sql(lambda uow: uow.inbox.waiting(1, 0, 10)[0].id)
    faculty.clock.now = CLOSES + dt.timedelta(minutes=3)
    assert faculty.do(appeals.submit, faculty.me, draft.id, draft.stamp, origin)


def test_window__closing_between_two_taps_keeps_the_draft_and_says_when(faculty):
    draft = whole(faculty)
    faculty.clock.now = CLOSES
    with refused("appeal_closed"):
        faculty.do(appeals.submit, faculty.me, draft.id, draft.stamp, faculty.origin())
    assert faculty.do(appeals.draft_of, faculty.me, draft.id).text


# Submission


def test_begin__only_ones_own_published_exam(faculty):
    with refused("appeal_not_published"):
        faculty.do(appeals.begin, faculty.me, faculty.exam_id, 1)
    publish(faculty)
    stranger = faculty.student("S9", group="ҚҚ-1")
    for person, code in ((stranger, "not_your_exam"), (faculty.examiner, "students_only")):
        with refused(code):
            faculty.do(appeals.begin, person, faculty.exam_id, 1)
    with refused("exam_gone"):
        faculty.do(appeals.begin, faculty.me, 999_999, 1)


def test_draft__is_kept_and_nobody_elses(faculty):
    draft = whole(faculty)
    again = faculty.do(appeals.begin, faculty.me, faculty.exam_id, faculty.origin())
    assert (again.id, again.text, len(again.files)) == (draft.id, draft.text, 1)
    for work, *arguments in (
        (appeals.draft_of,),
        (appeals.set_ground, "grade"),
        (appeals.add_text, "сөз", 1),
        (appeals.add_file, Sent("x", "document"), 2),
        (appeals.submit, draft.stamp, 3),
        (appeals.drop,),
    ):
        with refused("draft_gone"):
            faculty.do(work, faculty.other, draft.id, *arguments)


@pytest.mark.parametrize(
    ("step", "code"),
    [("ground", "appeal_needs_ground"), ("text", "appeal_needs_text"), ("scan", "appeal_needs_scan")],
)
def test_submit__names_what_is_missing(faculty, step, code):
    draft = begun(faculty)
    if step != "ground":
        faculty.do(appeals.set_ground, faculty.me, draft.id, "grade")
    if step == "scan":
        faculty.do(appeals.add_text, faculty.me, draft.id, "себебі бар", faculty.origin())
    with refused(code):
        faculty.do(appeals.review, faculty.me, draft.id)
    with refused(code):
        faculty.do(appeals.submit, faculty.me, draft.id, draft.stamp, faculty.origin())


@pytest.mark.parametrize("text", ["👍👍👍", "123 456", "…"])
def test_text__without_a_word_is_asked_for_again(faculty, text):
    draft = begun(faculty)
    with refused("appeal_text_empty"):
        faculty.do(appeals.add_text, faculty.me, draft.id, text, faculty.origin())


def test_text__of_ten_thousand_letters_in_pieces_is_kept_whole_and_there_is_a_limit(faculty):
    draft = begun(faculty)
    for piece in ("ұ" * 4096, "қ" * 4096, "ә" * 1808):
        faculty.do(appeals.add_text, faculty.me, draft.id, piece, faculty.origin())
    assert len(faculty.do(appeals.draft_of, faculty.me, draft.id).text) == 10_002
    with refused("appeal_text_long"):
        faculty.do(appeals.add_text, faculty.me, draft.id, "ө" * 4096, faculty.origin())
    assert len(faculty.do(appeals.clear_text, faculty.me, draft.id).text) == 0


def test_text__the_same_update_twice_is_added_once(faculty):
    draft = begun(faculty)
    for _ in range(2):
        faculty.do(appeals.add_text, faculty.me, draft.id, "бір рет", 5)
    assert faculty.do(appeals.draft_of, faculty.me, draft.id).text == "бір рет"


def test_submit__twice_and_for_the_same_result_is_one_appeal(faculty):
    draft = whole(faculty)
    first = faculty.do(appeals.submit, faculty.me, draft.id, draft.stamp, faculty.origin())
    again = faculty.do(appeals.submit, faculty.me, draft.id, draft.stamp, faculty.origin())
    assert first == again
    with refused("appeal_again") as said:
        faculty.do(appeals.begin, faculty.me, faculty.exam_id, faculty.origin())
    assert said.value.params == {"number": "AP-26-00001"}


def test_submit__a_draft_changed_after_its_review_is_reviewed_again(faculty):
    draft = whole(faculty)
    faculty.do(appeals.add_text, faculty.me, draft.id, "тағы бір сөз", faculty.origin())
    with refused("draft_moved"):
        faculty.do(appeals.submit, faculty.me, draft.id, draft.stamp, faculty.origin())


def test_submit__a_bad_file_is_named_and_can_be_taken_out(faculty):
    draft = begun(faculty)
    faculty.do(appeals.set_ground, faculty.me, draft.id, "grade")
    faculty.do(appeals.add_text, faculty.me, draft.id, "себебі бар", faculty.origin())
    faculty.wire.files |= {"bad": b"", "good": pdf()}
    for file_id in ("bad", "good"):
        sent = Sent(file_id, "document", f"{file_id}.pdf")
        faculty.do(appeals.add_file, faculty.me, draft.id, sent, faculty.origin())
    faculty.tick()
    with refused("appeal_bad_file") as said:
        faculty.do(appeals.review, faculty.me, draft.id)
    assert said.value.params == {"name": "bad.pdf"}
    bad = next(f for f in faculty.do(appeals.draft_of, faculty.me, draft.id).files if f.state == "refused")
    faculty.do(appeals.remove_file, faculty.me, draft.id, bad.id)
    assert faculty.do(appeals.review, faculty.me, draft.id)


def test_submit__is_numbered_told_to_the_commission_and_gets_a_receipt_with_checksums(faculty):
    case_id = submitted(faculty)
    faculty.forward(seconds=10, step_seconds=5)
    got = faculty.sent()
    carded = {m.user_id for m in got if "Түскен уақыты" in m.text or "Поступила" in m.text}
    seated = (faculty.chair, faculty.second, faculty.third, faculty.dean)
    assert carded == {one.user_id for one in seated}
    assert {m.user_id for m in got} - carded == {faculty.me.user_id}
    [receipt] = [message.upload for message in got if message.upload]
    text = pdf_text(receipt.content)
    [file] = [f for f in faculty.do(commissions.show, faculty.me, case_id).files if not f.made]
    assert file.sha256 in text.replace(" ", "")
    for part in ("AP-26-00001", "Студент S1", "Екінші сұрақтың жауабы", "AYU 5.1.10", "өтініш.pdf"):
        assert part in text


def test_receipt__is_given_once_whenever_the_sitting_is_called(faculty):
    """Called before the receipt was made, or after it."""
    first = submitted(faculty)
    faculty.forward(seconds=10, step_seconds=5)
    faculty.do(commissions.call, faculty.chair, first, local("2026-12-22 10:00"), faculty.origin())
    faculty.forward(minutes=1, step_seconds=5)
    assert len([message for message in faculty.sent() if "қолхат" in message.text]) == 1


def test_submit__a_file_still_on_its_way_never_costs_the_appeal(faculty):
    draft = begun(faculty)
    faculty.do(appeals.set_ground, faculty.me, draft.id, "grade")
    faculty.do(appeals.add_text, faculty.me, draft.id, "себебі бар", faculty.origin())
    sent = Sent("slow", "document", "scan.pdf")
    faculty.do(appeals.add_file, faculty.me, draft.id, sent, faculty.origin())
    view = faculty.do(appeals.review, faculty.me, draft.id)
    case_id = faculty.do(appeals.submit, faculty.me, draft.id, view.stamp, faculty.origin())
    faculty.forward(hours=2, step_seconds=300)
    said = [message.text for message in faculty.sent() if message.user_id == faculty.me.user_id]
    assert any("Telegram файлды бермеді" in text for text in said)
    faculty.wire.files["again"] = pdf()
    sent = Sent("again", "document", "scan.pdf")
    faculty.do(appealed.add_to_case, faculty.me, case_id, sent, faculty.origin())
    faculty.forward(seconds=20, step_seconds=5)
    states = [f.state for f in faculty.do(commissions.show, faculty.me, case_id).files if not f.made]
    assert states == ["missing", "kept"]


def pictured(hall, *files):
    """An appeal with these files, sent in this order: (number of the message, content)."""
    draft = begun(hall)
    hall.do(appeals.set_ground, hall.me, draft.id, "grade")
    hall.do(appeals.add_text, hall.me, draft.id, "себебі бар", hall.origin())
    for order, content in files:
        hall.wire.files[f"p{order}"] = content
        sent = Sent(f"p{order}", "photo", order=order)
        hall.do(appeals.add_file, hall.me, draft.id, sent, hall.origin())
    hall.tick()
    view = hall.do(appeals.review, hall.me, draft.id)
    case_id = hall.do(appeals.submit, hall.me, draft.id, view.stamp, hall.origin())
    hall.forward(seconds=10, step_seconds=5)
    return case_id


def merged(hall, case_id):
    found = hall.do(served.of_case, hall.chair, case_id)
    return [one for one in found if one.name.startswith("AP-26-00001-photos")]


def test_photos__jpg_and_png_become_one_pdf_in_their_order_and_heic_stays_alone(faculty):
    shot = png(6, [b"abc\xff"])
    case_id = pictured(faculty, (3, jpeg(width=103)), (1, shot), (4, HEIC), (2, jpeg(width=102)))
    [made] = merged(faculty, case_id)
    assert made.name == "AP-26-00001-photos.pdf"
    pages = pypdf.PdfReader(io.BytesIO(made.content)).pages
    assert [page["/Resources"]["/XObject"]["/P"]["/Width"] for page in pages] == [1, 102, 103]
    kept = [f.type for f in faculty.do(commissions.show, faculty.chair, case_id).files if not f.made]
    assert sorted(kept) == ["heic", "jpg", "jpg", "png"]
    said = [m.text for m in faculty.sent() if m.user_id == faculty.me.user_id]
    assert any("HEIC суреті жалпы PDF-ке кірмейді" in text for text in said)


def test_photos__a_later_one_takes_the_place_of_the_pdf_before(faculty):
    case_id = pictured(faculty, (1, jpeg(width=101)), (2, jpeg(width=102)))
    [before] = merged(faculty, case_id)
    faculty.wire.files["p3"] = jpeg(width=103)
    faculty.do(appealed.add_to_case, faculty.me, case_id, Sent("p3", "photo", order=3), faculty.origin())
    faculty.forward(seconds=15, step_seconds=5)
    [after] = merged(faculty, case_id)
    assert len(pypdf.PdfReader(io.BytesIO(after.content)).pages) == 3
    digest = hashlib.sha256(before.content).hexdigest()
    assert faculty.office.files.read(digest) is None


def test_album__in_pieces_three_seconds_apart_and_out_of_order_is_one_pdf_and_one_receipt(faculty):
    case_id = submitted(faculty)
    faculty.forward(seconds=10, step_seconds=5)
    faculty.sent()
    for order in (12, 14, 11, 13):
        faculty.wire.files[f"p{order}"] = jpeg(width=100 + order)
        sent = Sent(f"p{order}", "photo", order=order)
        faculty.do(appealed.add_to_case, faculty.me, case_id, sent, faculty.origin())
        faculty.forward(seconds=3, step_seconds=1)
    faculty.forward(seconds=15, step_seconds=3)
    [made] = merged(faculty, case_id)
    pages = pypdf.PdfReader(io.BytesIO(made.content)).pages
    assert [page["/Resources"]["/XObject"]["/P"]["/Width"] for page in pages] == [111, 112, 113, 114]
    assert len([m for m in faculty.sent() if m.user_id == faculty.me.user_id and m.upload]) == 1


def test_photos__a_long_series_becomes_several_pdfs_each_light_enough_to_send(faculty, monkeypatch):
    monkeypatch.setattr(photos, "BYTES_MAX", 3 * len(jpeg(width=101)) + 10)
    case_id = pictured(faculty, *((n, jpeg(width=100 + n)) for n in range(1, 8)))
    made = merged(faculty, case_id)
    assert [one.name for one in made] == [f"AP-26-00001-photos-{n}.pdf" for n in (1, 2, 3)]
    assert [len(pypdf.PdfReader(io.BytesIO(one.content)).pages) for one in made] == [3, 3, 1]


def test_files__are_served_only_to_those_who_were_told(faculty):
    case_id = submitted(faculty)
    for person in (faculty.me, faculty.chair, faculty.dean):
        assert faculty.do(served.of_case, person, case_id)
    for person in (faculty.other, faculty.examiner, faculty.registrar):
        with refused("not_yours"):
            faculty.do(served.of_case, person, case_id)
        with refused("not_yours"):
            faculty.do(commissions.show, person, case_id)


# The commission


def test_commission__never_the_examiner(faculty):
    faculty.add_staff(member("T1", Role.EXAMINER, Role.APPEAL_MEMBER))
    case_id = submitted(faculty)
    view = faculty.do(commissions.show, faculty.chair, case_id)
    assert (view.chair, len(view.members), view.problem) == (faculty.chair.name, 2, "")


def test_call__invites_with_a_calendar_file_and_tells_the_student(faculty):
    case_id = submitted(faculty)
    faculty.forward(seconds=10, step_seconds=5)
    faculty.sent()
    faculty.do(commissions.call, faculty.chair, case_id, local("2026-12-22 10:00"), faculty.origin())
    faculty.tick()
    got = faculty.sent()
    invited = [message for message in got if message.upload]
    assert {m.user_id for m in invited} == {
        one.user_id for one in (faculty.chair, faculty.second, faculty.third)
    }
    assert all(b"DTSTART:20261222T050000Z" in message.upload.content for message in invited)
    assert any(m.user_id == faculty.me.user_id and "сейсенбі, 22 желтоқсан, 10:00" in m.text for m in got)


@pytest.mark.parametrize(
    ("at", "code"), [("2026-12-21 13:00", "sitting_past"), ("2026-12-23 14:00", "sitting_late")]
)
def test_call__not_in_the_past_and_not_beyond_the_sources_deadline(faculty, at, code):
    case_id = submitted(faculty)
    with refused(code):
        faculty.do(commissions.call, faculty.chair, case_id, local(at), faculty.origin())
    for person in (faculty.second, faculty.dean):
        with refused("not_yours"):
            faculty.do(commissions.call, person, case_id, local("2026-12-22 10:00"), 1)


def test_late__no_sitting_called_is_raised_to_the_dean_and_again_every_day(faculty):
    submitted(faculty)
    faculty.forward(hours=49, step_seconds=7 * 3600)
    late = [
        m for m in faculty.sent() if "Отырыс белгіленбеді" in m.text or "Заседание не назначено" in m.text
    ]
    told = {m.user_id for m in late}
    assert told == {one.user_id for one in (faculty.chair, faculty.second, faculty.third, faculty.dean)}
    faculty.forward(hours=24, step_seconds=6 * 3600)
    assert [m for m in faculty.sent() if "Отырыс белгіленбеді" in m.text]


def test_votes__only_after_the_sitting_began_and_only_by_those_who_sit(faculty):
    case_id = called(faculty)
    with refused("sitting_ahead"):
        faculty.do(commissions.vote, faculty.second, case_id, "for", 1)
    faculty.clock.now = local("2026-12-22 10:00")
    for person, code in ((faculty.dean, "not_yours"), (faculty.me, "staff_only")):
        with refused(code):
            faculty.do(commissions.vote, person, case_id, "for", faculty.origin())
    with refused("unknown_vote"):
        faculty.do(commissions.vote, faculty.second, case_id, "perhaps", faculty.origin())


def test_decide__without_quorum_or_by_another_is_refused(faculty):
    case_id = sat(faculty)
    faculty.do(commissions.vote, faculty.second, case_id, "for", faculty.origin())
    with refused("appeal_quorum") as said:
        faculty.do(commissions.to_decide, faculty.chair, case_id)
    assert said.value.params == {"needed": 2, "voted": 1}
    faculty.do(commissions.vote, faculty.third, case_id, "against", faculty.origin())
    with refused("appeal_chair_vote"):
        faculty.do(commissions.to_decide, faculty.chair, case_id)
    with refused("not_yours"):
        faculty.do(commissions.to_decide, faculty.second, case_id)


def test_decide__grants_with_a_grade_and_the_protocol_goes_out_in_both_languages(faculty):
    case_id = granted(faculty)
    origin = faculty.origin()
    with refused("decision_bare"):
        faculty.do(verdicts.decide, faculty.chair, case_id, origin, reason="Жауабы дұрыс екен")
    with refused("reason_empty"):
        faculty.do(verdicts.decide, faculty.chair, case_id, origin, reason="…", grade="85")
    faculty.sent()
    for _ in range(2):
        faculty.do(
            verdicts.decide, faculty.chair, case_id, origin, reason="Жауабы дұрыс екен <b>", grade="85"
        )
    faculty.tick()
    got = faculty.sent()
    mine = [m for m in got if m.user_id == faculty.me.user_id]
    assert any("шешім шықты" in m.text and "85" in m.text for m in mine)
    assert [m.upload.name for m in mine if m.upload] == ["AP-26-00001-protocol-kk.pdf"]
    for person in (faculty.chair, faculty.dean, faculty.registrar):
        names = sorted(m.upload.name for m in got if m.upload and m.user_id == person.user_id)
        assert names == [
            f"AP-26-00001-protocol-{lang}.{kind}" for lang in ("kk", "ru") for kind in ("docx", "pdf")
        ]
    made = {m.upload.name: m.upload.content for m in got if m.upload}
    for text in (
        pdf_text(made["AP-26-00001-protocol-kk.pdf"]),
        docx_text(made["AP-26-00001-protocol-kk.docx"]),
    ):
        for part in ("Апелляция қанағаттандырылды", "Жауабы дұрыс екен <b>", "85", "3 / 3", "Студент S1"):
            assert part in text
    with refused("case_over"):
        faculty.do(commissions.vote, faculty.second, case_id, "against", faculty.origin())
    faculty.forward(hours=72, step_seconds=6 * 3600)
    assert {m.user_id for m in faculty.sent()} <= {faculty.other.user_id}


def test_decide__refuses_by_the_votes(faculty):
    case_id = sat(faculty)
    for person in (faculty.second, faculty.third):
        faculty.do(commissions.vote, person, case_id, "against", faculty.origin())
    case = faculty.do(verdicts.decide, faculty.chair, case_id, faculty.origin(), reason="Негізсіз")
    assert (case.state, case.outcome) == ("closed", "refused")


def test_undecided__the_result_is_asked_for(faculty):
    sat(faculty)
    faculty.forward(hours=25, step_seconds=5 * 3600)
    said = [m for m in faculty.sent() if "Шешім әлі жоқ" in m.text or "Решения ещё нет" in m.text]
    assert {m.user_id for m in said} >= {faculty.chair.user_id, faculty.dean.user_id}


def test_undecided__the_chair_is_asked_before_the_term_of_the_result_is_over(faculty):
    sat(faculty)
    faculty.forward(hours=23, minutes=59, step_seconds=3600)
    asked = [m for m in faculty.sent() if "шешім әлі жазылмаған" in m.text]
    assert [(m.user_id, m.at.hour) for m in asked] == [
        (faculty.chair.user_id, 21),
        (faculty.chair.user_id, 3),
    ]
    assert all("сәрсенбі, 23 желтоқсан, 10:00" in m.text for m in asked)


def test_withdraw__before_the_sitting_only_and_another_may_follow(faculty):
    case_id = called(faculty)
    revision = case_of(faculty, case_id).revision
    with refused("not_yours"):
        faculty.do(appealed.withdraw, faculty.other, case_id, revision, 1)
    with refused("case_moved"):
        faculty.do(appealed.withdraw, faculty.me, case_id, revision - 1, 1)
    faculty.do(appealed.withdraw, faculty.me, case_id, revision, faculty.origin())
    faculty.do(appeals.begin, faculty.me, faculty.exam_id, faculty.origin())
    later = faculty.do(commissions.show, faculty.chair, case_id)
    assert later.state == "withdrawn"


def test_withdraw__not_once_the_sitting_has_begun(faculty):
    case_id = sat(faculty)
    with refused("sitting_begun"):
        faculty.do(appealed.withdraw, faculty.me, case_id, case_of(faculty, case_id).revision, 1)


def test_nobody__without_a_chair_the_dean_hears_and_the_commission_is_composed_anew(hall):
    hall.me = hall.student("S1")
    hall.examiner = hall.member("T1", Role.EXAMINER)
    hall.dean = hall.member("D1", Role.DEAN)
    hall.add_exams(exam("E1", local("2026-12-21 09:00"), kind=ExamKind.WRITTEN))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = PUBLISHED
    hall.tick()
    hall.sent()
    case_id = submitted(hall)
    hall.tick()
    assert any(m.user_id == hall.dean.user_id and "төрағасы тізімде жоқ" in m.text for m in hall.sent())
    chair = hall.member("C1", Role.APPEAL_CHAIR)
    hall.member("M1", Role.APPEAL_MEMBER)
    hall.member("M2", Role.APPEAL_MEMBER)
    view = hall.do(commissions.reseat, hall.dean, case_id, hall.origin())
    assert (view.chair, view.problem) == (chair.name, "")
    hall.tick()
    assert any(m.user_id == chair.user_id for m in hall.sent())


def test_final__excludes_the_commission_and_the_administration(faculty):
    both = faculty.member("M9", Role.APPEAL_MEMBER, Role.COMMISSION_MEMBER)
    official = faculty.member("M8", Role.APPEAL_MEMBER, Role.REGISTRAR)
    faculty.add_exams(
        exam(
            "F1", local("2026-12-21 09:00"), kind=ExamKind.COMPLEX_EXAM, attestation=Attestation.FINAL,
            duration_min=120,
        )
    )  # fmt: skip
    row = faculty.sql(lambda uow: uow.exams.by_ext()["F1"])
    seated = faculty.sql(lambda uow: commissions.compose(uow, faculty.office, faculty.clock(), row))
    assert set(seated.left_out) == {
        (both.person_id, "commission_member"),
        (official.person_id, "administration"),
    }
    assert len(seated.members) == 2


# The new sitting


def again(hall, at="2026-12-28 10:00"):
    case_id = granted(hall)
    hall.tick()
    hall.sent()
    hall.do(
        verdicts.decide, hall.chair, case_id, hall.origin(), reason="Жаңа күн беріледі", new_date=local(at)
    )
    return case_id


def test_new_date__stands_in_exams_with_its_own_time_and_reminders(faculty):
    again(faculty)
    faculty.tick()
    faculty.sent()
    [mine] = faculty.do(exams.mine, faculty.me)
    assert (mine.exam.id, mine.exam.sitting) == (faculty.exam_id, "AP-26-00001")
    assert mine.exam.span == Span(local("2026-12-28 10:00"), local("2026-12-28 12:00"))
    assert faculty.do(exams.one, faculty.me, faculty.exam_id).span == mine.exam.span
    assert faculty.do(exams.mine, faculty.other) == []
    for at in ("27 10:00", "28 09:00", "28 09:50", "28 11:30", "28 11:40", "28 11:50"):
        faculty.clock.now = local(f"2026-12-{at}")
        faculty.tick()
    mine_only = [m.text for m in faculty.sent() if m.user_id == faculty.me.user_id]
    assert [("10:00" in text, "қалды" in text) for text in mine_only] == [
        (True, False), (True, False), (True, False), (False, True), (False, True), (False, True),
    ]  # fmt: skip


def test_new_date__a_calendar_takes_the_new_time(faculty):
    publish(faculty)
    [before] = faculty.do(exams.for_calendar, faculty.me, faculty.exam_id)
    again(faculty)
    [after] = faculty.do(exams.for_calendar, faculty.me, faculty.exam_id)
    assert after.revision + after.extra > before.revision + before.extra
    assert (after.ext_id, after.span.start) == (before.ext_id, local("2026-12-28 10:00"))


def test_new_date__examiner_and_methodist_hear_of_it(faculty):
    methodist = faculty.member("H1", Role.METHODIST)
    again(faculty)
    faculty.tick()
    told = {m.user_id: m.text for m in faculty.sent() if "Емтиханның жаңа уақыты" in m.text}
    assert set(told) == {faculty.examiner.user_id, methodist.user_id}
    for text in told.values():
        for part in ("дүйсенбі, 28 желтоқсан, 10:00", "Студент S1", "Деректер қоры", "AP-26-00001"):
            assert part in text


def test_new_date__the_adviser_hears_in_the_methodists_place_who_does_where_none_can_be_reached(faculty):
    methodist, adviser = faculty.member("H1", Role.METHODIST), faculty.member("V1", language="ru")
    faculty.add_students(student("S1", adviser="V1"))
    case_id = again(faculty)
    faculty.tick()
    told = {m.user_id: m.text for m in faculty.sent() if "уақыты: " in m.text or "Новое время" in m.text}
    assert set(told) >= {faculty.examiner.user_id, adviser.user_id}
    assert "Студент S1" in told[adviser.user_id]
    assert methodist.user_id not in told
    faculty.do(people.set_blocked, adviser.user_id, True)
    seen = faculty.do(proposals.correction, faculty.chair, case_id, local("2026-12-29 10:00"))
    faculty.do(proposals.confirm, faculty.chair, seen.id, seen.turn, faculty.origin())
    faculty.tick()
    told = {m.user_id for m in faculty.sent() if "уақыты түзетілді" in m.text}
    assert told == {faculty.me.user_id, faculty.examiner.user_id, methodist.user_id}


def test_new_grade__moves_no_exam(faculty):
    case_id = granted(faculty)
    faculty.do(verdicts.decide, faculty.chair, case_id, faculty.origin(), reason="Дұрыс", grade="85")
    faculty.clock.now = local("2026-12-22 11:00")
    assert faculty.do(exams.mine, faculty.me) == []


def test_new_date__reaches_a_student_who_unblocks_later(faculty):
    case_id = granted(faculty)
    faculty.tick()
    faculty.sent()
    faculty.do(people.set_blocked, faculty.me.user_id, True)
    faculty.do(
        verdicts.decide,
        faculty.chair,
        case_id,
        faculty.origin(),
        reason="Иә",
        new_date=local("2026-12-28 10:00"),
    )
    faculty.tick()
    assert not [m for m in faculty.sent() if m.user_id == faculty.me.user_id]
    faculty.do(people.set_blocked, faculty.me.user_id, False)
    faculty.tick()
    said = [m.text for m in faculty.sent() if m.user_id == faculty.me.user_id]
    assert any("шешім шықты" in text and "28 желтоқсан" in text for text in said)
