"""Every message that the code names is in every catalogue, and no catalogue entry is said by nobody."""

import re
from functools import cache

import pytest

from bot.library import po
from bot.library.appeals import appeal_rules
from bot.library.content import CONTENT, load, profiles
from bot.library.yamlfiles import Reader
from bot.rules import (
    acts,
    aftermath,
    appeals,
    applications,
    broadcasts,
    figures,
    preferences,
    rehearsal,
    sittings,
    trees,
    uploads,
    worklist,
)
from bot.rules import board as board_rules
from bot.rules.auditing import Trouble
from bot.rules.casework import PROMISES, Did
from bot.rules.decisions import Verdict
from bot.rules.files import PROBLEMS
from bot.rules.health import Worry
from bot.rules.notes import WITHOUT_CAPTION
from bot.rules.tickets import Urgency
from bot.rules.vocabulary import Attestation, ExamKind, Level, Role
from bot.services import case_timers, chains, privacy, timers
from bot.services.board_desk import INWARD
from bot.storage import backoffice, spoken
from bot.storage.board import MATTERS
from bot.storage.tables import Broadcast, Case, Ticket, Upload
from bot.views import administration, commands, desk, walks
from bot.views.notices import exams as exam_notices
from handlers import desk as desk_handlers
from handlers.door import reading
from tests.support.sources import ROOT, Module

SHOWN_AHEAD = frozenset(MATTERS) - {"day_report", "sitting"}
SPEAKERS = ("t", "n", "label")
SILENT = ("bot/sandbox", "bot/library", "bot/exchange", "bot/storage/migrations")
LANGUAGES = ("kk", "ru")
TEMPLATES = sorted((ROOT / "bot" / "views" / "board" / "templates").glob("*.html"))


@cache
def modules() -> list[Module]:
    """Every module that may speak."""
    paths = sorted(
        path for place in ("bot", "handlers", "scheduler") for path in (ROOT / place).rglob("*.py")
    )
    return [Module(path) for path in paths if not path.relative_to(ROOT).as_posix().startswith(SILENT)]


def given(name: str, position: int = 0) -> dict[str, str]:
    """Texts that stand as this argument of every call of a function, with a place where each does."""
    found = {text: place for module in modules() for place, text in module.texts(name, position=position)}
    unread = {text: place for text, place in found.items() if "?" in text or "*" in text}
    assert not unread, f"{name}: say the text where it is used: {unread}"
    return found


def states_of(table) -> set[str]:
    check = next(c for c in table.__table__.constraints if "state" in str(getattr(c, "sqltext", "")))
    return set(re.findall(r"'(\w+)'", str(check.sqltext)))


def walk_names(contents) -> set[str]:
    every = [algorithm for content in contents for algorithm in content.algorithms.values()]
    own = {algorithm.id.partition(".")[2] for algorithm in every if algorithm.phase == "procedure"}
    return own | {algorithm.phase for algorithm in every}


def moments_without_steps(contents) -> set[str]:
    """A student's moments that no step of the kind's algorithm is bound to: any may be offered by itself."""
    found = set()
    for content in contents:
        for kind, rules in content.policy.kinds.items():
            steps = [
                step
                for algorithm in content.algorithms.values()
                if algorithm.kind == kind and algorithm.phase == "take"
                for step in algorithm.steps
            ]
            theirs = {m for m, moment in rules.moments.items() if moment.for_students}
            found |= theirs - {step.event for step in steps}
    return found - {rule.rpartition(":")[2] for rule in timers.KINDS}


def moments_of_staff(contents) -> set[str]:
    every = (rules for content in contents for rules in content.policy.kinds.values())
    return {name for rules in every for name, moment in rules.moments.items() if moment.staff}


def families() -> dict[str, set[str]]:
    """What may stand in place of the star, taken from the code and the content themselves."""
    contents = [load(profile) for profile in profiles()]
    return {
        "privacy.days.*": set(privacy.TERMS),
        "role.*": set(Role),
        "kind.*": set(ExamKind),
        "level.*": set(Level),
        "trouble.*": {name for content in contents for name in content.policy.force_majeure.troubles},
        "promise.*": set(PROMISES),
        "did.*": set(Did),
        "ruling.*": set(Verdict) - {Verdict.REFER},
        "audit.*": set(Trouble),
        "verdict.*": set(Verdict),
        "outcome.*": set(Verdict) - {Verdict.REFER},
        "ask.*": {Verdict.ORDER, Verdict.REFUSED},
        "button.promise.*": set(PROMISES),
        "ready.*": {item for content in contents for item in content.policy.readiness},
        "ready.fix.*": {item for content in contents for item in content.policy.readiness},
        "walk.*": walk_names(contents),
        "unit.*": set(re.findall(r"\w{4,}", walks._UNIT.pattern)) - set(walks._CLOCK)
        | {"questions_min", "questions_per_subject"},
        "command.*": set(commands.LISTED),
        "refusal.*": set(given("Refusal")),
        "case.state.*": states_of(Case),
        "fallback.*": set(given("not_understood", 2)),
        "file.*": {"photo", "location", *reading.FILES, *WITHOUT_CAPTION},
        "document.*": {path.stem for path in (CONTENT / "kk" / "documents").glob("*.yaml")} | {"photos"},
        "ground.*": {
            ground
            for content in contents
            for attestation in Attestation
            for ground in appeal_rules(content.policy, attestation).grounds
        },
        "appeal.form.*": {"scan", "online", "online_screenshot", "none"},
        "appeal.entry.*": {"begun", "least", "outage"},
        "appeal.outcome.*": {appeals.GRANTED, appeals.REFUSED},
        "appeal.vote.*": {appeals.FOR, appeals.AGAINST, "none"},
        "apply.outcome.*": {applications.GRANTED, applications.DENIED},
        "appeal.problem.*": {"no_chair", "few"},
        "seat.conflict.*": {"examiner", "commission_member", appeals.ADMINISTRATION},
        "health.around.*": set(Worry),
        "work.kind.*": set(worklist.KINDS.values()),
        "work.filter.*": {"any", *worklist.KINDS.values()},
        "file.reason.*": set(PROBLEMS),
        "sitting.state.*": {
            sittings.WAITING,
            sittings.SPEAKING,
            sittings.PAUSED,
            sittings.DONE,
            sittings.ABSENT,
        },
        "sitting.check.*": set(sittings.CHECKS),
        "button.vote_*": set(sittings.CHOICES),
        "ballot.*": set(sittings.CHOICES),
        "grade.*": set(sittings.GRADES),
        "degree.*": set(sittings.DEGREES),
        "clock.*": set(sittings.MARKS),
        "act.said.*": {"yes", "no", "none"},
        "act.answer.*": {*acts.ANSWERS, acts.SILENT},
        "act.outcome.*": {acts.SIGNED, acts.RETURNED},
        "due.*": moments_without_steps(contents),
        "duty.*": moments_of_staff(contents),
        "settings.*": set(preferences.SWITCHES),
        "missed.reason.*": {exam_notices._reason(reason) for reason in ("not_linked", "blocked", "else")},
        "reach.reason.*": set(rehearsal.REASONS),
        "button.open_*": {"meeting", "lms"},
        "tongue.*": set(LANGUAGES),
        "ticket.state.*": states_of(Ticket),
        "canned.*": set(desk.CANNED),
        "desk.ask.*": set(desk_handlers.ASKED.values()),
        "help.group.*": set(trees.GROUPS),
        "help.device.*": set(trees.DEVICES),
        "language.of.*": set(LANGUAGES),
        "bot.*": {"description", "short_description"},
        "figures.of.*": set(figures.GROUPS),
        "figures.column.*": {"what", "exam", "defence", "all", "quality", "success", "average", "absent"},
        "figures.*": {"exam", "defence", "quality", "success", "average"},
        "upload.kind.*": set(uploads.KINDS),
        "upload.state.*": states_of(Upload) - {"refused"},
        "upload.column.*": {"line", "column", "value", "wrong"},
        "codes.column.*": {"id", "name", "code", "link"},
        "values.column.*": {"name", "value", "clause", "mark"},
        "values.of.*": set(administration.SECTIONS),
        "mark.*": {leaf.mark for content in contents for leaf in content.policy.leaves.values()},
        "wrong.*": {*administration.WRONG.values(), "other"},
        "admin.ask.*": {"code", "group", "person"},
        "news.to.*": set(broadcasts.AUDIENCES),
        "news.kind.*": {"student", "staff"},
        "news.state.*": states_of(Broadcast),
        "board.matter.*": set(MATTERS),
        "board.planned.*": {
            "report",
            *(rule for kind, rule in case_timers.HANDLERS if kind in SHOWN_AHEAD and rule not in INWARD),
        },
        "board.urgency.*": {str(int(urgency)) for urgency in Urgency},
        "after.task.*": set(aftermath.TASKS),
        "button.after.*": set(aftermath.TASKS),
        "board.pages.*": set(board_rules.PARTS),
        "tables.of.*": {shown.model.__tablename__ for shown in backoffice.SHOWN},
        "tables.column.*": {column for shown in backoffice.SHOWN for column in shown.columns.split()},
        "tables.family.*": {shown.family for shown in backoffice.SHOWN},
        "tables.ui.*": set(backoffice.UI.values()),
        "tables.value.*": {*spoken.SPOKEN, *LANGUAGES},
        "tables.kind.*": set(spoken.NOTICES),
        "tables.reason.*": set(spoken.REASONS),
        "tables.rule.*": set(spoken.RULES),
        "tables.file.*": set(spoken.OF_FILES),
        "tables.deed.*": set(spoken.DEEDS),
        "board.step.*": {chains.TOLD, chains.SKIPPED, chains.AHEAD},
    }


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """Every id that may be said, with one place where it is."""
    known, found = families(), {}
    for module in modules():
        for place, shape in module.texts(*SPEAKERS):
            assert shape != "?", f"{place}: say the message's id where it is spoken"
            assert "*" not in shape or shape in known, f"{place}: what may {shape} be? Add it to families()"
            for name in known.get(shape, {""}):
                found[shape.replace("*", name)] = place
    for template in TEMPLATES:
        text = template.read_text("utf-8").replace("'", '"')
        for said_there, joined in re.findall(r'\b[tn]\("([a-z_.]+)"( ~)?', text):
            for name in known[f"{said_there}*"] if joined else {""}:
                found[said_there + name] = template.name
    return found


def entries(language: str) -> set[str]:
    catalog = po.parsed(Reader(CONTENT), language)
    assert catalog is not None
    ids = (message.id for message in catalog if message.id)
    return {found if isinstance(found, str) else found[0] for found in ids}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__has_every_message_that_the_code_names(said, language):
    assert {msgid: said[msgid] for msgid in said.keys() - entries(language)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue__holds_nothing_that_nobody_says(said, language):
    assert sorted(entries(language) - said.keys()) == []


def test_languages__are_those_of_the_content():
    assert {path.parent.name for path in CONTENT.glob("*/LC_MESSAGES")} == set(LANGUAGES)


def test_collector__sees_literals_choices_families_and_what_it_cannot_read(tmp_path):
    path = tmp_path / "sample.py"
    path.write_text(
        "def one(voice, x):\n"
        "    head = 'a.one' if x else 'a.two'\n"
        "    voice.t(head)\n"
        "    voice.label(f'b.{x}.c')\n"
        "    voice.n('d', 1)\n"
        "    voice.t(title(x))\n"
        "    voice.t(x)\n"
        "def title(x):\n"
        "    return f'e.{x}'\n"
    )
    found = {shape for _, shape in Module(path).texts(*SPEAKERS)}
    assert found == {"a.one", "a.two", "b.*.c", "d", "e.*", "?"}
