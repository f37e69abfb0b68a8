"""Workbooks of survey answers: sheets, dates, merged names, and what would fill the memory."""

import zipfile

import pandas as pd
import pytest

import peerstats as ps

STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2">'
    '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
ROWS = [["id", "wage", "word"], [1, 17.5, "x"], [2, 21, "NA"], [3, "", "00501"]]


def test_the_cells_of_a_sheet_come_in_with_their_kinds(workbook):
    survey = ps.read_survey(workbook(ROWS, "simulated.xlsx"))
    assert survey.data["id"].tolist() == [1, 2, 3]
    assert survey.data["wage"].tolist()[:2] == [17.5, 21.0]
    assert survey.data["word"].isna().tolist() == [False, True, False]
    assert survey.data["word"].iloc[2] == "00501"
    assert survey.codebook.file_kind == "Excel"


def test_a_sheet_is_chosen_by_name_or_place(workbook):
    path = workbook(ROWS, "simulated.xlsx")
    with pytest.raises(ps.SourceError, match=r"no sheet 'Data'(.|\n)*'any name', 'Field Descriptions'"):
        ps.read_survey(path, sheet="Data")
    with pytest.raises(ps.SourceError, match="no sheet 5"):
        ps.read_survey(path, sheet=5)
    with pytest.raises(ps.SourceError, match="has names and no rows"):
        ps.read_survey(path, sheet="Field Descriptions")
    assert len(ps.read_survey(path, sheet="any name")) == len(ps.read_survey(path, sheet=0)) == 3


def test_serial_numbers_are_told_and_become_dates_when_named(workbook):
    path = workbook([["id", "start_date"], [1, 45292], [2, 45293.25]], "simulated.xlsx")
    assert "'start_date' holds numbers that look like dates" in ps.read_survey(path).codebook.notes[0]
    dated = ps.read_survey(path, dates=["start_date"])
    assert dated.data["start_date"].tolist() == [
        pd.Timestamp("2024-01-01"),
        pd.Timestamp("2024-01-02 06:00"),
    ]
    early = workbook([["start_date"], [59]], "early.xlsx")
    with pytest.raises(ps.InputError, match="no serial number of a date after February 1900"):
        ps.read_survey(early, dates=["start_date"])


def _changed(path, member, old, new, **added):
    """Write a workbook again with one text in a member replaced and members added."""
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    assert old in members[member]
    members[member] = members[member].replace(old, new)
    with zipfile.ZipFile(path, "w") as book:
        for name, content in {**members, **added}.items():
            book.writestr(name, content)


def test_cells_formatted_as_dates_are_dates(workbook):
    path = workbook([["id", "start"], [1, 45292], [2, 45293.25]], "simulated.xlsx")
    _changed(path, "xl/worksheets/sheet1.xml", b"<c><v>4529", b'<c s="1"><v>4529')
    _changed(
        path,
        "xl/_rels/workbook.xml.rels",
        b"</Relationships>",
        b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'styles" Target="styles.xml"/></Relationships>',
        **{"xl/styles.xml": STYLES},
    )
    survey = ps.read_survey(path)
    assert survey.codebook["start"].kind == "date"
    assert survey.data["start"].tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02 06:00")]


def test_rows_are_counted_as_the_sheet_counts_them(workbook):
    path = workbook([["a", "b"], ["", 1, 2]], "simulated.xlsx")
    sheet = "xl/worksheets/sheet1.xml"
    _changed(path, sheet, b"<row><c t", b'<row r="4"><c t')
    _changed(
        path, sheet, b'<row r="4"><c t="inlineStr"><is><t>a', b'<row r="3"><c r="B3" t="inlineStr"><is><t>a'
    )
    assert list(ps.read_survey(path, header=3).data.columns) == ["a", "b"]
    with pytest.raises(ps.SourceError, match="has no rows"):
        ps.read_survey(path, header=9)


def test_a_workbook_of_an_old_macintosh_counts_from_1904(workbook):
    path = workbook([["id", "start_date"], [1, 43830]], "simulated.xlsx")
    _changed(path, "xl/workbook.xml", b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    dated = ps.read_survey(path, dates=["start_date"])
    assert dated.data["start_date"].tolist() == [pd.Timestamp("2024-01-01")]


def test_merged_names_are_refused_with_their_place(workbook):
    rows = [["Satisfaction", "s", "Burnout"], ["s1", "s2", "b1"], [1, 2, 3]]
    path = workbook(
        rows, "simulated.xlsx", after='<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
    )
    with pytest.raises(ps.SourceError, match=r"row 1 of sheet 'any name'.*merged cells: columns 1 to 2"):
        ps.read_survey(path)
    assert list(ps.read_survey(path, header=2).data.columns) == ["s1", "s2", "b1"]


def test_a_title_above_the_names_is_told_and_left_out_on_request(workbook):
    path = workbook([["Survey of 2026", "", ""], *ROWS], "simulated.xlsx")
    with pytest.raises(ps.SourceError, match=r"2 of the 3 names(.|\n)*header=2"):
        ps.read_survey(path)
    assert list(ps.read_survey(path, header=2).data.columns) == ["id", "wage", "word"]


def test_a_workbook_that_expands_beyond_any_is_refused(tmp_path):
    path = tmp_path / "simulated.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(80):
                sheet.write(b" " * (1 << 20))
    with pytest.raises(ps.SourceError, match=r"read_survey\(\): simulated.xlsx would expand"):
        ps.read_survey(path)


def test_a_workbook_that_was_cut_off_or_locked_is_refused(workbook, tmp_path):
    path = workbook(ROWS, "simulated.xlsx")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ps.SourceError, match="damaged or cut off"):
        ps.read_survey(path)
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(ps.SourceError, match="protected by a password"):
        ps.read_survey(locked)
    with pytest.raises(ps.SourceError, match="is a zip archive, not a workbook"):
        ps.read_survey(_zip(tmp_path / "other.xlsx"))


def _zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/answers.csv", "a,b\n1,2\n")
    return path


def test_booleans_and_mixed_cells_are_told_apart(workbook):
    survey = ps.read_survey(
        workbook([["paid", "mixed"], [True, 1], [False, "two"], [True, 3.5]], "simulated.xlsx")
    )
    assert survey.data["paid"].tolist() == [True, False, True]
    assert survey.data["mixed"].tolist() == ["1", "two", "3.5"]
    assert [variable.kind for variable in survey.codebook] == ["boolean", "text"]


def test_a_qualtrics_workbook_has_its_questions_as_labels(workbook):
    rows = [
        ["StartDate", "ResponseId", "Q1"],
        ["Start Date", "Response ID", "How are you?"],
        ["2024-01-01", "R_1", 3],
    ]
    survey = ps.read_survey(workbook(rows, "simulated.xlsx"))
    assert survey.codebook.label("Q1") == "How are you?"
    assert survey.data["Q1"].tolist() == [3]
