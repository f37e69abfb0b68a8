"""In a simple random sample the design's tests of independence are Pearson's."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from peerstats.numerics import pearson_test, rao_scott_test, wald_test

COUNTS = np.array([[30.0, 22.0, 8.0], [18.0, 25.0, 17.0]])


def _shares():
    p = COUNTS / COUNTS.sum()
    flat = p.ravel()
    return p, (np.diag(flat) - np.outer(flat, flat)) / COUNTS.sum()


def test_under_independence_all_design_effects_are_one():
    rows, columns = np.array([0.3, 0.7]), np.array([0.2, 0.3, 0.5])
    p = np.outer(rows, columns)
    p[0, 0] += 1e-6
    p[0, 1] -= 1e-6
    p[1, 0] -= 1e-6
    p[1, 1] += 1e-6
    v = (np.diag(p.ravel()) - np.outer(p, p)) / 500
    first, plain = rao_scott_test(p, v, 499, order=1), pearson_test(500 * p)
    assert_allclose(first.statistic, plain.statistic, rtol=1e-4)  # the shares are 1e-6 off independence
    second = rao_scott_test(p, v, 499)
    assert_allclose([second.df_numerator, second.df_denominator], [2, 2 * 499], rtol=1e-6)


def test_a_covariance_c_times_as_large_divides_the_statistic_by_c():
    p, v = _shares()
    one, four = rao_scott_test(p, v, 60), rao_scott_test(p, 4 * v, 60)
    assert_allclose(one.statistic / four.statistic, 4)
    assert_allclose(one.df_numerator, four.df_numerator)


def test_swapping_rows_and_columns_changes_no_test():
    p, v = _shares()
    turn = np.arange(6).reshape(2, 3).T.ravel()
    for test, values in ((rao_scott_test, p), (wald_test, p)):
        one = test(values, v, 60)
        other = test(values.T, v[np.ix_(turn, turn)], 60)
        assert_allclose(
            [one.statistic, one.df_numerator, one.p_value],
            [other.statistic, other.df_numerator, other.p_value],
        )


def test_yates_never_overshoots_a_table_near_independence():
    assert pearson_test(np.array([[5.0, 5.0], [5.0, 5.2]]), continuity=True).statistic == pytest.approx(0)
