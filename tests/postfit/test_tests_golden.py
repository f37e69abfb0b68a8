"""Tests of models equal those of R's survey, stats, nnet and lme4."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "tests_survey"
DATA = pd.read_csv(GOLDEN / "input_simulated.csv")
EXPECTED = pd.read_csv(GOLDEN / "expected.csv").set_index(["fit", "what"])
TERMS = ["state", "veteran", "age", "age + state"]

STRATA = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", nest=True)
DESIGNS = {
    "strata": {"design": STRATA},
    "weights": {"weights": "weight"},
    "JKn": {"design": STRATA.with_replicates("JKn")},
}
RIGHT = "age + state + veteran"


def fitted(name, model, right=RIGHT, **more):
    if model == "logistic":
        return ps.logistic(f"employed ~ {right}", DATA, **DESIGNS[name], **more)
    return ps.linear(f"log(wage) ~ {right}", DATA, **DESIGNS[name], **more)


def one(result):
    return result.tidy().iloc[0]


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("model", ["logistic", "linear"])
@pytest.mark.parametrize("name", list(DESIGNS))
def test_wald_tests_of_a_design_equal_reg_term_test(name, model, term):
    # R counts degrees of freedom with all coefficients taken off
    result = fitted(name, model, df="residual")
    found = one(result.test(term.split(" + "), joint=True, adjust=False))
    row = EXPECTED.loc[(f"{name} {model}", f"wald {term}")]
    assert (found["df_numerator"], found["df_denominator"]) == (row["df"], row["ddf"])
    # R's refits under replicates stop at a change of the deviance of 1e-8 of it
    rtol = 1e-8 if name == "JKn" else 1e-10
    assert_allclose(found["statistic"], row["statistic"], rtol=rtol)
    assert_allclose(found["p_value"], row["p"], rtol=rtol)


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("approximation", ["saddlepoint", "satterthwaite"])
@pytest.mark.parametrize("model", ["logistic", "linear"])
@pytest.mark.parametrize("name", list(DESIGNS))
def test_rao_scott_likelihood_ratios_equal_reg_term_test(name, model, approximation, term):
    result = fitted(name, model, df="residual")
    found = one(result.test(term.split(" + "), joint=True, kind="lr", approximation=approximation))
    row = EXPECTED.loc[(f"{name} {model}", f"{approximation} {term}")]
    assert (found["df_numerator"], found["df_denominator"]) == (row["df"], row["ddf"])
    rtol = 1e-8 if name == "JKn" else 1e-10
    assert_allclose(found["statistic"], row["statistic"], rtol=1e-10)
    assert_allclose(found["deff"], EXPECTED.loc[(f"{name} {model}", f"deff {term}"), "statistic"], rtol=rtol)
    # R finds the saddlepoint to 1e-8 only (`uniroot(tol = 1e-8)`), and divides by its distance from 0
    assert_allclose(found["p_value"], row["p"], rtol=1e-5 if approximation == "saddlepoint" else rtol)


@pytest.mark.parametrize("name", list(DESIGNS))
def test_design_based_aic_and_bic_equal_those_of_svyglm(name):
    models = [fitted(name, "logistic", right) for right in ("age", RIGHT)]
    found = ps.compare_models(*models).tidy()
    for k, (_, row) in zip((2, 5), found.iterrows(), strict=True):
        here = EXPECTED.loc[f"{name} logistic"]["statistic"]
        rtol = 1e-8
        assert_allclose(row["daic"], here[f"daic {k}"], rtol=rtol)
        assert_allclose(row["effective_parameters"], here[f"eff {k}"], rtol=rtol)
        if name != "JKn":
            assert_allclose(row["dbic"], here[f"dbic {k}"], rtol=1e-8)
    assert np.isnan(found["aic"]).all()


@pytest.mark.parametrize("term", ["state", "veteran"])
@pytest.mark.parametrize(("kind", "r"), [("lr", "LRT"), ("score", "Rao")])
def test_likelihood_ratio_and_score_test_equal_anova_of_glm(kind, r, term):
    found = one(ps.logistic(f"employed ~ {RIGHT}", DATA).test(term, kind=kind))
    row = EXPECTED.loc[("plain logistic", f"{r} {term}")]
    assert_allclose(found["statistic"], row["statistic"], rtol=1e-8)
    assert_allclose(found["p_value"], row["p"], rtol=1e-8)


def test_the_wald_test_of_a_linear_model_is_the_f_of_anova():
    found = one(ps.linear(f"log(wage) ~ {RIGHT}", DATA).test("state"))
    row = EXPECTED.loc[("plain linear", "wald state")]
    assert found["df_denominator"] == row["ddf"]
    assert_allclose(found["statistic"], row["statistic"], rtol=1e-10)
    assert_allclose(found["p_value"], row["p"], rtol=1e-10)


def test_likelihood_ratios_of_a_multinomial_equal_nnet():
    result = ps.multinomial(f"job ~ {RIGHT}", DATA)
    # nnet stops at a relative change of 1e-15 of its deviance
    found = one(result.test("state", kind="lr"))
    row = EXPECTED.loc[("plain multinomial", "LRT state")]
    assert_allclose(found["statistic"], row["statistic"], rtol=1e-7)
    found = one(result.test_merge("other", "peer", kind="lr"))
    row = EXPECTED.loc[("plain multinomial", "LRT other = peer")]
    assert_allclose(found[["statistic", "df_numerator"]].astype(float), row[["statistic", "df"]], rtol=1e-7)
    assert_allclose(found["p_value"], row["p"], rtol=1e-6)


def test_the_likelihood_ratio_of_a_random_intercept_model_equals_lme4():
    result = ps.mixed_linear(f"log(wage) ~ {RIGHT}", DATA, group="unit", method="ml")
    found = one(result.test("state", kind="lr"))
    row = EXPECTED.loc[("mixed linear", "LRT state")]
    # lme4's search of the variance ends at 1e-8 of the deviance, some hundred here
    assert_allclose(found["statistic"], row["statistic"], rtol=1e-6)
    assert_allclose(found["p_value"], row["p"], rtol=1e-6)


@pytest.mark.parametrize("what", ["state", "other = peer"])
@pytest.mark.parametrize(("adjust", "name"), [(False, "wald"), (True, "adjusted")])
def test_wald_tests_of_a_multinomial_under_a_design_equal_svyrecvar_s(adjust, name, what):
    result = ps.multinomial(f"job ~ {RIGHT}", DATA, design=STRATA)
    if what == "state":
        found = one(result.test("state", adjust=adjust))
    else:
        found = one(result.test_merge("other", "peer", adjust=adjust))
    row = EXPECTED.loc[("strata multinomial", f"{name} {what}")]
    assert (found["df_numerator"], found["df_denominator"]) == (row["df"], row["ddf"])
    assert_allclose(found["statistic"], row["statistic"], rtol=1e-8)
    assert_allclose(found["p_value"], row["p"], rtol=1e-8)
