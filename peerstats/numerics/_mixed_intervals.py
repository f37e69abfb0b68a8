"""Random-intercept logit: intervals of the intercept's spread, and the test that there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erfc, ndtri

from peerstats.errors import InputError
from peerstats.numerics._mixed_kernel import MOST_POINTS, mixed_logit_kernel
from peerstats.numerics._mixed_search import LARGEST_SIGMA
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.numerics._mixed_kernel import MixedSums
    from peerstats.numerics._mixed_logit import MixedLogitFit
    from peerstats.numerics._mixed_rows import GroupedRows
    from peerstats.typing import Array

__all__ = ["InterceptSpread", "SpreadEstimate", "boundary_p_value", "intercept_spread", "latent_icc"]

_LATENT_VARIANCE = np.pi**2 / 3  # of the standard logistic distribution
_FIRST_POINTS = 15  # or half those of the fit, if more
_LIMIT_TOLERANCE = 1e-5  # relative change of a limit by doubling the points
_ROOT_TOLERANCE = 1e-5  # of the root of the deviance, before a last Newton step squares its error
_GAIN = 1e-8  # gain of a Newton step of the coefficients, which is then counted without being taken
_MAX_STEPS = 30
_MAX_HALVINGS = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpreadEstimate:
    """One measure of the random intercept's spread.

    Parameters
    ----------
    estimate : float
        The estimate.
    std_error : float
        Its standard error by the delta method; NaN at the boundary.
    conf_low, conf_high : float
        Limits by profile likelihood; `conf_high` is infinite (1 for a share) if the likelihood does not fall
        far enough up to sigma = 30.
    wald_low, wald_high : float
        Limits by the normal distribution of log sigma; NaN at the boundary.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    wald_low: float
    wald_high: float

    def squared(self) -> SpreadEstimate:
        """Return the variance of a standard deviation: its error by the delta method, its limits squared."""
        return SpreadEstimate(
            estimate=self.estimate**2,
            std_error=2.0 * self.estimate * self.std_error,
            conf_low=self.conf_low**2,
            conf_high=self.conf_high**2,
            wald_low=self.wald_low**2,
            wald_high=self.wald_high**2,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InterceptSpread:
    """The random intercept's spread, with intervals and the test that it is zero.

    Parameters
    ----------
    sd : SpreadEstimate
        Sigma.
    variance : SpreadEstimate
        Its square.
    icc : SpreadEstimate
        The intraclass correlation on the latent scale, sigma^2 / (sigma^2 + pi^2 / 3).
    lr_statistic : float
        Twice the log-likelihood less that of the plain logit.
    lr_p_value : float
        Its p-value, the null distribution half at 0 and half chi-square with 1 degree of freedom.
    conf_level : float
        Level of the limits.
    n_points : int
        The largest number of quadrature points that a limit needed; 0 where nothing is integrated.
    """

    sd: SpreadEstimate
    variance: SpreadEstimate
    icc: SpreadEstimate
    lr_statistic: float
    lr_p_value: float
    conf_level: float
    n_points: int


def latent_icc(sigma: float) -> float:
    """Return the intraclass correlation of the latent response.

    Parameters
    ----------
    sigma : float
        Standard deviation of the random intercept; may be infinite.

    Returns
    -------
    float
        sigma^2 / (sigma^2 + pi^2 / 3).

    Notes
    -----
    Stata `estat icc` after `melogit`.

    Examples
    --------
    >>> from peerstats.numerics import latent_icc
    >>> round(latent_icc(1.0), 4)
    0.2331
    """
    return 1.0 if np.isinf(sigma) else float(sigma**2 / (sigma**2 + _LATENT_VARIANCE))


def boundary_p_value(statistic: float) -> float:
    """Return the p-value of a likelihood-ratio test of one variance against zero.

    Parameters
    ----------
    statistic : float
        Twice the difference of the log-likelihoods.

    Returns
    -------
    float
        Half the upper tail of chi-square with 1 degree of freedom; 1 where the statistic is 0 or less.

    Notes
    -----
    Stata prints it as `chibar2(01)`.

    Examples
    --------
    >>> from peerstats.numerics import boundary_p_value
    >>> round(boundary_p_value(2.705543), 4), boundary_p_value(0.0)
    (0.05, 1.0)
    """
    return 1.0 if statistic <= 0 else float(erfc(np.sqrt(statistic / 2))) / 2


@dataclass(slots=True, kw_only=True, eq=False)
class _Profile:
    """The likelihood maximised over the coefficients at a given sigma, each time from where it was."""

    rows: GroupedRows
    n_points: int
    beta: Array
    modes: Array | None = None
    sums: MixedSums | None = None
    sigma: float = 0.0

    def move(self, sigma: float) -> tuple[float, float]:
        """Return the log-likelihood and its derivative at this sigma."""
        if self.sums is not None:  # along the tangent
            k = len(self.beta)
            information = self.sums.information
            tangent = np.asarray(np.linalg.solve(information[:k, :k], information[:k, k]), dtype=np.float64)
            self.beta = self.beta - tangent * (sigma - self.sigma)
        self.sigma = sigma
        return self._climb(sigma)

    def _climb(self, sigma: float) -> tuple[float, float]:
        k = len(self.beta)
        sums, step, gain = self._at(self.beta, sigma)
        for _ in range(_MAX_STEPS):
            if gain <= _GAIN:
                break
            # concave in the coefficients: half a step is better, but for the error of the quadrature
            for _ in range(_MAX_HALVINGS):
                trial = self._at(self.beta + step, sigma)
                if trial[0].loglik >= sums.loglik or trial[2] < gain / 2:
                    break
                step = step / 2
            self.beta = self.beta + step
            sums, step, gain = trial
        self.sums, self.modes = sums, sums.modes
        return sums.loglik + gain / 2, float(sums.score[k] - step @ sums.information[:k, k])

    def _at(self, beta: Array, sigma: float) -> tuple[MixedSums, Array, float]:
        """Return the sums, Newton's step of the coefficients and its gain."""
        k = len(beta)
        sums = mixed_logit_kernel(beta, sigma, self.rows, self.n_points, self.modes)
        self.modes = sums.modes
        step = np.asarray(np.linalg.solve(sums.information[:k, :k], sums.score[:k]), dtype=np.float64)
        return sums, step, float(step @ sums.score[:k])


def _limit(
    profile: _Profile, best: float, z: float, start: float, bracket: tuple[float, float], sign: float
) -> float:
    """Return the sigma on one side at which the root of the deviance is z; infinite if there is none.

    `sign` is 1 above the estimate, -1 below it.
    """
    inner, outer = (
        bracket  # the deviance is too small at the one and, where it is finite, too large at the other
    )
    sigma = start
    for _ in range(_MAX_STEPS):
        loglik, slope = profile.move(sigma)
        root = float(np.sqrt(max(2.0 * (best - loglik), 0.0)))
        away = root - z
        rise = -slope / root if root > 0 else 0.0
        step = -away / rise if sign * rise > 0 else np.inf
        if abs(away) <= _ROOT_TOLERANCE and np.isfinite(step):
            return sigma + step
        if away < 0:
            inner = sigma
        else:
            outer = sigma
        trial = sigma + step
        if np.isinf(outer):
            if sigma >= LARGEST_SIGMA:
                return np.inf
            trial = min(trial, 2.0 * sigma + 0.5, LARGEST_SIGMA)
            sigma = trial if trial > sigma else min(2.0 * sigma, LARGEST_SIGMA)
        else:
            sigma = trial if min(inner, outer) < trial < max(inner, outer) else (inner + outer) / 2
    return sigma


def _checked_limit(
    fit: MixedLogitFit, rows: GroupedRows, z: float, start: float, sign: float
) -> tuple[float, int]:
    """Find a limit with more and more points until it stays where it is."""
    bracket = (fit.sigma, np.inf) if sign > 0 else (fit.sigma, 0.0)
    points, before = max(_FIRST_POINTS, fit.n_points // 2), np.inf
    profile = _Profile(rows=rows, n_points=points, beta=fit.beta)
    while True:
        limit = _limit(profile, fit.loglik, z, start, bracket, sign)
        if np.isinf(limit) or abs(limit - before) <= _LIMIT_TOLERANCE * limit or points == MOST_POINTS:
            return float(limit), points
        before = start = limit
        points = min(2 * points + 1, MOST_POINTS)
        profile.n_points = points


def intercept_spread(fit: MixedLogitFit, rows: GroupedRows, conf_level: float = 0.95) -> InterceptSpread:
    """Return the random intercept's standard deviation, variance and ICC, with intervals and the test.

    Parameters
    ----------
    fit : MixedLogitFit
        A converged fit.
    rows : GroupedRows
        The rows that it was fitted to.
    conf_level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    InterceptSpread
        At the boundary the lower limits are 0 and the upper ones still those of the profile.

    Raises
    ------
    InputError
        If the fit has no maximum, or the level is not between 0 and 1.

    Notes
    -----
    A profile limit is the sigma at which twice the log-likelihood, maximised over the coefficients, is the
    quantile of chi-square with 1 degree of freedom below its maximum; 0 if it is nearer at sigma = 0. R
    `confint(glmer(...), method = "profile")` finds the same by interpolation. The limits of variance and ICC
    are those of sigma, transformed. The Wald limits are sigma exp(-+ z se / sigma), Stata's.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import fit_mixed_logit, group_rows, intercept_spread
    >>> y = np.array([1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1])
    >>> rows = group_rows(np.ones((1, 12)), y, np.repeat(np.arange(4), 3))
    >>> spread = intercept_spread(fit_mixed_logit(rows), rows)
    >>> spread.sd.conf_low, round(spread.sd.conf_high, 2), round(spread.lr_p_value, 3)
    (0.0, 11.02, 0.142)
    """
    if not fit.converged:
        raise InputError(
            f"intercept_spread(): the fit has no maximum ({fit.stop}).", "Give a fit that converged."
        )
    if not 0 < conf_level < 1:
        raise InputError(
            f"intercept_spread(): conf_level is {conf_level}, not between 0 and 1.", "Give 0.95, for example."
        )
    z = float(ndtri((1.0 + conf_level) / 2))
    sigma = fit.sigma
    se = float(np.sqrt(fit.covariance[-1, -1]))
    statistic = 0.0 if fit.singular else max(2.0 * (fit.loglik - fit.loglik_plain), 0.0)
    wald = (
        (np.nan, np.nan)
        if fit.singular
        else (sigma * np.exp(-z * se / sigma), sigma * np.exp(z * se / sigma))
    )
    with one_blas_thread():
        start = 0.5 if fit.singular else min(wald[1], 2.0 * sigma + 0.5)
        high, points = _checked_limit(fit, rows, z, start, 1.0)
        low, points_low = 0.0, 0
        if statistic > z * z:
            low, points_low = _checked_limit(fit, rows, z, max(wald[0], sigma / 2), -1.0)
    sd = SpreadEstimate(
        estimate=sigma,
        std_error=se,
        conf_low=low,
        conf_high=high,
        wald_low=float(wald[0]),
        wald_high=float(wald[1]),
    )
    return InterceptSpread(
        sd=sd,
        variance=sd.squared(),
        icc=SpreadEstimate(
            estimate=latent_icc(sigma),
            std_error=2.0 * sigma * se * _LATENT_VARIANCE / (sigma**2 + _LATENT_VARIANCE) ** 2,
            conf_low=latent_icc(low),
            conf_high=latent_icc(high),
            wald_low=latent_icc(float(wald[0])),
            wald_high=latent_icc(float(wald[1])),
        ),
        lr_statistic=statistic,
        lr_p_value=boundary_p_value(statistic),
        conf_level=conf_level,
        n_points=max(points, points_low),
    )
