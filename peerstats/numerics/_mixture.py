"""Quantiles of a mixture of distributions of which a few percentiles are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import Array

__all__ = ["KnownPercentiles", "mixture_quantile", "share_below"]

_HALVINGS = 100  # of the span of logarithms: below the last digit of a float
_LESS = 1 - 1e-9  # below the lowest percentile the share is less than its own, by however little
_SAME = 1e-9  # of the value: two bounds that agree to nine digits are one value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownPercentiles:
    """Some percentiles of one distribution of positive values.

    Parameters
    ----------
    shares : (m,) float array
        Shares below, between 0 and 1, rising; m is 2 or more.
    values : (m,) float array
        The values there, positive, not falling.
    """

    shares: Array
    values: Array


def share_below(known: KnownPercentiles, value: float) -> tuple[float, float]:
    """Bound the share of a distribution below a value.

    Parameters
    ----------
    known : KnownPercentiles
        Its percentiles.
    value : float
        Positive.

    Returns
    -------
    low, high : float
        Equal between the lowest and the highest known percentile, where shares are linear in the logarithm
        of the value; beyond them only 0 or 1 bounds the share.
    """
    shares, values = known.shares, known.values
    if value < values[0]:
        return 0.0, float(shares[0]) * _LESS
    if value > values[-1]:
        return float(shares[-1]), 1.0
    # of equal percentiles, a value at them has the highest share at or below it
    j = int(np.searchsorted(values, value, side="right"))
    if j == len(values):
        return float(shares[-1]), float(shares[-1])
    part = np.log(value / values[j - 1]) / np.log(values[j] / values[j - 1])
    found = float(shares[j - 1] + part * (shares[j] - shares[j - 1]))
    return found, found


def mixture_quantile(
    parts: Sequence[KnownPercentiles], weights: Array, probability: float
) -> tuple[float, float]:
    """Bound a quantile of a mixture.

    Parameters
    ----------
    parts : sequence of KnownPercentiles
        The k distributions.
    weights : (k,) float array
        Their shares in the mixture; they add to 1.
    probability : float
        Share below the quantile.

    Returns
    -------
    low, high : float
        Bounds of the quantile; equal where the parts' percentiles determine it, 0 or infinite where nothing
        bounds it.

    Notes
    -----
    The mixture's distribution function is the weighted mean of the parts'; it is inverted. Quantiles are
    never averaged: the median of two states is not the mean of their medians.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import KnownPercentiles, mixture_quantile
    >>> shares = np.array([0.1, 0.5, 0.9])
    >>> low, high = (KnownPercentiles(shares=shares, values=np.array(v)) for v in ([10, 20, 40], [5, 10, 20]))
    >>> [round(each, 4) for each in mixture_quantile([low, high], np.array([0.5, 0.5]), 0.5)]
    [14.1421, 14.1421]
    """
    used = [(part, w) for part, w in zip(parts, weights, strict=True) if w > 0]
    span = (min(part.values[0] for part, _ in used), max(part.values[-1] for part, _ in used))

    def bounds(value: float) -> tuple[float, float]:
        found = [(w, *share_below(part, value)) for part, w in used]
        return sum(w * low for w, low, _ in found), sum(w * high for w, _, high in found)

    def first(which: int) -> float:
        """Find the least value at which a bound of the distribution function reaches the probability."""
        reach = probability - 1e-12  # rounding of the weights must not push a published percentile on
        if bounds(span[1])[which] < reach:
            return np.inf if which == 0 else float(span[1])
        if bounds(np.nextafter(span[0], 0))[which] >= reach:
            return 0.0
        low, high = np.log(span[0]) - 1e-9, np.log(span[1]) + 1e-15
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if bounds(float(np.exp(middle)))[which] >= reach:
                high = middle
            else:
                low = middle
        return float(np.exp(high))

    most, least = first(0), first(1)
    if np.isfinite(most) and least > 0 and most - least <= _SAME * most:
        return most, most
    return least, most
