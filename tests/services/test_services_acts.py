"""Acts from the first tap to the signature: the commission, the student, documents, what is forgotten."""

import datetime as dt

import pytest

from bot.library.content import profiles
from bot.rules.acts import AGREE, ANSWER, CONFIRM, DISAGREE, REFUSE, RETURNED, SIGN, SIGNED
from bot.rules.vocabulary import ExamKind, Role
from bot.services import act_cases, acts, forgetting, served
from bot.services.files import Sent
from tests.exchange.test_exchange_files import jpeg
from tests.services.test_services_documents import docx_text, pdf_text
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.refusals import refused
from tests.support.scenes import played

MORNING = local("2026-12-21 09:20")


@played
def peopled(hall: Hall) -> Hall:
    hall.me = hall.member("P1", Role.PROCTOR)
    hall.examiner = hall.member("T1", Role.EXAMINER)
    hall.second = hall.member("M1", Role.METHODIST, language="ru")
    hall.third = hall.member("R1", Role.REGISTRAR)
    hall.dean = hall.member("D1", Role.DEAN)
    hall.student_ = hall.student("S1", course=3)
    hall.student("S2")
    hall.add_exams(exam("E1", local("2026-12-21 09:00"), kind=ExamKind.WRITTEN, proctor="P1"))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = MORNING
    hall.tick()
    hall.sent()
    return hall


@pytest.fixture
def ayu(hall):
    return peopled(hall)


@pytest.fixture
def medical(database_url):
    with Hall(database_url, profile="kaznmu") as opened:
        yield peopled(opened)


def drawn(hall, act_id, *, members=(), offences=(), texts=()):
    """An act, sent; its case's id."""
    me, student = hall.me, hall.person("S1").id
    draft = hall.do(acts.begin, me, act_id, hall.exam_id, hall.origin())
    hall.do(acts.choose_student, me, draft.id, student)
    for offence in offences:
        hall.do(acts.toggle_offence, me, draft.id, offence)
    for text in texts:
        hall.do(acts.add_text, me, draft.id, text, hall.origin())
    for member in members:
        hall.do(acts.toggle_member, me, draft.id, member.person_id)
    stamp = hall.do(acts.draft_of, me, draft.id).stamp
    return hall.do(act_cases.submit, me, draft.id, stamp, hall.origin())


def papers(hall, case_id, language="kk"):
    """Texts of the newest PDF and DOCX of an act."""
    files = [
        f for f in hall.sql(lambda uow: uow.files.of_case(case_id)) if f.made and f"-{language}." in f.name
    ]
    newest = {file.type: hall.office.files.read(file.sha256) for file in files}
    return pdf_text(newest["pdf"]), docx_text(newest["docx"])


def three(hall):
    return drawn(hall, "kaznmu_violation", members=(hall.second, hall.third), offences=("phone", "talk"))


def confirmed(hall):
    case_id = three(hall)
    for one in (hall.second, hall.third):
        hall.do(act_cases.confirm, one, case_id, "yes", hall.origin())
    return case_id


def got(hall, me, part):
    return [m for m in hall.sent() if m.user_id == me.user_id and part in m.text]


def test_ayu__one_proctor_then_the_student_then_the_dean(ayu):
    case_id = drawn(ayu, "ayu_violation", offences=("cheat_sheet",), texts=("Үстелде қағаз жатты",))
    ayu.tick()
    sent = ayu.sent()
    told = [m for m in sent if m.user_id == ayu.student_.user_id]
    assert any("Сіз туралы акт жасалды" in m.text and "Шпаргалка" in m.text for m in told)
    assert [m.upload.name for m in told if m.upload] == ["VA-26-00001-act-kk.pdf"]
    assert any("VA-26-00001" in m.text for m in sent if m.user_id == ayu.dean.user_id)
    assert ayu.do(act_cases.show, ayu.dean, case_id).stage == ANSWER
    ayu.do(act_cases.answer, ayu.student_, case_id, AGREE, ayu.origin())
    seen = ayu.do(act_cases.sign, ayu.dean, case_id, SIGNED, ayu.origin())
    assert (seen.state, seen.outcome, seen.answer) == ("closed", "signed", "agree")
    for text in papers(ayu, case_id):
        for part in (
            "VA-26-00001",
            "Студент S1",
            "АЖ-23-1",
            "×",
            "Үстелде қағаз жатты",
            "келіседі",
            "Қол қойылды",
        ):
            assert part in text, part
        assert "(декан): Қызметкер D1" in text
    ayu.tick()
    assert any("Қол қойылды" in m.text for m in ayu.sent() if m.user_id == ayu.student_.user_id)


def test_commission__three_confirm_each_once_and_only_then_the_student_hears(medical):
    case_id = three(medical)
    medical.tick()
    sent = medical.sent()
    assert not [m for m in sent if m.user_id == medical.student_.user_id]
    asked = {m.user_id for m in sent if "pk:" in "".join(m.data)}
    assert asked == {medical.second.user_id, medical.third.user_id}
    origin = medical.origin()
    for _ in range(2):
        seen = medical.do(act_cases.confirm, medical.second, case_id, "yes", origin)
        assert [one.said for one in seen.signers] == ["yes", "yes", ""]
    assert seen.stage == CONFIRM
    seen = medical.do(act_cases.confirm, medical.third, case_id, "yes", medical.origin())
    assert seen.stage == ANSWER
    medical.tick()
    assert got(medical, medical.student_, "Сіз туралы акт жасалды")
    events = [e.action for e in medical.sql(lambda uow: uow.cases.events(case_id))]
    assert events.count("confirmed") == 2
    with refused("act_moved"):
        medical.do(act_cases.confirm, medical.second, case_id, "no", medical.origin())


def test_commission__who_does_not_confirm_is_replaced(medical):
    case_id = three(medical)
    seen = medical.do(act_cases.confirm, medical.third, case_id, "no", medical.origin())
    assert [one.name for one in seen.signers if one.name] == ["Қызметкер P1", "Қызметкер M1"]
    drawer = medical.do(act_cases.show, medical.me, case_id)
    assert [one.name for one in drawer.candidates] == ["Қызметкер T1"]
    with refused("act_moved"):
        medical.do(act_cases.seat, medical.me, case_id, medical.third.person_id, medical.origin())
    with refused("not_yours"):
        medical.do(act_cases.seat, medical.second, case_id, medical.examiner.person_id, medical.origin())
    medical.do(act_cases.seat, medical.me, case_id, medical.examiner.person_id, medical.origin())
    medical.do(act_cases.confirm, medical.second, case_id, "yes", medical.origin())
    seen = medical.do(act_cases.confirm, medical.examiner, case_id, "yes", medical.origin())
    assert seen.stage == ANSWER


def test_form_2__has_every_field_of_the_source(medical):
    case_id = confirmed(medical)
    for text in papers(medical, case_id, "ru"):
        for part in (
            "Акт № VA-26-00001", "Базы данных", "Қызметкер P1", "Қызметкер M1", "Қызметкер R1", "Студент S1",
            "АТ факультеті", "АЖ-23-1", "21 декабря 2026", "09:20", "мобильного телефона", "Разговоры",
            "аннулировать результат", "ознакомлен", "(декан): Қызметкер D1", "KAZNMU form 2",
        ):  # fmt: skip
            assert part in text, part


def test_refusal__is_an_act_of_its_own_that_all_three_testify(medical):
    case_id = confirmed(medical)
    medical.do(act_cases.answer, medical.student_, case_id, REFUSE, medical.origin())
    (refusal,) = [v for v in medical.do(act_cases.register) if v.spec.id == "kaznmu_refusal"]
    assert refusal.about == "VA-26-00001"
    for one in (medical.me, medical.second, medical.third):
        medical.do(act_cases.confirm, one, refusal.id, "yes", medical.origin())
    done = medical.do(act_cases.show, medical.me, refusal.id)
    assert done.state == "closed"
    for text in papers(medical, refusal.id, "ru"):
        assert "отказался подписать акт № VA-26-00001" in text
        assert "Сотрудник центра тестирования" in text
    assert medical.do(act_cases.show, medical.dean, case_id).stage == SIGN


def test_refusal__on_the_spot_is_noted_by_the_drawer_alone(medical):
    case_id = confirmed(medical)
    for one in (medical.second, medical.dean):
        with refused("not_yours"):
            medical.do(act_cases.answer, one, case_id, REFUSE, medical.origin())
    with refused("not_yours"):
        medical.do(act_cases.answer, medical.me, case_id, AGREE, medical.origin())
    assert medical.do(act_cases.answer, medical.me, case_id, REFUSE, medical.origin()).answer == REFUSE
    refusal = medical.do(act_cases.register)[-1]
    assert [one.said for one in refusal.signers] == ["yes", "", ""]


def test_stranger__needs_a_name_and_names_both(medical):
    draft = medical.do(acts.begin, medical.me, "kaznmu_stranger", medical.exam_id, medical.origin())
    medical.do(acts.choose_student, medical.me, draft.id, medical.person("S1").id)
    for member in (medical.second, medical.third):
        seen = medical.do(acts.toggle_member, medical.me, draft.id, member.person_id)
    with refused("act_needs_text"):
        medical.do(act_cases.submit, medical.me, draft.id, seen.stamp, medical.origin())
    seen = medical.do(acts.add_text, medical.me, draft.id, "Бөгде Адам", medical.origin())
    case_id = medical.do(act_cases.submit, medical.me, draft.id, seen.stamp, medical.origin())
    for one in (medical.second, medical.third):
        medical.do(act_cases.confirm, one, case_id, "yes", medical.origin())
    for text in papers(medical, case_id):
        assert "Бөгде Адам" in text
        assert "емтихан нәтижесі жойылсын" in text


def test_silence__after_a_day_the_act_goes_on_and_a_late_answer_is_kept(ayu):
    case_id = drawn(ayu, "ayu_violation", offences=("device",))
    with refused("act_waits_for_student"):
        ayu.do(act_cases.sign, ayu.dean, case_id, SIGNED, ayu.origin())
    ayu.forward(hours=23, minutes=59, step_seconds=86340)
    assert ayu.do(act_cases.show, ayu.dean, case_id).stage == ANSWER
    ayu.forward(minutes=1, step_seconds=60)
    seen = ayu.do(act_cases.show, ayu.dean, case_id)
    assert (seen.stage, seen.answer) == (SIGN, "silent")
    seen = ayu.do(act_cases.answer, ayu.student_, case_id, DISAGREE, ayu.origin())
    assert (seen.stage, seen.answer) == (SIGN, "disagree")
    ayu.do(act_cases.explain, ayu.student_, case_id, "Ол менің қағазым емес", ayu.origin())
    with refused("act_answered"):
        ayu.do(act_cases.answer, ayu.student_, case_id, AGREE, ayu.origin())
    with refused("reason_empty"):
        ayu.do(act_cases.sign, ayu.dean, case_id, RETURNED, ayu.origin(), "…")
    ayu.do(act_cases.sign, ayu.dean, case_id, RETURNED, ayu.origin(), "Дәлел жоқ")
    text = papers(ayu, case_id)[0]
    assert "Ол менің қағазым емес" in text
    with refused("case_over"):
        ayu.do(act_cases.explain, ayu.student_, case_id, "Тағы", ayu.origin())


def test_commission__that_is_silent_is_reminded_and_then_every_day(medical):
    three(medical)
    medical.tick()
    medical.sent()
    medical.forward(minutes=30, step_seconds=1800)
    late = {m.user_id for m in medical.sent() if "күтіп тұр" in m.text or "ждёт подтверждения" in m.text}
    assert late == {medical.me.user_id, medical.second.user_id, medical.third.user_id}
    medical.forward(hours=24, step_seconds=86400)
    assert [m for m in medical.sent() if "күтіп тұр" in m.text]


def test_rights__whoever_does_not_hold_the_exam_draws_nothing(ayu):
    other = ayu.member("P2", Role.PROCTOR)
    for one in (other, ayu.second, ayu.dean):
        assert ayu.do(acts.offered, one, ayu.exam_id) == []
        with refused("act_not_yours"):
            ayu.do(acts.begin, one, "ayu_violation", ayu.exam_id, ayu.origin())
    with refused("staff_only"):
        ayu.do(acts.offered, ayu.student_, ayu.exam_id)
    assert [spec.id for spec in ayu.do(acts.offered, ayu.examiner, ayu.exam_id)] == ["ayu_violation"]
    case_id = drawn(ayu, "ayu_violation", offences=("device",))
    for one in (other, ayu.second):
        with refused("not_yours"):
            ayu.do(act_cases.show, one, case_id)
        with refused("not_yours"):
            ayu.do(served.of_case, one, case_id)
    with refused("not_yours"):
        ayu.do(act_cases.sign, ayu.examiner, case_id, SIGNED, ayu.origin())


def test_submit__twice_is_one_act_and_a_changed_draft_is_looked_at_again(ayu):
    draft = ayu.do(acts.begin, ayu.me, "ayu_violation", ayu.exam_id, ayu.origin())
    assert ayu.do(acts.begin, ayu.me, "ayu_violation", ayu.exam_id, ayu.origin()).id == draft.id
    ayu.do(acts.choose_student, ayu.me, draft.id, ayu.person("S1").id)
    seen = ayu.do(acts.toggle_offence, ayu.me, draft.id, "aid")
    ayu.do(acts.toggle_offence, ayu.me, draft.id, "device")
    with refused("draft_moved"):
        ayu.do(act_cases.submit, ayu.me, draft.id, seen.stamp, ayu.origin())
    stamp = ayu.do(acts.draft_of, ayu.me, draft.id).stamp
    first = ayu.do(act_cases.submit, ayu.me, draft.id, stamp, ayu.origin())
    assert ayu.do(act_cases.submit, ayu.me, draft.id, stamp, ayu.origin()) == first
    assert len(ayu.do(act_cases.register)) == 1


def test_evidence__goes_with_the_act_and_is_forgotten_with_the_student(ayu):
    draft = ayu.do(acts.begin, ayu.me, "ayu_violation", ayu.exam_id, ayu.origin())
    ayu.do(acts.choose_student, ayu.me, draft.id, ayu.person("S1").id)
    ayu.do(acts.toggle_offence, ayu.me, draft.id, "aid")
    ayu.do(acts.add_text, ayu.me, draft.id, "Құпия сөз", ayu.origin())
    ayu.wire.files["photo"] = jpeg()
    ayu.do(acts.add_file, ayu.me, draft.id, Sent("photo", "photo"), ayu.origin())
    ayu.tick()
    stamp = ayu.do(acts.draft_of, ayu.me, draft.id).stamp
    case_id = ayu.do(act_cases.submit, ayu.me, draft.id, stamp, ayu.origin())
    assert len(ayu.do(served.of_case, ayu.student_, case_id)) == 5
    assert "Қоса берілген файл саны: 1" in papers(ayu, case_id)[0]
    ayu.do(forgetting.forget, "S1")
    case, kept = ayu.sql(lambda uow: (uow.cases.get(case_id), uow.files.of_case(case_id)))
    assert case.data["texts"] == {}
    assert {file.state for file in kept} == {"erased"}


def test_ticket_and_inspection__are_papers_without_a_student(database_url):
    with Hall(database_url, profile="kaznmu") as hall:
        head = hall.member("H1", Role.HEAD_OF_DEPARTMENT)
        (spec,) = hall.do(acts.offered, head, None)
        draft = hall.do(acts.begin, head, spec.id, None, hall.origin())
        for text in ("Бірінші сұрақ", "Екінші сұрақ"):
            seen = hall.do(acts.add_text, head, draft.id, text, hall.origin())
        case_id = hall.do(act_cases.submit, head, draft.id, seen.stamp, hall.origin())
        assert hall.do(act_cases.show, head, case_id).state == "closed"
        for text in papers(hall, case_id):
            for part in ("Бекітемін", "нөмірсіз", "1. Бірінші сұрақ", "2. Екінші сұрақ", "Қызметкер H1"):
                assert part in text


def test_appendix_a__cancels_the_score_without_a_dean(database_url):
    with Hall(database_url, profile="kazmkpu") as opened:
        hall = peopled(opened)
        case_id = drawn(
            hall, "kazmkpu_violation", members=(hall.third, hall.second), offences=("camera_covered",)
        )
        for one in (hall.second, hall.third):
            hall.do(act_cases.confirm, one, case_id, "yes", hall.origin())
        hall.do(act_cases.answer, hall.student_, case_id, DISAGREE, hall.origin())
        seen = hall.do(act_cases.explain, hall.student_, case_id, "Антивирус еді", hall.origin())
        assert (seen.state, seen.answer) == ("closed", "disagree")
        text = papers(hall, case_id)[0]
        for part in (
            "балы жойылады",
            "6B06101",
            "Антивирус еді",
            "Инженер-программист: Қызметкер R1",
            "KAZMKPU App A",
        ):
            assert part in text


@pytest.mark.parametrize("profile", profiles())
def test_forms__of_every_profile_fill_their_documents(tmp_path, sqlite_url, profile):
    with Hall(sqlite_url, profile=profile) as hall:
        for spec in hall.office.acts.all():
            words = hall.office.acts.words(spec.id)
            assert set(words) == {"kk", "ru"}
            assert spec.document in hall.office.papers.names()
            assert len(spec.signers) == 1 or len(spec.signers) == 3
        assert hall.office.acts.all()
        assert dt.timedelta(0) < act_cases._span(hall.office, "acts.answer_hours")
