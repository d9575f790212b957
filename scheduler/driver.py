"""The port of what drives the program by itself: one machine (`engine`) or several (`cluster`)."""

from typing import Protocol


class Driver(Protocol):
    """Wakes keepers, and among several machines hands out updates. The rows decide what is done."""

    async def run(self) -> None:
        """Drive until cancelled."""

    def stop(self) -> None:
        """Begin nothing more; what runs goes on to its end."""

    def wake(self) -> None:
        """There is something new in the inbox."""
