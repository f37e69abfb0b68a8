"""Exact and score inference on one share, and ranks that bound a median."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, betaincinv, gammaln, xlog1py, xlogy

from peerstats.numerics._student import t_half_width

__all__ = ["at_most", "binomial_p", "exact_limits", "median_ranks", "wilson_limits"]

_EQUAL = 1 + 1e-7  # R's binom.test counts outcomes as equally likely up to this factor


def at_most(hits: float, n: float, share: float) -> float:
    """Return the chance of at most so many hits among n.

    Parameters
    ----------
    hits, n : float
        Whole numbers as floats; n is zero or more.
    share : float
        Chance of a hit.

    Returns
    -------
    float
        P(X <= hits), R's ``pbinom``.
    """
    if hits < 0:
        return 0.0
    if hits >= n:
        return 1.0
    return float(betainc(n - hits, hits + 1, 1 - share))


def binomial_p(hits: float, n: float, share: float) -> float:
    """Test exactly that the chance of a hit is `share`.

    Parameters
    ----------
    hits, n : float
        Hits and trials, whole numbers.
    share : float
        The chance under the hypothesis, 0 to 1.

    Returns
    -------
    float
        Two-sided p: the chance of all outcomes that are at most as likely. 1 without a trial.

    Notes
    -----
    R's ``binom.test(hits, n, share)``; with share = 1/2 the sign test.

    Examples
    --------
    >>> from peerstats.numerics import binomial_p
    >>> round(binomial_p(7, 20, 0.3), 6)
    0.629498
    """
    if n == 0:
        return 1.0
    if share in (0.0, 1.0):
        return float(hits == n * share)
    k = np.arange(int(n) + 1)
    log_chance = (
        gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + xlogy(k, share) + xlog1py(n - k, -share)
    )
    chance = np.exp(log_chance)
    return float(min(1.0, chance[chance <= chance[int(hits)] * _EQUAL].sum()))


def exact_limits(hits: float, n: float, conf_level: float) -> tuple[float, float]:
    """Return Clopper and Pearson's limits of a share.

    Parameters
    ----------
    hits, n : float
        Hits and trials; halves of a hit (ties) may be among them.
    conf_level : float
        Confidence level.

    Returns
    -------
    low, high : float
        The limits; NaN without a trial.

    References
    ----------
    .. [1] Clopper and Pearson (1934), Biometrika 26(4), 404-413.

    Examples
    --------
    >>> from peerstats.numerics import exact_limits
    >>> [round(limit, 6) for limit in exact_limits(7, 20, 0.95)]
    [0.153909, 0.592189]
    """
    if n == 0:
        return np.nan, np.nan
    tail = (1 - conf_level) / 2
    low = float(betaincinv(hits, n - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0
    return low, high


def wilson_limits(hits: float, n: float, conf_level: float) -> tuple[float, float]:
    """Return Wilson's limits of a share: the shares that a score test does not reject.

    Parameters
    ----------
    hits, n : float
        Hits and trials; halves of a hit (ties) may be among them.
    conf_level : float
        Confidence level.

    Returns
    -------
    low, high : float
        The limits; NaN without a trial.

    Notes
    -----
    R's ``prop.test(hits, n, correct = FALSE)``.

    References
    ----------
    .. [1] Wilson (1927), Journal of the American Statistical Association 22(158), 209-212.

    Examples
    --------
    >>> from peerstats.numerics import wilson_limits
    >>> [round(limit, 6) for limit in wilson_limits(7, 20, 0.95)]
    [0.181192, 0.567146]
    """
    if n == 0:
        return np.nan, np.nan
    z = float(t_half_width(conf_level, np.inf))
    share, more = hits / n, z**2 / n
    centre = (share + more / 2) / (1 + more)
    reach = z / (1 + more) * np.sqrt(share * (1 - share) / n + more / (4 * n))
    return float(max(centre - reach, 0.0)), float(min(centre + reach, 1.0))


def median_ranks(n: int, conf_level: float) -> tuple[int, float]:
    """Find the order statistics that bound the median.

    Parameters
    ----------
    n : int
        Sample size.
    conf_level : float
        Confidence level that is to be reached.

    Returns
    -------
    rank : int
        The k of the limits x_(k) and x_(n + 1 - k); 0 where the sample is too small for any.
    achieved : float
        Their confidence level, `conf_level` or more; NaN where there are none.

    Notes
    -----
    The limits cover unless fewer than k values lie on one side: their level is 1 - 2 P(X <= k - 1), X
    binomial with n trials and 1/2. The greatest k whose level suffices is taken: the order statistics of R's
    ``qbinom((1 - conf_level) / 2, n, 0.5)``.

    Examples
    --------
    >>> from peerstats.numerics import median_ranks
    >>> rank, achieved = median_ranks(20, 0.95)
    >>> rank, round(achieved, 4)
    (6, 0.9586)
    """
    least, most = 0, n // 2
    while least < most:  # the level falls with k
        middle = (least + most + 1) // 2
        if 1 - 2 * at_most(middle - 1, n, 0.5) >= conf_level:
            least = middle
        else:
            most = middle - 1
    if least == 0:
        return 0, np.nan
    return least, 1 - 2 * at_most(least - 1, n, 0.5)
