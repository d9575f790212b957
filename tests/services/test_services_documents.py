"""Documents: each template in each language and format, every letter right, hostile words as text."""

import datetime as dt
import functools
import io

import docx
import pypdf
import pytest

from bot.clock import zone
from bot.errors import ContentError
from bot.library.content import CONTENT, load
from bot.library.papers import Papers, _texts, read_templates
from bot.library.words import placeholders
from bot.library.yamlfiles import Reader
from bot.rules.papers import BLANK, Day, Said
from bot.services import documents
from bot.services.documents import BOTH, Order
from bot.storage.tables import Case
from tests.support.contents import loaded

LETTERS = "ӘәҒғҚқҢңӨөҰұҮүҺһІі ЁёІ № ₸"
HOSTILE = "<b>жуан</b> & #let x = 1 *_$ {number} ]]> <script>\x00\x1b\u202e\ud800 =HYPERLINK(1)"
SHOWN = "<b>жуан</b> & #let x = 1 *_$ {number} ]]> <script>"


@pytest.fixture(scope="module")
def papers():
    content = load("ayu")
    return Papers(content.root, content.languages, content.catalogue, zone("Asia/Almaty"))


def pdf_text(content):
    return " ".join(
        " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split()
    )


def docx_text(content):
    sheet = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in sheet.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(p.text for p in sheet.paragraphs), *cells]).split())


@functools.cache
def templates():
    reader = Reader(CONTENT)
    found = read_templates(reader, ("kk", "ru"))
    assert not reader.problems
    return found


def needed(name):
    return placeholders_of(templates()["kk", name])


def placeholders_of(node):
    return {place for text in _texts(node) for place in placeholders(text.text()) or ()}


LISTS = (
    "days",
    "files",
    "votes",
    "answers",
    "events",
    "breaks",
    "offences",
    "members",
    "exams",
    "students",
    "defences",
    "sittings",
    "figures",
    "groups",
    "graduates",
)


def filled(name, value=LETTERS):
    facts = dict.fromkeys(needed(name), value)
    return {**facts, "number": "AP-26-00001", **{key: [facts] * 2 for key in LISTS}}


TEMPLATES = sorted(path.stem for path in (CONTENT / "kk" / "documents").glob("*.yaml"))


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_templates__make_a_pdf_and_a_docx_that_hold_every_letter(hall, name, language):
    [pdf, word] = documents.make(hall.office, Order(name, filled(name), (language,), BOTH))
    assert pdf.name.endswith(f"-{language}.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert len(pypdf.PdfReader(io.BytesIO(pdf.content)).pages) in (1, 2)
    for text in (pdf_text(pdf.content), docx_text(word.content)):
        assert LETTERS in text


@pytest.mark.parametrize("name", ["appeal_receipt", "appeal_protocol"])
def test_templates__words_of_people_stand_as_they_are_whatever_they_hold(hall, name):
    [pdf, word] = documents.make(hall.office, Order(name, filled(name, HOSTILE), ("kk",), BOTH))
    for text in (pdf_text(pdf.content), docx_text(word.content)):
        assert SHOWN in text
        assert "=HYPERLINK(1)" in text


def test_pdf__carries_its_own_fonts(hall):
    [pdf] = documents.make(hall.office, Order("appeal_form", filled("appeal_form"), ("kk",)))
    fonts = pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"]
        assert {"/FontFile3", "/FontFile2"} & set(descriptor)


def test_values__are_said_in_the_documents_language(papers):
    known = filled("appeal_form") | {
        "kind": Said("kind.written"),
        "exam_at": dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC),
        "today": Day(dt.datetime(2026, 12, 22, 22, 0, tzinfo=dt.UTC)),
        "grade": None,
    }
    for language, day, next_day in (
        ("kk", "2026 ж. 21 желтоқсан, 09:00", "2026 ж. 23 желтоқсан"),
        ("ru", "21 декабря 2026 г., 09:00", "23 декабря 2026 г."),
    ):
        paper = papers.paper("appeal_form", language, known)
        rows = [row for part in paper.parts if hasattr(part, "rows") for row in part.rows]
        values = [value.replace("\u202f", " ") for _, value in rows]
        assert day in values
        assert BLANK in values
        signatures = paper.parts[-2].lines
        assert any(next_day in line.replace("\u202f", " ") for line in signatures)


@pytest.mark.parametrize(
    ("name", "said"), [("Asia/Almaty", "UTC+5 бойынша"), ("Europe/Berlin", "UTC+1 бойынша")]
)
def test_paper__says_the_configured_zones_own_offset(name, said):
    content = loaded("ayu")
    papers = Papers(content.root, content.languages, content.catalogue, zone(name))
    moment = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)
    facts = {key: None for key in needed("application_receipt") if key != "zone"}
    facts |= {"number": "AP-26-00001", "files": [], "submitted_at": moment}
    paper = papers.paper("application_receipt", "kk", facts)
    assert said in paper.parts[-1].text


def test_paper__that_is_not_there_or_lacks_a_fact(papers):
    with pytest.raises(ContentError, match="no document poem"):
        papers.paper("poem", "kk", {})
    with pytest.raises(KeyError):
        papers.paper("appeal_form", "kk", {})


def bad(tmp_path, kk, ru="file: x\ntitle: т\nparts: [{text: '{a}'}]\n"):
    for language, text in (("kk", kk), ("ru", ru)):
        (tmp_path / language / "documents").mkdir(parents=True)
        if text:
            (tmp_path / language / "documents" / "one.yaml").write_text(text, encoding="utf-8")
    reader = Reader(tmp_path)
    read_templates(reader, ("kk", "ru"))
    return "\n".join(reader.problems)


@pytest.mark.parametrize(
    ("kk", "part"),
    [
        ("", "missing in language kk"),
        ("file: x\ntitle: т\nparts: [{text: '{b}'}]\n", "placeholders differ"),
        ("file: x\ntitle: т\nparts: [{poem: '{a}'}]\n", "a part is one of"),
        ("file: x\ntitle: т\ncolour: red\nparts: [{text: '{a}'}]\n", "colour is not known"),
        ("file: x\nparts: [{text: '{a}'}]\n", "title: is missing"),
        ("file: x\ntitle: т\nparts: [{text: '{a!r}'}]\n", "braces"),
    ],
)
def test_check__tells_what_is_wrong_with_a_template(tmp_path, kk, part):
    assert part in bad(tmp_path, kk)


def test_issue__kept_with_the_case_sent_once_and_erased_when_forgotten(hall):
    me = hall.student()

    def begin(uow):
        case = uow.cases.add(
            Case(
                number="AP-26-00001", origin=9, reporter_id=me.person_id, trouble="x", filed_at=hall.clock(),
                chain=[],
            )
        )  # fmt: skip
        return case.id

    case_id = hall.sql(begin)
    order = Order("appeal_receipt", filled("appeal_receipt"), ("kk",))
    [file] = hall.do(documents.issue, case_id, order, me.person_id)
    for _ in range(2):
        hall.sql(lambda uow: documents.send(uow, hall.clock(), [uow.files.get(file.id)], [me.person_id]))
    hall.tick()
    [message] = hall.expect((me, "AP-26-00001"))
    assert message.upload.name == "AP-26-00001-receipt-kk.pdf"
    assert message.upload.content == hall.office.files.read(file.sha256)
