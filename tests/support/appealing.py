"""An appeal as far as a test needs it: published, drafted, submitted, called, sat, voted."""

from bot.exchange.rows import ResultRow
from bot.rules.vocabulary import ExamKind, Role
from bot.services import appeals, commissions, imports
from bot.services.files import Sent
from tests.exchange.test_exchange_files import pdf
from tests.support.clock import local
from tests.support.people import exam

PUBLISHED = local("2026-12-21 14:00")
CLOSES = local("2026-12-23 14:00")


def enrolled(hall):
    """An exam that is over, its student, examiner and commission; the clock stands at the publication."""
    return hall.scene("enrolled", lambda: _enrolled(hall))


def _enrolled(hall):
    hall.me = hall.student("S1")
    hall.other = hall.student("S2", language="ru")
    hall.examiner = hall.member("T1", Role.EXAMINER)
    hall.chair = hall.member("C1", Role.APPEAL_CHAIR)
    hall.second = hall.member("M1", Role.APPEAL_MEMBER)
    hall.third = hall.member("M2", Role.APPEAL_MEMBER, language="ru")
    hall.dean = hall.member("D1", Role.DEAN)
    hall.registrar = hall.member("R1", Role.REGISTRAR)
    hall.add_exams(exam("E1", local("2026-12-21 09:00"), kind=ExamKind.WRITTEN))
    hall.exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.clock.now = PUBLISHED
    hall.tick()
    hall.sent()
    return hall


def publish(hall, student_id=None, at=PUBLISHED, exam_id="E1"):
    return hall.do(imports.results, [ResultRow(2, exam_id, student_id, at)])


def begun(hall, me=None):
    publish(hall)
    return hall.do(appeals.begin, me or hall.me, hall.exam_id, hall.origin())


def whole(hall, me=None, content=None):
    """A draft that lacks nothing, its file fetched."""
    return hall.scene(("whole", me, content), lambda: _whole(hall, me or hall.me, content))


def _whole(hall, me, content):
    draft = begun(hall, me)
    hall.do(appeals.set_ground, me, draft.id, "grade")
    hall.do(appeals.add_text, me, draft.id, "Екінші сұрақтың жауабы дұрыс еді.", hall.origin())
    hall.wire.files["scan"] = content if content is not None else pdf()
    hall.do(appeals.add_file, me, draft.id, Sent("scan", "document", "өтініш.pdf"), hall.origin())
    hall.tick()
    hall.sent()
    return hall.do(appeals.review, me, draft.id)


def submitted(hall, me=None):
    return hall.scene(("submitted", me), lambda: _submitted(hall, me))


def _submitted(hall, me):
    draft = whole(hall, me)
    return hall.do(appeals.submit, me or hall.me, draft.id, draft.stamp, hall.origin())


def case_of(hall, case_id):
    return hall.sql(lambda uow: uow.cases.get(case_id))


def called(hall, at="2026-12-22 10:00"):
    return hall.scene(("called", at), lambda: _called(hall, at))


def _called(hall, at):
    case_id = submitted(hall)
    hall.do(commissions.call, hall.chair, case_id, local(at), hall.origin())
    return case_id


def sat(hall):
    return hall.scene("sat", lambda: _sat(hall))


def _sat(hall):
    case_id = called(hall)
    hall.clock.now = local("2026-12-22 10:00")
    hall.tick()
    hall.sent()
    return case_id


def granted(hall):
    return hall.scene("granted", lambda: _granted(hall))


def _granted(hall):
    case_id = sat(hall)
    for person, said in ((hall.second, "for"), (hall.third, "against"), (hall.chair, "for")):
        hall.do(commissions.vote, person, case_id, said, hall.origin())
    return case_id
