"""Medians beside benchmarks."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from peerstats.comparison._gap import Equivalence, GapTest, gap_between, t_test, tost
from peerstats.comparison._limits import gap_limits, ratio_limits
from peerstats.errors import InputError
from peerstats.estimates.parts import quantile_estimates
from peerstats.numerics import (
    CELL_RULES,
    MeanEstimate,
    at_most,
    binomial_p,
    cell_quantiles,
    make_cells,
    median_ranks,
    one_sided_p,
    part_below,
    t_half_width,
)

if TYPE_CHECKING:
    from peerstats.comparison._asked import Asked
    from peerstats.comparison._gap import Gap
    from peerstats.comparison._people import People
    from peerstats.norms import Benchmark

__all__ = ["median_figure", "median_gaps", "whole_number_rule"]

_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Median:
    """A group's median: estimate, limits and the level that these reach."""

    sample: MeanEstimate
    limits: tuple[float, float]
    achieved: float


def median_figure(benchmark: Benchmark) -> tuple[float, float | None]:
    """Return a benchmark's median and its error: its value, or its 50th percentile, which has none."""
    if benchmark.statistic == "median":
        return benchmark.value, benchmark.std_error or None
    return benchmark.percentiles[50], None


def whole_number_rule(people: People, benchmark: Benchmark, interpolate: str) -> str | None:
    """Decide what the column's whole numbers stand for.

    Parameters
    ----------
    people : People
        The sample.
    benchmark : Benchmark
        What it is compared with.
    interpolate : {"auto", "none", "rounded", "completed"}
        What was asked for: by itself, numbers are interpolated where the benchmark is and they are whole.

    Returns
    -------
    {"rounded", "completed"} or None
        The rule; None takes numbers as they are.

    Raises
    ------
    InputError
        If interpolation is asked for of numbers that are not whole, or negative.
    """
    if interpolate == "none":
        return None
    values = people.values[people.used]
    whole = bool((values == np.floor(values)).all() and (values >= 0).all())
    if interpolate == "auto":
        return CELL_RULES[0] if whole and "interpolated" in benchmark.form else None
    if not whole:
        odd = values[(values != np.floor(values)) | (values < 0)][0]
        raise InputError(
            f"compare(): interpolate={interpolate!r}, and column {people.column!r} holds {odd:g}.",
            "Only whole numbers from zero up stand for years: round them, or say interpolate='none'.",
        )
    return interpolate


def _ordered(people: People, g: int, rule: str | None, conf_level: float) -> _Median:
    """Take the median and the order statistics that bound it."""
    rows = people.rows(g)
    values, counts = people.values[rows], people.sample.counts[rows]
    n = people.sample.count(rows)
    rank, achieved = median_ranks(n, conf_level)
    if rule is None:
        order = np.argsort(values, kind="stable")
        upto = np.cumsum(counts[order])

        def at(k: int) -> float:
            return float(values[order][np.searchsorted(upto, k)])

        middle = (at((n + 1) // 2) + at(n // 2 + 1)) / 2
        limits = (at(rank), at(n + 1 - rank)) if rank else (math.nan, math.nan)
    else:
        cells = make_cells(values, counts, rule)
        middle = float(cell_quantiles(cells, np.array([_HALF]))[0])
        ends = np.array([rank - _HALF, n + _HALF - rank]) / n if rank else np.full(2, np.nan)
        low, high = cell_quantiles(cells, ends)
        limits = (float(low), float(high))
    error = (limits[1] - limits[0]) / (2 * float(t_half_width(achieved, math.inf))) if rank else math.nan
    return _Median(
        sample=MeanEstimate(n=n, mean=middle, sd=math.nan, std_error=error, df=math.inf),
        limits=limits,
        achieved=achieved,
    )


def _interpolated(people: People, g: int, rule: str, conf_level: float) -> _Median:
    """Take the median of grouped data, with Woodruff's limits."""
    rows = people.rows(g)
    cells = make_cells(people.values[rows], people.sample.weights[rows], rule)
    middle = float(cell_quantiles(cells, np.array([_HALF]))[0])
    linear = people.means_of(part_below(people.values, middle, rule)[:, None])
    share, error, df = (float(each[g, 0]) for each in (linear.estimate, linear.std_error, linear.df))
    reach = float(t_half_width(conf_level, df)) if df > 0 else math.nan
    ends = share + reach * error * np.array([-1.0, 1.0])
    low, high = cell_quantiles(cells, np.where((ends >= 0) & (ends <= 1), ends, np.nan))
    sample = MeanEstimate(
        n=int(linear.n[g, 0]), mean=middle, sd=math.nan, std_error=float(high - low) / (2 * reach), df=df
    )
    return _Median(sample=sample, limits=(float(low), float(high)), achieved=math.nan)


def _woodruff(people: People, conf_level: float) -> dict[int, _Median]:
    """Take weighted medians of all groups, with Woodruff's limits."""
    found = quantile_estimates(
        people.sample,
        people.values[:, None],
        people.used[:, None],
        people.groups.code,
        len(people.groups.labels),
        probabilities=np.array([_HALF]),
        rule="school",
        interval="mean",
        conf_level=conf_level,
    )
    return {
        g: _Median(
            sample=MeanEstimate(
                n=int(found.linear.n[g, 0]),
                mean=float(found.estimate[g, 0]),
                sd=math.nan,
                std_error=float(found.std_error[g, 0]),
                df=float(found.linear.df[g, 0]),
            ),
            limits=(float(found.conf_low[g, 0]), float(found.conf_high[g, 0])),
            achieved=math.nan,
        )
        for g, _ in people.named()
    }


def _sides(people: People, g: int, value: float) -> tuple[float, float, float]:
    """Count the respondents below a value, at it and above it."""
    rows = people.rows(g)
    values, counts = people.values[rows], people.sample.counts[rows]
    below, at = float(counts[values < value].sum()), float(counts[values == value].sum())
    return below, at, float(counts.sum()) - below - at


def _sign(
    people: People, g: int, median: _Median, value: float, margin: float | None
) -> tuple[GapTest, float]:
    """Test by signs that the median is a value, and that it lies within a margin of it."""
    below, _, above = _sides(people, g, value)
    test = GapTest(
        std_error=median.sample.std_error,
        low=median.limits[0] - value,
        high=median.limits[1] - value,
        statistic=above,
        df=math.nan,
        p_value=binomial_p(above, below + above, _HALF),
    )
    if margin is None:
        return test, math.nan
    under, _, over = _sides(people, g, value - margin)
    from_below = at_most(under, under + over, _HALF)
    under, _, over = _sides(people, g, value + margin)
    return test, max(from_below, at_most(over, under + over, _HALF))


def _share_test(
    people: People, g: int, median: _Median, value: float, rule: str | None, margin: float | None
) -> tuple[GapTest, float]:
    """Test by the design that half lies below a value, and that the median lies within a margin of it."""
    cuts = [value] if margin is None else [value, value - margin, value + margin]
    linear = people.means_of(np.column_stack([part_below(people.values, cut, rule) for cut in cuts]))
    off, error, df = linear.estimate[g] - _HALF, linear.std_error[g], linear.df[g]
    at_value = t_test(-float(off[0]), float(error[0]), float(df[0]), _HALF)
    test = replace(
        at_value,
        std_error=median.sample.std_error,
        low=median.limits[0] - value,
        high=median.limits[1] - value,
    )
    if margin is None:
        return test, math.nan
    inward = np.array([-1.0, 1.0]) * off[1:]
    # where all lie on one side of an end there is no error to go by, and it is as sure as the sample can be
    beyond = inward / np.where(error[1:] > 0, error[1:], np.finfo(float).tiny)
    return test, float(np.max(one_sided_p(beyond, df[1:])))


def _with_error(
    median: _Median, value: float, error: float, conf_level: float, margin: float | None
) -> tuple[GapTest, float]:
    """Test a median by the error that its limits imply and the benchmark's own."""
    sample = median.sample
    spread = math.hypot(sample.std_error, error)
    test = t_test(sample.mean - value, spread, math.inf, conf_level)
    reach = float(t_half_width(conf_level, math.inf)) * error
    low, high = gap_limits(sample.mean, median.limits, value, reach)
    test = replace(test, low=low, high=high)
    return test, math.nan if margin is None else tost(sample.mean - value, test, margin)


def median_gaps(people: People, benchmarks: tuple[Benchmark, ...], asked: Asked) -> list[Gap]:
    """Compare the median of each group with each benchmark.

    Parameters
    ----------
    people : People
        The sample.
    benchmarks : tuple of Benchmark
        Benchmarks of medians, or with a 50th percentile.
    asked : Asked
        How they are compared.

    Returns
    -------
    list of Gap
        Group by group.
    """
    weighted = None if people.counted else _woodruff(people, asked.conf_level)
    gaps = []
    for g, name in people.named():
        for each in benchmarks:
            rule = whole_number_rule(people, each, asked.interpolate)
            if weighted is None:
                median = _ordered(people, g, rule, asked.conf_level)
            else:
                median = weighted[g] if rule is None else _interpolated(people, g, rule, asked.conf_level)
            gaps.append(_row(people, g, name, each, median, rule, asked))
    return gaps


def _row(
    people: People, g: int, name: str, benchmark: Benchmark, median: _Median, rule: str | None, asked: Asked
) -> Gap:
    value, error = median_figure(benchmark)
    margin = asked.margin_at(value)
    if people.counted and rule is None:
        (fixed, within), test = _sign(people, g, median, value, margin), "sign"
    else:
        (fixed, within), test = _share_test(people, g, median, value, rule, margin), "share below, t"
    included, reach = fixed, 0.0
    if error is not None:
        included, within_error = _with_error(median, value, error, asked.conf_level, margin)
        if asked.include_error:
            within, test = within_error, "z"
            reach = float(t_half_width(asked.conf_level, math.inf)) * error
    return gap_between(
        median.sample,
        benchmark,
        group=name,
        quantity="median" if rule is None else f"median, interpolated ({rule})",
        n_missing=people.missing(g),
        value=value,
        value_error=error,
        limits=median.limits,
        tests=(included, fixed),
        include_error=asked.include_error,
        test=test,
        ratio=ratio_limits(median.sample.mean, median.limits, value, reach),
        n_ties=_sides(people, g, value)[1] if rule is None else math.nan,
        achieved=median.achieved,
        equivalence=None if margin is None else Equivalence(margin=margin, p_value=within),
    )
