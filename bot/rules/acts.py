"""Acts and papers of an exam day as data: what each asks for, who signs, what is still missing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.errors import Refusal
from bot.rules.exams import ExamBrief
from bot.rules.files import REFUSED, FileView

CONFIRM, ANSWER, SIGN = "confirm", "answer", "sign"
"""Stages: the commission confirms, the student answers, whoever the form names signs."""

AGREE, DISAGREE, REFUSE, SILENT = "agree", "disagree", "refuse", "silent"
ANSWERS = (AGREE, DISAGREE, REFUSE)
SIGNED, RETURNED = "signed", "returned"
TEXT_LETTERS = 3000


@dataclass(frozen=True, slots=True)
class ActSpec:
    """A form of an act. `texts`: fields to write, with whether each must be.

    `signers`: the commission's offices, the drawer's first; `approver`: the role that signs in the end, ''
    for none; `refusal`: the form drawn up when the student will not sign, '' for none. `offences_at`: kinds
    of exam to which an offence's clause is confined; the others are of every kind.
    """

    id: str
    clause: str
    document: str
    attestations: tuple[str, ...]
    student: bool
    offences: Mapping[str, str]
    many: bool
    texts: Mapping[str, bool]
    signers: tuple[str, ...]
    signers_from: tuple[str, ...]
    drawn_by: tuple[str, ...]
    approver: str
    answer: bool
    refusal: str
    offences_at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def at(self, kind: str, chosen: Sequence[str] = ()) -> "ActSpec":
        """The form as it is at an exam of a kind; what was `chosen` once stays in it."""
        kept = {
            name: clause
            for name, clause in self.offences.items()
            if kind in self.offences_at.get(name, (kind,)) or name in chosen
        }
        return self if len(kept) == len(self.offences) else replace(self, offences=kept)


@dataclass(frozen=True, slots=True)
class ActWords:
    """A form's words in one language, by offence, text and signer. `outcome`: what the act leads to."""

    title: str
    outcome: str
    offences: Mapping[str, str]
    texts: Mapping[str, str]
    signers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be chosen."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ActDraft:
    """An act that is being drawn up. `field`: the text that the next message fills, '' for none."""

    id: int
    spec: ActSpec
    words: Mapping[str, ActWords]
    exam: ExamBrief | None
    at: dt.datetime
    student: str
    students: tuple[Candidate, ...]
    offences: tuple[str, ...]
    texts: Mapping[str, str]
    members: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    files: tuple[FileView, ...]
    field: str
    stamp: int


@dataclass(frozen=True, slots=True)
class Signer:
    """One of the commission: the office that the form names, the name, `yes`, `no` or ''."""

    office: str
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class ActView:
    """An act as its people see it. `part`: drawer, member, approver, student or staff."""

    id: int
    number: str
    spec: ActSpec
    words: Mapping[str, ActWords]
    state: str
    stage: str
    revision: int
    exam: ExamBrief | None
    at: dt.datetime
    filed_at: dt.datetime
    drawer: str
    student: str
    group: str
    offences: tuple[str, ...]
    texts: Mapping[str, str]
    signers: tuple[Signer, ...]
    candidates: tuple[Candidate, ...]
    answer: str
    answered_at: dt.datetime | None
    answer_by: dt.datetime | None
    explained: str
    outcome: str
    reason: str
    approver: str
    about: str
    part: str
    said: str


def field_of(spec: ActSpec, texts: Mapping[str, str], chosen: str) -> str:
    """Where the next message goes: the chosen text, else the first needed and empty one, else the last."""
    if chosen in spec.texts:
        return chosen
    needed = [name for name, must in spec.texts.items() if must and not texts.get(name)]
    return needed[0] if needed else next(reversed([*spec.texts]), "")


def toggled(spec: ActSpec, chosen: Sequence[str], offence: str) -> tuple[str, ...]:
    """What is chosen after a tap, in the form's order. Raises `Refusal` (`act_moved`) for what it has not."""
    if offence not in spec.offences:
        raise Refusal("act_moved")
    if not spec.many:
        return (offence,)
    kept = set(chosen) ^ {offence}
    return tuple(name for name in spec.offences if name in kept)


def require_whole(draft: ActDraft) -> None:
    """Raises `Refusal` for the first thing that is missing.

    `act_needs_student`, `act_needs_offence`, `act_needs_text`, `act_needs_members`, `act_bad_file`.
    """
    spec = draft.spec
    if spec.student and not draft.student:
        raise Refusal("act_needs_student")
    if spec.offences and not draft.offences:
        raise Refusal("act_needs_offence")
    if any(must and not draft.texts.get(name) for name, must in spec.texts.items()):
        raise Refusal("act_needs_text")
    others = len(spec.signers) - 1
    if len(draft.members) != others:
        raise Refusal("act_needs_members", needed=others, chosen=len(draft.members))
    bad = next((file for file in draft.files if file.state == REFUSED), None)
    if bad is not None:
        raise Refusal("act_bad_file", name=bad.name or "—")


def confirmed(members: Sequence[int], said: Mapping[int, str]) -> bool:
    """Whether every member stands behind the act."""
    return all(said.get(member) == "yes" for member in members)


def stage_after(spec: ActSpec, stage: str) -> str:
    """What comes after a stage; '' for the end."""
    order = [CONFIRM, *([ANSWER] if spec.answer and spec.student else []), *([SIGN] if spec.approver else [])]
    at = order.index(stage) + 1 if stage in order else len(order)
    return order[at] if at < len(order) else ""
