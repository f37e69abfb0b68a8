"""Refits under replicate weights are those of one cold fit after the other, and of R's survey."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import peerstats as ps
from peerstats.engines import bootstrap_replicates, jackknife_replicates, replicate, replicate_variance
from peerstats.numerics import ArrayRows, fit_multinomial, least_squares_refits, multinomial_refits

GOLDEN = Path(__file__).parents[1] / "golden" / "replicate_refits_survey"
few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
# A refit ends when its error is 1e-9 of a predictor's distance from the start, which is a unit or less; a
# coefficient of a rare cell moves several times as far as the predictors' mean square.
RTOL, ATOL = 1e-7, 1e-7


def problem(seed, n=240, k=4, outcomes=3):
    rng = np.random.default_rng(seed)
    x = np.vstack([np.ones(n), rng.normal(size=(k - 1, n))])
    odds = np.vstack([np.ones(n), np.exp(rng.normal(0, 0.4, (outcomes - 1, k)) @ x)])
    return x, (rng.random(n) > (odds / odds.sum(axis=0)).cumsum(axis=0)).sum(axis=0)


def cold(x, y, w=None, outcomes=3):
    """Return the fit from zero of one set of weights, and whether it converged."""
    total = len(y) if w is None else w.sum()
    fit = fit_multinomial(ArrayRows(x=x, y=y, w=w), outcomes, np.abs(x).max(axis=1), float(total))
    return fit.beta, fit.converged


def whole(source):
    return np.concatenate([w for _, w in source.chunks(source.n_replicates)], axis=1)


def golden():
    table = pd.read_csv(GOLDEN / "input_simulated.csv")
    expected = pd.read_csv(GOLDEN / "expected.csv").set_index(["kind", "model"])
    strata = pd.factorize(table.stratum)[0]
    x = np.vstack([np.ones(len(table)), table.age, table.urban])
    return table, x, strata, expected


@pytest.mark.parametrize("kind", ["JK1", "JKn"])
@pytest.mark.parametrize("model", ["multinomial", "logistic", "linear"])
def test_jackknife_variances_of_refits_are_those_of_r_survey(kind, model):
    table, x, strata, expected = golden()
    w = table.weight.to_numpy()
    source = jackknife_replicates(
        len(table),
        weights=w,
        weight_kind="sampling",
        cluster=table.psu.to_numpy(),
        strata=strata if kind == "JKn" else None,
    )
    if model == "linear":
        y = table.wage.to_numpy()
        estimate = least_squares_refits(x, y, w[:, None])[0]
        values = replicate(lambda each: least_squares_refits(x, y, each), source)
    else:
        y = table.job.to_numpy() if model == "multinomial" else (table.job == 2).astype(int).to_numpy()
        estimate, _ = cold(x, y, w, y.max() + 1)
        start = estimate.reshape(-1, 3)
        values = replicate(lambda each: multinomial_refits(x, y, each, start).coefficients, source)
    variance = replicate_variance(values, source)
    row = expected.loc[(kind, model)]
    # glm stops where the deviance is still to 1e-14: its coefficients are good to about 1e-9; the others
    # differ by rounding, and R prints 15 digits
    rtol = 1e-7 if model == "logistic" else 1e-9
    assert_allclose(estimate, row.estimate, rtol=rtol)
    assert_allclose(np.diag(variance), row.variance, rtol=rtol)
    assert_allclose(variance[0], row.with_first, rtol=rtol)


@few
@given(seeds, st.integers(2, 4), st.sampled_from([40, 240]))
def test_a_refit_is_a_cold_fit_of_the_same_weights(seed, outcomes, n):
    # of 40 rows many a resample is separated: neither may then pass for converged
    x, y = problem(seed, n=n, outcomes=outcomes)
    start, _ = cold(x, y, outcomes=outcomes)
    weights = whole(bootstrap_replicates(n, n_replicates=12, rng=seed))
    refits = multinomial_refits(x, y, weights, start.reshape(outcomes - 1, 4))
    for w, refit, done in zip(weights.T, refits.coefficients, refits.converged, strict=True):
        apart, apart_converged = cold(x, y, np.ascontiguousarray(w), outcomes)
        assert done == apart_converged
        # the last Newton step is below 1e-9, and its error about the square of that
        assert_allclose(refit, apart if done else np.nan, rtol=RTOL, atol=ATOL)


def test_a_refit_with_an_offset_takes_what_the_offset_explains_out():
    x, y = problem(2, outcomes=2)
    known = np.array([0.4, -0.3])
    start, _ = cold(x, y, outcomes=2)
    weights = whole(bootstrap_replicates(240, n_replicates=10, rng=3))
    plain = multinomial_refits(x, y, weights, start[None])
    moved = multinomial_refits(x, y, weights, start[None], offset=known @ x[1:3])
    shift = np.array([0, *known, 0])
    assert_allclose(moved.coefficients, plain.coefficients - shift, rtol=RTOL, atol=ATOL)


def test_refits_of_bootstrap_counts_are_frequency_weighted_fits():
    x, y = problem(4)
    frame = pd.DataFrame(x[1:].T, columns=["a", "b", "c"]).assign(job=np.array(["0", "1", "2"])[y])
    start, _ = cold(x, y)
    weights = whole(bootstrap_replicates(240, n_replicates=3, rng=5))
    refits = multinomial_refits(x, y, weights, start.reshape(2, 4)).coefficients
    for counts, refit in zip(weights.T, refits, strict=True):
        drawn = frame.assign(times=counts)[counts > 0]
        fit = ps.multinomial("job ~ a + b + c", drawn, weights="times", weight_kind="frequency").fit
        assert_allclose(refit, np.ravel(fit.coefficients, order="F"), rtol=RTOL, atol=ATOL)
        repeated = np.repeat(np.arange(240), counts.astype(int))
        peer = sm.MNLogit(y[repeated], x.T[repeated]).fit(method="newton", tol=1e-14, disp=0)
        assert_allclose(refit, np.ravel(peer.params, order="F"), rtol=1e-8, atol=1e-9)


def test_two_outcomes_are_a_logistic_regression():
    x, y = problem(6, outcomes=2)
    start, _ = cold(x, y, outcomes=2)
    weights = np.random.default_rng(7).gamma(2, size=(240, 4))
    refits = multinomial_refits(x, y, weights, start[None]).coefficients
    for w, refit in zip(weights.T, refits, strict=True):
        glm = sm.GLM(y, x.T, family=sm.families.Binomial(), freq_weights=w).fit(tol=1e-14)
        assert_allclose(refit, glm.params, rtol=1e-8, atol=1e-9)


def test_a_replicate_without_an_outcome_or_a_level_or_any_weight_is_missing_alone():
    x, y = problem(8)
    level = np.arange(240) % 5 == 0
    x = np.vstack([x, level])
    start, _ = cold(x, y)
    weights = whole(bootstrap_replicates(240, n_replicates=9, rng=9)).copy()
    before = multinomial_refits(x, y, weights, start.reshape(2, 5)).coefficients
    weights[y == 0, 1] = 0
    weights[y == 2, 3] = 0
    weights[level, 5] = 0
    weights[:, 7] = 0
    refits = multinomial_refits(x, y, weights, start.reshape(2, 5))
    lost = np.isin(np.arange(9), [1, 3, 5, 7])
    assert_array_equal(refits.converged, ~lost)
    assert np.isnan(refits.coefficients[lost]).all()
    # the others are summed in other company: rounding
    assert_allclose(refits.coefficients[~lost], before[~lost], rtol=1e-12, atol=1e-13)


def test_a_separated_replicate_does_not_pass_for_converged():
    x, y = problem(10, outcomes=2)
    x = np.vstack([x, np.arange(240) % 4 == 0])
    start, _ = cold(x, y, outcomes=2)
    weights = np.ones((240, 4))
    weights[(x[4] == 1) & (y == 0), 1] = 0  # quasi-complete: whoever is in the level works there
    weights[:, 2] = (x[1] > 0) == (y == 1)  # complete: the first predictor parts the outcomes
    refits = multinomial_refits(x, y, weights, start[None])
    assert_array_equal(refits.converged, [True, False, False, True])
    assert_array_equal(np.isnan(refits.coefficients).any(axis=1), [False, True, True, False])


def test_a_start_from_which_newton_overshoots_ends_at_the_same_maximum():
    x, y = problem(12)
    near, _ = cold(x, y)
    weights = whole(bootstrap_replicates(240, n_replicates=6, rng=13))
    expected = multinomial_refits(x, y, weights, near.reshape(2, 4)).coefficients
    far = np.array([[3.0, -2.5, 2.0, 2.5], [-3.0, 2.0, 3.0, -2.0]])
    from_afar = multinomial_refits(x, y, weights, far)
    assert from_afar.converged.all()
    assert_allclose(from_afar.coefficients, expected, rtol=RTOL, atol=ATOL)


def test_columns_of_very_different_size_and_nearly_parallel_are_fitted_too():
    x, y = problem(14)
    turned = np.array([[1, 0, 0, 0], [1e2, 1e-2, 0, 0], [0, 1e2, 1.0, 0], [0, 0, 5e2, 1e6]])
    start, _ = cold(x, y)
    weights = whole(bootstrap_replicates(240, n_replicates=5, rng=15))
    plain = multinomial_refits(x, y, weights, start.reshape(2, 4)).coefficients.reshape(5, 2, 4)
    moved = multinomial_refits(turned @ x, y, weights, np.linalg.solve(turned.T, start.reshape(2, 4).T).T)
    assert moved.converged.all()
    # columns 1e4 and 1e2 times nearer than they are long: rounding of the design times 1e6
    assert_allclose(moved.coefficients.reshape(5, 2, 4) @ turned, plain, rtol=1e-8, atol=1e-8)


@few
@given(seeds, st.integers(1, 70))
def test_chunks_of_replicates_do_not_matter(seed, size):
    x, y = problem(seed)
    wage = x[1] + np.random.default_rng(seed).normal(size=240)
    start = cold(x, y)[0].reshape(2, 4)
    source = bootstrap_replicates(240, n_replicates=70, rng=seed)
    weights = whole(source)

    def statistic(w):
        logit = multinomial_refits(x, y, w, start).coefficients
        return np.hstack([logit, least_squares_refits(x, wage, w)])

    once = statistic(weights)
    for n_threads in (1, 2):
        parts = replicate(statistic, source, memory=8 * 3 * 240 * size, n_threads=n_threads)
        assert_allclose(parts, once, rtol=1e-12, atol=1e-12)


def test_rows_by_blocks_give_what_rows_at_once_give():
    # above 1,024 rows the products of columns are formed by blocks
    x, y = problem(16, n=2500)
    wage = x[2] - x[1] + np.random.default_rng(17).normal(size=2500)
    start, _ = cold(x, y)
    weights = whole(bootstrap_replicates(2500, n_replicates=4, rng=18))
    logit = multinomial_refits(x, y, weights, start.reshape(2, 4)).coefficients
    linear = least_squares_refits(x, wage, weights)
    for r, w in enumerate(weights.T):
        assert_allclose(logit[r], cold(x, y, np.ascontiguousarray(w))[0], rtol=RTOL, atol=ATOL)
        root = np.sqrt(w)
        assert_allclose(linear[r], np.linalg.lstsq((x * root).T, wage * root)[0], rtol=1e-11, atol=1e-12)


@few
@given(seeds)
def test_least_squares_of_each_replicate_are_numpys(seed):
    x, _ = problem(seed)
    y = np.array([17, 0.5, -1, 2]) @ x + np.random.default_rng(seed).normal(size=240)
    weights = whole(bootstrap_replicates(240, n_replicates=8, rng=seed))
    for w, refit in zip(weights.T, least_squares_refits(x, y, weights), strict=True):
        root = np.sqrt(w)
        assert_allclose(refit, np.linalg.lstsq((x * root).T, y * root)[0], rtol=1e-10, atol=1e-12)


def test_least_squares_keep_the_digits_of_an_ill_conditioned_design():
    # powers of a year's number: condition 1e10, whose square would leave nothing
    year = np.linspace(2010, 2020, 60)
    x = np.vstack([np.ones(60), year, year**2]) / [[1], [1e3], [1e6]]
    y = 3 + np.sin(year)
    weights = np.random.default_rng(19).uniform(0.2, 3, (60, 5))
    refits = least_squares_refits(x, y, weights)
    for w, refit in zip(weights.T, refits, strict=True):
        root = np.sqrt(w)
        expected = np.linalg.lstsq((x * root).T, y * root, rcond=0)[0]
        # coefficients are good to condition times rounding, what is fitted to much more
        assert_allclose(refit, expected, rtol=1e-5)
        assert_allclose(refit @ x, expected @ x, atol=1e-9)


def test_least_squares_without_a_level_are_missing_alone():
    x, _ = problem(20)
    x = np.vstack([x, np.arange(240) < 3])
    y = x.sum(axis=0)
    weights = np.ones((240, 3))
    weights[:3, 1] = 0
    refits = least_squares_refits(x, y, weights)
    assert_array_equal(np.isnan(refits).all(axis=1), [False, True, False])
    assert_allclose(refits[[0, 2]], 1, rtol=1e-12)


def test_fewer_rows_than_columns_or_an_empty_column_give_nothing():
    y, weights = np.array([0, 1, 1]), np.ones((3, 2))
    for x in (np.arange(12.0).reshape(4, 3), np.vstack([np.ones(3), np.zeros(3)])):
        refits = multinomial_refits(x, y, weights, np.zeros((1, len(x))))
        assert not refits.converged.any()
        assert np.isnan(refits.coefficients).all()
        assert np.isnan(least_squares_refits(x, y.astype(float), weights)).all()
