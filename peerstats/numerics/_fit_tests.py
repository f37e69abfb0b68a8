"""Goodness of fit by groups of fitted probability: Hosmer-Lemeshow, and its form for survey samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, fdtrc

if TYPE_CHECKING:
    from peerstats.typing import Array, IntArray

__all__ = ["FitTest", "archer_lemeshow", "group_by_share", "hosmer_lemeshow", "wald_f"]

_ROUNDING = 1e-9  # of the whole weight: a sum that is a cut but for rounding is one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitTest:
    """A test of a fit.

    Parameters
    ----------
    statistic : float
        Chi-square, F or t.
    df_numerator, df_denominator : float
        Degrees of freedom; the denominator's are infinite for a chi-square.
    p_value : float
        Its p-value.
    """

    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float


def wald_f(statistic: float, df: float, df_denominator: float) -> FitTest:
    """Return a test by F, or by chi-square over its degrees of freedom where the denominator's are infinite.

    Parameters
    ----------
    statistic : float
        F.
    df, df_denominator : float
        Degrees of freedom.

    Returns
    -------
    FitTest
        The test; its p-value is NaN if no degrees of freedom are left.
    """
    if np.isinf(df_denominator):
        p = chdtrc(df, df * statistic)
    else:
        p = fdtrc(df, df_denominator, statistic) if df_denominator > 0 and df > 0 else np.nan
    return FitTest(
        statistic=float(statistic),
        df_numerator=float(df),
        df_denominator=float(df_denominator),
        p_value=float(p),
    )


def group_by_share(values: Array, weights: Array, groups: int) -> IntArray:
    """Group rows by quantiles of a value: each group holds about the same weight, and ties stay together.

    Parameters
    ----------
    values : (n,) float array
        What rows are ordered by.
    weights : (n,) float array
        Positive weights; frequencies group as rows repeated.
    groups : int
        Groups asked for; ties may leave fewer.

    Returns
    -------
    (n,) int array
        Group of each row, from 0, without gaps.

    Notes
    -----
    A cut is the smallest value at which the weight reaches k / groups of the whole; a row on a cut is below
    it. Stata's ``xtile`` and ``estat gof, group()``; R's ``cut`` at ``quantile(type = 1)``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import group_by_share
    >>> group_by_share(np.array([0.1, 0.4, 0.2, 0.4]), np.ones(4), 2)
    array([0, 1, 0, 1])
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    cuts = np.arange(1, groups) / groups * reached[-1] - _ROUNDING * reached[-1]
    at = values[order][np.searchsorted(reached, cuts)]
    return np.unique(np.searchsorted(np.unique(at), values), return_inverse=True)[1].ravel()


def _sums(values: Array, codes: IntArray, n_groups: int) -> Array:
    """Add (Q, n) values by group: (Q, g)."""
    return np.stack([np.bincount(codes, row, minlength=n_groups) for row in values])


def hosmer_lemeshow(p: Array, y: IntArray, w: Array, codes: IntArray) -> tuple[FitTest, Array, Array]:
    """Compare observed with expected counts by group and outcome.

    Parameters
    ----------
    p : (J, n) float array
        Fitted probability of every outcome.
    y : (n,) int array
        Outcome of each row.
    w : (n,) float array
        How often each row counts.
    codes : (n,) int array
        Group of each row, g of them.

    Returns
    -------
    test : FitTest
        Chi-square on (g - 2)(J - 1) degrees of freedom.
    observed, expected : (J, g) float arrays
        The counts.

    Notes
    -----
    The sum of (O - E)^2 / E. Hosmer and Lemeshow (1980) for two outcomes; Fagerland, Hosmer and Bofin (2008),
    *Statistics in Medicine* 27, 4238, for more.
    """
    n_groups = int(codes.max()) + 1
    shown = (y == np.arange(len(p))[:, None]) * w
    observed, expected = _sums(shown, codes, n_groups), _sums(p * w, codes, n_groups)
    # an outcome that no row of a group can have adds nothing
    part = np.divide((observed - expected) ** 2, expected, out=np.zeros_like(expected), where=expected > 0)
    statistic, df = float(part.sum()), (n_groups - 2) * (len(p) - 1)
    test = FitTest(
        statistic=statistic,
        df_numerator=float(df),
        df_denominator=np.inf,
        p_value=float(chdtrc(df, statistic)) if df > 0 else float("nan"),
    )
    return test, observed, expected


def archer_lemeshow(means: Array, covariance: Array, df: float) -> FitTest:
    """Test that the mean residual of every group is zero.

    Parameters
    ----------
    means : (g,) float array
        Weighted mean of the residuals by group.
    covariance : (g, g) float array
        Their covariance by the design.
    df : float
        PSUs less strata, f.

    Returns
    -------
    FitTest
        F on g - 1 and f - g + 2 degrees of freedom; NaN if the covariance is singular.

    Notes
    -----
    W = M' V^-1 M and F = W (f - g + 2) / (f g): Archer and Lemeshow (2006), *Stata Journal* 6, 97; Stata's
    ``estat gof`` after ``svy: logit``.
    """
    g = len(means)
    left = df - g + 2
    statistic = np.nan
    if left > 0 and np.linalg.matrix_rank(covariance, hermitian=True) == g:
        statistic = float(means @ np.linalg.solve(covariance, means)) * left / (df * g)
    return wald_f(statistic, g - 1, left)
