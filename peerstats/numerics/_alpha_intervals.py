"""Intervals and tests of Cronbach's alpha from normal theory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, fdtr, fdtri, ndtri

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = [
    "EqualityTest",
    "alpha_std_error",
    "bonett_interval",
    "equal_alphas_test",
    "feldt_interval",
    "wald_equality_test",
]

_NONE = (math.nan, math.nan)


def feldt_interval(alpha: float, n: float, m: int, conf_level: float) -> tuple[float, float]:
    """Compute Feldt's interval of alpha.

    Parameters
    ----------
    alpha : float
        Alpha in the sample.
    n : float
        Respondents.
    m : int
        Items.
    conf_level : float
        Confidence level.

    Returns
    -------
    tuple of float
        1 - (1 - alpha) F, F being the quantiles of the F distribution on n - 1 and (n - 1)(m - 1) degrees
        of freedom; NaN for one item or respondent.

    Notes
    -----
    For normal answers: where answers are skewed it is too narrow, at any n.
    Feldt (1965), Psychometrika 30(3), 357-370; ``alpha.ci`` of R's psych.
    """
    if m < 2 or n < 2 or math.isnan(alpha):  # noqa: PLR2004  (no degrees of freedom)
        return _NONE
    tail = (1 - conf_level) / 2
    df = n - 1, (n - 1) * (m - 1)
    return 1 - (1 - alpha) * float(fdtri(*df, 1 - tail)), 1 - (1 - alpha) * float(fdtri(*df, tail))


def alpha_std_error(alpha: float, n: float, m: int) -> float:
    """Compute the standard error of alpha: (1 - alpha) sqrt(2 m / ((m - 1)(n - 2))).

    Parameters
    ----------
    alpha : float
        Alpha in the sample.
    n : float
        Respondents.
    m : int
        Items.

    Returns
    -------
    float
        The error; NaN for one item or fewer than three respondents.

    Notes
    -----
    Bonett and Wright (2015), Journal of Organizational Behavior 36(1), 3-15: normal answers, parallel items.
    """
    return (1 - alpha) * math.sqrt(2 * m / ((m - 1) * (n - 2))) if m > 1 and n > 2 else math.nan  # noqa: PLR2004


def bonett_interval(alpha: float, n: float, m: int, conf_level: float) -> tuple[float, float]:
    """Compute Bonett's interval of alpha.

    Parameters
    ----------
    alpha : float
        Alpha in the sample.
    n : float
        Respondents.
    m : int
        Items.
    conf_level : float
        Confidence level.

    Returns
    -------
    tuple of float
        1 - exp(ln(1 - alpha) - ln(n / (n - 1)) +- z sqrt(2 m / ((m - 1)(n - 2)))); NaN for one item or fewer
        than three respondents.

    Notes
    -----
    For normal answers: where answers are skewed it is too narrow, at any n.
    Bonett (2002), Journal of Educational and Behavioral Statistics 27(4), 335-340, with the correction
    ln(n / (n - 1)) of Bonett (2010), Psychological Methods 15(4), 368-385; ``meta.ave.cronbach`` of R's
    vcmeta prints it for each study.
    """
    if m < 2 or n <= 2 or not alpha < 1:  # noqa: PLR2004  (no degrees of freedom)
        return _NONE
    half = float(ndtri((1 + conf_level) / 2)) * math.sqrt(2 * m / ((m - 1) * (n - 2)))
    centre = math.log(1 - alpha) - math.log(n / (n - 1))
    return 1 - math.exp(centre + half), 1 - math.exp(centre - half)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EqualityTest:
    """A test that the alphas of groups are equal.

    Attributes
    ----------
    test : str
        Feldt's W, Hakstian-Whalen, or Wald.
    statistic : float
        Its value.
    df, df_denominator : float
        Degrees of freedom: of F for Feldt's W, else of chi-square, with an infinite second.
    p_value : float
        Two-sided p-value.
    """

    test: str
    statistic: float
    df: float
    df_denominator: float
    p_value: float


def equal_alphas_test(alphas: Array, n: Array, m: int) -> EqualityTest:
    """Test that the alphas of independent groups are equal.

    Parameters
    ----------
    alphas : (k,) array
        Alpha of each group; each is below 1.
    n : (k,) array
        Respondents of each group, more than one.
    m : int
        Items.

    Returns
    -------
    EqualityTest
        Feldt's W for two groups, Hakstian and Whalen's chi-square for more.

    Notes
    -----
    W = (1 - alpha_1) / (1 - alpha_2) on n_1 - 1 and n_2 - 1 degrees of freedom of F (Feldt 1969,
    Psychometrika 34(3), 363-373). For k groups, with t = (1 - alpha)^(1/3) and
    v = 18 m (n - 1) (1 - alpha)^(2/3) / ((m - 1) (9 n - 11)^2), the chi-square is the sum of
    (t - mean)^2 / v about the mean weighted by 1 / v, on k - 1 degrees of freedom (Hakstian and Whalen 1976,
    Psychometrika 41(2), 219-231); v is ``escalc(measure = "AHW")`` of R's metafor.
    """
    if len(alphas) == 2:  # noqa: PLR2004  (Feldt's test is of two)
        w = float((1 - alphas[0]) / (1 - alphas[1]))
        df = float(n[0] - 1), float(n[1] - 1)
        below = float(fdtr(*df, w))
        return EqualityTest(
            test="Feldt's W", statistic=w, df=df[0], df_denominator=df[1], p_value=2 * min(below, 1 - below)
        )
    t = np.cbrt(1 - alphas)
    precision = (m - 1) * (9 * n - 11) ** 2 / (18 * m * (n - 1) * t**2)
    mean = precision @ t / precision.sum()
    statistic = float(precision @ (t - mean) ** 2)
    return _chi_square("Hakstian-Whalen", statistic, len(alphas) - 1)


def wald_equality_test(values: Array, covariance: Array) -> EqualityTest:
    """Test that k estimates are equal, given their covariance.

    Parameters
    ----------
    values : (k,) array
        Estimates, such as ln(1 - alpha).
    covariance : (k, k) array
        Their covariance, from replicates.

    Returns
    -------
    EqualityTest
        Chi-square on k - 1 degrees of freedom.
    """
    contrast = np.eye(len(values))[1:] - np.eye(len(values))[0]
    gaps = contrast @ values
    statistic = float(gaps @ np.linalg.solve(contrast @ covariance @ contrast.T, gaps))
    return _chi_square("Wald", statistic, len(gaps))


def _chi_square(test: str, statistic: float, df: int) -> EqualityTest:
    p_value = float(chdtrc(df, statistic))
    return EqualityTest(test=test, statistic=statistic, df=df, df_denominator=math.inf, p_value=p_value)
