"""A column in the whole sample and in each group: moments, quantiles, counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics import RankedValues, quantiles_at
from peerstats.tables._one_record import Description

if TYPE_CHECKING:
    from peerstats.tables._one_read import Variable
    from peerstats.typing import Array, IntArray

__all__ = ["People", "Sorted", "describe_levels", "describe_numbers", "sort_numbers"]

_QUARTILES = np.array([0.25, 0.5, 0.75])
_FIELDS = ("mean", "sd", "median", "q1", "q3", "skew", "minimum")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """The m respondents of the table.

    Attributes
    ----------
    rows : (m,) int array
        Their rows in the data.
    group : (m,) int array
        Group of each, from 0.
    n_groups : int
        Groups g.
    weights : (m,) float array or None
        Sampling weights.
    copies : (m,) float array or None
        Frequency weights.
    """

    rows: IntArray
    group: IntArray
    n_groups: int
    weights: Array | None
    copies: Array | None

    @property
    def each(self) -> Array | None:
        """Weights of either kind."""
        return self.copies if self.weights is None else self.weights


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sorted:
    """The k known numbers of a column, in ascending order.

    Attributes
    ----------
    values : (k,) float array
        The numbers.
    group : (k,) int array
        Their groups.
    weights, copies : (k,) float array or None
        Their weights.
    """

    values: Array
    group: IntArray
    weights: Array | None
    copies: Array | None


def sort_numbers(people: People, values: Array) -> Sorted:
    """Sort the known numbers of the people, which quantiles and rank tests share."""
    mine = values[people.rows]
    weights, copies = people.weights, people.copies
    # NaN last; equal values by weight, as weighted quantiles interpolate from the last of them
    order = np.argsort(mine, kind="stable") if weights is None else np.lexsort((weights, mine))
    order = order[: len(mine) - int(np.isnan(mine).sum())]
    return Sorted(
        values=mine[order],
        group=people.group[order],
        weights=None if weights is None else weights[order],
        copies=None if copies is None else copies[order],
    )


def _quartiles(x: Array, weights: Array | None, copies: Array | None) -> Array:
    """Return the quartiles of ordered numbers by Hyndman and Fan's type 7."""
    if weights is not None:
        sums = np.cumsum(weights)
        ranked = RankedValues(values=x, weights=weights, share=sums / sums[-1])
        return quantiles_at(ranked, _QUARTILES, "hf7")
    ends = None if copies is None else np.cumsum(copies)
    n = len(x) if ends is None else ends[-1]
    place = (n - 1) * _QUARTILES
    low = np.floor(place)
    high = np.minimum(low + 1, n - 1)
    if ends is None:
        below, above = x[low.astype(np.int64)], x[high.astype(np.int64)]
    else:
        below, above = (x[np.searchsorted(ends, each, side="right")] for each in (low, high))
    return np.asarray(below + (place - low) * (above - below))


def _moments(x: Array, weights: Array | None, copies: Array | None) -> tuple[float, float, float]:
    """Return mean, standard deviation and skewness."""
    w = copies if weights is None else weights
    if x[0] == x[-1]:
        # equal values have no spread at all, not the rounding error of their mean
        alone = len(x) == 1 and (copies is None or copies[0] == 1)
        return float(x[0]), np.nan if alone else 0.0, np.nan
    total = float(len(x)) if w is None else float(w.sum())
    mean = float(x.mean() if w is None else w @ x / total)
    off = x - mean
    square = off * off
    squares = float(square.sum() if w is None else w @ square)
    cubes = float(off @ square if w is None else (w * off) @ square)
    divisor = total - 1 if weights is None else total * (len(x) - 1) / len(x)
    variance = squares / divisor
    return mean, float(np.sqrt(variance)), cubes / total / variance**1.5


def describe_numbers(people: People, found: Sorted) -> Description:
    """Describe a column of numbers.

    Parameters
    ----------
    people : People
        Everybody.
    found : Sorted
        The known numbers in order.

    Returns
    -------
    Description
        The whole sample, then each group.
    """
    columns = 1 + people.n_groups
    cells = {name: np.full(columns, np.nan) for name in _FIELDS}
    n = np.zeros(columns)
    for j in range(columns):
        part = slice(None) if j == 0 else np.flatnonzero(found.group == j - 1)
        x = found.values[part]
        if not len(x):
            continue
        w = None if found.weights is None else found.weights[part]
        copies = None if found.copies is None else found.copies[part]
        n[j] = len(x) if copies is None else copies.sum()
        cells["mean"][j], cells["sd"][j], cells["skew"][j] = _moments(x, w, copies)
        cells["q1"][j], cells["median"][j], cells["q3"][j] = _quartiles(x, w, copies)
        cells["minimum"][j] = x[0]
    none = np.empty((0, columns))
    return Description(n=n, n_missing=_whole(people) - n, counts=none, shares=none, **cells)


def _whole(people: People) -> Array:
    """Count the respondents of the sample and of each group."""
    by_group = np.bincount(people.group, weights=people.copies, minlength=people.n_groups)
    return np.concatenate([[by_group.sum()], by_group]).astype(float)


def describe_levels(people: People, variable: Variable, codes: IntArray) -> Description:
    """Describe a column of levels.

    Parameters
    ----------
    people : People
        Everybody.
    variable : Variable
        The column.
    codes : (m,) int array
        Level of each respondent, -1 where missing.

    Returns
    -------
    Description
        The whole sample, then each group.
    """
    n_levels, g = len(variable.levels), people.n_groups
    known = codes >= 0
    cell = (codes * g + people.group)[known]

    def add(weights: Array | None) -> Array:
        kept = None if weights is None else weights[known]
        by_group = np.bincount(cell, weights=kept, minlength=n_levels * g).reshape(n_levels, g)
        return np.column_stack([by_group.sum(axis=1), by_group]).astype(float)

    counts = add(people.copies)
    sums = counts if people.weights is None else add(people.weights)
    n = counts.sum(axis=0)
    below = sums.sum(axis=0)
    shares = np.divide(sums, below, out=np.full(sums.shape, np.nan), where=below > 0)
    empty = {name: np.full(1 + g, np.nan) for name in _FIELDS}
    return Description(n=n, n_missing=_whole(people) - n, counts=counts, shares=shares, **empty)
