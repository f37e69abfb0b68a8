"""Coefficients and errors of R MASS::polr and survey::svyolr."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden"
HERE = GOLDEN / "ordinal_polr"
LEVELS = ["very low", "low", "mid", "high", "very high"]
FORMULA = "satisfaction ~ age + state + veteran"
FITS = {
    "plain": {},
    "plain HC0": {"variance": "HC0"},
    "plain CR1": {"cluster": "psu"},
    "interaction": {},
    "offset": {"offset": "hours"},
    "offset HC0": {"offset": "hours", "variance": "HC0"},
    "offset CR1": {"offset": "hours", "cluster": "psu"},
    "copies": {"weights": "copies", "weight_kind": "frequency"},
    "weighted HC0": {"weights": "weight", "variance": "HC0"},
    "weighted CR1": {"weights": "weight", "cluster": "psu"},
    "three levels": {},
    "design": {"design": ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")},
    "svyolr": {"design": ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")},
}


@pytest.fixture(scope="module")
def data():
    return pd.read_csv(HERE / "input_simulated.csv")


@pytest.fixture(scope="module")
def expected():
    return pd.read_csv(HERE / "expected.csv")


def theirs(term):
    """Write a term as R does."""
    return term.replace("[T.", "").replace("]", "")


@pytest.mark.parametrize("name", FITS)
def test_coefficients_and_errors_are_those_of_r(data, expected, name):
    levels = LEVELS
    if name == "three levels":
        merged = {"very low": "low", "very high": "high"}
        data, levels = data.assign(satisfaction=data["satisfaction"].replace(merged)), ["low", "mid", "high"]
    formula = FORMULA.replace("age +", "age *") if name == "interaction" else FORMULA
    result = ps.ordinal(formula, data, levels={"satisfaction": levels}, **FITS[name])
    ours = result.tidy()
    ours.index = [
        ":".join(sorted(theirs(term).split(":"))) if ":" in term else theirs(term) for term in ours["term"]
    ]
    golden = expected[expected["fit"] == name].set_index("term")
    assert set(ours.index) == set(golden.index)
    ours = ours.loc[golden.index]
    # both end at the maximum: rounding is left; svyolr searches by BFGS and differentiates numerically
    tolerance, of_errors = (1e-6, 1e-3) if name == "svyolr" else (1e-9, 1e-9)
    assert_allclose(ours["estimate"], golden["estimate"], rtol=tolerance, atol=1e-11)
    assert_allclose(ours["std_error"], golden["std_error"], rtol=of_errors)
    loglik = golden["loglik"].iloc[0]
    if not np.isnan(loglik):
        assert_allclose(result.fit.loglik, loglik, rtol=1e-12)


BRANT = {
    "smoking": ("Smoke ~ Sex + Height", ["Never", "Occas", "Regul", "Heavy"], {}),
    "nausea": ("nausea ~ arm", None, {"weights": "people", "weight_kind": "frequency"}),
    "ratings": (FORMULA, LEVELS, {}),
}


def brant_of(example, by="column"):
    formula, levels, call = BRANT[example]
    file = HERE / "input_simulated.csv" if example == "ratings" else GOLDEN / f"brant_published/{example}.csv"
    outcome = formula.split(" ~ ")[0]
    fit = ps.ordinal(formula, pd.read_csv(file), levels=levels and {outcome: levels}, **call)
    return ps.brant_test(fit, by=by).tidy().assign(term=lambda d: d["term"].map(theirs)).set_index("term")


@pytest.mark.parametrize("example", BRANT)
def test_brants_test_has_every_digit_of_his_formula(example):
    golden = pd.read_csv(GOLDEN / "brant_published" / "expected.csv")
    golden = golden[golden["example"] == example].set_index("term")
    ours = pd.concat([brant_of(example), brant_of(example, "term").drop(index="all")])
    ours = ours[~ours.index.duplicated()].loc[golden.index]
    # both are at the maximum of each logit; what is left is rounding
    assert_allclose(ours["statistic"], golden["statistic"], rtol=1e-8)
    assert_allclose(ours["p_value"], golden["p_value"], rtol=1e-8)
    assert ours["df"].tolist() == golden["df"].tolist()


def test_brants_test_prints_what_was_published():
    # R brant 0.3-0, its documented example; two decimals are printed
    smoking = brant_of("smoking")
    assert smoking["statistic"].round(2).tolist() == [3.28, 1.58, 0.02]
    assert smoking["df"].tolist() == [4, 2, 2]
    assert smoking["p_value"].round(2).tolist() == [0.51, 0.45, 0.99]
    # postoperative nausea, contingencytables::Brant_test_2xc
    nausea = brant_of("nausea").loc["all"]
    assert (round(nausea["statistic"], 3), nausea["df"], round(nausea["p_value"], 5)) == (1.668, 2, 0.43422)
