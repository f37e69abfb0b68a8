"""Predictions with errors and limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import expit

import peerstats as ps

FEW = settings(max_examples=25, deadline=None)


def people(seed, n=200):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"age": rng.normal(44, 11, n), "state": rng.choice(["NC", "OR", "PA"], n)})
    data["county"] = rng.integers(0, 20, n)
    data["job"] = rng.choice(["none", "other", "peer"], n)
    data["peer"] = rng.random(n) < expit(0.05 * (data["age"] - 44))
    data["score"] = 0.1 * data["age"] + rng.normal(size=n)
    return data


@FEW
@given(st.integers(0, 10_000))
def test_limits_of_a_logistic_prediction_are_those_of_its_log_odds(seed):
    data = people(seed)
    result = ps.logistic("peer ~ age + state", data)
    found = result.predict(data, interval=True)
    x = np.column_stack([np.ones(len(data)), data["state"] == "OR", data["state"] == "PA", data["age"]])
    eta = x @ result.fit.coefficients[:, 0]
    half = 1.959963984540054 * np.sqrt(((x @ result.fit.covariance) * x).sum(axis=1))
    assert list(found.columns) == ["False", "True", "False_low", "False_high", "True_low", "True_high"]
    assert_allclose(found["True_low"], expit(eta - half), rtol=1e-8)
    assert_allclose(found["True_high"], expit(eta + half), rtol=1e-8)
    assert_allclose(found["False_low"], 1 - found["True_high"], rtol=1e-6)


def test_limits_of_a_linear_prediction_are_those_of_its_mean():
    import statsmodels.formula.api as smf  # noqa: PLC0415  (slow to load)

    data = people(1)
    found = ps.linear("score ~ age + state", data).predict(data, interval=True, std_error=True)
    theirs = smf.ols("score ~ age + state", data).fit().get_prediction(data).summary_frame()
    assert_allclose(found["estimate_std_error"], theirs["mean_se"], rtol=1e-8)
    assert_allclose(found["estimate_low"], theirs["mean_ci_lower"], rtol=1e-8)
    assert_allclose(found["estimate_high"], theirs["mean_ci_upper"], rtol=1e-8)


def test_errors_of_probabilities_are_those_of_one_row_averaged():
    data = people(2)
    for result in (
        ps.multinomial("job ~ age * state", data, cluster="county"),
        ps.mixed_logistic("peer ~ age + state", data, group="county"),
    ):
        found = result.predict(data.head(5), std_error=True)
        for i in range(5):
            alone = result.adjusted_means(data=data.iloc[[i]])
            told = [found[f"{name}_std_error"].iloc[i] for name in alone.labels["outcome"]]
            assert_allclose(told, alone.numbers["std_error"], rtol=1e-9)


def test_a_base_changes_no_limit():
    data = people(3)
    one = ps.multinomial("job ~ age", data).predict(data, interval=True)
    other = ps.multinomial("job ~ age", data, base="peer").predict(data, interval=True)
    assert_allclose(one, other[one.columns], rtol=1e-6)


def test_rows_without_a_value_are_answered_with_nothing_and_counted_once_a_call():
    data = people(4)
    holes = data.head(40).copy()
    holes.loc[holes.index[:3], "age"] = np.nan
    result = ps.multinomial("job ~ age + state", data)
    for more in ({}, {"interval": True}):
        with pytest.warns(ps.PeerstatsWarning, match="3 of 40 rows have a missing value") as told:
            found = result.predict(holes, **more)
        assert len(told) == 1
        assert told[0].filename == __file__
        assert found.isna().all(axis=1).tolist() == [True] * 3 + [False] * 37


def test_what_cannot_be_had_is_refused():
    data = people(5)
    mixed = ps.mixed_logistic("peer ~ age", data, group="county")
    with pytest.raises(ps.InputError, match="errors of kind='conditional'"):
        mixed.predict(data, kind="conditional", interval=True)
    typical = mixed.predict(data, kind="typical", interval=True)
    assert (typical["True_low"] < typical["True"]).all()
    odd = data.assign(job=data["job"].replace({"other": "none_low"}))
    with pytest.raises(ps.InputError, match="'none_low' is an outcome level as well"):
        ps.multinomial("job ~ age", odd).predict(interval=True)
