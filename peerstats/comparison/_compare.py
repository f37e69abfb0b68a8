"""Set a column beside benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice, check_conf_level
from peerstats.comparison._asked import Asked, check_margin
from peerstats.comparison._benchmarks import as_benchmarks, benchmark_notes
from peerstats.comparison._family import ADJUSTMENTS, judge
from peerstats.comparison._likeness import likeness_notes
from peerstats.comparison._means import mean_gaps
from peerstats.comparison._medians import median_gaps
from peerstats.comparison._people import People, read_people
from peerstats.comparison._percentiles import BinTest, percentile_gaps
from peerstats.comparison._proportions import proportion_gaps
from peerstats.comparison._result import ComparisonResult
from peerstats.comparison._screen import screen_gaps
from peerstats.errors import InputError
from peerstats.numerics import CELL_RULES
from peerstats.results import with_codebook
from peerstats.scoring import ScoreResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._gap import Gap
    from peerstats.design import SurveyDesign
    from peerstats.norms import Benchmark, OewsPercentiles

__all__ = ["compare"]

_CALL = "compare"
_STATISTICS = ("mean", "median", "percentiles", "proportion")
_COUNTING, _DESIGN = ("wilson", "exact"), ("logit", "beta", "asin", "mean")


def compare(
    data: Any,
    column: str,
    benchmark: Benchmark | OewsPercentiles | str | Sequence[Benchmark | OewsPercentiles | str],
    *,
    statistic: Literal["mean", "median", "percentiles", "proportion"] = "mean",
    by: str | Sequence[str] | None = None,
    where: Any = None,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    cluster: str | None = None,
    design: SurveyDesign | None = None,
    level: Any = None,
    margin: float | str | None = None,
    adjust: Literal["none", "holm", "bh", "sidak"] = "none",
    interval: str = "auto",
    interpolate: Literal["auto", "none", "rounded", "completed"] = "auto",
    form: str | None = None,
    unit: str | None = None,
    benchmark_error: Literal["include", "ignore"] = "include",
    conf_level: float = 0.95,
) -> ComparisonResult:
    """Set a column beside one or several benchmarks, the benchmark's own error included.

    Parameters
    ----------
    data : frame, ScoreResult or rows of an engine
        One row a respondent. A `ScoreResult` brings the caller's frame, its scores and their form. Rows that
        an engine holds (a DuckDB relation, polars LazyFrame, Spark DataFrame, pyarrow Dataset or ParquetFile)
        are added up by it, and never read into memory; `where` is then a column's name, and designs with
        replicates or raking are refused.
    column : str
        The column, in the benchmark's unit. Amounts are taken as they stand: nothing is deflated.
    benchmark : Benchmark, OewsPercentiles, str or sequence of these
        What to compare with: `oews(...)`, `cps(...)`, `get_norm(...)` or its key, `benchmark(...)`; for
        medians and percentiles also `oews_percentiles(...)`, for an occupation whose mean is not published.
    statistic : {"mean", "median", "percentiles", "proportion"}
        What is compared. "median" takes a benchmark of a median, or the 50th percentile of one of a mean;
        "percentiles" the shares below each published percentile, and all of them together.
    by : str or sequence of str, optional
        Columns of groups; each is compared apart. Rows without a group are counted and left out.
    where : str or sequence of bool, optional
        The subpopulation: name of a boolean column, or one boolean a row. The others stay in the design.
    weights : str, optional
        Column of weights, in place of a design that holds nothing else.
    weight_kind : {"sampling", "frequency"}
        What the weights mean. Frequency weights equal rows repeated.
    cluster : str, optional
        Column of PSUs, in place of a design.
    design : SurveyDesign, optional
        Weights, strata, PSUs, replicates, raking.
    level : object, optional
        Whose share a proportion is: a level of the column. Without it the column is of 0 and 1, or of truth
        values.
    margin : float or str, optional
        Margin of equivalence, fixed before the data are seen: in units of the difference (of shares, a
        fraction), or as a percentage of the benchmark's figure, such as "5%".
    adjust : {"none", "holm", "bh", "sidak"}
        How p-values are adjusted for the family of all rows. Limits are not.
    interval : str
        Limits of shares. "wilson" and "exact" (Clopper and Pearson) count independent respondents, "logit",
        "beta" (Korn and Graubard), "asin" and "mean" are of the design. "auto": Wilson where there are
        neither sampling weights nor a design, else logit.
    interpolate : {"auto", "none", "rounded", "completed"}
        What whole numbers stand for where medians are taken: x for x - 1/2 to x + 1/2 ("rounded"), or for
        x to x + 1 ("completed" years), spread evenly. "auto": rounded where all numbers are whole and the
        benchmark's form says that it is interpolated, or it is a number of years with a fraction.
    form : str, optional
        The form of the sample's measure, such as "5 items"; a benchmark of another form is pointed out.
    unit : str, optional
        The column's unit, such as "dollars an hour"; a benchmark in another unit is refused.
    benchmark_error : {"include", "ignore"}
        Whether the comparison goes by the limits and tests that hold the benchmark's own standard error, or
        by those that count it as a fixed number. The result has both.
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    ComparisonResult
        One row for each group and benchmark, and percentile.

    Raises
    ------
    SourceError
        If an engine fails, or its rows change between two passes.
    InputError
        If a column is missing or holds text, weights or the design do not fit, the benchmark is of another
        statistic, instrument, scale or unit, or hourly figures meet a column that looks annual.

    Warns
    -----
    PeerstatsWarning
        If the sample's form is known and is not the benchmark's, or the benchmark is unconfirmed.

    Notes
    -----
    *Means.* With sample mean m, its standard error SE_m, and a benchmark B with standard error SE_B, the
    difference is m - B, its standard error sqrt(SE_m^2 + SE_B^2), and its degrees of freedom are Welch and
    Satterthwaite's with the benchmark's taken as infinite unless its n is known. The limits of the ratio
    m / B are exp(ln(m / B) -+ t sqrt((SE_m / m)^2 + (SE_B / B)^2)). With the benchmark fixed, SE_B = 0: R's
    ``t.test(x, mu = B)``; with weights or a design ``svyttest``.

    *Medians.* Independent respondents: order statistics bound the median with at least the level asked for,
    which is stated, and the sign test drops and counts ties with the benchmark. With sampling weights or a
    design: Woodruff's limits, and a t test that the share below plus half the ties is a half. Interpolated
    medians are those of grouped data, and each whole number counts below the benchmark by the part of its
    cell that lies there. Published medians have no error: the benchmark is taken as fixed, and says so.

    *Percentiles.* The share below each, ties by half, beside the percent: the score test goes with Wilson's
    limits, the binomial test with exact ones, t with those of a design. The shares between the percentiles
    are tested together by Pearson's chi-square, or Rao and Scott's of both orders; see `joint`.

    *Proportions.* z = (p - P) / sqrt(p (1 - p) / n + SE_P^2); the exact binomial test where P is fixed; t
    with the design's error.

    Limits that are not symmetric are joined to the benchmark's by Zou and Donner's rule. Equivalence is
    tested by two one-sided tests at the level 1 - conf_level: exact ones by signs or counts where the
    two-sided test is exact. An effect size is the difference of means over the benchmark's SD, or the
    sample's where it has none.

    A benchmark drawn from a population that contains the sample has a small positive covariance with it,
    which makes the test conservative.

    References
    ----------
    .. [1] Census Bureau, American Community Survey: instructions for applying statistical testing.
    .. [2] Welch (1947), Biometrika 34(1-2), 28-35.
    .. [3] Zou and Donner (2008), Statistics in Medicine 27(10), 1693-1702.
    .. [4] Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15(6), 657-680.
    .. [5] Rao and Scott (1981), Journal of the American Statistical Association 76(374), 221-230.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"wage": [16.0, 17.5, 19.0, 15.5, 18.0, 21.0]})
    >>> gap = ps.compare(jobs, "wage", ps.oews("21-1093", year=2020))
    >>> gap.tidy()[["estimate", "benchmark_value", "difference"]].round(2).iloc[0].tolist()
    [17.83, 18.38, -0.55]
    >>> ladder = ps.compare(jobs, "wage", ps.oews("21-1093", year=2020), statistic="percentiles")
    >>> ladder.tidy()[["estimate", "benchmark_value"]].round(2).iloc[2].tolist()
    [0.33, 0.5]
    """
    check_choice(statistic, _STATISTICS, "statistic", _CALL)
    check_choice(benchmark_error, ("include", "ignore"), "benchmark_error", _CALL)
    check_choice(weight_kind, ("sampling", "frequency"), "weight_kind", _CALL)
    check_choice(adjust, ADJUSTMENTS, "adjust", _CALL)
    check_choice(interpolate, ("auto", "none", *CELL_RULES), "interpolate", _CALL)
    conf_level = check_conf_level(conf_level, _CALL)
    benchmarks = as_benchmarks(benchmark, _CALL, statistic)
    _check_words(statistic, interval, interpolate, level)
    people = read_people(
        data,
        column,
        by=by,
        where=where,
        design=design,
        weights=weights,
        weight_kind=weight_kind,
        cluster=cluster,
        share=statistic == "proportion",
        level=level,
        by_value=statistic != "mean",
        call=_CALL,
    )
    if statistic != "proportion":
        people.check_units(unit, benchmarks, _CALL)
    asked = Asked(
        include_error=benchmark_error == "include",
        conf_level=conf_level,
        margin=check_margin(margin, _CALL),
        interval=_interval(people, interval),
        interpolate=interpolate,
    )
    gaps, joint, told = _gaps(people, benchmarks, statistic, asked)
    scored = data if isinstance(data, ScoreResult) else None
    marked, screened = screen_gaps(judge(gaps, adjust, conf_level))
    result = ComparisonResult(
        column=column,
        statistic=statistic,
        gaps=marked,
        joints=tuple(joint),
        benchmark_error=benchmark_error,
        weight_kind=people.kind,
        adjust=adjust,
        interval=asked.interval if statistic in ("percentiles", "proportion") else "",
        conf_level=conf_level,
        lines=people.lines,
        notes=(
            *likeness_notes(scored, column, form, benchmarks),
            *told,
            *screened,
            *benchmark_notes(benchmarks),
        ),
        backend=people.sample.backend,
    )
    return with_codebook(result, data, by)


def _check_words(statistic: str, interval: str, interpolate: str, level: Any) -> None:
    """Stop where an argument belongs to another statistic."""
    if level is not None and statistic != "proportion":
        raise InputError(
            f"compare(): level={level!r} with statistic={statistic!r}.",
            'A level has a share: statistic="proportion".',
        )
    if interval != "auto" and statistic not in ("percentiles", "proportion"):
        raise InputError(
            f"compare(): interval={interval!r} with statistic={statistic!r}.",
            "It is of shares: leave it out.",
        )
    if interpolate != "auto" and statistic != "median":
        raise InputError(
            f"compare(): interpolate={interpolate!r} with statistic={statistic!r}.",
            "It is of medians: leave it out.",
        )


def _interval(people: People, interval: str) -> str:
    """Return the kind of the limits of shares."""
    if interval == "auto":
        return _COUNTING[0] if people.counted else _DESIGN[0]
    check_choice(interval, ("auto", *_COUNTING, *_DESIGN), "interval", _CALL)
    if interval in _COUNTING and not people.counted:
        raise InputError(
            f"compare(): interval={interval!r} counts respondents of equal weight, drawn one by one.",
            'With sampling weights or a design choose "logit" or "beta".',
        )
    return interval


def _gaps(
    people: People, benchmarks: tuple[Benchmark, ...], statistic: str, asked: Asked
) -> tuple[list[Gap], list[BinTest], list[str]]:
    """Compare by the statistic's own module."""
    if statistic == "percentiles":
        return percentile_gaps(people, benchmarks, asked)
    if statistic == "proportion":
        return proportion_gaps(people, benchmarks, asked), [], []
    if statistic == "mean":
        return mean_gaps(people, benchmarks, asked), [], []
    gaps = median_gaps(people, benchmarks, asked)
    rules = {gap.quantity for gap in gaps if gap.quantity != "median"}
    told = [
        f"{rule[0].upper()}{rule[1:]}: whole numbers are spread evenly over their cells, as published "
        "medians of years are; the agency's own formula is not published with them."
        for rule in sorted(rules)
    ]
    told += [
        f"{each.key}: its median is the 50th percentile, which has no published error."
        for each in benchmarks
        if each.statistic != "median"
    ]
    if any(np.isnan(gap.limits).any() for gap in gaps):
        told.append("No limit of a median where too few lie beyond it.")
    return gaps, [], told
