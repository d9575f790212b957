"""Killed while an appeal is sent with its file, voted on and decided: nothing is lost or doubled."""

import base64
import datetime as dt
from collections import Counter

import pytest

from bot.clock import system_clock
from bot.exchange.rows import ResultRow
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind, Role
from bot.services import commissions, imports, timetable
from bot.storage.tables import Account, Case, CaseEvent, CaseFile, Draft, IncomingUpdate, Notice
from tests.exchange.test_exchange_files import pdf
from tests.support.life import Life
from tests.support.people import exam, member, student
from tests.support.story import Step, say, tap

STUDENT, EXAMINER, CHAIR, MEMBER, OTHER = 7001, 7002, 7003, 7004, 7005
STAFF = {
    EXAMINER: ("T1", Role.EXAMINER),
    CHAIR: ("C1", Role.APPEAL_CHAIR),
    MEMBER: ("M1", Role.APPEAL_MEMBER),
    OTHER: ("M2", Role.APPEAL_MEMBER),
}
ANY_TIME = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""A dead fetcher's file is taken up when its lease is over: that is not waited for here."""
SITS_IN = dt.timedelta(seconds=1)


def enrol(life: Life) -> None:
    """A student whose exam is over, and the commission; all of them linked."""
    life.do(imports.staff, [member(ext_id, role) for ext_id, role in STAFF.values()])
    life.do(imports.students, [student("S1")])
    life.do(timetable.timetable, [exam("E1", system_clock() - dt.timedelta(hours=5))])
    now = system_clock()
    linked = {STUDENT: ("S1", PersonKind.STUDENT)} | {u: (e, PersonKind.STAFF) for u, (e, _) in STAFF.items()}

    def write(uow):
        for user_id, (ext_id, kind) in linked.items():
            person = uow.people.find(ext_id, kind)[0]
            version = life.desk.office.policy.consent_version
            row = {"language": "kk", "consent_version": version, "created_at": now}
            uow.session.add(Account(user_id=user_id, person_id=person.id, **row))

    life.sql(write)
    for user_id in linked:
        life.person(user_id)
        life.ask(lambda box, user_id=user_id: setattr(box.world.people[user_id], "started", True))


def publish(life: Life) -> None:
    life.do(imports.results, [ResultRow(2, "E1", None, system_clock())])


def sit(life: Life) -> None:
    """The chair calls the sitting for a moment from now."""

    def reader(uow):
        person = uow.people.find("C1", PersonKind.STAFF)[0]
        account = uow.people.account_of(person.id)
        roles = frozenset({Role.APPEAL_CHAIR})
        return Me(account.id, CHAIR, "kk", True, True, person.id, PersonKind.STAFF, roles=roles)

    [case_id] = life.sql(lambda uow: [case.id for case in uow.cases.all("appeal")])
    life.do(commissions.call, life.sql(reader), case_id, system_clock() + SITS_IN, 10**12)
    life.until(lambda: system_clock() > began(life, case_id), "its hour")


def began(life: Life, case_id: int) -> dt.datetime:
    return life.sql(lambda uow: dt.datetime.fromisoformat(uow.cases.get(case_id).data["sat_at"]))


def look(life: Life) -> None:
    """The member asks for the card anew: the sitting has begun, and there are buttons to vote."""
    tap(MEMBER, "Жаңарту")(life)

    def shown() -> bool:
        found = life.ask(lambda box: box.world.transcript(MEMBER))
        return any("Қабылдамау" in str(message.get("keyboard")) for message in found)

    life.until(shown, "the buttons to vote")


def document(life: Life) -> None:
    scan = base64.b64encode(pdf()).decode()
    wish = {"file_name": "scan.pdf", "mime_type": "application/pdf", "base64": scan}
    life.act(STUDENT, "send", document=wish)


STORY = (
    Step("result", publish, ((STUDENT, "нәтижесі жарияланды"),)),
    Step("begin", tap(STUDENT, "Апелляция беру"), ((STUDENT, "Мәтін жоқ"),)),
    Step("ground", tap(STUDENT, "Негізін таңдау"), ((STUDENT, "Не себептен"),)),
    Step("grade", tap(STUDENT, "Баға дұрыс қойылмаған"), ((STUDENT, "Баға дұрыс"),)),
    Step("words", say(STUDENT, "Жауабым дұрыс еді"), ((STUDENT, "Мәтін: 17 әріп"),)),
    Step("file", document, ((STUDENT, "1 файл"),)),
    Step("review", tap(STUDENT, "Тексеру", "1 файл"), ((STUDENT, "Жібермес бұрын"),)),
    Step("submit", tap(STUDENT, "Жіберу"), ((STUDENT, "Апелляция AP-"), (CHAIR, "Түскен уақыты"))),
    Step("sitting", sit, ((MEMBER, "Комиссия отырысы: "),)),
    Step("look", look, ()),
    Step("vote", tap(MEMBER, "Қабылдамау"), ((MEMBER, "M1: қабылдамау"), (CHAIR, "M1: қабылдамау"))),
    Step("own vote", tap(CHAIR, "Қабылдамау"), ((CHAIR, "C1: қабылдамау"),)),
    Step("decide", tap(CHAIR, "Шешім шығару"), ((CHAIR, "Негіздемесін жазыңыз"),)),
    Step("reason", say(CHAIR, "Негізі жоқ"), ((CHAIR, "Негізі жоқ"), (STUDENT, "шешім шықты"))),
)
KILLED = frozenset({"file", "submit", "vote", "own vote", "reason"})


def everything_once(life: Life) -> None:
    """What is stored after the story, to the row."""
    life.until(lambda: not life.count(IncomingUpdate, IncomingUpdate.state == "waiting"), "the inbox's end")
    life.sql(lambda uow: uow.session.query(CaseFile).filter_by(state="waiting").update({"due_at": ANY_TIME}))
    life.until(lambda: life.count(CaseFile, CaseFile.state == "waiting") == 0, "the file")
    owed = Notice.state.in_(("pending", "sending"))
    life.until(lambda: not life.count(Notice, owed, Notice.due_at <= system_clock()), "the outbox's end")
    [case] = life.sql(lambda uow: list(uow.cases.all("appeal")))
    assert (case.state, case.outcome) == ("closed", "refused")
    assert case.data["text"] == "Жауабым дұрыс еді"
    assert sorted(case.data["votes"].values()) == ["against", "against"]
    assert life.count(Case) == life.count(Draft) == 1
    actions = life.sql(lambda uow: Counter(row[0] for row in uow.session.query(CaseEvent.action)))
    assert (actions["filed"], actions["voted"], actions["decided"]) == (1, 2, 1)
    files = life.sql(lambda uow: [(f.made, f.state, bool(f.sha256)) for f in uow.files.of_case(case.id)])
    assert files.count((False, "kept", True)) == 1
    assert files.count((True, "kept", True)) in (4, 5)  # protocols, and the receipt where its turn came
    assert life.count(Notice, Notice.kind == "appeal_decided") == 1
    assert life.count(IncomingUpdate, IncomingUpdate.state == "quarantined") == 0
    assert life.count(Notice, Notice.state == "failed") == 0


@pytest.mark.slow
@pytest.mark.parametrize("when", ["with the answer on its way", "as soon as it is seen"])
def test_killed__an_appeal_is_sent_and_decided_once(life: Life, when: str) -> None:
    enrol(life)
    life.start()
    for step in STORY:
        before = step.said(life)
        held = step.name in KILLED and when.startswith("with")
        if held:
            life.hold(step.heard[0][0])
        step.act(life)
        if held:
            life.until(life.held, f"the answer to {step.name}")
            life.kill()
            life.release()
            life.start()
        step.until_heard(life, before)
        if step.name in KILLED and not held:
            life.kill()
            life.start()
    everything_once(life)
