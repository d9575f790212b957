"""Acts at their edges: a draft changed back and forth, an answer too early or twice, words without words."""

import pytest

from bot.rules.acts import AGREE, CONFIRM, DISAGREE, REFUSE, SIGN, SIGNED, TEXT_LETTERS
from bot.services import act_cases, acts, forgetting
from bot.services.files import Sent
from tests.exchange.test_exchange_files import jpeg
from tests.services.test_services_acts import confirmed, drawn, peopled, three
from tests.support.hall import Hall
from tests.support.refusals import code_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused, and to whom, does not depend on the database."""


@pytest.fixture
def ayu(hall):
    return peopled(hall)


@pytest.fixture
def medical(database_url):
    with Hall(database_url, profile="kaznmu") as opened:
        yield peopled(opened)


def begun(hall, act_id="ayu_violation"):
    return hall.do(acts.begin, hall.me, act_id, hall.exam_id, hall.origin()).id


def actions(hall, case_id):
    return [event.action for event in hall.sql(lambda uow: uow.cases.events(case_id))]


# Drafts


def test_draft__at_no_exam_or_of_no_form_is_not_begun(ayu):
    assert code_of(ayu, acts.offered, ayu.me, 404) == "exam_gone"
    assert code_of(ayu, acts.begin, ayu.me, "ayu_violation", 404, 1) == "exam_gone"
    assert code_of(ayu, acts.begin, ayu.me, "no_such_form", ayu.exam_id, 1) == "act_not_yours"


def test_draft__is_its_drawers_while_they_hold_the_exam_and_it_is_open(ayu):
    draft = begun(ayu)
    assert code_of(ayu, acts.draft_of, ayu.examiner, draft) == "draft_gone"

    def replace(uow):
        uow.exams.get(ayu.exam_id).proctor_id = ayu.examiner.person_id

    ayu.sql(replace)
    assert code_of(ayu, acts.draft_of, ayu.me, draft) == "act_not_yours"


def test_draft__of_a_form_that_the_profile_has_no_more_is_gone(ayu):
    draft = begun(ayu)

    def rename(uow):
        uow.drafts.get(draft).subject = f"kaznmu_gone:{ayu.exam_id}"

    ayu.sql(rename)
    assert code_of(ayu, acts.draft_of, ayu.me, draft) == "draft_gone"


def test_student__is_one_of_the_exams(ayu):
    draft = begun(ayu)
    stranger = ayu.student("S9", group="БТ-1")
    for one in (stranger.person_id, ayu.dean.person_id, 404):
        assert code_of(ayu, acts.choose_student, ayu.me, draft, one) == "student_gone"


def test_members__are_chosen_taken_out_and_never_too_many(medical):
    draft = begun(medical, "kaznmu_violation")
    for one in (medical.second, medical.third):
        medical.do(acts.toggle_member, medical.me, draft, one.person_id)
    assert code_of(medical, acts.toggle_member, medical.me, draft, medical.examiner.person_id) == "act_moved"
    seen = medical.do(acts.toggle_member, medical.me, draft, medical.second.person_id)
    assert [one.person_id for one in seen.members] == [medical.third.person_id]
    assert code_of(medical, acts.toggle_member, medical.me, draft, medical.me.person_id) == "act_moved"


def test_text__is_once_an_update_has_words_and_an_end_and_can_be_written_anew(ayu):
    draft, origin = begun(ayu), ayu.origin()
    for _ in range(2):
        seen = ayu.do(acts.add_text, ayu.me, draft, "Үстелде қағаз", origin)
    assert dict(seen.texts) == {"description": "Үстелде қағаз"}
    assert code_of(ayu, acts.add_text, ayu.me, draft, "… !", ayu.origin()) == "act_text_empty"
    assert code_of(ayu, acts.add_text, ayu.me, draft, "я" * TEXT_LETTERS, ayu.origin()) == "act_text_long"
    assert code_of(ayu, acts.choose_field, ayu.me, draft, "no_such") == "act_moved"
    assert dict(ayu.do(acts.choose_field, ayu.me, draft, "description").texts) == {}
    seen = ayu.do(acts.add_text, ayu.me, draft, "Телефон", ayu.origin())
    assert dict(seen.texts) == {"description": "Телефон"}


def test_evidence__is_a_photo_or_a_document_and_goes_with_a_draft_thrown_away(ayu):
    draft = begun(ayu)
    assert code_of(ayu, acts.add_file, ayu.me, draft, Sent("v", "voice"), ayu.origin()) == "file_kind"
    ayu.wire.files["photo"] = jpeg()
    ayu.do(acts.add_file, ayu.me, draft, Sent("photo", "photo"), ayu.origin())
    ayu.tick()
    (file,) = ayu.sql(lambda uow: uow.files.of_draft(draft))
    assert file.state == "kept"
    ayu.do(acts.drop, ayu.me, draft)
    assert ayu.sql(lambda uow: uow.files.get(file.id)).state == "erased"
    assert code_of(ayu, acts.drop, ayu.me, draft) == "draft_gone"


# The commission


def test_confirm__is_for_the_commission_while_it_is_open_and_the_drawer_has_said_yes(medical):
    case_id = three(medical)
    assert code_of(medical, act_cases.confirm, medical.dean, case_id, "yes", 1) == "not_yours"
    assert code_of(medical, act_cases.confirm, medical.me, case_id, "no", 1) == "act_moved"
    assert code_of(medical, act_cases.confirm, medical.second, case_id, "maybe", 1) == "act_moved"
    for one in (medical.second, medical.third):
        medical.do(act_cases.confirm, one, case_id, "yes", medical.origin())
    medical.do(act_cases.answer, medical.student_, case_id, AGREE, medical.origin())
    medical.do(act_cases.sign, medical.dean, case_id, SIGNED, medical.origin())
    assert code_of(medical, act_cases.confirm, medical.second, case_id, "yes", 1) == "case_over"


def test_seat__by_one_update_is_one_member(medical):
    case_id = three(medical)
    medical.do(act_cases.confirm, medical.third, case_id, "no", medical.origin())
    origin = medical.origin()
    for _ in range(2):
        seen = medical.do(act_cases.seat, medical.me, case_id, medical.examiner.person_id, origin)
    assert [one.name for one in seen.signers] == ["Қызметкер P1", "Қызметкер M1", "Қызметкер T1"]
    assert actions(medical, case_id).count("round") == 1


# The student and whoever signs


def test_answer__not_before_the_commission_once_an_update_and_only_in_its_words(medical):
    case_id = three(medical)
    assert code_of(medical, act_cases.answer, medical.me, case_id, REFUSE, 1) == "act_moved"
    for one in (medical.second, medical.third):
        medical.do(act_cases.confirm, one, case_id, "yes", medical.origin())
    assert code_of(medical, act_cases.answer, medical.student_, case_id, "maybe", 1) == "act_moved"
    origin = medical.origin()
    for _ in range(2):
        seen = medical.do(act_cases.answer, medical.student_, case_id, DISAGREE, origin)
    assert (seen.stage, seen.answer) == (SIGN, "disagree")


def test_refusal__where_there_is_no_form_for_it_is_an_answer_and_no_act(ayu):
    case_id = drawn(ayu, "ayu_violation", offences=("device",))
    seen = ayu.do(act_cases.answer, ayu.student_, case_id, REFUSE, ayu.origin())
    assert (seen.stage, seen.answer) == (SIGN, REFUSE)
    assert len(ayu.do(act_cases.register)) == 1


def test_explain__is_the_students_own_with_words_an_end_and_once_an_update(ayu):
    case_id = drawn(ayu, "ayu_violation", offences=("device",))
    other, origin = ayu.student("S7"), ayu.origin()
    for one in (other, ayu.me, ayu.dean):
        assert code_of(ayu, act_cases.explain, one, case_id, "Мен", 1) == "not_yours"
    assert code_of(ayu, act_cases.explain, ayu.student_, case_id, "…", 1) == "act_text_empty"
    for _ in range(2):
        seen = ayu.do(act_cases.explain, ayu.student_, case_id, "Менің қағазым емес", origin)
    assert seen.explained == "Менің қағазым емес"
    long = "я" * TEXT_LETTERS
    assert code_of(ayu, act_cases.explain, ayu.student_, case_id, long, ayu.origin()) == "act_text_long"
    ayu.do(act_cases.explain, ayu.student_, case_id, "Көрдім", ayu.origin())
    assert ayu.do(act_cases.show, ayu.student_, case_id).explained == "Менің қағазым емес\nКөрдім"


def test_sign__by_one_update_is_once_and_only_yes_or_back(ayu):
    case_id = drawn(ayu, "ayu_violation", offences=("device",))
    ayu.do(act_cases.answer, ayu.student_, case_id, AGREE, ayu.origin())
    assert code_of(ayu, act_cases.sign, ayu.dean, case_id, "maybe", 1) == "act_moved"
    origin = ayu.origin()
    for _ in range(2):
        seen = ayu.do(act_cases.sign, ayu.dean, case_id, SIGNED, origin)
    assert (seen.state, actions(ayu, case_id).count("decided")) == ("closed", 1)


def test_list__of_nobody_in_the_registers_is_empty_and_a_student_keeps_what_is_over(ayu):
    case_id = drawn(ayu, "ayu_violation", offences=("device",))
    ayu.do(act_cases.answer, ayu.student_, case_id, AGREE, ayu.origin())
    assert [one.id for one in ayu.do(act_cases.waiting_for, ayu.dean)] == [case_id]
    ayu.do(act_cases.sign, ayu.dean, case_id, SIGNED, ayu.origin())
    assert ayu.do(act_cases.waiting_for, ayu.dean) == []
    assert [one.id for one in ayu.do(act_cases.waiting_for, ayu.student_)] == [case_id]


def test_forgotten__acts_about_others_stay_whole(ayu):
    case_id = drawn(ayu, "ayu_violation", offences=("device",), texts=("Үстелде қағаз",))
    ayu.do(forgetting.forget, "S2")
    case = ayu.sql(lambda uow: uow.cases.get(case_id))
    assert case.data["texts"] == {"description": "Үстелде қағаз"}


def test_late__who_does_not_sign_is_reminded_every_day_and_whoever_signed_is_not(medical):
    case_id = confirmed(medical)
    assert medical.do(act_cases.show, medical.me, case_id).stage != CONFIRM
    medical.do(act_cases.answer, medical.student_, case_id, AGREE, medical.origin())
    medical.tick()
    medical.sent()
    hours = float(medical.office.policy.leaves["acts.sign_hours"].value)
    medical.forward(hours=hours, step_seconds=hours * 3600)
    late = {m.user_id for m in medical.sent() if "pk:" not in "".join(m.data)}
    assert medical.dean.user_id in late
    assert medical.second.user_id not in late


@pytest.mark.parametrize(
    ("kind", "offences"),
    [("oral", ["phone", "media", "no_answer"]), ("creative", ["no_answer"]), ("test", None)],
)
def test_offences__are_those_that_the_source_names_for_such_an_exam(database_url, kind, offences):
    with Hall(database_url, profile="ukgu") as hall:
        peopled(hall)
        hall.sql(lambda uow: setattr(uow.exams.get(hall.exam_id), "kind", kind))
        if offences is None:
            assert code_of(hall, acts.offered, hall.me, hall.exam_id) == "act_none_here"
            assert code_of(hall, acts.begin, hall.me, "ukgu_violation", hall.exam_id, 1) == "act_not_yours"
            return
        draft = hall.do(acts.begin, hall.me, "ukgu_violation", hall.exam_id, hall.origin())
        assert list(draft.spec.offences) == offences
        if kind == "creative":
            assert code_of(hall, acts.toggle_offence, hall.me, draft.id, "phone") == "act_moved"
