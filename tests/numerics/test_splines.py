"""Splines equal scipy's, which solves for them in other ways."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import BSpline, CubicSpline
from scipy.linalg import null_space

from peerstats.numerics import absorb_constraint, b_spline_columns, cubic_spline_columns

KNOTS = [[0, 10], [0, 4, 10], [0, 2, 5, 10], [0, 1, 2, 5, 9, 10], list(range(40))]
X = np.concatenate([np.linspace(0, 10, 101), np.array([0.0, 2.0, 5.0, 10.0])])


@pytest.mark.parametrize("degree", range(6))
@pytest.mark.parametrize("inner", [[], [5], [5, 5], [2, 5, 9.5]])
def test_b_splines_equal_scipy_s(degree, inner):
    if inner == [5, 5] and degree == 0:
        inner = [5]
    knots = np.sort(np.array([0.0, 10.0] * (degree + 1) + inner))
    expected = BSpline.design_matrix(X, knots, degree).toarray().T
    # the same recurrence: a few units of the last digit
    assert_allclose(b_spline_columns(X, knots, degree), expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("knots", KNOTS)
def test_natural_splines_equal_scipy_s_and_go_on_straight(knots):
    knots = np.array(knots, dtype=float)
    spline = CubicSpline(knots, np.eye(len(knots)), bc_type="natural")
    # the linear systems' rounding, of the size of the knots
    assert_allclose(cubic_spline_columns(X, knots, cyclic=False), spline(X).T, atol=1e-13)
    beyond = np.array([-7.0, knots[-1] + 3])
    ends = knots[[0, -1]]
    line = spline(ends) + (beyond - ends)[:, None] * spline(ends, 1)
    assert_allclose(cubic_spline_columns(beyond, knots, cyclic=False), line.T, atol=1e-12)


@pytest.mark.parametrize("knots", KNOTS)
def test_cyclic_splines_equal_scipy_s_and_start_again(knots):
    knots = np.array(knots, dtype=float)
    cardinal = np.eye(len(knots))[:, :-1]
    cardinal[-1] = cardinal[0]
    spline = CubicSpline(knots, cardinal, bc_type="periodic")
    turns = np.concatenate([X, X - 3 * knots[-1], X + 2 * knots[-1]])
    # the linear systems' rounding, of the size of the knots
    assert_allclose(cubic_spline_columns(turns, knots, cyclic=True), spline(turns).T, atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-5, 5).filter(lambda c: abs(c) > 1e-3), min_size=2, max_size=12))
def test_an_absorbed_constraint_leaves_exactly_the_coefficients_that_satisfy_it(constraint):
    basis = absorb_constraint(np.eye(len(constraint)), np.array(constraint)).T
    # reflections keep lengths and angles to rounding
    assert_allclose(basis.T @ basis, np.eye(len(constraint) - 1), atol=1e-14)
    assert_allclose(np.array(constraint) @ basis, 0, atol=1e-13)
    assert_allclose(basis @ basis.T, null_space([constraint]) @ null_space([constraint]).T, atol=1e-13)
