"""A bot process is killed in the middle of a conversation: every word arrives, in its order."""

import pytest

from bot.clock import system_clock
from bot.rules.vocabulary import PersonKind, Role
from bot.services import helpdesk, imports, people, tickets
from bot.storage.tables import Account, Notice, TicketCopy, TicketMessage
from tests.support.life import Life
from tests.support.people import member, student

STUDENT, HELPER = 7001, 7002


def linked(life: Life, user: int, ext_id: str, kind: PersonKind):
    """Somebody of the registers with a phone who has agreed."""
    life.person(user)
    life.ask(lambda box: setattr(box.world.people[user], "started", True))

    def write(uow) -> None:
        uow.people.add_account(
            Account(
                user_id=user,
                person_id=uow.people.find(ext_id, kind)[0].id,
                language="kk",
                consent_version=life.desk.office.policy.consent_version,
                created_at=system_clock(),
            )
        )

    life.sql(write)
    return life.do(people.meet, user, "")


def helped(life: Life) -> str:
    """The student has asked for help and the helper has taken it; the ticket's number."""
    life.do(imports.staff, [member("V1", Role.VOLUNTEER)])
    life.do(imports.students, [student("S1")])
    asker = linked(life, STUDENT, "S1", PersonKind.STUDENT)
    helper = linked(life, HELPER, "V1", PersonKind.STAFF)
    life.do(helpdesk.go_on_duty, helper)
    ticket = life.do(tickets.open_own, asker, "", 1)
    life.do(helpdesk.claim, helper, ticket.id)
    return str(ticket.number)


@pytest.mark.slow
def test_killed_in_mid_talk__every_word_arrives_and_in_order(life: Life) -> None:
    """Killed with a word on its way, while nobody was there to hear it, and as soon as it was seen."""
    number = helped(life)
    life.start()
    life.until(lambda: life.says(STUDENT, "қосылды"), "the helper")
    said = [f"сөз-{n:02d}" for n in range(6)]
    for n, word in enumerate(said):
        if n % 3 == 0:
            life.hold(HELPER)
        elif n % 3 == 1:
            life.kill()
        life.act(STUDENT, "send", text=word)
        if n % 3 == 0:
            life.until(life.held, "a word on its way")
            life.kill()
            life.release()
        elif n % 3 == 2:
            life.until(lambda word=word: life.says(HELPER, word), word)
            life.kill()
        life.start()
    life.act(HELPER, "send", text="жауап")
    life.until(lambda: life.says(HELPER, said[-1]) and life.says(STUDENT, "жауап"), "the last words")
    life.until(lambda: not life.count(Notice, Notice.state.in_(("pending", "sending"))), "the outbox's end")
    heard = [text.rpartition("\n")[2] for text in life.texts(HELPER) if number in text and "сөз-" in text]
    assert list(dict.fromkeys(heard)) == said
    assert len(heard) <= len(said) + 4, "twice only where it was killed between sending and writing down"
    assert life.count(TicketMessage) == len(said) + 1
    assert life.count(TicketCopy, TicketCopy.state != "sent") == 0
