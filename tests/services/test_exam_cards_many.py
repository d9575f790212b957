"""Many exams at once: a round of the card's keeper is bounded, and building costs no query an exam."""

from sqlalchemy import event

from bot.services import exam_cards
from tests.support.hall import Hall
from tests.support.people import exam, student
from tests.support.timelines import at, jump

MANY = 25


def laid(hall: Hall) -> None:
    hall.member("T1")
    hall.add_students(*(student(f"S{n}", group=f"G{n}") for n in range(MANY)))
    hall.add_exams(*(exam(f"E{n}", at("09:00"), groups=(f"G{n}",)) for n in range(MANY)))
    hall.clock.now = at("09:10")


def statements(hall: Hall, many: int) -> int:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    def build(uow):
        rows = [uow.exams.by_ext()[f"E{n}"] for n in range(many)]
        event.listen(hall.base.database.engine, "before_cursor_execute", note)
        try:
            return exam_cards.build(uow, hall.office, hall.clock(), rows)
        finally:
            event.remove(hall.base.database.engine, "before_cursor_execute", note)

    assert len(hall.sql(build)) == many
    return len(seen)


def test_building__takes_as_many_queries_for_many_exams_as_for_one(watched: Hall) -> None:
    laid(watched)
    jump(watched, "10:30")
    assert statements(watched, MANY) == statements(watched, 1)


def test_round__looks_at_so_many_and_comes_round_to_all(watched: Hall) -> None:
    laid(watched)
    allowed = watched.office.policy.conduct.card_exams_a_round
    owed = [watched.do(exam_cards.keep) for _ in range(4)]
    assert owed == [allowed, allowed, MANY - 2 * allowed, 0]
