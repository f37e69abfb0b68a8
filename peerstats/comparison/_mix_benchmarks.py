"""One benchmark for each group of a sample's mix."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice
from peerstats._core.close_names import did_you_mean
from peerstats._core.words import counted
from peerstats.comparison._benchmark_rows import benchmarks_of_rows, is_frame
from peerstats.comparison._benchmarks import check_benchmark
from peerstats.comparison._likeness import likeness_notes
from peerstats.comparison._people import read_levels
from peerstats.errors import InputError, PeerstatsWarning
from peerstats.norms import Benchmark, in_words, read_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._people import People
    from peerstats.scoring import ScoreResult
    from peerstats.typing import Array, BoolArray, IntArray

__all__ = ["Mix", "mix_notes", "read_mix"]

_PRICES = "in prices of "


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mix:
    """The groups of a sample, each with its benchmark: k of them.

    Parameters
    ----------
    column : str
        Column of the groups.
    levels : tuple of str
        The groups that occur and have a benchmark.
    benchmarks : tuple of Benchmark
        One for each.
    code : (n,) int array
        Group of each row, from 0; -1 without one or without a benchmark.
    lines : tuple of str
        Rows without a group, and groups without a benchmark that were left out.
    """

    column: str
    levels: tuple[str, ...]
    benchmarks: tuple[Benchmark, ...]
    code: IntArray
    lines: tuple[str, ...]

    def at(self, values: Array) -> Array:
        """Give each row its group's value, NaN without a group."""
        found: Array = np.append(values, np.nan)[self.code]
        return found

    def shares(self, weights: Array, rows: BoolArray) -> Array:
        """Return each group's share of the weights of some rows."""
        total = np.bincount(self.code[rows], weights=weights[rows], minlength=len(self.levels))
        found: Array = np.asarray(total / weights[rows].sum(), dtype=float)
        return found

    @property
    def source(self) -> IntArray:
        """Position of the distinct figure of each group: groups that share one share its error."""
        keys = [(b.key, b.value, b.std_error) for b in self.benchmarks]
        return np.array([keys.index(key) for key in keys])


def _given(
    benchmarks: Any, levels: Sequence[str], column: str, statistic: str, call: str
) -> dict[str, Benchmark]:
    """Return the benchmarks of the levels that have one."""
    if isinstance(benchmarks, Mapping):
        named = {str(level): each for level, each in benchmarks.items()}
        found = {level: named[level] for level in levels if level in named}
        if not found:
            some = ", ".join(repr(level) for level in levels[:3])
            raise InputError(
                f"{call}(): no group of the sample ({some}) is among those of benchmarks=.",
                did_you_mean(levels[0], list(named), what="groups of benchmarks="),
            )
    elif isinstance(benchmarks, Callable):  # type: ignore[arg-type]  # mypy: a special form
        found = {level: benchmarks(level) for level in levels}
        found = {level: each for level, each in found.items() if each is not None}
    elif is_frame(benchmarks):
        return _given(benchmarks_of_rows(benchmarks, column, call), levels, column, statistic, call)
    else:
        raise InputError(
            f"{call}(): benchmarks= is a {type(benchmarks).__name__}.",
            "Give a mapping of group to Benchmark, {'NC': oews(...), 'PA': oews(...)}, a function of the "
            "group, or a frame of one row a group.",
        )
    return {level: _checked(each, statistic, call) for level, each in found.items()}


def _checked(each: Any, statistic: str, call: str) -> Benchmark:
    found = check_benchmark(each, call, statistic)
    if statistic == "mean":
        return found
    if len(found.percentiles) < 2:  # noqa: PLR2004  (a line needs two points)
        raise InputError(
            f"{call}(): {found.key!r} has {len(found.percentiles)} percentiles; two or more are needed.",
            "Give percentiles={10: ..., 50: ..., 90: ...} to benchmark(), or compare means.",
        )
    if min(found.percentiles.values()) <= 0:
        raise InputError(
            f"{call}(): a percentile of {found.key!r} is not positive.",
            "Percentiles are joined in the logarithm: they must be above zero.",
        )
    return found


def read_mix(people: People, column: str, benchmarks: Any, *, statistic: str, missing: str, call: str) -> Mix:
    """Match the groups of a sample with benchmarks.

    Parameters
    ----------
    people : People
        The sample.
    column : str
        Column of its groups.
    benchmarks : mapping, callable or frame
        Group to benchmark.
    statistic : {"mean", "percentiles"}
        What the benchmarks must hold.
    missing : {"raise", "drop"}
        What becomes of groups without a benchmark.
    call : str
        The public call, for messages.

    Returns
    -------
    Mix
        Groups and benchmarks.

    Raises
    ------
    InputError
        If a group has no benchmark, or the benchmarks are of different units.
    """
    check_choice(missing, ("raise", "drop"), "missing", call)
    codes, names = read_levels(people.sample, column, "column of the mix", call)
    rows = people.used
    counts = np.bincount(codes[rows & (codes >= 0)], minlength=len(names))
    present = [name for name, count in zip(names, counts, strict=True) if count]
    if not present:
        raise InputError(f"{call}(): nobody has a value and a {column!r}.", "Check the columns.")
    found = _given(benchmarks, present, column, statistic, call)
    without = {
        name: int(count) for name, count in zip(names, counts, strict=True) if count and name not in found
    }
    if without and (missing == "raise" or not found):
        told = ", ".join(f"{name} ({counted(count, 'row')})" for name, count in without.items())
        raise InputError(
            f"{call}(): no benchmark for {column} {told}.",
            "Give theirs; or the nation's for them, which is then said; or missing='drop' to leave them out.",
        )
    units = {each.unit for each in found.values() if each.unit}
    if len(units) > 1:
        raise InputError(
            f"{call}(): the benchmarks are in {' and in '.join(sorted(units))}.", "Give all in one unit."
        )
    place = np.full(len(names) + 1, -1, dtype=np.int64)
    for i, name in enumerate(found):
        place[names.index(name)] = i
    lost = int((rows & (codes < 0)).sum())
    lines = [f"{counted(lost, 'row')} without {column} left out"] if lost else []
    if without:
        told = ", ".join(f"{name} {count:,}" for name, count in without.items())
        lines.append(f"without a benchmark and left out: {told} rows")
    return Mix(
        column=column,
        levels=tuple(found),
        benchmarks=tuple(found.values()),
        code=place[codes],
        lines=tuple(lines),
    )


def _when(text: str) -> str:
    """Return a date in one form: of what was deflated, the date of its prices."""
    _, _, prices = text.rpartition(_PRICES)
    try:
        return in_words(read_date(prices or text, "date", "compare_mix"))
    except InputError:  # a benchmark's date is free text
        return prices or text


def mix_notes(
    scored: ScoreResult | None, column: str, form: str | None, date: str | None, mix: Mix, call: str
) -> tuple[str, ...]:
    """Say what the benchmarks are and where they are not like the sample; the first mismatch warns.

    Parameters
    ----------
    scored : ScoreResult or None
        Where the sample's scores come from, if that is known.
    column : str
        What is compared.
    form : str or None
        The form of its measure.
    date : str or None
        Its date.
    mix : Mix
        Groups and benchmarks.
    call : str
        The public call, for messages.

    Returns
    -------
    tuple of str
        Notes.
    """
    alike: dict[Any, Benchmark] = {}
    for each in mix.benchmarks:
        alike.setdefault((each.form, each.instrument, each.scale, each.method, each.confirmed), each)
    notes = list(likeness_notes(scored, column, form, tuple(alike.values()), call=call, stacklevel=4))
    dates = list(dict.fromkeys(_when(each.date) for each in mix.benchmarks if each.date))
    told = []
    if len(dates) > 1:
        told.append(f"The benchmarks are of different dates: {', '.join(dates)}.")
    if date is not None:
        own = in_words(read_date(date, "date", call))
        others = [each for each in dates if each != own]
        if others:
            told.append(
                f"The sample is of {own}, benchmarks of {', '.join(others)}: deflate() brings dates together."
            )
    if told:
        warnings.warn(f"{call}(): {told[0]}", PeerstatsWarning, stacklevel=3)
    firsts = [each for each in dict.fromkeys(b.source for b in mix.benchmarks) if each]
    forms = [each for each in dict.fromkeys(b.form for b in mix.benchmarks) if each]
    facts = [", ".join(dates), "; ".join(forms), "; ".join(firsts)]
    said = "; ".join(each for each in facts if each)
    return (*notes, *told, *([f"Benchmarks: {said}."] if said else []))
