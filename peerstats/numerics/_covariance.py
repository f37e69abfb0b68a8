"""Means and covariances of columns under one set of weights, or under many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["correlations", "weighted_moments"]

_ROWS = 8192  # rows whose products of columns are in memory at once: 10 MB for 16 columns

# One answer among a million that differs leaves a share of 1e-6; equal answers leave about 1e-16.
_ROUNDING = 1e-12


def _sums(x: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Return the sums of weights, of columns and of products of columns, for each column of weights."""
    n, m = x.shape
    left, right = np.triu_indices(m)
    n_sets = weights.shape[1]
    total = np.zeros((n_sets, 1 + m + len(left)))
    for start in range(0, n, _ROWS):
        rows = x[start : start + _ROWS]
        formed = np.empty((len(rows), total.shape[1]))
        formed[:, 0] = 1.0
        formed[:, 1 : 1 + m] = rows
        np.multiply(rows[:, left], rows[:, right], out=formed[:, 1 + m :])
        total += weights[start : start + _ROWS].T @ formed
    square = np.empty((n_sets, m, m))
    square[:, left, right] = total[:, 1 + m :]
    square[:, right, left] = total[:, 1 + m :]
    return total[:, 0], total[:, 1 : 1 + m], square


def _clear_rounding(squares: Array, raw: Array) -> None:
    """Set to zero what is left of columns that do not vary under a set of weights."""
    sets, columns = np.nonzero(np.einsum("rii->ri", squares) <= _ROUNDING * raw)
    squares[sets, columns, :] = 0.0
    squares[sets, :, columns] = 0.0


def weighted_moments(
    x: Array, weights: Array | None = None, *, weight_kind: str = "frequency"
) -> tuple[Array, Array]:
    """Compute means and covariances of columns.

    Parameters
    ----------
    x : (n, m) array
        Finite values, one row a respondent.
    weights : (n,) or (n, R) array, optional
        Weights of zero or more: one set, or R replicates of them. Without weights each row counts once.
    weight_kind : {"none", "frequency", "sampling"}
        What stands below the sum of weighted squares: sum(w) - 1 for frequency weights and none, and
        sum(w) (n - 1) / n for sampling weights, n being the rows whose weight is positive.

    Returns
    -------
    mean : (m,) or (R, m) array
        Means.
    covariance : (m, m) or (R, m, m) array
        Covariances; NaN where the divisor is not positive.

    Notes
    -----
    The m (m + 1) / 2 products of columns are formed once, and one matrix product gives the sums of all
    replicates. Columns are centred first, so that nothing cancels. With sampling weights this is
    ``svyvar`` of R's survey; unweighted it is ``cov``.
    """
    w = np.ones((len(x), 1)) if weights is None else np.asarray(weights, dtype=float)
    one = weights is None or w.ndim == 1
    w = w[:, None] if w.ndim == 1 else w
    m = x.shape[1]
    if len(x) == 0:
        mean, covariance = np.full((w.shape[1], m), np.nan), np.full((w.shape[1], m, m), np.nan)
        return (mean[0], covariance[0]) if one else (mean, covariance)
    centre = x.mean(axis=0)
    # equal answers have exactly no variance, whatever rounding makes of their mean
    constant = (x == x[0]).all(axis=0)
    centre[constant] = x[0, constant]
    total, sums, squares = _sums(x - centre, w)
    if weight_kind == "sampling":
        n = np.count_nonzero(w > 0, axis=0)
        divisor = total * (n - 1) / np.maximum(n, 1)
    else:
        divisor = total - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums / total[:, None]
        raw = np.einsum("rii->ri", squares).copy()
        squares -= sums[:, :, None] * mean[:, None, :]
        _clear_rounding(squares, raw)
        squares /= np.where(divisor > 0, divisor, np.nan)[:, None, None]
    mean += centre
    return (mean[0], squares[0]) if one else (mean, squares)


def correlations(covariance: Array) -> Array:
    """Turn covariance matrices into correlation matrices.

    Parameters
    ----------
    covariance : (..., m, m) array
        Covariances.

    Returns
    -------
    (..., m, m) array
        Correlations, the diagonal exactly 1; NaN beside a column without variance.
    """
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(variance > 0, 1 / np.sqrt(variance), np.nan)
    correlation: Array = covariance * inverse[..., :, None] * inverse[..., None, :]
    place = np.arange(covariance.shape[-1])
    correlation[..., place, place] = np.where(np.isnan(inverse), np.nan, 1.0)
    return correlation
