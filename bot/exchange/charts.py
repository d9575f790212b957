"""A chart as a PNG picture, drawn by the typesetter that sets our documents."""

import json

from bot.exchange.paper import fit
from bot.rules.charts import Chart, Row

PIXELS_PER_INCH = 180.0

_LAYOUT = """
#let d = json(bytes(sys.inputs.chart))
#set page(width: 210mm, height: auto, margin: 8mm, fill: white)
#set text(font: "Libertinus Serif", size: 12pt, lang: d.language, hyphenate: false, fill: rgb("#1b2733"))
#text(size: 18pt, weight: "bold", d.title) \\
#text(size: 12pt, fill: rgb("#4a5a68"), d.subtitle)
#let most = calc.max(1, ..d.field.map(row => calc.max(0, ..row.counts)))
#let shade(n) = if n == 0 { rgb("#f1f4f7") } else {
  color.mix((rgb("#cfe3f5"), 100% - n / most * 100%), (rgb("#0b4f8a"), n / most * 100%)) }
#let ink(n) = if n / most > 0.55 { white } else { rgb("#1b2733") }
#if d.field.len() > 0 {
  v(3mm)
  text(weight: "bold", d.field_title)
  v(-1mm)
  grid(columns: (40mm,) + (1fr,) * d.columns.len(), gutter: 0.6mm, align: center + horizon,
    ..d.field.map(row => (
      align(left, text(size: 11pt, row.label)),
      ..row.counts.map(n => box(width: 100%, height: 8mm, fill: shade(n), radius: 1mm,
        align(center + horizon, if n > 0 { text(size: 9pt, fill: ink(n), str(n)) })))
    )).flatten(),
    [], ..d.columns.map(name => text(size: 8pt, fill: rgb("#4a5a68"), name)))
}
#let top = calc.max(1, ..d.bars.map(row => row.counts.at(0)))
#if d.bars.len() > 0 {
  v(3mm)
  text(weight: "bold", d.bars_title)
  v(-1mm)
  grid(columns: (85mm, 1fr), gutter: 1.6mm, align: left + horizon,
    ..d.bars.map(row => (
      text(size: 11pt, row.label),
      stack(dir: ltr, spacing: 2mm,
        rect(width: 88mm * row.counts.at(0) / top, height: 5mm, fill: rgb("#0b4f8a"), radius: 1mm),
        text(size: 11pt, str(row.counts.at(0)))))
    ).flatten())
}
"""


def drawn(chart: Chart) -> bytes:
    """The chart as PNG. Takes about as long as a page of a document."""
    import typst  # heavy, and most updates do not need it

    shape = {
        "language": chart.language,
        "title": fit(chart.title),
        "subtitle": fit(chart.subtitle),
        "field_title": fit(chart.field_title),
        "columns": list(chart.columns),
        "field": _rows(chart.field),
        "bars_title": fit(chart.bars_title),
        "bars": _rows(chart.bars),
    }
    return typst.compile(
        _LAYOUT.encode(),
        format="png",
        ppi=PIXELS_PER_INCH,
        ignore_system_fonts=True,
        sys_inputs={"chart": json.dumps(shape, ensure_ascii=True)},
    )


def _rows(rows: tuple[Row, ...]) -> list[dict[str, object]]:
    return [{"label": fit(row.label), "counts": list(row.counts)} for row in rows]
