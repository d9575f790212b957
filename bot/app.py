"""The only place that knows what is real: builds everything, starts it and stops it."""

import asyncio
import contextlib
import gc
import itertools
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from bot import telegram_models, wiring
from bot.clock import Clock, monotonic, system_clock
from bot.config import PAID_RATE, Settings
from bot.delivery.answers import Answers
from bot.delivery.pace import Pace
from bot.delivery.roll import Roll
from bot.delivery.sender import Sender, chats_of
from bot.delivery.shared import SharedPace
from bot.dialogue.enquiries import Enquiries
from bot.errors import ConfigError, ContentError
from bot.intake.apology import Apology
from bot.intake.fetcher import Fetcher
from bot.intake.letterbox import Letterbox
from bot.intake.membership import Membership
from bot.intake.poller import ALLOWED, Poller
from bot.intake.sharing import Sharing
from bot.intake.worker import Means, Worker
from bot.rules.auditing import Trouble
from bot.rules.health import Around, Health, Worry
from bot.services import administration, belonging, board, nodes, outbox, people, timers
from bot.storage import schema
from bot.storage.engine import Unavailable
from bot.telemetry import Metrics, log
from bot.views.commands import command_list
from bot.views.notices import Notices
from bot.web import mini_app
from bot.web.board import BoardSite
from bot.web.server import Server
from bot.wire import ApiRefused, ApiUnreachable, Wire
from handlers import build_router
from scheduler.driver import Driver
from scheduler.duties import keepers
from scheduler.engine import Engine
from scheduler.keeper import Keeper, Watch

STOP_SECONDS = 5
DATABASE_PAUSES = (0.5, 1.0, 2.0, 5.0)
"""Between tries to start while the database is away."""

READ_RULES_AFTER_SECONDS = 1

TELEGRAM_LIMIT_SECONDS = 30
SILENT_LIMIT_SECONDS = 120
FOLDS_NOTHING = ("C", "POSIX")
"""Locales of PostgreSQL in which Kazakh letters have no capitals."""

WEBHOOK_PATH = "/telegram"
EARLY = (Update,)
"""Models of aiogram's that any update needs; the others are built when one does."""


def settle() -> None:
    """What is there by now stays: the garbage collector looks through it once more, and never again."""
    gc.collect()
    gc.freeze()


@dataclass
class Parts:
    """The running program's pieces, for whoever starts it."""

    wire: Wire
    speaking: Wire
    dispatcher: Dispatcher
    sender: Sender
    worker: Worker
    fetcher: Fetcher
    roll: Roll
    watch: Watch
    driver: Driver
    server: Server
    paces: tuple[Pace, ...]
    membership: Membership | None
    """Where there are several machines."""


class Application:
    """The bot as a whole. `serve` runs until it is cancelled, then finishes what it holds."""

    def __init__(self, settings: Settings, clock: Clock = system_clock) -> None:
        if settings.token is None:
            raise ConfigError("EMTIHAN_TOKEN: is needed to serve the bot")
        self.settings = settings
        self._token = settings.token.get_secret_value()
        self._bot_id = int(self._token.partition(":")[0])
        self.base = wiring.build(settings, clock)
        self.metrics = Metrics()
        self.ready = asyncio.Event()
        self._place = self._away = ""
        self._locale = schema.locale_of(self.base.database.engine)
        self.enquiries = Enquiries(self.base.content, self.metrics)
        self.parts = self._build()
        self.base.desk.health = self.health

    def _build(self) -> Parts:
        base, settings = self.base, self.settings
        office = base.desk.office
        wire = Wire(settings.api_url, self._token)
        speaking = Wire(settings.api_url, self._token, pulse=wire.pulse)
        bot = Bot(self._token)
        membership = Membership(base.desk) if settings.cluster else None
        trusted = membership.trusted if membership else lambda: True
        pace = self._pace("free", settings.send_rate)
        chats = chats_of(office.policy.delivery, pace, membership.living if membership else lambda: 1)
        answers = Answers(speaking, pace, chats, trusted)
        notices = Notices(office.policy, office.algorithms)
        paid = self._pace("paid", PAID_RATE) if settings.paid_broadcast else None
        rate, metrics = settings.send_rate, self.metrics
        sender = Sender(base.desk, wire, notices, base.voices, pace, metrics, rate, paid, chats, trusted)
        dispatcher = Dispatcher(
            disable_fsm=True,
            line=answers,
            desk=base.desk,
            voices=base.voices,
            enquiries=self.enquiries,
        )
        dispatcher.include_router(build_router())
        apology = Apology(base.desk, base.voices, answers)
        letterbox = Letterbox(base.desk, self._bot_id)
        means = Means(base.desk, dispatcher, bot, self.metrics, apology, sender.wake, letterbox.hold_back)
        worker = Sharing(means, trusted) if membership else Worker(means)
        fetcher = Fetcher(base.desk, wire, pace.turn, settings.clamd)
        roll = Roll(base.desk, wire, pace, self._bot_id)
        watch = Watch(base.desk.clock, self.metrics, sender.wake)
        driver = self._driver(keepers(base.desk, (paid or pace).per_second), watch)
        server = Server(self.metrics, self.readiness)
        if settings.webhook_url and settings.webhook_secret:
            path = urlparse(settings.webhook_url).path or WEBHOOK_PATH
            secret = settings.webhook_secret.get_secret_value()
            server.accept_updates(path, letterbox.put, secret, worker.wake)
        secure = settings.board_url.startswith("https://")
        BoardSite(base.desk, base.voices, mini_app.checker(self._token), secure=secure).mount(server.app)
        paces = (pace, paid) if paid else (pace,)
        return Parts(
            wire,
            speaking,
            dispatcher,
            sender,
            worker,
            fetcher,
            roll,
            watch,
            driver,
            server,
            paces,
            membership,
        )

    def _pace(self, name: str, rate: float) -> Pace:
        margin = self.base.desk.office.policy.delivery.margin_percent
        if not self.settings.cluster:
            return Pace(rate, margin, monotonic)
        row = f"{self._bot_id}:{name}"

        async def draw(moments: int, gap: float) -> float:
            return await self.base.desk.do(nodes.draw, row, moments, gap)

        async def hold(seconds: float) -> None:
            await self.base.desk.do(nodes.pause, row, seconds)

        return SharedPace(rate, margin, monotonic, draw, hold)

    def _driver(self, duties: Sequence[Keeper], watch: Watch) -> Driver:
        if not self.settings.cluster:
            return Engine(duties, watch)
        from scheduler.cluster import Cluster  # needs a PostgreSQL that most installations do not have

        url = self.settings.database_url.get_secret_value()
        return Cluster(url, self.base.desk, duties, watch)

    async def serve(self) -> None:
        """Open the health port, take over what a dead process left, then serve until cancelled."""
        parts = self.parts
        host, port = self.settings.listen
        try:
            self._place = await parts.server.start(host, port)
        except OSError as failure:
            raise ConfigError(f"EMTIHAN_LISTEN: cannot listen on {host}:{port}: {failure.strerror}") from None
        await parts.wire.open()
        await parts.speaking.open()
        try:
            await self._settle()
            await self._run()
        except ExceptionGroup as several:
            refused, others = several.split((ConfigError, ContentError))
            if refused is None or others is not None:
                raise
            raise refused.exceptions[0] from None
        finally:
            await self._close()

    async def _settle(self) -> None:
        """What must be right before anything is begun. A database that is away is waited for: the health port
        says why nothing goes on.
        """
        for pause in itertools.chain(DATABASE_PAUSES, itertools.repeat(DATABASE_PAUSES[-1])):
            try:
                await self._prepare()
            except Unavailable as failure:
                self._away = str(failure)
                log.error("start.waits", reason=self._away)
            else:
                self._away = ""
                return
            await asyncio.sleep(pause)

    async def _prepare(self) -> None:
        desk, database = self.base.desk, self.base.database
        await desk.do(people.keep_secret, secrets.token_hex(32))
        await desk.do(belonging.require_own, self._bot_id)
        if self.parts.membership is not None:
            await self.parts.membership.join()
        elif await asyncio.to_thread(database.alone):
            await asyncio.to_thread(schema.require_current, database.engine)  # and so it stays
            await desk.do(outbox.take_over)
        await desk.do(board.remember_place, self.settings.board_url or self._place)
        while await desk.do(timers.follow_policy):
            pass

    async def _run(self) -> None:
        parts = self.parts
        telegram_models.build(EARLY)
        settle()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(parts.driver.run(), name="driver")
            tasks.create_task(parts.sender.run(), name="sender")
            for pace in parts.paces:
                if isinstance(pace, SharedPace):
                    tasks.create_task(pace.run(), name="pace")
            if parts.membership is not None:
                tasks.create_task(parts.membership.run(), name="membership")
            tasks.create_task(parts.worker.run(), name="worker")
            tasks.create_task(self._one("roll", parts.roll.run), name="roll")
            tasks.create_task(self._one("fetcher", parts.fetcher.run), name="fetcher")
            if self.settings.webhook_url:
                intake = tasks.create_task(self._set_webhook(), name="webhook")
            else:
                poller = Poller(parts.wire, self.base.desk, self._bot_id, parts.worker.wake)
                intake = tasks.create_task(self._one("poller", poller.run), name="poller")
            tasks.create_task(self._introduce(), name="introduce")
            tasks.create_task(self._read_rules(), name="rules")
            self.ready.set()
            try:
                await asyncio.Event().wait()
            finally:
                intake.cancel()
                await self._finish()

    async def _one(self, duty: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """What one machine does alone, where there are several."""
        membership = self.parts.membership
        await (work() if membership is None else membership.alone(duty, work))

    async def _read_rules(self) -> None:
        """Have the rules ready before anybody asks, when the start itself is over."""
        await asyncio.sleep(READ_RULES_AFTER_SECONDS)
        await self.enquiries.read()
        settle()

    async def _finish(self) -> None:
        """Take up nothing more; let handlers and messages that are on their way arrive."""
        with contextlib.suppress(Exception):
            self.parts.driver.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self.parts.worker.finish()
                await self.parts.sender.finish()
        if self.parts.membership is not None:
            await self.parts.membership.leave()

    async def _set_webhook(self) -> None:
        secret = self.settings.webhook_secret
        await self._until_answered(
            "setWebhook",
            {
                "url": self.settings.webhook_url,
                "secret_token": secret.get_secret_value() if secret else "",
                "allowed_updates": list(ALLOWED),
            },
        )

    async def _until_answered(self, method: str, payload: dict[str, Any]) -> Any:
        """Ask until there is an answer; a refusal is logged and not asked again."""
        pause = 1.0
        while True:
            try:
                return await self.parts.wire.call(method, payload)
            except ApiUnreachable as failure:
                log.warning("telegram.unreachable", method=method, reason=str(failure))
            except ApiRefused as refused:
                if refused.retry_after is None:
                    log.error("telegram.refused", method=method, reason=refused.description)
                    return None
                pause = refused.retry_after
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30)

    async def _introduce(self) -> None:
        """Learn the bot's name for invite links; set menus and descriptions in every language."""
        me = await self._until_answered("getMe", {})
        if isinstance(me, dict) and me.get("username"):
            with contextlib.suppress(Unavailable):
                await self.base.desk.do(people.remember_bot, me["username"])
        for voice in self.base.voices.all():
            commands = [{"command": name, "description": text} for name, text in command_list(voice)]
            language = {"language_code": voice.language}
            first = voice.language == self.base.voices.languages[0]
            for extra in [{}, language] if first else [language]:
                await self._until_answered("setMyCommands", {"commands": commands, **extra})
                for method, field in (
                    ("setMyDescription", "description"),
                    ("setMyShortDescription", "short_description"),
                ):
                    await self._until_answered(method, {field: voice.label(f"bot.{field}"), **extra})

    async def health(self) -> Health:
        """Database, lag of inbox and outbox, reports that do not go on, keepers that are silent."""
        found: tuple[float, float, tuple[tuple[Trouble, int], ...]] = (0.0, 0.0, ())
        unavailable = self._away
        try:
            found = await self.base.desk.do(administration.health)
        except Unavailable as failure:
            unavailable = str(failure)
        lags = (found[0], found[1])
        health = Health(
            self.ready.is_set(),
            *lags,
            tuple(self._silent_keepers()),
            found[2],
            unavailable,
            tuple(self._worries()),
        )
        self.metrics.ready.set(health.ready)
        self.metrics.unreadable.set(self.base.database.unreadable)
        self.metrics.tasks.set(len(asyncio.all_tasks()))
        self.metrics.inbox_lag.set(lags[0])
        self.metrics.outbox_lag.set(lags[1])
        return health

    async def readiness(self) -> dict[str, Any]:
        """What `/readyz` answers."""
        return (await self.health()).said()

    def _worries(self) -> list[Around]:
        """What is wrong around the program."""
        worries = []
        if self.parts.wire.pulse.silent_for > TELEGRAM_LIMIT_SECONDS:
            worries.append(Around(Worry.TELEGRAM, f"{self.parts.wire.pulse.silent_for:.0f}"))
        if self._locale in FOLDS_NOTHING:
            worries.append(Around(Worry.LOCALE, str(self._locale)))
        if self.parts.membership is not None and not self.parts.membership.trusted():
            worries.append(Around(Worry.MACHINE))
        return worries

    def _silent_keepers(self) -> list[str]:
        """Duties that have not come round for too long; among several machines only when none has, here."""
        ages = {name: age for name, age in self.parts.watch.silent_for().items() if name != "retention"}
        silent = [name for name, age in ages.items() if age > SILENT_LIMIT_SECONDS]
        if self.settings.cluster and len(silent) < len(ages):
            return []
        return silent

    async def _close(self) -> None:
        parts = self.parts
        await parts.wire.close()
        await parts.speaking.close()
        await parts.server.stop()
        self.base.close()
