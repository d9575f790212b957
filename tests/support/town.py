"""The whole bot against the sandbox over HTTP: people with phones tap and type, the bot answers."""

import asyncio
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from bot import app, config
from bot.app import Application
from bot.clock import Clock, monotonic, system_clock
from bot.rules.vocabulary import PersonKind
from bot.sandbox import shapes
from bot.sandbox.config import SandboxConfig
from bot.sandbox.server import Sandbox
from bot.sandbox.thread import SandboxThread
from bot.services import people
from bot.storage.tables import Account
from tests.support import shared
from tests.support.causes import ask, asked
from tests.support.databases import hurry

PATIENCE = 30.0
app.settle = lambda: None  # a process of tests has many programs, and none of them stays
PAUSE = 0.002


class Phone:
    """One person's private chat with the bot."""

    def __init__(self, town: "Town", user_id: int) -> None:
        self._town = town
        self.user_id = user_id
        self.ext_id = ""
        self.answers: list[dict[str, Any]] = []
        self._seen = 0

    def messages(self) -> list[dict[str, Any]]:
        """The chat as the person sees it."""
        found: list[dict[str, Any]] = self._town.get(f"/sandbox/chats/{self.user_id}/messages")
        return found

    def send(self, text: str) -> "Phone":
        return self.sends(text=text)

    def start(self, code: str = "") -> "Phone":
        """Press START, with a code as an invite link would."""
        self._town.patch(f"/sandbox/people/{self.user_id}", {"start": code})
        self._town.post(f"/sandbox/chats/{self.user_id}/start", {})
        return self.settle()

    def tap(self, label: str, **more: Any) -> "Phone":
        """Press a button; no spinner may be left turning."""
        self._tapped({"label": label, **more})
        return self

    def forge(self, data: str, message_id: int | None = None) -> dict[str, Any]:
        """Send any callback data, as a changed client could. Returns how the query was answered."""
        newest = next(self._newest_first(), {"message_id": 1})
        return self._tapped({"message_id": message_id or newest["message_id"], "data": data})

    def _tapped(self, wish: dict[str, Any]) -> dict[str, Any]:
        tapped = self.act("tap", **wish)
        self.settle()
        self.answers = [self._town.get(f"/sandbox/queries/{number}") for number in tapped["query_ids"]]
        spinning = [answer["data"] for answer in self.answers if not answer["answered"]]
        assert not spinning, f"the button still spins: {spinning}"
        return self.answers[-1] if self.answers else {}

    def act(self, act: str, **wish: Any) -> Any:
        """One act of the control API on this chat, without waiting for its effect."""
        return self._town.post(f"/sandbox/chats/{self.user_id}/{act}", wish)

    def sends(self, **content: Any) -> "Phone":
        """Send a photo, a voice, an album, a place … as the control API takes them."""
        self.act("send", **content)
        return self.settle()

    def edit(self, message_id: int, text: str) -> "Phone":
        """Edit an own message."""
        self.act("edit", message_id=message_id, text=text)
        return self.settle()

    def change(self, **wish: Any) -> "Phone":
        """Block the bot, lose the connection, rename oneself."""
        self._town.patch(f"/sandbox/people/{self.user_id}", wish)
        return self.settle()

    def update(self, fields: dict[str, Any]) -> "Phone":
        """Inject any update."""
        return self.sends(update=fields)

    def settle(self) -> "Phone":
        """Wait until the bot has handled everything and sent what it owes."""
        self._town.settle()
        return self

    def from_bot(self) -> list[dict[str, Any]]:
        return [message for message in self.messages() if message["from"] == "bot"]

    def message(self, message_id: int) -> dict[str, Any]:
        """One message as it stands now."""

        def look(sandbox: Sandbox) -> dict[str, Any]:
            return shapes.shown(sandbox.world, sandbox.world.chats[self.user_id][message_id])

        return self._town.sandbox.ask(look)

    def last(self) -> dict[str, Any]:
        """The newest message of the bot."""
        return next(self._newest_first())

    def _newest_first(self) -> Iterator[dict[str, Any]]:
        """The bot's messages from the newest back, without rendering the whole chat."""

        def numbers(sandbox: Sandbox) -> list[int]:
            bot = sandbox.config.bot_id
            return [m.message_id for m in sandbox.world.chats[self.user_id].values() if m.sender == bot]

        for number in reversed(self._town.sandbox.ask(numbers)):
            yield self.message(number)

    @property
    def text(self) -> str:
        """The newest message's text."""
        newest = next(self._newest_first(), {})
        return str(newest.get("text") or newest.get("caption") or "")

    def texts(self) -> list[str]:
        """Every text of the bot, oldest first."""
        return [str(m.get("text") or m.get("caption") or "") for m in self.from_bot()]

    def fresh(self) -> list[dict[str, Any]]:
        """The bot's messages that came since the last call of this; edits do not count."""
        found: list[dict[str, Any]] = []
        for message in self._newest_first():
            if message["message_id"] <= self._seen:
                break
            found.insert(0, message)
        self._seen = max([self._seen, *(message["message_id"] for message in found)])
        return found

    def labels(self, message: dict[str, Any] | None = None) -> list[str]:
        """Labels of the buttons under a message (the newest)."""
        rows = ((message or self.last()).get("keyboard") or {}).get("inline") or []
        return [button["text"] for row in rows for button in row]


class Town:
    """Sandbox and bot in threads of this process; `stop_bot` and `start_bot` restart the bot."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock = system_clock,
        policy_file: Path | None = None,
        sandbox: SandboxConfig | None = None,
        **settings: Any,
    ) -> None:
        self.sandbox = SandboxThread(sandbox or SandboxConfig())
        self._url = shared.laid(url)
        self._clock = clock
        self._settings = {"listen": ("127.0.0.1", 0), "send_rate": 1000, **settings}
        self._settings["policy_file"] = policy_file
        self.app: Application | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._users = 7000
        self._failures: list[BaseException] = []

    shared = False
    """Whether many tests live in it, each in a faculty of its own."""

    def __enter__(self) -> "Town":
        self.sandbox.start()
        self.start_bot()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_bot()
        self.sandbox.stop()

    def start_bot(self) -> None:
        """Start the bot and wait until it serves."""
        settings = config.load(
            token=self.sandbox.sandbox.config.token,
            api_url=self.sandbox.url,
            database_url=self._url,
            _env_file=None,
            **self._settings,
        )
        started = threading.Event()
        self._failures = failures = []

        async def serve() -> None:
            self.app = Application(settings, self._clock)
            hurry(self.app.base.database.engine)
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.ensure_future(self.app.serve())
            waiting = asyncio.ensure_future(self.app.ready.wait())
            await asyncio.wait({self._task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            started.set()
            try:
                await self._task
            except asyncio.CancelledError:
                pass
            finally:
                waiting.cancel()

        def main() -> None:
            try:
                asyncio.run(serve())
            except BaseException as failure:
                failures.append(failure)
            finally:
                started.set()

        self._thread = threading.Thread(target=main, name="bot", daemon=True)
        self._thread.start()
        started.wait(30)
        if failures:
            raise failures[0]

    def stop_bot(self) -> None:
        """Stop the bot as Ctrl-C would."""
        if self._loop is not None and self._task is not None and self._thread is not None:
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(PATIENCE)
        self._thread = None

    def rest(self) -> None:
        """Nothing comes by itself while no test lives here."""
        self._driver_does("pause")

    def rise(self) -> None:
        """What comes by itself comes again; that it rested is nobody's silence."""
        assert self.app is not None
        last = self.app.parts.watch._last
        last.update(dict.fromkeys(last, monotonic()))
        self._driver_does("resume")

    def _driver_does(self, what: str) -> None:
        assert self.app is not None
        scheduler = self.app.parts.driver._scheduler  # type: ignore[attr-defined]

        def do() -> None:
            if scheduler.running:
                getattr(scheduler, what)()

        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(do)

    @property
    def desk(self) -> Any:
        assert self.app is not None
        return self.app.base.desk

    def phone(self, language: str = "kk", first_name: str = "Айгерім", user_id: int | None = None) -> Phone:
        """A new person with a phone who has not met the bot."""
        self._users += 1
        number = user_id or self._users
        self.post("/sandbox/people", {"id": number, "first_name": first_name, "language_code": language})
        return Phone(self, number)

    def code(self, ext_id: str, kind: PersonKind = PersonKind.STUDENT) -> str:
        """The invite code of somebody in the registers."""
        issued = self.desk.do_now(people.issue_invites, secret="00" * 32)
        return next(i.code for i in issued if (i.kind, i.ext_id) == (kind.value, ext_id))

    def joined(self, ext_id: str, kind: PersonKind = PersonKind.STUDENT, language: str = "kk") -> Phone:
        """A phone that has used its invite, chosen the language and agreed."""
        phone = self.phone(language).start(self.code(ext_id, kind))
        phone.tap("Қазақша" if language == "kk" else "Русский")
        return phone.tap("Келісемін" if language == "kk" else "Согласен")

    def enrolled(self, ext_id: str, kind: PersonKind = PersonKind.STUDENT, language: str = "kk") -> Phone:
        """The same without the conversation: the account is written down, the chat is empty."""
        phone = self.phone(language)

        def press_start(sandbox: Sandbox) -> None:
            sandbox.world.person(phone.user_id).started = True

        def link(uow: Any) -> None:
            account = Account(
                user_id=phone.user_id,
                person_id=uow.people.find(ext_id, kind)[0].id,
                language=language,
                consent_version=self.desk.office.policy.consent_version,
                created_at=self._clock(),
            )
            uow.people.add_account(account)

        self.sandbox.ask(press_start)
        self.sql(link)
        return phone

    def carry_out(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the bot's own loop; its result."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def settle(self) -> None:
        """Wait until no update waits anywhere and no due message is owed."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            time.sleep(PAUSE)
            if self._failures:
                raise AssertionError("the bot has died") from self._failures[0]
            if self._quiet():
                return
        raise AssertionError("the bot has not come to rest")

    def _quiet(self) -> bool:
        """Whether nothing is under way; what was looked at first must still be so after the last look."""
        if self._busy() or self._owes():  # seen without asking the sandbox
            return False
        return not (self._arriving() or self._owes() or self._arriving())

    def _arriving(self) -> bool:
        return self._busy() or bool(self.sandbox.ask(lambda sandbox: sandbox.world.updates.waiting()))

    def _owes(self) -> bool:
        """Looked at beside the bot's transactions: nobody waits for it."""
        return any(ask(self.desk.database.engine, self._url, OWED, now=self._clock()).values())

    def _busy(self) -> bool:
        assert self.app is not None
        return self.app.parts.worker.busy

    def until(self, true: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Wait for something that no settling shows; its value."""
        end = time.monotonic() + patience
        while not (value := true()):
            assert time.monotonic() < end, "it did not come true in time"
            time.sleep(PAUSE)
        return value

    def sql(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run `work(uow)` in a transaction on the bot's database."""
        return self.desk.database.transact(work, *args)

    def fault(self, kind: str, phone: Phone | None = None, **wish: Any) -> None:
        """Order a fault of the Bot API, in one chat or in all."""
        chat = {"chat_id": phone.user_id} if phone else {}
        self.post("/sandbox/faults", {"kind": kind, **chat, **wish})

    def calls(self, phone: Phone | None = None, method: str = "", after: int = 0) -> list[dict[str, Any]]:
        """Calls of the Bot API, to one chat or all."""
        found: list[dict[str, Any]] = self.get(f"/sandbox/calls?after={after}&method={method}")
        if phone is None:
            return found
        return [call for call in found if str(call["params"].get("chat_id")) == str(phone.user_id)]

    def group(self, *members: Phone) -> int:
        """A group chat with the bot in it."""
        made = self.post("/sandbox/groups", {"title": "АЖ-23-1", "members": [m.user_id for m in members]})
        return int(made["id"])

    def get(self, path: str) -> Any:
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("POST", path, body)

    def delete(self, path: str) -> Any:
        return self._ask("DELETE", path, None)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("PATCH", path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            self.sandbox.url + path, method=method, data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"null")


OWED, _ = asked(
    {
        "handling": "EXISTS (SELECT 1 FROM inbox WHERE state = 'waiting')",
        "sending": "EXISTS (SELECT 1 FROM notices WHERE state IN ('pending', 'sending') AND due_at <= :now)",
    }
)
