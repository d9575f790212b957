"""Applications that were sent: told along the chain that the form names, answered, withdrawn."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access, windows
from bot.rules import applications as rules
from bot.rules.access import Action
from bot.rules.applications import ANSWER, ApplicationView, FormSpec
from bot.rules.casework import OPEN, Did, Kind
from bot.rules.notices import Rank
from bot.rules.papers import Said
from bot.rules.people import Me
from bot.rules.vocabulary import Attestation, Role
from bot.rules.workdays import midnight
from bot.services import casework, documents, exams, files, forms, holders, live, receipts, resits
from bot.services.appeal_facts import moment
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case, Notice
from bot.storage.unit import UnitOfWork

KIND = Kind.APPLICATION.value
CARD, STATUS = "application_card", "application_status"
ANSWER_LETTERS, LIST_LIMIT = 3500, 10
PHOTOS = "photos"
"""The rule of the receipt's timer in cases of an earlier version."""


def submit(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, stamp: int, origin: int
) -> int:
    """Send it: numbered, to the first of the form's chain. Returns the case's id, also to a second tap.

    Raises `Refusal`: as `review`, `draft_moved`.
    """
    person = forms.student(uow, me)
    uow.people.lock(person.id)
    sent = uow.drafts.get(draft_id)
    if sent is not None and sent.person_id == person.id and sent.state == "sent" and sent.case_id:
        return sent.case_id
    draft, spec, _ = forms.opened(uow, office, me, draft_id)
    seen = forms.seen_of(uow, office, now, draft, spec, person)
    rules.require_whole(seen)
    if seen.stamp != stamp:
        raise Refusal("draft_moved")
    case = casework.open_case(
        uow,
        office,
        now,
        kind=Kind.APPLICATION,
        origin=origin,
        reporter_id=person.id,
        actor_id=person.id,
        stage=ANSWER,
        exam_id=seen.exam.id if seen.exam else None,
        trouble=spec.id,
        data={"reason": seen.reason, "text": seen.text},
    )
    case.chain = [
        {
            "role": role,
            "people": forms.holders(uow, now, role, person),
            "told": [],
            "state": "ahead",
            "fallback": False,
        }
        for role in spec.chain
    ]
    uow.files.hand_over(draft.id, case.id)
    draft.state, draft.case_id = "sent", case.id
    receipts.soon(uow, now, case)
    _advance(uow, office, now, case, spec)
    return case.id


def receipt(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """The student gets a receipt with the checksum of every file, once none is on its way any more."""
    if receipts.ready(uow, office, now, case):
        _give_receipt(uow, office, now, case)
        refresh(uow, now, case)


def _give_receipt(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> None:
    language = documents.language_of(uow, office, case.reporter_id)
    student, spec = uow.people.get(case.reporter_id), office.forms.spec(case.trouble)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    words = office.forms.words(spec.id, language) if spec is not None else None
    role, due = case.data.get("addressee", ""), moment(case, "due")
    facts = {
        "number": case.number,
        "student": student.full_name if student else "",
        "group": student.group_name if student else "",
        "form": words.title if words else case.trouble,
        "reason": words.reasons.get(case.data.get("reason", ""), "") if words else "",
        "exam": exams.brief(exam).subject(language) if exam else None,
        "text": case.data.get("text", ""),
        "submitted_at": case.filed_at,
        "addressee": Said(f"role.{role}") if role else None,
        "due": windows.said(due, office.zone) if due else None,
        "clause": spec.clause if spec else None,
    }
    receipts.give(uow, office, now, case, "application_receipt", facts)


def _advance(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, spec: FormSpec) -> None:
    """The next of the chain who can be reached hears; at its end the administrator does."""
    while True:
        case.step += 1
        rung = case.chain[case.step] if case.step < len(case.chain) else None
        people = rung["people"] if rung else [p for _, p, _, _ in uow.people.holders([Role.ADMIN.value])]
        reachable = uow.people.reachable(people)
        if reachable or rung is None:
            break
        _mark(case, case.step, "skipped", [])
        casework.log(uow, now, case, Did.STEP_SKIPPED, role=rung["role"])
    role = rung["role"] if rung else Role.ADMIN.value
    if rung:
        _mark(case, case.step, "told", sorted(reachable))
    for person in sorted(reachable):
        uow.cases.tell(case, person, now, role=role)
        _card(uow, now, case, person)
    casework.log(
        uow, now, case, Did.STEP_TOLD if rung else Did.CHAIN_ENDED, role=role, people=sorted(reachable)
    )
    due = office.workdays.end_of(now, spec.answer_working_days, office.zone)
    casework.note(case, due=due.isoformat(), addressee=role)
    uow.case_timers.set(case, ANSWER, due)


def _card_lost(uow: UnitOfWork, office: Office, now: dt.datetime, notice: Notice) -> None:
    """A card could not be delivered: with nobody told left, the next of the chain hears at once."""
    case = uow.cases.get(notice.case_id, lock=True) if notice.case_id else None
    spec = office.forms.spec(case.trouble) if case is not None else None
    if case is None or spec is None or case.state not in OPEN or notice.person_id is None:
        return
    if notice.person_id not in uow.cases.told(case):
        return
    casework.log(uow, now, case, Did.NOT_DELIVERED, person=notice.person_id)
    uow.cases.lose(case, notice.person_id, now)
    if not uow.people.reachable(uow.cases.told(case)):
        _advance(uow, office, now, case, spec)
        refresh(uow, now, case)


def _mark(case: Case, step: int, state: str, told: list[int]) -> None:
    chain = [dict(rung) for rung in case.chain]
    chain[step].update(state=state, told=told)
    case.chain = chain


def late(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """No answer in time: the next of the chain hears, whoever was told before still may decide."""
    spec = office.forms.spec(case.trouble)
    casework.log(uow, now, case, Did.DEADLINE, rule=rule)
    casework.note(case, late=case.data.get("late", now.isoformat()))
    if spec is not None:
        _advance(uow, office, now, case, spec)
        refresh(uow, now, case)


def _card(uow: UnitOfWork, now: dt.datetime, case: Case, person_id: int) -> None:
    live.owe(uow, now, f"case:{case.id}", CARD, person_id, Rank.ESCALATION, case_id=case.id)


def _status(uow: UnitOfWork, now: dt.datetime, case: Case) -> None:
    live.owe(uow, now, f"case:{case.id}", STATUS, case.reporter_id, case_id=case.id)


def shown(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, message_id: int) -> None:
    """The screen that the student has just been shown keeps itself current from now on."""
    live.adopt(uow, office, now, me, f"case:{case_id}", STATUS, message_id, case_id=case_id)


def refresh(uow: UnitOfWork, now: dt.datetime, case: Case) -> None:
    """Everybody's message about the application is to show how it stands now."""
    for person in sorted(uow.cases.told(case)):
        _card(uow, now, case, person)
    _status(uow, now, case)


def to_answer(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> Case:
    """The application that the reader may decide. Raises `Refusal`: `case_gone`, `not_yours`, `case_over`."""
    case = casework.locked(uow, case_id, Kind.APPLICATION)
    access.require_holder(me.actor, uow.cases.told(case))
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    return case


def answer(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    origin: int,
    *,
    outcome: str,
    words: str,
    new_date: dt.datetime | None = None,
) -> int:
    """Grant or refuse, with words and, where the form gives one, a new date; the student hears at once.

    The first answer stands; the same update answers once. A new date stands in the student's exams.
    Raises `Refusal`: as `to_answer`, `reason_empty`, `reason_long`, `unknown_vote`; `sitting_past`,
    `date_beyond` the last date that the university allows, `not_now` for a form without dates.
    """
    standing = casework.locked(uow, case_id, Kind.APPLICATION)
    if standing.data.get("answered_origin") == origin:
        return standing.id
    case = require(uow, office, now, me, standing, outcome, words, new_date)
    if receipts.owed(uow, case):  # nothing of a case comes after its end
        _give_receipt(uow, office, now, case)
    case.outcome = outcome
    at = new_date.isoformat() if new_date else None
    casework.note(case, answer=words.strip(), answered_by=me.person_id, answered_origin=origin, at=at)
    casework.move(uow, now, case, Did.DECIDED, actor_id=me.person_id, origin=origin, outcome=outcome)
    if new_date is not None:
        _sit_then(uow, office, now, case, new_date)
    until = resits.latest(now)
    casework.owe(uow, now, case, "application_decided", case.reporter_id, Rank.ESCALATION, use_by=until)
    refresh(uow, now, case)
    return case.id


def require(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case: Case,
    outcome: str,
    words: str,
    new_date: dt.datetime | None,
) -> Case:
    """The application, when it may be answered so. Refuses as `answer`."""
    case = to_answer(uow, office, now, me, case.id)
    if outcome not in (rules.GRANTED, rules.DENIED):
        raise Refusal("unknown_vote")
    if not any(letter.isalpha() for letter in words):
        raise Refusal("reason_empty")
    if len(words) > ANSWER_LETTERS:
        raise Refusal("reason_long", limit=ANSWER_LETTERS)
    if new_date is not None:
        require_date(office, now, case, outcome, new_date)
    return case


def require_date(office: Office, now: dt.datetime, case: Case, outcome: str, at: dt.datetime) -> None:
    """Raises `Refusal`: `not_now`, `sitting_past`, `date_beyond`."""
    spec = office.forms.spec(case.trouble)
    if spec is None or not spec.new_date or case.exam_id is None or outcome != rules.GRANTED:
        raise Refusal("not_now")
    if at <= now:
        raise Refusal("sitting_past", at=at)
    last = forms.last_date(office, spec)
    if last is not None and at.astimezone(office.zone).date() > last:
        raise Refusal("date_beyond", at=midnight(last, office.zone))


def _sit_then(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, at: dt.datetime) -> None:
    """The exam at its new date stands among the student's; whoever holds it and guides them hears."""
    resits.plan(uow, office, now, case, at)
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    if exam is not None:
        rules_there = office.appeals[Attestation(exam.attestation)]
        resits.tell(uow, now, case, holders.of_new_date(uow, exam, case.reporter_id, rules_there), at)


def withdraw(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, revision: int, origin: int
) -> None:
    """Take it back. Raises `Refusal`: `case_gone`, `not_yours`, `case_moved`, `case_over`."""
    case = casework.locked(uow, case_id, Kind.APPLICATION, revision)
    access.require_reporter(me.actor, case.reporter_id)
    casework.move(uow, now, case, Did.WITHDRAWN, actor_id=case.reporter_id, origin=origin)
    refresh(uow, now, case)


def show(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> ApplicationView:
    """An application for its student and those told. Raises `Refusal`: `case_gone`, `not_yours`."""
    case = casework.locked(uow, case_id, Kind.APPLICATION)
    if me.person_id != case.reporter_id and me.person_id not in uow.cases.told(case):
        raise Refusal("not_yours")
    return view(uow, office, case, me.person_id)


def mine(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[ApplicationView]:
    """The reader's own, newest first. Raises `Refusal` (`link_first`)."""
    person_id = access.require(me.actor, Action.APPLY)
    found = uow.cases.of_reporter(person_id, LIST_LIMIT, KIND)
    return [view(uow, office, case, person_id) for case in found]


def waiting_for(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[ApplicationView]:
    """Those that wait for the reader, nearest deadline first. Raises `Refusal` (`staff_only`)."""
    person_id = access.require(me.actor, Action.SEE_STAFF)
    found = uow.cases.waiting_for(person_id, OPEN, LIST_LIMIT, KIND)
    seen = [view(uow, office, case, person_id) for case in found]
    return sorted(seen, key=lambda one: one.due or one.filed_at)


def register(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[ApplicationView]:
    """Every application, in the order of sending."""
    return [view(uow, office, case, None) for case in uow.cases.all(KIND)]


def view(uow: UnitOfWork, office: Office, case: Case, reader: int | None) -> ApplicationView:
    """An application with names."""
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    student = uow.people.get(case.reporter_id)
    gone = FormSpec(case.trouble, "", exam=False, reasons={}, chain=(), answer_working_days=1)
    return ApplicationView(
        id=case.id,
        number=case.number,
        form=office.forms.spec(case.trouble) or gone,
        words=forms.words_of(office, case.trouble),
        state=case.state,
        revision=case.revision,
        student=student.full_name if student else "",
        group=student.group_name if student else "",
        exam=exams.brief(exam) if exam else None,
        reason=case.data.get("reason", ""),
        text=case.data.get("text", ""),
        files=tuple(files.views(uow, case_id=case.id)),
        filed_at=case.filed_at,
        addressee=case.data.get("addressee", ""),
        due=moment(case, "due"),
        outcome=case.outcome,
        answer=case.data.get("answer", ""),
        mine=reader == case.reporter_id,
        decides=reader in uow.cases.told(case) and case.state in OPEN,
        new_date=moment(case, "at"),
        answered=reader is not None and reader == case.data.get("answered_by"),
    )


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> ApplicationView | None:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return view(uow, office, case, claimed.notice.person_id) if case is not None else None


LETTERS = {
    CARD: Letter(about=_about, lost=_card_lost),
    **{kind: Letter(about=_about) for kind in (STATUS, "application_decided")},
}
TIMERS = {(KIND, ANSWER): late, (KIND, receipts.RECEIPT): receipt, (KIND, PHOTOS): receipt}
