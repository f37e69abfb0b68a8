"""Quantiles of weighted values by named rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["QUANTILE_RULES", "RankedValues", "quantiles_at", "rank_sums", "rank_values"]

# Those of R's svyquantile that depend neither on the scale of the weights nor on an order of rows.
QUANTILE_RULES = ("math", "school", "hf1", "hf2", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9")
_EQUAL = 1e-11  # sums of a million weights are known to about 1e-12 of their size


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankedValues:
    """Values in ascending order with their weights.

    Attributes
    ----------
    values : (m,) array
        Values with a positive weight, equal ones by weight.
    weights : (m,) array
        Their weights.
    share : (m,) array
        Share of the weights up to and with each value.
    """

    values: Array
    weights: Array
    share: Array


def rank_values(values: Array, weights: Array) -> RankedValues:
    """Sort values with positive weights.

    Parameters
    ----------
    values : (n,) array
        Finite values.
    weights : (n,) array
        Zero or positive weights; at least one is positive.

    Returns
    -------
    RankedValues
        The values in order.
    """
    kept = weights > 0
    x, w = values[kept], weights[kept]
    order = np.lexsort((w, x))
    x, w = x[order], w[order]
    sums = np.cumsum(w)
    return RankedValues(values=x, weights=w, share=sums / sums[-1])


def rank_sums(values: Array, weights: Array, lowest: Array, highest: Array, counts: Array) -> RankedValues:
    """Sort values whose weights are added up already.

    Parameters
    ----------
    values : (n,) array
        Finite values, some of them equal.
    weights : (n,) array
        Sums of the positive weights of some respondents with the value.
    lowest, highest : (n,) array
        The least and the greatest of these weights.
    counts : (n,) array
        How many respondents there are.

    Returns
    -------
    RankedValues
        What `rank_values` gives for the respondents, those between the least and the greatest weight of a
        value taken together: no rule looks at these one by one.
    """
    x, inverse = np.unique(values, return_inverse=True)
    total = np.bincount(inverse, weights=weights)
    people = np.bincount(inverse, weights=counts)
    first, last = np.full(len(x), np.inf), np.zeros(len(x))
    np.minimum.at(first, inverse, lowest)
    np.maximum.at(last, inverse, highest)
    alone, pair = people == 1, people == 2  # noqa: PLR2004  (the least and the greatest)
    first = np.where(alone, 0.0, first)
    last = np.where(alone, total, np.where(pair, total - first, last))
    parts = np.column_stack([first, np.where(alone | pair, 0.0, total - first - last), last]).ravel()
    kept = parts > 0
    x, w = np.repeat(x, 3)[kept], parts[kept]
    sums = np.cumsum(w)
    return RankedValues(values=x, weights=w, share=sums / sums[-1])


def quantiles_at(ranked: RankedValues, probabilities: Array, rule: str) -> Array:
    """Compute quantiles.

    Parameters
    ----------
    ranked : RankedValues
        The values.
    probabilities : (k,) array
        From 0 to 1; NaN gives NaN.
    rule : str
        One of `QUANTILE_RULES`.

    Returns
    -------
    (k,) array
        The quantiles.

    Notes
    -----
    With S the share of the weights up to a value: "math" ("hf1") is the least value with S >= p; "school"
    ("hf2") the mean of it and the next one where S = p; "hf4" to "hf9" interpolate linearly between points
    whose S are those of Hyndman and Fan's types 4 to 9, to which they come down with equal weights: R's
    ``survey::svyquantile(qrule =)``. Below the first point all give the least value; R's "math", "school"
    and "hf4" give or use the second one there, for p less than the first weight's share.

    References
    ----------
    .. [1] Hyndman and Fan (1996), The American Statistician 50(4), 361-365.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import quantiles_at, rank_values
    >>> ranked = rank_values(np.array([4.0, 1.0, 2.0, 3.0]), np.ones(4))
    >>> quantiles_at(ranked, np.array([0.5]), "math"), quantiles_at(ranked, np.array([0.5]), "school")
    (array([2.]), array([2.5]))
    """
    p = np.asarray(probabilities, dtype=float)
    x, w, share = ranked.values, ranked.weights, ranked.share
    last = len(x) - 1
    if rule in ("math", "hf1", "school", "hf2", "hf4"):
        below = np.searchsorted(share, np.nan_to_num(p) + _EQUAL, side="right") - 1
        at, after = np.maximum(below, 0), np.minimum(below + 1, last)
        exact = (below >= 0) & (np.abs(share[at] - p) <= _EQUAL)
        if rule == "hf4":
            step = np.where((after > at) & (below >= 0), share[after] - share[at], 1.0)
            part = np.where(below >= 0, np.clip((p - share[at]) / step, 0.0, 1.0), 0.0)
            # never past the upper value, nor between two equal ones
            found = np.minimum(x[at] + part * (x[after] - x[at]), x[after])
        elif rule in ("school", "hf2"):
            found = np.where(exact, (x[at] + x[after]) / 2, x[after])
        else:
            found = np.where(exact, x[at], x[after])
    else:
        sums = np.cumsum(w)
        before = sums - w
        points = {
            "hf5": (sums - w / 2) / sums[-1],
            "hf6": sums / (sums[-1] + w[-1]),
            "hf7": before / (before[-1] if last else 1.0),
            "hf8": (before / 3 + sums * 2 / 3) / (sums[-1] + w[-1] / 3),
            "hf9": (before * 3 / 8 + sums * 5 / 8) / (sums[-1] + w[-1] / 4),
        }[rule]
        found = np.interp(p, points, x)
    return np.where(np.isnan(p), np.nan, found)
