"""Who of a role is nearest to an exam and can be reached; whoever hears when nobody can."""

from collections.abc import Sequence

from bot.services import holders
from bot.services.office import Office
from bot.storage.tables import Exam
from bot.storage.unit import UnitOfWork


def nearest(uow: UnitOfWork, office: Office, exam: Exam | None, roles: Sequence[str]) -> list[int]:
    """Those who can be reached of the first of these roles, then of `force_majeure.nobody`, that has any."""
    for role in (*roles, *office.policy.force_majeure.nobody):
        if exam is not None:
            people = holders.of_exam(uow, exam, [role])
        else:
            people = [person for _, person, _, _ in uow.people.holders([role])]
        reachable = uow.people.reachable(people)
        if reachable:
            return [person for person in people if person in reachable]
    return []
