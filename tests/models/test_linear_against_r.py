"""Linear regression equals R: lm, sandwich, clubSandwich and survey, whose scripts are in tests/golden."""

from pathlib import Path

import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden"
# Both sides solve exactly; plain formulas in double precision come within 2e-13 of R's 15 printed digits.
RTOL = 1e-10
# A coefficient near zero beside others of 10 keeps fewer digits: state OR in linear_svyglm is 0.002.
ATOL = 1e-11

FORMULA = {"main": "wage ~ age * college + state", "one county": "wage ~ age + college + lone"}
WEIGHTS = {
    "unweighted": {},
    "precision": {"weights": "weight", "weight_kind": "precision"},
    "sampling": {"weights": "weight"},
}
CLUB = pd.read_csv(GOLDEN / "linear_sandwich_clubsandwich" / "expected.csv")
FITS = pd.read_csv(GOLDEN / "linear_sandwich_clubsandwich" / "expected_fit.csv")
KINDS = list(CLUB[["formula", "weights", "variance"]].drop_duplicates().itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def wages():
    return pd.read_csv(GOLDEN / "linear_sandwich_clubsandwich" / "input_simulated.csv")


def side_by_side(result, expected):
    term = expected["term"].replace("(Intercept)", "Intercept")
    term = term.str.replace(r"^state(..)$", r"state[T.\1]", regex=True)
    both = result.tidy().merge(expected.assign(term=term), on="term", suffixes=("", "_r"), validate="1:1")
    assert len(both) == len(expected) == result.fit.n_parameters
    return both


def expected_df(both, variance, n_clusters):
    if variance == "CR2":
        return both["df_r"]  # Satterthwaite, one a coefficient
    return [n_clusters - 1 if variance.startswith("CR") else both["df_r"].iloc[0]] * len(both)


@pytest.mark.parametrize(("formula", "weights", "variance"), KINDS)
def test_a_linear_fit_equals_lm_sandwich_and_clubsandwich(wages, formula, weights, variance):
    expected = CLUB.query("formula == @formula and weights == @weights and variance == @variance")
    cluster = "county" if variance.startswith("CR") else None
    result = ps.linear(FORMULA[formula], wages, cluster=cluster, variance=variance, **WEIGHTS[weights])
    both = side_by_side(result, expected)
    assert_allclose(both["estimate"], both["estimate_r"], rtol=RTOL)
    assert_allclose(both["std_error"], both["std_error_r"], rtol=RTOL)
    assert_allclose(both["df"], expected_df(both, variance, wages["county"].nunique()), rtol=RTOL)


@pytest.mark.parametrize("weights", ["unweighted", "precision"])
@pytest.mark.parametrize("formula", FORMULA)
def test_measures_of_a_linear_fit_equal_those_of_lm(wages, formula, weights):
    expected = FITS.query("formula == @formula and weights == @weights").iloc[0]
    glance = ps.linear(FORMULA[formula], wages, **WEIGHTS[weights]).glance().iloc[0]
    for name in FITS.columns[2:]:  # n to bic; R's aic and bic count sigma as a parameter
        assert_allclose(glance[name], expected[name], rtol=RTOL, err_msg=name)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_a_dummy_of_one_county_has_no_jackknife(wages, weights):
    # leaving the county out leaves its dummy without a one: I - H is singular, as in clubSandwich
    with pytest.raises(ps.InputError, match="CR3"):
        ps.linear(FORMULA["one county"], wages, cluster="county", variance="CR3", **WEIGHTS[weights])


SVYGLM = {
    "weights": {},
    "weights, counties": {"cluster": "county"},
    "weights, rural": {"where": "rural"},
    "weights, counties, rural": {"cluster": "county", "where": "rural"},
}


@pytest.mark.parametrize("fit", SVYGLM)
def test_a_weighted_linear_fit_equals_svyglm(fit):
    data = pd.read_csv(GOLDEN / "linear_svyglm" / "input_simulated.csv").assign(
        rural=lambda d: d["rural"] == 1
    )
    expected = pd.read_csv(GOLDEN / "linear_svyglm" / "expected.csv").query("fit == @fit")
    call = {"weights": "weight", **SVYGLM[fit]}
    both = side_by_side(ps.linear(FORMULA["main"], data, **call), expected)
    assert_allclose(both["estimate"], both["estimate_r"], rtol=RTOL, atol=ATOL)
    assert_allclose(both["std_error"], both["std_error_r"], rtol=RTOL)
    # The design's degrees of freedom count every county, as Stata does; R's degf only those with a rural row.
    units = data["county"].nunique() if "counties" in fit else len(data)
    assert (both["df"] == units - 1).all()
    both = side_by_side(ps.linear(FORMULA["main"], data, df="residual", **call), expected)
    assert (both["df"] == both["df_residual"]).all()
    assert (both["df"] == both["degf"] + 1 - len(both)).all()
    # a tail of t far out moves more than the statistic
    assert_allclose(both["p_value"], both["p_residual"], rtol=1e-8)
