"""Separation: known answers, a second method that shares nothing with the first, and laws."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from peerstats.numerics import ArrayRows, find_ordinal_separation, find_separation, fit_multinomial


def design(*columns):
    return np.array([np.ones(len(columns[0])), *map(np.asarray, columns)], dtype=float)


def known():
    """Designs whose answer can be read off the table: kind, signs by outcome, "i" for either way."""
    half = np.tile([0, 1], 4)
    yes = np.repeat([0, 1], 4)
    steps = np.arange(8.0)
    three = np.tile([0, 1, 2], 4)
    rest = np.arange(12) >= 6
    return {
        "a category in which all are 1": (
            design(yes),
            np.where(yes == 1, 1, half),
            2,
            "quasi",
            [["0", "+"]],
        ),
        "a category in which nobody is 1": (
            design(yes),
            np.where(yes == 1, 0, half),
            2,
            "quasi",
            [["0", "-"]],
        ),
        "the reference category has one outcome": (
            design(yes),
            np.where(yes == 0, 0, half),
            2,
            "quasi",
            [["-", "+"]],
        ),
        "a category that is the outcome": (design(yes), yes, 2, "complete", [["-", "+"]]),
        "a number with a gap": (design(steps), yes, 2, "complete", [["-", "+"]]),
        "a number with a shared border": (
            design([0, 1, 2, 3, 3, 4, 5, 6]),
            yes,
            2,
            "quasi",
            [["-", "+"]],
        ),
        "a number that overlaps by one row": (
            design([0, 1, 2, 4, 3, 4, 5, 6]),
            yes,
            2,
            "none",
            [["0", "0"]],
        ),
        "another term that overlaps beside one that does not": (
            design(yes, [0, 1, 2, 3, 0, 1, 2, 3]),
            np.r_[0, 1, 0, 1, 1, 1, 1, 1],
            2,
            "quasi",
            [["0", "+", "0"]],  # the other four, 0 1 0 1 along 0 1 2 3, overlap
        ),
        "three outcomes, one category without the last": (
            design(rest),
            np.where(rest & (three == 2), 0, three),
            3,
            "quasi",
            [["0", "0"], ["0", "-"]],
        ),
        "three outcomes, one category with the first alone": (
            design(rest),
            np.where(rest, 0, three),
            3,
            "quasi",
            [["0", "-"], ["0", "-"]],
        ),
        "three outcomes, one category with the last alone": (
            design(rest),
            np.where(rest, 2, three),
            3,
            "quasi",
            [["0", "i"], ["0", "+"]],
        ),
        "three outcomes on a line": (
            design(np.arange(12.0)),
            np.repeat([0, 1, 2], 4),
            3,
            "complete",
            [["-", "+"], ["-", "+"]],
        ),
        "three outcomes that mix": (design(rest), three, 3, "none", [["0", "0"], ["0", "0"]]),
    }


KNOWN = known()


def shown(found):
    letters = np.where(found.infinite, np.where(found.sign > 0, "+", np.where(found.sign < 0, "-", "i")), "0")
    return letters.tolist()


@pytest.mark.parametrize("name", list(KNOWN))
def test_a_table_whose_answer_can_be_read_off_is_judged_so(name):
    x, y, n_outcomes, kind, signs = KNOWN[name]
    found = find_separation(x, y, n_outcomes, signs=True)
    assert found.kind == kind
    assert shown(found) == signs
    assert found.separated.all() == (kind == "complete") or n_outcomes > 2  # three: told from one
    assert found.separated.any() == (kind != "none")


@pytest.mark.parametrize("name", list(KNOWN))
def test_a_fit_reaches_a_maximum_if_and_only_if_nothing_separates(name):
    x, y, n_outcomes, kind, _ = KNOWN[name]
    fit = fit_multinomial(ArrayRows(x=x, y=y), n_outcomes, np.abs(x).max(axis=1), float(len(y)))
    assert fit.converged == (kind == "none")


def margins_of(x, y, n_outcomes):
    k = len(x)
    rows = []
    for column, own in zip(x.T, y, strict=True):
        for other in range(n_outcomes):
            if other != own:
                row = np.zeros((n_outcomes, k))
                row[own] += column
                row[other] -= column
                rows.append(row[1:].ravel())
    return np.array(rows)


def by_stiemke(margins):
    """Judge by the dual: a margin is zero in the whole cone if a weighting with it balances all rows."""
    zero = []
    for i in range(len(margins)):
        low = np.zeros(len(margins))
        low[i] = 1.0
        balanced = linprog(
            np.zeros(len(margins)),
            A_eq=margins.T,
            b_eq=np.zeros(margins.shape[1]),
            bounds=[(a, None) for a in low],
        )
        zero.append(balanced.status == 0)
    zero = np.array(zero)
    kind = "none" if zero.all() else "quasi" if zero.any() else "complete"
    return kind, zero


def ends_of_cell(margins, cell):
    """How far a coefficient goes down and up within the cone and the unit box."""
    objective = np.eye(margins.shape[1])[cell]
    return [
        way * linprog(way * objective, A_ub=-margins, b_ub=np.zeros(len(margins)), bounds=(-1, 1)).fun
        for way in (1.0, -1.0)
    ]


@st.composite
def tiny(draw):
    n_outcomes = draw(st.sampled_from([2, 3]))
    n = draw(st.integers(n_outcomes + 2, 9))
    k = draw(st.integers(1, 2))
    values = draw(arrays(np.int64, (k, n), elements=st.integers(-2, 2)))
    y = draw(arrays(np.int64, n, elements=st.integers(0, n_outcomes - 1)))
    x = np.vstack([np.ones(n), values])
    assume(np.linalg.matrix_rank(x) == k + 1)
    assume(len(set(y.tolist())) == n_outcomes)
    return x, y, n_outcomes


@settings(max_examples=60, deadline=None)
@given(tiny())
def test_the_dual_programme_and_one_for_each_coefficient_agree(case):
    x, y, n_outcomes = case
    margins = margins_of(x, y, n_outcomes)
    kind, _ = by_stiemke(margins)
    found = find_separation(x, y, n_outcomes, signs=True)
    assert found.kind == kind
    for cell in range(margins.shape[1]):
        low, high = ends_of_cell(margins, cell)
        # within the box an end is zero, or far from it: the numbers are whole and at most 2
        assert found.infinite.ravel()[cell] == (low < -1e-6 or high > 1e-6)
        assert found.sign.ravel()[cell] == int(high > 1e-6) - int(low < -1e-6)
    # the direction is one of escape
    escape = found.direction / np.abs(x).max(axis=1)
    assert (margins @ escape.ravel() >= -1e-9).all()  # the programme's tolerance is 1e-10
    assert (found.direction != 0)[~found.infinite].sum() == 0
    assert found.direction.any() == (kind != "none")


@settings(max_examples=25, deadline=None)
@given(tiny())
def test_a_separated_fit_drifts_and_another_converges(case):
    x, y, n_outcomes = case
    fit = fit_multinomial(ArrayRows(x=x, y=y), n_outcomes, np.abs(x).max(axis=1), float(len(y)))
    assert fit.converged == (find_separation(x, y, n_outcomes).kind == "none")


def planted(seed, n_outcomes, kind):
    """Rows of which planes tell the outcomes apart; with both outcomes at points on it; or mixed."""
    rng = np.random.default_rng(seed)
    x = np.vstack([np.ones(120), rng.normal(size=(3, 120))])
    b = np.vstack([np.zeros(4), rng.normal(size=(n_outcomes - 1, 4))])
    y = (b @ x).argmax(axis=0)
    if kind == "quasi":
        on, along = -b[1, 0] * b[1, 1:] / (b[1, 1:] @ b[1, 1:]), np.linalg.svd(b[1:, 1:])[2][1]
        points = np.array([[1.0, *(on + along * t)] for t in (0.0, 0.0, 0.7, 0.7)])
        x, y = np.hstack([x, points.T]), np.r_[y, 0, 1, 0, 1]
    return x, rng.permutation(y) if kind == "none" else y


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([2, 3]))
def test_a_planted_plane_is_complete_separation(seed, n_outcomes):
    x, y = planted(seed, n_outcomes, "complete")
    assume(len(set(y.tolist())) == n_outcomes)
    found = find_separation(x, y, n_outcomes)
    assert found.kind == "complete"
    assert found.separated.all()
    assert found.infinite.all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_a_planted_plane_with_both_outcomes_on_it_is_quasi_separation(seed):
    x, y = planted(seed, 2, "quasi")
    assume(len(set(y[:120].tolist())) == 2)  # both outcomes
    found = find_separation(x, y, 2)
    assert found.kind == "quasi"
    assert not found.separated[120:].any()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([2, 3]))
def test_mixed_rows_overlap_and_have_a_finite_maximum(seed, n_outcomes):
    x, y = planted(seed, n_outcomes, "none")
    assume(np.bincount(y, minlength=n_outcomes).min() >= 15)  # fewer may be separated by chance
    assert find_separation(x, y, n_outcomes).kind == "none"
    assert fit_multinomial(ArrayRows(x=x, y=y), n_outcomes, np.abs(x).max(axis=1), 120.0).converged


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["quasi", "complete", "none"]))
def test_order_of_outcomes_shift_scale_and_copies_change_no_verdict(seed, kind):
    rng = np.random.default_rng(seed)
    rest = rng.random(60) < 0.4
    y = rng.integers(0, 3, 60)
    number = rng.normal(size=60)
    if kind == "quasi":
        y[rest] = 1
    if kind == "complete":
        y = np.where(number < -0.3, 0, np.where(number > 0.4, 2, 1))
    assume(len(set(y.tolist())) == 3)  # three outcomes
    x = design(rest, number)
    found = find_separation(x, y, 3, signs=True)
    assert found.kind == kind or (kind == "none" and found.kind != "complete")
    turned = find_separation(x, rng.permutation(3)[y], 3)
    assert turned.kind == found.kind
    assert turned.separated.tolist() == found.separated.tolist()
    moved = find_separation(np.vstack([x[0], x[1] * 1e6, 2_000 + x[2] * 1e-3]), y, 3, signs=True)
    assert (moved.kind, moved.infinite[:, 1:].tolist()) == (found.kind, found.infinite[:, 1:].tolist())
    assert moved.sign[:, 1:].tolist() == found.sign[:, 1:].tolist()
    twice = find_separation(np.hstack([x, x[:, ::-1]]), np.r_[y, y[::-1]], 3, signs=True)
    assert (twice.kind, shown(twice)) == (found.kind, shown(found))
    other = find_separation(np.vstack([x[0], x[1] * 2 - 1 + x[2], x[2]]), y, 3)
    assert other.kind == found.kind


def test_of_many_terms_only_those_that_separate_are_in_the_direction():
    rng = np.random.default_rng(5)
    x = np.vstack([np.ones(300), rng.normal(size=(8, 300)), rng.random(300) < 0.3])
    y = (x[-1] > 0).astype(int)
    found = find_separation(x, y, 2)
    assert found.kind == "complete"
    assert np.flatnonzero(found.direction[0]).tolist() == [0, 9]
    assert found.infinite.all()


def test_more_rows_than_are_held_at_once_are_all_judged():
    rng = np.random.default_rng(6)
    x = np.vstack([np.ones(20_000), rng.normal(size=(3, 20_000))])
    y = (x[1] + x[2] > 0).astype(int)
    assert find_separation(x, y, 2).kind == "complete"
    edge = np.argsort(np.abs(x[1] + x[2]))
    y[edge[500]] = 1 - y[edge[500]]
    assert find_separation(x, y, 2).kind == "none"


def test_a_gap_that_is_small_beside_an_outlier_is_seen():
    number = np.r_[np.arange(20.0), 1e6]
    y = np.r_[np.repeat([0, 1], 10), 1]
    assert find_separation(design(number), y, 2).kind == "complete"
    y[[9, 10]] = y[[10, 9]]
    assert find_separation(design(number), y, 2).kind == "none"


def ordinal_margins(x, y, n_levels):
    rows = []
    for column, level in zip(x.T, y, strict=True):
        cut = np.eye(n_levels - 1)
        if level < n_levels - 1:
            rows.append(np.r_[cut[level], -column])
        if level > 0:
            rows.append(np.r_[-cut[level - 1], column])
    return np.array(rows)


@settings(max_examples=60, deadline=None)
@given(tiny())
def test_ordinal_levels_agree_with_the_dual_programme_too(case):
    x, y, n_levels = case
    margins = ordinal_margins(x[1:], y, n_levels)
    found = find_ordinal_separation(x[1:], y, n_levels, signs=True)
    assert found.kind == by_stiemke(margins)[0]
    for cell in range(margins.shape[1]):
        low, high = ends_of_cell(margins, cell)
        assert found.infinite[cell] == (low < -1e-6 or high > 1e-6)
        assert found.sign[cell] == int(high > 1e-6) - int(low < -1e-6)
    escape = found.direction / np.r_[np.ones(n_levels - 1), np.abs(x[1:]).max(axis=1)]
    assert (margins @ escape >= -1e-9).all()  # the programme's tolerance is 1e-10


@settings(max_examples=25, deadline=None)
@given(tiny())
def test_two_ordered_levels_are_two_outcomes(case):
    x, y, n_outcomes = case
    assume(n_outcomes == 2)  # a law of two
    ordinal = find_ordinal_separation(x[1:], y, 2, signs=True)
    plain = find_separation(x, y, 2, signs=True)
    assert ordinal.kind == plain.kind
    assert ordinal.infinite.tolist() == plain.infinite[0].tolist()
    # the threshold is minus the intercept
    assert (ordinal.sign * np.r_[-1, np.ones(len(x) - 1, dtype=int)]).tolist() == plain.sign[0].tolist()


def test_an_ordered_outcome_that_a_number_cuts_into_levels_is_separated():
    number = np.arange(9.0)
    found = find_ordinal_separation(number[None], np.repeat([0, 1, 2], 3), 3, signs=True)
    assert found.kind == "complete"
    assert found.sign.tolist() == [1, 1, 1]
    mixed = np.r_[0, 0, 1, 0, 1, 1, 2, 1, 2]
    assert find_ordinal_separation(number[None], mixed, 3).kind == "none"


def test_the_last_level_alone_told_apart_is_quasi_separation_of_an_ordered_outcome():
    told = np.r_[np.zeros(8), np.ones(4)]
    y = np.r_[np.tile([0, 1, 2, 1], 2), np.full(4, 2)]
    found = find_ordinal_separation(told[None], y, 3, signs=True)
    assert (found.kind, found.infinite.tolist(), found.sign.tolist()) == (
        "quasi",
        [False, False, True],
        [0, 0, 1],
    )
