"""Quantiles of a sample beside those of weighted microdata."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice, check_conf_level
from peerstats._core.frames import tidy_backend
from peerstats.comparison._distributions_result import DistributionsResult, QuantileGap
from peerstats.comparison._forms import form_notes
from peerstats.comparison._respondents import read_respondents
from peerstats.design import SurveyDesign
from peerstats.errors import InputError
from peerstats.numerics import t_half_width, two_sided_p

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.comparison._respondents import Respondents
    from peerstats.typing import Array, BoolArray

__all__ = ["compare_distributions"]

_CALL = "compare_distributions"


def compare_distributions(
    data: Any,
    column: str,
    microdata: Any,
    *,
    microdata_column: str | None = None,
    quantiles: float | Sequence[float] = (0.1, 0.25, 0.5, 0.75, 0.9),
    by: str | None = None,
    weights: str | None = None,
    design: SurveyDesign | None = None,
    microdata_weights: str | None = None,
    microdata_design: SurveyDesign | None = None,
    interval: Literal["replicate", "woodruff"] = "replicate",
    n_replicates: int = 500,
    rng: np.random.Generator | int | None = None,
    form: str | None = None,
    microdata_form: str | None = None,
    name: str = "microdata",
    conf_level: float = 0.95,
) -> DistributionsResult:
    """Set the quantiles of a sample beside those of weighted microdata.

    Parameters
    ----------
    data : frame or ScoreResult
        The sample, one row a respondent.
    column : str
        Its column.
    microdata : frame
        A survey of the population, one row a respondent. Codes for missing answers must be null.
    microdata_column : str, optional
        The microdata's column, in the same unit; by default `column`.
    quantiles : float or sequence of float
        Shares below, between 0 and 1.
    by : str, optional
        Column of groups of the sample; each is compared apart.
    weights : str, optional
        The sample's sampling weights.
    design : SurveyDesign, optional
        In their place: the sample's design.
    microdata_weights : str, optional
        Sampling weights of the microdata. They are never pooled with the sample's.
    microdata_design : SurveyDesign, optional
        In their place: the microdata's design.
    interval : {"replicate", "woodruff"}
        Where the errors come from: replicates, those of a design that has them, else bootstrap samples that
        are drawn here; or Woodruff's limits of each quantile.
    n_replicates : int
        Bootstrap samples of a survey without replicates.
    rng : Generator, int or None
        Where they are drawn from.
    form, microdata_form : str, optional
        The forms of both measures; different ones are pointed out.
    name : str
        What the microdata are called in the tables.
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    DistributionsResult
        One row for each group and quantile.

    Raises
    ------
    InputError
        If a column is absent or empty, a quantile is not between 0 and 1, or weights or designs do not fit.

    Warns
    -----
    PeerstatsWarning
        If both forms are given and differ.

    Notes
    -----
    The surveys are independent: the variance of a difference of quantiles is the sum of both. Quantiles are
    taken halfway where a share is met exactly ("school" of `estimate`). Bootstrap samples are Rao and Wu's,
    n_h - 1 PSUs a stratum; a design's own replicates are used as they are. Limits are of t on Satterthwaite's
    degrees of freedom. Where many respondents have one value (scores, rounded wages) quantiles move in jumps,
    and so do their errors: look at the shares below, too.

    `share` is the part of the sample below the microdata's quantile, ties half. It has no limits: the
    quantile is itself an estimate.

    References
    ----------
    .. [1] Rao and Wu (1988), Journal of the American Statistical Association 83(401), 231-241.
    .. [2] Woodruff (1952), Journal of the American Statistical Association 47(260), 635-646.

    Examples
    --------
    >>> import peerstats as ps
    >>> nation = ps.simulate_cohort(600, rng=1).data
    >>> sample = ps.simulate_cohort(150, rng=2).data
    >>> found = ps.compare_distributions(
    ...     sample, "hourly_wage", nation, quantiles=0.5, microdata_weights="weight", rng=3
    ... )
    >>> found.tidy()[["estimate", "benchmark_value"]].round(2).to_numpy()[0].tolist()
    [17.09, 16.8]
    """
    check_choice(interval, ("replicate", "woodruff"), "interval", _CALL)
    conf_level = check_conf_level(conf_level, _CALL)
    probabilities = _probabilities(quantiles)
    generator = np.random.default_rng(rng)
    sample = read_respondents(data, weights=weights, weight_kind="sampling", design=design, call=_CALL)
    nation = read_respondents(
        microdata, weights=microdata_weights, weight_kind="sampling", design=microdata_design, call=_CALL
    )
    if interval == "replicate":
        sample = _with_replicates(sample, weights, n_replicates, generator)
        nation = _with_replicates(nation, microdata_weights, n_replicates, generator)
    values, theirs = sample.values(column), nation.values(microdata_column or column)
    groups, no_group = sample.groups(by)
    known = sample.counted & ~np.isnan(values)
    official = _quantiles(nation, theirs, probabilities, interval, conf_level)
    rows = []
    for group, members in groups:
        used = known & members
        if used.any():
            own = _quantiles(sample, np.where(used, values, np.nan), probabilities, interval, conf_level)
            n_missing = int((members & sample.counted & ~known).sum())
            rows += [
                _gap(sample, values, used, group, n_missing, own, official, i, conf_level)
                for i in range(len(probabilities))
            ]
    if not rows:
        raise InputError(f"{_CALL}(): no group of {by!r} has a value.", "Check the columns.")
    lost = [(int((sample.counted & ~known).sum()), f"{column} missing"), (no_group, f"{by} missing")]
    told = ", ".join(f"{count:,} {why}" for count, why in lost if count)
    in_groups = np.any([members for _, members in groups], axis=0)
    return DistributionsResult(
        column=column,
        name=name,
        rows=tuple(rows),
        interval=interval,
        conf_level=conf_level,
        lines=(
            f"{int((known & in_groups).sum()):,} of {len(values):,} rows with a value"
            + (f" ({told})" if told else ""),
            f"sample: {sample.line}",
            f"{name}: {int((nation.counted & ~np.isnan(theirs)).sum()):,} respondents; {nation.line}",
        ),
        notes=(*form_notes(form, microdata_form, _CALL), *_notes(rows, interval)),
        backend=tidy_backend(sample.frame),
    )


def _probabilities(quantiles: Any) -> list[float]:
    try:
        found = np.atleast_1d(np.asarray(quantiles, dtype=float))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{_CALL}(): quantiles={quantiles!r} are no numbers.", "Give [0.25, 0.5]."
        ) from error
    if found.ndim != 1 or not len(found) or not ((found > 0) & (found < 1)).all():
        raise InputError(
            f"{_CALL}(): quantiles={quantiles!r} are not all between 0 and 1.",
            "Give fractions: [0.25, 0.5, 0.75].",
        )
    return [float(each) for each in found]


def _with_replicates(
    survey: Respondents, weights: str | None, n_replicates: int, rng: np.random.Generator
) -> Respondents:
    """Give a survey bootstrap replicates unless its design has some."""
    plan = survey.design or SurveyDesign(weights=weights)
    if plan.replicates is None and plan.replicate_method is None:
        plan = plan.with_replicates("bootstrap", n_replicates=n_replicates, rng=rng)
    arrays = plan.read(survey.frame, _CALL)
    return replace(survey, design=plan, line=f"{arrays.description}; {arrays.variance} errors")


def _quantiles(
    survey: Respondents, values: Array, probabilities: list[float], interval: str, conf_level: float
) -> Mapping[str, Array]:
    found: Mapping[str, Array] = survey.estimate(
        values,
        statistic="quantile",
        quantiles=probabilities,
        qrule="school",
        interval="quantile" if interval == "replicate" else "mean",
        conf_level=conf_level,
    ).numbers
    return found


def _gap(
    sample: Respondents,
    values: Array,
    used: BoolArray,
    group: str,
    n_missing: int,
    own: Mapping[str, Array],
    official: Mapping[str, Array],
    i: int,
    conf_level: float,
) -> QuantileGap:
    """Compare one quantile of one group."""
    estimate, error, df = (float(own[name][i]) for name in ("estimate", "std_error", "df"))
    value, its_error, its_df = (float(official[name][i]) for name in ("estimate", "std_error", "df"))
    variance = error**2 + its_error**2
    below = error**4 / df + its_error**4 / its_df if df > 0 and its_df > 0 else math.nan
    both = variance**2 / below if below > 0 else math.nan
    std_error = math.sqrt(variance)
    reach = float(t_half_width(conf_level, both)) if both > 0 else math.nan
    statistic = (estimate - value) / std_error if std_error > 0 else math.nan
    under = (values[used] < value) + 0.5 * (values[used] == value)
    return QuantileGap(
        group=group,
        probability=float(own["probability"][i]),
        n=int(own["n"][i]),
        n_missing=n_missing,
        estimate=estimate,
        std_error=error,
        benchmark_value=value,
        benchmark_std_error=its_error,
        difference=estimate - value,
        difference_std_error=std_error,
        difference_low=estimate - value - reach * std_error,
        difference_high=estimate - value + reach * std_error,
        share=float(np.average(under, weights=sample.weights[used])),
        statistic=statistic,
        df=both,
        p_value=float(two_sided_p(statistic, both)) if both > 0 else math.nan,
    )


def _notes(rows: list[QuantileGap], interval: str) -> list[str]:
    notes = ["The weights of the two surveys are never pooled."]
    if any(math.isnan(each.difference_std_error) for each in rows):
        notes.append("No error where too few lie beyond the quantile to bound it.")
    if any(each.std_error == 0 or each.benchmark_std_error == 0 for each in rows):
        what = "every replicate has" if interval == "replicate" else "both limits are"
        notes.append(f"An error of zero: {what} the same value, which many respondents share.")
    return notes
