"""Quadratic forms, and tails of weighted sums of chi-squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, fdtrc, ndtr

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["QuadraticForm", "chi_square_sum_p", "f_or_chi_square_p", "quadratic_form"]

_RANK = 1e-13  # of the largest eigenvalue of correlations: below it is rounding of a singular matrix
_EDGE = 0.99999  # of the way to a pole of the cumulant generating function, as R survey's `saddle`
_NEAR = 1e-4  # a saddlepoint this near to 0 divides by its distance: there R takes Satterthwaite's too


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuadraticForm:
    """A Wald statistic.

    Parameters
    ----------
    statistic : float
        The vector times the inverse of its covariance times the vector.
    rank : int
        Rank of the covariance; where it is less than the vector's length, the directions without variance
        are left out.
    """

    statistic: float
    rank: int


def quadratic_form(
    vector: Array, covariance: Array, *, scale: Array | None = None, tolerance: float = _RANK
) -> QuadraticForm:
    """Compute a Wald statistic.

    Parameters
    ----------
    vector : (q,) float array
        What is zero under the hypothesis.
    covariance : (q, q) float array
        Its covariance.
    scale : (q,) float array, optional
        Size against which a variance counts as none; by default its own standard errors.
    tolerance : float
        Share of that size's square below which it does.

    Returns
    -------
    QuadraticForm
        Statistic and rank.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import quadratic_form
    >>> quadratic_form(np.array([1.0, 2.0]), np.diag([1.0, 4.0])).statistic
    2.0
    """
    size = np.sqrt(np.diag(covariance)) if scale is None else scale
    size = np.where(size > 0, size, 1.0)
    roots, turned = np.linalg.eigh(covariance / size[:, None] / size)
    floor = tolerance if scale is not None else tolerance * max(float(roots[-1]), 0.0)
    kept = roots > floor
    along = turned[:, kept].T @ (vector / size)
    return QuadraticForm(statistic=float(along @ (along / roots[kept])), rank=int(kept.sum()))


def f_or_chi_square_p(statistic: float, df_numerator: float, df_denominator: float) -> float:
    """Compute the upper tail of F, or of chi-square where the denominator's degrees of freedom are infinite.

    Parameters
    ----------
    statistic : float
        F or chi-square.
    df_numerator, df_denominator : float
        Degrees of freedom.

    Returns
    -------
    float
        The p-value.

    Examples
    --------
    >>> from peerstats.numerics import f_or_chi_square_p
    >>> round(f_or_chi_square_p(3.841459, 1, float("inf")), 4)
    0.05
    """
    if np.isinf(df_denominator):
        return float(chdtrc(df_numerator, statistic))
    return float(fdtrc(df_numerator, df_denominator, statistic))


def _saddlepoint(x: float, weights: Array, copies: Array) -> float:
    """Return P(sum of weights times chi-squares > x) by Lugannani and Rice; NaN where it is unstable."""
    from scipy.optimize import brentq  # noqa: PLC0415  (scipy.optimize takes as long to load as the rest of numerics)

    size = weights.max()
    lam, x = weights / size, x / size

    def slope(zeta: float) -> float:
        return float((copies * lam / (1 - 2 * zeta * lam)).sum()) - x

    if (lam < 0).any():
        low = float((1 / (2 * lam[lam < 0])).max()) * _EDGE
    else:
        low = -0.01 if x > float(copies @ lam) else -float(copies.sum()) / (2 * x)
    high = float((1 / (2 * lam[lam > 0])).min()) * _EDGE
    if slope(low) * slope(high) > 0:
        return float("nan")
    zeta = float(brentq(slope, low, high, xtol=1e-12))
    if abs(zeta) < _NEAR:
        return float("nan")
    left = 1 - 2 * zeta * lam
    cumulant = -float(copies @ np.log(left)) / 2
    w = np.sign(zeta) * np.sqrt(2 * (zeta * x - cumulant))
    v = zeta * np.sqrt(2 * float((copies * lam**2 / left**2).sum()))
    return float(ndtr(-(w + np.log(v / w) / w)))


def chi_square_sum_p(
    statistic: float, weights: Array, df: float = np.inf, *, approximation: str = "saddlepoint"
) -> float:
    """Compute the upper tail of a weighted sum of chi-squares, over one of its own where df is finite.

    Parameters
    ----------
    statistic : float
        The statistic, which under the hypothesis is like the sum of weight times chi-square with 1 degree of
        freedom.
    weights : (q,) float array
        The weights, positive: generalised design effects.
    df : float
        Degrees of freedom of what the weights were estimated from; infinite for a chi-square.
    approximation : {"saddlepoint", "satterthwaite"}
        Lugannani and Rice's, or F (chi-square) with the first two moments of the sum, which is exact where
        the weights are equal.

    Returns
    -------
    float
        The p-value.

    Notes
    -----
    R's ``survey::pchisqsum`` and ``survey::pFsum``: with finite `df` it is the probability that sum of
    weight times chi-square exceeds statistic / df times a chi-square with df degrees of freedom.

    References
    ----------
    .. [1] Kuonen (1999), Biometrika 86(4), 929-935.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import chi_square_sum_p
    >>> round(chi_square_sum_p(7.0, np.array([1.5, 1.0])), 4)
    0.0612
    """
    if statistic <= 0:
        return 1.0
    copies = np.ones(len(weights))
    if approximation == "saddlepoint":
        if np.isinf(df):
            p = _saddlepoint(statistic, weights, copies)
        else:
            p = _saddlepoint(0.0, np.append(weights, -statistic / df), np.append(copies, df))
        if np.isfinite(p):
            return p
    mean = float(weights.mean())
    ratio = float((weights**2).mean()) / mean**2
    d = len(weights) / ratio
    f = statistic / (len(weights) * mean)
    return f_or_chi_square_p(f if np.isfinite(df) else f * d, d, df)
