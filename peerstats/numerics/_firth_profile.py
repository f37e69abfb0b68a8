"""Tests and limits of Firth's estimates by the profile of the penalised likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._firth import hold_blocks, penalised_climb
from peerstats.numerics._student import t_half_width
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peerstats.numerics._firth import FirthFit
    from peerstats.numerics._rows import Block, Rows
    from peerstats.typing import Array

__all__ = ["FirthProfile", "profile_firth"]

_ACCURATE = 1e-7  # of a standard error: the last Newton step of a limit, whose error is about its square
_MAX_REFITS = 60  # three to six are usual
_FARTHEST = 1e4  # standard errors: a limit beyond is none
_HIGHER = 1e-6  # of log-likelihood: a restricted fit that lies this much above another is another hill
# A profile that falls this much slower than the parabola of the standard error may have several hills.
_STRAIGHT = 1.1
_STRIDE = 2.0  # standard errors from which other hills are looked for ...
_AXES = 8  # ... along the widest axes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FirthProfile:
    """Tests and limits by the profile; NaN where a restricted fit has no solution.

    Parameters
    ----------
    statistic : (p,) float array
        Twice the fall of the penalised likelihood at a coefficient of 0.
    conf_low, conf_high : (p,) float array
        Where that is the quantile of chi-square with 1 degree of freedom.
    """

    statistic: Array
    conf_low: Array
    conf_high: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Profile:
    """The profile of one combination of the coefficients.

    Parameters
    ----------
    blocks : list of Block, or Rows
        The rows.
    shape : tuple of int
        J-1 and k.
    top : FirthFit
        The fit whose profile it is.
    axis : (p,) float array
        The combination.
    """

    blocks: Sequence[Block] | Rows
    shape: tuple[int, int]
    top: FirthFit
    axis: Array

    @property
    def centre(self) -> float:
        """The estimate."""
        return float(self.axis @ self.top.point.beta)

    @property
    def std_error(self) -> float:
        """Its standard error."""
        return float(np.sqrt(self.axis @ self.top.point.inverse @ self.axis))

    def at(self, value: float, near: FirthFit) -> FirthFit | None:
        """Maximise where the combination has this value, from a fit at another value."""
        return self._from(near.point.beta, near.point.inverse, value)

    def _from(self, beta: Array, inverse: Array, value: float) -> FirthFit | None:
        across = inverse @ self.axis
        missing = value - float(self.axis @ beta)
        start = beta + missing / float(self.axis @ across) * across
        fit = penalised_climb(self.blocks, start, self.shape, self.axis)
        return fit if fit is not None and fit.converged and self.fall(fit) >= -_HIGHER else None

    def fall(self, fit: FirthFit) -> float:
        """Twice the fall of the penalised likelihood from its maximum."""
        return 2.0 * (self.top.point.penalised - fit.point.penalised)

    def highest(self, fit: FirthFit) -> FirthFit:
        """Look for a higher hill at the same value: from each main axis of the ellipsoid about a fit."""
        value = float(self.axis @ fit.point.beta)
        best = fit
        inverse = self.top.point.inverse
        spread, turn = np.linalg.eigh(inverse)
        moves = (_STRIDE * np.sqrt(np.maximum(spread, 0.0)) * turn)[:, -_AXES:]
        for base in (fit.point.beta, self.top.point.beta):
            for move in np.hstack([moves, -moves]).T:
                other = self._from(base + move, inverse, value)
                if other is not None and other.point.penalised > best.point.penalised + _HIGHER:
                    best = other
        return best

    def statistic(self) -> float:
        """Test the combination against 0, by way of nearer values if need be."""
        near, share = self.top, 1.0
        for _ in range(_MAX_REFITS):
            here = float(self.axis @ near.point.beta)
            fit = self.at(here * (1.0 - share), near)
            if fit is None:
                share /= 2
            elif share == 1.0:
                fall = self.fall(fit)
                if abs(self.centre) > _STRAIGHT * np.sqrt(max(fall, 0.0)) * self.std_error:
                    fall = self.fall(self.highest(fit))
                return max(fall, 0.0)
            else:
                near, share = fit, 1.0
        return np.nan

    def limit(self, side: int, width: float) -> float:
        """Find where the root of the fall is `width`: Newton's method on the root, within a bracket."""
        centre, se = self.centre, self.std_error
        inside, outside = 0.0, np.inf  # distances from the estimate
        near, distance = self.top, width * se
        for _ in range(_MAX_REFITS):
            fit = self.at(centre + side * distance, near)
            if fit is None:
                distance = (inside + distance) / 2
                continue
            root = float(np.sqrt(max(self.fall(fit), 0.0)))
            following = _follow(fit, side, root, width, distance)
            if abs(following - distance) <= _ACCURATE * se:
                if distance <= _STRAIGHT * width * se:
                    return centre + side * following
                higher = self.highest(fit)
                if higher is fit:
                    return centre + side * following
                fit, outside = higher, np.inf
                root = float(np.sqrt(max(self.fall(fit), 0.0)))
                following = _follow(fit, side, root, width, distance)
            if root < width:
                inside = distance
            else:
                outside = distance
            near = fit
            if not inside < following < outside:
                following = 2 * inside if np.isinf(outside) else (inside + outside) / 2
            distance = following
            if distance > _FARTHEST * se:
                break
        return np.nan


def _follow(fit: FirthFit, side: int, root: float, width: float, distance: float) -> float:
    """Return Newton's next distance from the estimate."""
    slope = -side * fit.multiplier / root if root > 0 else 0.0
    return distance + (width - root) / slope if slope > 0 else np.inf


def profile_firth(
    rows: Rows,
    shape: tuple[int, int],
    top: FirthFit,
    conf_level: float,
    *,
    axes: Array | None = None,
    advance: Callable[[float], None] | None = None,
) -> FirthProfile:
    """Test each coefficient and find its limits by the profile of the penalised likelihood.

    Parameters
    ----------
    rows : Rows
        Source of blocks; weights are frequencies.
    shape : tuple of int
        J-1 and k.
    top : FirthFit
        The fit.
    conf_level : float
        Level of the limits, a fraction.
    axes : (p, p) float array, optional
        One combination a row, in place of the coefficients themselves.
    advance : callable, optional
        Called with 1 after each of the 3 p tests and limits.

    Returns
    -------
    FirthProfile
        One value per coefficient.

    Notes
    -----
    One coefficient is held, and the others maximise the penalised likelihood; the penalty is that of the
    whole information, as in R `logistf` (Heinze and Schemper 2002). The slope of the profile is that of the
    penalised likelihood along the held coefficient, so that a limit takes three to six refits.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import ArrayRows, fit_firth, profile_firth
    >>> rows = ArrayRows(x=np.ones((1, 4)), y=np.array([1, 1, 1, 1]))
    >>> profile_firth(rows, (1, 1), fit_firth(rows, 2, 1), 0.95).conf_low.round(3)
    array([-0.04])
    """
    p = shape[0] * shape[1]
    axes = np.eye(p) if axes is None else axes
    width = float(t_half_width(conf_level, np.inf))
    found = np.full((3, p), np.nan)
    with one_blas_thread():
        blocks = hold_blocks(rows, shape[1]) or rows
        for j, axis in enumerate(axes):
            profile = _Profile(blocks=blocks, shape=shape, top=top, axis=axis)
            for i, side in enumerate((0, -1, 1)):
                found[i, j] = profile.limit(side, width) if side else profile.statistic()
                if advance is not None:
                    advance(1)
    return FirthProfile(statistic=found[0], conf_low=found[1], conf_high=found[2])
