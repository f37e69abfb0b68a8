"""Weighted quantiles are numpy's with equal weights, and follow the weights otherwise."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from peerstats.numerics import QUANTILE_RULES, quantiles_at, rank_values

NUMPY = {
    "math": "inverted_cdf",
    "hf1": "inverted_cdf",
    "school": "averaged_inverted_cdf",
    "hf2": "averaged_inverted_cdf",
    "hf4": "interpolated_inverted_cdf",
    "hf5": "hazen",
    "hf6": "weibull",
    "hf7": "linear",
    "hf8": "median_unbiased",
    "hf9": "normal_unbiased",
}
SHARES = np.array([0.01, 0.1, 0.25, 0.5, 0.6, 0.75, 0.9, 0.99])


@pytest.mark.parametrize("rule", QUANTILE_RULES)
@pytest.mark.parametrize("n", [2, 5, 20, 37])
@pytest.mark.parametrize("weight", [1.0, 0.1])
def test_equal_weights_give_the_types_of_hyndman_and_fan(rule, n, weight, rng):
    x = rng.normal(size=n)
    found = quantiles_at(rank_values(x, np.full(n, weight)), SHARES, rule)
    # the same interpolation in another order of operations
    assert_allclose(found, np.quantile(x, SHARES, method=NUMPY[rule]), rtol=0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), rule=st.sampled_from(QUANTILE_RULES))
@example(seed=353, rule="hf4")
def test_quantiles_rise_with_the_share_whatever_the_order_and_scale(seed, rule):
    rng = np.random.default_rng(seed)
    x, w = rng.integers(0, 9, 25).astype(float), rng.uniform(0, 3, 25) * (rng.random(25) > 0.2) + 1e-9
    found = quantiles_at(rank_values(x, w), SHARES, rule)
    assert (np.diff(found) >= 0).all()
    turn = rng.permutation(25)
    assert_allclose(quantiles_at(rank_values(x[turn], 7 * w[turn]), SHARES, rule), found, atol=1e-12)


@pytest.mark.parametrize("rule", ["math", "school"])
def test_whole_weights_are_rows_repeated(rule, rng):
    x, copies = rng.normal(size=15), rng.integers(0, 4, 15)
    long = np.repeat(x, copies)
    assert_array_equal(
        quantiles_at(rank_values(x, copies.astype(float)), SHARES, rule),
        quantiles_at(rank_values(long, np.ones(len(long))), SHARES, rule),
    )


@pytest.mark.parametrize("rule", QUANTILE_RULES)
def test_one_value_is_every_quantile_and_an_unknown_share_has_none(rule):
    found = quantiles_at(rank_values(np.array([3.0]), np.array([2.0])), np.array([0.2, np.nan]), rule)
    assert_array_equal(found, [3.0, np.nan])
