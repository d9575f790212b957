"""One pinned post serves a study group's chat; who is not in it for certain is written to singly as ever."""

import pytest

from bot.errors import Refusal
from bot.rules.people import Me
from bot.services import chats
from bot.wire import ApiRefused, ApiUnreachable
from tests.support.hall import Hall
from tests.support.people import exam
from tests.support.timelines import at, to

CHAT = -4001
GROUP = "АЖ-23-1"
SUPER = -100_4001


def link(hall: Hall, *, rings: bool = True) -> tuple[Me, Me, Me, Me]:
    """An examiner and three students; the first two are known to be in the chat, the third is not."""
    students = [hall.student(f"S{n}", language="ru", group=GROUP) for n in (1, 2, 3)]
    examiner = hall.member("T1", language="ru")
    hall.add_exams(exam("E1", at("09:00"), groups=(GROUP,)))
    assert hall.do(chats.link, examiner, CHAT, "").standing == "linked"
    hall.do(chats.bot_is, CHAT, True, rings)
    hall.do(chats.seen, CHAT, [(students[0].user_id, True), (students[1].user_id, True)])
    hall.do(chats.seen, CHAT, [(students[2].user_id, False)])
    to(hall, "10:29", step_seconds=600)
    hall.sent()
    return students[0], students[1], students[2], examiner


def got(hall: Hall) -> list[int]:
    """Who got the warning since the last look, chats (negative) among them."""
    found = [message for message in hall.sent() if "Пора" not in message.text]
    assert all("Осталось" in message.text or "қалды" in message.text for message in found), found
    return sorted(message.user_id for message in found)


def states(hall: Hall) -> dict[str, tuple[str, str]]:
    """How the warning of 30 minutes stands for each student."""

    def look(uow: object) -> dict[str, tuple[str, str]]:
        from sqlalchemy import select

        from bot.storage.tables import Notice, Person, Reminder

        query = (
            select(Person.ext_id, Notice.state, Notice.reason)
            .join(Notice, Notice.person_id == Person.id)
            .join(Reminder, Reminder.id == Notice.reminder_id)
            .where(Reminder.rule == "left", Reminder.minutes == 30)
        )
        return {row[0]: (row[1], row[2]) for row in uow.session.execute(query)}  # type: ignore[attr-defined]

    found: dict[str, tuple[str, str]] = hall.sql(look)
    return found


def test_group_chat__one_pinned_post_and_only_the_others_singly(hall: Hall) -> None:
    _, _, third, _ = link(hall)
    to(hall, "10:30")
    assert got(hall) == [CHAT, third.user_id]
    assert [chat for chat, _ in hall.wire.pinned] == [CHAT]
    to(hall, "10:31")
    assert got(hall) == []
    assert states(hall) == {"S1": ("sent", "group"), "S2": ("sent", "group"), "S3": ("sent", "")}
    to(hall, "10:41")
    assert got(hall) == [CHAT, third.user_id]
    assert len(hall.wire.pinned) == 1


def test_group_chat__says_nobodys_name_and_has_no_buttons(hall: Hall) -> None:
    link(hall)
    to(hall, "10:30")
    (post,) = [message for message in hall.sent() if message.user_id == CHAT]
    assert "30 минут қалды" in post.text, "most of the group are Kazakh in the register"
    assert "<b>11:00</b>" in post.text
    assert not post.buttons


def test_group_chat__without_the_right_to_pin_everybody_is_written_to(hall: Hall) -> None:
    first, second, third, _ = link(hall, rings=False)
    to(hall, "10:30")
    assert got(hall) == sorted([CHAT, first.user_id, second.user_id, third.user_id])


def test_group_chat__a_pin_that_fails_spares_nobody(hall: Hall) -> None:
    first, second, third, _ = link(hall)
    hall.wire.may_pin = False
    to(hall, "10:30")
    assert got(hall) == sorted([CHAT, first.user_id, second.user_id, third.user_id])


@pytest.mark.parametrize(
    "failure",
    [ApiRefused(403, "Forbidden: bot was kicked from the group chat"), ApiRefused(400, "Bad Request: odd")],
)
def test_group_chat__a_post_that_is_refused_spares_nobody(hall: Hall, failure: ApiRefused) -> None:
    first, second, third, _ = link(hall)
    hall.wire.failures[CHAT] = [failure]
    to(hall, "10:30")
    assert got(hall) == sorted([first.user_id, second.user_id, third.user_id])


def test_group_chat__a_post_that_is_late_spares_nobody(hall: Hall) -> None:
    first, second, third, _ = link(hall)
    hall.wire.failures[CHAT] = [ApiUnreachable("sendMessage: TimeoutError")] * 60
    to(hall, "10:30")
    assert got(hall) == [third.user_id]
    to(hall, "10:30:25", step_seconds=5)
    assert got(hall) == sorted([first.user_id, second.user_id])


def test_group_chat__whoever_has_left_is_written_to(hall: Hall) -> None:
    first, _, third, _ = link(hall)
    hall.do(chats.seen, CHAT, [(first.user_id, False)])
    to(hall, "10:30")
    assert got(hall) == sorted([CHAT, first.user_id, third.user_id])


def test_group_chat__leaving_between_the_plan_and_the_post_counts(hall: Hall) -> None:
    first, _, third, _ = link(hall)
    to(hall, "10:29:58.5", step_seconds=1)
    hall.do(chats.seen, CHAT, [(first.user_id, False)])
    to(hall, "10:30")
    assert got(hall) == [CHAT, third.user_id]
    to(hall, "10:30:20", step_seconds=5)
    assert got(hall) == [first.user_id]


def test_group_chat__what_was_seen_long_ago_is_not_certain(hall: Hall) -> None:
    students = [hall.student(f"S{n}", language="ru", group=GROUP) for n in (1, 2)]
    examiner = hall.member("T1", language="ru")
    hall.add_exams(exam("E1", at("22:00"), groups=(GROUP,)))
    hall.do(chats.link, examiner, CHAT, GROUP)
    hall.do(chats.bot_is, CHAT, True, True)
    hall.do(chats.seen, CHAT, [(me.user_id, True) for me in students])
    to(hall, "23:29", step_seconds=3600)
    hall.sent()
    to(hall, "23:30")
    assert got(hall) == sorted([CHAT, *(me.user_id for me in students)])


def test_group_chat__becomes_a_supergroup_in_the_middle(hall: Hall) -> None:
    _, _, third, _ = link(hall)
    moved = ApiRefused(400, "Bad Request: group chat was upgraded to a supergroup chat", moved_to=SUPER)
    hall.wire.failures[CHAT] = [moved]
    to(hall, "10:30")
    assert got(hall) == [SUPER, third.user_id]
    assert states(hall)["S1"] == ("sent", "group")


def test_group_chat__the_bot_thrown_out_or_the_chat_unlinked(hall: Hall) -> None:
    first, second, third, examiner = link(hall)
    hall.do(chats.bot_is, CHAT, False, False)
    everybody = sorted([first.user_id, second.user_id, third.user_id])
    to(hall, "10:30")
    assert got(hall) == everybody
    hall.do(chats.bot_is, CHAT, True, True)
    to(hall, "10:40")
    assert got(hall) == [CHAT, third.user_id]
    assert hall.do(chats.unlink, examiner, CHAT) == GROUP
    to(hall, "10:50")
    assert got(hall) == everybody


def test_link__a_student_asks_and_an_examiner_confirms(hall: Hall) -> None:
    leader = hall.student("S1", language="ru", group=GROUP)
    stranger = hall.student("S9", group="ИС-23-2")
    examiner, other = hall.member("T1", language="ru"), hall.member("T2")
    hall.add_exams(exam("E1", at("12:00"), groups=(GROUP,), examiners=("T1",)))
    with pytest.raises(Refusal, match="chat_not_yours"):
        hall.do(chats.link, stranger, CHAT, GROUP)
    with pytest.raises(Refusal, match="chat_not_yours"):
        hall.do(chats.link, other, CHAT, GROUP)
    for _ in range(2):
        assert hall.do(chats.link, leader, CHAT, "").standing == "asked"
    hall.tick()
    (asked,) = hall.expect((examiner, GROUP))
    assert any(data.startswith("gy:") for data in asked.data)
    chat_id = hall.sql(lambda uow: uow.chats.find(CHAT)[1].account_id)
    for wrong in (leader, other):
        with pytest.raises(Refusal):
            hall.do(chats.confirm, wrong, chat_id)
    for _ in range(2):
        assert hall.do(chats.confirm, examiner, chat_id).standing == "linked"
    hall.tick()
    assert [message.user_id for message in hall.sent()] == [CHAT]
    with pytest.raises(Refusal, match="chat_taken"):
        hall.do(chats.link, stranger, CHAT, "")


def test_link__an_examiner_of_several_groups_names_one(hall: Hall) -> None:
    hall.student("S1", group=GROUP)
    hall.student("S2", group="ИС-23-2")
    examiner = hall.member("T1")
    hall.add_exams(exam("E1", at("12:00"), groups=(GROUP, "ИС-23-2")))
    with pytest.raises(Refusal, match="chat_which") as refusal:
        hall.do(chats.link, examiner, CHAT, "")
    assert refusal.value.params["groups"] == f"{GROUP}, ИС-23-2"
    assert hall.do(chats.link, examiner, CHAT, "ИС-23-2").group == "ИС-23-2"


def test_unlink__by_another_student_is_refused(hall: Hall) -> None:
    first, _, _, _ = link(hall)
    with pytest.raises(Refusal, match="chat_not_yours"):
        hall.do(chats.unlink, first, CHAT)
    with pytest.raises(Refusal, match="chat_gone"):
        hall.do(chats.unlink, first, -777)


def test_roll__asks_of_whom_nothing_certain_is_known(hall: Hall) -> None:
    students = [hall.student(f"S{n}", group=GROUP) for n in (1, 2)]
    examiner = hall.member("T1")
    hall.add_exams(exam("E1", at("12:00"), groups=(GROUP,)))
    hall.do(chats.link, examiner, CHAT, "")
    (own,) = hall.do(chats.questions, 50)
    assert own.member_id is None
    hall.do(chats.bot_is, CHAT, True, True)
    assert {question.user for question in hall.do(chats.questions, 50)} == {me.user_id for me in students}
    assert len(hall.do(chats.questions, 1)) == 1
    hall.do(chats.seen, CHAT, [(me.user_id, True) for me in students])
    assert hall.do(chats.questions, 50) == []
