"""The variance of a stratified sample of clusters, and the laws it obeys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from peerstats.errors import InputError
from peerstats.numerics import (
    add_by_unit,
    element_factor,
    element_meat,
    hadamard_matrix,
    kish_effect,
    margin_residuals,
    meat,
    psu_totals,
    rake_weights,
    sandwich_factor,
    stratified_meat,
)

# sums of the same numbers in another order
ROUNDING = {"rtol": 1e-11, "atol": 1e-11}


@st.composite
def samples(draw):
    """Scores, PSUs and strata with two PSUs at least in each."""
    sizes = draw(st.lists(st.integers(2, 5), min_size=1, max_size=5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    psu = np.repeat(np.arange(len(stratum)), rng.integers(1, 4, len(stratum)))
    return rng.normal(size=(len(psu), 3)), psu, stratum


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 40), st.integers(0, 2**32 - 1))
def test_one_stratum_of_one_row_clusters_is_the_sandwich_s_n_over_n_less_1(n, seed):
    scores = np.random.default_rng(seed).normal(size=(n, 2))
    scores -= scores.mean(axis=0)
    found = stratified_meat(scores, np.arange(n), np.zeros(n, dtype=int))
    factor = sandwich_factor("linearized", n=n, n_parameters=2, n_units=n)
    assert_allclose(found, factor * meat([scores.T]), **ROUNDING)


@settings(max_examples=25, deadline=None)
@given(samples(), st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(sample, seed):
    scores, psu, stratum = sample
    order = np.random.default_rng(seed).permutation(len(psu))
    assert_allclose(
        stratified_meat(scores[order], psu[order], stratum), stratified_meat(scores, psu, stratum), **ROUNDING
    )


@settings(max_examples=25, deadline=None)
@given(samples())
def test_splitting_the_rows_of_a_psu_changes_nothing(sample):
    scores, psu, stratum = sample
    halves = np.concatenate([scores, scores]) / 2
    assert_allclose(
        stratified_meat(halves, np.concatenate([psu, psu]), stratum),
        stratified_meat(scores, psu, stratum),
        **ROUNDING,
    )


@settings(max_examples=25, deadline=None)
@given(samples())
def test_the_variance_is_the_sum_over_strata(sample):
    scores, psu, stratum = sample
    each = [
        stratified_meat(scores, np.where(stratum[psu] == h, psu, -1), stratum)
        for h in range(stratum.max() + 1)
    ]
    assert_allclose(sum(each), stratified_meat(scores, psu, stratum), **ROUNDING)


@settings(max_examples=25, deadline=None)
@given(samples(), st.floats(0.05, 0.95))
def test_a_common_sampling_fraction_scales_the_variance_by_what_is_left(sample, share):
    scores, psu, stratum = sample
    sampled = np.full(stratum.max() + 1, share)
    found = stratified_meat(scores, psu, stratum, sampled=sampled)
    assert_allclose(found, (1 - share) * stratified_meat(scores, psu, stratum), **ROUNDING)


@settings(max_examples=25, deadline=None)
@given(samples())
def test_a_lonely_psu_gives_nothing_its_own_square_or_the_mean_of_the_others(sample):
    scores, psu, stratum = sample
    rest = stratified_meat(scores, psu, stratum)
    n_strata, lone = stratum.max() + 1, np.array([[1.0, -2.0, 0.5]])
    more = np.vstack([scores, lone]), np.append(psu, len(stratum)), np.append(stratum, n_strata)
    assert_allclose(stratified_meat(*more, lonely="certainty"), rest, **ROUNDING)
    assert_allclose(stratified_meat(*more, lonely="adjust"), rest + lone.T @ lone, **ROUNDING)
    assert_allclose(stratified_meat(*more, lonely="average"), rest * (n_strata + 1) / n_strata, **ROUNDING)
    with pytest.raises(InputError, match=f"stratum {n_strata} has a single unit"):
        stratified_meat(*more)
    # a PSU that is the whole of its stratum has no variance, whatever the rule
    whole = np.append(np.zeros(n_strata), 1.0)
    assert_allclose(stratified_meat(*more, sampled=whole), rest, **ROUNDING)


def test_there_is_no_mean_of_no_strata():
    with pytest.raises(InputError, match="every stratum has a single unit"):
        stratified_meat(np.ones((2, 1)), np.arange(2), np.arange(2), lonely="average")


def test_rows_in_no_psu_are_left_out_of_its_totals():
    assert psu_totals(np.ones((3, 1)), np.array([-1, 1, -1]), 3).ravel().tolist() == [0, 1, 0]


def test_hadamard_matrices_are_orthogonal_and_their_other_columns_balanced():
    for least in range(1, 130):
        h = hadamard_matrix(least)
        assert len(h) >= least
        assert (h @ h.T == len(h) * np.eye(len(h))).all()
        assert (h[:, 0] == 1).all()
        assert (h[:, 1:].sum(axis=0) == 0).all()
    # the constructions reach every multiple of 4 below 100 but two
    assert [m for m in range(4, 100, 4) if len(hadamard_matrix(m)) != m] == [52, 92]


@st.composite
def tables(draw):
    """Base weights and two margins that a positive table has, so that they can be met."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    cells = np.arange(rows * columns).repeat(rng.integers(1, 6, rows * columns))
    goal = rng.uniform(0.5, 5, (rows, columns))
    margins = [(cells // columns, goal.sum(axis=1)), (cells % columns, goal.sum(axis=0))]
    return rng.uniform(0.2, 4, (len(cells), 3)), margins


@settings(max_examples=25, deadline=None)
@given(tables())
def test_raked_weights_hit_their_margins(table):
    weights, margins = table
    found = rake_weights(weights, margins, max_cycles=1000, tolerance=1e-12)
    assert found.converged.all()
    for codes, targets in margins:
        for w in found.weights.T:
            # the tolerance, and rounding of a sum
            assert_allclose(np.bincount(codes, weights=w), targets, rtol=2e-12)


@settings(max_examples=25, deadline=None)
@given(tables(), st.floats(0.01, 100))
def test_the_scale_of_base_weights_does_not_matter_and_sets_are_raked_apart(table, factor):
    weights, margins = table
    together = rake_weights(weights, margins, max_cycles=1000, tolerance=1e-12).weights
    for j in range(weights.shape[1]):
        alone = rake_weights(factor * weights[:, [j]], margins, max_cycles=1000, tolerance=1e-12).weights
        assert_allclose(alone[:, 0], together[:, j], rtol=1e-11)


@settings(max_examples=25, deadline=None)
@given(tables())
def test_raking_keeps_the_interaction_of_the_base_weights(table):
    weights, ((rows, _), (columns, _)) = table
    found = rake_weights(weights, table[1], max_cycles=1000, tolerance=1e-12).weights
    factor = np.log(found[:, 0] / weights[:, 0])
    # the factors are a row effect times a column effect
    design = np.column_stack([np.eye(rows.max() + 1)[rows], np.eye(columns.max() + 1)[columns]])
    fitted = design @ np.linalg.lstsq(design, factor, rcond=None)[0]
    assert_allclose(fitted, factor, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(tables())
def test_raking_raked_weights_changes_nothing(table):
    weights, margins = table
    once = rake_weights(weights, margins, max_cycles=1000, tolerance=1e-12)
    twice = rake_weights(once.weights, margins, max_cycles=1000, tolerance=1e-12)
    assert twice.n_cycles == 1
    assert_allclose(twice.weights, once.weights, rtol=1e-11)


@settings(max_examples=25, deadline=None)
@given(tables())
def test_bounds_hold_together_with_the_margins(table):
    weights, margins = table
    bounds = (0.1, 8.0)
    found = rake_weights(weights, margins, max_cycles=5000, tolerance=1e-9, bounds=bounds)
    for j in np.flatnonzero(found.converged):
        w = found.weights[:, j]
        for codes, targets in margins:
            assert_allclose(np.bincount(codes, weights=w), targets, rtol=2e-9)
        # cut at the mean before the cut, which is the mean after it to the tolerance
        assert w.min() >= bounds[0] * w.mean() * (1 - 1e-8)
        assert w.max() <= bounds[1] * w.mean() * (1 + 1e-8)


def test_wide_bounds_change_nothing():
    sex = (np.array([0, 0, 1]), np.array([6.0, 4.0]))
    plain = rake_weights(np.ones((3, 1)), [sex], max_cycles=10, tolerance=1e-10)
    wide = rake_weights(np.ones((3, 1)), [sex], max_cycles=10, tolerance=1e-10, bounds=(0.0, 100.0))
    assert_allclose(wide.weights, plain.weights, rtol=0)


def test_margins_that_contradict_each_other_do_not_converge():
    # nobody is a woman and young: 3 women and 3 young cannot both be, of 4 people
    sex, age = np.array([0, 1]), np.array([1, 0])
    margins = [(sex, np.array([3.0, 1.0])), (age, np.array([3.0, 1.0]))]
    found = rake_weights(np.ones((2, 1)), margins, max_cycles=50, tolerance=1e-9)
    assert found.n_cycles == 50
    assert not found.converged.any()
    assert found.miss[0] > 0.1


@pytest.mark.parametrize("kind", ["rake", "calibrate"])
def test_what_the_margins_explain_has_no_residual(kind, rng):
    sex, age = rng.integers(0, 2, 60), rng.integers(0, 3, 60)
    base = rng.uniform(0.5, 2, 60)
    weights = base * (1 + 0.3 * sex) * (1 + 0.2 * age)
    y = 3.0 * sex - 2.0 * age
    left = margin_residuals((weights * y)[:, None], weights, base, [(sex, 2), (age, 3)], kind=kind)
    # ten sweeps of "rake" reach the residual of unrelated margins to about 1e-8
    assert_allclose(left, 0, atol=1e-6 if kind == "rake" else 1e-10)


def test_the_two_residuals_agree_where_base_weights_do_not_vary(rng):
    sex, age = rng.integers(0, 2, 80), rng.integers(0, 3, 80)
    base, scores = np.full(80, 2.5), rng.normal(size=(80, 2))
    weights = base * (1 + 0.3 * sex) * (1 + 0.2 * age)
    one, other = (
        margin_residuals(scores, weights, base, [(sex, 2), (age, 3)], kind=kind)
        for kind in ("rake", "calibrate")
    )
    assert_allclose(one, other, atol=1e-8)  # ten sweeps


def test_kish_s_effect_is_1_plus_the_squared_coefficient_of_variation(rng):
    w = rng.uniform(0.5, 3, 50)
    assert_allclose(kish_effect(w), 1 + (w.std() / w.mean()) ** 2, rtol=1e-12)
    assert_allclose(kish_effect(np.append(w, 0.0)), kish_effect(7 * w), rtol=1e-12)


def by_elements(scores, layer, n_strata, blocks, **rules):
    """Return the covariance of rows that are units, from sums over blocks of them."""
    sizes = np.bincount(layer, minlength=n_strata).astype(float)
    factor = element_factor(sizes, rules.get("sampled"), rules.get("lonely", "fail"))
    totals, products = np.zeros((n_strata, scores.shape[1])), np.zeros((scores.shape[1],) * 2)
    for rows in np.array_split(np.arange(len(scores)), blocks):
        if len(rows):
            add_by_unit(totals, scores[rows].T, layer[rows])
            products += (scores[rows].T * factor[layer[rows]]) @ scores[rows]
    return element_meat(totals, products, sizes, **rules)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=6),
    st.sampled_from(["adjust", "average", "certainty"]),
    st.integers(1, 7),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_sums_by_stratum_give_the_variance_of_rows_that_are_units(sizes, rule, blocks, corrected, seed):
    sizes = [*sizes, 3]  # one stratum at least has a variance
    rng = np.random.default_rng(seed)
    layer = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    scores = rng.normal(size=(len(layer), 3)) + 2.0
    rules = {
        "sampled": rng.uniform(0, 1, len(sizes)).round(1) if corrected else None,
        "lonely": rule,
        "counted": (rng.random(len(sizes)) < 0.8) | (np.arange(len(sizes)) == len(sizes) - 1),
    }
    found = by_elements(scores, layer, len(sizes), blocks, **rules)
    # squares and their mean are taken apart: rounding of the squares, which are about 25
    assert_allclose(found, stratified_meat(scores, np.arange(len(layer)), layer, **rules), atol=1e-10)


def test_a_stratum_of_one_row_is_refused_where_no_rule_is_given():
    with pytest.raises(InputError, match="stratum 1 has a single unit"):
        element_factor(np.array([2.0, 1.0]), None, "fail")
    with pytest.raises(InputError, match="every stratum has a single unit"):
        element_meat(np.zeros((2, 1)), np.zeros((1, 1)), np.ones(2), lonely="average")
