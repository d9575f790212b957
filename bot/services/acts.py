"""An act being drawn up: begun at an exam, kept as a draft over restarts, whole, then sent."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access, acts
from bot.rules.access import Action
from bot.rules.acts import TEXT_LETTERS, ActDraft, ActSpec, Candidate
from bot.rules.people import Me
from bot.rules.vocabulary import Role
from bot.services import exams, files, holders
from bot.services.files import Sent
from bot.services.office import Office
from bot.storage.tables import Draft, Exam
from bot.storage.unit import UnitOfWork

KIND = "act"
EVIDENCE = "evidence"
CANDIDATES = 30


def offered(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int | None
) -> Sequence[ActSpec]:
    """The forms that the reader may draw up, at an exam or (None) without one.

    Raises `Refusal`: `link_first`, `staff_only`, `exam_gone`, `act_none_here` where the rules name none for
    such an exam.
    """
    access.require(me.actor, Action.DRAW_ACT)
    exam, known = _exam(uow, exam_id), office.acts.all()
    found = [spec for spec in known if may_draw(uow, me, spec, exam)]
    if not found and exam is not None and any(_names_nothing(spec, exam) for spec in known):
        raise Refusal("act_none_here")
    return found


def _exam(uow: UnitOfWork, exam_id: int | None) -> Exam | None:
    exam = uow.exams.get(exam_id) if exam_id else None
    if exam_id and exam is None:
        raise Refusal("exam_gone")
    return exam


def may_draw(uow: UnitOfWork, me: Me, spec: ActSpec, exam: Exam | None) -> bool:
    """Whether the form is for this exam (for none), and the reader holds it in one of the form's roles."""
    if exam is None:
        return not spec.student and bool(me.roles & {Role(role) for role in spec.drawn_by})
    if not spec.student or exam.attestation not in spec.attestations or _names_nothing(spec, exam):
        return False
    return me.person_id in holders.of_exam(uow, exam, spec.drawn_by)


def _names_nothing(spec: ActSpec, exam: Exam) -> bool:
    """Whether all of the form's offences are confined to exams of other kinds."""
    return bool(spec.offences) and not spec.at(exam.kind).offences


def begin(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, act_id: str, exam_id: int | None, origin: int
) -> ActDraft:
    """Open the draft of a form, or the one that is there. Its moment is that of the first tap.

    Raises `Refusal`: `link_first`, `staff_only`, `exam_gone`, `act_not_yours`.
    """
    person_id = access.require(me.actor, Action.DRAW_ACT)
    spec, exam = office.acts.spec(act_id), _exam(uow, exam_id)
    if spec is None or not may_draw(uow, me, spec, exam):
        raise Refusal("act_not_yours")
    uow.people.lock(person_id)
    subject = f"{spec.id}:{exam_id or 0}"
    draft = uow.drafts.open_about(person_id, KIND, subject)
    if draft is None:
        draft = uow.drafts.begin(person_id, KIND, subject, now)
    return view(uow, office, now, draft)


def opened(uow: UnitOfWork, office: Office, me: Me, draft_id: int) -> tuple[Draft, ActSpec, Exam | None]:
    """The reader's own open draft. Raises `Refusal`: `staff_only`, `draft_gone`, `act_not_yours`."""
    person_id = access.require(me.actor, Action.DRAW_ACT)
    draft = uow.drafts.get(draft_id, lock=True)
    if draft is None or draft.person_id != person_id or draft.kind != KIND or draft.state != "open":
        raise Refusal("draft_gone")
    spec, exam = parts(uow, office, draft)
    if not may_draw(uow, me, spec, exam):
        raise Refusal("act_not_yours")
    return draft, spec, exam


def parts(uow: UnitOfWork, office: Office, draft: Draft) -> tuple[ActSpec, Exam | None]:
    """The form and the exam of a draft. Raises `Refusal` (`draft_gone`) for a form that is no more."""
    act_id, _, exam_id = draft.subject.partition(":")
    spec = office.acts.spec(act_id)
    exam = uow.exams.get(int(exam_id)) if exam_id != "0" else None
    if spec is None or (spec.student and exam is None):
        raise Refusal("draft_gone")
    return (spec if exam is None else spec.at(exam.kind)), exam


def draft_of(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int) -> ActDraft:
    """The draft as it stands. Refuses as `opened`."""
    return view(uow, office, now, opened(uow, office, me, draft_id)[0])


def view(uow: UnitOfWork, office: Office, now: dt.datetime, draft: Draft) -> ActDraft:
    """A draft with names and choices."""
    spec, exam = parts(uow, office, draft)
    data = draft.data
    student = uow.people.get(data["student"]) if data.get("student") else None
    members = [Candidate(p, _name(uow, p)) for p in data.get("members", ())]
    found = tuple(files.views(uow, draft_id=draft.id))
    seen = [data.get(key) for key in ("student", "offences", "texts", "members")]
    return ActDraft(
        id=draft.id,
        spec=spec,
        words=office.acts.words(spec.id),
        exam=exams.brief(exam) if exam else None,
        at=draft.begun_at,
        student=student.full_name if student else "",
        students=tuple(Candidate(p, name) for p, name in uow.exams.students_of(exam.id)) if exam else (),
        offences=tuple(data.get("offences", ())),
        texts=dict(data.get("texts", {})),
        members=tuple(members),
        candidates=tuple(candidates(uow, spec, exam, draft.person_id, data.get("members", ()))),
        files=found,
        field=acts.field_of(spec, data.get("texts", {}), data.get("field", "")),
        stamp=_stamp(repr([*seen, [file.id for file in found if file.state != "removed"]])),
    )


def candidates(
    uow: UnitOfWork, spec: ActSpec, exam: Exam | None, drawer: int, taken: Sequence[int]
) -> list[Candidate]:
    """Who may sit on the commission: the exam's own people and the form's roles nearest to it, by name."""
    drawn = uow.people.get(drawer)
    faculty = exam.faculty if exam else drawn.faculty if drawn else ""
    wanted = {
        p for r, p, f, _ in uow.people.holders(spec.signers_from) if not f or not faculty or f == faculty
    }
    if exam is not None:
        wanted |= set(holders.of_exam(uow, exam, spec.signers_from))
    found = [Candidate(p, _name(uow, p)) for p in wanted - {drawer, *taken}]
    return sorted(found, key=lambda one: one.name)[:CANDIDATES] if len(spec.signers) > 1 else []


def _name(uow: UnitOfWork, person_id: int) -> str:
    person = uow.people.get(person_id)
    return person.full_name if person else ""


def _stamp(seen: str) -> int:
    """A small number that changes with what the reader has seen."""
    return sum(ord(letter) * (index % 97 + 1) for index, letter in enumerate(seen)) % 1_000_000


def _keep(draft: Draft, now: dt.datetime, **facts: object) -> None:
    draft.data, draft.updated_at = {**draft.data, **facts}, now


def choose_student(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, student_id: int
) -> ActDraft:
    """Whom is the act about? Refuses as `opened`, and `student_gone`."""
    draft, _, exam = opened(uow, office, me, draft_id)
    if exam is None or student_id not in {p for p, _ in uow.exams.students_of(exam.id)}:
        raise Refusal("student_gone")
    _keep(draft, now, student=student_id)
    return view(uow, office, now, draft)


def toggle_offence(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, offence: str
) -> ActDraft:
    """Choose what happened, or take it back. Refuses as `opened`, and `act_moved`."""
    draft, spec, _ = opened(uow, office, me, draft_id)
    _keep(draft, now, offences=list(acts.toggled(spec, draft.data.get("offences", ()), offence)))
    return view(uow, office, now, draft)


def toggle_member(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, person_id: int
) -> ActDraft:
    """Choose one of the commission, or take them out. Refuses as `opened`, and `act_moved`."""
    draft, spec, exam = opened(uow, office, me, draft_id)
    members = list(draft.data.get("members", ()))
    if person_id in members:
        members.remove(person_id)
    elif len(members) < len(spec.signers) - 1 and person_id in {
        one.person_id for one in candidates(uow, spec, exam, draft.person_id, members)
    }:
        members.append(person_id)
    else:
        raise Refusal("act_moved")
    _keep(draft, now, members=members)
    return view(uow, office, now, draft)


def choose_field(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, field: str
) -> ActDraft:
    """The next words take the place of this text. Refuses as `opened`, and `act_moved`."""
    draft, spec, _ = opened(uow, office, me, draft_id)
    if field not in spec.texts:
        raise Refusal("act_moved")
    texts = {name: text for name, text in draft.data.get("texts", {}).items() if name != field}
    _keep(draft, now, field=field, texts=texts)
    return view(uow, office, now, draft)


def add_text(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, text: str, origin: int
) -> ActDraft:
    """Words for the field that is open; the same update adds them once.

    Refuses as `opened`, and `act_text_empty` (no letter or digit), `act_text_long`.
    """
    draft, spec, _ = opened(uow, office, me, draft_id)
    if draft.data.get("origin") != origin and spec.texts:
        if not any(letter.isalnum() for letter in text):
            raise Refusal("act_text_empty")
        texts = dict(draft.data.get("texts", {}))
        field = acts.field_of(spec, texts, draft.data.get("field", ""))
        whole = "\n".join(part for part in (texts.get(field, ""), text.strip()) if part)
        if len(whole) > TEXT_LETTERS:
            raise Refusal("act_text_long", limit=TEXT_LETTERS)
        chosen = "" if spec.texts[field] else field
        _keep(draft, now, texts={**texts, field: whole}, origin=origin, field=chosen)
    return view(uow, office, now, draft)


def add_file(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, sent: Sent, origin: int
) -> ActDraft:
    """A photo or a file as evidence. Refuses as `opened`, and `file_kind`, `files_many`, `file_big`."""
    draft, _, _ = opened(uow, office, me, draft_id)
    if sent.kind not in ("document", "photo"):
        raise Refusal("file_kind")
    files.attach(uow, office, now, draft.person_id, sent, origin, role=EVIDENCE, draft_id=draft.id)
    draft.updated_at = now
    return view(uow, office, now, draft)


def drop(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int) -> None:
    """Throw the draft away, its files too. Refuses as `opened`."""
    draft, _, _ = opened(uow, office, me, draft_id)
    draft.state, draft.data = "dropped", {}
    for file in uow.files.of_draft(draft.id):
        files.erase(file, now)
