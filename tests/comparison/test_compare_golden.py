"""Comparisons beside base R and the survey package; make.R has the calls."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps
from peerstats.comparison._family import adjusted

GOLDEN = Path(__file__).parents[1] / "golden" / "compare_r"
DATA = pd.read_csv(GOLDEN / "input_simulated.csv")
R = pd.read_csv(GOLDEN / "expected.csv").set_index("name")["value"]
PLAN = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")
CUTS = {10: 12.0, 25: 14.25, 50: 17.25, 75: 21.5, 90: 26.5}
WAGE = ps.benchmark(18.0, std_error=0.1, percentiles=CUTS, name="wage")
PART = ps.benchmark(0.25, std_error=0, statistic="proportion", name="part")
TENURE = ps.benchmark(4.1, std_error=0, statistic="median", form="interpolated", unit="years", name="tenure")
EXACT = 1e-9  # printed to 15 digits; sums in another order


def row(result, i=0):
    return result.tidy().iloc[i]


def close(found, names, rtol=EXACT):
    assert_allclose(np.asarray(found, dtype=float), R[list(names)].to_numpy(float), rtol=rtol)


def test_the_sign_test_is_the_binomial_test_without_ties():
    found = row(ps.compare(DATA, "wage", WAGE, statistic="median"))
    close(
        found[["estimate", "statistic", "n_ties", "p_value"]], ["median", "sign_above", "sign_ties", "sign_p"]
    )


def test_copies_of_rows_are_trials_of_the_sign_test():
    found = row(ps.compare(DATA, "wage", WAGE, statistic="median", weights="copies", weight_kind="frequency"))
    close(found[["n", "p_value"]], ["sign_copies_n", "sign_copies_p"])


@pytest.mark.parametrize("level", [0.95, 0.9])
def test_order_statistics_bound_the_median_with_the_level_they_state(level):
    found = row(ps.compare(DATA, "wage", WAGE, statistic="median", conf_level=level))
    close(
        found[["conf_low", "conf_high", "conf_achieved"]],
        [f"median_low_{level}", f"median_high_{level}", f"median_level_{level}"],
    )
    assert found["conf_achieved"] >= level


@pytest.mark.parametrize(
    ("interval", "name", "test"), [("wilson", "wilson", "score"), ("exact", "exact", "exact")]
)
def test_shares_below_percentiles_have_the_limits_and_tests_of_r(interval, name, test):
    found = ps.compare(DATA, "wage", WAGE, statistic="percentiles", interval=interval).tidy()
    assert_allclose(found["estimate"] * 231, R[[f"hits_{p}" for p in CUTS]].to_numpy(float), rtol=1e-12)
    for i, percent in ((0, 10), (1, 25), (3, 75)):  # whole numbers of hits
        close(
            found.loc[i, ["conf_low", "conf_high", "p_value"]],
            [f"{name}_low_{percent}", f"{name}_high_{percent}", f"{test}_p_{percent}"],
        )


def test_six_bins_are_tested_together_by_pearson():
    joint = ps.compare(DATA, "wage", WAGE, statistic="percentiles").joint().iloc[0]
    close(joint[["chi_square", "p_value"]], ["bins_chisq", "bins_p"])
    assert joint["df_numerator"] == 5


def test_a_proportion_beside_a_fixed_one_is_the_exact_binomial_test():
    found = row(ps.compare(DATA, "part", PART, statistic="proportion", interval="exact"))
    close(found[["p_value", "conf_low", "conf_high"]], ["part_exact_p", "part_exact_low", "part_exact_high"])


def test_a_proportion_beside_an_estimated_one_adds_both_variances():
    other = ps.benchmark(0.25, std_error=0.02, statistic="proportion", name="part")
    found = row(ps.compare(DATA, "part", other, statistic="proportion"))
    close(found[["statistic", "fixed_p_value"]], ["part_z", "part_exact_p"])


def test_a_mean_by_design_is_svyttest():
    fixed = ps.benchmark(17.25, std_error=0, name="wage")
    found = row(ps.compare(DATA, "wage", fixed, design=PLAN))
    close(found[["estimate", "std_error", "statistic"]], ["design_mean", "design_mean_se", "design_t"])
    assert found["df"] == R["design_t_df"] + 1  # svyttest takes one off the design's, as of a regression


def test_a_weighted_median_has_woodruffs_limits_and_a_test_that_half_lie_below():
    found = row(ps.compare(DATA, "wage", WAGE, statistic="median", design=PLAN))
    close(
        found[["estimate", "conf_low", "conf_high", "std_error"]],
        ["woodruff_median", "woodruff_low", "woodruff_high", "woodruff_se"],
    )
    assert_allclose(found["statistic"], -R["design_half_t"], rtol=EXACT)


def test_shares_below_percentiles_by_design():
    found = ps.compare(DATA, "wage", WAGE, statistic="percentiles", design=PLAN).tidy()
    for column, name in (("estimate", ""), ("std_error", "se_"), ("p_value", "p_")):
        close(found[column], [f"design_share_{name}{p}" for p in CUTS])


@pytest.mark.parametrize("interval", ["logit", "beta"])
def test_a_proportion_by_design_has_the_limits_of_svyciprop(interval):
    found = row(ps.compare(DATA, "part", PART, statistic="proportion", design=PLAN, interval=interval))
    close(
        found[["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value"]],
        [
            "part_design",
            "part_design_se",
            f"part_{interval}_low",
            f"part_{interval}_high",
            "part_design_t",
            "part_design_p",
        ],
        rtol=1e-8,  # limits by another inverse of the beta distribution
    )


def test_six_bins_by_design_are_rao_and_scotts_tests_of_both_orders():
    joint = ps.compare(DATA, "wage", WAGE, statistic="percentiles", design=PLAN).joint()
    second, first = joint.iloc[0], joint.iloc[1]
    close(
        second[["chi_square", "statistic", "df_numerator", "p_value"]],
        ["rs_chisq", "rs_f", "rs_f_df", "rs_f_p"],
    )
    close(first[["statistic", "p_value"]], ["rs_first", "rs_first_p"])


def test_medians_of_whole_years_are_those_of_grouped_data():
    plain = row(ps.compare(DATA, "tenure", TENURE, statistic="median"))
    design = row(ps.compare(DATA, "tenure", TENURE, statistic="median", design=PLAN))
    close([plain["estimate"], design["estimate"]], ["tenure_median", "tenure_weighted"])
    # the statistic is of the median over the benchmark, R's of the share below it
    assert_allclose([plain["statistic"], design["statistic"]], -R[["tenure_plain_t", "tenure_t"]], rtol=EXACT)
    assert plain["quantity"] == "median, interpolated (rounded)"


@pytest.mark.parametrize(("how", "name"), [("holm", "holm"), ("bh", "BH")])
def test_families_are_adjusted_as_p_adjust_does(how, name):
    found = adjusted(np.array([0.004, 0.03, np.nan, 0.021, 0.2]), how)
    close(found[[0, 1, 3, 4]], [f"{name}_{i}" for i in range(1, 5)])
    assert np.isnan(found[2])
