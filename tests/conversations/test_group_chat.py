"""A group's chat over HTTP: /link, an examiner's yes, who is in it, rights, the upgrade, the way out."""

from typing import Any

from bot.storage.tables import Notice
from tests.support.campus import Campus
from tests.support.clock import HandClock
from tests.support.town import Phone, Town


def says(town: Town, chat: int, phone: Phone, text: str) -> list[str]:
    """Somebody writes in the group; what the bot has said there since."""
    before = len(texts(town, chat))
    town.post(f"/sandbox/chats/{chat}/send", {"from": phone.user_id, "text": text})
    town.settle()
    return texts(town, chat)[before:]


def texts(town: Town, chat: int) -> list[str]:
    shown = town.get(f"/sandbox/chats/{chat}/messages")
    return [str(message.get("text")) for message in shown if message["from"] == "bot"]


def standing(town: Town, chat: int) -> Any:
    return town.sql(lambda uow: uow.chats.find(chat))


def roll(town: Town) -> int:
    """Who is in the chats is asked now."""
    assert town.app is not None
    found: int = town.carry_out(town.app.parts.roll.once())
    return found


def test_link__a_student_asks_in_the_group_and_the_examiner_confirms(town: Town, campus: Campus) -> None:
    student, examiner = campus.student(language="ru"), campus.member(language="ru")
    campus.exam(examiner)
    chat = town.group(student)
    (answer,) = says(town, chat, student, "/link@emtihan_bot")
    assert "Просьба отправлена" in answer
    assert campus.group in answer
    town.settle()
    assert campus.group in examiner.messages()[-1]["text"]
    examiner.tap("✅ Подтвердить")
    assert "подключён" in examiner.messages()[-1]["text"]
    town.settle()
    assert campus.group in texts(town, chat)[-1]
    assert standing(town, chat)[1].confirmed_at is not None


def test_link__by_a_stranger_or_a_guest_is_refused_in_the_group(town: Town, campus: Campus) -> None:
    other, guest = campus.student(group="ЧУЖАЯ-1", language="ru"), town.phone("ru")
    campus.exam()
    chat = town.group(other, guest)
    (refused,) = says(town, chat, other, f"/link {campus.group}")
    assert "только её преподаватель или студент" in refused
    (first,) = says(town, chat, guest, "/link")
    assert "/start" in first
    assert standing(town, chat) is None


def test_group__the_commands_of_a_private_chat_point_there(town: Town, campus: Campus) -> None:
    student = campus.student()
    chat = town.group(student)
    (answer,) = says(town, chat, student, "/exams")
    assert "жеке чатта" in answer


def test_rights__members_and_the_upgrade_are_followed(town: Town, campus: Campus) -> None:
    first, second, examiner = campus.student(), campus.student(), campus.member()
    campus.exam(examiner)
    chat = town.group(first, examiner)
    says(town, chat, examiner, "/link")
    assert not standing(town, chat)[1].rings
    town.patch(f"/sandbox/groups/{chat}", {"can_pin": True})
    town.settle()
    assert standing(town, chat)[1].rings
    town.patch(f"/sandbox/groups/{chat}", {"join": second.user_id})
    town.patch(f"/sandbox/groups/{chat}", {"part": second.user_id})
    town.settle()
    town.patch(f"/sandbox/groups/{chat}", {"upgraded_to": -1_009_000 + chat % 1000})
    town.settle()
    later = -1_009_000 + chat % 1000
    assert standing(town, chat) is None
    assert standing(town, later)[1].group_name == campus.group
    town.patch(f"/sandbox/groups/{later}", {"kicked": True})
    town.settle()
    account, row = standing(town, later)
    assert account.blocked_at is not None
    assert not row.rings


def test_warning__one_pinned_post_and_the_student_outside_singly(
    own_town: Town, own_campus: Campus, clock: HandClock
) -> None:
    inside, outside, examiner = own_campus.student(), own_campus.student(), own_campus.member()
    exam_id = own_campus.exam(examiner, starts_in=-60)
    chat = own_town.group(inside, examiner)
    own_town.patch(f"/sandbox/groups/{chat}", {"can_pin": True})
    says(own_town, chat, examiner, "/link")
    own_town.until(lambda: roll(own_town) == 0)

    def final() -> Any:
        def look(uow: Any) -> dict[str, int]:
            rows = uow.session.query(Notice).filter(Notice.exam_id == exam_id, Notice.kind == "warning")
            return {f"{row.person_id}": row.reason for row in rows if row.state == "sent"}

        found = own_town.sql(look)
        return found if len(found) == 2 else None

    own_campus.move(exam_id, minutes=-30)
    reasons = own_town.until(final)
    assert sorted(reasons.values()) == ["", "group"]
    assert not any("қалды" in message["text"] for message in inside.messages())
    assert any("қалды" in message["text"] for message in outside.messages())
    pinned = [m for m in own_town.get(f"/sandbox/chats/{chat}/messages") if m.get("pinned")]
    assert len(pinned) == 1
    assert "қалды" in pinned[0]["text"]
