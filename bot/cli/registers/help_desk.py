"""Registers of the help desk."""

from bot.cli.registers.table import Table, local
from bot.rules import trees
from bot.services import helping, supervision
from bot.wiring import Base


def tickets(base: Base) -> Table:
    """Requests for help."""
    headers = (
        "number", "opened_at", "student_id", "full_name", "exam", "language", "problem", "device", "tried",
        "state", "helper", "claimed_at", "first_reply_at", "resolved_at", "rating",
    )  # fmt: skip
    rows = [
        (
            line.ticket.number,
            local(base, line.ticket.opened_at),
            line.ext_id,
            line.asker,
            line.exam,
            line.ticket.language,
            line.ticket.problem,
            line.ticket.device,
            "; ".join(f"{fix}: {outcome}" for fix, outcome in line.ticket.tried),
            line.ticket.state,
            line.holder,
            local(base, line.ticket.claimed_at),
            local(base, line.ticket.first_reply_at),
            local(base, line.ticket.resolved_at),
            line.ticket.rating or "",
        )
        for line in base.desk.do_now(supervision.register)
    ]
    return headers, rows


def fixes(base: Base) -> Table:
    """What has helped whom; an empty fix is the problem as a whole, failed where nothing helped."""
    headers = ("problem", "fix", "device", "helped", "failed", "could_not_try", "dead_end")
    found = base.desk.do_now(helping.lines)
    least = int(base.desk.office.policy.leaves["help_desk.dead_end_from"].value)
    dead = {(line.problem, line.device) for line in trees.dead_ends(found, least)}
    rows = [
        (
            line.problem,
            line.fix,
            line.device,
            line.tally.helped,
            line.tally.failed,
            line.tally.cant,
            "yes" if not line.fix and (line.problem, line.device) in dead else "",
        )
        for line in found
    ]
    return headers, rows
