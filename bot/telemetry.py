"""Structured logs that never show a token or a message's text, and the program's metrics."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

TOKEN = re.compile(r"\d{3,}(?::|%3A)[A-Za-z0-9_-]{4,}", re.IGNORECASE)
HIDDEN = "[hidden]"
QUIET = logging.WARNING
PRIVATE_KEYS = frozenset({"text", "caption", "payload", "full_name", "note"})

log: structlog.stdlib.BoundLogger = structlog.get_logger("emtihan")


def redact(text: str) -> str:
    """The text with everything that looks like a bot token hidden."""
    return TOKEN.sub(HIDDEN, text)


def _scrub(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key in PRIVATE_KEYS:
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = redact(value)
        elif isinstance(value, BaseException):
            event[key] = redact(f"{type(value).__name__}: {value}")
    return event


class _Redacting(logging.Formatter):
    """The last line of defence: whatever a library logs passes here."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return redact(self._inner.format(record))


def configure(style: Literal["console", "json"], level: int = logging.INFO) -> None:
    """Send all logs of the process, the libraries' included, to stderr in one style."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _scrub,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(formatter))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("aiogram", "alembic", "aiohttp.access", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a round that is still busy is not news


class Metrics:
    """The program's counters, one registry an application (nothing global)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        self.updates = Counter("emtihan_updates", "Updates by outcome", ["outcome"], registry=r)
        self.handling = Histogram("emtihan_handling_seconds", "Time to handle one update", registry=r)
        self.sent = Counter("emtihan_messages", "Outgoing notices by outcome", ["outcome"], registry=r)
        self.lateness = Histogram(
            "emtihan_notice_lateness_seconds",
            "Sent minus due, in seconds",
            buckets=(0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300),
            registry=r,
        )
        self.questions = Counter("emtihan_questions", "Questions by outcome", ["outcome"], registry=r)
        self.keeper_lag = Gauge("emtihan_keeper_last_run_seconds", "Seconds since", ["keeper"], registry=r)
        self.ready = Gauge("emtihan_ready", "1 when everything is in order", registry=r)
        self.unreadable = Gauge("emtihan_unreadable_values", "Sealed values no key opens", registry=r)
        self.tasks = Gauge("emtihan_tasks", "Tasks of the program's loop", registry=r)
        self.inbox_lag = Gauge("emtihan_inbox_lag_seconds", "Age of the oldest waiting update", registry=r)
        self.outbox_lag = Gauge("emtihan_outbox_lag_seconds", "Age of the oldest due message", registry=r)
        self.keeper_failures = Counter("emtihan_keeper_failures", "Failed runs", ["keeper"], registry=r)
