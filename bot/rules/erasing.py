"""What stays of a case when its person is forgotten: closed words, numbers, moments; all words written go."""

from collections.abc import Mapping
from typing import Any

CLOSED = frozenset(
    (
        "act_at", "act_by", "act_to", "addressee", "announced", "answered_at", "answered_by",
        "answered_origin", "applied_at", "at", "ballot", "breaks", "chair", "claimed_at", "closes",
        "corrected", "decided_at", "decided_by", "decided_by_origin", "decided_by_update", "due",
        "entry", "filed_by", "first_taken_at", "given", "grade", "ground", "holder", "incident", "into",
        "late", "left_out", "members", "minutes", "now", "order", "out", "outcome", "people", "person",
        "problem", "promise", "promises", "published", "raised", "referred_by", "result_by",
        "resume_by", "role", "rounds", "rule", "said", "sat_at", "secret", "settled", "since",
        "sitting", "sitting_by", "stage", "state", "step", "submitted", "template", "time", "turn",
        "unconfirmed", "verdict", "vote", "votes", "was", "what",
    )
)  # fmt: skip
"""Fields of a case, of a line of its history and of its messages that hold nothing a person has written."""

CLOSED_OF: Mapping[str, frozenset[str]] = {"application": CLOSED | {"reason"}}
"""A kind whose `reason` is one of its form's, not anybody's words."""

OWN = frozenset(("report", "appeal", "application"))
"""Kinds of case that are about whoever filed them."""


def emptied(fields: Mapping[str, Any], kind: str = "") -> dict[str, Any]:
    """The same fields with every word that somebody has written taken out; numbers and shapes stay."""
    closed = CLOSED_OF.get(kind, CLOSED)
    return {name: value if name in closed else _blank(value) for name, value in fields.items()}


def _blank(value: Any) -> Any:
    if isinstance(value, str):
        return ""
    if isinstance(value, list):
        return [_blank(one) for one in value]
    return {name: _blank(one) for name, one in value.items()} if isinstance(value, dict) else value
