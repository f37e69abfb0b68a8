"""Cumulative logits with proportional odds: one kernel over blocks of rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, log_expit

from peerstats.numerics._newton import Maximum, Sums, maximise, sums_over
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.numerics._rows import Block, Rows
    from peerstats.typing import Array

__all__ = ["cumulative_kernel", "cumulative_scores", "fit_cumulative", "gap_odds", "start_thresholds"]

_THIN_ABOVE = 200_000  # from here a fit on every s-th row saves two passes over all of them
_THIN_TO = 50_000
# A predictor so far outside the thresholds gives the lowest or the highest level a probability below 1e-8.
_FAR = float(np.log(1e8 - 1))


def gap_odds(thresholds: Array) -> Array:
    """Return 1 / (exp(gap) - 1) for the J levels, 0 for the lowest and the highest, which have no gap.

    `thresholds` is (..., J-1); a gap that is not positive gives infinity or worse, and no likelihood.
    """
    odds = np.zeros((*thresholds.shape[:-1], thresholds.shape[-1] + 1))
    with np.errstate(over="ignore", divide="ignore"):
        odds[..., 1:-1] = 1.0 / np.expm1(np.diff(thresholds, axis=-1))
    return odds


def start_thresholds(totals: Array) -> Array:
    """Return the (J-1,) logits of the cumulative shares of (J,) sums of weights."""
    below = np.cumsum(totals)[:-1]
    logits: Array = np.log(below) - np.log(totals.sum() - below)
    return logits


def _tails(theta: Array, block: Block) -> tuple[Array, Array, Array, Array]:
    """Return each row's upper and lower threshold less its predictor, the predictor, and the thresholds."""
    k = len(block.x)
    eta = theta[:k] @ block.x
    if block.offset is not None:
        eta = eta + block.offset
    edges = np.concatenate([[-np.inf], theta[k:], [np.inf]])
    return edges[block.y + 1] - eta, edges[block.y] - eta, eta, theta[k:]


def cumulative_kernel(theta: Array, block: Block, *, curved: bool = True) -> Sums:
    """Return one block's log-likelihood, score and information.

    Parameters
    ----------
    theta : (k + J - 1,) float array
        Slopes, then rising thresholds.
    block : Block
        The rows; the outcome's codes rise from 0 to J - 1.
    curved : bool
        Whether the information is asked for.

    Returns
    -------
    Sums
        In the order of `theta`; the log-likelihood is minus infinity unless the thresholds rise.

    Notes
    -----
    With u and l the upper and lower threshold of a row's level less x'b, and F the logistic distribution,
    F(u) - F(l) = F(u) F(-l) (1 - exp(l - u)): its logarithm is a sum of three concave terms, none of which
    loses digits in a tail, and the third depends on thresholds alone. The information is the observed one.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import Block, cumulative_kernel
    >>> block = Block(x=np.zeros((1, 4)), y=np.array([0, 1, 1, 0]))
    >>> sums = cumulative_kernel(np.zeros(2), block)
    >>> round(sums.loglik, 6), sums.score
    (-2.772589, array([0., 0.]))
    """
    x, w, y = block.x, block.w, block.y
    k, n_cut = len(x), len(theta) - len(x)
    upper, lower, eta, cuts = _tails(theta, block)
    gaps = np.diff(cuts)
    if not np.all(gaps > 0):
        nowhere = np.full((k + n_cut, k + n_cut), np.nan)
        return Sums(loglik=-np.inf, score=nowhere[0], information=nowhere if curved else None, n_extreme=0)
    above, below = expit(-upper), expit(lower)  # the probabilities beyond the row's level
    totals = np.bincount(y, w, minlength=n_cut + 1)
    odds = gap_odds(cuts)
    logs = log_expit(upper) + log_expit(-lower)
    loglik = float(logs.sum() if w is None else w @ logs)
    loglik += float(totals[1:-1] @ np.log(-np.expm1(-gaps)))
    own = odds * totals
    up, down = (above, below) if w is None else (w * above, w * below)
    score = np.empty(k + n_cut)
    score[:k] = x @ (down - up)
    score[k:] = (np.bincount(y, up, minlength=n_cut + 1) + own)[:-1]
    score[k:] -= (np.bincount(y, down, minlength=n_cut + 1) + own)[1:]
    return Sums(
        loglik=loglik,
        score=score,
        information=_information(block, up * (1.0 - above), down * (1.0 - below), own * (1.0 + odds), n_cut)
        if curved
        else None,
        n_extreme=int(np.count_nonzero((cuts[0] - eta < -_FAR) | (eta - cuts[-1] < -_FAR))),
    )


def _information(block: Block, up: Array, down: Array, own: Array, n_cut: int) -> Array:
    """Return the information from the (m,) curvatures at both thresholds and the (J,) ones of the gaps."""
    x, y = block.x, block.y
    k = len(x)
    information = np.empty((k + n_cut, k + n_cut))
    information[:k, :k] = x @ (x * (up + down)).T
    cells = np.zeros((len(y), n_cut + 1))
    rows = np.arange(len(y))
    cells[rows, y] = up  # the highest level has no upper threshold: its place is cut off
    cells[rows, y - 1] += down  # of the lowest level 0 is added to that place
    cells = cells[:, :-1]
    cross = -(x @ cells)
    information[:k, k:], information[k:, :k] = cross, cross.T
    between = np.diag(cells.sum(axis=0) + own[:-1] + own[1:])
    if n_cut > 1:
        between -= np.diag(own[1:-1], 1) + np.diag(own[1:-1], -1)
    information[k:, k:] = between
    return information


def cumulative_scores(theta: Array, block: Block) -> Array:
    """Return the unweighted score of each row.

    Parameters
    ----------
    theta : (k + J - 1,) float array
        Slopes, then rising thresholds.
    block : Block
        The rows.

    Returns
    -------
    (k + J - 1, m) float array
        One column per row of the data.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import Block, cumulative_scores
    >>> cumulative_scores(np.zeros(2), Block(x=np.ones((1, 2)), y=np.array([0, 1])))
    array([[-0.5,  0.5],
           [ 0.5, -0.5]])
    """
    k, m = block.x.shape
    upper, lower, _, cuts = _tails(theta, block)
    above, below = expit(-upper), expit(lower)
    odds = gap_odds(cuts)[block.y]
    scores = np.zeros((len(theta) + 1, m))
    scores[:k] = block.x * (below - above)
    rows = np.arange(m)
    scores[k + block.y, rows] = above + odds  # the highest level's place is cut off
    scores[k + block.y - 1, rows] -= np.where(block.y > 0, below + odds, 0.0)
    return scores[:-1]


def fit_cumulative(rows: Rows, reach: Array, totals: Array) -> Maximum:
    """Maximise the weighted log-likelihood of cumulative logits with proportional odds.

    Parameters
    ----------
    rows : Rows
        Source of blocks; the outcome's codes rise from 0 to J - 1.
    reach : (k,) float array
        Largest absolute value of each column of the design.
    totals : (J,) float array
        Sum of the weights of each level, all positive.

    Returns
    -------
    Maximum
        Its `beta` holds k slopes, then J - 1 thresholds.

    Notes
    -----
    logit P(y <= j) = threshold_j - x'b. The log-likelihood is concave in slopes and thresholds together
    (Burridge 1981; Pratt 1981). Newton's method with step halving starts at the logits of the cumulative
    shares; a step that would cross thresholds is halved. R ``MASS::polr``, Stata ``ologit``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ArrayRows, fit_cumulative
    >>> rows = ArrayRows(x=np.array([[0.0, 0, 0, 1, 1, 1]]), y=np.array([0, 0, 1, 0, 1, 2]))
    >>> fit_cumulative(rows, np.ones(1), np.array([3.0, 2.0, 1.0])).beta.round(3)
    array([1.724, 0.793, 2.654])
    """
    total = float(totals.sum())
    start = np.concatenate([np.zeros(len(reach)), start_thresholds(totals)])
    step = rows.n_rows // _THIN_TO
    thin = rows.thin(step) if rows.n_rows > _THIN_ABOVE else None
    start_inverse: Array | None = None
    if thin is not None:
        near = _near(thin, reach, len(totals))
        if near is not None:
            start, start_inverse = near.beta, near.inverse_information / step

    def evaluate(theta: Array) -> Sums:
        return sums_over(rows, partial(cumulative_kernel, theta))

    def slope(theta: Array) -> Sums:
        return sums_over(rows, partial(cumulative_kernel, theta, curved=False))

    with one_blas_thread():
        return maximise(
            evaluate,
            start,
            reach=np.concatenate([reach, np.ones(len(totals) - 1)]),
            total=total,
            mean_weight=total / rows.n_rows,
            slope=None if thin is None else slope,
            start_inverse=start_inverse,
        )


def _near(rows: Rows, reach: Array, n_levels: int) -> Maximum | None:
    """Return the fit of some rows, if they have every level and a maximum."""
    totals = np.zeros(n_levels)
    for block in rows.blocks():
        totals += np.bincount(block.y, block.w, minlength=n_levels)
    if not np.all(totals > 0):
        return None
    found = fit_cumulative(rows, reach, totals)
    return found if found.converged else None
