"""Weighted tables of all pairs of items, and the thresholds that their margins give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtri

if TYPE_CHECKING:
    from peerstats.typing import Array, IntArray

__all__ = ["tables_of", "thresholds_of"]


def thresholds_of(codes: IntArray, weights: Array, size: int) -> Array:
    """Return normal quantiles of the cumulative shares, (R, m, K - 1)."""
    r, m = weights.shape[1], codes.shape[1]
    counts = np.empty((r, m, size))
    for j in range(m):
        for category in range(size):
            counts[:, j, category] = (codes[:, j] == category) @ weights
    below = counts.cumsum(axis=2)
    total = below[:, :, -1:]
    shares = below[:, :, :-1] / np.where(total > 0, total, np.nan)
    # what follows the last category that occurs is everybody, whatever the rounding of the sum
    later = counts[:, :, ::-1].cumsum(axis=2)[:, :, ::-1][:, :, 1:]
    thresholds: Array = ndtri(np.where(later == 0, 1.0, shares))
    return thresholds


def tables_of(codes: IntArray, weights: Array, size: int) -> Array:
    """Return the weighted tables of all pairs, (R, pairs, K, K)."""
    n, m = codes.shape
    r, cells = weights.shape[1], size * size
    tables = np.empty((r, m * (m - 1) // 2, size, size))
    done = 0
    for i in range(m - 1):
        others = codes[:, i + 1 :]
        answered = (codes[:, [i]] >= 0) & (others >= 0)
        cell = codes[:, [i]] * size + others + cells * np.arange(m - 1 - i)
        if r == 1:
            each = np.broadcast_to(weights, cell.shape)[answered]
            counted = np.bincount(cell[answered], each, minlength=cells * (m - 1 - i))[:, None]
        else:
            row = np.nonzero(answered)[0]
            ones = np.ones(len(row))
            counted = csr_array((ones, (cell[answered], row)), shape=(cells * (m - 1 - i), n)) @ weights
        tables[:, done : done + m - 1 - i] = counted.T.reshape(r, m - 1 - i, size, size)
        done += m - 1 - i
    return tables
