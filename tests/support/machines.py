"""Several nodes on one database: one is killed, frozen or cut off, and comes back; the others go on."""

import contextlib
import os
import signal
import time
from pathlib import Path

from bot.services import nodes
from bot.storage.tables import Node
from tests.support.kills import FIRST_OF_CROWD, LOST_AFTER, Kills, Reckoning, in_flight
from tests.support.network import Network, Relay, socket_of, through
from tests.support.zygote import PLACE, Zygote

FROZEN_SECONDS = nodes.SILENT.total_seconds() + 3


class Machines(Kills):
    """The same people; instead of dying together, nodes die and freeze one by one."""

    def __init__(self, folder: Path, zygote: Zygote, url: str, seed: int, how_many: int = 3) -> None:
        super().__init__(folder, zygote, url, seed)
        self.life.settings["EMTIHAN_CLUSTER"] = "1"
        self._folder = folder
        self._count = how_many
        self._born = 0
        self._nodes: list[int] = []
        self.frozen = 0

    def _heard(self) -> str:
        return "\n".join(log.read_text("utf-8")[-2000:] for log in sorted(self._folder.glob("node*.log")))

    def close(self) -> None:
        for node in self._nodes:
            self.life.end(node)
        super().close()

    def _start(self) -> None:
        while len(self._nodes) < self._count:
            self._nodes.append(self.life.fork("run", log=self._folder / f"node{self._born}.log"))
            self._born += 1

    def run(self, kills: int) -> Reckoning:
        """So many nodes are killed and as many frozen, turn about, while people go on."""
        began = time.monotonic()
        self.enrol()
        self._start()
        self.life.until(lambda: self.life.count(Node) == self._count, "every node")
        for _ in range(kills):
            self._wave()
            self._busy(self._rng.uniform(0.5, 1.5))
            self._kill_one()
            self._busy(self._rng.uniform(0.5, 1.5))
            self._wave()
            self._freeze_one()
            self._start()
        self._wind_up()
        done = self._reckon()
        done.figures |= {"frozen": self.frozen, "seconds": round(time.monotonic() - began)}
        return done

    def _busy(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._go_on()
            self._occupy()
            time.sleep(0.02)

    def _kill_one(self) -> None:
        node = self._nodes.pop(self._rng.randrange(len(self._nodes)))
        self.life.end(node)
        self._flights.update(self.life.sql(in_flight))
        self.killed += 1

    def _freeze_one(self) -> None:
        node = self._rng.choice(self._nodes)
        os.kill(node, signal.SIGSTOP)
        self._flights.update(self.life.sql(in_flight))
        self._busy(FROZEN_SECONDS)
        os.kill(node, signal.SIGCONT)
        self.frozen += 1


class Cabled(Machines):
    """The same people; each node lives at the end of a network cable, and one cable is pulled for a while."""

    def __init__(self, folder: Path, zygote: Zygote, url: str, seed: int, network: Network) -> None:
        super().__init__(folder, zygote, url, seed)
        self._network = network
        self._lines = contextlib.ExitStack()
        self._places = [network.place() for _ in range(self._count)]
        self.taken_over_in = 0.0

    def close(self) -> None:
        super().close()
        self._lines.close()

    def _start(self) -> None:
        """A node in each place: the database and Telegram are beyond its cable."""
        host, url = self._network.address, self.life.settings["EMTIHAN_DATABASE_URL"]
        api = int(self.life.sandbox.url.rpartition(":")[2])
        database = self._lines.enter_context(Relay(socket_of(url), host))
        telegram = self._lines.enter_context(Relay(("127.0.0.1", api), host))
        over_there = {
            "EMTIHAN_DATABASE_URL": through(url, host, database.port),
            "EMTIHAN_API_URL": f"http://{host}:{telegram.port}",
        }
        for number, place in enumerate(self._places):
            log = self._folder / f"node{number}.log"
            self._nodes.append(self.life.fork("run", log=log, **over_there, **{PLACE: place}))

    def run(self, cuts: int) -> Reckoning:
        """So many times a cable is pulled in the middle of the work and put in again."""
        began = time.monotonic()
        self.enrol()
        self._start()
        self.life.until(lambda: self.life.count(Node) == self._count, "every node")
        for _ in range(cuts):
            self._wave()
            self._busy(self._rng.uniform(1, 2))
            self._cut_one()
        self._wind_up()
        self.life.until(lambda: self.life.count(Node) == self._count, "every node again")
        done = self._reckon()
        done.figures |= {"cuts": cuts, "seconds": round(time.monotonic() - began)}
        return done

    def _cut_one(self) -> None:
        """A wave comes while one is cut off: the others carry it, and what the lost one had begun."""
        lost = self._rng.randrange(self._count)
        known = self._known()
        self._network.pull(self._places[lost])
        cut_at = time.monotonic()
        self._flights.update(self.life.sql(in_flight))
        self._wave()
        while not known - self._known():
            self._busy(0.1)
        self.taken_over_in = max(self.taken_over_in, time.monotonic() - cut_at)
        self._busy(max(0.0, cut_at + FROZEN_SECONDS - time.monotonic()))
        while not self.life.says(FIRST_OF_CROWD, self._waves[-1]):
            assert time.monotonic() < cut_at + LOST_AFTER, f"nobody took over: {self._heard()}"
            self._busy(0.1)
        self._network.plug(self._places[lost])

    def _known(self) -> set[int]:
        return set(self.life.sql(lambda uow: [row[0] for row in uow.session.query(Node.id)]))
