"""The kernel against finite differences, and sums that do not depend on blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from peerstats.numerics import (
    ArrayRows,
    Block,
    Sums,
    TurnedRows,
    cluster_sums,
    find_collinearity,
    fit_multinomial,
    maximise,
    measure_design,
    meat,
    multinomial_kernel,
    multinomial_loglik_null,
    multinomial_probabilities,
    multinomial_scores,
    sandwich_factor,
)

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def problem(seed, n=300, k=3, outcomes=3, *, weighted=True):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(outcomes - 1, k)),
        Block(
            x=np.vstack([np.ones(n), rng.normal(size=(k - 1, n))]),
            y=rng.integers(0, outcomes, n),
            w=rng.uniform(0.1, 3, n) if weighted else None,
        ),
    )


def slope(function, at, step=1e-5):
    """Return central differences, one row per coordinate."""
    moves = np.eye(at.size) * step
    return np.array(
        [
            (
                np.asarray(function(at + move.reshape(at.shape)))
                - np.asarray(function(at - move.reshape(at.shape)))
            )
            / (2 * step)
            for move in moves
        ]
    )


@few
@given(seeds, st.integers(2, 5), st.booleans())
def test_the_score_is_the_slope_of_the_log_likelihood(seed, outcomes, weighted):
    beta, block = problem(seed, outcomes=outcomes, weighted=weighted)
    differences = slope(lambda b: multinomial_kernel(b, block).loglik, beta)
    # central differences of a sum of 300 terms are good to about 1e-8 of their size
    assert_allclose(multinomial_kernel(beta, block).score, differences, rtol=1e-6, atol=1e-6)


@few
@given(seeds, st.integers(2, 5), st.booleans())
def test_the_information_is_the_negative_slope_of_the_score(seed, outcomes, weighted):
    beta, block = problem(seed, outcomes=outcomes, weighted=weighted)
    differences = -slope(lambda b: multinomial_kernel(b, block).score, beta)
    information = multinomial_kernel(beta, block).information
    assert_allclose(information, differences, rtol=1e-6, atol=1e-6)
    assert_allclose(information, information.T, rtol=1e-10, atol=1e-10)


@few
@given(seeds)
def test_the_scores_of_rows_add_up_to_the_score(seed):
    beta, block = problem(seed)
    assert_allclose(
        multinomial_scores(beta, block) @ block.w, multinomial_kernel(beta, block).score, atol=1e-10
    )


@few
@given(seeds, st.integers(1, 400))
def test_the_size_of_blocks_does_not_matter(seed, block_rows):
    beta, block = problem(seed)
    whole = multinomial_kernel(beta, block)
    rows = ArrayRows(x=block.x, y=block.y, w=block.w, block_rows=block_rows)
    parts = Sums.add(multinomial_kernel(beta, part) for part in rows.blocks())
    assert_allclose(parts.loglik, whole.loglik, rtol=1e-12)
    assert_allclose(parts.score, whole.score, atol=1e-10)
    assert_allclose(parts.information, whole.information, atol=1e-10)
    ends = fit_multinomial(rows, 3, np.abs(block.x).max(axis=1), block.w.sum())
    once = fit_multinomial(
        ArrayRows(x=block.x, y=block.y, w=block.w), 3, np.abs(block.x).max(axis=1), block.w.sum()
    )
    assert ends.converged
    assert_allclose(ends.beta, once.beta, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("size", [1.0, 400.0, 1e5])
def test_probabilities_add_up_to_one_however_large_the_predictors(size):
    beta = np.array([[size], [-size], [size / 2]])
    p = multinomial_probabilities(beta, np.array([[1.0, -1.0, 0.0]]))
    assert_allclose(p.sum(axis=0), 1, rtol=1e-12)
    assert_allclose(p[:, 2], 0.25)
    block = Block(x=np.array([[1.0, -1.0]]), y=np.array([1, 2]))
    assert np.isfinite(multinomial_kernel(beta, block).loglik)


def test_the_null_log_likelihood_is_that_of_a_fit_of_the_intercept():
    block = Block(x=np.ones((1, 6)), y=np.array([0, 0, 1, 2, 2, 2]), w=np.arange(1.0, 7.0))
    totals = np.bincount(block.y, block.w)
    fit = fit_multinomial(ArrayRows(x=block.x, y=block.y, w=block.w), 3, np.ones(1), 21.0)
    assert_allclose(fit.loglik, multinomial_loglik_null(totals), rtol=1e-13)
    assert_allclose(fit.beta, np.log(totals[1:] / totals[0]), atol=1e-12)


def test_a_separated_fit_does_not_pass_for_converged():
    x = np.vstack([np.ones(20), np.arange(20.0) - 9.5])
    rows = ArrayRows(x=x, y=(x[1] > 0).astype(int))
    fit = fit_multinomial(rows, 2, np.abs(x).max(axis=1), 20.0)
    assert not fit.converged
    assert np.abs(fit.last_step[1]) > 1e-3


def test_quasi_separation_does_not_pass_for_converged_either():
    x = np.vstack([np.ones(40), np.repeat([0.0, 1.0], 20)])
    y = np.r_[np.tile([0, 1], 10), np.ones(20, dtype=int)]
    fit = fit_multinomial(ArrayRows(x=x, y=y), 2, np.ones(2), 40.0)
    assert not fit.converged


def test_a_rare_outcome_without_separation_converges():
    # one in a million: the intercept is -13.8
    rows = ArrayRows(x=np.ones((1, 2)), y=np.array([0, 1]), w=np.array([1e6, 1.0]))
    fit = fit_multinomial(rows, 2, np.ones(1), 1e6 + 1)
    assert fit.converged
    assert_allclose(fit.beta, -np.log(1e6), rtol=1e-12)


def test_step_halving_brings_back_a_step_that_went_too_far():
    # -log cosh: Newton's step from 2 overshoots to -11
    def evaluate(beta):
        t = np.tanh(beta)
        return Sums(
            loglik=-float(np.log(np.cosh(beta))[0]), score=-t, information=np.diag(1 - t**2), n_extreme=0
        )

    found = maximise(evaluate, np.array([2.0]), reach=np.ones(1), total=1.0, mean_weight=1.0)
    assert found.converged
    assert_allclose(found.beta, 0, atol=1e-9)


def test_the_column_that_is_a_combination_is_named_with_the_others():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(4, 5000))
    x[3] = 1e6 * x[0] - 1e-3 * x[2]
    rows = ArrayRows(x=x, y=np.zeros(5000, dtype=int))
    scale = measure_design(rows, 4)
    assert not scale.clear
    found = find_collinearity(rows, scale.norm)
    assert found.column == 3
    assert 0 in found.others
    assert 1 not in found.others


def test_columns_that_differ_by_one_in_a_million_are_no_combination():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(3, 5000))
    x[2] = x[0] + x[1] + 1e-6 * rng.normal(size=5000)
    rows = ArrayRows(x=x, y=np.zeros(5000, dtype=int))
    scale = measure_design(rows, 3)
    found = find_collinearity(rows, scale.norm)
    assert (scale.clear, found.column) == (False, None)
    turned = TurnedRows(rows=rows, turn=np.linalg.inv(found.triangle) / scale.norm[:, None])
    assert measure_design(turned, 3).clear
    assert turned.thin(7).n_rows == len(range(0, 5000, 7))


@few
@given(seeds, st.integers(1, 9))
def test_cluster_sums_are_those_of_each_cluster(seed, n_clusters):
    rng = np.random.default_rng(seed)
    scores, cluster = rng.normal(size=(3, 60)), rng.integers(0, n_clusters, 60)
    sums = np.array([scores[:, cluster == g].sum(axis=1) for g in range(n_clusters)])
    parts = [(scores[:, s : s + 13], cluster[s : s + 13]) for s in range(0, 60, 13)]
    assert_allclose(cluster_sums(parts, n_clusters), sums, atol=1e-10)
    alone = cluster_sums([(scores, np.arange(60))], 60)
    assert_allclose(alone.T @ alone, meat([scores]), atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "factor"),
    [("HC0", 1), ("HC1", 100 / 96), ("CR0", 1), ("CR1", 1.1), ("CR1S", 1.1 * 99 / 96), ("linearized", 1.1)],
)
def test_corrections_for_small_samples_are_the_stated_ones(kind, factor):
    assert_allclose(sandwich_factor(kind, n=100, n_parameters=4, n_units=11), factor, rtol=1e-15)
