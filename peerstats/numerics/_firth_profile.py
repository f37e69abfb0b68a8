"""Tests and limits of Firth's estimates by the profile of the penalised likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics._firth import HIGHER, hold_blocks, penalised_climb, starts_around
from peerstats.numerics._student import t_half_width
from peerstats.numerics._threads import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from peerstats.numerics._firth import FirthFit
    from peerstats.numerics._rows import Block, Rows
    from peerstats.typing import Array

__all__ = ["FirthProfile", "profile_firth"]

_ACCURATE = 1e-7  # of a standard error: the last Newton step of a limit, whose error is about its square
_COLLAPSED = 1e-5  # of a standard error: a bracket in which a hill ends
_MOST_HILLS = 6  # looked for by one limit
_MAX_REFITS = 100  # three to six are usual
_FARTHEST = 1e4  # standard errors: a limit beyond is none
# A profile that falls this much slower than the parabola of the standard error may have several hills.
_STRAIGHT = 1.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FirthProfile:
    """Tests and limits by the profile; NaN where a restricted fit has no solution.

    Parameters
    ----------
    statistic : (p,) float array
        Twice the fall of the penalised likelihood at a coefficient of 0.
    conf_low, conf_high : (p,) float array
        Where that is the quantile of chi-square with 1 degree of freedom.
    n_hills : int
        Tests and limits at which the restricted likelihood has several maxima; the highest found counts.
    """

    statistic: Array
    conf_low: Array
    conf_high: Array
    n_hills: int


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
        return fit if fit is not None and fit.converged and self.fall(fit) >= -HIGHER else None

    def fall(self, fit: FirthFit) -> float:
        """Twice the fall of the penalised likelihood from its maximum."""
        return 2.0 * (self.top.point.penalised - fit.point.penalised)

    def highest(self, fit: FirthFit) -> FirthFit:
        """Look for a higher hill at the same value: from around a fit and the maximum."""
        value = float(self.axis @ fit.point.beta)
        best, inverse = fit, self.top.point.inverse
        centres = (fit.point.beta, self.top.point.beta)
        for start in np.vstack([starts_around(centre, inverse) for centre in centres]):
            other = self._from(start, inverse, value)
            if other is not None and other.rises_above(best):
                best = other
        return best

    def statistic(self) -> tuple[float, bool]:
        """Test the combination against 0, by way of nearer values if need be; say if there were hills."""
        near, share = self.top, 1.0
        for _ in range(_MAX_REFITS):
            here = float(self.axis @ near.point.beta)
            fit = self.at(here * (1.0 - share), near)
            if fit is None:
                share /= 2
            elif share == 1.0:
                higher = fit
                if abs(self.centre) > _STRAIGHT * np.sqrt(max(self.fall(fit), 0.0)) * self.std_error:
                    higher = self.highest(fit)
                return max(self.fall(higher), 0.0), higher is not fit
            else:
                near, share = fit, 1.0
        return np.nan, False

    def _follow(self, fit: FirthFit, side: int, width: float, distance: float) -> tuple[float, float]:
        """Return the root of the fall, and Newton's next distance from the estimate."""
        root = float(np.sqrt(max(self.fall(fit), 0.0)))
        slope = -side * fit.multiplier / root if root > 0 else 0.0
        return root, distance + (width - root) / slope if slope > 0 else np.inf

    def limit(self, side: int, width: float) -> tuple[float, bool]:
        """Find where the root of the fall is `width`, by Newton's method within a bracket."""
        centre, se = self.centre, self.std_error
        inside, outside = 0.0, np.inf  # distances from the estimate
        near, distance, n_hills = self.top, width * se, 0
        for _ in range(_MAX_REFITS):
            fit = self.at(centre + side * distance, near)
            if fit is None:
                distance = (inside + distance) / 2
                continue
            root, following = self._follow(fit, side, width, distance)
            settled = abs(following - distance) <= _ACCURATE * se
            if settled and distance <= _STRAIGHT * width * se:
                return centre + side * following, n_hills > 0
            if settled or outside - inside <= _COLLAPSED * se:
                higher = self.highest(fit) if n_hills < _MOST_HILLS else fit
                if higher is fit and (settled or root >= width):
                    return centre + side * (following if settled else distance), n_hills > 0
                if higher is not fit:
                    fit, outside, n_hills = higher, np.inf, n_hills + 1
                    root, following = self._follow(fit, side, width, distance)
            if root < width:
                inside, near = distance, fit
            else:
                outside = distance
            if not inside < following < outside:
                following = 2 * inside if np.isinf(outside) else (inside + outside) / 2
            distance = following
            if distance > _FARTHEST * se:
                break
        return np.nan, n_hills > 0


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
    n_hills = 0
    with one_blas_thread():
        blocks = hold_blocks(rows, shape[1]) or rows
        for j, axis in enumerate(axes):
            profile = _Profile(blocks=blocks, shape=shape, top=top, axis=axis)
            for i, side in enumerate((0, -1, 1)):
                found[i, j], hills = profile.limit(side, width) if side else profile.statistic()
                n_hills += hills
                if advance is not None:
                    advance(1)
    return FirthProfile(statistic=found[0], conf_low=found[1], conf_high=found[2], n_hills=n_hills)
