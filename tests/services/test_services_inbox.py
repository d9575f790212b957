import pytest

from bot.services import conversations, inbox, people
from bot.storage.tables import IncomingUpdate

CHAT = {"id": 7, "type": "private"}
USER = {"id": 5, "is_bot": False}


@pytest.mark.parametrize(
    ("update", "key"),
    [
        ({"message": {"chat": CHAT, "from": USER}}, 7),
        ({"edited_message": {"chat": CHAT, "from": USER}}, 7),
        ({"callback_query": {"id": "1", "from": USER, "message": {"chat": CHAT}}}, 7),
        ({"callback_query": {"id": "1", "from": USER}}, 5),
        ({"my_chat_member": {"chat": CHAT, "from": USER}}, 7),
        ({"inline_query": {"id": "1", "from": USER}}, 5),
        ({"poll_answer": {"poll_id": "1", "user": USER}}, 5),
        ({"message": {"chat": {"id": -100123}, "from": USER}}, -100123),
        ({"not_known_yet": {"from": USER}}, 5),
        ({"not_known_yet": {"deep": {"chat": CHAT}}}, 0),
        ({"not_known_yet": 5}, 0),
        ({}, 0),
        ({"message": {"chat": {"id": "7"}}}, 0),
        ({"message": {"chat": {"id": True}}}, 0),
        ({"message": {"chat": {"id": 1 << 63}}}, 0),
        ({"message": {"chat": {"id": (1 << 63) - 1}}}, (1 << 63) - 1),
        ({"message": {"chat": [], "message": "x"}}, 0),
    ],
)
def test_chat_key__is_the_chat_else_the_user_else_nothing(update, key):
    assert inbox.chat_key({"update_id": 1, **update}) == key


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ({"update_id": 1}, True), ({"update_id": 0, "message": {}}, True), ({}, False), ([], False),
        (None, False), ({"update_id": "1"}, False), ({"update_id": True}, False), ({"update_id": 1.0}, False),
        ({"update_id": 10**20}, False), ("update_id", False),
    ],
)  # fmt: skip
def test_is_update__has_a_number_that_fits(value, good):
    assert inbox.is_update(value) is good


def update(number, chat=7):
    return {"update_id": number, "message": {"chat": {"id": chat}, "text": "Сәлем"}}


def waiting(hall, after=0, limit=100):
    return hall.do(inbox.waiting, 1, after, limit)


def test_store__each_update_waits_once_as_it_came(hall):
    assert hall.do(inbox.store, 1, [update(2), update(1, 8)]) == 2
    assert hall.do(inbox.store, 1, [update(1), update(3)]) == 1
    found = waiting(hall)
    assert [(row.update_id, row.chat_key, row.attempts) for row in found] == [(2, 7, 0), (1, 8, 0), (3, 7, 0)]
    assert found[0].payload == update(2)
    assert [row.update_id for row in waiting(hall, found[0].row_id, 1)] == [1]


def test_store__the_largest_numbers_fit(hall):
    largest = (1 << 63) - 1
    assert hall.do(inbox.store, largest, [update(largest, -largest)]) == 1


def test_done__it_waits_no_more_and_its_words_are_gone(hall):
    hall.do(inbox.store, 1, [update(1)])
    [row] = waiting(hall)
    for _ in range(2):
        hall.do(inbox.done, [row.row_id])
    assert waiting(hall) == []
    stored = hall.sql(lambda uow: uow.session.get(IncomingUpdate, row.row_id))
    assert (stored.state, stored.payload, stored.finished_at) == ("done", {}, hall.clock())
    assert hall.do(inbox.store, 1, [update(1)]) == 0


def test_failed__three_tries_then_it_is_kept_aside_as_it_came(hall):
    hall.do(inbox.store, 1, [update(1), update(2)])
    row, other = waiting(hall)
    tries = [hall.do(inbox.failed, row.row_id, "ValueError " * 100) for _ in range(3)]
    assert tries == [False, False, True]
    assert [found.row_id for found in waiting(hall)] == [other.row_id]
    stored = hall.sql(lambda uow: uow.session.get(IncomingUpdate, row.row_id))
    assert (stored.state, stored.attempts, len(stored.reason)) == ("quarantined", 3, 200)
    assert stored.payload == update(1)


def test_failed__for_good_when_no_other_try_could_help(hall):
    hall.do(inbox.store, 1, [update(1)])
    [row] = waiting(hall)
    assert hall.do(inbox.failed, row.row_id, "ValueError", final=True)
    assert waiting(hall) == []


def test_row_that_is_gone__is_nothing_to_wait_for(hall):
    hall.do(inbox.done, [404])
    assert hall.do(inbox.failed, 404, "ValueError")


def test_conversation__a_question_is_open_in_its_own_chat_until_it_is_put_away(hall):
    def is_open(chat, user=5):
        came = hall.do(people.arrive, user, "kk", conversations.key(1, chat, user))
        assert came.me == hall.do(people.meet, user, "kk")
        return came.form, came.answers

    assert is_open(5) == ("", {})
    hall.do(conversations.put, conversations.key(1, 5, 5), "note", {"case": 7})
    assert is_open(5) == ("note", {"case": 7})
    assert is_open(-100) == is_open(6, 6) == ("", {}), "neither in a group nor for somebody else"
    hall.do(conversations.put, conversations.key(1, 5, 5), "other", {})
    assert is_open(5) == ("other", {})
    hall.do(conversations.put, conversations.key(1, 5, 5), "", {})
    assert is_open(5) == ("", {})
