"""Set a printed mean beside benchmarks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from peerstats._core.checks import check_choice, check_conf_level
from peerstats.comparison._asked import Asked, check_margin
from peerstats.comparison._benchmarks import as_benchmarks, benchmark_notes
from peerstats.comparison._family import ADJUSTMENTS, judge
from peerstats.comparison._gap import gap
from peerstats.comparison._likeness import likeness_notes
from peerstats.comparison._result import ComparisonResult
from peerstats.comparison._screen import screen_gaps
from peerstats.comparison._units import check_units
from peerstats.errors import InputError
from peerstats.numerics import MeanEstimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.norms import Benchmark

__all__ = ["compare_summary"]

_CALL = "compare_summary"


def compare_summary(
    *,
    mean: float,
    sd: float,
    n: int,
    benchmark: Benchmark | str | Sequence[Benchmark | str],
    name: str = "published sample",
    unit: str | None = None,
    margin: float | str | None = None,
    adjust: Literal["none", "holm", "bh", "sidak"] = "none",
    benchmark_error: Literal["include", "ignore"] = "include",
    conf_level: float = 0.95,
) -> ComparisonResult:
    """Set a published mean, standard deviation and sample size beside benchmarks.

    Parameters
    ----------
    mean : float
        The sample's mean, in the benchmark's unit.
    sd : float
        Its standard deviation, positive.
    n : int
        Its respondents, two or more.
    benchmark : Benchmark, str or sequence of these
        What to compare with.
    name : str
        What the sample is called in the tables.
    unit : str, optional
        The unit of mean and sd, such as "dollars an hour"; a benchmark in another unit is refused.
    margin : float or str, optional
        Margin of equivalence, as of `compare`.
    adjust : {"none", "holm", "bh", "sidak"}
        How p-values are adjusted for several benchmarks.
    benchmark_error : {"include", "ignore"}
        Whether the benchmark's own standard error is in the limits and tests.
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    ComparisonResult
        One row a benchmark.

    Raises
    ------
    InputError
        If a figure is not finite, the standard deviation is not positive, n is below two, or the benchmark is
        in another unit.

    Warns
    -----
    PeerstatsWarning
        If a benchmark is unconfirmed.

    Notes
    -----
    As `compare`, with SE_m = sd / sqrt(n). Stata: ``ttesti n mean sd B`` for a benchmark without error.

    Examples
    --------
    >>> import peerstats as ps
    >>> wage = ps.oews("21-1094", year=2020)
    >>> both = [
    ...     ps.compare_summary(mean=16.50, sd=4.0, n=100, benchmark=wage, benchmark_error=said)
    ...     for said in ("ignore", "include")
    ... ]
    >>> [result.tidy()["statistic"].round(2).tolist() for result in both]
    [[-14.05], [-13.1]]
    """
    check_choice(benchmark_error, ("include", "ignore"), "benchmark_error", _CALL)
    check_choice(adjust, ADJUSTMENTS, "adjust", _CALL)
    conf_level = check_conf_level(conf_level, _CALL)
    benchmarks = as_benchmarks(benchmark, _CALL)
    for value, label in ((mean, "mean"), (sd, "sd"), (n, "n")):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise InputError(
                f"{_CALL}(): {label}={value!r} is not a finite number.", f"Give {label} as a number."
            )
    if sd <= 0:
        raise InputError(f"{_CALL}(): sd={sd!r} is not positive.", "Give the sample's standard deviation.")
    if n != int(n) or n < 2:  # noqa: PLR2004  (one respondent has no standard deviation)
        raise InputError(f"{_CALL}(): n={n!r} is not a sample size.", "Give a whole number, two or more.")
    check_units(float(mean), name, unit, benchmarks, _CALL)
    asked = Asked(
        include_error=benchmark_error == "include",
        conf_level=conf_level,
        margin=check_margin(margin, _CALL),
    )
    sample = MeanEstimate(n=int(n), mean=float(mean), sd=float(sd), std_error=sd / math.sqrt(n), df=n - 1.0)
    gaps = [
        gap(
            sample,
            each,
            include_error=asked.include_error,
            conf_level=conf_level,
            margin=asked.margin_at(each.value),
        )
        for each in benchmarks
    ]
    marked, screened = screen_gaps(judge(gaps, adjust, conf_level))
    return ComparisonResult(
        column=name,
        gaps=marked,
        benchmark_error=benchmark_error,
        weight_kind="none",
        adjust=adjust,
        conf_level=conf_level,
        lines=(f"from published figures: mean {mean:g}, SD {sd:g}, n {int(n):,}",),
        notes=(
            *likeness_notes(None, name, None, benchmarks, call=_CALL),
            *screened,
            *benchmark_notes(benchmarks),
        ),
        backend="pandas",
    )
