"""The administrators' tables: who may look, that nobody can change anything, whose words they speak."""

import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.rules.vocabulary import Role
from bot.services import imports
from bot.storage.tables import AuditEvent
from tests.conversations.conftest import MORNING
from tests.conversations.test_board import Browser, entered, link_of
from tests.support.browser import chromium
from tests.support.clock import HandClock
from tests.support.people import member
from tests.support.town import Town


@pytest.fixture(scope="module")
def town_apart(
    tmp_path_factory: pytest.TempPathFactory, clock: HandClock, policy_file: Path
) -> Iterator[Town]:
    """Administrators of the whole university would hear of other tests' troubles."""
    url = f"sqlite:///{tmp_path_factory.mktemp('tables') / 'emtihan.db'}"
    with Town(url, clock=clock, policy_file=policy_file) as opened:
        yield opened


@pytest.fixture
def town(town_apart: Town, clock: HandClock) -> Town:
    clock.now = MORNING
    return town_apart


REFUSED = {"kk": "әкімшіге", "ru": "только для администратора"}


def test_administrator__reads_them_in_the_language_of_the_board(campus):
    browser, board = entered(campus.member(Role.ADMIN, faculty=""))
    campus.student(full_name="Сәрсенова Айгүл")
    status, page = browser.get(f"{board}/tables/")
    assert (status, 'lang="kk"' in page, "Студенттер мен қызметкерлер" in page) == (200, True, True)
    page = browser.get(f"{board}/tables/person/list?search={urllib.parse.quote('Сәрсенова')}")[1]
    assert "Сәрсенова Айгүл" in page
    assert "Аты-жөні" in page
    assert "1–1, барлығы: 1" in page
    browser.get(f"{board}/language/ru")
    page = browser.get(f"{board}/tables/person/list")[1]
    assert 'lang="ru"' in page
    assert "ФИО" in page
    for english in ("Search", "Show", "Actions", "View", "next", "Full Name", "full_name", "Go Back"):
        assert f">{english}<" not in page
        assert f'"{english}"' not in page


def test_board_and_chat__lead_an_administrator_there(campus):
    phone = campus.member(Role.ADMIN, faculty="")
    browser, board = entered(phone)
    assert 'href="/board/tables/"' in browser.get(board)[1]
    phone.send("/staff").tap("⚙️ Басқару").tap("🗂 Кестелер")
    link = next(word for word in phone.text.split() if "/board/enter/" in word)
    fresh = Browser()
    page = fresh.get(link)[1]
    assert 'name="to" value="tables"' in page
    key = link.rpartition("/")[2].partition("?")[0]
    status, page = fresh.get(f"{board}/enter", {"key": key, "to": "tables"})
    assert (status, "<title>Кестелер</title>" in page) == (200, True)


def test_link__leads_nowhere_else(campus):
    link = link_of(campus.member(Role.ADMIN, faculty=""))
    place, key = link.partition("/enter/")[::2]
    assert 'name="to"' not in Browser().get(f"{link}?to=//evil.example")[1]
    page = Browser().get(f"{place}/enter", {"key": key, "to": "//evil.example"})[1]
    assert "data-events" in page


def test_everybody_else__is_refused(campus):
    for role, language in ((Role.DEAN, "kk"), (Role.REGISTRAR, "ru")):
        phone = campus.member(role, language=language)
        browser, board = entered(phone, language)
        assert "/board/tables" not in browser.get(board)[1]
        for path in ("/tables", "/tables/", "/tables/person/list", "/tables/statics/css/main.css"):
            status, page = browser.get(board + path)
            assert (status, REFUSED[language] in page) == (403, True)
        phone.forge("bd:tables")
        assert "to=tables" not in " ".join(phone.texts())
    status, page = Browser().get(f"{board}/tables/person/list", **{"Accept-Language": "ru"})
    assert (status, "Возьмите новую" in page) == (403, True)


def test_administrator_of_one_faculty__sees_no_other(campus):
    phone = campus.member(Role.ADMIN, language="ru")
    phone.send("/staff").tap("⚙️ Управление")
    assert "🗂 Таблицы" not in phone.labels()
    browser, board = entered(phone, "ru")
    status, page = browser.get(f"{board}/tables/person/list")
    assert (status, "администратору всего университета" in page) == (403, True)


def test_role_taken_away__shuts_the_open_page(campus):
    phone = campus.member(Role.ADMIN, Role.DEAN, faculty="")
    browser, board = entered(phone)
    assert browser.get(f"{board}/tables/case/list")[0] == 200
    campus.town.desk.do_now(imports.staff, [member(phone.ext_id, Role.DEAN)])
    assert browser.get(f"{board}/tables/case/list")[0] == 403


def test_nothing_but_looking__passes(campus):
    browser, board = entered(campus.member(Role.ADMIN, faculty=""))
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("person/create", "person/edit/1", "person/delete?pks=1", "login"):
            assert browser.get(f"{board}/tables/{path}", {"full_name": "x"}, method=method)[0] == 405


NOT_THERE = (
    "person/create", "person/edit/1", "person/export/csv", "person/1/full_name/download/", "login",
    "person/details/9999999", "person/details/abc", "person/details/1;2", "board-session/list", "ұ/list",
    "meta/list", "person/list?sortBy=kind.x", "account/list?sortBy=user_id", "person/list?pageSize=x",
    "person/list?pageSize=-1", f"person/details/{10**30}", "statics/../application.py", "statics/no.css",
)  # fmt: skip


def test_what_is_not_there__is_said_in_the_readers_words(campus):
    browser, board = entered(campus.member(Role.ADMIN, faculty=""))
    for path in NOT_THERE:
        status, page = browser.get(f"{board}/tables/{urllib.parse.quote(path, safe='/?=;.-')}")
        assert (path, status, "Мұндай бет немесе жазба жоқ" in page) == (path, 404, True)


def test_whoever_looks__is_written_down(campus, town):
    phone = campus.member(Role.ADMIN, faculty="")
    browser, board = entered(phone)
    browser.get(f"{board}/tables/person/details/1?search=x")
    browser.get(f"{board}/tables/statics/css/main.css")
    seen = select(AuditEvent.detail).where(AuditEvent.action == "tables_seen")
    last = town.desk.do_now(lambda uow, *_: uow.session.scalars(seen.order_by(AuditEvent.id.desc())).first())
    assert last == {"page": "person/details/1"}


# In a real browser


@pytest.fixture(scope="module")
def window() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_pages__keep_to_the_content_policy_and_are_usable(campus, window, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    phone = campus.member(Role.ADMIN, faculty="")
    campus.exam(campus.member())
    page = window.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{link_of(phone)}")
    page.wait_for_url("**/board")
    page.goto(f"{page.url}/tables/exam/list")
    assert page.locator("table a").first.evaluate("one => getComputedStyle(one).textDecorationLine") == "none"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if width < 768:
        page.locator(".navbar-toggler").click()
        page.locator(".collapse.show").first.wait_for()  # what moves still is not hit
    page.locator("nav a").first.wait_for(state="attached")
    page.locator(".dropdown-toggle").last.click()
    page.locator(".dropdown-menu.show").wait_for()
    page.keyboard.press("Escape")
    page.locator("table a[href*='/details/']").first.click()
    page.wait_for_url("**/details/*")
    assert Axe().run(page).violations_count == 0
    page.close()
    assert said == []
