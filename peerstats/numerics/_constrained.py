"""A multinomial logit under linear constraints on its coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._collinear import measure_design
from peerstats.numerics._multinomial import multinomial_kernel
from peerstats.numerics._newton import Sums, maximise
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.numerics._rows import Rows
    from peerstats.typing import Array

__all__ = ["Constrained", "fit_constrained_multinomial", "null_space"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Constrained:
    """A maximum under constraints.

    Parameters
    ----------
    beta : (p,) float array
        All coefficients, outcomes slowest.
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


def fit_constrained_multinomial(rows: Rows, n_outcomes: int, origin: Array, directions: Array) -> Constrained:
    """Maximise the weighted log-likelihood of a multinomial logit over origin plus directions times anything.

    Parameters
    ----------
    rows : Rows
        Source of blocks.
    n_outcomes : int
        Outcome levels, the base included; 2 is logistic regression.
    origin : (p,) float array
        Coefficients that meet the constraints, outcomes slowest.
    directions : (p, r) float array
        Directions along which they may move; r may be 0.

    Returns
    -------
    Constrained
        The maximum, with score and information of all coefficients.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ArrayRows, fit_constrained_multinomial
    >>> rows = ArrayRows(x=np.ones((1, 4)), y=np.array([0, 1, 1, 1]))
    >>> fit_constrained_multinomial(rows, 2, np.zeros(1), np.zeros((1, 0))).score
    array([1.])
    """
    k = len(origin) // (n_outcomes - 1)
    shape = (n_outcomes - 1, k)
    scale = measure_design(rows, k, n_outcomes)
    total = float(scale.totals.sum())

    def whole(beta: Array) -> Sums:
        return Sums.add(multinomial_kernel(beta.reshape(shape), block) for block in rows.blocks())

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
                reach=np.abs(directions).T @ np.tile(scale.reach, shape[0]),
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
