"""A policy's rules of appeals, each clock with its clause."""

from typing import Any

from bot.rules.appeals import AppealRules
from bot.rules.policy import Policy
from bot.rules.vocabulary import Attestation, Role
from bot.rules.windows import Leniency, Term


def appeal_rules(policy: Policy, attestation: Attestation) -> AppealRules:
    """The rules of one attestation as the policy in force has them."""
    base = f"appeals.{attestation.value}"

    def value(name: str) -> Any:
        leaf = policy.leaves.get(f"{base}.{name}")
        return leaf.value if leaf else None

    def clause(*names: str) -> str | None:
        leaves = (policy.leaves.get(f"{base}.{name}") for name in names)
        return next((leaf.clause for leaf in leaves if leaf and leaf.value is not None and leaf.clause), None)

    def term(name: str, reading: Any = "moment") -> Term:
        days = value(f"{name}_working_days")
        hours = value(f"{name}_hours")
        cited = clause(f"{name}_working_days", f"{name}_hours")
        # The least that a source allows is no limit; a term that the university has set itself is one.
        least = bool(value(f"{name}_least")) and cited is not None and cited == clause(f"{name}_least")
        return Term(hours, int(days) if days is not None else None, reading, cited, least)

    received = value("received_by")
    return AppealRules(
        window=term("window", value("window_reading")),
        strict=value("warn_reading"),
        sitting=term("sitting"),
        result=term("result"),
        leniency=Leniency(value("begun_grace_minutes"), value("outage_grace_hours")),
        remind_minutes=tuple(value("remind_minutes") or ()),
        form=value("form"),
        grounds=value("grounds_list"),
        before_grounds=tuple(value("before_grounds") or ()),
        before_clause=clause("before_grounds"),
        addressee=Role(value("addressee") or Role.APPEAL_CHAIR),
        received_by=Role(received) if received else None,
        odd=bool(value("commission_odd")),
        odd_clause=clause("commission_odd") or "—",
        excludes=tuple(value("commission_excludes") or ()),
        administration=value("administration"),
        members_min=int(value("members_min")),
        quorum_percent=value("quorum_percent"),
        outcomes=value("outcomes"),
        new_date_told=tuple(value("new_date_told") or ()),
        unguided_told=tuple(value("unguided_told") or ()),
        text_letters_max=int(value("text_letters_max")),
        clause=clause("window_working_days", "window_hours", "addressee", "form") or "",
    )
