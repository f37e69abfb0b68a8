"""Quantiles of a sample beside those of weighted microdata."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_choice, check_conf_level
from peerstats._core.frames import tidy_backend
from peerstats.comparison._distributions_result import DistributionsResult, QuantileGap
from peerstats.comparison._forms import form_notes
from peerstats.comparison._gap_test import satterthwaite, t_test
from peerstats.comparison._people import read_people
from peerstats.design import SurveyDesign
from peerstats.errors import InputError
from peerstats.numerics import MeanEstimate
from peerstats.results import with_codebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.comparison._people import People
    from peerstats.estimates.parts import Quantiles

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
    draws = n_replicates if interval == "replicate" else 0
    sample = _survey(data, column, by, weights, design, draws, generator)
    nation = _survey(
        microdata, microdata_column or column, None, microdata_weights, microdata_design, draws, generator
    )
    limits = "quantile" if interval == "replicate" else "mean"
    own, official = (each.quantiles(probabilities, limits, conf_level) for each in (sample, nation))
    rows = [
        _gap(sample, g, group, p, [_at(own, g, i), _at(official, 0, i)], conf_level)
        for g, group in sample.named()
        for i, p in enumerate(probabilities)
    ]
    result = DistributionsResult(
        column=column,
        name=name,
        rows=tuple(rows),
        interval=interval,
        conf_level=conf_level,
        lines=(
            sample.lines[0],
            f"sample: {'; '.join(sample.lines[1:])}",
            f"{name}: {'; '.join(nation.lines)}",
        ),
        notes=(*form_notes(form, microdata_form, _CALL), *_notes(rows, interval)),
        backend=tidy_backend(sample.sample.frame),
    )
    return with_codebook(result, data, by)


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


def _survey(
    data: Any,
    column: str,
    by: str | None,
    weights: str | None,
    design: SurveyDesign | None,
    n_replicates: int,
    rng: np.random.Generator,
) -> People:
    """Read a survey; with bootstrap replicates, if any are asked for, unless its design has some."""
    if n_replicates and (design is None or (isinstance(design, SurveyDesign) and weights is None)):
        design, weights = design or SurveyDesign(weights=weights), None
        if design.replicates is None and design.replicate_method is None:
            design = design.with_replicates("bootstrap", n_replicates=n_replicates, rng=rng)
    return read_people(data, column, by=by, weights=weights, design=design, call=_CALL)


def _at(found: Quantiles, g: int, i: int) -> MeanEstimate:
    """Return one quantile of one group."""
    return MeanEstimate(
        n=int(found.linear.n[g, i]),
        mean=float(found.estimate[g, i]),
        sd=math.nan,
        std_error=float(found.std_error[g, i]),
        df=float(found.linear.df[g, i]),
    )


def _gap(
    people: People, g: int, group: str, probability: float, both: list[MeanEstimate], conf_level: float
) -> QuantileGap:
    """Compare one quantile of one group with the microdata's."""
    own, official = both
    df = satterthwaite([each.std_error**2 for each in both], [each.df for each in both])
    test = t_test(own.mean - official.mean, math.hypot(own.std_error, official.std_error), df, conf_level)
    used = people.rows(g)
    values = people.values[used]
    under = (values < official.mean) + 0.5 * (values == official.mean)
    return QuantileGap(
        group=group,
        probability=probability,
        n=own.n,
        n_missing=people.missing(g),
        estimate=own.mean,
        std_error=own.std_error,
        benchmark_value=official.mean,
        benchmark_std_error=official.std_error,
        difference=own.mean - official.mean,
        difference_std_error=test.std_error,
        difference_low=test.low,
        difference_high=test.high,
        share=float(np.average(under, weights=people.sample.weights[used])),
        statistic=test.statistic,
        df=test.df,
        p_value=test.p_value,
    )


def _notes(rows: list[QuantileGap], interval: str) -> list[str]:
    notes = ["The weights of the two surveys are never pooled."]
    if any(math.isnan(each.difference_std_error) for each in rows):
        notes.append("No error where too few lie beyond the quantile to bound it.")
    if any(each.std_error == 0 or each.benchmark_std_error == 0 for each in rows):
        what = "every replicate has" if interval == "replicate" else "both limits are"
        notes.append(f"An error of zero: {what} the same value, which many respondents share.")
    return notes
