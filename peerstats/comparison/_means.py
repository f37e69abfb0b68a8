"""Means beside benchmarks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from peerstats.comparison._gap import gap
from peerstats.numerics import MeanEstimate, mean_estimate

if TYPE_CHECKING:
    from peerstats.comparison._asked import Asked
    from peerstats.comparison._gap import Gap
    from peerstats.comparison._people import People
    from peerstats.estimates.parts import Linear
    from peerstats.norms import Benchmark

__all__ = ["design_estimate", "mean_gaps", "weighted_sd"]


def weighted_sd(people: People, g: int, mean: float) -> float:
    """Return the standard deviation of a group: weighted, with the factor n / (n - 1)."""
    rows = people.rows(g)
    n = people.sample.count(rows)
    if n < 2:  # noqa: PLR2004  (one respondent has no spread)
        return np.nan
    w = people.sample.weights[rows]
    squares = float(w @ (people.values[rows] - mean) ** 2 / w.sum())
    return float(np.sqrt(squares * n / (n - 1)))


def design_estimate(linear: Linear, g: int, q: int = 0, sd: float = np.nan) -> MeanEstimate:
    """Return one estimate of a design as a `MeanEstimate`; without degrees of freedom it has no error."""
    df = float(linear.df[g, q])
    return MeanEstimate(
        n=int(linear.n[g, q]),
        mean=float(linear.estimate[g, q]),
        sd=sd,
        std_error=float(linear.std_error[g, q]) if df > 0 else np.nan,
        df=df,
    )


def _simple(people: People, g: int) -> MeanEstimate:
    """Estimate a mean without clusters; sampling weights keep the full sample."""
    positive = people.sample.arrays.base > 0
    weights = None if people.kind == "none" else people.sample.weights[positive]
    found = mean_estimate(people.values[positive], weights, people.kind, people.rows(g)[positive])
    return replace(found, n=people.sample.count(people.rows(g)))


def mean_gaps(people: People, benchmarks: tuple[Benchmark, ...], asked: Asked) -> list[Gap]:
    """Compare the mean of each group with each benchmark.

    Parameters
    ----------
    people : People
        The sample.
    benchmarks : tuple of Benchmark
        Benchmarks of means.
    asked : Asked
        How they are compared.

    Returns
    -------
    list of Gap
        Group by group.
    """
    linear = None if people.simple else people.means_of(people.values[:, None])
    gaps = []
    for g, name in people.named():
        if linear is None:
            sample = _simple(people, g)
        else:
            sample = design_estimate(linear, g, sd=weighted_sd(people, g, float(linear.estimate[g, 0])))
        gaps += [
            gap(
                sample,
                each,
                group=name,
                n_missing=people.missing(g),
                include_error=asked.include_error,
                conf_level=asked.conf_level,
                margin=asked.margin_at(each.value),
            )
            for each in benchmarks
        ]
    return gaps
