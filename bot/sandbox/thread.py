"""A sandbox in a thread of its own, for a program whose main loop is busy or not there yet."""

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from bot.sandbox.config import SandboxConfig
from bot.sandbox.server import Sandbox

T = TypeVar("T")


class SandboxThread:
    """Starts a sandbox in a daemon thread: `with SandboxThread(config) as running: running.url`.

    Hooks such as `on_first_open` run in the thread's loop. Touch `sandbox.world` only through `ask`.
    """

    def __init__(self, config: SandboxConfig | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.sandbox = Sandbox(config)
        self.url = ""
        self._host = host
        self._port = port
        self._ready = threading.Event()
        self._end = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._main, name="sandbox", daemon=True)

    def start(self) -> str:
        """Listen and return the base URL; OSError when the port is taken."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self.url

    def stop(self) -> None:
        """Stop serving and wait for the thread."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
        if self._thread.ident is not None:
            self._thread.join()

    def ask(self, question: Callable[[Sandbox], T]) -> T:
        """Run `question` in the sandbox's loop and return its answer."""
        if self._loop is None:
            raise RuntimeError("the sandbox does not run")

        async def asked() -> T:
            return question(self.sandbox)

        return asyncio.run_coroutine_threadsafe(asked(), self._loop).result()

    def _main(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self.url = await self.sandbox.start(self._host, self._port)
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        await self._end.wait()
        await self.sandbox.stop()
        self._loop = None

    def __enter__(self) -> "SandboxThread":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
