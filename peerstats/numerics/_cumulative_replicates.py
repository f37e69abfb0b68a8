"""Cumulative logits refitted under replicate weights, many replicates together, as matrix products."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, log_expit

from peerstats.numerics._cumulative_logit import gap_odds
from peerstats.numerics._newton import DRIFT_GAIN, DRIFT_STEPS, MAX_HALVINGS, MAX_STEPS, STILL
from peerstats.numerics._replicate_products import BLOCK_ROWS, orthonormal_design, regular, solve_each
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["cumulative_refits"]

_TOGETHER = 100  # replicates worked on at once, as for multinomial logits
# As in `newton_each`: a full step errs by about its square; the search ends when that is below 1e-9 of the
# distance from the start, mean squares both.
_ERROR = 1e-18


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Problem:
    """What all replicates share.

    Parameters
    ----------
    q : (k, n) float array
        Columns orthonormal to each other and to the constant, rows sorted by level.
    pairs : (2, k (k + 1) / 2) int array
        The pairs of columns.
    place : (k, k) int array
        Number of each pair, either way round.
    parts : tuple of (int, slice)
        Level and rows of each block.
    offset : (n,) float array or None
        Known part of every linear predictor, sorted alike.
    farthest : float
        Largest length of a row of `q`.
    """

    q: Array
    pairs: IntArray
    place: IntArray
    parts: tuple[tuple[int, slice], ...]
    offset: Array | None
    farthest: float


def _blocks(y: IntArray, n_levels: int) -> tuple[tuple[int, slice], ...]:
    """Return the level and rows of each block of sorted codes."""
    ends = np.searchsorted(y, np.arange(n_levels + 1))
    return tuple(
        (level, slice(start, min(start + BLOCK_ROWS, ends[level + 1])))
        for level in range(n_levels)
        for start in range(ends[level], ends[level + 1], BLOCK_ROWS)
    )


def _derivatives(problem: _Problem, w: Array, totals: Array, theta: Array) -> tuple[Array, Array, Array]:
    """Return (c,) log-likelihoods, (c, p) scores and (c, p, p) information, as `cumulative_kernel`.

    `w` is (c, n), `totals` (c, J) its sums by level, and `theta` (c, p).
    """
    k, n_cut = len(problem.q), totals.shape[1] - 1
    slopes, cuts = theta[:, :k], theta[:, k:]
    odds = gap_odds(cuts)
    own = odds * totals
    with np.errstate(invalid="ignore", divide="ignore"):  # thresholds that cross: no likelihood, a NaN
        logs = np.log(-np.expm1(-np.diff(cuts, axis=1)))
    loglik = np.einsum("cj,cj->c", totals[:, 1:-1], logs)
    score = np.zeros_like(theta)
    score[:, k:] = own[:, :-1] - own[:, 1:]
    information = np.zeros((len(w), k + n_cut, k + n_cut))
    square = np.zeros((len(w), problem.pairs.shape[1]))
    between = information[:, k:, k:]
    bend = own * (1.0 + odds)
    for t in range(n_cut):
        between[:, t, t] = bend[:, t] + bend[:, t + 1]
        if t:
            between[:, t, t - 1] = between[:, t - 1, t] = -bend[:, t]
    for level, rows in problem.parts:
        q, part = problem.q[:, rows], w[:, rows]
        eta = slopes @ q
        if problem.offset is not None:
            eta += problem.offset[rows]
        residual, curve = np.zeros_like(eta), np.zeros_like(eta)
        # each threshold of the level: which one, and whether the level lies below it
        for cut, sign in ((level, 1.0), (level - 1, -1.0)):
            if not 0 <= cut < n_cut:
                continue
            away = sign * (cuts[:, [cut]] - eta)
            loglik += np.einsum("cm,cm->c", part, log_expit(away))
            beyond = expit(-away)
            weighted = part * beyond
            score[:, k + cut] += sign * weighted.sum(axis=1)
            residual -= sign * weighted
            weighted = weighted * (1.0 - beyond)
            between[:, cut, cut] += weighted.sum(axis=1)
            information[:, :k, k + cut] -= weighted @ q.T
            curve += weighted
        score[:, :k] += residual @ q.T
        square += curve @ (q[problem.pairs[0]] * q[problem.pairs[1]]).T
    information[:, k:, :k] = information[:, :k, k:].transpose(0, 2, 1)
    information[:, :k, :k] = square[:, problem.place]
    return loglik, score, information


@dataclass(slots=True, kw_only=True, eq=False)
class _AtWork:
    """Replicates that are neither at their maximum nor given up; arrays by replicate.

    Parameters
    ----------
    at : (c,) int array
        Number of each.
    w : (c, n) float array
        Weights.
    totals : (c, J) float array
        Their sums by level.
    theta, step : (c, p) float array
        The best coefficients yet, and the change to try.
    loglik : (c,) float array
        The log-likelihood at `theta`.
    distance : (c,) float array
        Newton decrement of the first step.
    halvings, adrift, steps : (c,) int array
        Halvings of this step; steps in a row that moved without gain; steps in all.
    """

    at: IntArray
    w: Array
    totals: Array
    theta: Array
    step: Array
    loglik: Array
    distance: Array
    halvings: IntArray
    adrift: IntArray
    steps: IntArray

    def keep(self, going: BoolArray) -> None:
        """Drop all others."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name)[going])


def _advance(work: _AtWork, problem: _Problem) -> tuple[BoolArray, BoolArray]:
    """Accept the steps that lost no likelihood and make the next ones; halve the others.

    Returns who is at the maximum, one last step away, and who cannot get there.
    """
    loglik, score, information = _derivatives(problem, work.w, work.totals, work.theta + work.step)
    worse = ~(loglik >= work.loglik - 1e-12 * np.abs(loglik)) | ~np.isfinite(loglik)
    first = work.steps == 0
    sound = np.ones(len(worse), dtype=bool)
    if first.all():
        sound = regular(information)
    usable = sound & ~worse & np.isfinite(information).all(axis=(1, 2))
    newton = np.full_like(score, np.nan)
    newton[usable] = solve_each(information[usable], score[usable])
    gain = np.einsum("cp,cp->c", newton, score)
    held = worse[:, None]
    work.theta = np.where(held, work.theta, work.theta + work.step)
    work.step = np.where(held, work.step / 2, newton)
    work.loglik = np.where(worse, work.loglik, loglik)
    work.distance = np.where(first, gain, work.distance)
    work.halvings = np.where(worse, work.halvings + 1, 0)
    work.steps = work.steps + ~worse
    k, total = len(problem.q), work.totals.sum(axis=1)
    slopes = work.step[:, :k]
    # a bound on the change of every linear predictor less its threshold
    change = np.sqrt(np.einsum("ck,ck->c", slopes, slopes)) * problem.farthest
    change += np.abs(work.step[:, k:]).max(axis=1)
    still = ~worse & (change < STILL)
    moving = ~worse & ~still & (gain < DRIFT_GAIN * total / work.w.shape[1])
    work.adrift = np.where(worse, work.adrift, np.where(moving, work.adrift + 1, 0))
    lost = ~np.isfinite(work.step).all(axis=1) | (work.adrift >= DRIFT_STEPS)
    lost |= (work.halvings > MAX_HALVINGS) | (work.steps > MAX_STEPS)
    return still & (gain * gain <= _ERROR * work.distance * total), lost


def _refit(problem: _Problem, w: Array, totals: Array, start: Array) -> Array:
    """Refit under (c, n) weights; return (c, p) coefficients of the orthonormal columns, or NaN."""
    c = len(w)
    found = np.full((c, len(start)), np.nan)
    at = np.flatnonzero((totals > 0).all(axis=1))
    count = len(at)
    counts = np.zeros((3, count), dtype=np.int64)
    work = _AtWork(
        at=at,
        w=w[at],
        totals=totals[at],
        theta=np.repeat(start[None], count, axis=0),
        step=np.zeros((count, len(start))),
        loglik=np.full(count, -np.inf),
        distance=np.full(count, np.nan),
        halvings=counts[0],
        adrift=counts[1],
        steps=counts[2],
    )
    while len(work.at):
        done, lost = _advance(work, problem)
        found[work.at[done]] = work.theta[done] + work.step[done]
        going = ~done & ~lost
        if not going.all():
            work.keep(going)
    return found


def cumulative_refits(
    x: Array, y: IntArray, weights: Array, start: Array, *, offset: Array | None = None
) -> Array:
    """Refit cumulative logits with proportional odds under each of many weights.

    Parameters
    ----------
    x : (k, n) float array
        The design without a constant; with one it is of full rank.
    y : (n,) int array
        Level of each row, from 0 to J - 1.
    weights : (n, c) float array
        One column of weights per replicate, none negative; zeros are normal.
    start : (k + J - 1,) float array
        Where every refit begins: slopes and thresholds of the full sample.
    offset : (n,) float array, optional
        Added to every linear predictor.

    Returns
    -------
    (c, k + J - 1) float array
        The coefficients; NaN where a replicate is separated, or gives no weight to a level of the outcome or
        of a factor.

    Notes
    -----
    Newton's method with step halving, and the convergence of `maximise`, for 100 replicates at once, in
    columns turned to be orthonormal to each other and to the constant.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import cumulative_refits
    >>> x, y = np.array([[0.0, 0, 0, 1, 1, 1]]), np.array([0, 0, 1, 0, 1, 2])
    >>> weights = np.array([[1.0, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 0]])
    >>> cumulative_refits(x, y, weights, np.array([1.6, 0.7, 2.6])).round(3)
    array([[1.724, 0.793, 2.654],
           [  nan,   nan,   nan]])
    """
    k, n_levels = len(x), len(start) - len(x) + 1
    found = np.full((weights.shape[1], len(start)), np.nan)
    with one_blas_thread():
        order = np.argsort(y, kind="stable")
        design = orthonormal_design(np.vstack([np.ones(len(order)), x[:, order]]))
        if design is None:
            return found
        y = y[order]
        by_replicate = weights.T
        turned = design.turn(np.concatenate([[0.0], start[:k]]))
        q = design.q[1:]
        pairs = np.array(np.triu_indices(k))
        place = np.empty((k, k), dtype=np.int64)
        place[pairs[0], pairs[1]] = place[pairs[1], pairs[0]] = np.arange(pairs.shape[1])
        problem = _Problem(
            q=q,
            pairs=pairs,
            place=place,
            parts=_blocks(y, n_levels),
            offset=None if offset is None else offset[order],
            farthest=float(np.sqrt(np.einsum("kn,kn->n", q, q).max())),
        )
        # the constant's part of the predictor goes over to the thresholds
        begin = np.concatenate([turned[1:], start[k:] - turned[0] * design.q[0, 0]])
        levels = (y == np.arange(n_levels)[:, None]).astype(float)
        for first in range(0, len(found), _TOGETHER):
            some = slice(first, first + _TOGETHER)
            w = by_replicate[some][:, order]
            found[some] = _refit(problem, w, w @ levels.T, begin)
        back = design.turn_back(np.column_stack([np.zeros(len(found)), found[:, :k]]))
    return np.column_stack([back[:, 1:], found[:, k:] - back[:, [0]]])
