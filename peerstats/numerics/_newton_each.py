"""Newton's method for many concave log-likelihoods at once, one for each column of replicate weights."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._newton import DRIFT_GAIN, DRIFT_STEPS, MAX_HALVINGS, MAX_STEPS, STILL
from peerstats.numerics._replicate_products import regular, solve_each

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["newton_each"]

# Mean square change of a linear predictor below which the next step takes this one's information.
_NEAR = 1e-5
# A step errs by about itself times the change of the predictors since its information was formed (for a
# fresh one, by the step again). The search ends when that is below 1e-9 of the distance from the start, mean
# squares both: a variance over replicates is made of these distances.
_ERROR = 1e-18
_SHRINKS = 1e-4  # by an older information, gains must fall so much at each step, or it is formed anew


@dataclass(slots=True, kw_only=True, eq=False)
class _AtWork:
    """Replicates that are neither at their maximum nor given up; arrays by replicate.

    Parameters
    ----------
    at : (c,) int array
        Number of each.
    w : (c, n) float array
        Weights.
    total : (c,) float array
        Their sum.
    observed : (c, J-1, k) float array
        Weighted sums of columns by outcome.
    beta, step : (c, J-1, k) float array
        The best coefficients yet, and the change to try.
    loglik : (c,) float array
        The log-likelihood at `beta`.
    gain : (c,) float array
        Newton decrement of the last step.
    missed : (c,) float array
        That of the step for which the information was formed.
    distance : (c,) float array
        That of the first step.
    information : (c, p, p) float array
        The last that was formed.
    halvings, adrift, steps : (c,) int array
        Halvings of this step; steps in a row that moved without gain; steps in all.
    """

    at: IntArray
    w: Array
    total: Array
    observed: Array
    beta: Array
    step: Array
    loglik: Array
    gain: Array
    missed: Array
    distance: Array
    information: Array
    halvings: IntArray
    adrift: IntArray
    steps: IntArray

    def keep(self, going: BoolArray) -> None:
        """Drop all others."""
        if going.all():
            return
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name)[going])


def _advance(
    work: _AtWork, score: Array, loglik: Array, *, fresh: BoolArray, rounding: Array, farthest: float
) -> tuple[BoolArray, BoolArray]:
    """Accept the steps that lost no likelihood and make the next ones; halve the others.

    Parameters
    ----------
    work : _AtWork
        The replicates: changed.
    score : (c, J-1, k) float array
        The score where the steps led.
    loglik : (c,) float array
        The log-likelihood there.
    fresh : (c,) bool array
        Whose information was formed here.
    rounding : (c,) float array
        How far its sum may be off.
    farthest : float
        Largest length of a row of the design.

    Returns
    -------
    done : (c,) bool array
        Who is at the maximum, one last step away.
    lost : (c,) bool array
        Who cannot get there.
    """
    worse = ~(loglik >= work.loglik - rounding) | ~np.isfinite(loglik)
    newton = solve_each(work.information, score.reshape(len(score), -1)).reshape(score.shape)
    held = worse[:, None, None]
    work.beta = np.where(held, work.beta, work.beta + work.step)
    work.step = np.where(held, work.step / 2, newton)
    work.loglik = np.where(worse, work.loglik, loglik)
    work.gain = np.where(worse, np.inf, np.einsum("cak,cak->c", newton, score))
    work.missed = np.where(fresh, work.gain, np.where(worse, np.inf, work.missed))
    work.distance = np.where(np.isnan(work.distance), work.gain, work.distance)
    work.halvings = np.where(worse, work.halvings + 1, 0)
    work.steps = work.steps + ~worse
    # a bound on the change of every linear predictor
    still = np.sqrt(np.einsum("cak,cak->ca", work.step, work.step)).sum(axis=1) * farthest < STILL
    moving = ~still & (work.gain < DRIFT_GAIN * work.total / work.w.shape[1])
    work.adrift = np.where(worse, work.adrift, np.where(moving, work.adrift + 1, 0))
    lost = ~np.isfinite(work.step).all(axis=(1, 2)) | (work.adrift >= DRIFT_STEPS)
    lost |= (work.halvings > MAX_HALVINGS) | (work.steps > MAX_STEPS)
    return still & (work.gain * work.missed <= _ERROR * work.distance * work.total), lost


def newton_each(
    derivatives: Callable[[Array, Array, bool], tuple[Array, Array, Array | None]],
    w: Array,
    observed: Array,
    start: Array,
    *,
    farthest: float,
    first_derivatives: Callable[[Array], tuple[Array, Array, Array]] | None = None,
) -> Array:
    """Find the maximum under each of many weights.

    Parameters
    ----------
    derivatives : callable
        From (c, n) weights, (c, J-1, k) coefficients, and whether second derivatives are asked for, to the
        (c,) sums of the log of the denominator, the (c, J-1, k) expected sums of columns, and the (c, p, p)
        information or None.
    w : (c, n) float array
        Weights.
    observed : (c, J-1, k) float array
        Weighted sums of columns by outcome.
    start : (J-1, k) float array
        Where all begin.
    farthest : float
        Largest length of a row of the design.
    first_derivatives : callable, optional
        The derivatives at the start, from the weights alone: all replicates share their probabilities there.

    Returns
    -------
    (c, J-1, k) float array
        The coefficients; NaN where there is no maximum, or the information is singular.

    Notes
    -----
    Steps and halvings are those of `maximise`; the end as well, but that it foresees the error of the last
    step instead of taking another. Who is near takes the information of the last step once more.
    """
    found = np.full_like(observed, np.nan)
    c = len(w)
    counts = np.zeros((3, c), dtype=np.int64)
    work = _AtWork(
        at=np.arange(c),
        w=w,
        total=w.sum(axis=1),
        observed=observed,
        beta=np.repeat(start[None], c, axis=0),
        step=np.zeros_like(observed),
        loglik=np.full(c, -np.inf),
        gain=np.full(c, np.inf),
        missed=np.full(c, np.inf),
        distance=np.full(c, np.nan),
        information=np.empty((c, 0, 0)),
        halvings=counts[0],
        adrift=counts[1],
        steps=counts[2],
    )
    first, near = True, np.zeros(c, dtype=bool)
    while len(work.at):
        trial = work.beta + work.step
        if first and first_derivatives is not None:
            totals, expected, work.information = first_derivatives(work.w)
        else:
            totals, expected, information = derivatives(work.w, trial, not near.any())
            if information is not None:
                work.information = information
            elif not near.all():
                # the few that are not near yet take their information apart
                far = ~near
                work.information[far] = derivatives(work.w[far], trial[far], True)[2]  # noqa: FBT003
        sound = regular(work.information) if first else np.ones(len(work.at), dtype=bool)
        first = False
        linear = np.einsum("cak,cak->c", trial, work.observed)
        rounding = 1e-12 * (np.abs(linear) + totals)  # a sum of many rows, as in `maximise`
        before = work.gain
        done, lost = _advance(
            work,
            work.observed - expected,
            linear - totals,
            fresh=~near,
            rounding=rounding,
            farthest=farthest,
        )
        done &= sound
        found[work.at[done]] = work.beta[done] + work.step[done]
        slow = near & (work.gain > _SHRINKS * before)
        near = ~slow & (work.gain <= _NEAR * work.total)
        going = sound & ~done & ~lost
        near = near[going]
        work.keep(going)
    return found
