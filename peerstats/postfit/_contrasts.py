"""Contrasts of levels and of outcomes, several at once."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from peerstats._core.checks import check_choice, check_conf_level
from peerstats._core.labels import Words
from peerstats.errors import InputError
from peerstats.numerics import ADJUSTMENTS
from peerstats.postfit._adjusted_means import level_settings, merge
from peerstats.postfit._averages import Plan
from peerstats.postfit._averaging import Averaging, Prepared, prepare
from peerstats.postfit._combination import Combination
from peerstats.postfit._contrasts_result import ContrastsResult
from peerstats.postfit._margin_errors import Effects, check_errors, work_out
from peerstats.postfit._margin_lines import (
    at_columns,
    errors_of,
    group_column,
    outcome_words,
    rows_line,
    shown_outcomes,
    tested,
)
from peerstats.postfit._outcome_contrasts import adjusted_columns, coefficient_contrasts, outcome_place
from peerstats.postfit._scenario import Scenarios
from peerstats.postfit._settings import check_variables
from peerstats.postfit._term_rows import fit_codebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peerstats.postfit._fitted import FitSource
    from peerstats.postfit._model_fit import ModelFit

__all__ = ["contrasts"]

_WORDS = {
    "none": "p-values and limits: of each contrast alone",
    "holm": "adjusted p-values: Holm; limits: of each contrast alone",
    "bh": "adjusted p-values: Benjamini-Hochberg; limits: of each contrast alone",
    "sidak": "adjusted p-values and simultaneous limits: Sidak",
    "single-step": "adjusted p-values and simultaneous limits: single-step (largest |t|; p below .1 to 1e-4)",
}


def _shown(fit: ModelFit, outcomes: Sequence[Any] | None, call: str) -> list[int]:
    """Return which outcomes the contrasts of levels are told of."""
    if outcomes is None:
        return shown_outcomes(fit)
    return [
        outcome_place(fit, each, call) for each in ([outcomes] if isinstance(outcomes, str) else outcomes)
    ]


def _level_pairs(ready: Prepared, variable: str, pairs: str) -> list[tuple[int, int]]:
    """Return pairs of levels, the second being taken off the first."""
    known = ready.scenarios.variables[variable]
    if pairs == "reference":
        return [(i, known.base) for i in range(len(known.levels)) if i != known.base]
    return [(b, a) for a, b in combinations(range(len(known.levels)), 2)]


def _of_levels(
    fit: ModelFit,
    source: FitSource | None,
    variable: str | None,
    pairs: str,
    outcomes: Sequence[Any] | None,
    how: Averaging,
    ready: Prepared,
) -> tuple[dict[str, list[Any]], Effects, Prepared]:
    call = "contrasts"
    if variable is None:
        raise InputError(f"{call}(): no variable is named.", "Name a category of the formula.")
    _, levels = level_settings(variable, ready.scenarios, call)
    if how.grid == "balanced":
        ready = ready.on_grid(fit, [variable], call)
    ats, shown = ready.ats, _shown(fit, outcomes, call)
    chosen = np.array(_level_pairs(ready, variable, pairs))
    shape = (len(shown), ready.n_groups, len(ats), len(chosen))
    q, group, place, pair = (each.ravel() for each in np.indices(shape))
    combination = Combination(
        group=group,
        plus=place * len(levels) + chosen[pair, 0],
        minus=place * len(levels) + chosen[pair, 1],
        outcome=np.array(shown)[q],
    )
    plan = Plan(scenarios=ready.scenarios, items=merge(ats, levels), n_groups=ready.n_groups)
    found = work_out(how, fit, source, plan, ready.rows, combination)
    words = outcome_words(fit)
    names = [str(level.values[variable]) for level in levels]
    labels = {
        "outcome": [words[i] for i in combination.outcome],
        **group_column(ready.rows, combination),
        **at_columns(ats, place),
        "variable": [variable] * len(q),
        "change": [f"{names[a]} against {names[b]}" for a, b in chosen[pair]],
    }
    return labels, found, ready


def contrasts(
    fit: ModelFit,
    source: FitSource | None,
    variable: str | None = None,
    *,
    pairs: str = "all",
    outcomes: Sequence[Any] | None = None,
    of: str = "probability",
    adjust: str = "none",
    how: Averaging | None = None,
) -> ContrastsResult:
    """Contrast levels of a category by what is expected under them, or outcomes by their coefficients.

    Parameters
    ----------
    fit : ModelFit
        The fit.
    source : FitSource or None
        Where it came from; None of a loaded fit, which needs data.
    variable : str, optional
        The category; of coefficients, a variable whose terms are wanted.
    pairs : {"all", "reference"}
        Every two levels, or each against the reference.
    outcomes : sequence, optional
        Of coefficients, the outcomes to be contrasted, each with those named after it; of probabilities, the
        outcomes shown.
    of : {"probability", "coefficients"}
        What is contrasted.
    adjust : {"none", "holm", "bh", "sidak", "single-step"}
        How p-values are adjusted for there being several.
    how : Averaging, optional
        Over which rows, with what values and errors.

    Returns
    -------
    ContrastsResult
        One row per contrast; all of them are one family.

    Raises
    ------
    InputError
        If a variable, level, outcome, group or kind of error cannot be used.

    Notes
    -----
    `ModelResult.contrasts` says what is computed.

    Examples
    --------
    >>> import pandas as pd
    >>> import peerstats as ps
    >>> from peerstats.postfit import contrasts
    >>> jobs = pd.DataFrame({"wage": [15.0, 18, 16, 21, 17, 19], "job": ["a", "b", "c"] * 2})
    >>> result = ps.linear("wage ~ job", jobs)
    >>> contrasts(result.fit, result.source, "job", pairs="reference").labels["change"]
    ['b against a', 'c against a']
    """
    call = "contrasts"
    how = how or Averaging()
    check_choice(of, ("probability", "coefficients"), "of", call)
    check_choice(pairs, ("all", "reference"), "pairs", call)
    check_choice(adjust, ADJUSTMENTS, "adjust", call)
    if of == "coefficients":
        return _coefficients(fit, source, variable, outcomes, adjust, how)
    ready = prepare(fit, source, how, call)
    what = "probabilities" if fit.outcome_levels else "means"
    labels, found, ready = _of_levels(fit, source, variable, pairs, outcomes, how, ready)
    return _result(
        fit,
        labels,
        found,
        adjust=adjust,
        of=of,
        n=ready.rows.n,
        errors=how.errors,
        conf_level=ready.conf_level,
        title=f"Contrasts of {what} by {Words(fit.labels).name(str(variable))}: {fit.formula}",
        lines=rows_line(fit, ready.rows, how),
        notes=(*ready.rows.notes, *found.notes),
        backend=ready.rows.backend,
        over=how.over,
        codebook=fit_codebook(fit, how.over, ready.beside),
    )


def _coefficients(
    fit: ModelFit,
    source: FitSource | None,
    variable: str | None,
    outcomes: Sequence[Any] | None,
    adjust: str,
    how: Averaging,
) -> ContrastsResult:
    call = "contrasts"
    given = {"at": how.at, "over": how.over, "data": how.data}
    used = [name for name, value in given.items() if value is not None]
    used += [name for name, plain in (("grid", "sample"), ("errors", "delta")) if getattr(how, name) != plain]
    if used:
        raise InputError(
            f'{call}(): of="coefficients" averages over no rows: {used[0]}= has no use.',
            "Leave it out.",
        )
    conf_level = fit.conf_level if how.conf_level is None else check_conf_level(how.conf_level, call)
    check_errors("delta", fit, source, own=True, weights="fit", call=call)
    if variable is not None:
        check_variables([variable], Scenarios(fit.design, call), "variable=", call)
    labels, found = coefficient_contrasts(fit, variable, outcomes, call)
    return _result(
        fit,
        labels,
        found,
        adjust=adjust,
        of="coefficients",
        n=fit.n_rows,
        errors="delta",
        conf_level=conf_level,
        title=f"Contrasts of coefficients: {fit.formula}",
        lines=(f"log relative risk ratios; standard errors: {fit.variance}",),
        notes=(),
        backend="pandas" if source is None else source.rows.source.backend,
    )


def _result(
    fit: ModelFit,
    labels: dict[str, list[Any]],
    found: Effects,
    *,
    adjust: str,
    conf_level: float,
    **more: Any,
) -> ContrastsResult:
    cells = tested(found.estimate, errors_of(found.covariance), fit.df, conf_level)
    numbers = adjusted_columns(cells, found, fit.df, conf_level, adjust)
    family = f"; family: all {len(found.estimate):,} contrasts" if adjust != "none" else ""
    return ContrastsResult(
        model=fit.model,
        formula=fit.formula,
        outcome=fit.outcome,
        labels=labels,
        numbers=numbers,
        matrix=found.covariance,
        df=fit.df,
        variance=fit.variance,
        conf_level=conf_level,
        adjust=adjust,
        **{"codebook": fit_codebook(fit), **more, "lines": (*more["lines"], _WORDS[adjust] + family)},
    )
