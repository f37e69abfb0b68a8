"""Weighted least squares and the corrections of its robust errors, against direct formulas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from peerstats.numerics import (
    ArrayRows,
    Collinearity,
    Working,
    cluster_corrected,
    cluster_rooted,
    fit_least_squares,
    leverage_corrected,
)

few = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def simulated(seed, n=60, k=3):
    rng = np.random.default_rng(seed)
    x = np.vstack([np.ones(n), rng.normal(size=(k - 1, n))])
    return x, rng.normal(size=n), rng.uniform(0.5, 3, n), rng.integers(0, 8, n)


@few
@given(seeds, st.integers(1, 70))
def test_blocks_of_any_size_give_the_solution_of_the_normal_equations(seed, block_rows):
    x, y, w, _ = simulated(seed)
    found = fit_least_squares(ArrayRows(x=x, y=y, w=w, block_rows=block_rows), 3)
    cross = (x * w) @ x.T
    # the normal equations of so well conditioned a design lose a few digits only
    assert_allclose(found.beta, np.linalg.solve(cross, (x * w) @ y), rtol=1e-9, atol=1e-11)
    assert_allclose(found.triangle.T @ found.triangle, cross, rtol=1e-11, atol=1e-11)
    residual = y - found.beta @ x
    assert_allclose(found.rss, w @ residual**2, rtol=1e-11)
    assert_allclose(found.tss, w @ (y - np.average(y, weights=w)) ** 2, rtol=1e-11)


def test_a_constant_is_found_in_the_span_of_the_columns():
    x, y, _, _ = simulated(1)
    groups = np.vstack([x[1] > 0, x[1] <= 0]).astype(float)
    assert fit_least_squares(ArrayRows(x=groups, y=y), 2).has_constant
    assert not fit_least_squares(ArrayRows(x=x[1:], y=y), 2).has_constant


def test_a_dependent_column_is_named_with_those_it_depends_on():
    x, y, w, _ = simulated(2)
    found = fit_least_squares(ArrayRows(x=np.vstack([x, 2 * x[2] - x[0]]), y=y, w=w), 4)
    assert isinstance(found, Collinearity)
    assert found.column == 3
    assert found.others == (0, 2)


def direct(x, residual, w, target, cluster, power):
    """Return the meat by n by n matrices: power -1/2 of B by the symmetric root, or -1 of I - H."""
    bread = np.linalg.inv((x * w) @ x.T)
    hat = x.T @ bread @ (x * w)
    whole = (np.eye(len(w)) - hat) @ np.diag(target) @ (np.eye(len(w)) - hat).T
    meat = np.zeros_like(bread)
    for g in np.unique(cluster):
        i = np.flatnonzero(cluster == g)
        if power == 2:
            adjust = np.linalg.inv(np.eye(len(i)) - hat[np.ix_(i, i)])
        else:
            d = np.sqrt(target[i])
            values, axes = np.linalg.eigh(d[:, None] * whole[np.ix_(i, i)] * d)
            adjust = d[:, None] * (axes * values**-0.5) @ axes.T * d
        u = x[:, i] @ (w[i] * (adjust @ residual[i]))
        meat += np.outer(u, u)
    return bread, meat


@few
@given(seeds, st.sampled_from(["equal", "inverse"]), st.sampled_from([1, 3.7]))
def test_roots_of_clusters_equal_the_formula_in_full_matrices(seed, target, scale):
    x, y, w, cluster = simulated(seed)
    w = w * scale
    residual = y - np.linalg.solve((x * w) @ x.T, (x * w) @ y) @ x
    # the scale of the weights, and so of the target, changes nothing
    bread, meat = direct(x, residual, w, np.ones(60) if target == "equal" else 1 / w, cluster, 1)
    part = Working(x=x, residual=residual, curvature=None, w=w, cluster=cluster)
    found = cluster_rooted([part], bread, np.eye(3), equal=target == "equal", copies=False)
    assert_allclose(found.meat, meat, rtol=1e-8, atol=1e-10)


@few
@given(seeds, st.sampled_from([1, 2]))
def test_small_problems_of_clusters_equal_the_formula_in_full_matrices(seed, power):
    x, y, _, cluster = simulated(seed)
    residual = y - np.linalg.solve(x @ x.T, x @ y) @ x
    bread, meat = direct(x, residual, np.ones(60), np.ones(60), cluster, power)
    part = Working(x=x, residual=residual, curvature=None, w=None, cluster=cluster)
    found = cluster_corrected(lambda: [part], bread, 8, power, np.eye(3))
    assert_allclose(found.meat, meat, rtol=1e-8, atol=1e-10)
    rooted = cluster_rooted([part], bread, np.eye(3), equal=True, copies=False)
    if power == 1:
        assert_allclose(found.df, rooted.df, rtol=1e-8)


def test_chunks_of_clusters_change_nothing(monkeypatch):
    from peerstats.numerics import _small_samples  # noqa: PLC0415  (its memory is lowered for this test)

    x, y, _, cluster = simulated(3)
    part = Working(x=x, residual=y - y.mean(), curvature=None, w=None, cluster=cluster)
    bread = np.linalg.inv(x @ x.T)
    whole = cluster_corrected(lambda: [part], bread, 8, 1, np.eye(3))
    monkeypatch.setattr(_small_samples, "_MEMORY", 8 * 4 * 9 * 3)
    chunks = cluster_corrected(lambda: [part], bread, 8, 1, np.eye(3))
    assert_allclose(chunks.meat, whole.meat, rtol=1e-12)
    assert_allclose(chunks.df, whole.df, rtol=1e-12)


@pytest.mark.parametrize("power", [1, 2])
def test_a_row_that_a_column_is_for_alone_is_listed(power):
    x, y, _, cluster = simulated(4)
    x = np.vstack([x, np.arange(60) == 17]).astype(float)
    bread = np.linalg.inv(x @ x.T)
    part = Working(x=x, residual=y - (y @ x.T @ bread) @ x, curvature=None, w=None, cluster=cluster)
    assert leverage_corrected([part], bread, power, copies=False).full == (17,)
    alone = Working(x=x, residual=part.residual, curvature=None, w=None, cluster=np.arange(60))
    assert cluster_corrected(lambda: [alone], bread, 60, power, np.eye(4)).full == (17,)
