"""Newton's method for a concave log-likelihood that is a sum over blocks of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from peerstats.numerics._rows import Block, Rows
    from peerstats.typing import Array

__all__ = ["Maximum", "Sums", "maximise", "sums_over"]

MAX_STEPS = 60  # the likelihood is concave: 5 to 8 steps are usual, 20 mean separation
MAX_HALVINGS = 30
# The mean square change of a linear predictor: the covariance is taken before the last change is made, so
# this bounds its relative error by about 1e-9, and that of the coefficients by about 1e-18.
FLAT = 1e-18
STILL = 1e-4  # the largest change of any linear predictor: a separated fit moves by about 1 a step for ever
_CLOSE = 1e-5  # mean square change below which the information of the step before serves for one more
DRIFT_GAIN = 1e-6  # gain, in rows' worth of log-likelihood, below which a predictor still moving is adrift
DRIFT_STEPS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """A log-likelihood with its derivatives, over some rows.

    Parameters
    ----------
    loglik : float
        The log-likelihood.
    score : (p,) float array
        Its gradient.
    information : (p, p) float array or None
        Its negative second derivative; None where it was not asked for.
    n_extreme : int
        Rows with a fitted probability within 1e-8 of 0 or 1.
    """

    loglik: float
    score: Array
    information: Array | None
    n_extreme: int

    @staticmethod
    def add(parts: Iterable[Sums]) -> Sums:
        """Add the sums of blocks of rows; there must be one at least."""
        each = iter(parts)
        first = next(each)
        loglik, n_extreme = first.loglik, first.n_extreme
        score = first.score.copy()
        information = None if first.information is None else first.information.copy()
        for part in each:
            loglik += part.loglik
            n_extreme += part.n_extreme
            score += part.score
            if information is not None and part.information is not None:
                information += part.information
        return Sums(loglik=loglik, score=score, information=information, n_extreme=n_extreme)


def sums_over(rows: Rows, kernel: Callable[[Block], Sums]) -> Sums:
    """Return a kernel's sums over all rows, wherever they lie; there must be one at least."""
    return rows.reduce(lambda blocks: Sums.add(map(kernel, blocks)), Sums.add)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maximum:
    """Where Newton's method stopped.

    Parameters
    ----------
    beta : (p,) float array
        The coefficients.
    loglik : float
        The log-likelihood there.
    inverse_information : (p, p) float array
        Inverse of the negative second derivative; NaN if it could not be formed.
    n_iterations : int
        Newton steps taken over all rows.
    converged : bool
        Whether `beta` is a maximum.
    last_step : (p,) float array
        The last change of the coefficients: where a fit is separated, the direction of escape.
    n_extreme : int
        Rows with a fitted probability within 1e-8 of 0 or 1.
    """

    beta: Array
    loglik: float
    inverse_information: Array
    n_iterations: int
    converged: bool
    last_step: Array
    n_extreme: int


def _solve(sums: Sums) -> tuple[Array, Array] | None:
    """Return Newton's step and the inverse information, from unit-diagonal scaled columns."""
    if sums.information is None:
        raise ValueError("sums without information")
    diagonal = np.diag(sums.information)
    if not np.all(diagonal > 0) or not np.isfinite(sums.information).all():
        return None
    scale = 1.0 / np.sqrt(diagonal)
    try:
        factor = cho_factor(sums.information * scale[:, None] * scale, lower=True)
    except np.linalg.LinAlgError:
        return None
    step = scale * cho_solve(factor, scale * sums.score)
    inverse = cho_solve(factor, np.diag(scale)) * scale[:, None]
    return step, (inverse + inverse.T) / 2


def _halve(
    evaluate: Callable[[Array], Sums], beta: Array, step: Array, before: float
) -> tuple[Array, Sums] | None:
    """Take the step, or the first half of it that does not lose likelihood."""
    lost = 1e-12 * abs(before)  # rounding of a sum of many rows
    for _ in range(MAX_HALVINGS):
        trial = beta + step
        sums = evaluate(trial)
        if np.isfinite(sums.loglik) and sums.loglik >= before - lost:
            return trial, sums
        step = step / 2
    return None


def _slope_step(slope: Callable[[Array], Sums], beta: Array, inverse: Array) -> Array:
    """Move by the score under an inverse information taken nearby."""
    sums = slope(beta)
    step: Array = inverse @ sums.score
    return beta + step if np.isfinite(step).all() else beta


def maximise(
    evaluate: Callable[[Array], Sums],
    start: Array,
    *,
    reach: Array,
    total: float,
    mean_weight: float,
    slope: Callable[[Array], Sums] | None = None,
    start_inverse: Array | None = None,
) -> Maximum:
    """Find the maximum of a concave log-likelihood.

    Parameters
    ----------
    evaluate : callable
        From (p,) coefficients to `Sums` over all rows.
    start : (p,) float array
        Where to begin.
    reach : (p,) float array
        Largest absolute value of each coefficient's column: bounds how far a linear predictor moves.
    total : float
        Sum of the weights.
    mean_weight : float
        Sum of the weights over the number of rows.
    slope : callable, optional
        From (p,) coefficients to `Sums` without information, for problems in which that is much cheaper.
    start_inverse : (p, p) float array, optional
        About the inverse information at the start; `slope` takes the first step with it.

    Returns
    -------
    Maximum
        Not converged if linear predictors kept moving although the likelihood was flat (separation), if the
        information became singular, or after 60 steps.

    Notes
    -----
    A small Newton decrement alone is no convergence: a separated fit steps by a constant while its decrement
    vanishes. So both are asked for: a mean square change of the linear predictors below 1e-18, and no
    predictor that changes by 1e-4. Where `slope` is given, a full step near the maximum is followed by one
    that takes the information of the step before, so that it costs no information of its own; the covariance
    is always that of a full pass at the end.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import Sums, maximise
    >>> def parabola(beta):
    ...     off = beta - 2
    ...     return Sums(loglik=-(off[0] ** 2), score=-2 * off, information=np.eye(1) * 2, n_extreme=0)
    >>> maximise(parabola, np.zeros(1), reach=np.ones(1), total=1.0, mean_weight=1.0).beta
    array([2.])
    """
    if slope is not None and start_inverse is not None:
        start = _slope_step(slope, start, start_inverse)
    beta, sums = start, evaluate(start)
    adrift = 0
    step = np.zeros_like(start)
    inverse = np.full((len(start), len(start)), np.nan)
    converged = False
    n_iterations = 0
    while n_iterations < MAX_STEPS:
        solved = _solve(sums)
        if solved is None:
            break
        step, inverse = solved
        gain = float(step @ sums.score)
        still = float(np.abs(step) @ reach) < STILL
        if still and gain <= FLAT * total:
            beta = beta + step
            converged = True
            break
        adrift = adrift + 1 if gain < DRIFT_GAIN * mean_weight and not still else 0
        if adrift == DRIFT_STEPS:
            break
        if slope is not None and gain < _CLOSE * total:
            # on top of the full step: the error left is that of the step times the change of the information
            step = _slope_step(slope, beta + step, inverse) - beta
        taken = _halve(evaluate, beta, step, sums.loglik)
        if taken is None:
            break
        beta, sums = taken
        n_iterations += 1
    return Maximum(
        beta=beta,
        loglik=sums.loglik,
        inverse_information=inverse,
        n_iterations=n_iterations,
        converged=converged,
        last_step=step,
        n_extreme=sums.n_extreme,
    )
