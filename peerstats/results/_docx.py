"""Table to a Word file; the only door to python-docx."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from peerstats._core.extras import load_extra

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from peerstats.results._table import Table

__all__ = ["write_docx"]

_POINTS = 9.0  # size of type: that of a printed table
_FEWEST_POINTS = 6.0  # smaller cannot be read in print
_SMALL = 8.0
_NEGATIVE = re.compile(r"(?<![\w.)])-(?=[\d.])")
_RULE = 8  # width of a line, in eighths of a point
_THIN = 4
_ON_ONE_PAGE = 30  # rows that are kept on one page; of a longer table only the first stay with the title
_KEPT_TOGETHER = 2
_FONT = "Arial"
_MARGIN = 2.0  # cm
_LETTER = 0.19  # cm that a letter of 9 points needs
_CELL_MARGIN = 0.1  # cm left and right in a cell; Word's own is 0.19
_LONGEST = 42  # characters of a text column above which its lines are broken
_WIDEST = 95  # characters that an upright page holds; wider tables lie on their side
_STEP = 9.0  # points of one indent


def _clean(text: str) -> str:
    """Return text on one line without the control signs that XML forbids."""
    return "".join(
        letter for letter in " ".join(text.split()) if letter.isprintable() or letter == "\N{NO-BREAK SPACE}"
    )


class _Writer:
    """Puts one table into a document."""

    def __init__(self, table: Table) -> None:
        docx = load_extra("docx", "report", "to_docx")
        self.shared = load_extra("docx.shared", "report", "to_docx")
        self.oxml = load_extra("docx.oxml", "report", "to_docx")
        self.qn = load_extra("docx.oxml.ns", "report", "to_docx").qn
        self.enum = load_extra("docx.enum.text", "report", "to_docx").WD_ALIGN_PARAGRAPH
        self.sides = load_extra("docx.enum.section", "report", "to_docx").WD_ORIENT
        self.table = table
        self.document = docx.Document()
        self.points = _POINTS

    def write(self) -> Any:
        table = self.table
        self._page()
        self._text(table.title, style="Caption", size=_POINTS + 1, bold=True, keep=True)
        for line in table.lines:
            self._text(line, size=_SMALL, keep=True)
        spans = table.spans()
        n_heads = 2 if spans else 1
        cells = table.cells()
        grid = self.document.add_table(rows=n_heads + len(cells), cols=len(table.columns))
        self._widths(grid)
        if spans:
            self._spanning(grid.rows[0], spans)
        self._row(grid.rows[n_heads - 1], table.headings(), bold=True)
        whole = len(cells) <= _ON_ONE_PAGE
        for i, row in enumerate(cells):
            keep = i + 1 < len(cells) and (whole or i < _KEPT_TOGETHER)
            self._row(grid.rows[n_heads + i], row, indent=table.indent(i), keep=keep)
        for row in grid.rows[:n_heads]:
            self._property(row, "w:tblHeader")
        for row in grid.rows:
            self._property(row, "w:cantSplit")  # no row breaks across pages
        self._border(grid.rows[0], "top", _RULE)
        self._border(grid.rows[n_heads - 1], "bottom", _THIN)
        for i in table.rules:
            self._border(grid.rows[n_heads + i], "top", _THIN)
        self._border(grid.rows[-1], "bottom", _RULE)
        for k, note in enumerate(table.notes):
            self._text(note, size=_SMALL, before=4.0 if k == 0 else 0.0)
        about = self.document.core_properties
        about.title, about.author, about.comments = _clean(table.title), "", ""
        return self.document

    def _page(self) -> None:
        """Settle margins, the way the page lies, and the type."""
        margin = self.shared.Cm(_MARGIN)
        section = self.document.sections[0]
        section.left_margin = section.right_margin = margin
        if sum(self._lengths()) > _WIDEST:
            section.orientation = self.sides.LANDSCAPE
            section.page_width, section.page_height = section.page_height, section.page_width
        normal = self.document.styles["Normal"]
        normal.font.name = _FONT
        normal.paragraph_format.space_after = self.shared.Pt(0)

    def _lengths(self) -> list[int]:
        """Return the characters that each column asks for, a gap included."""
        rows = (*self.table.cells(), self.table.headings())
        found = [2 + max(len(row[j]) for row in rows) for j in range(len(self.table.columns))]
        for text, first, last in self.table.spans():
            found[last - 1] += max(len(text) + 2 - sum(found[first:last]), 0)
        return [
            length if column.kind != "text" else min(length, _LONGEST)
            for length, column in zip(found, self.table.columns, strict=True)
        ]

    def _widths(self, grid: Any) -> None:
        section = self.document.sections[0]
        room = (section.page_width - section.left_margin - section.right_margin) / self.shared.Cm(1)
        lengths = self._lengths()
        letter = min(_LETTER, room / sum(lengths))
        self.points = max(_POINTS * letter / _LETTER, _FEWEST_POINTS)
        # empty cells take their height from it
        self.document.styles["Normal"].font.size = self.shared.Pt(self.points)
        grid.autofit = False
        margins = self.oxml.OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            margin = self.oxml.OxmlElement(f"w:{side}")
            margin.set(self.qn("w:w"), str(self.shared.Cm(_CELL_MARGIN).twips))
            margin.set(self.qn("w:type"), "dxa")
            margins.append(margin)
        properties = grid._tbl.tblPr  # noqa: SLF001  (python-docx has no call for margins)
        properties.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")
        for column, length in zip(grid.columns, lengths, strict=True):
            column.width = self.shared.Cm(letter * length)

    def _fill(self, paragraph: Any, text: str, *, size: float, bold: bool) -> None:
        run = paragraph.add_run(_clean(text))
        run.font.size, run.font.bold = self.shared.Pt(size), bold
        run.font.color.rgb = self.shared.RGBColor(0, 0, 0)
        run.font.name = _FONT
        run.font.italic = False

    def _text(
        self,
        text: str,
        *,
        style: str | None = None,
        size: float,
        bold: bool = False,
        before: float = 0.0,
        keep: bool = False,
    ) -> None:
        paragraph = self.document.add_paragraph(style=style)
        shape = paragraph.paragraph_format
        shape.space_before, shape.space_after = self.shared.Pt(before), self.shared.Pt(2)
        shape.keep_with_next = keep
        self._fill(paragraph, text, size=size, bold=bold)

    def _cell(
        self, cell: Any, text: str, *, right: bool, bold: bool, indent: int = 0, keep: bool = True
    ) -> None:
        paragraph = cell.paragraphs[0]
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = self.shared.Pt(1)
        shape.keep_with_next = keep
        if indent:
            shape.left_indent = self.shared.Pt(_STEP * indent)
        if right:
            paragraph.alignment = self.enum.RIGHT
        # a hyphen before a number could end a line
        shown = _NEGATIVE.sub("\N{MINUS SIGN}", text) if right else text
        self._fill(paragraph, shown, size=self.points, bold=bold)

    def _row(
        self, row: Any, texts: Sequence[str], *, bold: bool = False, indent: int = 0, keep: bool = True
    ) -> None:
        cells = row.cells
        for j, (text, column) in enumerate(zip(texts, self.table.columns, strict=True)):
            self._cell(
                cells[j],
                text,
                right=column.kind != "text",
                bold=bold,
                indent=indent if j == 0 else 0,
                keep=keep,
            )

    def _spanning(self, row: Any, spans: Sequence[tuple[str, int, int]]) -> None:
        cells = row.cells
        for text, first, last in spans:
            whole = cells[first].merge(cells[last - 1]) if last - first > 1 else cells[first]
            self._cell(whole, text, right=False, bold=True)
            if text:
                whole.paragraphs[0].alignment = self.enum.CENTER
                self._underline(whole.paragraphs[0])

    def _property(self, row: Any, name: str) -> None:
        row._tr.get_or_add_trPr().append(self.oxml.OxmlElement(name))  # noqa: SLF001  (python-docx has no call)

    def _border(self, row: Any, side: str, width: int) -> None:
        done = set()
        for cell in row.cells:
            if id(cell._tc) not in done:  # noqa: SLF001  (a merged cell is given once a column)
                done.add(id(cell._tc))  # noqa: SLF001
                self._line(cell, side, width)

    def _underline(self, paragraph: Any) -> None:
        """Draw a line below a shared heading that leaves a gap to the next."""
        gap = self.shared.Pt(4)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = gap
        properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001  (python-docx has no call for borders)
        borders = self.oxml.OxmlElement("w:pBdr")
        borders.append(self._stroke("bottom", _THIN))
        # the schema has it before spacing, indents and alignment
        properties.insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )

    def _stroke(self, side: str, width: int) -> Any:
        line = self.oxml.OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(width)), ("space", "0"), ("color", "000000")):
            line.set(self.qn(f"w:{name}"), value)
        return line

    def _line(self, cell: Any, side: str, width: int) -> None:
        properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001  (python-docx has no call for borders)
        borders = properties.find(self.qn("w:tcBorders"))
        if borders is None:
            borders = self.oxml.OxmlElement("w:tcBorders")
            properties.append(borders)
        line = self._stroke(side, width)
        # the schema wants the upper border first
        borders.insert(0, line) if side == "top" else borders.append(line)


def write_docx(table: Table, path: str | os.PathLike[str]) -> None:
    """Write a table as a Word document with one real table."""
    _Writer(table).write().save(str(path))
