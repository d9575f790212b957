"""Stories that a bot process lives through while it is killed between their steps, or within one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.support.life import Life

STUDENT, EXAMINER = 7001, 7002


@dataclass(frozen=True)
class Step:
    """What somebody does, and the words by which it is seen that all of it was heard: (reader, words)."""

    name: str
    act: Callable[[Life], object]
    heard: tuple[tuple[int, str], ...]

    def said(self, life: Life) -> list[int]:
        """How often each of the words can be read now."""
        return [life.says(reader, words) for reader, words in self.heard]

    def until_heard(self, life: Life, before: list[int]) -> None:
        """Wait for all of the words once more than before."""
        life.until(
            lambda: all(now > then for now, then in zip(self.said(life), before, strict=True)), self.name
        )


def tap(user_id: int, label: str, beneath: str = "") -> Callable[[Life], object]:
    """Press the newest button of this label; an answer given twice has two, so `beneath` tells which text."""

    def press(life: Life) -> None:
        messages = life.ask(lambda box: box.world.transcript(user_id))
        meant = [message for message in messages if beneath in str(message.get("text") or "")]
        with_button = [message for message in meant if label in str(message.get("keyboard"))]
        life.act(user_id, "tap", label=label, message_id=with_button[-1]["message_id"])

    return press


def say(user_id: int, text: str) -> Callable[[Life], object]:
    return lambda life: life.act(user_id, "send", text=text)


def killed_while_away(life: Life, story: Sequence[Step]) -> None:
    """Whatever is done while the bot is dead is answered when it lives again."""
    for step in story:
        before = step.said(life)
        step.act(life)
        life.start()
        step.until_heard(life, before)
        life.kill()
    life.start()


def killed_in_the_middle(life: Life, story: Sequence[Step]) -> None:
    """The bot dies with each answer on the way: stored or not, sent or not."""
    life.start()
    for step in story:
        before = step.said(life)
        life.hold(step.heard[0][0])
        step.act(life)
        life.until(life.held, f"the answer to {step.name}")
        life.kill()
        life.release()
        life.start()
        step.until_heard(life, before)
