"""The proctor's report of a day: laid when exams begin, filled from the facts, sent by a tap, asked for."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from bot.errors import Refusal
from bot.rules import access, warnings
from bot.rules import day_reports as rules
from bot.rules.access import Action
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.day_reports import CENTRE, PROCTOR, SENT, DayReport, DayState
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import casework, day_facts, day_papers, hearers, live
from bot.services.appeal_facts import moment, name
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case, Exam
from bot.storage.unit import UnitOfWork

KIND = Kind.DAY_REPORT.value
ASK, TOLD = "remind", "told"
"""Rules of its timers: the proctor is reminded; whoever it goes to hears that it is missing."""

MISSING, LATE, ARRIVED = "day_report_missing", "day_reports_late", "day_report"
CENTRE_ROLES = frozenset({Role.DEAN, Role.DEPUTY_DEAN, Role.METHODIST, Role.ADMIN})


def today(office: Office, now: dt.datetime) -> dt.date:
    """The local day."""
    return now.astimezone(office.zone).date()


def _leaf(office: Office, name: str) -> Any:
    leaf = office.policy.leaves.get(f"reports.{name}")
    return leaf.value if leaf else None


def clause(office: Office) -> str:
    """Where the report is ordered; '' where the source is silent."""
    leaves = (office.policy.leaves.get(f"reports.{key}") for key in ("proctor_report_due", "day_report_form"))
    return next((leaf.clause for leaf in leaves if leaf and leaf.value is not None and leaf.clause), "")


def _own_day(uow: UnitOfWork, office: Office, now: dt.datetime, person_id: int) -> dt.date:
    """The day whose report somebody owes: today's; before today's first exam, yesterday's evening still."""
    present = today(office, now)
    for day in (present, present - dt.timedelta(days=1)):
        if any(exam.starts_at <= now for exam in day_facts.held(uow, office, day, person_id)):
            return day
    return present


def lay(uow: UnitOfWork, office: Office, now: dt.datetime) -> int:
    """Whose exams of today have begun owes a report, where the source wants one. Returns how many are new."""
    day, laid = today(office, now), 0
    begun = [
        e for e in day_facts.held(uow, office, day) if e.starts_at <= now and day_facts.moment_of(office, e)
    ]
    for proctor_id in sorted({exam.proctor_id for exam in begun if exam.proctor_id is not None}):
        if uow.cases.by_origin(rules.key(PROCTOR, proctor_id, day)) is None:
            _open(uow, office, now, proctor_id, day)
            laid += 1
    return laid


def _open(uow: UnitOfWork, office: Office, now: dt.datetime, person_id: int, day: dt.date) -> Case:
    """The report of a day that stands, or a new one with its reminders."""
    origin = rules.key(PROCTOR, person_id, day)
    uow.people.lock(person_id)
    standing = uow.cases.by_origin(origin)
    if standing is not None:
        return standing
    found = day_facts.held(uow, office, day, person_id)
    due = day_facts.due_of(office, found)
    case = casework.open_case(
        uow,
        office,
        now,
        kind=Kind.DAY_REPORT,
        origin=origin,
        reporter_id=person_id,
        actor_id=person_id,
        stage=PROCTOR,
        data={"day": day.isoformat(), "due": due.isoformat() if due else None, "said": {}},
    )
    uow.cases.tell(case, person_id, now, role=Role.PROCTOR.value)
    if due is not None:
        _set_timers(uow, office, now, case, due)
    return case


def _set_timers(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, due: dt.datetime) -> None:
    for minutes, at in rules.next_due(due, _leaf(office, "missing_remind_minutes") or (), now):
        uow.case_timers.set(case, f"{ASK}:{minutes:g}", at)
    told = _leaf(office, "missing_told_minutes")
    if told is not None:
        uow.case_timers.set(case, TOLD, due + dt.timedelta(minutes=told))


def _day(case: Case) -> dt.date:
    return dt.date.fromisoformat(case.data["day"])


def fill(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> DayReport:
    """The report that the reader owes, filled. Raises `Refusal`: `staff_only`, `day_no_exams`."""
    person_id = access.require(me.actor, Action.SEE_STAFF)
    day = _own_day(uow, office, now, person_id)
    if not day_facts.held(uow, office, day, person_id):
        raise Refusal("day_no_exams")
    return view(uow, office, now, _open(uow, office, now, person_id, day), me.person_id)


def show(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> DayReport:
    """A report for its author and those it went to. Raises `Refusal`: `case_gone`, `not_yours`."""
    case = casework.locked(uow, case_id, Kind.DAY_REPORT)
    if me.person_id is None or me.person_id not in uow.cases.told(case):
        raise Refusal("not_yours")
    return view(uow, office, now, case, me.person_id)


def view(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, me_id: int | None) -> DayReport:
    """A report with names; one that was sent says what it said then of the counted."""
    exams = exams_of(uow, office, case)
    author = uow.people.get(case.reporter_id)
    faculties = dict.fromkeys(exam.faculty for exam in exams if exam.faculty)
    lines = day_facts.lines(uow, office, case.ended_at or now, exams, case.data.get("said", {}))
    return DayReport(
        id=case.id,
        number=case.number,
        scope=case.stage,
        day=_day(case),
        author=author.full_name if author else "",
        faculty=", ".join(faculties) or (author.faculty if author else ""),
        lines=day_papers.with_reports(uow, office, lines, case),
        remarks=case.data.get("remarks", ""),
        state=case.state,
        revision=case.revision,
        due_at=moment(case, "due"),
        sent_at=case.ended_at if case.outcome == SENT else None,
        to=tuple(name(uow, person) for person in case.data.get("to", ())),
        clause=clause(office),
        mine=case.reporter_id == me_id and case.state in OPEN,
        own=case.reporter_id == me_id and case.stage == PROCTOR and case.outcome == SENT,
    )


def exams_of(uow: UnitOfWork, office: Office, case: Case) -> Sequence[Exam]:
    """The exams that a report is about: as they were when it was sent."""
    kept = case.data.get("exams")
    if kept is not None:
        return [exam for exam in (uow.exams.get(exam_id) for exam_id in kept) if exam is not None]
    return day_facts.held(uow, office, _day(case), case.reporter_id)


def _mine(uow: UnitOfWork, me: Me, case_id: int) -> Case:
    case = casework.locked(uow, case_id, Kind.DAY_REPORT)
    if me.person_id is None or me.person_id != case.reporter_id or case.stage != PROCTOR:
        raise Refusal("not_yours")
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    return case


def correct(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, exam_id: int, text: str
) -> DayReport:
    """How many came to an exam, and the link of its recording, as the proctor says.

    Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `exam_gone`, `day_line_unread`, `day_too_many`.
    """
    case = _mine(uow, me, case_id)
    exam = next((one for one in exams_of(uow, office, case) if one.id == exam_id), None)
    if exam is None:
        raise Refusal("exam_gone")
    present, link = rules.read_line(text)
    rules.require_present(present, len(uow.exams.students_of(exam.id)))
    kept = case.data.get("said", {})
    before = kept.get(str(exam_id), {})
    said = {"present": present, "link": link or before.get("link", "")}
    casework.note(case, said={**kept, str(exam_id): said})
    case.revision += 1
    return view(uow, office, now, case, me.person_id)


def remark(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, text: str) -> DayReport:
    """Remarks in words. Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `act_text_long`."""
    case = _mine(uow, me, case_id)
    if len(text) > rules.REMARK_LETTERS:
        raise Refusal("act_text_long", limit=rules.REMARK_LETTERS)
    casework.note(case, remarks=text.strip())
    case.revision += 1
    return view(uow, office, now, case, me.person_id)


def send(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, revision: int, origin: int
) -> DayReport:
    """The report goes to the dean, with its documents; a second tap shows the same.

    Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `case_moved`, `day_not_over` (one still runs).
    """
    case = casework.locked(uow, case_id, Kind.DAY_REPORT)
    if case.state not in OPEN and case.reporter_id == me.person_id:
        return view(uow, office, now, case, me.person_id)
    case = _mine(uow, me, case_id)
    if case.revision != revision:
        raise Refusal("case_moved", number=case.number)
    found = exams_of(uow, office, case)
    running = max((exam.ends_at for exam in found), default=now)
    if running > now:
        raise Refusal("day_not_over", time=running)
    seen = view(uow, office, now, case, me.person_id)
    counted = {str(line.exam.id): {"present": line.present, "link": line.link} for line in seen.lines}
    to = addressees(uow, office, found)
    casework.note(case, exams=[exam.id for exam in found], said=counted, to=to)
    case.outcome = SENT
    for person in to:
        uow.cases.tell(case, person, now, role=_role(office))
    casework.move(uow, now, case, Did.DECIDED, actor_id=me.person_id, origin=origin, people=to)
    day_papers.issue(uow, office, now, case, view(uow, office, now, case, me.person_id))
    for person in to:
        casework.owe(uow, now, case, ARRIVED, person, Rank.REMINDER, suffix=str(case.revision))
        _late(uow, now, _day(case), person, only_standing=True)
    return view(uow, office, now, case, me.person_id)


def _role(office: Office) -> str:
    return str(_leaf(office, "proctor_report_to") or Role.DEAN.value)


def addressees(uow: UnitOfWork, office: Office, found: Sequence[Exam]) -> list[int]:
    """Whoever the report goes to: of every faculty of its exams."""
    people: dict[int, None] = {}
    for exam in found:
        people.update(dict.fromkeys(hearers.nearest(uow, office, exam, (_role(office),))))
    return list(people)


def asked(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The deadline has passed without the report: the proctor is reminded, then whoever it goes to hears.

    An exam that moved moves the deadline; where none is left, nothing is owed.
    """
    found = day_facts.held(uow, office, _day(case), case.reporter_id)
    due = day_facts.due_of(office, found)
    if due is None:
        casework.move(uow, now, case, Did.WITHDRAWN)
        return
    before = moment(case, "due")
    if before is None or due > before:
        casework.note(case, due=due.isoformat())
        _set_timers(uow, office, now, case, due)
        return
    casework.log(uow, now, case, Did.DEADLINE, rule=rule)
    if rule != TOLD:
        casework.owe(uow, now, case, MISSING, case.reporter_id, Rank.REMINDER, suffix=rule)
        return
    for person in addressees(uow, office, found):
        uow.cases.tell(case, person, now, role=_role(office))
        _late(uow, now, _day(case), person)


def _late(
    uow: UnitOfWork, now: dt.datetime, day: dt.date, person_id: int, *, only_standing: bool = False
) -> None:
    """One message a day and reader about all that is missing; it changes as reports arrive."""
    subject = f"day_reports:{day.isoformat()}"
    if not only_standing or live.stands(uow, subject, person_id):
        live.owe(uow, now, subject, LATE, person_id, facts={"day": day.isoformat()})


def state(uow: UnitOfWork, office: Office, now: dt.datetime, person_id: int, day: dt.date) -> DayState:
    """Who of those whose reports go to somebody has sent one."""
    sent, missing = [], []
    for case in uow.cases.of_day(KIND, PROCTOR, *day_facts.bounds(office, day)):
        found = exams_of(uow, office, case)
        if case.data.get("day") != day.isoformat() or person_id not in addressees(uow, office, found):
            continue
        if case.outcome == SENT:
            sent.append(name(uow, case.reporter_id))
        elif case.state in OPEN and (due := moment(case, "due")) is not None and due <= now:
            missing.append(name(uow, case.reporter_id))
    return DayState(day, tuple(sent), tuple(missing), clause(office))


def offered(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> tuple[bool, DayState | None]:
    """Whether the reader has a report to send, and, for a deanery, who has sent today's."""
    person_id = access.require(me.actor, Action.SEE_STAFF)
    day, owed = today(office, now), _own_day(uow, office, now, person_id)
    begun = [exam for exam in day_facts.held(uow, office, owed, person_id) if exam.starts_at <= now]
    own = uow.cases.by_origin(rules.key(PROCTOR, person_id, owed))
    author = bool(begun) and (own is None or own.state in OPEN)
    deanery = bool(me.roles & CENTRE_ROLES) and bool(
        uow.cases.of_day(KIND, PROCTOR, *day_facts.bounds(office, day))
    )
    return author, state(uow, office, now, person_id, day) if deanery else None


def register(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[DayReport]:
    """Every report, in the order of its number."""
    return [view(uow, office, now, case, None) for case in uow.cases.all(KIND)]


def centre(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, day: dt.date, origin: int) -> DayReport:
    """The deanery's report on a day to the centre of the study process (AYU 5.1.5), made of the proctors'.

    Its documents come to whoever made it; made again, they are newer. Raises `Refusal`: `staff_only`,
    `day_no_exams`.
    """
    person_id = access.require_role(me.actor, CENTRE_ROLES)
    found = [e for e in day_facts.held(uow, office, day) if not me.faculty or e.faculty in (me.faculty, "")]
    if not found:
        raise Refusal("day_no_exams")
    uow.people.lock(person_id)
    key = rules.key(CENTRE, person_id, day)
    case = uow.cases.by_origin(key) or casework.open_case(
        uow,
        office,
        now,
        kind=Kind.DAY_REPORT,
        origin=key,
        reporter_id=person_id,
        actor_id=person_id,
        stage=CENTRE,
        data={"day": day.isoformat(), "said": {}},
    )
    uow.cases.tell(case, person_id, now, role=Role.DEAN.value)
    if casework.log(uow, now, case, Did.STAGE, actor_id=person_id, origin=origin):
        casework.note(case, exams=[exam.id for exam in found], said=_said(uow, found, day, office))
        case.revision += 1
        case.outcome, case.state, case.ended_at = SENT, "closed", now
        day_papers.issue(uow, office, now, case, view(uow, office, now, case, person_id))
    return view(uow, office, now, case, person_id)


def _said(uow: UnitOfWork, found: Sequence[Exam], day: dt.date, office: Office) -> dict[str, Any]:
    """What the proctors have counted."""
    said: dict[str, Any] = {}
    for exam in found:
        case = uow.cases.by_origin(rules.key(PROCTOR, exam.proctor_id or 0, day))
        if case is not None and case.outcome == SENT:
            said |= {k: v for k, v in case.data.get("said", {}).items() if k == str(exam.id)}
    return said


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> DayReport | None:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return view(uow, office, now, case, claimed.notice.person_id) if case is not None else None


def _about_day(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> DayState:
    day = dt.date.fromisoformat(claimed.notice.facts["day"])
    return state(uow, office, now, claimed.notice.person_id or 0, day)


def _sent_already(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return "" if case is not None and case.state in OPEN else "sent"


def _none_missing(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """A first word of missing reports is not true when all have come; a change of it is."""
    if claimed.notice.message_id is not None:
        return ""
    return "" if _about_day(uow, office, now, claimed).missing else "sent"


def _duty_done(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    """The reminder before the deadline is for whoever has not sent the report."""
    reminder, exam, person = claimed.reminder, claimed.exam, claimed.notice.person_id
    if reminder is None or exam is None or person is None:
        return ""
    rule, _ = warnings.parted(reminder.rule)
    if rule != warnings.OFFER + day_facts.MOMENT:
        return ""
    case = uow.cases.by_origin(rules.key(PROCTOR, person, today(office, exam.starts_at)))
    return "sent" if case is not None and case.outcome == SENT else ""


TIMERS = {(KIND, ASK): asked, (KIND, TOLD): asked}
LETTERS = {
    MISSING: Letter(about=_about, untrue=_sent_already),
    ARRIVED: Letter(about=_about),
    LATE: Letter(about=_about_day, untrue=_none_missing),
    "duty_due": Letter(untrue=_duty_done),
}
