"""What an application still lacks."""

import datetime as dt

import pytest

from bot.rules.applications import FormDraft, FormSpec, require_whole
from bot.rules.exams import ExamBrief, Span
from bot.rules.files import ERASED, KEPT, MISSING, REFUSED, REMOVED, WAITING, FileView
from tests.support.refusals import refused

NOW = dt.datetime(2026, 12, 21, 5, tzinfo=dt.UTC)
EXAM = ExamBrief(1, "E1", {"kk": "x"}, "test", "interim", Span(NOW, NOW + dt.timedelta(hours=1)), "", "", 1)


def file(state=KEPT, name="x"):
    return FileView(1, name, "form", state, "pdf", 1, 1, "", "", made=False, added_at=NOW)


def draft(*, of_exam=True, **changes):
    spec = FormSpec("f", "MIN 1", of_exam, {"ill": 1, "other": 0}, ("dean",), 3)
    values = {
        "id": 1, "form": spec, "words": {}, "reason": "ill", "text": "x", "exam": EXAM, "exams": (),
        "files": (file(),), "stamp": 1,
    }  # fmt: skip
    return FormDraft(**{**values, **changes})


@pytest.mark.parametrize(
    ("one", "needs_exam"),
    [
        ({}, True),
        ({"reason": "other", "files": ()}, True),
        ({"exam": None}, False),
        ({"files": (file(), file(MISSING), file(REMOVED))}, True),
        ({"files": (file(WAITING),)}, True),
    ],
)
def test_whole__is_accepted(one, needs_exam):
    require_whole(draft(of_exam=needs_exam, **one))


@pytest.mark.parametrize(
    ("changes", "code", "params"),
    [
        ({"reason": ""}, "form_needs_reason", {}),
        ({"reason": "strange"}, "form_needs_reason", {}),
        ({"exam": None}, "form_needs_exam", {}),
        ({"text": ""}, "form_needs_text", {}),
        ({"files": (file(), file(REFUSED, "bad.pdf"))}, "form_bad_file", {"name": "bad.pdf"}),
        ({"files": (file(REFUSED, ""),)}, "form_bad_file", {"name": "—"}),
        ({"files": ()}, "form_needs_files", {"needed": 1}),
        ({"files": (file(MISSING),)}, "form_needs_files", {"needed": 1}),
        ({"files": (file(REMOVED), file(ERASED))}, "form_needs_files", {"needed": 1}),
    ],
)
def test_missing__is_named(changes, code, params):
    with refused(code) as caught:
        require_whole(draft(**changes))
    assert caught.value.params == params
