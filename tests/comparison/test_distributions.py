"""Quantiles beside weighted microdata: hand formulas, laws, coverage, and bad input."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import peerstats as ps


@pytest.fixture
def surveys(rng):
    nation = pd.DataFrame(
        {"wage": rng.gamma(16, 1.3, 400), "w": rng.uniform(0.5, 3, 400), "psu": rng.integers(0, 40, 400)}
    )
    sample = pd.DataFrame({"wage": rng.gamma(16, 1.2, 90), "w": rng.uniform(0.5, 2, 90)})
    return sample.assign(job=rng.choice(["peer", "other"], 90)), nation


def test_woodruff_errors_of_both_surveys_add_up(surveys):
    sample, nation = surveys
    rows = ps.compare_distributions(
        sample, "wage", nation, weights="w", microdata_weights="w", interval="woodruff"
    ).tidy()
    asked = {"statistic": "quantile", "quantiles": [0.1, 0.25, 0.5, 0.75, 0.9], "qrule": "school"}
    own, other = (ps.estimate(each, "wage", weights="w", **asked).tidy() for each in (sample, nation))
    assert_allclose(rows["difference"], own["estimate"] - other["estimate"], rtol=1e-12)
    assert_allclose(rows["difference_std_error"], np.hypot(own["std_error"], other["std_error"]), rtol=1e-12)


def test_a_design_s_own_replicates_are_used(surveys):
    sample, nation = surveys
    plan = ps.SurveyDesign(weights="w", cluster="psu").with_replicates("JK1")
    result = ps.compare_distributions(
        sample, "wage", nation, quantiles=0.5, microdata_design=plan, n_replicates=60, rng=5
    )
    asked = {"statistic": "quantile", "qrule": "school", "interval": "quantile"}
    other = ps.estimate(nation, "wage", design=plan, **asked).tidy().iloc[0]
    row = result.tidy().iloc[0]
    assert row["benchmark_std_error"] == pytest.approx(other["std_error"], rel=1e-12)
    assert row["difference_std_error"] == pytest.approx(
        math.hypot(row["std_error"], other["std_error"]), rel=1e-12
    )


def test_a_seed_gives_the_same_errors_again_and_another_does_not(surveys):
    one, again, other = (
        ps.compare_distributions(surveys[0], "wage", surveys[1], quantiles=0.5, n_replicates=50, rng=seed)
        .tidy()["difference_std_error"]
        .iloc[0]
        for seed in (1, 1, 2)
    )
    assert one == again != other


def test_the_share_below_the_microdata_s_quantile_counts_ties_half():
    nation = pd.DataFrame({"wage": [10.0, 15.0, 20.0] * 20})
    sample = pd.DataFrame({"wage": [10.0, 15.0, 15.0, 30.0]})
    rows = ps.compare_distributions(sample, "wage", nation, quantiles=0.5, interval="woodruff").tidy()
    assert rows["share"].tolist() == [0.5]


def test_the_bootstrap_s_limits_cover():
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(120):
        sample, nation = (pd.DataFrame({"wage": rng.gamma(9, 2.0, n)}) for n in (80, 200))
        row = (
            ps.compare_distributions(sample, "wage", nation, quantiles=0.5, n_replicates=80, rng=rng)
            .tidy()
            .iloc[0]
        )
        covered += row["difference_low"] <= 0 <= row["difference_high"]
    # three standard errors of .95 in 120 samples: .06
    assert covered / 120 == pytest.approx(0.95, abs=0.06)


def test_rows_left_out_are_counted(surveys):
    sample, nation = surveys
    sample.loc[:2, "wage"] = None
    result = ps.compare_distributions(sample, "wage", nation, by="job", interval="woodruff")
    assert result.lines[0] == "87 of 90 rows with a value (3 wage missing)"
    assert result.glance()["n_missing"].tolist() == [3]
    assert len(result.tidy()) == 10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quantiles": 50}, r"quantiles=50 are not all between 0 and 1"),
        ({"quantiles": "half"}, r"quantiles='half' are no numbers"),
        ({"microdata_column": "pay"}, r"column 'pay' is not in the data"),
        ({"interval": "jackknife"}, r"interval='jackknife' is not known"),
        ({"by": "state"}, r"grouping column 'state' is not in the data"),
    ],
)
def test_bad_input_is_told(surveys, change, message):
    with pytest.raises(ps.InputError, match=message):
        ps.compare_distributions(surveys[0], "wage", surveys[1], **change)


def test_another_form_is_pointed_out(surveys):
    with pytest.warns(ps.PeerstatsWarning, match=r"compare_distributions\(\): Not the same form"):
        ps.compare_distributions(
            *(surveys[0], "wage", surveys[1]), interval="woodruff", form="5 items", microdata_form="10 items"
        )


def test_the_result_is_strict_json_and_draws(surveys):
    result = ps.compare_distributions(surveys[0], "wage", surveys[1], by="job", interval="woodruff")
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["kind"] == "distributions"
    assert [each.get_text() for each in result.plot().get_yticklabels()].count("P50") == 2
