"""Logistic regression with HC, clustered and offset fits equals R, whose scripts are in tests/golden."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden"
# Both sides stop where no step is left; plain Newton steps in double precision come within 5e-13 of R.
RTOL = 1e-10

FORMULA = {"main": "employed ~ age * college + state", "one county": "employed ~ age + college + lone"}
CLUB = pd.read_csv(GOLDEN / "logistic_clubsandwich" / "expected.csv")
KINDS = list(CLUB[["formula", "variance"]].drop_duplicates().itertuples(index=False, name=None))


def side_by_side(result, expected):
    term = expected["term"].replace("(Intercept)", "Intercept")
    term = term.str.replace(r"^state(..)$", r"state[T.\1]", regex=True)
    both = result.tidy().merge(expected.assign(term=term), on="term", suffixes=("", "_r"), validate="1:1")
    assert len(both) == len(expected) == result.fit.n_parameters
    return both


@pytest.mark.parametrize(("formula", "variance"), KINDS)
def test_logistic_errors_equal_sandwich_and_clubsandwich(formula, variance):
    data = pd.read_csv(GOLDEN / "logistic_clubsandwich" / "input_simulated.csv")
    expected = CLUB.query("formula == @formula and variance == @variance")
    cluster = "county" if variance.startswith("CR") else None
    result = ps.logistic(FORMULA[formula], data, cluster=cluster, variance=variance)
    both = side_by_side(result, expected)
    assert_allclose(both["estimate"], both["estimate_r"], rtol=RTOL)
    assert_allclose(both["std_error"], both["std_error_r"], rtol=RTOL)
    assert_allclose(result.fit.loglik, expected["loglik"].iloc[0], rtol=1e-13)
    if variance == "CR2":  # Satterthwaite, one a coefficient
        assert_allclose(both["df"], both["df_r"], rtol=RTOL)
    else:
        assert (both["df"] == (data["county"].nunique() - 1 if cluster else np.inf)).all()


def test_a_dummy_of_one_county_has_no_jackknife():
    data = pd.read_csv(GOLDEN / "logistic_clubsandwich" / "input_simulated.csv")
    with pytest.raises(ps.InputError, match="CR3"):
        ps.logistic(FORMULA["one county"], data, cluster="county", variance="CR3")


OFFSET = {
    "model": {},
    "HC0": {"variance": "HC0"},
    "CR1": {"cluster": "county"},
    "weights": {"weights": "weight"},
    "weights, counties": {"weights": "weight", "cluster": "county"},
}


@pytest.mark.parametrize("fit", OFFSET)
def test_a_logistic_fit_with_an_offset_equals_glm_and_svyglm(fit):
    data = pd.read_csv(GOLDEN / "logistic_offset" / "input_simulated.csv")
    expected = pd.read_csv(GOLDEN / "logistic_offset" / "expected.csv").query("fit == @fit")
    result = ps.logistic("employed ~ age + state", data, offset="known", **OFFSET[fit])
    both = side_by_side(result, expected)
    assert_allclose(both["estimate"], both["estimate_r"], rtol=RTOL)
    assert_allclose(both["std_error"], both["std_error_r"], rtol=RTOL)
    if "weights" not in fit:
        assert_allclose(result.fit.loglik, expected["loglik"].iloc[0], rtol=1e-13)
        # the model of a constant keeps the offset
        assert_allclose(result.fit.loglik_null, expected["loglik_null"].iloc[0], rtol=1e-13)
