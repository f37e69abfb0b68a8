"""The rows of a fit read again: for a loaded fit, or for other errors of the same coefficients."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats.design import Asked, MemoryRows, read_model
from peerstats.errors import ConvergenceError, InputError
from peerstats.models._by_name import fit_rows
from peerstats.models._mixed_least_squares import fit_mixed_squares
from peerstats.models._mixed_logit import fit_mixed_rows
from peerstats.models._variance import degrees_of_freedom
from peerstats.postfit import FitSource, need_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.design import FrozenDesign, Level, ModelRows, SurveyDesign
    from peerstats.models._result import ModelResult
    from peerstats.postfit import ModelFit

__all__ = ["attach_rows", "other_errors"]

_SAME = 1e-6  # of a coefficient's size or error: searches end within 1e-8 of each other
_LEARNT = 1e-9  # of a mean or knot: libraries add in different orders
_NEXT = "Give the rows that the fit was made from: result.with_data(data, where=..., design=...)."


def _levels(fit: ModelFit) -> dict[str, Level | list[Level]]:
    """Return the argument levels= that gives the fit's levels again."""
    asked: dict[str, Level | list[Level]] = {}
    if fit.n_thresholds:
        asked[fit.outcome] = list(fit.outcome_levels)
    for factor in fit.design.factors:
        parsed = factor.parse("load_fit")
        # a reference that the formula names needs no argument, and may have none beside it
        if parsed.column is None or not factor.levels or parsed.reference is not None:
            continue
        if factor.contrast == "treatment" and factor.reference not in (None, factor.levels[0]):
            asked[parsed.column] = factor.reference
        else:
            asked.setdefault(parsed.column, list(factor.levels))
    return asked


def _asked(fit: ModelFit, design: SurveyDesign | None, where: Any) -> Asked:
    """Return what the caller of the fit asked for, as far as the record tells."""
    group = None if fit.random is None else fit.random.group
    without = "sampling" if group is None else "frequency"
    return Asked(
        call=fit.model,
        formula=fit.design.formula,
        numbers=not fit.outcome_levels,
        base=fit.base,
        weights=None if design is not None else fit.weights,
        weight_kind=without if fit.weight_kind == "none" else fit.weight_kind,
        cluster=fit.cluster,
        group=group,
        offset=fit.offset,
        survey=design,
        where=where,
        levels=_levels(fit) or None,
        variance=fit.variance,
        conf_level=fit.conf_level,
        n_replicates=None if design is not None else fit.n_replicates,
        penalty=fit.penalty,
        ordered=bool(fit.n_thresholds),
    )


def _refit(rows: ModelRows, asked: Asked, fit: ModelFit) -> ModelResult:
    """Fit the model of a record to rows that were read."""
    random = fit.random
    if random is None:
        return fit_rows(rows, asked)
    if fit.outcome_levels:
        return fit_mixed_rows(rows, asked, random.group, random.n_points)
    return fit_mixed_squares(rows, asked, random.group, "reml" if random.method == "REML" else "ml")


def _quick(asked: Asked) -> str:
    """Return the errors that cost least, where a refit is for its coefficients."""
    if asked.survey is not None:
        return "auto"
    if asked.cluster is not None:
        return "CR0"
    return "linearized" if asked.weights is not None and asked.weight_kind == "sampling" else "model"


def _learnt_differs(one: FrozenDesign, other: FrozenDesign) -> str | None:
    """Name the factor in which two designs of one formula differ."""
    for mine, theirs in zip(one.factors, other.factors, strict=True):
        if replace(mine, transforms=()) != replace(theirs, transforms=()):
            return (
                f"the levels of {mine.code!r} are {list(theirs.levels)}, and {list(mine.levels)} in the fit"
            )
        for a, b in zip(mine.transforms, theirs.transforms, strict=True):
            m, n = (np.array([t.shift, t.divisor, *t.knots, *t.constraint]) for t in (a, b))
            if len(m) != len(n) or not np.allclose(m, n, rtol=_LEARNT, atol=0.0):
                return f"{mine.code!r} learns other means or knots from them"
    return None


def _differs(fit: ModelFit, rows: ModelRows) -> str | None:
    """Say in what rows are not those of a fit, before anything is fitted."""
    if rows.source.n_rows != fit.n_rows:
        return f"{rows.source.n_rows:,} rows are used, and {fit.n_rows:,} in the fit"
    if rows.n != fit.n:
        return f"they are {rows.n:,.0f} observations, and {fit.n:,.0f} in the fit"
    if rows.outcome_levels != fit.outcome_levels:
        levels, own = list(rows.outcome_levels), list(fit.outcome_levels)
        return f"the outcome has the levels {levels}, and {own} in the fit"
    described = None if rows.survey is None else rows.survey.description
    if described != fit.survey:
        return f"the design is {described!r}, and {fit.survey!r} in the fit"
    return _learnt_differs(fit.design, rows.design)


def _check_same(fit: ModelFit, found: ModelFit, call: str) -> None:
    """Refuse rows whose coefficients are not those of the fit."""
    size = np.abs(fit.coefficients) + np.sqrt(np.diag(fit.covariance)).reshape(fit.coefficients.T.shape).T
    off = np.abs(found.coefficients - fit.coefficients) - _SAME * size
    if off.max() <= 0:
        return
    term, equation = np.unravel_index(int(off.argmax()), off.shape)
    raise InputError(
        f"{call}(): the rows are not those of the fit: they give {fit.terms[term]!r} the coefficient "
        f"{found.coefficients[term, equation]:.6g}, and in the fit it is "
        f"{fit.coefficients[term, equation]:.6g}.",
        _NEXT,
    )


def _df_kind(fit: ModelFit, rows: ModelRows, asked: Asked) -> str:
    """Return which degrees of freedom the fit counts: the record holds their number only."""
    if rows.survey is not None or fit.variance in ("replicate", "CR2") or fit.random is not None:
        return "design"
    design = degrees_of_freedom(fit.variance, rows, fit.n_parameters, kind="design", call=asked.call)
    return "design" if design == fit.df else "residual"


def _same_fit(fit: ModelFit, rows: ModelRows, asked: Asked, call: str) -> ModelResult:
    """Refit to rows that seem to be those of a fit; refuse those that are not."""
    problem = _differs(fit, rows)
    if problem is not None:
        raise InputError(f"{call}(): the rows are not those of the fit: {problem}.", _NEXT)
    try:
        found = _refit(rows, asked, fit)
    except (ConvergenceError, InputError) as error:
        raise InputError(
            f"{call}(): the rows are not those of the fit: the model has no such fit on them.", _NEXT
        ) from error
    _check_same(fit, found.fit, call)
    return found


def attach_rows(
    fit: ModelFit, data: Any, *, design: SurveyDesign | None, where: str | Sequence[bool] | None, call: str
) -> FitSource:
    """Read the rows of a fit again.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    data : frame
        The rows that it was made from.
    design : SurveyDesign or None
        The design that it was made with.
    where : str, sequence of bool or None
        The rows that were modelled.
    call : str
        The public call, for messages.

    Returns
    -------
    FitSource
        As the model's own call had it.

    Raises
    ------
    InputError
        If the rows are not those of the fit: their number, levels, or the coefficients that they give.
    """
    if fit.survey is not None and design is None:
        raise InputError(
            f"{call}(): the fit has a survey design ({fit.survey}), which a file does not hold.",
            "Give it as the model had it: result.with_data(data, design=...).",
        )
    asked = _asked(fit, design, where)
    try:
        rows = read_model(replace(asked, call=call), data)
    except InputError as error:
        problem = error.problem.removeprefix(f"{call}(): ").rstrip(".")
        raise InputError(f"{call}(): the rows are not those of the fit: {problem}.", _NEXT) from error
    found = _same_fit(fit, rows, replace(asked, variance=_quick(asked), n_replicates=None), call)
    fitted = need_source(found.source, call).fitted
    return FitSource(asked=replace(asked, df=_df_kind(fit, rows, asked)), rows=rows, fitted=fitted)


def other_errors(
    fit: ModelFit,
    source: FitSource,
    *,
    variance: str,
    cluster: str | None,
    df: str | None,
    n_replicates: int | None,
    rng: Any,
) -> ModelResult:
    """Return a fit with other errors: the same coefficients, rows and weights.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource
        Its rows.
    variance : str
        Kind of the errors, or "auto".
    cluster : str or None
        Column of the clusters; None keeps those of the fit.
    df : str or None
        How degrees of freedom are counted; None as the fit does.
    n_replicates, rng
        Of a bootstrap.

    Returns
    -------
    ModelResult
        The fit with its new errors.

    Raises
    ------
    InputError
        If the model's errors are those of its likelihood, or the kind does not fit.
    """
    call = "with_variance"
    if fit.random is not None:
        raise InputError(
            f"{call}(): the errors of {fit.model}() are those of its likelihood.",
            "logistic() and linear() with cluster= have robust errors.",
        )
    asked = replace(
        source.asked,
        variance=variance,
        cluster=cluster or source.asked.cluster,
        df=df or source.asked.df,
        n_replicates=n_replicates,
        rng=rng,
    )
    rows = source.rows
    if asked.cluster != source.asked.cluster:
        if not isinstance(rows.source, MemoryRows):
            raise InputError(
                f"{call}(): other clusters need the rows in memory, and the data are read in batches.",
                "Call the model again with cluster=.",
            )
        rows = read_model(asked, rows.source.frame.to_native())
    before = rows.source.n_passes
    found = _refit(rows, asked, fit)
    _check_same(fit, found.fit, call)
    n_passes = found.fit.n_passes - before
    # the same to the last digit: a second search may end elsewhere in the sixteenth
    same = replace(found.fit, coefficients=np.array(fit.coefficients), n_passes=n_passes)
    return replace(found, fit=same)
