"""A document as PDF, DOCX and XLSX. Words from people are text in both, whatever they hold."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from bot.rules.papers import Bars, Fields, Grid, Paper, Paragraph, Part, Signatures

PDF, DOCX, XLSX = "pdf", "docx", "xlsx"
FONT_DOCX, FONT_PDF = "Times New Roman", "Libertinus Serif"
SIGN_LINE = "________________"
TO_INDENT_MM = 90
SHEET_COLUMNS, SHEET_WIDTH = 11, 20
WIDE = 8
"""A table of more columns turns the page."""

BLOCK, BLOCKS = "\u2588", 30
# What XML cannot hold, halves of letters, and marks that turn the direction of what follows.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")

_LAYOUT = """
#let d = json(bytes(sys.inputs.paper))
#set document(title: d.title)
#set page(paper: "a4", flipped: d.wide, margin: (x: 22mm, y: 20mm),
  footer: context align(center, text(size: 8pt)[
  #counter(page).display() / #counter(page).final().first()]))
#set text(font: "Libertinus Serif", size: 11pt, lang: d.language, hyphenate: false)
#set par(leading: 0.7em)
#for line in d.to { pad(left: 90mm, line) }
#if d.to.len() > 0 { v(6mm) }
#align(center, text(size: 14pt, weight: "bold", d.title))
#v(4mm)
#for part in d.parts {
  if part.kind == "text" { for line in part.text.split("\\n") { par(line) } }
  if part.kind == "small" { for line in part.text.split("\\n") { par(text(size: 8.5pt, line)) } }
  if part.kind == "fields" {
    table(columns: (38%, 62%), stroke: none, inset: (x: 0pt, y: 3pt),
      ..part.rows.map(row => (row.at(0), strong(row.at(1)))).flatten())
  }
  if part.kind == "grid" {
    table(columns: part.head.len(), inset: 4pt, stroke: 0.4pt,
      table.header(..part.head.map(cell => text(size: 9pt, strong(cell)))),
      ..part.rows.flatten().map(cell => text(size: 8.5pt, cell)))
  }
  if part.kind == "bars" {
    grid(columns: (42mm, 1fr, 16mm), column-gutter: 3mm, row-gutter: 2mm, align: horizon,
      ..part.rows.map(row => (text(size: 9pt, row.at(0)),
        rect(width: row.at(1) * 100%, height: 4mm, stroke: none, fill: rgb("#0b7285")), row.at(2))).flatten())
  }
  if part.kind == "sign" {
    v(6mm)
    for line in part.lines { grid(columns: (1fr, 45mm), line, align(right, "________________")); v(5mm) }
  }
  v(2mm)
}
"""


def written(paper: Paper, kind: str) -> bytes:
    """The document's bytes as `pdf`, `docx` or `xlsx`."""
    if kind == XLSX:
        return _xlsx(paper)
    return _pdf(paper) if kind == PDF else _docx(paper)


def fit(text: str) -> str:
    """The text without what no document can hold."""
    return _UNFIT.sub("", text)


def _shape(part: Part) -> dict[str, Any]:
    if isinstance(part, Paragraph):
        return {"kind": "small" if part.small else "text", "text": fit(part.text)}
    if isinstance(part, Fields):
        return {"kind": "fields", "rows": [[fit(cell) for cell in row] for row in part.rows]}
    if isinstance(part, Grid):
        rows = [[fit(cell) for cell in row] for row in part.rows]
        return {"kind": "grid", "head": [fit(cell) for cell in part.head], "rows": rows}
    if isinstance(part, Bars):
        return {"kind": "bars", "rows": [[fit(row[0]), row[1], fit(row[2])] for row in part.rows]}
    return {"kind": "sign", "lines": [fit(line) for line in part.lines]}


def _wide(paper: Paper) -> bool:
    return any(isinstance(part, Grid) and len(part.head) > WIDE for part in paper.parts)


def _pdf(paper: Paper) -> bytes:
    import typst  # heavy, and most updates do not need it

    shape = {
        "language": paper.language,
        "title": fit(paper.title),
        "to": [fit(line) for line in paper.to],
        "parts": [_shape(part) for part in paper.parts],
        "wide": _wide(paper),
    }
    return typst.compile(
        _LAYOUT.encode(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(shape, ensure_ascii=True)},
    )


def _cells(paper: Paper) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Rows of a sheet, each with whether it is a head."""
    yield (paper.title,), True
    for line in paper.to:
        yield (line,), False
    for part in paper.parts:
        yield (), False
        if isinstance(part, Fields):
            yield from ((row, False) for row in part.rows)
        elif isinstance(part, Grid):
            yield part.head, True
            yield from ((row, False) for row in part.rows)
        elif isinstance(part, Signatures):
            yield from (((line, SIGN_LINE), False) for line in part.lines)
        elif isinstance(part, Bars):
            yield from (((label, number), False) for label, _, number in part.rows)
        else:
            yield (part.text,), False


def _xlsx(paper: Paper) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]  # only for those who ask for a sheet

    kept = BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet, head = book.add_worksheet(), book.add_format({"bold": True})
        sheet.set_column(0, SHEET_COLUMNS, SHEET_WIDTH)
        for number, (cells, bold) in enumerate(_cells(paper)):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, fit(cell), head if bold else None)
    return kept.getvalue()


def _docx(paper: Paper) -> bytes:
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    sheet = docx.Document()
    style = sheet.styles["Normal"]
    style.font.name, style.font.size = FONT_DOCX, Pt(12)
    sheet.core_properties.title, sheet.core_properties.author = fit(paper.title)[:255], ""
    for section in sheet.sections:
        width, height = (Mm(297), Mm(210)) if _wide(paper) else (Mm(210), Mm(297))
        section.page_width, section.page_height = width, height
        section.left_margin = section.right_margin = Mm(22)
    for line in paper.to:
        sheet.add_paragraph(fit(line)).paragraph_format.left_indent = Mm(TO_INDENT_MM)
    title = sheet.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(fit(paper.title))
    run.bold, run.font.size = True, Pt(14)
    for part in paper.parts:
        _lay(sheet, _shape(part), Pt)
    kept = BytesIO()
    sheet.save(kept)
    return kept.getvalue()


def _lay(sheet: Any, part: dict[str, Any], points: Any) -> None:
    """One part of a DOCX."""
    if part["kind"] in ("text", "small"):
        for line in part["text"].split("\n"):
            run = sheet.add_paragraph().add_run(line)
            if part["kind"] == "small":
                run.font.size = points(9)
    elif part["kind"] == "fields":
        for label, value in part["rows"]:
            row = sheet.add_paragraph()
            row.add_run(f"{label}: ")
            row.add_run(value).bold = True
    elif part["kind"] == "bars":
        for label, share, number in part["rows"]:
            sheet.add_paragraph(f"{label}: {BLOCK * round(share * BLOCKS)} {number}")
    elif part["kind"] == "grid":
        _lay_grid(sheet, part)
    else:
        for line in part["lines"]:
            sheet.add_paragraph(f"{line}   {SIGN_LINE}")


def _lay_grid(sheet: Any, part: dict[str, Any]) -> None:
    """A table of a DOCX."""
    table = sheet.add_table(rows=1, cols=len(part["head"]))
    table.style = "Table Grid"
    for row in (part["head"], *part["rows"]):
        cells = table.rows[0].cells if row is part["head"] else table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    sheet.add_paragraph()
