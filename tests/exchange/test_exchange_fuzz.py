"""Whatever is in the file: problems come back, nothing is raised."""

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# The first workbook loads its reader, and the machine may be busy: time is not what is tried here.
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
KINDS = st.sampled_from(["students", "staff", "timetable", "results"])
HEADS = {
    "students": "student_id,full_name,group,programme,faculty,level,course,language",
    "staff": "staff_id,full_name,roles,faculty,department,language",
    "timetable": "exam_id,subject_kk,subject_ru,kind,attestation,date,start,duration_min,groups,examiners,"
    "proctor,faculty,department,meeting_url,lms_url",
    "results": "exam_id,student_id,published_at",
}
TYPICAL = st.sampled_from(
    [
        "",
        "S1",
        "Ан Ли",
        "master",
        "written",
        "final",
        "3",
        "kk",
        "2026-12-21",
        "09:00",
        "2026-12-22T14:00+05:00",
    ]
)
CELLS = st.one_of(TYPICAL, st.text(max_size=12), st.from_regex(r"https?://[^ ]{0,20}", fullmatch=True))


@pytest.fixture(scope="module")
def parse_data(tmp_path_factory, parse_path):
    path = tmp_path_factory.mktemp("fuzz") / "file"

    def parse(kind, data):
        path.write_bytes(data)
        parsed = parse_path(kind, path)
        assert parsed.rows or parsed.problems
        assert all(problem.code and problem.message.endswith(".") for problem in parsed.problems)
        assert all("\n" not in problem.message for problem in [*parsed.problems, *parsed.notes])
        return parsed

    return parse


@settings(RELAXED)
@given(kind=KINDS, data=st.binary(max_size=400))
def test_bytes__any(parse_data, kind, data):
    parse_data(kind, data)


@given(
    kind=KINDS, data=st.binary(max_size=200), mark=st.sampled_from([b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04"])
)
def test_bytes__any_after_a_mark(parse_data, kind, data, mark):
    parse_data(kind, mark + data)


@settings(RELAXED)
@given(kind=KINDS, text=st.text(max_size=300))
def test_text__any_after_the_heading(parse_data, kind, text):
    parse_data(kind, f"{HEADS[kind]}\n{text}".encode("utf-8", "surrogatepass"))


@settings(RELAXED)
@given(kind=KINDS, rows=st.lists(st.lists(CELLS, min_size=15, max_size=15), max_size=5))
def test_cells__any(parse_data, kind, rows):
    width = HEADS[kind].count(",") + 1
    lines = (",".join('"' + cell.replace('"', '""') + '"' for cell in row[:width]) for row in rows)
    parse_data(kind, "\n".join([HEADS[kind], *lines]).encode("utf-8", "surrogatepass"))


VALUES = st.one_of(
    CELLS.map(lambda text: text.replace("\ud800", "")),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.datetimes().filter(lambda moment: moment.year > 1900),
    st.times(),
)


@settings(RELAXED, max_examples=40)
@given(kind=KINDS, rows=st.lists(st.lists(VALUES, min_size=15, max_size=15), max_size=4))
def test_sheet__any_values(parse_data, kind, rows):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS[kind].split(","))
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
    parse_data(kind, stream.getvalue())


@pytest.fixture(scope="module")
def members():
    """The parts of a good workbook."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(2, 2, 4, 2, "АЖ-1")
        sheet.write_row(0, 0, HEADS["students"].split(","))
        sheet.write_row(1, 0, ["S1", "Ан Ли", "Г", "П", "Ф", "master", 1, "kk"])
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@settings(RELAXED, max_examples=200)
@given(data=st.data())
def test_sheet__any_damage_inside_a_sound_archive(parse_data, members, data):
    name = data.draw(st.sampled_from(sorted(members)))
    part = members[name]
    start = data.draw(st.integers(0, len(part)))
    end = data.draw(st.integers(start, min(len(part), start + 30)))
    piece = data.draw(
        st.one_of(st.binary(max_size=12), st.sampled_from([b"", b"0", b"9999999", b"ZZZ", b"-1", b"<", b"&"]))
    )
    damaged = {**members, name: part[:start] + piece + part[end:]}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member, content in damaged.items():
            archive.writestr(member, content)
    parse_data("students", stream.getvalue())
