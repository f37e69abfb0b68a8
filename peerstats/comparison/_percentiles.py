"""Shares below a benchmark's percentiles, and all of them at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.words import counted
from peerstats.comparison._gap import Gap
from peerstats.comparison._gap_test import Equivalence, GapTest, t_test, tost
from peerstats.comparison._people import design_estimate
from peerstats.comparison._proportions import counted_share, design_limits, share_interval
from peerstats.numerics import binomial_p, goodness_of_fit, part_below, two_sided_p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._asked import Asked
    from peerstats.comparison._people import People
    from peerstats.estimates.parts import Linear
    from peerstats.norms import Benchmark
    from peerstats.numerics import GoodnessOfFit
    from peerstats.typing import Array

__all__ = ["BinTest", "bin_test_columns", "bin_words", "cut_points", "percentile_gaps"]

_HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BinTest:
    """A group's shares between a benchmark's percentiles, tested together.

    Attributes
    ----------
    group, benchmark : str
        Their names.
    n : int
        Respondents.
    bins : tuple of str
        The k bins in words.
    shares, expected : (k,) float arrays
        Shares of the sample and of the benchmark's population.
    tests : dict of str to GoodnessOfFit
        Pearson's test, or Rao and Scott's of both orders.
    """

    group: str
    benchmark: str
    n: int
    bins: tuple[str, ...]
    shares: Array
    expected: Array
    tests: dict[str, GoodnessOfFit]


def bin_words(percents: Sequence[float]) -> tuple[str, ...]:
    """Name the bins that percentiles make."""
    return (
        f"below P{percents[0]:g}",
        *(f"P{low:g} to P{high:g}" for low, high in pairwise(percents)),
        f"above P{percents[-1]:g}",
    )


def bin_test_columns(joints: tuple[BinTest, ...]) -> dict[str, Any]:
    """Put the tests of all percentiles at once into columns."""
    rows = [(each, name, test) for each in joints for name, test in each.tests.items()]
    return {
        "group": [each.group for each, _, _ in rows],
        "benchmark": [each.benchmark for each, _, _ in rows],
        "n": np.array([each.n for each, _, _ in rows]),
        "n_bins": np.array([len(each.bins) for each, _, _ in rows]),
        "test": [name for _, name, _ in rows],
        "chi_square": np.array([test.chi_square for _, _, test in rows]),
        "statistic": np.array([test.statistic for _, _, test in rows]),
        "df_numerator": np.array([test.df_numerator for _, _, test in rows]),
        "df_denominator": np.array([test.df_denominator for _, _, test in rows]),
        "p_value": np.array([test.p_value for _, _, test in rows]),
    }


def cut_points(people: People, benchmark: Benchmark) -> tuple[dict[float, float], list[str]]:
    """Return the percentiles that shares can be counted below, and notes on the others.

    Parameters
    ----------
    people : People
        The sample.
    benchmark : Benchmark
        The benchmark.

    Returns
    -------
    cuts : dict of float to float
        Percent to value. A top-coded percentile is known from below: where every value of the sample is
        under the code, all are below it.
    notes : list of str
        Which percentiles are top-coded, and which of the usual five are missing.
    """
    cuts, notes = dict(benchmark.percentiles), []
    values = people.values[people.used]
    for percent, code in benchmark.top_coded.items():
        if (values < code).all():
            cuts[percent] = code
            notes.append(
                f"{benchmark.key}: P{percent:g} is top-coded at {code:,g}; every value of the sample is "
                "under the code and so below it."
            )
        else:
            notes.append(
                f"{benchmark.key}: P{percent:g} is top-coded at {code:,g} and left out: "
                f"{counted(people.n_rows(people.used & (people.values >= code)), 'row')} of the sample at or "
                "above the code."
            )
    lost = [
        p for p in (10, 25, 50, 75, 90) if p not in benchmark.percentiles and p not in benchmark.top_coded
    ]
    if lost and len(lost) < 5:  # noqa: PLR2004  (a benchmark of other percentiles lacks none of these)
        notes.append(
            f"{benchmark.key}: {', '.join(f'P{p}' for p in lost)} not published; "
            f"{len(cuts) + 1} bins are tested together."
        )
    return dict(sorted(cuts.items())), notes


def _counted(
    people: People, g: int, parts: Array, percent: float, asked: Asked
) -> tuple[GapTest, tuple[float, float], float]:
    """Test one share of independent respondents; its interval says which test belongs to it."""
    rows = people.rows(g)
    counts = people.sample.counts[rows]
    hits, n, share = float(parts[rows] @ counts), people.sample.count(rows), percent / _HUNDRED
    limits = share_interval(hits, n, asked.interval, asked.conf_level)
    spread = math.sqrt(share * (1 - share) / n)
    if asked.interval == "exact":
        # half a tie is no whole hit: the less extreme count of the two is tested
        p = max(binomial_p(math.floor(hits), n, share), binomial_p(math.ceil(hits), n, share))
        statistic, df = hits, math.nan
    else:
        statistic, df = (hits / n - share) / spread, math.inf
        p = float(two_sided_p(statistic, df))
    test = GapTest(
        std_error=math.sqrt(hits / n * (1 - hits / n) / n),
        low=limits[0] - share,
        high=limits[1] - share,
        statistic=statistic,
        df=df,
        p_value=p,
    )
    return test, limits, hits


def percentile_gaps(
    people: People, benchmarks: tuple[Benchmark, ...], asked: Asked
) -> tuple[list[Gap], list[BinTest], list[str]]:
    """Compare the share of each group below each percentile of each benchmark with the percent.

    Parameters
    ----------
    people : People
        The sample.
    benchmarks : tuple of Benchmark
        Benchmarks with percentiles.
    asked : Asked
        How they are compared. The interval "wilson" goes with the score test, "exact" with the binomial test;
        the others are of the design and go with t.

    Returns
    -------
    gaps : list of Gap
        Group by group, one for each benchmark and percentile.
    joint : list of BinTest
        One for each group and benchmark.
    notes : list of str
        Percentiles that are top-coded or missing.
    """
    counting = asked.interval in ("wilson", "exact")
    cuts = {each.key: cut_points(people, each) for each in benchmarks}
    gaps: list[Gap] = []
    joint: list[BinTest] = []
    for each in benchmarks:
        values = cuts[each.key][0]
        if not values:
            continue
        parts = np.column_stack([part_below(people.values, cut, None) for cut in values.values()])
        bins = np.diff(parts, axis=1, prepend=0.0, append=1.0)
        linear = people.means_of(bins) if not counting else None
        below = people.means_of(parts) if not counting else None
        for g, name in people.named():
            for q, (percent, cut) in enumerate(values.items()):
                share = percent / _HUNDRED
                rows = people.rows(g)
                if below is None:
                    test, limits, hits = _counted(people, g, parts[:, q], percent, asked)
                    sample = counted_share(hits, people.sample.count(rows))
                    words = "exact binomial" if asked.interval == "exact" else "score z"
                else:
                    sample = design_estimate(below, g, q)
                    limits = design_limits(below, g, q, asked.interval, asked.conf_level)
                    test = t_test(sample.mean - share, sample.std_error, sample.df, asked.conf_level)
                    test = replace(test, low=limits[0] - share, high=limits[1] - share)
                    words = "t"
                margin = asked.margin_at(share)
                normal = replace(test, std_error=sample.std_error, df=sample.df)
                ties = people.sample.counts[rows & (people.values == cut)].sum()
                gaps.append(
                    Gap(
                        group=name,
                        benchmark=each,
                        quantity=f"share below P{percent:g}",
                        sample=sample,
                        limits=limits,
                        value=share,
                        value_error=None,
                        n_missing=people.missing(g),
                        included=test,
                        fixed=test,
                        include_error=asked.include_error,
                        test=words,
                        n_ties=float(ties),
                        cut=cut,
                        equivalence=None
                        if margin is None
                        else Equivalence(margin=margin, p_value=tost(sample.mean - share, normal, margin)),
                    )
                )
            joint.append(_together(people, g, name, each, values, bins, linear))
    order = {name: i for i, (_, name) in enumerate(people.named())}
    gaps.sort(key=lambda each: order[each.group])
    joint.sort(key=lambda each: order[each.group])
    return gaps, joint, [note for _, notes in cuts.values() for note in notes]


def _together(
    people: People,
    g: int,
    name: str,
    benchmark: Benchmark,
    cuts: dict[float, float],
    bins: Array,
    linear: Linear | None,
) -> BinTest:
    """Test the shares of all bins at once."""
    percents = list(cuts)
    expected = np.diff(np.array([0.0, *percents, _HUNDRED])) / _HUNDRED
    rows = people.rows(g)
    n = people.sample.count(rows)
    if linear is None:
        shares = people.sample.counts[rows] @ bins[rows] / n
        tests = {"Pearson": goodness_of_fit(shares, expected, n)}
    else:
        shares = linear.estimate[g]
        k = len(expected)
        whole = linear.covariance
        # too many groups for their covariance to be kept
        unknown = np.full((k, k), np.nan)
        covariance = unknown if whole is None else whole[g * k : (g + 1) * k, g * k : (g + 1) * k]
        df = float(linear.df[g, 0])
        tests = {
            "Rao-Scott F": goodness_of_fit(shares, expected, n, covariance=covariance, df=df),
            "Rao-Scott chi2": goodness_of_fit(shares, expected, n, covariance=covariance, df=df, order=1),
        }
    return BinTest(
        group=name,
        benchmark=benchmark.key,
        n=n,
        bins=bin_words(percents),
        shares=shares,
        expected=expected,
        tests=tests,
    )
