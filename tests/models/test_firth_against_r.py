"""Firth's logistic and multinomial fits equal R's brglm2, on overlapping and separated rows."""

from pathlib import Path

import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "firth_brglm2"
EXPECTED = pd.read_csv(GOLDEN / "expected.csv")


def both(name):
    expected = EXPECTED.query("fit == @name")
    file, outcomes, *copies = name.split(", ")
    data = pd.read_csv(GOLDEN / f"{file}_simulated.csv")
    weights = {"weights": "copies", "weight_kind": "frequency"} if copies else {}
    if outcomes == "two":
        data = data[data["job"] != "none"]
        result = ps.logistic("job ~ age + state + trained", data, base="other", penalty="firth", **weights)
    else:
        result = ps.multinomial("job ~ age + state + trained", data, base="none", penalty="firth", **weights)
    term = expected["term"].replace("(Intercept)", "Intercept")
    term = term.str.replace(r"^state(..)$", r"state[T.\1]", regex=True)
    ours = result.tidy().assign(lr=result.fit.profile.statistic)
    merged = ours.merge(
        expected.assign(term=term), on=["outcome", "term"], suffixes=("", "_r"), validate="1:1"
    )
    assert len(merged) == len(expected) == result.fit.n_parameters
    return result, merged, expected


@pytest.mark.parametrize("name", EXPECTED["fit"].unique())
def test_estimates_and_errors_equal_brglm2(name):
    result, merged, expected = both(name)
    # brglm2 stops at steps of 1e-12; its linear convergence leaves some 1e-11 on the separated rows
    assert_allclose(merged["estimate"], merged["estimate_r"], rtol=1e-8, atol=1e-9)
    assert_allclose(merged["std_error"], merged["std_error_r"], rtol=1e-9)
    assert_allclose(result.fit.loglik, expected["loglik"].iloc[0], rtol=1e-10)
    assert_allclose(result.fit.profile.loglik_penalized, expected["loglik_penalized"].iloc[0], rtol=1e-10)


@pytest.mark.parametrize("name", EXPECTED["fit"].unique())
def test_tests_and_limits_equal_the_profile_by_its_definition(name):
    _, merged, _ = both(name)
    assert_allclose(merged["lr"], merged["lr_r"], rtol=1e-8, atol=1e-9)
    # uniroot stops within 1e-9 of a limit
    assert_allclose(merged["conf_low"], merged["conf_low_r"], rtol=1e-7, atol=1e-8)
    assert_allclose(merged["conf_high"], merged["conf_high_r"], rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("outcomes", ["two", "three"])
def test_the_separated_rows_have_no_maximum_without_the_penalty(outcomes):
    data = pd.read_csv(GOLDEN / "separated_simulated.csv")
    if outcomes == "two":
        data = data[data["job"] != "none"]
    with pytest.raises(ps.ConvergenceError, match="trained"):
        ps.multinomial("job ~ age + state + trained", data)
