"""What is kept of people is kept as long as the policy says, to the second, and every table is judged."""

import datetime as dt

import pytest
import sqlalchemy as sa

from bot.library.content import CONTENT, profiles
from bot.library.policy import assemble
from bot.library.yamlfiles import Reader
from bot.rules.vocabulary import Role
from bot.services import cases, files, people, privacy, retention
from bot.storage import keeping
from bot.storage.tables import (
    AuditEvent,
    Base,
    Case,
    CaseEvent,
    CaseFile,
    CodeAttempt,
    Conversation,
    Draft,
    HelpPath,
    IncomingUpdate,
    Notice,
    TicketBlock,
    Upload,
    Walk,
)  # fmt: skip
from tests.support.clock import local
from tests.support.people import exam, student
from tests.support.refusals import refused
from tests.support.scenes import scene

SOURCES = {"recordings_days", "recordings_months", "recordings_kept", "voting_data_days"}
"""What the sources say of things that are not the bot's: recordings; a vote is in its sitting's paper."""

SECOND = dt.timedelta(seconds=1)
TYPED = "кабель үзілді"


def test_tables__are_all_judged_and_each_term_is_of_the_policy():
    tables = {table.name for table in Base.metadata.sorted_tables}
    assert {*keeping.TERMS, *keeping.KEPT} == tables, (
        "a new table: how long is it kept? bot/storage/keeping.py"
    )
    assert not {*keeping.TERMS} & {*keeping.KEPT}
    terms = {*keeping.TERMS.values(), *keeping.OF_KIND.values(), "uploads_hours"}
    for profile in profiles():
        _, policy = assemble(Reader(CONTENT), profile, None)
        said = {name.removeprefix("retention.") for name in policy.leaves if name.startswith("retention.")}
        assert said - SOURCES == terms, "a term that nothing obeys, or the other way round"
    assert {f"{term}_days" for term in privacy.TERMS} == terms - {"uploads_hours", "invites_days"}


@scene
def aged(hall):
    """A student who has done what leaves rows behind."""
    hall.me = hall.student("S1")
    hall.member("T1", Role.EXAMINER)
    hall.add_exams(exam("E1", local("2026-12-21 09:00")))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = local("2026-12-21 09:30")
    return hall


def days(hall, term):
    return dt.timedelta(days=hall.office.policy.leaves[f"retention.{term}"].value)


def add(hall, *rows):
    def store(uow):
        uow.session.add_all(rows)
        uow.flush()
        return [sa.inspect(row).identity[0] for row in rows]

    return hall.sql(store)


def there(hall, column, key):
    return hall.sql(lambda uow: list(uow.session.scalars(sa.select(column).order_by(key))))


def of_one_age(hall, at):
    """A row of every kind that goes by its own age."""
    me, n = hall.me, int(at.timestamp())
    draft = {"person_id": me.person_id, "kind": "appeal", "data": {"text": TYPED}}
    draft |= {"begun_at": at, "updated_at": at}
    [file] = add(hall, CaseFile(role="upload", name="list.csv", state="erased", added_at=at))
    return add(
        hall,
        AuditEvent(at=at, action="denied", account_id=me.account_id, detail={}),
        CodeAttempt(account_id=me.account_id, origin=n, tried_at=at),
        Conversation(key=f"1:{n}:{n}:", state="x", data={"text": TYPED}, touched_at=at),
        Draft(subject="1", **draft),
        Draft(subject="2", state="dropped", **draft),
        HelpPath(account_id=me.account_id, scope=f"s{n % 97}", tried=[], counted={}, updated_at=at),
        IncomingUpdate(
            bot_id=1, update_id=n, chat_key=me.user_id, payload={"text": TYPED}, received_at=at, state="done",
            finished_at=at,
        ),
        Notice(
            key=f"k{n}", kind="warning", person_id=me.person_id, rank=1, due_at=at, facts={}, state="sent",
            finished_at=at,
        ),
        TicketBlock(account_id=me.account_id, at=at, reason=TYPED, state="lifted", reviewed_at=at),
        Upload(
            origin=n, kind="students", person_id=me.person_id, file_id=file, state="stored", report={},
            sent_at=at, decided_at=at,
        ),
        Walk(account_id=me.account_id, subject=f"s{n}", position=0, done=[], updated_at=at),
    )  # fmt: skip


AGED = {
    "audit_days": (retention.purge_log, {"audit_events"}),
    "deliveries_days": (retention.purge_deliveries, {"notices", "uploads"}),
    "drafts_days": (retention.purge_drafts, {"drafts"}),
    "places_days": (retention.purge_places, {"walks", "help_paths"}),
    "tickets_days": (retention.purge_tickets, {"ticket_blocks"}),
    "updates_days": (retention.purge_updates, {"inbox", "code_attempts", "conversations"}),
}


@pytest.mark.parametrize("term", AGED)
def test_age__at_the_border_is_kept_and_a_second_later_gone(aged, term):
    duty, tables = AGED[term]
    of_one_age(aged, aged.clock())
    before = aged.sql(picture)
    aged.clock.now += days(aged, term)
    assert aged.do(duty) == 0
    assert aged.sql(picture) == before
    aged.clock.now += SECOND
    expected = aged.do(duty, dry_run=True)
    assert aged.sql(picture) == before
    assert aged.do(duty) == expected >= len(tables)
    after = aged.sql(picture)
    assert {name for name in before if after[name] != before[name]} == tables
    left = "".join(str(after[name]) for name in tables)
    assert TYPED not in left
    assert aged.do(duty) == 0


def picture(uow):
    return {
        table.name: [dict(row) for row in uow.session.execute(sa.select(table)).mappings()]
        for table in Base.metadata.sorted_tables
    }


def test_files__are_kept_for_so_long_after_their_case_is_over_and_then_their_bytes_go(aged):
    hall, at = aged, aged.clock()
    case = hall.do(cases.file, hall.me, "internet", hall.exam_id, hall.origin())
    sha = hall.office.files.put(TYPED.encode())
    add(
        hall,
        CaseFile(case_id=case.id, role="note", name="a.pdf", state="kept", sha256=sha, added_at=at),
    )
    hall.clock.now += days(hall, "attachments_days") * 2
    assert hall.do(retention.purge_files) == 0, "its case is open"
    ended = hall.clock()
    hall.sql(lambda uow: _end(uow, case.id, ended))
    hall.clock.now = ended + days(hall, "attachments_days")
    assert hall.do(retention.purge_files) == 0
    hall.clock.now += SECOND
    assert hall.do(retention.purge_files) == 1
    assert hall.do(files.erase_due) == 1
    assert not hall.office.files.path(sha).exists()


def _end(uow, case_id, at):
    case = uow.cases.get(case_id)
    case.state, case.ended_at = "closed", at


@pytest.mark.parametrize(("kind", "term"), keeping.OF_KIND.items())
def test_cases__are_emptied_of_words_only_where_the_university_has_set_a_term(governed, kind, term):
    hall = governed(f"retention: {{{term}: 30}}")
    hall.me = hall.student("S1")
    at = hall.clock()
    values = {"reporter_id": hall.me.person_id, "trouble": "internet", "filed_at": at, "chain": []}
    [over, still] = add(
        hall,
        Case(
            number="X-1",
            origin=1,
            kind=kind,
            state="closed",
            ended_at=at,
            data={"text": TYPED, "grade": "B"},
            **values,
        ),
        Case(number="X-2", origin=2, kind=kind, state="taken", data={"text": TYPED}, **values),
    )
    add(
        hall,
        CaseEvent(case_id=over, at=at, action="note", detail={"text": TYPED}),
        Draft(person_id=hall.me.person_id, kind=kind, subject="1", data={"text": TYPED}, state="sent",
              begun_at=at, updated_at=at, case_id=over),
        CaseFile(case_id=over, role="note", name=TYPED, file_id=TYPED, state="kept", sha256="a" * 64,
                 added_at=at),
    )  # fmt: skip
    hall.clock.now = at + dt.timedelta(days=30)
    assert hall.do(retention.purge_cases) == 0
    hall.clock.now += SECOND
    assert hall.do(retention.purge_cases, dry_run=True) == 1
    assert hall.do(retention.purge_cases) == 1
    assert hall.do(retention.purge_cases) == 0
    found = {row["id"]: row for row in hall.sql(picture)["cases"]}
    assert (found[over]["number"], found[over]["data"]) == ("X-1", {"text": "", "grade": "B"})
    assert found[still]["data"] == {"text": TYPED}
    others = [rows for name, rows in hall.sql(picture).items() if name != "cases"]
    assert TYPED not in str(others)


def test_cases__stay_whole_where_no_source_says_how_long(aged):
    case = aged.do(cases.file, aged.me, "internet", aged.exam_id, aged.origin())
    aged.do(cases.add_note, aged.me, case.id, aged.origin(), text=TYPED)
    aged.sql(lambda uow: _end(uow, case.id, aged.clock()))
    aged.clock.now += dt.timedelta(days=36_500)
    assert aged.do(retention.purge_cases) == 0
    assert TYPED in str(aged.sql(picture)["case_events"])


def test_codes__that_were_used_open_nothing_though_nobody_knows_who_used_them(hall):
    hall.do(people.keep_secret, "11" * 32)
    hall.add_students(student("S1"))
    [invite] = hall.do(people.issue_invites, secret="11" * 32)
    hall.do(people.link, hall.do(people.meet, 5, "kk"), invite.code, hall.origin())
    hall.clock.now += days(hall, "invites_days")
    assert hall.do(retention.purge_codes) == 0
    hall.clock.now += SECOND
    assert hall.do(retention.purge_codes) == 1
    assert hall.do(retention.purge_codes) == 0
    assert [row["used_by"] for row in hall.sql(picture)["invites"]] == [None]
    with refused("code_used"):
        hall.do(people.link, hall.do(people.meet, 6, "kk"), invite.code, hall.origin())


def test_forms__of_before_moments_were_written_down_count_from_now_on(aged):
    add(aged, Conversation(key="1:5:5:", state="x", data={"text": TYPED}))
    assert aged.do(retention.purge_updates) == 0
    aged.clock.now += days(aged, "updates_days")
    assert aged.do(retention.purge_updates) == 0
    aged.clock.now += SECOND
    assert aged.do(retention.purge_updates) == 1


def test_reader__is_told_every_term_that_there_is(governed):
    hall = governed("retention: {cases_days: 30, appeals_days: 31, applications_days: 32, places_days: null}")
    told = hall.do(privacy.kept, hall.student("S1")).days
    assert {
        "cases": 30,
        "appeals": 31,
        "applications": 32,
        "drafts": 180,
        "audit": 1095,
    }.items() <= told.items()
    assert "places" not in told
    assert set(told) == set(privacy.TERMS) - {"places"}
