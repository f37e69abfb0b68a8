"""Linear regression with a random intercept: ML and REML from the sums of groups, one ratio to search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from peerstats.errors import InputError
from peerstats.numerics._mixed_intervals import InterceptSpread, SpreadEstimate, boundary_p_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.typing import Array, IntArray

__all__ = ["MixedLinearFit", "MixedLinearStop", "fit_mixed_linear"]

MixedLinearStop: TypeAlias = Literal["", "no_residual", "not_identified"]

# Ratios of the two variances where the maximum is looked for first: the intraclass correlation is one in a
# million at the one end, one less that at the other.
_GRID = np.exp(np.arange(-14.0, 14.5, 1.0))
_BISECTIONS = 60  # of an interval of a factor e^2: to the last digit of a double
_ROOT_DIGITS = 1e-9  # relative, of a limit
_FLAT_DIGITS = 1e-8  # of a minimum: the deviance there is good to the square
_END = 1e-9  # an intraclass correlation this near to 1 counts as 1
_LEAST_RSS = 1e-14  # relative: below it the rows of groups are fitted exactly


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Terms:
    """What the likelihood needs of the rows: residuals of least squares and orthonormal columns, by group."""

    n: float
    sizes: Array  # (J,)
    columns: Array  # (k, J): sums of the orthonormal columns
    residuals: Array  # (J,): sums of the residuals
    squares: float  # sum of the squared residuals
    beta: Array  # (k,): least squares
    triangle: Array  # (k, k): R of the design


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Point:
    """What a ratio gives: residual sum of squares and log determinant with two derivatives, coefficients."""

    rss: tuple[float, float, float]
    log_det: tuple[float, float, float]
    shift: Array
    inverse: Array


def _terms(x: Array, y: Array, group: IntArray, f: Array | None) -> _Terms:
    codes = np.unique(group, return_inverse=True)[1]
    weight = np.ones(len(y)) if f is None else np.asarray(f, dtype=float)
    root = np.sqrt(weight)
    q, triangle = np.linalg.qr((x * root).T)
    part = q.T @ (root * y)
    beta = np.asarray(solve_triangular(triangle, part), dtype=np.float64)
    residual = root * y - q @ part
    return _Terms(
        n=float(weight.sum()),
        sizes=np.bincount(codes, weight).astype(np.float64),
        columns=np.array([np.bincount(codes, root * column) for column in q.T]),
        residuals=np.bincount(codes, root * residual).astype(np.float64),
        squares=float(residual @ residual),
        beta=beta,
        triangle=triangle,
    )


def _point(terms: _Terms, ratio: float, *, reml: bool) -> _Point:
    """Evaluate at a ratio of the group's variance to the row's.

    The inverse covariance of a group, times the row's variance, is I - c 11' with c = ratio / (1 + n ratio):
    everything follows from the group's sums.
    """
    s, n = terms.columns, terms.sizes
    one = 1.0 + n * ratio
    c = ratio / one
    a = np.eye(len(s)) - (s * c) @ s.T
    factor = cho_factor(a, lower=True)
    shift = -cho_solve(factor, s @ (c * terms.residuals))
    t = terms.residuals - shift @ s
    rss = terms.squares - float(c @ terms.residuals**2) + float((c * terms.residuals) @ (s.T @ shift))
    bent = s @ (t / one**2)
    inverse = np.asarray(cho_solve(factor, np.eye(len(s))), dtype=np.float64)
    rss = max(rss, _LEAST_RSS * terms.squares)
    slope = -float((t / one) @ (t / one))
    curve = 2.0 * float((n / one**3) @ t**2) - 2.0 * float(bent @ inverse @ bent)
    det = [float(np.log(one).sum()), float((n / one).sum()), -float(((n / one) ** 2).sum())]
    if reml:
        moved = inverse @ (s / one**2) @ s.T
        det[0] += 2.0 * float(np.log(np.diag(factor[0])).sum())
        det[1] -= float(np.trace(moved))
        det[2] += float(np.trace(inverse @ ((s * (2.0 * n / one**3)) @ s.T))) - float(np.trace(moved @ moved))
    return _Point(rss=(rss, slope, curve), log_det=(det[0], det[1], det[2]), shift=shift, inverse=inverse)


def _freedom(terms: _Terms, *, reml: bool) -> float:
    return terms.n - (len(terms.beta) if reml else 0)


def _deviance(terms: _Terms, ratio: float, *, reml: bool) -> tuple[float, float]:
    """Return minus twice the log-likelihood, the row's variance at its best, and its slope."""
    point = _point(terms, ratio, reml=reml)
    free = _freedom(terms, reml=reml)
    value = free * (np.log(2 * np.pi * point.rss[0] / free) + 1.0) + point.log_det[0]
    if reml:
        value += 2.0 * float(np.log(np.abs(np.diag(terms.triangle))).sum())
    return float(value), free * point.rss[1] / point.rss[0] + point.log_det[1]


def _best_ratio(terms: _Terms, *, reml: bool) -> float:
    """Return the ratio of the maximum: the best of a grid and 0, then bisection of the slope."""
    grid = np.append(0.0, _GRID)
    values = [_deviance(terms, float(ratio), reml=reml)[0] for ratio in grid]
    best = int(np.argmin(values))
    slope = _deviance(terms, float(grid[best]), reml=reml)[1]
    if slope >= 0 and best == 0:
        return 0.0
    if slope < 0 and best == len(grid) - 1:
        return np.inf
    low, high = (grid[best], grid[best + 1]) if slope < 0 else (grid[best - 1], grid[best])
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _deviance(terms, float(middle), reml=reml)[1] < 0:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)


def _errors(terms: _Terms, ratio: float, variance: float, *, reml: bool) -> Array:
    """Return the covariance of the standard deviations of group and row, from the second derivative."""
    free = _freedom(terms, reml=reml)
    if ratio == 0.0:
        return np.array([[np.nan, np.nan], [np.nan, variance / (2.0 * free)]])
    point = _point(terms, ratio, reml=reml)
    cross = -point.rss[1] / variance**2
    hessian = np.array([[point.rss[2] / variance + point.log_det[2], cross], [cross, free / variance**2]])
    row = np.sqrt(variance)
    group = row * np.sqrt(ratio)
    turn = np.array([[2 * group / variance, -2 * ratio / row], [0.0, 2 * row]])
    return np.asarray(2.0 * np.linalg.inv(turn.T @ hessian @ turn), dtype=np.float64)


def _profile(terms: _Terms, sd: float) -> float:
    """Return minus twice the ML log-likelihood at a standard deviation of the group, the rest at its best."""
    from scipy.optimize import brentq  # noqa: PLC0415  (slow to load, and only this needs it)

    if sd == 0.0:
        return _deviance(terms, 0.0, reml=False)[0]

    def slope(v: float) -> float:
        ratio = sd**2 * np.exp(-v)
        point = _point(terms, ratio, reml=False)
        return float(
            terms.n - point.rss[0] * np.exp(-v) - ratio * (point.rss[1] * np.exp(-v) + point.log_det[1])
        )

    low = high = np.log(terms.squares / terms.n)
    while slope(low) > 0:
        low -= 1.0
    while slope(high) < 0:
        high += 1.0
    v = float(brentq(slope, low, high, xtol=_FLAT_DIGITS)) if low < high else low
    point = _point(terms, float(sd**2 * np.exp(-v)), reml=False)
    return float(terms.n * (np.log(2 * np.pi) + v) + point.rss[0] * np.exp(-v) + point.log_det[0])


def _limits(
    deviance: Callable[[float], float], at: float, above: float, z: float, end: float
) -> tuple[float, float]:
    """Return where a deviance is z squared above its minimum, on both sides; 0 and `end` if nowhere."""
    from scipy.optimize import brentq  # noqa: PLC0415  (slow to load, and only this needs it)

    least = deviance(at)

    def over(value: float) -> float:
        return deviance(value) - least - z * z

    low = 0.0 if at == 0.0 or over(0.0) <= 0 else float(brentq(over, 0.0, at, xtol=_ROOT_DIGITS * at))
    high = above
    while over(high) < 0:
        high = 2.0 * high if np.isinf(end) else (high + end) / 2
        if high > 1e6 * above or end - high < _END:
            return low, end
    return low, float(brentq(over, at, high, xtol=_ROOT_DIGITS * high))


def _spread(
    terms: _Terms, ratio: float, variance: float, errors: Array, statistic: float, conf_level: float
) -> InterceptSpread:
    """Return the measures of the spread; intervals by the profile of the ML likelihood."""
    z = float(ndtri((1.0 + conf_level) / 2))
    row = float(np.sqrt(variance))
    sd = row * float(np.sqrt(ratio))
    best = _best_ratio(terms, reml=False)
    sd_ml = float(np.sqrt(best * _point(terms, best, reml=False).rss[0] / terms.n))
    low, high = _limits(lambda s: _profile(terms, s), sd_ml, 2.0 * sd_ml + row, z, np.inf)
    share = best / (1.0 + best)
    icc_low, icc_high = _limits(
        lambda r: _deviance(terms, r / (1.0 - r), reml=False)[0], share, (share + 1.0) / 2, z, 1.0
    )
    se = float(np.sqrt(errors[0, 0]))
    icc = ratio / (1.0 + ratio)
    # of log(sd of group) - log(sd of row), half the logit of the intraclass correlation
    gap = np.array([1.0 / sd, -1.0 / row]) if sd > 0 else np.full(2, np.nan)
    gap_error = float(np.sqrt(gap @ errors @ gap))
    around = np.array([-1.0, 1.0]) * z
    wald = sd * np.exp(around * se / sd) if sd > 0 else np.full(2, np.nan)
    ratios = ratio * np.exp(2.0 * around * gap_error)
    return InterceptSpread(
        sd=SpreadEstimate(
            estimate=sd,
            std_error=se,
            conf_low=low,
            conf_high=high,
            wald_low=float(wald[0]),
            wald_high=float(wald[1]),
        ),
        variance=SpreadEstimate(
            estimate=sd**2,
            std_error=2.0 * sd * se,
            conf_low=low**2,
            conf_high=high**2,
            wald_low=float(wald[0] ** 2),
            wald_high=float(wald[1] ** 2),
        ),
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
    with threadpool_limits(limits=1, user_api="blas"):
        terms = _terms(np.asarray(x, dtype=float), np.asarray(y, dtype=float), group, f)
        ratio = _best_ratio(terms, reml=reml) if terms.sizes.max() > 1 else 0.0
        stop: MixedLinearStop = ""
        if terms.sizes.max() <= 1:
            stop = "not_identified"
        elif np.isinf(ratio):
            stop, ratio = "no_residual", 0.0
        point = _point(terms, ratio, reml=reml)
        variance = point.rss[0] / _freedom(terms, reml=reml)
        plain = -_deviance(terms, 0.0, reml=reml)[0] / 2
        loglik = -_deviance(terms, ratio, reml=reml)[0] / 2
        errors = _errors(terms, ratio, variance, reml=reml)
        spread = (
            _no_spread(conf_level)
            if stop
            else _spread(terms, ratio, variance, errors, max(2.0 * (loglik - plain), 0.0), conf_level)
        )
    inverse = np.asarray(solve_triangular(terms.triangle, np.eye(len(terms.beta))), dtype=np.float64)
    covariance = variance * inverse @ point.inverse @ inverse.T
    return MixedLinearFit(
        beta=terms.beta + inverse @ point.shift,
        covariance=(covariance + covariance.T) / 2,
        sd_row=float(np.sqrt(variance)),
        sd_row_error=float(np.sqrt(errors[1, 1])),
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
