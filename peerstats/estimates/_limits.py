"""Confidence limits of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, expit, logit

from peerstats.numerics import t_half_width

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["beta_limits", "share_limits"]


def _times(conf_level: float, df: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return np.where(df > 0, t_half_width(conf_level, np.where(df > 0, df, 1.0)), np.nan)


def beta_limits(
    share: Array, n_effective: Array, n: Array, df: Array, conf_level: float
) -> tuple[Array, Array]:
    """Return Clopper and Pearson's limits on an effective sample size, as Korn and Graubard have them.

    Parameters
    ----------
    share, n_effective, n, df : arrays of one shape
        Shares, effective and actual sample sizes, the design's degrees of freedom.
    conf_level : float
        Confidence level.

    Returns
    -------
    low, high : arrays
        The limits.

    Notes
    -----
    The effective size is multiplied by the squared ratio of the t quantiles on n - 1 and on df degrees of
    freedom: R's ``svyciprop(method = "beta")``.

    References
    ----------
    .. [1] Korn and Graubard (1998), Survey Methodology 24(2), 193-201.
    """
    tail = (1 - conf_level) / 2
    size = n_effective * (_times(conf_level, n - 1.0) / _times(conf_level, df)) ** 2
    size = np.where(np.isfinite(size), size, np.nan)
    hits, rest = size * share, size * (1 - share)
    with np.errstate(invalid="ignore"):
        low = np.where(hits > 0, betaincinv(np.where(hits > 0, hits, 1.0), rest + 1, tail), 0.0)
        high = np.where(rest > 0, betaincinv(hits + 1, np.where(rest > 0, rest, 1.0), 1 - tail), 1.0)
    unknown = np.isnan(size)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def share_limits(
    share: Array,
    std_error: Array,
    df: Array,
    *,
    n: Array,
    design_effect: Array,
    interval: str,
    conf_level: float,
    logit_error: Array | None = None,
) -> tuple[Array, Array]:
    """Return confidence limits of shares.

    Parameters
    ----------
    share, std_error, df, n, design_effect : arrays of one shape
        Shares, their errors, degrees of freedom, sample sizes and Kish's effects of the weights.
    interval : {"logit", "mean", "beta", "asin"}
        Scale on which the limits are symmetric; "mean" is the share's own.
    conf_level : float
        Confidence level.
    logit_error : array, optional
        Error of the logit, where replicates give it.

    Returns
    -------
    low, high : arrays
        The limits. A share of exactly 0 or 1 has no error to go by: its limits are Clopper and Pearson's on
        n over Kish's effect, whatever the interval.
    """
    reach = _times(conf_level, df)
    inside = (share > 0) & (share < 1)
    p = np.where(inside, share, 0.5)
    if interval == "mean":
        low, high = share - reach * std_error, share + reach * std_error
    elif interval == "asin":
        centre, spread = np.arcsin(np.sqrt(p)), reach * std_error / (2 * np.sqrt(p * (1 - p)))
        # beyond the ends the sine turns back
        low, high = (
            np.sin(np.maximum(centre - spread, 0)) ** 2,
            np.sin(np.minimum(centre + spread, np.pi / 2)) ** 2,
        )
    elif interval == "beta":
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = beta_limits(p, p * (1 - p) / std_error**2, n, df, conf_level)
    else:
        spread = std_error / (p * (1 - p))
        if logit_error is not None:
            spread = np.where(np.isfinite(logit_error), logit_error, spread)
        low, high = expit(logit(p) - reach * spread), expit(logit(p) + reach * spread)
    exact = beta_limits(share, n / design_effect, n, df, conf_level)
    edge = (share == 0) | (share == 1)
    return np.where(edge, exact[0], low), np.where(edge, exact[1], high)
