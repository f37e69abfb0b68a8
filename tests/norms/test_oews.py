"""Official wages with their own error; a code in a cell is never a number."""

import pytest

import peerstats as ps
from peerstats._core.bundled import read_rows
from peerstats.norms._oews_row import bundled_table

# Published national figures, May 2020 and May 2025: hourly mean, its RSE in percent, P10, P25, P50, P75, P90,
# annual mean.
PUBLISHED = {
    (2020, "00-0000"): (27.07, 0.1, 10.97, 13.95, 20.17, 32.41, 50.99, 56310),
    (2020, "21-0000"): (25.09, 0.4, 13.91, 17.38, 22.85, 30.42, 39.64, 52180),
    (2020, "21-1000"): (25.06, 0.4, 13.97, 17.40, 22.83, 30.39, 39.56, 52120),
    (2020, "21-1010"): (26.34, 0.4, 14.65, 18.27, 24.17, 31.70, 41.19, 54780),
    (2020, "21-1012"): (29.96, 0.5, 17.12, 21.67, 27.94, 36.50, 47.07, 62320),
    (2020, "21-1013"): (27.35, 1.5, 15.93, 18.81, 24.69, 32.70, 44.68, 56890),
    (2020, "21-1015"): (20.23, 0.8, 12.34, 14.33, 18.05, 24.06, 31.82, 42080),
    (2020, "21-1018"): (24.78, 0.5, 14.71, 17.77, 22.91, 29.69, 37.84, 51550),
    (2020, "21-1019"): (24.42, 1.7, 14.00, 16.92, 22.00, 29.66, 37.99, 50800),
    (2020, "21-1023"): (26.22, 0.8, 14.79, 17.89, 23.42, 31.35, 42.03, 54540),
    (2020, "21-1093"): (18.38, 0.4, 12.00, 14.05, 17.29, 21.68, 26.96, 38230),
    (2020, "21-1094"): (22.12, 0.7, 13.47, 16.33, 20.19, 26.11, 34.03, 46000),
    (2020, "21-1099"): (23.85, 0.9, 13.65, 17.29, 22.48, 29.07, 36.74, 49600),
    (2025, "00-0000"): (33.54, 0.1, 15.00, 18.07, 24.51, 38.71, 61.81, 69770),
    (2025, "21-0000"): (30.49, 0.4, 18.26, 22.29, 28.03, 36.50, 46.94, 63410),
    (2025, "21-1000"): (30.48, 0.4, 18.31, 22.31, 28.03, 36.52, 46.93, 63400),
    (2025, "21-1010"): (31.88, 0.5, 18.87, 22.86, 29.00, 37.63, 48.51, 66300),
    (2025, "21-1012"): (34.34, 0.5, 21.65, 24.65, 30.93, 39.84, 50.37, 71430),
    (2025, "21-1013"): (37.00, 1.5, 21.47, 24.07, 32.18, 45.12, 59.49, 76960),
    (2025, "21-1015"): (24.91, 0.7, 16.85, 18.64, 22.52, 28.49, 37.10, 51820),
    (2025, "21-1018"): (30.98, 0.6, 18.72, 22.65, 28.53, 36.80, 46.92, 64440),
    (2025, "21-1019"): (27.99, 1.8, 17.42, 21.00, 24.45, 31.98, 44.20, 58210),
    (2025, "21-1023"): (32.71, 1.4, 19.11, 22.63, 28.98, 38.33, 50.08, 68030),
    (2025, "21-1093"): (22.93, 0.4, 16.44, 18.34, 22.08, 26.13, 30.43, 47690),
    (2025, "21-1094"): (27.01, 0.5, 18.66, 21.94, 24.93, 30.07, 37.11, 56180),
    (2025, "21-1099"): (28.65, 0.6, 17.94, 22.08, 27.28, 33.61, 40.49, 59590),
}


@pytest.mark.parametrize(("year", "occupation"), PUBLISHED)
def test_the_published_wages_come_out(year, occupation):
    mean, rse, *percentiles, annual = PUBLISHED[year, occupation]
    wage = ps.oews(occupation, year=year)
    assert wage.value == mean
    assert wage.std_error == pytest.approx(mean * rse / 100, rel=1e-12)
    assert list(wage.percentiles.values()) == percentiles
    assert list(wage.percentiles) == [10, 25, 50, 75, 90]
    assert ps.oews(occupation, year=year, pay="annual").value == annual


def test_a_wage_carries_population_date_form_source_and_unit():
    wage = ps.oews("21-1093", year=2020)
    assert wage.population == "wage-and-salary jobs, Social and Human Service Assistants (SOC 21-1093), U.S."
    assert wage.date == "May 2020"
    assert wage.form == "hourly wage, wage-and-salary jobs, self-employed excluded"
    assert "national_M2020_dl.xlsx (oesm20nat.zip)" in wage.source
    assert wage.unit == "dollars an hour"
    assert ps.oews("21-1093", pay="annual").unit == "dollars a year"
    assert "oe.data.0.Current" in ps.oews("21-1093", year=2025).source


def test_the_notes_tell_of_the_missing_code_and_the_method_break():
    notes = " ".join(ps.oews("21-1093").notes)
    assert "no SOC code of their own" in notes
    assert "May 2021 is a method break" in notes
    assert "not a SOC code" in " ".join(ps.oews("21-1018").notes)


def test_a_median_has_no_published_error_and_says_that_it_is_fixed():
    wage = ps.oews("21-1093", statistic="median")
    assert (wage.value, wage.std_error) == (17.29, None)
    assert "no published error; benchmark taken as fixed" in repr(wage)
    assert "No standard error is published for percentiles; treated as fixed." in wage.notes
    assert ps.oews("21-1093", statistic="median", pay="annual").value == 35960


@pytest.fixture
def with_cell(monkeypatch):
    """Return a function that puts words into one cell of 21-1093, May 2020."""

    def put(**cells):
        rows = [
            {**row, **cells} if (row["year"], row["occ_code"]) == ("2020", "21-1093") else row
            for row in read_rows("norms", "oews_national.csv")
        ]
        bundled_table.cache_clear()
        monkeypatch.setattr("peerstats.norms._oews_row.read_rows", lambda *_: tuple(rows))

    yield put
    bundled_table.cache_clear()


def test_an_rse_printed_as_zero_counts_as_its_bound(with_cell):
    with_cell(mean_prse="0.0")
    wage = ps.oews("21-1093")
    assert wage.std_error == pytest.approx(18.38 * 0.0005, rel=1e-12)
    assert "printed as 0.0, which means under 0.05 %" in wage.notes[0]


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("#", r"'#' means that the wage is at or above the top code \(\$100\.00 an hour, \$208,000 a year\)"),
        ("*", r"'\*' means that no wage estimate is available"),
        ("**", r"'\*\*' means that no employment estimate is available"),
        ("~", r"'~' means that fewer than 0\.5 % of establishments report"),
    ],
)
def test_a_code_asked_for_as_the_value_is_refused_with_its_meaning(with_cell, code, meaning):
    with_cell(h_mean=code)
    with pytest.raises(
        ps.InputError,
        match=rf"hourly mean wage of 21-1093 in the U.S., May 2020, is not a figure(.|\n)*{meaning}",
    ):
        ps.oews("21-1093")
    assert ps.oews("21-1093", statistic="median").value == 17.29


def test_a_mean_without_a_published_error_is_refused(with_cell):
    with_cell(mean_prse="*")
    with pytest.raises(ps.InputError, match="relative standard error of the mean wage of 21-1093"):
        ps.oews("21-1093")


def test_a_coded_percentile_is_left_out_and_named(with_cell):
    with_cell(h_pct90="#", h_pct10="*")
    wage = ps.oews("21-1093")
    assert list(wage.percentiles) == [25, 50, 75]
    assert any(note.startswith("P90 is left out: '#' means") for note in wage.notes)
    assert any(note.startswith("P10 is left out: '*' means") for note in wage.notes)


def test_every_bundled_row_makes_a_benchmark_with_a_positive_error():
    rows = read_rows("norms", "oews_national.csv")
    for row in rows:
        wage = ps.oews(row["occ_code"], year=int(row["year"]))
        assert wage.std_error > 0
        assert len(wage.percentiles) == 5
    assert len(rows) == 352


@pytest.mark.parametrize("occupation", ["21-1011", "21-1014"])
def test_the_merged_codes_send_to_21_1018_from_2017_on(occupation):
    with pytest.raises(ps.InputError, match=r"From May 2017 on OEWS publishes 21-1018 instead"):
        ps.oews(occupation, year=2017)
    assert ps.oews(occupation, year=2016).value > 0


def test_the_merged_code_sends_to_its_parts_before_2017():
    with pytest.raises(ps.InputError, match=r"Before May 2017(.|\n)*'21-1011' or '21-1014'"):
        ps.oews("21-1018", year=2016)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"occupation": "21-1039"}, r"'21-1039' has no national row(.|\n)*Closest codes(.|\n)*21-1093"),
        (
            {"occupation": "21-1093", "year": 2011},
            r"year=2011(.|\n)*oesm11nat\.zip(.|\n)*bls\.gov/oes/tables",
        ),
        ({"occupation": "21-1093", "area": "PA"}, r"area='PA'(.|\n)*state_M2020_dl\.xlsx"),
        ({"occupation": "21-1093", "statistic": "mode"}, "statistic='mode'"),
        ({"occupation": "21-1093", "pay": "weekly"}, "pay='weekly'"),
    ],
)
def test_what_is_not_bundled_is_told_with_the_file_that_has_it(arguments, message):
    with pytest.raises(ps.InputError, match=message):
        ps.oews(**arguments)
