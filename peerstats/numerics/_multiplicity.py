"""P-values and limits of several tests at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, fdtrc, ndtri

from peerstats.numerics._student import t_half_width, two_sided_p

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["ADJUSTMENTS", "MaxT", "adjusted_p", "sidak_level"]

ADJUSTMENTS = ("none", "holm", "bh", "sidak", "single-step")

_NUMBERS = 2**18  # points times tests: some tenths of a second for all p-values of 20 tests
_MOST_POINTS, _FEWEST_POINTS = 16, 12  # as powers of 2
_SEED = 20_240_117  # of the scrambling, so that the same contrasts have the same p-values
_RANK = 1e-10  # of the largest eigenvalue: smaller ones are rounding


def adjusted_p(p_value: Array, kind: str) -> Array:
    """Adjust p-values that stand alone.

    Parameters
    ----------
    p_value : (m,) float array
        The p-values of one family; NaN where there is no test, which does not count.
    kind : {"none", "holm", "bh", "sidak"}
        Holm's step-down and Sidak's bound the chance of any false finding, Benjamini and Hochberg's the
        expected share of false ones among the findings.

    Returns
    -------
    (m,) float array
        Adjusted p-values.

    Notes
    -----
    R ``p.adjust``. Sidak's 1 - (1 - p)^m is exact for independent tests and, for two-sided normal ones,
    never too small.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import adjusted_p
    >>> adjusted_p(np.array([0.01, 0.04, 0.03]), "holm")
    array([0.03, 0.06, 0.06])
    """
    out = np.full(len(p_value), np.nan)
    tested = np.flatnonzero(~np.isnan(p_value))
    m = len(tested)
    if not m:
        return out
    order = tested[np.argsort(p_value[tested], kind="stable")]
    p = p_value[order]
    if kind == "holm":
        p = np.maximum.accumulate((m - np.arange(m)) * p)
    elif kind == "bh":
        p = np.minimum.accumulate((m / np.arange(1, m + 1) * p)[::-1])[::-1]
    elif kind == "sidak":
        with np.errstate(divide="ignore"):  # of a p-value of 1
            p = -np.expm1(m * np.log1p(-np.minimum(p, 1.0)))
    out[order] = np.minimum(p, 1.0)
    return out


def sidak_level(conf_level: float, m: int) -> float:
    """Return the level of each of m intervals that together have a confidence level."""
    return float(conf_level ** (1.0 / m))


class MaxT:
    """The distribution of the largest of several correlated t statistics, in absolute value.

    Parameters
    ----------
    correlation : (m, m) float array
        Correlation of the statistics; it may be singular.
    df : float
        Degrees of freedom; infinite for the normal.

    Notes
    -----
    Given a direction of the normal vector behind them, the statistics grow with its length alone, whose
    square over the degrees of freedom has an F distribution (chi-square for the normal). The mean is over
    scrambled Sobol directions with a fixed seed, corrected by that of the number of statistics that exceed,
    whose expectation is known (a control variate); it is within 1e-3 of the truth, and within 1e-4 where the
    chance is below .1. R ``multcomp`` and ``emmeans(adjust = "mvt")``.

    Examples
    --------
    >>> import numpy as np
    >>> from peerstats.numerics import MaxT
    >>> round(MaxT(np.eye(3), np.inf).half_width(0.95), 2)  # Sidak's, as they are independent
    2.39
    """

    def __init__(self, correlation: Array, df: float) -> None:
        from scipy.stats import qmc  # noqa: PLC0415  (slow to load, and only this needs it)

        values, vectors = np.linalg.eigh(correlation)
        kept = values > _RANK * values.max()
        root = vectors[:, kept] * np.sqrt(values[kept])
        self.rank = int(kept.sum())
        self.df = df
        # the seed by position: its name differs between releases of scipy
        sobol = qmc.Sobol(self.rank, scramble=True, seed=np.random.default_rng(_SEED))
        size = int(np.log2(_NUMBERS / len(correlation)))
        points = sobol.random_base2(max(min(size, _MOST_POINTS), _FEWEST_POINTS))
        normal = ndtri(np.clip(points, 1e-12, 1 - 1e-12))
        normal /= np.linalg.norm(normal, axis=1)[:, None]
        self.reach = np.abs(root @ normal.T)

    def tail(self, statistic: float) -> float:
        """Return the chance that the largest exceeds a number."""
        if statistic <= 0:
            return 1.0
        with np.errstate(divide="ignore"):
            length = (statistic / self.reach) ** 2
        if np.isinf(self.df):
            each = chdtrc(self.rank, length)
        else:
            each = fdtrc(self.rank, self.df, length / self.rank)
        largest, number = each.max(axis=0), each.sum(axis=0)
        spread = float(number.var())
        slope = (
            float(np.mean((largest - largest.mean()) * (number - number.mean()))) / spread if spread else 0.0
        )
        expected = len(each) * float(two_sided_p(statistic, self.df))
        return float(np.clip(largest.mean() - slope * (number.mean() - expected), 0.0, 1.0))

    def half_width(self, conf_level: float) -> float:
        """Return how many standard errors intervals reach that together have a confidence level."""
        from scipy.optimize import brentq  # noqa: PLC0415  (slow to load)

        low = float(t_half_width(conf_level, self.df))
        high = low
        while self.tail(high) > 1 - conf_level:
            high *= 1.5
        if high == low:
            return low
        return float(brentq(lambda c: self.tail(c) - (1 - conf_level), low, high, xtol=1e-7))
