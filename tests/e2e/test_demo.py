"""`demo` as a new user meets it: one command, one address, and the whole story on the phones of the page."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import chromium
from tests.support.shell import Shell, environment
from tests.support.zygote import Zygote

STUDENT, EXAMINER, RUSSIAN = 5001, 5002, 5003
"""Phones of the sample university: Айгерім, her examiner Қайрат, and Дана who reads Russian."""
READY_SECONDS = 60
STOP_SECONDS = 30
SCREENSHOT = "EMTIHAN_SCREENSHOT"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Demo:
    """A running demo."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.said: list[str] = []
        self.url = ""

    def wait_for_the_address(self) -> None:
        """Read what it prints until there is an address."""
        assert self._process.stdout is not None
        giving_up = threading.Timer(READY_SECONDS, self._process.kill)
        giving_up.start()
        for line in self._process.stdout:
            self.said.append(line)
            found = re.search(r"http://\S+", line)
            if found:
                self.url = found[0]
                break
        giving_up.cancel()
        assert self.url, "".join(self.said)

    def stop(self, sign: signal.Signals) -> tuple[int, str]:
        """Its exit code, and what it still had to say."""
        self._process.send_signal(sign)
        out, _ = self._process.communicate(timeout=STOP_SECONDS)
        return self._process.returncode, out

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        with contextlib.suppress(ValueError):
            self._process.communicate()


@contextmanager
def demo(folder: Path) -> Iterator[Demo]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--headless", "--port", str(port)],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    running = Demo(process)
    try:
        running.wait_for_the_address()
        assert f":{port}/" in running.url
        yield running
    finally:
        running.end()


def test_demo__says_where_to_look_and_ctrl_c_stops_it_cleanly(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        with DIRECT.open(running.url, timeout=30) as page:
            assert page.status == 200
        code, rest = running.stop(signal.SIGINT)
    assert code == 0
    assert "Traceback" not in "".join(running.said) + rest
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


def test_demo__on_a_taken_port_names_the_option(tmp_path: Path, zygote: Zygote) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shell = Shell(tmp_path, "sqlite:///x.db", zygote)
        run = shell.run("demo", "--headless", "--port", str(port), code=1)
    assert "--port" in run.err
    assert str(port) in run.err


class Phone:
    """A person's phone on the page."""

    def __init__(self, page: Any, number: int) -> None:
        self._place = page.locator(f'section.phone[data-person="{number}"]')
        self.log = self._place.get_by_role("log")

    def start(self, label: str) -> None:
        button = self._place.locator('[data-action="start"]')
        assert button.inner_text() == label
        button.click()

    def tap(self, label: str) -> None:
        """The newest button whose label has these words."""
        self._place.get_by_role("button", name=label).last.click()

    def write(self, text: str) -> None:
        field = self._place.get_by_role("textbox")
        field.fill(text)
        field.press("Enter")


def walk(phone: Phone, expect: Any, done: str, finish: str) -> int:
    """Go through every step of the algorithm that is open; how many there are."""
    head = re.compile(r" 1/(\d+)")
    expect(phone.log).to_contain_text(head)
    count = int(head.findall(phone.log.inner_text())[-1])
    for number in range(1, count + 1):
        expect(phone.log).to_contain_text(f" {number}/{count}")
        phone.tap(done if number < count else finish)
    return count


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_demo__story_from_start_to_the_report_taken(tmp_path: Path) -> None:
    with chromium() as browser, demo(tmp_path) as running:
        from playwright.sync_api import expect

        expect.set_options(timeout=30_000)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(30_000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{running.url}?lang=kk")
        student, examiner, russian = (Phone(page, number) for number in (STUDENT, EXAMINER, RUSSIAN))

        student.start("БАСТАУ")
        student.tap("Қазақша")
        student.tap("Келісемін")
        student.tap("Қадамдар")
        assert walk(student, expect, "Орындадым", "Бәрі бітті") >= 4

        russian.start("БАСТАУ")
        russian.tap("Русский")
        russian.tap("Согласен")
        russian.tap("Мои экзамены")
        expect(russian.log).to_contain_text("Операционные системы")
        russian.tap("Операционные системы")

        page.locator(".shifts button").first.click()
        expect(student.log).to_contain_text(re.compile(r"(29|30) минут қалды"))
        expect(examiner.log).to_contain_text("Сарсембаев Қайрат Болатұлы")
        student.write("/sos")
        student.tap("Интернет жоқ")
        expect(student.log).to_contain_text(re.compile(r"FM-\d\d-00001"))
        expect(examiner.log).to_contain_text("Интернет жоқ")
        examiner.tap("Қабылдаймын")
        expect(student.log).to_contain_text("қабылдаған: Сарсембаев Қайрат Болатұлы")
        expect(examiner.log).to_contain_text("Қабылдаған: Сарсембаев Қайрат Болатұлы")
        if os.environ.get(SCREENSHOT):
            page.set_viewport_size({"width": 1440, "height": 1080})
            page.mouse.move(0, 0)
            page.screenshot(path=os.environ[SCREENSHOT], animations="disabled")
        assert complaints == []
        code, rest = running.stop(signal.SIGTERM)
        assert (code, "Traceback" in rest) == (0, False)


def test_phone__that_a_visitor_has_taken_is_left_to_them(monkeypatch):
    import asyncio
    from types import SimpleNamespace

    import aiohttp
    from aiohttp import web

    from bot import demo

    monkeypatch.setattr(demo, "ANSWER_SECONDS", 0.1)
    voice = SimpleNamespace(label=lambda msgid: msgid)
    app = SimpleNamespace(base=SimpleNamespace(voices={"kk": voice}))
    phone = next(one for one in demo.phones() if one.joins and one.language == "kk")

    async def joined(status: int) -> int:
        asked = []

        async def start(request: web.Request) -> web.Response:
            asked.append(request.path)
            return web.json_response({}, status=status)

        async def messages(request: web.Request) -> web.Response:
            return web.json_response([{"text": "chosen already"}])

        server = web.Application()
        server.router.add_post("/sandbox/chats/{chat}/start", start)
        server.router.add_get("/sandbox/chats/{chat}/messages", messages)
        runner = web.AppRunner(server)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            await demo._join(http, app, phone)
        await runner.cleanup()
        return len(asked)

    for status in (200, 409):
        assert asyncio.run(joined(status)) == 1
