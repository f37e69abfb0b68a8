"""Random-intercept logit: Newton's steps to a maximum, the number of quadrature points found on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from peerstats.numerics._mixed_kernel import MOST_POINTS, MixedSums, mixed_logit_kernel

if TYPE_CHECKING:
    from peerstats.numerics._mixed_rows import GroupedRows
    from peerstats.typing import Array

__all__ = [
    "LARGEST_SIGMA",
    "LEAST_SIGMA",
    "LOGLIK_TOLERANCE",
    "MixedLogitStop",
    "SearchState",
    "search_mixed_logit",
]

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
LEAST_SIGMA = 1e-4  # below it sigma counts as 0, as lme4::isSingular's tolerance has it
_MAX_STEPS = 100
_MAX_HALVINGS = 12
_ROUGH = 1e-2  # gain of a Newton step, in log-likelihood, from which the number of points is looked at
_FLAT = 1e-14  # at the end: coefficients are within 1e-7 standard errors before the last step is taken
# Where rounding leaves no step that gains: within 1e-4 standard errors.
_NEARLY_FLAT = 1e-8
LOGLIK_TOLERANCE = 1e-6  # change of the log-likelihood by doubling the points
_STEP_TOLERANCE = 1e-5  # change of the maximum by doubling the points, in standard errors
# A second derivative in sigma this much smaller, after scaling to a unit diagonal, than the others: the data
# hold no more on sigma than rounding errors do.
_SINGULAR = 1e-9


@dataclass(slots=True, kw_only=True, eq=False)
class SearchState:
    """Where the search is: the point, the sums there, and what it cost.

    Parameters
    ----------
    theta : (k + 1,) float array
        Coefficients and sigma.
    sums : MixedSums
        Log-likelihood, score and information there.
    n_points : int
        Points of the quadrature that they are from.
    step : (k + 1,) float array
        The last step that was worked out.
    n_iterations : int
        Steps taken.
    stop : str
        Why there is no maximum; empty where there is one.
    checked : int
        The larger of the two numbers of points that were compared last.
    loglik_change, step_change : float
        What changed from the smaller number to the larger: the log-likelihood, and the maximum in standard
        errors.
    """

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
        """Whether both changes are within tolerance."""
        return abs(self.loglik_change) <= LOGLIK_TOLERANCE and self.step_change <= _STEP_TOLERANCE


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


def _climb(rows: GroupedRows, state: SearchState, flat: float) -> _End:
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
        if state.theta[-1] <= LEAST_SIGMA:
            return "zero"
        if state.theta[-1] > LARGEST_SIGMA:
            return "unbounded"
    return "steps"


def _accept(rows: GroupedRows, state: SearchState, step: Array, gain: float) -> bool:
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


def _double(rows: GroupedRows, state: SearchState) -> MixedSums:
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


def search_mixed_logit(rows: GroupedRows, start: Array, n_points: int | None) -> SearchState:
    """Climb from a start; find the number of points on the way unless it is given.

    Parameters
    ----------
    rows : GroupedRows
        The rows.
    start : (k + 1,) float array
        Coefficients and sigma, above 0.
    n_points : int or None
        Points of the quadrature.

    Returns
    -------
    SearchState
        Where it ended; a sigma below 1e-4 means that the likelihood is higher at 0.

    Notes
    -----
    With few points it climbs until a step gains less than 0.01, compares Newton's step with that of twice the
    points, and goes on with those until the two agree; then to the last digit.
    """
    points = n_points or _FIRST_POINTS
    state = SearchState(
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
