"""A user's own wage table answers as the bundled rows do, and never with a cell that is no figure."""

import json
from pathlib import Path

import numpy as np
import pytest

import peerstats as ps

OFFICIAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "oews"
# Published for May 2025: hourly mean, its RSE in percent, P10, P25, P50, P75, P90.
STATES = {
    ("NC", "21-1093"): (21.10, 1.5, 14.72, 17.19, 20.60, 23.29, 28.64),
    ("NC", "21-1094"): (24.12, 1.7, 17.38, 20.17, 22.87, 26.34, 32.87),
    ("OR", "21-1018"): (36.32, 1.2, 23.97, 28.91, 35.86, 41.73, 49.44),
    ("PA", "21-1093"): (21.66, 1.2, 16.60, 17.98, 21.18, 23.33, 28.22),
    ("PA", "21-1099"): (29.71, 4.5, 20.81, 24.75, 26.33, 31.77, 47.74),
    ("TX", "21-1023"): (25.70, 3.5, 17.73, 19.75, 22.42, 27.56, 38.08),
}
# One state's rows of May 2024, simulated.
ROWS = """AREA,AREA_TITLE,NAICS,OWN_CODE,OCC_CODE,OCC_TITLE,O_GROUP,TOT_EMP,H_MEAN,A_MEAN,MEAN_PRSE,\
H_PCT10,H_PCT25,H_MEDIAN,H_PCT75,H_PCT90
42,Pennsylvania,000000,1235,21-1093,Aides,detailed,24340,21.66,45050,1.2,16.60,17.98,21.18,23.33,28.22
42,Pennsylvania,000000,1235,29-1066,Psychiatrists,detailed,900,#,#,9.9,38.00,#,#,#,#
42,Pennsylvania,000000,1235,21-1015,Counselors,detailed,900,*,*,*,*,*,*,*,*
42,Pennsylvania,62,5,21-1094,Health workers,detailed,900,24.0,49920,2.0,17,20,22,26,32
42,Pennsylvania,62,2,21-1094,Health workers,detailed,900,26.0,54080,3.0,18,21,24,28,35
42,Pennsylvania,61,3,21-1094,Health workers,detailed,900,27.0,56160,0.0,19,22,25,29,36
39580,"Raleigh, NC",000000,1235,21-1093,Aides,detailed,900,22.5,46800,2.5,16,18,22,25,29
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "state_M2024_simulated.csv"
    path.write_text(ROWS, encoding="utf-8")
    return ps.read_oews(path)


@pytest.mark.parametrize("file", ["state_M2025_layout_derived_soc21.csv", "oews_M2025_soc21_areas.csv"])
def test_the_published_wages_of_states_come_out(file):
    if not (OFFICIAL / file).exists():
        pytest.skip(f"needs ../shared/data/oews/{file}")
    states = ps.read_oews(OFFICIAL / file)
    for (area, occupation), (mean, rse, *percentiles) in STATES.items():
        wage = ps.oews(occupation, area=area, data=states)
        assert wage.value == mean
        assert wage.std_error == pytest.approx(mean * rse / 100, rel=1e-12)
        assert ps.oews_percentiles(occupation, area=area, data=states).values.tolist() == percentiles


@pytest.mark.parametrize("area", ["PA", "pa", "42", "Pennsylvania"])
def test_an_area_is_known_by_abbreviation_code_or_title(table, area):
    wage = ps.oews("21-1093", area=area, data=table)
    assert wage.value == 21.66
    assert wage.key == "oews_21-1093_PA_2024"
    assert wage.population == "wage-and-salary jobs, Aides (SOC 21-1093), Pennsylvania"
    assert "state_M2024_simulated.csv" in wage.source
    assert wage.date == "May 2024"


def test_a_top_coded_percentile_is_known_from_below_and_no_number(table):
    ladder = ps.oews_percentiles("29-1066", area="PA", data=table)
    assert ladder.states == ("published", *["top-coded"] * 4)
    assert ladder.top_coded.tolist() == [False, True, True, True, True]
    assert ladder.values[0] == 38
    assert np.isnan(ladder.values[1:]).all()
    assert ladder.top_code == 115
    assert json.loads(json.dumps(ladder.to_dict(), allow_nan=False))["values"] == [38, None, None, None, None]
    assert "P90 top-coded" in repr(ladder)


def test_a_suppressed_or_top_coded_wage_is_refused_with_its_meaning(table):
    with pytest.raises(ps.InputError, match=r"in Pennsylvania, May 2024(.|\n)*\$115\.00 an hour"):
        ps.oews("29-1066", area="PA", data=table)
    for call in (ps.oews, ps.oews_percentiles):
        with pytest.raises(ps.InputError, match=r"21-1015(.|\n)*no wage estimate is available"):
            call("21-1015", area="PA", data=table)
    with pytest.raises(ps.InputError, match=r"annual median wage(.|\n)*the file has nothing in this cell"):
        ps.oews("21-1093", area="PA", pay="annual", statistic="median", data=table)


def test_an_industry_and_an_owner_are_asked_for_where_the_table_has_several(table):
    with pytest.raises(ps.InputError, match=r"by industry: '61', '62'; not '000000'(.|\n)*industry="):
        ps.oews("21-1094", area="PA", data=table)
    with pytest.raises(ps.InputError, match=r"by ownership: '2', '5'; not '1235'(.|\n)*ownership="):
        ps.oews("21-1094", area="PA", industry="62", data=table)
    wage = ps.oews("21-1094", area="PA", industry="62", ownership="5", data=table)
    assert (wage.value, wage.key) == (24.0, "oews_21-1094_PA_62_2024")
    assert "NAICS 62" in wage.population
    rounded = ps.oews("21-1094", area="PA", industry="61", data=table)
    assert rounded.std_error == pytest.approx(27.0 * 0.0005, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"occupation": "21-1011"}, r"21-1011(.|\n)*say occupation='21-1018'"),
        ({"occupation": "21-1094", "area": "39580"}, r"no row for May 2024 in area '39580'(.|\n)*21-1093"),
        ({"area": "TX"}, r"area='TX' is not in state_M2024_simulated.csv(.|\n)*state_M2024_dl\.xlsx"),
        ({"area": None}, r"area='US' is not in(.|\n)*Pennsylvania"),
        ({"year": 2023}, r"year=2023 is not in state_M2024_simulated.csv; 2024 is(.|\n)*tables\.htm"),
        ({"data": "state.csv"}, r"data is a str(.|\n)*read_oews"),
    ],
)
def test_what_the_table_has_not_is_told_with_the_file_that_has_it(table, arguments, message):
    asked = {"occupation": "21-1093", "area": "PA", "data": table, **arguments}
    with pytest.raises(ps.InputError, match=message):
        ps.oews(**asked)


def test_a_benchmark_without_published_error_is_taken_as_fixed_in_a_comparison():
    figure = ps.benchmark(17.29, std_error=0)
    none = ps.Benchmark(key="none", value=17.29, std_error=None)
    ours, theirs = (
        ps.compare_summary(mean=16.5, sd=4, n=100, benchmark=each).tidy() for each in (none, figure)
    )
    assert ours["benchmark_std_error"].isna().all()
    assert ours["difference_std_error"].tolist() == theirs["difference_std_error"].tolist()
    assert none.to_dict()["std_error"] is None
