"""Diagnostics against R: stats, survey, nnet, and formulas written out in tests/golden/diagnostics_r."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps

GOLDEN = Path(__file__).parents[1] / "golden" / "diagnostics_r"
DATA = pd.read_csv(GOLDEN / "input_simulated.csv")
EXPECTED = {
    name: rows["value"].to_numpy() for name, rows in pd.read_csv(GOLDEN / "expected.csv").groupby("name")
}
# both fits stop where no digit of a linear predictor moves by more than 1e-8
CLOSE = {"rtol": 1e-7, "atol": 1e-9}
FULL = "peer ~ age + state + years"
DESIGN = ps.SurveyDesign(weights="weight", strata="stratum", cluster="county")


def logistic(formula=FULL, **asked):
    return ps.logistic(formula, DATA, **asked)


def linear(**asked):
    return ps.linear("log(wage) ~ age + state + years", DATA, **asked)


def test_of(result):
    frame = result.glance()
    return frame[["statistic", "df_numerator", "df_denominator", "p_value"]].to_numpy()[0]


test_of.__test__ = False


@pytest.mark.parametrize(("groups", "name"), [(10, "hosmer_lemeshow"), (5, "hosmer_lemeshow_5")])
def test_hosmer_lemeshow_is_the_formula_s(groups, name):
    result = logistic().goodness_of_fit(groups=groups)
    statistic, df, denominator, p = test_of(result)
    assert_allclose([statistic, df, p], EXPECTED[name], **CLOSE)
    assert (result.test, denominator) == ("Hosmer-Lemeshow", np.inf)


def test_several_outcomes_have_fagerland_hosmer_and_bofin_s_form():
    result = ps.multinomial("job ~ age + state", DATA).goodness_of_fit()
    # nnet stops at a likelihood equal to 1e-15, so coefficients to 1e-7
    assert_allclose(test_of(result)[[0, 1, 3]], EXPECTED["fagerland"], rtol=1e-5)
    assert result.test == "Fagerland-Hosmer-Bofin"


@pytest.mark.parametrize(
    ("asked", "groups", "name"),
    [
        ({"design": DESIGN}, 10, "archer_lemeshow_design"),
        ({"weights": "weight"}, 10, "archer_lemeshow_weights"),
        ({"cluster": "county"}, 5, "archer_lemeshow_clusters"),
    ],
)
def test_archer_lemeshow_is_the_wald_test_of_svyby_s_mean_residuals(asked, groups, name):
    result = logistic("peer ~ age + state", **asked).goodness_of_fit(groups=groups)
    assert_allclose(test_of(result), EXPECTED[name], **CLOSE)
    assert result.test == "Archer-Lemeshow F"


@pytest.mark.parametrize(
    ("result", "name"),
    [
        (linear, "vif_linear"),
        (logistic, "vif_logistic"),
        (lambda: logistic(design=DESIGN), "vif_svyglm"),
    ],
)
def test_variance_inflation_is_car_s(result, name):
    found = result().vif().set_index("term").loc[["age", "state", "years"]]
    assert_allclose(found["gvif"], EXPECTED[name], rtol=1e-6)  # svyglm stops at a deviance equal to 1e-14
    assert_allclose(found["gvif_adjusted"], found["gvif"] ** (1 / (2 * found["df"])))
    assert found["df"].tolist() == [1, 2, 1]


def test_the_link_test_is_a_refit_on_the_predictor_and_its_square():
    tests = logistic().diagnostics().tidy().set_index("test")
    assert_allclose(tests.loc["link test", "statistic"], EXPECTED["link_test"][2] ** 2, rtol=1e-6)
    tests = logistic("peer ~ age + state", design=DESIGN).diagnostics().tidy().set_index("test")
    # svyglm's own search ends at a deviance equal to 1e-14
    assert_allclose(tests.loc["link test", "statistic"], EXPECTED["link_test_design"][2] ** 2, rtol=1e-5)


def test_pseudo_r2_under_a_design_are_psrsq_s():
    figures = logistic("peer ~ age + state", design=DESIGN).diagnostics().glance()
    assert_allclose(
        figures[["cox_snell_r2", "nagelkerke_r2"]].to_numpy()[0], EXPECTED["psrsq_design"], rtol=1e-6
    )


def test_the_area_under_the_curve_has_delong_s_error():
    figures = logistic().calibration().tidy().set_index("quantity")
    assert_allclose(figures.loc["auc", ["estimate", "std_error"]].astype(float), EXPECTED["auc"], rtol=1e-7)


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("leverage", "glm_leverage"),
        ("cooks_distance", "glm_cooks"),
        ("pearson_residual", "glm_pearson"),
        ("deviance_residual", "glm_deviance"),
        ("standardised_residual", "glm_standardised"),
    ],
)
def test_influence_in_a_logit_is_r_s(column, name):
    assert_allclose(logistic().influence().tidy()[column], EXPECTED[name], **CLOSE)


def test_dfbeta_of_a_logit_is_r_s_one_step_change():
    found = logistic().influence().changes(standardised=False)
    assert_allclose(found["1: age"], EXPECTED["glm_dfbeta_age"], **CLOSE)


@pytest.mark.parametrize("kind", ["none", "precision"])
def test_influence_in_a_linear_model_is_r_s(kind):
    weighted = {"weights": "weight", "weight_kind": kind} if kind != "none" else {}
    result = linear(**weighted).influence()
    tidy = result.tidy()
    for column, name in (
        ("leverage", "lm_leverage"),
        ("cooks_distance", "lm_cooks"),
        ("standardised_residual", "lm_standardised"),
    ):
        assert_allclose(tidy[column], EXPECTED[f"{name}_{kind}"], **CLOSE)
    assert_allclose(result.changes()["log(wage): years"], EXPECTED[f"lm_dfbetas_years_{kind}"], **CLOSE)
    raw = result.changes(standardised=False)["log(wage): years"]
    assert_allclose(raw, EXPECTED[f"lm_dfbeta_years_{kind}"], rtol=1e-7, atol=1e-12)


def test_reset_and_breusch_pagan_are_r_s():
    tests = linear().diagnostics().tidy().set_index("test")
    columns = ["statistic", "df_numerator", "df_denominator", "p_value"]
    assert_allclose(tests.loc["RESET", columns].astype(float), EXPECTED["reset"], rtol=1e-7)
    assert_allclose(
        tests.loc["Breusch-Pagan", ["statistic", "df_numerator", "p_value"]].astype(float),
        EXPECTED["breusch_pagan"],
        rtol=1e-8,
    )
