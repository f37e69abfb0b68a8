"""A sample's mean beside what a survey of the population predicts for people like its own."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from peerstats._core.checks import check_conf_level
from peerstats._core.frames import read_frame, tidy_backend
from peerstats._core.words import counted
from peerstats.comparison._adjusted_gap_result import AdjustedGapResult
from peerstats.comparison._forms import form_notes
from peerstats.comparison._gap import gap
from peerstats.comparison._people import read_people
from peerstats.errors import InputError
from peerstats.models import linear
from peerstats.norms import Benchmark
from peerstats.results import with_codebook

if TYPE_CHECKING:
    from peerstats.comparison._gap import Gap
    from peerstats.comparison._people import People
    from peerstats.design import SurveyDesign
    from peerstats.postfit import ModelFit
    from peerstats.typing import Array

__all__ = ["adjusted_gap"]

_CALL = "adjusted_gap"


def adjusted_gap(
    data: Any,
    column: str,
    microdata: Any,
    formula: str,
    *,
    by: str | None = None,
    weights: str | None = None,
    weight_kind: Literal["sampling", "frequency"] = "sampling",
    design: SurveyDesign | None = None,
    microdata_weights: str | None = None,
    microdata_design: SurveyDesign | None = None,
    form: str | None = None,
    microdata_form: str | None = None,
    name: str = "microdata",
    conf_level: float = 0.95,
) -> AdjustedGapResult:
    """Set a sample's mean beside what a survey of the population predicts for people like its own.

    Parameters
    ----------
    data : frame or ScoreResult
        The sample, one row a respondent, with the formula's predictors under the same names and with the same
        levels as in the microdata.
    column : str
        The sample's column, in the unit of the microdata's outcome.
    microdata : frame
        A survey of the population, one row a respondent. Codes for missing answers must be null.
    formula : str
        Outcome and predictors in the microdata: ``"FWBscore ~ C(agecat) + C(PPEDUC)"``. The outcome is a
        plain column; transform both columns first if need be.
    by : str, optional
        Column of groups of the sample; each is compared apart.
    weights, weight_kind : str, optional
        The sample's weights, and what they mean.
    design : SurveyDesign, optional
        In their place: the sample's design.
    microdata_weights : str, optional
        Sampling weights of the microdata. They are never pooled with the sample's.
    microdata_design : SurveyDesign, optional
        In their place: the microdata's design.
    form, microdata_form : str, optional
        The forms of both measures, such as "5 items"; different ones are pointed out.
    name : str
        What the microdata are called in the tables.
    conf_level : float
        Confidence level, a fraction.

    Returns
    -------
    AdjustedGapResult
        For each group two rows: the gap as it stands, and adjusted. The columns that begin with `fixed_` have
        the microdata as fixed numbers.

    Raises
    ------
    InputError
        If a column is absent, a level of the sample does not occur in the microdata, the outcome is no plain
        column, or weights or designs do not fit.

    Warns
    -----
    PeerstatsWarning
        If both forms are given and differ.

    Notes
    -----
    The microdata give b by weighted least squares with its design covariance V. The adjusted gap is the
    weighted mean of y_i - x_i'b over the sample, its variance the design variance of that mean plus
    xbar' V xbar, xbar the sample's weighted mean row. The surveys are independent, and b counts as fixed in
    the first part: what varies with the sample's own mix falls out, as x_i stands on both sides. With all
    combinations of categories as predictors this is the gap from the norm standardised to the sample's cells.
    The gap is what the predictors leave; a cause of it is not shown. Degrees of freedom are Satterthwaite's.

    References
    ----------
    .. [1] Kitagawa (1955), Journal of the American Statistical Association 50(272), 1168-1194.
    .. [2] Oaxaca (1973), International Economic Review 14(3), 693-709.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> nation = pd.DataFrame({"score": [50, 54, 58, 62, 49, 57] * 10, "age": [20, 30, 40, 50, 25, 45] * 10})
    >>> sample = pd.DataFrame({"score": [49.0, 50.0, 55.0, 52.0] * 5, "age": [22, 35, 48, 30] * 5})
    >>> rows = ps.adjusted_gap(sample, "score", nation, "score ~ age").tidy()
    >>> rows[["adjustment", "difference"]].round(2).to_numpy().tolist()
    [['unadjusted', -3.5], ['adjusted', -3.0]]
    """
    conf_level = check_conf_level(conf_level, _CALL)
    everyone = read_people(
        data, column, by=by, weights=weights, weight_kind=weight_kind, design=design, call=_CALL
    )
    fit = _fit(formula, microdata, microdata_weights, microdata_design)
    plain = _fit(f"{fit.outcome} ~ 1", microdata, microdata_weights, microdata_design)
    x = _rows(fit, everyone)
    people = replace(everyone, used=everyone.used & np.isfinite(x).all(axis=0))
    gaps = _gaps(people, x, fit, plain, name, conf_level)
    if not gaps:
        raise InputError(
            f"{_CALL}(): nobody has a {column!r} and all predictors of {formula!r}.", "Check the columns."
        )
    lost = people.sample.count(everyone.used & ~people.used)
    r_squared = f"; R2 {fit.r_squared:.3f}" if fit.r_squared is not None else ""
    missing = f" ({fit.n_missing:,} left out for a missing value)" if fit.n_missing else ""
    result = AdjustedGapResult(
        column=column,
        name=name,
        gaps=tuple(gaps),
        fit=fit,
        weight_kind=people.kind,
        conf_level=conf_level,
        lines=(
            people.lines[0],
            *([f"{counted(lost, 'row')} without a predictor left out"] if lost else []),
            f"sample: {'; '.join(people.lines[1:])}",
            f"{name}: {formula}, {counted(fit.n, 'respondent')}{missing}, {fit.variance} errors{r_squared}",
        ),
        notes=(
            *form_notes(form, microdata_form, _CALL),
            "The weights of the two surveys are never pooled; the gap is what the predictors leave.",
        ),
        backend=tidy_backend(people.sample.frame),
    )
    return with_codebook(result, data, by)


def _fit(formula: str, microdata: Any, weights: str | None, design: SurveyDesign | None) -> ModelFit:
    fit = linear(formula, microdata, weights=weights, design=design).fit
    if fit.outcome not in read_frame(microdata, _CALL).columns:
        raise InputError(
            f"{_CALL}(): the outcome {fit.outcome!r} is no column of the microdata.",
            "Transform the columns of both surveys first and name them: the gap is in the outcome's unit.",
        )
    if fit.offset is not None:
        raise InputError(f"{_CALL}(): {formula!r} has an offset.", "Leave it out.")
    return fit


def _rows(fit: ModelFit, people: People) -> Array:
    """Build the (k, n) columns of the fitted formula from the sample; NaN where a predictor is missing."""
    coded = fit.design.code(people.sample.frame, _CALL)
    found: Array = fit.design.layout().matrix(coded, 0, len(people.sample.frame))
    return found


def _gaps(
    people: People, x: Array, fit: ModelFit, plain: ModelFit, name: str, conf_level: float
) -> list[Gap]:
    """Compare each group with the microdata's mean and with what they predict for it."""
    ones = np.ones((1, x.shape[1]))
    gaps = []
    for g, group in people.named():
        used, own = people.rows(g), people.group_mean(g)
        for adjustment, model, columns in (("unadjusted", plain, ones), ("adjusted", fit, x)):
            beta = model.coefficients[:, 0]
            expected = beta @ np.where(used, columns, 0.0)
            centre = np.average(columns[:, used], axis=1, weights=people.sample.weights[used])
            variance = float(centre @ model.covariance @ centre)
            gaps.append(
                gap(
                    own,
                    Benchmark(key=name, value=float(centre @ beta), std_error=math.sqrt(variance) or None),
                    group=group,
                    quantity=adjustment,
                    n_missing=people.missing(g),
                    conf_level=conf_level,
                    apart=people.mean(np.where(used, people.values - expected, np.nan)),
                    parts=([variance], [model.df]),
                )
            )
    return gaps
