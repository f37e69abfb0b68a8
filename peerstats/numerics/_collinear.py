"""Rank of a design: which column is a combination of which others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from peerstats.numerics._rows import ChangedRows
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.numerics._rows import Block, Rows
    from peerstats.typing import Array

__all__ = [
    "Collinearity",
    "DesignScale",
    "TurnedRows",
    "find_collinearity",
    "find_dependent",
    "measure_design",
]

# A column of unit length within this distance of the span of those before it is a combination of them.
# The same bound as in QR fits of the NIST linear regression sets, whose hardest, Filip, reaches 1e-10.
_RANK_TOLERANCE = 1e-11
_CLEAR = 1e-8  # a smallest eigenvalue of the unit-length cross products above this needs no closer look


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DesignScale:
    """Size and conditioning of the columns of a design.

    Parameters
    ----------
    reach : (k,) float array
        Largest absolute value of each column.
    norm : (k,) float array
        Length of each column; infinite where its square overflows.
    clear : bool
        Whether the columns are certainly independent.
    totals : (J,) float array
        Sum of the weights of each outcome; empty where none were asked for.
    """

    reach: Array
    norm: Array
    clear: bool
    totals: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Collinearity:
    """A closer look at columns that are nearly dependent.

    Parameters
    ----------
    column : int or None
        First column that is a combination of columns before it.
    others : tuple of int
        Those columns.
    triangle : (k, k) float array
        Upper triangle R of the unit-length design Q R.
    """

    column: int | None
    others: tuple[int, ...]
    triangle: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TurnedRows(ChangedRows):
    """Rows whose design is replaced by its product with a matrix: nearly dependent columns made orthogonal.

    Parameters
    ----------
    turn : (k, k) float array
        The matrix; coefficients of the turned design, times it, are those of the design.
    """

    turn: Array

    def change(self, block: Block) -> Block:
        """Return a block turned."""
        return replace(block, x=self.turn.T @ block.x)


def stacked_triangle(parts: Iterable[Array]) -> Array:
    """Return the upper triangle R of matrices stacked on each other."""
    return np.asarray(np.linalg.qr(np.vstack(list(parts)), mode="r"))


def _measure(blocks: Iterable[Block], k: int, n_outcomes: int) -> tuple[Array, Array, Array]:
    """Return the cross products of the columns, their reach, and the weights of each outcome."""
    gram, reach, totals = np.zeros((k, k)), np.zeros(k), np.zeros(n_outcomes)
    for block in blocks:
        gram += block.x @ block.x.T
        np.maximum(reach, np.maximum(block.x.max(axis=1), -block.x.min(axis=1)), out=reach)
        if n_outcomes:
            totals += np.bincount(block.y, block.w, minlength=n_outcomes)
    return gram, reach, totals


def _measures(parts: Iterable[tuple[Array, Array, Array]]) -> tuple[Array, Array, Array]:
    grams, reaches, totals = zip(*parts, strict=True)
    return sum(grams), np.maximum.reduce(reaches), sum(totals)


def measure_design(rows: Rows, k: int, n_outcomes: int = 0) -> DesignScale:
    """Measure the columns of a design in one pass.

    Parameters
    ----------
    rows : Rows
        Source of blocks.
    k : int
        Columns of the design.
    n_outcomes : int
        Outcome levels to add weights by.

    Returns
    -------
    DesignScale
        Reach, length, and whether the columns are clearly independent.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ArrayRows, measure_design
    >>> rows = ArrayRows(x=np.array([[1.0, 1.0], [0.0, 2.0]]), y=np.zeros(2, dtype=int))
    >>> measure_design(rows, 2).clear
    True
    """
    # a product that overflows is found by its infinite length
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        gram, reach, totals = rows.reduce(partial(_measure, k=k, n_outcomes=n_outcomes), _measures)
        norm = np.sqrt(np.diag(gram))
        clear = bool(np.all(norm > 0)) and bool(np.isfinite(gram).all())
        if clear and k:
            clear = float(np.linalg.eigvalsh(gram / norm[:, None] / norm)[0]) > _CLEAR
    return DesignScale(reach=reach, norm=norm, clear=clear, totals=totals)


def find_dependent(triangle: Array) -> Collinearity:
    """Find the first column that is a combination of those before it, from a design's triangle.

    Parameters
    ----------
    triangle : (k, k) float array
        Upper triangle R of the design Q R.

    Returns
    -------
    Collinearity
        The column and the others, or None; and the triangle.

    Notes
    -----
    The diagonal of R is each column's distance from the span of those before it; at most 1e-11 of the
    column's length counts as zero.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import find_dependent
    >>> find_dependent(np.array([[1.0, 2.0], [0.0, 0.0]])).others
    (0,)
    """
    lengths = np.linalg.norm(triangle, axis=0)
    for j, length in enumerate(lengths):
        if abs(triangle[j, j]) <= _RANK_TOLERANCE * length:
            part = solve_triangular(triangle[:j, :j], triangle[:j, j]) if j and length else np.zeros(0)
            share = np.abs(part) * lengths[: len(part)]
            others = tuple(int(i) for i in np.flatnonzero(share > np.sqrt(_RANK_TOLERANCE) * length))
            return Collinearity(column=j, others=others, triangle=triangle)
    return Collinearity(column=None, others=(), triangle=triangle)


def find_collinearity(rows: Rows, norm: Array) -> Collinearity:
    """Find the first column that is a combination of those before it.

    Parameters
    ----------
    rows : Rows
        Source of blocks.
    norm : (k,) float array
        Length of each column.

    Returns
    -------
    Collinearity
        The column and the others, or None; and the triangle.

    Notes
    -----
    QR, block by block, of columns scaled to unit length, judged by `find_dependent`.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ArrayRows, find_collinearity
    >>> x = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    >>> found = find_collinearity(ArrayRows(x=x, y=np.zeros(3, dtype=int)), np.linalg.norm(x, axis=1))
    >>> found.column, found.others
    (2, (0, 1))
    """
    unit = np.where(norm > 0, norm, 1.0)

    def unit_triangle(blocks: Iterable[Block]) -> Array:
        triangle = np.zeros((len(unit), len(unit)))
        for block in blocks:
            triangle = stacked_triangle([triangle, (block.x / unit[:, None]).T])
        return triangle

    with one_blas_thread():
        return find_dependent(rows.reduce(unit_triangle, stacked_triangle))
