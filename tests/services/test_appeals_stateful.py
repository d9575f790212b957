"""Whoever taps whatever whenever, however often: one appeal a result, an odd commission, no vote too few."""

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.errors import Refusal
from bot.rules.casework import OPEN
from bot.rules.vocabulary import ExamKind, Role
from bot.services import appealed, appeals, case_timers, commissions, outbox, people, seats, verdicts
from bot.storage.tables import Absence
from tests.support.appealing import PUBLISHED, publish
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam

STAFF = {
    "T1": (Role.EXAMINER, Role.APPEAL_MEMBER),
    "C1": (Role.APPEAL_CHAIR,),
    "M1": (Role.APPEAL_MEMBER,),
    "M2": (Role.APPEAL_MEMBER,),
    "M3": (Role.APPEAL_MEMBER,),
    "N1": (Role.PROCTOR,),
    "D1": (Role.DEAN,),
    "R1": (Role.REGISTRAR, Role.APPEAL_MEMBER),
}
BARRED = ("T1", "D1", "R1")
STUDENTS = ("S1", "S2")
WHO = st.sampled_from([*STAFF, *STUDENTS])
PICK = st.integers(0, 3)
VOTES = st.lists(st.sampled_from(["for", "against", ""]), min_size=len(STAFF), max_size=len(STAFF))
FOLLOWS = st.sampled_from([{}, {"grade": "85"}, {"new_date": local("2027-01-20 10:00")}])


class Appeals(RuleBasedStateMachine):
    """Random people, taps, clock, losses, absences and repetitions over one published result."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.hall = Hall(f"sqlite:///{self.folder / 'emtihan.db'}", profile="ministry")
        self.people = {name: self.hall.student(name) for name in STUDENTS}
        for ext_id, roles in STAFF.items():
            self.people[ext_id] = self.hall.member(ext_id, *roles)
        self.hall.add_exams(exam("E1", local("2026-12-21 09:00"), kind=ExamKind.WRITTEN))
        self.exam = self.hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
        self.hall.clock.now = PUBLISHED
        publish(self.hall)
        self.ids = []
        self.last = None
        self.submit("S1")

    def act(self, work, *args, **wishes):
        """Do it; a refusal is an answer. The same update may be handled again later."""
        self.last = (work, args, wishes)
        try:
            return self.hall.do(work, *args, **wishes)
        except Refusal:
            return None

    @rule(who=st.sampled_from(STUDENTS))
    def submit(self, who):
        draft = self.act(appeals.begin, self.people[who], self.exam, self.hall.origin())
        if draft is None:
            return
        me = self.people[who]
        self.hall.do(appeals.set_ground, me, draft.id, "grade")
        self.hall.do(appeals.add_text, me, draft.id, "себебі бар", self.hall.origin())
        draft = self.hall.do(appeals.review, me, draft.id)
        case_id = self.act(appeals.submit, me, draft.id, draft.stamp, self.hall.origin())
        if case_id is not None and case_id not in self.ids:
            self.ids.append(case_id)

    @rule(who=WHO, pick=PICK)
    def withdraw(self, who, pick):
        case = self.case(pick)
        if case is not None:
            self.act(appealed.withdraw, self.people[who], case.id, case.revision, self.hall.origin())

    @rule(who=WHO, pick=PICK, hours=st.sampled_from([0, 1, 20, 60]))
    def call(self, who, pick, hours):
        at = self.hall.clock() + dt.timedelta(hours=hours)
        self.on(pick, commissions.call, who, at)

    @rule(pick=PICK)
    def sit(self, pick):
        """Whoever leads calls the sitting, and its hour comes."""
        case = self.case(pick)
        chair = self.chair_of(case)
        if chair is None:
            return
        at = self.hall.clock() + dt.timedelta(minutes=30)
        self.act(commissions.call, chair, case.id, at, self.hall.origin())
        self.time_passes(1900)

    @rule(who=WHO, pick=PICK, said=st.sampled_from(["for", "against", "perhaps"]))
    def vote(self, who, pick, said):
        self.on(pick, commissions.vote, who, said)

    @rule(pick=PICK, said=st.sampled_from(["for", "against"]))
    def everybody_votes(self, pick, said):
        for who in STAFF:
            self.on(pick, commissions.vote, who, said)

    @rule(who=WHO, pick=PICK, follows=FOLLOWS)
    def decide(self, who, pick, follows):
        case = self.case(pick)
        if case is not None:
            origin = self.hall.origin()
            self.act(verdicts.decide, self.people[who], case.id, origin, reason="себебі", **follows)

    @rule(pick=PICK, votes=VOTES, follows=FOLLOWS)
    def hear(self, pick, votes, follows):
        """A whole sitting: called, its hour comes, some vote, whoever leads decides."""
        self.sit(pick)
        for who, said in zip(STAFF, votes, strict=True):
            if said:
                self.on(pick, commissions.vote, who, said)
        case, origin = self.case(pick), self.hall.origin()
        chair = self.chair_of(case)
        if chair is not None:
            self.act(verdicts.decide, chair, case.id, origin, reason="себебі", **follows)

    @rule(by=WHO, pick=PICK, out=st.lists(WHO, max_size=2), into=st.lists(WHO, max_size=2))
    def swap(self, by, pick, out, into):
        case = self.case(pick)
        if case is not None:
            wish = {
                "out": [self.people[w].person_id for w in out],
                "into": [self.people[w].person_id for w in into],
            }
            me, origin = self.people[by], self.hall.origin()
            self.act(seats.change, me, case.id, case.revision, origin, **wish)

    @rule(who=WHO, pick=PICK)
    def reseat(self, who, pick):
        self.on(pick, commissions.reseat, who)

    @rule(who=st.sampled_from(sorted(STAFF)), stands_in=st.sampled_from([None, *sorted(STAFF)]))
    def go_away(self, who, stands_in):
        now, person = self.hall.clock(), self.people[who].person_id
        other = self.people[stands_in].person_id if stands_in and stands_in != who else None
        until = now + dt.timedelta(hours=30)
        row = Absence(person_id=person, from_at=now, until_at=until, stands_in_id=other)
        self.hall.sql(lambda uow: uow.absences.add(row))

    @rule(who=WHO, blocked=st.booleans())
    def block(self, who, blocked):
        self.hall.do(people.set_blocked, self.people[who].user_id, blocked)

    @rule()
    def the_same_update_again(self):
        if self.last is not None:
            work, args, wishes = self.last
            self.act(work, *args, **wishes)

    @rule(seconds=st.sampled_from([1, 3600, 36_000, 200_000]))
    def time_passes(self, seconds):
        self.hall.clock.move(seconds=seconds)
        self.hall.tick()

    @rule()
    def timers_twice(self):
        self.hall.do(case_timers.fire)
        self.hall.do(case_timers.fire)

    @rule()
    def restart(self):
        self.hall.do(outbox.take_over)

    def chair_of(self, case):
        people = self.people.values()
        return next(
            (me for me in people if case is not None and me.person_id == case.data.get("chair")), None
        )

    def case(self, pick):
        if not self.ids:
            return None
        return self.hall.sql(lambda uow: uow.cases.get(self.ids[pick % len(self.ids)]))

    def on(self, pick, work, who, *args):
        if self.ids:
            self.act(work, self.people[who], self.ids[pick % len(self.ids)], *args, self.hall.origin())

    @invariant()
    def a_running_timer_or_an_end(self):
        for case, timers, events in self.rows():
            if case.state in OPEN:
                assert timers, f"{case.number} {case.stage}: nothing would happen next"
            else:
                assert not timers, f"{case.number} is over, yet {timers} run"
            actions = [event.action for event in events]
            assert actions.count("filed") == 1
            assert actions.count("decided") + actions.count("withdrawn") == (case.state not in OPEN)

    @invariant()
    def the_commission_is_as_the_rules_want_it(self):
        barred = {self.people[who].person_id for who in BARRED} if self.rows() else set()
        for case, _, _ in self.rows():
            chair = case.data.get("chair")
            seated = [*([chair] if chair else []), *case.data["members"]]
            assert len(set(seated)) == len(seated)
            assert not barred & set(seated)
            if not case.data["problem"]:
                assert len(seated) % 2 == 1
                assert len(seated) >= 3

    @invariant()
    def one_vote_each_and_no_decision_without_quorum(self):
        for case, _, _ in self.rows():
            seated = [case.data.get("chair"), *case.data["members"]]
            votes = case.data["votes"]
            assert set(map(int, votes)) <= set(seated)
            if case.state == "closed":
                said = list(votes.values())
                assert len(said) > len(seated) / 2
                assert dt.datetime.fromisoformat(case.data["sat_at"]) <= case.ended_at
                lead = said.count("for") - said.count("against")
                if lead:
                    assert case.outcome == ("granted" if lead > 0 else "refused")
                else:
                    assert (
                        votes[str(case.data.get("chair"))]
                        == {"granted": "for", "refused": "against"}[case.outcome]
                    )
                assert case.outcome == "refused" or case.data.get("grade") or case.data.get("at")

    @invariant()
    def no_second_appeal_for_the_same_result(self):
        standing = [case.reporter_id for case, _, _ in self.rows() if case.state != "withdrawn"]
        assert len(set(standing)) == len(standing)

    def rows(self):
        if not hasattr(self, "hall"):
            return []

        def look(uow):
            return [
                (case, uow.case_timers.pending(case.id), uow.cases.events(case.id))
                for case in uow.cases.all("appeal")
            ]

        return self.hall.sql(look)

    def teardown(self):
        if hasattr(self, "hall"):
            self.hall.__exit__(None, None, None)
            shutil.rmtree(self.folder)


TestAppeals = Appeals.TestCase
TestAppeals.settings = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
