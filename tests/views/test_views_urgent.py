"""Whom to turn to at once: a sentence that promises numbers is followed by them."""

import datetime as dt

import pytest

from bot.clock import zone
from bot.errors import Refusal
from bot.library import content
from bot.rules.people import Me
from bot.rules.tickets import TicketView
from bot.views import home, tickets
from bot.views.speech import Speakers

NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)
GUEST = Me(1, 1, "ru", chosen=True, consented=True)
PHONES = ("+7 700 000 00 00",)


@pytest.fixture(scope="module")
def voices() -> Speakers:
    loaded = content.load("ayu", None)
    return Speakers(loaded.catalogue, loaded.words, zone("Asia/Almaty"), lambda: loaded.trees, loaded.letters)


def waiting(phones: tuple[str, ...]) -> TicketView:
    return TicketView(
        1, "H-26-00001", "waiting", "ru", "", "", (), None, opened_at=NOW, place=1, on_duty=0, phones=phones
    )


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("code", ["too_many_tickets", "ticket_blocked", "too_many_reports"])
def test_refusal__names_the_numbers_or_the_deanery(voices: Speakers, language: str, code: str) -> None:
    voice = voices[language]
    said = voice.refusal(Refusal(code, allowed=3, phones=PHONES), NOW)
    assert home.refused(voice, GUEST, said, PHONES).text.endswith(f":\n{PHONES[0]}")
    assert not home.refused(voice, GUEST, said, ()).text.endswith(":")
    assert "деканат" in home.refused(voice, GUEST, said, ()).text
    assert home.refused(voice, GUEST, said, None).text == said


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_ticket__while_nobody_is_on_duty(voices: Speakers, language: str) -> None:
    with_phones = tickets.status(voices[language], waiting(PHONES), NOW).text.splitlines()
    place = with_phones.index(PHONES[0])
    assert with_phones[place - 1].endswith(":")
    bare = tickets.status(voices[language], waiting(()), NOW).text
    assert "деканат" in bare
    assert not any(line.endswith(":") for line in bare.splitlines())
