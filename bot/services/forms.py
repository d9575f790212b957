"""Forms of applications being filled: drafts of a student, kept over days and restarts."""

import datetime as dt

from bot.errors import Refusal
from bot.rules import access, drafting, escalation
from bot.rules import applications as rules
from bot.rules.access import Action
from bot.rules.applications import FormDraft, FormSpec, FormWords
from bot.rules.casework import Kind
from bot.rules.files import standing
from bot.rules.papers import Day, Facts, Made, Plain
from bot.rules.people import Me
from bot.rules.vocabulary import PersonKind
from bot.services import documents, exams, files
from bot.services.appeal_facts import name
from bot.services.documents import Order
from bot.services.files import Sent
from bot.services.office import Office
from bot.storage.tables import Draft, Person
from bot.storage.unit import UnitOfWork

KIND = Kind.APPLICATION.value
TEXT_LETTERS, LIST_LIMIT = 8000, 10
EXAMS_SINCE = dt.timedelta(days=30)


def student(uow: UnitOfWork, me: Me) -> Person:
    """The reader as a student. Raises `Refusal`: `link_first`, `students_only`."""
    person = uow.people.get(access.require(me.actor, Action.APPLY))
    if person is None or person.kind != PersonKind.STUDENT:
        raise Refusal("students_only")
    return person


def words_of(office: Office, form_id: str) -> dict[str, FormWords]:
    """A form's words by language; none for one that is offered no more."""
    if office.forms.spec(form_id) is None:
        return {}
    return {language: office.forms.words(form_id, language) for language in office.languages}


def spec_of(office: Office, form_id: str) -> FormSpec:
    """A form of the university. Raises `Refusal` (`form_gone`)."""
    spec = office.forms.spec(form_id)
    if spec is None:
        raise Refusal("form_gone")
    return spec


def offered(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> list[FormSpec]:
    """The forms of the university. Raises `Refusal`: `link_first`, `students_only`."""
    student(uow, me)
    return office.forms.all()


def begin(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, form_id: str) -> FormDraft:
    """Open the draft of a form, or the one that is there. Raises `Refusal`: `students_only`, `form_gone`."""
    person = student(uow, me)
    spec = spec_of(office, form_id)
    uow.people.lock(person.id)
    draft = uow.drafts.open_about(person.id, KIND, form_id)
    if draft is None:
        draft = uow.drafts.begin(person.id, KIND, form_id, now)
    return seen_of(uow, office, now, draft, spec, person)


def seen_of(
    uow: UnitOfWork, office: Office, now: dt.datetime, draft: Draft, spec: FormSpec, person: Person
) -> FormDraft:
    """A draft as its student sees it."""
    exam_id = draft.data.get("exam")
    exam = uow.exams.get(exam_id) if exam_id else None
    own = uow.exams.sat_by(person.id, now - EXAMS_SINCE, LIST_LIMIT) if spec.exam else ()
    found = tuple(files.views(uow, draft_id=draft.id))
    reason, text = draft.data.get("reason", ""), draft.data.get("text", "")
    return FormDraft(
        id=draft.id,
        form=spec,
        words=words_of(office, spec.id),
        reason=reason,
        text=text,
        exam=exams.brief(exam) if exam else None,
        exams=tuple(exams.brief(one) for one, _ in own),
        files=found,
        last_date=last_date(office, spec),
        stamp=drafting.stamp(reason, text, str(exam_id), *(str(file.id) for file in standing(found))),
    )


def last_date(office: Office, spec: FormSpec) -> dt.date | None:
    """The last date that an answer may give, None where the university has set none."""
    leaf = office.policy.leaves.get(spec.last_date) if spec.last_date else None
    return dt.date.fromisoformat(str(leaf.value)) if leaf is not None and leaf.value else None


def opened(uow: UnitOfWork, office: Office, me: Me, draft_id: int) -> tuple[Draft, FormSpec, Person]:
    """An open draft of the reader\'s own, locked. Raises `Refusal`: `draft_gone`, `form_gone`."""
    person = student(uow, me)
    draft = uow.drafts.get(draft_id, lock=True)
    if draft is None or draft.person_id != person.id or draft.kind != KIND or draft.state != "open":
        raise Refusal("draft_gone")
    return draft, spec_of(office, draft.subject), person


def draft_of(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int) -> FormDraft:
    """An open draft of the reader's own. Raises `Refusal`: `draft_gone`, `form_gone`."""
    draft, spec, person = opened(uow, office, me, draft_id)
    return seen_of(uow, office, now, draft, spec, person)


def choose(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    draft_id: int,
    *,
    reason: str = "",
    exam_id: int | None = None,
) -> FormDraft:
    """Set the reason or the exam. Raises `Refusal`: as `draft_of`, `unknown_ground`, `not_your_exam`."""
    draft, spec, person = opened(uow, office, me, draft_id)
    if reason:
        if reason not in spec.reasons:
            raise Refusal("unknown_ground")
        draft.data = {**draft.data, "reason": reason}
    if exam_id is not None:
        exams.require_own(uow, person.id, exam_id)
        draft.data = {**draft.data, "exam": exam_id}
    draft.updated_at = now
    return seen_of(uow, office, now, draft, spec, person)


def add(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    draft_id: int,
    origin: int,
    *,
    text: str = "",
    sent: Sent | None = None,
    source: int = 0,
) -> FormDraft:
    """Add words or a file; the same update adds them once. `source`: the message of the words.

    Raises `Refusal`: as `draft_of`; `file_kind`, `files_many`, `file_big`; `form_text_long`,
    `appeal_text_empty`.
    """
    draft, spec, person = opened(uow, office, me, draft_id)
    if sent is not None:
        if sent.kind not in ("document", "photo"):
            raise Refusal("file_kind")
        files.attach(uow, office, now, person.id, sent, origin, role="attachment", draft_id=draft.id)
    if text and draft.data.get("origin") != origin:
        if not any(letter.isalpha() for letter in text):
            raise Refusal("appeal_text_empty")
        whole = "\n".join(part for part in (draft.data.get("text", ""), text.strip()) if part)
        if len(whole) > TEXT_LETTERS:
            raise Refusal("form_text_long", limit=TEXT_LETTERS)
        said = drafting.pieces(draft.data, source, text.strip())
        draft.data = {**draft.data, "text": whole, "origin": origin, "pieces": said}
    draft.updated_at = now
    return seen_of(uow, office, now, draft, spec, person)


def drop(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int) -> None:
    """Throw a draft away, its files too. Raises as `draft_of`."""
    draft, _, _ = opened(uow, office, me, draft_id)
    draft.state, draft.data = "dropped", {}
    for file in uow.files.of_draft(draft.id):
        files.erase(file, now)


def review(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int) -> FormDraft:
    """The whole draft before it is sent. Raises `Refusal` naming what is missing, and as `draft_of`."""
    seen = draft_of(uow, office, now, me, draft_id)
    rules.require_whole(seen)
    return seen


def paper(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, kind: str, language: str
) -> Made:
    """The application as a document to print and sign. Raises as `draft_of`."""
    draft, spec, person = opened(uow, office, me, draft_id)
    seen = seen_of(uow, office, now, draft, spec, person)
    words = office.forms.words(spec.id, language)
    answers: list[dict[str, Plain]] = [
        {"label": words.title, "value": words.reasons.get(seen.reason, "")},
        {"label": "", "value": seen.exam.subject(language) if seen.exam else None},
        {"label": "", "value": seen.text or None},
    ]
    facts: Facts = {
        "addressee": name(uow, next(iter(holders(uow, now, spec.chain[0], person)), None)),
        "student": person.full_name,
        "group": person.group_name,
        "programme": person.programme,
        "request": words.request,
        "answers": answers,
        "today": Day(now),
        "clause": spec.clause,
    }
    formats = (kind,) if kind in documents.BOTH else documents.BOTH[:1]
    return documents.make(office, Order("application_form", facts, (language,), formats))[0]


def holders(uow: UnitOfWork, now: dt.datetime, role: str, person: Person) -> list[int]:
    """Who holds a role nearest to the student; whoever is away is replaced by whoever stands in."""
    rows = [(p, f, d) for _, p, f, d in uow.people.holders([role])]
    found = escalation.narrowest(rows, person.faculty, "")
    away = uow.absences.away(found, now)
    return [p for p in dict.fromkeys(away.get(one, one) for one in found) if p is not None]
