"""Wages of several occupations side by side: each cell a figure or a state."""

import json

import numpy as np
import pytest

import peerstats as ps
from peerstats.plots import describe

SIDE_BY_SIDE = ["21-1093", "21-1094", "21-1099", "21-1018", "21-1000"]


def test_each_row_is_what_oews_says_of_it():
    wages = ps.occupation_wages(SIDE_BY_SIDE, years=[2020, 2025]).tidy()
    assert len(wages) == 10
    for row in wages.itertuples():
        one = ps.oews(row.occupation, year=row.year)
        assert (row.value, row.std_error) == (one.value, one.std_error)
        assert [row.p10, row.p25, row.p50, row.p75, row.p90] == list(one.percentiles.values())
        assert (row.state, row.area) == ("published", "US")


def test_a_year_without_the_occupation_is_a_row_that_says_so():
    wages = ps.occupation_wages(["21-1018", "21-1011"], years=[2016, 2017])
    rows = wages.tidy().set_index(["occupation", "year"])
    assert rows["state"].to_dict() == {
        ("21-1018", 2016): "no row",
        ("21-1018", 2017): "published",
        ("21-1011", 2016): "published",
        ("21-1011", 2017): "no row",
    }
    assert rows["value"].isna().tolist() == [True, False, False, True]
    assert (rows["title"] != "").all()
    assert any("No row: 21-1018 May 2016, 21-1011 May 2017." in note for note in wages.notes)
    assert wages.glance()["n_published"].tolist() == [2]


def test_all_years_of_the_table_are_taken_unless_some_are_named():
    assert ps.occupation_wages("21-1093").tidy()["year"].tolist() == list(range(2013, 2026))


def test_a_coded_cell_of_a_state_is_a_row_with_its_state(tmp_path):
    path = tmp_path / "state_M2024_simulated.csv"
    path.write_text(
        "AREA,AREA_TITLE,OCC_CODE,OCC_TITLE,H_MEAN,MEAN_PRSE,H_PCT10,H_PCT25,H_MEDIAN,H_PCT75,H_PCT90\n"
        "42,Pennsylvania,21-1093,Aides,*,*,*,*,*,*,*\n"
        "48,Texas,21-1093,Aides,22.22,0.7,15.07,18.24,22.05,24.76,#\n",
        encoding="utf-8",
    )
    wages = ps.occupation_wages("21-1093", areas=["PA", "TX"], data=ps.read_oews(path))
    tidy = wages.tidy()
    assert tidy["state"].tolist() == ["unavailable", "published"]
    assert tidy["percentile_states"].tolist()[1] == "P90 top-coded"
    assert np.isnan(tidy["value"][0])
    assert np.isnan(tidy["p90"]).all()
    assert "$115.00 an hour" in repr(wages)
    plain = json.loads(json.dumps(wages.to_dict(), allow_nan=False))
    assert plain["rows"][0]["value"] is None
    text = describe(wages.plot())
    assert "Texas" not in text
    assert "TX" in text


def test_medians_carry_no_error_and_say_that_they_are_fixed():
    wages = ps.occupation_wages("21-1093", years=[2019, 2020], statistic="median", pay="annual")
    assert wages.tidy()["std_error"].isna().all()
    assert wages.tidy()["value"].tolist()[1] == 35960
    assert "taken as fixed" in wages.notes[0]


def test_the_line_over_years_has_the_published_error_as_its_band():
    wages = ps.occupation_wages(["21-1093", "21-1018"])
    ax = wages.plot()
    lines = [line for line in ax.lines if len(line.get_xdata()) == 13]
    assert [line.get_ydata()[-1] for line in lines] == [22.93, 30.98]
    assert np.isnan(lines[1].get_ydata()[:4].astype(float)).all()
    band = ax.collections[0].get_paths()[0].vertices
    top = band[band[:, 0] == 2020, 1].max()
    assert top == pytest.approx(18.38 * (1 + 1.959964 * 0.004), rel=1e-6)  # normal quantile to 7 digits
    assert "model-based from 2021" in {text.get_text() for text in ax.texts}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"occupations": "21-9999"}, r"occupation '21-9999'"),
        ({"occupations": []}, r"occupations=\[\] is no list"),
        ({"occupations": ["21-1093", "21-1093"]}, r"names '21-1093' twice"),
        ({"occupations": "21-1093", "years": [2020, 2020]}, r"names a year twice"),
        ({"occupations": "21-1093", "years": 2011}, r"year=2011 is not bundled(.|\n)*oesm11nat\.zip"),
        ({"occupations": "21-1093", "areas": "PA"}, r"area='PA' is not bundled(.|\n)*oesm\d\dst\.zip"),
        ({"occupations": "21-1011", "years": 2020}, r"say occupation='21-1018'"),
        ({"occupations": "21-1093", "statistic": "mode"}, r"statistic='mode'"),
    ],
)
def test_bad_arguments_name_the_call_and_the_next_step(arguments, message):
    with pytest.raises(ps.InputError, match=message) as caught:
        ps.occupation_wages(**arguments)
    assert str(caught.value).startswith("occupation_wages(): ")
