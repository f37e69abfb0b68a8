"""Published percentiles of an occupation without a mean, as a benchmark."""

import json
import math
import pickle

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import peerstats as ps


def _physicians(tmp_path):
    """Write a state's row whose mean and upper percentiles are top-coded, as those of physicians are."""
    path = tmp_path / "state_M2025_dl.csv"
    path.write_text(
        "AREA,AREA_TITLE,OCC_CODE,OCC_TITLE,O_GROUP,H_MEAN,MEAN_PRSE,H_PCT10,H_PCT25,H_MEDIAN,H_PCT75,H_PCT90\n"
        "37,North Carolina,29-1223,Psychiatrists,detailed,*,*,40.00,90.00,#,#,#\n"
    )
    return ps.oews_percentiles("29-1223", area="NC", data=ps.read_oews(path))


def test_percentiles_of_an_occupation_without_a_mean_are_a_benchmark(tmp_path):
    ladder = _physicians(tmp_path)
    record = ladder.as_benchmark()
    assert (record.statistic, dict(record.percentiles)) == ("percentiles", {10: 40.0, 25: 90.0})
    assert dict(record.top_coded) == dict.fromkeys((50, 75, 90), ladder.top_code)
    assert json.loads(json.dumps(record.to_dict(), allow_nan=False))["value"] is None
    assert pickle.loads(pickle.dumps(record)).percentiles == record.percentiles  # noqa: S301
    assert repr(record).startswith("oews_29-1223_NC_2025: percentiles dollars an hour (no published error")

    doctors = pd.DataFrame({"wage": [30.0, 60.0, 95.0, 99.0]})
    rows = ps.compare(doctors, "wage", ladder, statistic="percentiles").tidy()
    # everybody is under the top code, and so below the percentiles that reach it
    assert rows["estimate"].tolist() == [0.25, 0.5, 1.0, 1.0, 1.0]
    placed = ps.place_in_benchmark(doctors, "wage", ladder)
    assert placed.positions["benchmark_percent_place"].tolist() == [
        "below P10",
        "P10 to P25",
        "above P25",
        "above P25",
    ]
    for statistic, words in (("median", "compares medians"), ("mean", "compares means")):
        with pytest.raises(ps.InputError, match=f"is a record of percentiles, and this call {words}"):
            ps.compare(doctors, "wage", ladder, statistic=statistic)


@pytest.mark.parametrize("statistic", ["median", "percentiles"])
def test_published_percentiles_compare_as_those_of_the_mean_s_benchmark(statistic):
    people = pd.DataFrame({"wage": [12.5, 14.0, 17.0, 18.5, 21.0, 28.0]})
    by_ladder, by_mean = (
        ps.compare(people, "wage", benchmark, statistic=statistic).tidy()
        for benchmark in (ps.oews_percentiles("21-1093", year=2020), ps.oews("21-1093", year=2020))
    )
    assert_frame_equal(by_ladder, by_mean)


def test_a_record_of_percentiles_with_a_value_or_without_percentiles_is_refused():
    for value, percentiles in ((3.0, {50: 3.0}), (math.nan, {})):
        with pytest.raises(ps.InputError, match="is of percentiles, with value="):
            ps.Benchmark(
                key="x", statistic="percentiles", value=value, std_error=None, percentiles=percentiles
            )
