"""The commands as an operator runs them: exit codes, what is said, files in and out, how quick they are."""

import csv
import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer

from bot.cli import COMMANDS, load
from bot.sandbox.config import SandboxConfig
from bot.sandbox.thread import SandboxThread
from bot.services import cases
from bot.storage import schema
from bot.storage.engine import Database
from tests.support.databases import Postgres
from tests.support.hall import Hall
from tests.support.people import exam, member, student
from tests.support.shell import Run, Shell
from tests.support.zygote import Zygote

STUDENTS = "student_id,full_name,group,programme,faculty,level,course,language"
STAFF = "staff_id;full_name;roles;faculty;department;language"
EXAMS = (
    "exam_id", "subject_kk", "subject_ru", "kind", "attestation", "date", "start", "duration_min", "groups",
    "examiners", "proctor", "faculty", "department", "meeting_url", "lms_url",
)  # fmt: skip
EXAM = (
    "E1", "Деректер қоры", "Базы данных", "written", "interim", "2026-12-21", "09:00", 120, "АЖ-23-1",
    "T1", "", "АТ", "АЖ", "https://meet.example/1", "https://lms.example/1",
)  # fmt: skip
OWN_SECONDS = 6.0
"""Far above what the contract asks for: another machine may be slow, but aiogram must not be loaded."""
Record = Callable[[str, object], None]


def pupil(number: int, group: str = "АЖ-23-1", **changes: str) -> str:
    cells = {"id": f"S{number}", "name": f"Әлия {number}-қызы", "course": "3", "language": "kk", **changes}
    return f"{cells['id']},{cells['name']},{group},6B06101,АТ,bachelor,{cells['course']},{cells['language']}"


@pytest.fixture(scope="module")
def drawer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Databases made once: an empty one, one with people, and one in which something has happened."""
    folder = tmp_path_factory.mktemp("drawer")
    for name in ("empty", "enrolled", "reported"):
        with Hall(f"sqlite:///{folder / name}.db") as hall:
            if name == "enrolled":
                hall.add_students(student("S1"), student("S2"), student("S3", group="ИС-23-2"))
                hall.add_staff(member("T1"))
            elif name == "reported":
                _happens(hall)
    return folder


def _happens(hall: Hall) -> None:
    """A student whose name is a formula has filed a report, and a warning was owed."""
    me = hall.student("S1", full_name='=HYPERLINK("http://example.org";"x")')
    hall.add_students(student("S2", full_name="+7 701"))
    hall.member()
    hall.add_exams(exam("E1", hall.clock()))
    exam_id = hall.sql(lambda uow: uow.exams.by_ext()["E1"].id)
    hall.do(cases.file, me, "internet", exam_id, hall.origin())
    hall.clock.move(minutes=91)
    hall.tick()


def opened(drawer: Path, folder: Path, name: str, warm: Zygote) -> Shell:
    shutil.copy(drawer / f"{name}.db", folder / "emtihan.db")
    return Shell(folder, f"sqlite:///{folder / 'emtihan.db'}", warm)


@pytest.fixture
def shell(drawer: Path, tmp_path: Path, zygote: Zygote) -> Shell:
    """An installation with nobody in it."""
    return opened(drawer, tmp_path, "empty", zygote)


@pytest.fixture
def enrolled(drawer: Path, tmp_path: Path, zygote: Zygote) -> Shell:
    """Three students of two groups, and an examiner."""
    return opened(drawer, tmp_path, "enrolled", zygote)


@pytest.fixture
def reported(drawer: Path, tmp_path: Path, zygote: Zygote) -> Shell:
    """A report and a warning, of people with names like formulas."""
    return opened(drawer, tmp_path, "reported", zygote)


def workbook(path: Path, *rows: tuple[Any, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in (EXAMS, *rows):
        book.active.append(row)
    book.save(path)
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    """A written table, by its headers."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    head, *rows = openpyxl.load_workbook(path).active.values
    return [dict(zip(head, row, strict=True)) for row in rows]


# --- how it answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [*((name,) for name in COMMANDS), ("person", "forget")])
def test_help__of_every_command(shell: Shell, command: tuple[str, ...]) -> None:
    run = shell.run(*command, "--help")
    assert "Usage:" in run.out
    assert command == ("person",) or COMMANDS[command[0]].help in run.out or len(command) > 1
    assert [path.name for path in shell.folder.iterdir()] == ["emtihan.db"]


def test_help__lists_every_command_and_is_there_at_once(shell: Shell, record_property: Record) -> None:
    run = shell.run("--help", alone=True)
    assert [name for name in COMMANDS if f"\n  {name} " not in run.out] == []
    record_property("cpu_seconds", run.seconds)
    assert run.seconds < 1


def test_help__of_the_list_is_how_each_command_begins() -> None:
    for name, entry in COMMANDS.items():
        command = load(entry)
        text = command.info.help if isinstance(command, typer.Typer) else command.__doc__
        assert text.startswith(entry.help), name


@pytest.mark.parametrize(
    "arguments",
    [
        ("nosuch",),
        ("import", "cats", "x.csv"),
        ("export", "cases"),
        ("invites",),
        ("demo", "--port", "99999"),
    ],
)
def test_usage__wrong_exits_with_two_and_says_what_is_missing(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    run = shell.run(*arguments, code=2)
    assert "Error:" in run.err
    assert run.out == ""


def serves_nobody(run: Run, record: Record) -> None:
    """The command loaded nothing of what only serving needs, and was quick."""
    assert "typer" in run.loaded, "what was loaded is not known"
    assert not run.loaded & {"aiogram", "apscheduler"}
    record("cpu_seconds", run.seconds)
    assert run.seconds < OWN_SECONDS


# --- settings ---------------------------------------------------------------------------------------------


def test_settings__wrong_ones_are_named_in_one_line_and_the_token_is_not_shown(shell: Shell) -> None:
    wrong = {
        "EMTIHAN_TOKEN": "secretsecretsecret",
        "EMTIHAN_API_URL": "ftp://example.org",
        "EMTIHAN_DATABASE_URL": "mysql://example.org/db",
        "EMTIHAN_PROFILE": "oxford",
        "EMTIHAN_TIMEZONE": "Mars/Base",
        "EMTIHAN_SEND_RATE": "fast",
        "EMTIHAN_PAID_BROADCAST": "perhaps",
        "EMTIHAN_WEBHOOK_URL": "example.org",
        "EMTIHAN_LISTEN": "nowhere",
        "EMTIHAN_LOG": "loud",
        "EMTIHAN_POLICY_FILE": "/no/such/file.yaml",
    }
    run = shell.run("purge", code=1, **wrong)
    assert len(run.err.strip().splitlines()) == 1
    assert [name for name in wrong if f"{name}: " not in run.err] == []
    assert "secretsecret" not in run.err


def test_settings__come_from_a_file_too(shell: Shell) -> None:
    shell.file(".env", "EMTIHAN_SEND_RATE=many")
    assert shell.run("purge", code=1).err.startswith("EMTIHAN_SEND_RATE: ")


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"EMTIHAN_WEBHOOK_URL": "https://example.org/hook"}, "EMTIHAN_WEBHOOK_SECRET"),
        (
            {"EMTIHAN_DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/db"},
            "EMTIHAN_DATABASE_URL: the database",
        ),
        ({"EMTIHAN_DATABASE_URL": "sqlite:////proc/none/x.db"}, "EMTIHAN_DATABASE_URL: the folder"),
        ({"EMTIHAN_POLICY_FILE": "policy.yaml"}, "policy.yaml:2"),
    ],
)
def test_settings__that_lead_nowhere_say_where(shell: Shell, settings: dict[str, str], part: str) -> None:
    shell.file("policy.yaml", "force_majeure:", "  acknowledge_minutes: soon")
    run = shell.run("purge", code=1, **settings)
    assert part in run.err
    assert len(run.err.strip().splitlines()) == 1
    assert "hush" not in run.err


def test_run__without_a_token_says_so(shell: Shell) -> None:
    assert "EMTIHAN_TOKEN" in shell.run("run", code=1).err


# --- import -----------------------------------------------------------------------------------------------


def test_import__counts_and_changes_nothing_the_second_time(shell: Shell, record_property: Record) -> None:
    shell.file("students.csv", STUDENTS, pupil(1), pupil(2), pupil(3, "ИС-23-2"))
    first = shell.run("import", "students", "students.csv", alone=True)
    assert first.last == "added 3, changed 0, unchanged 0, rejected 0"
    serves_nobody(first, record_property)
    again = shell.run("import", "students", "students.csv")
    assert again.last == "added 0, changed 0, unchanged 3, rejected 0"
    shell.file("students.csv", STUDENTS, pupil(1), pupil(2, course="4"), pupil(4))
    changed = shell.run("import", "students", "students.csv", "--dry-run")
    assert changed.last == "added 1, changed 1, unchanged 1, rejected 0"
    changed = shell.run("import", "students", "students.csv")
    assert changed.last == "added 1, changed 1, unchanged 1, rejected 0"


def test_import__reads_staff_with_semicolons_and_roles(shell: Shell) -> None:
    shell.file("staff.csv", STAFF, "T1;Омарова Л;examiner,proctor;АТ;АЖ;kk", "T2;Пак Е;dean;;;ru")
    assert shell.run("import", "staff", "staff.csv", code=1).err.startswith("line 2, roles: ")
    shell.file("staff.csv", STAFF, 'T1;Омарова Л;"examiner;proctor";АТ;АЖ;kk', "T2;Пак Е;dean;;;ru")
    assert shell.run("import", "staff", "staff.csv").last == "added 2, changed 0, unchanged 0, rejected 0"


def test_import__one_bad_row_and_nothing_is_stored(shell: Shell) -> None:
    shell.file("s.csv", STUDENTS, pupil(1), pupil(2, course="nine"), pupil(3), pupil(4, language="en"))
    run = shell.run("import", "students", "s.csv", code=1)
    assert re.search(r"^line 3, course: ", run.err, re.M)
    assert re.search(r"^line 5, language: ", run.err, re.M)
    assert run.last == "added 0, changed 0, unchanged 0, rejected 2"
    shell.file("s.csv", STUDENTS, pupil(1), pupil(3))
    assert shell.run("import", "students", "s.csv").last == "added 2, changed 0, unchanged 0, rejected 0"


def test_import__reads_a_workbook_and_results_open_after_it(enrolled: Shell) -> None:
    table = workbook(enrolled.folder / "timetable.xlsx", EXAM, ("E2", *EXAM[1:8], "ИС-23-2", *EXAM[9:]))
    run = enrolled.run("import", "timetable", table)
    assert run.last == "added 2, changed 0, unchanged 0, rejected 0"
    workbook(table, (*EXAM[:6], "10:00", *EXAM[7:]), ("E2", *EXAM[1:8], "ИС-23-2", *EXAM[9:]))
    again = enrolled.run("import", "timetable", table)
    assert again.last == "added 0, changed 1, unchanged 1, rejected 0"
    results = enrolled.file(
        "r.csv", "exam_id;student_id;published_at", "E1;S1;2026-12-22T14:00", "E2;;2026-12-22"
    )
    run = enrolled.run("import", "results", results, code=1)
    assert "line 3, published_at: " in run.err
    enrolled.file("r.csv", "exam_id;student_id;published_at", "E1;S1;2026-12-22T14:00")
    assert enrolled.run("import", "results", results).last.startswith("added 1,")


def test_import__of_strangers_names_line_and_column(enrolled: Shell) -> None:
    table = workbook(enrolled.folder / "t.xlsx", (*EXAM[:8], "НЕТ-1", "T9", *EXAM[10:]))
    run = enrolled.run("import", "timetable", table, code=1)
    assert "line 2, groups: " in run.err
    assert "line 2, examiners: " in run.err


@pytest.mark.parametrize("name", ["missing.csv", "picture.csv"])
def test_import__of_what_is_no_table_is_refused(shell: Shell, name: str) -> None:
    (shell.folder / "picture.csv").write_bytes(bytes(range(256)) * 20)
    run = shell.run("import", "students", name, code=1)
    assert run.err.strip()
    assert "unexpected" not in run.err


# --- invites ----------------------------------------------------------------------------------------------


def codes(shell: Shell, *options: str | Path) -> dict[str, str]:
    run = shell.run("invites", "--out", "codes.csv", *options)
    assert not run.loaded & {"aiogram"}
    rows = rows_of(shell.folder / "codes.csv")
    assert not rows or list(rows[0]) == ["kind", "id", "full_name", "code", "link"]
    return {row["id"]: row["code"] for row in rows}


def test_invites__are_the_same_again_until_rotated(enrolled: Shell) -> None:
    first = codes(enrolled)
    assert set(first) == {"S1", "S2", "S3", "T1"}
    assert len(set(first.values())) == 4
    assert codes(enrolled) == first
    rotated = codes(enrolled, "--rotate")
    assert set(rotated) == set(first)
    assert not set(rotated.values()) & set(first.values())
    assert codes(enrolled) == rotated


def test_invites__for_a_role_or_a_group(enrolled: Shell) -> None:
    everybody = codes(enrolled)
    assert codes(enrolled, "--role", "staff") == {"T1": everybody["T1"]}
    assert codes(enrolled, "--role", "student", "--group", "ИС-23-2") == {"S3": everybody["S3"]}


def test_invites__that_cannot_be_written_rotate_nothing(enrolled: Shell) -> None:
    before = codes(enrolled)
    for out in ("codes.pdf", "none/codes.csv"):
        assert enrolled.run("invites", "--out", out, "--rotate", code=1).err.count("\n") == 1
    assert "no student is in group" in enrolled.run("invites", "--out", "c.csv", "--group", "Жоқ", code=1).err
    assert codes(enrolled) == before


def test_code__of_one_person_and_of_nobody(enrolled: Shell) -> None:
    assert codes(enrolled)["S1"] in enrolled.run("person", "code", "S1").out
    assert enrolled.run("person", "code", "S404", code=1).err.strip() == "nobody has the id S404"


def test_invites__leave_out_who_is_linked(enrolled: Shell) -> None:
    with Hall(enrolled.settings["EMTIHAN_DATABASE_URL"]) as hall:
        hall.join("S1")
    assert set(codes(enrolled)) == {"S2", "S3", "T1"}


def test_invites__carry_links_and_pictures_once_the_bots_name_is_known(enrolled: Shell) -> None:
    without = enrolled.run("invites", "--out", "codes.csv")
    assert "EMTIHAN_TOKEN" in without.err
    config = SandboxConfig()
    with SandboxThread(config) as sandbox:
        known = {"EMTIHAN_TOKEN": config.token, "EMTIHAN_API_URL": sandbox.url}
        run = enrolled.run("invites", "--out", "codes.xlsx", "--qr", "qr", **known)
    assert config.token not in run.out + run.err
    rows = rows_of(enrolled.folder / "codes.xlsx")
    assert all(row["link"] == f"https://t.me/{config.bot_username}?start={row['code']}" for row in rows)
    pictures = sorted(path.name for path in (enrolled.folder / "qr").iterdir())
    assert pictures == ["staff-T1.png", "student-S1.png", "student-S2.png", "student-S3.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in (enrolled.folder / "qr").iterdir())


# --- registers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_export__writes_reports_and_deliveries_and_disarms_formulas(
    reported: Shell, ending: str, record_property: Record
) -> None:
    file = reported.folder / f"cases{ending}"
    run = reported.run("export", "cases", file, alone=True)
    assert run.last == f"wrote 1 rows to {file}"
    serves_nobody(run, record_property)
    (case,) = rows_of(file)
    assert re.fullmatch(r"FM-\d\d-\d{5}", case["number"])
    assert case["filed_at"].startswith("2026-12-21 08:00")
    assert not case["reporter"].startswith("=") or ending == ".xlsx"
    file = reported.folder / f"deliveries{ending}"
    reported.run("export", "deliveries", file)
    by_student = {(row["id"], row["kind"]): row for row in rows_of(file)}
    assert by_student["S1", "warning"]["state"] == "sent"
    assert by_student["S2", "warning"]["state"] == "unreachable"
    assert by_student["S2", "warning"]["reason"] == "not_linked"
    if ending == ".xlsx":
        cells = [c for row in openpyxl.load_workbook(file).active.iter_rows() for c in row]
        assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("file", ["cases.pdf", "/no/such/folder/cases.csv"])
def test_export__to_where_it_cannot_be_written_is_refused(shell: Shell, file: str) -> None:
    assert Path(file).name in shell.run("export", "cases", file, code=1).err


# --- the database and the people in it --------------------------------------------------------------------


def test_check__is_content_with_a_whole_installation_and_names_what_is_missing(
    shell: Shell, record_property: Record
) -> None:
    whole = shell.run("check", alone=True, EMTIHAN_TOKEN="1:abcd")
    assert whole.last == "everything is in order"
    serves_nobody(whole, record_property)
    assert "EMTIHAN_TOKEN" in shell.run("check", code=1).err


def test_migrate__climbs_once_on_sqlite(tmp_path: Path, zygote: Zygote) -> None:
    shell = Shell(tmp_path, f"sqlite:///{tmp_path / 'new' / 'emtihan.db'}", zygote)
    first = shell.run("migrate")
    assert first.err == ""
    assert first.last == f"the schema went from empty to {schema.HEAD}"
    assert shell.run("migrate").last == f"the schema is current ({schema.HEAD})"


def test_postgresql__old_schema_is_refused_with_the_command_to_run(
    tmp_path: Path, postgres: Postgres, zygote: Zygote
) -> None:
    with postgres.database(migrated=False) as url:
        shell = Shell(tmp_path, url, zygote)
        refused = shell.run("run", code=1, EMTIHAN_TOKEN="1:abcd", EMTIHAN_LISTEN="127.0.0.1:0")
        assert "run emtihan migrate" in refused.err
        assert "run emtihan migrate" in shell.run("check", code=1, EMTIHAN_TOKEN="1:abcd").err
        assert shell.run("migrate").last == f"the schema went from empty to {schema.HEAD}"
        file = shell.file("s.csv", STUDENTS, pupil(1))
        assert shell.run("import", "students", file).last.startswith("added 1,")
        assert set(codes(shell)) == {"S1"}


def test_forget__erases_the_person_and_keeps_the_registers_numbers(reported: Shell) -> None:
    assert "nobody has the id S9" in reported.run("person", "forget", "S9", code=1).err
    reported.run("person", "forget", "S1")
    reported.run("export", "cases", "cases.csv")
    (case,) = rows_of(reported.folder / "cases.csv")
    assert case["number"]
    assert "HYPERLINK" not in case["reporter"]
    assert "S1" not in codes(reported)
    assert "nobody has the id S1" in reported.run("person", "forget", "S1", code=1).err


def test_purge__counts_first_and_erases_what_is_old(shell: Shell) -> None:
    url = shell.settings["EMTIHAN_DATABASE_URL"]
    old = dt.datetime.now(dt.UTC) - dt.timedelta(days=400)
    database = Database(url)
    database.transact(lambda uow: uow.inbox.store(1, old, [(n, 7, {"update_id": n}) for n in range(3)]))

    def finish(uow: Any) -> None:
        for row in uow.inbox.waiting(1, 0, 9):
            row.state, row.finished_at = "done", old

    database.transact(finish)
    database.close()
    assert "would erase 3 handled updates" in shell.run("purge", "--dry-run").out
    assert "\nerased 3 handled updates\n" in "\n" + shell.run("purge").out
    assert "\nerased 0 handled updates\n" in "\n" + shell.run("purge").out
