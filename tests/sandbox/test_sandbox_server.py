"""Starting, stopping, the page, the thread and the command."""

import ast
import asyncio
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bot.sandbox.__main__ import parse
from bot.sandbox.server import Sandbox, SandboxConfig
from bot.sandbox.thread import SandboxThread
from tests.sandbox.conftest import PATIENCE

pytestmark = pytest.mark.anyio
ROOM = Path(__file__).parents[2] / "bot" / "sandbox"


async def test_page__its_files_and_nothing_else(raw):
    async with raw.session.get(raw.base + "/") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
    async with raw.session.get(raw.base + "/page/index.html") as answer:
        assert answer.status == 200
    for path in (
        "/page/../server.py",
        "/page/%2e%2e/server.py",
        "/page/..%2fserver.py",
        "/page/none",
        "/page/",
    ):
        async with raw.session.get(raw.base + path) as answer:
            assert answer.status == 404


async def test_first_open__calls_the_hook_once(raw):
    opened = asyncio.Event()
    count = []

    async def hook():
        count.append(1)
        opened.set()

    raw.sandbox.on_first_open = hook
    await raw.control("GET", "state")
    assert not count
    for _ in range(2):
        async with raw.session.get(raw.base + "/") as answer:
            assert answer.status == 200
    await asyncio.wait_for(opened.wait(), PATIENCE)
    assert count == [1]


async def test_first_open__a_failing_hook_does_not_hurt_the_page(raw, caplog):
    async def hook():
        raise RuntimeError("boom")

    raw.sandbox.on_first_open = hook
    async with raw.session.get(raw.base + "/") as answer:
        assert answer.status == 200
    await raw.control("GET", "state")
    assert "first open" in caplog.text


async def test_start__a_taken_port_is_an_oserror(raw):
    port = int(raw.base.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="address already in use"):
        await Sandbox().start(port=port)


async def test_stop__twice_is_harmless(raw):
    await raw.sandbox.stop()
    await raw.sandbox.stop()


async def test_timezone__is_told_to_the_page(launch):
    raw = await launch(timezone="Asia/Almaty")
    assert (await raw.control("GET", "state"))["timezone"] == "Asia/Almaty"


def test_thread__serves_while_this_one_is_busy():
    with SandboxThread(SandboxConfig(token="5:abc")) as running:
        with urllib.request.urlopen(f"{running.url}/bot5:abc/getMe") as answer:
            assert b'"id": 5' in answer.read()
        running.ask(lambda sandbox: sandbox.world.add_person({"id": 7}))
        assert running.ask(lambda sandbox: list(sandbox.world.people)) == [7]
        port = int(running.url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="address already in use"):
            SandboxThread(port=port).start()
    with pytest.raises(RuntimeError):
        running.ask(lambda sandbox: 1)


def test_thread__never_started_can_be_stopped():
    SandboxThread().stop()


@pytest.mark.parametrize("token", ["abc", "abc:def", "0:x", "5:", ""])
def test_command__a_token_that_is_none(token, capsys):
    with pytest.raises(SystemExit) as stopped:
        parse(["--token", token])
    assert stopped.value.code == 2
    assert "a token is a number, a colon and letters" in capsys.readouterr().err


def test_command__serves_until_told_to_stop():
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0", "--token", "5:abc"]
    with subprocess.Popen(command, cwd=ROOM.parents[1], stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        url = line.split()[1]
        with urllib.request.urlopen(f"{url}/bot5:abc/getMe") as answer:
            assert answer.status == 200
        process.terminate()
        assert process.wait(5) == 0


def test_room__imports_nothing_of_the_program_and_no_client_library():
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                allowed = (
                    name.startswith("bot.sandbox")
                    or name.split(".")[0] in {"aiohttp"} | sys.stdlib_module_names
                )
                assert allowed, (path.name, name)


def test_import__loads_no_bot_library():
    code = (
        "import sys, bot.sandbox.server; print({'aiogram', 'sqlalchemy', 'yaml', 'httpx'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOM.parents[1], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
