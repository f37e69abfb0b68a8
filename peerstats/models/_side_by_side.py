"""Each predictor alone, and all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.checks import check_choice
from peerstats.design import parse_formula
from peerstats.errors import FormulaError
from peerstats.models._by_name import MODELS, fit_model, refit_terms, write_formula
from peerstats.models._side_by_side_result import SideBySide

if TYPE_CHECKING:
    from peerstats.design import Formula
    from peerstats.models._result import ModelResult

__all__ = ["side_by_side"]

_CALL = "side_by_side"


def _predictors(parsed: Formula, result: ModelResult) -> list[list[tuple[str, ...]]]:
    """Gather terms that share a column of the data: they are one predictor."""
    reads = {factor.code: set(factor.variables) for factor in result.fit.design.factors}
    found: list[tuple[set[str], list[tuple[str, ...]]]] = []
    for term in parsed.terms:
        if not term:
            continue
        columns = set().union(*(reads[code] for code in term))
        touched = [group for group in found if group[0] & columns]
        found = [group for group in found if not group[0] & columns]
        found.append(
            (
                columns.union(*(group[0] for group in touched)),
                [*(each for group in touched for each in group[1]), term],
            )
        )
    order = {term: place for place, term in enumerate(parsed.terms)}
    groups = [sorted(terms, key=order.__getitem__) for _, terms in found]
    return sorted(groups, key=lambda terms: order[terms[0]])


def side_by_side(
    formula: str,
    data: Any,
    *,
    model: Literal["linear", "logistic", "multinomial", "ordinal"],
    rows: Literal["same", "available"] = "same",
    **options: Any,
) -> SideBySide:
    """Fit each predictor alone (unadjusted) and all together (adjusted).

    Parameters
    ----------
    formula : str
        Outcome and all predictors, as in ``"job ~ age + sex + state"``.
    data : frame
        One row per respondent.
    model : {"linear", "logistic", "multinomial", "ordinal"}
        The model.
    rows : {"same", "available"}
        Whether each predictor alone is fitted to the rows of the adjusted model, so that only the adjustment
        differs, or to all rows that have the predictor and the outcome.
    **options
        What the model's call takes: base, weights, weight_kind, cluster, design, where, levels, variance, ...

    Returns
    -------
    SideBySide
        With `.tidy()`, `.glance()`, `.summary()`, `.plot()`, `.to_dict()`; `.adjusted` and `.unadjusted` are
        the models.

    Raises
    ------
    FormulaError
        If the formula has no intercept or no predictor.
    InputError
        If an argument is wrong, or a model cannot be fitted.

    Notes
    -----
    Terms that share a column of the data are one predictor and stay together: ``age + I(age ** 2)``, or
    ``sex + state + sex:state``. With ``rows="same"`` levels, knots, weights and kind of errors are those of
    the adjusted model. R `gtsummary::tbl_uvregression` beside `tbl_regression`, which takes the available
    rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"wage": [15, 17, 21, 20, 24, 18], "age": [30, 35, 50, 40, 60, 45],
    ...                      "sex": list("fmfmfm")})
    >>> both = ps.side_by_side("wage ~ age + sex", jobs, model="linear")
    >>> both.tidy()[["term", "adjustment", "estimate"]].round(3)
           term  adjustment  estimate
    0  sex[T.m]  unadjusted    -1.667
    1       age  unadjusted     0.277
    2  sex[T.m]    adjusted     0.204
    3       age    adjusted     0.281
    """
    check_choice(model, MODELS, "model", _CALL)
    check_choice(rows, ("same", "available"), "rows", _CALL)
    parsed = parse_formula(formula, _CALL)
    if () not in parsed.terms:
        raise FormulaError(
            f"{_CALL}(): the formula {formula!r} has no intercept; a predictor alone needs one.",
            "Leave out 0 and -1.",
        )
    if len(parsed.terms) == 1:
        raise FormulaError(f"{_CALL}(): the formula {formula!r} has no predictor.", "Add a term.")
    adjusted = fit_model(model, formula, data, options)
    alone = [[(), *terms] for terms in _predictors(parsed, adjusted)]
    return SideBySide(
        adjusted=adjusted,
        unadjusted=tuple(
            refit_terms(adjusted, terms)
            if rows == "same"
            else fit_model(model, write_formula(parsed, terms), data, options)
            for terms in alone
        ),
        same_rows=rows == "same",
        codebook=adjusted.codebook,
    )
