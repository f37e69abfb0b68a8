"""Means beside benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peerstats.comparison._gap import gap
from peerstats.comparison._people import design_estimate

if TYPE_CHECKING:
    from peerstats.comparison._asked import Asked
    from peerstats.comparison._gap import Gap
    from peerstats.comparison._people import People
    from peerstats.norms import Benchmark

__all__ = ["mean_gaps"]


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
            sample = people.group_mean(g)
        else:
            sample = design_estimate(linear, g, sd=people.sd(g, float(linear.estimate[g, 0])))
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
