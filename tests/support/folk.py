"""People who act at random: each does one thing after another and remembers what they saw confirmed."""

import base64
import random
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

from bot.services import people
from tests.exchange.test_exchange_files import pdf
from tests.support.life import Life
from tests.support.zygote import gone

HELPER, FIRST_STUDENT = 7103, 7200
CHOICE = "Қай емтиханның қадамдары"
SCAN = base64.b64encode(pdf()).decode()
ROUND = 3
"""Students whom one import brings."""

Doing = Generator[Callable[[], object], None, None]
"""What somebody does, bit by bit: it goes on when what it waits for has come true."""


@dataclass
class Ledger:
    """What people saw confirmed: by kind, (chat, number or words)."""

    rng: random.Random
    seen: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    """Words to the helper, in the order they were said."""
    _words: int = 0

    def saw(self, kind: str, chat: int, what: str) -> None:
        self.seen.setdefault(kind, []).append((chat, what))

    def of(self, kind: str) -> list[tuple[int, str]]:
        return self.seen.get(kind, [])

    def words(self) -> str:
        """Words that nobody else says."""
        self._words += 1
        return f"сөз-{self._words:04d}-{self.rng.randrange(16**6):06x}"


class Someone:
    """A person with a phone."""

    def __init__(self, life: Life, ledger: Ledger, user_id: int, ext_id: str = "") -> None:
        self.life, self.ledger, self.user_id, self.ext_id = life, ledger, user_id, ext_id

    def hears(self, act: Callable[[], object], *words: str) -> Doing:
        """Do something, then wait until one of these words (if any) stands there once more than before."""
        before = self._says(words)
        act()
        if words:
            yield lambda: self._says(words) > before

    def _says(self, words: tuple[str, ...]) -> int:
        return sum(any(word in text for word in words) for text in self.life.texts(self.user_id))

    def says(self, text: str, *heard: str) -> Doing:
        return self.hears(lambda: self.life.act(self.user_id, "send", text=text), *heard)

    def taps(self, label: str, *heard: str, beneath: str = "") -> Doing:
        """Wait for a button, then press its newest."""
        yield lambda: self._button(label, beneath)
        number = self._button(label, beneath)
        press = {"label": label, "message_id": number}
        yield from self.hears(lambda: self.life.act(self.user_id, "tap", **press), *heard)

    def _button(self, label: str, beneath: str) -> int:
        messages = self.life.ask(lambda box: box.world.transcript(self.user_id))
        meant = [
            m for m in messages if beneath in str(m.get("text") or "") and label in str(m.get("keyboard"))
        ]
        return int(meant[-1]["message_id"]) if meant else 0

    def newest(self, pattern: str) -> str:
        """The first group of a pattern in the newest message that has it."""
        texts = reversed(self.life.texts(self.user_id))
        return next(found[1] for text in texts if (found := re.search(pattern, text)))


class Student(Someone):
    """Joins, walks, reports, adds words, appeals, asks for a person."""

    def joins(self) -> Doing:
        yield from self.hears(lambda: self.life.act(self.user_id, "start"), "Тілді таңдаңыз")
        yield from self.taps("Қазақша", "келісім")
        yield from self.taps("Келісемін", "Не істейміз?")
        self.ledger.saw("link", self.user_id, self.ext_id)

    def walks(self) -> Doing:
        yield from self.says("/steps", " 1/", CHOICE)
        if self.life.texts(self.user_id)[-1].startswith(CHOICE):  # the exam is after midnight: not today
            yield from self.taps("Жазбаша емтихан", " 1/", beneath=CHOICE)
        for step in (1, 2):
            yield from self.taps("✅ Орындадым", f" {step + 1}/", beneath=f" {step}/")
            self.ledger.saw("step", self.user_id, str(step - 1))

    def reports(self) -> Doing:
        yield from self.says("/sos", "Не болды")
        # A mass outage changes what confirms a report within a moment: both name it.
        yield from self.taps("Интернет жоқ", "қабылданды: ", "Хабарлама FM-", beneath="Не болды")
        number = self.newest(r"(?:қабылданды: |Хабарлама )([A-Z]+-\S+\d)")
        self.ledger.saw("case", self.user_id, number)
        for _ in range(self.ledger.rng.randint(0, 2)):
            yield from self.taps("Толықтыру", "жазыңыз")
            words = self.ledger.words()
            yield from self.says(words, "Қосылды")
            self.ledger.saw("note", self.user_id, words)

    def appeals(self) -> Doing:
        yield from self.says("/appeal", "Жарияланған нәтижелер")
        yield from self.taps("Апелляция беру", "Мәтін жоқ.", beneath="Жарияланған нәтижелер")
        yield from self.taps("Негізін таңдау")
        yield from self.taps("Баға дұрыс қойылмаған", "Мәтін жоқ", "сөзбен жазыңыз")
        words = f"Менің жауабым дұрыс: {self.ledger.words()}"
        yield from self.says(words, "Мәтін: ")
        document = {"file_name": "scan.pdf", "mime_type": "application/pdf", "base64": SCAN}
        yield from self.hears(lambda: self.life.act(self.user_id, "send", document=document), "1 файл")
        yield from self.taps("Тексеру", "Жібермес бұрын тексеріңіз")
        yield from self.taps("Жіберу", "Апелляция AP-")
        self.ledger.saw("appeal", self.user_id, self.newest(r"Апелляция (AP-\S+\d)"))

    def asks_for_help(self, helper: Someone) -> Doing:
        yield from self.says("/help")
        yield from self.taps("🙋 Адам керек", "сұрауыңыз қабылданды")
        number = self.newest(r"сұрауыңыз қабылданды: (\S+\d)")
        self.ledger.saw("ticket", self.user_id, number)
        yield lambda: helper.life.says(helper.user_id, number)
        yield from helper.taps("🙋 Мен көмектесемін", beneath=number)
        yield lambda: self.life.says(self.user_id, "Сандық ерікті қосылды")
        for _ in range(self.ledger.rng.randint(1, 4)):
            words = self.ledger.words()
            self.ledger.said.append(words)
            self.life.act(self.user_id, "send", text=words)
        yield lambda: helper.life.says(helper.user_id, self.ledger.said[-1])
        yield from helper.taps("✅ Мәселе шешілді", beneath=number)
        yield lambda: self.life.says(self.user_id, "көмек аяқталды")


class Registrar:
    """Imports students by the program's own command, which is killed too, then hands out their codes."""

    def __init__(self, life: Life, ledger: Ledger) -> None:
        self._life, self._ledger = life, ledger
        self._count = 0
        self.killed = 0
        self.newcomers: list[Student] = []

    def brings(self, how_many: int = ROUND) -> Doing:
        numbers = range(self._count, self._count + how_many)
        self._count += how_many
        ids = [f"N{number}" for number in numbers]
        file = self._file(ids)
        while True:
            log = Path(f"{file}.log")
            log.unlink(missing_ok=True)
            process = self._life.fork("import", "students", str(file), log=log)
            if self._ledger.rng.random() < 0.5:
                until = self._life.now() + self._ledger.rng.uniform(0, 1.5)
                yield lambda until=until, process=process: self._life.now() > until or gone(process)
                self.killed += self._life.end(process)
            yield lambda process=process: gone(process)
            known = sum(bool(self._life.sql(lambda uow, i=i: uow.people.find(i))) for i in ids)
            assert known in (0, how_many), f"{known} of {how_many} students of a file were stored"
            if "rejected 0" in log.read_text("utf-8"):
                break
        for ext_id in ids:
            self._ledger.saw("import", 0, ext_id)
        self._invite(ids)

    def _file(self, ids: list[str]) -> Path:
        head = "student_id,full_name,group,programme,faculty,level,course,language"
        rows = [f"{i},Студент {i},АЖ-23-1,6B06101,АТ факультеті,bachelor,3,kk" for i in ids]
        file = self._life.log.parent / f"students-{ids[0]}.csv"
        file.write_text("\n".join([head, *rows]) + "\n", "utf-8")
        return file

    def _invite(self, ids: list[str]) -> None:
        for invite in self._life.do(people.issue_invites, secret="00" * 32):
            if invite.ext_id in ids:
                user_id = FIRST_STUDENT + int(invite.ext_id[1:])
                self._life.person(user_id, start=invite.code)
                self.newcomers.append(Student(self._life, self._ledger, user_id, invite.ext_id))
