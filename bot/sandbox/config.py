"""What a sandbox may be told at start. Units are in the names; None means "no limit"."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.clock import wall_clock

DEFAULT_TOKEN = "4200000000:AAE-sandbox-only-0123456789-abcdefg"  # noqa: S105 - opens nothing but a sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """Settings of one sandbox; the defaults are those of the real server where those are published."""

    token: str = DEFAULT_TOKEN
    bot_username: str = "emtihan_bot"
    bot_name: str = "Emtihan"
    timezone: str | None = None
    """Zone of the times the page shows, such as Asia/Almaty; None is the browser's own."""

    send_rate: int | None = None
    """Messages a sliding second over all chats; the next one gets 429."""
    paid_rate: int = 1000
    """The same for calls with `allow_paid_broadcast`; used only when `send_rate` is set."""
    per_chat_rate: float | None = None
    """Messages a second to one private chat, after `per_chat_burst` at once."""
    per_chat_burst: int = 3
    group_rate: int | None = 20
    """Messages a minute to one group."""

    callback_window_s: float = 30.0
    """How long a callback query waits for its answer (not published; 10 to 60 s are reported)."""
    update_ttl_s: float = 86_400.0
    """How long an undelivered update is kept, by the sandbox clock."""
    poll_window_s: float = 3.0
    """A repeated short poll is stretched to this, and repeated conflicts are delayed by it."""
    webhook_retry_s: float = 1.0
    """Base of the webhook backoff: at once, then twice this, doubling."""
    webhook_timeout_s: float = 60.0
    webhook_interval_s: float = 1.0
    """setWebhook more often than this gets 429."""

    upload_limit: int = 50 << 20
    photo_limit: int = 10 << 20
    download_limit: int = 20 << 20
    file_link_ttl_s: float = 3600.0

    heartbeat_s: float = 15.0
    """A comment line on idle event streams."""
    keep_calls: int = 50_000
    keep_events: int = 20_000

    clock: Callable[[], float] = wall_clock
    """Seconds since 1970; shiftable by the control API."""
    monotonic: Callable[[], float] = time.monotonic
    """Measures rates and poll windows; never shifted."""

    @property
    def bot_id(self) -> int:
        """The number in front of the token's colon."""
        return int(self.token.split(":", 1)[0])
