"""Blocks of predictors, entered one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from peerstats._core.checks import check_choice
from peerstats.design import parse_formula
from peerstats.errors import FormulaError, InputError
from peerstats.models._blocks_result import BlocksResult
from peerstats.models._by_name import MODELS, fit_model, refit_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peerstats.design import Formula
    from peerstats.models._result import ModelResult

__all__ = ["blocks"]

_CALL = "blocks"


def _check_nested(names: Sequence[str], parsed: Sequence[Formula]) -> None:
    for i in range(1, len(parsed)):
        smaller, larger = parsed[i - 1], parsed[i]
        if smaller.outcome.code != larger.outcome.code:
            raise FormulaError(
                f"{_CALL}(): {names[i - 1]!r} is of {smaller.outcome.code!r} and {names[i]!r} of "
                f"{larger.outcome.code!r}.",
                "Blocks are of one outcome.",
            )
        have = {frozenset(term) for term in larger.terms}
        lost = [":".join(term) or "1" for term in smaller.terms if frozenset(term) not in have]
        if lost:
            raise FormulaError(
                f"{_CALL}(): the blocks are not nested: {lost[0]!r} of {names[i - 1]!r} is not in "
                f"{names[i]!r}.",
                "Each formula repeats the terms of the one before and adds to them.",
            )
        if len(larger.terms) == len(smaller.terms):
            raise FormulaError(
                f"{_CALL}(): {names[i]!r} adds no term to {names[i - 1]!r}.", "Leave one of them out."
            )


def _check_columns(names: Sequence[str], models: Sequence[ModelResult]) -> None:
    """Refuse interactions without their parts, whose columns change when the parts come in."""
    for i in range(1, len(models)):
        lost = set(models[i - 1].fit.terms) - set(models[i].fit.terms)
        if lost:
            raise FormulaError(
                f"{_CALL}(): {min(lost)!r} of {names[i - 1]!r} is coded otherwise in {names[i]!r}.",
                "Enter the parts of an interaction before the interaction.",
            )


def blocks(
    formulas: Sequence[str] | Mapping[str, str],
    data: Any,
    *,
    model: Literal["linear", "logistic", "multinomial", "ordinal"] = "linear",
    **options: Any,
) -> BlocksResult:
    """Enter blocks of predictors one after the other (hierarchical regression).

    Parameters
    ----------
    formulas : sequence of str, or mapping of name to str
        The formula after each block, each with all terms of the one before:
        ``["y ~ age + sex", "y ~ age + sex + workload"]``.
    data : frame
        One row per respondent.
    model : {"linear", "logistic", "multinomial", "ordinal"}
        The model.
    **options
        What the model's call takes: base, weights, weight_kind, cluster, design, where, levels, variance, ...

    Returns
    -------
    BlocksResult
        With `.tidy()`, `.glance()`, `.summary()`, `.plot()`, `.to_dict()`; `.models` are the fits.

    Raises
    ------
    FormulaError
        If a formula lacks a term of the one before, adds none, or is of another outcome.
    InputError
        If an argument is wrong, or a model cannot be fitted.

    Notes
    -----
    All blocks are fitted to the rows of the last formula, so that their R2 can be compared. The change is
    tested by F of the added coefficients; with model-based errors of a likelihood by its ratio; with robust,
    clustered or design-based errors as `ModelResult.test` does. R
    ``anova(lm1, lm2)``, Stata `nestreg`, SPSS /METHOD=ENTER in steps.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> jobs = pd.DataFrame({"wage": [15, 17, 21, 20, 24, 18], "age": [30, 35, 50, 40, 60, 45],
    ...                      "hours": [20, 30, 40, 25, 40, 35]})
    >>> steps = ps.blocks(["wage ~ hours", "wage ~ hours + age"], jobs)
    >>> steps.tidy()[["block", "r_squared", "r_squared_change", "p_value"]].round(3)
                    block  r_squared  r_squared_change  p_value
    0        wage ~ hours      0.571             0.571    0.082
    1  wage ~ hours + age      0.911             0.340    0.043
    """
    check_choice(model, MODELS, "model", _CALL)
    if isinstance(formulas, str) or len(formulas) < 2:  # noqa: PLR2004  (a change needs two blocks)
        raise InputError(
            f"{_CALL}(): formulas={formulas!r} is one block.",
            "Give two formulas at least, the smaller first.",
        )
    texts = list(formulas.values()) if hasattr(formulas, "values") else list(formulas)
    names = [str(name) for name in formulas]
    parsed = [parse_formula(text, _CALL) for text in texts]
    _check_nested(names, parsed)
    last = fit_model(model, texts[-1], data, options)
    models = [*(refit_terms(last, each.terms) for each in parsed[:-1]), last]
    _check_columns(names, models)
    return BlocksResult(names=tuple(names), models=tuple(models), codebook=models[-1].codebook)
