"""A town whose clock stands still, shared by all tests; each test gets a faculty of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rules.vocabulary import ExamKind
from tests.support.campus import Campus
from tests.support.clock import HandClock, local
from tests.support.town import Town

MORNING = local("2026-12-21 10:00")
PHONE_LINE = "+7 72533 6-36-36, call-center"
FINAL = (ExamKind.THESIS_DEFENCE, ExamKind.COMPLEX_EXAM)
POLICY = f"""
phones: ["{PHONE_LINE}"]
delivery: {{per_chat_seconds: 0}}
exam_day:
  card_before_minutes: null
  start_asked_minutes: null
  start_told_minutes: null
  rehearsal_hour: null
  rehearsal_before_minutes: null
kinds:
""" + "".join(
    f"  {kind}: {{events: {{begins: {{offer_minutes_before: []}}}}}}\n"
    for kind in ExamKind
    if kind not in FINAL
)


@pytest.fixture(scope="session")
def clock() -> HandClock:
    """Stands at a Monday morning in the exam session until a test moves it."""
    return HandClock(MORNING)


@pytest.fixture(scope="session")
def policy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The university's phones, no pause between two messages to one chat, no exam day by itself."""
    path = tmp_path_factory.mktemp("policy") / "policy.yaml"
    path.write_text(POLICY, "utf-8")
    return path


@pytest.fixture(scope="session")
def shared_town(
    tmp_path_factory: pytest.TempPathFactory, clock: HandClock, policy_file: Path
) -> Iterator[Town]:
    """One running bot for the tests that do not disturb each other."""
    url = f"sqlite:///{tmp_path_factory.mktemp('town') / 'emtihan.db'}"
    with Town(url, clock=clock, policy_file=policy_file) as opened:
        opened.shared = True
        yield opened


@pytest.fixture
def town(shared_town: Town, clock: HandClock) -> Iterator[Town]:
    """The shared bot on a Monday morning. Afterwards nothing may have failed on its way in or out."""
    clock.now = MORNING
    shared_town.rise()
    before = shared_town.sql(_broken)
    yield shared_town
    shared_town.delete("/sandbox/faults")
    shared_town.rest()
    broken = shared_town.sql(_broken) - before
    assert not broken, f"handled wrongly: {broken}"


@pytest.fixture
def campus(town: Town, clock: HandClock) -> Campus:
    """A faculty of this test alone."""
    return Campus(town, clock)


@pytest.fixture
def own_town(tmp_path: Path, clock: HandClock, policy_file: Path) -> Iterator[Town]:
    """A bot of this test alone, which may break it."""
    with Town(f"sqlite:///{tmp_path / 'emtihan.db'}", clock=clock, policy_file=policy_file) as opened:
        yield opened


@pytest.fixture
def own_campus(own_town: Town, clock: HandClock) -> Campus:
    """A faculty in the test's own town."""
    return Campus(own_town, clock)


def _broken(uow: object) -> set[object]:
    from sqlalchemy import select

    from bot.storage.tables import IncomingUpdate, Notice

    tried = select(IncomingUpdate.update_id, IncomingUpdate.reason).where(IncomingUpdate.attempts > 0)
    failed = select(Notice.key, Notice.reason).where(Notice.state == "failed")
    session = uow.session  # type: ignore[attr-defined]
    return {tuple(row) for query in (tried, failed) for row in session.execute(query)}
