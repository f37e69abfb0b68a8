"""Replicates made of a design's PSUs, and raked again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from peerstats.engines import (
    balanced_replicates,
    bootstrap_replicates,
    jackknife_replicates,
    raked_replicates,
    replicate,
    replicate_variance,
    spread_replicates,
)
from peerstats.errors import ConvergenceError, InputError
from peerstats.numerics import stratified_meat


def whole(source, size=10_000):
    return np.concatenate([weights.T for _, weights in source.chunks(size)]).T


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 30), st.floats(0, 0.9), st.integers(0, 2**32 - 1))
def test_balanced_and_jackknife_variances_of_a_total_are_its_linearised_one(n_strata, rho, seed):
    rng = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(n_strata), 2)
    psu = np.repeat(np.arange(2 * n_strata), rng.integers(1, 4, 2 * n_strata))
    w, y = rng.uniform(0.5, 3, len(psu)), rng.normal(size=(len(psu), 2))
    linear = stratified_meat(w[:, None] * y, psu, stratum)
    balanced, half = balanced_replicates(stratum, rho=rho), balanced_replicates(stratum)
    for source in (balanced, half, jackknife_replicates(2 * n_strata, strata=stratum)):
        rows = spread_replicates(source, psu, w)
        values = replicate(lambda weights: weights.T @ y, rows)
        for mse in (False, True):
            found = replicate_variance(values, rows, estimate=w @ y, mse=mse)
            # 1 - rho is divided out again
            assert_allclose(found, linear, rtol=1e-9, atol=1e-9)


def test_half_samples_take_one_psu_a_stratum_and_fay_s_keep_part_of_the_other():
    stratum = np.repeat(np.arange(5), 2)
    half = whole(balanced_replicates(stratum))
    assert_array_equal(half.reshape(5, 2, -1).sum(axis=1), 2)
    assert set(half.ravel()) == {0.0, 2.0}
    assert_array_equal(half.mean(axis=1), 1)  # full orthogonal balance
    assert_allclose(np.unique(whole(balanced_replicates(stratum, rho=0.3))), [0.3, 1.7])


@pytest.mark.parametrize("rho", [-0.1, 1, 1.5])
def test_fay_s_factor_is_from_0_to_below_1(rho):
    with pytest.raises(InputError, match="is not Fay's factor"):
        balanced_replicates(np.array([0, 0]), rho=rho)


def test_balanced_replicates_need_pairs():
    with pytest.raises(InputError, match="stratum 1 has 3 "):
        balanced_replicates(np.array([0, 0, 1, 1, 1]))


def test_rows_outside_the_units_keep_their_weight():
    units = bootstrap_replicates(4, n_replicates=6, rng=3, strata=np.zeros(4, dtype=int))
    rows = spread_replicates(units, np.array([0, 1, -1, 3, 3]), np.array([1.0, 2, 3, 4, 5]))
    found, factors = whole(rows), whole(units)
    assert_array_equal(found[2], 3)
    assert_allclose(found[4], 5 * factors[3])
    assert_array_equal(whole(rows, 2), found)


MARGINS = [
    (np.tile([0, 1], 20), np.array([600.0, 400.0])),
    (np.arange(40) // 7 % 3, np.array([300.0, 500.0, 200.0])),
]
NAMES = [["women", "men"], ["young", "middle", "old"]]
HOW = {"bounds": None, "max_cycles": 1000, "tolerance": 1e-11, "call": "rake"}


@pytest.mark.parametrize("bounds", [None, (0.2, 6.0)])
def test_every_raked_replicate_hits_the_margins(bounds):
    source = bootstrap_replicates(40, n_replicates=30, rng=5, strata=np.arange(40) // 20)
    raked = raked_replicates(source, MARGINS, NAMES, **HOW | {"bounds": bounds, "max_cycles": 5000})
    weights = whole(raked)
    for codes, targets in MARGINS:
        for w in weights.T:
            # the tolerance, and rounding of a sum
            assert_allclose(np.bincount(codes, weights=w), targets, rtol=1e-10)
    assert_array_equal(weights == 0, whole(source) == 0)
    assert_array_equal(whole(raked, 7), weights)


def test_a_replicate_without_anybody_of_a_level_is_an_error_that_names_it():
    margins = [(np.array([0, 1, 1, 1]), np.array([1.0, 3.0]))]
    raked = raked_replicates(jackknife_replicates(4), margins, NAMES[:1], **HOW)
    with pytest.raises(InputError, match=r"rake\(\): in replicate 1 nobody has women"):
        whole(raked)


def test_a_replicate_that_does_not_converge_is_an_error():
    raked = raked_replicates(jackknife_replicates(40), MARGINS, NAMES, **HOW | {"max_cycles": 1})
    with pytest.raises(ConvergenceError, match="replicate 1 did not reach its margins in 1 cycles"):
        whole(raked)


def test_a_stratum_sampled_whole_has_no_part_in_the_centre_of_the_variance():
    from dataclasses import replace  # noqa: PLC0415  (only here)

    source = jackknife_replicates(4, strata=np.array([0, 0, 1, 1]))
    half = replace(source, rscales=np.array([0.5, 0.5, 0.0, 0.0]))
    values = np.array([[1.0], [3.0], [100.0], [200.0]])
    assert_allclose(replicate_variance(values, half), [[1.0]])
