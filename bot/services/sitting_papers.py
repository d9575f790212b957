"""The end of a sitting: protocol for the commission, results announced, the appeal clock begins."""

import datetime as dt

from bot.rules import sittings as rules
from bot.rules.casework import Did, Kind
from bot.rules.notices import Rank
from bot.rules.papers import Day, Facts, Plain, Said
from bot.rules.people import Me
from bot.rules.sittings import ABSENT, DEGREE, DONE, GRADE, Defender, OwnResult, SittingView
from bot.services import aftermath, casework, documents, results, sittings
from bot.services.case_papers import label
from bot.services.letters import Letter
from bot.services.office import Office
from bot.storage.notices import Claimed
from bot.storage.tables import Case, Result
from bot.storage.unit import UnitOfWork

RESULT = "defence_result"


def announce(
    uow: UnitOfWork, office: Office, now: dt.datetime, me: Me, case_id: int, origin: int
) -> SittingView:
    """Results are told to all who spoke, the protocol goes to the whole commission, the sitting is over.

    A second tap shows the same. Refuses as `sittings.led`, `rules.require_finished`, and `sitting_speaks`.
    """
    standing = casework.locked(uow, case_id, Kind.SITTING)
    if standing.data.get("announced") and me.person_id == standing.reporter_id:
        return sittings.view(uow, office, now, standing, me.person_id)
    case, exam = sittings.led(uow, office, now, me, case_id)
    seen = sittings.view(uow, office, now, case, me.person_id)
    rules.require_finished(seen)
    casework.note(case, announced=now.isoformat())
    case.outcome = "announced"
    casework.move(uow, now, case, Did.DECIDED, actor_id=me.person_id, origin=origin)
    for one in seen.defenders:
        person = uow.people.get(one.person_id)
        if one.state != DONE or person is None:
            continue
        casework.owe(uow, now, case, RESULT, person.id, Rank.NEWS)
        if uow.appeals.result(exam.id, person.ext_id) is None:
            result = Result(exam_id=exam.id, student_key=person.ext_id, published_at=now)
            uow.exams.add_result(result)
            uow.flush()
            results.announce(uow, office, now, result, exam)
    _protocol(uow, office, now, case, sittings.view(uow, office, now, case, me.person_id))
    aftermath.follow(uow, office, now, case)
    return sittings.view(uow, office, now, case, me.person_id)


def _protocol(uow: UnitOfWork, office: Office, now: dt.datetime, case: Case, seen: SittingView) -> None:
    made = []
    for language in office.languages:
        order = documents.Order(
            "sitting_protocol", _facts(office, now, seen, language), (language,), documents.BOTH
        )
        made += documents.issue(uow, office, now, case.id, order, case.reporter_id)
    uow.flush()
    documents.send(uow, now, made, list(dict.fromkeys([*sittings.commission(case), case.reporter_id])))
    casework.log(uow, now, case, Did.DOCUMENT, template="sitting_protocol")


def _facts(office: Office, now: dt.datetime, seen: SittingView, language: str) -> Facts:
    leaf = office.policy.leaves.get("final_attestation.degree_vote")
    chair = next((seat.name for seat in seen.seats if seat.chair), None)
    there = [seat.name for seat in seen.seats if seat.present]
    return {
        "number": seen.number,
        "today": Day(now),
        "exam": seen.exam.subject(language),
        "kind": Said(f"kind.{seen.exam.kind}"),
        "exam_at": seen.exam.span.start,
        "chair": chair,
        "secretary": seen.secretary or None,
        "present": len(there),
        "total": len(seen.seats),
        "names": ", ".join(there) or None,
        "failures": seen.acts,
        "announced_at": seen.announced_at,
        "clause": (leaf.clause if leaf else None) or None,
        "defences": [_defence(one) for one in seen.defenders],
        "votes": [row for one in seen.defenders for row in _votes(one)],
    }


def _defence(one: Defender) -> dict[str, Plain]:
    found = {ballot.what: ballot.result for ballot in one.ballots}
    missed = one.state == ABSENT
    return {
        "name": one.name,
        "group": one.group,
        "identified_at": one.identified_at or "—",
        "began_at": one.began_at or "—",
        "minutes": round(one.used / 60, 1) if one.began_at else "—",
        "grade": Said(f"grade.{found[GRADE]}")
        if found.get(GRADE)
        else label("sitting.absent")
        if missed
        else "—",
        "degree": Said(f"degree.{found[DEGREE]}") if found.get(DEGREE) else "—",
    }


def _votes(one: Defender) -> list[dict[str, Plain]]:
    """The count of each vote; names stand beside choices only where the vote was open."""
    rows: list[dict[str, Plain]] = []
    for ballot in one.ballots:
        prefix = "grade" if ballot.what == GRADE else "degree"
        for choice, number in ballot.tally.items():
            names = ", ".join(name for name, said in ballot.choices.items() if said == choice)
            rows.append(
                {
                    "name": one.name,
                    "what": Said(f"ballot.{ballot.what}"),
                    "choice": Said(f"{prefix}.{choice}"),
                    "number": number,
                    "who": names or label("ballot.secret"),
                }
            )
    return rows


def _own(uow: UnitOfWork, office: Office, now: dt.datetime, claimed: Claimed) -> OwnResult | None:
    case = uow.cases.get(claimed.notice.case_id) if claimed.notice.case_id else None
    if case is None:
        return None
    seen = sittings.view(uow, office, now, case, None)
    one = seen.defender(claimed.notice.person_id)
    found = {ballot.what: ballot.result for ballot in one.ballots} if one else {}
    leaf = office.policy.leaves.get("final_attestation.results_told")
    return OwnResult(
        seen.exam, found.get(GRADE, ""), found.get(DEGREE, ""), (leaf.clause or "") if leaf else ""
    )


LETTERS = {RESULT: Letter(about=_own)}
