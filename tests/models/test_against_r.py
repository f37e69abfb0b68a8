"""Estimates and errors equal those of R, whose scripts and output are kept in tests/golden."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden"
# Both sides stop where no step is left; what remains is rounding, on R's side of a less exact solve.
RTOL = 1e-10


def read(name, file):
    return pd.read_csv(GOLDEN / name / file)


def in_our_words(expected):
    """Name R's terms as patsy does."""
    term = expected["term"].replace({"(Intercept)": "Intercept", "log(wage)": "np.log(wage)"})
    term = term.str.replace(r"^state(..)", r"state[T.\1]", regex=True)
    return expected.assign(term=term.replace({"age:college": "college:age"}))


def side_by_side(result, expected):
    keys = [key for key in ("outcome", "term") if key in expected]
    both = result.tidy().merge(in_our_words(expected), on=keys, suffixes=("", "_r"))
    assert len(both) == len(expected) == result.fit.n_parameters
    return both


MULTINOMIAL = "job ~ age + np.log(wage) + state * veteran"
NNET = {
    "unweighted": {"base": "not employed"},
    "frequency": {"base": "peer", "weights": "copies", "weight_kind": "frequency"},
}


@pytest.mark.parametrize("variance", ["model", "HC0", "HC1", "CR0", "CR1", "CR1S"])
@pytest.mark.parametrize("fit", NNET)
def test_a_multinomial_fit_equals_nnet_polished_by_newton_steps(fit, variance):
    data = read("multinomial_nnet", "input_simulated.csv")
    expected = read("multinomial_nnet", "expected.csv").query("fit == @fit")
    cluster = "county" if variance.startswith("CR") else None
    result = ps.multinomial(MULTINOMIAL, data, cluster=cluster, variance=variance, **NNET[fit])
    both = side_by_side(result, expected)
    assert_allclose(both["estimate"], both["estimate_r"], rtol=RTOL)
    assert_allclose(both["std_error"], both[variance], rtol=RTOL)
    assert_allclose(result.fit.loglik, expected["loglik"].iloc[0], rtol=1e-13)
    assert_allclose(result.fit.loglik_null, expected["loglik_null"].iloc[0], rtol=1e-13)


@pytest.mark.parametrize(("column", "cluster"), [("linearized", None), ("counties", "county")])
def test_weighted_multinomial_errors_equal_survey_s_svyrecvar(column, cluster):
    data = read("multinomial_svyrecvar", "input_simulated.csv")
    result = ps.multinomial(
        "job ~ age + np.log(wage) + state", data, base="other", weights="weight", cluster=cluster
    )
    both = side_by_side(result, read("multinomial_svyrecvar", "expected.csv"))
    assert_allclose(both["estimate"], both["estimate_r"], rtol=RTOL)
    assert_allclose(both["std_error"], both[column], rtol=RTOL)
    assert result.fit.variance == ("linearized" if cluster is None else "CR1")


SVYGLM = {
    "weights": {"weights": "weight"},
    "weights, counties": {"weights": "weight", "cluster": "county"},
    "weights, rural": {"weights": "weight", "where": "rural"},
    "weights, counties, rural": {"weights": "weight", "cluster": "county", "where": "rural"},
    "model": {},
    "HC0": {"variance": "HC0"},
    "HC1": {"variance": "HC1"},
    "CR0": {"variance": "CR0", "cluster": "county"},
    "CR1": {"variance": "CR1", "cluster": "county"},
    "CR1S": {"variance": "CR1S", "cluster": "county"},
}


@pytest.mark.parametrize("fit", SVYGLM)
def test_a_logistic_fit_equals_svyglm_and_sandwich(fit):
    data = read("logistic_svyglm", "input_simulated.csv").assign(rural=lambda d: d["rural"] == 1)
    expected = read("logistic_svyglm", "expected.csv").query("fit == @fit")
    result = ps.logistic("employed ~ age + state + college:age", data, **SVYGLM[fit])
    both = side_by_side(result, expected)
    assert_allclose(both["estimate"], both["estimate_r"], rtol=RTOL)
    assert_allclose(both["std_error"], both["std_error_r"], rtol=RTOL)


def test_the_trial_of_the_literature_gives_its_odds_ratio():
    # 325 of 448 against 175 of 279
    trial = pd.DataFrame(
        {"employed": ["yes", "no"] * 2, "arm": ["new", "new", "old", "old"], "people": [325, 123, 175, 104]}
    )
    result = ps.logistic(
        "employed ~ arm", trial, levels={"arm": "old"}, weights="people", weight_kind="frequency"
    )
    ratio = result.tidy(exponentiate=True).set_index("term")["estimate"]["arm[T.new]"]
    assert_allclose(ratio, 325 * 104 / (123 * 175), rtol=1e-12)
    assert round(ratio, 3) == 1.570
    assert_allclose(result.covariance().iloc[1, 3], 1 / 325 + 1 / 123 + 1 / 175 + 1 / 104, rtol=1e-12)
    assert np.isinf(result.fit.df)
