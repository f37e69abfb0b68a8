"""Tests of independence in a two-way table of a survey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import helmert
from scipy.special import chdtrc, fdtrc

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["IndependenceTest", "pearson_test", "rao_scott_test", "wald_test"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndependenceTest:
    """A test of independence.

    Attributes
    ----------
    statistic : float
        F or chi-square.
    df_numerator, df_denominator : float
        Degrees of freedom; the denominator's are infinite for a chi-square.
    p_value : float
    """

    statistic: float
    df_numerator: float
    df_denominator: float
    p_value: float


def _chi_square(statistic: float, df: float) -> IndependenceTest:
    return IndependenceTest(
        statistic=float(statistic),
        df_numerator=float(df),
        df_denominator=np.inf,
        p_value=float(chdtrc(df, statistic)),
    )


def _f(statistic: float, df: float, df_denominator: float) -> IndependenceTest:
    p = fdtrc(df, df_denominator, statistic) if df_denominator > 0 else np.nan
    return IndependenceTest(
        statistic=float(statistic),
        df_numerator=float(df),
        df_denominator=float(df_denominator),
        p_value=float(p),
    )


def _expected(shares: Array) -> Array:
    expected: Array = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return expected


def pearson_test(counts: Array, *, continuity: bool = False) -> IndependenceTest:
    """Compute Pearson's chi-square of counts.

    Parameters
    ----------
    counts : (r, c) array
        Numbers of people; no row and no column is empty.
    continuity : bool
        Yates's correction: distances from the expected count shrink by 1/2, in 2 x 2 tables.

    Returns
    -------
    IndependenceTest
        Chi-square on (r - 1)(c - 1) degrees of freedom.

    Notes
    -----
    R's ``chisq.test(correct = continuity)``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import pearson_test
    >>> pearson_test(np.array([[10.0, 20.0], [20.0, 10.0]])).statistic
    6.666666666666667
    """
    n = counts.sum()
    expected = n * _expected(counts / n)
    off = np.abs(counts - expected)
    if continuity and counts.shape == (2, 2):
        off = off - min(0.5, float(off.min()))
    return _chi_square((off**2 / expected).sum(), (counts.shape[0] - 1) * (counts.shape[1] - 1))


def rao_scott_test(shares: Array, covariance: Array, df: float, *, order: int = 2) -> IndependenceTest:
    """Test independence by Pearson's statistic, corrected for the design.

    Parameters
    ----------
    shares : (r, c) array
        Shares of the cells, which add to 1; no row and no column is empty.
    covariance : (r c, r c) array
        Their covariance, rows of the table slowest.
    df : float
        Degrees of freedom of the design.
    order : {1, 2}
        2: F on d and d x df degrees of freedom, d = (sum of delta)^2 / sum of delta^2. 1: chi-square on
        (r - 1)(c - 1).

    Returns
    -------
    IndependenceTest
        The test.

    Notes
    -----
    The delta are the generalised design effects: the eigenvalues of (C' D^-1 C)^-1 (C' D^-1 V D^-1 C), D the
    diagonal matrix of shares and C the interaction contrasts. F is Pearson's statistic over the sum of the
    delta, the chi-square over their mean: R's ``survey::svychisq(statistic = "F" or "Chisq")``, which prints
    the uncorrected statistic beside the p-value of the latter; Stata's ``svy: tabulate``.

    References
    ----------
    .. [1] Rao and Scott (1984), Annals of Statistics 12(1), 46-60.
    .. [2] Thomas and Rao (1990), in Proceedings of the Survey Research Methods Section.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import rao_scott_test
    >>> p = np.array([[0.3, 0.2], [0.2, 0.3]])
    >>> v = (np.diag(p.ravel()) - np.outer(p, p)) / 100
    >>> round(rao_scott_test(p, v, 99, order=1).statistic, 6)
    4.0
    """
    n_rows, n_columns = shares.shape
    flat = shares.ravel()
    contrast = np.kron(helmert(n_rows), helmert(n_columns)).T
    scaled = contrast * np.where(flat > 0, 1 / np.where(flat > 0, flat, 1.0), 0.0)[:, None]
    delta = np.linalg.solve(contrast.T @ scaled, scaled.T @ covariance @ scaled)
    expected = _expected(shares)
    pearson = ((shares - expected) ** 2 / expected).sum()
    trace = float(np.trace(delta))
    if order == 1:
        return _chi_square(pearson / (trace / len(delta)), len(delta))
    d = trace**2 / float(np.trace(delta @ delta))
    return _f(pearson / trace, d, d * df)


def wald_test(totals: Array, covariance: Array, df: float) -> IndependenceTest:
    """Test independence by Wald's statistic.

    Parameters
    ----------
    totals : (r, c) array
        Weighted counts of the cells.
    covariance : (r c, r c) array
        Their covariance, rows of the table slowest.
    df : float
        Degrees of freedom of the design.

    Returns
    -------
    IndependenceTest
        F on (r - 1)(c - 1) and df degrees of freedom.

    Notes
    -----
    Distances N_ij - N_i. N_.j / N from independence in their own covariance: R's ``svychisq(statistic =
    "Wald")``. It rejects too often where there are few PSUs; Rao and Scott's F is the better test.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import wald_test
    >>> counts = np.array([[30.0, 20.0], [20.0, 30.0]])
    >>> v = np.diag(counts.ravel()) - np.outer(counts, counts) / 100
    >>> round(wald_test(counts, v, 99).statistic, 6)
    4.166667
    """
    n_rows, n_columns = totals.shape
    n, of_row, of_column = totals.sum(), totals.sum(axis=1), totals.sum(axis=0)
    i, j = np.divmod(np.arange(totals.size), n_columns)
    turn = (
        np.eye(totals.size)
        - (i[:, None] == i) * (of_column / n)[j][:, None]
        - (j[:, None] == j) * (of_row / n)[i][:, None]
        + (of_row[i] * of_column[j] / n**2)[:, None]
    )
    distance = (totals - np.outer(of_row, of_column) / n).ravel()
    used = (i > 0) & (j > 0)
    variance = (turn @ covariance @ turn.T)[np.ix_(used, used)]
    d = (n_rows - 1) * (n_columns - 1)
    return _f(float(distance[used] @ np.linalg.solve(variance, distance[used])) / d, d, df)
