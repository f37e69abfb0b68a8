"""Whole numbers read as cells: quantiles and shares of grouped data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["CELL_RULES", "Cells", "cell_edges", "cell_quantiles", "make_cells", "part_below"]

CELL_RULES = ("rounded", "completed")
_EQUAL = 1e-11  # sums of a million weights are known to about 1e-12 of their size


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Weights of cells in ascending order, spread evenly within each.

    Attributes
    ----------
    low, high : (m,) arrays
        Edges of the cells that hold somebody.
    share : (m,) array
        Share of the weights up to each upper edge.
    """

    low: Array
    high: Array
    share: Array


def cell_edges(values: Array, rule: str) -> tuple[Array, Array]:
    """Return the cells that whole numbers stand for.

    Parameters
    ----------
    values : (n,) array
        Whole numbers, zero or more.
    rule : {"rounded", "completed"}
        "rounded": x stands for x - 1/2 to x + 1/2, and 0 for 0 to 1/2. "completed": x stands for x to x + 1.

    Returns
    -------
    low, high : (n,) arrays
        The edges.
    """
    if rule == "completed":
        return values, values + 1
    return np.maximum(values - 0.5, 0), values + 0.5


def make_cells(values: Array, weights: Array, rule: str) -> Cells:
    """Add the weights of equal whole numbers.

    Parameters
    ----------
    values : (n,) array
        Whole numbers.
    weights : (n,) array
        Positive weights.
    rule : {"rounded", "completed"}
        What the numbers stand for.

    Returns
    -------
    Cells
        The cells.
    """
    levels, code = np.unique(values, return_inverse=True)
    sums = np.cumsum(np.bincount(code, weights=weights))
    low, high = cell_edges(levels, rule)
    return Cells(low=low, high=high, share=sums / sums[-1])


def cell_quantiles(cells: Cells, probabilities: Array) -> Array:
    """Compute quantiles of grouped data.

    Parameters
    ----------
    cells : Cells
        The cells.
    probabilities : (k,) array
        From 0 to 1; NaN gives NaN.

    Returns
    -------
    (k,) array
        The value below which the share lies; halfway through a gap between cells where the share falls on it.

    Notes
    -----
    low + (p - F(low)) / (F(high) - F(low)) x width within the cell that holds p: the median of grouped data.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import cell_quantiles, make_cells
    >>> cells = make_cells(np.array([3.0, 4, 4, 5]), np.ones(4), "rounded")
    >>> cell_quantiles(cells, np.array([0.5])).tolist()
    [4.0]
    """
    p = np.asarray(probabilities, dtype=float)
    known = np.nan_to_num(p)
    last = len(cells.share) - 1
    at = np.minimum(np.searchsorted(cells.share, known - _EQUAL), last)
    before = np.where(at > 0, cells.share[np.maximum(at - 1, 0)], 0.0)
    inside = np.clip((known - before) / (cells.share[at] - before), 0.0, 1.0)
    found = cells.low[at] + inside * (cells.high[at] - cells.low[at])
    edge = (np.abs(cells.share[at] - known) <= _EQUAL) & (at < last)
    between = (cells.high[at] + cells.low[np.minimum(at + 1, last)]) / 2
    return np.where(np.isnan(p), np.nan, np.where(edge, between, found))


def part_below(values: Array, cut: Array | float, rule: str | None) -> Array:
    """Return how much of each respondent lies below a value.

    Parameters
    ----------
    values : (n,) array
        The values.
    cut : float or (n,) float array
        The value, or one for each respondent.
    rule : {"rounded", "completed"} or None
        What whole numbers stand for; None takes values as they are, and those that equal the cut by half.

    Returns
    -------
    (n,) array
        From 0 to 1; its mean is the share below.
    """
    if rule is None:
        return np.asarray((values < cut) + 0.5 * (values == cut))
    low, high = cell_edges(values, rule)
    return np.asarray(np.clip((cut - low) / (high - low), 0.0, 1.0))
