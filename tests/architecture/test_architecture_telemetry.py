"""No token and no private word reaches the log, whatever carries it."""

import json
import logging
import subprocess
import sys
from contextlib import contextmanager

import aiohttp
import pytest
import structlog
from aiohttp.client_reqrep import RequestInfo
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot import telemetry
from bot.telemetry import HIDDEN, redact

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
REST = TOKEN.partition(":")[2]
ADDRESS = URL(f"https://api.telegram.org/file/bot{TOKEN}/photos/file 1.jpg")


@contextmanager
def configured(style):
    """A logger of the configured kind; everything is put back afterwards."""
    root = logging.getLogger()
    names = ["", "aiogram", "alembic", "apscheduler", "aiohttp.access", "asyncio"]
    before, levels = root.handlers[:], {name: logging.getLogger(name).level for name in names}
    telemetry.configure(style)
    try:
        yield structlog.get_logger("test")
    finally:
        root.handlers[:] = before
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        structlog.reset_defaults()


STYLES = pytest.mark.parametrize("style", ["console", "json"])


def download_failed():
    nothing = CIMultiDictProxy(CIMultiDict())
    about = RequestInfo(ADDRESS, "GET", nothing, ADDRESS)
    return aiohttp.ClientResponseError(about, (), status=404, message="Not Found")


def raised(failure):
    try:
        raise failure
    except Exception as caught:
        return caught


def crash(log):
    try:
        raise ValueError(f"cannot use {TOKEN}") from download_failed()
    except ValueError:
        log.exception("crashed")


def crash_in_a_library(_):
    try:
        raise download_failed()
    except aiohttp.ClientResponseError:
        logging.getLogger("some.library").exception("while asking %s", ADDRESS)


CARRIERS = {
    "message": lambda log: log.info(" ".join(("starting with", TOKEN))),
    "parameter": lambda log: log.info("started", token=TOKEN),
    "address": lambda log: log.info("asked", url=ADDRESS),
    "quoted address": lambda log: log.info("asked", url=str(ADDRESS).replace(f":{REST}", f"%3A{REST}")),
    "nested parameter": lambda log: log.info("asked", call={"url": [str(ADDRESS), {"token": TOKEN}]}),
    "bytes": lambda log: log.info("asked", body=f"/bot{TOKEN}/getMe".encode()),
    "exception parameter": lambda log: log.warning("failed", reason=raised(download_failed())),
    "exception text": lambda log: log.warning("failed", reason=str(download_failed())),
    "traceback": crash,
    "library": lambda _: logging.getLogger("aiohttp.client").error("cannot open %s", ADDRESS),
    "library's traceback": crash_in_a_library,
    "library's parameter": lambda _: logging.getLogger("x").warning("%(url)s", {"url": ADDRESS}),
    "bound": lambda log: log.bind(url=str(ADDRESS)).error("failed"),
}


@STYLES
@pytest.mark.parametrize("carrier", CARRIERS.values(), ids=list(CARRIERS))
def test_token__is_hidden_whatever_carries_it(capsys, carrier, style):
    with configured(style) as log:
        carrier(log)
    written = capsys.readouterr().err
    assert written
    assert REST not in written
    assert HIDDEN in written


@STYLES
@pytest.mark.parametrize("key", sorted(telemetry.PRIVATE_KEYS))
def test_private_words__are_hidden_by_their_key(capsys, key, style):
    with configured(style) as log:
        log.info("something", **{key: "Ұлжанның құпиясы", "row": 7})
    written = capsys.readouterr().err
    assert "құпия" not in written
    assert "7" in written


def test_json__is_one_object_a_line_with_what_was_said(capsys):
    program = (
        "from bot import telemetry\n"
        "telemetry.configure('json')\n"
        f"telemetry.log.warning('inbox.lagging', row=7, why='қате', url='{ADDRESS}')\n"
        "import logging; logging.getLogger('lib').error('two\\nlines')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    first, second = (json.loads(line) for line in done.stderr.splitlines())
    assert (first["event"], first["level"]) == ("inbox.lagging", "warning")
    assert (first["row"], first["why"]) == (7, "қате")
    assert first["url"] == f"https://api.telegram.org/file/bot{HIDDEN}/photos/file%201.jpg"
    assert second["event"] == "two\nlines"
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (TOKEN, HIDDEN),
        (f"/bot{TOKEN}/getMe", f"/bot{HIDDEN}/getMe"),
        (f"{TOKEN} and {TOKEN}", f"{HIDDEN} and {HIDDEN}"),
        (f"bot{TOKEN.replace(':', '%3a')}/x", f"bot{HIDDEN}/x"),
        ("4200000000:AAE-sandbox_only", HIDDEN),
        ("at 10:50 of 2026-12-21T09:00:00Z", "at 10:50 of 2026-12-21T09:00:00Z"),
        ("http://127.0.0.1:8081/readyz", "http://127.0.0.1:8081/readyz"),
        ("FM-26-00001: 5 minutes", "FM-26-00001: 5 minutes"),
        ("", ""),
    ],
)
def test_redact__hides_tokens_and_nothing_else(text, shown):
    assert redact(text) == shown
