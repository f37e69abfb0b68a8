"""Positions in a benchmark's distribution."""

import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.plots import new_axes

SSA = ps.oews("21-1093", year=2020)
CUTS = np.array(list(SSA.percentiles.values()))
PERCENTS = np.array(list(SSA.percentiles))


def placed(values, **how):
    return ps.place_in_benchmark(pd.DataFrame({"x": values}), "x", SSA, **how)


def test_a_published_percentile_lies_at_its_percent():
    assert_allclose(placed(CUTS).positions["benchmark_percent"], PERCENTS, rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), st.floats(0.01, 0.99))
def test_between_percentiles_the_percent_is_linear_in_the_logarithm(i, part):
    value = CUTS[i] ** (1 - part) * CUTS[i + 1] ** part
    found = placed([value]).positions["benchmark_percent"].iloc[0]
    assert found == pytest.approx(PERCENTS[i] * (1 - part) + PERCENTS[i + 1] * part, rel=1e-9)


def test_nothing_is_extrapolated():
    found = placed([5.0, 11.99, 12.0, 26.96, 26.97, 500.0, math.nan], unit="dollars an hour").positions
    assert found["benchmark_percent"].isna().tolist() == [True, True, False, False, True, True, True]
    assert found["benchmark_percent_place"].iloc[:6].tolist() == [
        "below P10",
        "below P10",
        "P10 to P25",
        "P75 to P90",
        "above P90",
        "above P90",
    ]
    assert found["benchmark_percent_place"].isna().iloc[6]


def test_the_frame_that_comes_back_is_the_callers_kind_in_its_order():
    data = pl.DataFrame({"x": [30.0, None, 13.0], "id": [3, 1, 2]})
    result = ps.place_in_benchmark(data, "x", SSA, name="wage_percent")
    back = result.attach()
    assert isinstance(back, pl.DataFrame)
    assert back["id"].to_list() == [3, 1, 2]
    assert back["wage_percent_place"].to_list() == ["above P90", None, "P10 to P25"]
    assert back["wage_percent"].is_null().to_list() == [True, True, False]


def test_the_summary_adds_to_one_in_each_group_and_keeps_to_weights(rng):
    data = pd.DataFrame({"x": rng.gamma(16, 1, 90), "w": rng.uniform(1, 3, 90), "g": list("abc") * 30})
    rows = ps.place_in_benchmark(data, "x", SSA, by="g", weights="w").tidy()
    assert_allclose(rows.groupby("group")["share"].sum(), 1, rtol=1e-12)
    assert_allclose(rows.groupby("group")["expected_share"].sum(), 1, rtol=1e-12)
    assert rows["n"].sum() == 90
    share = data.loc[(data["g"] == "a") & (data["x"] < 12), "w"].sum() / data.loc[data["g"] == "a", "w"].sum()
    assert rows["share"].iloc[0] == pytest.approx(share)


def test_shares_of_places_are_the_bins_of_the_joint_test(rng):
    data = pd.DataFrame({"x": rng.gamma(16, 1, 90)})
    bins = ps.compare(data, "x", SSA, statistic="percentiles").bins()
    assert_allclose(ps.place_in_benchmark(data, "x", SSA).tidy()["share"], bins["share"], atol=1e-15)


def test_results_are_plain_data_and_a_ladder(rng):
    result = placed(rng.gamma(16, 1, 40))
    assert "P10" in json.dumps(result.to_dict(), allow_nan=False)
    assert result.plot(ax=new_axes()).get_ylabel().startswith("Dollars an hour")
    assert "linear in the logarithm" in str(result.summary())
    assert result.glance()["n"].iloc[0] == 40


def test_percentiles_that_are_not_positive_are_interpolated_in_the_value():
    change = ps.benchmark(0.0, std_error=1, percentiles={25: -1.0, 75: 1.0}, name="change")
    result = ps.place_in_benchmark(pd.DataFrame({"x": [0.0]}), "x", change)
    assert result.positions["benchmark_percent"].iloc[0] == 50
    assert any("linear in the value" in note for note in result.notes)


@pytest.mark.parametrize(
    ("data", "benchmark", "how", "message"),
    [
        ({"x": [1.0]}, ps.benchmark(1, std_error=1), {}, "goes by percentiles"),
        ({"x": [1.0]}, ps.benchmark(1, std_error=1, percentiles={50: 1.0}), {}, "has 1 published percentile"),
        ({"x": [30_000.0]}, SSA, {}, r"place_in_benchmark\(\): the mean of 'x' is 30,000.00"),
        ({"x": ["$12"]}, SSA, {}, r"place_in_benchmark\(\): column 'x' holds amounts as text"),
        ({"x": [12.0], "benchmark_percent": [1]}, SSA, {}, "already have a column 'benchmark_percent'"),
        ({"x": [math.nan]}, SSA, {}, "has no value"),
    ],
)
def test_bad_input_is_named(data, benchmark, how, message):
    with pytest.raises(ps.InputError, match=message):
        ps.place_in_benchmark(pd.DataFrame(data), "x", benchmark, **how)
