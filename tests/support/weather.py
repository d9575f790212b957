"""Bad weather: people use the bot while Telegram, the database and the disk fail; nobody kills it."""

import resource
import time
from collections import Counter
from pathlib import Path

from tests.support.databases import Postgres
from tests.support.kills import Kills, Reckoning
from tests.support.network import Relay, socket_of, through
from tests.support.zygote import Zygote

SPOILT = ("reset_after", "drop_answer", "wrong_json", "slow_body")
"""The call was carried out, its answer is lost: whoever sent it cannot know."""

REFUSED = ("429", "500", "502_html", "reset_before")
METHODS = ("sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates", "getFile", "*")
SLOW_SECONDS = 2.0
GONE_SECONDS = 2.0


class Weather(Kills):
    """One long life with storms. On PostgreSQL the bot reaches its server over a line that can be cut."""

    def __init__(self, folder: Path, zygote: Zygote, postgres: Postgres, url: str, seed: int) -> None:
        super().__init__(folder, zygote, url, seed)
        self._postgres = postgres
        self._line = Relay(socket_of(url)) if url else None
        if self._line is not None:
            self._line.__enter__()
            self.life.settings["EMTIHAN_DATABASE_URL"] = through(url, "127.0.0.1", self._line.port)
        self._storms: Counter[str] = Counter()

    def close(self) -> None:
        super().close()
        if self._line is not None:
            self._line.__exit__(None, None, None)

    def run(self, storms: int) -> Reckoning:
        """So many storms of each kind, then fair weather until everything has come to its end."""
        began = time.monotonic()
        self.enrol()
        self.life.start()
        self.life.until(self._polls, "the bot")
        kinds = [self._telegram, *((self._cut, self._restart) if self._line else (self._full,))]
        course = kinds * storms
        self._rng.shuffle(course)
        for storm in course:
            self._wave()
            self._busy(self._rng.uniform(0.5, 1.5))
            storm()
            self._storms[storm.__name__.strip("_")] += 1
        self.life.ask(lambda box: box.world.faults.clear())
        self._wind_up()
        assert self.life.alive, self._heard()
        self._flights.update(self._spoilt())
        done = self._reckon()
        spoilt = self._calls_with(SPOILT)
        done.figures |= {
            **{f"storms: {name}": count for name, count in sorted(self._storms.items())},
            "calls refused or broken off": len(self._calls_with(REFUSED)),
            "answers lost after the work": len(spoilt),
            "seconds": round(time.monotonic() - began),
        }
        return done

    def _polls(self) -> bool:
        return any(self.life.ask(lambda box: box.world.calls.after(0, "getUpdates")))

    def _busy(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.life.alive, f"the bot ended by itself: {self._heard()}"
            self._go_on()
            self._occupy()
            time.sleep(0.02)

    def _telegram(self) -> None:
        """A handful of calls go wrong, each in its way."""
        wishes = []
        for _ in range(self._rng.randint(4, 10)):
            kind = self._rng.choice([*SPOILT, *REFUSED])
            method = self._rng.choice(METHODS)
            wishes.append({"kind": kind, "method": method, "seconds": SLOW_SECONDS, "retry_after": 1})
        self.life.ask(lambda box: [box.world.faults.add(wish) for wish in wishes])
        self._busy(self._rng.uniform(1, 2))

    def _cut(self) -> None:
        """Every connection of the bot to its database breaks, twice, once with nobody let in for a while."""
        assert self._line is not None
        self._line.cut()
        self._busy(self._rng.uniform(0.2, 0.6))
        self._line.cut(closed=True)
        self._busy(self._rng.uniform(0.5, GONE_SECONDS))
        self._line.open()
        self._busy(0.5)

    def _restart(self) -> None:
        """The database's server stops and starts again."""
        self._postgres.restart()
        self._busy(0.5)

    def _full(self) -> None:
        """No file of the bot may grow for a while: neither the database nor what people send."""
        number = self.life.number
        _, hard = resource.prlimit(number, resource.RLIMIT_FSIZE)
        resource.prlimit(number, resource.RLIMIT_FSIZE, (1, hard))
        self._busy(self._rng.uniform(0.5, GONE_SECONDS))
        resource.prlimit(number, resource.RLIMIT_FSIZE, (hard, hard))
        self._busy(0.5)

    def _calls_with(self, faults: tuple[str, ...]) -> list[str]:
        """Chats of the calls that went wrong in these ways."""
        calls = self.life.ask(lambda box: box.world.calls.after(0))
        return [str(call["params"].get("chat_id", "")) for call in calls if call["fault"] in faults]

    def _spoilt(self) -> Counter[int]:
        """By chat: messages whose answer was lost, which are sent again."""
        return Counter(int(chat) for chat in self._calls_with(SPOILT) if chat.lstrip("-").isdigit())
