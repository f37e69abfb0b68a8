"""Weighted least squares by orthogonal triangles, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import solve_triangular

from peerstats.numerics._collinear import Collinearity, find_dependent, stacked_triangle
from peerstats.numerics._rows import add_up
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.numerics._rows import Block, Rows
    from peerstats.typing import Array

__all__ = ["LeastSquares", "fit_least_squares"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeastSquares:
    """A weighted least-squares fit.

    Parameters
    ----------
    beta : (k,) float array
        The coefficients.
    triangle : (k, k) float array
        Upper triangle R of the weighted design Q R: the inverse of R'R is that of X'WX.
    rss : float
        Weighted residual sum of squares.
    tss : float
        Weighted total sum of squares: about the weighted mean where a constant lies in the span of the
        columns, else about zero.
    has_constant : bool
        Whether a constant lies in the span of the columns.
    sum_weights : float
        Sum of the weights.
    sum_log_weights : float
        Sum of their logarithms.
    """

    beta: Array
    triangle: Array
    rss: float
    tss: float
    has_constant: bool
    sum_weights: float
    sum_log_weights: float


def _triangle(blocks: Iterable[Block], k: int) -> tuple[Array, float, float, float]:
    """Return the triangle of [X, 1, y], the sum of weights, of weighted y and of log weights."""
    triangle = np.zeros((k + 2, k + 2))
    total = weighted_y = logs = 0.0
    for block in blocks:
        part = np.empty((k + 2, len(block.y)))
        part[:k], part[k], part[k + 1] = block.x, 1.0, block.y
        if block.w is None:
            total += len(block.y)
            weighted_y += float(block.y.sum())
        else:
            part *= np.sqrt(block.w)
            total += float(block.w.sum())
            weighted_y += float(block.w @ block.y)
            logs += float(np.log(block.w).sum())
        triangle = stacked_triangle([triangle, part.T])
    return triangle, total, weighted_y, logs


def _triangles(parts: Iterable[tuple[Array, float, float, float]]) -> tuple[Array, float, float, float]:
    """Put the triangles and sums of several places together."""
    triangles, *sums = zip(*parts, strict=True)
    total, weighted_y, logs = map(sum, sums)
    return stacked_triangle(triangles), total, weighted_y, logs


def _residual_sums(blocks: Iterable[Block], beta: Array, centre: float) -> tuple[Any, float, float]:
    """Return X'We, the residual sum of squares e'We, and the sum of squares of y about a centre.

    In extended precision where the machine has it: large residuals cancel in X'We.
    """
    exact = beta.astype(np.longdouble)
    score = np.zeros(len(beta), dtype=np.longdouble)
    rss = tss = 0.0
    for block in blocks:
        x = block.x.astype(np.longdouble)
        residual = block.y - exact @ x
        about = block.y - centre
        weighted = residual if block.w is None else residual * block.w
        score += x @ weighted
        rss += float(weighted @ residual)
        tss += float(about @ (about if block.w is None else about * block.w))
    return score, rss, tss


def fit_least_squares(rows: Rows, k: int) -> LeastSquares | Collinearity:
    """Minimise the weighted sum of squared residuals.

    Parameters
    ----------
    rows : Rows
        Source of blocks; `y` holds numbers.
    k : int
        Columns of the design.

    Returns
    -------
    LeastSquares or Collinearity
        The fit, or which column is a combination of which others.

    Notes
    -----
    Householder triangles of blocks of rows, stacked and reduced again; never the normal equations. One step
    of refinement follows: the residuals are formed from the rows, and the coefficients move by the solution
    of R'R d = X'We (the corrected seminormal equations; Bjorck 1987), in extended precision, which costs the
    pass that the residual sum of squares needs anyway. A column within 1e-11 of its length of the span of
    those before it counts as dependent. R `lm`.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ArrayRows, fit_least_squares
    >>> x = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 2.0]])
    >>> fit_least_squares(ArrayRows(x=x, y=np.array([1.0, 3.0, 5.5])), 2).beta.round(4)
    array([0.9167, 2.25  ])
    """
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        whole, total, weighted_y, logs = rows.reduce(partial(_triangle, k=k), _triangles)
        triangle = whole[:k, :k]
        found = find_dependent(triangle)
        if found.column is not None or not np.isfinite(triangle).all():
            return found
        has_constant = abs(whole[k, k]) <= 1e-8 * np.sqrt(total)
        beta = solve_triangular(triangle, whole[:k, k + 1])
        centre = weighted_y / total if has_constant else 0.0
        score, rss, tss = rows.reduce(partial(_residual_sums, beta=beta, centre=centre), add_up)
        step = solve_triangular(triangle, solve_triangular(triangle, score.astype(float), trans="T"))
        beta = beta + step
    return LeastSquares(
        beta=beta,
        triangle=triangle,
        rss=max(rss - float(step @ score), 0.0),
        tss=tss,
        has_constant=bool(has_constant),
        sum_weights=total,
        sum_log_weights=logs,
    )
