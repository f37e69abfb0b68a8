"""The gap between an estimate and a benchmark, both with their errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peerstats.numerics import t_half_width, two_sided_p

if TYPE_CHECKING:
    from peerstats.norms import Benchmark
    from peerstats.numerics import MeanEstimate

__all__ = ["Gap", "gap"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gap:
    """One group beside one benchmark.

    Attributes
    ----------
    group : str
        The group of respondents.
    benchmark : Benchmark
        What it is compared with.
    sample : MeanEstimate
        The group's mean and its error.
    n_missing : int
        Rows of the group without a value.
    difference, difference_std_error, difference_low, difference_high : float
        Sample minus benchmark, in the benchmark's unit.
    ratio, ratio_low, ratio_high : float
        Sample over benchmark; NaN unless both are positive.
    statistic, df, p_value : float
        Two-sided t test that the difference is zero.
    """

    group: str
    benchmark: Benchmark
    sample: MeanEstimate
    n_missing: int
    difference: float
    difference_std_error: float
    difference_low: float
    difference_high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    statistic: float
    df: float
    p_value: float


def _satterthwaite(sample: MeanEstimate, error: float, benchmark_df: float) -> float:
    """Degrees of freedom of a sum of two variances, of which the benchmark's may count as known."""
    own, other = sample.std_error**2, error**2
    below = own**2 / sample.df + (other**2 / benchmark_df if math.isfinite(benchmark_df) else 0.0)
    return (own + other) ** 2 / below if below > 0 else math.inf


def gap(
    sample: MeanEstimate,
    benchmark: Benchmark,
    *,
    group: str,
    n_missing: int,
    include_error: bool,
    conf_level: float,
) -> Gap:
    """Compare one mean with one benchmark.

    Parameters
    ----------
    sample : MeanEstimate
        The group's mean.
    benchmark : Benchmark
        The benchmark.
    group : str
        The group's name.
    n_missing : int
        Rows of the group without a value.
    include_error : bool
        Whether the benchmark's own standard error counts.
    conf_level : float
        Confidence level of the limits.

    Returns
    -------
    Gap
        Difference, ratio, limits and test.
    """
    # None: no error is published, the benchmark is taken as fixed
    error = (benchmark.std_error or 0.0) if include_error else 0.0
    benchmark_df = benchmark.n - 1.0 if benchmark.n is not None else math.inf
    difference = sample.mean - benchmark.value
    std_error = math.hypot(sample.std_error, error)
    df = _satterthwaite(sample, error, benchmark_df) if sample.std_error >= 0 else math.nan
    quantile = float(t_half_width(conf_level, df))
    statistic = difference / std_error if std_error > 0 else math.nan
    ratio = low = high = math.nan
    if sample.mean > 0 and benchmark.value > 0:
        ratio = sample.mean / benchmark.value
        on_log = quantile * math.hypot(sample.std_error / sample.mean, error / benchmark.value)
        low, high = ratio * math.exp(-on_log), ratio * math.exp(on_log)
    return Gap(
        group=group,
        benchmark=benchmark,
        sample=sample,
        n_missing=n_missing,
        difference=difference,
        difference_std_error=std_error,
        difference_low=difference - quantile * std_error,
        difference_high=difference + quantile * std_error,
        ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        statistic=statistic,
        df=df,
        p_value=float(two_sided_p(statistic, df)),
    )
