"""Multinomial logit: one kernel over blocks of rows; two outcomes are logistic regression."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._newton import Maximum, Sums, maximise, sums_over
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.numerics._rows import Block, Rows
    from peerstats.typing import Array

__all__ = [
    "fit_multinomial",
    "log_total",
    "multinomial_kernel",
    "multinomial_loglik_null",
    "multinomial_probabilities",
    "multinomial_scores",
]

_THIN_ABOVE = 200_000  # from here a fit on every s-th row saves two passes over all of them
_THIN_TO = 50_000
_OVERFLOW = 500.0  # exp(500) is 1e217: below it no row needs its largest predictor taken out first
_EXTREME = 1e-8  # probabilities nearer than this to 0 or 1 are counted: they hint at separation


def log_total(eta: Array) -> tuple[Array, Array]:
    """Return the log of 1 + sum(exp(eta)) and the probabilities; `eta` is (J-1, m)."""
    if eta.size and np.abs(eta).max() > _OVERFLOW:
        top = np.maximum(eta.max(axis=0), 0.0)
        odds = np.exp(eta - top)
        total = np.exp(-top) + odds.sum(axis=0)
        return np.log(total) + top, odds / total
    odds = np.exp(eta)
    total = 1.0 + odds.sum(axis=0)
    odds /= total
    return np.log(total), odds


def _predictor(beta: Array, block: Block) -> Array:
    eta: Array = beta @ block.x
    return eta if block.offset is None else eta + block.offset


def multinomial_probabilities(beta: Array, x: Array, offset: Array | None = None) -> Array:
    """Return the probability of every outcome.

    Parameters
    ----------
    beta : (J-1, k) float array
        Coefficients, one row per outcome other than the base.
    x : (k, m) float array
        The design, one row per coefficient.
    offset : (m,) float array, optional
        Known part of each linear predictor.

    Returns
    -------
    (J, m) float array
        The base first; columns add up to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import multinomial_probabilities
    >>> multinomial_probabilities(np.log([[2.0], [1.0]]), np.ones((1, 1))).round(2).ravel()
    array([0.25, 0.5 , 0.25])
    """
    eta = beta @ x
    logs, other = log_total(eta if offset is None else eta + offset)
    return np.vstack([np.exp(-logs), other])


def _count_extreme(logs: Array, p: Array) -> int:
    """Count rows with a probability near 0 or 1; the base's is exp(-logs)."""
    least, most = -np.log1p(-_EXTREME), -np.log(_EXTREME)
    within = p.size and p.min() >= _EXTREME and p.max() <= 1.0 - _EXTREME
    if within and least <= logs.min() <= logs.max() <= most:
        return 0
    extreme = (p < _EXTREME).any(axis=0) | (p > 1.0 - _EXTREME).any(axis=0)
    return int(np.count_nonzero(extreme | (logs > most) | (logs < least)))


def multinomial_kernel(beta: Array, block: Block, *, curved: bool = True) -> Sums:
    """Return one block's log-likelihood, score and information.

    Parameters
    ----------
    beta : (J-1, k) float array
        Coefficients, one row per outcome other than the base.
    block : Block
        The rows.
    curved : bool
        Whether the information is asked for.

    Returns
    -------
    Sums
        Score and information in the order of `beta.ravel()`, outcomes slowest.

    Notes
    -----
    With p the probabilities and d the indicators of the outcomes, the score of outcome a is the sum of
    w (d_a - p_a) x, and the information of outcomes a and b the sum of w p_a ((a = b) - p_b) x x'.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import Block, multinomial_kernel
    >>> block = Block(x=np.ones((1, 4)), y=np.array([0, 1, 1, 0]))
    >>> sums = multinomial_kernel(np.zeros((1, 1)), block)
    >>> round(sums.loglik, 6), sums.information
    (-2.772589, array([[1.]]))
    """
    x, w = block.x, block.w
    n_other, k = beta.shape
    eta = _predictor(beta, block)
    logs, p = log_total(eta)
    loglik = -float(logs.sum() if w is None else w @ logs)
    score = np.empty((n_other, k))
    information = np.empty((n_other, k, n_other, k) if curved else 0)
    for a in range(n_other):
        chosen = block.y == a + 1
        weighted = chosen if w is None else chosen * w
        loglik += float(eta[a] @ weighted)
        residual = chosen - p[a]
        score[a] = x @ (residual if w is None else residual * w)
        for b in range(a, n_other if curved else 0):
            curve = p[a] * (1.0 - p[a]) if a == b else -p[a] * p[b]
            if w is not None:
                curve *= w
            information[a, :, b] = x @ (x * curve).T
            information[b, :, a] = information[a, :, b].T
    return Sums(
        loglik=loglik,
        score=score.ravel(),
        information=information.reshape(n_other * k, n_other * k) if curved else None,
        n_extreme=_count_extreme(logs, p),
    )


def multinomial_scores(beta: Array, block: Block) -> Array:
    """Return the unweighted score of each row.

    Parameters
    ----------
    beta : (J-1, k) float array
        Coefficients, one row per outcome other than the base.
    block : Block
        The rows.

    Returns
    -------
    ((J-1) k, m) float array
        One column per row of the data, outcomes slowest.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import Block, multinomial_scores
    >>> multinomial_scores(np.zeros((1, 1)), Block(x=np.ones((1, 2)), y=np.array([0, 1])))
    array([[-0.5,  0.5]])
    """
    n_other, k = beta.shape
    _, p = log_total(_predictor(beta, block))
    residual = (block.y == np.arange(1, n_other + 1)[:, None]) - p
    product: Array = residual[:, None, :] * block.x
    return product.reshape(n_other * k, -1)


def multinomial_loglik_null(totals: Array) -> float:
    """Return the log-likelihood of the intercept-only model.

    Parameters
    ----------
    totals : (J,) float array
        Sum of the weights of each outcome.

    Returns
    -------
    float
        The sum over outcomes of total times log(share).

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import multinomial_loglik_null
    >>> round(multinomial_loglik_null(np.array([50.0, 50.0])), 4)
    -69.3147
    """
    return float(totals @ np.log(totals / totals.sum()))


def fit_multinomial(rows: Rows, n_outcomes: int, reach: Array, total: float) -> Maximum:
    """Maximise the weighted log-likelihood of a multinomial logit.

    Parameters
    ----------
    rows : Rows
        Source of blocks.
    n_outcomes : int
        Outcome levels, the base included; 2 is logistic regression.
    reach : (k,) float array
        Largest absolute value of each column of the design.
    total : float
        Sum of the weights.

    Returns
    -------
    Maximum
        Its `beta` is in the order of a (J-1, k) array, outcomes slowest.

    Notes
    -----
    Newton's method with step halving on sums over blocks of 2,048 rows. From 200,000 rows on it starts at the
    fit of 50,000 of them, evenly spaced, and two of four passes over all rows form no information. BLAS runs
    on one thread: products of this size gain nothing from more, and lose much where a core is busy.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ArrayRows, fit_multinomial
    >>> rows = ArrayRows(x=np.ones((1, 4)), y=np.array([0, 1, 1, 1]))
    >>> fit_multinomial(rows, 2, np.ones(1), 4.0).beta.round(6)
    array([1.098612])
    """
    shape = (n_outcomes - 1, len(reach))
    start = np.zeros(shape[0] * shape[1])
    step = rows.n_rows // _THIN_TO
    thin = rows.thin(step) if rows.n_rows > _THIN_ABOVE else None
    start_inverse: Array | None = None
    if thin is not None:
        near = fit_multinomial(thin, n_outcomes, reach, total / step)
        if near.converged:
            start, start_inverse = near.beta, near.inverse_information / step

    def evaluate(beta: Array) -> Sums:
        at = beta.reshape(shape)
        return sums_over(rows, partial(multinomial_kernel, at))

    def slope(beta: Array) -> Sums:
        at = beta.reshape(shape)
        return sums_over(rows, partial(multinomial_kernel, at, curved=False))

    with one_blas_thread():
        return maximise(
            evaluate,
            start,
            reach=np.tile(reach, shape[0]),
            total=total,
            mean_weight=total / rows.n_rows,
            slope=None if thin is None else slope,
            start_inverse=start_inverse,
        )
