"""A profile's policy: its layers, the operator's file over them, every leaf checked, then as rules."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.clock import zone
from bot.errors import ContentError
from bot.library import layers
from bot.library.layers import Layer, Leaf, Stack
from bot.library.ranges import PARTIES, Ranges
from bot.library.yamlfiles import Reader
from bot.rules.conduct import Conduct
from bot.rules.files import FileLimits
from bot.rules.policy import STUDENT, Chain, Delivery, ForceMajeure, KindRules, Moment, Policy, Quiet, Sourced
from bot.rules.vocabulary import Attestation, ExamKind

_FM = "force_majeure"
_DAY = "exam_day"
_FILLED = (f"{_FM}.troubles", f"{_FM}.nobody")


def load_policy(profile: str, policy_file: Path | None, root: Path) -> Policy:
    """The rules in force for a profile, with an operator's file over them.

    Raises `ContentError` with every problem of the files it had to read.
    """
    reader = Reader(root)
    _, policy = assemble(reader, profile, policy_file)
    if policy is None or reader.problems:
        raise ContentError(reader.problems)
    return policy


def assemble(reader: Reader, profile: str, policy_file: Path | None) -> tuple[Stack | None, Policy | None]:
    """The policy's leaves, and the policy; None where recorded problems leave nothing to build."""
    before = len(reader.problems)
    stack = layers.stack(reader, profile)
    if stack is None:
        return None, None
    ranges = Ranges(reader)
    if policy_file is not None:
        stack = _overlaid(reader, stack, ranges, policy_file)
    ranges.check(stack)
    _check_whole(reader, stack)
    if len(reader.problems) > before:
        return stack, None
    return stack, _built(profile, stack.leaves)


def _overlaid(reader: Reader, stack: Stack, ranges: Ranges, policy_file: Path) -> Stack:
    node = reader.read(policy_file, may_be_empty=True)
    if node is None:
        return stack
    layer = layers.flatten(reader, node)
    leaves = layers.lay(stack.leaves, ranges.check_known(layer, stack))
    return replace(stack, leaves=leaves, over=reader.shown(policy_file))


def _check_whole(reader: Reader, stack: Stack) -> None:
    """What no range shows: empty lists, missing chains, fractions, moments with two offsets or none."""
    leaves = stack.leaves
    chains = [f"{_FM}.chains.{attestation}.{party}" for attestation in Attestation for party in PARTIES]
    for path in (*_FILLED, *chains):
        if path not in leaves:
            reader.blame(stack.file, f"{path}: is missing")
        elif leaves[path].value == ():
            reader.blame(leaves[path].node, f"{path}: may not be empty")
    for path in (*(f"kinds.{kind}.duration_minutes" for kind in _kinds(leaves)), "retention.updates_days"):
        leaf = leaves.get(path)
        if leaf is not None and isinstance(leaf.value, float) and not leaf.value.is_integer():
            reader.blame(leaf.node, f"{path}: {leaf.value:g} is not a whole number")
    for kind in _kinds(leaves):
        _check_offsets(reader, stack, kind)
    first, longest = (leaves.get(f"delivery.retry_{key}_seconds") for key in ("first", "longest"))
    if first and longest and _over(first.value, longest.value):
        reader.blame(first.node, "delivery.retry_first_seconds: is over delivery.retry_longest_seconds")


def _check_offsets(reader: Reader, stack: Stack, kind: str) -> None:
    for name, fields in _events(stack.leaves, kind).items():
        offsets = [
            key for key, leaf in fields.items() if key.startswith("offset_") and leaf.value is not None
        ]
        if len(offsets) != 1:
            path = f"kinds.{kind}.events.{name}"
            reader.blame(stack.near(path), f"{path}: needs one of offset_minutes and offset_hours")


def _whole(leaf: Leaf | None) -> int | None:
    return None if leaf is None or leaf.value is None else int(leaf.value)


def _listed(leaf: Leaf | None) -> tuple[Any, ...]:
    return leaf.value or () if leaf else ()


def _over(one: Any, other: Any) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float) and one > other


def _kinds(leaves: Layer) -> list[str]:
    """Kinds that the policy speaks of, in its order."""
    return list(dict.fromkeys(path.split(".")[1] for path in leaves if path.startswith("kinds.")))


def _events(leaves: Layer, kind: str) -> dict[str, dict[str, Leaf]]:
    events: dict[str, dict[str, Leaf]] = {}
    for path, leaf in layers.below(leaves, f"kinds.{kind}.events"):
        name, _, key = path.partition(".")
        events.setdefault(name, {})[key] = leaf
    return events


def _built(profile: str, leaves: Layer) -> Policy:
    def value(path: str) -> Any:
        return leaves[path].value

    return Policy(
        profile=profile,
        timezone=value("timezone"),
        kinds={ExamKind(kind): _kind_rules(leaves, kind) for kind in _kinds(leaves)},
        force_majeure=_force_majeure(leaves),
        delivery=Delivery(
            attempts_max=int(value("delivery.attempts_max")),
            retry_first=dt.timedelta(seconds=value("delivery.retry_first_seconds")),
            retry_longest=dt.timedelta(seconds=value("delivery.retry_longest_seconds")),
            per_chat=dt.timedelta(seconds=value("delivery.per_chat_seconds")),
            margin_percent=value("delivery.pace_margin_percent"),
            group_per_minute=int(value("delivery.group_per_minute")),
            early=dt.timedelta(minutes=value("delivery.early_minutes")),
            group_grace=dt.timedelta(seconds=value("delivery.group_grace_seconds")),
            member_known=dt.timedelta(hours=value("delivery.member_known_hours")),
            probe_longest=dt.timedelta(seconds=value("delivery.probe_longest_seconds")),
        ),
        consent_version=int(value("consent.version")),
        wrong_codes_per_hour=int(value("invites.wrong_codes_per_hour")),
        updates_days=_whole(leaves.get("retention.updates_days")),
        phones=value("phones"),
        files=FileLimits(
            types=value("attachments.types"),
            megabytes_max=value("attachments.megabytes_max"),
            files_max=int(value("attachments.files_max")),
            pages_max=int(value("attachments.pages_max")),
            tries=int(value("attachments.tries")),
        ),
        leaves={
            path: Sourced(leaf.value, leaf.clause, leaf.mark, leaf.rows) for path, leaf in leaves.items()
        },
        conduct=_conduct(leaves),
        readiness=value("readiness.items"),
        quiet=_quiet(leaves),
        extend_minutes=tuple(int(minutes) for minutes in _listed(leaves.get("timetable.extend_minutes"))),
    ).in_zone(zone(value("timezone")))


def _quiet(leaves: Layer) -> Quiet | None:
    found = [leaves.get(f"reminders.quiet_{end}_hour") for end in ("from", "to")]
    hours = [leaf.value for leaf in found if leaf is not None and leaf.value is not None]
    return Quiet(round(hours[0] * 60), round(hours[1] * 60)) if len(hours) == len(found) else None


def _kind_rules(leaves: Layer, kind: str) -> KindRules:
    figures = {
        path: Sourced(leaf.value, leaf.clause, leaf.mark, leaf.rows)
        for path, leaf in layers.below(leaves, f"kinds.{kind}")
        if "." not in path
    }
    left = leaves.get(f"warnings.minutes_left.{kind}")
    return KindRules(
        kind=ExamKind(kind),
        duration_minutes=_whole(leaves.get(f"kinds.{kind}.duration_minutes")),
        warnings_left=(left.value or ()) if left else (),
        warnings_clause=left.clause if left else None,
        moments={moment.id: moment for moment in _moments(leaves, kind)},
        figures=figures,
    )


def _moments(leaves: Layer, kind: str) -> Iterator[Moment]:
    """The kind's moments. Whoever must act is told, unless the policy names others."""
    after = leaves.get("reminders.useful_minutes")
    for name, fields in _events(leaves, kind).items():
        key, offset = next(
            (key, leaf)
            for key, leaf in fields.items()
            if key.startswith("offset_") and leaf.value is not None
        )
        actor, tell, wakes, useful = (fields.get(key) for key in ("actor", "tell", "wakes", "useful_minutes"))
        if useful is None and fields["anchor"].value != "start" and offset.value >= 0:
            useful = after
        yield Moment(
            id=name,
            anchor=fields["anchor"].value,
            offset=dt.timedelta(**{key.removeprefix("offset_"): offset.value}),
            offers=fields["offer_minutes_before"].value,
            clause=offset.clause,
            deadline=fields["class"].value == "deadline",
            tell=tell.value if tell else ((actor.value if actor else None) or STUDENT,),
            at_once=fields["class"].value == "at_once",
            wakes=bool(wakes and wakes.value),
            useful=dt.timedelta(minutes=useful.value) if useful else None,
        )


def _force_majeure(leaves: Layer) -> ForceMajeure:
    chains = {}
    for attestation in Attestation:
        for party in PARTIES:
            leaf = leaves[f"{_FM}.chains.{attestation}.{party}"]
            chains[attestation, party] = Chain(leaf.value, leaf.clause)

    def value(key: str) -> Any:
        return leaves[f"{_FM}.{key}"].value

    def role(key: str) -> str | None:
        leaf = leaves.get(f"{_FM}.{key}")
        return leaf.value if leaf else None

    return ForceMajeure(
        acknowledge=dt.timedelta(minutes=value("acknowledge_minutes")),
        troubles=value("troubles"),
        chains=chains,
        nobody=value("nobody"),
        reports_per_hour=int(value("reports_per_hour")),
        inform=value("inform"),
        steps=_spans(leaves, f"{_FM}.step_minutes"),
        round=dt.timedelta(minutes=value("round_minutes")),
        rounds=int(value("rounds")),
        promises=_spans(leaves, f"{_FM}.promise_minutes"),
        promises_max=int(value("promises_max")),
        remind=dt.timedelta(minutes=value("remind_minutes")),
        decide=dt.timedelta(minutes=value("decide_minutes")),
        order=dt.timedelta(hours=value("order_hours")),
        order_remind=dt.timedelta(hours=value("order_remind_hours")),
        mass_reports=int(value("mass_incident.reports")),
        mass_within=dt.timedelta(minutes=value("mass_incident.within_minutes")),
        mass_troubles=value("mass_incident.troubles"),
        mass_platforms=value("mass_incident.platforms"),
        same_day_by=role("same_day_admission_by"),
        other_day_by=role("other_day_admission_by"),
    )


def _spans(leaves: Layer, path: str) -> dict[str, dt.timedelta]:
    """Minutes by name; a name that an operator has set to null is none."""
    found = layers.below(leaves, path)
    return {name: dt.timedelta(minutes=leaf.value) for name, leaf in found if leaf.value is not None}


def _conduct(leaves: Layer) -> Conduct:
    def needed(name: str, unit: str) -> dt.timedelta:
        return dt.timedelta(**{unit: leaves[f"{_DAY}.{name}_{unit}"].value})

    def optional(name: str) -> dt.timedelta | None:
        minutes = leaves[f"{_DAY}.{name}_minutes"].value
        return None if minutes is None else dt.timedelta(minutes=minutes)

    told_to = leaves.get("reports.late_start_reported_to")
    return Conduct(
        card_before=optional("card_before"),
        card_after=needed("card_after", "minutes"),
        card_every=needed("card_every", "seconds"),
        card_clock=needed("card_clock", "minutes"),
        card_exams_a_round=int(leaves[f"{_DAY}.card_exams_a_round"].value),
        call_pause=needed("call_pause", "minutes"),
        start_asked=optional("start_asked"),
        start_told=optional("start_told"),
        start_useful=needed("start_useful", "minutes"),
        start_told_to=told_to.value if told_to else None,
        start_clause=told_to.clause if told_to else None,
        rehearsal_hour=_whole(leaves.get(f"{_DAY}.rehearsal_hour")),
        rehearsal_before=optional("rehearsal_before"),
        probe_before=needed("probe_before", "minutes"),
        fresh=needed("fresh", "hours"),
    )
