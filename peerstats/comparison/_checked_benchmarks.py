"""Benchmarks of one statistic, as callers give them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from peerstats.comparison._benchmarks import benchmark_notes
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.norms import Benchmark, get_norm

__all__ = ["check_benchmark", "read_benchmarks", "told_notes"]

_HOW = {
    "mean": "oews(..., statistic='mean'), get_norm(...) or benchmark(...)",
    "median": "oews(..., statistic='median') or benchmark(..., statistic='median')",
    "proportion": "cps(...), ncs(...) or benchmark(..., statistic='proportion')",
}


def check_benchmark(each: Any, statistic: str, call: str) -> Benchmark:
    """Return a benchmark if it is one, of the statistic that the call compares."""
    if not isinstance(each, Benchmark):
        raise InputError(f"{call}(): {each!r} is not a benchmark.", f"Make one: {_HOW[statistic]}.")
    if each.statistic != statistic:
        raise InputError(
            f"{call}(): {each.key!r} is a {each.statistic}, and this comparison is of {statistic}s.",
            f"Ask for a {statistic}: {_HOW[statistic]}.",
        )
    return each


def read_benchmarks(benchmark: Any, statistic: str, call: str) -> tuple[Benchmark, ...]:
    """Return one or several benchmarks, each given as a record or as a norm's key."""
    several = isinstance(benchmark, Sequence) and not isinstance(benchmark, str)
    given = list(benchmark) if several else [benchmark]
    if not given:
        raise InputError(f"{call}(): benchmark= is empty.", "Give at least one benchmark.")
    with warnings.catch_warnings():  # an unconfirmed norm is warned of by the caller's call
        warnings.simplefilter("ignore", PeerstatsWarning)
        found = [get_norm(each) if isinstance(each, str) else each for each in given]
    return tuple(check_benchmark(each, statistic, call) for each in found)


def told_notes(benchmarks: Sequence[Benchmark]) -> tuple[str, ...]:
    """Say of each benchmark what it is; nothing of those that come without a word."""
    return tuple(note for note in benchmark_notes(benchmarks) if not note.endswith(": ."))
