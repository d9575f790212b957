"""The day before and half an hour before: whoever the bot cannot reach is named to whoever can reach them."""

from bot.rules.vocabulary import Role
from bot.services import cases, people
from bot.storage.tables import Absence
from bot.storage.unit import UnitOfWork
from tests.support.hall import Hall
from tests.support.people import exam, member, student
from tests.support.timelines import at, jump

CHAIN = (Role.METHODIST, Role.REGISTRAR, Role.DEPUTY_DEAN, Role.DEAN, Role.HEAD_OF_DEPARTMENT)
NOBODY = "Бот жаза алмайтын адамдар"


def staffed(hall: Hall) -> None:
    """Everybody of both chains is linked."""
    hall.do(people.keep_secret, "00" * 32)
    hall.do(people.remember_bot, "emtihan_bot")
    hall.examiner = hall.member("T1")
    hall.chain = {role: hall.member(f"C{n}", role) for n, role in enumerate(CHAIN)}


def lay(hall: Hall, moment: str = "2026-12-22 10:00", name: str = "E1", **changes: object) -> None:
    hall.add_exams(exam(name, at(moment), **changes))


def rehearse(hall: Hall) -> None:
    """Noon of the day before: the probes, then what came of them."""
    for moment in ("10:00", "11:50", "12:00"):
        jump(hall, moment)


def told(hall: Hall) -> dict[str, str]:
    """Texts of rehearsals since the last look, by reader."""
    return {str(message.user_id): message.text for message in hall.sent() if NOBODY in message.text}


def test_all_well__nobody_hears_anything(watched: Hall) -> None:
    staffed(watched)
    watched.student("S1")
    lay(watched)
    rehearse(watched)
    assert told(watched) == {}
    assert len(watched.wire.probed) == 7


def test_unlinked_student__named_to_examiner_and_methodist_at_noon_with_the_link(watched: Hall) -> None:
    staffed(watched)
    watched.student("S1")
    watched.add_students(student("S2"))
    lay(watched)
    jump(watched, "11:50")
    jump(watched, "11:59:55")
    assert told(watched) == {}
    jump(watched, "12:00:05")
    found = told(watched)
    assert found.keys() == {
        str(watched.examiner.user_id), str(watched.chain[Role.METHODIST].user_id)
    }  # fmt: skip
    text = found[str(watched.examiner.user_id)]
    assert "Студент S2: ботқа қосылмаған" in text
    assert "https://t.me/emtihan_bot?start=" in text
    assert "Студент S1" not in text


def test_link__is_the_one_that_was_issued(watched: Hall) -> None:
    staffed(watched)
    watched.add_students(student("S2"))
    issued = watched.do(people.issue_invites, secret="ff" * 32)
    code = next(invite.code for invite in issued if invite.ext_id == "S2")
    lay(watched)
    rehearse(watched)
    assert f"start={code}" in told(watched)[str(watched.examiner.user_id)]


def test_blocked_in_silence__is_found_by_the_probe(watched: Hall) -> None:
    staffed(watched)
    me = watched.student("S1")
    watched.wire.blocked.add(me.user_id)
    lay(watched)
    rehearse(watched)
    assert "Студент S1: ботты бұғаттаған" in told(watched)[str(watched.examiner.user_id)]


def test_many_exams__one_message_a_person(watched: Hall) -> None:
    staffed(watched)
    watched.add_students(student("S2"))
    for hour in (9, 11, 14):
        lay(watched, f"2026-12-22 {hour:02}:00", f"E{hour}")
    rehearse(watched)
    messages = [m for m in watched.sent() if NOBODY in m.text]
    assert len([m for m in messages if m.user_id == watched.examiner.user_id]) == 1
    assert messages[0].text.count("Студент S2: ") == 3


def test_chain__a_gap_goes_to_the_dean(watched: Hall) -> None:
    staffed(watched)
    watched.student("S1")
    watched.wire.blocked.add(watched.chain[Role.REGISTRAR].user_id)
    watched.add_staff(member("C9", Role.METHODIST))
    lay(watched)
    rehearse(watched)
    found = told(watched)
    assert found.keys() == {str(watched.chain[Role.DEAN].user_id)}
    text = found[str(watched.chain[Role.DEAN].user_id)]
    assert "Қызметкер C1: ботты бұғаттаған" in text
    assert "әдіскер, Қызметкер C9: ботқа қосылмаған" in text


def test_dean_unlinked__whoever_hears_when_nobody_can(watched: Hall) -> None:
    watched.do(people.keep_secret, "00" * 32)
    watched.member("T1")
    for number, role in enumerate(role for role in CHAIN if role is not Role.DEAN):
        watched.member(f"C{number}", role)
    admin = watched.member("A1", Role.ADMIN)
    watched.add_staff(member("D1", Role.DEAN))
    watched.student("S1")
    lay(watched)
    rehearse(watched)
    assert "декан, Қызметкер D1: ботқа қосылмаған" in told(watched)[str(admin.user_id)]


def test_half_an_hour_before__once_more_and_only_who_is_still_missing(watched: Hall) -> None:
    staffed(watched)
    watched.add_students(student("S1"), student("S2"))
    lay(watched)
    rehearse(watched)
    assert "Студент S2" in told(watched)[str(watched.examiner.user_id)]
    watched.join("S2")
    jump(watched, "2026-12-22 09:20:05")
    jump(watched, "2026-12-22 09:29:50")
    watched.sent()
    jump(watched, "2026-12-22 09:30:10")
    text = told(watched)[str(watched.examiner.user_id)]
    assert "Студент S1: ботқа қосылмаған" in text
    assert "Студент S2" not in text


def test_fresh__whoever_got_a_message_is_not_probed(watched: Hall) -> None:
    staffed(watched)
    me = watched.student("S1")
    lay(watched)
    jump(watched, "10:00")
    exam_id = watched.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    watched.do(cases.file, me, "internet", exam_id, watched.origin())
    rehearse(watched)
    assert watched.wire.probed.count(watched.examiner.user_id) == 0
    assert watched.wire.probed.count(watched.chain[Role.DEAN].user_id) == 1


def test_moved__the_new_time_is_rehearsed_anew(watched: Hall) -> None:
    staffed(watched)
    watched.add_students(student("S2"))
    lay(watched)
    rehearse(watched)
    told(watched)
    lay(watched, "2026-12-24 10:00")
    jump(watched, "2026-12-23 11:49")
    assert told(watched) == {}
    jump(watched, "2026-12-23 11:50")
    jump(watched, "2026-12-23 12:00")
    assert "Студент S2" in told(watched)[str(watched.examiner.user_id)]


def test_linked_in_the_meantime__the_message_is_not_sent(watched: Hall) -> None:
    staffed(watched)
    watched.add_students(student("S2"))
    lay(watched)
    jump(watched, "11:50")
    watched.join("S2")
    jump(watched, "12:00")
    assert told(watched) == {}


def test_asleep_at_noon__told_when_awake(watched: Hall) -> None:
    staffed(watched)
    watched.add_students(student("S2"))
    lay(watched)
    jump(watched, "15:00")
    assert told(watched) == {}
    jump(watched, "15:10")
    assert "Студент S2" in told(watched)[str(watched.examiner.user_id)]


def test_quiet_policy__nothing(hall: Hall) -> None:
    hall.member("T1")
    hall.add_students(student("S2"))
    lay(hall)
    rehearse(hall)
    assert told(hall) == {}
    assert hall.wire.probed == []


def test_away_without_a_substitute__the_dean_hears(watched: Hall) -> None:
    staffed(watched)
    watched.student("S1")
    lay(watched)
    gone, covered = watched.chain[Role.REGISTRAR], watched.chain[Role.METHODIST]

    def leave(uow: UnitOfWork) -> None:
        for me, other in ((gone, None), (covered, gone.person_id), (covered, watched.examiner.person_id)):
            uow.session.add(
                Absence(person_id=me.person_id, from_at=at("08:00"), until_at=at("20:00"), stands_in_id=other)
            )

    watched.sql(leave)
    rehearse(watched)
    text = told(watched)[str(watched.chain[Role.DEAN].user_id)]
    assert "Қызметкер C1: орнында жоқ" in text
    assert "Қызметкер C0" not in text


def test_laid_shortly_before__is_said_once(watched: Hall) -> None:
    staffed(watched)
    watched.add_students(student("S2"))
    jump(watched, "09:30")
    lay(watched, "10:00")
    texts = []
    for moment in ("09:30:05", "09:40", "09:45", "09:50", "09:55"):
        jump(watched, moment)
        heard = [m.text for m in watched.sent() if m.user_id == watched.examiner.user_id]
        texts += [text for text in heard if NOBODY in text]
    assert len(texts) == 1
    assert "10:00" in texts[0].splitlines()[0]


def test_laid_in_the_middle_of_a_day__what_is_over_is_nobodys_work(watched: Hall) -> None:
    staffed(watched)
    watched.add_students(student("S2"), student("S3", group="ИС-23-1"))
    lay(watched, "2026-12-21 08:00")
    lay(watched, "2026-12-21 18:00", "E2", groups=("ИС-23-1",))
    jump(watched, "12:00")
    watched.sent()
    for moment in ("12:00:05", "12:15"):
        jump(watched, moment)
    text = told(watched)[str(watched.examiner.user_id)]
    assert "Студент S3" in text
    assert "Студент S2" not in text
