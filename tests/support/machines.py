"""Several nodes on one database: one is killed, one is frozen and wakes; the others go on."""

import os
import signal
import time
from pathlib import Path

from bot.services import nodes
from bot.storage.tables import Node
from tests.support.kills import Kills, Reckoning, in_flight
from tests.support.zygote import Zygote

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
