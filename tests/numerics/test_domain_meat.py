"""The covariance of groups' sums is that of one wide matrix of scores, which is never built."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from peerstats.errors import InputError
from peerstats.numerics import domain_meat, stratified_meat


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    lonely=st.sampled_from(["adjust", "average", "certainty"]),
    alone=st.booleans(),
)
def test_groups_have_the_covariance_of_the_stacked_scores(seed, lonely, alone):
    rng = np.random.default_rng(seed)
    n, n_psu = 40, 40 if alone else 12
    stratum = np.concatenate([[0], rng.permutation(np.arange(n_psu - 1) % 4) + 1])  # stratum 0 is lonely
    psu = rng.permutation(np.concatenate([np.arange(n_psu), rng.integers(0, n_psu, n - n_psu)]))
    group, scores = rng.integers(-1, 3, n), rng.normal(size=(n, 2))
    sampled = rng.uniform(0, 0.5, 5)
    blocks, whole = domain_meat(scores, group, 3, psu, stratum, sampled=sampled, lonely=lonely)
    wide = np.concatenate([scores * (group == k)[:, None] for k in range(3)], axis=1)
    # the same sums in another order
    if lonely != "average":  # which counts the strata with members, and so differs from group to group
        assert_allclose(
            whole, stratified_meat(wide, psu, stratum, sampled=sampled, lonely=lonely), atol=1e-11
        )
    for k in range(3):
        counted = np.zeros(5, dtype=bool)
        counted[stratum[psu[group == k]]] = True
        own = stratified_meat(
            wide[:, 2 * k : 2 * k + 2], psu, stratum, sampled=sampled, lonely=lonely, counted=counted
        )
        assert_allclose(blocks[k], own, atol=1e-11)
        assert_allclose(whole[2 * k : 2 * k + 2, 2 * k : 2 * k + 2], own, atol=1e-11)


def test_copies_are_rows_repeated(rng):
    copies = rng.integers(1, 4, 12)
    group, scores = rng.integers(0, 2, 12), rng.normal(size=(12, 2))
    one = np.zeros(12, dtype=np.int64)
    _, short = domain_meat(
        scores * copies[:, None], group, 2, np.arange(12), one, copies=copies.astype(float)
    )
    again, n = np.repeat(np.arange(12), copies), copies.sum()
    _, long = domain_meat(scores[again], group[again], 2, np.arange(n), np.zeros(n, dtype=np.int64))
    assert_allclose(short, long, atol=1e-11)


@pytest.mark.parametrize("lonely", ["fail", "average"])
def test_strata_of_single_units_are_refused(lonely):
    with pytest.raises(InputError, match="single unit"):
        domain_meat(
            np.ones((2, 1)),
            np.zeros(2, dtype=np.int64),
            1,
            np.arange(2),
            np.arange(2),
            lonely=lonely,
        )
