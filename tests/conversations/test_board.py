"""From the chat to the board: one link, one browser, what one may see; then the page itself in Chromium."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from aiogram.utils.web_app import check_webapp_signature

from bot.rules.vocabulary import Role
from bot.services import people, tickets
from tests.support.browser import chromium
from tests.support.town import Phone

BUTTON = {"kk": "🖥 Емтихан күні", "ru": "🖥 Табло дня"}
HIDDEN = "</script><b>Айла"


class Browser:
    """A visitor with cookies and without scripts."""

    def __init__(self) -> None:
        self.jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )
        self.headers: Any = {}

    def get(
        self, url: str, data: dict[str, str] | None = None, method: str | None = None, **headers: str
    ) -> tuple[int, str]:
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        asked = urllib.request.Request(url, body, headers, method=method)
        try:
            answer = self._opener.open(asked, timeout=10)
        except urllib.error.HTTPError as refused:
            answer = refused
        self.headers = answer.headers
        return answer.status, answer.read().decode()


def link_of(phone: Phone, language: str = "kk") -> str:
    phone.send("/staff").tap(BUTTON[language])
    found = re.search(r"http://\S+/board/enter/[\w-]+", phone.text)
    assert found, phone.text
    return found[0]


def place_of(link: str) -> str:
    return link.partition("/board/")[0]


def entered(phone: Phone, language: str = "kk") -> tuple[Browser, str]:
    """A browser that has come in by a link, and the board's address."""
    link = link_of(phone, language)
    browser = Browser()
    status, page = browser.get(link)
    key = re.search(r'name="key" value="([\w-]+)"', page)
    assert status == 200
    assert key
    status, _ = browser.get(f"{place_of(link)}/board/enter", {"key": key[1]})
    assert status == 200
    return browser, f"{place_of(link)}/board"


def test_link__opens_the_board_once(campus):
    dean = campus.member(Role.DEAN)
    campus.exam(subject_kk="Алгебра")
    link = link_of(dean)
    browser = Browser()
    assert browser.get(link)[0] == 200, "looking at the link uses nothing up"
    key = link.rpartition("/")[2]
    status, page = browser.get(f"{place_of(link)}/board/enter", {"key": key})
    assert (status, "Алгебра" in page) == (200, True)
    status, page = Browser().get(f"{place_of(link)}/board/enter", {"key": key})
    assert (status, "/staff" in page) == (403, True)


def test_board__without_a_session_says_what_to_do(campus):
    _, board = entered(campus.member(Role.DEAN))
    status, page = Browser().get(board, **{"Accept-Language": "ru-RU,ru;q=0.9"})
    assert (status, "Возьмите новую" in page) == (403, True)
    assert Browser().get(f"{board}/events")[0] == 403
    assert Browser().get(f"{board}/exam/1")[0] == 403


def test_student__is_not_offered_it_and_cannot_force_it(campus):
    student = campus.student()
    student.send("/staff")
    student.forge("bd")
    assert "/board/" not in " ".join(student.texts())


def test_board__speaks_the_readers_language_and_the_other_one(campus):
    browser, board = entered(campus.member(Role.DEAN, language="ru"), "ru")
    assert 'lang="ru"' in browser.get(board)[1]
    browser.get(f"{board}/language/kk")
    assert 'lang="kk"' in browser.get(board)[1]
    browser.get(f"{board}/language/xx")
    assert 'lang="kk"' in browser.get(board)[1]


def test_exam__of_another_faculty_is_not_there(campus, town, clock):
    from tests.support.campus import Campus

    browser, board = entered(campus.member(Role.DEAN))
    foreign = Campus(town, clock).exam()
    assert browser.get(f"{board}/exam/{foreign}")[0] == 404
    assert browser.get(f"{board}/exam/{campus.exam()}")[0] == 200
    assert browser.get(f"{board}/exam/{10**14}")[0] == 404


def test_names__are_text_and_never_markup(campus):
    examiner = campus.member()
    campus.exam(examiner, subject_kk=HIDDEN)
    student = campus.student(full_name=HIDDEN)
    student.send("/sos").tap("Интернет жоқ")
    browser, board = entered(campus.member(Role.DEAN))
    page = browser.get(board)[1]
    assert HIDDEN not in page
    assert page.count("&lt;/script&gt;&lt;b&gt;Айла") >= 2


def test_headers__keep_the_page_to_itself(campus):
    browser, board = entered(campus.member(Role.DEAN))
    browser.get(board)
    assert browser.headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in browser.headers["Content-Security-Policy"]
    (cookie,) = [c for c in browser.jar if c.name == "emtihan_board"]
    assert (cookie.has_nonstandard_attr("HttpOnly"), cookie.path) == (True, "/board")


@pytest.mark.parametrize("name", ["board.css", "board.js", "icon.svg"])
def test_files__are_small_and_may_be_kept(campus, name):
    browser, board = entered(campus.member(Role.DEAN))
    status, body = browser.get(f"{board}/static/{name}")
    assert (status, "immutable" in browser.headers["Cache-Control"]) == (200, True)
    assert len(body) < 20_000
    for outside in ("..%2Fboard.py", "board.py", "templates"):
        assert Browser().get(f"{board}/static/{outside}")[0] == 404


def test_odd_questions__are_answered_with_today(campus):
    browser, board = entered(campus.member(Role.DEAN))
    for odd in ("day=2026-13-45", "day=", f"faculty={'ж' * 500}", "day=0001-01-01", "day=9999-12-31"):
        assert browser.get(f"{board}?{urllib.parse.quote(odd, safe='=')}")[0] == 200


def test_leaving__ends_the_session(campus):
    browser, board = entered(campus.member(Role.DEAN))
    browser.get(f"{board}/leave", {}, **{"Sec-Fetch-Site": "cross-site"})
    assert browser.get(board)[0] == 200, "another site cannot throw the reader out"
    browser.get(f"{board}/leave", {})
    assert browser.get(board)[0] == 403


def test_app__lets_in_whom_telegram_names(campus, town):
    dean = campus.member(Role.DEAN)
    board = place_of(link_of(dean)) + "/board"
    token = town.app.settings.token.get_secret_value()
    word = _word(token, dean.user_id, int(town.desk.clock().timestamp()))
    assert check_webapp_signature(token, word)
    browser = Browser()
    assert browser.get(f"{board}/app")[0] == 200
    assert browser.get(f"{board}/app", {"said": word})[0] == 204
    assert browser.get(board)[0] == 200
    assert Browser().get(f"{board}/app", {"said": word})[0] == 403, "a word counts once"
    now = int(town.desk.clock().timestamp())
    fresh, old = _word(token, dean.user_id, now), _word(token, dean.user_id, now - 86_400)
    odd = (f"{fresh}&auth_date={now + 9}", fresh.replace("hash=", "hash=ұ"), old)
    for wrong in (
        word.replace(str(dean.user_id), "1"),
        "",
        "hash=0",
        _word("1:other", dean.user_id, 1),
        *odd,
    ):
        assert Browser().get(f"{board}/app", {"said": wrong})[0] == 403


def _word(token: str, user_id: int, said_at: int) -> str:
    """What Telegram hands a Mini App, signed as its documentation says."""
    import hashlib
    import hmac
    import json

    fields = {"auth_date": str(said_at), "user": json.dumps({"id": user_id, "first_name": "А"})}
    text = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    return urllib.parse.urlencode(fields)


# In a real browser


@pytest.fixture(scope="module")
def window() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(window: Any) -> Iterator[Any]:
    """A page that has said nothing on its console."""
    opened = window.new_page(viewport={"width": 390, "height": 844})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    opened.close()
    assert said == []


def seen(page: Any, phone: Phone) -> None:
    page.goto(link_of(phone))
    page.wait_for_url("**/board")
    page.wait_for_selector("#link.live")


@pytest.mark.browser
def test_page__shows_a_report_as_it_comes_and_as_it_is_taken(campus, page):
    dean, examiner = campus.member(Role.DEAN), campus.member()
    student = campus.student()
    campus.exam(examiner)
    seen(page, dean)
    assert page.locator(".card").count() == 0
    student.send("/sos").tap("Интернет жоқ")
    page.wait_for_selector(".card.waiting time[data-until]")
    left = page.locator(".card time[data-until]").inner_text()
    assert re.fullmatch(r"[45]:\d\d", left), "counted by the server's clock, not by the browser's"
    examiner.tap("✅ Қабылдаймын")
    page.wait_for_selector(".card.taken")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
def test_page__is_usable_by_everybody_and_fits(campus, page, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    campus.exam(campus.member())
    student = campus.student()
    student.send("/sos").tap("Интернет жоқ")
    me = campus.town.desk.do_now(people.meet, student.user_id, "")
    campus.town.desk.do_now(tickets.open_own, me, "conference", student.user_id + 10**9)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    seen(page, campus.member(Role.DEAN))
    for last in (False, True):
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, "no scrolling sideways"
        if not last:
            page.locator(".exam .what a").first.click()
            page.wait_for_selector("table")


@pytest.mark.browser
def test_page__is_light_enough_for_a_weak_line(campus, page):
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    for _ in range(5):
        campus.exam()
    seen(page, campus.member(Role.DEAN))
    assert sum(sizes) < 150_000


@pytest.mark.browser
def test_page__works_by_keyboard_and_keeps_the_place(campus, page):
    student = campus.student()
    campus.exam(campus.member())
    seen(page, campus.member(Role.DEAN))
    link = page.locator(".exam .what a").first
    link.focus()
    address = link.get_attribute("href")
    student.send("/sos").tap("Интернет жоқ")
    page.wait_for_selector(".card.waiting")
    page.wait_for_selector(".exam .tag.bad")
    assert page.evaluate("document.activeElement.getAttribute('href')") == address
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
