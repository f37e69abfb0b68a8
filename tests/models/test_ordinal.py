"""Ordinal models: laws, orders, bad input, what is printed."""

import json
import re
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import peerstats as ps

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
LEVELS = ["low", "mid", "high", "top"]
SAID = {"satisfied": LEVELS}
FORMULA = "satisfied ~ age + state"


def simulated(seed, n=300):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "county": rng.integers(0, 30, n),
            "copies": rng.integers(0, 4, n),
            "weight": rng.uniform(0.2, 5, n),
            "known": rng.normal(0, 0.3, n),
        }
    )
    latent = 0.03 * (data["age"] - 45) + 0.5 * (data["state"] == "PA") + data["known"] + rng.logistic(size=n)
    data["code"] = np.digitize(latent, [-1.3, 0, 1.3])
    data["satisfied"] = np.array(LEVELS)[data["code"]]
    return data


@pytest.fixture
def data():
    return simulated(1)


def ordinal(data, formula=FORMULA, **call):
    return ps.ordinal(formula, data, levels=SAID, **call)


def errors(result):
    return np.sqrt(np.diag(result.fit.covariance))


def same(one, other, rtol=1e-8):
    assert_allclose(one.fit.coefficients, other.fit.coefficients, rtol=rtol, atol=1e-9)
    assert_allclose(errors(one), errors(other), rtol=rtol)
    assert_allclose(one.fit.loglik, other.fit.loglik, rtol=1e-10)


KINDS = st.sampled_from(["model", "HC0", "HC1", "linearized", "CR0", "CR1", "CR1S"])


@few
@given(seeds, KINDS)
def test_two_levels_are_logistic_regression_errors_included(seed, variance):
    data = simulated(seed).assign(much=lambda d: d["code"] > 1)
    call = {"variance": variance, "cluster": "county" if variance.startswith("CR") else None}
    two, one = ps.ordinal("much ~ age + state", data, **call), ps.logistic("much ~ age + state", data, **call)
    turn = np.eye(4)[[1, 2, 3, 0]]
    turn[3] *= -1  # the threshold is minus the intercept
    assert_allclose(two.fit.coefficients, turn @ one.fit.coefficients, rtol=1e-8, atol=1e-9)
    assert_allclose(two.fit.covariance, turn @ one.fit.covariance @ turn.T, rtol=1e-7, atol=1e-10)
    assert_allclose(two.predict(), one.predict(), rtol=1e-8)
    for name in ("loglik", "loglik_null", "mcfadden_r2"):
        assert_allclose(two.glance()[name], one.glance()[name], rtol=1e-9, atol=1e-12)


@few
@given(seeds, KINDS)
def test_reversing_the_order_flips_the_signs(seed, variance):
    data = simulated(seed)
    call = {"variance": variance, "cluster": "county" if variance.startswith("CR") else None}
    one = ps.ordinal(FORMULA, data, levels=SAID, **call)
    other = ps.ordinal(FORMULA, data, levels={"satisfied": LEVELS[::-1]}, **call)
    assert other.fit.terms[3:] == ("top|high", "high|mid", "mid|low")
    turn = -np.eye(6)[[0, 1, 2, 5, 4, 3]]
    assert_allclose(other.fit.coefficients, turn @ one.fit.coefficients, rtol=1e-8, atol=1e-9)
    assert_allclose(other.fit.covariance, turn @ one.fit.covariance @ turn.T, rtol=1e-7, atol=1e-10)
    assert_allclose(other.predict()[LEVELS], one.predict(), rtol=1e-8)


@few
@given(seeds)
def test_merging_two_levels_that_nobody_uses_changes_nothing(seed):
    data = simulated(seed)
    with_unused = pd.CategoricalDtype(["none", *LEVELS[:2], "rather", "quite", *LEVELS[2:]], ordered=True)
    merged = pd.CategoricalDtype(["none", *LEVELS[:2], "rather or quite", *LEVELS[2:]], ordered=True)
    one, other = (
        ps.ordinal(FORMULA, data.assign(satisfied=data["satisfied"].astype(kind)))
        for kind in (with_unused, merged)
    )
    assert one.tidy().equals(other.tidy())
    assert one.predict().equals(other.predict())
    assert one.fit.outcome_levels == tuple(LEVELS)
    assert one.fit.notes == ("satisfied: no row used has 'none', 'rather', 'quite'; left out of the levels.",)


@few
@given(seeds, KINDS)
def test_frequency_weights_equal_rows_repeated(seed, variance):
    data = simulated(seed)
    call = {"variance": variance, "cluster": "county" if variance.startswith("CR") else None}
    again = data.loc[data.index.repeat(data["copies"])]
    one = ordinal(data, weights="copies", weight_kind="frequency", **call)
    other = ordinal(again, **call)
    same(one, other)
    assert_allclose(one.tidy()["df"], other.tidy()["df"])
    for name in ("n", "loglik_null", "aic", "bic"):
        assert_allclose(one.glance()[name], other.glance()[name], rtol=1e-9)
    assert_allclose(ps.brant_test(one).statistic, ps.brant_test(other).statistic, rtol=1e-6)


@few
@given(seeds, st.floats(1e-4, 1e4), st.sampled_from([None, "county"]))
def test_the_scale_of_sampling_weights_changes_no_error_and_no_test(seed, factor, cluster):
    data = simulated(seed)
    one = ordinal(data, weights="weight", cluster=cluster)
    other = ordinal(data.assign(weight=data["weight"] * factor), weights="weight", cluster=cluster)
    assert_allclose(one.fit.coefficients, other.fit.coefficients, rtol=1e-7, atol=1e-8)
    assert_allclose(errors(one), errors(other), rtol=1e-7)
    assert_allclose(ps.brant_test(one).statistic, ps.brant_test(other).statistic, rtol=1e-5)


@few
@given(seeds)
def test_columns_far_from_zero_and_nearly_dependent_give_the_same_fit(seed):
    data = simulated(seed)
    rng = np.random.default_rng([seed, 1])
    other = data["age"] + 1e-4 * rng.normal(size=len(data)) + 1e4
    near = ps.ordinal("satisfied ~ age + other", data.assign(other=other), levels=SAID)
    apart = data.assign(age=data["age"], other=(other - data["age"] - 1e4) * 1e4)
    plain = ps.ordinal("satisfied ~ age + other", apart, levels=SAID)
    assert near.source.fitted.turn is not None
    assert_allclose(near.predict(), plain.predict(), rtol=1e-6)
    # near: b1 age + b2 other = (b1 + b2) age + b2 (other - age)
    sums = near.fit.coefficients[:2, 0].sum()
    assert_allclose(sums, plain.fit.coefficients[0, 0], rtol=1e-5, atol=1e-7)
    assert_allclose(errors(near)[1], errors(plain)[1] * 1e4, rtol=1e-5)
    assert_allclose(ps.brant_test(near).statistic[0], ps.brant_test(plain).statistic[0], rtol=1e-4)


def test_an_offset_shifts_the_predictor(data):
    with_offset = ordinal(data, offset="known")
    moved = ordinal(data.assign(known=data["known"] + 2), offset="known")
    assert_allclose(moved.fit.coefficients[:3], with_offset.fit.coefficients[:3], rtol=1e-8)
    assert_allclose(moved.fit.coefficients[3:], with_offset.fit.coefficients[3:] + 2, rtol=1e-8)
    assert_allclose(moved.fit.loglik_null, with_offset.fit.loglik_null, rtol=1e-10)
    assert_allclose(moved.predict(), with_offset.predict(), rtol=1e-7)


def test_statsmodels_finds_the_same_maximum(data):
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # noqa: PLC0415  (slow to load)

    x = pd.get_dummies(data[["state", "age"]], drop_first=True, dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = OrderedModel(data["code"], x, distr="logit").fit(method="bfgs", disp=False, gtol=1e-9)
    ours = ordinal(data).tidy().set_index("term")["estimate"]
    slopes = theirs.params[["age", "state_OR", "state_PA"]]
    # it stops by the size of the gradient
    assert_allclose(ours[["age", "state[T.OR]", "state[T.PA]"]], slopes, rtol=1e-4)


def test_the_simulated_cohort_gives_its_true_slope_and_cuts_back():
    cohort = ps.simulate_cohort(8_000, rng=1)
    truth = cohort.truth["job_satisfaction"]
    staff = cohort.data[cohort.data["job_type"] != "not working"]
    result = ps.ordinal("job_satisfaction ~ job_type", staff, cluster="subject")
    expected = [truth["coefficients"]["peer_support"], *truth["cuts"]]
    # five estimates within four of their errors: one seed in 3,000 would fail by chance
    assert np.abs((result.fit.coefficients[:, 0] - expected) / errors(result)).max() < 4
    assert ps.brant_test(result).p_value[0] > 1e-3


def test_batches_give_the_fit_in_memory(data):
    file = ds.dataset(pa.Table.from_batches(pa.Table.from_pandas(data).to_batches(max_chunksize=64)))
    for call in ({}, {"weights": "weight", "cluster": "county"}):
        one, other = ordinal(data, **call), ordinal(file, **call)
        same(one, other)
        assert one.fit.notes == other.fit.notes
        assert_allclose(ps.brant_test(one).statistic, ps.brant_test(other).statistic, rtol=1e-6)
    with pytest.raises(ps.InputError, match="text without an order"):
        ps.ordinal(FORMULA, file)


def test_replicates_spread_like_the_sandwich(data):
    jkn = ps.SurveyDesign(weights="weight", cluster="county").with_replicates("JK1")
    by_replicates, by_scores = (
        ordinal(data.assign(one=1.0), design=design)
        for design in (jkn, ps.SurveyDesign(weights="weight", cluster="county"))
    )
    # 30 clusters: the jackknife and the linearised errors differ by terms of 1 / 30
    assert_allclose(errors(by_replicates), errors(by_scores), rtol=0.15)
    again = ordinal(data, variance="replicate", n_replicates=200, rng=3)
    assert_allclose(errors(again), errors(ordinal(data, variance="HC0")), rtol=0.25)
    tests = [ps.brant_test(fit).tidy() for fit in (by_replicates, by_scores)]
    assert_allclose(*(test["statistic"] for test in tests), rtol=0.4)
    assert tests[1]["df_denominator"].tolist() == [29 - 6 + 1, 28, 28, 28]


def test_orders_of_every_kind_give_the_same_fit(data):
    said = ordinal(data)
    kind = pd.CategoricalDtype(LEVELS, ordered=True)
    same(said, ps.ordinal(FORMULA, data.assign(satisfied=data["satisfied"].astype(kind))))
    enum = pl.from_pandas(data).with_columns(pl.col("satisfied").cast(pl.Enum(LEVELS)))
    same(said, ps.ordinal(FORMULA, enum))
    same(said, ps.ordinal("code ~ age + state", data))
    numbers = pd.Categorical(data["code"], categories=[3, 1, 0, 2])
    same(said, ps.ordinal("code ~ age + state", data.assign(code=numbers)))
    assert ps.ordinal("code ~ age + state", data).fit.terms[3:] == ("0|1", "1|2", "2|3")


def test_formulas_without_an_intercept_are_refused_and_categories_are_coded_with_one(data):
    assert ordinal(data).fit.terms[:3] == ("state[T.OR]", "state[T.PA]", "age")
    with pytest.raises(ps.FormulaError, match="takes the intercept away, but the thresholds"):
        ordinal(data, "satisfied ~ 0 + age")
    with pytest.raises(ps.FormulaError, match="'steady' has the same value in all 300 rows"):
        ordinal(data.assign(steady=2.0), "satisfied ~ steady + age")
    with pytest.raises(ps.FormulaError, match="is a combination of"):
        ordinal(data.assign(twice=2 * data["age"] + 1), "satisfied ~ age + twice")


def test_thresholds_alone_are_the_shares(data):
    result = ordinal(data, "satisfied ~ 1")
    shares = data["satisfied"].value_counts(normalize=True)[LEVELS]
    assert_allclose(result.predict().iloc[0], shares, rtol=1e-10)
    assert_allclose(result.glance()["mcfadden_r2"], 0, atol=1e-12)
    assert len(result.tables()) == 1
    assert result.tidy(exponentiate=True).empty
    with pytest.raises(ps.InputError, match="thresholds only"):
        result.plot()
    with pytest.raises(ps.InputError, match="thresholds only"):
        ps.brant_test(result)


def test_predictors_alone_and_in_blocks_are_fits_of_the_same_rows(data):
    data.loc[:9, "age"] = np.nan
    both = ps.side_by_side(FORMULA, data, model="ordinal", levels=SAID)
    alone = ps.ordinal("satisfied ~ state", data[data["age"].notna()], levels=SAID)
    same(next(fit for fit in both.unadjusted if fit.fit.terms[0] != "age"), alone)
    assert "low|mid" not in both.tidy()["term"].tolist()
    steps = ps.blocks(["satisfied ~ state", FORMULA], data, model="ordinal", levels=SAID)
    assert steps.glance()["n"].iloc[0] == 290
    same(steps.models[0], alone)


def test_ratios_leave_the_thresholds_out(data):
    result = ordinal(data)
    logs, ratios = result.tidy(), result.tidy(exponentiate=True)
    assert logs["term"].tolist() == [
        "state[T.OR]",
        "state[T.PA]",
        "age",
        "low|mid",
        "mid|high",
        "high|top",
    ]
    assert ratios["term"].tolist() == logs["term"].tolist()[:3]
    assert_allclose(ratios["estimate"], np.exp(logs["estimate"][:3]))
    assert_allclose(ratios["std_error"], ratios["estimate"] * logs["std_error"][:3])
    assert [label.get_text() for label in result.plot().get_yticklabels()] == ratios["term"].tolist()


def test_probabilities_add_to_one_and_missing_values_have_none(data):
    new = pd.DataFrame({"age": [30.0, np.nan, 50.0], "state": ["PA", "NC", None]}, index=list("abc"))
    with pytest.warns(ps.PeerstatsWarning, match=r"2 of 3 rows have a missing value"):
        p = ordinal(data).predict(new)
    assert list(p.columns) == LEVELS
    assert list(p.index) == ["a", "b", "c"]
    assert_allclose(p.loc["a"].sum(), 1, rtol=1e-12)
    assert p.loc[["b", "c"]].isna().all(axis=None)


def test_what_is_printed(data):
    text = str(ordinal(data, weights="weight").summary())
    assert "Ordinal regression (proportional odds): satisfied ~ age + state" in text
    assert "outcome: low < mid < high < top; standard errors: Taylor-linearised" in text
    assert "on 3 slopes and 3 thresholds" in text
    assert "Odds ratios: " in text
    assert "base" not in text
    assert "base" not in ordinal(data).glance()


def test_the_record_is_strict_json(data):
    result = ordinal(data)
    record = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert record["model"] == "ordinal"
    assert record["base"] is None
    assert record["outcome_levels"] == LEVELS
    assert record["n_thresholds"] == 3
    test = json.loads(json.dumps(ps.brant_test(result).to_dict(), allow_nan=False))
    assert [row["term"] for row in test["tests"]] == ["all", "state[T.OR]", "state[T.PA]", "age"]
    assert len(test["coefficients"]) == 9


def test_one_level_with_one_person_is_noted(data):
    data.loc[0, "satisfied"] = "lowest"
    levels = {"satisfied": ["lowest", *LEVELS]}
    note = "satisfied: one person only has 'lowest'; its threshold rests on that person alone."
    assert ps.ordinal(FORMULA, data, levels=levels).fit.notes == (note,)
    assert ps.ordinal(FORMULA, data, levels=levels, weights="weight").fit.notes == (note,)
    copies = data.assign(copies=1)
    alone = ps.ordinal(FORMULA, copies, levels=levels, weights="copies", weight_kind="frequency")
    assert alone.fit.notes == (note,)
    twice = copies.assign(copies=2)
    pair = ps.ordinal(FORMULA, twice, levels=levels, weights="copies", weight_kind="frequency")
    assert pair.fit.notes == ()
    data.loc[1, "satisfied"] = "highest"
    both = ps.ordinal(FORMULA, data, levels={"satisfied": ["lowest", *LEVELS, "highest"]})
    assert both.fit.notes[0].startswith(
        "satisfied: one person only has 'lowest', 'highest'; their thresholds"
    )


def test_text_without_an_order_is_refused_with_what_to_write(data):
    message = r"text without an order; its levels are 'high', 'low', 'mid', 'top'\."
    with pytest.raises(ps.InputError, match=message) as caught:
        ps.ordinal(FORMULA, data)
    assert "levels={'satisfied': ['high', 'low', 'mid', 'top']}" in str(caught.value)
    for unordered in (
        data.assign(satisfied=pd.Categorical(data["satisfied"], categories=LEVELS)),
        pl.from_pandas(data).with_columns(pl.col("satisfied").cast(pl.Categorical)),
        pa.Table.from_pandas(data),
    ):
        with pytest.raises(ps.InputError, match="text without an order"):
            ps.ordinal(FORMULA, unordered)


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ("low", "gives 'low' for the outcome 'satisfied', which is no order"),
        (["low", "mid", "high"], "lacks 'top', which rows hold"),
        (["low", "mid", "high", "low", "top"], "names 'low' of 'satisfied' twice"),
    ],
)
def test_an_order_that_is_none_is_refused(data, levels, message):
    with pytest.raises(ps.InputError, match=re.escape(message)):
        ps.ordinal(FORMULA, data, levels={"satisfied": levels})


def test_levels_name_the_outcome_and_the_right_side_together(data):
    levels = {**SAID, "state": "PA"}
    assert ps.ordinal(FORMULA, data, levels=levels).fit.terms[:2] == ("state[T.NC]", "state[T.OR]")
    unused = {"satisfied": ["never", *LEVELS]}
    assert "no row used has 'never'" in ps.ordinal(FORMULA, data, levels=unused).fit.notes[0]


def test_one_level_fractions_and_unordered_models_are_refused(data):
    with pytest.raises(ps.InputError, match="is 'low' in all 300 rows used"):
        ps.ordinal("satisfied ~ age", data.assign(satisfied="low"), levels={"satisfied": ["low"]})
    with pytest.raises(ps.InputError, match="holds fractions"):
        ps.ordinal("known ~ age", data)
    with pytest.raises(ps.InputError, match="names the outcome 'satisfied'"):
        ps.multinomial(FORMULA, data, levels=SAID)
    for kind in ("HC2", "HC3"):
        with pytest.raises(ps.InputError, match="defined for models of one equation"):
            ordinal(data, variance=kind)
    with pytest.raises(ps.InputError, match="defined for models of one equation"):
        ordinal(data, cluster="county", variance="CR2")


def test_separated_levels_are_an_error_that_names_the_term(data):
    apart = data.assign(told=data["code"] * 10.0 + data["known"])
    with pytest.raises(ps.ConvergenceError, match="'told' tells lower from higher levels of satisfied"):
        ordinal(apart, "satisfied ~ told")
    with pytest.raises(ps.ConvergenceError, match=r"completely separated: 'told' tells .* in all 300 rows"):
        ordinal(apart, "satisfied ~ told + age")
    rare = data.assign(rare=np.where(data.index < 12, "yes", "no"))
    rare.loc[:11, "satisfied"] = "top"
    with pytest.raises(
        ps.ConvergenceError, match=r"quasi-completely .* 'rare\[T.yes\]' tells .* in 12 of 300"
    ):
        ordinal(rare, "satisfied ~ age + rare")


def test_many_separated_rows_are_told_by_the_last_step():
    many = simulated(1, n=60_000).assign(told=lambda d: d["code"] * 10.0 + d["known"])
    with pytest.raises(ps.ConvergenceError, match="are separated: 'told' tells lower from higher levels"):
        ordinal(many, "satisfied ~ told + age")


def test_brants_test_of_what_has_none_is_refused(data):
    with pytest.raises(ps.InputError, match="is of linear"):
        ps.brant_test(ps.linear("age ~ state", data))
    with pytest.raises(ps.InputError, match="has two levels and one threshold"):
        ps.brant_test(ps.ordinal("much ~ age", data.assign(much=data["code"] > 1)))
    with pytest.raises(ps.InputError, match="is a str, not a fitted model"):
        ps.brant_test("fit")
    with pytest.raises(ps.InputError, match="by='columns'"):
        ps.brant_test(ordinal(data), by="columns")
    # nobody in OR is low: the first threshold's own logit is separated, the ordinal model is not
    gap = data[(data["state"] != "OR") | (data["satisfied"] != "low")]
    with pytest.raises(ps.ConvergenceError, match=r"at the threshold 'low\|mid' alone"):
        ps.brant_test(ordinal(gap))


def test_brants_test_finds_a_slope_that_changes(rng):
    n = 3_000
    trained = rng.integers(0, 2, n)
    # training lifts people out of the lowest level, and does nothing above it
    u = rng.random(n)
    low = np.where(trained == 1, 0.1, 0.35)
    code = (u > low).astype(int) + (u > low + (1 - low) * 0.5)
    test = ps.brant_test(ps.ordinal("code ~ trained", pd.DataFrame({"code": code, "trained": trained})))
    assert test.tidy()["p_value"].iloc[0] < 1e-6
    slopes = test.coefficients()
    assert slopes["threshold"].tolist() == ["0|1", "1|2"]
    assert_allclose(slopes["estimate"], [np.log((0.9 / 0.1) / (0.65 / 0.35)), 0.49], atol=0.35)
    ticks = [label.get_text() for label in test.plot().get_yticklabels()]
    assert ticks == ["trained", "0|1", "1|2", "proportional odds"]
    assert "Chi-square" in str(test.summary())


def test_brants_test_keeps_its_level_under_proportional_odds():
    p = [ps.brant_test(ordinal(simulated(seed), "satisfied ~ age")).p_value[0] for seed in range(200)]
    # 200 draws of a share of 0.05: its 99.9 % limits
    assert 0.005 < np.mean(np.array(p) < 0.05) < 0.12


def test_brants_test_says_where_degrees_of_freedom_are_too_few(data):
    few_counties = data.assign(county=data["county"] % 5)
    test = ps.brant_test(ordinal(few_counties, cluster="county"))
    assert np.isnan(test.statistic[0])
    assert np.isfinite(test.statistic[1:]).all()
    assert "4 degrees of freedom are too few" in test.notes[-1]
