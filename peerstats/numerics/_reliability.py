"""Coefficients of reliability and statistics of items, from covariances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._covariance import correlations

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = [
    "ItemStatistics",
    "alpha",
    "alpha_by_weights",
    "empirical_reliability",
    "item_statistics",
    "lambda_2",
    "standardised_alpha",
]

# A remainder of the variance below this share of what it was taken from is rounding, not variance.
_ROUNDING = 1e-12


def _parts(covariance: Array) -> tuple[Array, Array]:
    """Return the variances of the items and the variance of their sum."""
    return np.diagonal(covariance, axis1=-2, axis2=-1), covariance.sum(axis=(-2, -1))


def _over_total(numerator: Array, variances: Array, total: Array) -> Array:
    """Divide by the variance of the sum, where there is one."""
    least = _ROUNDING * variances.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Array = numerator / np.where(total > least, total, np.nan)
    return ratio


def alpha(covariance: Array) -> Array:
    """Compute Cronbach's alpha.

    Parameters
    ----------
    covariance : (..., m, m) array
        Covariances of m items.

    Returns
    -------
    (...) array
        m / (m - 1) x (1 - sum of the items' variances / variance of their sum); NaN for one item, and where
        the sum has no variance.
    """
    m = covariance.shape[-1]
    variances, total = _parts(covariance)
    if m == 1:
        return np.full(total.shape, np.nan)
    return _over_total(m / (m - 1) * (total - variances.sum(axis=-1)), variances, total)


def alpha_by_weights(x: Array, weights: Array) -> Array:
    """Compute Cronbach's alpha under many sets of weights, without their covariances.

    Parameters
    ----------
    x : (n, m) array
        Answers to m items, two or more.
    weights : (n, R) array
        Weights of zero or more.

    Returns
    -------
    (R,) array
        `alpha` of the weighted covariances; NaN where the sum has no variance.

    Notes
    -----
    It takes m + 3 sums where the covariances take m (m + 3) / 2 + 1.
    """
    n, m = x.shape
    centred = x - x.mean(axis=0)
    formed = np.empty((n, m + 3))
    formed[:, 0] = 1.0
    formed[:, 1 : m + 1] = centred
    np.einsum("ij,ij->i", centred, centred, out=formed[:, m + 1])
    np.square(centred.sum(axis=1), out=formed[:, m + 2])
    sums = weights.T @ formed
    with np.errstate(divide="ignore", invalid="ignore"):
        items = sums[:, m + 1] - (sums[:, 1 : m + 1] ** 2).sum(axis=1) / sums[:, 0]
        total = sums[:, m + 2] - sums[:, 1 : m + 1].sum(axis=1) ** 2 / sums[:, 0]
        # items that do not vary leave a rounding error of their sums of squares
        least = _ROUNDING * np.maximum(items, sums[:, m + 1])
        ratio: Array = m / (m - 1) * (1 - items / np.where(total > least, total, np.nan))
    return ratio


def standardised_alpha(covariance: Array) -> Array:
    """Compute Cronbach's alpha of standardised items.

    Parameters
    ----------
    covariance : (..., m, m) array
        Covariances of m items.

    Returns
    -------
    (...) array
        Alpha of the correlation matrix; NaN where an item has no variance.
    """
    return alpha(correlations(covariance))


def lambda_2(covariance: Array) -> Array:
    """Compute Guttman's lambda-2.

    Parameters
    ----------
    covariance : (..., m, m) array
        Covariances of m items.

    Returns
    -------
    (...) array
        (C1 + sqrt(m / (m - 1) x C2)) / variance of the items' sum, C1 and C2 being the sums of the
        covariances between different items and of their squares; never below alpha.
    """
    m = covariance.shape[-1]
    variances, total = _parts(covariance)
    if m == 1:
        return np.full(total.shape, np.nan)
    squares = np.einsum("...ij,...ij->...", covariance, covariance) - np.einsum(
        "...i,...i->...", variances, variances
    )
    # rounding can leave a little less than nothing
    shared = total - variances.sum(axis=-1) + np.sqrt(m / (m - 1) * np.maximum(squares, 0))
    return _over_total(shared, variances, total)


def empirical_reliability(
    scores: Array, std_errors: Array, weights: Array, *, weight_kind: str = "frequency"
) -> Array:
    """Compute the reliability of expected scores from their spread and their errors.

    Parameters
    ----------
    scores, std_errors : (n,) array
        Posterior means (EAP) and posterior standard deviations.
    weights : (n, R) array
        Weights; ones where there are none.
    weight_kind : {"none", "frequency", "sampling"}
        What stands below the sum of weighted squares, as in `weighted_moments`.

    Returns
    -------
    (R,) array
        var(EAP) / (var(EAP) + mean squared error); NaN for a single score.

    Notes
    -----
    ``empirical_rxx`` of R's mirt.
    """
    total = weights.sum(axis=0)
    n = np.count_nonzero(weights > 0, axis=0) if weight_kind == "sampling" else total
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (weights / total).T
        centred = scores - scores.mean() if len(scores) else scores
        spread = share @ centred**2 - (share @ centred) ** 2
        spread *= np.where(n > 1, n / (n - 1), np.nan)
        reliability: Array = spread / (spread + share @ std_errors**2)
    return reliability


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemStatistics:
    """What each item does in its scale.

    Attributes
    ----------
    sd : (m,) array
        Standard deviations.
    item_rest : (m,) array
        Correlation of each item with the sum of the others.
    alpha_dropped : (m,) array
        Alpha of the others; NaN where fewer than two are left.
    inter_item : (3,) array
        Least, mean and greatest correlation between different items.
    """

    sd: Array
    item_rest: Array
    alpha_dropped: Array
    inter_item: Array


def item_statistics(covariance: Array) -> ItemStatistics:
    """Compute what each item does in its scale.

    Parameters
    ----------
    covariance : (m, m) array
        Covariances of m items.

    Returns
    -------
    ItemStatistics
        Item-rest correlations, alpha without each item, range of the correlations.

    Notes
    -----
    psych's ``alpha()$item.stats$r.drop`` and ``alpha()$alpha.drop$raw_alpha``. With two items psych prints
    another quantity in the place of alpha without an item; here it is NaN.
    """
    m = covariance.shape[-1]
    variances, total = _parts(covariance)
    shared = covariance.sum(axis=-1) - variances
    rest = total - 2 * shared - variances
    others = variances.sum() - variances
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = np.where(rest > _ROUNDING * others, rest, np.nan)
        item_rest = shared / np.sqrt(np.where(variances > 0, variances, np.nan) * rest)
        dropped = (m - 1) / (m - 2) * (rest - others) / rest if m > 2 else np.full(m, np.nan)  # noqa: PLR2004
    pairs = correlations(covariance)[np.triu_indices(m, 1)]
    pairs = pairs[~np.isnan(pairs)]
    return ItemStatistics(
        sd=np.sqrt(variances),
        item_rest=item_rest,
        alpha_dropped=dropped,
        inter_item=np.array([pairs.min(), pairs.mean(), pairs.max()]) if len(pairs) else np.full(3, np.nan),
    )
