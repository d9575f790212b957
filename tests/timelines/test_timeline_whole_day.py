"""One whole exam day of a university, from the timetable to the reports; every message of it is expected."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.rules.acts import AGREE, SIGNED
from bot.rules.decisions import Ruling, Verdict
from bot.rules.people import Me
from bot.rules.vocabulary import ExamKind, Role
from bot.services import (
    act_cases,
    acts,
    appeals,
    cases,
    commissions,
    day_reports,
    decisions,
    exam_day,
    helpdesk,
    holding,
    readiness,
    registrar,
    talks,
    tickets,
    verdicts,
    walks,
)
from bot.services.files import Sent
from bot.storage.unit import UnitOfWork
from tests.exchange.test_exchange_files import pdf
from tests.support.hall import Hall
from tests.support.people import exam, member, student
from tests.support.timelines import at, jump, to

TAKE = "ayu.written.take"
EXAM_DAY = "2026-12-22"
WHAT = re.compile(r"(?<=-)[a-z]+|(?<=[.])ics")
"""What a document is, in the name of its file."""

STUDENTS = ("S1", "S2", "S3")
BOARD = ("C1", "C2", "C3")


class Day:
    """The people of the day, and what each does when it is their turn."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        hall.add_staff(
            member("T1"),
            member("P1", Role.PROCTOR),
            member("D1", Role.DEAN),
            member("C1", Role.APPEAL_CHAIR),
            member("C2", Role.APPEAL_MEMBER),
            member("C3", Role.APPEAL_MEMBER),
            member("V1", Role.VOLUNTEER),
            member("R1", Role.REGISTRAR, faculty="", department=""),
        )
        hall.add_students(student("S1"), student("S2"), student("S3"))
        staff = ("T1", "P1", "D1", "C1", "C2", "C3", "V1", "R1")
        self.people = {ext_id: hall.join(ext_id, "staff") for ext_id in staff}
        self.people |= {ext_id: hall.join(ext_id) for ext_id in ("S1", "S2", "S3")}
        report = hall.add_exams(exam("E1", at("2026-12-22 09:00"), proctor="P1", kind=ExamKind.WRITTEN))
        assert (report.added, report.problems) == (1, [])
        self.exam = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)

    def __getitem__(self, ext_id: str) -> Me:
        return self.people[ext_id]

    def does(self, ext_id: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        done = self.hall.do(work, self[ext_id], *args, **kwargs)
        self.hall.tick()
        return done

    def heard(self, *wanted: tuple[str, str], **papers: int) -> None:
        """Exactly these messages have come since the last look, and so many documents to whom.

        What only changed in place (cards, statuses) disturbs nobody and is not looked at.
        """
        names = {me.user_id: ext_id for ext_id, me in self.people.items()}
        left, files = [], Counter[str]()
        for message in self.hall.sent():
            who = names[message.user_id]
            if message.edits is not None:
                continue
            if message.upload is not None:
                files[f"{who}_{WHAT.findall(message.upload.name)[0]}"] += 1
            else:
                left.append((who, message.text))
        for who, part in wanted:
            match = next((one for one in left if one[0] == who and part in one[1]), None)
            assert match is not None, f"no «{part}» for {who}; left {left}"
            left.remove(match)
        assert not left, f"unexpected: {left}"
        assert files == Counter(papers)


def _until_the_exam(hall: Hall, day: Day) -> None:
    """The evening before: readiness, the dean's digest; the morning: everybody's hour before."""
    hall.tick()
    day.heard()
    jump(hall, "12:00")
    jump(hall, "18:00")
    day.heard(("D1", "Бот жаза алмайтын адамдар"), *((who, "Емтихан жақын") for who in STUDENTS))
    for who in ("S1", "S2"):
        for item in range(len(hall.do(readiness.open_check, day[who], day.exam).answers)):
            day.does(who, readiness.answer, day.exam, item, ok=True)
    group = hall.do(readiness.of_group, day["T1"], day.exam)
    assert (group.ready, group.silent) == (2, ("Студент S3",))
    jump(hall, "20:00")
    day.heard(("D1", "🌙 Күн қорытындысы: 21 желтоқсан"))
    jump(hall, f"{EXAM_DAY} 07:59")
    day.heard()
    to(hall, f"{EXAM_DAY} 08:59")
    day.heard(
        ("D1", "☀️ Бүгін: 22 желтоқсан"),
        ("D1", "Бот жаза алмайтын адамдар: 3"),
        *((who, "Емтиханыңыз жақындады") for who in ("T1", "P1")),
        *((who, "Басталуына қалды") for who in ("T1", "P1")),
        *((who, "Басталуы: <b>09:00</b>") for who in STUDENTS),
        *((who, "Уақыты келді: dot.ayu.edu.kz") for who in STUDENTS),
    )


def _exam(hall: Hall, day: Day) -> None:
    """It begins, a student walks, the warning comes."""
    to(hall, f"{EXAM_DAY} 09:05")
    day.heard(*((who, "емтихан басталды ма?") for who in ("T1", "P1")))
    day.does("T1", exam_day.begun, day.exam, on_time=True)
    for step in range(3):
        day.does("S1", walks.step, TAKE, day.exam, step, done=True)
    day.heard()
    to(hall, f"{EXAM_DAY} 10:31")
    day.heard(*((who, "30 минут қалды") for who in STUDENTS))


def _power_cut(hall: Hall, day: Day) -> None:
    """Filed, taken, referred, applied for, ordered (AYU 5.1.11)."""
    case = day.does("S1", cases.file, "electricity", day.exam, hall.origin())
    day.heard(("T1", "🔴 Форс-мажор <b>FM-26-00001</b>"))
    day.does("T1", holding.take, case.id, hall.origin())
    day.heard(("S1", "🔴 Хабарлама <b>FM-26-00001</b>"), ("S1", "қабылдаған: <b>Қызметкер T1</b>"))
    day.does("T1", decisions.decide, case.id, hall.origin(), Ruling(Verdict.REFER))
    day.heard(("D1", "🔴 Форс-мажор <b>FM-26-00001</b>"), ("S1", "деканға берілді"))
    day.does("S1", decisions.apply, case.id, hall.origin())
    day.heard(("D1", "студент өтініш берді"), S1_application=2, D1_application=2)
    order = Ruling(Verdict.ORDER, at=at("2026-12-28 10:00"), number="12-ө")
    day.does("D1", decisions.decide, case.id, hall.origin(), order)
    day.heard(("S1", "емтихан басқа күні"), S1_order=4, D1_order=4)


def _act(hall: Hall, day: Day) -> None:
    """Drawn by the proctor, agreed to by the student, signed by the dean."""
    draft = hall.do(acts.begin, day["P1"], "ayu_violation", day.exam, hall.origin())
    hall.do(acts.choose_student, day["P1"], draft.id, hall.person("S2").id)
    hall.do(acts.toggle_offence, day["P1"], draft.id, "cheat_sheet")
    stamp = hall.do(acts.draft_of, day["P1"], draft.id).stamp
    act = day.does("P1", act_cases.submit, draft.id, stamp, hall.origin())
    papers = {"S2_act": 1, "P1_act": 1, "D1_act": 1}
    day.heard(
        ("P1", "Акт <b>VA-26-00001</b>"),
        ("D1", "Акт <b>VA-26-00001</b>"),
        ("S2", "Сіз туралы акт жасалды"),
        **papers,
    )
    day.does("S2", act_cases.answer, act, AGREE, hall.origin())
    day.heard(**papers)
    day.does("D1", act_cases.sign, act, SIGNED, hall.origin())
    day.heard(S2_act=1, P1_act=4, D1_act=4)


def _help(hall: Hall, day: Day) -> None:
    """A ticket, a conversation, its end."""
    day.does("V1", helpdesk.go_on_duty)
    ticket = day.does("S3", tickets.open_own, "conference", hall.origin())
    day.heard(("V1", "🎫 <b>H-26-00001</b>"))
    day.does("V1", helpdesk.claim, ticket.id)
    day.heard(("S3", "Сандық ерікті қосылды"))
    day.does("S3", talks.say, ticket.id, hall.origin(), text="Zoom ашылмайды")
    day.does("V1", talks.say, ticket.id, hall.origin(), text="Қайта кіріңіз")
    day.heard(("V1", "Zoom ашылмайды"), ("S3", "Қайта кіріңіз"))
    day.does("V1", helpdesk.resolve, ticket.id)
    day.heard(("S3", "көмек аяқталды"))


def _end(hall: Hall, day: Day) -> None:
    """Whoever has another day hears nothing more of this one; then the results."""
    to(hall, f"{EXAM_DAY} 11:10")
    day.heard(
        ("T1", "Бағаларды ведомосқа енгізіңіз"),
        *(
            (who, part)
            for who in ("S2", "S3")
            for part in ("20 минут қалды", "Жауап парақтарын жүктеңіз", "10 минут қалды")
        ),
    )
    jump(hall, f"{EXAM_DAY} 12:00")
    day.does("T1", exam_day.publish, day.exam)
    day.heard(*((who, "Емтихан нәтижесі жарияланды") for who in STUDENTS))


def _appeal(hall: Hall, day: Day) -> None:
    """Submitted, called, sat, voted, decided: the protocol reaches everybody it concerns."""
    hall.wire.files["scan"] = pdf()
    me = day["S3"]
    draft = hall.do(appeals.begin, me, day.exam, hall.origin())
    hall.do(appeals.set_ground, me, draft.id, "grade")
    hall.do(appeals.add_text, me, draft.id, "Жауабым дұрыс", hall.origin())
    hall.do(appeals.add_file, me, draft.id, Sent("scan", "document", "өтініш.pdf"), hall.origin())
    hall.tick()
    stamp = hall.do(appeals.review, me, draft.id).stamp
    case_id = day.does("S3", appeals.submit, draft.id, stamp, hall.origin())
    day.heard(*((who, "Апелляция <b>AP-26-00001</b>") for who in ("D1", *BOARD)))
    day.does("C1", commissions.call, case_id, at(f"{EXAM_DAY} 15:00"), hall.origin())
    invited = {"C1_ics": 1, "C2_ics": 1, "C3_ics": 1}
    day.heard(("S3", "Комиссия отырысы: <b>сейсенбі, 22 желтоқсан, 15:00</b>"), **invited)
    jump(hall, f"{EXAM_DAY} 14:00")
    day.heard(*((who, "отырысына 1 сағат қалды") for who in BOARD), S3_receipt=1)
    jump(hall, f"{EXAM_DAY} 15:00")
    cards = [m for m in hall.wire.messages if any(data.startswith("at:") for data in m.data)]
    assert {m.user_id for m in cards} == {day[who].user_id for who in BOARD}
    for who, vote in (("C2", "for"), ("C3", "against"), ("C1", "for")):
        day.does(who, commissions.vote, case_id, vote, hall.origin())
    day.heard()
    day.does("C1", verdicts.decide, case_id, hall.origin(), reason="Жауап дұрыс", grade="92")
    day.heard(("S3", "шешім шықты"), S3_protocol=1, D1_protocol=4, C1_protocol=4, R1_protocol=4)


def _paperwork(hall: Hall, day: Day) -> None:
    """The proctor's report, the deanery's, the registrar's figures; the night is quiet."""
    report = day.does("P1", day_reports.fill)
    assert [(line.total, line.reports, len(line.acts)) for line in report.lines] == [(3, 1, 1)]
    day.does("P1", day_reports.send, report.id, report.revision, hall.origin())
    day.heard(("D1", "Проктордың есебі келді"))
    day.does("D1", day_reports.centre, dt.date.fromisoformat(EXAM_DAY), hall.origin())
    day.heard(D1_centre=6)
    found, clause = day.does("R1", registrar.compute, "20 8 7 4 1")
    assert (found.parts[0].quality, found.parts[0].success, clause) == (75, 95, "AYU 6.9.5")
    jump(hall, f"{EXAM_DAY} 18:00")
    jump(hall, f"{EXAM_DAY} 19:00")
    day.heard(("D1", "🌙 Күн қорытындысы: 22 желтоқсан"))
    jump(hall, f"{EXAM_DAY} 23:59")
    day.heard()


@pytest.mark.slow
def test_whole_day__every_message_is_expected_and_nothing_stays_open(tmp_path: Path) -> None:
    with Hall(f"sqlite:///{tmp_path / 'day.db'}", whole=True, watched=True) as hall:
        hall.asleep = set()
        day = Day(hall)
        for part in (_until_the_exam, _exam, _power_cut, _act, _help, _end, _appeal, _paperwork):
            part(hall, day)
        assert hall.sql(_left) == ([], [], [])


def _left(uow: UnitOfWork) -> tuple[list[str], list[str], list[str]]:
    """What is open, what failed on its way out, what never went out without a reason."""
    kinds = ("report", "appeal", "application", "act")
    register = uow.notices.register()
    return (
        [case.number for kind in kinds for case in uow.cases.all(kind) if case.state in ("waiting", "taken")],
        [notice.key for notice, *_ in register if notice.state == "failed"],
        [notice.key for notice, *_ in register if notice.state == "skipped" and not notice.reason],
    )
