"""Weighted means, totals, shares, ratios and quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice, check_conf_level
from peerstats._core.words import counted
from peerstats.engines import as_batches
from peerstats.errors import InputError
from peerstats.estimates._asked import count_missing, read_asked
from peerstats.estimates._assemble import assemble
from peerstats.estimates._limits import share_limits
from peerstats.estimates._linear import Linear, Sums, linear_estimates, logit_errors
from peerstats.estimates._quantile import Quantiles, quantile_estimates
from peerstats.estimates._quantile_summed import summed_quantiles
from peerstats.estimates._read_summed import read_summed
from peerstats.estimates._sample import Sample, held_rows, name_list, read_groups, read_sample
from peerstats.numerics import QUANTILE_RULES, t_half_width
from peerstats.results import with_codebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.design import SurveyDesign
    from peerstats.estimates._asked import Asked
    from peerstats.estimates._result import EstimateResult
    from peerstats.typing import Array

__all__ = ["estimate"]

_STATISTICS = ("mean", "total", "proportion", "ratio", "quantile")
_INTERVALS = {
    "proportion": ("logit", "mean", "beta", "asin"),
    "quantile": ("mean", "xlogit", "beta", "asin", "quantile"),
}
# With frequency weights these equal rows repeated; the others count the rows they interpolate between.
_COUNTING_RULES = ("math", "hf1", "school", "hf2")


def _check(
    statistic: str,
    denominator: str | None,
    interval: str,
    qrule: str,
    missing: str,
    deff: str,
    weight_kind: str,
    call: str,
) -> str:
    """Check words that go together; return the kind of interval."""
    check_choice(statistic, _STATISTICS, "statistic", call)
    check_choice(missing, ("drop", "raise"), "missing", call)
    check_choice(deff, ("replace", "finite"), "deff", call)
    check_choice(qrule, QUANTILE_RULES, "qrule", call)
    if (statistic == "ratio") != (denominator is not None):
        raise InputError(
            f"{call}(): statistic={statistic!r} {'with' if denominator is not None else 'without'} "
            "denominator=.",
            'A ratio needs one, and only a ratio: statistic="ratio", denominator="hours".',
        )
    if statistic == "quantile" and weight_kind == "frequency" and qrule not in _COUNTING_RULES:
        raise InputError(
            f"{call}(): qrule={qrule!r} interpolates between rows, and frequency weights stand for many.",
            f"Choose one of {', '.join(map(repr, _COUNTING_RULES))}, or repeat the rows.",
        )
    choices = _INTERVALS.get(statistic, ())
    if interval == "auto":
        return choices[0] if choices else "mean"
    if not choices:
        check_choice(interval, ("auto", "mean"), "interval", call)
        return "mean"
    return check_choice(interval, choices, "interval", call)


def _probabilities(quantiles: Any, call: str) -> Array:
    try:
        found = np.atleast_1d(np.asarray(quantiles, dtype=float))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{call}(): quantiles={quantiles!r} are no numbers.", "Give [0.25, 0.5, 0.75]."
        ) from error
    if found.ndim != 1 or not len(found) or not ((found > 0) & (found < 1)).all():
        raise InputError(
            f"{call}(): quantiles={quantiles!r} are not all between 0 and 1.",
            "Give fractions: [0.25, 0.5, 0.75].",
        )
    return found


def _check_replicates(interval: str, replicates: Any, call: str) -> None:
    if interval == "quantile" and getattr(replicates, "replicates", replicates) is None:
        raise InputError(
            f"{call}(): interval='quantile' needs a design with replicates.",
            'Make some: design.with_replicates("bootstrap", n_replicates=500); or leave interval= out.',
        )


def _check_missing(lacking: Array, asked: Asked, names: tuple[str, ...], missing: str, call: str) -> None:
    if missing == "raise" and lacking.any():
        counts = ", ".join(
            f"{name} in {counted(int(lacking[:, asked.column.index(name)].sum()), 'row')}"
            for name in names
            if lacking[:, asked.column.index(name)].any()
        )
        raise InputError(
            f"{call}(): values are missing: {counts}.", 'Say missing="drop" to leave such rows out.'
        )


def _limits(
    sample: Sample, linear: Linear, statistic: str, interval: str, conf_level: float
) -> tuple[Array, Array]:
    if statistic != "proportion":
        with np.errstate(invalid="ignore"):
            reach = np.where(linear.df > 0, t_half_width(conf_level, np.maximum(linear.df, 1.0)), np.nan)
        return linear.estimate - reach * linear.std_error, linear.estimate + reach * linear.std_error
    return share_limits(
        linear.estimate,
        linear.std_error,
        linear.df,
        n=linear.n.astype(float),
        design_effect=linear.design_effect,
        interval=interval,
        conf_level=conf_level,
        logit_error=logit_errors(sample, linear.values, linear.estimate) if interval == "logit" else None,
    )


def estimate(
    data: Any,
    columns: str | Sequence[str],
    *,
    statistic: Literal["mean", "total", "proportion", "ratio", "quantile"] = "mean",
    by: str | Sequence[str] | None = None,
    where: Any = None,
    design: SurveyDesign | None = None,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    cluster: str | None = None,
    denominator: str | None = None,
    quantiles: float | Sequence[float] = (0.5,),
    qrule: str = "math",
    interval: str = "auto",
    deff: Literal["replace", "finite"] = "replace",
    conf_level: float = 0.95,
    missing: Literal["drop", "raise"] = "drop",
) -> EstimateResult:
    """Estimate means, totals, shares, ratios or quantiles, with the errors of the survey's design.

    Parameters
    ----------
    data : frame, ScoreResult or rows of an engine
        One row a respondent. A `ScoreResult` brings the caller's frame with its scores. Rows that
        an engine holds (a DuckDB relation, polars LazyFrame, Spark DataFrame, pyarrow Dataset or ParquetFile)
        are added up by it, and never read into memory; `where` is then a column's name, and designs with
        replicates or raking are refused.
    columns : str or sequence of str
        One or several columns. Each leaves out its own missing values, whatever the others lack.
    statistic : {"mean", "total", "proportion", "ratio", "quantile"}
        What is estimated. Shares are of the levels of a column of words, truth values or whole numbers.
    by : str or sequence of str, optional
        Columns of groups; several for groups by all at once. A group is a subpopulation.
    where : str or sequence of bool, optional
        The subpopulation: name of a boolean column, or one boolean a row. The others stay in the design.
    design : SurveyDesign, optional
        Weights, strata, PSUs, replicates, raking. Without it and without weights: a simple random sample.
    weights : str, optional
        Column of weights, in place of a design that holds nothing else.
    weight_kind : {"sampling", "frequency"}
        What they mean. Frequency weights equal rows repeated.
    cluster : str, optional
        Column of PSUs, in place of a design.
    denominator : str, optional
        Column that a ratio divides by: the ratio of the weighted totals.
    quantiles : float or sequence of float
        Shares below: 0.5 is the median.
    qrule : {"math", "school", "hf1", "hf2", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"}
        How a quantile is taken from the weighted distribution. "math": the least value that has at least the
        share at or below it. "school": halfway to the next value where the share is met exactly. "hf1" to
        "hf9": the types of Hyndman and Fan.
    interval : str
        Limits of shares: "logit" (the default), "mean", "beta" (Korn and Graubard) or "asin". Limits of
        quantiles: Woodruff's by the limits "mean" (the default), "xlogit", "beta" or "asin" of the share
        below, or "quantile": from the quantile in each replicate.
    deff : {"replace", "finite"}
        Which simple random sample design effects compare with: with replacement, or without it from a
        population of as many people as the weights add to. The latter has no value where weights add to n.
    conf_level : float
        Confidence level, a fraction.
    missing : {"drop", "raise"}
        Whether missing values of a column are left out and counted, or an error.

    Returns
    -------
    EstimateResult
        One row for each column, group, and level or quantile.

    Raises
    ------
    SourceError
        If an engine fails, or its rows change between two passes.
    InputError
        If a column is absent, holds text or nothing; nobody is in the subpopulation; weights or the design do
        not fit; or words do not go together.

    Notes
    -----
    With weights w, a mean is sum(w y) / sum(w), a ratio sum(w y) / sum(w x), over the rows of the group that
    have a value. Its error is the design's covariance of the influence w (y - R x) / sum(w x), rows outside
    counted as zeros, or that of the replicates. A group keeps the whole design: an unweighted group of m
    among n has the error sqrt(n / (n - 1) x sum (y - mean)^2) / m. Limits are of t on the design's degrees of
    freedom: PSUs less strata, over the strata with a member.

    A share of exactly 0 or 1 has no error to go by: its limits are Clopper and Pearson's on n over Kish's
    design effect of the weights. A total adds the values there are; it makes nothing up for missing ones.

    Of rows that an engine holds, means take two passes over the data: sums first, then sums of products of
    deviations from the means, by group, stratum and PSU. Shares take one. Quantiles take one for each column,
    which adds up weights by distinct value, and one more where there are PSUs.

    R's ``survey::svymean``, ``svytotal``, ``svyciprop``, ``svyratio``, ``svyquantile`` and ``svyby``, with
    ``na.rm = TRUE`` for each column alone: a formula of several columns there leaves out rows that lack any.
    R's ``degf`` counts PSUs with a member. Stata's ``svy, subpop(): mean``, ``total``, ``proportion``,
    ``ratio``.

    References
    ----------
    .. [1] Woodruff (1952), Journal of the American Statistical Association 47(260), 635-646.
    .. [2] Korn and Graubard (1998), Survey Methodology 24(2), 193-201.

    Examples
    --------
    >>> import peerstats as ps
    >>> people = ps.simulate_cohort(400, rng=1).data
    >>> plan = ps.SurveyDesign(weights="weight", strata="state", cluster="county")
    >>> wage = ps.estimate(people, "hourly_wage", by="gender", design=plan).tidy()
    >>> wage[["estimate", "std_error"]].round(2).iloc[0].tolist()
    [17.62, 0.43]
    >>> median = ps.estimate(people, "hourly_wage", statistic="quantile", design=plan).tidy()
    >>> median[["estimate", "conf_low", "conf_high"]].round(2).iloc[0].tolist()
    [16.85, 16.47, 17.28]
    """
    call = "estimate"
    interval = _check(statistic, denominator, interval, qrule, missing, deff, weight_kind, call)
    conf_level = check_conf_level(conf_level, call)
    names = name_list(columns, "columns", call)
    probabilities = _probabilities(quantiles, call)
    given: dict[str, Any] = {"where": where, "design": design, "weights": weights, "weight_kind": weight_kind}
    given["cluster"] = cluster
    held = held_rows(data)
    batches = as_batches(held, call)
    how: dict[str, Any] = {"rule": qrule, "interval": interval, "conf_level": conf_level}
    found: Quantiles | None = None
    if batches is not None and statistic == "quantile":
        _check_replicates(interval, design, call)
        sample, groups, asked, found = summed_quantiles(
            batches, names, by=by, probabilities=probabilities, **given, **how
        )
    else:
        if batches is None:
            sample = read_sample(held, call=call, **given)
            _check_replicates(interval, sample.arrays.replicates, call)
        else:
            numbers = names if denominator is None else (*names, denominator)
            share = statistic == "proportion"
            sample = read_summed(
                batches,
                values=() if share else numbers,
                levels=names if share else (),
                by=by,
                statistic=statistic,
                **given,
            )
        groups = read_groups(sample, by, call)
        asked = read_asked(sample, groups, names, statistic, denominator, call)
    lacking = count_missing(sample, groups, asked)
    _check_missing(lacking, asked, names, missing, call)
    repeats = len(probabilities) if statistic == "quantile" else 1
    if statistic == "quantile":
        found = found or quantile_estimates(
            sample,
            asked.top,
            asked.used,
            groups.code,
            len(groups.labels),
            probabilities=probabilities,
            **how,
        )
        linear, values, errors = found.linear, found.estimate, found.std_error
        low, high, effects, covariance = found.conf_low, found.conf_high, np.full(values.shape, np.nan), None
    else:
        sums = Sums(
            top=asked.top,
            bottom=asked.bottom,
            used=asked.used,
            group=groups.code,
            n_groups=len(groups.labels),
            columns=() if statistic == "proportion" else tuple((name, denominator) for name in names),
        )
        linear = linear_estimates(sample, sums, deff=deff)
        values, errors, effects, covariance = (
            linear.estimate,
            linear.std_error,
            linear.deff,
            linear.covariance,
        )
        low, high = _limits(sample, linear, statistic, interval, conf_level)
    spread = {
        "estimate": values,
        "std_error": errors,
        "df": linear.df,
        "conf_low": low,
        "conf_high": high,
        "cv": np.divide(errors, np.abs(values), out=np.full(values.shape, np.nan), where=values != 0),
        "n": linear.n,
        "n_missing": np.repeat(lacking, repeats, axis=1).astype(np.int64),
        "sum_weights": linear.sum_weights,
        "deff": effects,
        "design_effect": linear.design_effect,
    }
    result = assemble(
        sample,
        groups,
        asked,
        names,
        spread,
        covariance,
        statistic=statistic,
        probabilities=probabilities if statistic == "quantile" else None,
        denominator=denominator,
        interval=interval,
        qrule=qrule,
        deff=deff,
        conf_level=conf_level,
    )
    return with_codebook(result, data, by)
