"""What people put around their words: titles, names, captions, kinds of message, any length and letters."""

import itertools

import pytest
from sqlalchemy import select

from bot.rules.vocabulary import ExamKind, Role
from bot.sandbox.entities import caption_text, message_text
from bot.services import cases, conversations, helpdesk, people, tickets
from bot.storage.tables import CaseEvent, TicketMessage
from tests.services.test_services_hostile_words import BARE, Town, everything
from tests.support.appealing import enrolled
from tests.support.clock import local
from tests.support.counter import Counter
from tests.support.people import exam

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""No letter of it is asked of a database here; `test_words__with_zero_bytes…` asks both."""

ODD = f"{BARE}&amp;'\"%s {{name}}\u202e\u200b\u2066\ufeff🏴‍☠️\x01'; DROP TABLE people;--"
NAME = f"{BARE}аты\u202e\u200b%s{{0}}"
GROUP = -1001


def filled(unit, length):
    """`unit` again and again, as long as Telegram lets a text be (in UTF-16 units)."""
    size = len(unit.encode("utf-16-le", "surrogatepass")) // 2
    return unit * (length // size)


UNITS = {
    "markup": "<b>", "ampersands": "&", "astral": "😀", "marks": "ё\u0301\u0301", "no width": "\u200b",
    "right to left": "\u202eא", "spaces": "\u00a0 \n", "one word": "ә", "quotes": "\"'`",
}  # fmt: skip


def user(me, **changes):
    return {
        "id": me.user_id,
        "is_bot": False,
        "first_name": NAME,
        "last_name": ODD,
        "username": "x_1",
    } | changes


def private(me):
    return {"id": me.user_id, "type": "private", "first_name": NAME}


def group(title=ODD, number=GROUP):
    return {"id": number, "type": "supergroup", "title": title}


def file(name="f"):
    return {"file_id": name, "file_unique_id": name, "file_size": 5, "file_name": ODD, "mime_type": ODD}


PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
PLACE = {"latitude": 43.2, "longitude": 76.9}
SENT = {
    "caption": {"photo": PHOTO, "caption": filled("<b>", 1024)},
    "caption of an odd document": {"document": file(), "caption": filled("😀", 1024)},
    "contact": {"contact": {"phone_number": ODD, "first_name": ODD, "last_name": ODD, "vcard": ODD}},
    "location": {"location": PLACE},
    "venue": {"location": PLACE, "venue": {"location": PLACE, "title": ODD, "address": ODD}},
    "dice": {"dice": {"emoji": "🎲", "value": 6}},
    "sticker": {"sticker": {**file(), "type": "regular", "width": 1, "height": 1, "is_animated": False,
                            "is_video": False, "emoji": "😀", "set_name": ODD}},
    "video note": {"video_note": {**file(), "length": 1, "duration": 1}},
    "voice": {"voice": {**file(), "duration": 1}, "caption": ODD},
    "animation": {"animation": {**file(), "width": 1, "height": 1, "duration": 1}, "document": file()},
    "paid media": {"paid_media": {"star_count": 9, "paid_media": [{"type": "preview"}]}, "caption": ODD},
    "poll": {"poll": {"id": "1", "question": ODD, "total_voter_count": 0,
                      "options": [{"text": ODD, "voter_count": 0, "persistent_id": "1"}],
                      "is_closed": False, "is_anonymous": True, "type": "regular",
                      "allows_multiple_answers": False, "allows_revoting": False, "members_only": False}},
    "story": {"story": {"chat": group(), "id": 1}},
    "game": {"game": {"title": ODD, "description": ODD, "photo": PHOTO}},
    "forwarded": {"text": ODD, "forward_origin": {"type": "hidden_user", "sender_user_name": ODD, "date": 1}},
    "forwarded of a channel": {"text": ODD, "forward_origin": {
        "type": "channel", "chat": {"id": -5, "type": "channel", "title": ODD}, "message_id": 1, "date": 1,
        "author_signature": ODD}},
    "quoting": {"text": ODD, "quote": {"text": ODD, "position": 0},
                "reply_to_message": {"message_id": 99, "date": 0, "chat": group()}},
    "through another bot": {"text": ODD, "via_bot": {"id": 7, "is_bot": True, "first_name": ODD}},
    "entities": {"text": "abc", "entities": [{"type": "text_link", "offset": 0, "length": 3, "url": BARE},
                                             {"type": "spoiler", "offset": 90, "length": 9}]},
    "command": {"text": "/" + filled("a", 4000)},
    "only a stroke": {"text": "/"},
    "a command and an odd name": {"text": f"/start@{ODD}"},
}  # fmt: skip
SENT |= {f"text of {name}": {"text": filled(unit, 4096)} for name, unit in UNITS.items()}


class Post:
    """A town whose updates have numbers and which keeps all that was said."""

    def __init__(self, hall, counter):
        self.hall, self.counter, self.numbers = hall, counter, itertools.count(1000)
        self.said = []

    def feed(self, kind, **fields):
        body = {"message_id": next(self.numbers), "date": 1, **fields}
        said = self.counter.feed({kind: body})
        self.said += said
        return said

    def heard(self):
        """Every text and caption that went out, as markup; what is in groups too."""
        self.hall.tick()
        return [one.html for one in self.said if one.html] + [one.text for one in self.hall.sent()]


@pytest.fixture
def post(hall, monkeypatch):
    counter = Counter(enrolled(hall), monkeypatch)
    yield Post(hall, counter)
    counter.close()


def spoilt(said):
    """What holds somebody's words as markup; raises where Telegram would refuse a message."""
    for text in said:
        (message_text if len(text) > 1024 else caption_text)(text, "HTML", None)
    return [text for text in said if BARE in text]


def answered(said):
    return any(one.method.startswith(("send", "edit", "answer")) for one in said)


@SQLITE
def test_messages__of_every_kind_are_answered_with_and_without_a_question_open(post):
    hall = post.hall
    hall.add_exams(exam("E2", local("2026-12-21 14:10"), kind=ExamKind.WRITTEN))
    hall.clock.now = local("2026-12-21 14:20")
    number = hall.sql(lambda uow: uow.exams.by_ext()["E2"].id)
    case = hall.do(cases.file, hall.me, "internet", number, hall.origin())
    wrong = []
    for (name, sent), form in itertools.product(SENT.items(), ("", "note")):
        hall.do(conversations.put, Town.key(hall.me), form, {"case": case.id} if form else {})
        said = post.feed("message", chat=private(hall.me), **{"from": user(hall.me)}, **sent)
        wrong += [] if answered(said) else [f"{name} {form}"]
        if form:
            continue
        post.feed("edited_message", chat=private(hall.me), edit_date=2, **{"from": user(hall.me)}, **sent)
    assert wrong == []
    assert spoilt(post.heard()) == []
    events = hall.sql(lambda uow: str([e.detail for e in uow.session.scalars(select(CaseEvent))]))
    for unit in ("markup", "ampersands", "astral", "quotes", "one word"):
        assert repr(filled(UNITS[unit], 4096).strip()[:900])[1:-1] in events, unit


@pytest.fixture
def talking(post):
    """A student and a helper who talk."""
    hall = post.hall
    hall.helper = hall.member("V1", Role.VOLUNTEER, full_name=NAME)
    hall.do(helpdesk.go_on_duty, hall.helper)
    hall.ticket = hall.do(tickets.open_own, hall.me, "", hall.origin())
    hall.do(helpdesk.claim, hall.helper, hall.ticket.id)
    return post


@SQLITE
def test_talks__carry_every_kind_of_message_both_ways_as_it_was_sent(talking):
    hall, post = talking.hall, talking
    for (name, sent), me in itertools.product(SENT.items(), (hall.me, hall.helper)):
        if name.startswith(("command", "a command")):
            continue
        fields = {"chat": private(me), "from": user(me), **sent}
        number = next(talking.numbers)
        post.feed("message", **fields | {"message_id": number})
        post.feed("edited_message", **fields | {"message_id": number, "edit_date": 2})
    assert spoilt(post.heard()) == []
    said = hall.sql(lambda uow: [one.text for one in uow.session.scalars(select(TicketMessage))])
    for unit in ("markup", "ampersands", "astral", "quotes"):
        assert said.count(filled(UNITS[unit], 4096)) == 2, unit


@SQLITE
def test_talks__a_place_that_became_words_and_words_without_a_letter_break_nothing(talking):
    hall, post = talking.hall, talking
    here = {"chat": private(hall.me), "from": user(hall.me), "message_id": 7_000}
    post.feed("message", **here, location=PLACE)
    assert post.heard()
    post.feed("edited_message", **here, text=ODD, edit_date=2)
    for number, text in enumerate((UNITS["spaces"], UNITS["no width"], "\u2028\u202e"), 7_001):
        said = post.feed("message", **here | {"message_id": number}, text=text)
        assert answered(said), "it is said that this cannot be carried"
    kept = hall.sql(lambda uow: [one.text for one in uow.session.scalars(select(TicketMessage))])
    assert kept == ["43.200000,76.900000"]
    assert spoilt(post.heard()) == []


def in_group(me, text, **fields):
    return {"chat": group(), "from": user(me), **({"text": text} if text else {}), **fields}


@SQLITE
def test_groups__titles_are_nobodys_words_and_hostile_arguments_are_refused(post):
    hall = post.hall
    lead = hall.member("C9", Role.CALL_CENTER, full_name=NAME)
    member = {"status": "administrator", "user": user(hall.me), "can_be_edited": False, "is_anonymous": False}
    rights = (
        "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
        "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
        "can_delete_stories", "can_pin_messages", "can_send_welcome_messages",
    )  # fmt: skip
    member |= dict.fromkeys(rights, True)
    change = {
        "chat": group(),
        "from": user(hall.me),
        "date": 1,
        "old_chat_member": member,
        "new_chat_member": member,
    }
    for kind in ("my_chat_member", "chat_member"):
        assert post.counter.feed({kind: change}) == []
    for command in ("link", "unlink", "desk", "duty", "queue", "start", "sos", "my", "exams"):
        for words in ("", f" {ODD}", f" {filled('<b>', 4000)}"):
            for me in (hall.me, lead):
                post.feed("message", **in_group(me, f"/{command}{words}"))
    for unit in UNITS.values():
        assert post.feed("message", **in_group(hall.me, filled(unit, 4096))) == []
    post.feed("message", **in_group(hall.me, "", new_chat_title=ODD))
    post.feed("message", **in_group(hall.me, "", new_chat_members=[user(hall.other)]))
    tapped = {"id": "1", "from": user(hall.me), "chat_instance": ODD, "data": f"gc:{ODD}"}
    post.said += post.counter.feed(
        {"callback_query": tapped | {"message": {"message_id": 5, "date": 0, "chat": group()}}}
    )
    assert spoilt(post.heard()) == []
    stored = hall.sql(everything)
    assert "DROP TABLE" not in stored
    assert filled("<b>", 4000)[:100] not in stored


@SQLITE
def test_groups__a_command_for_another_bot_is_not_ours(post):
    """An administrator's bot hears what was said to its neighbours."""
    hall = post.hall
    hall.do(people.remember_bot, "emtihan_bot")
    before = hall.sql(everything)
    for command in ("/link@other_bot АЖ-23-1", "/desk@other_bot", "/start@other_bot"):
        assert post.feed("message", **in_group(hall.me, command)) == []
    assert hall.sql(everything) == before
    assert answered(post.feed("message", **in_group(hall.me, "/link@Emtihan_Bot АЖ-23-1")))


@SQLITE
def test_inline__questions_of_any_letters_are_answered(post):
    for text in [ODD, "\ud83d\0", *(filled(unit, 256) for unit in UNITS.values())]:
        query = {"id": "1", "from": user(post.hall.me), "query": text, "offset": ODD}
        [said] = post.counter.feed({"inline_query": query})
        assert said.method == "answerInlineQuery"


@SQLITE
def test_names__of_telegram_are_kept_nowhere_however_they_change_between_two_taps(post):
    """Who somebody is, the registers say; not what they call themselves."""
    hall = post.hall
    for number in range(5):
        sender = user(hall.me, first_name=f"{ODD}{number}", language_code=f"{ODD}{number}")
        for text in ("/start", "/my", "/exams"):
            post.feed("message", chat=private(hall.me), text=text, **{"from": sender})
    sender = {"id": 999_999, "is_bot": False, "first_name": ODD, "language_code": ODD}
    post.feed("message", chat=private(hall.me) | {"id": 999_999}, text="/start", **{"from": sender})
    assert spoilt(post.heard()) == []
    assert "DROP TABLE" not in hall.sql(everything)


@SQLITE
def test_updates__that_are_of_no_chat_of_ours_are_passed_by(post):
    """Business chats, channels and what nobody has asked Telegram for."""
    hall = post.hall
    body = {"message_id": 1, "date": 1, "chat": private(hall.me), "text": "/sos"}
    channel = {"id": -7, "type": "channel", "title": ODD}
    before = hall.sql(everything)
    for kind, fields in (
        ("business_message", body | {"from": user(hall.me), "business_connection_id": ODD}),
        ("edited_business_message", body | {"from": user(hall.me), "business_connection_id": ODD}),
        ("channel_post", body | {"chat": channel, "sender_chat": group()}),
        ("edited_channel_post", body | {"chat": channel}),
        ("message_reaction", {"chat": group(), "message_id": 1, "date": 1, "old_reaction": [],
                              "new_reaction": []}),
        ("chat_join_request", {"chat": group(), "from": user(hall.me), "user_chat_id": 1, "date": 1,
                               "bio": ODD}),
        ("pre_checkout_query", {"id": "1", "from": user(hall.me), "currency": "KZT", "total_amount": 1,
                                "invoice_payload": ODD}),
        ("poll_answer", {"poll_id": "1", "user": user(hall.me), "option_ids": [0],
                         "option_persistent_ids": ["1"]}),
    ):  # fmt: skip
        assert post.counter.feed({kind: fields}) == [], kind
    assert hall.sql(everything) == before
