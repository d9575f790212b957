"""The sandbox's page in a real browser: phones that behave as people know a chat application.

The test itself plays the bot: it fetches updates and calls methods over HTTP, so every moment is its own.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="the playwright package is not installed")
expect, Page, Locator = sync_api.expect, sync_api.Page, sync_api.Locator

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "bot" / "sandbox" / "page"
TOKEN = "100:TEST"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
PATIENCE_MS = 30_000
"""What a busy machine may take for anything that comes in a moment on others."""
MOST_BYTES = 120_000
MOST_OF_GUIDE = 10_000
"""The guided tour, which only a demo fetches."""

STUDENT, DEAN = 1001, 1002
START_BUTTON = '[data-action="start"]'
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


class Box:
    """A sandbox in a process of its own, the bot that talks to it and the hand that moves its people."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "bot.sandbox", "--port", str(self.port), "--token", TOKEN]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        self.offset = 0
        end = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < end:
            try:
                self.http("GET", "/sandbox/state")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.02)
            else:
                return
        raise AssertionError("the sandbox did not start")

    def kill(self) -> None:
        """End the server as a crash does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def http(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=headers)
        with DIRECT.open(request, timeout=30) as answer:
            return json.loads(answer.read())

    def bot(self, method: str, **params: Any) -> Any:
        """One call of the Bot API."""
        return self.http("POST", f"/bot{TOKEN}/{method}", params)["result"]

    def say(self, text: str, *rows: list[dict[str, str]], chat: int = STUDENT, **params: Any) -> int:
        """The bot writes, with an inline keyboard if rows are given; the number of the message."""
        markup = {"reply_markup": {"inline_keyboard": list(rows)}} if rows else {}
        message_id: int = self.bot("sendMessage", chat_id=chat, text=text, **markup, **params)["message_id"]
        return message_id

    def update(self, kind: str) -> Any:
        """The next update of a kind that the bot gets."""
        for _ in range(5):
            for update in self.bot("getUpdates", offset=self.offset, timeout=1):
                self.offset = update["update_id"] + 1
                if kind in update:
                    return update[kind]
        raise AssertionError(f"no {kind} came")

    def person(self, number: int = STUDENT, *, started: bool = True, **fields: Any) -> None:
        """A phone on the table."""
        wish = {"id": number, "first_name": "Аружан", "language_code": "kk", "role": "Студент", **fields}
        self.http("POST", "/sandbox/people", wish)
        if started:
            self.http("POST", f"/sandbox/chats/{number}/start", {})
            self.update("message")

    def change(self, number: int = STUDENT, **fields: Any) -> None:
        self.http("PATCH", f"/sandbox/people/{number}", fields)


def browser_path() -> str | None:
    """Chromium named by EMTIHAN_CHROMIUM, else one found on PATH."""
    named = os.environ.get("EMTIHAN_CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def server() -> Iterator[Box]:
    if browser_path() is None:
        pytest.skip("no Chromium on PATH; install it or name it in EMTIHAN_CHROMIUM")
    box = Box()
    box.start()
    yield box
    box.kill()


@pytest.fixture
def box(server: Box) -> Box:
    if server.process is None:
        server.start()
    server.http("POST", "/sandbox/reset", {})
    return server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    expect.set_options(timeout=PATIENCE_MS)
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium on PATH; install it or name it in EMTIHAN_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


class Table:
    """The page in one window, with everything it complained of and asked for."""

    def __init__(self, context: Any, box: Box) -> None:
        self.box = box
        self.page: Any = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.box.base, "data:", "blob:")):
            self.strangers.append(request.url)

    def close(self) -> None:
        self.page.evaluate("localStorage.clear()")
        self.page.close()

    def open(self, language: str = "en") -> "Table":
        self.page.goto(f"{self.box.base}/?lang={language}")
        expect(self.page.locator(".link.live")).to_be_visible()
        return self

    def phone(self, number: int = STUDENT) -> Any:
        return self.page.locator(f'section.phone[data-person="{number}"]')

    def message(self, message_id: int, number: int = STUDENT) -> Any:
        return self.phone(number).locator(f'[data-message-id="{message_id}"]')


@pytest.fixture(scope="module")
def wide(browser: Any) -> Any:
    """A desk's window, kept for all tests: opening one costs more than most of them."""
    return browser.new_context(viewport={"width": 1440, "height": 900})


@pytest.fixture
def table(wide: Any, box: Box) -> Iterator[Table]:
    table = Table(wide, box)
    yield table
    table.close()
    assert table.complaints == []
    assert table.strangers == []


def key(text: str, data: str = "d", **more: str) -> dict[str, str]:
    return {"text": text, "callback_data": data, **more}


def write(phone: Any, text: str) -> None:
    field = phone.get_by_role("textbox")
    field.fill(text)
    field.press("Enter")


def bright(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(part) for part in colour[4:-1].split(","))
    return red, green, blue


def test_start__sends_the_payload_of_the_link(table: Table) -> None:
    table.box.person(started=False, start="k3J9xQ")
    phone = table.open("ru").phone()
    expect(phone.get_by_role("textbox")).to_be_hidden()
    expect(phone.locator(START_BUTTON)).to_have_text("НАЧАТЬ")
    for language, label in {"English": "START", "Қазақша": "БАСТАУ"}.items():
        table.page.locator('[data-name="language"]').click()
        table.page.get_by_role("menuitemradio", name=language).click()
        expect(phone.locator(START_BUTTON)).to_have_text(label)
    phone.locator(START_BUTTON).click()
    assert table.box.update("message")["text"] == "/start k3J9xQ"
    expect(phone.locator(START_BUTTON)).to_have_count(0)
    expect(phone.get_by_role("log")).to_contain_text("/start k3J9xQ")
    expect(phone.get_by_role("textbox")).to_be_focused()


def test_start__comes_back_with_a_link_to_the_bot(table: Table) -> None:
    table.box.person()
    table.box.say("t.me/emtihan_bot?start=again")
    phone = table.open().phone()
    phone.get_by_role("link").click()
    phone.locator(START_BUTTON).click()
    assert table.box.update("message")["text"] == "/start again"


def test_text__enter_sends_and_shift_enter_breaks_the_line(table: Table) -> None:
    table.box.person()
    phone = table.open().phone()
    field = phone.get_by_role("textbox", name="Message: Аружан")
    field.fill("бірінші")
    field.press("Shift+Enter")
    field.type("екінші")
    field.press("Enter")
    assert table.box.update("message")["text"] == "бірінші\nекінші"
    expect(phone.locator(".msg.out .text").last).to_have_text("бірінші\nекінші")
    expect(field).to_have_value("")


def test_text__entities_are_drawn_and_markup_is_literal(table: Table) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    table.box.person(last_name="<b onclick=alert(3)>", role="<i>role</i>")
    plain = table.box.say(evil)
    rich = "<b>бас</b> <i>көлбеу</i> <code>код &lt;u&gt;</code> <tg-spoiler>құпия</tg-spoiler>"
    marked = table.box.say(f"😀 {rich}\n<blockquote>сөз</blockquote>соңы", parse_mode="HTML")
    forged = [{"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/a"}]
    link = table.box.say("сілт", entities=forged)
    phone = table.open().phone()
    expect(table.message(plain).locator(".text")).to_have_text(evil)
    expect(phone.get_by_role("heading")).to_have_text("Аружан <b onclick=alert(3)>")
    expect(phone.locator(".role")).to_have_text("<i>role</i>")
    text = table.message(marked).locator(".text")
    for tag, words in {"strong": "бас", "em": "көлбеу", "code": "код <u>", "blockquote": "сөз"}.items():
        expect(text.locator(tag)).to_have_text(words)
    text.get_by_role("button").click()
    expect(text.locator(".spoiler.shown")).to_have_text("құпия")
    expect(table.message(link).get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    assert phone.locator("img, script").count() == 0


def test_tap__spins_until_the_bot_answers_with_a_toast(table: Table) -> None:
    table.box.person()
    table.box.say("Таңдаңыз", [key("Иә"), key("Жоқ", style="danger")], [key("Дайын", style="success")])
    phone = table.open().phone()
    button, other = phone.get_by_role("button", name="Иә"), phone.get_by_role("button", name="Жоқ")
    button.click()
    query = table.box.update("callback_query")
    assert query["data"] == "d"
    expect(button.locator(".spinner")).to_be_visible()
    table.box.bot("answerCallbackQuery", callback_query_id=query["id"], text="Қабылданды")
    expect(phone.locator(".toast")).to_have_text("Қабылданды")
    expect(button.locator(".spinner")).to_be_hidden()
    colours = [
        bright(item.evaluate("node => getComputedStyle(node).backgroundColor"))
        for item in (other, phone.get_by_role("button", name="Дайын"))
    ]
    assert colours[0][0] > 2 * max(colours[0][1:])
    assert colours[1][1] > 1.5 * max(colours[1][0], colours[1][2])


def test_tap__alert_waits_for_its_button(table: Table) -> None:
    table.box.person()
    table.box.say("Таңдаңыз", [key("Иә")])
    phone = table.open().phone()
    phone.get_by_role("button", name="Иә").click()
    query = table.box.update("callback_query")
    table.box.bot("answerCallbackQuery", callback_query_id=query["id"], text="Мерзімі өтті", show_alert=True)
    alert = phone.get_by_role("alertdialog")
    expect(alert).to_contain_text("Мерзімі өтті")
    expect(alert.get_by_role("button", name="OK")).to_be_focused()
    table.page.keyboard.press("Enter")
    expect(alert).to_have_count(0)


def test_edit__changes_the_message_in_place(table: Table) -> None:
    table.box.person()
    number = table.box.say("1-қадам", [key("Келесі")])
    message = table.open().message(number)
    message.get_by_role("button", name="Келесі").click()
    query = table.box.update("callback_query")
    rows = {"inline_keyboard": [[key("Артқа"), key("Келесі", "next")]]}
    table.box.bot("editMessageText", chat_id=STUDENT, message_id=number, text="2-қадам", reply_markup=rows)
    table.box.bot("answerCallbackQuery", callback_query_id=query["id"])
    expect(message.locator(".text")).to_have_text("2-қадам")
    expect(message.locator(".edited")).to_have_text("edited")
    expect(message).to_have_count(1)
    expect(message.get_by_role("button", name="Келесі")).to_be_focused()
    table.box.bot("deleteMessage", chat_id=STUDENT, message_id=number)
    expect(message).to_have_count(0)


def test_typing__shows_until_the_message_comes(table: Table) -> None:
    table.box.person()
    phone = table.open().phone()
    table.box.bot("sendChatAction", chat_id=STUDENT, action="typing")
    expect(phone.locator(".presence")).to_have_text("typing…")
    expect(phone.locator(".msg.typing")).to_be_visible()
    table.box.say("Міне")
    expect(phone.locator(".msg.typing")).to_have_count(0)


def test_commands__are_offered_in_the_persons_language(table: Table) -> None:
    lists = {"kk": "Төтенше жағдай", "ru": "Чрезвычайная ситуация"}
    for code, words in lists.items():
        commands = [{"command": "sos", "description": words}, {"command": "help", "description": "?"}]
        table.box.bot("setMyCommands", commands=commands, language_code=code)
    table.box.person()
    phone = table.open().phone()
    field = phone.get_by_role("textbox")
    field.fill("/s")
    expect(phone.get_by_role("menuitem")).to_have_text(["/sosТөтенше жағдай"])
    field.fill("")
    phone.get_by_role("button", name="Phone menu").click()
    table.page.get_by_role("menuitemradio", name="ru").click()
    phone.get_by_role("button", name="Commands").click()
    expect(phone.get_by_role("menuitem").first).to_contain_text("Чрезвычайная ситуация")
    table.page.keyboard.press("Enter")
    message = table.box.update("message")
    assert (message["text"], message["from"]["language_code"]) == ("/sos", "ru")


def test_files__go_both_ways_with_their_names(table: Table, tmp_path: Path) -> None:
    table.box.person()
    picture = tmp_path / "Экран.png"
    phone = table.open().phone()
    picture.write_bytes(table.page.screenshot())
    phone.get_by_role("button", name="Attach").click()
    with table.page.expect_file_chooser() as chooser:
        table.page.get_by_role("menuitem", name="Photo").click()
    chooser.value.set_files(picture)
    expect(phone.locator(".extra")).to_contain_text("Экран.png")
    write(phone, "мәселе")
    message = table.box.update("message")
    assert message["photo"]
    assert message["caption"] == "мәселе"
    expect(phone.locator(".photo img")).to_be_visible()
    assert phone.locator(".photo img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    table.box.http("POST", f"/sandbox/chats/{STUDENT}/send", {"document": {"file_name": "Өтініш.docx"}})
    link = phone.locator(".attachment")
    expect(link).to_contain_text("Өтініш.docx")
    with table.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "Өтініш.docx"


def test_airplane__holds_both_directions_until_online(table: Table) -> None:
    table.box.person()
    number = table.box.say("Сұрақ", [key("Иә")])
    phone = table.open().phone()
    phone.get_by_role("button", name="Phone menu").click()
    table.page.get_by_role("menuitem", name="airplane").click()
    expect(phone.locator(".banner")).to_be_visible()
    write(phone, "ұшақтан")
    phone.get_by_role("button", name="Иә").click()
    table.box.say("жаңалық")
    expect(phone.locator(".msg.pending")).to_contain_text("ұшақтан")
    expect(phone.locator(".banner")).to_contain_text("Waiting: 2")
    expect(phone.locator(".spinner").first).to_be_visible()
    assert "жаңалық" not in phone.get_by_role("log").inner_text()
    assert table.box.bot("getUpdates", offset=table.box.offset, timeout=0) == []
    phone.get_by_role("button", name="Go online").click()
    assert table.box.update("message")["text"] == "ұшақтан"
    query = table.box.update("callback_query")
    assert query["message"]["message_id"] == number
    expect(phone.locator(".banner")).to_be_hidden()
    expect(phone.get_by_role("log")).to_contain_text("жаңалық")
    expect(phone.locator(".msg.pending")).to_have_count(0)
    table.box.bot("answerCallbackQuery", callback_query_id=query["id"])
    expect(phone.locator("[aria-busy=true]")).to_have_count(0)


def test_block__stops_the_bot_and_start_brings_it_back(table: Table) -> None:
    table.box.person()
    phone = table.open().phone()
    phone.get_by_role("button", name="Phone menu").click()
    table.page.get_by_role("menuitem", name="block").click()
    expect(phone.locator(".presence")).to_have_text("bot is blocked")
    assert table.box.update("my_chat_member")["new_chat_member"]["status"] == "kicked"
    with pytest.raises(urllib.error.HTTPError) as refused:
        table.box.say("тыңдап тұрсыз ба")
    with refused.value as answer:
        assert answer.code == 403
    expect(phone.get_by_role("textbox")).to_be_hidden()
    phone.get_by_role("button", name="UNBLOCK", exact=True).click()
    assert table.box.update("my_chat_member")["new_chat_member"]["status"] == "member"
    phone.locator(START_BUTTON).click()
    assert table.box.update("message")["text"] == "/start"
    expect(phone.locator(START_BUTTON)).to_have_count(0)


def test_clock__moves_by_the_buttons(table: Table) -> None:
    page = table.open().page
    before = table.box.http("GET", "/sandbox/clock")["now"]
    hour = int(page.locator(".clock-time").inner_text()[:2])
    page.get_by_role("button", name="+1 h").click()
    expect(page.locator(".clock-time")).to_have_text(
        re.compile(f"^({(hour + 1) % 24:02}|{(hour + 2) % 24:02}):")
    )
    assert 3600 <= table.box.http("GET", "/sandbox/clock")["now"] - before < 3660


def test_people__are_added_hidden_and_shown(table: Table) -> None:
    table.box.person()
    page = table.open().page
    page.get_by_role("button", name="Add a person").click()
    form = page.get_by_role("dialog")
    form.get_by_label("First name").fill("Дархан")
    form.get_by_label("Start code").fill("abc")
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_role("region", name="Дархан").locator(START_BUTTON)).to_be_visible()
    page.get_by_role("button", name="Phones 2/2").click()
    page.get_by_role("menuitemcheckbox", name="Аружан").click()
    page.keyboard.press("Escape")
    expect(page.locator("section.phone")).to_have_count(1)
    expect(page.get_by_role("button", name="Phones 1/2")).to_be_focused()


def test_calls__show_refusals_in_red(table: Table) -> None:
    table.box.person()
    page = table.open().page
    page.get_by_role("button", name="API calls").click()
    table.box.say("сәлем")
    with pytest.raises(urllib.error.HTTPError) as refused:
        table.box.say("кімге", chat=404404)
    refused.value.close()
    rows = page.get_by_role("complementary").get_by_role("listitem")
    expect(rows.filter(has_text="sendMessage").first).to_be_visible()
    expect(page.locator(".failed .call-error").last).to_contain_text("chat not found")


def test_stream__survives_a_killed_and_restarted_server(wide: Any, box: Box) -> None:
    table = Table(wide, box)
    box.person()
    box.say("бұрынғы")
    phone = table.open().phone()
    expect(phone.get_by_role("log")).to_contain_text("бұрынғы")
    box.kill()
    expect(table.page.locator("#lost")).to_be_visible()
    write(phone, "кейін жетеді")
    expect(phone.locator(".msg.pending")).to_contain_text("кейін жетеді")
    box.start()
    box.person()
    box.say("жаңа")
    expect(table.page.locator(".link.live")).to_be_visible()
    expect(table.page.locator("#lost")).to_be_hidden()
    log = table.phone().get_by_role("log")
    expect(log).to_contain_text("жаңа")
    expect(log).not_to_contain_text("бұрынғы")
    box.say("тағы")
    expect(log).to_contain_text("тағы")
    write(table.phone(), "естіп тұрмын")
    while box.update("message")["text"] != "естіп тұрмын":
        pass
    table.close()
    assert [words for words in table.complaints if "ERR_" not in words] == []


def test_narrow__shows_one_phone_with_tabs(browser: Any, box: Box) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    table = Table(context, box)
    box.person()
    box.person(DEAN, first_name="Бақытжан", role="Декан")
    page = table.open().page
    expect(table.phone(STUDENT)).to_be_visible()
    expect(table.phone(DEAN)).to_be_hidden()
    box.say("деканға", chat=DEAN)
    tab = page.get_by_role("tab", name="Бақытжан")
    expect(tab.locator(".badge")).to_have_text("1")
    tab.click()
    expect(table.phone(DEAN).get_by_role("log")).to_contain_text("деканға")
    expect(table.phone(STUDENT)).to_be_hidden()
    expect(page.get_by_role("tab", name="Бақытжан").locator(".badge")).to_have_count(0)
    page.get_by_role("tab", name="Бақытжан").press("ArrowLeft")
    expect(table.phone(STUDENT)).to_be_visible()
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    field = table.phone(STUDENT).get_by_role("textbox").bounding_box()
    assert field is not None
    assert field["y"] + field["height"] <= 844
    context.close()
    assert table.complaints == []


def test_words__are_the_same_in_all_languages() -> None:
    labels = json.loads((PAGE / "labels.json").read_text(encoding="utf-8"))
    assert set(labels) == {"kk", "ru", "en"}
    assert set(labels["kk"]) == set(labels["ru"]) == set(labels["en"])
    for name, english in labels["en"].items():
        for code in ("kk", "ru"):
            assert type(labels[code][name]) is type(english)
            assert str(labels[code][name]).count("{") == str(english).count("{"), (code, name)


def test_page__is_small_and_assigns_no_html() -> None:
    files = [path for path in PAGE.rglob("*") if path.is_file()]
    tour = [path for path in files if path.parent.name == "guide"]
    assert 0 < sum(path.stat().st_size for path in tour) < MOST_OF_GUIDE
    assert sum(path.stat().st_size for path in files if path not in tour) < MOST_BYTES
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in files if path.suffix == ".js")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in scripts
