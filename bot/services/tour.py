"""What has really happened so far on the demo's phones: facts that the guided tour follows."""

import datetime as dt

from bot.rules.acts import AGREE, DISAGREE, REFUSE
from bot.rules.casework import Did, Kind
from bot.rules.tour import Facts
from bot.services.office import Office
from bot.storage.tables import Case
from bot.storage.unit import UnitOfWork

ENDED = ("closed", "withdrawn")


def facts(uow: UnitOfWork, _office: Office, _now: dt.datetime) -> Facts:
    """What is true now. Whatever way the visitor took, what lies behind them counts as done."""
    tour = uow.tour
    found = {f"joined:{ext_id}" for ext_id in tour.joined()}
    found |= {f"sent:{kind}" for kind in tour.sent()}
    found |= {f"asked:{key.split(':')[1]}:{state}" for key, state in tour.questions().items()}
    found |= {f"{kind}:{action}" for kind, action in tour.did()}
    for case in tour.cases():
        found |= _of_case(case)
    if any(walk.done or walk.finished_at for walk in tour.walks()):
        found.add("walked")
    if tour.published():
        found.add("published")
    if tour.on_duty():
        found.add("duty")
    found |= _of_help(uow)
    known = {person_id: ext_id for ext_id, person_id in tour.people().items()}
    votes = (vote for case in tour.cases() if case.kind == Kind.APPEAL for vote in case.data.get("votes", {}))
    found |= {f"voted:{known[int(voter)]}" for voter in votes if int(voter) in known}
    ids = {f"exam:{ext_id}": exam.id for ext_id, exam in uow.exams.by_ext().items()}
    ids |= {f"person:{ext_id}": person_id for person_id, ext_id in known.items()}
    return Facts(frozenset(found | _of_drafts(uow)), ids)


def _of_case(case: Case) -> set[str]:
    kind = case.kind
    found = {f"{kind}:there"}
    if case.state in ENDED:
        found.add(f"{kind}:ended")
    if kind == Kind.REPORT and ("applied_at" in case.data or case.state in ENDED):
        found |= {"report:applied", f"report:{Did.REFERRED}", f"report:{Did.TAKEN}"}
    if kind == Kind.APPEAL and ("sat_at" in case.data or case.state in ENDED):
        found.add("appeal:called")
    if kind == Kind.ACT and case.data.get("answer") in (AGREE, DISAGREE, REFUSE):
        found.add("act:answered")
    return found


def _of_help(uow: UnitOfWork) -> set[str]:
    found = set()
    for ticket in uow.tour.tickets():
        found.add("ticket:there")
        if ticket.claimed_at is not None:
            found |= {"ticket:claimed", "duty"}
        if ticket.first_reply_at is not None:
            found.add("ticket:answered")
        if ticket.resolved_at is not None:
            found |= {"ticket:claimed", "ticket:answered", "ticket:resolved"}
    return found


def _of_drafts(uow: UnitOfWork) -> set[str]:
    """What an unfinished submission holds already."""
    files = uow.tour.files()
    found = set()
    for draft in uow.tour.drafts():
        found.add(f"draft:{draft.kind}")
        found |= {f"draft:{draft.kind}:{name}" for name, value in draft.data.items() if value}
        if draft.id in files:
            found.add(f"draft:{draft.kind}:files")
    return found
