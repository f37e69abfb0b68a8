"""Weighted means of groups, with their standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray

__all__ = ["MeanEstimate", "mean_estimate", "mean_of_sums"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanEstimate:
    """A mean and its error.

    Attributes
    ----------
    n : int
        Rows with a value.
    mean, sd : float
        Mean and standard deviation of the values; NaN where there are too few.
    std_error : float
        Standard error of the mean.
    df : float
        Its degrees of freedom.
    """

    n: int
    mean: float
    sd: float
    std_error: float
    df: float


def mean_estimate(values: Array, weights: Array | None, weight_kind: str, domain: BoolArray) -> MeanEstimate:
    """Estimate the mean of a group.

    Parameters
    ----------
    values : (n,) array
        One value a row; every one is finite where `domain` holds.
    weights : (n,) array or None
        Positive weights of all rows.
    weight_kind : {"none", "sampling", "frequency"}
        What the weights mean.
    domain : (n,) bool array
        Rows of the group that have a value.

    Returns
    -------
    MeanEstimate
        The mean, SD, standard error and degrees of freedom.

    Notes
    -----
    Without weights the error is s / sqrt(n) on n - 1 degrees of freedom; frequency weights equal rows
    repeated. Sampling weights: with-replacement linearisation over the full sample of N rows,
    N / (N - 1) x sum of squares of w_i (y_i - mean) / sum(w), the rows outside the group counted as zeros,
    on N - 1 degrees of freedom; R's ``svymean`` and Stata's ``svy, subpop(): mean``. The SD then has the
    factor n / (n - 1).
    """
    y = values[domain]
    n = len(y)
    if n == 0:
        return MeanEstimate(n=0, mean=np.nan, sd=np.nan, std_error=np.nan, df=np.nan)
    w = np.ones(n) if weights is None else weights[domain]
    total = w.sum()
    # equal values have no spread at all, not the rounding error of their mean
    mean = float(y[0] if (y == y[0]).all() else w @ y / total)
    squares = float(np.sum(w * (y - mean) ** 2))
    n_full, std_error = len(values), np.nan
    if weight_kind == "sampling" and n_full > 1:
        linearised = w * (y - mean) / total
        std_error = float(np.sqrt(n_full / (n_full - 1) * np.sum(linearised**2)))
    return mean_of_sums(
        n,
        mean,
        total=float(total),
        squares=squares,
        std_error=std_error,
        n_full=n_full,
        weight_kind=weight_kind,
    )


def mean_of_sums(
    n: int, mean: float, *, total: float, squares: float, std_error: float, n_full: int, weight_kind: str
) -> MeanEstimate:
    """Return a mean with its error from sums over the rows.

    Parameters
    ----------
    n : int
        Rows with a value.
    mean : float
        Their mean.
    total : float
        The sum of their weights.
    squares : float
        The weighted sum of squared distances from the mean.
    std_error : float
        The linearised error, of sampling weights.
    n_full : int
        Rows of the full sample.
    weight_kind : {"none", "sampling", "frequency"}
        What the weights mean.

    Returns
    -------
    MeanEstimate
        As of `mean_estimate`.
    """
    if weight_kind == "sampling":
        if n_full == 1 or n == 1:
            return MeanEstimate(n=n, mean=mean, sd=np.nan, std_error=np.nan, df=n_full - 1)
        sd = float(np.sqrt(squares / total * n / (n - 1)))
        return MeanEstimate(n=n, mean=mean, sd=sd, std_error=std_error, df=n_full - 1)
    df = total - 1
    if df <= 0:
        return MeanEstimate(n=n, mean=mean, sd=np.nan, std_error=np.nan, df=df)
    sd = float(np.sqrt(squares / df))
    return MeanEstimate(n=n, mean=mean, sd=sd, std_error=sd / float(np.sqrt(total)), df=float(df))
