"""Tables and QR pictures that leave the program."""

import csv
import datetime as dt
import struct
import zipfile

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from bot.errors import EmtihanError
from bot.exchange.writer import write_qr, write_table

DANGEROUS = ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "https://x.example"]


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_csv__formulas_become_text(tmp_path):
    path = tmp_path / "cases.csv"
    write_table(path, ["=id", "text"], [[number, text] for number, text in enumerate(DANGEROUS)])
    rows = read_csv(path)
    assert rows[0] == ["'=id", "text"]
    assert [row[1][0] for row in rows[1:-1]] == ["'"] * (len(DANGEROUS) - 1)
    assert rows[-1][1] == "https://x.example"


def test_csv__formula_after_a_separator_of_other_locales(tmp_path):
    write_table(tmp_path / "x.csv", ["a"], [["x;=1+1\n@y"], ["a; b"], ["1-2=3"]])
    assert read_csv(tmp_path / "x.csv")[1:] == [["x;'=1+1\n'@y"], ["a; b"], ["1-2=3"]]


def test_csv__spreadsheets_see_utf8(tmp_path):
    write_table(tmp_path / "x.csv", ["Аты"], [["Құрманғазы"]])
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")


VALUES = [
    None,
    True,
    -5,
    2.5,
    10**17,
    float("inf"),
    dt.datetime(2026, 12, 21, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=5))),
    dt.date(2026, 12, 21),
    dt.time(9, 0),
    "a\ud800b",
]


def test_csv__values(tmp_path):
    write_table(tmp_path / "x.csv", ["v"], [[value] for value in VALUES])
    assert [row[0] if row else "" for row in read_csv(tmp_path / "x.csv")[1:]] == [
        "", "True", "-5", "2.5", "100000000000000000", "inf", "2026-12-21 09:00:00", "2026-12-21", "09:00:00",
        "a\ufffdb",
    ]  # fmt: skip


def test_xlsx__values_and_frozen_header(tmp_path):
    path = tmp_path / "cases.XLSX"
    write_table(path, ["v", "wide"], [[value, "x" * 500] for value in VALUES])
    sheet = openpyxl.load_workbook(path).active
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet["A"][1:]] == [
        None, "True", -5, 2.5, "100000000000000000", "inf", dt.datetime(2026, 12, 21, 9, 0),
        dt.datetime(2026, 12, 21), "09:00:00", "a\ufffdb",
    ]  # fmt: skip
    assert 8 <= sheet.column_dimensions["A"].width < sheet.column_dimensions["B"].width <= 61


def test_xlsx__formulas_and_links_stay_text(tmp_path):
    write_table(tmp_path / "x.xlsx", ["text"], [[text] for text in [*DANGEROUS, "a\x01b", "y" * 40_000]])
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    cells = sheet["A"][1:]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells[:4]] == DANGEROUS[:4]
    assert all(cell.hyperlink is None for cell in cells)
    assert len(cells[-1].value) == 32_767
    assert b"<f>" not in zipfile.ZipFile(tmp_path / "x.xlsx").read("xl/worksheets/sheet1.xml")


def test_table__empty_one_has_its_header(tmp_path):
    for name in ("x.csv", "x.xlsx"):
        write_table(tmp_path / name, ["id", "имя"], [])
        assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize("name", ["x.txt", "x", ".csv", "x.xls"])
def test_table__other_endings_are_refused(tmp_path, name):
    with pytest.raises(EmtihanError, match=r"\.xlsx or \.csv"):
        write_table(tmp_path / name, ["a"], [])


def test_table__unwritable_folder_is_refused(tmp_path):
    for name in ("x.csv", "x.xlsx"):
        with pytest.raises(EmtihanError, match="cannot be written"):
            write_table(tmp_path / "nowhere" / name, ["a"], [])
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(EmtihanError, match="cannot be written"):
        write_table(tmp_path / "folder.csv", ["a"], [])


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_table__failure_leaves_the_old_file_and_no_draft(tmp_path, name):
    def rows():
        yield ["new"]
        raise ZeroDivisionError

    (tmp_path / name).write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_table(tmp_path / name, ["a"], rows())
    assert (tmp_path / name).read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_table__only_the_owner_may_read_it(tmp_path):
    write_table(tmp_path / "x.csv", ["a"], [])
    assert (tmp_path / "x.csv").stat().st_mode & 0o077 == 0


def test_qr__png_with_quiet_zone(tmp_path):
    path = tmp_path / "code.png"
    write_qr(path, "https://t.me/emtihan_bot?start=" + "a" * 64)
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert width == height
    assert width % 8 == 0
    assert (width // 8 - 8 - 17) % 4 == 0


def test_qr__too_long_is_refused(tmp_path):
    with pytest.raises(EmtihanError, match="QR"):
        write_qr(tmp_path / "code.png", "x" * 5000)
    assert list(tmp_path.iterdir()) == []


SIGNS = [*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
UNSEEN = ["", " ", "  ", "\xa0", "\u200b", "\u200f", "\u202e", "\u2066", "\ufeff", " \u202e"]
HOSTILE = {
    **{f"{before + sign!a}": f"{before}{sign}1+1" for before in UNSEEN for sign in SIGNS},
    "DDE": "=cmd|' /C calc'!A0",
    "markup": "<img src=x onerror=alert(1)>&amp;]]>",
    "right to left": "\u202egnp.exe",
    "an escape of XML's": "_x000D__x0041_=1",
    "control": "a\x01\x0b\x1fb",
    "quotes": '"a",\'b\',""',
    "long": "ұ" * 4096,
    "long formula": "=" * 4096,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_table__of_hostile_cells_and_headings_is_text_and_loses_nothing(text, tmp_path):
    write_table(tmp_path / "x.csv", [text, "b"], [[text, f"b;{text}"], ["after", text]])
    rows = read_csv(tmp_path / "x.csv")
    assert [len(row) for row in rows] == [2, 2, 2]
    assert rows[2][0] == "after"
    for cell in (rows[0][0], rows[1][0], rows[2][1]):
        assert cell.removeprefix("'").replace("\t'=", "\t=") == text
        assert not cell.lstrip("".join(UNSEEN)).startswith(tuple(SIGNS))
    write_table(tmp_path / "x.xlsx", [text, "b"], [[text, "b"]])
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    kept = [sheet["A1"], sheet["A2"]]
    assert {cell.data_type for cell in kept} == {"s"}
    assert all(cell.hyperlink is None for cell in kept)
    assert {unescape(cell.value) for cell in kept} == {text}


def test_table__zero_bytes_and_half_letters_are_shown_as_such(tmp_path):
    write_table(tmp_path / "x.csv", ["a"], [["\0=1\ud800"]])
    assert read_csv(tmp_path / "x.csv")[1] == ["\ufffd=1\ufffd"]
    write_table(tmp_path / "x.xlsx", ["a"], [["\0=1\ud800"]])
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").active["A2"].value == "\ufffd=1\ufffd"
