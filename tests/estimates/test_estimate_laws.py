"""What estimates of a survey obey whatever the numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high"]
STATISTICS = {
    "mean": {},
    "total": {},
    "ratio": {"denominator": "hours"},
    "quantile": {"quantiles": [0.25, 0.5, 0.8]},
}


def people(seed=1, n=120):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "wage": rng.normal(17, 3, n),
            "hours": rng.uniform(10, 40, n),
            "job": rng.choice(["peer", "other", "none"], n),
            "sex": rng.choice(["woman", "man"], n),
            "weight": rng.uniform(1, 4, n),
            "copies": rng.integers(0, 4, n),
            "stratum": np.arange(n) % 3,
            "psu": np.arange(n) % 12,
        }
    )


PLAN = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu")


def same(one, other, names=NUMBERS, rtol=1e-9):
    assert_allclose(one.tidy()[names], other.tidy()[names], rtol=rtol)


def test_a_mean_without_weights_has_the_plain_standard_error():
    row = ps.estimate(people(), "wage").tidy().iloc[0]
    wage = people()["wage"]
    assert_allclose(row["std_error"], wage.std() / np.sqrt(len(wage)))
    assert row["df"] == len(wage) - 1
    assert row["deff"] == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), statistic=st.sampled_from(["mean", "ratio", "quantile"]))
def test_equal_weights_change_nothing(seed, statistic):
    data = people(seed).assign(weight=0.3)
    same(
        ps.estimate(data, "wage", statistic=statistic, by="sex", **STATISTICS[statistic]),
        ps.estimate(data, "wage", statistic=statistic, by="sex", weights="weight", **STATISTICS[statistic]),
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), statistic=st.sampled_from(list(STATISTICS)))
def test_the_scale_of_weights_matters_for_totals_only(seed, statistic):
    data = people(seed)
    factor = 3.0 if statistic == "total" else 1.0
    one = ps.estimate(data, "wage", statistic=statistic, design=PLAN, **STATISTICS[statistic]).tidy()
    scaled = data.assign(weight=3 * data["weight"])
    other = ps.estimate(scaled, "wage", statistic=statistic, design=PLAN, **STATISTICS[statistic]).tidy()
    assert_allclose(factor * one[NUMBERS], other[NUMBERS], rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    statistic=st.sampled_from(list(STATISTICS)),
    cluster=st.sampled_from([None, "psu"]),
)
def test_frequency_weights_are_rows_repeated(seed, statistic, cluster):
    data = people(seed)
    long = data.loc[data.index.repeat(data["copies"])]
    ask = {"statistic": statistic, "by": "sex", "cluster": cluster, **STATISTICS[statistic]}
    short = ps.estimate(data, "wage", weights="copies", weight_kind="frequency", **ask)
    names = [*NUMBERS, "df", "n", "sum_weights", "design_effect"]
    same(short, ps.estimate(long, "wage", **ask), names)
    if statistic != "quantile":
        same(short, ps.estimate(long, "wage", **ask), ["deff"])


def test_frequency_weights_are_rows_repeated_in_tables():
    data = people()
    long = data.loc[data.index.repeat(data["copies"])]
    short = ps.crosstab(data, "sex", "job", weights="copies", weight_kind="frequency")
    again = ps.crosstab(long, "sex", "job")
    assert_allclose(short.tidy().iloc[:, 2:].astype(float), again.tidy().iloc[:, 2:].astype(float))
    assert_allclose(short.tests().iloc[:, 1:], again.tests().iloc[:, 1:])


@pytest.mark.parametrize("design", [PLAN, PLAN.with_replicates("JKn")], ids=["linearized", "replicate"])
@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_group_is_the_subpopulation_of_its_members(design, statistic):
    data = people()
    rows = ps.estimate(data, "wage", statistic=statistic, by="sex", design=design, **STATISTICS[statistic])
    rows = rows.tidy()
    for sex in ("man", "woman"):
        alone = ps.estimate(
            data,
            "wage",
            statistic=statistic,
            where=data["sex"] == sex,
            design=design,
            **STATISTICS[statistic],
        ).tidy()
        names = [*NUMBERS, "df", "n", "sum_weights"]
        assert_allclose(rows.loc[rows["group"] == sex, names], alone[names])


@pytest.mark.parametrize("design", [PLAN, PLAN.with_replicates("JKn")], ids=["linearized", "replicate"])
def test_a_subpopulation_of_everybody_changes_nothing(design):
    data = people()
    everybody = np.ones(len(data), dtype=bool)
    same(ps.estimate(data, "wage", design=design), ps.estimate(data, "wage", design=design, where=everybody))


@pytest.mark.parametrize("design", [PLAN, PLAN.with_replicates("JKn")], ids=["linearized", "replicate"])
def test_shares_of_levels_add_to_one_and_their_covariance_to_zero(design):
    result = ps.estimate(people(), "job", statistic="proportion", design=design)
    assert_allclose(result.tidy()["estimate"].sum(), 1)
    assert_allclose(result.covariance().sum(axis=0), 0, atol=1e-15)


def test_the_covariance_reaches_across_groups_and_columns():
    # the mean of everybody is that of the groups by their weights, which sum to themselves
    data = people()
    result = ps.estimate(data, ["wage", "hours"], statistic="total", by="sex", design=PLAN)
    whole = ps.estimate(data, ["wage", "hours"], statistic="total", design=PLAN)
    add = np.kron(np.eye(2), np.ones((1, 2)))
    assert_allclose(add @ result.covariance() @ add.T, whole.covariance(), rtol=1e-10)
    assert_allclose(np.sqrt(np.diag(result.covariance())), result.tidy()["std_error"])


def test_a_ratio_to_ones_is_a_mean():
    data = people().assign(one=1)
    same(
        ps.estimate(data, "wage", statistic="ratio", denominator="one", design=PLAN, by="sex"),
        ps.estimate(data, "wage", design=PLAN, by="sex"),
    )


def test_the_share_of_a_level_is_the_mean_of_its_indicator():
    data = people().assign(peer=lambda d: d["job"] == "peer")
    share = ps.estimate(data, "job", statistic="proportion", interval="mean", design=PLAN).tidy()
    mean = ps.estimate(data, "peer", design=PLAN).tidy()
    names = [*NUMBERS, "deff"]
    assert_allclose(share.loc[share["level"] == "peer", names], mean[names])


@pytest.mark.parametrize("statistic", STATISTICS)
def test_the_order_of_rows_is_irrelevant(statistic):
    data = people()
    mixed = data.sample(frac=1, random_state=3)
    ask = {"statistic": statistic, "by": ["sex", "job"], "design": PLAN, **STATISTICS[statistic]}
    same(ps.estimate(data, "wage", **ask), ps.estimate(mixed, "wage", **ask))


def test_quantiles_and_their_limits_follow_an_increasing_transform():
    data = people().assign(log_wage=lambda d: np.log(d["wage"]))
    ask = {"statistic": "quantile", "quantiles": [0.2, 0.5, 0.7], "design": PLAN}
    names = ["estimate", "conf_low", "conf_high"]
    wage = ps.estimate(data, "wage", **ask).tidy()[names]
    assert_allclose(np.log(wage), ps.estimate(data, "log_wage", **ask).tidy()[names])


def test_the_jackknife_of_a_total_is_its_linearised_error():
    data = people()
    same(
        ps.estimate(data, "wage", statistic="total", design=PLAN),
        ps.estimate(data, "wage", statistic="total", design=PLAN.with_replicates("JKn")),
    )


def test_raked_shares_of_the_margin_have_no_error():
    data = people()
    design = ps.rake(data, {"sex": {"woman": 0.6, "man": 0.4}}, design=PLAN, total=1000).design
    rows = ps.estimate(data, "sex", statistic="proportion", design=design).tidy()
    assert_allclose(rows["estimate"], [0.4, 0.6])
    assert_allclose(rows["std_error"], 0, atol=1e-12)


@pytest.mark.parametrize("rule", ["adjust", "average", "certainty"])
@pytest.mark.parametrize("raked", [False, True])
def test_lonely_psus_are_treated_in_groups_as_in_subpopulations(rule, raked):
    data = people().assign(stratum=lambda d: np.where(d["psu"] == 0, 9, d["stratum"]))
    data = data[~((data["psu"] == 0) & (data["sex"] == "man"))]
    design = ps.SurveyDesign(weights="weight", strata="stratum", cluster="psu", lonely_psu=rule)
    if raked:
        design = ps.rake(data, {"job": {"peer": 1, "other": 1, "none": 1}}, total=3, design=design).design
    rows = ps.estimate(data, "wage", by="sex", design=design).tidy().set_index("group")
    for sex in ("man", "woman"):
        alone = ps.estimate(data, "wage", where=data["sex"] == sex, design=design).tidy()
        assert_allclose(rows.loc[sex, NUMBERS].astype(float), alone[NUMBERS].iloc[0])
