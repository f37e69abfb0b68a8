"""Indices of careless answering: one number a respondent, missing answers as NaN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import chdtrc

from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import Array, BoolArray, IntArray

__all__ = [
    "Distances",
    "even_odd",
    "mahalanobis",
    "pairwise_moments",
    "row_correlation",
    "row_sd",
    "runs",
    "same_answers",
]

# Below this smallest eigenvalue of the correlations one item is a sum of others, rounding apart:
# correlations carry errors of about 1e-15 times the number of items.
_SINGULAR = 1e-10
_PAIRS = 3  # two points always lie on a line


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distances:
    """Squared Mahalanobis distances.

    Attributes
    ----------
    squared : (n,) array
        Squared distance over the items answered.
    p_value : (n,) array
        Upper tail of chi-square on the number of items answered that vary.
    problem : str or None
        Why there are none.
    """

    squared: Array
    p_value: Array
    problem: str | None


def runs(answers: Array) -> tuple[Array, Array]:
    """Measure the runs of equal answers side by side.

    Parameters
    ----------
    answers : (n, m) array
        Answers in the order in which they were given.

    Returns
    -------
    longest, average : (n,) array
        Length of the longest run and mean length of the runs; NaN where nothing was answered. A missing
        answer ends a run and is none.
    """
    n, m = answers.shape
    answered = ~np.isnan(answers)
    current, longest, n_runs = np.zeros(n), np.zeros(n), np.zeros(n)
    for j in range(m):
        goes_on = answers[:, j] == answers[:, j - 1] if j else np.zeros(n, dtype=bool)
        current = np.where(goes_on, current + 1, answered[:, j])
        n_runs += answered[:, j] & ~goes_on
        np.maximum(longest, current, out=longest)
    some = n_runs > 0
    average = np.divide(answered.sum(axis=1), n_runs, out=np.full(n, np.nan), where=some)
    return np.where(some, longest, np.nan), average


def _is_constant(values: Array, axis: int) -> BoolArray:
    """Return where all answers there are equal, no answer included."""
    low = np.min(np.where(np.isnan(values), np.inf, values), axis=axis, initial=np.inf)
    high = np.max(np.where(np.isnan(values), -np.inf, values), axis=axis, initial=-np.inf)
    same: BoolArray = low >= high
    return same


def row_sd(answers: Array) -> Array:
    """Return the standard deviation (divisor answers - 1) of each row; NaN below two answers."""
    answered = ~np.isnan(answers)
    n = answered.sum(axis=1)
    mean = np.divide(np.nansum(answers, axis=1), n, out=np.zeros(len(n)), where=n > 0)
    squares = np.nansum((answers - mean[:, None]) ** 2, axis=1)
    squares[_is_constant(answers, 1)] = 0.0
    sd: Array = np.sqrt(np.divide(squares, n - 1, out=np.full(len(n), np.nan), where=n > 1))
    return sd


def same_answers(answers: Array, scales: Sequence[IntArray], least: int) -> Array:
    """Return the share of a person's scales in which every answer is the same.

    Parameters
    ----------
    answers : (n, m) array
        Answers as given.
    scales : sequence of int arrays
        Positions of the items of each scale.
    least : int
        Answers that a scale needs to count.

    Returns
    -------
    (n,) array
        NaN where no scale has that many answers.
    """
    straight, counted = np.zeros(len(answers)), np.zeros(len(answers))
    for items in scales:
        part = answers[:, items]
        enough = (~np.isnan(part)).sum(axis=1) >= least
        counted += enough
        straight += enough & _is_constant(part, 1)
    share: Array = np.divide(straight, counted, out=np.full(len(answers), np.nan), where=counted > 0)
    return share


def row_correlation(x: Array, y: Array) -> Array:
    """Correlate the pairs of each row.

    Parameters
    ----------
    x, y : (n, p) array
        The two members of p pairs.

    Returns
    -------
    (n,) array
        Pearson's r over the pairs with both members; NaN below three such pairs, or where one side does
        not vary.
    """
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = np.where(both, x, np.nan), np.where(both, y, np.nan)
    n = both.sum(axis=1)
    known = (n >= _PAIRS) & ~_is_constant(x, 1) & ~_is_constant(y, 1)
    size = np.maximum(n, 1)[:, None]
    x0 = np.where(both, x - np.nansum(x, axis=1, keepdims=True) / size, 0.0)
    y0 = np.where(both, y - np.nansum(y, axis=1, keepdims=True) / size, 0.0)
    scale = np.sqrt(np.sum(x0**2, axis=1) * np.sum(y0**2, axis=1))
    r: Array = np.divide(np.sum(x0 * y0, axis=1), scale, out=np.full(len(n), np.nan), where=known)
    return r.clip(-1.0, 1.0)


def _half_means(answers: Array) -> Array:
    n = (~np.isnan(answers)).sum(axis=1)
    mean: Array = np.divide(np.nansum(answers, axis=1), n, out=np.full(len(n), np.nan), where=n > 0)
    return mean


def even_odd(keyed: Array, scales: Sequence[IntArray]) -> Array:
    """Measure even-odd consistency.

    Parameters
    ----------
    keyed : (n, m) array
        Answers after reversal.
    scales : sequence of int arrays
        Positions of the items of each scale, in item order; scales of one item are left out.

    Returns
    -------
    (n,) array
        2 r / (1 + r), at least -1, r the correlation over scales of the mean of a person's 1st, 3rd, ...
        items with the mean of the 2nd, 4th, ...; NaN below three such scales.
    """
    halved = [items for items in scales if len(items) > 1]
    if len(halved) < _PAIRS:
        return np.full(len(keyed), np.nan)
    odd = np.column_stack([_half_means(keyed[:, items[0::2]]) for items in halved])
    even = np.column_stack([_half_means(keyed[:, items[1::2]]) for items in halved])
    r = row_correlation(odd, even)
    # at r = -1 the formula is minus infinity; every r below -1/3 is past -1
    stepped_up: Array = np.divide(2 * r, 1 + r, out=np.full(len(r), -1.0), where=~(r <= -1.0))
    return stepped_up.clip(min=-1.0)


def pairwise_moments(answers: Array) -> tuple[Array, Array, Array]:
    """Return means, covariances and correlations, each pair of items over those who answered both.

    Parameters
    ----------
    answers : (n, m) array
        Answers.

    Returns
    -------
    mean : (m,) array
        Mean of each item over all who answered it.
    covariance, correlation : (m, m) array
        R's ``cov`` and ``cor`` with ``use = "pairwise.complete.obs"``; NaN below two common answers, and a
        correlation also where an item does not vary.
    """
    answered = ~np.isnan(answers)
    present = answered.astype(np.float64)
    size = answered.sum(axis=0)
    mean = np.divide(np.nansum(answers, axis=0), size, out=np.full(len(size), np.nan), where=size > 0)
    z = np.where(answered, answers - mean, 0.0)
    z[:, _is_constant(answers, 0)] = 0.0
    with one_blas_thread():
        n, sums = present.T @ present, z.T @ present
        products, squares = z.T @ z, (z**2).T @ present
    enough = n > 1
    safe = np.where(enough, n, 2.0)
    covariance = (products - sums * sums.T / safe) / (safe - 1)
    variance = (squares - sums**2 / safe) / (safe - 1)
    product = np.sqrt(np.maximum(variance, 0.0) * np.maximum(variance.T, 0.0))
    # a variance of items answered on a common subset may be 0 there: rounding alone gives about 1e-16
    varies = enough & (product > 1e-12 * np.nanmax(variance, initial=0.0))
    correlation = np.divide(covariance, product, out=np.full(n.shape, np.nan), where=varies)
    return mean, np.where(enough, covariance, np.nan), np.clip(correlation, -1.0, 1.0)


def _why_not(correlation: Array) -> str | None:
    if np.isnan(correlation).any():
        return "some pair of items was not answered by two people"
    if np.linalg.eigvalsh(correlation)[0] < _SINGULAR:
        return "the items' correlation matrix is not positive definite"
    return None


def mahalanobis(answers: Array) -> Distances:
    """Measure how far each respondent lies from the middle of all answers.

    Parameters
    ----------
    answers : (n, m) array
        Answers.

    Returns
    -------
    Distances
        For a person with answers a: (x_a - mean_a)' S_aa^-1 (x_a - mean_a), the means over all who answered
        an item, the covariances S pairwise; items that do not vary are left out. NaN without answers.

    Notes
    -----
    With every item answered this is R's ``stats::mahalanobis(x, colMeans(x), cov(x))``.
    """
    n = len(answers)
    none = np.full(n, np.nan)
    x = answers[:, ~_is_constant(answers, 0)]
    if not x.shape[1]:
        return Distances(squared=none, p_value=none, problem="no item varies")
    mean, covariance, correlation = pairwise_moments(x)
    problem = _why_not(correlation)
    if problem is not None:
        return Distances(squared=none, p_value=none, problem=problem)
    squared = none.copy()
    answered = ~np.isnan(x)
    patterns, member = np.unique(answered, axis=0, return_inverse=True)
    member = member.reshape(-1)
    order = np.argsort(member, kind="stable")
    ends = np.cumsum(np.bincount(member, minlength=len(patterns)))
    for items, end, start in zip(patterns, ends, [0, *ends[:-1]], strict=True):
        if not items.any():
            continue
        rows = order[start:end]
        root = np.linalg.cholesky(covariance[np.ix_(items, items)])
        turned = solve_triangular(root, (x[np.ix_(rows, items)] - mean[items]).T, lower=True)
        squared[rows] = np.sum(turned**2, axis=0)
    size = answered.sum(axis=1)
    p_value = np.where(size > 0, chdtrc(np.maximum(size, 1), squared), np.nan)
    return Distances(squared=squared, p_value=p_value, problem=None)
