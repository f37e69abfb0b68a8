"""Intraclass correlations from a two-way table, and limits of agreement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc, fdtri, ndtri, stdtrit

if TYPE_CHECKING:
    from peerstats.typing import Array

__all__ = ["ICC_FORMS", "AgreementLimits", "IntraclassCorrelations", "agreement_limits", "intraclass"]

# McGraw and Wong's name and Shrout and Fleiss's, in the order of the results.
ICC_FORMS = (
    ("ICC(A,1)", "ICC(2,1)"),
    ("ICC(C,1)", "ICC(3,1)"),
    ("ICC(1)", "ICC(1,1)"),
    ("ICC(A,k)", "ICC(2,k)"),
    ("ICC(C,k)", "ICC(3,k)"),
    ("ICC(k)", "ICC(1,k)"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IntraclassCorrelations:
    """The six forms, in the order of `ICC_FORMS`, and the mean squares they are made of.

    Attributes
    ----------
    estimate, low, high : (6,) array
        Estimates and confidence limits.
    statistic, df_numerator, df_denominator, p_value : (6,) array
        F test of no differences between subjects.
    ms_subjects, ms_times, ms_residual, ms_within : float
        Mean squares between subjects, between times, of the residual, and within subjects.
    """

    estimate: Array
    low: Array
    high: Array
    statistic: Array
    df_numerator: Array
    df_denominator: Array
    p_value: Array
    ms_subjects: float
    ms_times: float
    ms_residual: float
    ms_within: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AgreementLimits:
    """Mean difference and limits of agreement, each with its interval.

    Attributes
    ----------
    estimate, std_error, low, high : (3,) array
        Mean difference, lower limit, upper limit.
    sd : float
        Standard deviation of the differences.
    """

    estimate: Array
    std_error: Array
    low: Array
    high: Array
    sd: float


def _mean_squares(scores: Array) -> tuple[float, float, float, float]:
    n, k = scores.shape
    # the grand mean is taken out first: a common level must not cost digits
    x = scores - scores.mean()
    rows, columns = x.mean(axis=1), x.mean(axis=0)
    between = float(k * np.sum((rows - rows.mean()) ** 2))
    times = float(n * np.sum((columns - columns.mean()) ** 2))
    residual = float(np.sum((x - rows[:, None] - columns[None, :] + x.mean()) ** 2))
    within = float(np.sum((x - rows[:, None]) ** 2))
    return between / (n - 1), times / (k - 1), residual / ((n - 1) * (k - 1)), within / (n * (k - 1))


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else np.nan


def _finite(share: float) -> float:
    return float(share) if np.isfinite(share) else 0.0


def _by_f(between: float, error: float, k: int, dfs: tuple[float, float], tail: float) -> tuple[float, ...]:
    """Return ICC, low and high of one rating and of the mean of k, for an exact F ratio."""
    df1, df2 = dfs
    least, most = between / fdtri(df1, df2, 1 - tail), between * fdtri(df2, df1, 1 - tail)
    single = [_ratio(b - error, b + (k - 1) * error) for b in (between, least, most)]
    average = [_ratio(b - error, b) for b in (between, least, most)]
    return (*single, *average)


def _agreement(ms: tuple[float, float, float], n: int, k: int, tail: float) -> tuple[float, ...]:
    """Return ICC(A,1) with its limits and ICC(A,k) with its limits."""
    b, t, e = ms
    icc = _ratio(b - e, b + (k - 1) * e + k * (t - e) / n)
    # Satterthwaite's degrees of freedom, multiplied through by e squared so that e may be 0
    own = n * (1 + (k - 1) * icc) - k * icc
    bottom = (n - 1) * (k * icc * t) ** 2 + (own * e) ** 2
    v = (k - 1) * (n - 1) * (k * icc * t + own * e) ** 2 / bottom if bottom else float((k - 1) * (n - 1))
    # a negative correlation can bring v near 0, where one quantile is past the largest number
    least, most = (_finite(x) * b for x in (1 / fdtri(n - 1, v, 1 - tail), fdtri(v, n - 1, 1 - tail)))
    shared = k * t + (k * n - k - n) * e
    low = _ratio(n * (least - e), shared + n * least)
    high = _ratio(n * (most - e), shared + n * most)
    average = _ratio(b - e, b + (t - e) / n)
    return icc, low, high, average, *(_ratio(k * x, 1 + (k - 1) * x) for x in (low, high))


def intraclass(scores: Array, conf_level: float) -> IntraclassCorrelations:
    """Estimate the six intraclass correlations.

    Parameters
    ----------
    scores : (n, k) array
        One row a subject, one column a time or rater; no value is missing, n and k are at least 2.
    conf_level : float
        Confidence level.

    Returns
    -------
    IntraclassCorrelations
        Estimates, intervals and F tests; NaN where there is no variance at all.

    Notes
    -----
    McGraw and Wong (1996), Psychological Methods 1(1), 30-46, tables 4 and 7; R's
    ``psych::ICC(lmer = FALSE)``. The intervals of the agreement forms are Satterthwaite's, the others exact
    under normality.
    """
    n, k = scores.shape
    b, t, e, w = _mean_squares(scores)
    tail = (1 - conf_level) / 2
    two_way, one_way = (n - 1.0, (n - 1.0) * (k - 1)), (n - 1.0, n * (k - 1.0))
    first = _agreement((b, t, e), n, k, tail)
    second = _by_f(b, e, k, two_way, tail)
    third = _by_f(b, w, k, one_way, tail)
    numbers = np.array([part[at : at + 3] for at in (0, 3) for part in (first, second, third)])
    df1 = np.full(6, n - 1.0)
    df2 = np.array([two_way[1], two_way[1], one_way[1]] * 2)
    error = np.array([e, e, w] * 2)
    f = np.divide(b, error, out=np.full(6, np.inf if b else np.nan), where=error > 0)
    return IntraclassCorrelations(
        estimate=numbers[:, 0],
        low=numbers[:, 1],
        high=numbers[:, 2],
        statistic=f,
        df_numerator=df1,
        df_denominator=df2,
        p_value=np.where(np.isinf(f), 0.0, fdtrc(df1, df2, f)),
        ms_subjects=b,
        ms_times=t,
        ms_residual=e,
        ms_within=w,
    )


def agreement_limits(differences: Array, coverage: float, conf_level: float) -> AgreementLimits:
    """Estimate Bland and Altman's limits of agreement.

    Parameters
    ----------
    differences : (n,) array
        One difference a subject, n at least 2.
    coverage : float
        Share of the differences that the limits are to hold, 0.95 for 1.96 standard deviations.
    conf_level : float
        Confidence level of the intervals.

    Returns
    -------
    AgreementLimits
        Mean difference, lower and upper limit.

    Notes
    -----
    Limits: mean -/+ z SD. Standard errors: SD / sqrt(n) of the mean, SD sqrt(1/n + z^2 / (2 (n - 1))) of a
    limit; intervals by t on n - 1 degrees of freedom (Bland and Altman 1999, Statistical Methods in Medical
    Research 8, 135-160, section 2.2).
    """
    n = len(differences)
    mean, sd = float(differences.mean()), float(differences.std(ddof=1))
    z = float(ndtri((1 + coverage) / 2))
    estimate = mean + z * sd * np.array([0.0, -1.0, 1.0])
    of_limit = sd * np.sqrt(1 / n + z**2 / (2 * (n - 1)))
    std_error = np.array([sd / np.sqrt(n), of_limit, of_limit])
    reach = stdtrit(n - 1, (1 + conf_level) / 2) * std_error
    return AgreementLimits(
        estimate=estimate, std_error=std_error, low=estimate - reach, high=estimate + reach, sd=sd
    )
