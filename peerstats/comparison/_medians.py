"""Medians beside benchmarks."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from peerstats.comparison._gap import Gap
from peerstats.comparison._gap_test import Equivalence, GapTest, t_test, tost
from peerstats.comparison._limits import gap_limits, ratio_limits
from peerstats.comparison._median_estimates import HALF, MedianEstimate, median_estimates
from peerstats.errors import InputError
from peerstats.numerics import CELL_RULES, at_most, binomial_p, one_sided_p, part_below, t_half_width

if TYPE_CHECKING:
    from peerstats.comparison._asked import Asked
    from peerstats.comparison._people import People
    from peerstats.estimates.parts import Linear
    from peerstats.norms import Benchmark

__all__ = ["median_figure", "median_gaps", "whole_number_rule"]


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
        What was asked for: by itself, whole numbers are interpolated where the benchmark is said to be, or is
        a number of years with a fraction.

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
        value, _ = median_figure(benchmark)
        # a median of years with a fraction is made of fractions or by interpolation
        between = benchmark.unit == "years" and value != np.floor(value)
        return CELL_RULES[0] if whole and ("interpolated" in benchmark.form or between) else None
    if not whole:
        odd = values[(values != np.floor(values)) | (values < 0)][0]
        raise InputError(
            f"compare(): interpolate={interpolate!r}, and column {people.column!r} holds {odd:g}.",
            "Only whole numbers from zero up stand for years: round them, or say interpolate='none'.",
        )
    return interpolate


def _sides(people: People, g: int, value: float) -> tuple[float, float, float]:
    """Count the respondents below a value, at it and above it."""
    rows = people.rows(g)
    values, counts = people.values[rows], people.sample.counts[rows]
    below, at = float(counts[values < value].sum()), float(counts[values == value].sum())
    return below, at, float(counts.sum()) - below - at


def _sign(
    people: People, g: int, median: MedianEstimate, value: float, margin: float | None
) -> tuple[GapTest, float]:
    """Test by signs that the median is a value, and that it lies within a margin of it."""
    below, _, above = _sides(people, g, value)
    test = GapTest(
        std_error=median.sample.std_error,
        low=median.limits[0] - value,
        high=median.limits[1] - value,
        statistic=above,
        df=math.nan,
        p_value=binomial_p(above, below + above, HALF),
    )
    if margin is None:
        return test, math.nan
    under, _, over = _sides(people, g, value - margin)
    from_below = at_most(under, under + over, HALF)
    under, _, over = _sides(people, g, value + margin)
    return test, max(from_below, at_most(over, under + over, HALF))


def _below(people: People, value: float, rule: str | None, margin: float | None) -> Linear:
    """Estimate the shares below a value and below the ends of its margin."""
    cuts = [value] if margin is None else [value, value - margin, value + margin]
    return people.means_of(np.column_stack([part_below(people.values, cut, rule) for cut in cuts]))


def _share_test(
    linear: Linear, g: int, median: MedianEstimate, value: float, margin: float | None
) -> tuple[GapTest, float]:
    """Test by the design that half lies below a value, and that the median lies within a margin of it."""
    off, error, df = linear.estimate[g] - HALF, linear.std_error[g], linear.df[g]
    test = replace(
        t_test(-float(off[0]), float(error[0]), float(df[0]), HALF),
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
    median: MedianEstimate, value: float, error: float, conf_level: float, margin: float | None
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
    known: dict[str | None, dict[int, MedianEstimate]] = {}
    rows: dict[tuple[int, int], Gap] = {}
    for b, each in enumerate(benchmarks):
        rule = whole_number_rule(people, each, asked.interpolate)
        if rule not in known:
            known[rule] = median_estimates(people, rule, asked.conf_level)
        value, _ = median_figure(each)
        signs = people.counted and rule is None
        linear = None if signs else _below(people, value, rule, asked.margin_at(value))
        for g, name in people.named():
            rows[g, b] = _row(people, g, name, each, known[rule][g], rule, linear, asked)
    return [rows[g, b] for g, _ in people.named() for b in range(len(benchmarks))]


def _row(
    people: People,
    g: int,
    name: str,
    benchmark: Benchmark,
    median: MedianEstimate,
    rule: str | None,
    linear: Linear | None,
    asked: Asked,
) -> Gap:
    value, error = median_figure(benchmark)
    margin = asked.margin_at(value)
    if linear is None:
        (fixed, within), test = _sign(people, g, median, value, margin), "sign"
    else:
        (fixed, within), test = _share_test(linear, g, median, value, margin), "share below, t"
    included, reach = fixed, 0.0
    if error is not None:
        included, within_error = _with_error(median, value, error, asked.conf_level, margin)
        if asked.include_error:
            within, test = within_error, "z"
            reach = float(t_half_width(asked.conf_level, math.inf)) * error
    return Gap(
        group=name,
        benchmark=benchmark,
        quantity="median" if rule is None else f"median, interpolated ({rule})",
        sample=median.sample,
        limits=median.limits,
        value=value,
        value_error=error,
        n_missing=people.missing(g),
        included=included,
        fixed=fixed,
        include_error=asked.include_error,
        ratio=ratio_limits(median.sample.mean, median.limits, value, reach),
        test=test,
        n_ties=_sides(people, g, value)[1] if rule is None else math.nan,
        achieved=median.achieved,
        equivalence=None if margin is None else Equivalence(margin=margin, p_value=within),
    )
