"""The benchmarks of a comparison, and what is said of them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, TypeAlias

from peerstats.errors import InputError, PeerstatsWarning
from peerstats.norms import Benchmark, OewsPercentiles, get_norm

__all__ = ["Given", "as_benchmarks", "benchmark_notes", "check_benchmark"]

Given: TypeAlias = Benchmark | OewsPercentiles | str

_MEDIAN = 50
_WANTED = {
    "mean": ("compares means", "Ask for the mean, for example oews(..., statistic='mean')"),
    "median": (
        "compares medians",
        "Give a median or a benchmark with percentiles, for example oews(..., statistic='median')",
    ),
    "percentiles": (
        "goes by percentiles",
        "Give a benchmark with percentiles, for example oews(...)",
    ),
    "proportion": (
        "compares proportions",
        "Give one, for example benchmark(0.167, statistic='proportion', ...)",
    ),
}


def _fits(each: Benchmark, statistic: str) -> bool:
    if statistic == "median":
        return each.statistic == "median" or (each.statistic == "mean" and _MEDIAN in each.percentiles)
    if statistic == "percentiles":
        return bool(each.percentiles or each.top_coded)
    return each.statistic == statistic


def check_benchmark(each: Any, call: str, statistic: str) -> Benchmark:
    """Return a benchmark if it is one, of the statistic that the call compares."""
    if isinstance(each, OewsPercentiles):
        each = each.as_benchmark()
    if not isinstance(each, Benchmark):
        raise InputError(
            f"{call}(): {each!r} is not a benchmark.",
            "Make one with benchmark(value=..., std_error=...), get_norm(...), oews(...) or cps(...).",
        )
    if not _fits(each, statistic):
        what, how = _WANTED[statistic]
        own = f", or say statistic={each.statistic!r}" if call == "compare" else ""
        only = "a record of percentiles" if each.statistic == "percentiles" else f"a {each.statistic}"
        raise InputError(f"{call}(): {each.key!r} is {only}, and this call {what}.", f"{how}{own}.")
    return each


def as_benchmarks(
    benchmark: Given | Sequence[Given], call: str, statistic: str = "mean"
) -> tuple[Benchmark, ...]:
    """Return one or several benchmarks of a statistic, each given as a record or as a norm's key."""
    given: Sequence[Any] = (
        benchmark if isinstance(benchmark, Sequence) and not isinstance(benchmark, str) else [benchmark]
    )
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", PeerstatsWarning
        )  # an unconfirmed norm is warned of by the caller's call
        named = [get_norm(each) if isinstance(each, str) else each for each in given]
    if not named:
        raise InputError(f"{call}(): benchmark= is empty.", "Give at least one benchmark.")
    found = tuple(check_benchmark(each, call, statistic) for each in named)
    twice = next((each.key for each in found if sum(other.key == each.key for other in found) > 1), None)
    if twice is not None:
        raise InputError(
            f"{call}(): two benchmarks are called {twice!r}.", "Give each a name of its own: name=..."
        )
    return found


def benchmark_notes(benchmarks: Sequence[Benchmark]) -> tuple[str, ...]:
    """Say of each benchmark what it is; what all of them share is said once."""

    def parts(each: Benchmark) -> list[str]:
        return [text for text in (each.population, each.date, each.form, each.source, *each.notes) if text]

    shared = [text for text in parts(benchmarks[0]) if all(text in parts(each) for each in benchmarks)]
    own = {each.key: [text for text in parts(each) if text not in shared] for each in benchmarks}
    if len(own) == 1:
        return (f"{benchmarks[0].key}: {_sentence(shared)}",) if shared else ()
    told = [f"{key}: {_sentence(texts)}" for key, texts in own.items() if texts]
    return (*told, *([f"All: {_sentence(shared)}"] if shared else []))


def _sentence(texts: Sequence[str]) -> str:
    """Join facts and whole sentences."""
    joined = "".join(text + (" " if text.endswith(".") else "; ") for text in texts)
    return joined.rstrip("; ").rstrip(".") + "."
