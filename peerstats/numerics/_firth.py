"""Firth's penalised likelihood of a multinomial logit: log-likelihood plus half of log|information|."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from peerstats.numerics._multinomial import log_total, multinomial_kernel
from peerstats.numerics._newton import Sums
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from peerstats.numerics._rows import Block, Rows
    from peerstats.typing import Array

__all__ = [
    "HIGHER",
    "FirthFit",
    "PenalisedPoint",
    "firth_adjustment",
    "fit_firth",
    "hold_blocks",
    "penalised_climb",
    "starts_around",
]

_HELD = 8_000_000  # numbers of a design that are kept between the passes: 64 MB
_MAX_STEPS = 200
_MAX_HALVINGS = 40
_MEMORY = 8  # changes of the score that correct the information for the curvature of the penalty
# Squared length of the score in standard errors of the coefficients: they are within 1e-10 of one ...
_FLAT = 1e-20
# ... or, where rounding keeps the score from falling further, within 1e-7 of one.
_ROUNDED = 1e-14
HIGHER = 1e-6  # of log-likelihood: two maxima that differ by more are two hills
_STRIDES = (-3.0, 3.0)  # standard errors from which other hills are looked for ...
_AXES = 8  # ... along the widest axes
_STEEP = 10  # steps: a climb that took no more met one hill, as with all rows that are not separated
_DRAWN = 24  # ... and in directions drawn at random
_ARMIJO = 1e-4  # share of the gain that a straight line promises
_LOST = 1e-12  # rounding of a sum of many rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PenalisedPoint:
    """The penalised likelihood at some coefficients.

    Parameters
    ----------
    beta : (p,) float array
        The coefficients.
    loglik : float
        The log-likelihood.
    penalised : float
        The same plus half the log of the information's determinant.
    score : (p,) float array
        Gradient of the log-likelihood, without the penalty's.
    inverse : (p, p) float array
        Inverse of the information.
    n_extreme : int
        Rows with a fitted probability within 1e-8 of 0 or 1.
    """

    beta: Array
    loglik: float
    penalised: float
    score: Array
    inverse: Array
    n_extreme: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FirthFit:
    """Where the penalised likelihood is largest, or is so at a given value of one combination.

    Parameters
    ----------
    point : PenalisedPoint
        The coefficients and the likelihood there.
    multiplier : float
        Slope of the penalised likelihood along the combination that was held; 0 where none was.
    n_iterations : int
        Steps taken.
    converged : bool
        Whether this is a maximum.
    """

    point: PenalisedPoint
    multiplier: float
    n_iterations: int
    converged: bool

    def rises_above(self, other: FirthFit) -> bool:
        """Say whether this is a higher hill, not the same one but for rounding."""
        return self.point.penalised > other.point.penalised + HIGHER


def starts_around(centre: Array, inverse: Array) -> Array:
    """Return where else to begin: on and about the ellipsoid of the standard errors.

    Parameters
    ----------
    centre : (p,) float array
        Its centre.
    inverse : (p, p) float array
        Inverse of the information.

    Returns
    -------
    (m, p) float array
        One start a row.
    """
    spread, turn = np.linalg.eigh(inverse)
    axes = (np.sqrt(np.maximum(spread, 0.0)) * turn).T
    # the same draws each time, so that a fit is a function of its rows
    drawn = np.random.default_rng(0).normal(size=(_DRAWN, len(centre))) @ axes
    starts: Array = centre + np.vstack(
        [*(stride * axes[-_AXES:] for stride in _STRIDES), _STRIDES[-1] * drawn]
    )
    return starts


def hold_blocks(rows: Rows, k: int) -> Sequence[Block] | None:
    """Return all blocks, ready for many passes; None where their design is too large to keep.

    Parameters
    ----------
    rows : Rows
        Source of blocks.
    k : int
        Columns of the design.

    Returns
    -------
    list of Block or None
        The blocks, where the design has at most 8 million numbers.
    """
    return list(rows.blocks()) if rows.n_rows * k <= _HELD else None


def firth_adjustment(beta: Array, inverse: Array, block: Block) -> Array:
    """Return one block's part of the penalty's gradient.

    Parameters
    ----------
    beta : (J-1, k) float array
        Coefficients, one row per outcome other than the base.
    inverse : ((J-1) k, (J-1) k) float array
        Inverse of the information of all rows at `beta`, outcomes slowest.
    block : Block
        The rows.

    Returns
    -------
    ((J-1) k,) float array
        Summed over the blocks, the gradient of half the log of the information's determinant.

    Notes
    -----
    With V_ab = x' (I^-1)_ab x, outcome c's part is half the sum of w p_c [V_cc - sum_a V_aa p_a -
    2 sum_a V_ac p_a + 2 sum_ab V_ab p_a p_b] x: V against the third cumulants of the row's outcome. For two
    outcomes it is the sum of h (1/2 - p) x, h the leverage.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import Block, firth_adjustment
    >>> block = Block(x=np.ones((1, 4)), y=np.array([0, 1, 1, 1]))
    >>> firth_adjustment(np.log([[3.0]]), np.array([[4 / 3]]), block)  # one leverage in all, times 1/2 - p
    array([-0.25])
    """
    x, w = block.x, block.w
    n_other, k = beta.shape
    eta = beta @ x
    _, p = log_total(eta if block.offset is None else eta + block.offset)
    tied = np.zeros_like(p)  # V_cc - 2 sum_a V_ac p_a
    for a in range(n_other):
        for b in range(a, n_other):
            part = inverse[a * k : (a + 1) * k, b * k : (b + 1) * k]
            v = np.einsum("jm,jm->m", x, part @ x)
            tied[b] -= 2.0 * p[a] * v
            if a == b:
                tied[a] += v
            else:
                tied[a] -= 2.0 * p[b] * v
    pulled = 0.5 * p * (tied - (p * tied).sum(axis=0))
    if w is not None:
        pulled *= w
    gradient: Array = pulled @ x.T
    return gradient.ravel()


def _invert(information: Array) -> tuple[Array, float] | None:
    """Return the inverse and the log determinant, from a unit diagonal."""
    diagonal = np.diag(information)
    if not np.all(diagonal > 0) or not np.isfinite(information).all():
        return None
    scale = 1.0 / np.sqrt(diagonal)
    try:
        factor = cho_factor(information * scale[:, None] * scale, lower=True)
    except np.linalg.LinAlgError:
        return None
    with np.errstate(over="ignore"):  # far from any maximum; seen as not finite
        inverse = cho_solve(factor, np.diag(scale)) * scale[:, None]
        inverse = (inverse + inverse.T) / 2
    if not np.isfinite(inverse).all():
        return None
    log_det = 2.0 * float(np.log(np.diag(factor[0])).sum() - np.log(scale).sum())
    return inverse, log_det


def _look(blocks: Sequence[Block] | Rows, beta: Array, shape: tuple[int, int]) -> PenalisedPoint | None:
    """Return the penalised likelihood; None where the information is singular."""
    at = beta.reshape(shape)
    sums = Sums.add(multinomial_kernel(at, block) for block in _each(blocks))
    inverted = None if sums.information is None else _invert(sums.information)
    if inverted is None or not np.isfinite(sums.loglik):
        return None
    inverse, log_det = inverted
    return PenalisedPoint(
        beta=beta,
        loglik=sums.loglik,
        penalised=sums.loglik + 0.5 * log_det,
        score=sums.score,
        inverse=inverse,
        n_extreme=sums.n_extreme,
    )


def _each(blocks: Sequence[Block] | Rows) -> Iterable[Block]:
    return blocks if isinstance(blocks, Sequence) else blocks.blocks()


def _slope(blocks: Sequence[Block] | Rows, point: PenalisedPoint, shape: tuple[int, int]) -> Array:
    """Return the gradient of the penalised likelihood."""
    total = point.score.copy()
    for block in _each(blocks):
        total += firth_adjustment(point.beta.reshape(shape), point.inverse, block)
    return total


def _free(gradient: Array, inverse: Array, held: Array | None) -> tuple[Array, float]:
    """Take what points along the held combination out of a gradient; return how much that was."""
    if held is None:
        return gradient, 0.0
    across = inverse @ held
    size = float(held @ across)
    multiplier = 0.0
    for _ in range(2):  # the second time what rounding left
        part = float(across @ gradient) / size
        gradient = gradient - part * held
        multiplier += part
    return gradient, multiplier


def _direction(
    pairs: Iterable[tuple[Array, Array]], gradient: Array, inverse: Array, held: Array | None
) -> Array:
    """Return the step: the inverse information, corrected by the last changes of the gradient (L-BFGS)."""
    kept = []
    left = gradient
    for moved, fell in reversed(list(pairs)):
        share = float(moved @ left) / float(moved @ fell)
        left = left - share * fell
        kept.append((moved, fell, share))
    step: Array = inverse @ _free(left, inverse, held)[0]
    for moved, fell, share in reversed(kept):
        step = step + (share - float(fell @ step) / float(moved @ fell)) * moved
    return step


def penalised_climb(
    blocks: Sequence[Block] | Rows, start: Array, shape: tuple[int, int], held: Array | None = None
) -> FirthFit | None:
    """Climb to the maximum of the penalised likelihood.

    Parameters
    ----------
    blocks : list of Block, or Rows
        The rows.
    start : (p,) float array
        Where to begin.
    shape : tuple of int
        J-1 and k; their product is p.
    held : (p,) float array, optional
        A combination of the coefficients that keeps its value at the start.

    Returns
    -------
    FirthFit or None
        None if the information is singular at the start.

    Notes
    -----
    Fisher scoring, whose steps the last eight changes of the gradient correct for the curvature of the
    penalty (L-BFGS on the inverse information). A step is halved until it gains enough. Two passes over the
    rows a step: information, then the penalty's gradient, which needs its inverse.
    """
    point = _look(blocks, start, shape)
    if point is None:
        return None
    gradient = _slope(blocks, point, shape)
    pairs: deque[tuple[Array, Array]] = deque(maxlen=_MEMORY)
    before = np.inf
    for n_iterations in range(_MAX_STEPS):
        free, multiplier = _free(gradient, point.inverse, held)
        steep = float(free @ point.inverse @ free)
        if steep <= _FLAT or (steep <= _ROUNDED and steep >= before):
            return FirthFit(point=point, multiplier=multiplier, n_iterations=n_iterations, converged=True)
        before = steep
        step = _direction(pairs, free, point.inverse, held)
        if not float(step @ free) > 0:
            pairs.clear()
            step = point.inverse @ free
        taken = _take(blocks, point, step, float(step @ free), shape)
        if taken is None:
            if steep <= _ROUNDED:
                return FirthFit(point=point, multiplier=multiplier, n_iterations=n_iterations, converged=True)
            break
        later = _slope(blocks, taken, shape)
        moved, fell = taken.beta - point.beta, gradient - later
        if float(moved @ fell) > 0:  # else the penalised likelihood is not concave here
            pairs.append((moved, fell))
        point, gradient = taken, later
    return FirthFit(point=point, multiplier=np.nan, n_iterations=_MAX_STEPS, converged=False)


def _take(
    blocks: Sequence[Block] | Rows, point: PenalisedPoint, step: Array, gain: float, shape: tuple[int, int]
) -> PenalisedPoint | None:
    """Take the step, or the first half of it that gains enough."""
    lost = _LOST * (1.0 + abs(point.loglik))
    for _ in range(_MAX_HALVINGS):
        trial = _look(blocks, point.beta + step, shape)
        if trial is not None and trial.penalised >= point.penalised + _ARMIJO * gain - lost:
            return trial
        step, gain = step / 2, gain / 2
    return None


def fit_firth(rows: Rows, n_outcomes: int, k: int) -> FirthFit | None:
    """Maximise the likelihood of a multinomial logit with the penalty of Firth.

    Parameters
    ----------
    rows : Rows
        Source of blocks; weights are frequencies.
    n_outcomes : int
        Outcome levels, the base included; 2 is logistic regression.
    k : int
        Columns of the design, which are linearly independent.

    Returns
    -------
    FirthFit or None
        Its coefficients are in the order of a (J-1, k) array, outcomes slowest. None if the information is
        singular where all coefficients are 0.

    Notes
    -----
    The largest l(beta) + log|I(beta)| / 2: the mode under the prior of Jeffreys, and of the canonical links
    of these models also the estimate whose bias of order 1/n is removed (Firth 1993, Kosmidis and Firth
    2011). It is finite for every sample. With few rows and three or more outcomes there may be several hills:
    after a first climb of more than ten steps, from 0, others begin around its
    end.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ArrayRows, fit_firth
    >>> rows = ArrayRows(x=np.ones((1, 4)), y=np.array([1, 1, 1, 1]))
    >>> fit_firth(rows, 2, 1).point.beta.round(6)  # log(4.5 / 0.5)
    array([2.197225])
    """
    shape = (n_outcomes - 1, k)
    with one_blas_thread():
        blocks = hold_blocks(rows, k) or rows
        best = penalised_climb(blocks, np.zeros(shape[0] * k), shape)
        if best is None or not best.converged or best.n_iterations <= _STEEP:
            return best
        for start in starts_around(best.point.beta, best.point.inverse):
            other = penalised_climb(blocks, start, shape)
            if other is not None and other.converged and other.rises_above(best):
                best = other
        return best
