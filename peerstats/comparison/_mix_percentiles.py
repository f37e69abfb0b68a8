"""Percentiles of a sample beside those of the mixture of its groups' benchmarks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from peerstats.comparison._mix_result import MixPercentile
from peerstats.errors import InputError
from peerstats.numerics import KnownPercentiles, mixture_quantile, share_below, t_half_width, two_sided_p

if TYPE_CHECKING:
    from peerstats.comparison._mix_benchmarks import Mix
    from peerstats.comparison._respondents import Respondents
    from peerstats.typing import Array, BoolArray

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
    sample: Respondents,
    mix: Mix,
    values: Array,
    used: BoolArray,
    group: str,
    n_missing: int,
    conf_level: float,
    *,
    median: bool,
) -> list[MixPercentile]:
    """Compare one group's percentiles with those of the mixture.

    Parameters
    ----------
    sample : Respondents
        The sample.
    mix : Mix
        Groups and benchmarks.
    values : (n,) float array
        The column.
    used : (n,) bool array
        Rows of the group of respondents.
    group : str
        Its name.
    n_missing : int
        Its rows without a value.
    conf_level : float
        Confidence level.
    median : bool
        Whether the median alone is compared.

    Returns
    -------
    list of MixPercentile
        One for each percent.
    """
    parts = [
        KnownPercentiles(
            shares=np.array([percent / _HUNDRED for percent in each.percentiles]),
            values=np.array(list(each.percentiles.values())),
        )
        for each in mix.benchmarks
    ]
    shares = mix.shares(sample.weights, used)
    asked = [percent / _HUNDRED for percent in _percents(mix, sample.call, median=median)]
    quantiles = sample.estimate(
        np.where(used, values, np.nan),
        statistic="quantile",
        quantiles=asked,
        qrule="school",
        conf_level=conf_level,
    ).numbers
    rows = []
    for i, p in enumerate(asked):
        low, high = mixture_quantile(parts, shares, p)
        standard = low if low == high else math.nan
        own = float(quantiles["estimate"][i])
        ends = [float(quantiles[name][i]) for name in ("conf_low", "conf_high")]
        below = std_error = df = math.nan
        if not math.isnan(standard):
            expected = np.array([share_below(part, standard)[0] for part in parts])
            under = (values < standard) + 0.5 * (values == standard)
            test = sample.mean(np.where(used, under - mix.at(expected), np.nan))
            below, std_error, df = p + test.mean, test.std_error, test.df
        statistic = (below - p) / std_error if std_error > 0 else math.nan
        reach = float(t_half_width(conf_level, df)) if df > 0 else math.nan
        rows.append(
            MixPercentile(
                group=group,
                probability=p,
                n=int(quantiles["n"][i]),
                n_missing=n_missing,
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
                share_low=below - reach * std_error,
                share_high=below + reach * std_error,
                statistic=statistic,
                df=df,
                p_value=float(two_sided_p(statistic, df)) if df > 0 else math.nan,
            )
        )
    return rows
