"""Random-intercept logit: the marginal log-likelihood, its score and information by adaptive quadrature."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, log_expit, roots_hermitenorm

from peerstats.errors import InputError

if TYPE_CHECKING:
    from peerstats.numerics._mixed_rows import GroupedRows
    from peerstats.typing import Array

__all__ = [
    "FEWEST_POINTS",
    "MOST_POINTS",
    "MixedSums",
    "mixed_logit_kernel",
    "posterior_modes",
]

FEWEST_POINTS = 5  # the score is an integral too: fewer points than this are no rule for it
MOST_POINTS = 511  # the density at the outermost node of 1023 points falls below the least double
_MAX_MODE_STEPS = 200  # Newton takes 3 to 8; a bisection of the widest bracket takes 60
_MODE_STILL = 1e-7  # last Newton step of a mode, in posterior standard deviations: its error is the square


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixedSums:
    """The marginal log-likelihood of a random-intercept logit, with its derivatives.

    Parameters
    ----------
    loglik : float
        The log-likelihood.
    score : (k + 1,) float array
        Its gradient with respect to the coefficients and sigma, sigma last.
    information : (k + 1, k + 1) float array
        Its negative second derivative.
    modes : (J,) float array
        Posterior mode of each group's standard normal u.
    mode_sds : (J,) float array
        One over the square root of the curvature at the mode.
    means : (J,) float array
        Posterior mean of u.
    sds : (J,) float array
        Posterior standard deviation of u.
    """

    loglik: float
    score: Array
    information: Array
    modes: Array
    mode_sds: Array
    means: Array
    sds: Array


@cache
def _rule(n_points: int) -> tuple[Array, Array]:
    """Return nodes and log weights of an integral over the line, the normal density taken out.

    A weight is one over the sum of the squared orthonormal polynomials at its node; with the root of the
    density in each of them, neither runs out of the range of a double.
    """
    nodes = roots_hermitenorm(n_points)[0]
    before, now = np.zeros(n_points), np.exp(-(nodes**2) / 4)
    total = now**2
    for degree in range(1, n_points):
        before, now = now, (nodes * now - np.sqrt(degree - 1) * before) / np.sqrt(degree)
        total += now**2
    return nodes, -np.log(total)


def posterior_modes(
    eta: Array, sigma: float, rows: GroupedRows, start: Array | None = None
) -> tuple[Array, Array]:
    """Return each group's posterior mode of u, and one over the root of the curvature there.

    Parameters
    ----------
    eta : (n,) float array
        Linear predictor at u = 0, offset included.
    sigma : float
        Standard deviation of the random intercept.
    rows : GroupedRows
        The rows.
    start : (J,) float array, optional
        Where to begin.

    Returns
    -------
    (J,) float array, (J,) float array
        Modes and their standard deviations.

    Notes
    -----
    The log posterior is strictly concave, its slope sigma * sum of f (y - p) - u; the root lies between minus
    sigma times the zeros and sigma times the ones. Newton's step, or the middle of the bracket where the step
    is longer than half of it.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import group_rows, posterior_modes
    >>> rows = group_rows(np.ones((1, 2)), np.array([0, 1]), np.array([0, 0]))
    >>> posterior_modes(np.zeros(2), 2.0, rows)
    (array([0.]), array([0.57735027]))
    """
    ones = rows.sums(rows.f * rows.y)
    high = sigma * ones
    low = sigma * (ones - rows.sums(rows.f))
    u = np.zeros(rows.n_groups) if start is None else np.clip(start, low, high)
    for _ in range(_MAX_MODE_STEPS):
        p = expit(eta + sigma * u[rows.group])
        fp = rows.f * p
        slope = sigma * (ones - rows.sums(fp)) - u
        curvature = 1.0 + sigma * sigma * rows.sums(fp * (1.0 - p))
        low = np.where(slope > 0, u, low)
        high = np.where(slope < 0, u, high)
        step = slope / curvature
        still = np.abs(step) * np.sqrt(curvature) <= _MODE_STILL
        # where all p are near 0 or 1 the curvature is 1, and Newton's step runs from end to end
        u = np.where(still | (np.abs(step) <= (high - low) / 2), u + step, (low + high) / 2)
        if still.all():
            break
    return u, 1.0 / np.sqrt(curvature)


def _part_sums(
    eta: Array, sigma: float, rows: GroupedRows, n_points: int, modes: Array, mode_sds: Array
) -> tuple[float, Array, Array, Array, Array]:
    """Return log-likelihood, score, information, and posterior means and variances of some groups."""
    nodes, log_weights = _rule(n_points)
    k = len(rows.x)
    u = modes + nodes[:, None] * mode_sds  # (Q, J)
    spread = u[:, rows.group]  # (Q, n)
    linear = eta + sigma * spread
    p = expit(linear)
    sign = 2.0 * rows.y - 1.0
    joint = rows.sums(log_expit(linear * sign) * rows.f) - u * u / 2 + log_weights[:, None]
    top = joint.max(axis=0)
    share = np.exp(joint - top)
    total = share.sum(axis=0)
    share /= total
    loglik = float((top + np.log(total * mode_sds)).sum())

    posterior = share[:, rows.group]
    residual = rows.f * (rows.y - p)
    curve = rows.f * p * (1.0 - p) * posterior
    node_sums = rows.sums(residual)  # (Q, J): slope with respect to the intercept at each node
    means = (share * u).sum(axis=0)
    score = np.empty(k + 1)
    mean_residual = (posterior * residual).sum(axis=0)
    score[:k] = rows.x @ mean_residual
    by_sigma = u * node_sums
    mean_by_sigma = (share * by_sigma).sum(axis=0)
    score[k] = mean_by_sigma.sum()

    information = np.empty((k + 1, k + 1))
    information[:k, :k] = (rows.x * curve.sum(axis=0)) @ rows.x.T
    curve *= spread
    information[:k, k] = information[k, :k] = rows.x @ curve.sum(axis=0)
    information[k, k] = float((curve * spread).sum())
    # Louis: less the posterior variance of the groups' scores, centred before it is squared
    slopes = np.empty((k + 1, rows.n_groups))
    weighted = rows.x * mean_residual
    centre = rows.sums(weighted)
    for q in range(n_points):
        np.multiply(rows.x, residual[q], out=weighted)
        np.subtract(rows.sums(weighted), centre, out=slopes[:k])
        np.subtract(by_sigma[q], mean_by_sigma, out=slopes[k])
        information -= (slopes * share[q]) @ slopes.T
    return loglik, score, information, means, (share * (u - means) ** 2).sum(axis=0)


def mixed_logit_kernel(
    beta: Array, sigma: float, rows: GroupedRows, n_points: int, start: Array | None = None
) -> MixedSums:
    """Return the marginal log-likelihood, its score and information.

    Parameters
    ----------
    beta : (k,) float array
        Coefficients.
    sigma : float
        Standard deviation of the random intercept, 0 or more.
    rows : GroupedRows
        The rows.
    n_points : int
        Points of the quadrature, 5 to 511.
    start : (J,) float array, optional
        Where the search of the modes begins.

    Returns
    -------
    MixedSums
        Sums over all groups.

    Raises
    ------
    InputError
        If the number of points is outside 5 to 511.

    Notes
    -----
    Of each group the log of the integral over u of the normal density times the product of
    p^(f y) (1 - p)^(f (1 - y)), with logit p = x'beta + offset + sigma u: Gauss-Hermite nodes moved to the
    posterior mode and scaled by its curvature, as R `lme4::glmer` does and Stata `melogit` with
    `intmethod(mcaghermite)`. Score and information are the posterior means of the complete data's (Fisher),
    less the variance of the complete data's score (Louis), by the same nodes. They are quadratures of the
    true derivatives; they are the derivatives of the quadrature to within its own error. The log-likelihood
    leaves out no constant.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import group_rows, mixed_logit_kernel
    >>> rows = group_rows(np.ones((1, 2)), np.array([0, 1]), np.array([0, 0]))
    >>> sums = mixed_logit_kernel(np.zeros(1), 0.0, rows, 7)
    >>> round(sums.loglik, 6), sums.information.round(6)[0, 0]
    (-1.386294, np.float64(0.5))
    """
    if not FEWEST_POINTS <= n_points <= MOST_POINTS:
        raise InputError(
            f"mixed_logit_kernel(): n_points is {n_points}, outside {FEWEST_POINTS} to {MOST_POINTS}.",
            "Leave it out, and it is found by doubling.",
        )
    eta = beta @ rows.x + rows.offset
    modes, mode_sds = posterior_modes(eta, sigma, rows, start)
    loglik = 0.0
    size = len(beta) + 1
    score = np.zeros(size)
    information = np.zeros((size, size))
    means = np.empty(rows.n_groups)
    variances = np.empty(rows.n_groups)
    for place, part in rows.chunks(n_points):
        first = rows.starts[place.start]
        each = _part_sums(
            eta[first : first + len(part.y)], sigma, part, n_points, modes[place], mode_sds[place]
        )
        loglik += each[0]
        score += each[1]
        information += each[2]
        means[place], variances[place] = each[3], each[4]
    return MixedSums(
        loglik=loglik,
        score=score,
        information=(information + information.T) / 2,
        modes=modes,
        mode_sds=mode_sds,
        means=means,
        sds=np.sqrt(variances),
    )
