"""Official wage files of every layout: the same table, codes as states and never as numbers."""

import csv
import math
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import peerstats as ps
from peerstats.norms import OEWS_FIGURES, OEWS_STATES, OEWS_SYMBOLS, OEWS_WORDS, bundled_table

OFFICIAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "oews"
NATIONAL = {
    **{year: f"national_M{year}_dl_trim.xlsx" for year in range(2018, 2025)},
}
WAGES = ("H_MEAN", "A_MEAN", "MEAN_PRSE", "H_PCT10", "H_PCT25", "H_MEDIAN", "H_PCT75", "H_PCT90")
ANNUAL = ("A_PCT10", "A_PCT25", "A_MEDIAN", "A_PCT75", "A_PCT90")
LEAD = ("AREA", "AREA_TITLE", "AREA_TYPE", "PRIM_STATE", "NAICS", "NAICS_TITLE", "I_GROUP", "OWN_CODE")
FULL = (
    *(*LEAD, "OCC_CODE", "OCC_TITLE", "O_GROUP", "TOT_EMP", "EMP_PRSE", "JOBS_1000", "LOC_QUOTIENT"),
    *("PCT_TOTAL", "PCT_RPT", *WAGES, *ANNUAL, "ANNUAL", "HOURLY"),
)
ALL = {
    "AREA": "99",
    "AREA_TITLE": "U.S.",
    "AREA_TYPE": "1",
    "PRIM_STATE": "US",
    "NAICS": "000000",
    "NAICS_TITLE": "Cross-industry",
    "I_GROUP": "cross-industry",
    "OWN_CODE": "1235",
    "OCC_CODE": "00-0000",
    "OCC_TITLE": "All Occupations",
    "O_GROUP": "total",
    "TOT_EMP": 154187380,
    "EMP_PRSE": 0.0,
    "JOBS_1000": "",
    "LOC_QUOTIENT": "",
    "PCT_TOTAL": "",
    "PCT_RPT": "",
    **dict(zip(WAGES, (32.66, 67920, 0.1, 14.42, 17.66, 23.80, 37.89, 60.44), strict=True)),
    **dict(zip(ANNUAL, (29990, 36730, 49500, 78810, 125720), strict=True)),
    "ANNUAL": "",
    "HOURLY": "",
}
AIDES = {
    **ALL,
    "OCC_CODE": "21-1093",
    "OCC_TITLE": "Social and Human Service Assistants",
    "O_GROUP": "detailed",
    "TOT_EMP": "**",
    "EMP_PRSE": 0.9,
    "H_MEAN": 22.64,
    "MEAN_PRSE": 0.4,
    "H_PCT90": "#",
    "H_PCT10": "*",
    "PCT_RPT": "~",
}
# Layouts by year, as a mapping from the names of 2021 and later to the year's own; None: no such column.
LAYOUTS = {
    "2014 national, 20 columns": {**dict.fromkeys(LEAD), "O_GROUP": "OCC_GROUP", "PCT_RPT": None}
    | dict.fromkeys(("JOBS_1000", "LOC_QUOTIENT", "PCT_TOTAL")),
    "2014 state": {"AREA_TITLE": "STATE", "PRIM_STATE": "ST", "LOC_QUOTIENT": "LOC QUOTIENT"}
    | dict.fromkeys(("NAICS", "NAICS_TITLE", "I_GROUP", "OWN_CODE", "PCT_RPT", "PCT_TOTAL", "AREA_TYPE")),
    "2018 metro": {"AREA_TITLE": "AREA_NAME", "O_GROUP": "OCC_GROUP"}
    | dict.fromkeys(("NAICS", "NAICS_TITLE", "I_GROUP", "OWN_CODE", "PCT_RPT", "PCT_TOTAL", "AREA_TYPE")),
    "2016 all": {"OCC_CODE": "occ code", "OCC_TITLE": "occ title", "O_GROUP": "group", "PCT_TOTAL": "pct_tot"}
    | {"I_GROUP": None, "PCT_RPT": None, "PRIM_STATE": None, "LOC_QUOTIENT": "loc_q"},
    "2019 all": {name: name.lower() for name in FULL}
    | {"PRIM_STATE": None, "PCT_RPT": None, "JOBS_1000": "jobs_1000_orig"},
    "2023 with the leading columns deleted": dict.fromkeys(LEAD),
    "2024": {},
}


def laid_out(layout, rows):
    names = {name: LAYOUTS[layout].get(name, name) for name in FULL}
    kept = [name for name in FULL if names[name] is not None]
    return [[names[name] for name in kept], *([row[name] for name in kept] for row in rows)]


def write_csv(path, rows, delimiter=",", **options):
    with path.open("w", newline="", **{"encoding": "utf-8", **options}) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def official(name):
    path = OFFICIAL / name
    if not path.exists():
        pytest.skip(f"needs ../shared/data/oews/{name}")
    return path


def keyed(table, *names):
    """Return figures and states of every row under its key."""
    words = [[table.words[name].words[code] for code in table.words[name].codes] for name in names]
    keys = list(zip(table.years.tolist(), *words, strict=True))
    assert len(set(keys)) == len(keys)
    columns = [(table.figures[name], table.cells[name]) for name in OEWS_FIGURES]
    return {
        key: {
            name: (value[i], OEWS_STATES[state[i]])
            for name, (value, state) in zip(OEWS_FIGURES, columns, strict=True)
        }
        for i, key in enumerate(keys)
    }


def assert_agree(first, second, *, but=()):
    """Hold two tables equal where both have a row; a column that one layout has not is left out."""
    shared = first.keys() & second.keys()
    compared = 0
    for key in shared:
        for name in OEWS_FIGURES:
            (a, state_a), (b, state_b) = first[key][name], second[key][name]
            if name in but or "empty" in (state_a, state_b):
                continue
            assert (state_a, a if state_a == "published" else 0) == (
                state_b,
                b if state_b == "published" else 0,
            ), (key, name)
            compared += 1
    return len(shared), compared


@pytest.mark.parametrize("year", NATIONAL)
def test_the_bundled_rows_equal_the_workbooks_of_the_agency(year):
    book = keyed(ps.read_oews(official(NATIONAL[year])), "occ_code", "o_group")
    rows, cells = assert_agree(keyed(bundled_table(), "occ_code", "o_group"), book)
    assert rows == sum(key[1] == "00-0000" or key[1].startswith("21-") for key in book)
    assert cells == rows * 15  # employment, its error, the mean twice, its error, five percentiles twice


@pytest.mark.parametrize("year", [2020, 2024])
def test_a_national_csv_equals_the_workbook_of_its_year(year):
    whole = ps.read_oews(official(f"national_M{year}_dl_full.csv"))
    book = ps.read_oews(official(NATIONAL[year]))
    rows, _ = assert_agree(*(keyed(table, "occ_code", "o_group") for table in (whole, book)))
    assert rows == len(book)


def test_the_flat_file_equals_the_tables_made_of_it():
    keys = ("area", "naics", "own_code", "occ_code")
    flat = keyed(ps.read_oews(official("oe.data.sample.txt")), *keys)
    areas = keyed(ps.read_oews(official("oews_M2025_soc21_areas.csv")), *keys)
    state = keyed(ps.read_oews(official("state_M2025_layout_derived_soc21.csv")), *keys)
    rows, cells = assert_agree(flat, areas)
    assert rows >= len(flat) - 3  # three rows outside SOC 21 stand in the flat sample for their footnotes
    assert cells > 1500
    rows, _ = assert_agree(state, areas)
    assert rows == len(state)
    years = keyed(ps.read_oews(official("oews_national_soc21_2013_2025.csv")), "occ_code")
    rows, cells = assert_agree(years, keyed(bundled_table(), "occ_code"))
    assert (rows, cells) == (352, 352 * 15)


def test_the_agency_s_counts_of_levels_and_of_codes_at_two_levels_come_out():
    table = ps.read_oews(official("national_M2024_dl_full.csv"))
    levels = table.data["o_group"].value_counts()
    assert levels.to_dict() == {"total": 1, "major": 22, "minor": 94, "broad": 455, "detailed": 831}
    assert any(note.startswith("7 occupations at two levels") for note in table.notes)


def test_the_flat_file_names_areas_and_occupations_from_the_files_beside_it():
    data = ps.read_oews(official("oe.data.sample.txt")).data
    carolina = data[(data["area"] == "37") & (data["occ_code"] == "21-1094")].iloc[0]
    assert (carolina["area_title"], carolina["prim_state"], carolina["area_type"]) == (
        "North Carolina",
        "NC",
        "2",
    )
    assert carolina["occ_title"] == "Community Health Workers"
    assert carolina["h_mean"] == 24.12


@pytest.mark.parametrize("kind", ["csv", "txt", "xlsx"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_figures_states_and_words(layout, kind, tmp_path, workbook):
    rows = laid_out(layout, [ALL, AIDES])
    if kind == "xlsx":
        path = workbook(rows)
    else:
        path = write_csv(tmp_path / f"national_M2024_dl.{kind}", rows, "\t" if kind == "txt" else ",")
    table = ps.read_oews(path)
    data, states = table.data, table.states
    assert data["year"].tolist() == [2024, 2024]
    for name in FULL:
        column = name.lower()
        if LAYOUTS[layout].get(name, name) is None and name not in LEAD:
            continue
        for i, row in enumerate((ALL, AIDES)):
            if column in OEWS_FIGURES:
                symbol = row[name] if row[name] in OEWS_SYMBOLS else None
                state = OEWS_STATES[0 if symbol is None else OEWS_SYMBOLS[symbol]]
                assert states[column][i] == state, column
                found = data[column][i]
                assert math.isnan(found) if symbol is not None else found == row[name]
            elif LAYOUTS[layout].get(name, name) is not None:
                assert (data[column][i] or "") == row[name] or row[name] == ""
    assert data["area"].tolist() == ["99", "99"]
    assert data["naics"].tolist() == ["000000", "000000"]
    assert list(data.columns) == ["year", *OEWS_WORDS, *OEWS_FIGURES]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.one_of(st.sampled_from(["*", "**", "#", "~", ""]), st.floats(0, 1e9).map(lambda x: round(x, 2))),
        min_size=1,
        max_size=40,
    ),
    blanks=st.booleans(),
)
def test_a_cell_is_either_a_figure_or_a_state_and_nothing_is_lost(cells, blanks, tmp_path):
    # more rows than a chunk holds, so that columns meet figures first and codes later
    cells = [*cells, *[12.5] * 600, *cells]
    rows = [
        ["AREA", "OCC_CODE", "TOT_EMP", "H_MEAN"],
        *([str(10000 + i), "21-1093", 10, f" {cell} " if blanks else cell] for i, cell in enumerate(cells)),
    ]
    table = ps.read_oews(write_csv(tmp_path / "x_M2020.csv", rows))
    values, states = table.figures["h_mean"], table.cells["h_mean"]
    for cell, value, state in zip(cells, values, states, strict=True):
        if cell in OEWS_SYMBOLS:
            assert np.isnan(value)
            assert state == OEWS_SYMBOLS[cell]
        else:
            assert (value, state) == (cell, 0)


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path):
    rows = [dict(AIDES, AREA=str(10000 + i), OCC_CODE=f"21-{1000 + i}", H_MEAN=10 + i) for i in range(50)]
    straight = ps.read_oews(
        write_csv(tmp_path / "a_M2024.csv", [list(FULL), *([r[c] for c in FULL] for r in rows)])
    )
    shuffle = random.Random(3).sample(FULL, len(FULL))  # noqa: S311
    back = [list(shuffle), *([r[c] for c in shuffle] for r in rows[::-1])]
    turned = ps.read_oews(write_csv(tmp_path / "b_M2024.csv", back))
    keys = ("area", "occ_code")
    assert assert_agree(keyed(straight, *keys), keyed(turned, *keys))[0] == 50


def test_zeros_that_a_spreadsheet_took_from_codes_come_back(workbook):
    rows = [
        ["AREA", "AREA_TITLE", "NAICS", "OCC_CODE", "O_GROUP", "H_MEAN", "ANNUAL"],
        [1.0, "Alabama", 0.0, "21-1093", "detailed", 19.5, True],
        [100001.0, "Northwest Alabama nonmetropolitan area", 0.0, "21-1093", "Detailed", 18.5, ""],
    ]
    table = ps.read_oews(workbook(rows, file="state_M2024_dl.xlsx"))
    data = table.data
    assert data["area"].tolist() == ["01", "0100001"]
    assert data["naics"].tolist() == ["000000", "000000"]
    assert data["own_code"].tolist() == ["1235", "1235"]
    assert data["annual"].tolist()[0] == "TRUE"
    assert data["o_group"].tolist() == ["detailed", "detailed"]
    assert any("Leading zeros of area codes were restored" in note for note in table.notes)


def test_a_code_at_two_levels_stays_once_a_level_and_a_repeated_row_once(tmp_path):
    broad, detailed = dict(AIDES, O_GROUP="broad"), dict(AIDES)
    rows = [[r[c] for c in FULL] for r in (ALL, broad, detailed, detailed)]
    table = ps.read_oews(write_csv(tmp_path / "national_M2024_dl.csv", [list(FULL), *rows]))
    assert table.data["o_group"].tolist() == ["total", "broad", "detailed"]
    assert "1 repeated row, figure for figure" in " ".join(table.notes)
    assert "1 occupation at two levels" in " ".join(table.notes)
    assert ps.oews("21-1093", data=table).value == 22.64


def test_a_repeated_row_with_other_figures_stays_and_stops_a_call_that_meets_it(tmp_path):
    rows = [[r[c] for c in FULL] for r in (ALL, AIDES, dict(AIDES, H_MEAN=23.0))]
    table = ps.read_oews(write_csv(tmp_path / "national_M2024_dl.csv", [list(FULL), *rows]))
    assert len(table) == 3
    assert "of an area, industry, owner and occupation with other figures" in " ".join(table.notes)
    with pytest.raises(ps.InputError, match=r"2 rows of national_M2024_dl\.csv answer for 21-1093"):
        ps.oews("21-1093", data=table)


def test_notes_below_the_table_and_columns_of_one_s_own_are_counted(workbook):
    rows = [
        ["OCC_CODE", "AREA", "H_MEAN", "my remark"],
        ["21-1093", "42", 21.0, "x"],
        ["Source: BLS", "", "", ""],
    ]
    table = ps.read_oews(workbook(rows))
    assert len(table) == 1
    assert "1 row below the table without an occupation left out." in table.notes
    assert "Columns not read: my remark." in table.notes


def test_the_year_comes_from_a_column_the_caller_or_a_name_and_is_said(tmp_path, workbook):
    rows = [["OCC_CODE", "AREA", "H_MEAN"], ["21-1093", "42", 21.0]]
    by_sheet = ps.read_oews(workbook(rows, file="mine.xlsx", name="All May 2021 data"))
    assert by_sheet.years.tolist() == [2021]
    assert "The year, May 2021, is taken from the name 'All May 2021 data'." in by_sheet.notes
    asked = ps.read_oews(workbook(rows, file="mine.xlsx"), year=2019)
    assert "The year, May 2019, is as asked for." in asked.notes
    column = write_csv(tmp_path / "x_M2020.csv", [[*rows[0], "YEAR"], [*rows[1], 2017]])
    assert ps.read_oews(column).years.tolist() == [2017]


def test_a_text_in_a_code_page_is_read_and_said(tmp_path):
    rows = [["OCC_CODE", "AREA", "AREA_TITLE", "H_MEAN"], ["21-1093", "41980", "Mayagüez, PR", 12.0]]
    table = ps.read_oews(write_csv(tmp_path / "MSA_M2024_dl.csv", rows, encoding="cp1252"))
    assert table.data["area_title"].tolist() == ["Mayagüez, PR"]
    assert "read as Windows-1252" in table.notes[0]


HEAD = "OCC_CODE,AREA,H_MEAN\n"


@pytest.mark.parametrize(
    ("file", "content", "options", "message"),
    [
        ("a_M2024.csv", "name,age\nx,3\n", {}, r"is no OEWS file: it has the columns 'name', 'age'"),
        ("a_M2024.csv", "OCC_COD,AREA,HMEAN\n1,2,3\n", {}, r"Closest: 'HMEAN', 'OCC_COD'"),
        ("a.csv", f"{HEAD}21-1093,42,21.0\n", {}, r"does not say its year(.|\n)*year=2024"),
        ("a_M2024.csv", f"{HEAD}21-1093,42,21.0\n", {"year": 2023}, r"2024 in 'a_M2024.csv' and year=2023"),
        ("a.csv", f"{HEAD}21-1093,42,21.0\n", {"year": 24}, r"year=24 is no year"),
        (
            "a_M2024.csv",
            f"{HEAD}21-1093,42,$21.0\n",
            {},
            r"column h_mean of a_M2024.csv(.|\n)*row 1(.|\n)*currency",
        ),
        ("a_M2024.csv", f"{HEAD}21-1093,42,-5\n", {}, r"neither a figure nor one of the agency's codes"),
        ("a_M2024.csv", f"{HEAD}21-1093,42,nan\n", {}, r"neither a figure nor one of the agency's codes"),
        ("a_M2024.csv", f"{HEAD}peer,42,21.0\n", {}, r"row 1 below the header(.|\n)*occupation code 'peer'"),
        ("a_M2024.csv", f"{HEAD}21-1093,,21.0\n", {}, r"rows without an area code"),
        ("a_M2024.csv", f"{HEAD}21-1093,42,21.0\n", {"area": "42"}, r"has an area column"),
        (
            "a_M2024.csv",
            "OCC_CODE,OCCCODE,H_MEAN\n1,2,3\n",
            {},
            r"occ_code twice, as 'OCC_CODE' and 'OCCCODE'",
        ),
        ("a_M2024.csv", "OCC_CODE,H_MEAN\n21-1093,21.0\n", {}, r"no area column(.|\n)*area='99'"),
        (
            "a_M2024.csv",
            "OCC_CODE,TOT_EMP,H_MEAN\n00-0000,6064600,31.6\n",
            {},
            r"not plainly the nation's(.|\n)*area='99'",
        ),
        (
            "a.txt",
            "series_id\tyear\tperiod\tvalue\n" + "OEUN000000000000021109308\t2025\tA01\t22.08\n" * 2,
            {},
            r"a series of h_median twice in one year",
        ),
        (
            "a.txt",
            "series_id\tyear\tperiod\tvalue\nLAUST370000000000003\t2025\tM13\t4\n",
            {},
            r"no wage series",
        ),
        (
            "a.txt",
            "series_id\tyear\tperiod\tvalue\tfootnote_codes\nOEUN000000000000021109308\t2025\tA01\t-\t7\n",
            {},
            r"OEUN000000000000021109308 has no value and the footnote '7'",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_the_place_and_the_next_step(
    file, content, options, message, tmp_path
):
    (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(ps.InputError, match=message) as caught:
        ps.read_oews(tmp_path / file, **options)
    assert str(caught.value).startswith("read_oews(): ")
    assert caught.value.next_step


def test_an_area_can_be_said_for_a_file_without_area_columns(tmp_path):
    path = tmp_path / "a_M2024.csv"
    path.write_text("OCC_CODE,TOT_EMP,H_MEAN,MEAN_PRSE\n21-1093,24340,21.66,1.2\n", encoding="utf-8")
    table = ps.read_oews(path, area="42")
    assert ps.oews("21-1093", area="PA", data=table).value == 21.66
    assert "The area, 42, is as asked for." in table.notes


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (
            "a_M2024.csv",
            b"<!DOCTYPE html><html>Access Denied</html>",
            r"is a web page(.|\n)*by hand in a browser",
        ),
        ("a_M2024.xlsx", b"<html>Access Denied</html>", r"is a web page, not the workbook(.|\n)*by hand"),
        ("a_M2024.csv", b"PK\x03\x04rest", r"is an Excel workbook or zip archive, not text(.|\n)*\.xlsx"),
        ("a_M2024.xlsx", b"OCC_CODE,AREA\n", r"is text, not the workbook(.|\n)*a_M2024\.csv"),
        ("a_M2024.xlsx", b"PK\x03\x04cut off", r"damaged or cut off"),
        ("a_M2024.xls", b"\xd0\xcf\x11\xe0cut off", r"cannot be read as a workbook"),
        ("a_M2024.csv", b"", r"is empty"),
        ("a_M2024.csv", b"OCC_CODE,AREA,H_MEAN\n21-1093,42,21.0\n21-1094,4", r"row 2 below(.|\n)*2 cells"),
        ("a_M2024.csv", b'OCC_CODE,AREA,H_MEAN\n21-1093,"42,21.0\n', r"is not delimited text"),
    ],
)
def test_a_file_that_is_something_else_or_cut_off_is_refused(file, content, message, tmp_path):
    (tmp_path / file).write_bytes(content)
    with pytest.raises(ps.SourceError, match=message) as caught:
        ps.read_oews(tmp_path / file)
    assert caught.value.next_step


def test_a_path_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ps.SourceError, match=r"absent_M2024.csv cannot be read"):
        ps.read_oews(tmp_path / "absent_M2024.csv")


def test_the_table_prints_and_counts_without_its_rows(tmp_path):
    rows = [list(FULL), *([r[c] for c in FULL] for r in (ALL, AIDES))]
    table = ps.read_oews(write_csv(tmp_path / "national_M2024_dl.csv", rows))
    assert repr(table).startswith(
        "OEWS, May 2024: national_M2024_dl.csv\n  rows       2; areas 1, occupations 2\n"
    )
    plain = table.to_dict()
    assert plain["schema"] == 1
    assert plain["n_states"]["top-coded"] == 1
    assert plain["n_rows"] == len(table) == 2
