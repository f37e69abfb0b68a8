"""Set a published share beside benchmarks or beside another sample's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtri

from peerstats._core.checks import check_choice, check_conf_level
from peerstats.comparison._checked_benchmarks import read_benchmarks, told_notes
from peerstats.comparison._counts import read_count
from peerstats.comparison._likeness import likeness_notes
from peerstats.comparison._published_shares_result import ProportionsResult, Quantity, ShareTest
from peerstats.errors import InputError
from peerstats.numerics import binomial_p, exact_limits, two_by_two, two_sided_p, wilson_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._counts import Count
    from peerstats.norms import Benchmark

__all__ = ["compare_proportions"]

_CALL = "compare_proportions"
_LIMITS = {"wilson": wilson_limits, "exact": exact_limits}


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
    conf_level: float = 0.95,
) -> ProportionsResult:
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
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    ProportionsResult
        Shares, differences and ratios with limits; the tests stand in `tests()`.

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
    Against a benchmark P with standard error SE_P: z = (p - P) / sqrt(p (1 - p) / n + SE_P^2), and limits of
    the difference that put those of p and P -+ z SE_P together as Newcombe does. P taken as fixed: the exact
    binomial test (R's ``binom.test``), and the limits of p less P. Where SE_P is known both are given. A p of
    0 or 1 has no variance of its own; P (1 - P) / n then stands for it.

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
    check_choice(interval, tuple(_LIMITS), "interval", _CALL)
    conf_level = check_conf_level(conf_level, _CALL)
    second = any(each is not None for each in (other_n, other_count, other_share))
    if (benchmark is not None) == second:
        raise InputError(
            f"{_CALL}(): {'both' if second else 'neither'} of a benchmark and a second sample given.",
            "Give benchmark=, or other_count= (or other_share=) and other_n=.",
        )
    sample = read_count(count, share, n, "", _CALL)
    own = _share(sample, name, interval, conf_level)
    notes = [f"{name}: {sample.note}." for _ in [0] if sample.note]
    if second:
        other = read_count(other_count, other_share, other_n, "other_", _CALL)
        notes += [f"{other_name}: {other.note}." for _ in [0] if other.note]
        quantities, tests, more = _two_samples(sample, other, other_name, conf_level)
        rows = (own, _share(other, other_name, interval, conf_level), *quantities)
        notes += more
        benchmarks: tuple[Benchmark, ...] = ()
    else:
        benchmarks = read_benchmarks(benchmark, "proportion", _CALL)
        parts = [_beside(sample, own, each, conf_level) for each in benchmarks]
        rows = (own, *(row for part, _ in parts for row in part))
        tests = [test for _, found in parts for test in found]
        notes += [*likeness_notes(None, name, form, benchmarks, call=_CALL), *told_notes(benchmarks)]
        if any(not each.std_error for each in benchmarks):
            notes.append("A benchmark without a standard error is taken as fixed.")
    return ProportionsResult(
        name=name,
        quantities=rows,
        share_tests=tuple(tests),
        benchmarks=benchmarks,
        interval=interval,
        conf_level=conf_level,
        lines=(
            "from published counts: "
            + ", ".join(f"{r.group} {r.hits:,} of {r.n:,}" for r in rows if r.quantity == "share" and r.n),
        ),
        notes=tuple(notes),
    )


def _share(count: Count, group: str, interval: str, conf_level: float) -> Quantity:
    p = count.hits / count.n
    low, high = _LIMITS[interval](count.hits, count.n, conf_level)
    return Quantity(
        quantity="share",
        group=group,
        hits=count.hits,
        n=count.n,
        estimate=p,
        std_error=math.sqrt(p * (1 - p) / count.n),
        conf_low=float(low),
        conf_high=float(high),
        interval=interval,
    )


def _ratio(own: Quantity, benchmark: Benchmark, error: float, z: float) -> tuple[float, float, float, float]:
    """Return the ratio of the shares, the error of its logarithm and its limits."""
    if own.estimate == 0 or benchmark.value == 0:
        ratio = own.estimate / benchmark.value if benchmark.value else math.nan
        return ratio, math.nan, math.nan, math.nan
    ratio = own.estimate / benchmark.value
    log_error = math.hypot(own.std_error / own.estimate, error / benchmark.value)
    return ratio, log_error, ratio * math.exp(-z * log_error), ratio * math.exp(z * log_error)


def _beside(
    sample: Count, own: Quantity, benchmark: Benchmark, conf_level: float
) -> tuple[list[Quantity], list[ShareTest]]:
    """Compare a share with one benchmark, its error included where known, and without."""
    rows, tests = [], []
    z = float(ndtri((1 + conf_level) / 2))
    p, standard = own.estimate, benchmark.value
    errors = {"include": benchmark.std_error, "ignore": 0.0}
    for said, error in errors.items():
        if said == "include" and not error:
            continue
        reach = z * float(error or 0.0)
        spread = own.std_error if 0 < p < 1 else math.sqrt(standard * (1 - standard) / sample.n)
        std_error = math.hypot(spread, float(error or 0.0))
        d = p - standard
        rows.append(
            Quantity(
                quantity="difference",
                group=own.group,
                benchmark=benchmark.key,
                benchmark_error=said,
                benchmark_value=standard,
                n=sample.n,
                estimate=d,
                std_error=std_error,
                conf_low=d - math.hypot(p - own.conf_low, reach),
                conf_high=d + math.hypot(own.conf_high - p, reach),
                interval=own.interval,
            )
        )
        ratio, log_error, low, high = _ratio(own, benchmark, float(error or 0.0), z)
        rows.append(
            Quantity(
                quantity="ratio",
                group=own.group,
                benchmark=benchmark.key,
                benchmark_error=said,
                benchmark_value=standard,
                n=sample.n,
                estimate=ratio,
                std_error=log_error,
                conf_low=low,
                conf_high=high,
                interval="log",
            )
        )
        with_error = said == "include"
        statistic = d / std_error if with_error else math.nan
        tests.append(
            ShareTest(
                test="z" if with_error else "exact binomial",
                benchmark=benchmark.key,
                benchmark_error=said,
                statistic=statistic,
                df=math.inf if with_error else math.nan,
                p_value=float(two_sided_p(statistic, np.inf))
                if with_error
                else binomial_p(sample.hits, sample.n, standard),
            )
        )
    return rows, tests


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
