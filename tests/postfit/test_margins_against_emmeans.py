"""Balanced grids and contrasts equal those of R's emmeans, whose script and output are in tests/golden."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

FOLDER = Path(__file__).parents[1] / "golden" / "margins_emmeans"
TERMS = "age + log(wage) + state * sex"
# nnet stops when its likelihood changes no more, a little short of the maximum.
# glm and lm reach theirs, and differ in rounding.
TOLERANCE = {
    "multinomial": {"rtol": 1e-6},
    "multinomial, copies": {"rtol": 1e-6},
    "logistic": {"rtol": 1e-8},
    "linear": {"rtol": 1e-10},
    "ordinal": {"rtol": 1e-4},  # the errors of polr are from a numeric Hessian
}
ADJUST = {"none": "none", "holm": "holm", "fdr": "bh", "sidak": "sidak", "mvt": "single-step"}


@pytest.fixture(scope="module")
def fits():
    data = pd.read_csv(FOLDER / "input_simulated.csv")
    data["peer"] = (data["job"] == "peer").astype(int)
    copies = {"weights": "copies", "weight_kind": "frequency"}
    ordered = {"levels": {"health": ["a poor", "b fair", "c good", "d very good"]}}
    return {
        "ordinal": ps.ordinal(f"health ~ {TERMS}", data, **ordered),
        "multinomial": ps.multinomial(f"job ~ {TERMS}", data, base="none"),
        "multinomial, copies": ps.multinomial(f"job ~ {TERMS}", data, base="none", **copies),
        "logistic": ps.logistic(f"peer ~ {TERMS}", data),
        "linear": ps.linear(f"score ~ {TERMS}", data, weights="copies", weight_kind="precision"),
    }


@pytest.mark.parametrize("name", TOLERANCE)
@pytest.mark.parametrize("variable", ["state", "sex"])
@pytest.mark.parametrize("age", [None, 30])
def test_means_on_a_balanced_grid_are_those_of_emmeans(fits, name, variable, age):
    expected = pd.read_csv(FOLDER / "expected_means.csv", keep_default_na=False)
    chosen = (expected["fit"] == name) & (expected["variable"] == variable)
    expected = expected[chosen & (expected["age"] == ("mean" if age is None else str(age)))]
    at = None if age is None else {"age": age}
    ours = fits[name].adjusted_means(variable, at=at, grid="balanced").tidy()
    outcome = {"logistic": "1", "linear": "estimate"}.get(name)
    if outcome is not None:
        expected = expected.assign(outcome=outcome)
    both = ours.merge(expected, on=["outcome", "level"], suffixes=("", "_r"))
    assert len(both) == len(expected)
    for column in ("estimate", "std_error"):
        assert_allclose(both[column], both[f"{column}_r"].astype(float), **TOLERANCE[name])


@pytest.mark.parametrize("name", ["logistic", "linear"])
@pytest.mark.parametrize("adjust", ADJUST)
def test_contrasts_and_adjusted_p_values_are_those_of_emmeans(fits, name, adjust):
    expected = pd.read_csv(FOLDER / "expected_contrasts.csv")
    expected = expected[(expected["fit"] == name) & (expected["adjust"] == adjust)]
    ours = fits[name].contrasts("state", grid="balanced", adjust=ADJUST[adjust]).tidy()
    turned = ours["change"].str.replace(r"(..) against (..)", r"\2 - \1", regex=True)
    both = ours.assign(contrast=turned).merge(expected, on="contrast", suffixes=("", "_r"))
    assert len(both) == 6
    assert_allclose(-both["estimate"], both["estimate_r"], rtol=1e-7)
    assert_allclose(both["std_error"], both["std_error_r"], rtol=1e-7)
    assert_allclose(both["df"], both["df_r"])
    # mvtnorm's p-values and quantiles are Monte Carlo as well, to about 1e-3; ours to 1e-4
    atol = 1.5e-3 if adjust == "mvt" else 1e-9
    assert_allclose(both["p_adjusted"], both["p_adjusted_r"], atol=atol)
    if adjust in ("none", "sidak", "mvt"):  # emmeans gives Bonferroni's limits with Holm's and FDR's p-values
        assert_allclose(-both["conf_high"], both["low"], atol=atol)
        assert_allclose(-both["conf_low"], both["high"], atol=atol)


def test_a_single_step_is_never_wider_than_sidak(fits):
    halves = {}
    for adjust in ("none", "single-step", "sidak"):
        cells = fits["linear"].contrasts("state", adjust=adjust).tidy()
        halves[adjust] = (cells["conf_high"] - cells["conf_low"]).to_numpy()
    assert np.all(halves["none"] < halves["single-step"])
    assert np.all(halves["single-step"] < halves["sidak"])
