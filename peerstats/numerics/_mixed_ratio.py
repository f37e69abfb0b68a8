"""The likelihood of a linear random-intercept model as a function of the ratio of its two variances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

if TYPE_CHECKING:
    from collections.abc import Callable

    from peerstats.typing import Array, IntArray

__all__ = [
    "GroupSums",
    "RatioPoint",
    "at_ratio",
    "best_ratio",
    "freedom",
    "group_sums",
    "profile_limits",
    "ratio_deviance",
    "row_limits",
    "sd_deviance",
    "spread_errors",
]

# Ratios of the two variances where the maximum is looked for first: the intraclass correlation is one in a
# million at the one end, one less that at the other.
_GRID = np.exp(np.arange(-14.0, 14.5, 1.0))
_BISECTIONS = 60  # of an interval of a factor e^2: to the last digit of a double
_ROOT_DIGITS = 1e-9  # relative, of a limit
_FLAT_DIGITS = 1e-8  # of a minimum: the deviance there is good to the square
_MOST_STEPS = 20  # of Newton, which takes 3 to 8; else the root is bracketed
_END = 1e-9  # an intraclass correlation this near to 1 counts as 1
_LEAST_RSS = 1e-14  # relative: below it the rows of groups are fitted exactly


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupSums:
    """What the likelihood needs of the rows: residuals of least squares and orthonormal columns, by group."""

    n: float
    sizes: Array  # (J,)
    columns: Array  # (k, J): sums of the orthonormal columns
    residuals: Array  # (J,): sums of the residuals
    squares: float  # sum of the squared residuals
    beta: Array  # (k,): least squares
    triangle: Array  # (k, k): R of the design


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RatioPoint:
    """What a ratio gives: residual sum of squares and log determinant with two derivatives, coefficients."""

    rss: tuple[float, float, float]
    log_det: tuple[float, float, float]
    shift: Array
    inverse: Array


def group_sums(x: Array, y: Array, group: IntArray, f: Array | None) -> GroupSums:
    """Reduce a (k, n) design, (n,) outcomes, groups and frequencies to sums of groups.

    The design is turned to orthonormal columns and the outcome to its residuals first, which takes out what
    would cancel.
    """
    codes = np.unique(group, return_inverse=True)[1]
    weight = np.ones(len(y)) if f is None else np.asarray(f, dtype=float)
    root = np.sqrt(weight)
    q, triangle = np.linalg.qr((x * root).T)
    part = q.T @ (root * y)
    beta = np.asarray(solve_triangular(triangle, part), dtype=np.float64)
    residual = root * y - q @ part
    return GroupSums(
        n=float(weight.sum()),
        sizes=np.bincount(codes, weight).astype(np.float64),
        columns=np.array([np.bincount(codes, root * column) for column in q.T]),
        residuals=np.bincount(codes, root * residual).astype(np.float64),
        squares=float(residual @ residual),
        beta=beta,
        triangle=triangle,
    )


def at_ratio(terms: GroupSums, ratio: float, *, reml: bool) -> RatioPoint:
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
    return RatioPoint(rss=(rss, slope, curve), log_det=(det[0], det[1], det[2]), shift=shift, inverse=inverse)


def freedom(terms: GroupSums, *, reml: bool) -> float:
    """Return the number of rows, for REML less the number of coefficients."""
    return terms.n - (len(terms.beta) if reml else 0)


def ratio_deviance(terms: GroupSums, ratio: float, *, reml: bool) -> tuple[float, float]:
    """Return minus twice the log-likelihood, the row's variance at its best, and its slope."""
    point = at_ratio(terms, ratio, reml=reml)
    free = freedom(terms, reml=reml)
    value = free * (np.log(2 * np.pi * point.rss[0] / free) + 1.0) + point.log_det[0]
    if reml:
        value += 2.0 * float(np.log(np.abs(np.diag(terms.triangle))).sum())
    return float(value), free * point.rss[1] / point.rss[0] + point.log_det[1]


def best_ratio(terms: GroupSums, *, reml: bool) -> float:
    """Return the ratio of the maximum: the best of a grid and 0, then bisection of the slope."""
    grid = np.append(0.0, _GRID)
    values = [ratio_deviance(terms, float(ratio), reml=reml)[0] for ratio in grid]
    best = int(np.argmin(values))
    slope = ratio_deviance(terms, float(grid[best]), reml=reml)[1]
    if slope >= 0 and best == 0:
        return 0.0
    if slope < 0 and best == len(grid) - 1:
        return np.inf
    low, high = (grid[best], grid[best + 1]) if slope < 0 else (grid[best - 1], grid[best])
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if ratio_deviance(terms, float(middle), reml=reml)[1] < 0:
            low = middle
        else:
            high = middle
    return float((low + high) / 2)


def spread_errors(terms: GroupSums, ratio: float, variance: float, *, reml: bool) -> Array:
    """Return the covariance of the standard deviations of group and row, from the second derivative."""
    free = freedom(terms, reml=reml)
    if ratio == 0.0:
        return np.array([[np.nan, np.nan], [np.nan, variance / (2.0 * free)]])
    point = at_ratio(terms, ratio, reml=reml)
    cross = -point.rss[1] / variance**2
    hessian = np.array([[point.rss[2] / variance + point.log_det[2], cross], [cross, free / variance**2]])
    row = np.sqrt(variance)
    group = row * np.sqrt(ratio)
    turn = np.array([[2 * group / variance, -2 * ratio / row], [0.0, 2 * row]])
    return np.asarray(2.0 * np.linalg.inv(turn.T @ hessian @ turn), dtype=np.float64)


def _newton(slope: Callable[[float], tuple[float, float]], start: float) -> float | None:
    """Return the root of a rising slope that is given with its derivative; None if Newton finds none."""
    at = start
    for _ in range(_MOST_STEPS):
        value, rise = slope(at)
        if rise <= 0:
            return None
        step = min(max(-value / rise, -2.0), 2.0)
        at += step
        if abs(step) <= _FLAT_DIGITS:
            return at
    return None


def sd_deviance(terms: GroupSums, sd: float) -> float:
    """Return minus twice the ML log-likelihood at a standard deviation of the group, the rest at its best."""
    from scipy.optimize import brentq  # noqa: PLC0415  (slow to load, and only this needs it)

    if sd == 0.0:
        return ratio_deviance(terms, 0.0, reml=False)[0]

    def slope(v: float) -> tuple[float, float]:
        e = float(np.exp(-v))
        ratio = sd**2 * e
        point = at_ratio(terms, ratio, reml=False)
        rss, log_det = point.rss, point.log_det
        return (
            terms.n - rss[0] * e - ratio * (rss[1] * e + log_det[1]),
            (rss[0] + 3.0 * ratio * rss[1] + ratio**2 * rss[2]) * e
            + ratio * log_det[1]
            + ratio**2 * log_det[2],
        )

    low = high = float(np.log(terms.squares / terms.n))
    v = _newton(slope, low)
    if v is None:
        while slope(low)[0] > 0:
            low -= 1.0
        while slope(high)[0] < 0:
            high += 1.0
        v = float(brentq(lambda v: slope(v)[0], low, high, xtol=_FLAT_DIGITS)) if low < high else low
    point = at_ratio(terms, float(sd**2 * np.exp(-v)), reml=False)
    return float(terms.n * (np.log(2 * np.pi) + v) + point.rss[0] * np.exp(-v) + point.log_det[0])


def profile_limits(
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


def _row_deviance(terms: GroupSums, sd: float, start: float) -> float:
    """Return minus twice the ML log-likelihood at a standard deviation of the row, the ratio at its best.

    `start` is the log of a ratio to begin with.
    """
    from scipy.optimize import brentq  # noqa: PLC0415  (slow to load, and only limits need it)

    variance = sd**2

    def slope(log_ratio: float) -> tuple[float, float]:
        ratio = float(np.exp(log_ratio))
        point = at_ratio(terms, ratio, reml=False)
        first = ratio * (point.rss[1] / variance + point.log_det[1])
        return first, first + ratio**2 * (point.rss[2] / variance + point.log_det[2])

    ratio = 0.0
    point = at_ratio(terms, 0.0, reml=False)
    if point.rss[1] / variance + point.log_det[1] < 0:
        root = _newton(slope, start)
        if root is None:
            low = high = 0.0
            while slope(low)[0] > 0:
                low -= 2.0
            while slope(high)[0] < 0:
                high += 2.0
            root = float(brentq(lambda u: slope(u)[0], low, high, xtol=_FLAT_DIGITS)) if low < high else low
        ratio = float(np.exp(root))
        point = at_ratio(terms, ratio, reml=False)
    return float(terms.n * np.log(2 * np.pi * variance) + point.rss[0] / variance + point.log_det[0])


def row_limits(terms: GroupSums, z: float) -> tuple[float, float]:
    """Return the profile limits of the row's standard deviation, of the ML likelihood."""
    from scipy.optimize import brentq  # noqa: PLC0415  (slow to load, and only limits need it)

    best = best_ratio(terms, reml=False)
    at = float(np.sqrt(at_ratio(terms, best, reml=False).rss[0] / terms.n))
    least = ratio_deviance(terms, best, reml=False)[0]
    start = float(np.log(max(best, _GRID[0])))

    def over(sd: float) -> float:
        return _row_deviance(terms, sd, start) - least - z * z

    limits = []
    for factor in (1 / 1.5, 1.5):
        outer = factor * at
        while over(outer) < 0:
            outer *= factor
        limits.append(float(brentq(over, min(at, outer), max(at, outer), xtol=_ROOT_DIGITS * at)))
    return limits[0], limits[1]
