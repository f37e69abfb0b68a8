"""Tests that shares equal given ones, corrected for the design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, fdtrc

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["GoodnessOfFit", "goodness_of_fit"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GoodnessOfFit:
    """A test that k shares equal given ones.

    Attributes
    ----------
    chi_square : float
        Pearson's statistic, not corrected.
    statistic : float
        The statistic that is referred to its distribution.
    df_numerator, df_denominator : float
        Degrees of freedom; the denominator's are infinite for a chi-square.
    p_value : float
    """

    chi_square: float
    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float


def goodness_of_fit(
    shares: Array,
    expected: Array,
    n: float,
    *,
    covariance: Array | None = None,
    df: float = np.inf,
    order: int = 2,
) -> GoodnessOfFit:
    """Test that shares equal given ones.

    Parameters
    ----------
    shares : (k,) array
        Observed shares, which add to 1.
    expected : (k,) array
        The shares under the hypothesis, positive, which add to 1.
    n : float
        Respondents.
    covariance : (k, k) array, optional
        The design's covariance of the shares; without it Pearson's test of a simple random sample.
    df : float
        Degrees of freedom of the design.
    order : {1, 2}
        2: F on d and d x df degrees of freedom, d = (sum of delta)^2 / sum of delta^2. 1: chi-square on
        k - 1.

    Returns
    -------
    GoodnessOfFit
        The test.

    Notes
    -----
    X^2 = n sum (p - e)^2 / e. The delta are the generalised design effects: the k - 1 eigenvalues of
    n D^(-1/2) V D^(-1/2) beside one of zero, D the diagonal matrix of the expected shares. The first order
    divides X^2 by their mean; F is X^2 over their sum. R's ``chisq.test(p = )`` and, with the eigenvalues of
    nearly the same matrix, ``survey::svygofchisq``, which refers X^2 to the mixture of chi-squares itself.

    References
    ----------
    .. [1] Rao and Scott (1981), Journal of the American Statistical Association 76(374), 221-230.
    .. [2] Thomas and Rao (1987), Journal of the American Statistical Association 82(398), 630-636.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import goodness_of_fit
    >>> p, e = np.array([0.2, 0.3, 0.5]), np.array([0.25, 0.25, 0.5])
    >>> round(goodness_of_fit(p, e, 100).chi_square, 6)
    2.0
    """
    chi_square = float(n * ((shares - expected) ** 2 / expected).sum())
    k = len(shares)
    if covariance is None:
        return GoodnessOfFit(
            chi_square=chi_square,
            statistic=chi_square,
            df_numerator=k - 1.0,
            df_denominator=np.inf,
            p_value=float(chdtrc(k - 1, chi_square)),
        )
    root = np.sqrt(expected)
    scaled = n * covariance / np.outer(root, root)
    total, squares = float(np.trace(scaled)), float((scaled**2).sum())
    if not total > 0:
        return GoodnessOfFit(
            chi_square=chi_square, statistic=np.nan, df_numerator=np.nan, df_denominator=df, p_value=np.nan
        )
    if order == 1:
        corrected = chi_square * (k - 1) / total
        return GoodnessOfFit(
            chi_square=chi_square,
            statistic=corrected,
            df_numerator=k - 1.0,
            df_denominator=np.inf,
            p_value=float(chdtrc(k - 1, corrected)),
        )
    d = total**2 / squares
    f = chi_square / total
    return GoodnessOfFit(
        chi_square=chi_square,
        statistic=f,
        df_numerator=d,
        df_denominator=d * df,
        p_value=float(fdtrc(d, d * df, f)) if df > 0 else np.nan,
    )
