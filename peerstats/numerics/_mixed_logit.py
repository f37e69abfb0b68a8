"""Random-intercept logit: the maximum of its marginal likelihood, boundary and quadrature checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.special import expit, log_expit
from threadpoolctl import threadpool_limits

from peerstats.errors import InputError
from peerstats.numerics._mixed_kernel import (
    FEWEST_POINTS,
    MOST_POINTS,
    GroupedRows,
    MixedSums,
    mixed_logit_kernel,
)
from peerstats.numerics._newton import Maximum, Sums, maximise

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["LARGEST_SIGMA", "MixedLogitFit", "MixedLogitStop", "fit_mixed_logit"]

MixedLogitStop: TypeAlias = Literal["", "separated", "sigma_unbounded", "not_identified", "stalled"]
_End: TypeAlias = Literal["flat", "singular", "zero", "unbounded", "blocked", "steps"]
_STOPS: dict[_End, MixedLogitStop] = {
    "flat": "",
    "singular": "not_identified",
    "zero": "",
    "unbounded": "sigma_unbounded",
    "blocked": "stalled",
    "steps": "stalled",
}

# An intercept with a standard deviation of 30 has an intraclass correlation of 0.996: groups of which every
# one answers alike send sigma to infinity, and the likelihood is flat long before this.
LARGEST_SIGMA = 30.0
_FIRST_POINTS = 7
_SURE_POINTS = 127  # from here on a sigma that runs away is believed
_LEAST_SIGMA = 1e-4  # below it sigma counts as 0, as lme4::isSingular's tolerance has it
_MAX_STEPS = 100
_MAX_HALVINGS = 12
_ROUGH = 1e-2  # gain of a Newton step, in log-likelihood, from which the number of points is looked at
_FLAT = 1e-14  # at the end: coefficients are within 1e-7 standard errors before the last step is taken
# Where rounding leaves no step that gains: within 1e-4 standard errors.
_NEARLY_FLAT = 1e-8
_LOGLIK_TOLERANCE = 1e-6  # change of the log-likelihood by doubling the points
_STEP_TOLERANCE = 1e-5  # change of the maximum by doubling the points, in standard errors
# A second derivative in sigma this much smaller, after scaling to a unit diagonal, than the others: the data
# hold no more on sigma than rounding errors do.
_SINGULAR = 1e-9
_EXTREME = 1e-8


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


@dataclass(slots=True, kw_only=True, eq=False)
class _State:
    """Where the search is: the point, the sums there, and what it cost."""

    theta: Array
    sums: MixedSums
    n_points: int
    step: Array
    n_iterations: int = 0
    stop: MixedLogitStop = ""
    checked: int = 0
    loglik_change: float = 0.0
    step_change: float = 0.0

    @property
    def enough(self) -> bool:
        return abs(self.loglik_change) <= _LOGLIK_TOLERANCE and self.step_change <= _STEP_TOLERANCE


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


def _solve(sums: MixedSums) -> tuple[Array, float]:
    """Return a step that climbs, and the least eigenvalue of the information at unit diagonal.

    Newton's where the information is positive definite; else the eigenvalues are turned positive, and none
    is below a millionth: the step is cut where it is long.
    """
    diagonal = np.abs(np.diag(sums.information))
    scale = 1.0 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    values, vectors = np.linalg.eigh(sums.information * scale[:, None] * scale)
    least = float(values[0])
    if least <= _SINGULAR:
        values = np.maximum(np.abs(values), 1e-6)
    return scale * (vectors @ ((vectors.T @ (scale * sums.score)) / values)), least


def _climb(rows: GroupedRows, state: _State, flat: float) -> _End:
    """Take Newton's steps at this number of points until their gain is below `flat`; say how it ended."""
    reach = np.append(np.abs(rows.x).max(axis=1), 0.0)
    while state.n_iterations < _MAX_STEPS:
        step, least = _solve(state.sums)
        state.step = step
        gain = float(step @ state.sums.score)
        if gain <= flat:
            return "flat" if least > _SINGULAR else "singular"
        # sigma may double, or grow by 1, and no linear predictor may move by more than 5, in one step
        sigma = state.theta[-1]
        largest = max(float(abs(step[-1]) / max(1.0, sigma)), float(np.abs(step) @ reach) / 5.0, 1.0)
        if not _accept(rows, state, step / largest, gain):
            return "flat" if least > _SINGULAR and gain <= _NEARLY_FLAT else "blocked"
        if state.theta[-1] <= _LEAST_SIGMA:
            return "zero"
        if state.theta[-1] > LARGEST_SIGMA:
            return "unbounded"
    return "steps"


def _accept(rows: GroupedRows, state: _State, step: Array, gain: float) -> bool:
    """Take the step, or the first half of it that loses no likelihood or comes nearer to a score of zero.

    Score and log-likelihood are two quadratures, and with few points their maxima are not the same.
    """
    lost = 1e-12 * abs(state.sums.loglik)
    for _ in range(_MAX_HALVINGS):
        trial = state.theta + step
        trial[-1] = abs(trial[-1])  # the likelihood is even in sigma
        sums = mixed_logit_kernel(trial[:-1], float(trial[-1]), rows, state.n_points, state.sums.modes)
        better = sums.loglik >= state.sums.loglik - lost
        if not better and np.isfinite(sums.loglik):
            following, least = _solve(sums)
            better = least > _SINGULAR and float(following @ sums.score) < gain / 2
        if better:
            state.theta, state.sums = trial, sums
            state.n_iterations += 1
            return True
        step = step / 2
    return False


def _double(rows: GroupedRows, state: _State) -> MixedSums:
    """Return the sums at twice the points and one, and note what changed."""
    more = min(2 * state.n_points + 1, MOST_POINTS)
    sums = mixed_logit_kernel(state.theta[:-1], float(state.theta[-1]), rows, more, state.sums.modes)
    (step, least), (step_before, least_before) = _solve(sums), _solve(state.sums)
    moved = step - step_before
    state.checked = more
    state.loglik_change = sums.loglik - state.sums.loglik
    # without a maximum nearby there is no saying how far it moves
    defined = min(least, least_before) > _SINGULAR
    state.step_change = float(np.sqrt(moved @ sums.information @ moved)) if defined else np.inf
    return sums


def _search(rows: GroupedRows, start: Array, n_points: int | None) -> _State:
    """Climb from a start; find the number of points on the way unless it is given."""
    points = n_points or _FIRST_POINTS
    state = _State(
        theta=start,
        sums=mixed_logit_kernel(start[:-1], float(start[-1]), rows, points),
        n_points=points,
        step=np.zeros(len(start)),
    )
    while n_points is None:
        end = _climb(rows, state, _ROUGH)
        if end == "unbounded" and state.n_points < _SURE_POINTS:  # few points may be what drives sigma away
            state.theta, state.n_points = start, _SURE_POINTS
            state.sums = mixed_logit_kernel(start[:-1], float(start[-1]), rows, _SURE_POINTS)
            continue
        if end in ("zero", "unbounded", "steps"):
            state.stop = _STOPS[end]
            return state
        state.sums = _double(rows, state)
        state.n_points = state.checked
        if (end == "flat" and state.enough) or state.n_points == MOST_POINTS:
            break
    state.stop = _STOPS[_climb(rows, state, _FLAT)]
    if n_points is not None:
        _double(rows, state)
    return state


def _interior(rows: GroupedRows, plain: Maximum, n_points: int | None) -> _State | None:
    """Return the maximum at sigma > 0, None if that at sigma = 0 is better."""
    slope, guess = _variance_score(plain.beta, rows)
    rounding = 1e-12 * rows.total  # each row's part of the slope is below 1
    # a slope below zero is no proof: the likelihood may rise again, so it is tried from sigma = 1
    sigma = float(np.sqrt(min(max(guess, 0.04), 4.0))) if slope > rounding else 1.0
    # marginal coefficients are nearer to zero by about this factor
    wider = np.sqrt(1.0 + 0.346 * sigma**2)
    state = _search(rows, np.append(plain.beta * wider, sigma), n_points)
    if state.theta[-1] <= _LEAST_SIGMA and not state.stop:
        return None
    if slope < -rounding and state.sums.loglik <= plain.loglik + _LOGLIK_TOLERANCE:
        return None
    if state.stop and rows.sums(rows.f).max() <= 1.0:
        state.stop = "not_identified"
    return state


def _boundary(plain: Maximum) -> _State:
    """Return the plain logit as a state."""
    k = len(plain.beta)
    nothing = np.zeros(0)
    return _State(
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


def _covariance(state: _State, plain: Maximum) -> Array:
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
    with threadpool_limits(limits=1, user_api="blas"):
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
