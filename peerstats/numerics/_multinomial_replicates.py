"""Multinomial logits refitted under replicate weights, many replicates together, as matrix products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._multinomial import log_total
from peerstats.numerics._newton_each import newton_each
from peerstats.numerics._replicate_products import orthonormal_design
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.numerics._replicate_products import OrthonormalDesign
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Refits", "multinomial_refits"]

_TOGETHER = 100  # replicates worked on at once: measured best among 25 to 170 at n = 600


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refits:
    """A model refitted under replicate weights.

    Parameters
    ----------
    coefficients : (c, p) float array
        One row per replicate, outcomes slowest; NaN where the refit did not converge.
    converged : (c,) bool array
        Whether it did.
    """

    coefficients: Array
    converged: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _AtStart:
    """What each row adds at the start, where all replicates have the same probabilities.

    Parameters
    ----------
    logs : (n,) float array
        Log of 1 + sum(exp(eta)).
    expected : ((J-1) k, n) float array
        Probability times column.
    curved : (pairs of outcomes * k (k + 1) / 2, n) float array
        Second derivatives by pairs of outcomes and of columns.
    """

    logs: Array
    expected: Array
    curved: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Problem:
    """What all replicates share.

    Parameters
    ----------
    design : OrthonormalDesign
        The design, turned.
    members : list of J int arrays
        The rows of each outcome, the base first.
    offset : (n,) float array or None
        Known part of every linear predictor.
    farthest : float
        Largest length of a row of the turned design.
    at_start : _AtStart or None
        What each row adds at the start; None where there are too many rows to hold it.
    """

    design: OrthonormalDesign
    members: list[IntArray]
    offset: Array | None
    farthest: float
    at_start: _AtStart | None


def _curvature(weighted: Array, p: Array) -> Array:
    """Return weight times p_a ((a = b) - p_b) for the pairs of outcomes a <= b, one after another.

    `weighted` is (J-1, ..., m), weights times probabilities, and `p` the probabilities.
    """
    n_other = len(p)
    upper = [(a, b) for a in range(n_other) for b in range(a, n_other)]
    curve = np.empty((len(upper), *weighted.shape[1:]))
    for into, (a, b) in zip(curve, upper, strict=True):
        np.multiply(weighted[a], p[b], out=into)
        if a == b:
            np.subtract(weighted[a], into, out=into)
        else:
            np.negative(into, out=into)
    return curve


def _square(design: OrthonormalDesign, curved: Array, n_other: int) -> Array:
    """Return the (c, (J-1) k, (J-1) k) information from its sums by pairs of outcomes, (pairs, c, ...)."""
    k, c = len(design.place), curved.shape[1]
    information = np.empty((c, n_other, k, n_other, k))
    upper = [(a, b) for a in range(n_other) for b in range(a, n_other)]
    for (a, b), sums in zip(upper, curved, strict=True):
        square = sums[:, design.place]
        information[:, a, :, b] = square
        if a != b:
            information[:, b, :, a] = square
    return information.reshape(c, n_other * k, n_other * k)


def _start_sums(design: OrthonormalDesign, offset: Array | None, start: Array) -> _AtStart | None:
    """Return what each row adds at the start, if there are few enough rows to hold it."""
    if design.held is None:
        return None
    eta = start @ design.q
    logs, p = log_total(eta if offset is None else eta + offset)
    curve = _curvature(p, p)
    return _AtStart(
        logs=logs,
        expected=(p[:, None] * design.q).reshape(-1, len(logs)),
        curved=(curve[:, None] * design.held).reshape(-1, len(logs)),
    )


def _first_derivatives(problem: _Problem, at: _AtStart, w: Array, n_other: int) -> tuple[Array, Array, Array]:
    """Sum over rows at the start: products of the weights with what each row adds."""
    c = len(w)
    curved = (w @ at.curved.T).reshape(c, n_other * (n_other + 1) // 2, -1).transpose(1, 0, 2)
    expected = (w @ at.expected.T).reshape(c, n_other, -1)
    return w @ at.logs, expected, _square(problem.design, curved, n_other)


def _derivatives(
    problem: _Problem, w: Array, beta: Array, *, second: bool
) -> tuple[Array, Array, Array | None]:
    """Sum over rows what Newton's method needs.

    Parameters
    ----------
    problem : _Problem
        The rows.
    w : (c, n) float array
        Weights.
    beta : (c, J-1, k) float array
        Coefficients of the orthonormal columns.
    second : bool
        Whether second derivatives are asked for.

    Returns
    -------
    totals : (c,) float array
        Weighted sum of the log of 1 + sum(exp(eta)).
    expected : (c, J-1, k) float array
        Weighted sums of probability times column.
    information : (c, (J-1) k, (J-1) k) float array or None
        Negative second derivatives.
    """
    design = problem.design
    c, n_other, k = beta.shape
    n_pairs = n_other * (n_other + 1) // 2 if second else 0
    totals = np.zeros(c)
    expected = np.zeros((n_other, c, k))
    curved = np.zeros((n_pairs * c, len(design.pairs[0])))
    outcome_major = np.ascontiguousarray(beta.transpose(1, 0, 2)).reshape(n_other * c, k)
    for rows, q in design.blocks():
        part = w[:, rows]
        eta = (outcome_major @ q).reshape(n_other, c, -1)
        if problem.offset is not None:
            eta += problem.offset[rows]
        logs, p = log_total(eta)
        totals += np.einsum("cm,cm->c", part, logs)
        weighted = p * part
        expected += (weighted.reshape(n_other * c, -1) @ q.T).reshape(n_other, c, k)
        if second:
            curved += _curvature(weighted, p).reshape(n_pairs * c, -1) @ design.products(q).T
    by_replicate = expected.transpose(1, 0, 2)
    if not second:
        return totals, by_replicate, None
    return totals, by_replicate, _square(design, curved.reshape(n_pairs, c, -1), n_other)


def _observed(problem: _Problem, w: Array) -> tuple[Array, BoolArray]:
    """Return the weighted sums of columns by outcome (c, J-1, k), and which replicates have every outcome."""
    q = problem.design.q
    sums = np.empty((len(w), len(problem.members) - 1, len(q)))
    every = np.ones(len(w), dtype=bool)
    for a, rows in enumerate(problem.members):
        part = w[:, rows]
        every &= part.any(axis=1)
        if a:
            sums[:, a - 1] = part @ q[:, rows].T
    return sums, every


def _refit(problem: _Problem, w: Array, start: Array) -> Array:
    """Refit under (c, n) weights; return (c, J-1, k) coefficients of the orthonormal columns, or NaN."""
    observed, every = _observed(problem, w)
    found = np.full_like(observed, np.nan)
    at = problem.at_start
    first = None if at is None else lambda some: _first_derivatives(problem, at, some, len(start))
    found[every] = newton_each(
        lambda some, beta, second: _derivatives(problem, some, beta, second=second),
        w if every.all() else w[every],
        observed[every],
        start,
        farthest=problem.farthest,
        first_derivatives=first,
    )
    return found


def multinomial_refits(
    x: Array, y: IntArray, weights: Array, start: Array, *, offset: Array | None = None
) -> Refits:
    """Refit a multinomial logit under each of many weights.

    Parameters
    ----------
    x : (k, n) float array
        The design, one row per coefficient, of full rank.
    y : (n,) int array
        Outcome of each row, 0 for the base; two outcomes are logistic regression.
    weights : (n, c) float array
        One column of weights per replicate, none negative; zeros are normal. Column-major is fastest.
    start : (J-1, k) float array
        Where every refit begins: the fit of the full sample.
    offset : (n,) float array, optional
        Added to every linear predictor.

    Returns
    -------
    Refits
        Not converged, and NaN, where a replicate is separated, or gives no weight to an outcome or to a level
        of a factor.

    Notes
    -----
    Newton's method with step halving, and the convergence of `maximise`, for 100 replicates at once. The
    design is turned once to orthonormal columns; the products of its columns, formed once up to 1,024 rows
    and by blocks of so many above, give all information matrices in one matrix product. Memory: the turned
    copy of the design, a copy of the weights of 100 replicates, and some 10 MB however many the rows.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import multinomial_refits
    >>> weights = np.array([[1.0, 2.0], [1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    >>> refits = multinomial_refits(np.ones((1, 4)), np.array([0, 1, 1, 1]), weights, np.ones((1, 1)))
    >>> np.exp(refits.coefficients).round(6)
    array([[3.],
           [1.]])
    """
    n_other, k = start.shape
    found = np.full((weights.shape[1], n_other, k), np.nan)
    with one_blas_thread():
        design = orthonormal_design(x)
        if design is not None:
            turned, by_replicate = design.turn(start), weights.T
            problem = _Problem(
                design=design,
                members=[np.flatnonzero(y == a) for a in range(n_other + 1)],
                offset=offset,
                farthest=float(np.sqrt(np.einsum("kn,kn->n", design.q, design.q).max())),
                at_start=_start_sums(design, offset, turned),
            )
            for first in range(0, len(found), _TOGETHER):
                some = slice(first, first + _TOGETHER)
                found[some] = _refit(problem, by_replicate[some], turned)
            found = design.turn_back(found)
    coefficients = found.reshape(-1, n_other * k)
    return Refits(coefficients=coefficients, converged=np.isfinite(coefficients).all(axis=1))
