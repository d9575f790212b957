"""What the program logs over a whole story with troubles: no token, no name, no word of a person."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import config, wiring
from bot.clock import system_clock
from tests.support.campus import Campus
from tests.support.town import Town

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("Құпиябек", "жасырын сөз", "жасырын жазу", "жасырын сұрақ", "hidden-payload")


class ProcessTown(Town):
    """The bot as an operator runs it: a process of its own, configured by its environment."""

    def __init__(self, url: str, log: Path, policy_file: Path) -> None:
        super().__init__(url, policy_file=policy_file)
        self._log, self._policy = log, policy_file
        self._process: subprocess.Popen[bytes] | None = None
        self._base: Any = None

    def start_bot(self) -> None:
        settings = config.load(database_url=self._url, policy_file=self._policy, _env_file=None)
        self._base = wiring.build(settings, system_clock)
        env = {
            **os.environ,
            "EMTIHAN_TOKEN": self.sandbox.sandbox.config.token,
            "EMTIHAN_API_URL": self.sandbox.url,
            "EMTIHAN_DATABASE_URL": self._url,
            "EMTIHAN_LISTEN": "127.0.0.1:0",
            "EMTIHAN_LOG": "json",
            "EMTIHAN_POLICY_FILE": str(self._policy),
            "EMTIHAN_SEND_RATE": "1000",
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=env, stdout=log, stderr=log
            )
        try:
            self.until(lambda: self.calls(method="getUpdates"), patience=90)
        except AssertionError:
            self._process.kill()
            self._process.wait()
            raise

    def stop_bot(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            assert self._process.wait(20) == 0
            self._process = None
            self._base.close()

    @property
    def desk(self) -> Any:
        return self._base.desk

    def _busy(self) -> bool:
        return False


@pytest.fixture
def process_town(tmp_path: Path, policy_file: Path) -> Iterator[tuple[ProcessTown, Path]]:
    log = tmp_path / "log"
    with ProcessTown(f"sqlite:///{tmp_path / 'emtihan.db'}", log, policy_file) as town:
        yield town, log


def test_logs__of_a_story_with_troubles_hold_no_secret(process_town: tuple[ProcessTown, Path]) -> None:
    town, log = process_town
    campus = Campus(town, system_clock)
    examiner = campus.member(full_name="Құпиябек Е.")
    campus.exam(examiner)
    student = campus.student(full_name="Құпиябек С.")
    for kind in ("500", "502_html", "wrong_json"):
        town.fault(kind, method="sendMessage")
        town.fault(kind, method="getUpdates")
        student.send("жасырын сұрақ")
    student.send("/sos").tap("Интернет жоқ").tap("Толықтыру").send("жасырын сөз")
    student.tap("Толықтыру").sends(photo=True, caption="жасырын жазу")
    examiner.tap("✅ Қабылдаймын")
    student.send("/start hidden-payload").forge("hidden-payload:1")
    student.update({"hologram": {"text": "жасырын сөз", "from": {"id": student.user_id}}})
    student.update({"message": {"chat": {"id": student.user_id}, "text": "жасырын сөз"}})
    town.fault("403", examiner, method="sendMessage")
    student.tap("Толықтыру").send("жасырын сөз")
    town.stop_bot()
    written = log.read_text("utf-8")
    token = town.sandbox.sandbox.config.token
    assert "update.postponed" in written
    assert "update.failed" in written
    assert "polling.interrupted" in written
    assert token not in written
    assert token.partition(":")[2] not in written
    assert [secret for secret in SECRETS if secret in written] == []
    assert "Traceback" not in written
