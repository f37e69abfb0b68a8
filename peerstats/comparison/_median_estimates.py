"""Medians of groups with their limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peerstats.numerics import (
    MeanEstimate,
    cell_quantiles,
    make_cells,
    median_ranks,
    part_below,
    t_half_width,
)

if TYPE_CHECKING:
    from peerstats.comparison._people import People

__all__ = ["HALF", "MedianEstimate", "median_estimates"]

HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MedianEstimate:
    """A group's median.

    Attributes
    ----------
    sample : MeanEstimate
        The median and the error that its limits imply.
    limits : (float, float)
        Confidence limits.
    achieved : float
        The level that order statistics reach; NaN for other limits.
    """

    sample: MeanEstimate
    limits: tuple[float, float]
    achieved: float


def _ordered(people: People, g: int, rule: str | None, conf_level: float) -> MedianEstimate:
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
        middle = float(cell_quantiles(cells, np.array([HALF]))[0])
        ends = np.array([rank - HALF, n + HALF - rank]) / n if rank else np.full(2, np.nan)
        low, high = cell_quantiles(cells, ends)
        limits = (float(low), float(high))
    error = (limits[1] - limits[0]) / (2 * float(t_half_width(achieved, math.inf))) if rank else math.nan
    return MedianEstimate(
        sample=MeanEstimate(n=n, mean=middle, sd=math.nan, std_error=error, df=math.inf),
        limits=limits,
        achieved=achieved,
    )


def _interpolated(people: People, rule: str, conf_level: float) -> dict[int, MedianEstimate]:
    """Take the medians of grouped data of all groups, with Woodruff's limits."""
    groups = [g for g, _ in people.named()]
    cells = {
        g: make_cells(people.values[people.rows(g)], people.sample.weights[people.rows(g)], rule)
        for g in groups
    }
    middle = np.zeros(len(people.groups.labels))
    for g in groups:
        middle[g] = cell_quantiles(cells[g], np.array([HALF]))[0]
    linear = people.means_of(part_below(people.values, middle[people.groups.code], rule)[:, None])
    found = {}
    for g in groups:
        share, error, df = (float(each[g, 0]) for each in (linear.estimate, linear.std_error, linear.df))
        reach = float(t_half_width(conf_level, df)) if df > 0 else math.nan
        ends = share + reach * error * np.array([-1.0, 1.0])
        low, high = cell_quantiles(cells[g], np.where((ends >= 0) & (ends <= 1), ends, np.nan))
        sample = MeanEstimate(
            n=int(linear.n[g, 0]),
            mean=float(middle[g]),
            sd=math.nan,
            std_error=float(high - low) / (2 * reach),
            df=df,
        )
        found[g] = MedianEstimate(sample=sample, limits=(float(low), float(high)), achieved=math.nan)
    return found


def _woodruff(people: People, conf_level: float) -> dict[int, MedianEstimate]:
    """Take weighted medians of all groups, with Woodruff's limits."""
    found = people.quantiles([HALF], "mean", conf_level)
    return {
        g: MedianEstimate(
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


def median_estimates(people: People, rule: str | None, conf_level: float) -> dict[int, MedianEstimate]:
    """Take the medians of all groups.

    Parameters
    ----------
    people : People
        The sample.
    rule : {"rounded", "completed"} or None
        What whole numbers stand for.
    conf_level : float
        Confidence level of the limits.

    Returns
    -------
    dict of int to MedianEstimate
        By the group's place: order statistics of independent respondents, else Woodruff's limits.
    """
    if people.counted:
        return {g: _ordered(people, g, rule, conf_level) for g, _ in people.named()}
    return _woodruff(people, conf_level) if rule is None else _interpolated(people, rule, conf_level)
