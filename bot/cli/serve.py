"""`run` and `demo`: the commands that serve."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import config, telegram_models, telemetry
from bot.errors import ConfigError

if TYPE_CHECKING:
    from bot.app import Application


def run() -> None:
    """Serve the bot: long polling, or the webhook when EMTIHAN_WEBHOOK_URL is set."""
    settings = config.load()
    if settings.token is None:
        raise ConfigError("EMTIHAN_TOKEN: is needed to serve the bot")
    telemetry.configure(settings.log)
    application = load_application()

    async def serve() -> None:
        await until_signalled(application(settings).serve())

    asyncio.run(serve())


def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page with the phones.")] = 8080,
    headless: Annotated[bool, typer.Option("--headless", help="Open no browser.")] = False,
) -> None:
    """Bot, local Bot API server and phones in the browser, with a sample university around this minute."""
    from bot.demo import Demo

    asyncio.run(until_signalled(Demo(port=port, headless=headless).serve(load_application)))


def load_application() -> type["Application"]:
    """Import what serves; it takes seconds, and less when nobody looks for garbage meanwhile."""
    gc.disable()
    try:
        telegram_models.postpone()
        from bot.app import Application
    finally:
        gc.freeze()
        gc.enable()
    return Application


async def until_signalled(serving: Coroutine[Any, Any, None]) -> None:
    """Serve until SIGINT or SIGTERM, then stop cleanly; a second signal ends at once."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(serving)
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, _stop, task, loop, name)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _stop(task: "asyncio.Future[None]", loop: asyncio.AbstractEventLoop, name: signal.Signals) -> None:
    loop.remove_signal_handler(name)
    task.cancel()
