"""Set the mean of a column beside benchmarks of the groups that the sample is made of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice, check_conf_level
from peerstats._core.frames import tidy_backend
from peerstats.comparison._independent import tested_difference
from peerstats.comparison._mix_benchmarks import mix_notes, read_mix
from peerstats.comparison._mix_percentiles import percentile_gaps
from peerstats.comparison._mix_result import MixGap, MixLevel, MixResult
from peerstats.comparison._respondents import read_respondents
from peerstats.errors import InputError
from peerstats.numerics import t_half_width

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peerstats.comparison._mix_benchmarks import Mix
    from peerstats.comparison._respondents import Respondents
    from peerstats.design import SurveyDesign
    from peerstats.norms import Benchmark
    from peerstats.typing import Array, BoolArray

__all__ = ["compare_mix"]

_CALL = "compare_mix"


def compare_mix(
    data: Any,
    column: str,
    benchmarks: Mapping[Any, Benchmark] | Callable[[str], Benchmark | None] | Any,
    *,
    mix: str,
    statistic: Literal["mean", "median", "percentiles"] = "mean",
    by: str | None = None,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    design: SurveyDesign | None = None,
    missing: Literal["raise", "drop"] = "raise",
    form: str | None = None,
    date: str | None = None,
    conf_level: float = 0.95,
) -> MixResult:
    """Set a sample of several states beside each state's own benchmark, in the sample's mix.

    Parameters
    ----------
    data : frame or ScoreResult
        One row a respondent.
    column : str
        The column, in the benchmarks' unit. Amounts are taken as they stand: `deflate` benchmarks or column
        first.
    benchmarks : mapping, callable or frame
        From group to its benchmark: ``{"NC": ..., "PA": ...}``; or a function such as ``lambda state:
        ps.oews("21-1093", area=state, data=table)``; or a frame of one row a group, with a column called as
        `mix`, value, std_error or rse (percent) and, where known, p10, p25, ..., unit, date, form, source.
        Groups with the same figure share its error.
    mix : str
        Column of the groups: state, occupation or any other that the benchmarks are published by.
    statistic : {"mean", "median", "percentiles"}
        What is compared: means; or the median, or all percentiles that every benchmark has, with those of the
        mixture of the benchmarks' distributions.
    by : str, optional
        Column of groups of respondents; each is compared apart, in its own mix.
    weights : str, optional
        Column of weights.
    weight_kind : {"sampling", "frequency"}
        What the weights mean. Frequency weights equal rows repeated.
    design : SurveyDesign, optional
        In place of weights: strata, PSUs, replicates.
    missing : {"raise", "drop"}
        Whether a group without a benchmark is an error, or left out and counted.
    form : str, optional
        The form of the sample's measure; a benchmark of another form is pointed out.
    date : str, optional
        When the sample was asked, "2020-05" or "2020"; benchmarks of another date are pointed out. A
        deflated benchmark counts as of the date of its prices.
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    MixResult
        Means: two rows for each group, the benchmarks' errors included and ignored. Percentiles: one row for
        each group and percentile. `levels()` has the mix.

    Raises
    ------
    InputError
        If a group of the sample has no benchmark, benchmarks are of different units or of another
        statistic, or columns, weights or design do not fit.

    Warns
    -----
    PeerstatsWarning
        If forms or dates are not the same, or a benchmark is unconfirmed.

    Notes
    -----
    With w_k the sample's share in group k, the standard is B* = sum w_k B_k and the gap D = mean(y_i -
    B_k(i)) = mean(y) - B*. Its variance is the design variance of that mean plus sum w_k^2 SE_k^2. There is
    no multinomial term for the w_k: the mean and the standard share them, so that a sample with one person
    more in a high-wage state has a higher mean and a higher standard. States are taken as independent. The
    limits of mean(y) / B* are those of its logarithm, with the design variance of mean(y_i - R B_k(i)) / B*.
    Degrees of freedom are Satterthwaite's, a benchmark's infinite unless its n is known.

    Percentiles are never averaged. The benchmarks' distributions, log-linear between published percentiles,
    are mixed with the w_k and the mixture is inverted. Where a group's published percentiles end before that
    value, the mixture only bounds it: `benchmark_value` is then NaN and the bounds are given. The test is of
    mean(1(y_i < x) + 1(y_i = x) / 2 - F_k(i)(x)) = 0 at the standard x: the sample's share below x against
    its own groups'. No percentile has a published error: the benchmarks are taken as fixed. The limits of the
    difference are Woodruff's of the sample's percentile, less x, which they take as fixed.

    References
    ----------
    .. [1] Curtin and Klein (1995), Direct standardization, NCHS Statistical Notes 6.
    .. [2] Klein and Schoenborn (2001), Age adjustment using the 2000 population, NCHS Statistical Notes 20.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> people = pd.DataFrame({"state": ["NC", "PA", "PA", "NC"] * 5, "wage": [15.0, 18.5, 20.0, 17.0] * 5})
    >>> wages = {
    ...     "NC": ps.benchmark(17.0, rse=1.2, name="NC", unit="dollars an hour"),
    ...     "PA": ps.benchmark(20.0, rse=0.9, name="PA", unit="dollars an hour"),
    ... }
    >>> gap = ps.compare_mix(people, "wage", wages, mix="state")
    >>> gap.tidy()[["estimate", "benchmark_value", "difference"]].to_numpy()[0].tolist()
    [17.625, 18.5, -0.875]
    """
    check_choice(statistic, ("mean", "median", "percentiles"), "statistic", _CALL)
    conf_level = check_conf_level(conf_level, _CALL)
    sample = read_respondents(data, weights=weights, weight_kind=weight_kind, design=design, call=_CALL)
    values = sample.values(column)
    counted = sample.counted
    groups, no_group = sample.groups(by)
    grouped = np.any([rows for _, rows in groups], axis=0)
    kind = "mean" if statistic == "mean" else "percentiles"
    valued = counted & ~np.isnan(values) & grouped
    found = read_mix(sample, mix, benchmarks, statistic=kind, missing=missing, rows=valued)
    known = valued & (found.code >= 0)
    gaps: list[Any] = []
    levels: list[MixLevel] = []
    empty = []
    for name, rows in groups:
        used = rows & known
        if not used.any():
            empty.append(f"no value in group {name!r}")
            continue
        n_missing = int((rows & counted & np.isnan(values)).sum())
        levels += _levels(sample, found, values, used, name)
        if kind == "mean":
            gaps += mean_gaps(sample, found, values, used, name, n_missing, conf_level)
        else:
            gaps += percentile_gaps(
                sample, found, values, used, name, n_missing, conf_level, median=statistic == "median"
            )
    if not gaps:
        raise InputError(f"{_CALL}(): no group of {by!r} has a value.", "Check the columns.")
    lost = [
        (int((counted & grouped & np.isnan(values)).sum()), f"{column} missing"),
        (int((~counted).sum()), "weight zero"),
        (no_group, f"{by} missing"),
    ]
    told = ", ".join(f"{count:,} {why}" for count, why in lost if count)
    return MixResult(
        column=column,
        mix=mix,
        statistic=statistic,
        gaps=tuple(gaps),
        mix_levels=tuple(levels),
        benchmarks=dict(zip(found.levels, found.benchmarks, strict=True)),
        weight_kind=sample.weight_kind,
        conf_level=conf_level,
        lines=(
            f"{int(known.sum()):,} of {len(values):,} rows compared" + (f" ({told})" if told else ""),
            *found.lines,
            sample.line,
            *empty,
        ),
        notes=(*mix_notes(sample, column, form, date, found), *_cautions(found, kind, gaps)),
        backend=tidy_backend(sample.frame),
    )


def _cautions(mix: Mix, kind: str, gaps: list[Any]) -> tuple[str, ...]:
    if kind == "percentiles":
        notes = ["No percentile has a published error: benchmark taken as fixed, and mixed, not averaged."]
        if any(math.isnan(each.benchmark_value) for each in gaps):
            notes.append(
                "Where a group's published percentiles end, the mixture only bounds its percentile: low and "
                "high stand for the value."
            )
        return tuple(notes)
    fixed = [level for level, each in zip(mix.levels, mix.benchmarks, strict=True) if not each.std_error]
    notes = [f"Shares of {mix.column} are the sample's own, in its mean and in the standard alike."]
    if fixed:
        notes.append(f"Taken as fixed, no error being published: {', '.join(fixed)}.")
    if len(set(mix.source.tolist())) < len(mix.levels):
        notes.append("Groups with the same benchmark share its error.")
    return tuple(notes)


def _levels(sample: Respondents, mix: Mix, values: Array, used: BoolArray, group: str) -> list[MixLevel]:
    """Describe the mix of one group of respondents."""
    shares = mix.shares(sample.weights, used)
    found = []
    for k, (level, each) in enumerate(zip(mix.levels, mix.benchmarks, strict=True)):
        rows = used & (mix.code == k)
        if rows.any():
            found.append(
                MixLevel(
                    group=group,
                    level=level,
                    n=int(rows.sum()),
                    share=float(shares[k]),
                    estimate=float(np.average(values[rows], weights=sample.weights[rows])),
                    benchmark=each.key,
                    benchmark_value=each.value,
                    benchmark_std_error=math.nan if each.std_error is None else each.std_error,
                    date=each.date,
                )
            )
    return found


def mean_gaps(
    sample: Respondents,
    mix: Mix,
    values: Array,
    used: BoolArray,
    group: str,
    n_missing: int,
    conf_level: float,
) -> list[MixGap]:
    """Compare one group's mean with its standard, the benchmarks' errors included and ignored."""
    figures = np.array([each.value for each in mix.benchmarks])
    shares = mix.shares(sample.weights, used)
    standard = float(shares @ figures)
    own = sample.mean(np.where(used, values, np.nan))
    apart = sample.mean(np.where(used, values - mix.at(figures), np.nan))
    # groups that share a figure share its error: their shares are added before they are squared
    source = mix.source
    weight_of = np.bincount(source, weights=shares, minlength=len(figures))
    parts = (weight_of * np.array([each.std_error or 0.0 for each in mix.benchmarks])) ** 2
    error = math.sqrt(parts.sum())
    dfs = np.array([each.n - 1.0 if each.n is not None else math.inf for each in mix.benchmarks])
    ratio = own.mean / standard if own.mean > 0 and standard > 0 else math.nan
    turned = math.nan
    if not math.isnan(ratio):
        turned = sample.mean(np.where(used, values - ratio * mix.at(figures), np.nan)).std_error
    rows = []
    for said in ("include", "ignore"):
        other = parts if said == "include" else np.zeros_like(parts)
        tested = tested_difference(apart, other, dfs, conf_level)
        reach = float(t_half_width(conf_level, tested["df"]))
        on_log = (
            reach * math.hypot(turned / own.mean, math.sqrt(other.sum()) / standard)
            if ratio > 0
            else math.nan
        )
        rows.append(
            MixGap(
                group=group,
                benchmark_error=said,
                n=own.n,
                n_missing=n_missing,
                estimate=own.mean,
                std_error=own.std_error,
                benchmark_value=standard,
                benchmark_std_error=error,
                ratio=ratio,
                ratio_low=ratio * math.exp(-on_log),
                ratio_high=ratio * math.exp(on_log),
                **tested,
            )
        )
    return rows
