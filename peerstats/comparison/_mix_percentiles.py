"""Percentiles of a sample beside those of the mixture of its groups' benchmarks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from peerstats.comparison._gap_test import t_test
from peerstats.comparison._mix_result import MixPercentile
from peerstats.errors import InputError
from peerstats.numerics import KnownPercentiles, mixture_quantile, share_below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._mix_benchmarks import Mix
    from peerstats.comparison._people import People

__all__ = ["percentile_gaps"]

_HUNDRED = 100


def _percents(mix: Mix, call: str, *, median: bool) -> list[float]:
    """Return the percents that are compared."""
    if median:
        return [50.0]
    shared = set.intersection(*(set(map(float, each.percentiles)) for each in mix.benchmarks))
    if not shared:
        raise InputError(
            f"{call}(): no percentile is published for all of {', '.join(mix.levels)}.",
            "Ask for statistic='median', which the mixture may give all the same.",
        )
    return sorted(shared)


def percentile_gaps(
    people: People, mix: Mix, n_missing: Sequence[int], conf_level: float, *, median: bool, call: str
) -> list[MixPercentile]:
    """Compare each group's percentiles with those of its mixture.

    Parameters
    ----------
    people : People
        The sample; its used rows have a benchmark.
    mix : Mix
        Groups and benchmarks.
    n_missing : sequence of int
        Rows without a value, by the group's place.
    conf_level : float
        Confidence level.
    median : bool
        Whether the median alone is compared.
    call : str
        The public call, for messages.

    Returns
    -------
    list of MixPercentile
        One for each group and percent.
    """
    parts = [
        KnownPercentiles(
            shares=np.array([percent / _HUNDRED for percent in each.percentiles]),
            values=np.array(list(each.percentiles.values())),
        )
        for each in mix.benchmarks
    ]
    asked = [percent / _HUNDRED for percent in _percents(mix, call, median=median)]
    found = people.quantiles(asked, "mean", conf_level)
    values, rows = people.values, []
    for g, group in people.named():
        used = people.rows(g)
        shares = mix.shares(people.sample.weights, used)
        for i, p in enumerate(asked):
            low, high = mixture_quantile(parts, shares, p)
            standard = low if low == high else math.nan
            own, *ends = (float(x[g, i]) for x in (found.estimate, found.conf_low, found.conf_high))
            below, test = math.nan, t_test(math.nan, math.nan, math.nan, conf_level)
            if not math.isnan(standard):
                expected = np.array([share_below(part, standard)[0] for part in parts])
                under = (values < standard) + 0.5 * (values == standard)
                apart = people.mean(np.where(used, under - mix.at(expected), np.nan))
                below, test = p + apart.mean, t_test(apart.mean, apart.std_error, apart.df, conf_level)
            rows.append(
                MixPercentile(
                    group=group,
                    probability=p,
                    n=int(found.linear.n[g, i]),
                    n_missing=n_missing[g],
                    estimate=own,
                    conf_low=ends[0],
                    conf_high=ends[1],
                    benchmark_value=standard,
                    benchmark_low=low,
                    benchmark_high=high,
                    difference=own - standard,
                    difference_low=ends[0] - standard,
                    difference_high=ends[1] - standard,
                    share=below,
                    share_low=p + test.low,
                    share_high=p + test.high,
                    statistic=test.statistic,
                    df=test.df,
                    p_value=test.p_value,
                )
            )
    return rows
