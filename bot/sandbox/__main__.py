"""`python -m bot.sandbox`: the sandbox alone, for a bot started elsewhere."""

import argparse
import asyncio
import contextlib
import signal
import sys

from bot.sandbox.config import DEFAULT_TOKEN, SandboxConfig
from bot.sandbox.server import Sandbox


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.sandbox", description="A local, strict Telegram Bot API server."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on; 0 takes a free one (8080)")
    parser.add_argument("--token", default=DEFAULT_TOKEN, help="the bot's token, like 123456:letters")
    parser.add_argument("--username", default=SandboxConfig().bot_username, help="the bot's username")
    parser.add_argument("--name", default=SandboxConfig().bot_name, help="the bot's name")
    parser.add_argument("--send-rate", type=int, default=None, help="messages a second before 429 (no limit)")
    parser.add_argument("--per-chat-rate", type=float, default=None, help="the same for one private chat")
    options = parser.parse_args(arguments)
    number, colon, rest = options.token.partition(":")
    if not (number.isdecimal() and int(number) > 0 and colon and rest):
        parser.error("a token is a number, a colon and letters, like 123456:abc")
    return options


async def serve(options: argparse.Namespace) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    sandbox = Sandbox(
        SandboxConfig(
            token=options.token,
            bot_username=options.username,
            bot_name=options.name,
            send_rate=options.send_rate,
            per_chat_rate=options.per_chat_rate,
        )
    )
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ended.set)
    url = await sandbox.start(options.host, options.port)
    sys.stdout.write(f"Sandbox: {url}  token: {options.token}\n")
    sys.stdout.flush()
    await ended.wait()
    await sandbox.stop()


def main() -> None:
    """Run; a taken port is one line, not a traceback."""
    options = parse()
    try:
        asyncio.run(serve(options))
    except OSError as error:
        raise SystemExit(f"cannot listen on {options.host}:{options.port}: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
