"""Random intercepts: probabilities averaged over groups, and the groups' own intercepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from peerstats.numerics._mixed_kernel import mixed_logit_kernel

if TYPE_CHECKING:
    from peerstats.numerics._mixed_rows import GroupedRows
    from peerstats.typing import Array, IntArray

__all__ = [
    "GroupIntercepts",
    "PopulationProbability",
    "mixed_linear_modes",
    "mixed_logit_modes",
    "mixed_logit_population",
]

_REACH = 8.5  # the standard normal beyond holds 2e-17
_DIGITS = 34.0  # exp(-34) is 2e-15
_CHUNK = 2**18  # nodes times rows at once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PopulationProbability:
    """Probabilities averaged over the random intercept.

    Parameters
    ----------
    probability : (n,) float array
        The mean of logit^-1(eta + sigma u) over standard normal u.
    by_eta : (n,) float array
        Its derivative with respect to eta; times x, with respect to the coefficients.
    by_sigma : (n,) float array
        Its derivative with respect to sigma.
    """

    probability: Array
    by_eta: Array
    by_sigma: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupIntercepts:
    """The intercepts of the groups that were observed, on the scale of the linear predictor.

    Parameters
    ----------
    labels : (J,) int array
        The groups, ascending.
    modes : (J,) float array
        Posterior mode of sigma u: the empirical Bayes mode.
    mode_sds : (J,) float array
        One over the root of the curvature there.
    means : (J,) float array
        Posterior mean of sigma u: the empirical Bayes mean.
    sds : (J,) float array
        Posterior standard deviation of sigma u.
    """

    labels: IntArray
    modes: Array
    mode_sds: Array
    means: Array
    sds: Array


def mixed_logit_population(eta: Array, sigma: float, n_points: int | None = None) -> PopulationProbability:
    """Average the probability over the random intercept's distribution.

    Parameters
    ----------
    eta : (n,) float array
        Linear predictor at u = 0.
    sigma : float
        Standard deviation of the random intercept.
    n_points : int, optional
        Points between -8.5 and 8.5. If not given, as many as an error of about 1e-14 asks for.

    Returns
    -------
    PopulationProbability
        The probability and its derivatives.

    Notes
    -----
    The trapezoidal rule with step h: the integrand has its nearest pole pi / sigma from the real line, which
    leaves an error of about exp(-2 pi^2 / (sigma h)); that of the normal density itself is
    exp(-2 pi^2 / h^2). Gauss-Hermite would need more points. Stata `predict, mu marginal` after `melogit`.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import mixed_logit_population
    >>> mixed_logit_population(np.array([0.0, 1.0]), 2.0).probability.round(4)
    array([0.5   , 0.6477])
    """
    step = min(2 * np.pi**2 / (_DIGITS * max(sigma, 1e-300)), np.sqrt(2 * np.pi**2 / _DIGITS))
    points = n_points or 2 * int(np.ceil(_REACH / step)) + 1
    u = np.linspace(-_REACH, _REACH, points)[:, None]
    weight = np.exp(-(u[:, 0] ** 2) / 2)
    weight /= weight.sum()
    eta = np.asarray(eta, dtype=float)
    probability, by_eta, by_sigma = np.empty((3, len(eta)))
    size = max(1, _CHUNK // points)
    for first in range(0, len(eta), size):
        rows = slice(first, first + size)
        p = expit(eta[rows] + sigma * u)
        probability[rows] = weight @ p
        p *= 1.0 - p
        by_eta[rows] = weight @ p
        by_sigma[rows] = (weight * u[:, 0]) @ p
    return PopulationProbability(probability=probability, by_eta=by_eta, by_sigma=by_sigma)


def mixed_logit_modes(rows: GroupedRows, beta: Array, sigma: float, n_points: int = 31) -> GroupIntercepts:
    """Return the posterior of each observed group's intercept.

    Parameters
    ----------
    rows : GroupedRows
        The rows.
    beta : (k,) float array
        Coefficients.
    sigma : float
        Standard deviation of the random intercept.
    n_points : int
        Points of the quadrature, for means and standard deviations.

    Returns
    -------
    GroupIntercepts
        Zero throughout where sigma is 0.

    Notes
    -----
    Modes and their standard deviations are R `lme4::ranef(m, condVar = TRUE)`, Stata `predict, reffects
    ebmodes`; means and standard deviations Stata `predict, reffects reses()`. Coefficients and sigma are
    taken as known.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import group_rows, mixed_logit_modes
    >>> rows = group_rows(np.ones((1, 3)), np.array([1, 1, 0]), np.array([0, 0, 1]))
    >>> found = mixed_logit_modes(rows, np.zeros(1), 1.0)
    >>> found.modes.round(4), found.means.round(4)
    (array([ 0.6748, -0.4011]), array([ 0.7043, -0.4132]))
    """
    sums = mixed_logit_kernel(beta, sigma, rows, n_points)
    return GroupIntercepts(
        labels=rows.labels,
        modes=sigma * sums.modes,
        mode_sds=sigma * sums.mode_sds,
        means=sigma * sums.means,
        sds=sigma * sums.sds,
    )


def mixed_linear_modes(
    residuals: Array, group: IntArray, *, sd_group: float, sd_row: float, f: Array | None = None
) -> GroupIntercepts:
    """Return the posterior of each observed group's intercept in a linear regression.

    Parameters
    ----------
    residuals : (n,) float array
        Outcomes less the linear predictor.
    group : (n,) int array
        Group of each row.
    sd_group, sd_row : float
        Standard deviations of the random intercept and of the rows.
    f : (n,) float array, optional
        Frequencies: a row stands for `f` identical rows of the same group. 1 if not given.

    Returns
    -------
    GroupIntercepts
        The posterior is normal, so mode and mean are the same.

    Notes
    -----
    A group with n rows and sum of residuals s has the mean s v / (w + n v) and the variance v w / (w + n v),
    v and w the variances of groups and rows: the best linear unbiased predictor. R `lme4::ranef(m, condVar =
    TRUE)`, Stata `predict, reffects`. Coefficients and variances are taken as known.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import mixed_linear_modes
    >>> mixed_linear_modes(np.array([1.0, 3.0, -4.0]), np.array([0, 0, 1]), sd_group=2, sd_row=2).modes
    array([ 1.33333333, -2.        ])
    """
    labels, codes = np.unique(group, return_inverse=True)
    sizes = np.bincount(codes, f).astype(np.float64)
    total = np.bincount(codes, residuals if f is None else f * residuals)
    below = sd_row**2 + sizes * sd_group**2
    modes = np.asarray(sd_group**2 * total / below, dtype=np.float64)
    sds = np.asarray(sd_group * sd_row / np.sqrt(below), dtype=np.float64)
    return GroupIntercepts(labels=labels, modes=modes, mode_sds=sds, means=modes, sds=sds)
