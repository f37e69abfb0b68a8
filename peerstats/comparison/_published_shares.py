"""Set a published share beside benchmarks or beside another sample's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, overload

from peerstats._core.checks import check_choice, check_conf_level
from peerstats.comparison._asked import Asked, check_margin
from peerstats.comparison._benchmarks import as_benchmarks, benchmark_notes
from peerstats.comparison._counts import read_count
from peerstats.comparison._family import ADJUSTMENTS, judge
from peerstats.comparison._likeness import likeness_notes
from peerstats.comparison._proportions import counted_share, share_gap, share_interval
from peerstats.comparison._published_shares_result import ProportionsResult, Quantity, ShareTest
from peerstats.comparison._result import ComparisonResult
from peerstats.comparison._screen import screen_gaps
from peerstats.errors import InputError
from peerstats.numerics import two_by_two

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._counts import Count
    from peerstats.norms import Benchmark

__all__ = ["compare_proportions"]

_CALL = "compare_proportions"


@overload
def compare_proportions(
    *,
    n: int,
    count: int | None = None,
    share: float | None = None,
    benchmark: Benchmark | Sequence[Benchmark],
    name: str = "sample",
    form: str | None = None,
    interval: Literal["wilson", "exact"] = "wilson",
    margin: float | str | None = None,
    adjust: Literal["none", "holm", "bh", "sidak"] = "none",
    benchmark_error: Literal["include", "ignore"] = "include",
    conf_level: float = 0.95,
) -> ComparisonResult: ...


@overload
def compare_proportions(
    *,
    n: int,
    count: int | None = None,
    share: float | None = None,
    other_n: int,
    other_count: int | None = None,
    other_share: float | None = None,
    name: str = "sample",
    other_name: str = "other sample",
    interval: Literal["wilson", "exact"] = "wilson",
    conf_level: float = 0.95,
) -> ProportionsResult: ...


def compare_proportions(
    *,
    n: int,
    count: int | None = None,
    share: float | None = None,
    benchmark: Benchmark | Sequence[Benchmark] | None = None,
    other_n: int | None = None,
    other_count: int | None = None,
    other_share: float | None = None,
    name: str = "sample",
    other_name: str = "other sample",
    form: str | None = None,
    interval: Literal["wilson", "exact"] = "wilson",
    margin: float | str | None = None,
    adjust: Literal["none", "holm", "bh", "sidak"] = "none",
    benchmark_error: Literal["include", "ignore"] = "include",
    conf_level: float = 0.95,
) -> ComparisonResult | ProportionsResult:
    """Set a published share beside official ones, or beside that of another sample.

    Parameters
    ----------
    n : int
        People asked.
    count : int, optional
        How many of them have the property.
    share : float, optional
        In place of a count: which share has it, a fraction. Counts that print alike are told.
    benchmark : Benchmark or sequence of Benchmark, optional
        Official proportions: `cps(...)`, `ncs(...)`, ``benchmark(..., statistic="proportion")``.
    other_n, other_count, other_share : int or float, optional
        In place of a benchmark: a second, independent sample.
    name, other_name : str
        What the samples are called in the tables.
    form : str, optional
        How the property was defined in the sample, such as "usual hours below 35"; a benchmark of another
        form is pointed out.
    interval : {"wilson", "exact"}
        Limits of a share of one sample: Wilson's score limits, or Clopper and Pearson's. Newcombe's limits of
        a difference of two samples are always made of Wilson's.
    margin : float or str, optional
        Beside a benchmark: margin of equivalence, as of `compare`.
    adjust : {"none", "holm", "bh", "sidak"}
        Beside several benchmarks: how p-values are adjusted.
    benchmark_error : {"include", "ignore"}
        Beside a benchmark: whether the comparison goes by the limits and tests that hold its own error.
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    ComparisonResult
        Beside a benchmark: one row a benchmark, as `compare` gives it.
    ProportionsResult
        Of two samples: shares, differences and ratios with limits; the tests stand in `tests()`.

    Raises
    ------
    InputError
        If a count exceeds n, a share is no fraction or fits no count, the benchmark is no proportion, or
        neither or both of a benchmark and a second sample are given.

    Warns
    -----
    PeerstatsWarning
        If the sample's form is known and is not the benchmark's, or the benchmark is unconfirmed.

    Notes
    -----
    Against a benchmark P with standard error SE_P, as `compare`: z = (p - P) / sqrt(p (1 - p) / n + SE_P^2),
    and limits of the difference that put those of p and P -+ z SE_P together as Newcombe does. P taken as
    fixed, in the columns that begin with `fixed_`: the exact binomial test (R's ``binom.test``), and the
    limits of p less P. A p of 0 or 1 has no variance of its own; P (1 - P) / n then stands for it.

    Two samples: the difference with Newcombe's limits, the relative risk and the odds ratio with limits on
    the log scale, Pearson's chi-square without continuity correction (R's ``chisq.test(correct = FALSE)``)
    and Fisher's exact test (R's ``fisher.test``). Stata's ``csi``. The samples must not share people: for the
    same people twice neither test holds.

    References
    ----------
    .. [1] Newcombe (1998), Statistics in Medicine 17(8), 873-890.
    .. [2] Wilson (1927), Journal of the American Statistical Association 22(158), 209-212.

    Examples
    --------
    >>> import peerstats as ps
    >>> both = ps.compare_proportions(count=325, n=448, other_count=175, other_n=279)
    >>> both.tidy().set_index("quantity")["estimate"].round(3).loc[["difference", "odds ratio"]].tolist()
    [0.098, 1.57]
    >>> both.tests()[["statistic", "p_value"]].round(4).iloc[0].tolist()
    [7.7215, 0.0055]
    """
    check_choice(interval, ("wilson", "exact"), "interval", _CALL)
    check_choice(benchmark_error, ("include", "ignore"), "benchmark_error", _CALL)
    check_choice(adjust, ADJUSTMENTS, "adjust", _CALL)
    conf_level = check_conf_level(conf_level, _CALL)
    second = any(each is not None for each in (other_n, other_count, other_share))
    if (benchmark is not None) == second:
        raise InputError(
            f"{_CALL}(): {'both' if second else 'neither'} of a benchmark and a second sample given.",
            "Give benchmark=, or other_count= (or other_share=) and other_n=.",
        )
    sample = read_count(count, share, n, "", _CALL)
    notes = [f"{name}: {sample.note}." for _ in [0] if sample.note]
    if benchmark is not None:
        asked = Asked(
            include_error=benchmark_error == "include",
            conf_level=conf_level,
            margin=check_margin(margin, _CALL),
            interval=interval,
        )
        benchmarks = as_benchmarks(benchmark, _CALL, "proportion")
        alike = likeness_notes(None, name, form, benchmarks, call=_CALL)
        return _beside(sample, benchmarks, name, asked, adjust, [*notes, *alike])
    if margin is not None or adjust != "none" or form is not None or benchmark_error != "include":
        raise InputError(
            f"{_CALL}(): margin=, adjust=, form= or benchmark_error= without benchmark=.",
            "They are of comparisons with official figures: leave them out.",
        )
    other = read_count(other_count, other_share, other_n, "other_", _CALL)
    notes += [f"{other_name}: {other.note}." for _ in [0] if other.note]
    quantities, tests, more = _two_samples(sample, other, other_name, conf_level)
    shares = [
        _share(each, group, interval, conf_level) for each, group in ((sample, name), (other, other_name))
    ]
    return ProportionsResult(
        name=name,
        quantities=(*shares, *quantities),
        share_tests=tuple(tests),
        interval=interval,
        conf_level=conf_level,
        lines=("from published counts: " + ", ".join(f"{r.group} {r.hits:,} of {r.n:,}" for r in shares),),
        notes=(*notes, *more),
    )


def _beside(
    sample: Count,
    benchmarks: tuple[Benchmark, ...],
    name: str,
    asked: Asked,
    adjust: str,
    notes: list[str],
) -> ComparisonResult:
    """Compare a share with benchmarks."""
    limits = share_interval(sample.hits, sample.n, asked.interval, asked.conf_level)
    share = counted_share(sample.hits, sample.n)
    gaps = [share_gap(share, limits, each, asked, hits=sample.hits) for each in benchmarks]
    marked, screened = screen_gaps(judge(gaps, adjust, asked.conf_level))
    return ComparisonResult(
        column=name,
        statistic="proportion",
        gaps=marked,
        benchmark_error="include" if asked.include_error else "ignore",
        weight_kind="none",
        adjust=adjust,
        interval=asked.interval,
        conf_level=asked.conf_level,
        lines=(f"from published counts: {sample.hits:,} of {sample.n:,}",),
        notes=(*notes, *screened, *benchmark_notes(benchmarks)),
        backend="pandas",
    )


def _share(count: Count, group: str, interval: str, conf_level: float) -> Quantity:
    found = counted_share(count.hits, count.n)
    low, high = share_interval(count.hits, count.n, interval, conf_level)
    return Quantity(
        quantity="share",
        group=group,
        hits=count.hits,
        n=count.n,
        estimate=found.mean,
        std_error=found.std_error,
        conf_low=low,
        conf_high=high,
        interval=interval,
    )


def _two_samples(
    sample: Count, other: Count, other_name: str, conf_level: float
) -> tuple[list[Quantity], list[ShareTest], list[str]]:
    """Compare the shares of two independent samples."""
    found = two_by_two(sample.hits, sample.n, other.hits, other.n, conf_level=conf_level)
    named: dict[str, tuple[tuple[float, float, float], float, str]] = {
        "difference": (found.difference, found.difference_std_error, "newcombe"),
        "relative risk": (found.relative_risk, found.log_relative_risk_std_error, "log"),
        "odds ratio": (found.odds_ratio, found.log_odds_ratio_std_error, "log"),
    }
    rows = [
        Quantity(
            quantity=quantity,
            benchmark=other_name,
            n=sample.n + other.n,
            estimate=value,
            std_error=error,
            conf_low=low,
            conf_high=high,
            interval=interval,
        )
        for quantity, ((value, low, high), error, interval) in named.items()
    ]
    chi_square = found.chi_square
    tests = [
        ShareTest(
            test="Pearson chi-square",
            benchmark=other_name,
            statistic=chi_square.statistic,
            df=chi_square.df_numerator,
            p_value=chi_square.p_value,
        ),
        ShareTest(
            test="Fisher exact", benchmark=other_name, statistic=math.nan, df=math.nan, p_value=found.fisher_p
        ),
    ]
    notes = ["Chi-square without continuity correction; the samples are taken as independent."]
    if math.isnan(found.odds_ratio[1]):
        notes.append("A cell of the table is empty: no limits of the ratio that needs it.")
    return rows, tests, notes
