"""Strictness rows 1 to 5: paths, parameters, tokens, error bodies."""

import json

import pytest

pytestmark = pytest.mark.anyio
TOKEN = "4200000000:AAE-sandbox-only-0123456789-abcdefg"


async def fetch(raw, path, verb="GET", **kwargs):
    async with raw.session.request(verb, raw.base + path, **kwargs) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize("name", ["getMe", "getme", "GETME", "gEtMe"])
async def test_method__letters_case_does_not_matter(raw, name):
    assert (await raw.ok(name))["is_bot"]


@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_method__get_and_post(raw, verb):
    status, body = await fetch(raw, f"/bot{TOKEN}/getMe", verb)
    assert (status, body["ok"]) == (200, True)


@pytest.mark.parametrize("how", ["query", "form", "json", "multipart"])
async def test_parameters__travel_in_four_ways(raw, how):
    await raw.person()
    values = {"chat_id": "7", "text": "Қ <b>&amp;</b> 1", "parse_mode": "HTML"}
    path = f"/bot{TOKEN}/sendMessage"
    if how == "query":
        status, body = await fetch(raw, path, params=values)
    elif how == "form":
        status, body = await fetch(raw, path, "POST", data=values)
    elif how == "json":
        status, body = await fetch(raw, path, "POST", json={**values, "chat_id": 7})
    else:
        body = await raw.upload("sendMessage", {}, **values)
        status = 200
    assert (status, body["result"]["text"]) == (200, "Қ & 1")


async def test_parameters__nested_json_values_in_a_json_body(raw):
    await raw.person()
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    body = {"chat_id": 7, "text": "x", "reply_markup": keyboard, "disable_notification": True}
    _, answer = await fetch(raw, f"/bot{TOKEN}/sendMessage", "POST", json=body)
    assert answer["result"]["reply_markup"] == keyboard


async def test_parameters__attach_names_an_upload(raw, png):
    await raw.person()
    answer = await raw.upload("sendPhoto", {"pic": ("a.png", png)}, chat_id=7, photo="attach://pic")
    assert answer["result"]["photo"][-1]["width"] == 40


@pytest.mark.parametrize(
    ("body", "code"), [(b"{", 400), (b"[1]", 400), (b'"text"', 400), (b"", 200), (b"  ", 200)]
)
async def test_parameters__broken_json(raw, body, code):
    headers = {"Content-Type": "application/json"}
    status, answer = await fetch(raw, f"/bot{TOKEN}/getMe", "POST", data=body, headers=headers)
    assert status == code
    assert answer["ok"] is (code == 200)


async def test_parameters__bytes_that_are_no_utf8(raw):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status, answer = await fetch(
        raw, f"/bot{TOKEN}/sendMessage", "POST", data=b"chat_id=7&text=%FF%FE", headers=headers
    )
    assert status == 400
    assert answer["description"].startswith("Bad Request: ")


async def test_parameters__a_lone_surrogate(raw):
    await raw.person()
    headers = {"Content-Type": "application/json"}
    body = b'{"chat_id": 7, "text": "a\\ud800b"}'
    _, answer = await fetch(raw, f"/bot{TOKEN}/sendMessage", "POST", data=body, headers=headers)
    assert answer["description"] == "Bad Request: strings must be encoded in UTF-8"


@pytest.mark.parametrize("path", ["/nothing", f"/bot{TOKEN}", "/sandbox/nothing", f"/bot{TOKEN}/a/b"])
async def test_path__unknown_is_404(raw, path):
    assert await fetch(raw, path) == (404, {"ok": False, "error_code": 404, "description": "Not Found"})


async def test_method__unknown_is_404(raw):
    assert await raw.error("sendNothing") == (404, "Not Found: method not found")


@pytest.mark.parametrize(
    ("token", "description"),
    [
        ("nocolon", "Unauthorized: invalid token specified"),
        ("1:" + "a" * 79, "Unauthorized: invalid token specified"),
        ("0123:abc", "Unauthorized: invalid token specified"),
        ("", "Unauthorized: invalid token specified"),
        ("4200000000:wrong", "Unauthorized"),
        ("99:AAE-sandbox-only", "Unauthorized"),
    ],
)
async def test_token__wrong_is_401(raw, token, description):
    status, body = await fetch(raw, f"/bot{token}/getMe")
    assert (status, body["error_code"], body["description"]) == (401, 401, description)
    status, body = await fetch(raw, f"/file/bot{token}/documents/file_0.txt")
    assert (status, body["description"]) == (401, description)


async def test_error__status_is_the_error_code_and_the_text_has_its_prefix(raw):
    status, body = await fetch(raw, f"/bot{TOKEN}/sendMessage", params={"chat_id": "5", "text": "a"})
    assert status == body["error_code"] == 400
    assert body == {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}


async def test_flood__seconds_in_text_parameters_and_header(raw):
    await raw.person()
    await raw.control("POST", "faults", kind="429", retry_after=7)
    async with raw.session.post(raw.bot_url + "/getMe") as answer:
        body = await answer.json()
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
    assert body["description"] == "Too Many Requests: retry after 7"
    assert body["parameters"] == {"retry_after": 7}


async def test_calls__are_logged_with_files_by_name(raw):
    await raw.person()
    await raw.upload("sendDocument", {"document": ("отчёт.txt", b"x")}, chat_id=7)
    await raw.api("sendMessage", chat_id=7, text="")
    calls = await raw.control("GET", "calls?method=sendDocument")
    assert [(c["params"], c["status"]) for c in calls] == [
        ({"chat_id": "7", "document": "file:отчёт.txt"}, 200)
    ]
    later = await raw.control("GET", f"calls?after={calls[0]['seq']}")
    assert [(c["method"], c["status"], c["error"]) for c in later] == [
        ("sendMessage", 400, "Bad Request: message text is empty")
    ]


async def test_calls__unknown_methods_and_parameters_are_there_too(raw):
    await raw.api("nothing", a={"b": 1})
    assert json.loads((await raw.control("GET", "calls"))[0]["params"]["a"]) == {"b": 1}
