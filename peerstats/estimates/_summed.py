"""What sums of rows have lost: how the rows of one sum differ from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peerstats.estimates._sample import Sample
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Summed", "inner_squares", "squares_about", "within_units"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Summed:
    """What a sample of n sums of rows has beside their totals.

    The rows of a sum are alike in all that is a category: group, stratum, PSU, levels, and which numbers they
    lack. They differ in p columns of numbers and in their weights.

    Parameters
    ----------
    rows : (n,) int array
        How many rows of the data each is the sum of.
    squares : (n,) float array
        Sums of squared weights; of frequency weights the sums of the weights.
    names : tuple of str
        The p columns of numbers; in the sample's frame their weighted means stand.
    pivot, offset : (n, p) float arrays
        The means in two parts, a number near them and what is left, so that no digit is lost.
    inner : mapping of (int, int) to (n,) float array
        Weighted sums of products of the deviations of two of the p columns from their means, i <= j.
    own : mapping of (int, int) to (n,) float array
        Where each row is a PSU: sums of products of what the rows' weighted deviations are, of two of the p
        columns, and of the weights' own deviations from their mean, which come last. Empty where weights are
        the same, or there are PSUs.
    extremes : (n, 2) float array or None
        Least and greatest weights, where asked for.
    """

    rows: IntArray
    squares: Array
    names: tuple[str, ...]
    pivot: Array
    offset: Array
    inner: Mapping[tuple[int, int], Array]
    own: Mapping[tuple[int, int], Array]
    extremes: Array | None = None


def _pair(products: Mapping[tuple[int, int], Array], i: int, j: int) -> Array | float:
    return products.get((min(i, j), max(i, j)), 0.0)


def inner_squares(summed: Summed, slopes: Array) -> Array:
    """Return weighted sums of squared deviations of q combinations of columns from their means, (n, q).

    Parameters
    ----------
    summed : Summed
        The sums.
    slopes : (p, n, q) float array
        What each column counts in each combination.
    """
    found = np.zeros(slopes.shape[1:])
    for i, row in enumerate(slopes):
        for j, column in enumerate(slopes):
            product = _pair(summed.inner, i, j)
            found += row * column * (product[:, None] if isinstance(product, np.ndarray) else product)
    return found


def squares_about(sample: Sample, rows: BoolArray, values: Array, mean: float, column: str) -> float:
    """Return the weighted sum of squared distances of a column from a figure.

    Parameters
    ----------
    sample : Sample
        The sample.
    rows : (n,) bool array
        The rows that count.
    values : (n,) float array
        The column.
    mean : float
        The figure.
    column : str
        The column's name, by which sums of rows know what their rows differ by.

    Returns
    -------
    float
        The sum.
    """
    w, off = sample.weights[rows], values[rows] - mean
    summed = sample.summed
    if summed is None or column not in summed.names:
        return float(w @ off**2)
    i = summed.names.index(column)
    off = (summed.pivot[rows, i] - mean) + summed.offset[rows, i]
    return float(w @ off**2 + summed.inner[i, i][rows].sum())


def within_units(
    summed: Summed, slopes: Array, influence: Array, group: IntArray, stratum: IntArray
) -> tuple[Array, IntArray, IntArray] | None:
    """Return rows whose products add to those of the rows within each sum, for `domain_meat`.

    Parameters
    ----------
    summed : Summed
        The sums.
    slopes : (p, n, q) float array
        What each column counts in each influence.
    influence : (n, q) float array
        Influence of a row of each sum without its weight, at the means.
    group, stratum : (n,) int arrays
        Group and stratum of each; -1 for none.

    Returns
    -------
    deviations, group, stratum : arrays
        The rows in the order of groups; None where rows of a sum do not differ.
    """
    if not summed.own:
        return None
    size = max(j for _, j in summed.own) + 1
    rows = np.flatnonzero(group >= 0)
    rows = rows[np.argsort(group[rows], kind="stable")]
    matrix = np.empty((len(rows), size, size))
    for i in range(size):
        for j in range(size):
            product = _pair(summed.own, i, j)
            matrix[:, i, j] = product[rows] if isinstance(product, np.ndarray) else product
    values, vectors = np.linalg.eigh(matrix)
    roots = np.sqrt(np.maximum(values, 0.0))[:, :, None] * vectors.transpose(0, 2, 1)
    each = slopes[:, rows]
    if size > len(slopes):
        # deviations are from the pivots, and so are the influences that weights count by
        offset = np.einsum("np,pnq->nq", np.nan_to_num(summed.offset[rows]), each)
        each = np.concatenate([each, (influence[rows] - offset)[None]])
    made = np.einsum("nri,inq->nrq", roots, each)
    q = influence.shape[1]
    return made.reshape(-1, q), np.repeat(group[rows], size), np.repeat(stratum[rows], size)
