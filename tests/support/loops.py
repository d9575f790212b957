"""An event loop whose time is skipped instead of waited for: hours of timers in an instant."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Skipping(selectors.DefaultSelector):
    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise AssertionError("everything waits, and for nothing that could come")
        ready = super().select(0)
        if not ready:
            self.loop.skip(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time` stands still while code runs and jumps to the next timer when all of it waits. No threads."""

    def __init__(self) -> None:
        self._virtual = 1000.0
        selector = _Skipping()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self._virtual

    def skip(self, seconds: float) -> None:
        """What a busy machine does: time passes and nothing runs."""
        self._virtual += seconds


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
