"""Webhook delivery: retries with backoff, order within a chat, several chats at once."""

import asyncio
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from bot.sandbox.call import Call
from bot.sandbox.errors import ApiError, bad, too_many
from bot.sandbox.model import JsonDict
from bot.sandbox.tasks import Background
from bot.sandbox.updates import Update
from bot.sandbox.world import World

PORTS = frozenset((80, 88, 443, 8443))
LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
GONE_S = 23 * 3600
RETRY_AFTER_LIMIT = 3600
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_NEVER = frozenset(("deletewebhook", "setwebhook", "close", "logout"))
Runner = Callable[[str, JsonDict], None]


@dataclass(slots=True)
class _Lane:
    """Updates of one chat: only the first is tried, the others wait behind it."""

    fails: int = 0
    delay: float = 0.0
    ready_at: float = 0.0
    busy: bool = False


class Webhook:
    """The address updates are posted to, and the deliveries under way. Times are of the sandbox clock."""

    def __init__(self, world: World, background: Background, run: Runner) -> None:
        self._world = world
        self._background = background
        self._run = run
        self._news = asyncio.Event()
        self._session: ClientSession | None = None
        self._last_set = float("-inf")
        self._generation = 0
        self._clear()
        world.updates.on_new.append(self._news.set)

    def _clear(self) -> None:
        self.url = ""
        self._secret = ""
        self._max_connections = 40
        self._lanes: dict[int, _Lane] = {}
        self._gone_since: float | None = None
        self._error_date = 0
        self._error = ""
        self._generation += 1

    def wake(self) -> None:
        """Look at the lanes again: something came in, or the clock was moved."""
        self._news.set()

    def set(self, call: Call) -> None:
        """setWebhook, also with an empty url; 400 for an address or secret the server would refuse."""
        url = call.text("url")
        if not url:
            self.delete(call)
            return
        config = self._world.config
        now = config.monotonic()
        if now < self._last_set + config.webhook_interval_s:
            raise too_many(1)
        self._last_set = now
        secret = call.text("secret_token")
        check_address(url)
        if len(secret) > 256:
            raise bad("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        connections = call.integer("max_connections", 40, 1, 100)
        allowed = call.json("allowed_updates", "can't parse allowed_updates")
        self._world.updates.allow(allowed)
        same = (url, secret, connections) == (self.url, self._secret, self._max_connections)
        if same and not call.flag("drop_pending_updates"):
            return
        self._drop_pending(call)
        self._clear()
        self.url, self._secret, self._max_connections = url, secret, connections
        self._background.spawn(self._deliver(self._generation), "webhook delivery")

    def delete(self, call: Call) -> None:
        """deleteWebhook."""
        self._drop_pending(call)
        self._clear()
        self._news.set()

    def forget(self) -> None:
        """Back to no webhook."""
        self._clear()
        self._news.set()

    def _drop_pending(self, call: Call) -> None:
        if call.flag("drop_pending_updates"):
            self._world.updates.drop()

    def info(self) -> JsonDict:
        """getWebhookInfo."""
        result: JsonDict = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": self._world.updates.pending,
        }
        if self._error_date:
            result["last_error_date"] = self._error_date
            result["last_error_message"] = self._error
        if self.url:
            result["max_connections"] = self._max_connections
            result["ip_address"] = "127.0.0.1"
        if self._world.updates.allowed:
            result["allowed_updates"] = self._world.updates.allowed
        return result

    async def close(self) -> None:
        """Give the connections back."""
        self._clear()
        self._news.set()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _deliver(self, generation: int) -> None:
        while self._generation == generation:
            self._news.clear()
            pause = self._start_ready()
            try:
                async with asyncio.timeout(pause):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _start_ready(self) -> float | None:
        """Start what may start now; the seconds until something else may, None for "when told"."""
        now = self._world.clock.now()
        free = self._max_connections - sum(lane.busy for lane in self._lanes.values())
        heads: dict[int, Update] = {}
        for update in self._world.updates.waiting():
            heads.setdefault(update.chat_id, update)
        soonest: float | None = None
        for chat_id, update in heads.items():
            lane = self._lanes.setdefault(chat_id, _Lane())
            if lane.busy:
                continue
            if lane.ready_at > now:
                wait = lane.ready_at - now
                soonest = wait if soonest is None else min(soonest, wait)
            elif free > 0:
                free -= 1
                lane.busy = True
                self._background.spawn(self._post(update, lane, self._generation), "webhook post")
        return None if soonest is None else max(soonest, 0.005)

    async def _post(self, update: Update, lane: _Lane, generation: int) -> None:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._secret
        if self._session is None:
            timeout = ClientTimeout(total=self._world.config.webhook_timeout_s)
            self._session = ClientSession(timeout=timeout, connector=TCPConnector(limit=100))
        status, retry_after, body, problem = 0, 0, b"", ""
        try:
            async with self._session.post(
                self.url, data=update.raw.encode("utf-8", "surrogatepass"), headers=headers,
                allow_redirects=False,
            ) as answer:  # fmt: skip
                status = answer.status
                retry_after = _seconds(answer.headers.get("Retry-After", ""))
                body = await answer.read()
                if not 200 <= status <= 299:
                    problem = f"Wrong response from the webhook: {status} {answer.reason}"
        except (ClientError, OSError, TimeoutError) as error:
            problem = "Connection timed out" if isinstance(error, TimeoutError) else "Connection refused"
        if self._generation != generation:
            return
        lane.busy = False
        if problem:
            self._failed(update, lane, status, min(retry_after, RETRY_AFTER_LIMIT), problem)
        else:
            self._taken(update, lane, body)
        self._news.set()

    def _taken(self, update: Update, lane: _Lane, body: bytes) -> None:
        self._gone_since = None
        lane.fails, lane.delay, lane.ready_at = 0, 0.0, 0.0
        self._world.updates.confirm(update)
        try:
            answer = json.loads(body) if body.strip() else None
        except ValueError:
            return
        if not isinstance(answer, dict) or not isinstance(answer.get("method"), str):
            return
        method = answer.pop("method")
        if method.lower() not in _NEVER and not method.lower().startswith("get"):
            self._run(method, answer)

    def _failed(self, update: Update, lane: _Lane, status: int, retry_after: int, problem: str) -> None:
        now = self._world.clock.now()
        self._error_date, self._error = int(now), problem
        if status == 410:
            self._gone_since = now if self._gone_since is None else self._gone_since
            if now > self._gone_since + GONE_S:
                self._clear()
                return
        else:
            self._gone_since = None
        base = self._world.config.webhook_retry_s
        wait = float(retry_after)
        if retry_after == 0 and lane.fails > 0:
            longest = base * (60 + secrets.randbelow(61))
            lane.delay = min(longest, max(lane.delay, base) * 2)
            wait = lane.delay
        lane.fails += 1
        lane.ready_at = now + wait
        if lane.ready_at > update.expires_at:
            self._world.updates.confirm(update)
            lane.fails, lane.delay, lane.ready_at = 0, 0.0, 0.0


def _seconds(header: str) -> int:
    return int(header) if header.isdecimal() else 0


def check_address(url: str) -> None:
    """400 for an address the server would not use; plain http and any port are for this machine only."""
    problem: ApiError | None = None
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if parts.scheme not in ("http", "https") or not host:
        raise bad("invalid webhook URL specified")
    if host in LOOPBACK:
        return
    if parts.scheme == "http":
        problem = bad("bad webhook: An HTTPS URL must be provided for webhook")
    elif (port or 443) not in PORTS:
        problem = bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if problem is not None:
        raise problem
