"""Asker and helper talk through the bot: in order, apart from others, nothing lost, no account shown."""

import datetime as dt

import pytest

from bot.rules.vocabulary import Role
from bot.services import forgetting, helpdesk, retention, supervision, talks, tickets
from bot.wire import ApiRefused, ApiUnreachable
from tests.support.refusals import refused
from tests.support.scenes import scene

CARD = "4111 1111 1111 1111"


@scene
def desk(hall):
    """One conversation: a student and a volunteer; what was said so far has been read."""
    hall.helper, hall.one = hall.member("V1", Role.VOLUNTEER), hall.student("S1")
    hall.do(helpdesk.go_on_duty, hall.helper)
    hall.ticket = hall.do(tickets.open_own, hall.one, "", hall.origin())
    hall.do(helpdesk.claim, hall.helper, hall.ticket.id)
    hall.tick()
    hall.sent()
    return hall


def say(hall, me, text="", ticket=None, **more):
    where = ticket.id if ticket else hall.ticket.id
    return hall.do(talks.say, me, where, hall.origin(), text=text, **more)


def texts(hall, me):
    return [message.text for message in hall.sent() if message.user_id == me.user_id]


def test_message__goes_to_the_other_and_shows_no_account(desk):
    say(desk, desk.one, "Zoom ашылмайды")
    desk.tick()
    (got,) = desk.sent()
    assert got.user_id == desk.helper.user_id
    assert got.text == f"<b>💬 {desk.ticket.number} · Студент S1</b>\nZoom ашылмайды"
    assert str(desk.one.user_id) not in got.text
    say(desk, desk.helper, "Сілтемені басыңыз")
    desk.tick()
    assert texts(desk, desk.one) == ["<b>💬 Сандық ерікті</b>\nСілтемені басыңыз"]


def test_messages__keep_their_order_when_the_line_refuses(desk):
    desk.wire.failures[desk.helper.user_id] = [
        ApiRefused(429, "Too Many Requests", 3),
        ApiUnreachable("reset"),
        ApiRefused(429, "Too Many Requests", 1),
    ]
    for number in range(8):
        say(desk, desk.one, f"хабар {number}")
    desk.forward(minutes=2, step_seconds=1)
    assert [text.rpartition("\n")[2] for text in texts(desk, desk.helper)] == [f"хабар {n}" for n in range(8)]


def test_messages__before_the_claim_come_with_it(hall):
    helper, one = hall.member("V1", Role.VOLUNTEER), hall.student("S1")
    hall.do(helpdesk.go_on_duty, helper)
    ticket = hall.do(tickets.open_own, one, "", hall.origin())
    for word in ("бірінші", "екінші"):
        assert say(hall, one, word, ticket)[0] == "waiting"
    hall.tick()
    assert not any(text.endswith("бірінші") and "💬" in text for text in texts(hall, helper))
    hall.do(helpdesk.claim, helper, ticket.id)
    hall.tick()
    assert [text.rpartition("\n")[2] for text in texts(hall, helper)][-2:] == ["бірінші", "екінші"]


def test_message__of_one_update_is_said_once(desk):
    origin = desk.origin()
    for _ in range(3):
        desk.do(talks.say, desk.one, desk.ticket.id, origin, text="бір рет")
    desk.tick()
    assert len(texts(desk, desk.helper)) == 1


def test_conversations__never_mix(desk):
    other = desk.student("S2")
    second = desk.do(tickets.open_own, other, "", desk.origin())
    desk.do(helpdesk.claim, desk.helper, second.id)
    desk.tick()
    desk.sent()
    say(desk, desk.helper, "екіншіге", second)
    say(desk, desk.helper, "біріншіге")
    desk.tick()
    got = desk.sent()
    assert [(m.user_id, m.text.rpartition("\n")[2]) for m in got] in (
        [(other.user_id, "екіншіге"), (desk.one.user_id, "біріншіге")],
        [(desk.one.user_id, "біріншіге"), (other.user_id, "екіншіге")],
    )
    with refused("helpers_only"):
        say(desk, other, "бөтен")


def test_talk_of__the_current_ticket_or_the_one_that_is_answered(desk):
    assert desk.do(talks.talk_of, desk.one, None) == desk.ticket.id
    say(desk, desk.one, "сұрақ", source_id=50)
    desk.tick()
    shown = len(desk.wire.messages)
    second = desk.do(tickets.open_own, desk.student("S2"), "", desk.origin())
    desk.do(helpdesk.claim, desk.helper, second.id)
    assert desk.do(talks.talk_of, desk.helper, None) == second.id
    assert desk.do(talks.talk_of, desk.helper, shown) == desk.ticket.id
    desk.do(helpdesk.resolve, desk.helper, second.id)
    assert desk.do(talks.talk_of, desk.helper, None) == desk.ticket.id
    desk.do(helpdesk.resolve, desk.helper, desk.ticket.id)
    assert desk.do(talks.talk_of, desk.helper, None) is None
    assert desk.do(talks.talk_of, desk.one, None) is None


def test_reply__answers_the_right_message_in_the_other_chat(desk):
    calls = []
    real = desk.wire.call

    async def call(method, payload, patience=15):
        calls.append((method, payload))
        return await real(method, payload, patience)

    desk.wire.call = call
    say(desk, desk.one, "сұрақ", source_id=50)
    desk.tick()
    shown = len(desk.wire.messages)
    say(desk, desk.helper, "жауап", source_id=70, answers=shown)
    desk.tick()
    assert calls[-1][1]["reply_parameters"] == {"message_id": 50, "allow_sending_without_reply": True}


def test_edit__changes_the_message_that_stands(desk):
    say(desk, desk.one, "қате", source_id=50)
    desk.tick()
    (first,) = desk.sent()
    number = len(desk.wire.messages)
    assert desk.do(talks.edit, desk.one, 50, "дұрыс") == (True, False)
    desk.tick()
    (changed,) = desk.sent()
    assert (changed.edits, changed.text.rpartition("\n")[2]) == (number, "дұрыс")
    assert first.edits is None
    assert desk.do(talks.edit, desk.one, 999, "бөтен") == (False, False)


def test_edit__before_it_arrives_arrives_once_and_right(desk):
    desk.wire.failures[desk.helper.user_id] = [ApiRefused(429, "Too Many Requests", 5)]
    say(desk, desk.one, "қате", source_id=50)
    desk.tick()
    desk.do(talks.edit, desk.one, 50, "дұрыс")
    desk.forward(seconds=10, step_seconds=1)
    got = texts(desk, desk.helper)
    assert got[0].endswith("дұрыс")
    assert not any(text.endswith("қате") for text in got)


def test_failure__is_told_to_the_author_and_holds_up_nobody(desk):
    desk.wire.failures[desk.helper.user_id] = [ApiRefused(400, "Bad Request: wrong file identifier")]
    say(desk, desk.one, "сурет", kind="photo", file_id="broken", source_id=50)
    say(desk, desk.one, "сөз")
    desk.forward(seconds=3, step_seconds=1)
    desk.expect((desk.one, "жетпеді"), (desk.helper, "сөз"))


def test_blocked__the_author_hears_at_once(desk):
    desk.wire.blocked.add(desk.one.user_id)
    say(desk, desk.helper, "бірінші")
    say(desk, desk.helper, "екінші")
    desk.forward(seconds=3, step_seconds=1)
    assert [text for text in texts(desk, desk.helper) if "жетпеді" in text] == ["⚠️ Бұл хабар жетпеді."] * 2


def test_numbers__are_hidden_before_they_are_kept(desk):
    assert say(desk, desk.one, f"картам {CARD}") == ("claimed", True)
    desk.tick()
    (got,) = texts(desk, desk.helper)
    assert "4111 1111" not in got
    assert "••••1111" in got
    kept = desk.sql(lambda uow: [message.text for message in uow.talks.of(desk.ticket.id)])
    assert kept == ["картам ••••1111"]


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("photo", "sendPhoto"),
        ("voice", "sendVoice"),
        ("video_note", "sendVideoNote"),
        ("document", "sendDocument"),
    ],
)
def test_files__travel_by_their_id(desk, kind, method):
    calls = []
    real = desk.wire.call

    async def call(name, payload, patience=15):
        calls.append((name, payload))
        return await real(name, payload, patience)

    desk.wire.call = call
    say(desk, desk.one, "", kind=kind, file_id="F1")
    say(desk, desk.one, "43.297,68.251", kind="location")
    desk.tick()
    assert [name for name, _ in calls] == [method, "sendLocation"]
    assert calls[0][1][kind] == "F1"
    assert (calls[1][1]["latitude"], calls[1][1]["longitude"]) == (43.297, 68.251)


def test_ready_answer__is_said_in_the_readers_language(hall):
    helper, one = hall.member("V1", Role.VOLUNTEER, language="ru"), hall.student("S1", language="kk")
    hall.do(helpdesk.go_on_duty, helper)
    ticket = hall.do(tickets.open_own, one, "", hall.origin())
    hall.do(helpdesk.claim, helper, ticket.id)
    hall.tick()
    hall.sent()
    say(hall, helper, "wait", ticket, kind="canned")
    hall.tick()
    assert texts(hall, one) == ["<b>💬 Сандық ерікті</b>\nБір минут күте тұрыңыз, тексеріп жатырмын."]


def test_fix__of_the_tree_is_said_in_the_readers_language(hall):
    helper, one = hall.member("V1", Role.VOLUNTEER, language="ru"), hall.student("S1", language="kk")
    hall.do(helpdesk.go_on_duty, helper)
    ticket = hall.do(tickets.open_own, one, "", hall.origin())
    hall.do(helpdesk.claim, helper, ticket.id)
    hall.tick()
    hall.sent()
    say(hall, helper, "zoom.fresh_link", ticket, kind="fix")
    hall.tick()
    fix = hall.base.voices["kk"].trees.fix("kk", "zoom.fresh_link")
    assert [fix.title in text and "💬" in text for text in texts(hall, one)] == [True]


def test_lease__runs_while_the_student_waits_and_not_while_the_helper_does(desk):
    say(desk, desk.helper, "Көріп тұрмын")
    desk.forward(minutes=20)
    assert desk.do(tickets.show, desk.one, desk.ticket.id).state == "claimed"
    say(desk, desk.one, "Әлі ашылмайды")
    desk.clock.now += dt.timedelta(minutes=5, seconds=1)
    desk.tick()
    assert desk.do(tickets.show, desk.one, desk.ticket.id).state == "waiting"


def test_second_helper__hears_everything_and_is_heard_by_both(desk):
    second = desk.member("V2", Role.VOLUNTEER)
    desk.do(helpdesk.go_on_duty, second)
    say(desk, desk.one, "сұрақ")
    desk.tick()
    desk.sent()
    desk.do(helpdesk.invite, desk.helper, desk.ticket.id)
    desk.tick()
    assert any(text.endswith("сұрақ") for text in texts(desk, second))
    say(desk, second, "мен де осындамын")
    desk.tick()
    got = {m.user_id for m in desk.sent() if "мен де осындамын" in m.text}
    assert got == {desk.one.user_id, desk.helper.user_id}


def test_forgotten__nothing_that_was_said_stays(desk):
    say(desk, desk.one, "менің сөзім", kind="photo", file_id="F1")
    say(desk, desk.helper, "жауап")
    desk.do(forgetting.forget, "S1")
    kept = desk.sql(lambda uow: [(m.text, m.file_id) for m in uow.talks.of(desk.ticket.id)])
    assert kept == [("", ""), ("", "")]
    assert desk.do(supervision.register)[0].ticket.number == desk.ticket.number


def test_purged__after_the_days_of_the_policy(desk):
    say(desk, desk.one, "менің сөзім")
    desk.do(helpdesk.resolve, desk.helper, desk.ticket.id)
    desk.clock.now += dt.timedelta(days=179)
    assert desk.do(retention.purge_tickets) == 0
    desk.clock.now += dt.timedelta(days=2)
    assert desk.do(retention.purge_tickets, dry_run=True) == 1
    assert desk.do(retention.purge_tickets) == 1
    assert desk.do(retention.purge_tickets) == 0
    assert desk.sql(lambda uow: uow.talks.of(desk.ticket.id)[0].text) == ""


def album(hall, me, *files, words=""):
    """Pictures sent together; each is an update of its own."""
    for number, file in enumerate(files):
        text = words if number == 0 else ""
        source = 300 + number
        say(hall, me, text, kind="photo", file_id=file, source_id=source, album="A1")


def shown(hall, me):
    """(words below it, file, album, number of the message) of what has come to somebody."""
    start = hall._read
    found = [(n, m) for n, m in enumerate(hall.sent(), start + 1) if m.user_id == me.user_id]
    return [(m.text.rpartition("\n")[2], m.file, m.album, n) for n, m in found]


def test_album__arrives_as_one_and_what_follows_it_follows(desk):
    album(desk, desk.one, "F1", "F2", "F3", words="экран")
    say(desk, desk.one, "міне")
    desk.forward(seconds=3, step_seconds=1)
    got = shown(desk, desk.helper)
    assert [(text, file) for text, file, _, _ in got[1:]] == [("", "F2"), ("", "F3"), ("міне", "")]
    assert (got[0][0], got[0][1]) == ("экран", "F1")
    assert {one[2] for one in got[:3]} == {got[0][3]}


def test_album__parts_that_come_late_are_not_lost(desk):
    album(desk, desk.one, "F1", "F2")
    desk.forward(seconds=3, step_seconds=1)
    say(desk, desk.one, kind="photo", file_id="F3", source_id=302, album="A1")
    desk.wire.before = None
    desk.forward(seconds=3, step_seconds=1)
    got = desk.sent()
    assert [message.file for message in got][:2] == ["F1", "F2"]
    assert len(got) == 3


def test_album__of_which_a_part_is_refused_the_rest_arrives_and_the_part_is_told(desk):
    wrong = ApiRefused(400, "Bad Request: wrong file identifier")
    desk.wire.failures[desk.helper.user_id] = [wrong, wrong]
    album(desk, desk.one, "bad", "F2", "F3", words="экран")
    say(desk, desk.one, "міне")
    desk.forward(seconds=5, step_seconds=1)
    got = desk.sent()
    told = [message for message in got if message.user_id == desk.one.user_id]
    assert ["жетпеді" in message.text for message in told] == [True]
    assert len(got) - len(told) == 3
    states = desk.sql(
        lambda uow: [c.state for c in uow.talks.copies_for(desk.ticket.id, _account(uow, desk))]
    )
    assert states == ["failed", "sent", "sent", "sent"]


def _account(uow, desk):
    return uow.people.account_of(desk.helper.person_id).id


def test_album__is_whole_and_in_order_when_the_line_refuses(desk):
    desk.wire.failures[desk.helper.user_id] = [ApiRefused(429, "Too Many Requests", 2), ApiUnreachable("x")]
    say(desk, desk.one, "бұрын")
    album(desk, desk.one, "F1", "F2")
    say(desk, desk.one, "кейін")
    desk.forward(minutes=1, step_seconds=1)
    assert [(text, file) for text, file, _, _ in shown(desk, desk.helper)] == [
        ("бұрын", ""),
        (f"<b>💬 {desk.ticket.number} · Студент S1</b>", "F1"),
        ("", "F2"),
        ("кейін", ""),
    ]


def test_album__an_edit_and_an_answer_find_their_part(desk):
    album(desk, desk.one, "F1", "F2", words="экран")
    desk.forward(seconds=3, step_seconds=1)
    second = shown(desk, desk.helper)[1][3]
    assert desk.do(talks.talk_of, desk.helper, second) == desk.ticket.id
    desk.do(talks.edit, desk.one, 301, "екінші сурет")
    desk.tick()
    (changed,) = desk.sent()
    assert (changed.edits, changed.text) == (second, "екінші сурет")
    desk.do(talks.edit, desk.one, 300, "бірінші")
    desk.tick()
    (changed,) = desk.sent()
    assert (changed.edits, changed.text.rpartition("\n")[2]) == (second - 1, "бірінші")


def test_album__a_part_that_is_edited_while_it_is_on_its_way_is_changed_after_all(desk):
    album(desk, desk.one, "F1", "F2")
    edits = ["дұрыс"]

    def edit(user):
        if user == desk.helper.user_id and edits:
            desk.do(talks.edit, desk.one, 301, edits.pop())

    desk.wire.before = edit
    desk.forward(seconds=3, step_seconds=1)
    got = desk.sent()
    assert [message.file for message in got][:2] == ["F1", "F2"]
    assert [(message.edits is not None, message.text) for message in got[2:]] == [(True, "дұрыс")]


def test_album__to_a_student_who_has_blocked_the_bot_fails_and_the_helper_hears(desk):
    desk.wire.blocked.add(desk.one.user_id)
    album(desk, desk.helper, "F1", "F2")
    desk.forward(seconds=3, step_seconds=1)
    assert [m.user_id for m in desk.sent() if "жетпеді" in m.text] == [desk.helper.user_id] * 2


def test_helper_who_blocks_the_bot__loses_the_ticket_at_once_and_the_next_gets_every_word(desk):
    second = desk.member("V2", Role.VOLUNTEER)
    desk.do(helpdesk.go_on_duty, second)
    say(desk, desk.one, "бірінші")
    desk.tick()
    desk.wire.blocked.add(desk.helper.user_id)
    say(desk, desk.one, "екінші")
    say(desk, desk.one, "үшінші")
    desk.forward(seconds=3, step_seconds=1)
    ticket = desk.do(tickets.show, desk.one, desk.ticket.id)
    assert (ticket.state, ticket.front) == ("waiting", True)
    assert not any("жетпеді" in text for text in texts(desk, desk.one))
    desk.do(helpdesk.claim, second, desk.ticket.id)
    desk.sent()
    desk.forward(seconds=3, step_seconds=1)
    words = [text.rpartition("\n")[2] for text in texts(desk, second)]
    assert [word for word in words if word in ("бірінші", "екінші", "үшінші")] == [
        "бірінші",
        "екінші",
        "үшінші",
    ]


# At the edges


SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


@SQLITE
def test_answer__to_a_message_of_an_old_ticket_belongs_to_the_one_that_is_open(desk):
    say(desk, desk.one, "сұрақ", source_id=50)
    desk.do(helpdesk.resolve, desk.helper, desk.ticket.id)
    assert desk.do(talks.talk_of, desk.one, 50) is None
    fresh = desk.do(tickets.open_own, desk.one, "", desk.origin())
    assert desk.do(talks.talk_of, desk.one, 50) == fresh.id
    say(desk, desk.one, "тағы", fresh, answers=50)
    (message,) = desk.sql(lambda uow: uow.talks.of(fresh.id))
    assert message.reply_to is None, "what another ticket said is not quoted in this one"


@SQLITE
def test_edit__that_changes_nothing_or_of_no_message_sends_nothing(desk):
    say(desk, desk.one, "дұрыс", source_id=50)
    desk.tick()
    desk.sent()
    assert desk.do(talks.edit, desk.one, 50, "дұрыс") == (True, False)
    assert desk.do(talks.edit, desk.one, 51, "дұрыс") == (False, False)
    desk.tick()
    desk.expect()


@SQLITE
def test_answer__to_ones_own_message_is_shown_under_the_others_copy(desk):
    calls = []
    real = desk.wire.call

    async def call(method, payload, patience=15):
        calls.append(payload)
        return await real(method, payload, patience)

    say(desk, desk.one, "сұрақ", source_id=50)
    desk.tick()
    shown = len(desk.wire.messages)
    desk.wire.call = call
    say(desk, desk.one, "тағы", source_id=51, answers=50)
    desk.tick()
    assert calls[-1]["reply_parameters"]["message_id"] == shown


@SQLITE
def test_next_helper__who_asked_before_them_gets_the_words_once_and_not_their_own(desk):
    second = desk.member("V2", Role.VOLUNTEER)
    desk.do(helpdesk.go_on_duty, second)
    say(desk, desk.one, "сұрақ")
    say(desk, desk.helper, "жауап")
    desk.do(helpdesk.give_back, desk.helper, desk.ticket.id)
    desk.do(helpdesk.claim, second, desk.ticket.id)
    desk.do(helpdesk.give_back, second, desk.ticket.id)
    desk.tick()
    desk.sent()
    desk.do(helpdesk.claim, desk.helper, desk.ticket.id)
    desk.tick()
    assert not [text for text in texts(desk, desk.helper) if text.endswith("жауап")], "it is their own"


@SQLITE
def test_gone__a_message_whose_words_are_no_more_is_dropped_and_the_next_one_comes(desk):
    say(desk, desk.one, "бірінші")

    def vanish(uow):
        (message,) = uow.talks.of(desk.ticket.id)
        for copy in uow.talks.copies(message.id):
            uow.session.delete(copy)

    desk.sql(vanish)
    desk.tick()
    desk.expect()
    say(desk, desk.one, "екінші")
    desk.tick()
    assert [text.rpartition("\n")[2] for text in texts(desk, desk.helper)] == ["екінші"]


def last_words(hall, me):
    return [text.rpartition("\n")[2] for text in texts(hall, me)]


@SQLITE
@pytest.mark.parametrize("how", [helpdesk.give_back, helpdesk.go_off_duty])
def test_second_helper__who_leaves_hears_no_more_and_hears_all_when_asked_in_again(desk, how):
    second = desk.member("V2", Role.VOLUNTEER)
    desk.do(helpdesk.go_on_duty, second)
    desk.do(helpdesk.invite, desk.helper, desk.ticket.id)
    desk.tick()
    desk.sent()
    for word in ("бір", "екі", "үш"):
        say(desk, desk.one, word)
    desk.do(how, second, *[desk.ticket.id] * (how is helpdesk.give_back))
    desk.forward(seconds=5, step_seconds=1)
    got = desk.sent()
    assert not [m.text for m in got if m.user_id == second.user_id and "💬" in m.text]
    assert [
        m.text.rpartition("\n")[2] for m in got if m.user_id == desk.helper.user_id and "💬" in m.text
    ] == [
        "бір",
        "екі",
        "үш",
    ]
    desk.do(helpdesk.go_on_duty, second)
    desk.do(helpdesk.invite, desk.helper, desk.ticket.id)
    desk.forward(seconds=5, step_seconds=1)
    assert [word for word in last_words(desk, second) if word in ("бір", "екі", "үш")] == ["бір", "екі", "үш"]


@SQLITE
def test_helper__who_gave_back_and_takes_again_gets_what_was_still_on_its_way(desk):
    for word in ("бір", "екі"):
        say(desk, desk.one, word)
    desk.do(helpdesk.give_back, desk.helper, desk.ticket.id)
    desk.forward(seconds=3, step_seconds=1)
    assert not {"бір", "екі"} & set(last_words(desk, desk.helper))
    desk.do(helpdesk.claim, desk.helper, desk.ticket.id)
    desk.forward(seconds=3, step_seconds=1)
    assert [word for word in last_words(desk, desk.helper) if word in ("бір", "екі")] == ["бір", "екі"]


@SQLITE
def test_last_words__reach_both_after_the_ticket_is_closed(desk):
    say(desk, desk.helper, "дайын")
    say(desk, desk.one, "рақмет")
    desk.do(helpdesk.resolve, desk.helper, desk.ticket.id)
    desk.tick()
    got = desk.sent()
    assert any(m.user_id == desk.one.user_id and m.text.endswith("дайын") for m in got)
    assert any(m.user_id == desk.helper.user_id and m.text.endswith("рақмет") for m in got)
