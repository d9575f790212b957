"""Whether the program does what it should: what `/readyz` answers and an administrator reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.rules.auditing import Trouble

LAG_LIMIT_SECONDS = 60


class Worry(StrEnum):
    """What may be wrong around the program."""

    TELEGRAM = "telegram"
    LOCALE = "locale"
    MACHINE = "machine"


SENTENCES: Mapping[Worry, str] = {
    Worry.TELEGRAM: "Telegram has not answered for {of} seconds",
    Worry.LOCALE: "the database's locale is {of}: Kazakh letters are not folded",
    Worry.MACHINE: "this machine is not heard of in the database",
}


@dataclass(frozen=True, slots=True)
class Around:
    """One such worry; `of`: how many seconds, which locale."""

    worry: Worry
    of: str = ""

    @property
    def sentence(self) -> str:
        """For an operator, in English."""
        return SENTENCES[self.worry].format(of=self.of)


@dataclass(frozen=True, slots=True)
class Health:
    """Lags: seconds the oldest update and the oldest message wait. `silent`: keepers that have stopped.

    `troubles`: reports that are not on their way. `unavailable`: why the database does not answer.
    """

    started: bool
    inbox_lag: float = 0.0
    outbox_lag: float = 0.0
    silent: tuple[str, ...] = ()
    troubles: tuple[tuple[Trouble, int], ...] = ()
    unavailable: str = ""
    more: tuple[Around, ...] = field(default=())

    @property
    def late(self) -> bool:
        """Whether updates or messages wait too long."""
        return max(self.inbox_lag, self.outbox_lag) > LAG_LIMIT_SECONDS

    @property
    def ready(self) -> bool:
        """Whether all is well."""
        wrong = self.silent or self.troubles or self.unavailable or self.late or self.more
        return self.started and not wrong

    def said(self) -> dict[str, Any]:
        """As `/readyz` says it, in sentences for an operator."""
        problems = [self.unavailable] if self.unavailable else []
        problems += [f"{count} reports: {trouble.sentence}" for trouble, count in self.troubles]
        problems += ["updates or messages are waiting too long"] if self.late else []
        problems += [f"keeper {name} is silent" for name in self.silent]
        return {
            "ready": self.ready,
            "problems": [*problems, *(one.sentence for one in self.more)],
            "inbox_lag_seconds": round(self.inbox_lag, 3),
            "outbox_lag_seconds": round(self.outbox_lag, 3),
        }
