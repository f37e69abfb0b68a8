"""Every respondent's position in the distribution of a benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.comparison._benchmarks import as_benchmarks, benchmark_notes
from peerstats.comparison._people import read_people
from peerstats.comparison._percentiles import bin_words
from peerstats.comparison._place_result import PlacementResult, Positions
from peerstats.errors import InputError
from peerstats.results import with_codebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.norms import Benchmark, OewsPercentiles
    from peerstats.typing import Array, BoolArray

__all__ = ["place_in_benchmark", "positions_in"]

_CALL = "place_in_benchmark"
_FEWEST = 2  # percentiles that there is a between of


def positions_in(values: Array, known: BoolArray, benchmark: Benchmark) -> Positions:
    """Place values between the percentiles of a benchmark.

    Parameters
    ----------
    values : (n,) float array
        The values.
    known : (n,) bool array
        Which of them there are.
    benchmark : Benchmark
        A benchmark with two or more percentiles.

    Returns
    -------
    Positions
        Percents and places.

    Notes
    -----
    Between percentiles the percent is linear in the logarithm of the value, as wages want it; linear in the
    value where a percentile is not positive.
    """
    percents = np.array(list(benchmark.percentiles))
    cuts = np.array(list(benchmark.percentiles.values()))
    logarithmic = bool((cuts > 0).all())
    words = ("no value", *bin_words(list(benchmark.percentiles)))
    inside = known & (values >= cuts[0]) & (values <= cuts[-1])
    percent = np.full(len(values), np.nan)
    x, at = (np.log(values[inside]), np.log(cuts)) if logarithmic else (values[inside], cuts)
    percent[inside] = np.interp(x, at, percents)
    code = np.where(known, 1 + np.searchsorted(cuts, values, side="right"), 0)
    code[inside] = np.minimum(
        code[inside], len(percents)
    )  # the highest percentile itself lies in the bin below it
    return Positions(percent=percent, code=code, words=words, logarithmic=logarithmic)


def place_in_benchmark(
    data: Any,
    column: str,
    benchmark: Benchmark | OewsPercentiles | str,
    *,
    by: str | Sequence[str] | None = None,
    where: Any = None,
    weights: str | None = None,
    unit: str | None = None,
    name: str = "benchmark_percent",
) -> PlacementResult:
    """Place every respondent in the distribution of a benchmark.

    Parameters
    ----------
    data : frame or ScoreResult
        One row a respondent.
    column : str
        The column, in the benchmark's unit.
    benchmark : Benchmark, OewsPercentiles or str
        A benchmark with two or more percentiles, such as `oews(...)` or `oews_percentiles(...)`.
    by : str or sequence of str, optional
        Columns of groups, for the summary.
    where : str or sequence of bool, optional
        Whom the summary is of: name of a boolean column, or one boolean a row. All are placed.
    weights : str, optional
        Column of sampling weights, for the summary.
    unit : str, optional
        The column's unit; a benchmark in another unit is refused.
    name : str
        What the new column is called; `_place` behind it names the column of words.

    Returns
    -------
    PlacementResult
        Positions, one a respondent, and their summary.

    Raises
    ------
    InputError
        If the benchmark has fewer than two percentiles, or the column does not fit.

    Notes
    -----
    Between two published percentiles the percent is linear in the logarithm of the value. Below the lowest
    and above the highest nothing is extrapolated: the percent is missing and the place says "below P10" or
    "above P90". R: ``approx(log(percentiles), percents, log(x))``.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"wage": [11.0, 14.05, 15.5, 30.0]})
    >>> placed = ps.place_in_benchmark(jobs, "wage", ps.oews("21-1093", year=2020))
    >>> placed.positions.round(1)
       benchmark_percent benchmark_percent_place
    0                NaN               below P10
    1               25.0              P25 to P50
    2               36.8              P25 to P50
    3                NaN               above P90
    """
    (record,) = as_benchmarks([benchmark], _CALL, "percentiles")
    if len(record.percentiles) < _FEWEST:
        raise InputError(
            f"{_CALL}(): {record.key!r} has {len(record.percentiles)} published percentile.",
            "A position needs two or more: another benchmark, or compare(statistic='percentiles').",
        )
    people = read_people(data, column, by=by, where=where, weights=weights, call=_CALL)
    people.check_units(unit, [record], _CALL)
    frame = people.sample.frame
    taken = next((each for each in (name, f"{name}_place") if each in frame.columns), None)
    if taken is not None:
        raise InputError(
            f"{_CALL}(): the data already have a column {taken!r}.", "Give another name: name=..."
        )
    everyone = people.everyone
    result = PlacementResult(
        column=column,
        name=name,
        benchmark=record,
        positions_of=positions_in(np.nan_to_num(everyone), ~np.isnan(everyone), record),
        people=people,
        notes=(*_notes(record), *benchmark_notes([record])),
    )
    return with_codebook(result, data, by)


def _notes(record: Benchmark) -> list[str]:
    coded = ", ".join(f"P{percent:g}" for percent in record.top_coded)
    told = [f"{coded} top-coded: nobody is placed above P{max(record.percentiles):g}."] if coded else []
    if any(cut <= 0 for cut in record.percentiles.values()):
        told.append("A percentile is not positive: positions are linear in the value, not in its logarithm.")
    return told
