"""Random-intercept logit: the maximum of its marginal likelihood, boundary and quadrature checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, log_expit

from peerstats.errors import InputError
from peerstats.numerics._mixed_kernel import FEWEST_POINTS, MOST_POINTS, MixedSums
from peerstats.numerics._mixed_search import (
    LEAST_SIGMA,
    LOGLIK_TOLERANCE,
    MixedLogitStop,
    SearchState,
    search_mixed_logit,
)
from peerstats.numerics._newton import Maximum, Sums, maximise
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.numerics._mixed_rows import GroupedRows
    from peerstats.typing import Array

__all__ = ["MixedLogitFit", "fit_mixed_logit"]

_EXTREME = 1e-8  # probabilities nearer than this to 0 or 1 are counted: they hint at separation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixedLogitFit:
    """A random-intercept logit at its maximum, or where the search stopped.

    Parameters
    ----------
    beta : (k,) float array
        The coefficients.
    sigma : float
        Standard deviation of the random intercept.
    loglik : float
        The marginal log-likelihood, no constant left out.
    loglik_plain : float
        The log-likelihood at sigma = 0: that of the plain logit.
    covariance : (k + 1, k + 1) float array
        Inverse of the negative second derivative with respect to the coefficients and sigma. At sigma = 0
        that of the plain logit, with NaN for sigma; all NaN where there is no maximum.
    converged : bool
        Whether `beta` and `sigma` are a maximum.
    stop : {"", "separated", "sigma_unbounded", "not_identified", "stalled"}
        Why there is no maximum: the plain logit has none; sigma went past 30; the likelihood is flat in
        sigma, or no group has two observations and the search failed; no step led higher, or 100 steps were
        not enough. After "separated", `beta` is the plain logit's.
    singular : bool
        Whether the maximum is at sigma = 0.
    last_step : (k + 1,) float array
        The last change of the coefficients and sigma: where a fit is separated, the direction of escape.
    n_iterations : int
        Newton steps taken, those of the plain logit included.
    n_extreme : int
        Rows whose plain fitted probability is within 1e-8 of 0 or 1.
    n_points : int
        Points of the quadrature that the estimates are from; 1 at sigma = 0, where there is none.
    n_points_checked : int
        The larger of the two numbers of points that were compared.
    loglik_change : float
        Change of the log-likelihood from the smaller number of points to the larger.
    step_change : float
        Change of the estimates from the smaller number of points to the larger, in standard errors.
    points_enough : bool
        Whether both changes are within tolerance, 1e-6 and 1e-5.
    n_groups : int
        Number of groups.
    n_single : int
        Groups that hold one observation, frequencies counted.
    n_uniform : int
        Groups in which all observations have the same outcome.
    largest_group : float
        Observations of the largest group, frequencies counted. Where it is 1 nothing but the shape of the
        logistic curve tells sigma from 0.
    """

    beta: Array
    sigma: float
    loglik: float
    loglik_plain: float
    covariance: Array
    converged: bool
    stop: MixedLogitStop
    singular: bool
    last_step: Array
    n_iterations: int
    n_extreme: int
    n_points: int
    n_points_checked: int
    loglik_change: float
    step_change: float
    points_enough: bool
    n_groups: int
    n_single: int
    n_uniform: int
    largest_group: float


def _plain(rows: GroupedRows) -> Maximum:
    """Fit the logit without the random intercept."""
    sign = 2.0 * rows.y - 1.0

    def evaluate(beta: Array) -> Sums:
        eta = beta @ rows.x + rows.offset
        p = expit(eta)
        curve = rows.f * p * (1.0 - p)
        return Sums(
            loglik=float(rows.f @ log_expit(sign * eta)),
            score=rows.x @ (rows.f * (rows.y - p)),
            information=(rows.x * curve) @ rows.x.T,
            n_extreme=int(np.count_nonzero(np.minimum(p, 1.0 - p) < _EXTREME)),
        )

    total = rows.total
    return maximise(
        evaluate,
        np.zeros(len(rows.x)),
        reach=np.abs(rows.x).max(axis=1),
        total=total,
        mean_weight=total / len(rows.y),
    )


def _variance_score(beta: Array, rows: GroupedRows) -> tuple[float, float]:
    """Return the derivative of the log-likelihood by sigma^2 at 0, and a first guess of sigma^2.

    The derivative is half the sum over groups of (sum of f r)^2 - sum of f v, with r the residuals and
    v = p (1 - p); its expectation is about sigma^2 / 2 times the sum of (sum of f v)^2.
    """
    p = expit(beta @ rows.x + rows.offset)
    squares = rows.sums(rows.f * (rows.y - p)) ** 2
    spread = rows.sums(rows.f * p * (1.0 - p))
    excess = float((squares - spread).sum())
    return excess / 2, excess / float((spread**2).sum())


def _interior(rows: GroupedRows, plain: Maximum, n_points: int | None) -> SearchState | None:
    """Return the maximum at sigma > 0, None if that at sigma = 0 is better."""
    slope, guess = _variance_score(plain.beta, rows)
    rounding = 1e-12 * rows.total  # each row's part of the slope is below 1
    # a slope below zero is no proof: the likelihood may rise again, so it is tried from sigma = 1
    sigma = float(np.sqrt(min(max(guess, 0.04), 4.0))) if slope > rounding else 1.0
    # marginal coefficients are nearer to zero by about this factor
    wider = np.sqrt(1.0 + 0.346 * sigma**2)
    state = search_mixed_logit(rows, np.append(plain.beta * wider, sigma), n_points)
    if state.theta[-1] <= LEAST_SIGMA and not state.stop:
        return None
    if slope < -rounding and state.sums.loglik <= plain.loglik + LOGLIK_TOLERANCE:
        return None
    if state.stop and rows.sums(rows.f).max() <= 1.0:
        state.stop = "not_identified"
    return state


def _boundary(plain: Maximum) -> SearchState:
    """Return the plain logit as a state."""
    k = len(plain.beta)
    nothing = np.zeros(0)
    return SearchState(
        theta=np.append(plain.beta, 0.0),
        sums=MixedSums(
            loglik=plain.loglik,
            score=np.zeros(k + 1),
            information=np.zeros((k + 1, k + 1)),
            modes=nothing,
            mode_sds=nothing,
            means=nothing,
            sds=nothing,
        ),
        n_points=1,  # without a random intercept there is nothing to integrate
        checked=1,
        step=np.append(plain.last_step, 0.0),
        stop="" if plain.converged else "separated",
    )


def _covariance(state: SearchState, plain: Maximum) -> Array:
    """Return the inverse information, at the boundary that of the plain logit."""
    size = len(state.theta)
    covariance = np.full((size, size), np.nan)
    if state.stop:
        return covariance
    if state.theta[-1] == 0.0:
        covariance[:-1, :-1] = plain.inverse_information
        return covariance
    scale = 1.0 / np.sqrt(np.diag(state.sums.information))
    inverse = np.linalg.inv(state.sums.information * scale[:, None] * scale) * scale[:, None] * scale
    covariance[:] = (inverse + inverse.T) / 2
    return covariance


def fit_mixed_logit(rows: GroupedRows, *, n_points: int | None = None) -> MixedLogitFit:
    """Maximise the marginal likelihood of a logit with a normal random intercept.

    Parameters
    ----------
    rows : GroupedRows
        What `group_rows` returned.
    n_points : int, optional
        Points of the adaptive Gauss-Hermite quadrature, 5 to 511. If not given, 7, 15, 31 and so on, until
        doubling changes the log-likelihood by less than 1e-6 and no estimate by 1e-5 standard errors; the
        estimates are those of the larger number. A given number is checked by doubling it once.

    Returns
    -------
    MixedLogitFit
        Not converged if the plain logit has no maximum (then neither has this model), if sigma goes past 30,
        or if the likelihood is flat in sigma.

    Raises
    ------
    InputError
        If the number of points is outside 5 to 511.

    Notes
    -----
    logit P(y = 1) = x'beta + offset + sigma u with u standard normal, one u a group. Newton's method with the
    second derivative of the marginal likelihood, from the plain logit and a guess of sigma by moments. The
    likelihood is even in sigma, so sigma = 0 is no edge in the search; that it is the maximum is judged by
    the derivative with respect to sigma^2 there and by a search from sigma = 1. R `lme4::glmer(nAGQ = 15)`,
    whose `vcov()` inverts the same second derivative, by finite differences; Stata `melogit y x || group:`.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import fit_mixed_logit, group_rows
    >>> y = np.array([1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1])
    >>> rows = group_rows(np.ones((1, 12)), y, np.repeat(np.arange(4), 3))
    >>> fit = fit_mixed_logit(rows)
    >>> fit.converged, fit.singular, round(fit.sigma, 3), round(fit.loglik, 4)
    (True, False, 1.687, -7.7424)
    """
    if n_points is not None and not FEWEST_POINTS <= n_points <= MOST_POINTS:
        raise InputError(
            f"fit_mixed_logit(): n_points is {n_points}, outside {FEWEST_POINTS} to {MOST_POINTS}.",
            "Leave it out, and it is found by doubling.",
        )
    with one_blas_thread():
        plain = _plain(rows)
        state = _interior(rows, plain, n_points) if plain.converged else _boundary(plain)
        if state is None:
            state = _boundary(plain)
        covariance = _covariance(state, plain)
    if not state.stop and state.theta[-1] > 0.0:
        state.theta = state.theta + state.step
    sizes = rows.sums(rows.f)
    ones = rows.sums(rows.f * rows.y)
    return MixedLogitFit(
        beta=state.theta[:-1],
        sigma=float(state.theta[-1]),
        loglik=state.sums.loglik,
        loglik_plain=plain.loglik,
        covariance=covariance,
        converged=not state.stop,
        stop=state.stop,
        singular=not state.stop and bool(state.theta[-1] == 0.0),
        last_step=state.step,
        n_iterations=state.n_iterations + plain.n_iterations,
        n_extreme=plain.n_extreme,
        n_points=state.n_points,
        n_points_checked=state.checked,
        loglik_change=state.loglik_change,
        step_change=state.step_change,
        points_enough=state.enough,
        n_groups=rows.n_groups,
        n_single=int(np.count_nonzero(sizes == 1)),
        n_uniform=int(np.count_nonzero((ones == 0) | (ones == sizes))),
        largest_group=float(sizes.max()),
    )
