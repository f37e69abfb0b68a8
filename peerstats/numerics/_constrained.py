"""A concave log-likelihood under linear constraints on its coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._newton import Sums, maximise, sums_over
from peerstats.numerics._rows import add_up
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from peerstats.numerics._rows import Block, Rows
    from peerstats.typing import Array

__all__ = ["Constrained", "fit_constrained", "null_space"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Constrained:
    """A maximum under constraints.

    Parameters
    ----------
    beta : (p,) float array
        All coefficients.
    loglik : float
        Log-likelihood there.
    score : (p,) float array
        Its derivative by all coefficients: not zero across the constraints.
    information : (p, p) float array
        Information of all coefficients.
    converged : bool
        Whether a maximum was reached.
    """

    beta: Array
    loglik: float
    score: Array
    information: Array
    converged: bool


def null_space(matrix: Array) -> Array:
    """Return orthonormal directions along which constraints do not change.

    Parameters
    ----------
    matrix : (q, p) float array
        The constraints, of full rank q.

    Returns
    -------
    (p, p - q) float array
        The directions.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import null_space
    >>> abs(null_space(np.array([[0.0, 1.0]])))
    array([[1.],
           [0.]])
    """
    whole, _ = np.linalg.qr(matrix.T, mode="complete")
    return np.asarray(whole[:, len(matrix) :])


def _sum_weights(blocks: Iterable[Block]) -> tuple[float]:
    return (sum(float(len(block.y) if block.w is None else block.w.sum()) for block in blocks),)


def fit_constrained(
    rows: Rows,
    kernel: Callable[[Array, Block], Sums],
    origin: Array,
    directions: Array,
    reach: Array,
) -> Constrained:
    """Maximise a log-likelihood over origin plus directions times anything.

    Parameters
    ----------
    rows : Rows
        Source of blocks.
    kernel : callable
        From (p,) coefficients and a block to its log-likelihood, score and information.
    origin : (p,) float array
        Coefficients that meet the constraints.
    directions : (p, r) float array
        Directions along which they may move; r may be 0.
    reach : (p,) float array
        Largest absolute value of each coefficient's column.

    Returns
    -------
    Constrained
        The maximum, with score and information of all coefficients.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ArrayRows, fit_constrained, multinomial_kernel
    >>> rows = ArrayRows(x=np.ones((1, 4)), y=np.array([0, 1, 1, 1]))
    >>> def logit(beta, block):
    ...     return multinomial_kernel(beta[None], block)
    >>> fit_constrained(rows, logit, np.zeros(1), np.zeros((1, 0)), np.ones(1)).score
    array([1.])
    """
    (total,) = rows.reduce(_sum_weights, add_up)

    def whole(beta: Array) -> Sums:
        return sums_over(rows, partial(kernel, beta))

    def along(gamma: Array) -> Sums:
        sums = whole(origin + directions @ gamma)
        information = None if sums.information is None else directions.T @ sums.information @ directions
        return Sums(
            loglik=sums.loglik,
            score=directions.T @ sums.score,
            information=information,
            n_extreme=sums.n_extreme,
        )

    beta, converged = origin, True
    with one_blas_thread():
        if directions.shape[1]:
            found = maximise(
                along,
                np.zeros(directions.shape[1]),
                reach=np.abs(directions).T @ reach,
                total=total,
                mean_weight=total / rows.n_rows,
            )
            beta, converged = origin + directions @ found.beta, found.converged
        sums = whole(beta)
    if sums.information is None:
        raise ValueError("no information")
    return Constrained(
        beta=beta,
        loglik=sums.loglik,
        score=sums.score,
        information=sums.information,
        converged=converged,
    )
