"""Files people send: noted at once, fetched in the background, judged by content, never lost, erased."""

import asyncio
import datetime as dt
import errno
import os
import signal
import threading

import pytest

from bot.intake import clamd
from bot.intake.fetcher import examine
from bot.rules.files import FileLimits, Verdict, check_size
from bot.services import files, forgetting, retention
from bot.services.files import Sent
from bot.storage.engine import Unavailable
from bot.storage.tables import Case
from bot.wire import ApiDown, ApiRefused
from tests.exchange.test_exchange_bombs import PAGE, ROOT, object_tree, pages
from tests.exchange.test_exchange_files import jpeg, pdf
from tests.support.refusals import refused


@pytest.fixture
def sender(hall):
    """A student with an open draft."""
    me = hall.student()
    me_draft = hall.sql(lambda uow: uow.drafts.begin(me.person_id, "appeal", "1", hall.clock()).id)
    return hall, me, me_draft


def send(sender, file_id="f1", name="өтініш.pdf", size=0, origin=None, order=0):
    hall, me, draft = sender
    sent = Sent(file_id, "document", name, size, order)
    return hall.do(
        files.attach, me.person_id, sent, origin or hall.origin(), role="application", draft_id=draft
    )


def standing(sender):
    hall, _, draft = sender
    return hall.sql(lambda uow: files.views(uow, draft_id=draft))


def test_attach__bytes_come_in_the_background_and_are_kept_by_their_hash(sender):
    hall, _, _ = sender
    hall.wire.files["f1"] = pdf(2)
    send(sender)
    assert [file.state for file in standing(sender)] == ["waiting"]
    hall.tick()
    [file] = standing(sender)
    assert (file.state, file.type, file.pages, file.size) == ("kept", "pdf", 2, len(pdf(2)))
    assert hall.office.files.read(file.sha256) == pdf(2)
    hall.expect()


def test_attach__the_same_update_twice_is_one_file(sender):
    send(sender, origin=5)
    send(sender, origin=5)
    assert len(standing(sender)) == 1


def test_attach__an_album_out_of_order_stands_in_its_senders_order(sender):
    hall, _, _ = sender
    for order in (3, 1, 10, 2, *range(4, 10)):
        hall.wire.files[f"f{order}"] = jpeg(width=order)
        send(sender, f"f{order}", f"{order}.jpg", order=order)
    hall.tick()
    assert [(file.name, file.state) for file in standing(sender)] == [
        (f"{n}.jpg", "kept") for n in range(1, 11)
    ]


def test_attach__sixty_files_are_stopped_at_the_limit_with_the_limit_named(sender):
    hall, _, _ = sender
    limit = hall.office.policy.files.files_max
    for number in range(limit):
        send(sender, f"f{number}")
    with refused("files_many") as said:
        send(sender, "one more")
    assert said.value.params == {"limit": limit}
    assert len(standing(sender)) == limit


def test_attach__a_file_announced_too_big_is_refused_at_once(sender):
    with refused("file_big"):
        send(sender, size=21 * 1024 * 1024)
    assert standing(sender) == []


@pytest.mark.parametrize(
    ("content", "problem", "part"),
    [
        (b"", "empty", "бос"),
        (b"MZ" + b"\0" * 100, "unknown", "түрдегі"),
        (pdf(1, "secret"), "encrypted", "пароль"),
        (pdf(3)[:150], "broken", "бүлінген"),
    ],
)
def test_fetch__a_bad_file_is_refused_with_the_reason_in_the_senders_language(sender, content, problem, part):
    hall, me, _ = sender
    hall.wire.files["f1"] = content
    send(sender)
    hall.tick()
    assert [(file.state, file.reason, file.sha256) for file in standing(sender)] == [("refused", problem, "")]
    hall.expect((me, part))
    assert not [path for path in hall.office.files.root.rglob("*") if path.is_file()]


def test_fetch__a_file_that_grows_beyond_the_limit_is_cut_off(sender, monkeypatch):
    hall, me, _ = sender
    hall.wire.files["f1"] = pdf(1) + b"\0" * (21 * 1024 * 1024)
    send(sender)
    hall.tick()
    assert [(file.state, file.reason) for file in standing(sender)] == [("refused", "big")]
    hall.expect((me, "20 мегабайт"))


def test_fetch__telegram_away_is_waited_out_and_nothing_is_lost(sender):
    hall, _, _ = sender
    hall.wire.files["f1"] = ApiDown("getFile: down")
    send(sender)
    for _ in range(3):
        hall.tick()
        hall.clock.now += dt.timedelta(seconds=45)
    assert [file.state for file in standing(sender)] == ["waiting"]
    hall.wire.files["f1"] = pdf()
    hall.forward(minutes=10)
    assert [file.state for file in standing(sender)] == ["kept"]
    hall.expect()


def test_fetch__a_full_disk_is_waited_out_however_long_and_nobody_is_asked_again(sender, monkeypatch):
    hall, _, _ = sender
    hall.wire.files["f1"] = pdf()
    with monkeypatch.context() as full:
        full.setattr("bot.storage.files.tempfile.mkstemp", no_room)
        send(sender)
        hall.forward(hours=2, step_seconds=300)
        assert [(file.state, file.reason) for file in standing(sender)] == [("waiting", files.DISK)]
    hall.forward(minutes=15)
    assert [file.state for file in standing(sender)] == ["kept"]
    hall.expect()


def test_put__without_room_stores_nothing_and_may_be_tried_again(hall, monkeypatch):
    """A document is made in a use-case: all of it is given up, the update comes again by itself."""

    def issue(uow, office, now):
        return office.files.put(b"a document")

    with monkeypatch.context() as full:
        full.setattr("bot.storage.files.tempfile.mkstemp", no_room)
        with pytest.raises(Unavailable, match="folder of files cannot be written: No space left"):
            hall.do(issue)
    assert hall.desk.office.files.read(hall.do(lambda uow, office, now: office.files.put(b"x"))) == b"x"


def no_room(**_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_fetch__a_file_that_never_comes_is_missing_and_asked_for_once(sender):
    hall, me, _ = sender
    hall.wire.files["f1"] = ApiRefused(
        400, "Bad Request: wrong file_id or the file is temporarily unavailable"
    )
    send(sender)
    hall.forward(hours=2, step_seconds=300)
    assert [(file.state, file.reason) for file in standing(sender)] == [("missing", "telegram")]
    hall.expect((me, "Telegram файлды бермеді"))


def test_fetch__a_dead_fetchers_file_is_fetched_again_when_its_lease_is_over(sender):
    hall, _, _ = sender
    hall.wire.files["f1"] = pdf()
    send(sender)
    assert [owed.file_id for owed in hall.do(files.owed, 10)] == ["f1"]
    assert hall.do(files.owed, 10) == []
    hall.forward(minutes=6)
    assert [file.state for file in standing(sender)] == ["kept"]


def test_names__are_shown_but_never_become_paths(sender):
    hall, _, _ = sender
    hall.wire.files["f1"] = pdf()
    send(sender, name="../../etc/passwd\n\x00" + "ұ" * 300 + ".pdf")
    hall.tick()
    [file] = standing(sender)
    assert len(file.name) <= 120
    assert "\n" not in file.name
    kept = [path.relative_to(hall.office.files.root).as_posix() for path in hall.office.files.root.rglob("*")]
    assert sorted(kept) == sorted([file.sha256[:2], f"{file.sha256[:2]}/{file.sha256}"])


def test_remove__only_the_owner_and_only_from_a_draft(sender):
    hall, me, _ = sender
    file = send(sender)
    other = hall.student("S2")
    with refused("file_gone"):
        hall.do(files.remove, other.person_id, file.id)
    hall.do(files.remove, me.person_id, file.id)
    assert standing(sender) == []


def test_retention__erases_the_bytes_of_old_files_once_nobody_needs_them(sender):
    hall, me, _ = sender
    hall.wire.files |= {"f1": pdf(), "f2": pdf(), "f3": jpeg()}
    for file_id in ("f1", "f2", "f3"):
        send(sender, file_id)
    hall.tick()
    case = Case(
        number="AP-1", origin=9, reporter_id=me.person_id, trouble="", filed_at=hall.clock(), chain=[]
    )  # fmt: skip

    second = standing(sender)[1].id

    def open_case(uow):
        uow.cases.add(case)
        uow.files.get(second).case_id = case.id

    hall.sql(open_case)
    hall.clock.now += dt.timedelta(days=364)
    assert hall.do(retention.purge_files) == 0
    hall.clock.now += dt.timedelta(days=2)
    assert hall.do(retention.purge_files, dry_run=True) == 2
    assert hall.do(retention.purge_files) == 2
    states = [file.state for file in standing(sender)]
    assert states == ["erased", "kept", "erased"]
    hall.do(files.erase_due)
    hashes = [file.sha256 for file in standing(sender)]
    assert [hall.office.files.read(sha256) is not None for sha256 in hashes] == [True, True, False]


def test_forget__takes_every_file_of_the_person_and_their_unfinished_words(sender):
    hall, _, draft = sender
    hall.wire.files["f1"] = pdf()
    send(sender)
    hall.tick()
    hall.do(forgetting.forget, "S1")
    [file] = standing(sender)
    assert (file.state, file.name) == ("erased", "")
    hall.do(files.erase_due)
    assert hall.office.files.read(file.sha256) is None
    assert hall.sql(lambda uow: uow.drafts.get(draft).state) == "dropped"


def test_examine__in_a_process_of_its_own(tmp_path):
    (tmp_path / "x").write_bytes(pdf(2))
    assert asyncio.run(examine(tmp_path / "x", 60)) == Verdict("pdf", 2)


def test_examine__leaves_no_process_behind_when_the_bot_stops_meanwhile(tmp_path, monkeypatch):
    begun, begin = [], asyncio.create_subprocess_exec

    async def noted(*args, **kwargs):
        begun.append(await begin(*args, **kwargs))
        return begun[0]

    async def stopped():
        task = asyncio.create_task(examine(tmp_path / "x", 60))
        while not begun:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return begun[0].returncode

    os.mkfifo(tmp_path / "x")  # whoever reads it waits for ever
    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    assert asyncio.run(stopped()) == -signal.SIGKILL


def test_examine__a_file_that_burns_the_processor_is_ended_and_called_broken(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.intake.fetcher.EXAMINE_SECONDS", 600)  # it is no patience that ends it
    whole = object_tree(ROOT, pages(b"[3 0 R]"), PAGE)
    endless = whole.replace(b"trailer", b"trailer<</Size 4>>\n" * 600_000 + b"trailer")  # takes five seconds
    (tmp_path / "x").write_bytes(endless)
    assert asyncio.run(examine(tmp_path / "x", 60, cpu_seconds=1)) == Verdict("", problem="broken")


class Daemon(threading.Thread):
    """A ClamAV daemon that finds whatever holds the word EICAR."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ready = threading.Event()

    def run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        async with server:
            await server.serve_forever()

    async def _answer(self, reader, writer):
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
        writer.write(b"stream: Eicar FOUND\0" if b"EICAR" in content else b"stream: OK\0")
        writer.close()


def test_fetch__with_a_daemon_a_found_file_is_refused_and_one_it_did_not_see_waits(sender):
    hall, me, _ = sender
    daemon = Daemon()
    daemon.start()
    daemon.ready.wait(10)
    hall.fetcher._clamd = f"127.0.0.1:{daemon.port}"
    hall.wire.files |= {"f1": pdf(), "f2": pdf(2) + b"EICAR", "f3": pdf(3)}
    send(sender, "f1")
    send(sender, "f2")
    hall.tick()
    assert [(file.state, file.reason) for file in standing(sender)] == [("kept", ""), ("refused", "virus")]
    hall.expect((me, "вирус"))
    hall.fetcher._clamd = "unix:/nowhere/clamd"
    send(sender, "f3")
    hall.tick()
    assert standing(sender)[-1].state == "waiting"
    hall.fetcher._clamd = f"127.0.0.1:{daemon.port}"
    hall.forward(minutes=1, step_seconds=30)
    assert standing(sender)[-1].state == "kept"


@pytest.mark.parametrize(("size", "taken"), [(20_866_662, True), (20_971_520, True), (20_971_521, False)])
def test_size__of_a_photo_of_19_9_megabytes_is_taken_and_a_byte_over_twenty_is_not(size, taken):
    limits = FileLimits(("jpg",), 20, 20, 30, 6)
    if taken:
        check_size(size, limits)
    else:
        with refused("file_big"):
            check_size(size, limits)


def test_clamd__a_clean_file_a_found_one_and_a_daemon_that_is_away(tmp_path):
    daemon = Daemon()
    daemon.start()
    daemon.ready.wait(10)
    (tmp_path / "clean").write_bytes(b"x" * 200_000)
    (tmp_path / "bad").write_bytes(b"x" * 100_000 + b"EICAR")
    address = f"127.0.0.1:{daemon.port}"
    assert asyncio.run(clamd.scan(address, tmp_path / "clean"))
    assert not asyncio.run(clamd.scan(address, tmp_path / "bad"))
    with pytest.raises(clamd.ScanUnavailable):
        asyncio.run(clamd.scan("unix:/nowhere/clamd", tmp_path / "clean"))
