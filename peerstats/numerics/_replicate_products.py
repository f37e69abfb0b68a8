"""What refits under replicate weights share: orthonormal columns, their products, many small systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["OrthonormalDesign", "orthonormal_design", "regular", "solve_each"]

BLOCK_ROWS = 1024  # rows whose products are alive at once: 1.7 MB for 20 columns
# Least eigenvalue over the largest of a weighted product of orthonormal columns. In the full sample the ratio
# is 1; a factor level without weight leaves rounding, about 1e-15.
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrthonormalDesign:
    """A design turned to orthonormal columns.

    Parameters
    ----------
    q : (k, n) float array
        The orthonormal columns, one row each.
    triangle : (k, k) float array
        Upper triangle that turns them back: x' = q' triangle.
    pairs : (2, k (k + 1) / 2) int array
        The pairs of columns with j <= l.
    place : (k, k) int array
        Number of each pair, either way round.
    held : (k (k + 1) / 2, n) float array or None
        The product of each pair; None where there are too many rows to hold it.
    """

    q: Array
    triangle: Array
    pairs: IntArray
    place: IntArray
    held: Array | None

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield rows and their columns (k, m)."""
        n = self.q.shape[1]
        if self.held is not None:
            yield slice(0, n), self.q
            return
        for start in range(0, n, BLOCK_ROWS):
            rows = slice(start, min(start + BLOCK_ROWS, n))
            yield rows, np.ascontiguousarray(self.q[:, rows])

    def products(self, q: Array) -> Array:
        """Return the products of a block's columns, (k (k + 1) / 2, m)."""
        return q[self.pairs[0]] * q[self.pairs[1]] if self.held is None else self.held

    def turn(self, beta: Array) -> Array:
        """Return (..., k) coefficients of the design as those of its orthonormal columns."""
        turned: Array = beta @ self.triangle.T
        return turned

    def turn_back(self, beta: Array) -> Array:
        """Return (..., k) coefficients of the orthonormal columns as those of the design."""
        flat = solve_triangular(self.triangle, beta.reshape(-1, beta.shape[-1]).T, check_finite=False)
        return np.ascontiguousarray(flat.T).reshape(beta.shape)


def orthonormal_design(x: Array) -> OrthonormalDesign | None:
    """Turn a design to orthonormal columns by a QR decomposition.

    Parameters
    ----------
    x : (k, n) float array
        The design, one row per coefficient.

    Returns
    -------
    OrthonormalDesign or None
        None if the design has fewer rows than columns, or an empty column.
    """
    k, n = x.shape
    if n < k:
        return None
    q, triangle = np.linalg.qr(x.T)
    if not np.all(np.diag(triangle)):
        return None
    columns = np.ascontiguousarray(q.T)
    pairs = np.array(np.triu_indices(k))
    place = np.empty((k, k), dtype=np.int64)
    place[pairs[0], pairs[1]] = place[pairs[1], pairs[0]] = np.arange(pairs.shape[1])
    return OrthonormalDesign(
        q=columns,
        triangle=triangle,
        pairs=pairs,
        place=place,
        held=columns[pairs[0]] * columns[pairs[1]] if n <= BLOCK_ROWS else None,
    )


def regular(matrices: Array) -> BoolArray:
    """Tell which of many symmetric matrices, scaled to a unit diagonal, are safely positive definite.

    Parameters
    ----------
    matrices : (c, p, p) float array
        The matrices.

    Returns
    -------
    (c,) bool array
        Whether the least eigenvalue is above 1e-12 of p.
    """
    p = matrices.shape[1]
    diagonal = np.einsum("cii->ci", matrices)
    sound: BoolArray = (diagonal > 0).all(axis=1) & np.isfinite(matrices.sum(axis=(1, 2)))
    scale = 1 / np.sqrt(diagonal[sound])
    scaled = matrices[sound] * (scale[:, :, None] * scale[:, None, :])
    np.einsum("cii->ci", scaled)[:] -= _SINGULAR * p
    try:
        np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:  # one or more are not: find out which
        sound[sound] = np.linalg.eigvalsh(scaled)[:, 0] > 0
    return sound


def solve_each(matrices: Array, right: Array) -> Array:
    """Solve many small systems; NaN where a matrix is singular.

    Parameters
    ----------
    matrices : (c, p, p) float array
        The matrices.
    right : (c, p) float array
        The right-hand sides.

    Returns
    -------
    (c, p) float array
        The solutions.
    """
    try:
        solution = np.linalg.solve(matrices, right[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        if len(matrices) == 1:
            return np.full_like(right, np.nan)
        each = [solve_each(matrices[r : r + 1], right[r : r + 1]) for r in range(len(right))]
        solution = np.concatenate(each)
    return np.asarray(solution, dtype=np.float64)
