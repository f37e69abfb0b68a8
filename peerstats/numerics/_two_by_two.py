"""Two shares from counts, and what they make of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, ndtri

from peerstats.numerics._binomial import wilson_limits
from peerstats.numerics._rao_scott import IndependenceTest, pearson_test

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["TwoByTwo", "fisher_p", "two_by_two"]

_TIES = 1 + 1e-7  # R's relErr: outcomes as likely as the observed one but for rounding count with it


def _as_likely(log_mass: Array, at: int) -> float:
    """Add the probabilities of the outcomes that are no more likely than the observed one."""
    mass = np.exp(log_mass - log_mass.max())
    return float(min(1.0, mass[mass <= mass[at] * _TIES].sum() / mass.sum()))


def fisher_p(hits: int, n: int, other_hits: int, other_n: int) -> float:
    """Compute the p-value of Fisher's exact test of two shares.

    Parameters
    ----------
    hits, n, other_hits, other_n : int
        How many have the property, of how many, in each sample.

    Returns
    -------
    float
        Probability, given the margins, of all tables no more likely than the observed one.

    Notes
    -----
    R's ``fisher.test``.

    Examples
    --------
    >>> from peerstats.numerics import fisher_p
    >>> round(fisher_p(3, 4, 1, 4), 6)
    0.485714
    """
    total = hits + other_hits
    low = max(0, total - other_n)
    k = np.arange(low, min(n, total) + 1.0)
    counts = (k, n - k, total - k, other_n - total + k)
    log_mass: Array = -sum(gammaln(each + 1) for each in counts)
    return _as_likely(log_mass, hits - low)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoByTwo:
    """Two shares and what they make of each other.

    Attributes
    ----------
    shares : (float, float)
        The two shares.
    difference, relative_risk, odds_ratio : (float, float, float)
        First less second, first over second, and the ratio of the odds, each with its limits; NaN limits of
        a ratio where a cell that it divides by, or takes the logarithm of, is empty.
    difference_std_error, log_relative_risk_std_error, log_odds_ratio_std_error : float
        Unpooled error of the difference, and errors of the logarithms of the ratios.
    chi_square : IndependenceTest
        Pearson's, without continuity correction; NaN where everybody or nobody has the property.
    fisher_p : float
        Of Fisher's exact test.
    """

    shares: tuple[float, float]
    difference: tuple[float, float, float]
    relative_risk: tuple[float, float, float]
    odds_ratio: tuple[float, float, float]
    difference_std_error: float
    log_relative_risk_std_error: float
    log_odds_ratio_std_error: float
    chi_square: IndependenceTest
    fisher_p: float


def _on_log(ratio: float, variance: float, z: float) -> tuple[tuple[float, float, float], float]:
    """Return a ratio with limits on the log scale, and the error of its logarithm."""
    if not (0 < ratio < np.inf and np.isfinite(variance)):
        return (ratio, np.nan, np.nan), np.nan
    error = float(np.sqrt(variance))
    return (ratio, float(ratio * np.exp(-z * error)), float(ratio * np.exp(z * error))), error


def two_by_two(hits: int, n: int, other_hits: int, other_n: int, *, conf_level: float) -> TwoByTwo:
    """Compare two independent shares.

    Parameters
    ----------
    hits, n, other_hits, other_n : int
        How many have the property, of how many, in each sample.
    conf_level : float
        Confidence level of the limits.

    Returns
    -------
    TwoByTwo
        Difference with Newcombe's limits, ratios with limits on the log scale, and tests.

    Notes
    -----
    Newcombe's limits (his method 10) of p1 - p2 put Wilson's limits l and u of each share together:
    d - sqrt((p1 - l1)^2 + (u2 - p2)^2) and d + sqrt((u1 - p1)^2 + (p2 - l2)^2). Var(ln OR) is the sum of the
    four cells' inverses (Woolf), Var(ln RR) = 1 / x1 - 1 / n1 + 1 / x2 - 1 / n2 (Katz).

    References
    ----------
    .. [1] Newcombe (1998), Statistics in Medicine 17(8), 873-890.
    .. [2] Woolf (1955), Annals of Human Genetics 19(4), 251-253.
    .. [3] Katz, Baptista, Azen and Pike (1978), Biometrics 34(3), 469-474.

    Examples
    --------
    >>> from peerstats.numerics import two_by_two
    >>> both = two_by_two(325, 448, 175, 279, conf_level=0.95)
    >>> round(both.chi_square.statistic, 2), round(both.odds_ratio[0], 3)
    (7.72, 1.57)
    """
    z = float(ndtri((1 + conf_level) / 2))
    p, q = hits / n, other_hits / other_n
    cells = np.array([[hits, n - hits], [other_hits, other_n - other_hits]], dtype=float)
    (low, high), (other_low, other_high) = (
        wilson_limits(x, size, conf_level) for x, size in ((hits, n), (other_hits, other_n))
    )
    d = p - q
    newcombe = (d - np.hypot(p - low, other_high - q), d + np.hypot(high - p, q - other_low))
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1 / cells
        odds = float(cells[0, 0] * cells[1, 1] / (cells[0, 1] * cells[1, 0]))
        risk = float(np.float64(p) / q)
        of_odds = float(inverse.sum())
        of_risk = float(inverse[0, 0] - 1 / n + inverse[1, 0] - 1 / other_n)
    odds_ratio, odds_error = _on_log(odds, of_odds, z)
    relative_risk, risk_error = _on_log(risk, of_risk, z)
    alike = not cells.sum(axis=0).all()
    none = IndependenceTest(statistic=np.nan, df_numerator=1.0, df_denominator=np.inf, p_value=np.nan)
    return TwoByTwo(
        shares=(p, q),
        difference=(d, float(newcombe[0]), float(newcombe[1])),
        relative_risk=relative_risk,
        odds_ratio=odds_ratio,
        difference_std_error=float(np.sqrt(p * (1 - p) / n + q * (1 - q) / other_n)),
        log_relative_risk_std_error=risk_error,
        log_odds_ratio_std_error=odds_error,
        chi_square=none if alike else pearson_test(cells),
        fisher_p=fisher_p(hits, n, other_hits, other_n),
    )
