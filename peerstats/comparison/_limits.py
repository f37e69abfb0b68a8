"""Limits of gaps and ratios from limits that are not symmetric."""

from __future__ import annotations

import math

__all__ = ["gap_limits", "ratio_limits"]


def gap_limits(
    estimate: float, limits: tuple[float, float], value: float, reach: float
) -> tuple[float, float]:
    """Return limits of estimate minus benchmark from the limits of each.

    Parameters
    ----------
    estimate : float
        The estimate.
    limits : (float, float)
        Its limits.
    value : float
        The benchmark.
    reach : float
        How far the benchmark's own limits reach on each side; zero for a fixed one.

    Returns
    -------
    low, high : float
        difference -+ sqrt(distance of the estimate to its limit squared + reach squared).

    References
    ----------
    .. [1] Zou and Donner (2008), Statistics in Medicine 27(10), 1693-1702.
    """
    difference = estimate - value
    low = difference - math.hypot(estimate - limits[0], reach)
    high = difference + math.hypot(limits[1] - estimate, reach)
    return low, high


def ratio_limits(
    estimate: float, limits: tuple[float, float], value: float, reach: float
) -> tuple[float, float, float]:
    """Return the ratio of estimate to benchmark with its limits, found in the same way on logs.

    Parameters
    ----------
    estimate, limits, value, reach
        As of `gap_limits`.

    Returns
    -------
    ratio, low, high : float
        NaN unless both are positive; a limit of zero stays zero.
    """
    if not (estimate > 0 and value > 0):
        return math.nan, math.nan, math.nan
    ratio, relative = estimate / value, reach / value
    low = high = math.nan
    if limits[0] > 0:
        low = ratio * math.exp(-math.hypot(math.log(estimate / limits[0]), relative))
    elif limits[0] <= 0:
        low = 0.0
    if limits[1] > 0:
        high = ratio * math.exp(math.hypot(math.log(limits[1] / estimate), relative))
    return ratio, low, high
