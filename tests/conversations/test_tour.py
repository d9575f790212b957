"""The demo's guided tour leads whoever does only what it says through the whole exam day."""

from pathlib import Path
from typing import Any

import pytest

from bot.demo import SAMPLE, phones
from bot.exchange.sample import lay_timetable
from bot.importing import Kind, store
from bot.rules.vocabulary import PersonKind
from bot.services import board, people
from bot.touring import Guide
from tests.conversations.test_board import Browser
from tests.support.clock import HandClock
from tests.support.town import Town

MOST_TAPS = 150
WAITED_MINUTES = 3


class Visitor(Browser):
    """A dean whose board is open in a browser all day."""

    def __init__(self, link: str) -> None:
        super().__init__()
        place, _, key = link.rpartition("/enter/")
        self.board = place
        assert self.get(f"{place}/enter", {"key": key})[0] == 200

    def look(self) -> None:
        """The day is there, whatever has happened."""
        status, page = self.get(self.board)
        assert (status, 'id="matters"' in page) == (200, True)


class Table:
    """The sample university and the phones of its demo, on a clock moved by hand."""

    def __init__(self, town: Town, clock: HandClock, folder: Path) -> None:
        self.town, self.clock = town, clock
        assert town.app is not None
        for kind in ("staff", "students", "timetable"):
            text = (SAMPLE / f"{kind}.csv").read_text("utf-8")
            if kind == "timetable":
                text = lay_timetable(text, clock(), town.desk.office.zone)
            (folder / f"{kind}.csv").write_text(text, "utf-8")
            assert not store(town.app.base, Kind(kind), folder / f"{kind}.csv").problems
        self.phones = {}
        for row in phones():
            if row.joins:
                phone = town.enrolled(row.ext_id, PersonKind(row.kind), row.language)
            else:
                phone = town.phone(row.language)
                code = town.code(row.ext_id, PersonKind(row.kind))
                town.patch(f"/sandbox/people/{phone.user_id}", {"start": code})
            self.phones[row.ext_id] = (phone.user_id, row.language)
        assert town._loop is not None
        guide = Guide(town.app, town._loop, town.sandbox.sandbox, self.phones)
        town.sandbox.ask(lambda sandbox: setattr(sandbox, "guide", guide.now))

    def asks(self) -> dict[str, Any]:
        found: dict[str, Any] = self.town.get("/sandbox/guide")
        return found

    def obey(self, said: dict[str, Any]) -> None:
        chat = f"/sandbox/chats/{said['user_id']}"
        if said["do"] == "start":
            self.town.post(f"{chat}/start", {})
        elif said["do"] == "tap":
            self.town.post(f"{chat}/tap", {"message_id": said["message_id"], "data": said["data"]})
        elif said["do"] == "photo":
            self.town.post(f"{chat}/send", {"photo": True})
        else:
            self.town.post(f"{chat}/send", {"text": said["text"]})
        self.town.settle()


@pytest.mark.slow
def test_tour__whoever_obeys_it_sees_the_whole_day(own_town: Town, clock: HandClock, tmp_path: Path) -> None:
    table = Table(own_town, clock, tmp_path)
    dean = own_town.desk.do_now(people.meet, table.phones["T150"][0], "")
    browser, seen = Visitor(own_town.desk.do_now(board.link, dean)), list[str]()
    for _ in range(MOST_TAPS):
        said = table.asks()
        if said["step"] not in seen:
            seen.append(said["step"])
            browser.look()
            assert all(words["title"] and words["text"] for words in said["words"].values())
        if said["do"] == "finish":
            break
        if said["do"] == "wait":
            clock.move(minutes=WAITED_MINUTES)
            own_town.until(lambda now=said: table.asks() != now)
        else:
            table.obey(said)
    assert said["do"] == "finish", f"{said} after {seen}"
    assert said["done"] == said["total"]
    assert len(seen) > 15
