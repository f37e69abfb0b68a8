"""Set the mean of a column beside benchmarks of the groups that the sample is made of."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice, check_conf_level
from peerstats._core.frames import tidy_backend
from peerstats.comparison._asked import Asked, check_margin
from peerstats.comparison._family import ADJUSTMENTS, judge
from peerstats.comparison._gap import gap
from peerstats.comparison._mix_benchmarks import mix_notes, read_mix
from peerstats.comparison._mix_percentiles import percentile_gaps
from peerstats.comparison._mix_result import MixLevel, MixResult
from peerstats.comparison._people import read_people
from peerstats.comparison._screen import screen_gaps
from peerstats.errors import InputError
from peerstats.norms import Benchmark
from peerstats.results import with_codebook
from peerstats.scoring import ScoreResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from peerstats.comparison._gap import Gap
    from peerstats.comparison._mix_benchmarks import Mix
    from peerstats.comparison._people import People
    from peerstats.design import SurveyDesign

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
    unit: str | None = None,
    date: str | None = None,
    margin: float | str | None = None,
    adjust: Literal["none", "holm", "bh", "sidak"] = "none",
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
        Groups with the same figure share its error. For medians and percentiles `oews_percentiles(...)` will
        do as well.
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
    unit : str, optional
        The column's unit, such as "dollars an hour"; benchmarks in another unit are refused.
    date : str, optional
        When the sample was asked, "2020-05" or "2020"; benchmarks of another date are pointed out. A
        deflated benchmark counts as of the date of its prices.
    margin : float or str, optional
        Of means: margin of equivalence, in the column's unit or as a percentage of the standard.
    adjust : {"none", "holm", "bh", "sidak"}
        Of means: how p-values are adjusted for several groups.
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    MixResult
        Means: one row for each group, with the columns of `compare`. Percentiles: one row for each group and
        percentile. `levels()` has the mix.

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
    check_choice(adjust, ADJUSTMENTS, "adjust", _CALL)
    conf_level = check_conf_level(conf_level, _CALL)
    asked = Asked(include_error=True, conf_level=conf_level, margin=check_margin(margin, _CALL))
    kind = "mean" if statistic == "mean" else "percentiles"
    if kind != "mean" and (margin is not None or adjust != "none"):
        raise InputError(
            f"{_CALL}(): margin= or adjust= with statistic={statistic!r}.",
            "They are of means: leave them out.",
        )
    everyone = read_people(
        data, column, by=by, weights=weights, weight_kind=weight_kind, design=design, call=_CALL
    )
    found = read_mix(everyone, mix, benchmarks, statistic=kind, missing=missing, call=_CALL)
    people = replace(everyone, used=everyone.used & (found.code >= 0))
    people.check_units(unit, found.benchmarks, _CALL)
    n_missing = [everyone.missing(g) for g in range(len(everyone.groups.labels))]
    gaps: tuple[Any, ...]
    screened: tuple[str, ...] = ()
    if kind == "mean":
        gaps, screened = screen_gaps(judge(_mean_gaps(people, found, n_missing, asked), adjust, conf_level))
    else:
        gaps = tuple(
            percentile_gaps(people, found, n_missing, conf_level, median=statistic == "median", call=_CALL)
        )
    scored = data if isinstance(data, ScoreResult) else None
    result = MixResult(
        column=column,
        mix=mix,
        statistic=statistic,
        gaps=gaps,
        mix_levels=tuple(_levels(people, found)),
        benchmarks=dict(zip(found.levels, found.benchmarks, strict=True)),
        weight_kind=people.kind,
        adjust=adjust,
        conf_level=conf_level,
        lines=(*people.lines, *found.lines),
        notes=(
            *mix_notes(scored, column, form, date, found, _CALL),
            *screened,
            *_cautions(found, kind, gaps),
        ),
        backend=tidy_backend(people.sample.frame),
    )
    return with_codebook(result, data, by)


def _cautions(mix: Mix, kind: str, gaps: Sequence[Any]) -> tuple[str, ...]:
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


def _levels(people: People, mix: Mix) -> list[MixLevel]:
    """Describe the mix of each group of respondents."""
    weights, found = people.sample.weights, []
    for g, group in people.named():
        shares = mix.shares(weights, people.rows(g))
        for k, (level, each) in enumerate(zip(mix.levels, mix.benchmarks, strict=True)):
            rows = people.rows(g) & (mix.code == k)
            if rows.any():
                found.append(
                    MixLevel(
                        group=group,
                        level=level,
                        n=people.sample.count(rows),
                        share=float(shares[k]),
                        estimate=float(np.average(people.values[rows], weights=weights[rows])),
                        benchmark=each.key,
                        benchmark_value=each.value,
                        benchmark_std_error=math.nan if each.std_error is None else each.std_error,
                        date=each.date,
                    )
                )
    return found


def _mean_gaps(people: People, mix: Mix, n_missing: Sequence[int], asked: Asked) -> list[Gap]:
    """Compare each group's mean with its standard."""
    figures = np.array([each.value for each in mix.benchmarks])
    errors = np.array([each.std_error or 0.0 for each in mix.benchmarks])
    dfs = [each.n - 1.0 if each.n is not None else math.inf for each in mix.benchmarks]
    gaps = []
    for g, group in people.named():
        used = people.rows(g)
        shares = mix.shares(people.sample.weights, used)
        standard = float(shares @ figures)
        # groups that share a figure share its error: their shares are added before they are squared
        parts = (np.bincount(mix.source, weights=shares, minlength=len(figures)) * errors) ** 2
        own = people.group_mean(g)
        relative = math.nan
        if own.mean > 0 and standard > 0:
            turned = people.values - own.mean / standard * mix.at(figures)
            relative = people.mean(np.where(used, turned, np.nan)).std_error / own.mean
        gaps.append(
            gap(
                own,
                Benchmark(
                    key=f"in the sample's mix of {mix.column}",
                    value=standard,
                    std_error=math.sqrt(parts.sum()) or None,
                ),
                group=group,
                n_missing=n_missing[g],
                conf_level=asked.conf_level,
                margin=asked.margin_at(standard),
                apart=people.mean(np.where(used, people.values - mix.at(figures), np.nan)),
                parts=(parts.tolist(), dfs),
                relative_error=relative,
            )
        )
    return gaps
