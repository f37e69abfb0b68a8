"""Student's t and, where the degrees of freedom are infinite, the normal; scipy.stats is slow to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["one_sided_p", "t_half_width", "two_sided_p"]


def two_sided_p(statistic: Array | float, df: Array | float) -> Array:
    """Compute the two-sided p-value of a statistic.

    Parameters
    ----------
    statistic : (...) array or float
        Estimates over their standard errors.
    df : (...) array or float
        Degrees of freedom; infinite for the normal.

    Returns
    -------
    (...) array
        Twice the upper tail; NaN where the statistic is.
    """
    below = -np.abs(statistic)
    normal = np.isinf(df)
    return np.asarray(2 * np.where(normal, ndtr(below), stdtr(np.where(normal, 1.0, df), below)))


def t_half_width(conf_level: float, df: Array | float) -> Array:
    """Compute how many standard errors a two-sided interval reaches on each side.

    Parameters
    ----------
    conf_level : float
        Confidence level, a fraction.
    df : (...) array or float
        Degrees of freedom; infinite for the normal.

    Returns
    -------
    (...) array
        The quantile at (1 + conf_level) / 2.
    """
    upper = (1 + conf_level) / 2
    normal = np.isinf(df)
    return np.asarray(np.where(normal, ndtri(upper), stdtrit(np.where(normal, 1.0, df), upper)))


def one_sided_p(statistic: Array | float, df: Array | float) -> Array:
    """Compute the p-value of a statistic whose large values speak against the hypothesis.

    Parameters
    ----------
    statistic : (...) array or float
        Estimates over their standard errors.
    df : (...) array or float
        Degrees of freedom; infinite for the normal.

    Returns
    -------
    (...) array
        The upper tail; NaN where the statistic is.
    """
    below = -np.asarray(statistic, dtype=float)
    normal = np.isinf(df)
    return np.asarray(np.where(normal, ndtr(below), stdtr(np.where(normal, 1.0, df), below)))
