"""An act as its people see it and as a document: every field of its form, filled from the case."""

import datetime as dt
from collections.abc import Sequence

from bot.exchange.paper import PDF
from bot.rules.acts import CONFIRM, ActSpec, ActView, Signer
from bot.rules.casework import OPEN, Did
from bot.rules.papers import Day, Facts, Plain, Said
from bot.rules.people import Me
from bot.services import acts, casework, documents, exams, files, hearers
from bot.services.appeal_facts import moment, name
from bot.services.office import Office
from bot.storage.tables import Case, CaseFile
from bot.storage.unit import UnitOfWork

MARK = "×"
SIGNERS = 3


def spec_of(office: Office, case: Case) -> ActSpec:
    """The form of an act. Raises `LookupError` where the profile has it no more."""
    spec = office.acts.spec(case.trouble)
    if spec is None:
        raise LookupError(case.trouble)
    return spec


def commission(case: Case) -> tuple[int, ...]:
    """Who draws the act up: whoever began it, then the others in the form's order."""
    return (case.reporter_id, *case.data.get("members", ()))


def said_by(case: Case) -> dict[int, str]:
    """What each of the commission has said; whoever drew the act up themselves stands behind it."""
    said = {int(person): word for person, word in case.data.get("said", {}).items()}
    return said if case.data.get("by_itself") else {case.reporter_id: "yes", **said}


def approvers(uow: UnitOfWork, office: Office, case: Case) -> list[int]:
    """Who signs an act in the end, those who can be reached; else whoever hears when nobody can be."""
    role = spec_of(office, case).approver
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    return hearers.nearest(uow, office, exam, (role,)) if role else []


def _part(case: Case, signing: Sequence[int], me_id: int | None) -> str:
    if me_id is None:
        return "staff"
    if me_id == case.data.get("student"):
        return "student"
    if me_id in signing:
        return "approver"
    if me_id == case.reporter_id:
        return "drawer"
    return "member" if me_id in commission(case) else "staff"


def view(uow: UnitOfWork, office: Office, case: Case, me: Me | int | None) -> ActView:
    """An act with names, for one reader."""
    me_id = me.person_id if isinstance(me, Me) else me
    data = case.data
    exam = uow.exams.get(case.exam_id) if case.exam_id else None
    spec = spec_of(office, case)
    spec = spec.at(exam.kind, data.get("offences", ())) if exam else spec
    student = uow.people.get(data["student"]) if data.get("student") else None
    people, said = commission(case), said_by(case)
    signing = data.get("approvers", ())
    signers = [
        Signer(
            office_name,
            name(uow, people[n]) if n < len(people) else "",
            said.get(people[n], "") if n < len(people) else "",
        )
        for n, office_name in enumerate(spec.signers)
    ]
    part = _part(case, signing, me_id)
    looking = part == "drawer" and case.stage == CONFIRM and len(people) < len(spec.signers)
    return ActView(
        id=case.id,
        number=case.number,
        spec=spec,
        words=office.acts.words(spec.id),
        state=case.state,
        stage=case.stage,
        revision=case.revision,
        exam=exams.brief(exam) if exam else None,
        at=moment(case, "at") or case.filed_at,
        filed_at=case.filed_at,
        drawer=name(uow, case.reporter_id),
        student=student.full_name if student else "",
        group=student.group_name if student else "",
        offences=tuple(data.get("offences", ())),
        texts=dict(data.get("texts", {})),
        signers=tuple(signers),
        candidates=tuple(acts.candidates(uow, spec, exam, case.reporter_id, _refused_and_seated(case)))
        if looking
        else (),
        answer=data.get("answer", ""),
        answered_at=moment(case, "answered_at"),
        answer_by=moment(case, "answer_by"),
        explained=data.get("explained", ""),
        outcome=case.outcome,
        reason=data.get("reason", ""),
        approver=name(uow, data.get("decided_by") or next(iter(signing), None)),
        about=data.get("about", ""),
        part=part,
        said=said.get(me_id or 0, ""),
    )


def _refused_and_seated(case: Case) -> list[int]:
    return [*case.data.get("members", ()), *case.data.get("declined", ())]


def issue(
    uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, people: Sequence[int]
) -> list[CaseFile]:
    """Make the act in every language (PDF, DOCX), keep it with the case and send it to these people.

    The student, and everybody while the act is not finished, gets the PDF of their own language.
    """
    spec, student = spec_of(office, case), case.data.get("student")
    made: dict[str, list[CaseFile]] = {}
    for language in office.languages:
        facts = _facts(uow, office, now, case, language)
        order = documents.Order(spec.document, facts, (language,), documents.BOTH)
        made[language] = documents.issue(uow, office, now, case.id, order, student or case.reporter_id)
    uow.flush()
    every = [file for mine in made.values() for file in mine]
    for person in people:
        own = [file for file in made[documents.language_of(uow, office, person)] if file.type == PDF]
        documents.send(uow, now, own if person == student or is_open(case) else every, [person])
    casework.log(uow, now, case, Did.DOCUMENT, template=spec.document)
    return every


def _facts(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, language: str) -> Facts:
    seen = view(uow, office, case, None)
    spec = seen.spec
    words = office.acts.words(spec.id)[language]
    student = uow.people.get(case.data["student"]) if case.data.get("student") else None
    at = moment(case, "at") or case.filed_at
    numbered: dict[str, Plain] = {}
    for n in range(SIGNERS):
        one = seen.signers[n] if n < len(seen.signers) else None
        numbered[f"member_{n + 1}"] = one.name if one else None
        numbered[f"office_{n + 1}"] = words.signers[one.office] if one else None
    return {
        "number": case.number,
        "today": Day(at),
        "at": at,
        "clause": spec.clause,
        "exam": seen.exam.subject(language) if seen.exam else None,
        "kind": Said(f"kind.{seen.exam.kind}") if seen.exam else None,
        "student": student.full_name if student else None,
        "group": student.group_name if student else None,
        "programme": student.programme if student else None,
        "faculty": student.faculty if student else None,
        "course": student.course or None if student else None,
        "offences": [
            {"mark": MARK if one in seen.offences else " ", "what": words.offences[one], "by": clause}
            for one, clause in spec.offences.items()
        ],
        "members": [
            {
                "office": words.signers[one.office],
                "name": one.name,
                "said": Said(f"act.said.{one.said or 'none'}"),
            }
            for one in seen.signers
        ],
        **numbered,
        **{text: seen.texts.get(text) for text in ("description", "stranger", "question_1", "question_2")},
        **{text: seen.texts.get(text) for text in ("purpose", "result")},
        "decision_text": seen.texts.get("decision"),
        "answer": Said(f"act.answer.{seen.answer}") if seen.answer else None,
        "explained": seen.explained or " ",
        "answered_at": seen.answered_at,
        "decision": Said(f"act.outcome.{seen.outcome}") if seen.outcome else None,
        "decided_at": case.ended_at if seen.outcome else None,
        "approver": seen.approver or None,
        "approver_role": Said(f"role.{spec.approver}") if spec.approver else None,
        "about": seen.about or None,
        "about_at": Day(moment(case, "about_at") or at),
        "photos": sum(not file.made for file in files.views(uow, case_id=case.id)),
    }


def is_open(case: Case) -> bool:
    """Whether anything is left to do."""
    return case.state in OPEN
