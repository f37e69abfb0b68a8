"""The kernel of cumulative logits: derivatives, laws, refits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from peerstats.numerics import (
    ArrayRows,
    Block,
    cumulative_kernel,
    cumulative_refits,
    cumulative_scores,
    fit_cumulative,
    fit_multinomial,
    multinomial_loglik_null,
    ordinal_response,
)

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def simulated(seed, n=300, k=3, n_levels=4):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(k, n))
    latent = rng.normal(scale=0.4, size=k) @ x + rng.logistic(size=n)
    y = np.digitize(latent, np.linspace(-1.2, 1.2, n_levels - 1))
    return ArrayRows(x=x, y=y, w=rng.uniform(0.2, 3, n), offset=rng.normal(scale=0.3, size=n))


def fit(rows, n_levels=4):
    totals = np.bincount(rows.y, rows.w, minlength=n_levels)
    return fit_cumulative(rows, np.abs(rows.x).max(axis=1), totals)


def whole(rows):
    return Block(x=rows.x, y=rows.y, w=rows.w, offset=rows.offset)


@few
@given(seeds)
def test_score_and_information_are_derivatives_of_the_log_likelihood(seed):
    rng = np.random.default_rng(seed)
    block = whole(simulated(seed))
    theta = np.concatenate([rng.normal(size=3), np.sort(rng.normal(size=3))])
    theta[3:] += np.arange(3) * 0.1  # thresholds that nearly meet have derivatives no difference can follow
    sums, step = cumulative_kernel(theta, block), 1e-5

    def change(of):
        return np.array([(of(theta + e) - of(theta - e)) / (2 * step) for e in step * np.eye(6)])

    # central differences: the error is step^2 times the third derivative
    scale = np.abs(sums.information).max()
    by_difference = change(lambda t: cumulative_kernel(t, block).loglik)
    assert_allclose(sums.score, by_difference, atol=1e-6 * scale)
    by_difference = change(lambda t: cumulative_kernel(t, block, curved=False).score)
    assert_allclose(sums.information, -by_difference, atol=1e-6 * scale)
    assert_allclose(cumulative_scores(theta, block) @ block.w, sums.score, rtol=1e-10, atol=1e-9)
    assert cumulative_kernel(theta, block, curved=False).loglik == sums.loglik


def test_the_log_likelihood_keeps_its_digits_in_both_tails():
    block = Block(x=np.array([[50.0, -50.0, 50.0]]), y=np.array([0, 2, 1]))
    found = cumulative_kernel(np.array([1.0, -1.0, 1.0]), block).loglik
    # log F(-51) twice and log(F(-49) - F(-51)), of which a difference of numbers near 1 would leave nothing
    assert_allclose(found, -51 - 51 - 49 + np.log1p(-np.exp(-2.0)), rtol=1e-14)


def test_it_is_the_likelihood_of_the_probabilities_that_predictions_use():
    rows = simulated(1)
    theta = fit(rows).beta
    p = ordinal_response((theta[:3] @ rows.x + rows.offset)[None], theta[3:]).value
    own = p[rows.y, np.arange(rows.n_rows)]
    assert_allclose(cumulative_kernel(theta, whole(rows)).loglik, rows.w @ np.log(own), rtol=1e-12)


def test_thresholds_that_cross_have_no_likelihood():
    sums = cumulative_kernel(np.array([0.0, 0.0, 0.0, 1.0, 0.5, 2.0]), whole(simulated(1)))
    assert sums.loglik == -np.inf


@few
@given(seeds)
def test_two_levels_are_a_logit_with_the_threshold_minus_its_intercept(seed):
    rows = simulated(seed, n_levels=2)
    ours = fit(rows, 2)
    logit = ArrayRows(x=np.vstack([np.ones(300), rows.x]), y=rows.y, w=rows.w, offset=rows.offset)
    theirs = fit_multinomial(logit, 2, np.abs(logit.x).max(axis=1), float(rows.w.sum()))
    assert_allclose(ours.beta, [*theirs.beta[1:], -theirs.beta[0]], rtol=1e-8, atol=1e-10)
    assert_allclose(ours.loglik, theirs.loglik, rtol=1e-12)
    turn = np.zeros((4, 4))
    turn[:3, 1:], turn[3, 0] = np.eye(3), -1
    expected = turn @ theirs.inverse_information @ turn.T
    assert_allclose(ours.inverse_information, expected, rtol=1e-7, atol=1e-11)


@few
@given(seeds, st.sampled_from([1, 7, 64, 2048]))
def test_the_size_of_blocks_does_not_matter(seed, block_rows):
    rows = simulated(seed)
    one, other = fit(rows), fit(replace(rows, block_rows=block_rows))
    assert_allclose(one.beta, other.beta, rtol=1e-9, atol=1e-11)
    assert_allclose(one.inverse_information, other.inverse_information, rtol=1e-9, atol=1e-13)


@few
@given(seeds)
def test_reversing_the_levels_flips_slopes_and_thresholds(seed):
    rows = simulated(seed)
    back = replace(rows, y=3 - rows.y, offset=-rows.offset)
    one, other = fit(rows), fit(back)
    assert_allclose(one.beta[:3], -other.beta[:3], rtol=1e-8, atol=1e-10)
    assert_allclose(one.beta[3:], -other.beta[:2:-1], rtol=1e-8, atol=1e-10)


def test_without_columns_the_thresholds_are_the_logits_of_the_shares():
    rows = simulated(1)
    bare = replace(rows, x=np.empty((0, 300)), offset=None)
    totals = np.bincount(rows.y, rows.w)
    found = fit(bare)
    shares = totals.cumsum()[:-1] / totals.sum()
    assert_allclose(found.beta, np.log(shares / (1 - shares)), rtol=1e-12)
    assert_allclose(found.loglik, multinomial_loglik_null(totals), rtol=1e-12)


@few
@given(seeds)
def test_refits_under_weights_are_fits_of_these_weights(seed):
    rows = simulated(seed, n=200)
    rng = np.random.default_rng(seed)
    weights = rng.poisson(1.0, size=(200, 12)) * rows.w[:, None]
    found = cumulative_refits(rows.x, rows.y, weights, fit(rows).beta, offset=rows.offset)
    for own, w in zip(found, weights.T, strict=True):
        alone = fit(ArrayRows(x=rows.x, y=rows.y, w=w, offset=rows.offset))
        assert alone.converged
        # refits end when what is left is 1e-9 of the distance from the start in mean square
        assert_allclose(own, alone.beta, atol=1e-6)


def test_a_refit_without_a_level_or_a_column_is_missing_and_spares_the_others():
    rows = simulated(3, n=200)
    x = np.vstack([rows.x, (np.arange(200) < 20).astype(float)])
    rows = replace(rows, x=x, offset=None)
    weights = np.ones((200, 3))
    weights[rows.y == 3, 0] = 0
    weights[:20, 1] = 0
    found = cumulative_refits(x, rows.y, weights, fit(rows).beta)
    assert np.isnan(found[:2]).all()
    assert np.isfinite(found[2]).all()


def test_a_separated_refit_is_missing():
    x, y = np.arange(12.0)[None], np.repeat([0, 1, 2], 4)
    mixed = np.array([0, 1, 0, 1, 0, 1, 2, 1, 2, 1, 2, 2])
    start = fit(ArrayRows(x=x, y=mixed, w=np.ones(12)), 3).beta
    found = cumulative_refits(x, y, np.ones((12, 1)), start)
    assert np.isnan(found).all()


@pytest.mark.parametrize("way", [1.0, -1.0])
def test_a_separated_fit_does_not_converge(way):
    rows = ArrayRows(x=way * np.arange(12.0)[None], y=np.repeat([0, 1, 2], 4), w=np.ones(12))
    found = fit(rows, 3)
    assert not found.converged
    assert np.sign(found.last_step[0]) == way


def test_a_large_fit_starts_near_and_ends_at_the_same_place():
    rows = simulated(5, n=210_000)
    theta = fit(rows)
    assert theta.converged
    assert theta.n_iterations <= 3
    score = cumulative_kernel(theta.beta, whole(rows), curved=False).score
    errors = np.sqrt(np.diag(theta.inverse_information))
    # the score in units of its own spread: 1e-6 moves a coefficient by 1e-6 of its error
    assert np.abs(score * errors).max() < 1e-6
