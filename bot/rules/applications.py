"""Applications: a form as data, its draft, and the application as its people see it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import Refusal
from bot.rules.exams import ExamBrief
from bot.rules.files import MISSING, REFUSED, FileView, standing

GRANTED, DENIED = "granted", "refused"
ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class FormSpec:
    """A form: reasons with the number of documents each asks for, and who decides, in order.

    `clauses`: what it rests on, by source. `last_date`: where the policy keeps the last date that may be
    granted; `new_date`: who grants it may give the exam a new date.
    """

    id: str
    clause: str
    exam: bool
    reasons: Mapping[str, int]
    chain: tuple[str, ...]
    answer_working_days: int
    clauses: Mapping[str, str] = field(default_factory=dict)
    last_date: str = ""
    new_date: bool = False


@dataclass(frozen=True, slots=True)
class FormWords:
    """A form's words in one language; reasons and proofs by reason; what a decision means, by outcome."""

    title: str
    hint: str
    request: str
    reasons: Mapping[str, str]
    proofs: Mapping[str, str]
    decisions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormDraft:
    """An unfinished application as its student sees it."""

    id: int
    form: FormSpec
    words: Mapping[str, FormWords]
    reason: str
    text: str
    exam: ExamBrief | None
    exams: tuple[ExamBrief, ...]
    files: tuple[FileView, ...]
    stamp: int
    last_date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """A submitted application. `mine`: the reader sent it; `decides`: the reader may decide now.

    `answered`: the reader answered it.
    """

    id: int
    number: str
    form: FormSpec
    words: Mapping[str, FormWords]
    state: str
    revision: int
    student: str
    group: str
    exam: ExamBrief | None
    reason: str
    text: str
    files: tuple[FileView, ...]
    filed_at: dt.datetime
    addressee: str
    due: dt.datetime | None
    outcome: str
    answer: str
    mine: bool
    decides: bool
    new_date: dt.datetime | None = None
    answered: bool = False


def require_whole(draft: FormDraft) -> None:
    """Raises `Refusal`: `form_needs_reason`, `_exam`, `_text`, `_files`; `form_bad_file`."""
    if draft.reason not in draft.form.reasons:
        raise Refusal("form_needs_reason")
    if draft.form.exam and draft.exam is None:
        raise Refusal("form_needs_exam")
    if not draft.text:
        raise Refusal("form_needs_text")
    bad = next((file for file in draft.files if file.state == REFUSED), None)
    if bad is not None:
        raise Refusal("form_bad_file", name=bad.name or "—")
    needed = draft.form.reasons[draft.reason]
    usable = sum(file.state != MISSING for file in standing(draft.files))
    if usable < needed:
        raise Refusal("form_needs_files", needed=needed)
