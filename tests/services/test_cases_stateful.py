"""Whatever people tap, whenever timers fire, however often it happens twice: no report is left alone."""

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.errors import Refusal
from bot.rules.casework import OPEN, ORDER
from bot.rules.decisions import Ruling, Verdict
from bot.rules.vocabulary import Attestation, ExamKind, Role
from bot.services import absences, auditor, case_timers, cases, decisions, holding, outages, outbox, people
from tests.support.clock import local
from tests.support.hall import Hall
from tests.support.people import exam

NINE = local("2026-12-21 09:00")
STAFF = {
    "T1": Role.EXAMINER,
    "T2": Role.METHODIST,
    "T3": Role.REGISTRAR,
    "T4": Role.DEAN,
    "T5": Role.CALL_CENTER,
    "T6": Role.SECRETARY,
    "T7": Role.COMMISSION_CHAIR,
    "T8": Role.COMMISSION_MEMBER,
}
DECIDERS = {
    "readmitted": {"T1"},
    "same_day": {"T1"},
    "order": {"T4"},
    "refused": {"T4"},
    "solved": set(STAFF),
    "resumed": {"T6", "T7"},
    "stopped": {"T6", "T7"},
}
WHO = st.sampled_from([*STAFF, "S1", "S2"])
RULINGS = st.sampled_from(
    [
        Ruling(Verdict.READMITTED),
        Ruling(Verdict.SAME_DAY, at=local("2026-12-21 18:00")),
        Ruling(Verdict.REFER),
        Ruling(Verdict.ORDER, at=local("2026-12-28 10:00"), number="1"),
        Ruling(Verdict.REFUSED, reason="-"),
        Ruling(Verdict.SOLVED),
        Ruling(Verdict.STOPPED),
        Ruling(Verdict.RESUMED),
    ]
)
ORDERS = (
    Ruling(Verdict.ORDER, at=local("2026-12-28 10:00"), number="1"),
    Ruling(Verdict.REFUSED, reason="-"),
)
ADMISSIONS = (
    Ruling(Verdict.READMITTED),
    Ruling(Verdict.SAME_DAY, at=local("2026-12-21 18:00")),
    Ruling(Verdict.REFER),
)
CHAINS_OWN = {"case_card", "case_again", "case_remind", "case_lapsed"}


class Reports(RuleBasedStateMachine):
    """Random people, taps, timers, losses and repetitions over an exam of the session and a final one."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.hall = Hall(f"sqlite:///{self.folder / 'emtihan.db'}")
        self.people = {name: self.hall.student(name) for name in ("S1", "S2")}
        for ext_id, role in STAFF.items():
            self.people[ext_id] = self.hall.member(ext_id, role)
        final = {"kind": ExamKind.COMPLEX_EXAM, "attestation": Attestation.FINAL, "examiners": ()}
        self.hall.add_exams(exam("E1", NINE), exam("E2", NINE + dt.timedelta(minutes=10), **final))
        self.exams = self.hall.sql(lambda uow: {ext: row.id for ext, row in uow.exams.by_ext().items()})
        self.hall.clock.now = local("2026-12-21 09:30")
        self.ids = []
        self.last = None
        self.stood_in = {}
        self.report("S1", "internet", "E1")
        self.report("S2", "lms", "E2")

    def act(self, work, *args):
        """Do it; a refusal is an answer. The same update may be handled again later."""
        self.last = (work, args)
        try:
            return self.hall.do(work, *args)
        except Refusal:
            return None

    @rule(
        who=st.sampled_from(["S1", "S2", "T1"]),
        trouble=st.sampled_from(["internet", "lms", "device"]),
        about=st.sampled_from(["E1", "E2"]),
    )
    def file(self, who, trouble, about):
        self.report(who, trouble, about)

    def report(self, who, trouble, about):
        case = self.act(cases.file, self.people[who], trouble, self.exams[about], self.hall.origin())
        if case is not None and case.id not in self.ids:
            self.ids.append(case.id)

    @rule(who=WHO, pick=st.integers(0, 5), promise=st.sampled_from(["", "admit", "call"]))
    def take(self, who, pick, promise):
        self.on(pick, holding.take, who, promise)

    @rule(who=WHO, pick=st.integers(0, 5))
    def keep(self, who, pick):
        self.on(pick, holding.keep, who)

    @rule(who=WHO, pick=st.integers(0, 5))
    def give_back(self, who, pick):
        self.on(pick, holding.give_back, who)

    @rule(who=WHO, pick=st.integers(0, 5), step=st.integers(0, 6))
    def hand_over(self, who, pick, step):
        self.on(pick, holding.hand_over, who, step)

    @rule(who=WHO, pick=st.integers(0, 5))
    def take_over(self, who, pick):
        self.on(pick, holding.take_over, who)

    @rule(who=WHO, pick=st.integers(0, 5), ruling=RULINGS)
    def decide(self, who, pick, ruling):
        self.on(pick, decisions.decide, who, ruling)

    @rule(who=WHO, pick=st.integers(0, 5))
    def send_act(self, who, pick):
        self.on(pick, decisions.send_act, who, None)

    @rule(who=WHO, pick=st.integers(0, 5), step=st.integers(0, 6), to=st.sampled_from([*STAFF]))
    def hand_over_to_one(self, who, pick, step, to):
        self.on(pick, holding.hand_over, who, step, self.people[to].person_id)

    @rule(who=st.sampled_from([*STAFF]), stands_in=st.sampled_from([*STAFF, None]), by_dean=st.booleans())
    def leave(self, who, stands_in, by_dean):
        me = self.people["T4" if by_dean else who]
        until = self.hall.clock() + dt.timedelta(minutes=45)
        other = self.people[stands_in].person_id if stands_in else None
        if self.act(absences.declare, me, self.people[who].person_id, until, other) is not None:
            self.stood_in.setdefault(who, set()).add(stands_in)

    @rule(who=st.sampled_from([*STAFF]))
    def come_back(self, who):
        own = self.hall.do(absences.overview, self.people[who]).own
        if own is not None:
            self.act(absences.cancel, self.people[who], own.id)

    @rule(who=WHO, pick=st.integers(0, 5), minutes=st.integers(-5, 60))
    def happened(self, who, pick, minutes):
        self.on(pick, outages.happened, who, self.hall.clock() - dt.timedelta(minutes=minutes))

    @rule(who=WHO, pick=st.integers(0, 5))
    def apply(self, who, pick):
        self.on(pick, decisions.apply, who)

    @rule(who=WHO, pick=st.integers(0, 5))
    def withdraw(self, who, pick):
        self.on(pick, decisions.withdraw, who)

    @rule(who=WHO, pick=st.integers(0, 5), come_back=st.booleans())
    def clock(self, who, pick, come_back):
        self.on(pick, outages.back if come_back else outages.gone, who)

    @rule(pick=st.integers(0, 5), how=st.sampled_from(range(4)))
    def whoever_may_decides(self, pick, how):
        """Taps at random seldom find the one whose decision it is."""
        case = self.picked(pick)
        if case is None:
            return
        if case.exam_id == self.exams["E2"]:
            self.on(
                pick,
                decisions.decide,
                ("T6", "T7")[how % 2],
                Ruling((Verdict.RESUMED, Verdict.STOPPED)[how // 2]),
            )
        elif case.stage == ORDER:
            self.on(pick, decisions.apply, "S1")
            self.on(pick, decisions.decide, "T4", ORDERS[how % 2])
        else:
            self.on(pick, decisions.decide, "T1", ADMISSIONS[how % 3])

    @rule(pick=st.integers(0, 5), promise=st.sampled_from(["", "admit", "call"]))
    def somebody_told_takes_it(self, pick, promise):
        case = self.picked(pick)
        told = self.hall.sql(lambda uow: sorted(uow.cases.told(case))) if case is not None else []
        if told:
            self.on(pick, holding.take, self.name(told[0]), promise)

    @rule(pick=st.integers(0, 5))
    def the_holder_sends_the_act(self, pick):
        case = self.picked(pick)
        if case is not None and case.holder_id is not None:
            self.on(pick, decisions.send_act, self.name(case.holder_id), None)

    def picked(self, pick):
        if not self.ids:
            return None
        return self.hall.sql(lambda uow: uow.cases.get(self.ids[pick % len(self.ids)]))

    def name(self, person_id):
        return next(name for name, me in self.people.items() if me.person_id == person_id)

    def on(self, pick, work, who, *args):
        if self.ids:
            case = self.ids[pick % len(self.ids)]
            self.act(work, self.people[who], case, self.hall.origin(), *args)

    @rule()
    def the_same_update_again(self):
        if self.last is not None:
            self.act(*self.last[:1], *self.last[1])

    @rule(who=st.sampled_from([*STAFF, "S1"]), blocked=st.booleans())
    def block(self, who, blocked):
        self.hall.do(people.set_blocked, self.people[who].user_id, blocked)

    @rule(seconds=st.sampled_from([1, 60, 300, 900, 4000]))
    def time_passes(self, seconds):
        self.hall.clock.move(seconds=seconds)
        self.hall.tick()

    @rule()
    def nobody_answers(self):
        """The whole chain, then the rounds."""
        for _ in range(10):
            self.hall.clock.move(seconds=300)
            self.hall.do(case_timers.fire)
        self.hall.do(auditor.audit)

    @rule()
    def restart(self):
        self.hall.do(outbox.take_over)

    @invariant()
    def no_open_report_without_a_holder_or_a_running_timer(self):
        for case, timers, events in self.rows():
            if case.state in OPEN:
                assert timers, f"{case.number} {case.state}/{case.stage}: nothing would happen next"
            else:
                assert not timers, f"{case.number} is over, yet {timers} run"
            assert (case.state == "taken") == (case.holder_id is not None and case.state in OPEN)
            assert case.reporter_id not in {case.holder_id}
            raised = {e.detail["reason"] for e in events if e.action == "raised"}
            assert raised <= {"unheard", "case_late"}, f"{case.number}: the auditor had to mend {raised}"
            actions = [event.action for event in events]
            assert actions.count("filed") == 1
            assert sum(action in ("decided", "solved", "withdrawn") for action in actions) == (
                case.state not in OPEN
            )

    @invariant()
    def no_decision_by_the_wrong_role(self):
        ext = {me.person_id: name for name, me in getattr(self, "people", {}).items()}
        for case, _, _ in self.rows():
            if case.outcome:
                allowed = self.with_stand_ins(DECIDERS[case.outcome])
                assert ext[case.data["decided_by"]] in allowed, case.outcome

    @invariant()
    def at_a_final_attestation_the_secretary_hears_at_once_then_the_chair(self):
        for case, _, events in self.rows():
            if case.exam_id != self.exams["E2"]:
                continue
            assert [rung["role"] for rung in case.chain[:2]] == ["secretary", "commission_chair"]
            heard = [e for e in events if e.action in ("step_told", "step_skipped")]
            first = [e.detail["role"] for e in heard if e.at == case.filed_at]
            assert first[0] == "secretary"
            assert [role for role in first if role != "secretary"][:1] in ([], ["commission_chair"])

    def with_stand_ins(self, names):
        """These and whoever has stood in for them, or for those."""
        found, fresh = set(names), set(names)
        while fresh:
            fresh = {other for name in fresh for other in self.stood_in.get(name, ()) if other} - found
            found |= fresh
        return found

    @invariant()
    def no_question_after_the_end(self):
        if not hasattr(self, "hall"):
            return
        over = {case.number for case, _, _ in self.rows() if case.state not in OPEN}
        seen = getattr(self, "over", set())
        for message in self.hall.sent():
            data = " ".join(message.data)
            asked = "ct:" in data and message.edits is None
            assert not (asked and any(number in message.text for number in over & seen)), message.text
        self.over = over

    def rows(self):
        if not hasattr(self, "hall"):
            return []

        def look(uow):
            return [
                (case, uow.case_timers.pending(case.id), uow.cases.events(case.id))
                for case in uow.cases.all()
            ]

        return self.hall.sql(look)

    def teardown(self):
        for case, _, _ in self.rows():
            event(f"{case.state} {case.stage} {case.outcome}".strip())
        if hasattr(self, "hall"):
            self.hall.__exit__(None, None, None)
            shutil.rmtree(self.folder)


LONG = os.environ.get("EMTIHAN_WALKS", "")
"""`EXAMPLESxSTEPS` for a long run over walks never taken before; the short one takes the same each time."""

EXAMPLES, _, STEPS = (LONG or "12x20").partition("x")
TestReports = Reports.TestCase
TestReports.settings = settings(
    max_examples=int(EXAMPLES),
    stateful_step_count=int(STEPS),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not LONG,
)
