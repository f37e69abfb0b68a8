"""The penalty against finite differences, the fit against closed forms, the profile against a grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize

from peerstats.numerics import (
    ArrayRows,
    Block,
    TurnedRows,
    _firth_profile,
    firth_adjustment,
    fit_firth,
    multinomial_kernel,
    profile_firth,
)
from peerstats.numerics._firth import penalised_climb

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)
QUANTILE = 3.841458820694124  # R: qchisq(.95, 1)


def problem(seed, n=60, k=3, outcomes=3):
    rng = np.random.default_rng(seed)
    x = np.vstack([np.ones(n), rng.normal(size=(k - 1, n))])
    return x, rng.integers(0, outcomes, n), rng.integers(1, 4, n).astype(float)


def penalised(beta, rows, shape):
    """By its definition."""
    (block,) = rows.blocks()
    sums = multinomial_kernel(beta.reshape(shape), block)
    return sums.loglik + 0.5 * np.linalg.slogdet(sums.information)[1]


@few
@given(seeds, st.integers(2, 5), st.booleans())
def test_the_adjustment_is_the_slope_of_half_the_log_determinant(seed, outcomes, weighted):
    x, y, w = problem(seed, outcomes=outcomes)
    rng = np.random.default_rng(seed)
    shape = (outcomes - 1, 3)
    beta = rng.normal(size=shape)
    block = Block(x=x, y=y, w=w if weighted else None, offset=rng.normal(size=len(y)))

    def half(at):
        return 0.5 * np.linalg.slogdet(multinomial_kernel(at.reshape(shape), block).information)[1]

    inverse = np.linalg.inv(multinomial_kernel(beta, block).information)
    moves = 1e-5 * np.eye(beta.size)
    numeric = [(half(beta.ravel() + move) - half(beta.ravel() - move)) / 2e-5 for move in moves]
    # a central difference of step 1e-5 in double precision errs by about 1e-10
    assert_allclose(firth_adjustment(beta, inverse, block), numeric, atol=1e-8)


@few
@given(st.lists(st.integers(0, 30), min_size=2, max_size=5).filter(any))
def test_an_intercept_alone_adds_one_half_to_each_count(counts):
    y = np.repeat(np.arange(len(counts)), counts)
    fit = fit_firth(ArrayRows(x=np.ones((1, len(y))), y=y), len(counts), 1)
    halves = np.array(counts) + 0.5
    # Jeffreys' prior of a multinomial is Dirichlet(1/2); the climb ends within 1e-10 standard errors
    assert_allclose(fit.point.beta, np.log(halves[1:] / halves[0]), atol=1e-9)


@few
@given(seeds, st.integers(2, 4))
def test_separated_rows_have_a_finite_maximum(seed, outcomes):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3 * outcomes, 60))
    x = np.vstack([np.ones(n), rng.normal(size=(2, n))])
    # the largest of the linear functions is the outcome: complete separation, quasi-complete with a tie
    y = (rng.normal(size=(outcomes, 3)) @ x).argmax(axis=0)
    x[:, 1], y[0] = x[:, 0], (y[1] + 1) % outcomes
    rows = ArrayRows(x=x, y=y)
    fit = fit_firth(rows, outcomes, 3)
    assert fit.converged
    assert np.isfinite(fit.point.beta).all()
    (block,) = rows.blocks()
    at = fit.point.beta.reshape(outcomes - 1, 3)
    slope = fit.point.score + firth_adjustment(at, fit.point.inverse, block)
    # what is left of the gradient, in standard errors: the bound of the climb where rounding stops it
    assert slope @ fit.point.inverse @ slope <= 1e-14


@few
@given(seeds, st.integers(2, 3))
def test_limits_are_where_a_separate_restricted_maximum_has_fallen_by_the_quantile(seed, outcomes):
    x, y, w = problem(seed, n=40, outcomes=outcomes)
    rows, shape = ArrayRows(x=x, y=y, w=w), (outcomes - 1, 3)
    top = fit_firth(rows, outcomes, 3)
    found = profile_firth(rows, shape, top, 0.95)
    j = seed % top.point.beta.size
    others = np.arange(top.point.beta.size) != j

    def fall(value):
        def function(free):
            beta = np.where(others, 0.0, value)
            beta[others] = free
            return -penalised(beta, rows, shape)

        best = minimize(function, top.point.beta[others], method="BFGS", options={"gtol": 1e-7})
        return 2 * (penalised(top.point.beta, rows, shape) + best.fun)

    se = np.sqrt(top.point.inverse[j, j])
    assert_allclose(fall(0.0), found.statistic[j], atol=1e-8)
    for limit in (found.conf_low[j], found.conf_high[j]):
        # at a limit the profile rises by about 2 * 1.96 a standard error: it is right within 1e-6 of one
        assert_allclose(fall(limit), QUANTILE, atol=4e-6)
        grid = limit + se * np.array([-1e-4, 1e-4])
        before, after = fall(grid[0]) - QUANTILE, fall(grid[1]) - QUANTILE
        assert before * after < 0


def test_the_higher_of_two_hills_is_the_fit():
    # thirty rows of three outcomes, nearly separated: a climb from 0 ends on the lower hill
    rng = np.random.default_rng(118)
    n = int(rng.integers(12, 60))
    rng.integers(2, 4, size=2)
    x = np.vstack([np.ones(n), rng.normal(size=(2, n))])
    if rng.random() < 0.5:
        x[1] = x[1] > 0.3
    eta = np.vstack([np.zeros(n), rng.normal(0, rng.choice([0.5, 2, 6]), size=(2, 3)) @ x])
    rows = ArrayRows(x=x, y=np.argmax(eta + rng.gumbel(size=eta.shape), axis=0))
    first = penalised_climb(list(rows.blocks()), np.zeros(6), (2, 3))
    best = fit_firth(rows, 3, 3)
    assert first.converged
    assert_allclose(best.point.penalised - first.point.penalised, 0.13066, atol=1e-5)
    assert_allclose(penalised(best.point.beta, rows, (2, 3)), best.point.penalised, rtol=1e-12)


def test_another_hill_of_a_separated_profile_is_found(monkeypatch):
    # Thirteen rows, completely separated: held far out, the second coefficient leaves the others two hills,
    # and the one that is reached from the estimate is the lower.
    rng = np.random.default_rng(114)
    n = int(rng.integers(12, 20))
    x = np.vstack([np.ones(n), np.arange(n) % 2, rng.normal(size=n).round(1)])
    rows = ArrayRows(x=x, y=((2 * x[1] - 1 + x[2]) > 0).astype(int))
    top = fit_firth(rows, 2, 3)
    found = profile_firth(rows, (1, 3), top, 0.95)
    limit = found.conf_high[1]
    assert found.n_hills > 0
    monkeypatch.setattr(_firth_profile, "_STRAIGHT", np.inf)  # no search
    followed = profile_firth(rows, (1, 3), top, 0.95).conf_high[1]
    assert_allclose([followed, limit], [9.688, 13.574], atol=1e-3)

    def lost(free, value):
        loglik = penalised(np.array([free[0], value, free[1]]), rows, (1, 3))
        return -loglik if np.isfinite(loglik) else 1e10

    starts = top.point.beta[[0, 2]] + rng.normal(0, 4, size=(20, 2))
    for value, below in ((followed, True), (limit, False)):
        best = min(minimize(lost, start, args=(value,), method="Nelder-Mead").fun for start in starts)
        fall = 2 * (top.point.penalised + best)
        # the search by simplex stops within 1e-4 of the function
        assert fall < QUANTILE - 0.5 if below else abs(fall - QUANTILE) < 1e-3


@few
@given(seeds, st.integers(2, 3))
def test_turned_rows_have_the_same_tests_and_limits(seed, outcomes):
    x, y, w = problem(seed, outcomes=outcomes)
    turn = np.triu(np.random.default_rng(seed).uniform(0.5, 2, (3, 3)))
    rows, shape = ArrayRows(x=x, y=y, w=w), (outcomes - 1, 3)
    turned = TurnedRows(rows=rows, turn=turn)
    back = np.kron(np.eye(shape[0]), turn)
    plain = profile_firth(rows, shape, fit_firth(rows, outcomes, 3), 0.9)
    other = profile_firth(turned, shape, fit_firth(turned, outcomes, 3), 0.9, axes=back)
    for name in ("statistic", "conf_low", "conf_high"):
        # two searches, each within 1e-7 of a standard error
        assert_allclose(getattr(other, name), getattr(plain, name), rtol=1e-7, atol=1e-7)


def test_a_singular_start_is_no_fit():
    rows = ArrayRows(x=np.ones((2, 4)), y=np.array([0, 1, 0, 1]))
    assert fit_firth(rows, 2, 2) is None


@pytest.mark.parametrize("outcomes", [2, 3])
def test_the_size_of_a_block_does_not_matter(outcomes):
    x, y, w = problem(5, outcomes=outcomes)
    one = fit_firth(ArrayRows(x=x, y=y, w=w), outcomes, 3)
    other = fit_firth(ArrayRows(x=x, y=y, w=w, block_rows=7), outcomes, 3)
    assert_allclose(other.point.beta, one.point.beta, atol=1e-9)  # within 1e-10 standard errors each
