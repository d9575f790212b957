"""Messages that come by themselves, rendered at the moment they go out."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from bot.rules import notes, walk
from bot.rules.exams import ExamBrief
from bot.rules.parcels import Parcel
from bot.rules.policy import Policy
from bot.rules.vocabulary import ExamKind
from bot.rules.walk import Algorithm
from bot.rules.warnings import OFFER, minutes_left
from bot.views import cases
from bot.views.screen import Button, Html, Screen, bold, lines, pack
from bot.views.speech import Speech
from bot.views.walks import clause, fill

SHOWN_NAMES = 30


class Notices:
    """Renders every kind of notice; an unknown kind is a programming error and raises `KeyError`."""

    def __init__(self, policy: Policy, algorithms: Mapping[str, Algorithm]) -> None:
        self._policy = policy
        self._algorithms = algorithms
        self._kinds: dict[str, Callable[[Speech, Parcel, dt.datetime], Screen]] = {
            "warning": self._warning,
            "step_due": self._step_due,
            "readiness": self._readiness,
            "exam_moved": self._moved,
            "missed": self._missed,
            "case_card": self._case_card,
            "case_note": self._case_note,
            "case_taken": self._case_taken,
            "case_taken_by_other": self._case_card,
            "case_escalated": self._case_status,
        }

    def render(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        """The screen of a notice as things stand now."""
        return self._kinds[parcel.kind](voice, parcel, now)

    def _warning(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        exam = _exam(parcel)
        rules = self._policy.kinds[ExamKind(exam.kind)]
        left = voice.n("warning.left", minutes_left(exam.span.end, now))
        text = lines(
            Html(f"⏰ <b>{left}</b>"),
            voice.t("warning.end", exam=exam.subject(voice.language), time=bold(voice.clock(exam.span.end))),
            self._upload_line(voice, exam, now),
            "",
            clause(rules.warnings_clause),
        )
        rows = []
        if parcel.walk_id:
            steps = Button(
                voice.label("button.steps"), pack("wo", parcel.walk_id, exam.id, None), style="primary"
            )
            rows.append([steps])
        rows.append([Button(voice.label("button.sos"), pack("sx", exam.id), style="danger")])
        return Screen(text, rows)

    def _upload_line(self, voice: Speech, exam: ExamBrief, now: dt.datetime) -> Html | None:
        upload = self._policy.kinds[ExamKind(exam.kind)].moments.get("upload")
        if upload is None or upload.anchor != "end":
            return None
        at = exam.span.at(upload)
        ahead = (at - now).total_seconds()
        if ahead > 60:
            return voice.t("warning.upload_by", time=bold(voice.clock(at)))
        return voice.t(
            "warning.upload_now" if ahead > -60 else "warning.upload_over", time=bold(voice.clock(at))
        )

    def _step_due(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        exam = _exam(parcel)
        algorithm = self._algorithms[parcel.walk_id] if parcel.walk_id else None
        moment = self._policy.kinds[ExamKind(exam.kind)].moments[parcel.rule.removeprefix(OFFER)]
        at = exam.span.at(moment)
        index = walk.bound_to(algorithm.steps, moment.id) if algorithm else None
        if algorithm is None or index is None:
            text = voice.t(
                f"due.{moment.id}", exam=exam.subject(voice.language), time=bold(voice.when(at, now))
            )
            return Screen(lines(text, "", clause(moment.clause)), [self._links(voice, exam)])
        step = algorithm.steps[index]
        words = voice.words.step(voice.language, step.id)
        text = lines(
            Html(f"⏰ <b>{voice.t('due.step', title=words.title)}</b>"),
            fill(words.at_exam, {"time": bold(voice.when(at, now))}),
            voice.t("due.exam", exam=exam.subject(voice.language)),
            "",
            clause(step.clause),
        )
        button = Button(
            voice.label("button.open_step"), pack("wo", algorithm.id, exam.id, index), style="primary"
        )
        return Screen(text, [[button]])

    def _readiness(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        exam = _exam(parcel)
        subject, time = bold(exam.subject(voice.language)), bold(voice.when(exam.span.start, now))
        begin = Button(voice.label("button.ready"), pack("rb", exam.id), style="primary")
        return Screen(voice.t("due.readiness", exam=subject, time=time), [[begin]])

    def _links(self, voice: Speech, exam: ExamBrief) -> Sequence[Button]:
        urls = (("meeting", exam.meeting_url), ("lms", exam.lms_url))
        return [Button(voice.label(f"button.open_{name}"), url=url) for name, url in urls if url]

    def _moved(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        exam = _exam(parcel)
        was = [dt.datetime.fromisoformat(moment) for moment in parcel.facts["was"]]
        text = lines(
            voice.t("moved.head", exam=bold(exam.subject(voice.language))),
            voice.t("moved.now", time=bold(voice.span(exam.span.start, exam.span.end, now))),
            voice.t("moved.was", time=voice.span(was[0], was[1], now)),
            voice.t("moved.reminders"),
        )
        return Screen(text, [[Button(voice.label("button.exams"), pack("ex", exam.id))]])

    def _missed(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        facts, exam = parcel.facts, _exam(parcel)
        listed = [
            voice.t("missed.line", name=name, reason=voice.t(f"missed.reason.{_reason(reason)}"))
            for name, reason in facts["missed"]
        ]
        text = lines(
            voice.t("missed.head", exam=bold(exam.subject(voice.language)), n=voice.number(facts["minutes"])),
            voice.t("missed.count", reached=facts["reached"], total=facts["total"]),
            *listed,
            voice.t("missed.more", n=facts["more"]) if facts["more"] else None,
            "",
            voice.t("missed.hint"),
        )
        return Screen(text)

    def _case_card(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        assert parcel.case is not None
        return cases.card(voice, parcel.case, now)

    def _case_note(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        assert parcel.case is not None
        part = notes.from_facts(parcel.facts)
        if part is None:
            return cases.card(voice, parcel.case, now)
        return cases.note(voice, parcel.case, part, dt.datetime.fromisoformat(parcel.facts["at"]), now)

    def _case_taken(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        case = parcel.case
        assert case is not None
        at = voice.when(case.taken_at or now, now)
        text = lines(
            voice.t("case.taken_news", number=bold(case.number), name=bold(case.holder), time=at),
            voice.t("case.taken_next"),
        )
        return Screen(text, [[Button(voice.label("button.add_note"), pack("cn", case.id))]])

    def _case_status(self, voice: Speech, parcel: Parcel, now: dt.datetime) -> Screen:
        assert parcel.case is not None
        screen = cases.status(voice, parcel.case, self._policy.phones, now)
        if parcel.case.nobody:
            return screen
        return Screen(lines(voice.t("case.escalated"), "", screen.text), screen.rows)


def _exam(parcel: Parcel) -> ExamBrief:
    assert parcel.exam is not None, f"a {parcel.kind} notice has an exam"
    return parcel.exam


def _reason(reason: str) -> str:
    return reason if reason in ("not_linked", "blocked") else "failed"
