"""How the help desk does, for the call centre: figures, a spike, a chart."""

from collections.abc import Sequence

from bot.rules.charts import Chart, Row
from bot.rules.tickets import Frequency, Load, SpikeView
from bot.views.screen import Button, Screen, bold, lines, pack
from bot.views.speech import Speech


def figures(voice: Speech, load: Load) -> list[object]:
    """The last day in numbers; what troubles most, what nobody finds a fix for."""
    shown: list[object] = ["", bold(voice.t("load.day"))]
    shown.append(voice.t("load.counts", opened=load.opened, resolved=load.resolved))
    if load.first_reply is not None:
        shown.append(voice.t("load.first_reply", time=voice.duration(max(1, load.first_reply / 60))))
    if load.resolution is not None:
        shown.append(voice.t("load.resolution", time=voice.duration(max(1, load.resolution / 60))))
    if load.rating is not None:
        shown.append(voice.t("load.rating", rating=voice.number(round(load.rating, 1)), n=load.rated))
    shown += [
        voice.t("load.problem", title=title(voice, problem), n=count)
        for problem, count in load.problems.items()
        if problem in voice.trees.problems
    ]
    shown += [
        voice.t("load.spike", title=title(voice, spike.problem), n=spike.people)
        for spike in load.spikes
        if spike.problem in voice.trees.problems
    ]
    dead = [(problem, n) for problem, n in load.dead_ends if problem in voice.trees.problems]
    if dead:
        shown += ["", bold(voice.t("load.dead_ends"))]
        shown += [voice.t("load.dead_end", title=title(voice, problem), n=n) for problem, n in dead]
    return shown


def title(voice: Speech, problem: str) -> str:
    """A problem with its platform."""
    platform = voice.trees.title(voice.language, voice.trees.problems[problem].platform)
    return f"{platform}: {voice.trees.problem(voice.language, problem).title}"


def spike(voice: Speech, found: SpikeView) -> Screen:
    """Many at once: is it everybody's?"""
    known = found.problem in voice.trees.problems
    text = lines(
        bold(voice.t("spike.head", platform=voice.trees.title(voice.language, found.platform))),
        voice.t("spike.count", n=found.people, minutes=voice.minutes(found.minutes)),
        voice.t("spike.running", n=found.running) if found.running else None,
        voice.t("spike.problem", title=title(voice, found.problem)) if known else None,
        "",
        _standing(voice, found),
    )
    yes = Button(voice.label("button.spike_declare"), pack("sd", found.id), style="danger")
    no = Button(voice.label("button.spike_dismiss"), pack("sn", found.id))
    rows = [] if found.over or found.answered else [*([[yes]] if found.mass else []), [no]]
    return Screen(text, [*rows, [Button(voice.label("button.queue"), pack("menu", "queue"))]])


def _standing(voice: Speech, found: SpikeView) -> str:
    if found.incident:
        return voice.t("spike.declared", number=bold(found.incident))
    if found.over:
        return voice.t("spike.over")
    if found.answered:
        return voice.t("spike.dismissed")
    return voice.t("spike.propose" if found.mass else "spike.watch")


def chart(voice: Speech, found: Frequency) -> Chart:
    """What troubled most in the last day: platforms by hour, then problems."""
    platforms = [
        Row(voice.trees.title(voice.language, name), counts)
        for name, counts in found.platforms.items()
        if name in voice.trees.platforms
    ]
    problems = [
        Row(title(voice, name), (count,)) for name, count in found.problems if name in voice.trees.problems
    ]
    return Chart(
        voice.language,
        str(voice.label("chart.title")),
        str(voice.label("chart.total", n=found.total)),
        str(voice.label("chart.platforms")),
        tuple(f"{hour:02d}" for hour in found.hours),
        tuple(platforms),
        str(voice.label("chart.problems")),
        tuple(problems),
    )


def caption(voice: Speech, found: Frequency) -> Screen:
    """The words below the chart, for who cannot see it."""
    most: Sequence[tuple[str, int]] = found.problems[:3]
    said = [
        voice.t("load.problem", title=title(voice, name), n=count)
        for name, count in most
        if name in voice.trees.problems
    ]
    return Screen(lines(bold(voice.t("chart.title")), voice.t("chart.total", n=found.total), *said))
