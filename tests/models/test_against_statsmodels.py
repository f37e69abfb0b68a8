"""Unweighted fits equal statsmodels; where statsmodels goes wrong without a word, peerstats does not."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from numpy.testing import assert_allclose

import peerstats as ps

RTOL = 1e-8


@pytest.fixture(scope="module")
def anes():
    """The 1996 American National Election Study as statsmodels ships it; PID is the party, 0 to 6."""
    return sm.datasets.anes96.load_pandas().data


@pytest.fixture
def jobs(rng):
    n = 400
    age = rng.normal(45, 10, n)
    paid = rng.choice(["low", "middle", "high"], n)
    state = rng.choice(["NC", "OR", "PA"], n)
    p = np.exp(np.column_stack([np.zeros(n), 0.04 * (age - 45), 0.5 * (state == "PA") - 0.5]))
    job = np.array(["none", "other", "peer"])[
        (rng.random(n)[:, None] > (p / p.sum(axis=1, keepdims=True)).cumsum(axis=1)).sum(axis=1)
    ]
    return pd.DataFrame({"job": job, "age": age, "paid": paid, "state": state})


def test_the_election_study_s_multinomial_fit_equals_mnlogit(anes):
    formula = "PID ~ np.log(popul + 0.1) + selfLR + age + educ + income"
    for name, cov_type in (("model", "nonrobust"), ("HC0", "HC0")):
        theirs = smf.mnlogit(formula, anes).fit(method="newton", tol=1e-14, disp=0, cov_type=cov_type)
        ours = ps.multinomial(formula, anes, variance=name)
        assert list(ours.fit.terms) == list(theirs.params.index)
        assert_allclose(ours.fit.coefficients, theirs.params, rtol=RTOL)
        assert_allclose(ours.fit.loglik, theirs.llf, rtol=1e-12)
        assert_allclose(ours.fit.loglik_null, theirs.llnull, rtol=RTOL)
        assert_allclose(np.sqrt(np.diag(ours.fit.covariance)), theirs.bse.to_numpy().T.ravel(), rtol=RTOL)
        assert_allclose(ours.predict(), theirs.predict(), rtol=RTOL)


def test_the_election_study_s_vote_equals_logit(anes):
    formula = "vote ~ age + C(educ) + income:TVnews"
    for name, cov_type in (("model", "nonrobust"), ("HC0", "HC0")):
        theirs = smf.logit(formula, anes).fit(method="newton", tol=1e-14, disp=0, cov_type=cov_type)
        ours = ps.logistic(formula, anes, variance=name)
        tidy = ours.tidy()
        assert list(tidy["term"]) == [
            term.replace(".0]", "]") for term in theirs.params.index
        ]  # whole numbers are levels 1, 2, 3, whatever the column's type
        assert_allclose(tidy["estimate"], theirs.params, rtol=RTOL)
        assert_allclose(tidy["std_error"], theirs.bse, rtol=RTOL)
        assert_allclose(tidy["p_value"], theirs.pvalues, rtol=RTOL)
        assert_allclose(tidy[["conf_low", "conf_high"]], theirs.conf_int(), rtol=RTOL)
    glance = ps.logistic(formula, anes).glance()
    assert_allclose(glance["loglik"], theirs.llf, rtol=1e-12)
    assert_allclose(glance["mcfadden_r2"], theirs.prsquared, rtol=RTOL)
    assert_allclose(glance["aic"], theirs.aic, rtol=RTOL)
    assert_allclose(glance["bic"], theirs.bic, rtol=RTOL)


def test_cluster_robust_errors_equal_statsmodels(jobs):
    theirs = sm.MNLogit(jobs["job"].astype("category").cat.codes, sm.add_constant(jobs[["age"]])).fit(
        method="newton",
        tol=1e-14,
        disp=0,
        cov_type="cluster",
        cov_kwds={"groups": jobs["age"].round().astype(int), "use_correction": False},
    )
    ours = ps.multinomial(
        "job ~ age", jobs.assign(group=jobs["age"].round()), cluster="group", variance="CR0"
    )
    assert_allclose(np.sqrt(np.diag(ours.fit.covariance)), theirs.bse.to_numpy().T.ravel(), rtol=RTOL)


def test_t_tests_use_the_t_distribution(jobs):
    from scipy import stats  # noqa: PLC0415  (slow to load, needed once)

    result = ps.logistic("job ~ age", jobs.assign(job=jobs["job"] == "peer"), cluster="state", conf_level=0.9)
    tidy = result.tidy()
    assert set(tidy["df"]) == {2.0}
    assert_allclose(tidy["p_value"], 2 * stats.t.sf(np.abs(tidy["statistic"]), 2), rtol=1e-10)
    half = stats.t.ppf(0.95, 2) * tidy["std_error"]
    assert_allclose(tidy["conf_low"], tidy["estimate"] - half, rtol=1e-10)


def test_an_outcome_may_be_words_where_statsmodels_raises(jobs):
    with pytest.raises(ValueError, match="endog"):
        smf.mnlogit("job ~ age", jobs)
    assert ps.multinomial("job ~ age", jobs).fit.outcome_levels == ("none", "other", "peer")


def test_weights_are_used_where_statsmodels_ignores_them(jobs):
    weighted = jobs.assign(w=np.where(jobs["job"] == "peer", 3, 1))
    plain = ps.multinomial("job ~ age", jobs)
    result = ps.multinomial("job ~ age", weighted, weights="w", weight_kind="frequency")
    assert np.abs(result.fit.coefficients - plain.fit.coefficients).max() > 0.5


def test_missing_outcomes_are_dropped_and_counted_where_statsmodels_keeps_them(jobs):
    holes = jobs.assign(job=jobs["job"].mask(jobs.index % 5 == 0))
    result = ps.multinomial("job ~ age", holes)
    complete = ps.multinomial("job ~ age", holes.dropna())
    assert (result.fit.n_rows, result.fit.n_missing) == (320, 80)
    assert result.fit.dropped == (("job missing", 80),)
    assert_allclose(result.fit.coefficients, complete.fit.coefficients, rtol=1e-14)
    assert "320 rows of 400 (left out: 80 job missing)" in repr(result)


def test_a_level_without_rows_gets_no_equation_where_statsmodels_gives_one(jobs):
    unused = jobs.assign(job=pd.Categorical(jobs["job"], ["peer", "none", "other", "retired"]))
    result = ps.multinomial("job ~ age", unused)
    assert result.fit.outcome_levels == ("peer", "none", "other")
    assert result.fit.notes == ("job: no row used has 'retired'; left out of the levels.",)


def test_separation_is_an_error_that_names_term_and_outcome_where_statsmodels_warns(jobs):
    separated = jobs.assign(
        licence=np.where(jobs["job"] == "peer", "yes", np.where(jobs["age"] > 45, "no", "?"))
    )
    with pytest.raises(
        ps.ConvergenceError, match=r"'licence\[T.yes\]'.* job 'peer'.*from 'none'.*grow without"
    ):
        ps.multinomial("job ~ age + licence", separated)


def test_a_nearly_separating_term_is_noted():
    n = 60
    age = np.arange(n) - n / 2 + 0.5
    job = (age > 0).astype(int)
    job[[n // 2 - 1, n // 2]] = job[[n // 2, n // 2 - 1]]
    result = ps.logistic("job ~ age", pd.DataFrame({"job": job, "age": age * 1.0}))
    assert result.fit.converged
    p = result.predict().to_numpy()
    extreme = int(((p < 1e-8) | (p > 1 - 1e-8)).any(axis=1).sum())
    assert extreme > 10
    assert len(result.fit.notes) == 1
    assert result.fit.notes[0].startswith(f"{extreme} rows have a fitted probability within 1e-8 of 0 or 1")
