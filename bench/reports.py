"""A city without power: reports through the whole bot, from the stored update to the answer, on SQLite."""

import asyncio
import datetime as dt
import time
from typing import Any

from aiogram import Bot, Dispatcher
from sqlalchemy import func, insert, select

from bench import campus
from bench.bare import TOKEN
from bench.figures import Figure
from bench.inbound import MOMENT, Mute, handle_all
from bot.dialogue.enquiries import Enquiries
from bot.services import case_timers
from bot.storage.tables import Account, Case, CasePerson, ExamExaminer, Notice, Person, PersonRole
from bot.telemetry import Metrics
from handlers import build_router

REPORTS = 1000
GROUP = 25
FACULTIES = 5
MINUTE = 60.0
STAFF = ("methodist", "registrar", "deputy_dean", "dean", "call_center", "admin")


def storm_reports(reports: int = REPORTS) -> list[Figure]:
    """Everybody taps /sos and the trouble within the same minute."""
    with campus.base() as opened:
        exams = _town(opened, reports)
        worked = time.process_time()
        took = asyncio.run(_file(opened, reports, exams))
        worked = time.process_time() - worked
        began = time.perf_counter()
        while opened.desk.do_now(case_timers.fire):
            pass
        keeper = time.perf_counter() - began
        filed, numbers, routed, most = opened.database.transact(_counted)
    name = f"{reports:,} reports of {len(exams)} exams, each two taps: stored, numbered, routed, answered"
    return [
        Figure(name, f"{took:.1f} s, {2 * reports / took:,.0f} taps/s", MINUTE / took, ">= 1 (a minute)"),
        Figure("the same in seconds of one processor", f"{worked:.1f} s", MINUTE / worked, ">= 1"),
        Figure(
            "reports stored, numbers given, routed", f"{filed}, {numbers}, {routed}", filed / reports, "1"
        ),
        Figure("most messages owed to one examiner", f"{most} for {GROUP} reports", None, "<= 6"),
        Figure("one round of the timers after it", f"{keeper * 1000:.0f} ms", None),
    ]


def _town(opened: Any, reports: int) -> list[int]:
    """Groups of students in faculties, an examiner each, an exam that runs; its row ids."""
    campus.fill(opened, reports, size=GROUP)
    groups = -(-reports // GROUP)

    def people(uow: Any) -> None:
        for number, person in enumerate(uow.session.scalars(select(Person).order_by(Person.id))):
            person.faculty = f"F{number // GROUP % FACULTIES}"
        staff = [("examiner", f"F{group % FACULTIES}") for group in range(groups)]
        staff += [(role, f"F{n}") for n in range(FACULTIES) for role in STAFF[:4]]
        staff += [(role, "") for role in STAFF[4:]]
        first = reports + 1
        rows = [
            {
                "id": first + n,
                "kind": "staff",
                "ext_id": f"T{n}",
                "full_name": f"Staff {n}",
                "faculty": faculty,
                "language": "kk",
            }
            for n, (_, faculty) in enumerate(staff)
        ]
        uow.session.execute(insert(Person), rows)
        roles = [{"person_id": first + n, "role": role} for n, (role, _) in enumerate(staff)]
        uow.session.execute(insert(PersonRole), roles)
        linked = {"language": "kk", "consent_version": 1, "created_at": campus.NOW}
        accounts = [{"user_id": 900_000 + n, "person_id": first + n, **linked} for n in range(len(staff))]
        uow.session.execute(insert(Account), accounts)

    opened.database.transact(people)
    ends = campus.NOW + dt.timedelta(hours=1)
    exams = [campus.exam(opened, ends_at=ends, group=f"G{group + 1}") for group in range(groups)]
    examiners = [
        {"exam_id": exam, "person_id": reports + 1 + n, "position": 0} for n, exam in enumerate(exams)
    ]
    opened.database.transact(lambda uow: uow.session.execute(insert(ExamExaminer), examiners))
    return exams


def taps(reports: int, exams: list[int]) -> list[dict[str, Any]]:
    """`/sos` of everybody, then everybody's tap on the trouble."""
    listed: list[dict[str, Any]] = [
        {"update_id": number, "message": _says(number, "/sos")} for number in range(1, reports + 1)
    ]
    for number in range(1, reports + 1):
        query = {
            "id": str(number),
            "from": _user(number),
            "chat_instance": "1",
            "message": {"message_id": 5, "date": MOMENT, "chat": _chat(number), "text": "?"},
            "data": f"st:electricity:{exams[(number - 1) // GROUP]}",
        }
        listed.append({"update_id": reports + number, "callback_query": query})
    return listed


def _user(number: int) -> dict[str, Any]:
    return {"id": 10_000 + number, "is_bot": False, "first_name": "A", "language_code": "kk"}


def _chat(number: int) -> dict[str, Any]:
    return {"id": 10_000 + number, "type": "private", "first_name": "A"}


def _says(number: int, text: str) -> dict[str, Any]:
    entity = {"type": "bot_command", "offset": 0, "length": len(text)}
    body = {"message_id": 4, "date": MOMENT, "chat": _chat(number), "from": _user(number), "text": text}
    return {**body, "entities": [entity]}


async def _file(opened: Any, reports: int, exams: list[int]) -> float:
    bot = Bot(TOKEN)
    dispatcher = Dispatcher(
        disable_fsm=True,
        line=Mute(),
        desk=opened.desk,
        voices=opened.voices,
        enquiries=Enquiries(opened.content, Metrics()),
    )
    dispatcher.include_router(build_router())
    return await handle_all(opened.desk, dispatcher, bot, taps(reports, exams))


def _counted(uow: Any) -> tuple[int, int, int, int]:
    count = uow.session.scalar
    filed = count(select(func.count()).select_from(Case))
    numbers = count(select(func.count(Case.number.distinct())))
    routed = count(select(func.count(CasePerson.case_id.distinct())))
    per_person = (
        select(func.count())
        .where(Notice.person_id.in_(select(ExamExaminer.person_id)))
        .group_by(Notice.person_id)
        .order_by(func.count().desc())
    )
    return filed, numbers, routed, count(per_person.limit(1)) or 0
