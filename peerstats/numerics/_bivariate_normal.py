"""Probabilities of the bivariate normal distribution, with their derivatives in its correlation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, owens_t

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["bivariate_normal_cdf", "cell_probabilities"]

# Beyond this many standard deviations a normal probability is 0 or 1 in double precision.
_FAR = 38.0
# Owen's formula divides by the limits: zero is replaced by the least number that keeps its sign.
_ZERO = 1e-300


def bivariate_normal_cdf(h: Array, k: Array, correlation: Array) -> Array:
    """Return P(X <= h, Y <= k) of the standard bivariate normal distribution.

    Parameters
    ----------
    h, k : array
        Limits, infinite ones too; they broadcast.
    correlation : array
        Correlations strictly between -1 and 1; they broadcast too.

    Returns
    -------
    array
        The probabilities, right to about 1e-15.

    Notes
    -----
    Owen (1956): (Phi(h) + Phi(k)) / 2 - T(h, a) - T(k, b) - delta, with a = (k - r h) / (h s),
    b = (h - r k) / (k s), s = sqrt(1 - r^2), and delta = 1/2 where h and k have opposite signs. R:
    ``mnormt::pmnorm``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import bivariate_normal_cdf
    >>> round(float(bivariate_normal_cdf(np.array(0.0), np.array(0.0), np.array(0.5))), 6)
    0.333333
    """
    h, k, r = np.broadcast_arrays(np.clip(h, -_FAR, _FAR), np.clip(k, -_FAR, _FAR), correlation)
    h, k = np.where(h == 0, _ZERO, h), np.where(k == 0, _ZERO, k)
    s = np.sqrt((1 - r) * (1 + r))
    opposite = 0.5 * ((h < 0) != (k < 0))
    with np.errstate(over="ignore"):
        wedges = owens_t(h, (k - r * h) / (h * s)) + owens_t(k, (h - r * k) / (k * s))
    probability: Array = (ndtr(h) + ndtr(k)) / 2 - wedges - opposite
    return probability


def cell_probabilities(rows: Array, columns: Array, correlation: Array) -> tuple[Array, Array, Array]:
    """Return the probabilities of a table's cells and their two derivatives in the correlation.

    Parameters
    ----------
    rows : (t, a) array
        Thresholds of the row variable of each of t tables, ascending; equal ones make an empty category.
    columns : (t, b) array
        Thresholds of the column variable.
    correlation : (t,) array
        Correlations strictly between -1 and 1.

    Returns
    -------
    probability, first, second : (t, a + 1, b + 1) array
        P(cell), and its first and second derivative: the density at the corners, and the density's own
        derivative.
    """
    h, k = np.clip(rows, -_FAR, _FAR)[:, :, None], np.clip(columns, -_FAR, _FAR)[:, None, :]
    r = correlation[:, None, None]
    t, a, b = len(rows), rows.shape[1], columns.shape[1]
    corner = np.zeros((t, a + 2, b + 2))
    corner[:, 1:-1, 1:-1] = bivariate_normal_cdf(h, k, r)
    corner[:, 1:-1, -1] = ndtr(rows)
    corner[:, -1, 1:-1] = ndtr(columns)
    corner[:, -1, -1] = 1.0
    rest = (1 - r) * (1 + r)
    density = np.exp(-(h * h - 2 * r * h * k + k * k) / (2 * rest)) / (2 * np.pi * np.sqrt(rest))
    slope = density * (r / rest + (h * k * (1 + r * r) - r * (h * h + k * k)) / rest**2)
    first, second = np.zeros_like(corner), np.zeros_like(corner)
    first[:, 1:-1, 1:-1], second[:, 1:-1, 1:-1] = density, slope
    return _cells(corner), _cells(first), _cells(second)


def _cells(corner: Array) -> Array:
    """Turn values at the corners into values of the cells between them."""
    cells: Array = np.diff(np.diff(corner, axis=1), axis=2)
    return cells
