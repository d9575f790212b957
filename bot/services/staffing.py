"""Is every role of the chains held by somebody who can be reached, in every faculty?"""

import datetime as dt
from dataclasses import dataclass

from bot.rules import escalation
from bot.rules.vocabulary import Attestation, Role
from bot.services.office import Office
from bot.storage.unit import UnitOfWork

PARTIES = ("student", "staff")


@dataclass(frozen=True, slots=True)
class Gap:
    """A role of a faculty's chain that nobody holds, or whose holders have no linked account."""

    faculty: str
    role: str
    held: bool


def gaps(uow: UnitOfWork, office: Office, now: dt.datetime) -> list[Gap]:
    """Every gap in every faculty's chains; the examiners stand in the timetable and are not looked at."""
    wanted = {
        role
        for attestation in Attestation
        for party in PARTIES
        for role in office.policy.chain(attestation, party).steps
    } - {Role.EXAMINER.value}
    holders: dict[str, list[tuple[int, str, str]]] = {}
    for role, person, faculty, department in uow.people.holders(sorted(wanted)):
        holders.setdefault(role, []).append((person, faculty, department))
    everybody = {person for held in holders.values() for person, _, _ in held}
    reachable = uow.people.reachable(everybody)
    found = []
    for faculty in uow.people.faculties():
        for role in sorted(wanted):
            people = escalation.narrowest(holders.get(role, []), faculty, "")
            if not reachable.intersection(people):
                found.append(Gap(faculty, role, held=bool(people)))
    return found
