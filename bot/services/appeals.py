"""A student's appeal: begun, kept as a draft over restarts, submitted inside the window, withdrawn."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import Refusal
from bot.rules import access, drafting, windows
from bot.rules.access import Action
from bot.rules.appeals import FILED, SCREENSHOT, TESTS, AppealRules, DraftView, OpenResult, form_of
from bot.rules.casework import Kind
from bot.rules.files import MISSING, REFUSED, standing
from bot.rules.notices import Rank
from bot.rules.papers import Day, Made, Said
from bot.rules.people import Me
from bot.rules.vocabulary import Attestation, PersonKind, Role
from bot.services import casework, commissions, documents, exams, files, holders, results
from bot.services.appeal_facts import about
from bot.services.documents import Order
from bot.services.files import Sent
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.tables import Case, Draft, Exam, Person, Result
from bot.storage.unit import UnitOfWork

KIND, DURING = Kind.APPEAL.value, "appeal_during"
LIST_LIMIT = 50
SHOWN_SINCE = dt.timedelta(days=30)
JOIN = "\n"


def _student(uow: UnitOfWork, me: Me) -> Person:
    person_id = access.require(me.actor, Action.APPEAL)
    person = uow.people.get(person_id)
    if person is None or person.kind != PersonKind.STUDENT:
        raise Refusal("students_only")
    return person


def _rules(office: Office, exam: Exam) -> AppealRules:
    return office.appeals[Attestation(exam.attestation)]


def came_at(uow: UnitOfWork, now: dt.datetime, origin: int) -> dt.datetime:
    """When we had an update: a busy moment of ours must not make a student late."""
    row = uow.inbox.get(origin)
    return min(now, row.received_at) if row is not None else now


def mine(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me) -> Sequence[OpenResult]:
    """Results of the last month with their windows, those still open first.

    Raises `Refusal`: `link_first`, `students_only`.
    """
    person = _student(uow, me)
    found = []
    for result, exam in [*uow.appeals.results_of(person), *_not_yet(uow, office, now, person)]:
        opened = _window(office, exam, result)
        if result.published_at <= now and result.published_at > now - SHOWN_SINCE:
            draft = uow.drafts.open_about(person.id, KIND, str(exam.id))
            case = _standing(uow, person.id, exam.id, result)
            found.append(
                OpenResult(
                    exams.brief(exam), opened, draft.id if draft else None, case.number if case else ""
                )
            )
    return sorted(found, key=lambda one: (not one.window.takes(now), one.exam.id))


def _not_yet(uow: UnitOfWork, office: Office, now: dt.datetime, person: Person) -> list[tuple[Result, Exam]]:
    """Tests that may be appealed against before their result is published (UKGU T10)."""
    published = {exam.id for result, exam in uow.appeals.results_of(person) if result.published_at <= now}
    sat = uow.exams.sat_by(person.id, now - SHOWN_SINCE, LIST_LIMIT)
    return [(_ahead(exam), exam) for exam, _ in sat if exam.id not in published and _early(office, exam, now)]


def _early(office: Office, exam: Exam, now: dt.datetime) -> bool:
    """Whether an exam has begun and its defects are appealed against at once, not after the result."""
    return exam.kind in TESTS and exam.starts_at <= now and bool(_rules(office, exam).before_grounds)


def _ahead(exam: Exam) -> Result:
    """What an appeal before the result is against: the exam as it began; not a row of the database."""
    return Result(exam_id=exam.id, published_at=exam.starts_at)


def _before(result: Result) -> bool:
    """Whether this is the exam itself, its result not being there yet."""
    return result.id is None


def _window(office: Office, exam: Exam, result: Result) -> windows.Window:
    """The window of a result; before it nobody says until when."""
    if _before(result):
        return windows.Window(result.published_at, None, None, None, _rules(office, exam).before_clause)
    return results.window(office, exam, result.published_at)


def _standing(uow: UnitOfWork, person_id: int, exam_id: int, result: Result) -> Case | None:
    """The appeal against this very publication."""
    published = result.published_at.isoformat()
    against = uow.appeals.against(person_id, exam_id)
    return next((case for case in against if case.data.get("published") == published), None)


def begin(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, exam_id: int, origin: int) -> DraftView:
    """Open the draft about an exam, or the one that is there.

    Raises `Refusal`: `link_first`, `students_only`, `not_your_exam`, `exam_gone`, `appeal_not_published`,
    `appeal_again` (one appeal a result), `appeal_closed` with the exact end and the clause.
    """
    person = _student(uow, me)
    exam = results.own_exam(uow, person, exam_id)
    result = _published(uow, office, now, person, exam)
    _require_first(uow, person.id, exam, result)
    uow.people.lock(person.id)
    draft = uow.drafts.open_about(person.id, KIND, str(exam.id))
    at = came_at(uow, now, origin)
    _admit(uow, office, at, person.id, exam, result, draft)
    if draft is None:
        draft = uow.drafts.begin(person.id, KIND, str(exam.id), now, at)
    return _view(uow, office, draft, exam, result)


def _published(uow: UnitOfWork, office: Office, now: dt.datetime, person: Person, exam: Exam) -> Result:
    found = results.of_student(uow, exam, person)
    if found is not None and found.published_at <= now:
        return found
    if not _early(office, exam, now):
        raise Refusal("appeal_not_published")
    return _ahead(exam)


def _require_first(uow: UnitOfWork, person_id: int, exam: Exam, result: Result) -> None:
    standing_case = _standing(uow, person_id, exam.id, result)
    if standing_case is not None:
        raise Refusal("appeal_again", number=standing_case.number)


def _admit(
    uow: UnitOfWork,
    office: Office,
    at: dt.datetime,
    person_id: int,
    exam: Exam,
    result: Result,
    draft: Draft | None,
) -> windows.Entry:
    found = _window(office, exam, result)
    outage = uow.appeals.outage(person_id, found.published_at, found.closes) if found.closes else None
    begun = draft.begun_at if draft is not None else None
    return windows.admit(found, at, _rules(office, exam).leniency, begun, outage)


def _open_draft(uow: UnitOfWork, me: Me, draft_id: int) -> tuple[Draft, Person]:
    person = _student(uow, me)
    draft = uow.drafts.get(draft_id, lock=True)
    if draft is None or draft.person_id != person.id or draft.kind != KIND:
        raise Refusal("draft_gone")
    if draft.state != "open":
        case = uow.cases.get(draft.case_id) if draft.case_id else None
        raise Refusal("appeal_again", number=case.number) if case else Refusal("draft_gone")
    return draft, person


def draft_of(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int) -> DraftView:
    """An open draft of the reader's own. Raises `Refusal`: `draft_gone`, `appeal_again`."""
    draft, person = _open_draft(uow, me, draft_id)
    return _shown(uow, office, now, draft, person)


def _shown(uow: UnitOfWork, office: Office, now: dt.datetime, draft: Draft, person: Person) -> DraftView:
    exam = results.exam_of_draft(uow, draft)
    return _view(uow, office, draft, exam, _published(uow, office, now, person, exam))


def _view(uow: UnitOfWork, office: Office, draft: Draft, exam: Exam, result: Result) -> DraftView:
    rules = _rules(office, exam)
    found = tuple(files.views(uow, draft_id=draft.id))
    ground, text = draft.data.get("ground", ""), draft.data.get("text", "")
    return DraftView(
        id=draft.id,
        exam=exams.brief(exam),
        window=_window(office, exam, result),
        ground=ground,
        text=text,
        files=found,
        form=form_of(rules, exam.kind),
        grounds=rules.before_grounds if _before(result) else rules.grounds,
        during=_before(result),
        clause=rules.before_clause if _before(result) else rules.clause,
        stamp=drafting.stamp(ground, text, *(str(file.id) for file in standing(found))),
    )


def set_ground(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, ground: str
) -> DraftView:
    """Choose the ground. Raises `Refusal`: `draft_gone`, `appeal_again`, `unknown_ground`."""
    draft, person = _open_draft(uow, me, draft_id)
    exam = results.exam_of_draft(uow, draft)
    rules = _rules(office, exam)
    if ground not in (*rules.grounds, *rules.before_grounds):
        raise Refusal("unknown_ground")
    _keep(draft, now, ground=ground)
    return _shown(uow, office, now, draft, person)


def _keep(draft: Draft, now: dt.datetime, **facts: str | int) -> None:
    draft.data, draft.updated_at = {**draft.data, **facts}, now


def add_text(
    uow: UnitOfWork,
    office: Office,
    now: dt.datetime,
    me: Me,
    draft_id: int,
    text: str,
    origin: int,
    source: int = 0,
) -> DraftView:
    """Add words below those that are there; the same update adds them once. `source`: their message.

    Raises `Refusal`: `draft_gone`, `appeal_again`, `appeal_text_long`, `appeal_text_empty` (no letter).
    """
    draft, person = _open_draft(uow, me, draft_id)
    exam = results.exam_of_draft(uow, draft)
    if draft.data.get("origin") != origin:
        if not any(letter.isalpha() for letter in text):
            raise Refusal("appeal_text_empty")
        whole = JOIN.join(part for part in (draft.data.get("text", ""), text.strip()) if part)
        limit = _rules(office, exam).text_letters_max
        if len(whole) > limit:
            raise Refusal("appeal_text_long", limit=limit, now=len(whole))
        _keep(draft, now, text=whole, origin=origin)
        draft.data = {**draft.data, "pieces": drafting.pieces(draft.data, source, text.strip())}
    return _shown(uow, office, now, draft, person)


def letters_max(uow: UnitOfWork, office: Office, me: Me, draft_id: int) -> int:
    """How many letters an open draft of the reader's own may hold. Refuses as `draft_of`."""
    draft, _ = _open_draft(uow, me, draft_id)
    return _rules(office, results.exam_of_draft(uow, draft)).text_letters_max


def clear_text(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int) -> DraftView:
    """Begin the words anew. Raises as `draft_of`."""
    draft, person = _open_draft(uow, me, draft_id)
    _keep(draft, now, text="")
    return _shown(uow, office, now, draft, person)


def add_file(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, sent: Sent, origin: int
) -> DraftView:
    """Note a file for the draft. Raises as `draft_of`, and `files_many`, `file_big`, `file_kind`."""
    draft, person = _open_draft(uow, me, draft_id)
    if sent.kind not in ("document", "photo"):
        raise Refusal("file_kind")
    files.attach(uow, office, now, person.id, sent, origin, role="attachment", draft_id=draft.id)
    draft.updated_at = now
    return _shown(uow, office, now, draft, person)


def remove_file(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, file_id: int
) -> DraftView:
    """Take a file out. Raises `Refusal` as `draft_of`, and `file_gone`."""
    draft, person = _open_draft(uow, me, draft_id)
    file = uow.files.get(file_id)
    if file is None or file.draft_id != draft.id:
        raise Refusal("file_gone")
    files.remove(uow, office, now, person.id, file_id)
    return _shown(uow, office, now, draft, person)


def drop(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int) -> None:
    """Throw a draft away, its files too. Raises as `draft_of`."""
    draft, _ = _open_draft(uow, me, draft_id)
    draft.state, draft.data = "dropped", {}
    for file in uow.files.of_draft(draft.id):
        files.erase(file, now)


def form(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, kind: str, language: str
) -> Made:
    """The filled application to print and sign. Raises as `draft_of`."""
    draft, person = _open_draft(uow, me, draft_id)
    exam = results.exam_of_draft(uow, draft)
    result = _published(uow, office, now, person, exam)
    ground = draft.data.get("ground", "")
    facts = {
        "addressee": commissions.chair_name(uow, office, now, exam),
        "student": person.full_name,
        "group": person.group_name,
        "programme": person.programme,
        "exam": exams.brief(exam).subject(language),
        "kind": Said(f"kind.{exam.kind}"),
        "exam_at": exam.starts_at,
        "published_at": result.published_at,
        "grade": None,
        "ground": Said(f"ground.{ground}") if ground else None,
        "text": draft.data.get("text", ""),
        "today": Day(now),
    }
    formats = (kind,) if kind in documents.BOTH else documents.BOTH[:1]
    return documents.make(office, Order("appeal_form", facts, (language,), formats))[0]


def _require_whole(seen: DraftView) -> None:
    """Raises `Refusal`: `appeal_needs_ground`, `_text`, `_scan`, `_screenshot`; `appeal_bad_file`."""
    if seen.grounds and seen.ground not in seen.grounds:
        raise Refusal("appeal_needs_ground")
    if not seen.text:
        raise Refusal("appeal_needs_text")
    bad = next((file for file in seen.files if file.state == REFUSED), None)
    if bad is not None:
        raise Refusal("appeal_bad_file", name=bad.name or "—")
    usable = [file for file in standing(seen.files) if file.state != MISSING]
    if seen.form == "scan" and not usable:
        raise Refusal("appeal_needs_scan")
    if seen.form == SCREENSHOT and not usable:
        raise Refusal("appeal_needs_screenshot")


def review(uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int) -> DraftView:
    """The whole draft before it is sent. Raises `Refusal` naming what is missing, and as `draft_of`."""
    seen = draft_of(uow, office, now, me, draft_id)
    _require_whole(seen)
    return seen


def submit(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, draft_id: int, stamp: int, origin: int
) -> int:
    """Send the appeal: numbered, to its commission, in one transaction. Returns the case's id.

    A second tap gives the appeal that stands. Raises `Refusal`: as `review`, `draft_moved` when the draft is
    no longer what the review showed, `appeal_again`, `appeal_closed`.
    """
    person = _student(uow, me)
    uow.people.lock(person.id)
    sent = uow.drafts.get(draft_id)
    if sent is not None and sent.person_id == person.id and sent.state == "sent" and sent.case_id:
        return sent.case_id
    draft, _ = _open_draft(uow, me, draft_id)
    seen = _shown(uow, office, now, draft, person)
    exam = results.exam_of_draft(uow, draft)
    result = _published(uow, office, now, person, exam)
    _require_first(uow, person.id, exam, result)
    entry = _admit(uow, office, came_at(uow, now, origin), person.id, exam, result, draft)
    _require_whole(seen)
    if seen.stamp != stamp:
        raise Refusal("draft_moved")
    case = casework.open_case(
        uow,
        office,
        now,
        kind=Kind.APPEAL,
        origin=origin,
        reporter_id=person.id,
        actor_id=person.id,
        stage=FILED,
        exam_id=exam.id,
        data={
            "ground": seen.ground,
            "text": seen.text,
            "published": result.published_at.isoformat(),
            "closes": seen.window.said.isoformat() if seen.window.said else None,
            "entry": entry,
            "submitted": came_at(uow, now, origin).isoformat(),
        },
        entry=entry,
    )
    uow.files.hand_over(draft.id, case.id)
    draft.state, draft.case_id = "sent", case.id
    commissions.open_for(uow, office, now, case, exam)
    if _before(result) and now < exam.ends_at:
        for holder in holders.of_exam(uow, exam, (Role.EXAMINER, Role.PROCTOR)):
            casework.owe(uow, now, case, DURING, holder, Rank.ESCALATION, use_by=exam.ends_at)
    return case.id


LETTERS = {DURING: Letter(about=about)}
