"""The guided tour: the first step that has not happened, and the first cue that the phones allow."""

import pytest

from bot.rules.tour import Cue, Facts, Handset, Hint, TourStep, following, hint

STEP = TourStep(
    "sos",
    "S1",
    "report:there",
    (
        Cue("say", "order", when="asked:S1:ruling"),
        Cue("tap", "st:power:{exam:E1}"),
        Cue("tap", "at:.*", phone="T1", unless="voted"),
        Cue("send", "/sos"),
    ),
)


def message(number, *buttons, file=""):
    keys = [[{"text": data.upper(), "callback_data": data}] for data in buttons]
    return {
        "message_id": number,
        "keyboard": {"inline": keys} if keys else None,
        "document": {"file_name": file},
    }


def phones(*mine, staff=(), startable=False):
    return {"S1": Handset(1, startable, mine), "T1": Handset(2, False, staff)}


@pytest.mark.parametrize(
    ("true", "mine", "staff", "wanted"),
    [
        ((), (), (), Hint("send", 1, what="/sos")),
        ((), (message(4, "st:power:7"),), (), Hint("tap", 1, 4, "st:power:7", "ST:POWER:7")),
        ((), (message(4, "st:power:77"),), (), Hint("send", 1, what="/sos")),
        ((), (message(4, "st:power:7"), message(5)), (), Hint("tap", 1, 4, "st:power:7", "ST:POWER:7")),
        ((), (), (message(9, "at:1:for"),), Hint("tap", 2, 9, "at:1:for", "AT:1:FOR")),
        (("voted",), (), (message(9, "at:1:for"),), Hint("send", 1, what="/sos")),
        (("asked:1:ruling",), (message(4, "st:power:7"),), (), Hint("say", 1, what="order")),
        (("asked:2:ruling",), (), (), Hint("send", 1, what="/sos")),
    ],
)  # fmt: skip
def test_hint__is_the_first_cue_that_the_phones_allow(true, mine, staff, wanted):
    assert hint(STEP, Facts(frozenset(true), {"exam:E1": 7}), phones(*mine, staff=staff)) == wanted


def test_hint__a_phone_that_has_not_begun_only_begins():
    step = TourStep("start", "S1", "joined:S1", (Cue("send", "/sos"), Cue("start", "true")))
    nothing = Facts(frozenset())
    assert hint(step, nothing, phones(startable=True)) == Hint("start", 1)
    assert hint(step, nothing, phones()) == Hint("send", 1, what="/sos")
    starting = TourStep("start", "S1", "joined:S1", (Cue("start"),))
    assert hint(starting, nothing, phones()) == Hint("wait", 1)
    waiting = TourStep("warning", "S1", "sent:warning", ())
    assert hint(waiting, nothing, phones()) == Hint("wait", 1)


def test_following__is_what_has_not_happened_in_whatever_order_the_rest_did():
    file = TourStep("figures", "T1", r"file:.*\.xlsx", ())
    steps = (STEP, file)
    done = Facts(frozenset({"report:there"}))
    assert following(steps, Facts(frozenset()), phones()) is STEP
    assert following(steps, done, phones()) is file
    assert following(steps, done, phones(staff=(message(1, file="a.xlsx"),))) is None


@pytest.mark.parametrize("newer", range(10))
def test_hint__looks_at_the_eight_newest_messages_with_buttons(newer):
    mine = [message(1, "go"), *(message(n + 2, "other") for n in range(newer))]
    step = TourStep("x", "S1", "x", (Cue("tap", "go"),))
    found = hint(step, Facts(frozenset()), phones(*mine))
    assert found == (Hint("tap", 1, 1, "go", "GO") if newer < 8 else Hint("wait", 1))


def test_hint__is_left_out_while_its_question_is_open():
    step = TourStep("x", "S1", "x", (Cue("send", "/sos", unless="asked:S1:ruling:number"),))
    assert hint(step, Facts(frozenset({"asked:1:ruling:number"})), phones()) == Hint("wait", 1)
    assert hint(step, Facts(frozenset({"asked:1:ruling"})), phones()) == Hint("send", 1, what="/sos")
