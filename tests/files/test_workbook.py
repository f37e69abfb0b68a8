"""Workbooks are read from their first sheet; what would fill the memory is refused before it is opened."""

import zipfile

import pytest

import peerstats as ps

ROWS = [["OCC_CODE", "AREA", "H_MEAN"], ["21-1093", "42", 21.0]]


def test_the_first_sheet_is_read_whatever_its_name(workbook):
    table = ps.read_oews(workbook(ROWS, name="Filler"))
    assert table.figures["h_mean"].tolist() == [21.0]


def test_a_sheet_that_expands_a_thousandfold_is_refused(tmp_path):
    path = tmp_path / "national_M2024_dl.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(80):
                sheet.write(b" " * (1 << 20))
    with pytest.raises(ps.SourceError, match=r"would expand xl/worksheets/sheet1.xml 1,0\d\d-fold"):
        ps.read_oews(path)


def test_a_stray_cell_far_away_is_told_before_the_sheet_is_laid_out(workbook):
    path = workbook(ROWS, before='<dimension ref="A1:XFD1048576"/>')
    with pytest.raises(ps.SourceError, match=r"17,179,869,184 cells(.|\n)*stray cell"):
        ps.read_oews(path)


def test_the_agency_s_zip_is_not_taken_for_the_workbook_in_it(tmp_path):
    path = tmp_path / "oesm24nat.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("oesm24nat/national_M2024_dl.xlsx", "x")
    with pytest.raises(ps.SourceError, match=r"zip archive(.|\n)*Unpack oesm24nat/national_M2024_dl.xlsx"):
        ps.read_oews(path)


def test_a_workbook_cut_in_the_middle_is_refused(workbook):
    path = workbook(ROWS)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ps.SourceError, match="damaged or cut off"):
        ps.read_oews(path)


def test_a_workbook_without_its_reader_names_the_extra(workbook, monkeypatch):
    path = workbook(ROWS)
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(ps.MissingExtraError, match=r"read_oews\(\)(.|\n)*peerstats\[io\]"):
        ps.read_oews(path)
