"""Polychoric correlations equal those of R and keep their laws."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import multivariate_normal

from peerstats.errors import InputError
from peerstats.numerics import (
    LARGEST_POLYCHORIC,
    bivariate_normal_cdf,
    ordinal_reliability,
    polychoric,
    smooth_correlation,
)

GOLDEN = Path(__file__).parents[1] / "golden" / "polychoric_psych"
PAIRS = np.triu_indices(6, 1)


@pytest.fixture(scope="module")
def codes():
    return pd.read_csv(GOLDEN / "input_simulated.csv").to_numpy()


@pytest.fixture(scope="module")
def expected():
    return pd.read_csv(GOLDEN / "expected.csv")


def correlations(expected, what):
    rows = expected[expected["what"] == what]
    places = {(a, b): v for a, b, v in zip(rows["first"], rows["second"], rows["value"], strict=True)}
    return np.array([places[f"q{i + 1}", f"q{j + 1}"] for i, j in zip(*PAIRS, strict=True)])


def test_the_bivariate_normal_equals_scipy_s(rng):
    h, k, r = 1.5 * rng.normal(size=60), 1.5 * rng.normal(size=60), rng.uniform(-0.99, 0.99, 60)
    h[:3], k[1:4] = 0.0, 0.0
    theirs = [multivariate_normal.cdf([a, b], cov=[[1, c], [c, 1]]) for a, b, c in zip(h, k, r, strict=True)]
    assert_allclose(bivariate_normal_cdf(h, k, r), theirs, atol=1e-13)


def test_infinite_limits_give_the_margins():
    far = np.array([np.inf, -np.inf, np.inf])
    assert_allclose(bivariate_normal_cdf(far, np.array([0.0, 0.0, np.inf]), np.full(3, 0.4)), [0.5, 0.0, 1.0])


def test_correlations_equal_psych_s_to_the_precision_of_its_search(codes, expected):
    assert_allclose(polychoric(codes).correlation[PAIRS], correlations(expected, "psych"), atol=1e-4)


def test_correlations_and_thresholds_equal_lavaan_s(codes, expected):
    found = polychoric(codes)
    # lavCor stops at about 1e-6
    assert_allclose(found.correlation[PAIRS], correlations(expected, "lavaan"), atol=1e-6)
    assert_allclose(found.thresholds.ravel(), expected.query("what == 'threshold'")["value"], rtol=1e-10)
    assert bool(found.positive_definite)
    assert found.n_iterations <= 8


def test_ordinal_alpha_and_omega_equal_psych_s_and_lavaan_s(codes, expected):
    found = ordinal_reliability(polychoric(codes))
    told = expected.set_index("what")["value"]
    assert_allclose(found.alpha, told["alpha"], rtol=1e-6)
    assert_allclose(found.omega, told["omega"], rtol=1e-5)


def test_frequency_weights_equal_rows_repeated(codes, rng):
    counts = rng.integers(0, 4, len(codes))
    weighted = polychoric(codes, counts.astype(float))
    repeated = polychoric(np.repeat(codes, counts, axis=0))
    assert_allclose(weighted.correlation, repeated.correlation, atol=1e-12)
    assert_allclose(weighted.thresholds, repeated.thresholds, atol=1e-12)


def test_replicates_together_equal_each_alone(codes, rng):
    weights = rng.multinomial(len(codes), np.full(len(codes), 1 / len(codes)), size=5).T.astype(float)
    together = polychoric(codes, weights)
    alone = np.stack([polychoric(codes, column).correlation for column in weights.T])
    assert together.correlation.shape == (5, 6, 6)
    assert_allclose(together.correlation, alone, atol=1e-9)


def test_turning_an_item_round_turns_its_correlations(codes):
    turned = codes.copy()
    turned[:, 2] = codes.max() - turned[:, 2]
    sign = np.where(np.arange(6) == 2, -1, 1)
    expected = polychoric(codes).correlation * np.outer(sign, sign)
    assert_allclose(polychoric(turned).correlation, expected, atol=1e-9)


def test_empty_categories_change_nothing(codes):
    assert_allclose(polychoric(codes, n_categories=9).correlation, polychoric(codes).correlation, atol=1e-10)


def test_pairs_use_the_respondents_who_answered_both(codes):
    some = codes.copy()
    some[:50, 0] = -1
    pair = polychoric(some[50:, 1:3]).correlation[0, 1]
    # the thresholds of items 2 and 3 still come of everybody
    assert polychoric(some).correlation[1, 2] == pytest.approx(polychoric(codes).correlation[1, 2], abs=1e-12)
    assert polychoric(some).correlation[0, 1] != pytest.approx(pair, abs=1e-3)


def test_a_two_by_two_table_gives_the_tetrachoric_correlation():
    # equal margins: sin(pi / 2 (4 p - 1)), p the share of one diagonal cell
    codes = np.array([[0, 0]] * 40 + [[0, 1]] * 10 + [[1, 0]] * 10 + [[1, 1]] * 40)
    assert_allclose(polychoric(codes).correlation[0, 1], np.sin(np.pi / 2 * (4 * 0.4 - 1)), rtol=1e-9)


def test_answers_on_a_line_stand_at_the_bound_and_are_said():
    line = np.repeat(np.arange(4), 20)
    found = polychoric(np.column_stack([line, line, 3 - line]))
    assert_allclose(found.correlation[0, 1:], [LARGEST_POLYCHORIC, -LARGEST_POLYCHORIC])
    assert_array_equal(found.at_bound, ~np.eye(3, dtype=bool))


def test_a_cell_beyond_double_precision_is_said():
    codes = np.array([[0, 0]] * 30_000 + [[1, 1]] * 300 + [[2, 2]] * 3 + [[0, 2]])
    found = polychoric(codes)
    assert found.at_bound[0, 1]
    assert 0.95 < found.correlation[0, 1] < LARGEST_POLYCHORIC


def test_an_item_of_one_category_has_no_correlation(codes):
    flat = codes.copy()
    flat[:, 1] = 2
    found = polychoric(flat)
    assert np.isnan(found.correlation[1, [0, 2, 3]]).all()
    assert np.isfinite(found.correlation[0, 2:]).all()
    assert not found.positive_definite
    assert np.isnan(ordinal_reliability(found).omega)


def test_respondents_in_empty_cells_only_on_request():
    codes = np.array([[0, 0]] * 30 + [[0, 1]] * 10 + [[1, 1]] * 30)
    plain, corrected = polychoric(codes), polychoric(codes, correct=0.5)
    assert plain.at_bound[0, 1]
    assert 0.9 < corrected.correlation[0, 1] < 0.99
    assert_array_equal(corrected.thresholds, plain.thresholds)


def test_smoothing_equals_psych_s():
    table = pd.read_csv(GOLDEN / "smooth.csv")
    before = table["before"].to_numpy().reshape(4, 4)
    smoothed, changed = smooth_correlation(before)
    assert bool(changed)
    assert_allclose(smoothed.ravel(), table["after"], atol=1e-9)


def test_a_matrix_that_is_not_positive_definite_has_an_omega_only_after_smoothing():
    # each pair comes of other respondents: the first two agree, the last two agree, first and third oppose
    pairs = [[0, 0], [0, 0], [0, 0], [1, 1], [1, 1], [1, 1], [0, 1], [1, 0]]
    codes = np.full((24, 3), -1)
    codes[:8, [0, 1]] = codes[8:16, [1, 2]] = pairs
    codes[16:, [0, 2]] = np.abs(np.array(pairs) - [0, 1])
    found = polychoric(codes)
    assert not found.positive_definite
    assert np.isnan(ordinal_reliability(found).omega)
    smoothed = ordinal_reliability(found, smooth=True)
    assert bool(smoothed.smoothed)


def test_bad_weights_and_single_items_are_refused(codes):
    with pytest.raises(InputError, match=r"polychoric\(\): weights"):
        polychoric(codes, np.ones(3))
    with pytest.raises(InputError, match="negative"):
        polychoric(codes, -np.ones(len(codes)))
    with pytest.raises(InputError, match="two items"):
        polychoric(codes[:, :1])
