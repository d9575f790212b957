"""What people type is text and nothing else: no SQL, no markup, no template, in any question the bot asks."""

import html
import json

import pytest
from sqlalchemy import select

from bot.rules import rights
from bot.rules.casework import Did
from bot.rules.decisions import Ruling, Verdict
from bot.rules.rights import STUDENT
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.sandbox.entities import caption_text, message_text
from bot.services import (
    act_cases,
    acts,
    applications,
    broadcasts,
    cases,
    commissions,
    conversations,
    day_reports,
    decisions,
    forms,
    helpdesk,
    sittings,
    tickets,
)
from bot.storage.tables import Base, CaseEvent, CaseFile
from handlers import COMMANDS, FORMS, TAPS
from tests.services.test_services_documents import docx_text
from tests.support.appealing import begun, enrolled, sat
from tests.support.clock import local
from tests.support.counter import TOKEN, Counter
from tests.support.people import exam, student

HOSTILE = "=1+1'; DROP TABLE people;-- <b>{0}</b> %s %(x)s &amp; {name!r} "
BARE = "<b>{0}"
SHOWN = html.escape(HOSTILE.strip(), quote=False)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Which database it is makes no difference to how a form reads words."""

READ = {
    "appeal_files", "appeal_next", "appeal_sitting", "application_date", "away_until", "away_who",
    "away_whom", "codes_group", "codes_one", "day_line", "figures", "happened", "mended_date", "move_exam",
    "news_group", "question", "role_person", "script_search", "seat", "sos_for", "time_for_all", "upload",
}  # fmt: skip
"""Questions whose words are read (a time, a number, a name to look for) and kept nowhere."""

DRAWN = {"sitting_failure"}
"""Words that stand in a document alone."""


class Town:
    """One hall in which every question can be open, and all that was said in it."""

    def __init__(self, hall, counter):
        self.hall, self.counter = hall, counter
        self.asked, self.said = {}, []

    def type(self, form, me, **data):
        """Somebody whom `form` asks types the hostile words; they name the form."""
        self.asked[form] = f"{HOSTILE}№{form}"
        self.hall.do(conversations.put, self.key(me), form, data)
        self.say(form, me, self.asked[form])

    def say(self, what, me, text):
        answers = self.counter.write(me.user_id, text)
        assert any(one.method.startswith(("send", "edit")) for one in answers), f"{what} got no answer"
        self.said += answers

    @staticmethod
    def key(me):
        return conversations.key(int(TOKEN.partition(":")[0]), me.user_id, me.user_id)

    def heard(self):
        """Texts and captions of every answer and every message that came by itself."""
        self.hall.tick()
        return [one.html for one in self.said if one.html] + [one.text for one in self.hall.sent()]


@pytest.fixture
def town(hall, monkeypatch):
    counter = Counter(enrolled(hall), monkeypatch)
    yield Town(hall, counter)
    counter.close()


def appeals_and_applications(town):
    """The clock stands at the sitting: 22 December, 10:00."""
    hall = town.hall
    case_id = sat(hall)
    town.type("seat", hall.chair, case=case_id, out=0, first=0)
    for person in (hall.second, hall.third, hall.chair):
        hall.do(commissions.vote, person, case_id, "against", hall.origin())
    said = hall.do(commissions.to_decide, hall.chair, case_id)
    town.type("appeal_reason", hall.chair, case=case_id, said=said)
    town.type("appeal_next", hall.chair, case=case_id, reason="r", origin=1)
    town.type("appeal_sitting", hall.chair, case=case_id)
    town.type("appeal_files", hall.me, case=case_id)
    town.type("mended_date", hall.chair, case=case_id)
    draft = begun(hall, hall.other)
    town.type("appeal", hall.other, draft=draft.id)
    hall.add_exams(exam("E3", local("2026-12-28 09:00"), kind=ExamKind.WRITTEN))
    ahead = hall.sql(lambda uow: uow.exams.by_ext()["E3"].id)
    draft = hall.do(forms.begin, hall.me, "postponement")
    hall.do(forms.choose, hall.me, draft.id, exam_id=ahead, reason="no_means")
    town.type("application", hall.me, draft=draft.id)
    view = hall.do(forms.draft_of, hall.me, draft.id)
    case_id = hall.do(applications.submit, hall.me, draft.id, view.stamp, hall.origin())
    town.type("application_date", hall.dean, case=case_id, words="w", origin=1, number="A")
    town.type("application_answer", hall.dean, case=case_id, outcome="refused")


def exam_day(town):
    """An exam that runs: a report, an act, the report of the day, a defence."""
    hall = town.hall
    proctor = hall.member("P1", Role.PROCTOR)
    hall.add_exams(exam("E2", local("2026-12-22 10:30"), kind=ExamKind.WRITTEN, proctor="P1"))
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E2"].id)
    town.type("move_exam", hall.dean, exam=exam_id, revision=1)
    hall.clock.now = local("2026-12-22 10:40")
    case = hall.do(cases.file, hall.me, "internet", exam_id, hall.origin())
    town.type("note", hall.me, case=case.id)
    town.type("happened", hall.me, case=case.id)
    town.type("sos_for", hall.dean)
    hall.do(decisions.decide, hall.examiner, case.id, hall.origin(), Ruling(Verdict.REFER))
    town.type("ruling", hall.dean, case=case.id, revision=None, verdict="refused")
    town.type("time_for_all", hall.dean, incident=1)
    draft = hall.do(acts.begin, proctor, "ayu_violation", exam_id, hall.origin())
    hall.do(acts.choose_student, proctor, draft.id, hall.person("S1").id)
    hall.do(acts.toggle_offence, proctor, draft.id, "device")
    town.type("act", proctor, draft=draft.id)
    stamp = hall.do(acts.draft_of, proctor, draft.id).stamp
    act = hall.do(act_cases.submit, proctor, draft.id, stamp, hall.origin())
    hall.do(act_cases.answer, hall.me, act, "disagree", hall.origin())
    town.type("act_words", hall.me, case=act)
    town.type("act_reason", hall.dean, case=act)
    hall.clock.now = local("2026-12-22 16:00")
    report = hall.do(day_reports.fill, proctor)
    town.type("day_line", proctor, case=report.id, exam=exam_id)
    town.type("day_remarks", proctor, case=report.id)
    report = hall.do(day_reports.fill, proctor)
    hall.do(day_reports.send, proctor, report.id, report.revision, hall.origin())
    town.type("day_again", proctor, case=report.id)


def defence(town):
    hall = town.hall
    secretary = hall.member("K1", Role.SECRETARY)
    hall.member("C2", Role.COMMISSION_CHAIR)
    hall.member("M3", Role.COMMISSION_MEMBER)
    kind = {"kind": ExamKind.THESIS_DEFENCE, "attestation": Attestation.FINAL, "examiners": ()}
    hall.add_exams(exam("E4", local("2026-12-23 10:00"), **kind))
    hall.clock.now = local("2026-12-23 10:05")
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E4"].id)
    case_id = hall.do(sittings.open_sitting, secretary, exam_id).id
    town.type("sitting_failure", secretary, case=case_id)


def desk_and_office(town):
    hall = town.hall
    admin = hall.member("A1", Role.ADMIN, faculty="", department="")
    helper = hall.member("V1", Role.VOLUNTEER)
    lead = hall.member("V2", Role.CALL_CENTER)
    hall.do(helpdesk.go_on_duty, helper)
    ticket = hall.do(tickets.open_own, hall.me, "", hall.origin())
    hall.do(helpdesk.claim, helper, ticket.id)
    town.type("desk_note", helper, tap="kl", ticket=ticket.id)
    town.type("script_search", lead)
    news = hall.do(broadcasts.draft, admin, "all", "", hall.origin())
    hall.do(broadcasts.write, admin, news.id, "ru", "Собрание")
    town.type("news_words", admin, news=news.id, language="kk")
    town.type("news_group", admin)
    for form in ("codes_group", "codes_one", "role_person"):
        town.type(form, admin)
    town.type("upload", admin, kind="students")
    for form in ("away_whom", "away_until", "away_who"):
        town.type(form, hall.dean, person=hall.examiner.person_id, until=1798761600)
    town.type("figures", hall.registrar)
    town.type("question", hall.me)


def everything(uow):
    """Every row of every table as text, letters as they are."""
    return "\n".join(
        json.dumps(list(row), default=str, ensure_ascii=False)
        for table in Base.metadata.sorted_tables
        for row in uow.session.execute(select(table))
    )


def drawn(hall):
    """The text of every document that was made."""
    made = hall.sql(lambda uow: [f.sha256 for f in uow.session.scalars(select(CaseFile)) if f.type == "docx"])
    return [docx_text(hall.office.files.read(sha256)) for sha256 in made]


def unescaped(said):
    """Where what somebody typed stands as markup, or what Telegram would refuse."""
    wrong = [text for text in said if BARE in text]
    for text in said:
        (message_text if len(text) > 1024 else caption_text)(text, "HTML", None)
    return wrong


@SQLITE
def test_forms__every_one_takes_hostile_words_as_text(town):
    for part in (appeals_and_applications, exam_day, defence, desk_and_office):
        part(town)
    assert set(town.asked) == set(FORMS), "a form that is new is opened here too"
    said, stored = town.heard(), "\n".join([town.hall.sql(everything), *drawn(town.hall)])
    kept = {form for form, text in town.asked.items() if text in stored}
    assert kept == set(FORMS) - READ, "what is typed there is kept as it was typed"
    shown = {form for form in kept if any(f"{SHOWN} №{form}" in text for text in said)}
    assert kept - shown == DRAWN
    assert unescaped(said) == []


@SQLITE
def test_commands__every_one_takes_hostile_arguments(town):
    hall = town.hall
    staff = hall.member("X1", *Role)
    for command in COMMANDS:
        for me in (hall.me, staff):
            hall.do(conversations.put, town.key(me), "", {})
            town.say(command, me, f"/{command} {HOSTILE}")
    assert unescaped(town.heard()) == []


@SQLITE
def test_names__of_the_registers_are_shown_as_they_are_whatever_is_tapped(town):
    """Every button, tapped by a student and by one who holds every role, in a hall of hostile names."""
    hall = town.hall
    hall.add_students(student("S1", full_name=f"{HOSTILE}1", group=f"{HOSTILE}3"))
    staff = hall.member("X1", *Role, full_name=f"{HOSTILE}2")
    changes = {"subject_kk": f"{HOSTILE}4", "subject_ru": f"{HOSTILE}5", "groups": (f"{HOSTILE}3",)}
    hall.add_exams(exam("E9", local("2026-12-21 14:30"), examiners=("X1", "T1"), proctor="X1", **changes))
    hall.clock.now = local("2026-12-21 14:40")
    number = hall.sql(lambda uow: uow.exams.by_ext()["E9"].id)
    case = hall.do(cases.file, hall.me, "internet", number, hall.origin())
    for route in TAPS:
        me = hall.me if STUDENT in rights.TAPS[route].who else staff
        town.said += town.counter.tap(me.user_id, f"{route}:{case.id if route[0] in 'cj' else number}:1")
    said = town.heard()
    assert unescaped(said) == []
    shown = {n for n in "1245" if any(f"{SHOWN} {n}" in text for text in said)}
    assert shown == {*"124"}, "a Kazakh hall shows both names and the subject"


@pytest.mark.parametrize("odd", ["a\0b", "a\ud83db", "a\x1b[2J\u202eb"])
def test_words__with_zero_bytes_or_half_letters_are_kept_on_every_database(faculty, monkeypatch, odd):
    """Telegram sends none; a server of one's own in its place might."""
    counter, me = Counter(faculty, monkeypatch), faculty.me
    try:
        case = faculty.do(cases.file, me, "internet", faculty.exam_id, faculty.origin())
        faculty.do(conversations.put, Town.key(me), "note", {"case": case.id})
        assert any(one.method == "sendMessage" for one in counter.write(me.user_id, odd))
        for form, data in (("question", {}), ("sos_for", {})):
            faculty.do(conversations.put, Town.key(me), form, data)
            assert any(one.method == "sendMessage" for one in counter.write(me.user_id, odd))
        assert any(one.method == "sendMessage" for one in counter.write(me.user_id, f"/start {odd}"))
        assert any(one.method == "sendMessage" for one in counter.tap(me.user_id, f"cj:{odd}"))
    finally:
        counter.close()
    with_this = select(CaseEvent.detail).where(CaseEvent.action == Did.NOTE.value)
    (detail,) = faculty.sql(lambda uow: list(uow.session.scalars(with_this)))
    assert detail["text"] == odd.replace("\0", "").replace("\ud83d", "?")
