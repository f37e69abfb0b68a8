"""Comparisons of rows that DuckDB, polars or Arrow files hold are those in memory."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps

few = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 2**32 - 1)
CUTS = {10: 14.0, 25: 16.0, 50: 18.0, 75: 20.5, 90: 23.0}
WAGE = ps.benchmark(18.0, std_error=0.1, percentiles=CUTS, name="wage")
PART = ps.benchmark(0.4, std_error=0.02, statistic="proportion", name="part")
FIXED = ps.benchmark(0.4, std_error=0, statistic="proportion", name="part")
YEARS = ps.benchmark(18.3, std_error=0, statistic="median", unit="years", form="interpolated", name="years")


def simulated(seed, n=300):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "wage": rng.normal(18, 3, n).round(1),
            "years": rng.integers(10, 30, n),
            "job type": rng.choice(["none", "other", "peer"], n),
            "sex.x": rng.choice([True, False], n),
            "stratum": rng.choice(["s", "t"], n),
            "weight": rng.uniform(0.2, 3, n),
            "copies": rng.integers(0, 4, n),
            "inside": rng.random(n) < 0.8,
        }
    )
    data["agency"] = data["stratum"].map({"s": 0, "t": 100}) + rng.integers(0, 9, n)
    data.loc[rng.choice(n, 20), "wage"] = np.nan
    data.loc[rng.choice(n, 9), "job type"] = None
    data.loc[rng.choice(n, 9), "weight"] = 0.0
    return data


def as_table(data):
    return pa.Table.from_pandas(data, preserve_index=False)


_OPEN = []  # before DuckDB 1.5 a relation does not keep its connection


def as_relation(data):
    connection = duckdb.connect()
    _OPEN.append(connection)
    connection.register("people", as_table(data))
    return connection.table("people")


ENGINES = {
    "duckdb": as_relation,
    "polars": lambda data: pl.from_arrow(as_table(data)).lazy(),
    "arrow": lambda data: ds.dataset(as_table(data)),
}
if not hasattr(pl.LazyFrame, "collect_batches"):  # in old versions of polars
    del ENGINES["polars"]
STATISTICS = {
    "mean": ("wage", WAGE, {"margin": 0.5}),
    "median": ("wage", WAGE, {"statistic": "median", "margin": "5%"}),
    "interpolated median": ("years", YEARS, {"statistic": "median"}),
    "percentiles": ("wage", WAGE, {"statistic": "percentiles"}),
    "proportion": ("sex.x", PART, {"statistic": "proportion", "margin": 0.1}),
    "share of a level": ("job type", FIXED, {"statistic": "proportion", "level": "peer"}),
}
DESIGNS = {
    "none": {},
    "weights": {"weights": "weight"},
    "copies": {"weights": "copies", "weight_kind": "frequency"},
    "clusters": {"weights": "weight", "cluster": "agency"},
    "strata": {"design": ps.SurveyDesign(weights="weight", strata="stratum")},
    "all": {"design": ps.SurveyDesign(weights="weight", strata="stratum", cluster="agency")},
}


def assert_same(found, wanted, path=""):
    """Numbers to 1e-8, words and counts exactly."""
    if isinstance(wanted, dict):
        assert list(found) == list(wanted)
        for key, value in wanted.items():
            assert_same(found[key], value, f"{path}/{key}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted)
        for i, value in enumerate(wanted):
            assert_same(found[i], value, f"{path}/{i}")
    elif isinstance(wanted, float):
        # limits and p-values near 0 are what a difference of nearly equal numbers leaves
        assert_allclose(found, wanted, rtol=1e-8, atol=1e-10, err_msg=path)
    else:
        assert found == wanted, path


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("statistic", STATISTICS)
@few
@given(
    seed=seeds,
    design=st.sampled_from(list(DESIGNS)),
    by=st.sampled_from([None, "stratum", ["stratum", "inside"]]),
    where=st.sampled_from([None, "inside"]),
)
def test_a_comparison_of_an_engines_sums_is_the_one_in_memory(engine, statistic, seed, design, by, where):
    column, benchmark, asked = STATISTICS[statistic]
    data = simulated(seed)
    asked = {**asked, **DESIGNS[design], "by": by, "where": where}
    wanted = ps.compare(data, column, benchmark, **asked)
    found = ps.compare(ENGINES[engine](data), column, benchmark, **asked)
    assert_same(found.to_dict(), wanted.to_dict())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("weights", [None, "weight", "copies"])
def test_one_respondent_alone_has_a_mean_and_no_error(engine, weights):
    data = (
        simulated(1, 60).iloc[30:33].assign(wage=[17.0, 18.0, 19.0], weight=[0.0, 2.0, 0.0], copies=[0, 3, 0])
    )
    data = data.iloc[1:2] if weights is None else data
    asked = {"weights": weights}
    if weights == "copies":
        asked["weight_kind"] = "frequency"
    wanted = ps.compare(data, "wage", WAGE, **asked)
    found = ps.compare(ENGINES[engine](data), "wage", WAGE, **asked)
    assert_same(found.to_dict(), wanted.to_dict())


def test_large_numbers_that_differ_little_keep_their_error():
    data = simulated(2)
    data["wage"] = (data["wage"] * 8).round() / 8  # exact beside 1e9
    large = ps.benchmark(18.0 + 1e9, std_error=0.1, name="wage")
    for design in DESIGNS.values():
        wanted = ps.compare(data, "wage", WAGE, **design).tidy()
        found = ps.compare(as_relation(data.assign(wage=data["wage"] + 1e9)), "wage", large, **design).tidy()
        # printed to 1e-7 of 1e9 is the estimate, not its error
        assert_allclose(found["std_error"].to_pylist(), wanted["std_error"], rtol=1e-8)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("column", "asked", "message"),
    [
        ("job type", {}, r"column 'job type' holds text"),
        ("job type", {"statistic": "median"}, r"column 'job type' holds text"),
        ("wages", {}, r"column 'wages' is not in the data.\n.*wage"),
        ("endless", {}, r"column 'endless' is infinite in 300 rows"),
        ("wage", {"cluster": "one"}, r"the design has a single PSU"),
    ],
)
def test_what_cannot_be_compared_is_told(engine, column, asked, message):
    data = simulated(3).assign(endless=np.inf, one=1)
    with pytest.raises(ps.InputError, match=message):
        ps.compare(ENGINES[engine](data), column, WAGE, **asked)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_level_that_nobody_has_is_told_with_those_there_are(engine):
    with pytest.raises(ps.InputError, match=r"no level 'boss'.\n.*'none', 'other', 'peer'"):
        ps.compare(ENGINES[engine](simulated(4)), "job type", PART, statistic="proportion", level="boss")


@pytest.mark.parametrize("engine", ENGINES)
def test_comparisons_that_read_rows_say_how_to_collect_them(engine):
    data = ENGINES[engine](simulated(5))
    with pytest.raises(ps.InputError, match=r"not a frame in memory.\n.*collect"):
        ps.compare_distributions(data, "job type", {"peer": 0.2, "other": 0.5, "none": 0.3})
