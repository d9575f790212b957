"""The port of what drives the program by itself: one machine (`engine`) or several (`cluster`)."""

from typing import Protocol


class Driver(Protocol):
    """Wakes keepers, each once a period among all machines. The rows decide what is done."""

    async def run(self) -> None:
        """Drive until cancelled."""

    def stop(self) -> None:
        """Begin nothing more; what runs goes on to its end."""
