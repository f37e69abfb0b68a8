"""Limits and tests of one difference, and two one-sided tests of equivalence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerstats.numerics import one_sided_p, t_half_width, two_sided_p

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Equivalence", "GapTest", "satterthwaite", "t_test", "tost"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GapTest:
    """A gap's limits and test under one view of the benchmark.

    Attributes
    ----------
    std_error : float
        Standard error of the difference.
    low, high : float
        Limits of the difference.
    statistic, df, p_value : float
        Two-sided test that the difference is zero; the degrees of freedom are infinite for the normal and
        NaN for an exact test, whose statistic is a count.
    """

    std_error: float
    low: float
    high: float
    statistic: float
    df: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equivalence:
    """Two one-sided tests that a gap lies within a margin.

    Attributes
    ----------
    margin : float
        The margin, in the units of the difference.
    p_value : float
        The larger p of the two.
    verdict : str
        In words: equivalent, different, different but within the margin, or undecided; empty until the family
        of tests is known.
    """

    margin: float
    p_value: float
    verdict: str = ""


def satterthwaite(variances: Sequence[float], dfs: Sequence[float]) -> float:
    """Degrees of freedom of a sum of independent variances; infinite ones are of variances that are known."""
    if not all(df > 0 for df in dfs):
        return math.nan
    below = math.fsum(each**2 / df for each, df in zip(variances, dfs, strict=True))
    return math.fsum(variances) ** 2 / below if below > 0 else math.inf


def t_test(difference: float, std_error: float, df: float, conf_level: float) -> GapTest:
    """Test a difference by its standard error.

    Parameters
    ----------
    difference, std_error, df : float
        The difference, its error and degrees of freedom.
    conf_level : float
        Confidence level of the limits.

    Returns
    -------
    GapTest
        t on df degrees of freedom, or the normal where they are infinite.
    """
    reach = float(t_half_width(conf_level, df)) * std_error if df > 0 else math.nan
    statistic = difference / std_error if std_error > 0 else math.nan
    return GapTest(
        std_error=std_error,
        low=difference - reach,
        high=difference + reach,
        statistic=statistic,
        df=df,
        p_value=float(two_sided_p(statistic, df)),
    )


def tost(difference: float, test: GapTest, margin: float) -> float:
    """Test twice, one-sidedly, that a difference lies within a margin.

    Parameters
    ----------
    difference : float
        The difference.
    test : GapTest
        Its error and degrees of freedom.
    margin : float
        The margin, positive.

    Returns
    -------
    float
        The larger of the two p-values. It is below alpha just where the limits with confidence 1 - 2 alpha
        lie within the margin.

    References
    ----------
    .. [1] Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15(6), 657-680.
    """
    if not test.std_error > 0:
        return math.nan
    above = float(one_sided_p((difference + margin) / test.std_error, test.df))
    below = float(one_sided_p((margin - difference) / test.std_error, test.df))
    return max(above, below)
