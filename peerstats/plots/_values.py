"""Numbers for plots: checked, completed with weights, binned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.typing import Array

__all__ = [
    "bin_edges",
    "nice_edges",
    "read_vector",
    "same_length",
    "shares",
    "some_values_and_weights",
    "values_and_weights",
]

_MOST_BINS = 40  # more than the eye can compare at column width
_NICE_BINS = 20


def read_vector(values: Any, name: str, call: str) -> Array:
    """Return values as an (n,) float array; None is NaN."""
    try:
        out = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{call}(): {name} must hold numbers.", "Turn text into numbers first.") from error
    if out.ndim != 1:
        raise InputError(f"{call}(): {name} has {out.ndim} dimensions.", "Give one value a row.")
    return out


def same_length(call: str, **lengths: int) -> None:
    """Raise unless all of the named lengths are equal."""
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(f"{call}(): the lengths differ: {told}.", "Give one of each a row.")


def values_and_weights(values: Any, weights: Any, call: str) -> tuple[Array, Array]:
    """Return the finite values and their weights; rows without a value or with weight 0 are left out."""
    x = read_vector(values, "values", call)
    w = np.ones(len(x)) if weights is None else read_vector(weights, "weights", call)
    same_length(call, values=len(x), weights=len(w))
    if np.isinf(x).any():
        raise InputError(f"{call}(): values hold {np.isinf(x).sum()} infinite values.", "Remove them.")
    wrong = ~np.isfinite(w) | (w < 0)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"{call}(): weights[{row}] is {w[row]}.",
            "Weights are finite numbers from 0 up; 0 leaves a row out.",
        )
    kept = ~np.isnan(x) & (w > 0)
    return x[kept], w[kept]


def some_values_and_weights(values: Any, weights: Any, call: str) -> tuple[Array, Array]:
    """Return what `values_and_weights` returns, or raise if nothing is left."""
    x, w = values_and_weights(values, weights, call)
    if not len(x):
        raise InputError(f"{call}(): no row has a value.", "Check the column and the weights.")
    return x, w


def bin_edges(values: Array, bins: int | Sequence[float] | None, call: str) -> Array:
    """Return the edges of bins that hold all values.

    The default is one bin an integer for short integer scales, else the rule of numpy's "auto".
    """
    if bins is not None:
        edges = np.histogram_bin_edges(
            values, bins if isinstance(bins, int) else np.asarray(bins, dtype=float)
        )
        outside = int(((values < edges[0]) | (values > edges[-1])).sum())
        if outside:
            raise InputError(
                f"{call}(): {outside} of {len(values)} values lie outside {edges[0]:g} to {edges[-1]:g}.",
                "Widen the bins, or leave the values out before the call.",
            )
        return edges
    low, high = values.min(), values.max()
    if (values == np.round(values)).all() and high - low < _MOST_BINS:
        return np.arange(low, high + 2) - 0.5
    edges = np.histogram_bin_edges(values, "auto")
    return edges if len(edges) <= _MOST_BINS + 1 else np.histogram_bin_edges(values, _MOST_BINS)


def nice_edges(low: float, high: float) -> Array:
    """Return edges at multiples of 1, 2 or 5 times a power of ten; `high` lies inside the last bin."""
    rough = (high - low) / _NICE_BINS or 1.0
    power = 10.0 ** np.floor(np.log10(rough))
    width = next(power * step for step in (1, 2, 5, 10) if power * step >= rough)
    first = np.floor(low / width)
    last = np.floor(high / width) + 1
    return np.asarray(np.arange(first, last + 1) * width, dtype=float)


def shares(values: Array, weights: Array, edges: Array) -> Array:
    """Return each bin's share of the total weight; a bin holds its lower edge, the last one both."""
    counts, _ = np.histogram(values, edges, weights=weights)
    return np.asarray(counts / weights.sum(), dtype=float)
