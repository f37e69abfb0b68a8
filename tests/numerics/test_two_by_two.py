"""Two shares: R's figures, then laws."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from peerstats.numerics import binomial_p, exact_limits, fisher_p, two_by_two, wilson_limits

GOLDEN = Path(__file__).parents[1] / "golden" / "proportions_r"
CASES = list(
    zip(
        pd.read_csv(GOLDEN / "input.csv").itertuples(index=False),
        pd.read_csv(GOLDEN / "expected.csv").itertuples(index=False),
        strict=True,
    )
)


@pytest.mark.parametrize(("given_", "expected"), CASES)
def test_shares_and_tests_are_those_of_r(given_, expected):
    found = two_by_two(given_.count, given_.n, given_.other_count, given_.other_n, conf_level=0.95)
    ours = [
        found.chi_square.statistic,
        found.chi_square.p_value,
        found.fisher_p,
        *wilson_limits(given_.count, given_.n, 0.95),
        *exact_limits(given_.count, given_.n, 0.95),
        binomial_p(given_.count, given_.n, given_.share),
        *found.difference[1:],
    ]
    # log-gamma of numbers near 10,000 has an error of 1e-11, which the probabilities inherit
    assert_allclose(ours, expected[:10], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("given_", "expected"), [case for case in CASES if case[1].risk > 0])
def test_ratios_have_the_limits_of_a_generalised_linear_model(given_, expected):
    found = two_by_two(given_.count, given_.n, given_.other_count, given_.other_n, conf_level=0.95)
    # glm stops at a relative change of the deviance of 1e-12: the square root of that in the coefficients
    assert_allclose([*found.odds_ratio, *found.relative_risk], expected[10:], rtol=1e-6)


def test_an_empty_cell_leaves_ratios_without_limits():
    found = two_by_two(0, 12, 4, 15, conf_level=0.95)
    assert found.odds_ratio[0] == found.relative_risk[0] == 0
    assert np.isnan([*found.odds_ratio[1:], *found.relative_risk[1:]]).all()
    assert np.isfinite(found.difference).all()


def test_where_nobody_has_the_property_there_is_no_chi_square():
    found = two_by_two(0, 12, 0, 15, conf_level=0.95)
    assert np.isnan(found.chi_square.statistic)
    assert found.fisher_p == 1


@given(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
@settings(max_examples=25, deadline=None)
def test_exchanging_the_samples_turns_the_difference_round(first, second):
    one, other = (two_by_two(*pair, conf_level=0.9) for pair in ((*first, *second), (*second, *first)))
    d, low, high = one.difference
    assert_allclose([-d, -high, -low], other.difference, atol=1e-12)
    assert low <= d <= high
    assert low >= -1
    assert high <= 1
    assert one.fisher_p == pytest.approx(other.fisher_p, rel=1e-9)


def test_fishers_test_counts_tables_that_are_as_likely_but_for_rounding():
    # equal groups: the table turned round is exactly as likely
    assert fisher_p(12, 20, 8, 20) == pytest.approx(2 * 0.17157, abs=2e-4)
