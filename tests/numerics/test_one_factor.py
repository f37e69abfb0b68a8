"""The one-factor model equals R's, keeps its laws, and says what it cannot fit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from peerstats.errors import InputError
from peerstats.numerics import ONE_FACTOR_REASONS, omega_total, one_factor

GOLDEN = Path(__file__).parents[1] / "golden" / "cfa_lavaan"


def structured(loadings, uniquenesses):
    return np.outer(loadings, loadings) + np.diag(uniquenesses)


@pytest.fixture
def answers(rng):
    """Simulated answers of 300 people to 7 items, skewed whole numbers."""
    factor = rng.normal(size=(300, 1))
    return np.clip(np.round(1.3 * factor + rng.normal(size=(300, 7)) + 1.5), 0, 6)


def test_loadings_and_omega_equal_lavaan_s():
    data = pd.read_csv(GOLDEN / "input_simulated.csv")
    table = pd.read_csv(GOLDEN / "parameters.csv").query("fit == 'one factor'")
    loadings = table[table["op"] == "=~"]["estimate"].to_numpy()
    unique = table[(table["op"] == "~~") & table["lhs"].str.startswith("q")]["estimate"].to_numpy()
    fit = one_factor(np.cov(data[[f"q{i}" for i in range(1, 6)]].to_numpy().T, bias=True))
    assert_allclose(fit.loadings, loadings, rtol=1e-9)
    assert_allclose(fit.uniquenesses, unique, rtol=1e-9)
    assert_allclose(fit.omega, loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum()), rtol=1e-9)
    assert not fit.heywood.any()


def test_a_heywood_case_has_factanal_s_bounded_estimate():
    table = pd.read_csv(GOLDEN / "heywood_simulated.csv")
    names = ["a", "b", "c", "d"]
    fit = one_factor(np.corrcoef(table[names].to_numpy().T))
    # factanal's search by L-BFGS-B stops at about 1e-7
    assert_allclose(fit.uniquenesses, table["uniqueness"][:4], rtol=1e-6)
    assert_allclose(np.abs(fit.loadings), table["loading"][:4], rtol=1e-6)
    assert fit.heywood.sum() == 1
    assert_allclose(fit.uniquenesses[fit.heywood], 0.005, rtol=1e-12)


def test_a_matrix_made_of_the_model_gives_the_model_back():
    loadings, unique = np.array([2.0, 1.5, -0.4, 0.9]), np.array([1.0, 0.3, 2.0, 0.7])
    fit = one_factor(structured(loadings, unique))
    assert_allclose(fit.loadings, loadings, rtol=1e-9)
    assert_allclose(fit.uniquenesses, unique, rtol=1e-9)
    assert fit.discrepancy < 1e-12


def test_three_items_are_fitted_exactly():
    r12, r13, r23 = 0.5, 0.4, 0.3
    fit = one_factor(np.array([[1, r12, r13], [r12, 1, r23], [r13, r23, 1]]))
    assert_allclose(fit.loadings[0], np.sqrt(r12 * r13 / r23), rtol=1e-9)
    assert fit.discrepancy < 1e-12


@pytest.mark.parametrize("m", [3, 5, 16])
def test_equal_loadings_make_omega_equal_alpha(m):
    covariance = structured(np.full(m, 0.8), np.linspace(0.3, 2.0, m))
    alpha = m / (m - 1) * (1 - np.trace(covariance) / covariance.sum())
    assert_allclose(one_factor(covariance).omega, alpha, rtol=1e-10)


def test_the_order_of_items_does_not_matter(answers, rng):
    order = rng.permutation(7)
    fit, other = one_factor(np.cov(answers.T)), one_factor(np.cov(answers[:, order].T))
    assert_allclose(other.loadings, fit.loadings[order], rtol=1e-8)
    assert_allclose(other.omega, fit.omega, rtol=1e-10)


def test_scaling_all_items_leaves_omega_alone_and_scales_the_loadings(answers):
    fit, other = one_factor(np.cov(answers.T)), one_factor(np.cov((3 + 2.5 * answers).T))
    assert_allclose(other.omega, fit.omega, rtol=1e-10)
    assert_allclose(other.loadings, 2.5 * fit.loadings, rtol=1e-9)


def test_replicates_together_equal_each_alone_from_any_start(answers, rng):
    weights = rng.multinomial(300, np.full(300, 1 / 300), size=6)
    matrices = np.stack([np.cov(answers.T, fweights=w) for w in weights])
    whole = one_factor(np.cov(answers.T))
    together, warm = one_factor(matrices), one_factor(matrices, start=whole)
    alone = np.array([one_factor(matrix).omega for matrix in matrices])
    assert_allclose(together.omega, alone, rtol=1e-12)
    assert_allclose(warm.omega, alone, rtol=1e-10)
    assert_allclose(warm.loadings, together.loadings, rtol=1e-9)


def test_few_steps_suffice_for_answers_of_one_factor(answers):
    fit = one_factor(np.cov(answers.T))
    assert fit.n_iterations <= 8
    assert one_factor(np.cov(answers.T), start=fit).n_iterations <= 2


def test_the_fit_is_a_minimum_even_where_the_items_have_several_factors(rng):
    factors = np.repeat(rng.normal(size=(60, 80, 3)), 3, axis=2)
    matrices = np.stack([np.cov(x.T) for x in factors + rng.normal(size=(60, 80, 9))])
    fit = one_factor(matrices)
    assert_array_equal(fit.reason, 0)
    for matrix, loadings, unique, least in zip(
        matrices, fit.loadings, fit.uniquenesses, fit.discrepancy, strict=True
    ):
        log_det = np.linalg.slogdet(matrix)[1]
        for _ in range(4):
            near = structured(loadings + 1e-3 * rng.normal(size=9), unique * (1 + 1e-3 * rng.random(9)))
            value = np.linalg.slogdet(near)[1] + np.trace(np.linalg.solve(near, matrix)) - log_det - 9
            assert value >= least - 1e-12


def test_what_cannot_be_fitted_is_nan_with_a_reason_and_the_others_are_fitted():
    good = structured(np.array([0.8, 0.7, 0.6]), np.array([0.4, 0.5, 0.6]))
    flat, missing, odd = good.copy(), good.copy(), good.copy()
    flat[0] = flat[:, 0] = 0
    missing[0, 1] = np.nan
    odd[0, 1] = odd[1, 0] = 2
    fit = one_factor(np.stack([good, flat, missing, odd]))
    assert [ONE_FACTOR_REASONS[code] for code in fit.reason] == [
        None,
        "an item has no variance",
        "a covariance is missing",
        "the covariance matrix is not positive definite",
    ]
    assert_array_equal(np.isnan(fit.omega), [False, True, True, True])
    assert np.isnan(fit.loadings[1:]).all()


def test_fewer_respondents_than_items_make_a_matrix_that_is_not_positive_definite(rng):
    fit = one_factor(np.cov(rng.normal(size=(6, 9)).T))
    assert ONE_FACTOR_REASONS[int(fit.reason)] == "the covariance matrix is not positive definite"


def test_two_items_are_not_identified():
    with pytest.raises(InputError, match=r"one_factor\(\): a one-factor model of 2 items is not identified"):
        one_factor(np.eye(2))
    with pytest.raises(InputError, match="shape"):
        one_factor(np.ones((3, 4)))


def test_omega_total_follows_its_formula():
    assert_allclose(omega_total(np.array([1.0, 2.0]), np.array([3.0, 4.0])), 9 / 16)
