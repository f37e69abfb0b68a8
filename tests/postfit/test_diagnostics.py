"""Diagnostics: statsmodels, brute force, laws, and what is refused."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from statsmodels.stats.diagnostic import het_breuschpagan, linear_reset
from statsmodels.stats.outliers_influence import OLSInfluence

import peerstats as ps
from peerstats.numerics import area_under_curve, group_by_share, hosmer_lemeshow, one_step
from peerstats.plots import new_axes


def sample(seed=5, n=160):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.normal(45, 10, n),
            "state": rng.choice(["NC", "OR", "PA"], n),
            "county": np.arange(n) % 20,
            "weight": rng.uniform(0.5, 3, n),
            "copies": rng.integers(1, 4, n),
        },
        index=pd.Index([f"id{i}" for i in range(n)], name="person"),
    )
    frame["peer"] = (rng.random(n) < 1 / (1 + np.exp(2 - 0.04 * frame["age"]))).astype(int)
    frame["job"] = rng.choice(["none", "other", "peer"], n)
    frame["wage"] = np.exp(2.5 + 0.01 * frame["age"] + rng.normal(0, 0.3, n))
    return frame


@pytest.fixture(scope="module")
def people():
    return sample()


@pytest.fixture(scope="module")
def design(people):
    dummies = pd.get_dummies(people["state"], drop_first=True).astype(float)
    return sm.add_constant(dummies.assign(age=people["age"]))


# --- outside references


def test_influence_is_that_of_statsmodels(people, design):
    ours = ps.logistic("peer ~ state + age", people).influence()
    glm = sm.GLM(people["peer"], design, family=sm.families.Binomial()).fit(tol=1e-14)
    theirs = glm.get_influence(observed=False)
    # statsmodels stops at a deviance that changes by 1e-14
    assert_allclose(ours.leverage, theirs.hat_matrix_diag, rtol=1e-6)
    assert_allclose(ours.cooks_distance, theirs.cooks_distance[0], rtol=1e-6)
    assert_allclose(ours.standardised, theirs.resid_studentized, rtol=1e-6)
    linear = ps.linear("wage ~ state + age", people).influence()
    theirs = OLSInfluence(sm.OLS(people["wage"], design).fit())
    assert_allclose(linear.dfbetas, theirs.dfbetas, rtol=1e-9, atol=1e-12)
    assert_allclose(linear.standardised, theirs.resid_studentized_internal, rtol=1e-9)


def test_reset_and_breusch_pagan_are_statsmodels(people, design):
    tests = ps.linear("wage ~ state + age", people).diagnostics().tidy().set_index("test")
    fit = sm.OLS(people["wage"], design).fit()
    reset = linear_reset(fit, power=3, use_f=True)
    assert_allclose(tests.loc["RESET", "statistic"], reset.fvalue, rtol=1e-6)  # its powers are not scaled
    assert_allclose(
        tests.loc["Breusch-Pagan", "statistic"], het_breuschpagan(fit.resid, design)[0], rtol=1e-9
    )


def test_in_least_squares_dfbeta_is_the_fit_without_the_row(people):
    ours = ps.linear("wage ~ age", people).influence()
    whole = ps.linear("wage ~ age", people).fit.coefficients[:, 0]
    for i in (0, 17, 99):
        without = ps.linear("wage ~ age", people.drop(index=people.index[i])).fit.coefficients[:, 0]
        assert_allclose(ours.dfbeta[i], whole - without, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("call", [ps.logistic, ps.multinomial])
def test_one_step_is_near_the_fit_without_the_row(people, call):
    formula = "peer ~ age" if call is ps.logistic else "job ~ age"
    result = call(formula, people)
    ours = result.influence()
    for i in np.argsort(-ours.cooks_distance)[:3]:
        without = call(formula, people.drop(index=people.index[i])).fit.coefficients
        change = (result.fit.coefficients - without).T.ravel()
        error = np.sqrt(np.diag(result.fit.covariance))
        # one step leaves out what is of second order in the row's leverage
        assert_allclose(ours.dfbeta[i] / error, change / error, atol=0.02)


def test_the_area_under_the_curve_is_the_share_of_pairs():
    rng = np.random.default_rng(1)
    score, event, w = rng.integers(0, 8, 90) / 8, rng.random(90) < 0.4, rng.uniform(0.2, 3, 90)
    pairs = (score[event][:, None] > score[~event]) + 0.5 * (score[event][:, None] == score[~event])
    weight = np.outer(w[event], w[~event])
    found = area_under_curve(score, event, w)
    assert_allclose(found.area, (pairs * weight).sum() / weight.sum())
    assert_allclose(np.trapezoid(found.true_positive, found.false_positive), found.area)


def test_pseudo_r2_follow_from_the_likelihoods(people):
    result = ps.logistic("peer ~ age", people)
    fit, figures = result.fit, result.diagnostics().glance().iloc[0]
    n, gain = 160, 2 * (fit.loglik - fit.loglik_null)
    assert_allclose(figures["mcfadden_r2"], 1 - fit.loglik / fit.loglik_null)
    assert_allclose(figures["mcfadden_adjusted_r2"], 1 - (fit.loglik - 2) / fit.loglik_null)
    assert_allclose(figures["cox_snell_r2"], 1 - np.exp(-gain / n))
    assert_allclose(figures["nagelkerke_r2"], figures["cox_snell_r2"] / (1 - np.exp(2 * fit.loglik_null / n)))
    p = result.predict()["1"]
    assert_allclose(figures["tjur_r2"], p[people["peer"] == 1].mean() - p[people["peer"] == 0].mean())
    eta = np.log(p / (1 - p))
    assert_allclose(figures["mckelvey_zavoina_r2"], eta.var(ddof=0) / (eta.var(ddof=0) + np.pi**2 / 3))
    assert_allclose(figures["brier"], ((p - people["peer"]) ** 2).mean())


# --- laws


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n_outcomes=st.integers(2, 4), groups=st.integers(3, 12))
def test_counts_as_expected_have_no_chi_square_and_groups_hold_like_weights(seed, n_outcomes, groups):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(n_outcomes), 200).T
    w = rng.uniform(0.5, 2, 200)
    codes = group_by_share(1 - p[0], w, groups)
    test, observed, expected = hosmer_lemeshow(p, rng.integers(0, n_outcomes, 200), w, codes)
    assert_allclose(observed.sum(axis=0), expected.sum(axis=0))
    assert test.df_numerator == (groups - 2) * (n_outcomes - 1)
    share = np.bincount(codes, w) / w.sum()
    # a group's share is within one row's of its part
    assert np.abs(share - 1 / groups).max() < 2 * w.max() / w.sum()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_leverages_sum_to_the_number_of_coefficients(seed):
    people = sample(seed % 50, 80)
    for result in (
        ps.logistic("peer ~ age", people, weights="weight"),
        ps.multinomial("job ~ age", people),
        ps.linear("wage ~ age", people, weights="weight", weight_kind="precision"),
    ):
        assert_allclose(result.influence().leverage.sum(), result.fit.n_parameters, rtol=1e-6)


def test_frequencies_are_rows_repeated(people):
    repeated = people.loc[people.index.repeat(people["copies"])]
    for formula, call in (
        ("peer ~ age", ps.logistic),
        ("job ~ age", ps.multinomial),
        ("wage ~ age", ps.linear),
    ):
        one = call(formula, people, weights="copies", weight_kind="frequency")
        two = call(formula, repeated)
        pd.testing.assert_frame_equal(one.diagnostics().tidy(), two.diagnostics().tidy(), rtol=1e-6)
        pd.testing.assert_frame_equal(one.diagnostics().glance(), two.diagnostics().glance(), rtol=1e-6)
        first = ~repeated.index.duplicated()
        # the same influence of one of the copies
        assert_allclose(one.influence().dfbeta, two.influence().dfbeta[first], rtol=1e-5, atol=1e-9)
        assert_allclose(one.influence().leverage, two.influence().leverage[first], rtol=1e-6)


@pytest.mark.parametrize("call", ["goodness_of_fit", "calibration", "influence", "diagnostics"])
def test_the_scale_of_sampling_weights_does_not_matter(people, call):
    one, two = (
        getattr(
            ps.logistic("peer ~ age", people.assign(weight=people["weight"] * scale), weights="weight"), call
        )()
        for scale in (1, 1000)
    )
    pd.testing.assert_frame_equal(
        one.tidy().drop(columns=["observed", "expected"], errors="ignore"),
        two.tidy().drop(columns=["observed", "expected"], errors="ignore"),
        rtol=1e-6,
    )


def test_the_base_changes_no_variance_inflation_nor_influence(people):
    one, two = (ps.multinomial("job ~ age + state", people, base=base) for base in ("none", "peer"))
    pd.testing.assert_frame_equal(one.vif(), two.vif(), rtol=1e-6)
    assert_allclose(one.influence().leverage, two.influence().leverage, rtol=1e-6)
    assert_allclose(one.influence().cooks_distance, two.influence().cooks_distance, rtol=1e-5)


def test_a_fit_is_calibrated_in_its_own_rows_and_need_not_be_in_others(people):
    result = ps.logistic("peer ~ age", people)
    own = result.calibration().tidy().set_index("quantity")["estimate"]
    assert_allclose(own[["calibration_intercept", "calibration_slope"]], [0, 1], atol=1e-6)
    same = result.calibration(people).tidy()
    pd.testing.assert_frame_equal(same, result.calibration().tidy(), rtol=1e-6, atol=1e-9)
    # odds ten times as high: the intercept is log 10
    shifted = people.assign(peer=1)
    shifted = pd.concat([shifted] * 10 + [people.assign(peer=0)])
    other = result.calibration(shifted).tidy().set_index("quantity")["estimate"]
    assert other["calibration_intercept"] > 1
    assert other["calibration_slope"] == pytest.approx(0, abs=1e-6)
    assert other["auc"] == pytest.approx(0.5)


def test_archer_lemeshow_with_a_jackknife_of_clusters_is_the_linearised(people):
    design = ps.SurveyDesign(weights="weight", cluster="county")
    linearised = ps.logistic("peer ~ age", people, design=design).goodness_of_fit(groups=4)
    jackknife = ps.logistic("peer ~ age", people, design=design.with_replicates("JK1"))
    found = jackknife.goodness_of_fit(groups=4)
    # sums are linear in the weights, so a jackknife of clusters gives the linearised covariance
    assert_allclose(found.result.statistic, linearised.result.statistic, rtol=1e-9)


# --- what a loaded fit gives, and what is printed


def test_a_loaded_fit_gives_the_same_once_it_has_rows(people, tmp_path):
    result = ps.logistic("peer ~ age + state", people)
    result.save(tmp_path / "fit.json")
    loaded = ps.load_fit(tmp_path / "fit.json")
    pd.testing.assert_frame_equal(loaded.vif(), result.vif())
    for call in ("goodness_of_fit", "influence", "diagnostics"):
        with pytest.raises(ps.InputError, match=rf"{call}\(\): the fit was loaded and holds no rows"):
            getattr(loaded, call)()
        pd.testing.assert_frame_equal(getattr(loaded, call)(people).tidy(), getattr(result, call)().tidy())
    # a validation needs other rows only
    assert_allclose(
        loaded.calibration(people.iloc[:80]).tidy()["estimate"],
        result.calibration(people.iloc[:80]).tidy()["estimate"],
    )


def test_influential_rows_have_the_caller_s_names_and_are_never_saved(people):
    holes = people.copy()
    holes.loc["id3", "age"] = np.nan
    result = ps.logistic("peer ~ age", holes).influence(top=3)
    assert "id3" not in result.rows
    assert len(result.tables()[0].rows) == 3
    assert result.most(1)["row"][0] == result.tables()[0].rows[0][0]
    assert not any(f'"{row}"' in json.dumps(result.to_dict()) for row in people.index)
    numbers = ps.logistic("peer ~ age", pl.from_pandas(people)).influence().tidy()
    assert numbers["row"].to_list() == list(range(160))


def test_a_row_that_no_other_resembles_has_a_leverage_of_one(people):
    alone = people.assign(only=(people.index == "id5").astype(int))
    result = ps.linear("wage ~ age + only", alone).influence()
    row = result.tidy().set_index("row").loc["id5"]
    assert row["leverage"] == pytest.approx(1)
    assert np.isnan(row["cooks_distance"])
    assert result.most(1)["row"][0] == "id5"


@pytest.mark.parametrize("call", ["goodness_of_fit", "calibration", "influence", "diagnostics"])
def test_every_diagnostic_prints_and_is_json(people, call):
    result = getattr(ps.logistic("peer ~ age + state", people, cluster="county"), call)()
    assert "peer ~ age + state" in result.summary()
    assert len(result.glance()) == 1
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["schema"] == 1


def test_plots_show_groups_curves_and_rows(people):
    result = ps.logistic("peer ~ age", people)
    assert len(result.goodness_of_fit().plot(new_axes()).lines[1].get_xdata()) == 10
    assert len(result.calibration(groups=5).plot(new_axes()).lines[1].get_xdata()) == 5
    x = result.calibration().plot_roc(new_axes()).lines[1].get_xdata()
    assert (x[0], x[-1]) == (0, 1)
    assert len(result.influence().plot(new_axes()).texts) == 5


def test_several_outcomes_have_no_residual_of_one_number(people):
    result = ps.multinomial("job ~ age", people).influence()
    assert result.tidy()["pearson_residual"].isna().all()
    assert "Pearson" not in result.summary()


# --- what is refused


def test_the_plain_test_is_refused_where_errors_are_robust(people):
    with pytest.raises(ps.InputError, match="no test is known for 3 outcomes with linearized errors"):
        ps.multinomial("job ~ age", people, weights="weight").goodness_of_fit()
    notes = ps.multinomial("job ~ age", people, cluster="county").diagnostics().notes
    assert any(
        "No goodness of fit: no test is known for 3 outcomes with CR1 errors" in note for note in notes
    )
    notes = ps.linear("wage ~ age", people, variance="HC3").diagnostics().notes
    assert any("No Breusch-Pagan: the errors are HC3" in note for note in notes)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda d: ps.linear("wage ~ age", d).goodness_of_fit(), r"linear\(\) has none"),
        (
            lambda d: ps.mixed_linear("wage ~ age", d, group="county").diagnostics(),
            r"mixed_linear\(\) has none",
        ),
        (
            lambda d: ps.mixed_linear("wage ~ age", d, group="county").influence(),
            r"mixed_linear\(\) has none",
        ),
        (lambda d: ps.multinomial("job ~ age", d).calibration(), "it is for two outcomes"),
        (lambda d: ps.logistic("peer ~ age", d).vif(), "fewer than two terms"),
        (lambda d: ps.logistic("peer ~ state", d).goodness_of_fit(groups=2), "groups=2"),
        (lambda d: ps.logistic("peer ~ age > 40", d).goodness_of_fit(), "have 2 groups of distinct values"),
        (lambda d: ps.logistic("peer ~ age", d).diagnostics(groups=1), "groups=1"),
        (lambda d: ps.logistic("peer ~ age", d).calibration(groups=0), "groups=0"),
        (lambda d: ps.logistic("peer ~ age", d).influence(top=0), "top=0"),
        (lambda d: ps.logistic("peer ~ age", d).calibration(d.assign(peer=2)), "the outcome 'peer' holds 2"),
        (lambda d: ps.logistic("peer ~ age", d).calibration(d.assign(peer=1)), "one outcome or none"),
        (
            lambda d: ps.logistic("peer ~ age", d).calibration(d.drop(columns="age")),
            "'age' is not in the data",
        ),
        (
            lambda d: ps.logistic("peer ~ age", d, weights="weight").calibration(d.assign(weight=-1.0)),
            "hold -1.0",
        ),
        (
            lambda d: ps.logistic("peer ~ age + state", d[d["county"] < 3], cluster="county").vif(),
            "has no full rank",
        ),
    ],
)
def test_what_has_no_meaning_is_told(people, ask, told):
    with pytest.raises(ps.InputError, match=told):
        ask(people)


def test_a_design_of_few_clusters_has_no_f_and_says_so(people):
    result = ps.logistic("peer ~ age", people[people["county"] < 6], cluster="county").goodness_of_fit()
    assert np.isnan(result.result.p_value)
    assert any("ask for fewer, groups=" in note for note in result.notes)


def test_a_step_from_several_equations_is_that_of_each_where_they_are_apart():
    rng = np.random.default_rng(3)
    x, residual = rng.normal(size=(2, 5)), rng.normal(size=(2, 5))
    bread, w = np.diag(rng.uniform(0.1, 0.2, 4)), np.ones(5)
    curvature = np.zeros((5, 2, 2))
    curvature[:, 0, 0], curvature[:, 1, 1] = 0.2, 0.3
    both = one_step(x, residual, curvature, bread, w)
    apart = [
        one_step(
            x,
            residual[[e]],
            curvature[:, [e], [e]][:, :, None],
            bread[2 * e : 2 * e + 2, 2 * e : 2 * e + 2],
            w,
        )
        for e in range(2)
    ]
    assert_allclose(both.leverage, apart[0].leverage + apart[1].leverage)
    assert_allclose(both.dfbeta, np.vstack([each.dfbeta for each in apart]))
    assert_allclose(both.distance, apart[0].distance + apart[1].distance)


def test_an_intercept_alone_ranks_nobody(people):
    result = ps.logistic("peer ~ 1", people)
    found = result.calibration().tidy().set_index("quantity")["estimate"]
    assert found["auc"] == 0.5
    assert np.isnan(found["calibration_slope"])
    assert result.diagnostics().tests == {}
    assert len(result.diagnostics().notes) == 3
    assert result.diagnostics().glance()["mcfadden_r2"][0] == pytest.approx(0, abs=1e-12)


def test_predictions_beyond_the_sample_overflow_nowhere(people):
    far = people.assign(age=people["age"] * 1e6)
    found = ps.logistic("peer ~ age", people).calibration(far)
    assert 0 <= found.estimate[3] <= 1


def test_rows_read_in_batches_have_the_same_diagnostics(people, tmp_path):
    path = tmp_path / "people.parquet"
    people.reset_index().to_parquet(path)
    for formula, call in (("peer ~ age", ps.logistic), ("wage ~ age", ps.linear)):
        for asked in ({}, {"cluster": "county"}):
            batched = call(formula, pq.ParquetFile(path), **asked)
            whole = call(formula, people, **asked)
            found, expected = (
                [test.statistic for test in result.diagnostics().tests.values()]
                for result in (batched, whole)
            )
            assert_allclose(found, expected, rtol=1e-7)
    with pytest.raises(ps.InputError, match="the rows are not in memory"):
        batched.influence()


def test_with_a_group_for_each_pattern_hosmer_lemeshow_is_pearson_s_chi_square():
    """Eleven doses of thirty each; ties stay together, so that groups are doses."""
    successes = np.array([10, 13, 17, 15, 10, 5, 4, 3, 3, 1, 0])  # Wikipedia, "Hosmer-Lemeshow test"
    dose = pd.DataFrame({"caffeine": np.arange(0, 501, 50), "n": successes})
    long = pd.concat([dose.assign(grade="A"), dose.assign(grade="other", n=30 - successes)])
    fit = ps.logistic("grade ~ caffeine", long, base="other", weights="n", weight_kind="frequency")
    test = fit.goodness_of_fit(groups=11).result
    x = sm.add_constant(dose["caffeine"].astype(float))
    grouped = sm.GLM(np.stack([successes, 30 - successes], axis=1), x, family=sm.families.Binomial())
    # statsmodels stops at a deviance that changes by 1e-14
    assert_allclose(test.statistic, grouped.fit(tol=1e-14).pearson_chi2, rtol=1e-6)
    assert test.df_numerator == 9
