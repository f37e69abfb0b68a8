"""Standardised differences between groups, of means and of shares."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["mean_differences", "share_differences"]

_RANK = 1e-10  # singular values below this share of the largest are zero: shares are exact to 1e-15


def mean_differences(mean: Array, variance: Array) -> Array:
    """Return the standardised difference of the means of every two groups.

    Parameters
    ----------
    mean, variance : (g,) float arrays
        Means and variances of the groups, weighted or not.

    Returns
    -------
    (g (g - 1) / 2,) float array
        Positive; 0 where two constants are equal, NaN where they differ or a group is empty.

    Notes
    -----
    abs(m1 - m2) / sqrt((s1^2 + s2^2) / 2): R's ``tableone`` and ``cobalt``.

    References
    ----------
    .. [1] Austin (2009), Statistics in Medicine 28(25), 3083-3107.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import mean_differences
    >>> mean_differences(np.array([1.0, 2.0]), np.array([4.0, 4.0]))
    array([0.5])
    """
    found = []
    for i, j in combinations(range(len(mean)), 2):
        off, spread = abs(mean[i] - mean[j]), (variance[i] + variance[j]) / 2
        found.append(off / np.sqrt(spread) if spread > 0 else 0.0 if off == 0 and spread == 0 else np.nan)
    return np.array(found, dtype=float)


def share_differences(shares: Array) -> Array:
    """Return the standardised difference of the shares of every two groups.

    Parameters
    ----------
    shares : (L, g) float array
        Shares of the L levels in the groups; each column adds to 1, or is NaN.

    Returns
    -------
    (g (g - 1) / 2,) float array
        Positive; NaN where a group is empty, or the groups have no level in common that could vary.

    Notes
    -----
    The Mahalanobis distance of the shares of all levels but one, in the mean of the two groups' multinomial
    covariances, by a generalised inverse: Yang and Dalton's, R's ``tableone``. With two levels it is
    abs(p1 - p2) / sqrt((p1 (1 - p1) + p2 (1 - p2)) / 2).

    References
    ----------
    .. [1] Yang and Dalton (2012), SAS Global Forum, paper 335.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import share_differences
    >>> share_differences(np.array([[0.5, 0.4], [0.5, 0.6]])).round(6)
    array([0.202031])
    """
    free = shares[1:] if len(shares) > 1 else shares
    found = []
    for i, j in combinations(range(shares.shape[1]), 2):
        p, q = free[:, i], free[:, j]
        off = p - q
        if np.isnan(off).any():
            found.append(np.nan)
            continue
        spread = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
        if not spread.any():
            found.append(0.0 if not off.any() else np.nan)
            continue
        inverse = np.linalg.pinv(spread, rcond=_RANK, hermitian=True)
        square = float(off @ inverse @ off)
        found.append(float(np.sqrt(max(square, 0.0))))
    return np.array(found, dtype=float)
