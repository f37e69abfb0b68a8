"""A linear model of categories, of which an engine gives sums by pattern, is the model of the rows."""

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

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
_OPEN = []  # before DuckDB 1.5 a relation does not keep its connection


def simulated(seed, n=400):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "state": rng.choice(["NC", "OR", "PA"], n),
            "sex": rng.choice(["woman", "man"], n),
            "county": rng.integers(2**60, 2**60 + 25, n),
            "copies": rng.integers(0, 4, n),
            "weight": rng.uniform(0.2, 5, n),
            "inside": rng.random(n) < 0.8,
        }
    )
    place = (data["county"] - 2**60) / 10 + (data["state"] == "PA")
    data["wage"] = (18 + place + rng.normal(0, 3, n) * data["weight"]).round(1)
    data.loc[rng.choice(n, 9), "state"] = None
    data.loc[rng.choice(n, 9), "wage"] = np.nan
    data.loc[rng.choice(n, 5), "weight"] = 0.0
    return data


def as_table(data):
    return pa.Table.from_pandas(data, preserve_index=False)


def as_relation(data):
    _OPEN.append(duckdb.connect())
    _OPEN[-1].register("people", as_table(data))
    _OPEN[-1].execute("CREATE TABLE kept AS SELECT * FROM people")
    return _OPEN[-1].table("kept")


ENGINES = {
    "duckdb": as_relation,
    "polars": lambda data: pl.from_arrow(as_table(data)).lazy(),
    "arrow": lambda data: ds.dataset(pa.Table.from_batches(as_table(data).to_batches(max_chunksize=64))),
}
if not hasattr(pl.LazyFrame, "collect_batches"):  # in old versions of polars
    del ENGINES["polars"]

CALLS = {
    "model": {},
    "HC0": {"variance": "HC0"},
    "HC1": {"variance": "HC1", "where": "inside"},
    "linearised": {"weights": "weight"},
    "a subpopulation": {"weights": "weight", "where": "inside"},
    "CR0": {"cluster": "county", "variance": "CR0"},
    "CR1": {"cluster": "county", "weights": "weight", "where": "inside"},
    "CR1S": {"cluster": "county", "variance": "CR1S"},
    "copies": {"weights": "copies", "weight_kind": "frequency"},
    "copies, HC1": {"weights": "copies", "weight_kind": "frequency", "variance": "HC1"},
    "copies, clusters": {"weights": "copies", "weight_kind": "frequency", "cluster": "county"},
    "precision": {"weights": "weight", "weight_kind": "precision"},
    "precision, HC0": {"weights": "weight", "weight_kind": "precision", "variance": "HC0"},
    "precision, clusters": {"weights": "weight", "weight_kind": "precision", "cluster": "county"},
}
FROM_ROWS = {
    "HC2": {"variance": "HC2"},
    "HC3": {"weights": "weight", "variance": "HC3"},
    "CR2": {"cluster": "county", "variance": "CR2"},
    "CR3": {"cluster": "county", "variance": "CR3"},
}


def assert_same_fit(found, memory):
    # sums in another order, and of rows that were summed before: to rounding
    assert_allclose(found.fit.coefficients, memory.fit.coefficients, rtol=1e-8, atol=1e-10)
    assert_allclose(found.fit.covariance, memory.fit.covariance, rtol=1e-8, atol=1e-12)
    for name in ("df_terms", "sigma", "r_squared", "adj_r_squared", "loglik", "loglik_null"):
        assert_allclose(getattr(found.fit, name), getattr(memory.fit, name), rtol=1e-8, atol=1e-12)
    for name in ("terms", "n", "n_rows", "n_missing", "dropped", "n_clusters", "notes"):
        assert getattr(found.fit, name) == getattr(memory.fit, name), name
    assert found.fit.design == memory.fit.design


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("formula", ["wage ~ state * sex", "wage ~ 0 + C(state, Sum)", "wage ~ 1"])
def test_two_passes_of_sums_give_the_fit_of_the_rows(formula, call, engine):
    data = simulated(1, n=1500)
    found = ps.linear(formula, ENGINES[engine](data), **CALLS[call])
    assert found.fit.n_passes == 2
    assert_same_fit(found, ps.linear(formula, data, **CALLS[call]))


@few
@given(seeds, st.sampled_from(list(ENGINES)), st.sampled_from(list(CALLS)), st.integers(60, 300))
def test_whatever_the_rows_their_sums_give_their_fit(seed, engine, call, n):
    data = simulated(seed, n)
    found = ps.linear("wage ~ sex + state", ENGINES[engine](data), **CALLS[call])
    assert found.source.rows.patterns is not None
    assert_same_fit(found, ps.linear("wage ~ sex + state", data, **CALLS[call]))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("call", FROM_ROWS)
def test_errors_that_need_leverages_read_the_rows_for_them_alone(call, engine):
    data = simulated(2)
    found = ps.linear("wage ~ state", ENGINES[engine](data), **FROM_ROWS[call])
    assert found.source.rows.patterns is not None
    assert found.fit.n_passes == 3  # two of sums, and one over the rows
    assert_same_fit(found, ps.linear("wage ~ state", data, **FROM_ROWS[call]))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("call", ["model", "HC0", "linearised", "CR1", "precision"])
def test_an_outcome_far_from_zero_keeps_its_digits(call, engine):
    data = simulated(3, n=1500)
    # sixteenths: at 1e9 a double still holds them exactly, so both models have one answer
    data["wage"] = (data["wage"] * 16).round() / 16
    far = ENGINES[engine](data.assign(wage=data["wage"] + 1e9))
    found = ps.linear("wage ~ state * sex", far, **CALLS[call]).fit
    near = ps.linear("wage ~ state * sex", data, **CALLS[call]).fit
    # a fitted value near 1e9 is known to 1e-7, beside residuals near 3: 1e-7 of an error at most
    assert_allclose(found.coefficients[1:], near.coefficients[1:], atol=1e-8)
    assert_allclose(found.coefficients[0] - 1e9, near.coefficients[0], atol=3e-7)
    assert_allclose(found.covariance, near.covariance, rtol=1e-7, atol=1e-10)
    assert_allclose(found.sigma, near.sigma, rtol=1e-9)
    assert_allclose(found.r_squared, near.r_squared, rtol=1e-8)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_outcome_that_is_the_same_within_each_pattern_is_fitted_exactly(engine):
    data = simulated(4).assign(wage=lambda frame: 1e9 + 0.1 * (frame["state"] == "PA"))
    found = ps.linear("wage ~ state", ENGINES[engine](data)).fit
    assert found.notes == ("The terms fit every outcome exactly: the errors are rounding.",)
    assert_allclose(found.r_squared, 1.0, rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_whole_numbers_and_decimals_are_summed_as_numbers(engine):
    data = simulated(5).dropna().assign(wage=lambda frame: frame["wage"].round().astype("int64"))
    found = ps.linear("wage ~ state", ENGINES[engine](data))
    assert found.fit.n_passes == 2
    assert_same_fit(found, ps.linear("wage ~ state", data))


ROWS = {
    "an expression": ("log(wage + 100) ~ state", {}),
    "a number on the right": ("wage ~ state + copies", {}),
    "a transform": ("wage ~ state + center(copies)", {}),
    "the cluster itself": ("copies ~ state", {"cluster": "copies"}),
    "the weight itself": ("weight ~ state", {"weights": "weight"}),
    "true or false": ("inside ~ state", {}),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", ROWS)
def test_what_an_engine_cannot_add_up_is_read_as_rows(case, engine):
    formula, call = ROWS[case]
    data = simulated(6)
    found = ps.linear(formula, ENGINES[engine](data), **call)
    assert found.source.rows.patterns is None
    assert_same_fit(found, ps.linear(formula, data, **call))


BAD = {
    "negative": ({"weights": "negative"}, r"'negative' is negative in row 333"),
    "missing": ({"weights": "gap"}, r"'gap' is missing in row 344"),
    "fractions": ({"weights": "weight", "weight_kind": "frequency"}, r"no whole number.* in row \d+"),
    "cluster": ({"cluster": "gap"}, r"cluster='gap' is missing in row 344"),
    "where": ({"where": "perhaps"}, r"where='perhaps' is missing in row 100"),
    "infinite": ({"formula": "endless ~ state"}, r"column 'endless' holds inf in row 350"),
    "the same": ({"formula": "one ~ state"}, r"the outcome 'one' is 1 in all \d+ rows used"),
    "never known": ({"formula": "never ~ state"}, r"no row is left of 400"),
    "words": ({"formula": "sex ~ state"}, r"the outcome 'sex' holds .*, not numbers"),
    "collinear": ({"formula": "wage ~ state + twin"}, r"'twin\[T.PA\]' is a combination of 'state\[T.PA\]'"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_named_in_the_rows(case, engine):
    call, message = BAD[case]
    data = simulated(7)
    row = data.index.to_numpy()
    data = data.assign(
        negative=np.where(row == 333, -1.0, 1.0),
        gap=np.where(row == 344, np.nan, 1.0),
        endless=np.where(row == 350, np.inf, row * 1.0),
        one=1.0,
        never=np.nan,
        perhaps=pd.array(row % 2 == 0, dtype="boolean"),
    )
    data.loc[100, "perhaps"] = pd.NA
    data.loc[[333, 344, 350], "state"] = "PA"
    data["twin"] = data["state"].where(data["state"] != "OR", "NC")
    # positions are those of one batch
    source = ds.dataset(as_table(data)) if engine == "arrow" else ENGINES[engine](data)
    with pytest.raises(ps.PeerstatsError, match=message):
        ps.linear(**{"formula": "wage ~ state", "data": source, **call})


@pytest.mark.parametrize("engine", ENGINES)
def test_an_infinite_outcome_of_rows_that_are_not_used_does_no_harm(engine):
    data = simulated(8)
    data.loc[~data["inside"], "wage"] = np.inf
    found = ps.linear("wage ~ state", ENGINES[engine](data), where="inside")
    assert found.fit.n_passes == 2
    assert_same_fit(found, ps.linear("wage ~ state", data, where="inside"))


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_too_small_to_square_are_left_to_the_rows(engine):
    data = simulated(9).assign(weight=lambda frame: frame["weight"] * 1e-200)
    call = {"weights": "weight", "weight_kind": "precision"}
    found = ps.linear("wage ~ state", ENGINES[engine](data), **call)
    assert found.source.rows.patterns is None
    assert_same_fit(found, ps.linear("wage ~ state", data, **call))


@pytest.mark.parametrize("engine", ENGINES)
def test_other_errors_means_and_predictions_of_patterns_are_those_of_the_rows(engine):
    data = simulated(10)
    call = {"weights": "weight", "cluster": "county"}
    found, memory = (ps.linear("wage ~ state * sex", held, **call) for held in (ENGINES[engine](data), data))
    assert_same_fit(found.with_variance("CR0"), memory.with_variance("CR0"))
    assert_allclose(found.predict().to_pandas(), memory.predict(), rtol=1e-8)
    for name, values in memory.margins().numbers.items():
        assert_allclose(found.margins().numbers[name], values, rtol=1e-7, atol=1e-12)
    mine, theirs = (result.test("state").to_dict()["tests"] for result in (found, memory))
    assert_allclose([row["statistic"] for row in mine], [row["statistic"] for row in theirs], rtol=1e-7)
