"""Small workbooks, written by hand: no writer of workbooks is a dependency."""

import zipfile
from xml.sax.saxutils import escape

import pytest

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def sheet_xml(rows, *, before="", after=""):
    def cell(value):
        if isinstance(value, bool):
            return f'<c t="b"><v>{int(value)}</v></c>'
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{body}</sheetData>{after}</worksheet>'


def write_book(path, xml, name="any name"):
    """Write a workbook whose first sheet is the XML; a second one must never be read."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", xml)
        book.writestr("xl/worksheets/sheet2.xml", sheet_xml([["Field", "Description"]]))
        sheets = "".join(
            f'<sheet name="{title}" sheetId="{i}" r:id="rId{i}"/>'
            for i, title in enumerate((name, "Field Descriptions"), start=1)
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>',
        )
        links = "".join(
            f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in (1, 2)
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
    return path


@pytest.fixture
def workbook(tmp_path):
    """Return a function that writes rows as a workbook."""

    def write(rows, file="national_M2024_dl.xlsx", name="any name", **options):
        return write_book(tmp_path / file, sheet_xml(rows, **options), name)

    return write
