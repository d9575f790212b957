"""An act on its way: the commission confirms it, the student is told and answers, whoever must signs it."""

import datetime as dt
from typing import Any

from bot.errors import Refusal
from bot.rules import access, acts
from bot.rules.access import Action
from bot.rules.acts import ANSWER, ANSWERS, CONFIRM, REFUSE, RETURNED, SIGN, SIGNED, SILENT, ActView
from bot.rules.casework import CLOSED, OPEN, WAITING, Did, Kind
from bot.rules.notices import Rank
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind
from bot.services import act_papers, casework, files, live
from bot.services import acts as drafts
from bot.services.act_papers import approvers, commission, said_by, spec_of, view
from bot.services.appeal_facts import moment
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

KIND = Kind.ACT.value
CARD, STUDENT, LATE = "act_card", "act_student", "act_late"
LIST_LIMIT = 20
TEXT_LETTERS = acts.TEXT_LETTERS


def submit(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, stamp: int, origin: int
) -> int:
    """The act is drawn up: numbered, to its commission (none: straight on). Returns its id, twice the same.

    Raises `Refusal`: as `acts.opened`, `acts.require_whole`, `draft_moved`.
    """
    person_id = access.require(me.actor, Action.DRAW_ACT)
    uow.people.lock(person_id)
    sent = uow.drafts.get(draft_id)
    if sent is not None and sent.person_id == person_id and sent.state == "sent" and sent.case_id:
        return sent.case_id
    draft, spec, exam = drafts.opened(uow, office, me, draft_id)
    seen = drafts.view(uow, office, now, draft)
    acts.require_whole(seen)
    if seen.stamp != stamp:
        raise Refusal("draft_moved")
    data: dict[str, Any] = {
        key: draft.data[key] for key in ("student", "offences", "texts", "members") if key in draft.data
    }
    case = casework.open_case(
        uow,
        office,
        now,
        kind=Kind.ACT,
        origin=origin,
        reporter_id=person_id,
        actor_id=person_id,
        stage=CONFIRM,
        exam_id=exam.id if exam else None,
        trouble=spec.id,
        data={**data, "at": draft.begun_at.isoformat(), "said": {}},
    )
    uow.files.hand_over(draft.id, case.id)
    draft.state, draft.case_id = "sent", case.id
    _begin(uow, office, now, case)
    return case.id


def _begin(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> None:
    for person in commission(case):
        uow.cases.tell(case, person, now, role="commission")
    if acts.confirmed(commission(case), said_by(case)):
        _in_force(uow, office, now, case)
        return
    uow.case_timers.set(case, CONFIRM, now + _span(office, "acts.confirm_minutes"))
    refresh(uow, now, case)


def _span(office: Office, path: str) -> dt.timedelta:
    unit = path.rpartition("_")[2]
    return dt.timedelta(**{unit: float(office.policy.leaves[path].value)})


def refresh(uow: UnitOfWork, now: dt.datetime, case: Case) -> None:
    """Everybody's message about the act is to show how it stands now."""
    about = {"case_id": case.id, "exam_id": case.exam_id}
    student = case.data.get("student")
    for person in sorted(uow.cases.told(case) - {student}):
        live.owe(uow, now, f"case:{case.id}", CARD, person, Rank.ESCALATION, **about)
    if student is not None and case.data.get("in_force"):
        live.owe(uow, now, f"case:{case.id}", STUDENT, student, Rank.ESCALATION, **about)


def _open(uow: UnitOfWork, case_id: int) -> Case:
    case = casework.locked(uow, case_id, Kind.ACT)
    if case.state not in OPEN:
        raise Refusal("case_over", number=case.number)
    return case


def confirm(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, said: str, origin: int
) -> ActView:
    """One of the commission stands behind the act (`yes`), or does not (`no`): the drawer chooses another.

    With the last `yes` it is in force. Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `act_moved`.
    """
    person_id = access.require(me.actor, Action.DRAW_ACT)
    case = casework.locked(uow, case_id, Kind.ACT)
    if uow.cases.acted(case.id, origin, Did.CONFIRMED):
        return view(uow, office, case, me)
    case = _open(uow, case_id)
    members = list(case.data.get("members", ()))
    if person_id not in commission(case):
        raise Refusal("not_yours")
    offered = ("yes",) if person_id == case.reporter_id else ("yes", "no")
    if case.stage != CONFIRM or said not in offered:
        raise Refusal("act_moved")
    casework.log(uow, now, case, Did.CONFIRMED, actor_id=person_id, origin=origin, said=said)
    case.revision += 1
    if said == "no":
        members.remove(person_id)
        casework.note(case, members=members, declined=[*case.data.get("declined", ()), person_id])
        refresh(uow, now, case)
        return view(uow, office, case, me)
    casework.note(case, said={**case.data.get("said", {}), str(person_id): said})
    whole = len(commission(case)) == len(spec_of(office, case).signers)
    if whole and acts.confirmed(commission(case), said_by(case)):
        _in_force(uow, office, now, case)
    else:
        refresh(uow, now, case)
    return view(uow, office, case, me)


def seat(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, person_id: int, origin: int
) -> ActView:
    """The drawer chooses another member in place of one who would not sign. Raises as `confirm`."""
    if uow.cases.acted(case_id, origin, Did.ROUND):
        return view(uow, office, casework.locked(uow, case_id, Kind.ACT), me)
    case = _open(uow, case_id)
    if me.person_id != case.reporter_id:
        raise Refusal("not_yours")
    seen = view(uow, office, case, me)
    if person_id not in {one.person_id for one in seen.candidates}:
        raise Refusal("act_moved")
    if casework.log(uow, now, case, Did.ROUND, actor_id=me.person_id, origin=origin, people=[person_id]):
        case.revision += 1
        casework.note(case, members=[*case.data.get("members", ()), person_id])
        uow.cases.tell(case, person_id, now, role="commission")
        uow.case_timers.set(case, CONFIRM, now + _span(office, "acts.confirm_minutes"))
        refresh(uow, now, case)
    return view(uow, office, case, me)


def _in_force(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case) -> None:
    """The commission stands behind it: documents to everybody, the student is told and asked."""
    spec, student = spec_of(office, case), case.data.get("student")
    uow.case_timers.stop(case, CONFIRM, reason="confirmed")
    signing = approvers(uow, office, case)
    casework.note(case, in_force=now.isoformat(), approvers=signing)
    for person in signing:
        uow.cases.tell(case, person, now, role=spec.approver)
    people = list(uow.cases.told(case))
    if student is not None:
        uow.cases.tell(case, student, now, role="student")
        people.append(student)
    _go_on(uow, office, now, case)
    act_papers.issue(uow, office, now, case, sorted(people))
    refresh(uow, now, case)


def _go_on(
    uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, actor_id: int | None = None
) -> None:
    """To the next stage of the form, or to the end."""
    stage = acts.stage_after(spec_of(office, case), case.stage)
    if not stage:
        casework.move(uow, now, case, Did.DECIDED, actor_id=actor_id)
        return
    case.revision += 1
    casework.log(uow, now, case, Did.STAGE, stage=stage)
    case.stage, case.state = stage, WAITING
    if stage == ANSWER:
        until = now + _span(office, "acts.answer_hours")
        casework.note(case, answer_by=until.isoformat())
        uow.case_timers.set(case, ANSWER, until)
    if stage == SIGN:
        uow.case_timers.set(case, SIGN, now + _span(office, "acts.sign_hours"))


def answer(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, said: str, origin: int
) -> ActView:
    """The student agrees, disagrees or will not sign; whoever drew the act up may note a refusal.

    The first answer stands. A refusal is an act of its own where there is a form for it (KAZNMU form 3).
    Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `act_moved`, `act_answered`.
    """
    case = casework.locked(uow, case_id, Kind.ACT)
    if uow.cases.acted(case.id, origin, Did.ACCEPTED):
        return view(uow, office, case, me)
    case = _open(uow, case_id)
    student, mine = case.data.get("student"), me.person_id == case.data.get("student")
    if student is None or not (mine or (said == REFUSE and me.person_id == case.reporter_id)):
        raise Refusal("not_yours")
    if said not in ANSWERS or case.stage not in (ANSWER, SIGN):
        raise Refusal("act_moved")
    if case.data.get("answer") not in (None, SILENT):
        raise Refusal("act_answered", number=case.number)
    casework.log(uow, now, case, Did.ACCEPTED, actor_id=me.person_id, origin=origin, said=said)
    _answered(uow, office, now, case, said)
    if said == REFUSE:
        _refusal_act(uow, office, now, case, by_itself=mine)
    return view(uow, office, case, me)


def _answered(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, said: str) -> None:
    casework.note(case, answer=said, answered_at=None if said == SILENT else now.isoformat())
    uow.case_timers.stop(case, ANSWER, reason=said)
    if case.stage == ANSWER:
        _go_on(uow, office, now, case)
    act_papers.issue(uow, office, now, case, sorted(uow.cases.told(case)))
    refresh(uow, now, case)


def _refusal_act(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, *, by_itself: bool) -> None:
    """The same commission testifies that the student would not sign."""
    form = office.acts.spec(spec_of(office, case).refusal)
    if form is None:
        return
    about = moment(case, "at") or case.filed_at
    refusal = casework.open_case(
        uow,
        office,
        now,
        kind=Kind.ACT,
        origin=-case.id,
        reporter_id=case.reporter_id,
        actor_id=case.reporter_id,
        stage=CONFIRM,
        exam_id=case.exam_id,
        trouble=form.id,
        data={
            "student": case.data["student"],
            "members": list(case.data.get("members", ())),
            "at": now.isoformat(),
            "said": {},
            "about": case.number,
            "about_at": about.isoformat(),
            "by_itself": by_itself,
        },
    )
    casework.note(case, refusal=refusal.number)
    _begin(uow, office, now, refusal)


def explain(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, text: str, origin: int
) -> ActView:
    """The student's own words beside their answer, until it is signed or the time for it is over.

    Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `act_text_empty`, `act_text_long`.
    """
    case = casework.locked(uow, case_id, Kind.ACT)
    if me.person_id is None or me.person_id != case.data.get("student"):
        raise Refusal("not_yours")
    until = moment(case, "answer_by")
    if case.state not in OPEN and (spec_of(office, case).approver or until is None or now >= until):
        raise Refusal("case_over", number=case.number)
    if not any(letter.isalpha() for letter in text):
        raise Refusal("act_text_empty")
    whole = "\n".join(part for part in (case.data.get("explained", ""), text.strip()) if part)
    if len(whole) > TEXT_LETTERS:
        raise Refusal("act_text_long", limit=TEXT_LETTERS)
    if casework.log(uow, now, case, Did.NOTE, actor_id=me.person_id, origin=origin, text=text.strip()):
        casework.note(case, explained=whole)
        act_papers.issue(uow, office, now, case, sorted(uow.cases.told(case) - {me.person_id}))
        refresh(uow, now, case)
    return view(uow, office, case, me)


def sign(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    case_id: int,
    said: str,
    origin: int,
    reason: str = "",
) -> ActView:
    """Whoever the form names signs the act, or returns it with a reason; everybody learns it.

    Raises `Refusal`: `case_gone`, `not_yours`, `case_over`, `act_moved`, `reason_empty`,
    `act_waits_for_student`.
    """
    case = casework.locked(uow, case_id, Kind.ACT)
    if case.data.get("decided_by_update") == origin:
        return view(uow, office, case, me)
    case = _open(uow, case_id)
    if me.person_id is None or me.person_id not in case.data.get("approvers", ()):
        raise Refusal("not_yours")
    if case.stage == ANSWER:
        raise Refusal("act_waits_for_student", time=moment(case, "answer_by"))
    if case.stage != SIGN or said not in (SIGNED, RETURNED):
        raise Refusal("act_moved")
    if said == RETURNED and not any(letter.isalpha() for letter in reason):
        raise Refusal("reason_empty")
    casework.note(
        case, decided_by_update=origin, decided_by=me.person_id, reason=reason.strip()[:TEXT_LETTERS] or None
    )
    case.outcome = said
    casework.move(uow, now, case, Did.DECIDED, actor_id=me.person_id, origin=origin, outcome=said)
    act_papers.issue(uow, office, now, case, sorted(uow.cases.told(case)))
    refresh(uow, now, case)
    return view(uow, office, case, me)


def late(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, rule: str) -> None:
    """Somebody has not confirmed or signed in time: they and the drawer hear, again every day.

    A student who has not answered in time has said nothing: the act goes on.
    """
    if rule != case.stage:
        return
    casework.log(uow, now, case, Did.DEADLINE, rule=rule)
    if rule == ANSWER:
        _answered(uow, office, now, case, SILENT)
        return
    said = said_by(case)
    waiting = [p for p in commission(case) if p not in said] if rule == CONFIRM else case.data["approvers"]
    for person in sorted({*waiting, case.reporter_id}):
        casework.owe(uow, now, case, LATE, person, Rank.ESCALATION, suffix=f"{rule}:{now.isoformat()}")
    uow.case_timers.set(case, rule, now + dt.timedelta(days=1))


def show(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int) -> ActView:
    """An act for those who were told of it. Raises `Refusal`: `case_gone`, `not_yours`."""
    case = casework.locked(uow, case_id, Kind.ACT)
    if me.person_id is None or me.person_id not in uow.cases.told(case):
        raise Refusal("not_yours")
    return view(uow, office, case, me)


def shown(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, message_id: int) -> None:
    """The screen that its reader has just been shown keeps itself current from now on."""
    case = casework.locked(uow, case_id, Kind.ACT)
    kind = STUDENT if me.person_id == case.data.get("student") else CARD
    live.adopt(uow, office, now, me, f"case:{case_id}", kind, message_id, case_id=case_id)


def waiting_for(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[ActView]:
    """Open acts that were told to the reader, newest first; for a student all that are about them."""
    if me.person_id is None:
        return []
    states = OPEN if me.kind is PersonKind.STAFF else (*OPEN, CLOSED)
    found = uow.cases.waiting_for(me.person_id, states, LIST_LIMIT, KIND)
    return [view(uow, office, case, me) for case in found]


def of_exam(uow: UnitOfWork, exam_id: int) -> list[Case]:
    """Acts drawn up at an exam."""
    return list(uow.cases.of_exam(exam_id, KIND))


def register(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[ActView]:
    """Every act of a form that the profile has, in the order of filing."""
    known = (case for case in uow.cases.all(KIND) if office.acts.spec(case.trouble))
    return [view(uow, office, case, None) for case in known]


def forget(uow: UnitOfWork, now: dt.datetime, person_id: int) -> None:
    """The words of acts about somebody are emptied, and their evidence erased."""
    for case in uow.cases.all(KIND):
        if case.data.get("student") == person_id:
            casework.note(case, texts={}, explained=None, reason=None)
            uow.cases.empty_history(case)
            for file in uow.files.of_case(case.id):
                files.erase(file, now)
                file.name = ""


def _about(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> ActView | None:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return view(uow, office, case, claimed.notice.person_id) if case is not None else None


def _still_open(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> str:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    return "" if case is not None and case.state in OPEN else "over"


TIMERS = {(KIND, CONFIRM): late, (KIND, ANSWER): late, (KIND, SIGN): late}
LETTERS = {
    CARD: Letter(about=_about),
    STUDENT: Letter(about=_about),
    LATE: Letter(about=_about, untrue=_still_open),
}
