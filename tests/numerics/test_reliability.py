"""Coefficients from covariances: their formulas, published limits, and what leaves them unchanged."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from peerstats.numerics import (
    acceleration,
    alpha,
    alpha_by_weights,
    alpha_std_error,
    bca_interval,
    bonett_interval,
    correlations,
    equal_alphas_test,
    feldt_interval,
    item_statistics,
    lambda_2,
    percentile_interval,
    standardised_alpha,
    wald_equality_test,
    weighted_moments,
)


@pytest.fixture
def x(rng):
    return np.round(rng.normal(size=(80, 1)) + rng.normal(size=(80, 5)), 1)


def test_moments_without_weights_are_numpy_s(x):
    mean, covariance = weighted_moments(x)
    assert_allclose(mean, x.mean(axis=0), atol=1e-14)
    assert_allclose(covariance, np.cov(x.T), rtol=1e-12)


def test_frequency_weighted_moments_equal_rows_repeated(x, rng):
    w = rng.integers(0, 4, size=80)
    for found, expected in zip(
        weighted_moments(x, w), weighted_moments(np.repeat(x, w, axis=0)), strict=True
    ):
        assert_allclose(found, expected, rtol=1e-10)


def test_sampling_weighted_covariances_do_not_change_with_the_scale_of_the_weights(x, rng):
    w = rng.uniform(0.5, 3, size=80)
    one = weighted_moments(x, w, weight_kind="sampling")[1]
    assert_allclose(weighted_moments(x, 1e-6 * w, weight_kind="sampling")[1], one, rtol=1e-12)
    assert_allclose(weighted_moments(x, np.full(80, 7.0), weight_kind="sampling")[1], np.cov(x.T), rtol=1e-12)


def test_many_sets_of_weights_give_what_each_gives_alone(x, rng):
    w = rng.integers(0, 4, size=(80, 6)).astype(float)
    mean, covariance = weighted_moments(x, w)
    for r in range(6):
        alone = weighted_moments(x, w[:, r])
        assert_allclose(mean[r], alone[0], rtol=1e-12)
        assert_allclose(covariance[r], alone[1], rtol=1e-12, atol=1e-14)


def test_rows_in_blocks_are_added_up(rng):
    x = rng.normal(size=(20_000, 2)) + 1e6
    assert_allclose(weighted_moments(x)[1], np.cov(x.T), rtol=1e-9)


def test_equal_answers_have_exactly_no_variance_under_any_weights(x):
    still = np.column_stack([x[:, 0], np.full(80, 0.1)])
    w = np.ones((80, 2))
    w[:, 1] = np.arange(80) == 3
    covariance = weighted_moments(still, w)[1]
    assert_allclose(covariance[0, 1], 0, atol=0)
    assert np.isnan(covariance[1]).all()
    two = np.where(np.arange(80) < 2, 5.0, 0.0)
    repeated = weighted_moments(np.vstack([x[:1], x[:1], x[2:]]), two)[1]
    assert_allclose(repeated, 0, atol=0)


def test_alpha_is_its_formula_and_its_shorter_way_agrees(x, rng):
    m = x.shape[1]
    expected = m / (m - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1))
    assert_allclose(alpha(np.cov(x.T)), expected, rtol=1e-12)
    w = rng.integers(0, 4, size=(80, 5)).astype(float)
    assert_allclose(alpha_by_weights(x, w), alpha(weighted_moments(x, w)[1]), rtol=1e-12)


def test_alpha_of_items_that_do_not_vary_is_not_a_number():
    still = np.full((4, 3), 0.1)
    assert np.isnan(alpha(weighted_moments(still)[1]))
    assert np.isnan(alpha_by_weights(still, np.ones((4, 2)))).all()
    opposite = np.column_stack([np.arange(5.0), -np.arange(5.0)])
    assert np.isnan(alpha(weighted_moments(opposite)[1]))
    assert np.isnan(alpha_by_weights(opposite, np.ones((5, 1)))).all()
    assert np.isnan(alpha(np.ones((1, 1))))
    assert np.isnan(lambda_2(np.ones((1, 1))))


def test_equal_correlations_make_all_coefficients_spearman_and_brown_s():
    matrix = np.full((6, 6), 0.3) + 0.7 * np.eye(6)
    expected = 6 * 0.3 / (1 + 5 * 0.3)
    for coefficient in (alpha, standardised_alpha, lambda_2):
        assert_allclose(coefficient(matrix), expected, rtol=1e-12)


def test_lambda_2_is_never_below_alpha(rng):
    matrices = np.array([np.cov(rng.normal(size=(5, 30)) + rng.normal(size=30)) for _ in range(50)])
    assert (lambda_2(matrices) >= alpha(matrices)).all()


def test_item_statistics_are_those_of_the_sums(x):
    found = item_statistics(np.cov(x.T))
    for j in range(5):
        rest = np.delete(x, j, axis=1)
        assert_allclose(found.item_rest[j], np.corrcoef(x[:, j], rest.sum(axis=1))[0, 1], rtol=1e-10)
        assert_allclose(found.alpha_dropped[j], alpha(np.cov(rest.T)), rtol=1e-10)
    pairs = np.corrcoef(x.T)[np.triu_indices(5, 1)]
    assert_allclose(found.inter_item, [pairs.min(), pairs.mean(), pairs.max()], rtol=1e-12)


def test_two_items_have_no_alpha_without_one_of_them(x):
    found = item_statistics(np.cov(x[:, :2].T))
    assert np.isnan(found.alpha_dropped).all()
    assert_allclose(found.item_rest, np.corrcoef(x[:, :2].T)[0, 1], rtol=1e-12)


def test_correlations_beside_a_still_item_are_missing(x):
    covariance = np.cov(x[:, :3].T)
    covariance[0], covariance[:, 0] = 0, 0
    found = correlations(covariance)
    assert np.isnan(found[0]).all()
    assert_allclose(found[1, 2], np.corrcoef(x[:, 1], x[:, 2])[0, 1], rtol=1e-12)


def test_feldt_s_limits_are_those_that_statpsych_prints():
    # ci.cronbach(.05, .85, 7, 89) of R's statpsych, as its manual of 2026 prints it
    assert_allclose(feldt_interval(0.85, 89, 7, 0.95), (0.7971, 0.8932), atol=5e-5)
    assert_allclose(alpha_std_error(0.85, 89, 7), 0.02457, atol=5e-6)


@pytest.mark.parametrize(
    ("value", "n", "error", "limits"),
    [
        (0.91, 583, 0.005566064, (0.8985763, 0.9204108)),
        (0.89, 470, 0.007579900, (0.8743616, 0.9041013)),
        (0.90, 546, 0.006391375, (0.8868623, 0.9119356)),
        (0.89, 680, 0.006297549, (0.8771189, 0.9018203)),
    ],
)
def test_bonett_s_limits_are_those_that_vcmeta_prints(value, n, error, limits):
    # meta.ave.cronbach(.05, n, rel, 10, bystudy = TRUE) of R's vcmeta, in its manual
    assert_allclose(bonett_interval(value, n, 10, 0.95), limits, atol=5e-8)
    assert_allclose(alpha_std_error(value, n, 10), error, atol=5e-10)


@pytest.mark.parametrize("limits", [feldt_interval, bonett_interval])
def test_one_item_or_one_respondent_has_no_limits(limits):
    for arguments in ((0.8, 100, 1), (0.8, 1, 5), (np.nan, 100, 5)):
        assert np.isnan(limits(*arguments, 0.95)).all()


def test_two_alphas_are_compared_by_f():
    test = equal_alphas_test(np.array([0.7, 0.85]), np.array([61, 81]), 10)
    assert (test.test, test.df, test.df_denominator) == ("Feldt's W", 60, 80)
    assert_allclose(test.statistic, 2.0)
    assert_allclose(test.p_value, 2 * stats.f.sf(2.0, 60, 80), rtol=1e-10)
    turned = equal_alphas_test(np.array([0.85, 0.7]), np.array([81, 61]), 10)
    assert_allclose(turned.p_value, test.p_value, rtol=1e-10)


def test_three_alphas_are_compared_by_chi_square():
    alphas, n, m = np.array([0.7, 0.85, 0.8]), np.array([61, 81, 200]), 10
    t = (1 - alphas) ** (1 / 3)
    v = 18 * m * (n - 1) * (1 - alphas) ** (2 / 3) / ((m - 1) * (9 * n - 11) ** 2)
    expected = (t**2 / v).sum() - (t / v).sum() ** 2 / (1 / v).sum()
    test = equal_alphas_test(alphas, n, m)
    assert_allclose(test.statistic, expected, rtol=1e-10)
    assert_allclose(test.p_value, stats.chi2.sf(expected, 2), rtol=1e-10)
    assert test.df == 2


def test_tests_of_equal_alphas_keep_their_level():
    rng = np.random.default_rng(5)
    p_values = {2: [], 3: []}
    for k, found in p_values.items():
        for _ in range(600):
            x = rng.normal(size=(k, 60, 1)) + rng.normal(size=(k, 60, 6))
            values = alpha(np.stack([np.cov(each.T) for each in x]))
            found.append(equal_alphas_test(values, np.full(k, 60), 6).p_value)
    # 600 simulations tell a rejection rate to about .018, two standard errors
    assert all(abs(np.mean(np.array(found) < 0.05) - 0.05) < 0.025 for found in p_values.values())


def test_a_wald_test_of_two_is_a_z_test():
    test = wald_equality_test(np.array([1.0, 3.0]), np.array([[1.0, 0.5], [0.5, 2.0]]))
    assert_allclose(test.statistic, 4 / 2.0)
    assert test.df == 1


def test_bca_without_bias_and_acceleration_is_the_percentile_interval():
    values = np.linspace(-1, 1, 2001)
    assert_allclose(bca_interval(values, 0.0, 0.0, 0.9), percentile_interval(values, 0.9), atol=1e-9)


def test_bca_shifts_by_bias_and_acceleration():
    values = np.linspace(0, 1, 10_001)
    bias = stats.norm.ppf(0.4)
    z = bias + stats.norm.ppf([0.025, 0.975])
    expected = stats.norm.cdf(bias + z / (1 - 0.05 * z))
    assert_allclose(bca_interval(values, 0.4, 0.05, 0.95), expected, atol=1e-4)


def test_the_acceleration_of_a_mean_is_its_skewness(rng):
    x = rng.exponential(size=50)
    jackknife = (x.sum() - x) / 49
    d = x - x.mean()
    expected = (d**3).sum() / (6 * (d**2).sum() ** 1.5)
    assert_allclose(acceleration(jackknife[:, None], np.ones(50)), expected, rtol=1e-9)
    assert_allclose(acceleration(np.ones((5, 1)), np.ones(5)), 0)


def test_too_few_replicates_have_no_limits():
    assert np.isnan(percentile_interval(np.array([np.nan, 1.0]), 0.95)).all()
    assert np.isnan(bca_interval(np.array([2.0, 3.0]), 1.0, 0.0, 0.95)).all()
