"""Linear regression with a random intercept: ML and REML from the sums of groups, one ratio to search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import ndtri

from peerstats.errors import InputError
from peerstats.numerics._mixed_intervals import InterceptSpread, SpreadEstimate, boundary_p_value
from peerstats.numerics._mixed_ratio import (
    at_ratio,
    best_ratio,
    freedom,
    group_sums,
    profile_limits,
    ratio_deviance,
    row_limits,
    sd_deviance,
    spread_errors,
)
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from peerstats.numerics._mixed_ratio import GroupSums
    from peerstats.typing import Array, IntArray

__all__ = ["MixedLinearFit", "MixedLinearStop", "fit_mixed_linear"]

MixedLinearStop: TypeAlias = Literal["", "no_residual", "not_identified"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixedLinearFit:
    """A linear regression with a random intercept at its maximum.

    Parameters
    ----------
    beta : (k,) float array
        The coefficients.
    covariance : (k, k) float array
        Their covariance, the variances taken as known.
    sd_row : float
        Standard deviation of the residuals.
    sd_row_error : float
        Its standard error.
    sd_row_low, sd_row_high : float
        Its limits, by the profile of the ML likelihood.
    spread : InterceptSpread
        Standard deviation and variance of the random intercept and the intraclass correlation, with intervals
        and the test that they are zero. The intervals are those of the profile of the ML likelihood, for REML
        too, as lme4's are; its `n_points` is 0.
    loglik : float
        The log-likelihood, restricted for REML.
    loglik_plain : float
        That of the regression without the random intercept.
    reml : bool
        Whether the restricted likelihood was maximised.
    converged : bool
        Whether there is a maximum.
    stop : {"", "no_residual", "not_identified"}
        Why there is none: the rows of each group are fitted exactly; no group has two rows.
    singular : bool
        Whether the maximum is at no spread.
    n_groups : int
        Number of groups.
    n_single : int
        Groups that hold one observation, frequencies counted.
    largest_group : float
        Observations of the largest group, frequencies counted.
    """

    beta: Array
    covariance: Array
    sd_row: float
    sd_row_error: float
    sd_row_low: float
    sd_row_high: float
    spread: InterceptSpread
    loglik: float
    loglik_plain: float
    reml: bool
    converged: bool
    stop: MixedLinearStop
    singular: bool
    n_groups: int
    n_single: int
    largest_group: float


def _spread(
    terms: GroupSums, ratio: float, variance: float, errors: Array, statistic: float, conf_level: float
) -> InterceptSpread:
    """Return the measures of the spread; intervals by the profile of the ML likelihood."""
    z = float(ndtri((1.0 + conf_level) / 2))
    row = float(np.sqrt(variance))
    sd = row * float(np.sqrt(ratio))
    best = best_ratio(terms, reml=False)
    sd_ml = float(np.sqrt(best * at_ratio(terms, best, reml=False).rss[0] / terms.n))
    low, high = profile_limits(lambda s: sd_deviance(terms, s), sd_ml, 2.0 * sd_ml + row, z, np.inf)
    share = best / (1.0 + best)
    icc_low, icc_high = profile_limits(
        lambda r: ratio_deviance(terms, r / (1.0 - r), reml=False)[0], share, (share + 1.0) / 2, z, 1.0
    )
    se = float(np.sqrt(errors[0, 0]))
    icc = ratio / (1.0 + ratio)
    # of log(sd of group) - log(sd of row), half the logit of the intraclass correlation
    gap = np.array([1.0 / sd, -1.0 / row]) if sd > 0 else np.full(2, np.nan)
    gap_error = float(np.sqrt(gap @ errors @ gap))
    around = np.array([-1.0, 1.0]) * z
    wald = sd * np.exp(around * se / sd) if sd > 0 else np.full(2, np.nan)
    ratios = ratio * np.exp(2.0 * around * gap_error)
    spread = SpreadEstimate(
        estimate=sd,
        std_error=se,
        conf_low=low,
        conf_high=high,
        wald_low=float(wald[0]),
        wald_high=float(wald[1]),
    )
    return InterceptSpread(
        sd=spread,
        variance=spread.squared(),
        icc=SpreadEstimate(
            estimate=icc,
            std_error=2.0 * icc * (1.0 - icc) * gap_error,
            conf_low=icc_low,
            conf_high=icc_high,
            wald_low=float(ratios[0] / (1.0 + ratios[0])),
            wald_high=float(ratios[1] / (1.0 + ratios[1])),
        ),
        lr_statistic=statistic,
        lr_p_value=boundary_p_value(statistic),
        conf_level=conf_level,
        n_points=0,
    )


def _no_spread(conf_level: float) -> InterceptSpread:
    nothing = SpreadEstimate(
        estimate=np.nan,
        std_error=np.nan,
        conf_low=np.nan,
        conf_high=np.nan,
        wald_low=np.nan,
        wald_high=np.nan,
    )
    return InterceptSpread(
        sd=nothing,
        variance=nothing,
        icc=nothing,
        lr_statistic=np.nan,
        lr_p_value=np.nan,
        conf_level=conf_level,
        n_points=0,
    )


def fit_mixed_linear(
    x: Array,
    y: Array,
    group: IntArray,
    *,
    f: Array | None = None,
    reml: bool = True,
    conf_level: float = 0.95,
) -> MixedLinearFit:
    """Fit a linear regression with a normal random intercept.

    Parameters
    ----------
    x : (k, n) float array
        The design, one row per coefficient, of full rank.
    y : (n,) float array
        The outcome.
    group : (n,) int array
        Group of each row.
    f : (n,) float array, optional
        Frequencies: a row stands for `f` identical rows of the same group. 1 if not given.
    reml : bool
        Maximise the restricted likelihood.
    conf_level : float
        Level of the intervals of the spread, between 0 and 1.

    Returns
    -------
    MixedLinearFit
        Not converged, with estimates of least squares, if no group has two observations, or if each group's
        rows are fitted exactly.

    Raises
    ------
    InputError
        If the level is not between 0 and 1.

    Notes
    -----
    Given the ratio of the two variances all else has a closed form in the sums of groups, so the likelihood
    is searched over the ratio alone: exact to rounding, and exact at the boundary. R `lme4::lmer(REML = )`
    and `confint(m, method = "profile")`; Stata `mixed y x || group:, reml`. Standard errors of the
    coefficients take the variances as known, as both do.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import fit_mixed_linear
    >>> y = np.array([3.0, 4.0, 8.0, 7.0, 5.0, 6.0])
    >>> fit = fit_mixed_linear(np.ones((1, 6)), y, np.array([0, 0, 1, 1, 2, 2]))
    >>> fit.beta, round(fit.spread.variance.estimate, 4), round(fit.sd_row**2, 4)
    (array([5.5]), 3.75, 0.5)
    """
    if not 0 < conf_level < 1:
        raise InputError(
            f"fit_mixed_linear(): conf_level is {conf_level}, not between 0 and 1.", "Give 0.95, for example."
        )
    with one_blas_thread():
        terms = group_sums(np.asarray(x, dtype=float), np.asarray(y, dtype=float), group, f)
        ratio = best_ratio(terms, reml=reml) if terms.sizes.max() > 1 else 0.0
        stop: MixedLinearStop = ""
        if terms.sizes.max() <= 1:
            stop = "not_identified"
        elif np.isinf(ratio):
            stop, ratio = "no_residual", 0.0
        point = at_ratio(terms, ratio, reml=reml)
        variance = point.rss[0] / freedom(terms, reml=reml)
        plain = -ratio_deviance(terms, 0.0, reml=reml)[0] / 2
        loglik = -ratio_deviance(terms, ratio, reml=reml)[0] / 2
        errors = spread_errors(terms, ratio, variance, reml=reml)
        spread = (
            _no_spread(conf_level)
            if stop
            else _spread(terms, ratio, variance, errors, max(2.0 * (loglik - plain), 0.0), conf_level)
        )
        row_low, row_high = (
            (np.nan, np.nan) if stop else row_limits(terms, float(ndtri((1.0 + conf_level) / 2)))
        )
    inverse = np.asarray(solve_triangular(terms.triangle, np.eye(len(terms.beta))), dtype=np.float64)
    covariance = variance * inverse @ point.inverse @ inverse.T
    return MixedLinearFit(
        beta=terms.beta + inverse @ point.shift,
        covariance=(covariance + covariance.T) / 2,
        sd_row=float(np.sqrt(variance)),
        sd_row_error=float(np.sqrt(errors[1, 1])),
        sd_row_low=row_low,
        sd_row_high=row_high,
        spread=spread,
        loglik=loglik,
        loglik_plain=plain,
        reml=reml,
        converged=not stop,
        stop=stop,
        singular=not stop and ratio == 0.0,
        n_groups=len(terms.sizes),
        n_single=int(np.count_nonzero(terms.sizes == 1)),
        largest_group=float(terms.sizes.max()),
    )
