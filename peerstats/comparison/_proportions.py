"""Proportions beside benchmarks."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from peerstats.comparison._gap import Gap
from peerstats.comparison._gap_test import Equivalence, satterthwaite, t_test, tost
from peerstats.comparison._limits import gap_limits, ratio_limits
from peerstats.comparison._people import design_estimate
from peerstats.estimates.parts import share_limits
from peerstats.numerics import MeanEstimate, at_most, binomial_p, exact_limits, t_half_width, wilson_limits

if TYPE_CHECKING:
    from peerstats.comparison._asked import Asked
    from peerstats.comparison._people import People
    from peerstats.estimates.parts import Linear
    from peerstats.norms import Benchmark

__all__ = ["counted_share", "design_limits", "proportion_gaps", "share_gap", "share_interval"]


def share_interval(hits: float, n: float, interval: str, conf_level: float) -> tuple[float, float]:
    """Return Wilson's or Clopper and Pearson's limits of a counted share."""
    limits = exact_limits if interval == "exact" else wilson_limits
    return limits(hits, n, conf_level)


def counted_share(hits: float, n: int) -> MeanEstimate:
    """Return a share of independent respondents with the error sqrt(p (1 - p) / n)."""
    share = hits / n
    error = math.sqrt(share * (1 - share) / n)
    return MeanEstimate(n=n, mean=share, sd=math.nan, std_error=error, df=math.inf)


def design_limits(linear: Linear, g: int, q: int, interval: str, conf_level: float) -> tuple[float, float]:
    """Return limits of a share by the design."""
    at = (slice(g, g + 1), slice(q, q + 1))
    low, high = share_limits(
        linear.estimate[at],
        linear.std_error[at],
        linear.df[at],
        n=linear.n[at].astype(float),
        design_effect=linear.design_effect[at],
        interval=interval,
        conf_level=conf_level,
    )
    return float(low[0, 0]), float(high[0, 0])


def share_gap(
    sample: MeanEstimate,
    limits: tuple[float, float],
    benchmark: Benchmark,
    asked: Asked,
    *,
    hits: float | None,
    group: str = "all",
    n_missing: int = 0,
) -> Gap:
    """Compare one share with one benchmark.

    Parameters
    ----------
    sample : MeanEstimate
        The share and its error.
    limits : (float, float)
        Its limits.
    benchmark : Benchmark
        A benchmark of a proportion.
    asked : Asked
        How they are compared.
    hits : float or None
        How many have the property, where they can be counted: the test that takes the benchmark as fixed is
        then exact.
    group : str
        The group's name.
    n_missing : int
        Its rows without a value.

    Returns
    -------
    Gap
        Difference, ratio, limits and tests.
    """
    error, value = benchmark.std_error or 0.0, benchmark.value
    difference, spread = sample.mean - value, sample.std_error
    if hits is not None and not 0 < sample.mean < 1:
        # a share of nobody or everybody has no variance of its own
        spread = math.sqrt(value * (1 - value) / sample.n)
    df = sample.df
    if math.isfinite(df) and error > 0:
        benchmark_df = benchmark.n - 1.0 if benchmark.n is not None else math.inf
        df = satterthwaite([sample.std_error**2, error**2], [df, benchmark_df])
    reach = float(t_half_width(asked.conf_level, df)) * error
    with_error = t_test(difference, math.hypot(spread, error), df, asked.conf_level)
    low, high = gap_limits(sample.mean, limits, value, reach)
    with_error = replace(with_error, low=low, high=high)
    fixed = t_test(difference, spread, sample.df, asked.conf_level)
    fixed = replace(fixed, low=limits[0] - value, high=limits[1] - value)
    margin, goes_by = asked.margin_at(value), asked.include_error and error > 0
    within = math.nan
    if margin is not None:
        within = tost(difference, with_error if goes_by else fixed, margin)
    test = "z" if math.isinf(df) else "t"
    if hits is not None:
        fixed = replace(fixed, statistic=hits, df=math.nan, p_value=binomial_p(hits, sample.n, value))
        if not goes_by:
            test = "exact binomial"
            within = math.nan if margin is None else _exact_tost(hits, sample.n, value, margin)
    return Gap(
        group=group,
        benchmark=benchmark,
        quantity="proportion",
        sample=sample,
        limits=limits,
        value=value,
        value_error=benchmark.std_error,
        n_missing=n_missing,
        included=with_error if error > 0 else fixed,
        fixed=fixed,
        include_error=asked.include_error,
        test=test,
        ratio=ratio_limits(sample.mean, limits, value, reach if asked.include_error else 0.0),
        equivalence=None if margin is None else Equivalence(margin=margin, p_value=within),
    )


def _exact_tost(hits: float, n: int, value: float, margin: float) -> float:
    """Test exactly, twice and one-sidedly, that a share lies within a margin of a fixed value."""
    below = at_most(hits, n, min(value + margin, 1.0))
    above = 1 - at_most(hits - 1, n, max(value - margin, 0.0))
    return max(below if value + margin < 1 else 0.0, above if value - margin > 0 else 0.0)


def proportion_gaps(
    people: People,
    benchmarks: tuple[Benchmark, ...],
    asked: Asked,
) -> list[Gap]:
    """Compare the share of ones in each group with each benchmark.

    Parameters
    ----------
    people : People
        The sample; its values are 0 and 1.
    benchmarks : tuple of Benchmark
        Benchmarks of proportions.
    asked : Asked
        How they are compared. Its intervals "wilson" and "exact" count independent respondents, "logit",
        "beta", "asin" and "mean" are of the design.

    Returns
    -------
    list of Gap
        Group by group.
    """
    interval, conf_level = asked.interval, asked.conf_level
    counting = interval in ("wilson", "exact")
    linear = None if counting else people.means_of(people.values[:, None])
    gaps = []
    for g, name in people.named():
        if linear is None:
            rows = people.rows(g)
            hits = float(people.values[rows] @ people.sample.counts[rows])
            sample = counted_share(hits, people.sample.count(rows))
            limits = share_interval(hits, sample.n, interval, conf_level)
            exact: float | None = hits
        else:
            sample = design_estimate(linear, g)
            limits = design_limits(linear, g, 0, interval, conf_level)
            exact = None
        gaps += [
            share_gap(sample, limits, each, asked, hits=exact, group=name, n_missing=people.missing(g))
            for each in benchmarks
        ]
    return gaps
