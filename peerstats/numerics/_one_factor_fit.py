"""The minimum of the one-factor discrepancy of many correlation matrices at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from peerstats.typing import Array, BoolArray

__all__ = ["Minimum", "minimise_one_factor"]

_MOST_STEPS = 200
_HALVINGS = 30
_NEWTON_FROM = 0.3  # the last step was shorter: the observed curvature is then positive
# Newton's error after a step of this length is its square, far below what any figure shows.
_TOLERANCE = 1e-9
# A curvature below minus this is one, and not the rounding error of a flat direction.
_SADDLE = 1e-6
# The value of a discrepancy is known to about this: a step that raises it by less has not gone wrong.
_NOISE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Minimum:
    """Where the discrepancy of r correlation matrices is least.

    Attributes
    ----------
    loadings, log_unique : (r, m) array
        Loadings and logarithms of the unique variances.
    discrepancy : (r,) array
        Its least value.
    converged : (r,) bool array
        Whether the last step was short enough.
    at_bound : (r, m) bool array
        Unique variances that press against their bound.
    n_iterations : int
        Steps of the slowest fit.
    """

    loadings: Array
    log_unique: Array
    discrepancy: Array
    converged: BoolArray
    at_bound: BoolArray
    n_iterations: int


def _inverse(loadings: Array, log_unique: Array) -> tuple[Array, Array]:
    """Return Sigma^-1 and log|Sigma| of l l' + diag(psi), by its rank-one form."""
    precision = np.exp(-log_unique)
    weighted = precision * loadings
    ratio = 1 + np.einsum("ri,ri->r", weighted, loadings)
    omega = -weighted[:, :, None] * (weighted / ratio[:, None])[:, None, :]
    np.einsum("rii->ri", omega)[:] += precision
    return omega, log_unique.sum(axis=1) + np.log(ratio)


def _objective(correlation: Array, loadings: Array, log_unique: Array) -> Array:
    omega, log_det = _inverse(loadings, log_unique)
    value: Array = log_det + np.einsum("rij,rij->r", omega, correlation)
    return value


def _derivatives(
    correlation: Array, loadings: Array, log_unique: Array, observed: BoolArray
) -> tuple[Array, Array]:
    """Return gradient (r, 2m) and curvature (r, 2m, 2m), observed where asked for, else expected.

    For directions A, B of Sigma the expected curvature is tr(O A O B), the observed one
    -tr(O A O B) + 2 tr(A O B W) + tr(G d2Sigma), with O = Sigma^-1, W = O S O and G = O - W.
    """
    r, m = loadings.shape
    unique = np.exp(log_unique)
    omega, _ = _inverse(loadings, log_unique)
    w = omega @ correlation @ omega
    g = omega - w
    v = np.einsum("rij,rj->ri", omega, loadings)
    a = np.einsum("ri,ri->r", loadings, v)[:, None, None]
    gradient = np.empty((r, 2 * m))
    gradient[:, :m] = 2 * np.einsum("rij,rj->ri", g, loadings)
    gradient[:, m:] = np.einsum("rii->ri", g) * unique
    # where the expected curvature is asked for, W stands for Sigma^-1 and G for 0: the same formulas
    near = observed[:, None, None]
    w, g = np.where(near, w, omega), np.where(near, g, 0.0)
    u = np.einsum("rij,rj->ri", w, loadings)
    b = np.einsum("ri,ri->r", loadings, u)[:, None, None]
    cross = u[:, :, None] * v[:, None, :]
    curvature = np.empty((r, 2 * m, 2 * m))
    curvature[:, :m, :m] = 2 * (
        (b - a) * omega + a * w + g + cross + cross.transpose(0, 2, 1) - v[:, :, None] * v[:, None, :]
    )
    mixed = 2 * (omega * (u - v)[:, None, :] + w * v[:, None, :]) * unique[:, None, :]
    curvature[:, :m, m:] = mixed
    curvature[:, m:, :m] = mixed.transpose(0, 2, 1)
    curvature[:, m:, m:] = omega * (2 * w - omega) * (unique[:, :, None] * unique[:, None, :])
    corner = np.einsum("rii->ri", curvature[:, m:, m:])
    corner += np.where(observed[:, None], gradient[:, m:], 0.0)
    return gradient, curvature


def minimise_one_factor(correlation: Array, loadings: Array, log_unique: Array, floor: float) -> Minimum:
    """Minimise log|Sigma| + tr(S Sigma^-1) over loadings and log unique variances, each at least `floor`.

    Parameters
    ----------
    correlation : (r, m, m) array
        Positive definite correlation matrices S.
    loadings, log_unique : (r, m) array
        Where to begin.
    floor : float
        Least logarithm of a unique variance.

    Returns
    -------
    Minimum
        The minima; where a fit came to rest on a saddle it was pushed off and went on.
    """
    r, m = loadings.shape
    at = np.concatenate([loadings, np.maximum(log_unique, floor)], axis=1)
    value = _objective(correlation, at[:, :m], at[:, m:])
    last = np.full(r, np.inf)
    taken = 0
    while taken < _MOST_STEPS and (active := np.flatnonzero(last >= _TOLERANCE)).size:
        taken += 1
        here, s = at[active], correlation[active]
        step = _direction(s, here, floor, last[active] < _NEWTON_FROM)
        moved, reached = _search(s, here, value[active], step, floor)
        last[active] = np.abs(moved - here).max(axis=1)
        at[active], value[active] = moved, reached
        still = active[last[active] < _TOLERANCE]
        away = _off_saddle(correlation[still], at[still], floor)
        saddle = away.any(axis=1)
        at[still] += away
        at[still, m:] = np.maximum(at[still, m:], floor)
        value[still] = _objective(correlation[still], at[still, :m], at[still, m:])
        last[still[saddle]] = 0.1
    gradient, _ = _derivatives(correlation, at[:, :m], at[:, m:], np.zeros(r, dtype=bool))
    return Minimum(
        loadings=at[:, :m],
        log_unique=at[:, m:],
        discrepancy=np.maximum(value - np.linalg.slogdet(correlation)[1] - m, 0.0),
        converged=last < _TOLERANCE,
        at_bound=_held(gradient, at, floor)[:, m:],
        n_iterations=taken,
    )


def _held(gradient: Array, at: Array, floor: float) -> BoolArray:
    """Return which parameters press against the bound of the unique variances."""
    m = at.shape[1] // 2
    held = np.zeros(gradient.shape, dtype=bool)
    held[:, m:] = (at[:, m:] <= floor) & (gradient[:, m:] > 0)
    return held


def _free(correlation: Array, at: Array, floor: float, observed: BoolArray) -> tuple[Array, Array]:
    """Return gradient and curvature of the parameters that are not held; the held have 0 and the identity."""
    m = at.shape[1] // 2
    gradient, curvature = _derivatives(correlation, at[:, :m], at[:, m:], observed)
    held = _held(gradient, at, floor)
    gradient *= ~held
    curvature *= ~held[:, :, None] & ~held[:, None, :]
    np.einsum("rii->ri", curvature)[:] += held
    return gradient, curvature


def _direction(correlation: Array, at: Array, floor: float, observed: BoolArray) -> Array:
    """Return the step of each fit; unique variances that press against the bound stay there."""
    gradient, curvature = _free(correlation, at, floor, observed)
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        # not every curvature is positive: go down along the directions that curve the other way too
        values, vectors = np.linalg.eigh(curvature)
        along = np.einsum("rij,ri->rj", vectors, gradient) / np.maximum(np.abs(values), 1e-6)
        down: Array = -np.einsum("rij,rj->ri", vectors, along)
        return down
    step: Array = np.asarray(np.linalg.solve(curvature, -gradient[:, :, None])[:, :, 0], dtype=float)
    return step


def _off_saddle(correlation: Array, at: Array, floor: float) -> Array:
    """Return a push away for each fit that stands still on a saddle, and zeros for the minima."""
    push = np.zeros(at.shape)
    _, curvature = _free(correlation, at, floor, np.ones(len(at), dtype=bool))
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(curvature)
        saddle = values[:, 0] < -_SADDLE
        push[saddle] = 0.1 * vectors[saddle, :, 0]
    return push


def _search(correlation: Array, at: Array, value: Array, step: Array, floor: float) -> tuple[Array, Array]:
    """Take the step, or the longest half, quarter and so on of it that does not go up."""
    m = at.shape[1] // 2
    # log variances may move by two at most: further out the quadratic means nothing
    length = np.minimum(1.0, 2 / np.maximum(np.abs(step[:, m:]).max(axis=1), 1e-300))
    moved, reached = at.copy(), value.copy()
    left = np.arange(len(at))
    for _ in range(_HALVINGS):
        trial = at[left] + length[left, None] * step[left]
        trial[:, m:] = np.maximum(trial[:, m:], floor)
        got = _objective(correlation[left], trial[:, :m], trial[:, m:])
        good = got <= value[left] + _NOISE * (m + np.abs(value[left]))
        moved[left[good]], reached[left[good]] = trial[good], got[good]
        left = left[~good]
        if not left.size:
            break
        length[left] /= 2
    return moved, reached
