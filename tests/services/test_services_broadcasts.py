"""News for many: counted, confirmed, sent last, stopped, accounted for."""

import datetime as dt

import pytest

from bot.errors import Refusal
from bot.rules.notices import Rank
from bot.rules.parcels import Sent
from bot.rules.vocabulary import Role
from bot.services import broadcasts, outbox
from bot.storage.tables import Notice
from tests.support.people import student
from tests.support.refusals import code_of


@pytest.fixture
def admin(hall):
    return hall.member("A1", Role.ADMIN, faculty="", department="")


@pytest.fixture
def three(hall):
    """Two students of one group, one of another."""
    return [
        hall.student("S1"),
        hall.student("S2", "ru"),
        hall.student("S3", group="МТ-23-1", faculty="Математика"),
    ]


def drafted(hall, admin, what="all", which="", **texts):
    found = hall.do(broadcasts.draft, admin, what, which, hall.origin())
    for language, text in (texts or {"kk": "Жиналыс", "ru": "Собрание"}).items():
        found = hall.do(broadcasts.write, admin, found.id, language, text)
    return found


@pytest.mark.parametrize(
    ("what", "which", "reached"),
    [
        ("all", "", 4),
        ("faculty", "Математика", 1),
        ("group", "АЖ-23-1", 2),
        ("role", "student", 3),
        ("role", "admin", 1),
        ("role", "dean", 0),
        ("language", "ru", 1),
    ],
)
def test_audience__is_counted_exactly_and_gets_it(hall, admin, three, what, which, reached):
    hall.add_students(student("S4"))
    found = drafted(hall, admin, what, which)
    assert found.tally.total == reached
    if not reached:
        assert code_of(hall, broadcasts.confirm, admin, found.id) == "news_nobody"
        return
    assert hall.do(broadcasts.confirm, admin, found.id).tally.total == reached
    hall.tick()
    news = [m for m in hall.sent() if "Жиналыс" in m.text or "Собрание" in m.text]
    assert len([m for m in news if "Университет хабарламасы" in m.text or "Сообщение" in m.text]) == reached


def test_words__go_to_each_in_their_language_and_the_account_ends(hall, admin, three):
    found = drafted(hall, admin, "group", "АЖ-23-1", kk="Жиналыс <b>12:00</b>", ru="Собрание")
    hall.do(broadcasts.confirm, admin, found.id)
    hall.do(broadcasts.adopt, admin, found.id, 1)
    hall.tick()
    hall.expect((three[0], "Жиналыс &lt;b&gt;12:00"), (three[1], "Собрание"), (admin, "<b>0</b> / 2"))
    hall.tick()
    [card] = hall.sent()
    assert "Жіберіліп болды" in card.text
    assert "Жеткізілгені: <b>2</b> / 2" in card.text
    assert hall.do(broadcasts.look, admin, found.id).tally.left == 0


def test_words__of_one_language_do_for_all(hall, admin, three):
    found = drafted(hall, admin, "language", "ru", kk="Жиналыс")
    hall.do(broadcasts.confirm, admin, found.id)
    hall.tick()
    assert "Жиналыс" in next(m.text for m in hall.sent() if m.user_id == three[1].user_id)


def test_news__go_after_everything_else_and_do_not_make_the_program_late(hall, admin, three):
    found = drafted(hall, admin)
    hall.do(broadcasts.confirm, admin, found.id)
    rows = hall.sql(lambda uow: [(n.rank, n.state) for n in uow.session.query(Notice)])
    assert set(rows) == {(int(Rank.NEWS), "pending")}
    hall.clock.now += dt.timedelta(minutes=10)
    assert hall.do(outbox.lag)[1] == 0


def test_confirmed_twice__is_sent_once(hall, admin, three):
    found = drafted(hall, admin)
    for _ in range(2):
        hall.do(broadcasts.confirm, admin, found.id)
    assert hall.sql(lambda uow: uow.session.query(Notice).count()) == 4


def test_stopped__what_is_left_does_not_go_out_and_is_counted(hall, admin, three):
    found = drafted(hall, admin)
    hall.do(broadcasts.confirm, admin, found.id)
    hall.wire.blocked.add(three[0].user_id)

    claimed = hall.do(outbox.claim, 2)
    stopped = hall.do(broadcasts.cancel, admin, found.id)
    assert stopped.state == "cancelled"
    assert (stopped.tally.cancelled, stopped.tally.left) == (2, 2)

    hall.do(outbox.settle, [Sent(claimed[0].notice_id, "sent", 7), Sent(claimed[1].notice_id, "blocked")])
    hall.tick()
    assert not hall.sent()
    ended = hall.do(broadcasts.look, admin, found.id).tally
    assert (ended.total, ended.sent, ended.failed, ended.cancelled, ended.left) == (4, 1, 1, 2, 0)


def test_stopped__a_message_taken_back_after_a_crash_is_not_sent_either(hall, admin, three):
    found = drafted(hall, admin)
    hall.do(broadcasts.confirm, admin, found.id)
    hall.do(outbox.claim, 1)
    hall.do(broadcasts.cancel, admin, found.id)
    hall.do(outbox.take_over)
    hall.tick()
    assert not hall.sent()


def test_nobody_else__may_write_news(hall, three):
    methodist = hall.member("D1", Role.METHODIST)
    assert code_of(hall, broadcasts.draft, methodist, "all", "", hall.origin()) == "deans_only"
    assert code_of(hall, broadcasts.confirm, methodist, 1) == "deans_only"
    assert code_of(hall, broadcasts.cancel, three[0], 1) == "staff_only"


def test_draft__refuses_an_audience_there_is_not_and_words_that_cannot_be_sent(hall, admin, three):
    assert code_of(hall, broadcasts.draft, admin, "group", "ЖОҚ-1", hall.origin()) == "news_audience"
    assert code_of(hall, broadcasts.draft, admin, "planet", "x", hall.origin()) == "news_audience"
    found = hall.do(broadcasts.draft, admin, "all", "", hall.origin())
    assert code_of(hall, broadcasts.confirm, admin, found.id) == "news_empty"
    assert code_of(hall, broadcasts.write, admin, found.id, "kk", "  ") == "news_empty"
    assert code_of(hall, broadcasts.write, admin, found.id, "kk", "а" * 3001) == "news_long"
    hall.do(broadcasts.cancel, admin, found.id)
    assert code_of(hall, broadcasts.look, admin, found.id) == "news_gone"


@pytest.mark.parametrize(
    ("what", "which", "reached"),
    [("all", "", 3), ("role", "student", 2), ("group", "АЖ-23-1", 2), ("language", "ru", 1)],
)
def test_faculty__its_deputy_dean_reaches_nobody_else(hall, three, what, which, reached):
    deputy = hall.member("D1", Role.DEPUTY_DEAN)
    shown = drafted(hall, deputy, what, which)
    assert shown.tally.total == reached
    hall.do(broadcasts.confirm, deputy, shown.id)
    hall.tick()
    assert three[2].user_id not in {m.user_id for m in hall.sent()}
    assert hall.do(broadcasts.choices, deputy, "faculty") == [shown.audience.faculty]


def test_faculty__another_facultys_people_and_news_are_not_there(hall, three, admin):
    deputy = hall.member("D1", Role.DEPUTY_DEAN)
    for what, which in (("faculty", "Математика"), ("group", "МТ-23-1")):
        with pytest.raises(Refusal) as refusal:
            hall.do(broadcasts.draft, deputy, what, which, hall.origin())
        assert refusal.value.code == "news_audience"
    whole = drafted(hall, admin)
    hall.do(broadcasts.confirm, admin, whole.id)
    assert hall.do(broadcasts.recent, deputy) == []
    for work in (broadcasts.look, broadcasts.cancel, broadcasts.confirm):
        with pytest.raises(Refusal) as refusal:
            hall.do(work, deputy, whole.id)
        assert refusal.value.code == "news_gone"
    own = drafted(hall, deputy)
    hall.do(broadcasts.confirm, deputy, own.id)
    assert [one.id for one in hall.do(broadcasts.recent, deputy)] == [own.id]
    assert len(hall.do(broadcasts.recent, admin)) == 2


SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


@SQLITE
def test_draft__of_one_update_is_one_and_has_words_in_our_languages(hall, admin, three):
    origin = hall.origin()
    first, again = (hall.do(broadcasts.draft, admin, "all", "", origin) for _ in range(2))
    assert first.id == again.id
    assert code_of(hall, broadcasts.write, admin, first.id, "en", "Hello") == "unknown_language"
    assert code_of(hall, broadcasts.confirm, admin, first.id) == "news_empty"


@SQLITE
def test_dropped__is_neither_written_nor_looked_at_nor_sent(hall, admin, three):
    found = drafted(hall, admin)
    for _ in range(2):
        assert hall.do(broadcasts.cancel, admin, found.id).state == "dropped"
    assert code_of(hall, broadcasts.confirm, admin, found.id) == "news_gone"
    assert code_of(hall, broadcasts.look, admin, found.id) == "news_gone"
    assert code_of(hall, broadcasts.write, admin, found.id, "kk", "Тағы") == "news_gone"
    hall.tick()
    hall.expect()


@SQLITE
def test_sent__what_has_all_gone_out_is_not_stopped_and_nothing_is_written_into_it(hall, admin, three):
    found = drafted(hall, admin, "group", "АЖ-23-1")
    hall.do(broadcasts.confirm, admin, found.id)
    for _ in range(2):
        hall.tick()
    assert hall.do(broadcasts.cancel, admin, found.id).state == "done"
    assert code_of(hall, broadcasts.write, admin, found.id, "kk", "Тағы") == "news_gone"
