"""Separation: whether a likelihood of categories has a finite maximum, by linear programming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Separation", "SeparationKind", "find_ordinal_separation", "find_separation"]

SeparationKind: TypeAlias = Literal["none", "quasi", "complete"]

# Margins are those of a direction whose largest part is 1, over columns that reach from 0 to 1.
_FEASIBLE = 1e-10  # the tightest that HiGHS takes
_VIOLATED = 1e-9  # a margin below minus this is a row on the wrong side
_STRICT = 1e-7  # a margin above this is no rounding; smaller ones are judged again, on a scale of their own
_RANK = 1e-10  # singular values, and parts of unit vectors, relative to the largest
_ZERO = 1e-7  # of the largest part of a direction: what the linear programme leaves of a zero
_HELD = 200  # constraints to begin with: of many more, few hold the answer
_ADDED = 150  # violated ones added at a time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Separation:
    """Whether and how rows are separated.

    Parameters
    ----------
    kind : {"none", "quasi", "complete"}
        "complete": every row is told from every other outcome without exception. "quasi": some rows are, and
        the others lie on the border. "none": a finite maximum exists.
    infinite : (J-1, k) bool array
        Coefficients without a finite estimate. For ordinal outcomes (J - 1 + k,): thresholds, then slopes.
    direction : (J-1, k) float array
        A direction in which the likelihood never falls, of few coefficients: the terms at fault. Those of
        columns of unit reach, the largest 1. All zero if there is no separation; zero wherever the estimate
        is finite. For ordinal outcomes (J - 1 + k,).
    sign : (J-1, k) int array
        Where an infinite coefficient runs: 1 up, -1 down in every direction of escape; 0 if it is finite, or
        if that depends on how the others run. For ordinal outcomes (J - 1 + k,).
    separated : (n,) bool array
        Rows told from another outcome at least without exception; their fitted probabilities go to 0 or 1.
    """

    kind: SeparationKind
    infinite: BoolArray
    direction: Array
    sign: IntArray
    separated: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Escape:
    """The cone of escape of (r, p) margins.

    Its span (p, d), a (p,) direction in it, and which margins are positive inside it.
    """

    span: Array
    first: Array
    strict: BoolArray


def _climb(objective: Array, margins: Array) -> Array:
    """Return the (p,) point of the cone `margins @ z >= 0` within the unit box that lies farthest up."""
    from scipy.optimize import linprog  # noqa: PLC0415  (scipy.optimize takes as long to load as the rest of numerics)

    p = margins.shape[1]
    spaced = np.unique(np.linspace(0, len(margins) - 1, min(_HELD, len(margins))).round().astype(int))
    held = np.zeros(len(margins), dtype=bool)
    held[spaced] = True
    while True:
        solved = linprog(
            -objective,
            A_ub=-margins[held],
            b_ub=np.zeros(int(held.sum())),
            bounds=(-1.0, 1.0),
            method="highs-ds",
            options={
                "primal_feasibility_tolerance": _FEASIBLE,
                "dual_feasibility_tolerance": _FEASIBLE,
                "presolve": False,
            },
        )
        z = np.zeros(p) if solved.x is None else np.asarray(solved.x)
        left = np.where(held, 0.0, margins @ z)
        worst = np.argsort(left)[:_ADDED]
        worst = worst[left[worst] < -_VIOLATED]
        if not len(worst):
            return z
        held[worst] = True


def _row_space(margins: Array) -> tuple[Array, Array]:
    """Return orthonormal bases (p, r) of the rows' span and (p, p - r) of what is orthogonal to it."""
    triangle = np.linalg.qr(margins, mode="r")
    _, values, basis = np.linalg.svd(triangle)
    rank = int(np.count_nonzero(values > _RANK * values[0])) if len(values) and values[0] > 0 else 0
    return basis[:rank].T, basis[rank:].T


def _escape(margins: Array) -> _Escape:
    """Find the cone of directions in which no margin falls.

    Margins that are positive somewhere in the cone are positive together in its inside. A programme finds
    some of them; they cannot bind any more, for its direction outweighs every loss, so they are left out, and
    with them the directions that the others do not see. What is left is a smaller problem of the same kind.
    """
    p = margins.shape[1]
    undecided, span, first = np.arange(len(margins)), np.eye(p), np.zeros(p)
    while len(undecided):
        rows = margins[undecided]
        seen, span = _row_space(rows)
        if not seen.shape[1]:
            break
        inner = rows @ seen
        z = _climb(inner.sum(axis=0), inner)
        # the top of a cone within a box lies at the box or at zero: anything between is a tolerance used up
        value = inner @ (z / np.abs(z).max()) if np.abs(z).max() > 0.5 else np.zeros(len(inner))  # noqa: PLR2004
        positive = value > _STRICT
        if not positive.any() or value.min() < -_STRICT:
            break
        first = first if first.any() else seen @ z
        undecided, span = undecided[~positive], np.eye(p)
    strict = np.ones(len(margins), dtype=bool)
    strict[undecided] = False
    return _Escape(span=span, first=first, strict=strict)


def _sparse_direction(margins: Array, escape: _Escape, cost: Array) -> Array:
    """Return the (p,) direction of least absolute size that leaves every strict margin 1 at least."""
    from scipy.optimize import linprog  # noqa: PLC0415  (as above)

    p, strict = margins.shape[1], margins[escape.strict]
    d = escape.span.shape[1]
    if d == 1:
        ray = escape.span[:, 0]
        return ray if (strict @ ray).sum() > 0 else -ray
    across = np.linalg.svd(escape.span, full_matrices=True)[0][:, d:].T
    held = np.zeros(len(strict), dtype=bool)
    held[np.argsort(strict @ escape.first)[:_HELD]] = True
    while True:
        solved = linprog(
            np.concatenate([cost, cost]),
            A_ub=np.hstack([-strict[held], strict[held]]),
            b_ub=-np.ones(int(held.sum())),
            A_eq=np.hstack([across, -across]) if len(across) else None,
            b_eq=np.zeros(len(across)) if len(across) else None,
            method="highs-ds",
            options={"presolve": False},
        )
        if solved.x is None:
            inner = strict @ escape.span
            return np.asarray(escape.span @ _climb(inner.sum(axis=0), inner))
        found = np.asarray(solved.x[:p] - solved.x[p:])
        left = np.where(held, 1.0, strict @ found)
        worst = np.argsort(left)[:_ADDED]
        worst = worst[left[worst] < 1.0 - _ZERO]
        if not len(worst):
            return found
        held[worst] = True


def _signs(margins: Array, escape: _Escape, back: Array, infinite: BoolArray, direction: Array) -> IntArray:
    """Return the sign that each infinite coefficient has in the whole cone; 0 where it has both."""
    sign = np.sign(np.where(infinite, direction, 0.0)).astype(int)
    if escape.span.shape[1] == 1:
        return sign
    inner = margins[escape.strict] @ escape.span
    parts = back @ escape.span
    parts /= np.maximum(np.abs(parts).max(axis=1, keepdims=True), np.finfo(float).tiny)
    up, down = np.zeros(len(parts), dtype=bool), np.zeros(len(parts), dtype=bool)
    for cell in np.flatnonzero(infinite):
        for seen, way in ((up, 1.0), (down, -1.0)):
            if not seen[cell]:  # a point found for one coefficient answers for others too
                values = parts @ _climb(way * parts[cell], inner)
                up |= values > _STRICT
                down |= values < -_STRICT
    sign = up.astype(int) - down.astype(int)
    return np.where(infinite, sign, 0)


def _judge(
    margins: Array,
    back: Array,
    cost: Array,
    shape: tuple[int, ...],
    owner: IntArray,
    row: IntArray,
    *,
    signs: bool,
) -> Separation:
    """Turn the cone of (r, p) margins into the record; `back` leads to the coefficients of the design."""
    escape = _escape(margins)
    p = margins.shape[1]
    separated = np.zeros(int(row.max()) + 1, dtype=bool)
    if not escape.strict.any():
        nothing = np.zeros(shape)
        return Separation(
            kind="none",
            infinite=nothing.astype(bool),
            direction=nothing,
            sign=nothing.astype(int),
            separated=separated[row],
        )
    separated[owner[escape.strict]] = True
    parts = back @ escape.span
    # a coefficient is finite if no direction of the span moves it: zero but for the rounding of its terms
    infinite = np.linalg.norm(parts, axis=1) > _ZERO * np.linalg.norm(back, axis=1)
    inner = _sparse_direction(margins, escape, cost)
    inner = np.where(np.abs(inner) > _ZERO * np.abs(inner).max(), inner, 0.0)
    direction = back @ inner
    clear = np.abs(direction) > _ZERO * (np.abs(back) @ np.abs(inner))
    direction = np.where(infinite & clear, direction, 0.0)
    direction = direction / np.abs(direction).max()
    sign = _signs(margins, escape, back, infinite, direction) if signs else np.zeros(p, dtype=int)
    return Separation(
        kind="complete" if escape.strict.all() else "quasi",
        infinite=infinite.reshape(shape),
        direction=direction.reshape(shape),
        sign=sign.reshape(shape),
        separated=separated[row],
    )


def _distinct(x: Array, y: IntArray) -> tuple[IntArray, IntArray]:
    """Return the place of each distinct row of (k, n) `x` and `y`, and the distinct row of each row."""
    whole = np.ascontiguousarray(np.vstack([x, y[None]]).T) + 0.0  # -0.0 is 0.0, byte by byte too
    as_bytes = whole.view(np.dtype((np.void, whole.itemsize * whole.shape[1]))).ravel()
    _, first, row = np.unique(as_bytes, return_index=True, return_inverse=True)
    return first, row


def _scaled(x: Array) -> tuple[Array, Array]:
    """Return (k, n) columns from 0 to 1, as far as a constant lets them shift, and the (k, k) way back.

    The way back leads to coefficients of columns of unit reach, so that their sizes can be compared.
    """
    k = len(x)
    reach = np.maximum(np.abs(x).max(axis=1), np.finfo(float).tiny)
    low, high = x.min(axis=1), x.max(axis=1)
    constant = np.flatnonzero((low == high) & (low != 0))
    if not len(constant):
        return x / reach[:, None], np.eye(k)
    c = int(constant[0])
    spread = np.where(high > low, high - low, reach)
    shift = np.where(high > low, low, 0.0)
    back = np.diag(reach / spread)
    back[c] -= shift / spread * np.sign(low[c])
    return (x - shift[:, None]) / spread[:, None], back


def find_separation(x: Array, y: IntArray, n_outcomes: int, *, signs: bool = False) -> Separation:
    """Say whether a multinomial logit has a finite maximum, and which coefficients run off if not.

    Parameters
    ----------
    x : (k, n) float array
        The design, one row per coefficient; its columns are independent.
    y : (n,) int array
        Outcome of each row, 0 for the base.
    n_outcomes : int
        Outcome levels, the base included; 2 is logistic regression. Each has a row.
    signs : bool
        Whether the sign of each infinite coefficient is asked for: a programme for each, if there is more
        than one direction.

    Returns
    -------
    Separation
        Its kind, and by outcome and column what is infinite and where it runs.

    Notes
    -----
    There is no finite maximum if and only if some B other than zero, with rows b_1 ... b_{J-1} and b_0 = 0,
    has x_i'(b_{y_i} - b_j) >= 0 for all rows i and outcomes j (Albert and Anderson 1984; Konis 2007). Weights
    and offsets do not matter. Linear programmes find which of these margins are positive in the inside of
    that cone; a coefficient is infinite if and only if it is not zero in the whole of the null space of the
    other margins, which is the span of the cone (Geyer 2009). As R `detectseparation::detect_separation`.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import find_separation
    >>> x = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 1.0]])
    >>> found = find_separation(x, np.array([0, 1, 1, 1]), 2, signs=True)
    >>> found.kind, found.infinite.tolist(), found.sign.tolist(), found.separated.tolist()
    ('quasi', [[False, True]], [[0, 1]], [False, False, False, True])
    """
    first, row = _distinct(x, y)
    scaled, back = _scaled(x[:, first])
    codes = y[first]
    k, m = scaled.shape
    n_other = n_outcomes - 1
    with one_blas_thread():
        margins = np.zeros((n_other, m, n_outcomes, k))
        for step in range(1, n_outcomes):
            # the other outcomes of each row, one at a time; outcome 0 has no coefficients
            margins[step - 1, np.arange(m), codes] = scaled.T
            margins[step - 1, np.arange(m), (codes + step) % n_outcomes] = -scaled.T
        return _judge(
            margins[:, :, 1:].reshape(n_other * m, n_other * k),
            np.asarray(np.kron(np.eye(n_other), back), dtype=float),
            np.tile(_costs(scaled), n_other),
            (n_other, k),
            np.tile(np.arange(m), n_other),
            row,
            signs=signs,
        )


def _costs(scaled: Array) -> Array:
    """Return what a coefficient costs in the search for few terms: a constant next to nothing."""
    return np.where(scaled.max(axis=1) > scaled.min(axis=1), 1.0, 1e-3)


def find_ordinal_separation(x: Array, y: IntArray, n_levels: int, *, signs: bool = False) -> Separation:
    """Say whether a model of cumulative odds has a finite maximum, and which coefficients run off if not.

    Parameters
    ----------
    x : (k, n) float array
        The design without a constant, one row per coefficient; with a constant its columns are independent.
    y : (n,) int array
        Level of each row, from 0.
    n_levels : int
        Levels, each with a row.
    signs : bool
        Whether the sign of each infinite coefficient is asked for.

    Returns
    -------
    Separation
        By coefficient: the J - 1 thresholds first, then the k slopes.

    Notes
    -----
    The model is P(y <= j) = F(theta_j - x'b), with any F that has a log-concave density, as R `MASS::polr`.
    There is no finite maximum if and only if some (theta, b) other than zero has theta_{y} - x'b >= 0 where y
    is not the last level and x'b - theta_{y-1} >= 0 where it is not the first.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import find_ordinal_separation
    >>> found = find_ordinal_separation(np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([0, 1, 1, 2]), 3)
    >>> found.kind, found.infinite.tolist()
    ('complete', [True, True, True])
    """
    first, row = _distinct(x, y)
    whole, back = _scaled(np.vstack([np.ones(len(first)), x[:, first]]))
    codes = y[first]
    scaled = whole[1:]
    k, n_cuts = len(scaled), n_levels - 1
    cut = np.eye(n_cuts)
    above, below = np.flatnonzero(codes < n_cuts), np.flatnonzero(codes > 0)
    margins = np.vstack(
        [
            np.hstack([cut[codes[above]], -scaled[:, above].T]),
            np.hstack([-cut[codes[below] - 1], scaled[:, below].T]),
        ]
    )
    # a shift of a column moves x'b, and with it every threshold: the other way round than a constant
    leads = np.block([[cut, -np.tile(back[0, 1:], (n_cuts, 1))], [np.zeros((k, n_cuts)), back[1:, 1:]]])
    cost = np.concatenate([np.full(n_cuts, 1e-3), np.ones(k)])
    with one_blas_thread():
        return _judge(margins, leads, cost, (n_cuts + k,), np.concatenate([above, below]), row, signs=signs)
