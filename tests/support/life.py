"""A sandbox, a database and a bot process that is killed and started again, for tests that end lives."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import wiring
from bot.clock import system_clock
from bot.rules.vocabulary import PersonKind
from bot.sandbox.config import SandboxConfig
from bot.sandbox.server import Sandbox
from bot.sandbox.thread import SandboxThread
from bot.storage.engine import Unavailable
from bot.storage.tables import Account
from bot.storage.unit import UnitOfWork
from tests.support import shared
from tests.support.zygote import Zygote, gone, wait_until_gone

PATIENCE = 60.0
TRIES, AGAIN_SECONDS = 40, 0.25


class Life:
    """A sandbox, a database, and a bot process that dies and comes back."""

    def __init__(self, folder: Path, zygote: Zygote, url: str = "", **sandbox: Any) -> None:
        self._folder = folder
        self._zygote = zygote
        self._number = 0
        self._seen = 0
        self.log = folder / "bot.log"
        self.sandbox = SandboxThread(SandboxConfig(**sandbox))
        self.sandbox.start()
        url = url or f"sqlite:///{folder / 'emtihan.db'}"
        self.settings = {
            "EMTIHAN_TOKEN": self.sandbox.sandbox.config.token,
            "EMTIHAN_API_URL": self.sandbox.url,
            "EMTIHAN_DATABASE_URL": url,
            "EMTIHAN_LISTEN": "127.0.0.1:0",
            "EMTIHAN_SEND_RATE": "28",
        }
        self.base = wiring.build(shared.settings(shared.laid(url)), climb=True)
        self.desk = self.base.desk

    def start(self, **settings: str) -> int:
        """Start the bot; its process number."""
        settings = {**self.settings, **settings}
        self._number = self._zygote.fork("run", folder=self._folder, log=self.log, **settings)
        return self._number

    def fork(self, *arguments: str, log: Path, **settings: str) -> int:
        """Start any command beside the bot; its process number."""
        return self._zygote.fork(*arguments, folder=self._folder, log=log, **{**self.settings, **settings})

    @property
    def number(self) -> int:
        """The bot's process."""
        return self._number

    @property
    def alive(self) -> bool:
        """Whether the bot was started and did not end by itself."""
        return bool(self._number) and not gone(self._number)

    @staticmethod
    def now() -> float:
        return time.monotonic()

    @staticmethod
    def end(number: int) -> bool:
        """Kill a process. Returns whether it still lived."""
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            return False
        wait_until_gone(number)
        return True

    def kill(self) -> None:
        """What a power cut does."""
        if self._number:
            self.end(self._number)
            self._number = 0

    def close(self) -> None:
        self.kill()
        self.base.close()
        self.sandbox.stop()

    def do(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        return self.desk.do_now(work, *args, **kwargs)

    def sql(self, work: Callable[[UnitOfWork], Any]) -> Any:
        """Look, also while the database is being restarted."""
        for _ in range(TRIES):
            try:
                return self.base.database.transact(work)
            except Unavailable:
                time.sleep(AGAIN_SECONDS)
        return self.base.database.transact(work)

    def count(self, table: type, *where: Any) -> int:
        """Rows of a table."""
        found: int = self.sql(lambda uow: uow.session.query(table).filter(*where).count())
        return found

    def ask(self, question: Callable[[Sandbox], Any]) -> Any:
        return self.sandbox.ask(question)

    def link(self, accounts: dict[int, tuple[str, PersonKind]]) -> None:
        """Give people of the registers their accounts."""

        def write(uow: UnitOfWork) -> None:
            for user_id, (ext_id, kind) in accounts.items():
                person = uow.people.find(ext_id, kind)[0]
                uow.session.add(
                    Account(
                        user_id=user_id,
                        person_id=person.id,
                        language="kk",
                        consent_version=self.desk.office.policy.consent_version,
                        created_at=system_clock(),
                    )
                )

        self.sql(write)

    def person(self, user_id: int, start: str = "") -> None:
        self.ask(
            lambda box: box.world.add_person({"id": user_id, "language_code": "kk", "start": start or None})
        )

    def act(self, user_id: int, act: str, **wish: Any) -> Any:
        """What a finger does on a phone."""
        request = urllib.request.Request(
            f"{self.sandbox.url}/sandbox/chats/{user_id}/{act}",
            data=json.dumps(wish).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def texts(self, user_id: int) -> list[str]:
        """What the bot has in this chat, as it stands."""
        messages = self.ask(lambda box: box.world.transcript(user_id))
        return [str(message.get("text") or "") for message in messages if message["from"] == "bot"]

    def says(self, user_id: int, part: str) -> int:
        """How many messages hold these words."""
        return sum(part in text for text in self.texts(user_id))

    def until(self, true: Callable[[], Any], what: str = "it") -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"{what} did not come; the bot said: {self.said()}")
            time.sleep(0.005)

    def said(self) -> str:
        """The end of the bot's log."""
        return self.log.read_text("utf-8")[-2000:] if self.log.exists() else "nothing"

    def hold(self, user_id: int) -> None:
        """The next answer to a person hangs on its way."""
        calls = self.ask(lambda box: box.world.calls.after(0))
        self._seen = int(calls[-1]["seq"]) if calls else 0
        for method in ("sendMessage", "editMessageText"):
            wish = {"kind": "hang", "method": method, "chat_id": user_id}
            self.ask(lambda box, wish=wish: box.world.faults.add(wish))

    def held(self) -> bool:
        """Whether the answer hangs now."""
        return any(call["fault"] for call in self.ask(lambda box: box.world.calls.after(self._seen)))

    def release(self) -> None:
        self.ask(lambda box: box.world.faults.clear())
