"""`check --launch`: what is still to be decided before the first session."""

import typer

from bot import config, wiring
from bot.library.launch import Question, load_launch
from bot.rules.policy import Policy
from bot.services import staffing
from bot.wiring import Base

CONFIRMED = "launch.confirmed"


def launch(settings: config.Settings, language: str | None) -> int:
    """Print the checklist of the profile in a language; returns how many questions are open."""
    base = wiring.build(settings)
    try:
        return _print(base, language)
    finally:
        base.close()


def _print(base: Base, language: str | None) -> int:
    office = base.desk.office
    policy, tongue = office.policy, language if language in office.languages else office.languages[0]
    left = 0
    for question in load_launch(office.languages):
        if policy.profile not in question.sources:
            continue
        gaps = _gaps(base) if question.staffed else []
        open_values = question.open_values(policy)
        decided = not gaps and not open_values and _confirmed(policy, question)
        left += not decided
        typer.echo(f"[{'x' if decided else ' '}] {question.id}: {question.texts[tongue]}")
        for path in question.values:
            typer.echo(f"      {path} = {_shown(policy, path)}")
        for gap in gaps:
            typer.echo(f"      {gap}")
    typer.echo(f"{left} open; confirm a decision by listing its id under launch.confirmed in the policy file")
    return left


def _confirmed(policy: Policy, question: Question) -> bool:
    leaf = policy.leaves.get(CONFIRMED)
    return leaf is not None and question.id in leaf.value


def _shown(policy: Policy, path: str) -> str:
    leaf = policy.leaves.get(path)
    if leaf is None or leaf.value in (None, ()):
        return "not decided"
    clause = f" ({leaf.clause})" if leaf.clause else ""
    return f"{leaf.value}{clause}, {leaf.mark}"


def _gaps(base: Base) -> list[str]:
    return [
        f"{gap.faculty}: {gap.role} {'has no linked account' if gap.held else 'is held by nobody'}"
        for gap in base.desk.do_now(staffing.gaps)
    ]
