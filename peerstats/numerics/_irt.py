"""Bifactor graded response model: expected scores of answer patterns and of sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.typing import Array, IntArray

__all__ = ["BifactorModel", "expected_scores", "expected_scores_by_sum"]

_ROWS = 16_384  # respondents at a time: their (rows, points) posteriors stay in the cache
_CELLS = 8_000_000  # numbers in one table of half-pattern products: 64 MB
_MARKS = 4_000_000  # possible codes up to which each gets a mark; a sort serves more


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BifactorModel:
    """A graded response model with one general and two orthogonal specific factors.

    P(Y >= k) = logistic(a_F F + a_S S - c_k) for k = 1..c, where S is the item's specific factor.

    Attributes
    ----------
    slopes : (m, 2) array
        Slope on the general and on the item's specific factor.
    cuts : (m, c) array
        Cuts, increasing in each row.
    factor : (m,) int array
        Which specific factor the item loads on: 0 or 1.
    mean : (3,) array
        Means of the general and the two specific factors.
    variance : (3,) array
        Their variances.
    grid : (q,) array
        Equally spaced quadrature points, the same for each factor.
    """

    slopes: Array
    cuts: Array
    factor: IntArray
    mean: Array
    variance: Array
    grid: Array


def _weights(model: BifactorModel, factor: int) -> Array:
    """Return normal-density weights over the grid, summing to 1."""
    density: Array = np.exp(-0.5 * (model.grid - model.mean[factor]) ** 2 / model.variance[factor])
    density /= density.sum()
    return density


def _category_probabilities(model: BifactorModel, item: int) -> Array:
    """Return P(Y = k | F, S) over the grid as a (q, q, c + 1) array: general, specific, category."""
    general, specific = model.slopes[item]
    line = general * model.grid[:, None] + specific * model.grid[None, :]
    # the logistic function; that of scipy.special takes a fifth of a second to load
    above = np.exp(-np.logaddexp(0.0, model.cuts[item] - line[:, :, None]))
    edge = np.ones((*line.shape, 1))
    return np.diff(np.concatenate([np.zeros_like(edge), 1 - above, edge], axis=2), axis=2)


def _codes(answers: IntArray, n_categories: int) -> IntArray:
    """Give each pattern a number in base n_categories + 1; a missing answer (-1) is the last digit."""
    base = n_categories + 1
    digits = np.where(answers < 0, n_categories, answers)
    code = np.zeros(len(answers), dtype=np.int64)
    for j in range(answers.shape[1]):
        code = code * base + digits[:, j]
    return code


def _distinct(code: IntArray, n_possible: int) -> tuple[IntArray, IntArray]:
    """Return the codes that occur, rising, and each row's place among them."""
    if n_possible > _MARKS:
        values, place = np.unique(code, return_inverse=True)
        return values, place
    occurs = np.zeros(n_possible, dtype=bool)
    occurs[code] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[code]


def _half_products(model: BifactorModel, items: IntArray, answers: IntArray) -> tuple[Array, IntArray]:
    """Return the likelihood over (F, S) of each distinct pattern of `items`, and each row's pattern.

    The likelihoods are a (q, u, q) array (general, pattern, specific); an unanswered item adds nothing.
    """
    n_categories = model.cuts.shape[1] + 1
    code, row_of = _distinct(_codes(answers[:, items], n_categories), (n_categories + 1) ** len(items))
    q = len(model.grid)
    product = np.ones((q, len(code), q))
    rest = code
    for item in items[::-1]:
        rest, digit = np.divmod(rest, n_categories + 1)
        table = np.concatenate([_category_probabilities(model, int(item)), np.ones((q, q, 1))], axis=2)
        product *= np.moveaxis(table[:, :, digit], 1, 2)
    return product, row_of


def _factor_likelihood(model: BifactorModel, factor: int, answers: IntArray) -> tuple[Array, IntArray]:
    """Return the likelihood over F of one specific factor's items, that factor integrated out.

    Splitting the items in two halves turns the sum over the specific factor for all pairs of half patterns
    into one matrix product for each point of F.

    Returns
    -------
    likelihood : (u, q) array
        One row a distinct pattern.
    row_of : (n,) int array
        Each respondent's pattern.
    """
    items = np.flatnonzero(model.factor == factor)
    half = len(items) // 2
    left, left_of = _half_products(model, items[:half], answers)
    right, right_of = _half_products(model, items[half:], answers)
    pair, row_of = _distinct(left_of * right.shape[1] + right_of, left.shape[1] * right.shape[1])
    in_left, in_right = np.divmod(pair, right.shape[1])
    left *= _weights(model, factor + 1)
    likelihood = np.empty((len(pair), len(model.grid)))
    step = max(1, _CELLS // (right.shape[1] * len(model.grid)))
    for start in range(0, left.shape[1], step):
        table = np.matmul(left[:, start : start + step], np.swapaxes(right, 1, 2))
        here = slice(*np.searchsorted(in_left, [start, start + step]))
        likelihood[here] = table[:, in_left[here] - start, in_right[here]].T
    return likelihood, row_of


def _moments(posterior: Array, grid: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation of each row of unnormalised weights over the grid."""
    total, first, second = (posterior @ np.stack([np.ones_like(grid), grid, grid**2], axis=1)).T
    mean = first / total
    return mean, np.sqrt(second / total - mean**2)


def expected_scores(answers: IntArray, model: BifactorModel) -> tuple[Array, Array]:
    """Compute the expected general factor of each answer pattern, and its posterior SD.

    Parameters
    ----------
    answers : (n, m) int array
        Answers 0..c with the highest best; -1 where there is none.
    model : BifactorModel
        The scoring group's parameters.

    Returns
    -------
    expected : (n,) array
        EAP of the general factor; NaN where nothing was answered.
    std_error : (n,) array
        Posterior standard deviation.

    Notes
    -----
    Every item loads on one specific factor, so the sum over three dimensions is a sum over F of two
    independent sums over (F, S): the same numbers at a fraction of the work.
    """
    expected = np.full(len(answers), np.nan)
    std_error = np.full(len(answers), np.nan)
    known = np.flatnonzero((answers >= 0).any(axis=1))
    if len(known) == 0:
        return expected, std_error
    answers = answers[known]
    with one_blas_thread():
        (first, first_of), (second, second_of) = (_factor_likelihood(model, s, answers) for s in (0, 1))
        first *= _weights(model, 0)
        for start in range(0, len(known), _ROWS):
            here = slice(start, start + _ROWS)
            posterior = first[first_of[here]] * second[second_of[here]]
            expected[known[here]], std_error[known[here]] = _moments(posterior, model.grid)
    return expected, std_error


def _sum_distribution(model: BifactorModel, factor: int) -> Array:
    """Return P(sum of one specific factor's items | F) as a (q, sums) array (Lord and Wingersky 1984)."""
    q = len(model.grid)
    by_sum = np.ones((q, q, 1))
    for item in np.flatnonzero(model.factor == factor):
        category = _category_probabilities(model, int(item))
        longer = np.zeros((q, q, by_sum.shape[2] + category.shape[2] - 1))
        for k in range(category.shape[2]):
            longer[:, :, k : k + by_sum.shape[2]] += by_sum * category[:, :, k : k + 1]
        by_sum = longer
    integrated: Array = np.einsum("fst,s->ft", by_sum, _weights(model, factor + 1))
    return integrated


def expected_scores_by_sum(model: BifactorModel) -> tuple[Array, Array]:
    """Compute the expected general factor of everyone with the same sum, and its posterior SD.

    Parameters
    ----------
    model : BifactorModel
        The scoring group's parameters.

    Returns
    -------
    expected : (m * c + 1,) array
        EAP for sums 0, 1, ...
    std_error : (m * c + 1,) array
        Posterior standard deviation.

    Notes
    -----
    The recursion of Lord and Wingersky (1984), Applied Psychological Measurement 8(4), 453-461, run
    for each specific factor apart and convolved at each point of F.
    """
    first, second = (_sum_distribution(model, factor) for factor in (0, 1))
    both = np.stack([np.convolve(a, b) for a, b in zip(first, second, strict=True)])
    return _moments((both * _weights(model, 0)[:, None]).T, model.grid)
